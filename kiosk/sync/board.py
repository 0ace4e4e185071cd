"""What the desk knows of its room, as values: each seat with its last report, and when that came.

Pure. A seat that nothing was heard of is on the board too: the network tells what is there, never
what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kiosk.artefacts.exchange import SeatStatus
from kiosk.artefacts.session import SeatedTerminal

SILENT_MS = 15_000
"""A seat not heard of for so long is not on the network now; what it last said is shown with its age."""


@dataclass(frozen=True)
class Heard:
    """A terminal's last report, and when it came: milliseconds of the desk's own steady clock."""

    status: SeatStatus
    at_ms: int


@dataclass(frozen=True)
class SeatSeen:
    """One terminal of the session as the network tells. `status` is None before its first report;
    `age_ms` is how old that is. `collected` are the numbers of its packages that the desk holds."""

    terminal: bytes
    label: str
    seat: str | None
    status: SeatStatus | None = None
    age_ms: int | None = None
    collected: tuple[int, ...] = ()

    @property
    def silent(self) -> bool:
        """Whether nothing was heard lately."""
        return self.age_ms is None or self.age_ms >= SILENT_MS

    @property
    def waiting(self) -> tuple[int, ...]:
        """Numbers of packages it told of that the desk does not hold yet."""
        told = self.status.packages if self.status else ()
        return tuple(number for number in told if number not in self.collected)


@dataclass(frozen=True)
class RoomBoard:
    """All terminals of one session, in the order of its plan."""

    session: str
    seats: tuple[SeatSeen, ...]

    @property
    def collected(self) -> int:
        """How many packages the desk holds."""
        return sum(len(seat.collected) for seat in self.seats)

    @property
    def made(self) -> int:
        """How many packages are known to have been made, held or not."""
        return self.collected + sum(len(seat.waiting) for seat in self.seats)

    @property
    def listening(self) -> int:
        """How many terminals were heard of lately."""
        return sum(not seat.silent for seat in self.seats)


def board(
    session: str,
    terminals: Sequence[SeatedTerminal],
    heard: Mapping[bytes, Heard],
    collected: Mapping[bytes, Sequence[int]],
    now_ms: int,
) -> RoomBoard:
    """What is known at `now_ms`; `heard` and `collected` go by the terminal's kid."""
    return RoomBoard(
        session,
        tuple(
            SeatSeen(
                terminal=one.kid,
                label=one.label,
                seat=one.seat,
                status=heard[one.kid].status if one.kid in heard else None,
                age_ms=now_ms - heard[one.kid].at_ms if one.kid in heard else None,
                collected=tuple(sorted(collected.get(one.kid, ()))),
            )
            for one in terminals
        ),
    )
