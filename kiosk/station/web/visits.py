"""Who is signed in, in which language they read, and whether a form is really theirs.

A browser holds a token of 256 random bits in a cookie that no script can read and no other site can
send; the registry holds its SHA-256. A page depends on `seen(RIGHT)`, a form on `acted(RIGHT)`, which also
asks for the token that only a page of this visit has. Before sign-in there is a token too, for the form
of the sign-in itself.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response
from msgspec import Struct
from starlette.datastructures import URL

from kiosk.errors import NotPermitted
from kiosk.station.home import Station
from kiosk.station.registry import users
from kiosk.station.users import Right, User, user_of
from kiosk.words import language_of, mark

IDLE_S = 2 * 60 * 60
LONGEST_S = 12 * 60 * 60
_NOTED_AGAIN_S = 60
_TOKEN_BYTES = 32
_LANGUAGE_S = 400 * 24 * 60 * 60

Values = dict[str, str | int]


class SignInNeeded(Exception):
    """Nobody is signed in; `back_to` is the page to return to."""

    def __init__(self, back_to: str) -> None:
        super().__init__(back_to)
        self.back_to = back_to


class Visit(Struct, frozen=True):
    """One request's visitor. `user` is None before sign-in; `token` is then only the form's."""

    user: User | None
    token: str
    lang: str
    path: str
    address: str

    @property
    def csrf(self) -> str:
        """What every form carries."""
        return hashlib.sha256(f"form {self.token}".encode()).hexdigest()

    def may(self, right: str) -> bool:
        return self.user is not None and self.user.may(Right(right))

    @property
    def name(self) -> str:
        return "" if self.user is None else self.user.name


def station_of(request: Request) -> Station:
    station: Station = request.app.state.station
    return station


def now_of(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


# What only looks at the request is `async`: anything else FastAPI gives to a thread, and waits for it.


async def _station(request: Request) -> Station:
    return station_of(request)


async def _now(request: Request) -> datetime:
    return now_of(request)


StationOf = Annotated[Station, Depends(_station)]
NowOf = Annotated[datetime, Depends(_now)]


def visit_of(request: Request) -> Visit:
    """The visitor, signed in or not."""
    token = request.cookies.get(_cookie(request), "")
    lang = request.cookies.get("lang") or request.headers.get("accept-language", "")
    user = _user(request, token) if token else None
    if len(token) < _TOKEN_BYTES:
        token = request.state.new_token = secrets.token_urlsafe(_TOKEN_BYTES)
    return Visit(user, token, language_of(lang), request.url.path, address_of(request))


VisitOf = Annotated[Visit, Depends(visit_of)]


def seen(right: Right) -> Callable[..., Awaitable[Visit]]:
    """The dependency of a page that is for those with `right`."""

    async def allowed(request: Request, visit: VisitOf) -> Visit:
        if visit.user is None:
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            raise SignInNeeded(asked if request.method == "GET" else "/")
        if not visit.user.may(right):
            raise NotPermitted(
                mark("this page is not among what you may do here"),
                remedy=mark("Ask an administrator of the station if you need it"),
            )
        return visit

    return allowed


def acted(right: Right) -> Callable[..., Awaitable[Visit]]:
    """The dependency of a form that is for those with `right`, sent from a page of this visit."""
    may_see = seen(right)

    async def allowed(request: Request, visit: VisitOf) -> Visit:
        await may_see(request, visit)
        await require_form(request, visit)
        return visit

    return allowed


async def require_form(request: Request, visit: Visit) -> None:
    """That a form came from a page of ours, opened in this visit.

    Raises:
        NotPermitted: it did not.
    """
    form = await request.form()
    require_token(visit, str(form.get("csrf", "")))


def require_token(visit: Visit, given: str) -> None:
    """That `given` is the visit's form token.

    Raises:
        NotPermitted: it is not.
    """
    if not hmac.compare_digest(given.encode(), visit.csrf.encode()):
        raise NotPermitted(
            mark("this form was opened before you signed in, or on another site. Nothing was done"),
            remedy=mark("Open the page again and send the form from there"),
        )


def begin(request: Request, visit: Visit, user: User) -> Visit:
    """Signs `user` in: a visit with a token of its own, unknown before. `set_token` gives it to the browser."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    at = int(now_of(request).timestamp())
    with station_of(request).registry.writing() as connection:
        users.end_visits_begun_before(connection, at - LONGEST_S)
        users.begin_visit(connection, users.VisitRow(_digest(token), user.name, at, at))
        users.note(
            connection,
            users.Act(at, user.name, mark("signed in"), "", origin=address_of(request)),
        )
    return Visit(user, token, visit.lang, visit.path, visit.address)


def end(request: Request, response: Response, visit: Visit) -> None:
    """Signs out."""
    at = int(now_of(request).timestamp())
    with station_of(request).registry.writing() as connection:
        users.end_visit(connection, _digest(visit.token))
        users.note(
            connection, users.Act(at, visit.name, mark("signed out"), "", origin=visit.address)
        )
    response.delete_cookie(_cookie(request))


def note(request: Request, visit: Visit, act: str, subject: str, note: str = "") -> None:
    """Writes an act into the record that only grows; `act` is named with `mark`."""
    at = int(now_of(request).timestamp())
    with station_of(request).registry.writing() as connection:
        users.note(connection, users.Act(at, visit.name, act, subject, note, visit.address))


def set_token(request: Request, response: Response, token: str) -> None:
    response.set_cookie(
        _cookie(request),
        token,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )


def set_language(request: Request, response: Response, lang: str) -> None:
    response.set_cookie(
        "lang",
        language_of(lang),
        max_age=_LANGUAGE_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def address_of(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def sign_in_at(back_to: str) -> str:
    """The address of the sign-in that leads back to a page."""
    return str(URL("/sign-in").include_query_params(next=back_to))


def inside(path: str) -> str:
    """`path` if it leads to a page here, else the first page: never to another site."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path else "/"


def _user(request: Request, token: str) -> User | None:
    registry = station_of(request).registry
    at = int(now_of(request).timestamp())
    digest = _digest(token)
    with registry.reading() as connection:
        found = users.signed_in(connection, digest)
    if found is None:
        return None
    visit, row = found
    if row.disabled_at is not None:
        return None
    if not (at - visit.seen_at < IDLE_S and at - visit.begun_at < LONGEST_S):
        return None
    if at - visit.seen_at >= _NOTED_AGAIN_S:
        with registry.writing() as connection:
            users.see_visit(connection, digest, at)
    return user_of(row)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _cookie(request: Request) -> str:
    # The prefix lets a browser take it over TLS for this host alone, whatever else is there.
    return "__Host-kiosk" if request.url.scheme == "https" else "kiosk"
