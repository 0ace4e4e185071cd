"""The proctors' codes inside a journal: each must be genuine, and each privilege must rest on one.

A terminal writes every code it obeyed into its journal, signature and all. So the station sees who
granted extra time, and a terminal that granted itself some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from kiosk.artefacts.chain import (
    Admitted,
    Commanded,
    Opened,
    Record,
    TakenOver,
    first_head,
    next_head,
)
from kiosk.artefacts.challenge import HEAD_BYTES
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.session import Candidate, SessionPlan
from kiosk.artefacts.tokens import (
    AnswerClaim,
    Command,
    RoomClaim,
    read_token,
    verified_answer,
    verified_room,
)
from kiosk.assessment.sitting import Sitting, State
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.legs import Leg
from kiosk.words import mark

_MINUTE_MS = 60_000
PROCTORS_WITHOUT_ID = 2


class ProctorOnDuty(Struct, frozen=True):
    """A proctor of the session; codes issued at or after `revoked_at` are void."""

    record: KeyRecord
    revoked_at: int | None


def check_commands(
    legs: Sequence[Leg],
    plan: SessionPlan,
    proctors: Iterable[ProctorOnDuty],
    sitting: Sitting,
) -> None:
    """Checks every code in the journals of a sitting, and what was granted by them.

    Raises:
        InputRefused: a code that is damaged, for another terminal, session or journal, or that says
            something else than the journal; extra time, a break, an abort or a change of terminals
            without a code.
        NotPermitted: by somebody who is no proctor of the session, or was revoked before.
    """
    duties = {duty.record.kid: duty for duty in proctors}
    granted_min = out = 0
    told: Counter[Command] = Counter()
    for place, leg in enumerate(legs):
        minutes, commands = _commands_of(leg, _Check(leg, plan, duties))
        granted_min += minutes
        out += commands[Command.GO_OUT]
        if leg.left == "transfer" and Command.TRANSFER not in commands:
            raise InputRefused(mark("the sitting was transferred without a proctor's code"))
        if place and Command.TAKE_OVER not in commands:
            raise InputRefused(mark("the sitting was taken over without a proctor's code"))
        told = commands
    if sitting.extension_ms > granted_min * _MINUTE_MS:
        raise InputRefused(
            mark("{minutes} minutes of extra time, but proctors' codes for {granted}"),
            minutes=sitting.extension_ms // _MINUTE_MS,
            granted=granted_min,
        )
    if sitting.breaks > out:
        raise InputRefused(
            mark("{breaks} breaks, but proctors' codes for {out}"), breaks=sitting.breaks, out=out
        )
    if sitting.state is State.ABORTED and Command.ABORT not in told:
        raise InputRefused(mark("the sitting was aborted without a proctor's code"))


def check_admission(leg: Leg, candidate: Candidate) -> Admitted:
    """How the sitting that begins in `leg` was admitted, once the codes it needs stand before it.

    Raises:
        InputRefused: a reserve number, or a candidate without an ID, without its proctors' codes.
    """
    vouched: dict[Command, set[bytes]] = {}
    index = -1
    for record in _ruling(leg):
        if isinstance(record, Admitted | TakenOver):
            index += 1
            if index == leg.sitting and isinstance(record, Admitted):
                _require_vouched(record, candidate, vouched)
                return record
        if isinstance(record, Commanded):
            vouched.setdefault(record.command, set()).add(record.proctor)
        else:
            vouched = {}
    raise InputRefused(mark("the journal admits nobody"))


def _require_vouched(
    admitted: Admitted, candidate: Candidate, vouched: dict[Command, set[bytes]]
) -> None:
    by_reserve = len(vouched.get(Command.ADMIT_RESERVE, ()))
    without_id = len(vouched.get(Command.ADMIT_WITHOUT_ID, ()))
    if candidate.reserve and not (admitted.warrant == "reserve" and by_reserve >= 1):
        raise InputRefused(mark("a reserve number was used without a proctor's code"))
    if not candidate.reserve and admitted.warrant == "reserve":
        raise InputRefused(mark("a candidate of the roster was admitted as a reserve"))
    if admitted.warrant == "no_id" and without_id < PROCTORS_WITHOUT_ID:
        raise InputRefused(
            mark("a candidate without an ID was admitted without two proctors' codes")
        )


def _commands_of(leg: Leg, check: _Check) -> tuple[int, Counter[Command]]:
    """The minutes granted to a leg's sitting, and which commands were given to it, how often."""
    index = -1
    granted_min = 0
    commands: Counter[Command] = Counter()
    before: Command | None = None
    for record in _ruling(leg):
        match record:
            case Opened(tokens=tokens):
                for token in tokens:
                    check.token(token)
            case Admitted() | TakenOver():
                index += 1
                # The code to take over stands before what it brings.
                if index == leg.sitting and before is not None:
                    commands[before] += 1
            case Commanded() as command:
                check.commanded(command)
                if index == leg.sitting:
                    granted_min += command.minutes if command.command is Command.EXTEND else 0
                    commands[command.command] += 1
            case _:
                pass
        before = record.command if isinstance(record, Commanded) else None
    return granted_min, commands


