"""Rounds and their sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kiosk.station.registry import plans
from kiosk.station.users import Right
from kiosk.station.web.pages import page
from kiosk.station.web.visits import StationOf, Visit, seen

router = APIRouter(include_in_schema=False)

Seer = Annotated[Visit, Depends(seen(Right.SEE))]


@router.get("/sessions")
def every(request: Request, visit: Seer, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        sessions = plans.every_session(connection)
    return page(request, visit, "sessions.html", sessions=sessions)
