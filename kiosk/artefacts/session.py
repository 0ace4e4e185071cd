"""`.session`: a room in a time window, signed by the station.

Open: what anyone in the room may know. Sealed under the session key K_s: roster, forms, seeds and
the key of each bank. K_s is wrapped for each terminal, and that again under the release key R, which
needs as many proctors' secrets P as the policy says: a terminal alone, or a proctor alone, opens
nothing.

    wraps[terminal]  = AEAD(R, HPKE(terminal, K_s))
    shares[(a,)]     = AEAD(key(P_a), R)                      one proctor releases
    shares[(a, b)]   = AEAD(key(P_a), AEAD(key(P_b), R))      two release; kid a sorts before kid b
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.hidden import Hidden
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, derive_key, hpke_seal, new_key, unwrap, wrap
from kiosk.assessment.paper import Form
from kiosk.assessment.sitting import Terms
from kiosk.errors import InputRefused, NotPermitted
from kiosk.words import mark

SHARE_BYTES = 16
"""Length of a proctor's release secret P: short enough to be typed when no scanner works."""


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """When a sitting may begin, UTC epoch seconds; a begun sitting may outlast it."""

    opens_at: int
    closes_at: int


class Policy(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How the room is run. `latest_start_s` counts from `opens_at`; None means until it closes.
    `late_loses` says whether who begins after a common start loses the minutes gone."""

    releasing_proctors: Literal[1, 2] = 1
    start: Literal["own", "common"] = "own"
    seats: Literal["fixed", "drawn", "free"] = "fixed"
    latest_start_s: int | None = None
    required_checks: tuple[str, ...] = ()
    late_loses: bool = True


class BankRef(Struct, frozen=True, forbid_unknown_fields=True):
    """The bank of an exam: `target` is its file in the trust repository."""

    bank: str
    version: str
    target: str
    image_sha256: bytes


TOOLS = ("calculator", "scratch_pad", "periodic_table", "formula_sheet")
"""What a candidate may use at the seat, where the exam allows it."""


class ExamPlan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One exam of the session: what a candidate sits."""

    id: str
    title: dict[str, str]
    discipline: dict[str, str]
    level: dict[str, str]
    bank: BankRef
    terms: Terms
    total_points: str = "100"
    pass_mark: str = "60"
    tools: tuple[str, ...] = ()
    navigation: Literal["free"] = "free"


class SeatedTerminal(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A terminal of the room; `seat` None is a spare. `place` is its row and column in the room, from 1,
    from the front and from the left, where the station knows it."""

    kid: bytes
    label: str
    seat: str | None
    place: tuple[int, int] | None = None


class NamedProctor(Struct, frozen=True, forbid_unknown_fields=True):
    kid: bytes
    name: str


class SessionPlan(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The open part of a session."""

    id: str
    round: str
    room: str
    window: Window
    policy: Policy
    exams: tuple[ExamPlan, ...]
    terminals: tuple[SeatedTerminal, ...]
    proctors: tuple[NamedProctor, ...]
    opening: KeyRecord
    recovery: KeyRecord
    issued_at: int
    minimum_version: str = ""

    def exam(self, identifier: str) -> ExamPlan:
        return next(exam for exam in self.exams if exam.id == identifier)


class Candidate(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One line of the roster. `seed` orders the paper; `terms` already hold accommodations; the identity
    number is held as its keyed digest (`id_number`) alone."""

    number: str
    name: str
    exam: str
    seat: str | None
    form: str
    seed: bytes
    terms: Terms
    attempt: int = 1
    photo: bytes | None = None
    accommodations: tuple[str, ...] = ()
    id_digest: bytes | None = None
    reserve: bool = False
    """Nobody's yet (备用考号): for a person missing from the roster or wrong on it. `name` is its number."""


class SessionSecrets(Hidden, frozen=True, forbid_unknown_fields=True):
    """The part sealed under K_s. `forms` and `bank_keys` go by form and exam."""

    candidates: tuple[Candidate, ...]
    forms: tuple[Form, ...]
    bank_keys: dict[str, bytes]

    def form(self, identifier: str) -> Form:
        return next(form for form in self.forms if form.id == identifier)


class Share(Struct, frozen=True, forbid_unknown_fields=True):
    """R wrapped for one set of releasing proctors."""

    proctors: tuple[bytes, ...]
    box: bytes


class SessionFile(Struct, frozen=True, forbid_unknown_fields=True):
    plan: SessionPlan
    box: bytes
    wraps: dict[bytes, bytes]
    shares: tuple[Share, ...]


def new_share() -> bytes:
    """A proctor's release secret P for one session."""
    return os.urandom(SHARE_BYTES)


def write_session(
    plan: SessionPlan,
    secrets: SessionSecrets,
    session_key: bytes,
    terminals: Sequence[KeyRecord],
    shares: Mapping[bytes, bytes],
    station: Signer,
) -> bytes:
    """The bytes of a `.session`.

    Args:
        session_key: K_s; the station keeps it, nobody else has it in the clear.
        terminals: key records of `plan.terminals`.
        shares: P of each of `plan.proctors`, by kid.

    Raises:
        ValueError: fewer proctors than the policy needs to release.
    """
    release = new_key()
    session = plan.id
    groups = tuple(combinations(sorted(shares), plan.policy.releasing_proctors))
    if not groups:
        raise ValueError(
            f"{plan.policy.releasing_proctors} proctors must release, {len(shares)} named"
        )
    file = SessionFile(
        plan=plan,
        box=wrap(session_key, encode(secrets), context(Kind.SESSION, session, "secrets")),
        wraps={
            record.kid: wrap(
                release,
                hpke_seal(sealing_key(record), session_key, _terminal_context(session, record.kid)),
                _terminal_context(session, record.kid),
            )
            for record in terminals
        },
        shares=tuple(Share(group, _share(session, group, shares, release)) for group in groups),
    )
    return sign(encode(file), Kind.SESSION, station)


def _share(
    session: str, group: tuple[bytes, ...], shares: Mapping[bytes, bytes], release: bytes
) -> bytes:
    box = release
    for kid in reversed(group):
        box = wrap(_share_key(shares[kid]), box, _share_context(session, group, kid))
    return box


def read_session(data: bytes) -> Frame:
    """The frame of a `.session`; its `kid` hints at the station."""
    return read_frame(data, mark("session file"))


def session_file(frame: Frame, station: KeyRecord) -> SessionFile:
    """The session, once the station's signature holds."""
    return decode(
        verified(frame, Kind.SESSION, station, mark("session file")),
        SessionFile,
        mark("session file"),
    )


def release_key(file: SessionFile, given: Mapping[bytes, bytes]) -> bytes | None:
    """R from the proctors' secrets `given` so far (by kid), or None while more proctors are needed.

    Raises:
        InputRefused: enough were given, and no set of them is of this session.
    """
    wrong: InputRefused | None = None
    for share in file.shares:
        if set(share.proctors) <= set(given):
            try:
                return _opened(file.plan.id, share, given)
            except InputRefused as fault:
                # One proctor's wrong secret must not keep two others from releasing.
                wrong = fault
    if wrong is not None:
        raise InputRefused(
            mark("a proctor's release secret is not the one of this session"),
            where=file.plan.id,
            remedy=mark("Load this session's release file at the proctor's desk, then sign again"),
        ) from wrong
    return None


def _opened(session: str, share: Share, given: Mapping[bytes, bytes]) -> bytes:
    box = share.box
    for kid in share.proctors:
        box = unwrap(_share_key(given[kid]), box, _share_context(session, share.proctors, kid))
    return box


def session_key(file: SessionFile, release: bytes, terminal: Opener) -> bytes:
    """K_s on a terminal of the session, from R and the terminal's own key.

    Raises:
        NotPermitted: this terminal is not in the session.
    """
    kid = terminal.record.kid
    if kid not in file.wraps:
        raise NotPermitted(
            mark("this terminal is not part of the session"),
            where=file.plan.id,
            remedy=mark("Ask the station to add it, or use a terminal of the session"),
        )
    info = _terminal_context(file.plan.id, kid)
    return terminal.open(unwrap(release, file.wraps[kid], info), info)


def open_secrets(file: SessionFile, key: bytes) -> SessionSecrets:
    """Roster, forms and bank keys, opened with K_s."""
    plain = unwrap(key, file.box, context(Kind.SESSION, file.plan.id, "secrets"))
    return decode(plain, SessionSecrets, mark("session's sealed part"))


def journal_key(key: bytes, terminal: bytes) -> bytes:
    """The key a terminal's journal of this session is sealed under, from K_s."""
    return derive_key(key, context(Kind.SESSION, "journal", terminal))


def _share_key(share: bytes) -> bytes:
    if len(share) != SHARE_BYTES:
        raise InputRefused(mark("not a proctor's release secret"))
    return derive_key(share, b"kiosk/session/1 share")


def _terminal_context(session: str, kid: bytes) -> bytes:
    return context(Kind.SESSION, session, "terminal", kid)


def _share_context(session: str, group: tuple[bytes, ...], kid: bytes) -> bytes:
    return context(Kind.SESSION, session, "share", *group, kid)
