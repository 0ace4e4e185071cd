"""Who does a station's heavy work: this process, some beside it, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec.structs import replace

from kiosk.station import engine
from kiosk.station.cluster import cluster_team
from kiosk.station.engine import Team
from kiosk.station.home import Station
from kiosk.station.settings import read_settings

Workers = int | str | None
"""So many processes, the cluster at an address, or whatever the station has: the cluster of its
settings, else as many processes as there are cores."""


@contextmanager
def team_for(station: Station, packages: int, workers: Workers) -> Iterator[Team]:
    """A team for so many packages. Only a cluster that is named is asked for a few of them.

    Raises:
        InputRefused, NotPermitted, StorageFault: as `cluster_team`.
    """
    cluster = read_settings(station.folder).cluster
    many = packages >= engine.WORTH_A_POOL
    if isinstance(workers, str):
        cluster = replace(cluster, scheduler=workers)
    if isinstance(workers, str) or (workers is None and cluster.scheduler and many):
        with cluster_team(cluster, station.folder) as team:
            yield team
        return
    number = engine.default_workers() if workers is None else workers
    if number > 1 and many:
        with engine.process_pool(number) as team:
            yield team
    else:
        yield Team()
