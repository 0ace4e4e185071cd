"""What a round tells of its items, its test and its groups: pages, plots, and files to take along."""

from __future__ import annotations

from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from msgspec import Struct
from starlette.datastructures import URL
from starlette.exceptions import HTTPException

from kiosk.errors import InputRefused
from kiosk.station.registry import overview, plans
from kiosk.station.roster import LEVEL_WORDS
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.analysing import (
    Kept,
    Subject,
    Told,
    analysed,
    drawn,
    exported,
    grouped,
    used,
)
from kiosk.station.web.pages import bank_names, go, page, table_of, tell
from kiosk.station.web.visits import StationOf, Visit, acted, seen
from kiosk.station.web.work import Work
from kiosk.words import mark

router = APIRouter(include_in_schema=False)

Analyst = Annotated[Visit, Depends(seen(Right.ANALYSE))]
Grouper = Annotated[Visit, Depends(acted(Right.GROUP))]


def _subject(
    visit: Analyst, station: StationOf, session: str, exam: str = "", whole: bool = False
) -> Subject:
    """What a page's address asks for."""
    with station.registry.reading() as connection:
        around = plans.require_session(connection, session).round
        stamp = overview.round_stamp(connection, around)
    brought = station.folder / "groups" / f"{around}.table"
    changed = brought.stat().st_mtime_ns if brought.exists() else 0
    return Subject(station.folder, session, exam, whole, visit.lang, (*stamp, changed))


SubjectOf = Annotated[Subject, Depends(_subject)]

PATIENCE_S = 2.0
"""How long a page waits for its figures before it says that they are on their way."""
KEPT = 200

FILES = {
    "analysis.xlsx": mark("All tables, for a spreadsheet"),
    "items.csv": mark("Items"),
    "options.csv": mark("Options of choices"),
    "knowledge_points.csv": mark("Knowledge points by group"),
    "candidates.csv": mark("Candidates with what they master"),
    "answers.parquet": mark("Every answer, for statistics programs (Parquet)"),
    "statements.json": mark("Every answer as xAPI statements"),
    "qti-results.zip": mark("Every sitting by QTI Results Reporting 3.0"),
    "difficulties.json": mark("Difficulties, for the author's bank"),
}
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
    "parquet": "application/vnd.apache.parquet",
}


class Analysable(Struct, frozen=True):
    """The exams of a round that held the same level of the same bank: (session, exam), the latest last."""

    round: str
    bank: str
    version: str
    level: str
    exams: tuple[tuple[str, str], ...]


