"""`.release`: to the proctors' devices, never with the terminals' stick. Signed by the station.

For each proctor of the session it holds that proctor's release secret P and the seat list, sealed to
the proctor's own key; in the open it has what a desk needs to say what a signature will do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.hidden import Hidden
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, hpke_seal
from kiosk.artefacts.session import ExamPlan, SeatedTerminal, SessionPlan
from kiosk.errors import NotPermitted
from kiosk.words import mark


class DeskTerminal(Struct, frozen=True, forbid_unknown_fields=True):
    """A terminal as the desk knows it: where it stands and its public keys."""

    seated: SeatedTerminal
    record: KeyRecord


class SeatName(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is expected at a seat (or at none yet, where seats are drawn)."""

    number: str
    name: str
    exam: str
    seat: str | None


class DeskSecret(Hidden, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is sealed to one proctor. `start` makes the codes of a common start; empty without one."""

    share: bytes
    seats: tuple[SeatName, ...]
    start: bytes = b""


class ReleaseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`sealed` goes by the proctor's kid."""

    session: str
    round: str
    room: str
    opens_at: int
    closes_at: int
    releasing_proctors: int
    exams: tuple[ExamPlan, ...]
    terminals: tuple[DeskTerminal, ...]
    proctors: tuple[KeyRecord, ...]
    sealed: dict[bytes, bytes]


def write_release(
    plan: SessionPlan,
    terminals: Sequence[KeyRecord],
    proctors: Sequence[KeyRecord],
    shares: Mapping[bytes, bytes],
    seats: tuple[SeatName, ...],
    station: Signer,
    start: bytes = b"",
) -> bytes:
    """The bytes of a `.release` for every proctor of `plan`; `shares` is P by kid, `start` the key of
    a common start (`artefacts.common_start`)."""
    records = {record.kid: record for record in terminals}
    file = ReleaseFile(
        session=plan.id,
        round=plan.round,
        room=plan.room,
        opens_at=plan.window.opens_at,
        closes_at=plan.window.closes_at,
        releasing_proctors=plan.policy.releasing_proctors,
        exams=plan.exams,
        terminals=tuple(DeskTerminal(seated, records[seated.kid]) for seated in plan.terminals),
        proctors=tuple(proctors),
        sealed={
            record.kid: hpke_seal(
                sealing_key(record),
                encode(DeskSecret(shares[record.kid], seats, start)),
                _context(plan.id, record.kid),
            )
            for record in proctors
        },
    )
    return sign(encode(file), Kind.RELEASE, station)


def read_release(data: bytes) -> Frame:
    """The frame of a `.release`; its `kid` hints at the station."""
    return read_frame(data, mark("release file"))


def release_file(frame: Frame, station: KeyRecord) -> ReleaseFile:
    """The release, once the station's signature holds."""
    return decode(
        verified(frame, Kind.RELEASE, station, mark("release file")),
        ReleaseFile,
        mark("release file"),
    )


def open_release(file: ReleaseFile, proctor: Opener) -> DeskSecret:
    """The part sealed to this proctor.

    Raises:
        NotPermitted: the proctor is not one of this session.
    """
    kid = proctor.record.kid
    if kid not in file.sealed:
        raise NotPermitted(
            mark("{name} is not a proctor of session {session}"),
            remedy=mark("Ask the station to list you, or let a listed proctor sign"),
            name=proctor.record.name,
            session=file.session,
        )
    plain = proctor.open(file.sealed[kid], _context(file.session, kid))
    return decode(plain, DeskSecret, mark("release file's sealed part"))


def _context(session: str, kid: bytes) -> bytes:
    return context(Kind.RELEASE, session, kid)
