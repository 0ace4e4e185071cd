"""The terminal's program in a process of its own: `python -m tests.escapes.seat STATE KEYS`.

All of it is the program's: the window and its guard, flow, journal, self-check. Only what it installed is
the test's room, whose keys are in KEYS, so that a seat is there in a second and its journal can be read.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.terminal.checks import SelfCheck
from kiosk.terminal.screens import app
from tests.faults.sitter import room_of


def main(state: Path, keys: Path) -> int:
    room = room_of(keys.read_bytes())

    def open_ports(
        state: Path, time: Any, deliver: Any, leave: Any, screens: Any, _media: Any
    ) -> Any:
        check = SelfCheck(state, print, lambda: 0, time.wall_s, screens, boot=time.boot, keep=True)
        ports = room.ports_of(room.terminals[0])(state, time, deliver, leave)
        return replace(ports, checks_again=check.again)

    app.open_ports = open_ports
    return app.run_terminal(state)


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
