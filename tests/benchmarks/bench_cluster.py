"""An import on a cluster of as many workers as this machine has cores, against one worker.

The station, the scheduler and the workers all run here, so that the workers do not have the cores for
themselves: on machines of their own they would. Each run is at a station that knows none of the packages, by
workers that have examined one of another room before.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from kiosk.artefacts.kinds import Role
from kiosk.rehearsal.telling import Telling
from kiosk.station.home import Station
from kiosk.station.receiving import receive
from kiosk.station.settings import Cluster, read_settings, written
from kiosk.trust.durable import write_durable
from tests.benchmarks.exam_round import Round, a_round
from tests.benchmarks.measure import Result, at_least, say
from tests.dask_cluster import dask_cluster

PACKAGES = 600
RUNS = 3
GOAL = 0.8


def run(packages: int = PACKAGES, runs: int = RUNS) -> list[Result]:
    most = len(os.sched_getaffinity(0))
    name = f"import of {packages} packages on a cluster of {most} workers"
    if most < 2:
        return [Result(name=name, skipped="this machine has one core for us")]
    with tempfile.TemporaryDirectory(prefix="kiosk-bench-") as folder:
        made = a_round(Path(folder) / "round", packages, Telling())
        taken: dict[int, list[float]] = {1: [], most: []}
        for workers, found in taken.items():
            key = made.station / "keys" / str(Role.OPENING)
            place = Path(folder) / f"cluster-{workers}"
            place.mkdir()
            with dask_cluster(place, key, workers) as cluster:
                for turn in range(runs + 1):
                    found.append(_imported(made, Path(folder), cluster.settings))
                    say(f"{workers} workers, {turn or 'warm-up'}: {found[-1]:.2f} s")
    # The first run of each only warms up: its workers read their modules.
    one, many = (statistics.median(found[1:]) for found in taken.values())
    efficiency = one / many / most
    goal, holds = at_least(efficiency, GOAL)
    return [
        Result(
            name=name,
            value=packages / many,
            unit="packages/s",
            against=f"one worker ({packages / one:.0f} packages/s), by worker",
            ratio=efficiency,
            goal=goal,
            holds=holds,
            runs=runs,
        )
    ]


def _imported(made: Round, folder: Path, settings: Cluster) -> float:
    place = folder / "station"
    shutil.copytree(made.station, place)
    said = written(replace(read_settings(place), cluster=settings))
    write_durable(place / "station.toml", said, 0o600)
    station = Station.open(place)
    os.sync()
    start = time.perf_counter()
    report = receive(
        station, [made.packages[0].parent], datetime.now(UTC), workers=settings.scheduler
    )
    taken = time.perf_counter() - start
    station.close()
    shutil.rmtree(place)
    if report.imported != len(made.packages) or report.cluster_fault:
        raise AssertionError(f"{report.imported} imported: {report.cluster_fault}")
    return taken
