"""From a plan file to a session: checks that it can be held, then forms, seeds, keys and files.

`plan_checks` looks whether it can be held. What was planned never changes once
it was published; until then `replace` lets a corrected plan take its place.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from itertools import count, islice
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.admission import plain_number
from kiosk.artefacts.common_start import start_key
from kiosk.artefacts.id_number import id_digest
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import SeatName, write_release
from kiosk.artefacts.sealing import new_key
from kiosk.artefacts.session import (
    Candidate,
    ExamPlan,
    NamedProctor,
    Policy,
    SeatedTerminal,
    SessionPlan,
    SessionSecrets,
    new_share,
    write_session,
)
from kiosk.assessment import accommodations
from kiosk.assessment.paper import SEED_BYTES, Form
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.assembly import FormFigures
from kiosk.station.exam_plans import PlannedExam
from kiosk.station.home import Station
from kiosk.station.keys import seal_session_key
from kiosk.station.plan_checks import Checked, PlanCheck
from kiosk.station.plan_file import MINUTE_MS, PlanFile, read_plan_file
from kiosk.station.registry import Connection, IntegrityError, plans
from kiosk.trust.durable import write_durable
from kiosk.words import mark


class Planned(Struct, frozen=True):
    """What was planned, for people and `--json`; `passed_over` are columns of the roster that mean
    nothing to us."""

    session: str
    round: str
    room: str
    opens_at: int
    closes_at: int
    candidates: int
    terminals: int
    spares: int
    proctors: int
    exams: tuple[str, ...]
    file: str
    release_file: str
    passed_over: tuple[str, ...]
    forms: tuple[FormFigures, ...]


def plan_session(station: Station, path: Path, now: datetime, *, replace: bool = False) -> Planned:
    """Plans the session of a PLAN.toml; its roster is looked for beside it.

    Args:
        replace: lets it take the place of a session of that id that was not published yet.

    Raises:
        PlanRefused: problems in plan or roster, all of them.
        InputRefused: a file that cannot be read at all.
        NotPermitted: the session was published already.
    """
    file = read_plan_file(path)
    _require_free(station, file.session, replace)
    checked = PlanCheck(station, file, path, now).run()
    return _write(station, file, checked, now, replace)


def _require_free(station: Station, session: str, replace: bool) -> None:
    with station.registry.reading() as connection:
        known = plans.find_session(connection, session)
    if known is None:
        return
    if known.published_at is not None:
        raise NotPermitted(
            mark("session {session} was published already and can no longer change"),
            remedy=mark("Plan a new session under another id"),
            session=session,
        )
    if not replace:
        raise InputRefused(
            mark("session {session} is planned already"),
            remedy=mark("Add --replace to put the corrected plan in its place"),
            session=session,
        )


def _write(
    station: Station, file: PlanFile, checked: Checked, now: datetime, replace: bool
) -> Planned:
    terminals = [record for record, _ in checked.terminals]
    plan = _session_plan(station, file, checked, now)
    session_key = new_key()
    candidates = _candidates(checked, session_key, plan.id)
    reserves = _reserves(file, checked, turn_after=len(candidates))
    shares = {record.kid: new_share() for record in checked.proctors}
    signer = station.keys(Role.STATION)
    secrets = SessionSecrets(
        candidates=(*candidates, *reserves),
        forms=tuple(form for exam in checked.exams for form in exam.forms),
        bank_keys={exam.plan.id: exam.bank_key for exam in checked.exams},
    )
    data = write_session(plan, secrets, session_key, terminals, shares, signer)
    seats = tuple(SeatName(one.number, one.name, one.exam, one.seat) for one in candidates)
    start = start_key(session_key, plan.id) if plan.policy.start == "common" else b""
    release = write_release(plan, terminals, checked.proctors, shares, seats, signer, start)
    units = {line.number: line.unit for line in checked.lines}
    digest = hashlib.sha256(data).digest()
    row = plans.SessionRow(
        id=plan.id,
        round=plan.round,
        room=plan.room,
        opens_at=plan.window.opens_at,
        closes_at=plan.window.closes_at,
        sha256=digest,
        sealed_key=seal_session_key(session_key, plan.id, plan.opening),
        file=f"{plan.id}-{digest.hex()[:8]}.session",
        release_file=f"{plan.id}-{digest.hex()[:8]}.release",
        planned_at=plan.issued_at,
    )
    # Files first: a registry that names a session always finds them.
    write_durable(station.folder / "sessions" / row.file, data)
    write_durable(station.folder / "sessions" / row.release_file, release)
    with station.registry.writing() as connection:
        if replace:
            _remove(connection, plan.id)
        plans.add_session(
            connection,
            row,
            [exam.row(plan.id) for exam in checked.exams],
            [(record.kid, seat) for record, seat in checked.terminals],
            [
                plans.RosterRow(
                    plan.id, one.number, one.name, one.exam, one.seat, units.get(one.number, "")
                )
                for one in (*candidates, *reserves)
            ],
            [one.number for one in reserves],
        )
    return Planned(
        session=plan.id,
        round=plan.round,
        room=plan.room,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        candidates=len(candidates),
        terminals=len(terminals),
        spares=sum(seat is None for _, seat in checked.terminals),
        proctors=len(checked.proctors),
        exams=tuple(exam.plan.id for exam in checked.exams),
        file=f"sessions/{row.file}",
        release_file=f"sessions/{row.release_file}",
        passed_over=checked.passed_over,
        forms=tuple(told for exam in checked.exams for told in exam.figures),
    )


def _remove(connection: Connection, session: str) -> None:
    try:
        plans.remove_session(connection, session)
    except IntegrityError as fault:
        raise NotPermitted(
            mark("packages of session {session} came back already; it can no longer change"),
            remedy=mark("Plan a new session under another id"),
            session=session,
        ) from fault


def _session_plan(station: Station, file: PlanFile, checked: Checked, now: datetime) -> SessionPlan:
    policy = file.policy
    exams: tuple[ExamPlan, ...] = tuple(exam.plan for exam in checked.exams)
    return SessionPlan(
        id=file.session,
        round=file.round,
        room=file.room.strip(),
        window=checked.window,
        policy=Policy(
            releasing_proctors=policy.releasing_proctors,
            start=policy.start,
            seats=policy.seats,
            latest_start_s=None
            if policy.latest_start_minutes is None
            else policy.latest_start_minutes * 60,
            required_checks=policy.required_checks,
            late_loses=policy.late_loses,
        ),
        exams=exams,
        terminals=tuple(
            SeatedTerminal(record.kid, record.name, seat, checked.places.get(record.kid))
            for record, seat in checked.terminals
        ),
        proctors=tuple(NamedProctor(record.kid, record.name) for record in checked.proctors),
        opening=station.record(Role.OPENING),
        recovery=station.record(Role.RECOVERY),
        issued_at=int(now.timestamp()),
        minimum_version=file.minimum_version,
    )


def _reserves(file: PlanFile, checked: Checked, turn_after: int) -> tuple[Candidate, ...]:
    """The exams' reserve candidates: nobody's yet, numbered over the session."""
    taken = {plain_number(line.number) for line in checked.lines}
    free = (number for at in count(1) if (number := f"R{at:02}") not in taken)
    wanted = {part.id: part.reserves for part in file.exams}
    return tuple(
        Candidate(
            number=number,
            name=number,
            exam=exam.plan.id,
            seat=None,
            form=exam.forms[(turn_after + turn) % len(exam.forms)].id,
            seed=os.urandom(SEED_BYTES),
            terms=exam.terms(0, 0),
            reserve=True,
        )
        for exam in checked.exams
        for turn, number in enumerate(islice(free, wanted[exam.plan.id]))
    )


def _candidates(checked: Checked, session_key: bytes, session: str) -> tuple[Candidate, ...]:
    """The roster with forms in turn, a seed each, and accommodations worked into the terms."""
    exams: Mapping[str, PlannedExam] = {exam.plan.id: exam for exam in checked.exams}
    dealt: dict[str, int] = {}
    candidates = []
    for line in checked.lines:
        exam = exams[line.exam]
        turn = dealt[line.exam] = dealt.get(line.exam, -1) + 1
        form: Form = exam.forms[turn % len(exam.forms)]
        terms = exam.terms(line.extra_percent, line.extra_minutes * MINUTE_MS)
        candidates.append(
            Candidate(
                number=line.number,
                name=line.name,
                exam=line.exam,
                seat=line.seat,
                form=form.id,
                seed=os.urandom(SEED_BYTES),
                terms=replace(terms, free_breaks=terms.free_breaks + line.breaks),
                accommodations=accommodations.codes(
                    extra_time=bool(line.extra_percent or line.extra_minutes),
                    text_size=line.text_size,
                    colours=line.colours,
                    breaks=line.breaks,
                    read_aloud=line.read_aloud,
                ),
                id_digest=id_digest(session_key, session, line.id_number)
                if line.id_number
                else None,
            )
        )
    return tuple(candidates)
