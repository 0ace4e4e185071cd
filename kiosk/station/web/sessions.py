"""Rounds and their sessions, a session's room, and one candidate with the evidence of a result."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station import withheld
from kiosk.station.acts import Why
from kiosk.station.checks_report import SeatLine
from kiosk.station.conflicts import decide
from kiosk.station.home import Station
from kiosk.station.reconcile import missing_packages, missing_sittings
from kiosk.station.registry import log, overview, packages, parties, plans
from kiosk.station.results import ResultLine, session_results
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work, compared, explained, self_checks
from kiosk.words import mark, text

router = APIRouter(include_in_schema=False)

Seer = Annotated[Visit, Depends(seen(Right.SEE))]
Reader = Annotated[Visit, Depends(seen(Right.RESULTS))]
Decider = Annotated[Visit, Depends(acted(Right.DECIDE))]

STATES = {
    "recorded": mark("Imported"),
    "pending": mark("Being marked"),
    "absent": mark("Absent, signed by two proctors"),
    "missing": mark("Not collected"),
    "withheld": mark("Withheld until confirmed"),
    "conflict": mark("In conflict"),
    "overruled": mark("Counts for nothing, as was decided"),
}
"""A candidate's state in words."""
_TOGETHER = {"to_decide": ("withheld", "conflict"), "came": ("recorded", "pending", "overruled")}
MOST_REASON = 1_000
_COUNTS = re.compile(r"neither|[0-9a-f]{64}", re.ASCII)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Row(Struct, frozen=True):
    """A candidate of a session: the result's line, with absence worked in."""

    line: ResultLine
    state: str

    @property
    def waits(self) -> bool:
        """Whether somebody must act."""
        return self.state in ("missing", "withheld", "conflict")


class Figures(Struct, frozen=True):
    """Of one session; the last four add up to `roster`."""

    roster: int
    came: int
    absent: int
    missing: int
    to_decide: int


@router.get("/sessions")
def every(
    request: Request,
    visit: Seer,
    station: StationOf,
    now: NowOf,
    round: str = "",  # noqa: A002
) -> Response:
    with station.registry.reading() as connection:
        found = overview.session_figures(connection)
    rounds = sorted({one.round for one in found}, reverse=True)
    return page(
        request,
        visit,
        "sessions.html",
        sessions=[one for one in found if round in ("", one.round)],
        rounds=rounds,
        chosen=round,
        now=int(now.timestamp()),
    )


@router.get("/sessions/{session}")
def one(
    request: Request,
    visit: Seer,
    station: StationOf,
    session: str,
    state: str = "",
    find: str = "",
) -> Response:
    rows = _rows(station, session)
    with station.registry.reading() as connection:
        planned = plans.require_session(connection, session)
        seats = overview.seats(connection, session)
        held = overview.quarantined(connection, session)
        exams = plans.exams_of(connection, session)
        known = {party.record.name: party.record.kid for party in parties.every(connection)}
    gone = [
        one
        for one in missing_packages(station, {known[name] for name, _ in seats})
        if one.session in ("", session)
    ]
    by_seat = {row.line.seat: row for row in rows if row.line.seat}
    return page(
        request,
        visit,
        "session.html",
        session=planned,
        exams=exams,
        figures=_figures(rows),
        rows=_wanted(rows, state, find),
        state=state,
        find=find,
        states=STATES,
        seats=[(name, seat, by_seat.get(seat)) for name, seat in seats if seat is not None],
        spares=[name for name, seat in seats if seat is None],
        held=held,
        gone=gone,
    )


