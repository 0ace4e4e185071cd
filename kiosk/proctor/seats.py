"""The room's seats as far as this desk's scans tell: a fold over its acts, nothing more.

A desk without a network knows what it scanned and signed. So a seat's line says what was last known
and when, never what must be so now; a room code says only that it was signed, not who took it. What
a network tells is laid over it in `live`.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.exchange import SeatStatus
from kiosk.artefacts.release import ReleaseFile, SeatName
from kiosk.artefacts.slip import HandInSlip
from kiosk.artefacts.tokens import Command
from kiosk.proctor.acts import (
    ActRecord,
    HandedIn,
    Noted,
    PackageSeen,
    Seen,
    SignedAnswer,
    SignedRoom,
)
from kiosk.sync.board import SeatSeen


class SeatState(Enum):
    """What a seat was last known to be."""

    UNSEEN = "unseen"
    LOCKED = "locked"
    ROOM_CODE = "room code"
    """A room code was signed since; whether this seat took it, only the seat knows."""
    STARTED = "started"
    SIGNED_IN = "signed in"
    READY = "ready"
    """Waits for the common start."""
    RUNNING = "running"
    PAUSED = "paused"
    OUT = "out"
    """On a break, escorted."""
    INTERRUPTED = "interrupted"
    TROUBLE = "trouble"
    """Stopped with a trouble code."""
    HANDING_IN = "handing in"
    MOVED = "moved"
    """The exam went to another terminal."""
    DONE = "done"
    ENDED = "ended"
    LEFT = "left"


ATTENDANCE = frozenset({"present", "absent", "late"})
"""Kinds of remarks on who came; the last one counts."""

_OF_PHASE = {
    Phase.LOCKED: SeatState.LOCKED,
    Phase.INTERRUPTED: SeatState.INTERRUPTED,
    Phase.RUNNING: SeatState.RUNNING,
    Phase.PAUSED: SeatState.PAUSED,
    Phase.IDLE: SeatState.STARTED,
}
OVER = frozenset({SeatState.DONE, SeatState.ENDED, SeatState.MOVED, SeatState.LEFT})
"""Nobody sits there any more."""
_SAT = frozenset(
    {
        SeatState.RUNNING,
        SeatState.PAUSED,
        SeatState.OUT,
        SeatState.INTERRUPTED,
        SeatState.HANDING_IN,
    }
) | (OVER - {SeatState.LEFT})
_SAT_WHERE_TIME_IS_LEFT = frozenset({SeatState.ROOM_CODE, SeatState.TROUBLE})
_HOLDS_NOTHING = frozenset({SeatState.MOVED, SeatState.LEFT})


class SeatLine(Struct, frozen=True):
    """One terminal of the session.

    Args:
        spare: stands for no seat of its own.
        place: row and column in the room, where the session says it.
        candidate: who is expected here, or came here from another seat; None where unknown.
        at: when it was last scanned or signed for, UTC epoch seconds; 0 never.
        count: of the journal when last scanned; `head` its first bytes; `remaining_s` then.
        extended_min: extra time signed here; `given_back_min` lost time given back.
        attendance: the last of `ATTENDANCE` noted, or "".
        code: digits of the last hand-in slip.
        package: the highest package number collected or shown; 0 none.
        moved: the seat it came from, or where it went to.
        seen: what the room's network tells of it, where one is served; `heard` whether the state is
            from there.
    """

    terminal: bytes
    label: str
    machine: str
    spare: bool
    candidate: SeatName | None
    place: tuple[int, int] | None = None
    state: SeatState = SeatState.UNSEEN
    at: int = 0
    count: int = 0
    head: bytes = b""
    remaining_s: int = 0
    extended_min: int = 0
    given_back_min: int = 0
    attendance: str = ""
    code: str = ""
    package: int = 0
    moved: str = ""
    seen: SeatSeen | None = None
    heard: bool = False

    @property
    def live(self) -> SeatStatus | None:
        """How it stands, while it is heard on the room's network."""
        return self.seen.status if self.seen is not None and not self.seen.silent else None

    @property
    def sat(self) -> bool:
        """Whether somebody is known to have sat here: where the last scan told of a sitting, a room
        code since changes nothing of that."""
        stopped = self.state in _SAT_WHERE_TIME_IS_LEFT and self.remaining_s > 0
        return stopped or self.state in _SAT

    @property
    def due(self) -> bool:
        """Whether a package of this terminal may exist and is not collected yet. Another desk may have
        started a seat that this one never scanned; a spare counts once somebody sat there. What the
        terminal itself told of counts whatever was noted."""
        if self.seen is not None and any(number > self.package for number in self.seen.waiting):
            return True
        if self.package or self.attendance == "absent" or self.state in _HOLDS_NOTHING:
            return False
        return self.sat or not self.spare


