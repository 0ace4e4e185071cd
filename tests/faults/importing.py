"""The station's work in processes of their own, which are killed in the middle: imports, which tell how far
they are, and migrations.

`python -m tests.faults.importing FOLDER STICK WORKERS` prints what `imported` tells; `WORKERS` are a number of
processes or a cluster's address.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import Engine, event

from kiosk.errors import KioskError
from kiosk.station import batches
from kiosk.station.home import Station
from kiosk.station.receiving import receive
from kiosk.station.registry import Registry
from kiosk.station.teams import Workers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def imported(
    folder: Path, stick: Path, workers: Workers, job: int, told: Callable[[str], None]
) -> None:
    """Imports `stick` in jobs of `job` packages; tells `ready`, `done N` after each job, and the end:
    `imported N`, with what a cluster failed at, or `stopped` and why."""
    batches.BATCH = job
    station = Station.open(folder)
    told("ready")
    try:
        report = receive(
            station,
            [stick],
            NOW,
            workers=workers,
            progress=lambda done, total: told(f"done {done}"),
        )
    except KioskError as fault:
        told(f"stopped {fault}")
    else:
        told(f"imported {report.imported + report.duplicate} {report.cluster_fault}".strip())
    station.close()


def migrated_until(address: str, statement: int) -> None:
    """Brings a registry up to date, and dies of SIGKILL after so many statements."""
    left = [statement]

    @event.listens_for(Engine, "after_cursor_execute")
    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    Registry(address).close()


def beside(folder: Path, stick: Path) -> tuple[BaseProcess, Connection]:
    """An import in a fresh process, and where it tells. The process is forked from one that has read the
    modules already, so that hundreds of them cost little."""
    here, there = _context.Pipe(duplex=False)
    process = _context.Process(target=imported, args=(folder, stick, 1, 1, there.send))
    process.start()
    there.close()
    return process, here


def migrating(address: str, statement: int) -> BaseProcess:
    """`migrated_until` in a fresh process."""
    process = _context.Process(target=migrated_until, args=(address, statement))
    process.start()
    return process


_context = get_context("forkserver")
_context.set_forkserver_preload([__name__])


def main(folder: str, stick: str, workers: str) -> None:
    imported(
        Path(folder),
        Path(stick),
        int(workers) if workers.isdecimal() else workers,
        2,
        lambda line: print(line, flush=True),
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
