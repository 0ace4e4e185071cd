"""Terminals and proctors: who is enrolled, and letting in those whose words two people have compared.

A request (`.enrol`) waits in a folder of its own until somebody says, for each, that the device shows the same
words. Authors are not let in here: that takes the offline keys.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from msgspec import Struct

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import enrol
from kiosk.station.home import Station
from kiosk.station.registry import parties
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.dropped import take
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.trust.durable import read_given
from kiosk.words import LANGUAGES, mark, said

router = APIRouter(include_in_schema=False)

Administrator = Annotated[Visit, Depends(seen(Right.ADMINISTER))]
AdministratorForm = Annotated[Visit, Depends(acted(Right.ADMINISTER))]

FOLDER = "enrolling"
REQUESTS = {".enrol": enrol.MAX_REQUEST_BYTES}
DEVICES = {Role.TERMINAL: mark("Terminal"), Role.PROCTOR: mark("Proctor")}
_DRAFT = re.compile(r"[a-z0-9_]{8,20}")


class Asked(Struct, frozen=True):
    """A request that waits: its file, what it asks for or why it cannot be read, the fingerprint's words by
    language, whether the key is listed already, and what else is to be known before it is let in."""

    file: str
    record: KeyRecord | None
    fault: str
    words: dict[str, tuple[str, ...]]
    listed: bool
    warning: str = ""


@router.get("/devices")
def every(request: Request, visit: Administrator, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        listed = sorted(
            parties.every(connection, *DEVICES), key=lambda one: (one.record.role, one.record.name)
        )
    return page(request, visit, "devices.html", listed=listed, roles=DEVICES)


@router.post("/devices")
async def bring(request: Request, visit: Administrator, station: StationOf) -> Response:
    """Takes requests; nobody is let in yet."""
    brought = await take(
        request,
        station.folder / FOLDER,
        lambda token: visits.require_token(visit, token),
        limits=REQUESTS,
    )
    if not brought.files:
        shutil.rmtree(brought.scratch)
        raise InputRefused(
            mark("there is no request among these files"),
            remedy=mark("Choose the .enrol files that the devices made"),
        )
    return go(f"/devices/{brought.scratch.name}")


@router.get("/devices/{draft}")
def compare(request: Request, visit: Administrator, station: StationOf, draft: str) -> Response:
    asked = _asked(station, _folder(station, draft), visit.lang)
    return page(request, visit, "devices_compare.html", asked=asked, roles=DEVICES, draft=draft)


@router.post("/devices/{draft}")
async def admit(
    request: Request, visit: AdministratorForm, station: StationOf, now: NowOf, draft: str
) -> Response:
    """Lets in those of whom somebody said that the words are the same."""
    form = await request.form()
    same = {str(kid) for kid in form.getlist("same")}

    def done() -> int:
        folder = _folder(station, draft)
        found = [
            one.record
            for one in _asked(station, folder, visit.lang)
            if one.record is not None and one.record.kid.hex() in same
        ]
        if not found:
            raise NotPermitted(
                mark("not enrolled: the words were not confirmed"),
                remedy=mark("Compare the words on both screens, then tick those that are the same"),
            )
        for record in found:
            _require_device(record)
            if enrol.enrol(station, record, now):
                visits.note(
                    request,
                    visit,
                    mark("enrolled"),
                    f"{record.role} {record.name}",
                    record.kid.hex(),
                )
        shutil.rmtree(folder, ignore_errors=True)
        return len(found)

    n = await run_in_threadpool(done)
    tell(request, visit, mark("Let in: {n}. Publish now, so that devices learn it"), n=n)
    return go("/devices")


@router.post("/devices/{kid}/revoke")
def revoke(
    request: Request, visit: AdministratorForm, station: StationOf, now: NowOf, kid: str
) -> Response:
    with station.registry.reading() as connection:
        listed = {one.record.kid.hex() for one in parties.every(connection, *DEVICES)}
    if kid not in listed:
        raise InputRefused(
            mark("no such device is enrolled"), remedy=mark("Look at the list of devices")
        )
    record = enrol.revoke(station, kid, now)
    visits.note(request, visit, mark("key revoked"), f"{record.role} {record.name}", kid)
    tell(
        request,
        visit,
        mark("The key of {name} is revoked. Publish now, so that devices learn it"),
        name=record.name,
    )
    return go("/devices")


def _folder(station: Station, draft: str) -> Path:
    folder = station.folder / FOLDER / draft
    if not _DRAFT.fullmatch(draft) or not folder.is_dir():
        raise InputRefused(
            mark("these requests are not kept here any more"),
            remedy=mark("Bring the files again"),
        )
    return folder


def _asked(station: Station, folder: Path, lang: str) -> list[Asked]:
    return [_one(station, path, lang) for path in sorted(folder.rglob("*.enrol")) if path.is_file()]


def _one(station: Station, path: Path, lang: str) -> Asked:
    try:
        asked = enrol.read_request(read_given(path, enrol.MAX_REQUEST_BYTES), path.name)
        record = asked.record
        _require_device(record)
    except KioskError as fault:
        return Asked(path.name, None, ". ".join(filter(None, said(fault, lang))), {}, False)
    with station.registry.reading() as connection:
        listed = parties.find(connection, record.kid) is not None
    words = {one: tuple(record_words(record, one)) for one in LANGUAGES}
    warning = enrol.NO_RESTART if asked.restart_missing else ""
    return Asked(path.name, record, "", words, listed, warning)


def _require_device(record: KeyRecord) -> None:
    if record.role not in DEVICES:
        raise NotPermitted(
            mark("this is not the request of a terminal or a proctor"),
            remedy=mark("Authors are let in on the command line, with the offline keys"),
        )
