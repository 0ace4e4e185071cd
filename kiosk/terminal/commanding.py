"""A proctor's code at a released seat: read, checked, obeyed, and told to the candidate."""

from __future__ import annotations

from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.tokens import Answer, AnswerClaim, Command
from kiosk.terminal import commands
from kiosk.terminal.exam import Attempt
from kiosk.terminal.ports import Ports
from kiosk.terminal.release import ChallengeKeeper, CodeRefused, prefix_of, read_answer, read_room
from kiosk.terminal.seat import Seat
from kiosk.words import mark

FOR_NOBODY = frozenset(
    {Command.TAKE_OVER, Command.ADMIT, Command.ADMIT_WITHOUT_ID, Command.ADMIT_RESERVE}
)
"""Commands to a seat where nobody sits."""


def carry_out(
    scanned: str, seat: Seat, attempt: Attempt | None, ports: Ports, keeper: ChallengeKeeper
) -> Answer | None:
    """Obey a code at the open sitting. What was still being typed is settled first.

    Returns:
        What is not to the open sitting and not yet done: an exit, a sitting to take over here, or
        somebody to admit. None for any other command.

    Raises:
        CodeRefused: it does nothing here, and why.
    """
    if attempt is not None:
        attempt.settle()
    if prefix_of(scanned) is Prefix.ROOM:
        _resume_by_room(scanned, seat, attempt, ports)
        return None
    answer = read_answer(scanned, seat.plan, ports.installed.trust(), ports.keys.record, keeper)
    nobody = attempt is None or attempt.ending
    if answer.claim.command is Command.EXIT or (answer.claim.command in FOR_NOBODY and nobody):
        return answer
    if attempt is None or attempt.ending:
        raise CodeRefused(mark("Nobody is sitting an exam here"))
    records, out = commands.obey(answer, attempt.sitting, ports.time), attempt.out
    keeper.use()
    attempt.record(records)
    _tell(attempt, answer.claim, out)
    return None


def _resume_by_room(scanned: str, seat: Seat, attempt: Attempt | None, ports: Ports) -> None:
    room = read_room(scanned, seat.plan, ports.installed.trust(), seat.journal.last_room)
    if attempt is not None and attempt.out:
        raise CodeRefused(mark("The candidate of this seat is out; scan the code on this screen"))
    if attempt is None or not attempt.paused or room.purpose != "resume":
        raise CodeRefused(mark("This seat was released before"))
    attempt.record(commands.resume_by_room(room, attempt.sitting, ports.time), room.number)
    attempt.tell_resumed(room.minutes)


def _tell(attempt: Attempt, claim: AnswerClaim, out: bool) -> None:
    match claim.command:
        case Command.EXTEND:
            minutes = claim.minutes
            attempt.tell(mark("{minutes} minutes were added to your time"), minutes=minutes)
        case Command.RESUME if out and not claim.minutes:
            attempt.tell(mark("The break is over. The exam goes on"))
        case Command.CAUTION:
            attempt.warn(mark("The proctor has recorded an incident. Your exam goes on"))
        case Command.RESUME:
            attempt.tell_resumed(claim.minutes)
        case _:
            pass
