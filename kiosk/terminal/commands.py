"""What a proctor's command does to the open sitting: its record, its events, its bounds."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.artefacts.chain import Commanded, Happened, Record
from kiosk.artefacts.tokens import Answer, Command, Reason
from kiosk.assessment.sitting import (
    Aborted,
    Event,
    Extended,
    IllegalEvent,
    Incident,
    Paused,
    Resumed,
    Sitting,
    State,
    Transferred,
    WentOut,
)
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.release import CodeRefused, Room
from kiosk.words import mark

_MINUTE_MS = 60_000


def commanded(answer: Answer, at_ms: int) -> Commanded:
    """The journal's record of an answer, with the signed code itself as evidence."""
    claim = answer.claim
    return Commanded(
        at_ms, claim.command, answer.proctor.kid, claim.reason, answer.token, claim.minutes
    )


def commanded_room(room: Room, at_ms: int) -> tuple[Commanded, ...]:
    """The journal's records of a room code, one for each proctor who signed it."""
    command = Command.RELEASE if room.purpose == "start" else Command.RESUME
    return tuple(
        Commanded(at_ms, command, part.proctor.kid, Reason.NONE, part.token, room.minutes)
        for part in room.parts
    )


def obey(answer: Answer, sitting: Sitting, time: TimeSource) -> tuple[Record, ...]:
    """The records of a command to the open sitting, checked against its state and bounds.

    Raises:
        CodeRefused: the command cannot be carried out now.
    """
    now = time.now_ms()
    events = _events(answer, sitting, time, now)
    return checked((commanded(answer, now), *(Happened(one) for one in events)), sitting)


def _events(answer: Answer, sitting: Sitting, time: TimeSource, now: int) -> tuple[Event, ...]:
    claim, by = answer.claim, (answer.proctor.name,)
    reason = claim.reason.name.lower()
    match claim.command:
        case Command.PAUSE:
            if sitting.state is not State.RUNNING:
                raise CodeRefused(mark("The exam at this seat is paused already"))
            if sitting.pauses >= sitting.terms.most_pauses:
                raise CodeRefused(
                    mark("The session allows {most} pauses and no more"),
                    most=sitting.terms.most_pauses,
                )
            return (Paused(now, by, reason),)
        case Command.RESUME:
            if sitting.state not in (State.PAUSED, State.OUT):
                raise CodeRefused(mark("The exam at this seat is not paused"))
            gap_ms = max(0, now - sitting.last_ms)
            seen = now if sitting.ticking else None  # the clock ran on in the break
            resumed = Resumed(time.boot, now, seen, gap_ms, by)
            return (resumed, *given_back(claim.minutes, now, by, sitting))
        case Command.GO_OUT:
            if sitting.state is not State.RUNNING:
                raise CodeRefused(mark("The exam at this seat is paused already"))
            if sitting.breaks >= sitting.terms.most_breaks:
                raise CodeRefused(
                    mark("The session allows {most} breaks and no more"),
                    most=sitting.terms.most_breaks,
                )
            return (WentOut(now, by, answer.words),)
        case Command.CAUTION:
            return (Incident(now, reason if reason != "none" else "misconduct", answer.words),)
        case Command.EXTEND:
            left = sitting.terms.most_extension_ms - sitting.extension_ms
            if not 0 < claim.minutes * _MINUTE_MS <= left:
                raise CodeRefused(
                    mark("The session allows {minutes} more minutes at most"),
                    minutes=left // _MINUTE_MS,
                )
            extra = claim.minutes * _MINUTE_MS
            return (Extended(now, extra, "granted", by, reason),)
        case Command.ABORT:
            return (Aborted(now, by, reason),)
        case Command.TRANSFER:
            return (Transferred(now, by, reason),)
        case Command.TAKE_OVER | Command.ADMIT | Command.ADMIT_WITHOUT_ID | Command.ADMIT_RESERVE:
            raise CodeRefused(mark("Somebody is sitting an exam here"))
        case _:
            raise CodeRefused(mark("This seat was released before"))


def resume_by_room(room: Room, sitting: Sitting, time: TimeSource) -> tuple[Record, ...]:
    """The records of a room code at a paused seat: it goes on, with the code's minutes given back.

    Raises:
        CodeRefused: more minutes than the session allows.
    """
    now = time.now_ms()
    by = tuple(part.proctor.name for part in room.parts)
    resumed = Resumed(time.boot, now, gap_ms=max(0, now - sitting.last_ms), by=by)
    events: tuple[Event, ...] = (resumed, *given_back(room.minutes, now, by, sitting))
    return checked((*commanded_room(room, now), *(Happened(one) for one in events)), sitting)


def given_back(
    minutes: int, now: int, by: tuple[str, ...], sitting: Sitting
) -> tuple[Extended, ...]:
    """Time given back for time lost, within the session's bound.

    Raises:
        CodeRefused: more than the session allows.
    """
    if not minutes:
        return ()
    left = sitting.terms.most_given_back_ms - sitting.given_back_ms
    if not 0 < minutes * _MINUTE_MS <= left:
        raise CodeRefused(
            mark("The session allows {minutes} more minutes to be given back at most"),
            minutes=left // _MINUTE_MS,
        )
    return (Extended(now, minutes * _MINUTE_MS, "given_back", by),)


def come_back(
    sitting: Sitting, time: TimeSource, last_seen_ms: int, last_wall_s: int, by: tuple[str, ...]
) -> Resumed:
    """The event of going on after an interruption.

    Args:
        last_seen_ms: the last sign of life, on the clock of the boot it was given in.
        last_wall_s: the wall clock then; the only way to tell how long a machine was off.
    """
    now = time.now_ms()
    if sitting.boot == time.boot:
        gap = now - last_seen_ms
    else:
        gap = (time.wall_s() - last_wall_s) * 1000
    resumed = Resumed(time.boot, now, gap_ms=max(0, gap), by=by)
    if sitting.ticking:
        return replace(resumed, last_seen_ms=max(last_seen_ms, sitting.last_ms))
    return resumed


def checked(records: tuple[Record, ...], sitting: Sitting) -> tuple[Record, ...]:
    """`records`, once their events can follow.

    Raises:
        CodeRefused: they cannot.
    """
    try:
        for record in records:
            if isinstance(record, Happened):
                sitting = sitting.apply(record.event)
    except IllegalEvent as fault:
        raise CodeRefused(mark("This cannot be done now at this seat")) from fault
    return records
