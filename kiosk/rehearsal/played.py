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
from collections.abc import Iterable
from pathlib import Path

from kiosk.artefacts.qr import Prefix
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.xscreen import Screen, start
from kiosk.terminal.program import outbox
from kiosk.trust.keystore import card_text

LOOK_EVERY_S = 0.4
DESK_AT = (560, 300)
"""Where the desk stands, so that the code of either window can be seen on a common screen."""


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
            "F12 the proctor's menu: its code gives extra time, a pause, or the end."
        )
        programs = self._open("terminal", self._terminal), self._open("proctor", self._desk)
        try:
            terminal, desk = (self._screen.wait_for_window(program.pid) for program in programs)
            self._screen.wait_for_title("Unlock")
            self._screen.place(terminal, 0, 0)
            self._screen.place(desk, *DESK_AT)
            self._screen.scan_into(desk, card_text(card))
            return self._carry_codes(programs, terminal, desk, proctor)
        finally:
            for program in programs:
                program.terminate()

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

    def _carry_codes(
        self,
        programs: Iterable[subprocess.Popen[bytes]],
        terminal: str,
        desk: str,
        proctor: str,
    ) -> bool:
        carried: set[str] = set()
        title = ""
        while all(program.poll() is None for program in programs):
            time.sleep(LOOK_EVERY_S)
            for text in self._screen.codes():
                window = _for(text, terminal, desk)
                if window is None or text in carried:
                    continue
                # A desk says whose it is while it is open; before that it wants a card, no code.
                if window == terminal or proctor in self._screen.name_of(desk):
                    self._screen.scan_into(window, text)
                    carried.add(text)
            now = self._screen.title()
            if now and now != title:
                title = now
                self._screen.save(self._screens / f"{_file_name(now)}.png")
            if title == "Kiosk Done":
                self._telling.hint("Handed in. The day goes on without you.")
                break
        return bool(outbox(self._terminal).lines)


def _for(text: str, terminal: str, desk: str) -> str | None:
    """The window a code is for: a terminal's challenge for the desk, a proctor's for the terminal."""
    if text.startswith(Prefix.CHALLENGE):
        return desk
    return terminal if text.startswith((Prefix.ANSWER, Prefix.ROOM)) else None


def _file_name(title: str) -> str:
    return re.sub("[^a-z0-9]+", "-", title.lower())
