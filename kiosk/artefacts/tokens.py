"""What a proctor signs: an answer to one terminal's challenge, or a room token for all its seats.

Both are COSE_Sign1 over CWT claims (RFC 8392): `iat` (6) and one private claim. The answer echoes
the challenge's nonce and journal head, so it works once, at one terminal, within 120 s. A release
carries the proctor's secret P sealed to the terminal: a photograph of it opens nothing. A room token
carries P in the clear for the terminals of one session, each of which takes a number once, ascending.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Literal, TypeVar

from msgspec import Struct

from kiosk.artefacts.challenge import Challenge
from kiosk.artefacts.codec import decode, decode_plain, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.artefacts.sealing import context, hpke_seal
from kiosk.errors import InputRefused, NotPermitted
from kiosk.words import mark

ANSWER_LIFETIME_S = 120
"""How long a challenge stays open, seconds of CLOCK_BOOTTIME on the terminal."""

T = TypeVar("T")

_IAT = 6
_CLAIM = -65537
"""CWT private-use claim (RFC 8392 section 9.1.1: less than -65536)."""
_WORDS = -65538
"""A claim beside it, of an answer that says something in a proctor's words."""
MOST_WORDS = 40
"""Characters; with them a code stays one that a scanner reads from a screen."""


MOST_PARTS = 2
"""Proctors who sign one room token."""


class Command(IntEnum):
    """What an answer tells a terminal to do."""

    RELEASE = 1
    """Open the session, at the start or after an interruption."""
    RESUME = 2
    """Go on after a pause."""
    EXTEND = 3
    PAUSE = 4
    ABORT = 5
    EXIT = 6
    """Leave the program (admin)."""
    TRANSFER = 7
    """End the sitting here; it goes on at another terminal."""
    TAKE_OVER = 8
    """Go on here with a sitting begun at another terminal."""
    ADMIT = 9
    """Let the next who signs in sit here, although the seat is another's or nobody's."""
    CAUTION = 10
    """Record misconduct; the exam goes on."""
    GO_OUT = 11
    """A break: hide the paper until RESUME."""
    ADMIT_WITHOUT_ID = 12
    """Let a candidate of the list sit without an ID; two proctors sign it."""
    ADMIT_RESERVE = 13
    """Let somebody who is not on the list sit with a reserve number."""


class Reason(IntEnum):
    """Why, in the few words the desk offers; each is journalled."""

    NONE = 0
    EQUIPMENT = 1
    POWER = 2
    HEALTH = 3
    ALARM = 4
    MISCONDUCT = 5
    OTHER = 6


