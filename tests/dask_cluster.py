"""A Dask cluster as docs/province.md sets it up: the page's certificates, Dask's own commands, real processes.

with dask_cluster(folder, opening_key) as cluster:
    cluster.address, cluster.settings      for the station
    cluster.kill_worker(), cluster.kill_scheduler()
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.station.cluster import KEY_FOLDER
from kiosk.station.settings import Cluster

ROOT = Path(__file__).parents[1]
_WAIT_S = 300


def make_certificates(folder: Path) -> None:
    """Runs the commands of the page in `folder`."""
    page = (ROOT / "docs" / "province.md").read_text("utf-8")
    (script,) = re.findall(r"```sh\n(openssl.*?)```", page, re.DOTALL)
    folder.mkdir()
    subprocess.run(["sh", "-ec", script], cwd=folder, check=True, capture_output=True)


@dataclass(eq=False)
class DaskCluster:
    """`inside` are words before a command that has it run on another machine, by that one's name."""

    folder: Path
    opening_key: Path
    inside: dict[str, Sequence[str]] = field(default_factory=dict)
    host: str = "127.0.0.1"
    address: str = ""
    _scheduler: subprocess.Popen[str] | None = None
    workers: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def settings(self) -> Cluster:
        tls = self.folder / "tls"
        return Cluster(
            self.address, *(str(tls / name) for name in ("ca.pem", "station.pem", "station.key"))
        )

    def start_scheduler(self) -> None:
        port = self.address.rpartition(":")[2] or "0"
        self._scheduler = self._run("scheduler", "scheduler", "--port", port, "--host", self.host)
        self.address = _said(self._scheduler, r"Scheduler at:\s+(tls://\S+)")

    def start_worker(self, machine: str = "worker-1", host: str = "127.0.0.1") -> None:
        words = [self.address, "--nthreads", "1", "--no-nanny", "--host", host]
        words += ["--local-directory", str(self.folder)]
        self.workers.append(self._run(machine, "worker", *words))
        _said(self.workers[-1], r"(Registered to):\s+tls://")

    def kill_worker(self) -> None:
        """`kill -9` of the worker that was started first."""
        _kill(self.workers.pop(0))

    def kill_scheduler(self) -> None:
        assert self._scheduler is not None
        _kill(self._scheduler)
        self._scheduler = None

    def kill_workers(self) -> None:
        while self.workers:
            self.kill_worker()

    def stop(self) -> None:
        self.kill_workers()
        if self._scheduler is not None:
            self.kill_scheduler()

    def _run(self, machine: str, part: str, *words: str) -> subprocess.Popen[str]:
        tls = self.folder / "tls"
        files = [f"--tls-ca-file={tls / 'ca.pem'}"]
        files += [f"--tls-cert={tls / part}.pem", f"--tls-key={tls / part}.key"]
        protocol = ["--protocol", "tls"] if part == "scheduler" else []
        return subprocess.Popen(
            [
                # Whatever becomes of the tests, it goes with them.
                *("setpriv", "--pdeathsig", "KILL"),
                *self.inside.get(machine, ()),
                *(sys.executable, "-m", "dask", part, *words, *protocol, *files, "--no-dashboard"),
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT), KEY_FOLDER: str(self.opening_key)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


@contextmanager
def dask_cluster(folder: Path, opening_key: Path, workers: int = 2) -> Iterator[DaskCluster]:
    """A scheduler and workers on this machine, which read the opening key from `opening_key`."""
    make_certificates(folder / "tls")
    cluster = DaskCluster(folder, opening_key)
    try:
        cluster.start_scheduler()
        for _ in range(workers):
            cluster.start_worker()
        yield cluster
    finally:
        cluster.stop()


def _said(process: subprocess.Popen[str], wanted: str) -> str:
    """What a process says of itself when it is ready."""
    assert process.stderr is not None
    until = time.monotonic() + _WAIT_S
    heard = ""
    while time.monotonic() < until and (line := process.stderr.readline()):
        heard += line
        if found := re.search(wanted, line):
            return found[1]
    raise AssertionError(f"it did not start:\n{heard}")


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stderr is not None
    process.stderr.close()
