"""A room to practise in: made-up people at computers that are not there, under keys made for this once.

The desk is the real one, with a proctor's key, a release and acts of its own in a folder that goes with
it. Its codes are signed, offered, checked and obeyed as on an exam day, but only here: no trust list
names its keys, so no terminal takes its codes, and its session stands in no log of the station.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import assert_never

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.bundle import BundleLine, write_bundle
from kiosk.artefacts.challenge import HEAD_BYTES, Challenge, Phase, challenge_text, new_nonce
from kiosk.artefacts.exchange import SeatStatus, Stage
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.release import SeatName, write_release
from kiosk.artefacts.session import (
    BankRef,
    ExamPlan,
    NamedProctor,
    Policy,
    SeatedTerminal,
    SessionPlan,
    Window,
    new_share,
)
from kiosk.artefacts.tokens import (
    Answer,
    Command,
    RoomClaim,
    open_share,
    read_code,
    read_token,
    verified_answer,
    verified_room,
)
from kiosk.artefacts.trust_list import Trust, TrustList
from kiosk.assessment.sitting import Terms
from kiosk.errors import InputRefused
from kiosk.proctor.desk import Desk
from kiosk.proctor.views import Drill
from kiosk.sync.board import Heard, RoomBoard, board
from kiosk.words import mark

SESSION = "PRACTICE"
NAME = "练习 · Practice"
_PEOPLE = ("甲 · A", "乙 · B", "丙 · C", "丁 · D", "戊 · E", "己 · F", "庚 · G", "辛 · H")
_MINUTE_MS = 60_000
_TERMS = Terms(90 * _MINUTE_MS)
_STEP_S = 4.0
"""So long a made-up candidate takes for each step before the exam."""
_HOURS_S = 8 * 3600
_BROKEN = "T-22"


class _Place(Struct, frozen=True):
    """One computer that is not there. `taken` is the last room code's number; `since` in ticks is when
    it came to its stage."""

    keys: PrivateKeys
    seated: SeatedTerminal
    candidate: str
    nonce: bytes
    since: float
    stage: Stage = "locked"
    phase: Phase = Phase.LOCKED
    entries: int = 0
    remaining_ms: int = 0
    granted_min: int = 0
    incidents: int = 0
    taken: int = 0
    packages: tuple[int, ...] = ()
    trouble: str = ""

    @property
    def head(self) -> bytes:
        """Another at each entry, as a journal's is."""
        seen = self.keys.record.kid + self.entries.to_bytes(4, "big")
        return hashlib.sha256(seen).digest()[:HEAD_BYTES]

    @property
    def sits(self) -> bool:
        return self.stage in ("exam", "paused", "stopped") or self.phase is Phase.INTERRUPTED


