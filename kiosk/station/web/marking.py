"""Marking at the console: one answer at a time, by digits and Enter alone, with script or without.

The form goes field by field: sent with numbers missing it comes back at the first of them. A name that signs
in is the name the marking was opened with. Nothing here opens a package: `opening` did.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from msgspec import Struct
from starlette.datastructures import FormData

from kiosk.documents.html import to_html
from kiosk.errors import InputRefused, NotPermitted
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rubric import limits, most_of
from kiosk.station.marking import desk
from kiosk.station.marking.overview import marker_statistics, overview
from kiosk.station.marking.showing import bound_words, in_language, share_words
from kiosk.station.marking.statistics import MarkerFigures
from kiosk.station.registry import Connection, markings, users
from kiosk.station.registry.overview import written_answers
from kiosk.station.users import Right, UserRole, user_of
from kiosk.station.web import visits
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work, marking_opened
from kiosk.words import mark, text

router = APIRouter(include_in_schema=False, prefix="/marking")

Marker = Annotated[Visit, Depends(seen(Right.MARK))]
Marking = Annotated[Visit, Depends(acted(Right.MARK))]
Admin = Annotated[Visit, Depends(seen(Right.ADMINISTER))]
AdminForm = Annotated[Visit, Depends(acted(Right.ADMINISTER))]
Analyst = Annotated[Visit, Depends(seen(Right.ANALYSE))]

STRICT_ERRORS = 2
"""A marker is called strict or mild where the difference is more than so many standard errors."""


async def _form(request: Request) -> FormData:
    return await request.form()


class Field(Struct, frozen=True):
    """One number to give: what for, how much at most, what stands in it, and what is wrong with that."""

    name: str
    words: str
    most: str
    value: str
    wrong: str


class Mine(Struct, frozen=True):
    """A session on somebody's list; `third` whether something waits for them to adjudicate."""

    session: str
    dealt: int
    done: int
    adjudicates: bool
    waiting: int


@router.get("")
def mine(request: Request, visit: Marker, station: StationOf) -> Response:
    """What there is to mark for who is here, and for an admin every marking."""
    with station.registry.reading() as connection:
        own = [
            _mine(connection, one, visit.name) for one in desk.sessions_of(connection, visit.name)
        ]
        every = (
            [overview(connection, row.session) for row in markings.every(connection)]
            if visit.may(Right.ANALYSE)
            else []
        )
    return page(
        request,
        visit,
        "marking.html",
        own=own,
        every=every,
        share_words=share_words,
        bound_words=bound_words,
    )


@router.get("/open")
def opening(request: Request, visit: Admin, station: StationOf) -> Response:
    """Whose answers people are to mark, and who does it."""
    with station.registry.reading() as connection:
        answers = written_answers(connection)
        begun = {row.session for row in markings.every(connection)}
        people = [row for row in users.every(connection) if row.disabled_at is None]
    return page(
        request,
        visit,
        "marking_open.html",
        answers=answers,
        begun=begun,
        markers=[row.name for row in people if UserRole.MARKER in row.roles],
        others=[row.name for row in people if user_of(row).may(Right.MARK)],
    )


@router.post("/open")
async def open_it(request: Request, visit: AdminForm, station: StationOf, now: NowOf) -> Response:
    form = await request.form()
    work: Work = request.app.state.work
    opened = await run_in_threadpool(
        work.ask,
        marking_opened,
        station.folder,
        str(form.get("session", "")),
        now,
        [str(name) for name in form.getlist("marker")],
        [str(name) for name in form.getlist("adjudicator")],
        str(form.get("share", "")),
        str(form.get("bound", "")),
    )
    visits.note(request, visit, mark("marking opened"), opened.session, str(opened.new))
    tell(
        request,
        visit,
        mark("{session}: {n} answers wait for their markers now"),
        session=opened.session,
        n=opened.new,
    )
    return go("/marking")


@router.get("/{session}/next")
def next_script(request: Request, visit: Marker, station: StationOf, session: str) -> Response:
    with station.registry.reading() as connection:
        found = desk.next_script(connection, session, visit.name)
        return _shown(request, visit, connection, session, found, {})


@router.get("/{session}/adjudicate")
def next_to_adjudicate(
    request: Request, visit: Marker, station: StationOf, session: str
) -> Response:
    with station.registry.reading() as connection:
        found = desk.next_to_adjudicate(connection, session, visit.name)
        return _shown(request, visit, connection, session, found, {}, third=True)


@router.post("/{session}/back")
def back(
    request: Request, visit: Marking, station: StationOf, now: NowOf, session: str
) -> Response:
    """Takes the last mark back; it is shown again, as it was."""
    try:
        desk.take_back(station, session, visit.name, now)
    except NotPermitted as fault:
        tell(request, visit, fault.sentence, **fault.values)
        return go(f"/marking/{session}/next")
    with station.registry.reading() as connection:
        turns = markings.open_turns(connection, session, visit.name, 1)
    third = bool(turns) and turns[0].turn == "third"
    return go(f"/marking/{session}/{'adjudicate' if third else 'next'}")