def room_seats(
    file: ReleaseFile, expected: Iterable[SeatName], records: Iterable[ActRecord]
) -> tuple[SeatLine, ...]:
    """The terminals of a session, by seat and then spares, after `records` in their order."""
    at_seat = {name.seat: name for name in expected if name.seat}
    lines: dict[bytes, SeatLine] = {}
    for known in file.terminals:
        seat = known.seated.seat
        lines[known.record.kid] = SeatLine(
            terminal=known.record.kid,
            label=seat or known.seated.label,
            machine=known.seated.label,
            spare=seat is None,
            candidate=at_seat.get(seat) if seat else None,
            place=known.seated.place,
        )
    for record in records:
        match record:
            case SignedRoom(at, _, purpose, minutes):
                for line in lines.values():
                    lines[line.terminal] = _room_code(line, at, purpose, minutes)
            case Noted(remark) if remark.kind in ATTENDANCE:
                for line in lines.values():
                    if line.candidate and line.candidate.number == remark.candidate:
                        lines[line.terminal] = replace(line, attendance=remark.kind)
            case Seen() | SignedAnswer() | HandedIn() | PackageSeen():
                _one(lines, record)
            case _:
                continue
    return tuple(sorted(lines.values(), key=lambda line: (line.spare, line.label)))


def _room_code(line: SeatLine, at: int, purpose: str, minutes: int) -> SeatLine:
    waits = (
        (SeatState.UNSEEN, SeatState.LOCKED)
        if purpose == "start"
        else (SeatState.INTERRUPTED, SeatState.RUNNING, SeatState.STARTED, SeatState.ROOM_CODE)
    )
    if line.state not in waits:
        return line
    given = 0 if line.spare and not line.sat else minutes
    return replace(
        line, state=SeatState.ROOM_CODE, at=at, given_back_min=line.given_back_min + given
    )


def _one(
    lines: dict[bytes, SeatLine], record: Seen | SignedAnswer | HandedIn | PackageSeen
) -> None:
    kid = record.act.terminal if isinstance(record, SignedAnswer) else record.terminal
    line = lines.get(kid)
    if line is None:
        return
    match record:
        case Seen(at, _, count, head, phase, remaining_s):
            state = _OF_PHASE[phase]
            if phase is Phase.IDLE and line.state in OVER:
                state = line.state  # done and waiting for the next, still
            if phase is Phase.PAUSED and line.state is SeatState.OUT:
                state = SeatState.OUT
            line = replace(
                line, state=state, at=at, count=count, head=head, remaining_s=remaining_s
            )
        case HandedIn(at, _, leaf):
            code = HandInSlip(leaf).digits if leaf else line.code
            line = replace(line, state=SeatState.DONE, at=at, code=code, remaining_s=0)
        case PackageSeen(_, _, number):
            line = replace(line, package=max(number, line.package))
        case SignedAnswer(act):
            line = replace(line, at=act.at)
            match act.command:
                case Command.RELEASE:
                    again = line.state is SeatState.INTERRUPTED
                    state = SeatState.RUNNING if again else SeatState.STARTED
                    back = line.given_back_min + act.minutes
                    line = replace(line, state=state, given_back_min=back)
                case Command.RESUME:
                    line = replace(line, state=SeatState.RUNNING)
                case Command.EXTEND:
                    line = replace(
                        line,
                        extended_min=line.extended_min + act.minutes,
                        remaining_s=line.remaining_s + 60 * act.minutes,
                    )
                case Command.PAUSE:
                    line = replace(line, state=SeatState.PAUSED)
                case Command.GO_OUT:
                    line = replace(line, state=SeatState.OUT)
                case Command.ABORT:
                    line = replace(line, state=SeatState.ENDED)
                case Command.EXIT:
                    line = replace(line, state=line.state if line.sat else SeatState.LEFT)
                case Command.TRANSFER:
                    line = replace(line, state=SeatState.MOVED)
                case Command.TAKE_OVER:
                    line = _came(lines, replace(line, state=SeatState.RUNNING))
    lines[kid] = line


def _came(lines: dict[bytes, SeatLine], line: SeatLine) -> SeatLine:
    """Whose exam came to this terminal, where only one is on its way."""
    leaving = [
        other for other in lines.values() if other.state is SeatState.MOVED and not other.moved
    ]
    if len(leaving) != 1:
        return line
    (old,) = leaving
    lines[old.terminal] = replace(old, moved=line.label)
    return replace(line, candidate=old.candidate, moved=old.label, remaining_s=old.remaining_s)
