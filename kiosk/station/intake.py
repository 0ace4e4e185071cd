"""Verify, decrypt, check, score: what a package's bytes are worth, as a pure function.

`examine` takes values and gives values, so that it runs here, in a process beside or on another
machine; a worker reads the opening key from its own disk. Session kits travel sealed (`batches`) and are
opened and unpacked once a worker.

Two ways a package can fail. *Refused*: nobody's signature vouches for these bytes, they are noise.
*Held*: the terminal did sign them, but something in them does not agree with the plan; that is kept,
logged and receipted, and a person looks at it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec
from msgspec import Struct

from kiosk.artefacts.answer_package import (
    Package,
    PackageContent,
    content_key,
    open_package,
    package,
    read_package,
    replay,
)
from kiosk.artefacts.chain import Warrant
from kiosk.artefacts.codec import encode
from kiosk.artefacts.keys import KeyRecord, Opener
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.session import Candidate, ExamPlan, SessionPlan
from kiosk.assessment.items import Item
from kiosk.assessment.paper import Form, build_paper
from kiosk.assessment.responses import checked
from kiosk.assessment.sitting import Sitting
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.scoring.amending import amended
from kiosk.scoring.amendments import Amendment
from kiosk.scoring.blueprint import Blueprint
from kiosk.scoring.compiled import Marks
from kiosk.scoring.result import Result
from kiosk.scoring.rules import ItemRules
from kiosk.scoring.sitting_score import score_sitting
from kiosk.station.batches import Batch, contents, opened_kit, opener, sealed_kit
from kiosk.station.commands import ProctorOnDuty, check_admission, check_commands
from kiosk.station.legs import How, Leg, legs_of
from kiosk.station.seat_checks import seen_of
from kiosk.station.starts import check_start
from kiosk.words import mark, ntext, text


class ExamKit(Struct, frozen=True):
    """What scoring an exam takes. `items` have no texts: only their interactions are needed."""

    plan: ExamPlan
    blueprint: Blueprint
    scoring_version: int
    rules: dict[str, ItemRules]
    items: dict[str, Item]
    amendments: tuple[Amendment, ...] = ()


class SessionKit(Struct, frozen=True):
    """What examining a session's packages takes, as the station planned it. `start` is the key of a
    common start's codes."""

    sha256: bytes
    plan: SessionPlan
    candidates: dict[str, Candidate]
    forms: dict[str, Form]
    exams: dict[str, ExamKit]
    proctors: tuple[ProctorOnDuty, ...]
    terminals: tuple[KeyRecord, ...]
    start: bytes


class Accepted(Struct, frozen=True, tag=True):
    """A package that agrees with the plan, and its score. `before` are the terminals that its
    sitting was at before, oldest first, with how it left each; `warrant` on whose word its candidate was
    admitted, `said` the name given with a reserve number,
    `remark` what else whoever reads the result should know."""

    sha256: bytes
    leaf: bytes
    terminal: bytes
    number: int
    session: str
    exam: str
    candidate: str
    attempt: int
    answers_sha256: bytes
    bank: str
    version: str
    scoring_version: int
    result: Result
    before: tuple[tuple[bytes, How], ...] = ()
    warrant: Warrant = ""
    said: str = ""
    remark: str = ""


class Held(Struct, frozen=True, tag=True):
    """A package its terminal signed that a person must look at."""

    sha256: bytes
    leaf: bytes
    terminal: bytes
    number: int
    session: str
    reason: str


class Refused(Struct, frozen=True, tag=True):
    """Bytes that nobody vouches for."""

    sha256: bytes
    reason: str


Verdict = Accepted | Held | Refused


def pack_kit(kit: SessionKit, opening: KeyRecord) -> bytes:
    """A kit as it travels to workers, sealed to the station's `opening` key."""
    return sealed_kit(msgspec.msgpack.encode(kit), opening)


def examine(batch: Batch) -> tuple[Verdict, ...]:
    """The verdict on each package of a batch, in its order."""
    kits = _kits(batch)
    station = opener(batch.opening_key)
    return tuple(_examined(one.data, one.terminal, kits, station) for one in batch.packages)


class Rescored(Struct, frozen=True):
    """What a package is worth by another scoring version."""

    package: bytes
    scoring_version: int
    result: Result


def score_again(batch: Batch) -> tuple[Rescored, ...]:
    """The result of each package of a batch by the scoring version of its kits. All of them were accepted
    once: what the plan, the proctors and the terminals were then is not asked again.

    Raises:
        InputRefused: a package is not the one that was accepted.
    """
    kits = _kits(batch)
    found = []
    for carried, content in zip(batch.packages, contents(batch), strict=True):
        unpacked = kits[content.identity.session]
        candidate, exam = _planned(content, unpacked.kit)
        result = _scored(replay(content), candidate, exam, unpacked)
        digest = hashlib.sha256(carried.data).digest()
        found.append(Rescored(digest, exam.scoring_version, result))
    return tuple(found)


class _Unpacked(Struct, frozen=True):
    """A kit with its terminals by kid, and the marks given so far in each of its exams, which stay in this
    process."""

    kit: SessionKit
    terminals: dict[bytes, KeyRecord]
    marks: dict[str, Marks]


def _kits(batch: Batch) -> dict[str, _Unpacked]:
    """The kits of a batch, by session."""
    unpacked = [_unpacked(sealed, batch.opening_key) for sealed in batch.kits]
    return {one.kit.plan.id: one for one in unpacked}


@lru_cache(maxsize=32)
def _unpacked(sealed: bytes, opening_key: str) -> _Unpacked:
    data = opened_kit(sealed, opener(opening_key))
    kit = msgspec.msgpack.decode(data, type=SessionKit)
    terminals = {record.kid: record for record in kit.terminals}
    return _Unpacked(kit, terminals, {exam: Marks() for exam in kit.exams})


