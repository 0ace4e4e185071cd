"""A province in small: station, scheduler and workers on machines of their own, and each dies in the middle."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.artefacts.kinds import Role
from kiosk.rehearsal.telling import Telling
from kiosk.station.home import Station
from kiosk.station.settings import Settings, written
from kiosk.trust.durable import write_durable
from tests.benchmarks.exam_round import Round, a_round
from tests.dask_cluster import ROOT, DaskCluster, make_certificates
from tests.networks import Machines, network
from tests.postgres import Cluster
from tests.station.builders import Servers
from tests.station.whole import whole

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(3600)]

PACKAGES = 60
TIMES = {"worker": 5, "scheduler": 5, "database": 5, "station": 5, "cable": 1}
"""How often each dies, at another moment each time. A pulled cable is noticed after half a minute."""


@dataclass(eq=False)
class Province:
    """The machines, the database's server, and the name of a database with the round planned."""

    folder: Path
    machines: Machines
    dask: DaskCluster
    server: Cluster
    round: Round
    planned: str
    _made: int = 0

    def station(self) -> Path:
        """The folder of a station that has imported nothing, with a database of its own."""
        self._made += 1
        folder = self.folder / f"station-{self._made}"
        shutil.copytree(self.round.station, folder, ignore=shutil.ignore_patterns("station.db*"))
        settings = Settings(self.server.new(like=self.planned), cluster=self.dask.settings)
        write_durable(folder / "station.toml", written(settings), 0o600)
        return folder

    def importing(self, folder: Path, workers: str) -> subprocess.Popen[str]:
        words = ["-m", "tests.faults.importing", folder, self.round.packages[0].parent, workers]
        return subprocess.Popen(
            [*self.machines.inside("station"), sys.executable, *map(str, words)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self) -> None:
        """Starts scheduler and workers anew."""
        self.dask.stop()
        self.dask.start_scheduler()
        for name in ("worker-1", "worker-2"):
            self.dask.start_worker(name, self.machines.address(name))

    def kill(self, victim: str, importing: subprocess.Popen[str]) -> None:
        match victim:
            case "worker":
                self.dask.kill_worker()
            case "scheduler":
                self.dask.kill_scheduler()
            case "database":
                self.server.stop()
            case "station":
                importing.send_signal(signal.SIGKILL)
            case "cable":
                self.machines.pull("worker-1")

    def mend(self, victim: str) -> None:
        match victim:
            case "worker" | "scheduler":
                self.start()
            case "database":
                self.server.run()
            case "cable":
                self.machines.plug("worker-1")
                self.start()


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    with network("station", "scheduler", "worker-1", "worker-2") as machines:
        server = Cluster.start()
        try:
            made = a_round(folder / "round", PACKAGES, Telling())
            shutil.copytree(made.station, folder / "planned")
            empty = server.new()
            Station.open(folder / "planned").close()
            Servers(server, _tables_in(server, empty)).move(folder / "planned")
            with closing(Station.open(folder / "planned")) as planned:
                address = planned.registry.url.render_as_string(hide_password=False)
            server.keep(address, "planned")
            make_certificates(folder / "tls")
            shutil.copytree(made.station / "keys" / str(Role.OPENING), folder / "opening")
            names = ("scheduler", "worker-1", "worker-2")
            inside = {name: machines.inside(name) for name in names}
            host = machines.address("scheduler")
            dask = DaskCluster(folder, folder / "opening", inside, host)
            here = Province(folder, machines, dask, server, made, "planned")
            here.start()
            yield here
            dask.stop()
        finally:
            server.remove()


@pytest.fixture(scope="module")
def plain(province: Province) -> object:
    """The registry of an import by one process."""
    folder = province.station()
    assert _end(province.importing(folder, "1")) == f"imported {PACKAGES}"
    return _whole(folder)


@pytest.mark.parametrize("victim", TIMES)
def test_whoever_dies_at_whatever_moment_the_registry_is_that_of_a_plain_import(
    province: Province, plain: object, victim: str
) -> None:
    chance = random.Random(victim)
    moments = chance.sample(range(2, PACKAGES - 8, 2), TIMES[victim])
    for moment in moments:
        folder = province.station()
        running = province.importing(folder, province.dask.address)
        for line in running.stdout or ():
            if line == f"done {moment}\n":
                province.kill(victim, running)
                break
        end = _end(running)
        province.mend(victim)
        if victim in ("database", "station"):
            assert not end.startswith("imported")
            end = _end(province.importing(folder, province.dask.address))
        assert end.startswith(f"imported {PACKAGES}"), end
        assert (end != f"imported {PACKAGES}") == (victim == "scheduler")
        assert _whole(folder) == plain, moment
    print(f"{victim} died {len(moments)} times: at {sorted(moments)} of {PACKAGES}")


def _end(importing: subprocess.Popen[str]) -> str:
    """The last thing an import said."""
    rest = importing.communicate(timeout=600)[0].splitlines()
    return rest[-1].strip() if rest else ""


def _whole(folder: Path) -> object:
    with closing(Station.open(folder)) as station:
        return whole(station)


def _tables_in(server: Cluster, address: str) -> str:
    """Gives an empty database a registry's tables: its new name."""
    from kiosk.station.registry import Registry

    Registry(address).close()
    server.keep(address, "empty_registry")
    return "empty_registry"
