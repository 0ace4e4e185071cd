"""`kiosk terminal run` as it is, on a clock that can be sent ahead and a disk that can refuse.

`python -m tests.reader.terminal STATE FOLDER`: FOLDER/skip_s holds seconds to add to the clocks; while
FOLDER/disk_full exists, the journal gets no more rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.cli import run
from kiosk.terminal import clock
from kiosk.terminal.flow import ASLEEP_MS
from kiosk.terminal.journal import Journal
from kiosk.terminal.screens.app import TICK_MS
from kiosk.terminal.storage import DiskFull

STATE, FOLDER = sys.argv[1], Path(sys.argv[2])
_now_ms, _append = clock.SystemTime.now_ms, Journal.append


_ahead_ms, _moved_at_ms = 0, 0


def now_ms(self: clock.SystemTime) -> int:
    """The time, which catches up with the file by steps: one longer would be the machine's sleep."""
    global _ahead_ms, _moved_at_ms
    now = _now_ms(self)
    wanted = FOLDER / "skip_s"
    if now - _moved_at_ms >= TICK_MS and wanted.exists():
        _moved_at_ms = now
        _ahead_ms += min(ASLEEP_MS // 3, int(wanted.read_text() or 0) * 1000 - _ahead_ms)
    return now + _ahead_ms


def append(self: Journal, *arguments: object, **named: object) -> object:
    if (FOLDER / "disk_full").exists():
        raise DiskFull("the disk is full")
    return _append(self, *arguments, **named)


clock.SystemTime.now_ms = now_ms
Journal.append = append
sys.exit(run(["terminal", "run", "--state", STATE]))