@router.post("/{session}/{handle}/{turn}")
def give(
    request: Request,
    visit: Marking,
    station: StationOf,
    now: NowOf,
    form: Annotated[FormData, Depends(_form)],
    session: str,
    handle: str,
    turn: str,
) -> Response:
    """Gives the mark when every number is there and right; else shows the form again at the first that is
    not."""
    given = {name: str(value).strip() for name, value in form.items() if name.startswith("p")}
    revision = str(form.get("revision", ""))
    with station.registry.reading() as connection:
        script = desk.script(connection, handle, turn)
        fields = _fields(script, given, visit.lang)
        if any(field.wrong or not field.value for field in fields):
            third = turn == "third"
            return _shown(request, visit, connection, session, script, given, third=third)
    try:
        desk.give(
            station,
            visit.name,
            handle,
            turn,
            [field.value for field in fields],
            now,
            revision=int(revision) if revision.isdigit() and len(revision) < 10 else None,
        )
    except NotPermitted as fault:
        tell(request, visit, fault.sentence, **fault.values)
    return go(f"/marking/{session}/{'adjudicate' if turn == 'third' else 'next'}")


@router.get("/{session}/statistics")
def statistics(request: Request, visit: Analyst, station: StationOf, session: str) -> Response:
    with station.registry.reading() as connection:
        found = marker_statistics(connection, session)
        standing = overview(connection, session)
    return page(
        request,
        visit,
        "marking_statistics.html",
        found=found,
        standing=standing,
        says=[(one, _said(one, visit.lang)) for one in found.markers],
    )


def _mine(connection: Connection, session: str, name: str) -> Mine:
    progress = markings.progress(connection, session).get(name, markings.Progress(0, 0))
    adjudicates = name in markings.people(connection, session, "adjudicator")
    waiting = len(markings.open_turns(connection, session, "")) if adjudicates else 0
    return Mine(session, progress.dealt, progress.done, adjudicates, waiting)


def _shown(
    request: Request,
    visit: Visit,
    connection: Connection,
    session: str,
    script: desk.Script | None,
    given: Mapping[str, str],
    *,
    third: bool = False,
) -> Response:
    """One answer with its form, or that nothing waits."""
    own = _mine(connection, session, visit.name)
    if script is None:
        return page(request, visit, "marking_done.html", own=own, third=third)
    item = script.item
    last = markings.last_mark(connection, session, visit.name)
    texts = item.item.texts
    lang = next((one for one in texts if one == visit.lang), next(iter(texts)))
    return page(
        request,
        visit,
        "marking_script.html",
        own=own,
        third=third,
        script=script,
        question=to_html(texts[lang].body, item.media),
        question_lang=lang,
        guidance=in_language(item.rubric.guidance, visit.lang),
        fields=_fields(script, given, visit.lang),
        most=written(most_of(item.rubric, item.points)),
        asked=bool(given),
        last=last if last is not None and last.points is not None else None,
    )


def _fields(script: desk.Script, given: Mapping[str, str], lang: str) -> tuple[Field, ...]:
    rubric = script.item.rubric
    words = [in_language(point.words, lang) for point in rubric.points] or [
        text("The whole answer", lang)
    ]
    most = limits(rubric, script.item.points)
    fields = []
    for at, (said, limit) in enumerate(zip(words, most, strict=True)):
        name = f"p{at + 1}"
        before = script.given[at] if at < len(script.given) else ""
        value = given.get(name, "" if given else before)
        wrong = value and not _fits(value, written(limit))
        told = text("0 to {most}", lang, most=written(limit))
        fields.append(Field(name, said, written(limit), value, told if wrong else ""))
    return tuple(fields)


def _fits(value: str, most: str) -> bool:
    try:
        return 0 <= number(value) <= number(most)
    except InputRefused:
        return False


def _said(one: MarkerFigures, lang: str) -> str:
    """What a marker's figures say, in words."""
    if one.severity is None:
        return text("Nobody else has marked the same answers yet", lang)
    points = f"{abs(100 * one.severity):.1f}"
    if one.severity_se is None or abs(one.severity) <= STRICT_ERRORS * one.severity_se:
        return text("As strict as the others, as far as {n} answers tell", lang, n=one.compared)
    if one.severity < 0:
        return text(
            "Stricter than the others by {points} % of the full mark: look at some of these answers "
            "together",
            lang,
            points=points,
        )
    return text(
        "Milder than the others by {points} % of the full mark: look at some of these answers together",
        lang,
        points=points,
    )
