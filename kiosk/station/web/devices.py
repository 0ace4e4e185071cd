"""Terminals and proctors: who is enrolled, and letting in those whose words two people have compared.

A request (`.enrol`) waits in a folder of its own until somebody says, for each, that the device shows the same
words, or scanned the code off its screen. Authors are not let in here: that takes the offline keys.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.enrolment import enrolment_of_code
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import enrol
from kiosk.station.home import Station
from kiosk.station.registry import parties
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.dropped import new_scratch, take
from kiosk.station.web.pages import go, page, tell
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.trust.durable import read_given, storage, write_durable
from kiosk.words import LANGUAGES, explain, mark

router = APIRouter(include_in_schema=False)

Administrator = Annotated[Visit, Depends(seen(Right.ADMINISTER))]
AdministratorForm = Annotated[Visit, Depends(acted(Right.ADMINISTER))]

FOLDER = "enrolling"
REQUESTS = {".enrol": enrol.MAX_REQUEST_BYTES}
CODES = "codes"
"""The file of a draft's scanned codes, a line each: written here and never uploaded."""
MOST_CODES = 500
DEVICES = {Role.TERMINAL: mark("Terminal"), Role.PROCTOR: mark("Proctor")}
_DRAFT = re.compile(r"[a-z0-9_]{8,20}")


class Asked(Struct, frozen=True):
    """A request that waits: its file, what it asks for or why it cannot be read, the fingerprint's words by
    language, whether the key is listed already, what else is to be known before it is let in, and whether a
    scanned code is the `same` or `otherwise`."""

    file: str
    record: KeyRecord | None
    fault: str
    words: dict[str, tuple[str, ...]]
    listed: bool
    warning: str = ""
    code: str = ""


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


@router.post("/devices/codes")
async def scan_alone(request: Request, visit: AdministratorForm, station: StationOf) -> Response:
    """Takes codes as the requests themselves: no stick was needed."""
    form = await request.form()

    def done() -> str:
        codes = _codes(str(form.get("codes", "")))
        scratch = new_scratch(station.folder / FOLDER)
        for n, code in enumerate(codes, 1):
            write_durable(scratch / f"{n:05}.enrol", enrolment_of_code(code))
        _keep_codes(scratch, codes)
        return scratch.name

    return go(f"/devices/{await run_in_threadpool(done)}")


@router.get("/devices/{draft}")
def compare(request: Request, visit: Administrator, station: StationOf, draft: str) -> Response:
    folder = _folder(station, draft)
    asked = _asked(station, folder, visit.lang)
    stray = _compared(asked, _scanned(folder)).no_request
    return page(
        request, visit, "devices_compare.html", asked=asked, stray=stray, roles=DEVICES, draft=draft
    )


@router.post("/devices/{draft}/codes")
async def scan(
    request: Request, visit: AdministratorForm, station: StationOf, draft: str
) -> Response:
    """Takes codes scanned off the devices' screens, to compare requests with; nobody is let in yet."""
    form = await request.form()

    def done() -> None:
        folder = _folder(station, draft)
        _keep_codes(folder, _codes(str(form.get("codes", ""))))

    await run_in_threadpool(done)
    return go(f"/devices/{draft}")


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
            if one.record is not None and one.record.kid.hex() in same and one.code != "otherwise"
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


def _codes(typed: str) -> list[str]:
    """The codes that a scanner typed into a form.

    Raises:
        InputRefused, NotPermitted: none, too many, or one that is not the code of a request.
    """
    codes = list(dict.fromkeys(line.strip("\r") for line in typed.split("\n") if line.strip()))
    if not codes or len(codes) > MOST_CODES:
        raise InputRefused(
            mark("no code was scanned, or too many at once"),
            remedy=mark("Click into the field, then scan the code off each device's screen"),
        )
    for n, code in enumerate(codes, 1):
        try:
            enrol.read_code(code)
        except InputRefused as fault:
            raise fault.at(str(n)) from fault
    return codes


def _keep_codes(folder: Path, codes: list[str]) -> None:
    kept = dict.fromkeys((*_kept_codes(folder), *codes))
    write_durable(folder / CODES, "\n".join(kept).encode())


def _kept_codes(folder: Path) -> list[str]:
    path = folder / CODES
    with storage(path):
        return path.read_text("utf-8").split("\n") if path.exists() else []


def _scanned(folder: Path) -> list[KeyRecord]:
    return [enrol.read_code(code).record for code in _kept_codes(folder)]


def _compared(asked: list[Asked], codes: list[KeyRecord]) -> enrol.Compared:
    return enrol.compare([one.record for one in asked if one.record is not None], codes)


def _asked(station: Station, folder: Path, lang: str) -> list[Asked]:
    asked = [
        _one(station, path, lang) for path in sorted(folder.rglob("*.enrol")) if path.is_file()
    ]
    compared = _compared(asked, _scanned(folder))
    return [
        replace(
            one,
            code="same"
            if one.record in compared.same
            else "otherwise"
            if one.record in compared.otherwise
            else "",
        )
        for one in asked
    ]


def _one(station: Station, path: Path, lang: str) -> Asked:
    try:
        asked = enrol.read_request(read_given(path, enrol.MAX_REQUEST_BYTES), path.name)
        record = asked.record
        _require_device(record)
    except KioskError as fault:
        return Asked(path.name, None, explain(fault.at(""), lang), {}, False)
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