def _examined(
    data: bytes, terminal: KeyRecord, kits: dict[str, _Unpacked], station: Opener
) -> Verdict:
    digest = hashlib.sha256(data).digest()
    try:
        opened = package(read_package(data), terminal)
    except KioskError as fault:
        return Refused(digest, str(fault))
    try:
        unpacked = kits.get(opened.session)
        if unpacked is None:
            raise NotPermitted(
                mark("this station has no session {session} with terminal {terminal}"),
                remedy=mark(
                    "Plan sessions at the station that receives them; look at the terminal"
                ),
                session=opened.session[:80],
                terminal=terminal.name,
            )
        content = open_package(opened, content_key(opened, station))
        return _accepted(digest, data, opened, content, unpacked)
    except KioskError as fault:
        reason = str(fault)
    except Exception as fault:  # noqa: BLE001 - one package must never stop the thousand after it
        reason = text(
            "examining it met a fault of this program ({fault})",
            "en",
            fault=f"{type(fault).__name__}: {fault}",
        )
    return Held(digest, leaf_hash(data), terminal.kid, opened.number, opened.session, reason)


def _accepted(
    digest: bytes, data: bytes, opened: Package, content: PackageContent, unpacked: _Unpacked
) -> Accepted:
    kit = unpacked.kit
    candidate, exam = _planned(content, kit)
    sitting = replay(content)
    _check_sitting(sitting, content, candidate, exam, kit)
    legs = legs_of(content, opened.terminal, unpacked.terminals)
    check_commands(legs, kit.plan, kit.proctors, sitting)
    admitted = check_admission(legs[0], candidate)
    check_start(legs[0], kit.plan, kit.start, sitting.terms.duration_ms)
    result = _scored(sitting, candidate, exam, unpacked)
    return Accepted(
        sha256=digest,
        leaf=leaf_hash(data),
        terminal=opened.terminal,
        number=opened.number,
        session=opened.session,
        exam=exam.plan.id,
        candidate=candidate.number,
        attempt=sitting.identity.attempt,
        answers_sha256=answers_digest(sitting),
        bank=exam.plan.bank.bank,
        version=exam.plan.bank.version,
        scoring_version=exam.scoring_version,
        result=result,
        before=tuple((leg.terminal, leg.left) for leg in legs if leg.left is not None),
        warrant=admitted.warrant,
        said=admitted.name,
        remark=_remark(sitting, legs, kit.plan),
    )


def _scored(sitting: Sitting, candidate: Candidate, exam: ExamKit, unpacked: _Unpacked) -> Result:
    result = score_sitting(
        sitting.paper,
        unpacked.kit.forms[candidate.form],
        exam.blueprint,
        exam.rules,
        sitting.responses,
        unpacked.marks[candidate.exam],
    )
    return amended(result, exam.blueprint, exam.amendments, sitting.responses)


def _remark(sitting: Sitting, legs: tuple[Leg, ...], plan: SessionPlan) -> str:
    told = []
    if count := len(sitting.in_alarm):
        told.append(
            ntext(
                "{n} item answered between an alarm and the room's code to go on",
                "{n} items answered between an alarm and the room's code to go on",
                count,
                "en",
            )
        )
    if plan.policy.required_checks:
        seen = (one.finding.check for one in seen_of(legs, plan))
        missed = [name for name in dict.fromkeys(seen) if name in plan.policy.required_checks]
        if missed:
            told.append(text("not met while somebody sat there: {checks}", "en", checks=missed))
    return "; ".join(told)


def answers_digest(sitting: Sitting) -> bytes:
    """What two packages of one sitting must agree in."""
    return hashlib.sha256(
        encode([sitting.identity, sitting.state, sitting.paper, sitting.responses])
    ).digest()


def _planned(content: PackageContent, kit: SessionKit) -> tuple[Candidate, ExamKit]:
    """The line of the roster and the exam a package is for.

    Raises:
        InputRefused: not on the roster, or made from other files than those published.
    """
    identity = content.identity
    candidate = kit.candidates.get(identity.candidate)
    if candidate is None or candidate.exam != identity.exam:
        raise InputRefused(
            mark("candidate {candidate} is not on the roster of {session}, exam {exam}"),
            remedy=mark("Ask the proctors who sat there"),
            candidate=identity.candidate[:40],
            session=kit.plan.id,
            exam=identity.exam[:40],
        )
    if identity.attempt != candidate.attempt:
        raise InputRefused(
            mark("attempt {attempt} where the plan has {planned}"),
            attempt=identity.attempt,
            planned=candidate.attempt,
        )
    exam = kit.exams[candidate.exam]
    if content.session_sha256 != kit.sha256:
        raise InputRefused(mark("the terminal had another session file than the one published"))
    if content.bank_image_sha256 != exam.plan.bank.image_sha256:
        raise InputRefused(mark("the terminal had another bank than the one planned"))
    return candidate, exam


def _check_sitting(
    sitting: Sitting,
    content: PackageContent,
    candidate: Candidate,
    exam: ExamKit,
    kit: SessionKit,
) -> None:
    """Raises InputRefused where terms, seat, paper or answers are not what the plan allows."""
    if sitting.terms != candidate.terms:
        raise InputRefused(mark("the sitting had other terms (time, bounds) than those planned"))
    expected = build_paper(kit.forms[candidate.form], candidate.seed, exam.items.__getitem__)
    if sitting.paper != expected:
        raise InputRefused(mark("the paper is not the one the station made for this candidate"))
    for item, responses in sitting.responses.items():
        for response, value in responses.items():
            if checked(exam.items[item], response, value) != value:
                raise InputRefused(mark("an answer is not in its canonical form"), where=item)
