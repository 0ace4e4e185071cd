"""The console put together: `create_app(station)`.

A part is a module with a `router`; add it to `ROUTERS`. A page goes by `visits.seen(RIGHT)`, a form by
`visits.acted(RIGHT)`; machines' interfaces live under `/api/`, authenticate themselves, and alone are in the
OpenAPI document.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from kiosk import __version__
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station.home import Station, utc_now
from kiosk.station.web import (
    acts,
    analysis,
    certificates,
    devices,
    imports,
    marking,
    passkeys,
    people,
    plans,
    release,
    rounds,
    sessions,
    sign_in,
    sync_api,
    unsent,
    visits,
)
from kiosk.station.web.analysing import Kept
from kiosk.station.web.dropped import drop_left
from kiosk.station.web.guard import Guard
from kiosk.station.web.pages import go, page, tokens_css
from kiosk.station.web.processes import one_process
from kiosk.station.web.tries import Tries
from kiosk.station.web.work import Work
from kiosk.words import mark, said, text

ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    passkeys.router,
    sessions.router,
    rounds.router,
    imports.router,
    plans.router,
    people.router,
    devices.router,
    acts.router,
    marking.router,
    release.router,
    certificates.router,
    analysis.router,
    sync_api.router,
)

COUNT_THEMSELVES: tuple[str, ...] = ("/api/", "/imports", "/plans", "/devices")
"""Where handlers count a body's bytes themselves; everywhere else it is a form's few."""

_STATIC = Path(__file__).with_name("static")


def create_app(
    station: Station,
    *,
    clock: Callable[[], datetime] = utc_now,
    executor: Callable[[], Executor] = one_process,
) -> FastAPI:
    """The application of one station; whoever opened the station closes it.

    Args:
        executor: makes the process in which work that needs keys is done.
    """
    app = FastAPI(
        title="Kiosk station",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_running,
    )
    app.state.station = station
    app.state.clock = clock
    app.state.tries = Tries()
    app.state.challenges = passkeys.Challenges()
    app.state.notices = {}
    app.state.work = Work(station.folder, executor)
    app.state.analyses = Kept(analysis.KEPT)
    app.state.import_executor = executor
    app.add_middleware(Guard, unlimited=COUNT_THEMSELVES)
    app.add_exception_handler(visits.SignInNeeded, _sign_in_needed)
    app.add_exception_handler(KioskError, _trouble)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(RequestValidationError, _no_such_page)
    app.add_api_route("/static/tokens.css", _tokens, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC))
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _running(app: FastAPI) -> AsyncIterator[None]:
    station, now = app.state.station, app.state.clock()
    imports.end_cut_off(station, int(now.timestamp()))
    for left in ("plans", "brought", devices.FOLDER):
        drop_left(station.folder / left, now)
    app.state.work.warm()
    yield
    app.state.work.close()


async def _tokens() -> Response:
    return Response(tokens_css(), media_type="text/css", headers={"cache-control": "max-age=300"})


async def _sign_in_needed(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, visits.SignInNeeded)
    kept = await unsent.of_request(request) if request.method == "POST" else None
    if kept is None:
        return go(visits.sign_in_at(fault.back_to))
    visit = visits.visit_of(request)
    values = {"next": "/", "name": "", "told": "", "kept": unsent.written(kept)}
    return page(request, visit, "sign_in.html", status=401, **values)


def _trouble(request: Request, fault: Exception) -> Response:
    """What happened, and what to do, on a page of its own."""
    assert isinstance(fault, KioskError)
    match fault:
        case NotPermitted():
            status = 403
        case InputRefused():
            status = 400
        case _:
            status = 500
    visit = visits.visit_of(request)
    happened, remedy = said(fault, visit.lang)
    return page(
        request,
        visit,
        "trouble.html",
        status=status,
        where=fault.where,
        happened=happened,
        remedy=remedy,
    )


def _no_such_page(request: Request, fault: Exception) -> Response:
    status = getattr(fault, "status_code", 400)
    if request.url.path.startswith(("/static/", "/api/")):
        return PlainTextResponse("", status)
    visit = visits.visit_of(request)
    happened, remedy = _STATUS_WORDS.get(status, _STATUS_WORDS[404])
    return page(
        request,
        visit,
        "trouble.html",
        status=status,
        where="",
        happened=text(happened, visit.lang),
        remedy=text(remedy, visit.lang),
    )


_STATUS_WORDS = {
    404: (mark("There is no such page here"), mark("Go on from one of the parts above")),
    413: (mark("What was sent is too large"), mark("Send less at once. Nothing was done")),
}
