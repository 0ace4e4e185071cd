"""A candidate who sits at a real X screen, in the session of the package: its openbox with its file, started
by its own script, and nothing else. What a scene does there is seen from outside, and in the journal.

Xvfb stands for Xorg: it knows the same windows, keys and pixels, and has no graphics card and no consoles.
XTEST stands for the keyboard; the session's own `xorg.conf` has it switched off.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from kiosk.artefacts.chain import Admitted, Checked, Happened, Opened, Record
from kiosk.artefacts.session import Window, journal_key
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Answered, Incident, Resumed
from kiosk.errors import StorageFault
from kiosk.rehearsal.xscreen import OwnScreen
from kiosk.terminal import views
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.journal import Journal, journal_path
from tests.escapes.x11 import Client
from tests.faults.sitter import keys_of
from tests.terminal.room import SESSION_KEY, Floor, Room, begin

PROJECT = Path(__file__).parents[2]
X11 = PROJECT / "packaging/deb/root/usr/lib/kiosk-terminal/x11"
APPEARS_S = 40
_SETTLES_S = 0.1
_CHECKED_TWICE_S = 7
QUESTION, QUESTIONS = 5, 6
"""The question at which the candidate sits, to be answered in writing; the one before is a choice."""
FIELD = (270, 195)
"""Where its field is on the screen."""
SECRET = "smuggled"
"""What somebody would like to have in the answer."""


@cache
def _room() -> Room:
    """One room a run: making its keys takes longer than a scene."""
    now = int(time.time())
    return Room(window=Window(now - 600, now + 36_000), floor=Floor(0))


class Sitting:
    """Use it as a context manager.

    Args:
        openbox: another file for the window manager than the package's; for tests of this test.
    """

    def __init__(self, openbox: Path | None = None) -> None:
        self.room = _room()
        self.exam, self.field = f"Kiosk Exam {QUESTION} of {QUESTIONS}", FIELD
        self.given: dict[str, str] = {}
        """What the candidate answered, and nothing else may be on the disk."""
        self._alone = ""
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-escapes-"))
        self._script = self._folder / "client"
        source = (X11 / "client").read_text("utf-8")
        self._script.write_text(
            source.replace("/usr/lib/kiosk-terminal/x11", str(X11)).replace(
                str(X11 / "openbox.xml"), str(openbox or X11 / "openbox.xml")
            )
        )
        self.state = self._folder / "state"
        keys = self._folder / "keys"
        keys.write_bytes(keys_of(self.room))
        self._command = [sys.executable, "-m", "tests.escapes.seat", str(self.state), str(keys)]
        terminal = HeadlessTerminal(
            self.state, SystemTime(), self.room.ports_of(self.room.terminals[0])
        )
        self.room.time.set_wall(SystemTime().wall_s())
        with terminal:
            self.room.release(terminal)
            begin(terminal, self.room.candidates[0].number)
            view = terminal.do(views.GoTo(QUESTION))
            assert isinstance(view, views.Exam)
            self.item = view.question.item.id
        self.others: list[subprocess.Popen[bytes]] = []
        self._before = os.environ.get("XAUTHORITY")
        self._told_s = time.monotonic()
        self.longest_s = 0.0
        """The longest that systemd would not have heard of the program, since it was last set to 0."""
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(self._folder / "notify"))
        threading.Thread(target=self._hear, daemon=True).start()
        cookie = self._folder / "xauth"
        cookie.write_bytes(_cookie())
        # Who takes a photograph is a client, too.
        os.environ["XAUTHORITY"] = str(cookie)
        self._cookie = cookie

    def __enter__(self) -> Sitting:
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self._stop()
        self._systemd.sendto(b"", self._systemd.getsockname())
        if self._before is None:
            del os.environ["XAUTHORITY"]
        else:
            os.environ["XAUTHORITY"] = self._before
        shutil.rmtree(self._folder)

    # --- the program ------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        """What the session's script gives the program, and nothing of whoever runs the tests."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "xcb",
            "DISPLAY": self.screen.display,
            "XAUTHORITY": os.environ["XAUTHORITY"],
            "NOTIFY_SOCKET": str(self._folder / "notify"),
        }

    def _start(self) -> None:
        """As the unit does: display and program; then what a proctor does, and the paper is there."""
        self.screen = OwnScreen("-auth", str(self._cookie))
        self.x = Client(self.screen.display)
        self.program = subprocess.Popen(
            ["sh", str(self._script), *self._command],
            env=self.environment(),
            cwd=PROJECT,
            stdout=subprocess.DEVNULL,
            stderr=None if os.environ.get("KIOSK_DEBUG") else subprocess.DEVNULL,
        )
        self.wait(lambda: "Unlock" in self.title(), "the program's first screen")
        self.wait(self._release, "the exam")
        self._go_to_the_question()
        self.wait(lambda: not self.breaches(), "the window")

    def _hear(self) -> None:
        while self._systemd.recv(64):
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - self._told_s)
            self._told_s = now_s

    def _go_to_the_question(self) -> None:
        for _ in range(QUESTIONS):
            title = self.title()
            if title == self.exam or not title.startswith("Kiosk Exam"):
                return
            self.x.chord("Prior" if title > self.exam else "Next")
            self.until(lambda: self.title() != title, 1)  # noqa: B023 - asked before it changes

    def _stop(self) -> None:
        self.end_others()
        self.program.kill()
        self.program.wait(10)
        self.x.close()
        self.screen.close()

    def _release(self) -> bool:
        """A proctor's scan; a machine that is busy may need another."""
        self.x.type(self._code() + "\n", 0.002)
        return self.until(lambda: self.title().startswith("Kiosk Exam"), 5)

    def _code(self) -> str:
        challenge = self.screen.wait_for_code("C1:")
        shown = SimpleNamespace(
            view=SimpleNamespace(challenge=challenge),
            ports=SimpleNamespace(keys=self.room.terminals[0]),
        )
        code: str = self.room.code(shown, Command.RELEASE)  # type: ignore[arg-type]
        return code

    def come_back(self) -> None:
        """After a scene: nobody else there, and the paper as it was, by a new start if need be."""
        self.end_others()
        if self.program.poll() is None:
            self.until(lambda: not self.breaches(), 2)
            self.x.click(*self.field)
            self._go_to_the_question()
        if self.breaches() or self.title() != self.exam:
            self._stop()
            self._start()

    def be_alone(self) -> None:
        """Until the journal has it that nobody else is there but this very client, which stays."""
        if not self._alone:
            time.sleep(_CHECKED_TWICE_S)
            self._alone = self.found("clients")
        self.wait(lambda: self.found("clients") == self._alone, "the self-check without others")

    # --- the candidate ----------------------------------------------------------------------------

    def writes(self, words: str, *, keeps: bool = False) -> bool:
        """Write into the empty field; whether that is then the answer. `keeps`: it stays there."""
        self.erase()
        self.x.type(words, 0.005)
        told = self.until(lambda: self.answer() == words, 3)
        if keeps:
            self.given = self.answers()
        else:
            self.erase()
        return told

    def erase(self) -> None:
        """Leave the field empty."""
        if not self.answer():
            # What was just typed is no answer yet.
            time.sleep(_SETTLES_S)
        self.x.click(*self.field)
        self.x.chord("Control_L", "a")
        self.x.chord("BackSpace")
        self.until(lambda: not self.answer(), 3)
        self.given = self.answers()

    # --- others -----------------------------------------------------------------------------------

    def other(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Another program of the same user on the same display, once its window is there."""
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.escapes.other", *arguments],
            env=self.environment(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        self.others.append(started)
        assert started.stdout is not None
        assert started.stdout.readline() == b"there\n"
        return started

    def end_others(self) -> None:
        for one in self.others:
            one.kill()
            one.wait(10)
            assert one.stdout is not None
            one.stdout.close()
        self.others.clear()

    # --- what is seen -----------------------------------------------------------------------------

    @property
    def window(self) -> int:
        """The program's window; 0 where it has none."""
        mine = (
            one
            for one in self.x.below(self.x.root)
            if self.x.process(one) == self.program.pid and self.x.title(one).startswith("Kiosk")
        )
        return next(mine, 0)

    def title(self) -> str:
        window = self.window
        return self.x.title(window) if window else ""

    def breaches(self) -> list[str]:
        """What is not as it must be while a candidate sits here."""
        if self.program.poll() is not None:
            return ["the program ended"]
        window = self.window
        box, screen = self.x.box(window) if window else None, self.x.box(self.x.root)
        assert screen is not None
        if box is None or not box.viewable:
            return ["the paper is off the screen"]
        found = []
        if box[:4] != (0, 0, screen.width, screen.height):
            found.append("the paper does not fill the screen")
        if self._covered(window):
            found.append("another window is over the paper")
        if self.x.focused() not in set(self.x.below(window)):
            found.append("keys go to another window")
        return found

    def _covered(self, window: int) -> bool:
        stack = self.x.children(self.x.root)
        at = next(n for n, top in enumerate(stack) if window in set(self.x.below(top)))
        boxes = [self.x.box(top) for top in stack[at + 1 :]]
        return any(one.viewable and one.width > 1 and one.height > 1 for one in boxes if one)

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        assert self.until(holds, APPEARS_S), f"{what} did not come"

    def until(self, holds: Callable[[], bool], within_s: float) -> bool:
        """Whether it came to hold."""
        ends = time.monotonic() + within_s
        while not holds():
            if time.monotonic() > ends:
                return False
            time.sleep(0.05)
        return True

    # --- the journal ------------------------------------------------------------------------------

    def journal(self) -> tuple[Record, ...]:
        """The real one, as it is on the disk now. Its file is locked by the program, so a copy is read; one
        that was made while something was written is made again."""
        for _ in range(9):
            with suppress(StorageFault):
                return self._copied()
            time.sleep(0.05)
        return self._copied()

    def _copied(self) -> tuple[Record, ...]:
        kid = self.room.terminals[0].record.kid
        with tempfile.TemporaryDirectory(prefix="kiosk-escapes-") as folder:
            copied = Path(folder)
            # What witnesses a count comes first, so that it is never ahead.
            for file in sorted((self.state / "journals").iterdir(), reverse=True):
                shutil.copy(file, copied)
            journal = Journal(journal_path(copied, self.room.id), self.room.id, kid)
            try:
                return journal.unlock(journal_key(SESSION_KEY, kid))
            finally:
                journal.close()

    def answers(self) -> dict[str, str]:
        """What is on the disk for each question."""
        events = (one.event for one in self.journal() if isinstance(one, Happened))
        return {one.item: "".join(one.value) for one in events if isinstance(one, Answered)}

    def answer(self) -> str:
        """What the question in sight has."""
        return self.answers().get(self.item, "")

    def choice(self) -> int:
        """The place on the screen, from 0, of what was chosen last; -1: nothing was."""
        records = self.journal()
        (paper,) = (one.paper for one in records if isinstance(one, Admitted))
        placed = paper.items[QUESTION - 2]
        chosen = self.answers().get(placed.item, "")
        (order,) = placed.orders.values()
        return order.index(chosen) if chosen in order else -1

    def found(self, check: str) -> str:
        """What the journal last has of a check."""
        told = [
            one.checks.get(check) for one in self.journal() if isinstance(one, Checked | Opened)
        ]
        return next((one for one in reversed(told) if one), "")


def recorded(records: tuple[Record, ...], checks: tuple[str, ...]) -> tuple[str, ...]:
    """What of it tells a proctor or the station that something happened: incidents, a clock that stood and
    goes on, and those `checks` that were not what they had been."""
    told = set()
    for record in records:
        match record:
            case Happened(Incident(code=code)):
                told.add(code)
            case Happened(Resumed()):
                told.add("resumed")
            case Checked(checks=found):
                told.update(f"self-check `{name}`" for name in found if name in checks)
    return tuple(sorted(told))


def _cookie() -> bytes:
    """An Xauthority with a key for every display, as `xauth add` writes it (Xau(3))."""
    parts = (b"", b"", b"MIT-MAGIC-COOKIE-1", secrets.token_bytes(16))
    return struct.pack(">H", 0xFFFF) + b"".join(struct.pack(">H", len(one)) + one for one in parts)
