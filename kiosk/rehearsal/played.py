"""A person plays along: a terminal and a proctor's desk on the screen that is there.

The demo plays the scanner. It looks at the screen as a camera would, and carries each code it sees from
one window to the other: a terminal's challenge to the desk, a proctor's code to the terminal.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from kiosk.artefacts.qr import Prefix
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.xscreen import Screen, start
from kiosk.terminal.program import outbox
from kiosk.trust.keystore import card_text

LOOK_EVERY_S = 0.4


class Played:
    """One seat and one desk, played by whoever is at this machine."""

    def __init__(self, terminal: Path, desk: Path, screens: Path, telling: Telling) -> None:
        self._screen = Screen(os.environ["DISPLAY"])
        self._terminal = terminal
        self._desk = desk
        self._screens = screens
        self._telling = telling

    def play(self, person: Person, proctor: str, pin: str, card: bytes) -> bool:
        """Until the candidate has handed in, or a window is closed; whether it was handed in."""
        self._telling.hint(f"Two windows open: a terminal for {person.name}, a desk for {proctor}.")
        self._telling.hint("The demo is the scanner: it carries codes between the two windows.")
        self._telling.hint(f"At the desk, the card is scanned for you; type the PIN {pin}.")
        self._telling.hint(f"At the terminal, sign in with the number {person.number}.")
        self._telling.hint("Answer as you like, then review and hand in. F1 shows the keys,")
        self._telling.hint(
            "F12 the proctor's menu. Kill the terminal and start it again, if you dare:"
        )
        self._telling.hint(f"    kiosk terminal run --windowed --state {self._terminal}")
        terminal, desk = self._open("terminal", self._terminal), self._open("proctor", self._desk)
        try:
            self._screen.wait_for_title("Unlock")
            while not self._screen.scan_into(desk.pid, card_text(card)):
                time.sleep(LOOK_EVERY_S)
            return self._carry_codes(terminal.pid, desk)
        finally:
            terminal.terminate()
            desk.terminate()

    def _open(self, program: str, state: Path) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "kiosk",
            program,
            "run",
            "--windowed",
            "--state",
            str(state),
        ]
        return start(self._screen, command)

    def _carry_codes(self, terminal: int, desk: subprocess.Popen[bytes]) -> bool:
        carried: set[str] = set()
        title = ""
        while desk.poll() is None:
            time.sleep(LOOK_EVERY_S)
            for text in self._screen.codes():
                program = _for(text, terminal, desk.pid)
                if program is None or text in carried:
                    continue
                if self._screen.scan_into(program, text):
                    carried.add(text)
            now = self._screen.title()
            if now and now != title:
                title = now
                self._screen.save(self._screens / f"{_file_name(now)}.png")
            if title == "Kiosk Done":
                self._telling.hint("Handed in. The day goes on without you.")
                break
        return bool(outbox(self._terminal).lines)


def _for(text: str, terminal: int, desk: int) -> int | None:
    """The process a code is for: a terminal's challenge for the desk, a proctor's for the terminal."""
    if text.startswith(Prefix.CHALLENGE):
        return desk
    return terminal if text.startswith((Prefix.ANSWER, Prefix.ROOM)) else None


def _file_name(title: str) -> str:
    return re.sub("[^a-z0-9]+", "-", title.lower())
