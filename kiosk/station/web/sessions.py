"""Rounds and their sessions, a session's room, and one candidate with the evidence of a result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from msgspec import Struct
from starlette.datastructures import URL

from kiosk.documents.sheets import csv_lines, write_xlsx
from kiosk.errors import InputRefused
from kiosk.station import withheld
from kiosk.station.checks_report import SeatLine
from kiosk.station.conflicts import decide
from kiosk.station.home import Station
from kiosk.station.reconcile import missing_in_session
from kiosk.station.registry import candidates, log, overview, packages, parties, plans
from kiosk.station.result_tables import STATES, Row, rows_of, session_table
from kiosk.station.users import Right
from kiosk.station.web import reasons, visits
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work, compared, evidence_file, explained, self_checks
from kiosk.words import mark

router = APIRouter(include_in_schema=False)

Seer = Annotated[Visit, Depends(seen(Right.SEE))]
Reader = Annotated[Visit, Depends(seen(Right.RESULTS))]
Appealed = Annotated[Visit, Depends(seen(Right.ACT))]
Decider = Annotated[Visit, Depends(acted(Right.DECIDE))]

_TOGETHER = {"to_decide": ("withheld", "conflict"), "came": ("recorded", "pending", "overruled")}
WAITS = frozenset({"missing", "withheld", "conflict"})
"""The states in which somebody must act."""
ON_A_PAGE = 100
SEATS_SHOWN = 200
_COUNTS = re.compile(r"neither|[0-9a-f]{64}", re.ASCII)
Kind = Literal["csv", "xlsx"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Figures(Struct, frozen=True):
    """Of one session; the last four add up to `roster`."""

    roster: int
    came: int
    absent: int
    missing: int
    to_decide: int

    def of(self, state: str) -> int | None:
        """How many there are in a state, or in one of those taken together; None where it is no figure."""
        return self.roster if not state else getattr(self, state, None)


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
    order: candidates.Order = "number",
    down: bool = False,
    page_: Annotated[int, Query(alias="page", ge=1, le=1_000_000)] = 1,
) -> Response:
    wanted = candidates.Wanted(_states(state), find[:100])
    order = order if order != "score" or visit.may(Right.RESULTS) else "number"
    with station.registry.reading() as connection:
        planned = plans.require_session(connection, session)
        figures = _figures(candidates.counted(connection, session))
        found = figures.of(state)
        if wanted.find or found is None:
            found = candidates.found(connection, session, wanted)
        pages = max(1, -(-found // ON_A_PAGE))
        at = min(page_, pages)
        rows = candidates.page(
            connection,
            session,
            wanted,
            order,
            down=down,
            first=(at - 1) * ON_A_PAGE,
            most=ON_A_PAGE,
        )
        seats = candidates.seats(connection, session, SEATS_SHOWN + 1)
        spares = candidates.spares(connection, session)
        held = overview.quarantined(connection, session)
        gone = missing_in_session(connection, session)
    asked = {"state": state, "find": find, "order": order, "down": "true" if down else ""}

    def link(**changed: object) -> str:
        told = {name: str(value) for name, value in (asked | changed).items() if value}
        return str(URL("").include_query_params(**told)) or "?"

    return page(
        request,
        visit,
        "session.html",
        session=planned,
        figures=figures,
        rows=rows,
        found=found,
        at=at,
        pages=pages,
        link=link,
        order=order,
        down=down,
        state=state,
        find=find,
        states=STATES,
        waits=WAITS,
        seats=seats[:SEATS_SHOWN],
        more_seats=len(seats) > SEATS_SHOWN,
        spares=spares,
        held=held,
        gone=gone,
    )


@router.get("/sessions/{session}/results.{kind}")
def results_table(
    request: Request, visit: Reader, station: StationOf, session: str, kind: Kind
) -> Response:
    """A session's results for a spreadsheet program."""
    rows = session_table(station, session, visit.lang)
    return table_file(request, visit, mark("results exported"), rows, session, f"results.{kind}")


def table_file(
    request: Request,
    visit: Visit,
    done: str,
    rows: Iterator[tuple[object, ...]],
    subject: str,
    name: str,
) -> Response:
    """A table as a file, CSV or XLSX as its name ends; noted as `done`."""
    kind = name.rpartition(".")[2]
    visits.note(request, visit, done, subject, kind)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    if kind == "csv":
        return StreamingResponse(
            csv_lines(rows), media_type="text/csv; charset=utf-8", headers=headers
        )
    # Compressed, 100,000 rows are a few megabytes.
    made = BytesIO()
    write_xlsx(made, rows, subject)
    return Response(made.getvalue(), media_type=XLSX, headers=headers)


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


@router.get("/sessions/{session}/candidates/{candidate}/evidence")
def evidence(
    request: Request, visit: Appealed, session: str, candidate: str, station: StationOf
) -> Response:
    """All that a result rests on, as a file for an appeal."""
    work: Work = request.app.state.work
    data = work.ask(evidence_file, station.folder, session, candidate)
    visits.note(request, visit, mark("evidence written"), f"{session} {candidate}")
    name = re.sub(r"[^\w-]", "-", f"{session}-{candidate}", flags=re.ASCII)
    headers = {"content-disposition": f'attachment; filename="{name}.evidence"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


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
    why = reasons.given(visit, "decide", form)
    if not _COUNTS.fullmatch(counts):
        raise InputRefused(
            mark("a decision says which package counts. Nothing was changed"),
            remedy=mark("Go back and choose one"),
        )
    digest = None if counts == "neither" else bytes.fromhex(counts)
    await run_in_threadpool(
        lambda: decide(station, session, candidate, digest, why, now, sight=sight)
    )
    return await reasons.done(
        request,
        visit,
        f"/sessions/{session}/candidates/{candidate}/conflict",
        (
            mark("conflict decided"),
            f"{session} {candidate}",
            f"{counts[:16]}: {why.reason}",
        ),
        mark("It is decided, and can be looked at again here"),
    )


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
    row = next(iter(rows_of(station, session, candidate)), None)
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
        for package in packages.of_session(connection, session, candidate):
            position, receipted = log.place(connection, package.sha256)
            content = packages.content(connection, package.sha256) or b""
            came.append(Came(package, names[package.terminal], position, receipted, len(content)))
    return row, tuple(came), standing


def _figures(count: dict[str, int]) -> Figures:
    figure = {
        name: sum(count.get(state, 0) for state in _states(name))
        for name in ("came", "absent", "missing", "to_decide")
    }
    return Figures(roster=sum(count.values()), **figure)


def _states(chosen: str) -> tuple[str, ...]:
    """The states behind a figure or a choice of the filter."""
    return _TOGETHER.get(chosen, (chosen,) if chosen in STATES else ())
