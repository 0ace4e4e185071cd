"""What somebody typed into a form while their visit ended: kept in the pages of the sign-in, and sent after it
by the same person's own press. Nothing of it is kept here, a file is chosen again, and a password is typed again.
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
from kiosk.words import mark, text

MOST_BYTES = 200 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_SECRETS = frozenset({"password", "csrf"})
LABELS = {
    "adjudicator": mark("Who decides where two marks differ too much"),
    "answer": mark("The further answer; several choices with a blank between"),
    "bank": mark("Bank"),
    "bound": mark("Two marks may differ by: points (2) or a share of the full mark (20%)"),
    "closes": mark("Closes"),
    "codes": mark("Scanned codes, a line each"),
    "days": mark("Days"),
    "duration_minutes": mark("Minutes"),
    "earliest_hand_in_minutes": mark("Hand in after (minutes)"),
    "exam": mark("Name of the exam"),
    "forms": mark("Different forms"),
    "item": mark("Item"),
    "latest_start_minutes": mark("Late by at most (minutes)"),
    "level": mark("Level"),
    "marker": mark("Who marks"),
    "name": mark("Name"),
    "number": mark("Own candidate number, if there is one"),
    "opens": mark("Opens"),
    "pass": mark("Pass mark"),
    "reason": mark("Reason, for the record"),
    "releasing_proctors": mark("Proctors who open together"),
    "reserves": mark("Reserve numbers"),
    "room": mark("Exam room"),
    "round": mark("Round"),
    "session": mark("Session"),
    "version": mark("Scoring version"),
    "zone": mark("Time zone"),
    "count-": mark("Items of section {number}"),
    "points-": mark("Points each in section {number}"),
}
"""How the forms call what is typed; of a name that ends in `-` there are several, each with its number. What is
chosen or ticked has codes for values, and is sent without being shown."""


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
        elif name not in _SECRETS:
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


def typed(unsent: Unsent, lang: str) -> list[tuple[str, str]]:
    """What was typed, by the labels of the form."""
    shown = []
    for name, value in unsent.fields:
        base, dash, number = name.partition("-")
        label = LABELS.get(base + dash)
        if label is not None and value.strip():
            shown.append((text(label, lang, number=number), value))
    return shown


def signed_in(request: Request, visit: Visit, user: User, to: str, kept: str) -> Response:
    """Signs `user` in: on to the page `to`, or to what was not sent."""
    begun = visits.begin(request, visit, user)
    unsent = read(kept)
    response = (
        go(visits.inside(to))
        if unsent is None
        else page(
            request,
            begun,
            "unsent.html",
            unsent=unsent,
            typed=typed(unsent, begun.lang),
            to=visits.inside(unsent.to),
        )
    )
    visits.set_token(request, response, begun.token)
    return response
