"""`.proctorlog`: what a proctor's device did in a session, signed by the proctor.

Tokens issued and the journal heads seen with them let the station notice a terminal whose journal
lost its tail; the last package numbers and the hand-in slips let it notice a package that vanished.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import InputRefused
from kiosk.words import mark


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """One token issued: when (UTC epoch seconds), for which terminal at which journal state."""

    at: int
    terminal: bytes
    seat: str | None
    command: Command
    minutes: int
    reason: Reason
    count: int
    head: bytes
    token_sha256: bytes


class Remark(Struct, frozen=True, forbid_unknown_fields=True):
    """Attendance or an incident in the proctor's words, on a candidate or on the room ("")."""

    at: int
    candidate: str
    kind: str
    words: str


class HandIn(Struct, frozen=True, forbid_unknown_fields=True):
    """A seat that handed in: `leaf` of the slip on its screen, empty where none was scanned; `candidate`
    is who the desk knows there, or ""."""

    at: int
    terminal: bytes
    candidate: str
    leaf: bytes


class ProctorLog(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`packages` is the highest package number seen of each terminal, by kid."""

    session: str
    proctor: bytes
    written_at: int
    acts: tuple[Act, ...]
    remarks: tuple[Remark, ...]
    packages: dict[bytes, int]
    handed_in: tuple[HandIn, ...] = ()


def write_log(log: ProctorLog, proctor: Signer) -> bytes:
    """The bytes of a `.proctorlog`."""
    return sign(encode(log), Kind.PROCTOR_LOG, proctor)


def read_log(data: bytes) -> Frame:
    """The frame of a `.proctorlog`; its `kid` hints at the proctor."""
    return read_frame(data, mark("proctor's log"))


def proctor_log(frame: Frame, proctor: KeyRecord) -> ProctorLog:
    """The log, once the proctor's signature holds."""
    payload = verified(frame, Kind.PROCTOR_LOG, proctor, mark("proctor's log"))
    log = decode(payload, ProctorLog, mark("proctor's log"))
    if log.proctor != proctor.kid:
        raise InputRefused(
            mark("the proctor's log names another proctor than the one who signed it")
        )
    return log
