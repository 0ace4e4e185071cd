"""A terminal of a rehearsed day with a screen, a bus and a person who hears it.

The person has a keyboard and ears: keys go through XTEST, and all that is known comes over the
accessibility bus. The proctor with the scanner sees the screen as always.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kiosk.assessment.items import Kind
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.preparation import EXAM, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.xscreen import OwnScreen
from tests.reader.bus import FOCUSED, Buses, Heard, Reader, Thing

PEOPLE = {
    "en": Person("26110001", "张海燕", "01", 1),
    "zh-CN": Person("26110002", "王建军", "02", 1),
}
"""Who walks in which language."""
WITHIN_S = 40
TORN = ("The code was not read whole", "二维码没有读完整")
KINDS = (
    Kind.SINGLE_CHOICE,
    Kind.MULTIPLE_CHOICE,
    Kind.TRUE_FALSE,
    Kind.INLINE_CHOICE,
    Kind.TEXT_ENTRY,
    Kind.EXTENDED_TEXT,
    Kind.ORDER,
    Kind.ASSOCIATE,
    Kind.MATCH,
    Kind.GAP_MATCH,
    Kind.HOTTEXT,
    Kind.SLIDER,
    Kind.HOTSPOT,
    Kind.SELECT_POINT,
    Kind.GRAPHIC_ORDER,
    Kind.GRAPHIC_ASSOCIATE,
    Kind.GRAPHIC_GAP_MATCH,
    Kind.POSITION_OBJECT,
)


def exam(kinds: tuple[Kind, ...]) -> str:
    """The `[[exam]]` of a plan with one question of each kind, which allows the calculator."""
    head = f"""\
[[exam]]
id = "{EXAM}"
bank = "rare_earth_metallurgy"
level = "L3"
duration_minutes = 15
forms = 1
tools = ["calculator"]
title = {{"zh-CN" = "稀土熔盐电解工", en = "Rare-earth electrolysis"}}