class Practice:
    """A room of eight seats and a spare, and the desk for it. It is the desk's network too
    (`live.Network`), so that what is signed is obeyed at once.

    Args:
        now: UTC epoch seconds.
        ticks: seconds of a steady clock.
    """

    addresses: tuple[str, ...] = ()

    def __init__(self, now: Callable[[], int], ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._folder = tempfile.TemporaryDirectory(prefix="kiosk-practice-")
        self.stick = Path(self._folder.name, "stick")
        self._proctor = PrivateKeys.generate(Role.PROCTOR, NAME)
        self._share = new_share()
        self._leaving: list[_Place] = []
        seats = (*(f"{number:02}" for number in range(1, len(_PEOPLE) + 1)), None)
        self._places = {place.keys.record.kid: place for place in map(self._place, count(), seats)}
        self._at = ticks()
        self.desk = self._make_desk(now)

    # --- what the desk asks of a network ------------------------------------------------------------

    def goes_on_for(self, desk: Desk) -> bool:
        return desk is self.desk

    def board(self, session: str) -> RoomBoard:
        self._pass_time()
        heard = {kid: Heard(self._status(place), 0) for kid, place in self._places.items()}
        return board(session, [one.seated for one in self._places.values()], heard, {}, 0)

    def keep_collected(self) -> None:
        """Packages go by stick here."""

    def offer(self, code: str) -> None:
        """What the computers do with a code: what real ones would, checked alike.

        Raises:
            InputRefused, NotPermitted: they refuse it.
        """
        self._pass_time()
        prefix, (part, *_) = read_code(code)
        frame = read_token(part)
        signer = self.desk.trust.signer(frame.kid, Role.PROCTOR)
        if prefix is Prefix.ANSWER:
            answer = verified_answer(frame, part, signer)
            self._change(self._obeyed(self._asked(answer), answer))
            return
        claim = verified_room(frame, part, signer).claim
        for place in list(self._places.values()):
            if claim.number > place.taken:
                self._change(self._taken(place, claim))

    def close(self) -> None:
        self._folder.cleanup()

    # --- what a proctor may let happen --------------------------------------------------------------

    def drill(self, name: Drill) -> None:
        """Lets something happen in the room."""
        self._pass_time()
        places = list(self._places.values())
        match name:
            case "power":
                for place in places:
                    phase = Phase.INTERRUPTED if place.sits else Phase.LOCKED
                    if place.stage not in ("done", "given-away"):
                        self._go(place, "locked", phase)
            case "alarm":
                for place in places:
                    if place.stage == "exam":
                        self._go(place, "paused", Phase.PAUSED)
            case "broken":
                for place in [one for one in places if one.stage == "exam"][:1]:
                    self._change(replace(place, stage="stopped", trouble=_BROKEN))
            case "hand-in":
                for place in [one for one in places if one.stage == "exam"]:
                    self._hand_in(place)
            case _:
                assert_never(name)

    # --- parts --------------------------------------------------------------------------------------

    def _place(self, at: int, seat: str | None) -> _Place:
        label = f"P-{seat or len(_PEOPLE) + 1:02}"
        keys = PrivateKeys.generate(Role.TERMINAL, label)
        number = f"{at + 1:04}" if seat else ""
        seated = SeatedTerminal(keys.record.kid, label, seat)
        return _Place(keys, seated, number, new_nonce(), self._ticks())

    def _make_desk(self, now: Callable[[], int]) -> Desk:
        station, opening, recovery = (
            PrivateKeys.generate(role, NAME) for role in (Role.STATION, Role.OPENING, Role.RECOVERY)
        )
        terminals = [place.keys.record for place in self._places.values()]
        at, proctor = now(), self._proctor.record
        name = {"zh-CN": "练习", "en": "Practice"}
        exam = ExamPlan(
            id="practice",
            title=name,
            discipline=name,
            level={"zh-CN": "模拟考试", "en": "mock exam"},
            bank=BankRef("practice", "1", "banks/practice.bank", bytes(32)),
            terms=_TERMS,
        )
        plan = SessionPlan(
            id=SESSION,
            round=SESSION,
            room=NAME,
            window=Window(at - 60, at + _HOURS_S),
            policy=Policy(),
            exams=(exam,),
            terminals=tuple(place.seated for place in self._places.values()),
            proctors=(NamedProctor(proctor.kid, proctor.name),),
            opening=opening.record,
            recovery=recovery.record,
            issued_at=at,
        )
        people = tuple(
            SeatName(place.candidate, name, exam.id, place.seated.seat)
            for place, name in zip(self._places.values(), _PEOPLE, strict=False)
        )
        trust = Trust(
            TrustList("authority", at, (station.record, opening.record, recovery.record)),
            TrustList("delegated", at, (proctor, *terminals)),
        )
        desk = Desk(self._proctor, trust, Path(self._folder.name, "acts"), now)
        shares = {proctor.kid: self._share}
        desk.add_release(write_release(plan, terminals, [proctor], shares, people, station))
        return desk

    def _status(self, place: _Place) -> SeatStatus:
        seen = place.stage not in ("locked", "sign-in") or place.phase is Phase.INTERRUPTED
        challenge = Challenge(
            place.keys.record.kid,
            SESSION,
            place.nonce,
            place.entries,
            place.head,
            place.phase,
            remaining_s=place.remaining_ms // 1000,
            granted_min=place.granted_min,
        )
        return SeatStatus(
            stage=place.stage,
            phase=place.phase,
            count=place.entries,
            head=place.head,
            remaining_s=place.remaining_ms // 1000,
            granted_min=place.granted_min,
            candidate=place.candidate if seen else "",
            challenge=challenge_text(challenge),
            trouble=place.trouble,
            incidents=place.incidents,
            packages=place.packages,
        )

    def _change(self, place: _Place) -> None:
        """Each change is an entry, and voids the code that was on the screen."""
        self._places[place.keys.record.kid] = replace(
            place, entries=place.entries + 1, nonce=new_nonce(), since=self._at
        )

    def _go(self, place: _Place, stage: Stage, phase: Phase) -> None:
        self._change(replace(place, stage=stage, phase=phase))

    def _pass_time(self) -> None:
        """Clocks run where an exam does; who may go on takes a step after a while."""
        now = self._ticks()
        gone_ms, self._at = int(1000 * (now - self._at)), now
        for kid, place in list(self._places.items()):
            if place.stage == "exam":
                left = max(0, place.remaining_ms - gone_ms)
                self._places[kid] = place = replace(place, remaining_ms=left)
                if not left:
                    self._hand_in(place)
            elif place.candidate and now - place.since >= _STEP_S:
                match place.stage:
                    case "sign-in":
                        self._go(place, "confirm", Phase.IDLE)
                    case "confirm":
                        self._go(place, "rules", Phase.IDLE)
                    case "rules":
                        begun = replace(place, remaining_ms=_TERMS.duration_ms)
                        self._go(begun, "exam", Phase.RUNNING)

    def _hand_in(self, place: _Place) -> None:
        """Hands in, and leaves the package on the stick, as if that had gone round."""
        number = len(place.packages) + 1
        package = f"{SESSION} {place.seated.label} {number}".encode()
        line = BundleLine(number, SESSION, hashlib.sha256(package).digest(), True)
        bundle = write_bundle((line,), {number: package}, self.desk.now(), place.keys)
        self.stick.mkdir(exist_ok=True)
        Path(self.stick, f"{place.seated.label}-{number}.bundle").write_bytes(bundle)
        done = replace(place, remaining_ms=0, packages=(*place.packages, number))
        self._go(done, "done", Phase.IDLE)

    def _asked(self, answer: Answer) -> _Place:
        place = self._places.get(answer.claim.terminal)
        if place is None or answer.claim.nonce != place.nonce or answer.claim.head != place.head:
            raise InputRefused(
                mark("this code was used before, or the seat shows another by now"),
                remedy=mark("Scan the code on the terminal again"),
            )
        if (
            answer.claim.command is Command.RELEASE
            and open_share(answer, place.keys) != self._share
        ):
            raise InputRefused(mark("the code releases nothing"))
        return place

    def _obeyed(self, place: _Place, answer: Answer) -> _Place:
        minutes = answer.claim.minutes
        longer = place.remaining_ms + minutes * _MINUTE_MS
        match answer.claim.command:
            case Command.RELEASE:
                return _released(place, minutes)
            case Command.RESUME:
                return replace(place, stage="exam", phase=Phase.RUNNING)
            case Command.EXTEND:
                return replace(place, remaining_ms=longer, granted_min=place.granted_min + minutes)
            case Command.PAUSE | Command.GO_OUT:
                return replace(place, stage="paused", phase=Phase.PAUSED)
            case Command.CAUTION:
                return replace(place, incidents=place.incidents + 1)
            case Command.ABORT:
                self._hand_in(place)
                return self._places[place.keys.record.kid]
            case Command.EXIT:
                return replace(place, stage="locked", phase=Phase.LOCKED)
            case Command.TRANSFER:
                self._leaving.append(place)
                return replace(
                    place, stage="given-away", phase=Phase.IDLE, remaining_ms=0, trouble=""
                )
            case Command.TAKE_OVER:
                if not self._leaving:
                    raise InputRefused(mark("no exam is on its way to another seat"))
                left = self._leaving.pop(0)
                return replace(
                    place,
                    stage="exam",
                    phase=Phase.RUNNING,
                    candidate=left.candidate,
                    remaining_ms=left.remaining_ms,
                    granted_min=left.granted_min,
                )
            case Command.ADMIT | Command.ADMIT_WITHOUT_ID | Command.ADMIT_RESERVE:
                return replace(place, stage="confirm")
            case _:
                assert_never(answer.claim.command)

    def _taken(self, place: _Place, claim: RoomClaim) -> _Place:
        place = replace(place, taken=claim.number)
        match claim.purpose:
            case "start" if place.phase is Phase.LOCKED:
                return _released(place, 0)
            case "resume" if place.phase in (Phase.INTERRUPTED, Phase.PAUSED):
                return _released(replace(place, phase=Phase.INTERRUPTED), claim.minutes)
            case _:
                return place


def _released(place: _Place, minutes: int) -> _Place:
    """Open for who signs in, or on at the same question with the minutes given back."""
    if place.phase is not Phase.INTERRUPTED:
        return replace(place, stage="sign-in", phase=Phase.IDLE)
    return replace(
        place,
        stage="exam",
        phase=Phase.RUNNING,
        remaining_ms=place.remaining_ms + minutes * _MINUTE_MS,
    )
