"""One terminal with the sample bank, in the middle of a sitting; its window in a process of its own.

    with a_window("click", ...) as window:          # started, and released by both proctors
        for line in window.lines(): ...             # what tests/benchmarks/windows.py tells

The sitting was begun and interrupted before, so that a release leads straight to the question.
"""

from __future__ import annotations

import json
import os
import queue
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.artefacts.tokens import Command
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import people
from kiosk.rehearsal.preparation import EXAM, SESSION, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.telling import Telling
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal

ROOT = Path(__file__).parents[2]
BANK = "rare_earth_extraction"
_EXAM = f"""\
[[exam]]
id = "{EXAM}"
bank = "{BANK}"
level = "L4"
duration_minutes = 60

[exam.blueprint]
pass = 60
"""
QUESTIONS = {
    "single_choice": 60,
    "true_false": 20,
    "multiple_choice": 10,
    "text_entry": 6,
    "inline_choice": 4,
}
"""How many of each kind the paper has: a hundred."""
PATIENCE_S = 120
WINDOWS = "tests.benchmarks.windows"


class Seat:
    """The state folder of the terminal, and the proctors who release it."""

    def __init__(self) -> None:
        # Kept as long as the program runs: the folder goes with its last reference.
        self._folder = tempfile.TemporaryDirectory(prefix="kiosk-bench-")
        folders = Folders(Path(self._folder.name) / "day")
        folders.make()
        prepared = Prepared(folders, datetime.now(UTC))
        prepared.bank(Telling(), BANK)
        (person,) = people(1, random.Random(15))
        prepared.enrol_room([person.seat])
        prepared.plan([person], 2, _EXAM + _sections())
        self.proctoring = Proctoring(prepared.desks())
        prepared.close()
        self.state = prepared.terminals[f"T-{person.seat}"]
        with HeadlessTerminal(self.state) as terminal:
            self._begin(terminal, person.number)

    def _begin(self, terminal: HeadlessTerminal, number: str) -> None:
        def challenge() -> str:
            view = terminal.view
            assert isinstance(view, views.Unlock), view
            return view.challenge

        self.proctoring.release(challenge, lambda code: _do(terminal, views.Scanned(code)))
        _do(terminal, views.SignInAs(number))
        _do(terminal, views.ConfirmIdentity(mine=True))
        _do(terminal, views.Pledge())
        _do(terminal, views.Practise(skip=True))
        assert isinstance(terminal.view, views.Exam), f"{SESSION}: {terminal.view!r:.300}"

    def answer(self, challenge: str, turn: int) -> str:
        """What proctor `turn` shows the terminal."""
        return self.proctoring.answer(self.proctoring.desks[turn], challenge, Command.RELEASE)


def _sections() -> str:
    return "".join(
        f'\n[[exam.section]]\nkind = "{kind}"\ncount = {count}\npoints = 1\n'
        for kind, count in QUESTIONS.items()
    )


def _do(terminal: HeadlessTerminal, intent: views.Intent) -> None:
    terminal.do(intent)


@cache
def the_seat() -> Seat:
    return Seat()


class Window:
    """A process of `windows.py`. It tells a line of JSON for everything worth knowing."""

    def __init__(self, mode: str, *arguments: str, display: str = "") -> None:
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", WINDOWS, mode, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=_environment(display),
        )

        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def told(self) -> Any:
        """The next line; challenges are not told but answered by the proctors."""
        assert self.process.stdin is not None
        turn = 0
        while True:
            try:
                line = self._lines.get(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"the window has said nothing for {PATIENCE_S} s") from None
            if not line:
                raise AssertionError(f"the window ended by itself ({self.process.wait()})")
            told = json.loads(line)
            if isinstance(told, dict) and "trouble" in told:
                raise AssertionError(f"the window shows trouble: {told['trouble']}")
            if not (isinstance(told, dict) and "challenge" in told):
                return told
            self.process.stdin.write(the_seat().answer(told["challenge"], turn) + "\n")
            self.process.stdin.flush()
            turn += 1

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@cache
def _bytecode() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="kiosk-bench-")


def _environment(display: str) -> dict[str, str]:
    """No screen unless `display` names one, and modules compiled once, as an installed program's are."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "QT_QPA_PLATFORM": "xcb" if display else "offscreen",
        "DISPLAY": display,
        "PYTHONPATH": str(ROOT),
        "PYTHONPYCACHEPREFIX": _bytecode().name,
    }


@contextmanager
def a_window(mode: str, *arguments: str, display: str = "") -> Iterator[Window]:
    """A window over a copy of the seat's state; it is killed at the end, as power cuts do."""
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        state = Path(folder) / "state"
        shutil.copytree(the_seat().state, state, symlinks=True)
        window = Window(mode, str(state), *arguments, display=display)
        try:
            yield window
        finally:
            window.close()