class _Check:
    """Codes against one leg's terminal, session and journal."""

    def __init__(self, leg: Leg, plan: SessionPlan, proctors: dict[bytes, ProctorOnDuty]) -> None:
        self._journal = leg.journal
        self._terminal = leg.terminal
        self._plan = plan
        self._proctors = proctors
        self._heads: frozenset[bytes] | None = None

    def commanded(self, command: Commanded) -> None:
        """The code behind a command says what the journal says."""
        proctor, claim = self.token(command.token)
        if isinstance(claim, RoomClaim):
            purpose = Command.RELEASE if claim.purpose == "start" else Command.RESUME
            agrees = (purpose, claim.minutes) == (command.command, command.minutes)
        else:
            agrees = (claim.command, claim.minutes, claim.reason) == (
                command.command,
                command.minutes,
                command.reason,
            )
        if not agrees or proctor.kid != command.proctor:
            raise InputRefused(
                mark("a code of {name} says something else than the journal"), name=proctor.name
            )

    def token(self, token: bytes) -> tuple[KeyRecord, AnswerClaim | RoomClaim]:
        """Who signed a code, and what it says; it is for this terminal, session and journal."""
        frame = read_token(token)
        duty = self._proctors.get(frame.kid)
        if duty is None:
            raise NotPermitted(
                mark("a code by {kid}, who is no proctor of this session"), kid=frame.kid.hex()
            )
        record = duty.record
        claim: AnswerClaim | RoomClaim
        if record.verify(frame.signature, frame.message(Kind.ROOM.encode())):
            room = verified_room(frame, token, record)
            claim, issued_at = room.claim, room.issued_at
        else:
            answer = verified_answer(frame, token, record)
            claim, issued_at = answer.claim, answer.issued_at
            if answer.claim.terminal != self._terminal:
                raise InputRefused(mark("a code of {name} for another terminal"), name=record.name)
            if answer.claim.head not in self._known_heads():
                raise InputRefused(
                    mark("a code of {name} for another journal than this one"), name=record.name
                )
        if claim.session != self._plan.id:
            raise InputRefused(mark("a code of {name} for another session"), name=record.name)
        if duty.revoked_at is not None and issued_at >= duty.revoked_at:
            raise NotPermitted(
                mark("a code of {name}, issued after the key was revoked"), name=record.name
            )
        return record, claim

    def _known_heads(self) -> frozenset[bytes]:
        if self._heads is None:
            head = first_head(self._plan.id, self._terminal)
            heads = [head]
            for entry in self._journal:
                head = next_head(head, entry)
                heads.append(head)
            self._heads = frozenset(known[:HEAD_BYTES] for known in heads)
        return self._heads


def _ruling(leg: Leg) -> Iterator[Record]:
    """The records that matter here: not what a candidate did between them."""
    return (
        one for one in leg.records if isinstance(one, Opened | Admitted | Commanded | TakenOver)
    )
