"""A candidate who sits at a real screen: the program in a process of its own, what is seen of it from outside,
and its journal. `x_sitting` and `cage_sitting` are the two sessions of the package.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Self

from kiosk.artefacts.chain import Admitted, Checked, Happened, Opened, Record
from kiosk.artefacts.session import Window, journal_key
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Answered, Incident, Resumed
from kiosk.errors import StorageFault
from kiosk.terminal import views
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.journal import Journal, journal_path
from tests.faults.sitter import keys_of
from tests.terminal.room import SESSION_KEY, Floor, Room, begin

PROJECT = Path(__file__).parents[2]
APPEARS_S = 40
RELEASED_S = 5
_CHECKED_TWICE_S = 7
QUESTION, QUESTIONS = 5, 6
"""The question at which the candidate sits, to be answered in writing; the one before is a choice."""
SECRET = "smuggled"
"""What somebody would like to have in the answer."""


@cache
def _room() -> Room:
    """One room a run: making its keys takes longer than a scene."""
    now = int(time.time())
    return Room(window=Window(now - 600, now + 36_000), floor=Floor(0))


class Sitting(ABC):
    """Use it as a context manager. `program` is what the session's script has started."""

    program: subprocess.Popen[bytes]

    def __init__(self) -> None:
        self.room = _room()
        self.given: dict[str, str] = {}
        """What the candidate answered, and nothing else may be on the disk."""
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-escapes-"))
        self.state = self.folder / "state"
        keys = self.folder / "keys"
        keys.write_bytes(keys_of(self.room))
        self.command = [sys.executable, "-m", "tests.escapes.seat", str(self.state), str(keys)]
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
        self._alone = ""
        self._told_s = time.monotonic()
        self.longest_s = 0.0
        """The longest that systemd would not have heard of the program, since it was last set to 0."""
        self._systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._systemd.bind(str(self.folder / "notify"))
        threading.Thread(target=self._hear, daemon=True).start()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_fault: object) -> None:
        self.stop()
        self._systemd.sendto(b"", self._systemd.getsockname())
        shutil.rmtree(self.folder)

    # --- the session ------------------------------------------------------------------------------

    @abstractmethod
    def start(self) -> None:
        """As the unit does: display and program; then the release, and the paper is there."""

    @abstractmethod
    def stop(self) -> None:
        """End all of it."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """What the session's script gives the program, and nothing of whoever runs the tests."""

    def commonly(self) -> dict[str, str]:
        """What both sessions have of it."""
        return {
            "PATH": f"{os.environ['PATH']}:/usr/sbin",
            "PYTHONPATH": str(PROJECT),
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "LANG": "C.UTF-8",
            "NOTIFY_SOCKET": str(self.folder / "notify"),
        }

    def code_for(self, challenge: str) -> str:
        """A proctor's answer, as a scanner types it."""
        shown = SimpleNamespace(
            view=SimpleNamespace(challenge=challenge),
            ports=SimpleNamespace(keys=self.room.terminals[0]),
        )
        code: str = self.room.code(shown, Command.RELEASE)  # type: ignore[arg-type]
        return code

    def _hear(self) -> None:
        while self._systemd.recv(64):
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - self._told_s)
            self._told_s = now_s

    # --- what is seen -----------------------------------------------------------------------------

    @abstractmethod
    def breaches(self) -> list[str]:
        """What is not as it must be while a candidate sits here."""

    @abstractmethod
    def come_back(self) -> None:
        """After a scene: nobody else there, and the paper as it was, by a new start if need be."""

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

    # --- the candidate ----------------------------------------------------------------------------

    @abstractmethod
    def type(self, words: str) -> None:
        """Write at the place of the cursor."""

    @abstractmethod
    def erase(self) -> None:
        """Leave the field empty, with the cursor in it."""

    def writes(self, words: str, *, keeps: bool = False) -> bool:
        """Write into the empty field; whether that is then the answer. `keeps`: it stays there."""
        self.erase()
        self.type(words)
        told = self.until(lambda: self.answer() == words, 3)
        if keeps:
            self.given = self.answers()
        else:
            self.erase()
        return told

    # --- others -----------------------------------------------------------------------------------

    def run(self, *command: str) -> list[str]:
        """The command line of another program of the same user."""
        return [*command]

    def other(self, *arguments: str) -> None:
        """Another program of the same user on the same display, once its window is there."""
        started = subprocess.Popen(
            self.run(sys.executable, "-m", "tests.escapes.other", *arguments),
            env=self.environment(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
        )
        self.others.append(started)
        assert started.stdout is not None
        assert started.stdout.readline() == b"there\n"

    def end_others(self) -> None:
        for one in self.others:
            one.kill()
            one.wait(10)
            assert one.stdout is not None
            one.stdout.close()
        self.others.clear()

    def be_alone(self) -> None:
        """Until the journal has it that nobody else is there than at the beginning."""
        if not self._alone:
            time.sleep(_CHECKED_TWICE_S)
            self._alone = self.found("clients")
        self.wait(lambda: self.found("clients") == self._alone, "the self-check without others")

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
