"""The room's seats as its network tells, laid over what the scans tell; without one, the scans alone.

The network is looked at, never waited for. What was last heard of a seat stays until something newer
was scanned, and says how old it is; nothing of the exam depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.exchange import SeatStatus, Stage
from kiosk.artefacts.release import SeatName
from kiosk.errors import KioskError
from kiosk.proctor.desk import Desk
from kiosk.proctor.seats import OVER, SeatLine, SeatState
from kiosk.sync.board import RoomBoard, SeatSeen

_OF_STAGE: dict[Stage, SeatState] = {
    "locked": SeatState.LOCKED,
    "sign-in": SeatState.STARTED,
    "confirm": SeatState.SIGNED_IN,
    "rules": SeatState.SIGNED_IN,
    "waiting": SeatState.READY,
    "exam": SeatState.RUNNING,
    "paused": SeatState.PAUSED,
    "handing-in": SeatState.HANDING_IN,
    "done": SeatState.DONE,
    "given-away": SeatState.MOVED,
    "stopped": SeatState.TROUBLE,
}


class Network(Protocol):
    """The room's network while it is served (`kiosk.proctor.network.RoomNetwork`)."""

    @property
    def addresses(self) -> tuple[str, ...]: ...

    def goes_on_for(self, desk: Desk) -> bool: ...

    def board(self, session: str) -> RoomBoard: ...

    def keep_collected(self) -> None: ...

    def offer(self, code: str) -> None: ...

    def close(self) -> None: ...


Serve = Callable[[Desk], Network]


class Known(Struct, frozen=True):
    """What the desk knows of a session's seats. `board` is None where no network is served or it cannot
    be read now; `fault` is what keeps the network from its work."""

    lines: tuple[SeatLine, ...]
    board: RoomBoard | None = None
    addresses: tuple[str, ...] = ()
    fault: KioskError | None = None


class LiveRoom:
    """The network of one run of the desk. It goes on while the desk is locked: seats go on reporting,
    and their packages come in; only signing needs the proctor.

    Args:
        serve: begins to serve the sessions of an unlocked desk; None: no network here.
    """

    def __init__(self, serve: Serve | None = None) -> None:
        self._serve = serve
        self._network: Network | None = None
        self.fault: KioskError | None = None
        """What keeps the network from its work, as last met."""

    @property
    def served(self) -> bool:
        return self._network is not None

    def open(self, desk: Desk) -> None:
        """Serve what `desk` may release, or go on with it. That it cannot be is said by `known`: the
        desk works without."""
        if self._serve is None or (self._network and self._network.goes_on_for(desk)):
            return
        self.close()
        try:
            self._network = self._serve(desk)
        except KioskError as fault:
            self.fault = fault

    def known(self, desk: Desk, session: str) -> Known:
        """All that is known of a session's seats now."""
        lines = desk.seats(session)
        if self._network is None:
            return Known(lines, fault=self.fault)
        try:
            board = self._network.board(session)
        except KioskError as fault:
            return Known(lines, fault=fault)
        people = {name.number: name for name in desk.expected(session)}
        return Known(
            overlay(lines, board, people, desk.now()), board, self._network.addresses, self.fault
        )

    def keep_collected(self) -> None:
        """Keep which packages came in since. A disk that refuses is asked again at the next look."""
        if self._network is not None:
            self.fault = None
            try:
                self._network.keep_collected()
            except KioskError as fault:
                self.fault = fault

    def offer(self, code: str) -> None:
        """Offer a whole code to the seats it is for, where there is a network.

        Raises:
            InputRefused, NotPermitted: as `RoomNetwork.offer`.
        """
        if self._network is not None:
            self._network.offer(code)

    def close(self) -> None:
        if self._network is not None:
            self._network.close()
        self._network = self.fault = None


def overlay(
    lines: tuple[SeatLine, ...], board: RoomBoard, people: Mapping[str, SeatName], now: int
) -> tuple[SeatLine, ...]:
    """`lines` after what the network tells.

    Args:
        people: who is expected, by candidate number.
        now: UTC epoch seconds.
    """
    seen = {one.terminal: one for one in board.seats}
    return tuple(_laid_over(line, seen.get(line.terminal), people, now) for line in lines)


def state_of(status: SeatStatus) -> SeatState:
    """What a seat that reports so is."""
    if status.phase is Phase.INTERRUPTED and status.stage == "locked":
        return SeatState.INTERRUPTED
    return _OF_STAGE[status.stage]


def whole(seen: SeatSeen) -> int:
    """The highest package number that was taken with all before it that the terminal told of; 0 none."""
    missing = min(seen.waiting, default=None)
    return max((n for n in seen.collected if missing is None or n < missing), default=0)


def _laid_over(
    line: SeatLine, seen: SeatSeen | None, people: Mapping[str, SeatName], now: int
) -> SeatLine:
    if seen is None:
        return line
    line = replace(line, seen=seen, package=max(line.package, whole(seen)))
    status = seen.status
    if status is None or seen.age_ms is None:
        return line
    heard_at = now - seen.age_ms // 1000
    if seen.silent and line.at > heard_at:
        return line  # scanned or signed for since
    candidate = line.candidate
    if number := status.candidate:
        candidate = people.get(number) or SeatName(number, number, "", None)
    return replace(
        line,
        heard=True,
        state=_state(line, seen, status),
        at=heard_at,
        candidate=candidate,
        count=status.count,
        head=status.head,
        remaining_s=status.remaining_s,
    )


def _state(line: SeatLine, seen: SeatSeen, status: SeatStatus) -> SeatState:
    """What it reports, and what only the proctor knows of it: a pause is a break, an end no hand-in."""
    told = state_of(status)
    if told is SeatState.STARTED and (status.packages or seen.collected):
        told = SeatState.DONE  # and waits for the next, where there is one
    if told is SeatState.PAUSED and line.state is SeatState.OUT:
        return SeatState.OUT
    if told is SeatState.DONE and line.state in OVER:
        return line.state
    return told
