"""An exam on the bootable stick: a candidate answers by keyboard, mouse and touch, somebody tries to get out, the
power is cut, and what was shown as saved is there. How to run it: see `room.py`. It takes three quarters of an hour emulated.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from PIL import Image

from kiosk.artefacts.admission import Admission, admission_text
from kiosk.artefacts.chain import Happened, Record
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.self_check import CHECKS
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Answered
from kiosk.rehearsal.preparation import SESSION
from kiosk.station.receiving import receive
from kiosk.station.results import session_results
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.views import Exam, Scanned, Unlock
from tests.escapes.scenes import SCENES
from tests.escapes.sitting import recorded
from tests.escapes.table import Seen, keep
from tests.machine import below
from tests.machine.computer import (
    SERIAL,
    Computer,
    a_stick,
    digest,
    has_touch,
    partition,
    taken_from,
)
from tests.machine.lost_writes import Cuts, State, take_folder
from tests.machine.room import (
    ON_A_MACHINE,
    PICTURES,
    Room,
    a_medium,
    enrols,
    installs,
    journal_of,
    locked,
    picture,
    until,
)

pytestmark = ON_A_MACHINE
CUTS = 100
QUESTIONS = 5
TRIED = 4
"""The question that is on the screen while somebody tries to get out."""
CHANGES = 40
"""How often its answer is changed for the power cuts."""
LETTERS = "abcd"
SHOWN = Path(__file__).parents[2] / "docs/images/technician"
MARK = (720, 20, 796, 46)
"""Where the page says that all is saved."""


class Saved(Struct, frozen=True):
    """An answer that the screen called saved when the log of writes had `logged` bytes."""

    number: int
    letter: str
    logged: int


class Candidate:
    """At the computer: answers single-choice questions and waits until the screen says saved."""

    def __init__(self, computer: Computer, room: Room, log: Path | None = None) -> None:
        self.computer = computer
        self.room = room
        self.saved: list[Saved] = []
        self._all_saved: Image.Image | None = None
        self._log = log

    def signs_in(self) -> None:
        page = self.computer.wait_for_page()
        picture(self.computer, "sign-in")
        self.computer.scan(admission_text(Admission(SESSION, self.room.person.number)))
        for name in ("confirm", "rules", "promised", "practice", "first-question"):
            page = self.computer.wait_for_page(page)
            picture(self.computer, name)
            if name != "first-question":
                self.computer.keys("ret")
        self._all_saved = page.crop(MARK)

    def resumes(self) -> None:
        page = self.computer.wait_for_page()
        picture(self.computer, "resumed")
        self._all_saved = page.crop(MARK)

    def answers(self, number: int, letter: str, by: str = "key") -> None:
        """A question that is on the screen."""
        before = self.computer.photograph()
        at = dict(zip(LETTERS, options(before), strict=False))
        match by:
            case "key":
                self.computer.keys(letter)
            case "mouse":
                self.computer.click(*at[letter])
            case "finger":
                self.computer.touch(*at[letter])
        page = self.computer.wait_for_page(before, still_s=2)
        assert page.crop(MARK) == self._all_saved, "the screen does not say that it is saved"
        logged = self._log.stat().st_size if self._log else 0
        self.saved.append(Saved(number, letter, logged))

    def goes_on(self) -> None:
        page = self.computer.photograph()
        self.computer.keys("pgdn")
        self.computer.wait_for_page(page)

    def hands_in(self) -> None:
        page = self.computer.photograph()
        self.computer.keys("ret")
        for name in ("review", "asked-again"):
            page = self.computer.wait_for_page(page)
            picture(self.computer, name)
            self.computer.keys("shift-tab", "ret")
        self.computer.wait_for_page(page)
        picture(self.computer, "done")


def options(page: Image.Image) -> list[tuple[int, int]]:
    """Where the options are on the screen: white boxes on the page's grey."""
    found, white = [], 0
    for y in range(100, 640):
        if page.getpixel((860, y)) == (255, 255, 255):
            white += 1
            continue
        if white > 40:
            found.append((300, y - white // 2))
        white = 0
    return found


def released(computer: Computer, room: Room, name: str, phase: Phase) -> None:
    """A proctor's code is scanned, until the page with the challenge is gone."""
    for _ in range(3):
        computer.scan(room.answer(locked(computer, room, name, phase), Command.RELEASE))
        time.sleep(20)
        if not computer.shows_code("C1:"):
            return
    raise AssertionError("the code does not release it")


def test_an_exam_on_a_stick(tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    medium, room, log = a_medium(tmp_path), Room(tmp_path), tmp_path / "writes.log"
    disk = tmp_path / "disk.img"
    disk.write_bytes(random.Random(1).randbytes(32 << 20))
    of_disk = digest(disk)
    log.touch()
    with Computer(medium, tmp_path / "first", disk=disk, log=log, cable=True) as computer:
        enrols(computer, room)
        installs(computer, room)
        released(computer, room, "unlock", Phase.LOCKED)
        candidate = Candidate(computer, room, log)
        candidate.signs_in()
        for number, by in ((1, "key"), (2, "mouse"), (3, "finger" if has_touch() else "mouse")):
            candidate.answers(number, room.letter(number), by)
            picture(computer, f"answered-by-{by}")
            candidate.goes_on()
        gained = tries_to_get_out(candidate, tmp_path)
        for _ in range(CHANGES):
            last = LETTERS.index(candidate.saved[-1].letter)
            candidate.answers(TRIED, LETTERS[last - 1])
        # Neither the last nor the right one, which is chosen afterwards: a change is what the screen shows.
        others = {candidate.saved[-1].letter, room.letter(TRIED)}
        candidate.answers(TRIED, next(letter for letter in LETTERS if letter not in others))
        picture(computer, "before-the-power-cut")
    cut = len(candidate.saved)
    loses_nothing(medium, log, candidate.saved, room, tmp_path / "cuts")
    before = digest(medium)
    gained[below.BOOT] = below.another_boot_device(medium, tmp_path)
    assert digest(medium) == before

    with Computer(medium, tmp_path / "second", disk=disk) as computer:
        released(computer, room, "unlock-after-a-power-cut", Phase.INTERRUPTED)
        candidate = Candidate(computer, room)
        candidate.resumes()
        candidate.answers(TRIED, room.letter(TRIED))
        candidate.goes_on()
        candidate.answers(QUESTIONS, room.letter(QUESTIONS))
        candidate.hands_in()
        gained[below.FILES] = hostile_sticks(computer, tmp_path)
        collects(computer, room)
    assert digest(disk) == of_disk, "something was written to the computer's own disk"
    (line,) = session_results(room.day.prepared.station, SESSION)
    assert (line.candidate, line.score) == (room.person.number, 100)
    tells(gained, journal_of(room), cut)
    illustrates()


def illustrates() -> None:
    """The pictures of docs/technician.md, small."""
    SHOWN.mkdir(exist_ok=True)
    for name in ("technician", "named", "enrolment-code", "installed", "unlock", "first-question"):
        taken = sorted(PICTURES.glob(f"[0-9][0-9]-{name}.png"))[0]
        with Image.open(taken) as whole:
            small = whole.resize((960, 540), Image.Resampling.LANCZOS)
        small.quantize(64, kmeans=3).save(SHOWN / f"{name}.png", optimize=True)


# --- getting out ----------------------------------------------------------------------------------------


def tries_to_get_out(candidate: Candidate, folder: Path) -> dict[str, str]:
    """What each escape gained; after each a question is answered, so that the journal can be told apart."""
    computer, gained = candidate.computer, {}
    candidate.answers(TRIED, "a")
    for number, (name, act) in enumerate(below.SCENES.items(), start=1):
        page = computer.photograph()
        computer.events.clear()
        gained[name] = act(computer, folder)
        until(lambda page=page: not computer.differs(page) or computer.shows_code("C1:"), 300)
        if computer.shows_code("C1:"):
            gained[name] = "the exam program is ended, and begins again"
            released(computer, candidate.room, "unlock-after-an-escape", Phase.INTERRUPTED)
            candidate.resumes()
        until(lambda page=page: not computer.differs(page), 180)
        picture(computer, f"after-{name.lower().replace(' ', '-')}")
        assert not {"RESET", "SHUTDOWN", "SUSPEND"} & set(computer.events), name
        candidate.answers(TRIED, LETTERS[number % len(LETTERS)])
    return gained


def hostile_sticks(computer: Computer, folder: Path) -> str:
    """The last page can use a stick; what it shows afterwards is what it showed before."""
    page = computer.photograph()
    for stick in damaged_sticks(folder):
        plugged = computer.plug(stick)
        time.sleep(2 * below.LOOKS_S)
        picture(computer, stick.stem)
        computer.pull(plugged)
        time.sleep(below.LOOKS_S)
    return "the last page is gone" if computer.differs(page) else ""


def damaged_sticks(folder: Path) -> list[Path]:
    source = random.Random(2)
    fat = a_stick(folder / "a-damaged-fat.img")
    with fat.open("r+b") as file:
        file.seek(512 * 32)
        file.write(source.randbytes(8 << 20))
    exfat = folder / "a-damaged-exfat.img"
    with exfat.open("wb") as file:
        # The name by which blkid knows it, and nothing else that is right.
        file.write(b"\xeb\x76\x90EXFAT   " + source.randbytes(4 << 20))
        file.truncate(64 << 20)
    other = folder / "another-file-system.img"
    with other.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["mkfs.ext4", "-q", other], check=True)
    return [fat, exfat, other]


def tells(gained: dict[str, str], journal: Sequence[Record], cut: int) -> None:
    """Keeps what was seen for docs/escapes.md: what was gained, and what the journal has between two answers; the
    power was cut after the answer with the number `cut`."""
    parts: list[list[Record]] = [[]]
    for record in journal:
        match record:
            case Happened(Answered()):
                parts.append([])
            case _:
                parts[-1].append(record)
    # Three answers before, and the one before the first scene.
    within = dict(zip(below.SCENES, parts[4:], strict=False))
    within |= {below.POWER: parts[cut], below.BOOT: [], below.FILES: []}
    gained |= {below.POWER: "the computer is off"}
    seen = {
        name: Seen(
            tuple(filter(None, [gained[name]])),
            bool(gained[name]),
            recorded(tuple(part), tuple(CHECKS)),
        )
        for name, part in within.items()
    }
    names = {scene.name: scene for scene in SCENES}
    keep(seen, names)
    for name, one in seen.items():
        print(name, one)
        assert one.outcome == names[name].must, (name, one)


# --- the power ------------------------------------------------------------------------------------------


def loses_nothing(
    medium: Path, log: Path, saved: Sequence[Saved], room: Room, folder: Path
) -> None:
    """At a hundred moments of the sitting the power is cut, and with it go the writes that no flush had made sure
    of: what the screen had called saved before is there."""
    folder.mkdir()
    state = State(
        medium,
        folder,
        start=partition(medium, "kiosk-state"),
        secret=partition(medium, "kiosk-secret"),
        serial=f"QEMU_QEMU_HARDDISK_{SERIAL}-0:0",
    )
    cuts = Cuts(state, log, folder / "plain.img", medium.stat().st_size - state.start)
    source = random.Random(1)
    ends = log.stat().st_size
    moments = sorted(source.randrange(saved[0].logged, ends) for _ in range(CUTS))
    told = 0
    for cut, moment in enumerate(moments):
        cuts.cut(moment, source, folder / "cut.img")
        shutil.rmtree(folder / "cut", ignore_errors=True)
        take_folder(folder / "cut.img", "terminal", folder / "cut")
        there = answers_in(folder / "cut/terminal", room)
        for number in {one.number for one in saved}:
            given = [one for one in saved if one.number == number]
            shown = sum(one.logged <= moment for one in given)
            if not shown:
                continue
            told += 1
            # One more may be there than the screen had time to call saved.
            allowed = {one.letter for one in given[shown - 1 : shown + 1]}
            assert there.get(number) in allowed, (cut, number, allowed, there)
    print(f"{CUTS} power cuts: 0 of {told} answers lost")


def answers_in(state: Path, room: Room) -> dict[int, str]:
    """The letters of a terminal's answers by the numbers of their questions, once it is released again."""
    with HeadlessTerminal(state) as terminal:
        view = terminal.view
        assert isinstance(view, Unlock), view
        # One that has seen it knows that there was more, and would not release it.
        desk = state.with_name("desk")
        desk.mkdir()
        view = terminal.do(Scanned(room.answer(view.challenge, Command.RELEASE, desk)))
        assert isinstance(view, Exam), view
        attempt = terminal._flow._attempt
        assert attempt is not None
        given = attempt.sitting.responses
    letters = {}
    for number, placed in enumerate(room.paper(), start=1):
        for response, value in given.get(placed.item, {}).items():
            letters[number] = LETTERS[placed.orders[response].index(value[0])]
    return letters


def collects(computer: Computer, room: Room) -> None:
    """The package to a stick, and to the station outside."""
    page = computer.photograph()
    stick = a_stick(room.folder / "collecting.img")
    plugged = computer.plug(stick)
    bundles = room.folder / "collected"
    until(lambda: taken_from(stick, "*.bundle", bundles))
    computer.wait_for_page(page)
    picture(computer, "collected")
    computer.pull(plugged)
    taken_from(stick, "*.bundle", bundles)
    report = receive(room.day.prepared.station, [bundles], datetime.now(UTC))
    assert (report.imported, report.refused) == (1, ())