@router.get("/sessions/{session}/results.csv")
def results_csv(request: Request, visit: Reader, station: StationOf, session: str) -> Response:
    """The results as a table; a cell that a spreadsheet would take for a formula begins with a '."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = ("Number", "Name", "Exam", "Seat", "Score", "of", "Result", "State", "Remark")
    words = {
        "Number": text("Number", visit.lang),
        "Name": text("Name", visit.lang),
        "Exam": text("Exam", visit.lang),
        "Seat": text("Seat", visit.lang),
        "Score": text("Score", visit.lang),
        "of": text("of", visit.lang),
        "Result": text("Result", visit.lang),
        "State": text("State", visit.lang),
        "Remark": text("Remark", visit.lang),
    }
    writer.writerow([words[column] for column in columns])
    verdicts = {True: text("passed", visit.lang), False: text("failed", visit.lang), None: ""}
    for row in _rows(station, session):
        line = row.line
        writer.writerow(
            _plain(cell)
            for cell in (
                line.candidate,
                line.name,
                line.exam,
                line.seat,
                line.score,
                line.max_score,
                verdicts[line.passed],
                text(STATES[row.state], visit.lang),
                line.note,
            )
        )
    visits.note(request, visit, mark("results exported"), session)
    # With a mark of its encoding, or a spreadsheet reads Chinese as something else.
    return Response(
        "\ufeff" + out.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="results.csv"'},
    )


@router.get("/sessions/{session}/candidates/{candidate}")
async def candidate_page(
    request: Request, visit: Reader, station: StationOf, session: str, candidate: str
) -> Response:
    row, came, warrant = await run_in_threadpool(_candidate, station, session, candidate)
    reasons, seats = None, tuple[SeatLine, ...]()
    work: Work = request.app.state.work
    if any(one.package.state != "quarantined" for one in came):
        seats = await run_in_threadpool(
            work.ask, self_checks, station.folder, session, visit.lang, candidate
        )
    if row.state == "recorded" and row.line.score is not None:
        reasons = await run_in_threadpool(
            work.ask, explained, station.folder, session, candidate, visit.lang
        )
    return await run_in_threadpool(
        page,
        request,
        visit,
        "candidate.html",
        session=session,
        row=row,
        states=STATES,
        came=came,
        warrant=warrant,
        reasons=reasons,
        seats=seats,
    )


@router.get("/sessions/{session}/checks")
async def checks_page(
    request: Request, visit: Reader, station: StationOf, session: str
) -> Response:
    work: Work = request.app.state.work
    seats = await run_in_threadpool(work.ask, self_checks, station.folder, session, visit.lang, "")
    return await run_in_threadpool(
        page,
        request,
        visit,
        "checks.html",
        session=session,
        seats=seats,
        fine=sum(one.told and not one.lines for one in seats),
        silent=sum(not one.told for one in seats),
    )


@router.post("/sessions/{session}/candidates/{candidate}/confirm")
async def confirm(
    request: Request, visit: Decider, station: StationOf, now: NowOf, session: str, candidate: str
) -> Response:
    """Says whose a withheld sitting was."""
    form = await request.form()
    name, number = str(form.get("name", "")), str(form.get("number", ""))

    def done() -> None:
        standing = withheld.confirm(station, session, candidate, now, name=name, belongs_to=number)
        visits.note(
            request,
            visit,
            mark("withheld result confirmed"),
            f"{session} {candidate}",
            standing.note,
        )

    await run_in_threadpool(done)
    tell(request, visit, mark("The result of {candidate} counts from now on"), candidate=candidate)
    return go(f"/sessions/{session}/candidates/{candidate}")


@router.get("/sessions/{session}/candidates/{candidate}/conflict")
async def conflict(
    request: Request, visit: Reader, station: StationOf, session: str, candidate: str
) -> Response:
    """The packages side by side, and what was decided about them."""
    work: Work = request.app.state.work
    compared_ = await run_in_threadpool(
        work.ask, compared, station.folder, session, candidate, visit.lang
    )
    return await run_in_threadpool(page, request, visit, "conflict.html", compared=compared_)


@router.post("/sessions/{session}/candidates/{candidate}/conflict")
async def decided(
    request: Request, visit: Decider, station: StationOf, now: NowOf, session: str, candidate: str
) -> Response:
    """Takes the decision; `counts` is a digest, or `neither`."""
    form = await request.form()
    counts, sight = str(form.get("counts", "")), str(form.get("sight", ""))
    why = Why(visit.name, str(form.get("reason", "")).strip()[:MOST_REASON])
    if not why.reason or not _COUNTS.fullmatch(counts):
        raise InputRefused(
            mark("a decision says which package counts, and why. Nothing was changed"),
            remedy=mark("Go back, choose one and write the reason"),
        )

    def done() -> None:
        digest = None if counts == "neither" else bytes.fromhex(counts)
        decide(station, session, candidate, digest, why, now, sight=sight)
        visits.note(
            request,
            visit,
            mark("conflict decided"),
            f"{session} {candidate}",
            f"{counts[:16]}: {why.reason}",
        )

    await run_in_threadpool(done)
    tell(request, visit, mark("It is decided, and can be looked at again here"))
    return go(f"/sessions/{session}/candidates/{candidate}/conflict")


class Came(Struct, frozen=True):
    """A package of a sitting, with the terminal's name and its place in the log."""

    package: packages.PackageRow
    terminal: str
    position: int | None
    receipted: bool
    size: int


def _candidate(
    station: Station, session: str, candidate: str
) -> tuple[Row, tuple[Came, ...], withheld.Standing | None]:
    row = next((row for row in _rows(station, session) if row.line.candidate == candidate), None)
    if row is None:
        raise InputRefused(
            mark("candidate {candidate} is not on the roster of {session}"),
            remedy=mark("Look at the session's roster"),
            candidate=candidate,
            session=session,
        )
    with station.registry.reading() as connection:
        names = {party.record.kid: party.record.name for party in parties.every(connection)}
        standing = withheld.standing(connection, session).get(candidate)
        came = []
        for package in packages.of_session(connection, session):
            if package.candidate == candidate:
                position, receipted = log.place(connection, package.sha256)
                content = packages.content(connection, package.sha256) or b""
                came.append(
                    Came(package, names[package.terminal], position, receipted, len(content))
                )
    return row, tuple(came), standing


def _rows(station: Station, session: str) -> tuple[Row, ...]:
    lines = session_results(station, session)
    absent = {one.candidate for one in missing_sittings(station, {session}) if one.absent}
    return tuple(
        Row(line, "absent" if line.state == "missing" and line.candidate in absent else line.state)
        for line in lines
    )


def _figures(rows: Sequence[Row]) -> Figures:
    count = Counter(row.state for row in rows)
    return Figures(
        roster=len(rows),
        came=sum(count[state] for state in _TOGETHER["came"]),
        absent=count["absent"],
        missing=count["missing"],
        to_decide=count["withheld"] + count["conflict"],
    )


def _wanted(rows: Sequence[Row], state: str, find: str) -> list[Row]:
    sought = find.strip().casefold()
    states: tuple[str, ...] = _TOGETHER.get(state, (state,))
    return [row for row in rows if (not state or row.state in states) and _is(row.line, sought)]


def _is(line: ResultLine, sought: str) -> bool:
    """Whether somebody who types `sought` may mean this candidate."""
    named = sought in line.name.casefold() or sought in line.candidate.casefold()
    return named or sought == (line.seat or "").casefold()


def _plain(cell: object) -> str:
    if cell is None:
        return ""
    shown = f"{cell:g}" if isinstance(cell, int | float) else str(cell)
    formula = isinstance(cell, str) and shown.startswith(_FORMULA)
    return f"'{shown}" if formula else shown
