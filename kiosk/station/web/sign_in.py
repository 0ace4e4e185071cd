"""Signing in and out, the language, and the first page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from kiosk.station.registry import users
from kiosk.station.users import User, authenticate
from kiosk.station.web import visits
from kiosk.station.web.pages import PARTS, go, page
from kiosk.station.web.tries import Tries
from kiosk.station.web.unsent import signed_in
from kiosk.station.web.visits import NowOf, StationOf, VisitOf
from kiosk.words import mark, text

router = APIRouter(include_in_schema=False)


@router.get("/")
def first(request: Request, visit: VisitOf) -> Response:
    """Where somebody's work begins."""
    if visit.user is None:
        return go("/sign-in")
    part = next((part for part in PARTS if visit.may(part.right)), None)
    return page(request, visit, "nothing.html") if part is None else go(part.path)


@router.get("/sign-in")
def sign_in_page(request: Request, visit: VisitOf, next: str = "/") -> Response:  # noqa: A002
    if visit.user is not None:
        return go(visits.inside(next))
    return page(request, visit, "sign_in.html", next=visits.inside(next), name="", told="", kept="")


async def _form_of_ours(request: Request, visit: VisitOf) -> None:
    await visits.require_form(request, visit)


@router.post("/sign-in", dependencies=[Depends(_form_of_ours)])
def sign_in(
    request: Request,
    visit: VisitOf,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
    kept: Annotated[str, Form()] = "",
) -> Response:
    tries: Tries = request.app.state.tries
    wait = tries.wait_s(name, visit.address, now.timestamp())
    user: User | None = None
    told = ""
    if wait:
        told = text("Too many tries. Wait {seconds} s, then try again", visit.lang, seconds=wait)
    elif (user := authenticate(station, name, password)) is None:
        tries.failed(name, visit.address, now.timestamp())
        told = text("This name and this password do not belong together", visit.lang)
        with station.registry.writing() as connection:
            act = users.Act(
                int(now.timestamp()), "", mark("sign-in refused"), name[:64], origin=visit.address
            )
            users.note(connection, act)
    if user is None:
        return page(
            request,
            visit,
            "sign_in.html",
            status=429 if wait else 401,
            next=visits.inside(next),
            name=name,
            told=told,
            kept=kept,
        )
    tries.succeeded(name, visit.address)
    return signed_in(request, visit, user, next, kept)


@router.post("/sign-out", dependencies=[Depends(_form_of_ours)])
def sign_out(request: Request, visit: VisitOf) -> Response:
    response = go("/sign-in")
    if visit.user is not None:
        visits.end(request, response, visit)
    return response


@router.post("/language", dependencies=[Depends(_form_of_ours)])
def language(
    request: Request,
    visit: VisitOf,
    lang: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    response = go(visits.inside(next))
    visits.set_language(request, response, lang)
    return response
