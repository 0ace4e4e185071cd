"""Import by drop of files, with its progress; what lies in quarantine, and trying it again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, StreamingResponse
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station import quarantine
from kiosk.station.home import Station
from kiosk.station.incoming import MAX_BYTES
from kiosk.station.missing_words import missing_said
from kiosk.station.registry import jobs, overview, packages
from kiosk.station.users import Right
from kiosk.station.web import visits
from kiosk.station.web.dropped import take
from kiosk.station.web.pages import go, page
from kiosk.station.web.visits import StationOf, Visit, acted, seen
from kiosk.station.web.work import Outcome, Work, run_import
from kiosk.words import mark, said

router = APIRouter(include_in_schema=False)

Seer = Annotated[Visit, Depends(seen(Right.SEE))]
Importer = Annotated[Visit, Depends(seen(Right.IMPORT))]
ImporterForm = Annotated[Visit, Depends(acted(Right.IMPORT))]
LAST = 30
KIND = "import"
_POLL_S = 0.4
_LONGEST_STREAM_S = 60 * 60


class Kept(Struct, frozen=True):
    """A file in quarantine with the reason it lies there for."""

    name: str
    size: int
    reason: str


def kept_files(station: Station) -> tuple[Kept, ...]:
    """What lies in quarantine, with reasons."""
    folder = station.folder / "quarantine"
    return tuple(
        Kept(path.name, path.stat().st_size, quarantine.reason_of(path))
        for path in quarantine.kept(folder)
    )


@router.get("/imports")
def imports_page(request: Request, visit: Seer, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        last = jobs.last(connection, LAST)
    return page(
        request,
        visit,
        "imports.html",
        jobs=[(job, _outcome(job)) for job in last],
        kept=len(kept_files(station)),
        kinds=list(MAX_BYTES),
    )


@router.post("/imports")
async def bring(request: Request, visit: Importer, station: StationOf) -> Response:
    """Takes files; the form's token is looked at as it comes, before them."""
    brought = await take(
        request, station.folder / "brought", lambda token: visits.require_token(visit, token)
    )
    if not brought.files:
        raise InputRefused(
            mark("there was no file among these that the station imports"),
            remedy=mark("Choose files that end in {kinds}"),
            kinds=list(MAX_BYTES),
        )
    job = await run_in_threadpool(
        _begin, request, visit, list(brought.files), scratch=brought.scratch
    )
    return go(f"/imports/{job}")


@router.post("/imports/retry")
def retry(request: Request, visit: ImporterForm) -> Response:
    """Tries what lies in quarantine again."""
    return go(f"/imports/{_begin(request, visit, [], retry=True)}")


@router.get("/imports/{job}")
def job_page(request: Request, visit: Seer, station: StationOf, job: int) -> Response:
    row = _job(station, job)
    outcome = _outcome(row)
    fault = outcome.fault() if outcome is not None else None
    report = outcome.report if outcome is not None else None
    return page(
        request,
        visit,
        "import.html",
        job=row,
        report=report,
        missing=[]
        if report is None
        else [(one.session, missing_said(one, visit.lang)) for one in report.missing],
        fault=None if fault is None else (fault.where, *said(fault, visit.lang)),
    )


@router.get("/imports/{job}/events")
async def events(visit: Seer, station: StationOf, job: int) -> Response:
    """The job's progress as server-sent events, until it ends."""
    await run_in_threadpool(_job, station, job)

    async def stream() -> AsyncIterator[str]:
        for _ in range(int(_LONGEST_STREAM_S / _POLL_S)):
            row = await run_in_threadpool(_job, station, job)
            told = msgspec.json.encode({"done": row.done, "total": row.total}).decode()
            yield f"event: {'progress' if row.ended_at is None else 'end'}\ndata: {told}\n\n"
            if row.ended_at is not None:
                return
            await asyncio.sleep(_POLL_S)

    return StreamingResponse(stream(), media_type="text/event-stream")


@router.get("/quarantine")
def quarantine_page(request: Request, visit: Seer, station: StationOf) -> Response:
    with station.registry.reading() as connection:
        held = overview.quarantined(connection)
    return page(request, visit, "quarantine.html", kept=kept_files(station), held=held)


@router.get("/quarantine/{name}")
def quarantined_file(visit: Importer, station: StationOf, name: str) -> Response:
    """A copy of a file in quarantine, to be looked at elsewhere."""
    folder = station.folder / "quarantine"
    path = next((path for path in quarantine.kept(folder) if path.name == name), None)
    if path is None:
        raise InputRefused(
            mark("this file does not lie in quarantine any more"),
            remedy=mark("Open the list again"),
        )
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/files")
def files_page(request: Request, visit: Seer, station: StationOf) -> Response:
    """The last files that were seen, and what became of each."""
    with station.registry.reading() as connection:
        seen_files = packages.last_seen(connection, 500)
    return page(request, visit, "files.html", files=seen_files)


def _begin(
    request: Request,
    visit: Visit,
    paths: list[Path],
    *,
    retry: bool = False,
    scratch: Path | None = None,
) -> int:
    station = visits.station_of(request)
    with station.registry.writing() as connection:
        job = jobs.begin(connection, KIND, visit.name, int(visits.now_of(request).timestamp()))
    act = mark("quarantine tried again") if retry else mark("files imported")
    visits.note(request, visit, act, str(job), str(len(paths)) if paths else "")
    work: Work = request.app.state.work
    work.begin(run_import, station.folder, job, paths, retry, scratch)
    return job


def _job(station: Station, job: int) -> jobs.JobRow:
    with station.registry.reading() as connection:
        row = jobs.find(connection, job)
    if row is None:
        raise InputRefused(
            mark("there is no import {number}"), remedy=mark("Open the list again"), number=job
        )
    return row


def _outcome(job: jobs.JobRow) -> Outcome | None:
    return None if job.outcome is None else msgspec.json.decode(job.outcome, type=Outcome)


def end_cut_off(station: Station, at: int) -> None:
    """Says of jobs that an earlier run left that they were cut off."""
    outcome = Outcome(
        sentence=mark("the console was stopped during this import"),
        remedy=mark("Import the same files again; nothing is taken twice"),
    )
    with station.registry.reading() as connection:
        left: Any = jobs.unended(connection)
    if left:
        with station.registry.writing() as connection:
            for job in left:
                jobs.end(connection, job.id, at, msgspec.json.encode(outcome))
