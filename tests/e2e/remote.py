"""A terminal in a process of its own, told what to do over a pipe: so that a test can kill it.

    python -m tests.e2e.remote STATE STICK [MIRROR]

A line in is `{"do": NAME, "with": [...]}`, an intent of `kiosk.terminal.views`, or `{"do": "tick"}`;
a line out says what the screen shows then. `Remote` is the other end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.program import Media, open_ports
from kiosk.terminal.stick import FolderStick


class Remote:
    """Drives a terminal's process. `said` is what its screen shows."""

    def __init__(self, state: Path, *folders: Path) -> None:
        self.said: dict[str, Any] = {}
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(state), *map(str, folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def do(self, name: str, *values: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": name, "with": values}) + "\n")
        self.process.stdin.flush()
        return self._read()

    def wait(self, **shown: Any) -> dict[str, Any]:
        """Let real time pass until the screen shows that."""
        until = time.monotonic() + 60
        while any(self.said.get(key) != value for key, value in shown.items()):
            assert time.monotonic() < until, f"waited for {shown}, it shows {self.said}"
            time.sleep(0.1)
            self.do("tick")
        return self.said

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the terminal ended"
        self.said = json.loads(line)
        return self.said


def shown(terminal: HeadlessTerminal) -> dict[str, Any]:
    view = terminal.view
    told: dict[str, Any] = {"view": type(view).__name__}
    for name in ("challenge", "written", "may_leave", "chosen", "how", "answered", "package"):
        if hasattr(view, name):
            told[name] = getattr(view, name)
    if isinstance(view, views.Exam):
        told["number"], told["item"] = view.question.number, view.question.item.id
        told["responses"], told["flagged"] = view.question.responses, view.flagged
        told["cells"] = [
            (cell.answered, cell.flagged) for section in view.overview for cell in section.cells
        ]
    if isinstance(view, views.ProctorMenu):
        told["guests"] = [(guest.number, guest.given) for guest in view.guests]
        told["mirror"] = view.mirror.ok if view.mirror else None
    if terminal.clock is not None:
        told["remaining_ms"] = terminal.clock.remaining_ms
    told["mistake"] = getattr(getattr(view, "mistake", None), "text", "")
    return json.loads(json.dumps(told))


def main(state: Path, stick: Path, mirror: Path | None = None) -> None:
    media = Media(FolderStick(stick), FolderStick(mirror) if mirror else None)
    terminal = HeadlessTerminal(
        state,
        ports_of=lambda state, clock, deliver, leave: open_ports(
            state, clock, deliver, leave, media=media
        ),
    )
    while True:
        sys.stdout.write(json.dumps(shown(terminal)) + "\n")
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not line:
            return
        asked = json.loads(line)
        if asked["do"] == "tick":
            terminal.tick()
        else:
            values = (tuple(one) if isinstance(one, list) else one for one in asked["with"])
            terminal.do(getattr(views, asked["do"])(*values))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