[exam.blueprint]
pass = 60
"""
    points = [100 - 5 * (len(kinds) - 1), *[5] * (len(kinds) - 1)]
    return head + "".join(
        f'\n[[exam.section]]\nkind = "{kind}"\ncount = 1\npoints = {worth}\n'
        for kind, worth in zip(kinds, points, strict=True)
    )


class Sitting:
    """One terminal, its person and its proctors.

    What the person waits for is told in English; `words` is how it is said in the walk's language.
    """

    def __init__(
        self,
        screen: OwnScreen,
        buses: Buses,
        day: Prepared,
        folder: Path,
        person: Person,
        words: Mapping[str, str],
    ) -> None:
        self.person = person
        self._words = words
        self.screen = screen
        self.reader = Reader(buses.address)
        self.proctoring = Proctoring(day.desks())
        self.skip_file = folder / "skip_s"
        self.disk_file = folder / "disk_full"
        state = day.terminals[f"T-{person.seat}"]
        command = [sys.executable, "-m", "tests.reader.terminal", str(state), str(folder)]
        self.program = subprocess.Popen(command, env=buses.environment)
        self.reader.find_program()
        self.screen.wait_for_title("Unlock")
        self._from = 0

    def close(self) -> None:
        self.program.kill()
        self.program.wait(10)
        self.reader.close()

    # --- hearing ----------------------------------------------------------------------------------

    def announced(self) -> list[Heard]:
        """What was announced since the last key."""
        self.reader.listen()
        return [one for one in self.reader.heard[self._from :] if one.what == "Announcement"]

    def hears(self, *words: str, urgent: bool | None = None) -> str:
        """Wait until all `words` were announced since the last key; gives all of it."""
        wanted = [self.said(word) for word in words]

        def heard() -> str:
            told = [one for one in self.announced() if urgent is None or (one.first == 2) is urgent]
            said = " | ".join(str(one.value) for one in told)
            return said if all(word in said for word in wanted) else ""

        return self._until(heard, f"to hear {wanted}")

    def said(self, words: str) -> str:
        """`words` in the language of the walk; names and figures are the same in each."""
        return self._words.get(words, words)

    def finds(self, words: str, role: str = "") -> Thing:
        """Something that is showing, by its words and its role."""
        wanted = self.said(words)

        def found() -> Thing | None:
            fits = (one for one in self.reader.tree() if not role or one.role == role)
            return next((one for one in fits if wanted in one.said), None)

        return self._until(found, f"to find {role} {wanted!r}")

    def stands_at(self, words: str, role: str = "") -> Thing:
        """Wait until what has the keyboard says `words`."""
        wanted = self.said(words)

        def there() -> Thing | None:
            one = self.reader.focused()
            return one if one and wanted in one.said and role in ("", one.role) else None

        return self._until(there, f"to stand at {role} {wanted!r}")

    # --- acting -----------------------------------------------------------------------------------

    def press(self, *keys: str) -> None:
        self.reader.listen()
        self._from = len(self.reader.heard)
        self.screen.keys(*keys)

    def types(self, text: str) -> None:
        self.reader.listen()
        self._from = len(self.reader.heard)
        self.screen.write(text)

    def scan(self, code: str) -> None:
        """Scan until the code was read whole: a busy machine may tear a scan as a shaking hand does."""
        for _ in range(5):
            self.reader.listen()
            self._from = len(self.reader.heard)
            self.screen.scan(code)
            self._until(self.announced, "to hear of the scan")
            told = " ".join(str(one.value) for one in self.announced())
            if not any(words in told for words in TORN):
                return

    def tabs_to(self, words: str, role: str = "", *, most: int = 40, back: bool = False) -> Thing:
        """Press Tab until what has the keyboard says `words`."""
        wanted = self.said(words)
        for _ in range(most):
            one = self.reader.focused()
            if one is not None and wanted in one.said and role in ("", one.role):
                return one
            self.press("shift+Tab" if back else "Tab")
            self._until(self._moved, "the keyboard to go on")
        raise AssertionError(f"Tab does not come to {role} {wanted!r}")

    def _moved(self) -> bool:
        """Whether something got the keyboard since the last key."""
        self.reader.listen()
        new = self.reader.heard[self._from :]
        return any(one.what == FOCUSED and one.first for one in new)

    def challenge(self) -> str:
        return self.screen.wait_for_code("C1:")

    def time_passes(self, seconds: int) -> None:
        """The terminal's clock runs ahead until it is so much further than the room's."""
        self.reader.listen()
        self._from = len(self.reader.heard)
        new = self.skip_file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.skip_file)

    def _until(self, seen: Callable[[], object], what: str) -> object:
        ends = time.monotonic() + WITHIN_S
        while not (found := seen()):
            if time.monotonic() > ends:
                told = [str(one.value) for one in self.announced()]
                shown = "\n".join(
                    f"{'  ' * one.depth}{one.role}: {one.said} {sorted(one.states)}"
                    for one in self.reader.tree()
                )
                raise AssertionError(f"waited {what}; announced: {told}\n{shown}")
            time.sleep(0.03)
        return found


@contextmanager
def prepared(folder: Path, kinds: tuple[Kind, ...] = KINDS) -> Iterator[Prepared]:
    """A day with one question of each kind, and a seat for each of `PEOPLE`."""
    folders = Folders(folder)
    folders.make()
    day = Prepared(folders, datetime.now(UTC))
    try:
        day.bank(Telling())
        day.enrol_room([person.seat for person in PEOPLE.values()])
        day.plan(list(PEOPLE.values()), 1, exam(kinds))
        yield day
    finally:
        day.close()


@contextmanager
def sitting(
    day: Prepared, folder: Path, person: Person, words: Mapping[str, str]
) -> Iterator[Sitting]:
    """The person's terminal on a screen and a bus of its own, up to the release screen."""
    with OwnScreen() as screen, Buses(screen.environment()) as buses:
        seat = Sitting(screen, buses, day, folder, person, words)
        try:
            yield seat
        finally:
            seat.close()
