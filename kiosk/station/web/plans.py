"""Planning a session: a form, what is wrong with it row by row, then the plan; and publishing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.concurrency import run_in_threadpool

from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused
from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.station.home import Station
from kiosk.station.plan_checks import PlanRefused
from kiosk.station.registry import parties
from kiosk.station.registry import plans as planned_rows
from kiosk.station.roster import LEVEL_WORDS
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.dropped import take
from kiosk.station.web.pages import bank_names, go, page, tell
from kiosk.station.web.plan_form import KINDS, SECTIONS, USUAL, Choice, plan_toml
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work, checked, planned, published
from kiosk.trust.durable import write_durable
from kiosk.words import mark, said

router = APIRouter(include_in_schema=False)

Planner = Annotated[Visit, Depends(seen(Right.PLAN))]
PlannerForm = Annotated[Visit, Depends(acted(Right.PLAN))]

TABLES = {"roster", "layout"}
SUFFIXES = {".csv": MAX_FILE_BYTES, ".xlsx": MAX_FILE_BYTES}
_DRAFT = re.compile(r"[a-z0-9_]{8,20}")
_STICKS = (Path("/media"), Path("/run/media"))


@router.get("/plans")
def form(request: Request, visit: Planner, station: StationOf) -> Response:
    terminals, proctors = _enrolled(station)
    with station.registry.reading() as connection:
        banks = sorted({row.bank for row in planned_rows.every_bank(connection)})
    return page(
        request,
        visit,
        "plan.html",
        usual=USUAL,
        kinds=KINDS,
        levels=LEVEL_WORDS,
        sections=SECTIONS,
        banks=banks,
        bank_named=bank_names(station, visit),
        terminals=terminals,
        proctors=proctors,
    )


@router.post("/plans")
async def draft(request: Request, visit: Planner, station: StationOf) -> Response:
    """Takes the form with its tables, and shows what is wrong with it."""
    brought = await take(
        request,
        station.folder / "plans",
        lambda token: visits.require_token(visit, token),
        limits=SUFFIXES,
    )

    def keep() -> None:
        if brought.passed_over or "roster" not in brought.named:
            shutil.rmtree(brought.scratch)
            raise InputRefused(
                mark("a file of this plan is no table that can be read")
                if brought.passed_over
                else mark("there is no roster with this plan"),
                remedy=mark("Choose a table of candidates, CSV or XLSX"),
            )
        tables = {}
        for name in TABLES & brought.named.keys():
            table = brought.named[name]
            tables[name] = f"{name}{table.suffix}"
            table.rename(brought.scratch / tables[name])
        text = plan_toml(brought.fields, *_enrolled(station), tables)
        write_durable(brought.scratch / "plan.toml", text.encode())

    await run_in_threadpool(keep)
    return go(f"/plans/{brought.scratch.name}")


@router.get("/plans/{draft}")
def check(request: Request, visit: Planner, station: StationOf, now: NowOf, draft: str) -> Response:
    plan = _plan(station, draft)
    work: Work = request.app.state.work
    found = work.ask(checked, station.folder, plan, now)
    return page(
        request,
        visit,
        "plan_checked.html",
        status=400 if found.problems else 200,
        draft=draft,
        found=found,
        problems=[(one.where, *said(one, visit.lang)) for one in found.problems],
        toml=plan.read_text("utf-8"),
    )


@router.post("/plans/{draft}")
def plan_it(
    request: Request, visit: PlannerForm, station: StationOf, now: NowOf, draft: str
) -> Response:
    work: Work = request.app.state.work
    plan = _plan(station, draft)
    try:
        done = work.ask(planned, station.folder, plan, now, False)
    except PlanRefused:  # it could be held when it was looked at
        return go(f"/plans/{draft}")
    visits.note(request, visit, mark("session planned"), done.session)
    tell(
        request,
        visit,
        mark("Session {session} is planned. Publish it when it is right"),
        session=done.session,
    )
    return go(f"/sessions/{done.session}")


@router.get("/publish")
def publish_page(request: Request, visit: Planner, station: StationOf) -> Response:
    return page(request, visit, "publish.html", places=_places(station), done=None)


@router.post("/publish")
def publish(
    request: Request,
    visit: PlannerForm,
    station: StationOf,
    now: NowOf,
    to: Annotated[int, Form()],
    releases: Annotated[int, Form()] = -1,
) -> Response:
    """Writes what devices need to one of the places that were offered, and nowhere else."""
    places = _places(station)
    if to not in range(len(places)) or releases not in range(-1, len(places)):
        raise InputRefused(
            mark("this place is not there any more"),
            remedy=mark("Put the stick in again, and open the page again"),
        )
    target = places[to] / "kiosk"
    apart = None if releases == -1 else places[releases] / "kiosk-releases"
    if apart is not None and releases == to:
        raise InputRefused(
            mark("the releases would lie with the terminals' files"),
            remedy=mark("Choose another stick for one of them"),
        )
    work: Work = request.app.state.work
    done = work.ask(published, station.folder, target, apart, now)
    visits.note(
        request, visit, mark("published for the rooms"), ", ".join(done.sessions), str(target)
    )
    return page(request, visit, "publish.html", places=places, done=done)


def _places(station: Station) -> list[Path]:
    """Where publications may go: two folders of the station, and the sticks that are in."""
    sticks = [
        path
        for root in _STICKS
        for path in sorted([*root.glob("*"), *root.glob("*/*")])
        if path.is_mount()
    ]
    own = station.folder / "published"
    return [own / "terminals", own / "proctors", *sticks]


def _plan(station: Station, draft: str) -> Path:
    path = station.folder / "plans" / draft / "plan.toml"
    if not _DRAFT.fullmatch(draft) or not path.is_file():
        raise InputRefused(
            mark("this plan is not kept here any more"), remedy=mark("Fill in the form again")
        )
    return path


def _enrolled(station: Station) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """The terminals and proctors a plan may name."""
    with station.registry.reading() as connection:
        found = {
            role: tuple(
                Choice(party.record.kid.hex()[:16], party.record.name)
                for party in sorted(
                    parties.every(connection, role), key=lambda party: party.record.name
                )
                if party.revoked_at is None
            )
            for role in (Role.TERMINAL, Role.PROCTOR)
        }
    return found[Role.TERMINAL], found[Role.PROCTOR]