class AnswerClaim(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """`head` echoes the challenge; `minutes` for EXTEND (and time to give back on RELEASE);
    `share` is P sealed to the terminal, for RELEASE only."""

    terminal: bytes
    session: str
    nonce: bytes
    head: bytes
    command: Command
    minutes: int
    reason: Reason
    share: bytes | None


class RoomClaim(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """`number` ascends within a session; `minutes` are given back to each seat that resumes."""

    session: str
    number: int
    purpose: Literal["start", "resume"]
    minutes: int
    share: bytes


class Answer(Struct, frozen=True):
    """A verified answer and who signed it; `words` say what happened (CAUTION) or who escorts
    (GO_OUT)."""

    proctor: KeyRecord
    claim: AnswerClaim
    issued_at: int
    token: bytes
    words: str = ""


class RoomToken(Struct, frozen=True):
    """A verified part of a room token and who signed it."""

    proctor: KeyRecord
    claim: RoomClaim
    issued_at: int
    token: bytes


def kind_of(command: Command) -> Kind:
    """A release is signed as another artefact than the other commands."""
    return Kind.UNLOCK if command is Command.RELEASE else Kind.COMMAND


def sign_answer(
    challenge: Challenge,
    command: Command,
    proctor: Signer,
    *,
    issued_at: int,
    minutes: int = 0,
    reason: Reason = Reason.NONE,
    share: bytes | None = None,
    terminal: KeyRecord | None = None,
    words: str = "",
) -> bytes:
    """The token that answers `challenge`.

    Args:
        share: P of this proctor, for RELEASE; sealed to `terminal`.
        words: at most `MOST_WORDS` characters.

    Raises:
        ValueError: a release without a share, or a share without a release; too many words.
    """
    if len(words) > MOST_WORDS:
        raise ValueError(f"more than {MOST_WORDS} characters")
    if (command is Command.RELEASE) != (share is not None and terminal is not None):
        raise ValueError("a release, and nothing else, carries a proctor's share")
    sealed = None
    if share is not None and terminal is not None:
        info = _share_context(challenge.session, challenge.nonce, proctor.record.kid)
        sealed = hpke_seal(sealing_key(terminal), share, info)
    claim = AnswerClaim(
        terminal=challenge.terminal,
        session=challenge.session,
        nonce=challenge.nonce,
        head=challenge.head,
        command=command,
        minutes=minutes,
        reason=reason,
        share=sealed,
    )
    said = {_WORDS: words} if words else {}
    return sign(encode({_IAT: issued_at, _CLAIM: claim, **said}), kind_of(command), proctor)


def read_token(data: bytes) -> Frame:
    """The frame of a token; its `kid` hints at the proctor."""
    return read_frame(data, mark("proctor's code"))


def verified_answer(frame: Frame, token: bytes, proctor: KeyRecord) -> Answer:
    """The answer, once the proctor's signature holds for the kind its command has.

    Raises:
        InputRefused, NotPermitted: as `cose.verified`; or signed as another kind than it says.
    """
    for kind in (Kind.UNLOCK, Kind.COMMAND):
        if proctor.verify(frame.signature, frame.message(kind.encode())):
            payload = verified(frame, kind, proctor, mark("proctor's code"))
            issued_at, claim, words = _claims(payload, AnswerClaim)
            if kind_of(claim.command) is not kind:
                raise NotPermitted(mark("the code is signed for something else than it says"))
            return Answer(proctor, claim, issued_at, token, words)
    raise InputRefused(
        mark("the signature of proctor {name} on this code does not hold"),
        remedy=mark("Scan the code again, or let the proctor sign a new one"),
        name=proctor.name,
    )


def open_share(answer: Answer, terminal: Opener) -> bytes:
    """P from a release, opened with the terminal's own key."""
    if answer.claim.share is None:
        raise InputRefused(mark("the code releases nothing"))
    info = _share_context(answer.claim.session, answer.claim.nonce, answer.proctor.kid)
    return terminal.open(answer.claim.share, info)


def sign_room(claim: RoomClaim, proctor: Signer, *, issued_at: int) -> bytes:
    """One proctor's part of a room token."""
    return sign(encode({_IAT: issued_at, _CLAIM: claim}), Kind.ROOM, proctor)


def verified_room(frame: Frame, token: bytes, proctor: KeyRecord) -> RoomToken:
    """A part of a room token, once the proctor's signature holds."""
    payload = verified(frame, Kind.ROOM, proctor, mark("room code"))
    issued_at, claim, words = _claims(payload, RoomClaim)
    if words:
        raise InputRefused(mark("not a valid proctor's code: unknown claims"))
    return RoomToken(proctor, claim, issued_at, token)


def answer_text(token: bytes) -> str:
    """The text of an answer's QR code."""
    return to_text(Prefix.ANSWER, token)


def room_text(parts: tuple[bytes, ...]) -> str:
    """The text of a room token's QR code: the parts of one or two proctors."""
    return to_text(Prefix.ROOM, encode(parts))


def read_code(text: str) -> tuple[Prefix, tuple[bytes, ...]]:
    """The token (or the parts of a room token) in a scanned text.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, data = from_text(text)
    if prefix is Prefix.ANSWER:
        return prefix, (data,)
    if prefix is Prefix.ROOM:
        parts = decode(data, tuple[bytes, ...], mark("room code"))
        if 1 <= len(parts) <= MOST_PARTS:
            return prefix, parts
    raise InputRefused(
        mark("this is not a proctor's code"), remedy=mark("Scan the code the proctor shows")
    )


def _claims(payload: bytes, kind: type[T]) -> tuple[int, T, str]:
    claims = decode_plain(payload, "proctor's code")
    words = claims.get(_WORDS, "") if isinstance(claims, dict) else ""
    if (
        not isinstance(claims, dict)
        or set(claims) - {_WORDS} != {_IAT, _CLAIM}
        or not all(type(key) is int for key in claims)
        or type(claims[_IAT]) is not int
        or type(words) is not str
        or len(words) > MOST_WORDS
        or (_WORDS in claims and not words)
        or encode(claims) != payload
    ):
        raise InputRefused(mark("not a valid proctor's code: unknown claims"))
    return claims[_IAT], decode(encode(claims[_CLAIM]), kind, mark("proctor's code")), words


def _share_context(session: str, nonce: bytes, kid: bytes) -> bytes:
    return context(Kind.UNLOCK, session, nonce, kid)
