"""A station that serves its line over loopback, and machines that ask it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.merkle import leaf_hash
from kiosk.station.home import Station
from kiosk.station.web import import_process
from kiosk.station.web.line import StationLine as Service
from kiosk.station.web.sync_api import alone
from kiosk.station.web.timed import TimedProtocol
from kiosk.station.web.uploads import Uploads, waiting
from kiosk.sync.client import Exchange
from kiosk.sync.sending import Outgoing, to_station
from kiosk.sync.station_line import StationLine
from tests.station.builders import Day


def one_thread() -> Executor:
    """The import in this process: a process of its own takes a second to begin."""
    return ThreadPoolExecutor(1)


class Direct(StationLine):
    """No network and no waiting: bytes to the service, the import between request and reply."""

    def __init__(self, day: Day) -> None:
        super().__init__("http://localhost")
        self.day = day
        self.imports = True
        self.change: Callable[[bytes, Callable[[bytes], bytes]], bytes] = lambda data, go: go(data)
        self.restart()

    def restart(self) -> None:
        keys = self.day.station.line_keys()
        self.uploads = Uploads(self.day.station)
        self.service = Service(self.day.station, keys, self.uploads)

    def post(self, body: bytes) -> bytes:
        return self.change(body, self.answer)

    def answer(self, body: bytes) -> bytes:
        taken = self.service.take(body)
        if self.imports and (files := waiting(self.uploads.whole)):
            import_process.import_files(self.day.station.folder, files)
        return self.service.reply(taken)


def asking(line: StationLine, day: Day, keys: PrivateKeys | None = None) -> Exchange:
    return to_station(line, keys or day.terminals["T-01"], day.station.trust)


def outgoing(*packages: bytes, kind: Any = "package") -> list[Outgoing]:
    return [
        Outgoing(kind, f"{at}.{kind}", len(data), lambda data=data: data, (leaf_hash(data),))
        for at, data in enumerate(packages)
    ]


def serving(
    day: Day, executor: Callable[[], Executor] = one_thread, **options: Any
) -> AbstractContextManager[int]:
    """The line of a day's station on loopback: its port."""
    return served(day.station, executor, **options)


@contextmanager
def served(station: Station, executor: Callable[[], Executor], **options: Any) -> Iterator[int]:
    """A station's line on loopback: its port."""
    app = alone(station)
    app.state.import_executor = executor
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=0, http=TimedProtocol, log_level="warning", **options
        )
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the server did not start")
        threading.Event().wait(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def line_to(port: int, timeout_s: float = 60, ca: Path | None = None) -> StationLine:
    scheme = "http" if ca is None else "https"
    return StationLine(f"{scheme}://127.0.0.1:{port}", ca, timeout_s)