@router.get("/analysis")
def every(request: Request, visit: Analyst, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        sessions = {one.id: one for one in overview.session_figures(connection)}
        banks = {row.bank for row in plans.every_bank(connection)}
        exams = [exam for bank in sorted(banks) for exam in plans.exams_of_bank(connection, bank)]
    alike: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for exam in exams:
        if sessions[exam.session].came:
            key = (sessions[exam.session].round, exam.bank, exam.version, exam.level)
            alike.setdefault(key, []).append((exam.session, exam.exam))
    found = [Analysable(*key, tuple(held)) for key, held in alike.items()]
    found.sort(key=lambda one: max(sessions[session].opens_at for session, _ in one.exams))
    return page(
        request,
        visit,
        "analysis_list.html",
        found=found[::-1],
        bank_named=bank_names(station, visit),
        levels=_levels(),
        link=_link,
    )


@router.get("/analysis/{session}")
def one(
    request: Request,
    visit: Analyst,
    station: StationOf,
    subject: SubjectOf,
    only: str = "",
) -> Response:
    told = _soon(_told(request, subject))
    if told is None:
        return page(request, visit, "analysis_waiting.html", session=subject.session)
    items = [
        (place, item)
        for place, item in enumerate(told.report["items"], start=1)
        if not only or item["remarks"]
    ]
    return page(
        request,
        visit,
        "analysis.html",
        bank_named=bank_names(station, visit),
        told=told,
        report=told.report,
        items=items,
        only=only,
        subject=subject,
        files=FILES,
        levels=_levels(),
        link=_link,
        here_query=_query(subject),
    )


@router.get("/analysis/{session}/item")
def item_page(
    request: Request,
    visit: Analyst,
    subject: SubjectOf,
    name: str,
) -> Response:
    told = _soon(_told(request, subject))
    if told is None:
        return page(request, visit, "analysis_waiting.html", session=subject.session)
    items = told.report["items"]
    place = next((at for at, item in enumerate(items, 1) if item["item"] == name), 0)
    if not place:
        raise InputRefused(
            mark("item {item} is not in this analysis"),
            remedy=mark("Go back to the analysis and choose one of its items"),
            item=name,
        )
    work: Work = request.app.state.work
    bank = told.report["bank"]
    history = _kept(request).of(
        ("uses", subject.stamp, bank, name),
        lambda: work.analyse(used, subject.folder, bank, name),
    )
    titles = {point["knowledge_point"]: point["title"] for point in told.report["knowledge_points"]}
    return page(
        request,
        visit,
        "analysis_item.html",
        told=told,
        report=told.report,
        item=items[place - 1],
        place=place,
        plot=f"options-{place:03}",
        title=titles.get(items[place - 1]["knowledge_point"], ""),
        beside=(
            items[place - 2] if place > 1 else None,
            items[place] if place < len(items) else None,
        ),
        groups=[
            (group["group"], group["n"], group["items"][place - 1])
            for group in told.report["groups"]
            if group["items"]
        ],
        history=history.result(),
        subject=subject,
        levels=_levels(),
        link=_link,
        here_query=_query(subject),
    )


@router.get("/analysis/{session}/plots/{plot}.svg")
def plot(request: Request, subject: SubjectOf, plot: str) -> Response:
    work: Work = request.app.state.work
    made = _kept(request).of((subject, plot), lambda: work.analyse(drawn, subject, plot)).result()
    if made is None:
        raise HTTPException(404)
    return Response(made, media_type="image/svg+xml")


@router.get("/analysis/{session}/files/{file}")
def export(request: Request, visit: Analyst, subject: SubjectOf, file: str) -> Response:
    work: Work = request.app.state.work
    data = work.analyse(exported, subject, file).result() if file in FILES else None
    if data is None:
        raise HTTPException(404)
    visits.note(request, visit, mark("analysis exported"), subject.session, file)
    return Response(
        data,
        media_type=_MEDIA[file.rpartition(".")[2]],
        headers={"content-disposition": f'attachment; filename="{file}"'},
    )


@router.post("/analysis/{session}/groups")
async def groups(request: Request, visit: Grouper, station: StationOf, session: str) -> Response:
    """Takes the table of which candidate belongs to which group."""
    form = await request.form()
    name, data = await table_of(form)
    work: Work = request.app.state.work
    many = await run_in_threadpool(
        lambda: work.analyse(grouped, station.folder, session, data, name).result()
    )
    visits.note(request, visit, mark("groups brought"), session, str(many))
    tell(request, visit, mark("Groups of {n} candidates are known from now on"), n=many)
    return go(_link(session, str(form.get("exam", "")), form.get("whole") == "1"))


def _told(request: Request, subject: Subject) -> Future[Told]:
    work: Work = request.app.state.work
    return _kept(request).of(subject, lambda: work.analyse(analysed, subject))


def _soon(future: Future[Told]) -> Told | None:
    try:
        return future.result(PATIENCE_S)
    except NotYet:
        return None


def _kept(request: Request) -> Kept:
    kept: Kept = request.app.state.analyses
    return kept


def _levels() -> dict[str, str]:
    return {str(level): title for level, title in LEVEL_WORDS.items()}


def _link(session: str, exam: str, whole: bool) -> str:
    return str(URL(f"/analysis/{session}").include_query_params(exam=exam, whole=int(whole)))


def _query(subject: Subject) -> str:
    return URL(_link(subject.session, subject.exam, subject.whole_round)).query
