"""Signing in with a passkey, and the page on which somebody keeps their own.

A browser asks for a challenge, has its device answer it, and sends the answer in an ordinary form. A challenge
belongs to one browser, lasts five minutes and is answered once.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from kiosk.errors import InputRefused
from kiosk.station import passkeys
from kiosk.station.passkeys import Asked, Place
from kiosk.station.registry import passkeys as registered
from kiosk.station.registry import users
from kiosk.station.web import visits
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.tries import Tries
from kiosk.station.web.unsent import signed_in
from kiosk.station.web.visits import NowOf, SignInNeeded, StationOf, Visit, VisitOf
from kiosk.words import mark, text

router = APIRouter(include_in_schema=False)

LASTS_S = 5 * 60
_MOST_ASKED = 1_000


class Challenges:
    """What browsers were asked and have not answered yet, by the token of their forms."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, tuple[bytes, float]] = OrderedDict()
        self._lock = Lock()

    def keep(self, csrf: str, challenge: bytes, now: float) -> None:
        with self._lock:
            self._asked.pop(csrf, None)
            self._asked[csrf] = (challenge, now)
            while len(self._asked) > _MOST_ASKED:
                self._asked.popitem(last=False)

    def take(self, csrf: str, now: float) -> bytes | None:
        """The challenge, which is then used up; None where there is none or it is too old."""
        with self._lock:
            challenge, at = self._asked.pop(csrf, (None, 0.0))
        return challenge if 0 <= now - at < LASTS_S else None


def _own(request: Request, visit: VisitOf) -> Visit:
    if visit.user is None:
        raise SignInNeeded(request.url.path if request.method == "GET" else "/account")
    return visit


async def _form_of_ours(request: Request, visit: VisitOf) -> None:
    await visits.require_form(request, visit)


Own = Annotated[Visit, Depends(_own)]


@router.get("/account")
def account(request: Request, visit: Own, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        own = registered.of_user(connection, visit.name)
    return page(request, visit, "account.html", own=own)


@router.post("/account/passkeys/ask", dependencies=[Depends(_form_of_ours)])
def ask_to_add(request: Request, visit: Own, station: StationOf, now: NowOf) -> Response:
    asked = passkeys.ask_to_add(station, visit.name, _place(request))
    return _asked(request, visit, asked, now.timestamp())


@router.post("/account/passkeys", dependencies=[Depends(_form_of_ours)])
def add(
    request: Request,
    visit: Own,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    answer: Annotated[str, Form()] = "",
) -> Response:
    challenge = _challenges(request).take(visit.csrf, now.timestamp())
    if challenge is None:
        raise InputRefused(
            mark("the device took too long, or this browser runs no script"),
            remedy=mark("Open the page again and try once more; the password works as before"),
        )
    passkeys.add(station, visit.name, name, answer, challenge, _place(request), now)
    tell(request, visit, mark("The passkey is kept. Sign in with it from now on"))
    return go("/account")


@router.post("/account/passkeys/remove", dependencies=[Depends(_form_of_ours)])
def remove(
    request: Request,
    visit: Own,
    station: StationOf,
    now: NowOf,
    credential: Annotated[str, Form()] = "",
) -> Response:
    try:
        which = bytes.fromhex(credential)
    except ValueError:
        which = b""
    if passkeys.remove(station, visit.name, now, by=visit.name, credential=which):
        tell(request, visit, mark("The passkey is removed"))
    return go("/account")


@router.post("/sign-in/passkey/ask", dependencies=[Depends(_form_of_ours)])
def ask_to_sign_in(request: Request, visit: VisitOf, now: NowOf) -> Response:
    return _asked(request, visit, passkeys.ask_to_sign_in(_place(request)), now.timestamp())


@router.post("/sign-in/passkey", dependencies=[Depends(_form_of_ours)])
def sign_in(
    request: Request,
    visit: VisitOf,
    station: StationOf,
    now: NowOf,
    answer: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
    kept: Annotated[str, Form()] = "",
) -> Response:
    tries: Tries = request.app.state.tries
    wait = tries.wait_s("", visit.address, now.timestamp())
    challenge = _challenges(request).take(visit.csrf, now.timestamp())
    user = (
        None
        if wait or challenge is None
        else passkeys.authenticate(station, answer, challenge, _place(request), now)
    )
    if user is None:
        told = text("Too many tries. Wait {seconds} s, then try again", visit.lang, seconds=wait)
        if not wait:
            tries.failed("", visit.address, now.timestamp())
            told = text("This passkey opens nothing here. The password works as before", visit.lang)
            with station.registry.writing() as connection:
                act = users.Act(
                    int(now.timestamp()),
                    "",
                    mark("sign-in refused"),
                    "",
                    "passkey",
                    visit.address,
                )
                users.note(connection, act)
        return page(
            request,
            visit,
            "sign_in.html",
            status=429 if wait else 401,
            next=visits.inside(next),
            name="",
            told=told,
            kept=kept,
        )
    return signed_in(request, visit, user, next, kept)


def _asked(request: Request, visit: Visit, asked: Asked, now: float) -> Response:
    _challenges(request).keep(visit.csrf, asked.challenge, now)
    return Response(asked.options, media_type="application/json")


def _challenges(request: Request) -> Challenges:
    found: Challenges = request.app.state.challenges
    return found


def _place(request: Request) -> Place:
    return Place(request.url.hostname or "", f"{request.url.scheme}://{request.url.netloc}")
