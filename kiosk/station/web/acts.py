"""The record of who did what; and the log that outsiders can check."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kiosk.station.registry import log
from kiosk.station.registry import users as registered
from kiosk.station.users import Right
from kiosk.station.web.pages import page
from kiosk.station.web.visits import StationOf, Visit, seen

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
        request, visit, "acts.html", acts=acts, people=people, who=who, checkpoint=checkpoint
    )
