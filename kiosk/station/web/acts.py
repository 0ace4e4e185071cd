"""The record of who did what; and the log that outsiders can check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kiosk.artefacts.kinds import Role
from kiosk.station.registry import log
from kiosk.station.registry import users as registered
from kiosk.station.users import ROLE_WORDS, Right, UserRole
from kiosk.station.web.devices import DEVICES
from kiosk.station.web.pages import page
from kiosk.station.web.visits import StationOf, Visit, seen
from kiosk.words import listed, text

router = APIRouter(include_in_schema=False)

Auditor = Annotated[Visit, Depends(seen(Right.AUDIT))]
LAST = 500


@router.get("/acts")
def every(request: Request, visit: Auditor, station: StationOf, who: str = "") -> Response:
    with station.registry.reading() as connection:
        acts = registered.noted(connection, LAST, who)
        people = [row.name for row in registered.every(connection)]
        checkpoint = log.last_checkpoint(connection)
    return page(
        request,
        visit,
        "acts.html",
        acts=[(one, *_said(one, visit.lang)) for one in acts],
        people=people,
        who=who,
        checkpoint=checkpoint,
    )


def _said(act: registered.Act, lang: str) -> tuple[str, str]:
    """To what and with which remark: the words that the record has for roles are those of the programs."""
    role, _, name = act.subject.partition(" ")
    if name and role in DEVICES:
        return f"{text(DEVICES[Role(role)], lang)} {name}", act.note
    if act.act in ("user added", "roles changed"):
        roles = (text(ROLE_WORDS[UserRole(one)], lang) for one in act.note.split(", ") if one)
        return act.subject, listed(roles, lang)
    return act.subject, act.note
