"""Users and their roles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from kiosk.errors import KioskError
from kiosk.station import users
from kiosk.station.home import Station
from kiosk.station.registry import users as registered
from kiosk.station.users import Right, UserRole
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.words import mark, said

router = APIRouter(include_in_schema=False)

Administrator = Annotated[Visit, Depends(seen(Right.ADMINISTER))]
AdministratorForm = Annotated[Visit, Depends(acted(Right.ADMINISTER))]
Roles = Annotated[list[UserRole] | None, Form()]


@router.get("/users")
def every(request: Request, visit: Administrator, station: StationOf) -> Response:
    return _page(request, visit, station)


@router.post("/users")
def add(
    request: Request,
    visit: AdministratorForm,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    role: Roles = None,
) -> Response:
    try:
        added = users.add_user(station, name, password, role or (), now, by=visit.name)
    except KioskError as fault:
        return _page(request, visit, station, name=name, chosen=tuple(role or ()), fault=fault)
    tell(request, visit, mark("{name} may use the console now"), name=added.name)
    return go("/users")


@router.post("/users/roles")
def change_roles(
    request: Request,
    visit: AdministratorForm,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    role: Roles = None,
) -> Response:
    users.set_roles(station, name, role or (), now, by=visit.name)
    tell(request, visit, mark("The roles of {name} are changed"), name=name)
    return go("/users")


@router.post("/users/password")
def change_password(
    request: Request,
    visit: AdministratorForm,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    users.set_password(station, name, password, now, by=visit.name)
    tell(request, visit, mark("{name} signs in with the new password from now on"), name=name)
    return go("/users")


@router.post("/users/shut")
def shut_out(
    request: Request,
    visit: AdministratorForm,
    station: StationOf,
    now: NowOf,
    name: Annotated[str, Form()] = "",
    disabled: Annotated[bool, Form()] = True,
) -> Response:
    users.set_disabled(station, name, disabled, now, by=visit.name)
    return go("/users")


def _page(
    request: Request,
    visit: Visit,
    station: Station,
    *,
    name: str = "",
    chosen: tuple[UserRole, ...] = (),
    fault: KioskError | None = None,
) -> Response:
    with station.registry.reading() as connection:
        rows = registered.every(connection)
    return page(
        request,
        visit,
        "users.html",
        status=200 if fault is None else 400,
        users=rows,
        name=name,
        chosen=chosen,
        told=None if fault is None else said(fault, visit.lang),
        least=users.LEAST_PASSWORD,
    )
