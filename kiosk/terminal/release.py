"""The challenge on the screen, and which codes may answer it.

One challenge at a time, in RAM: void once answered, after a restart, or after 120 s of CLOCK_BOOTTIME.
A code that does nothing is refused with a sentence of its own (`CodeRefused`), so that the proctor
knows what to do without guessing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from kiosk.artefacts.challenge import Challenge, challenge_text
from kiosk.artefacts.cose import Frame
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.qr import Prefix, from_text
from kiosk.artefacts.session import SessionPlan
from kiosk.artefacts.tokens import (
    ANSWER_LIFETIME_S,
    Answer,
    RoomToken,
    read_code,
    read_token,
    verified_answer,
    verified_room,
)
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.views import Notice
from kiosk.words import mark, text

LIFETIME_MS = ANSWER_LIFETIME_S * 1000


class CodeRefused(NotPermitted):
    """A code or a number that does nothing here. `notice` is the sentence for the screen."""

    def __init__(self, sentence: str, **values: str | int) -> None:
        super().__init__(text(sentence, "en", **values))
        self.notice = Notice(sentence, values, "warn")


class Room(Struct, frozen=True):
    """A verified room code: parts by different proctors that say the same."""

    number: int
    purpose: str
    minutes: int
    parts: tuple[RoomToken, ...]


class ChallengeKeeper:
    """Keeps the one challenge of this terminal."""

    def __init__(self, time: TimeSource) -> None:
        self._time = time
        self._challenge: Challenge | None = None
        self._made_ms = 0
        self._void: dict[bytes, str] = {}

    def show(self, make: Callable[[], Challenge]) -> str:
        """The text of the present challenge; a new one from `make` when there is none or it is
        too old."""
        if self._challenge is not None and self._too_old():
            self._drop(_EXPIRED)
        if self._challenge is None:
            self._challenge = make()
            self._made_ms = self._time.now_ms()
        return challenge_text(self._challenge)

    @property
    def due(self) -> bool:
        """Whether the challenge shown is too old and a new one must be."""
        return self._challenge is not None and self._too_old()

    @property
    def live(self) -> bool:
        """Whether there is a challenge that may still be answered."""
        return self._challenge is not None and not self._too_old()

    def use(self) -> None:
        """The challenge was answered."""
        self._drop(_USED)

    def void(self) -> None:
        """The challenge is no longer shown."""
        self._drop(_EXPIRED)

    def judge(self, nonce: bytes, head: bytes) -> None:
        """Whether an answer is to the present challenge.

        Raises:
            CodeRefused: used before, expired, or to another one.
        """
        if self.due:
            self._drop(_EXPIRED)
        if self._challenge is None or nonce != self._challenge.nonce:
            raise CodeRefused(self._void.get(nonce, _EXPIRED))
        if head != self._challenge.head:
            raise CodeRefused(mark("This code does not fit this terminal's record. Scan again"))

    def _too_old(self) -> bool:
        return self._time.now_ms() - self._made_ms >= LIFETIME_MS

    def _drop(self, reason: str) -> None:
        if self._challenge is not None:
            self._void[self._challenge.nonce] = reason
            self._challenge = None


_USED = mark("This code was used before. Scan again")
_EXPIRED = mark("This code has expired. Scan the code on this screen again")


def prefix_of(scanned: str) -> Prefix | None:
    """Which of our codes a scanned text is; None when it is another text."""
    try:
        return from_text(scanned)[0]
    except InputRefused:
        folded = scanned.strip("\r\n\t").upper()
        return next((prefix for prefix in Prefix if folded.startswith(prefix)), None)


def read_answer(
    scanned: str, plan: SessionPlan, trust: Trust, terminal: KeyRecord, keeper: ChallengeKeeper
) -> Answer:
    """The proctor's answer in a scanned text, once everything about it holds.

    Raises:
        CodeRefused: see the sentences below.
    """
    (token,) = _parts(scanned)
    frame = _frame(token)
    proctor = _proctor(frame.kid, plan, trust)
    try:
        answer = verified_answer(frame, token, proctor)
    except InputRefused as fault:
        raise CodeRefused(_NOT_GENUINE, name=proctor.name) from fault
    except NotPermitted as fault:
        raise CodeRefused(_WRONG_KIND) from fault
    claim = answer.claim
    if claim.session != plan.id:
        raise CodeRefused(mark("This code is for another session"))
    if claim.terminal != terminal.kid:
        for seated in plan.terminals:
            if seated.kid == claim.terminal and seated.seat:
                raise CodeRefused(mark("This code is for seat {seat} only"), seat=seated.seat)
        raise CodeRefused(mark("This code is for another terminal"))
    keeper.judge(claim.nonce, claim.head)
    return answer


def read_room(scanned: str, plan: SessionPlan, trust: Trust, last_number: int) -> Room:
    """The room code in a scanned text, once everything about it holds.

    Args:
        last_number: the highest number this seat has taken.

    Raises:
        CodeRefused: see the sentences below.
    """
    tokens = []
    for token in _parts(scanned):
        frame = _frame(token)
        proctor = _proctor(frame.kid, plan, trust)
        try:
            tokens.append(verified_room(frame, token, proctor))
        except NotPermitted as fault:
            raise CodeRefused(_WRONG_KIND) from fault
        except InputRefused as fault:
            raise CodeRefused(_NOT_GENUINE, name=proctor.name) from fault
    return _agreed(tokens, plan, last_number)


def _agreed(tokens: Sequence[RoomToken], plan: SessionPlan, last_number: int) -> Room:
    said = {
        (part.claim.session, part.claim.number, part.claim.purpose, part.claim.minutes)
        for part in tokens
    }
    if len(said) != 1:
        raise CodeRefused(mark("The two parts of this room code do not belong together"))
    ((session, number, purpose, minutes),) = said
    if session != plan.id:
        raise CodeRefused(mark("This code is for another session"))
    if len({part.proctor.kid for part in tokens}) < plan.policy.releasing_proctors:
        raise CodeRefused(
            mark("This room code needs {needed} different proctors"),
            needed=plan.policy.releasing_proctors,
        )
    if number <= last_number:
        raise CodeRefused(_USED)
    return Room(number, purpose, minutes, tuple(tokens))


def _parts(scanned: str) -> tuple[bytes, ...]:
    try:
        return read_code(scanned)[1]
    except InputRefused as fault:
        prefix = prefix_of(scanned)
        if prefix is None:
            sentence = mark("This code belongs to another system. Scan again")
        elif prefix in (Prefix.ANSWER, Prefix.ROOM):
            sentence = _NOT_WHOLE
        else:
            sentence = mark("This is not a proctor's code. Scan the code the proctor shows")
        raise CodeRefused(sentence) from fault


def _frame(token: bytes) -> Frame:
    try:
        return read_token(token)
    except InputRefused as fault:
        raise CodeRefused(_NOT_WHOLE) from fault


def _proctor(kid: bytes, plan: SessionPlan, trust: Trust) -> KeyRecord:
    name = next((proctor.name for proctor in plan.proctors if proctor.kid == kid), None)
    try:
        record = trust.signer(kid, Role.PROCTOR)
    except KioskError as fault:
        if kid in (*trust.authority.revoked, *trust.delegated.revoked):
            sentence = mark("The key of {name} was revoked. Let another proctor sign")
            raise CodeRefused(sentence, name=name or kid.hex()) from fault
        raise CodeRefused(mark("This code is from somebody the station does not know")) from fault
    if name is None:
        sentence = mark("{name} is not a proctor of this session")
        raise CodeRefused(sentence, name=record.name)
    return record


_NOT_WHOLE = mark("The code was not read whole. Scan again")
_NOT_GENUINE = mark("The signature of {name} on this code does not hold. Scan again")
_WRONG_KIND = mark("This code is signed for something else. Let the proctor make a new one")
