"""Results on their way to the candidates: announced, reviewed, final; bad items; names put right.

What concerns many, or cannot simply be taken back, is shown first and done after: the page that asks carries
what it showed, and nothing else is done. Each act says who and why, and has a leaf in the log.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from kiosk.errors import InputRefused
from kiosk.station import standings
from kiosk.station.acts import Why
from kiosk.station.home import Station
from kiosk.station.registry import acts as registered
from kiosk.station.registry import overview, plans
from kiosk.station.rescoring import How, Rescoring
from kiosk.station.results import ResultLine, session_results
from kiosk.station.standings import STANDING_WORDS, Kind
from kiosk.station.users import Right
from kiosk.station.web import reasons
from kiosk.station.web.pages import bank_names, page
from kiosk.station.web.reasons import may
from kiosk.station.web.rescores import amended, rescored, scored
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work
from kiosk.words import mark, said

router = APIRouter(include_in_schema=False)

Reader = Annotated[Visit, Depends(seen(Right.RESULTS))]
Actor = Annotated[Visit, Depends(acted(Right.ACT))]

KIND_WORDS: dict[str, str] = {
    Kind.PUBLISH: mark("Publish results"),
    Kind.FINALISE: mark("Make final"),
    Kind.WITHHOLD: mark("Withhold"),
    Kind.RELEASE: mark("Give free again"),
    Kind.VOID: mark("Void"),
    Kind.REINSTATE: mark("Let count again"),
    Kind.ABSENT: mark("Note as absent"),
    Kind.DEFER: mark("Defer to a later exam"),
    Kind.REVIEW: mark("Begin a review"),
    Kind.REPLY: mark("Reply to a review"),
    "rescore": mark("Score again"),
    "void-item": mark("Decide about a bad item"),
    "correct": mark("Correct a name"),
    "decide": mark("Decide between packages"),
}
"""What can be done, as a button and the record say it."""
OF_MANY = (
    Kind.PUBLISH,
    Kind.FINALISE,
    Kind.WITHHOLD,
    Kind.RELEASE,
    Kind.VOID,
    Kind.REINSTATE,
    Kind.ABSENT,
    Kind.DEFER,
)
MOST_DAYS = 366
MOST_NAMED = 20
"""So many candidates are named in the record of the console; the act itself names all."""
_HOW: tuple[How, ...] = ("full", "leave-out", "also-right")


@router.get("/results")
def every(request: Request, visit: Reader, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        sessions = overview.session_figures(connection)
        counts = registered.counts(connection)
    by_session: dict[str, dict[str, registered.Counted]] = {}
    for one in counts:
        by_session.setdefault(one.session, {})[one.state] = one
    return page(
        request,
        visit,
        "results.html",
        sessions=sessions,
        counts=by_session,
        words=STANDING_WORDS,
    )


@router.get("/results/{session}")
def one(
    request: Request,
    visit: Reader,
    station: StationOf,
    now: NowOf,
    session: str,
    standing: str = "",
    find: str = "",
) -> Response:
    with station.registry.reading() as connection:
        planned = plans.require_session(connection, session)
        done = registered.of_session(connection, session)
    lines = session_results(station, session)
    sought = find.strip().casefold()
    return page(
        request,
        visit,
        "release.html",
        session=planned,
        counts=Counter(line.standing for line in lines),
        lines=[
            line
            for line in lines
            if (not standing or line.standing == standing.removeprefix("none"))
            and (sought in line.name.casefold() or sought in line.candidate.casefold())
        ],
        standing=standing,
        find=find,
        words=STANDING_WORDS,
        kinds={kind: KIND_WORDS[kind] for kind in OF_MANY if may(visit, kind)},
        may_amend=may(visit, "void-item"),
        acts=done[::-1],
        kind_words=KIND_WORDS,
        now=int(now.timestamp()),
        days=standings.PUBLISHED_DAYS,
    )


@router.post("/results/{session}/check")
async def check(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str
) -> Response:
    """Shows what an act would do, and to whom; nothing is done."""
    form = await request.form()
    kind, why, days = _asked(visit, form)
    chosen = [str(one) for one in form.getlist("candidate")]
    foreseen = await run_in_threadpool(
        lambda: standings.foresee(station, kind, session, chosen, now, days=days)
    )
    lines = await run_in_threadpool(session_results, station, session)
    return page(
        request,
        visit,
        "release_check.html",
        session=session,
        kind=kind,
        word=KIND_WORDS[kind],
        reason=why.reason,
        days=days,
        foreseen=foreseen,
        problems=[(who, said(fault, visit.lang)[0]) for who, fault in foreseen.problems],
        names={line.candidate: line.name for line in lines},
        words=STANDING_WORDS,
    )


@router.post("/results/{session}")
async def act(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str
) -> Response:
    """Does it, to those who were shown."""
    form = await request.form()
    kind, why, days = _asked(visit, form)
    chosen = str(form.get("candidates", "")).split()
    if not chosen:
        raise InputRefused(
            mark("nobody was chosen"), remedy=mark("Tick the candidates whom it concerns")
        )
    moved = await run_in_threadpool(
        lambda: standings.move(station, kind, session, chosen, why, now, days=days)
    )
    whom = ", ".join(one.candidate for one in moved[:MOST_NAMED])
    of_one = form.get("back") == "candidate"
    return await reasons.done(
        request,
        visit,
        f"/results/{session}/candidates/{chosen[0]}" if of_one else f"/results/{session}",
        (KIND_WORDS[kind], f"{session} {whom}", why.reason),
        mark("Done, with a leaf in the log: {n} results concerned"),
        n=len(moved),
    )


@router.get("/results/{session}/candidates/{candidate}")
def candidate_page(
    request: Request,
    visit: Reader,
    station: StationOf,
    now: NowOf,
    session: str,
    candidate: str,
) -> Response:
    line = _line(station, session, candidate)
    with station.registry.reading() as connection:
        planned = plans.require_session(connection, session)
        history = [
            row for row in registered.history(connection, session) if row.candidate == candidate
        ]
        called = next(
            row.name for row in plans.roster_of(connection, session) if row.candidate == candidate
        )
    requests = [row for row in history if row.kind == Kind.REVIEW]
    replies = [row for row in history if row.kind == Kind.REPLY]
    return page(
        request,
        visit,
        "release_candidate.html",
        session=planned,
        line=line,
        called=called,
        history=history[::-1],
        # One review at a time: the last request has the last reply, unless it still waits for one.
        request_row=requests[-1] if requests else None,
        reply_row=replies[-1] if requests and len(replies) == len(requests) else None,
        words=STANDING_WORDS,
        kind_words=KIND_WORDS,
        may={kind: may(visit, kind) for kind in (Kind.REVIEW, Kind.REPLY, "correct")},
        now=int(now.timestamp()),
        days=standings.REVIEW_DAYS,
    )


@router.post("/results/{session}/candidates/{candidate}/name")
async def correct(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str, candidate: str
) -> Response:
    form = await request.form()
    name, why = str(form.get("name", "")), reasons.given(visit, "correct", form)
    await run_in_threadpool(standings.correct, station, session, candidate, name, why, now)
    return await reasons.done(
        request,
        visit,
        f"/results/{session}/candidates/{candidate}",
        (KIND_WORDS["correct"], f"{session} {candidate}", why.reason),
        mark("The name is corrected; what stood before is kept"),
    )


@router.get("/results/{session}/scoring")
async def scoring(
    request: Request, visit: Reader, station: StationOf, session: str, item: str = ""
) -> Response:
    work: Work = request.app.state.work
    exams = await run_in_threadpool(work.ask, scored, station.folder, session)
    return page(
        request,
        visit,
        "rescoring.html",
        session=session,
        exams=exams,
        bank_named=bank_names(station, visit),
        item=item,
        may_amend=may(visit, "void-item"),
    )


@router.post("/results/{session}/scoring/check")
async def scoring_check(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str
) -> Response:
    """Shows who would change; nothing is done."""
    form = await request.form()
    work: Work = request.app.state.work
    again = _again(visit, station, form, session, now, dry_run=True)
    found = await run_in_threadpool(lambda: again(work))
    return page(
        request,
        visit,
        "rescoring_check.html",
        session=session,
        found=found,
        changed=[row for row in found.rows if row.changed],
        asked={
            name: str(form.get(name, ""))
            for name in ("what", "item", "how", "answer", "exam", "version", "reason")
        },
    )


@router.post("/results/{session}/scoring")
async def scoring_do(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str
) -> Response:
    form = await request.form()
    work: Work = request.app.state.work
    again = _again(visit, station, form, session, now, dry_run=False)
    found = await run_in_threadpool(lambda: again(work))
    return await reasons.done(
        request,
        visit,
        f"/results/{session}",
        (mark("scored again"), session, str(form.get("reason", ""))),
        mark("Scored again by version {version}: {n} results changed"),
        version=found.scoring_version,
        n=sum(row.changed for row in found.rows),
    )


def _again(
    visit: Visit,
    station: Station,
    form: FormData,
    session: str,
    now: datetime,
    *,
    dry_run: bool,
) -> Callable[[Work], Rescoring]:
    """What a form asks to be scored again, to be done by the process that has the keys."""
    if form.get("what") == "item":
        why = reasons.given(visit, "void-item", form)
        how = next((one for one in _HOW if one == form.get("how")), None)
        if how is None:
            raise HTTPException(400)
        item = str(form.get("item", "")).strip()
        answer = str(form.get("answer", "")).split() if how == "also-right" else []
        return lambda work: work.ask(
            amended, station.folder, session, item, how, answer, why, now, dry_run=dry_run
        )
    why = reasons.given(visit, "rescore", form)
    version = str(form.get("version", ""))
    if not version.isdecimal() or len(version) > 9:
        raise HTTPException(400)
    exam = str(form.get("exam", ""))
    return lambda work: work.ask(
        rescored, station.folder, session, exam, int(version), why, now, dry_run=dry_run
    )


def _asked(visit: Visit, form: FormData) -> tuple[Kind, Why, int | None]:
    """The act a form asks for, why, and for how many days."""
    kind = next((one for one in Kind if one == form.get("kind")), None)
    days = str(form.get("days", ""))
    if kind is None or (days and not (days.isdecimal() and len(days) < 4)):
        raise HTTPException(400)
    why = reasons.given(visit, kind, form)
    if days and not 0 < int(days) <= MOST_DAYS:
        raise InputRefused(
            mark("an announcement or a review lasts 1 to {most} days"),
            remedy=mark("Write another number of days"),
            most=MOST_DAYS,
        )
    return kind, why, int(days) if days else None


def _line(station: Station, session: str, candidate: str) -> ResultLine:
    for line in session_results(station, session):
        if line.candidate == candidate:
            return line
    values: dict[str, Any] = {"candidate": candidate, "session": session}
    raise InputRefused(
        mark("candidate {candidate} is not on the roster of {session}"),
        remedy=mark("Look at the session's roster"),
        **values,
    )
