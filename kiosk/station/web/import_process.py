"""The import beside the web server: a process of its own, which has the keys that the server has not.

What lies whole in `incoming/whole` is imported together, by the same `receive` as from a stick, and then
dropped; a file stays until then, so that whatever is killed, the next start takes it. A file that brings
the import down is tried alone, and kept in quarantine when it does so again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor
from pathlib import Path

from kiosk.errors import KioskError
from kiosk.station import quarantine
from kiosk.station.home import Station, utc_now
from kiosk.station.receiving import receive
from kiosk.station.web.processes import one_process
from kiosk.station.web.uploads import finished, waiting

MOST_TOGETHER = 256
"""Files of one import: whoever waits for a receipt waits for the others of its import, too."""
FIRST_PAUSE_S, MOST_PAUSE_S = 1.0, 60.0

_log = logging.getLogger(__name__)


def import_files(folder: Path, files: Sequence[Path]) -> None:
    """Imports files into the station in `folder` and drops them.

    Raises:
        KioskError: as `receive`; the files stay.
    """
    station = Station.open(folder)
    try:
        report = receive(station, files, utc_now(), workers=1)
    finally:
        station.close()
    unread = {one.file for one in report.refused if one.kept == one.file}
    for path in files:
        if str(path) not in unread:
            finished(path)


class ImportProcess:
    """Imports what is whole, as long as `run` runs. All but `run`'s work is on one event loop."""

    def __init__(
        self, folder: Path, whole: Path, executor: Callable[[], Executor] = one_process
    ) -> None:
        """
        Args:
            folder: the station's.
            whole: where files wait (`Uploads.whole`).
        """
        self._folder, self._whole = folder, whole
        self._make_executor = executor
        self._executor: Executor | None = None
        self._woken = asyncio.Event()
        self._round = asyncio.Event()
        self._suspects: set[Path] = set()

    def wake(self) -> None:
        """Something is whole."""
        self._woken.set()

    async def settled(self, digests: Iterable[bytes], most_s: float) -> None:
        """Returns once the import has seen these files, or after so many seconds."""
        wanted = {digest.hex() for digest in digests}

        def wait_on() -> bool:
            return any(path.name[:64] in wanted for path in waiting(self._whole))

        try:
            async with asyncio.timeout(most_s):
                # The round before the look: one that ends in between is not missed.
                round_ = self._round
                while await asyncio.to_thread(wait_on):
                    await round_.wait()
                    round_ = self._round
        except TimeoutError:
            return

    async def run(self) -> None:
        """Imports until it is cancelled."""
        pause_s = FIRST_PAUSE_S
        self._woken.set()  # what an earlier run left
        begun = False
        try:
            while True:
                await self._woken.wait()
                self._woken.clear()
                try:
                    if not begun:
                        await self._in_process(())  # makes the receipts that it owed
                        begun = True
                    await self._import_waiting()
                except (KioskError, OSError) as fault:
                    _log.warning("the import of what came in waits: %s", fault)
                    await asyncio.sleep(pause_s)
                    pause_s = min(MOST_PAUSE_S, pause_s * 2)
                    self._woken.set()
                else:
                    pause_s = FIRST_PAUSE_S
        finally:
            if self._executor is not None:
                self._executor.shutdown(wait=False, cancel_futures=True)

    async def _import_waiting(self) -> None:
        while files := await asyncio.to_thread(waiting, self._whole):
            suspect = [path for path in files if path in self._suspects]
            part = suspect[:1] or files[:MOST_TOGETHER]
            try:
                await self._in_process(part)
            except KioskError:
                raise
            except Exception as fault:  # noqa: BLE001 - one bad file may not stop all others
                if isinstance(fault, BrokenExecutor):
                    self._executor = None
                if not suspect:
                    self._suspects |= set(part)
                    continue
                await asyncio.to_thread(self._set_aside, part[0], fault)
            self._suspects -= set(part)
            self._round.set()
            self._round = asyncio.Event()
            if all(path.exists() for path in part):
                return  # unreadable ones stay, and are not tried in a circle

    async def _in_process(self, files: Sequence[Path]) -> None:
        if self._executor is None:
            self._executor = self._make_executor()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, import_files, self._folder, files)

    def _set_aside(self, path: Path, fault: Exception) -> None:
        reason = f"the import met a fault of its own with this file ({type(fault).__name__})"
        quarantine.keep(self._folder / "quarantine", path.name, path.read_bytes(), reason)
        finished(path)
