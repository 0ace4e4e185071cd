"""The terminal's three kinds of time: CLOCK_BOOTTIME for a sitting, the boot it counts from, the wall.

A sitting is charged by CLOCK_BOOTTIME, which goes on while the machine sleeps and which nobody can
set. `SimulatedTime` is for rehearsals and tests: an exam of two hours passes in a second.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class TimeSource(Protocol):
    """What the program asks for the time."""

    @property
    def boot(self) -> str:
        """The present boot; milliseconds of two boots cannot be compared."""
        ...

    def now_ms(self) -> int:
        """CLOCK_BOOTTIME, milliseconds since the machine started."""
        ...

    def wall_s(self) -> int:
        """What the machine's clock says, UTC epoch seconds; it may be wrong."""
        ...


class SystemTime:
    """This machine's time."""

    def __init__(self) -> None:
        self._boot = _BOOT_ID.read_text("ascii").strip()

    @property
    def boot(self) -> str:
        return self._boot

    def now_ms(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_s(self) -> int:
        return int(time.time())


class SimulatedTime:
    """Time that passes only when told to."""

    def __init__(self, wall_s: int) -> None:
        self._boots = 1
        self._wall_ms = wall_s * 1000
        self._now_ms = 60_000

    @property
    def boot(self) -> str:
        return f"boot-{self._boots}"

    def now_ms(self) -> int:
        return self._now_ms

    def wall_s(self) -> int:
        return self._wall_ms // 1000

    def pass_ms(self, duration_ms: int) -> None:
        """Let time go by."""
        self._now_ms += duration_ms
        self._wall_ms += duration_ms

    def reboot(self, *, off_ms: int = 60_000) -> None:
        """The machine was off for `off_ms` and starts again."""
        self._boots += 1
        self._wall_ms += off_ms
        self._now_ms = 20_000

    def set_wall(self, wall_s: int) -> None:
        """Somebody sets the machine's clock."""
        self._wall_ms = wall_s * 1000
