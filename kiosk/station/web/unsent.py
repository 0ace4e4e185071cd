"""What somebody typed into a form while their visit ended: kept in the pages of the sign-in, and sent after it
by the same person's own press. Nothing of it is kept here, and a file is chosen again.
"""

from __future__ import annotations

import msgspec
from fastapi import Request, Response
from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from kiosk.station.users import User
from kiosk.station.web import visits
from kiosk.station.web.pages import go, page
from kiosk.station.web.visits import Visit

MOST_BYTES = 200 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Unsent(Struct, frozen=True):
    """A form that was not sent: where to, its fields by name, and the names of its files."""

    to: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


async def of_request(request: Request) -> Unsent | None:
    """What a form held whose sender is not signed in; None where it is none, or too much to be typed."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    length = request.headers.get("content-length", "")
    if kind not in _FORMS or not (length.isdigit() and int(length) <= MOST_BYTES):
        return None
    try:
        form = await request.form()
    except HTTPException:
        return None
    fields, files = [], []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files.append(name)
        elif name != "csrf":
            fields.append((name, value))
    return Unsent(request.url.path, tuple(fields), tuple(dict.fromkeys(files)))


def written(unsent: Unsent | None) -> str:
    """It as a hidden field holds it."""
    return "" if unsent is None else msgspec.json.encode(unsent).decode()


def read(kept: str) -> Unsent | None:
    """It from a hidden field; None where there is none, or it was tampered with."""
    try:
        return msgspec.json.decode(kept, type=Unsent) if kept else None
    except msgspec.DecodeError:
        return None


def signed_in(request: Request, visit: Visit, user: User, to: str, kept: str) -> Response:
    """Signs `user` in: on to the page `to`, or to what was not sent."""
    begun = visits.begin(request, visit, user)
    unsent = read(kept)
    response = (
        go(visits.inside(to))
        if unsent is None
        else page(request, begun, "unsent.html", unsent=unsent, to=visits.inside(unsent.to))
    )
    visits.set_token(request, response, begun.token)
    return response
