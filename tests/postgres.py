"""A PostgreSQL of the tests' own, from Debian's packages: private, on a socket alone, gone with them.

    cluster = Cluster.start()        once a test process, when a test first needs it
    cluster.new()                    the address of an empty database
    cluster.new(like="template")     of a copy of that database

Nothing of it lasts: it flushes nothing to the disk, and dies with the process that started it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import psycopg
import pytest
from sqlalchemy import make_url

from kiosk.station.registry.databases import OLDEST_POSTGRESQL

_WAIT_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",  # the tests prove what is committed, not what a disk does with it
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "50",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """The folder of the newest server's programs that is new enough."""
    found = [
        path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()
    ]
    fit = [path for path in found if int(path.parent.name) * 10_000 >= OLDEST_POSTGRESQL]
    return max(fit, key=lambda path: int(path.parent.name), default=None)


@dataclass(eq=False)
class Cluster:
    """A running server; `folder` holds its data and its socket."""

    folder: Path
    programs: Path
    _server: subprocess.Popen[bytes] | None = None
    _made: int = 0

    @classmethod
    def start(cls) -> Cluster:
        """Makes a cluster and starts its server; skips the test where PostgreSQL is not installed."""
        found = programs()
        if found is None:
            pytest.skip("PostgreSQL 15 or later is not installed")
        clear_left()
        folder = Path(mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=home()))
        if os.geteuid() == 0:
            shutil.chown(folder, *_USER)
        cluster = cls(folder, found)
        made = ["-D", cluster._data, "-U", "kiosk", "-A", "trust", "--no-sync", "-E", "UTF8"]
        subprocess.run(
            [*_unprivileged(), found / "initdb", *made, "--locale", "C"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        cluster.run()
        return cluster

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def run(self) -> None:
        """Starts the server on its data, and waits until it answers."""
        settings = [f"-c{name}={value}" for name, value in _SETTINGS.items()]
        self._server = subprocess.Popen(
            [
                *_unprivileged(),
                *(self.programs / "postgres", "-D", self._data, "-k", self.folder),
                *settings,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
        until = time.monotonic() + _WAIT_S
        while True:
            try:
                psycopg.connect(self.address("postgres")).close()
            except psycopg.OperationalError:
                assert self._server.poll() is None, "the server did not start"
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stops it at once, as a power cut would, without the loss."""
        if self._server is not None:
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(_WAIT_S)
            self._server = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new(self, *, like: str = "", **options: str) -> str:
        """The address of a new database: empty, or a copy of another that nobody is connected to."""
        self._made += 1
        name = f"d{self._made}"
        said = " ".join(f"{option} {value}" for option, value in options.items())
        self.execute(f"CREATE DATABASE {name} TEMPLATE {like or 'template0'} {said}")
        return self.address(name)

    def keep(self, address: str, name: str) -> None:
        """Gives a database another name, to be copied under it; nobody may be connected to it."""
        self.execute(f"ALTER DATABASE {make_url(address).database} RENAME TO {name}")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """One statement of an administrator."""
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            connection.execute(statement.encode())

    def address(self, name: str) -> str:
        """A database's address as `station.toml` has it."""
        return f"postgresql://kiosk@/{name}?host={self.folder}"


_PREFIX = "kiosk-pg-"


def home() -> Path:
    """In memory where there is room for it; and short, for a socket's path has 107 characters."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() else Path(gettempdir())


def clear_left() -> None:
    """Removes the folders of test processes that were killed; their servers went with them."""
    for folder in home().glob(f"{_PREFIX}*"):
        if not Path("/proc", folder.name.removeprefix(_PREFIX).partition("-")[0]).exists():
            shutil.rmtree(folder, ignore_errors=True)


# Debian's packages make the one; the other is everywhere.
_USER = ("postgres", "postgres") if Path("/var/lib/postgresql").exists() else ("nobody", "nogroup")


def _unprivileged() -> list[str]:
    """PostgreSQL does not run as root; and whatever becomes of the tests, it goes with them."""
    words = ["setpriv", "--pdeathsig", "QUIT"]
    if os.geteuid() == 0:
        user, group = _USER
        words += ["--reuid", user, "--regid", group, "--clear-groups"]
    return words
