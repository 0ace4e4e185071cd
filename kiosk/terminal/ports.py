"""What the flow needs from the world around it, as values and protocols: the seams of its tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kiosk.artefacts.exchange import SeatStatus
from kiosk.artefacts.keys import Party
from kiosk.artefacts.session import SessionPlan
from kiosk.artefacts.trust_list import Trust
from kiosk.terminal.checks import CheckAgain, CheckAll
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.stick import NO_STICK, Stick
from kiosk.terminal.views import Notice
from kiosk.terminal.writer import Deliver


class InstalledFiles(Protocol):
    """What the station published and this terminal installed (`kiosk.trust.installed.Installed`)."""

    def trust(self) -> Trust: ...

    def targets(self, prefix: str = "") -> tuple[str, ...]: ...

    def read(self, name: str) -> bytes: ...

    def path(self, name: str) -> Path: ...


class Floor(Protocol):
    """The latest station-signed time seen (`kiosk.trust.time_floor.TimeFloor`)."""

    @property
    def value(self) -> int: ...


class Room(Protocol):
    """The room's network, where there is one (`room_line.RoomLine`). No call waits for it."""

    def begin(self, take: Callable[[str], None]) -> None: ...

    def tell(self, plan: SessionPlan, status: SeatStatus) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Ports:
    """Everything the flow is given. `keys` are the terminal's own; `deliver` brings calls to the flow's own thread; `transfers` is
    the folder of the sittings given away here."""

    time: TimeSource
    keys: Party
    installed: InstalledFiles
    floor: Floor
    journals: Path
    transfers: Path
    outbox: Outbox
    checks: CheckAll
    deliver: Deliver
    version: str
    leave_program: Callable[[], None]
    stick: Stick = NO_STICK
    mirror: Stick | None = None
    room: Room | None = None
    checks_again: CheckAgain = tuple
    """What may change while a person sits here; it may be called from any thread."""
    of_update: Callable[[], Notice | None] = lambda: None
    """What whoever looks after this computer is to know of the program's last update."""
    tested: Callable[[int, dict[str, str]], None] = lambda _at_s, _outcomes: None
    """Keeps what came of the device test: when, and the outcome of each device."""
