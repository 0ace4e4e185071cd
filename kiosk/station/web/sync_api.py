"""What machines ask the station over HTTPS: the exchange of packages for receipts, and the trust repository.

No cookie, no password: a request is signed by a key that the station enrolled, and the repository is public
and signed itself. Hung on the console's app, or on an app of its own (`alone`).
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from typing import Annotated

from fastapi import APIRouter, FastAPI, Path, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from msgspec import Struct, to_builtins

from kiosk import __version__
from kiosk.artefacts.exchange import MOST_MESSAGE_BYTES
from kiosk.errors import KioskError
from kiosk.station.home import Station
from kiosk.station.web.import_process import ImportProcess
from kiosk.station.web.line import StationLine
from kiosk.station.web.processes import one_process
from kiosk.station.web.uploads import Uploads
from kiosk.sync.answering import refuses

TYPE = "application/cose"
BODY_S = 30.0
"""The whole of a request must be here by then; pieces get smaller at a line that is slower."""
RECEIPT_S = 10.0
"""How long a reply waits for the import; after that the receipt is fetched later."""
_FILE_NAME = re.compile(
    r"metadata/([0-9]+\.[a-z]{1,40}|timestamp)\.json"
    r"|targets/([a-z]{1,40}/)?[0-9a-f]{64}\.[^/\0]{1,180}"
)


class Problem(Struct, frozen=True):
    """Why a request got no reply, for people."""

    summary: str
    remedy: str


class Sync:
    """One station's line while the server runs."""

    def __init__(self, station: Station, executor: Callable[[], Executor]) -> None:
        uploads = Uploads(station)
        self.line = StationLine(station, station.line_keys(), uploads)
        self.imports = ImportProcess(station.folder, uploads.whole, executor)


@contextlib.asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """The import beside the server, from its start to its end."""
    executor = getattr(app.state, "import_executor", one_process)
    sync = await asyncio.to_thread(Sync, app.state.station, executor)
    app.state.sync = sync
    task = asyncio.create_task(sync.imports.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


router = APIRouter(prefix="/api", lifespan=running, tags=["sync"])

_PROBLEM = {
    "application/json": {
        "schema": {
            "type": "object",
            "required": ["summary", "remedy"],
            "additionalProperties": False,
            "properties": {"summary": {"type": "string"}, "remedy": {"type": "string"}},
        }
    }
}
_COSE = {TYPE: {"schema": {"type": "string", "format": "binary"}}}
_FILE = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/sync/1",
    response_class=Response,
    summary="One signed request, one signed reply",
    description="Hands in answer packages, bundles and proctors' logs by pieces, and fetches receipts. "
    "Body and reply are COSE_Sign1 over CBOR, their insides sealed (HPKE) to the other side; the format "
    "is in `docs/formats.md`, *Exchange over a network*. A request counts once, whatever the line does.",
    openapi_extra={"requestBody": {"required": True, "content": _COSE}},
    responses={
        200: {
            "description": "The reply, signed by the key of the station's line.",
            "content": _COSE,
        },
        403: {"description": "No request that somebody enrolled signed.", "content": _PROBLEM},
        408: {"description": "The body took too long.", "content": _PROBLEM},
        413: {"description": "Longer than a request can be.", "content": _PROBLEM},
        415: {"description": "Another kind of body.", "content": _PROBLEM},
        503: {"description": "The station's disk refuses; try again later.", "content": _PROBLEM},
    },
)
async def exchange(request: Request) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != TYPE:
        return _problem(415, "not a request of a terminal or a desk", f"Send it as {TYPE}")
    length = request.headers.get("content-length", "0")
    if not (length.isascii() and length.isdecimal()) or int(length[:12]) > MOST_MESSAGE_BYTES:
        return _too_large()
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(BODY_S):
            while more:
                message = await request.receive()
                if message["type"] != "http.request":
                    return Response(status_code=400)  # hung up: nobody reads it
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > MOST_MESSAGE_BYTES:
                    return _too_large()
    except TimeoutError:
        return _problem(408, "the request did not arrive in time", "Send smaller pieces")
    sync: Sync = request.app.state.sync
    try:
        taken = await asyncio.to_thread(sync.line.take, bytes(body))
        if taken.waits:
            sync.imports.wake()
            await sync.imports.settled(taken.waits, RECEIPT_S)
        reply = await asyncio.to_thread(sync.line.reply, taken)
    except KioskError as fault:
        return _problem(refuses(fault), fault.summary, fault.remedy)
    return Response(reply, media_type=TYPE)


@router.get(
    "/repository/{name:path}",
    response_class=FileResponse,
    summary="A file of the trust repository (TUF 1.0, consistent snapshots)",
    description="Public and signed. Ranges may be asked for, so that a long bank goes on where it broke.",
    responses={
        200: {"description": "The file.", "content": _FILE},
        404: {"description": "There is no such file."},
    },
)
async def repository_file(
    request: Request,
    name: Annotated[str, Path(description="`metadata/timestamp.json`, and what it leads to")],
) -> Response:
    station: Station = request.app.state.station
    path = station.folder / "repository" / name
    if not _FILE_NAME.fullmatch(name) or not await asyncio.to_thread(path.is_file):
        return _problem(404, "there is no such file in the repository", "Begin with timestamp.json")
    # What is signed anew in place is asked for anew; all else has its version or digest in its name.
    kept = "no-cache" if name.endswith("timestamp.json") else "public, max-age=31536000, immutable"
    return FileResponse(
        path, media_type="application/octet-stream", headers={"cache-control": kept}
    )


def alone(station: Station) -> FastAPI:
    """An app of these two alone, without the console."""
    app = FastAPI(
        title="Kiosk station: sync",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.station = station
    app.include_router(router)
    return app


def _too_large() -> Response:
    most = f"Send no more than {MOST_MESSAGE_BYTES // 1024} KiB at once"
    return _problem(413, "longer than a request can be", most)


def _problem(status: int, summary: str, remedy: str) -> Response:
    return JSONResponse(
        to_builtins(Problem(summary, remedy)), status, headers={"connection": "close"}
    )
