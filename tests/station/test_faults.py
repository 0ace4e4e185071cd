"""Disks that are full, migrations cut off, clocks off by years: said, and nothing lost or counted twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from msgspec.structs import replace
from sqlalchemy import insert, select, text

from kiosk.artefacts.answer_package import PackageContent
from kiosk.artefacts.chain import read_entries
from kiosk.artefacts.codec import encode
from kiosk.station import registry
from kiosk.station.receiving import receive
from kiosk.station.registry import HEAD, Registry, database_url
from kiosk.station.registry.databases import open_engine
from kiosk.station.registry.tables import parties
from kiosk.station.results import session_results
from tests.faults.importing import migrating
from tests.mounts import with_own_mounts
from tests.postgres import Cluster
from tests.station.builders import NOW, SESSION, a_day
from tests.station.whole import whole

ROOT = Path(__file__).parents[2]


def test_a_full_disk_is_said_in_both_languages_and_the_import_is_whole_once_there_is_room(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    stick = tmp_path / "stick"
    stick.mkdir()
    for n in range(1, 7):
        (stick / f"{n}.package").write_bytes(day.sit(f"2026000{n}", right=n))
    day.station.close()
    command = [sys.executable, "-m", "tests.faults.station_disk", day.station.folder, stick]

    done = subprocess.run(
        with_own_mounts(command),
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )

    told = json.loads(done.stdout)
    (first, english), (second, chinese), (last, said) = told["told"]
    assert (first, second, last) == (1, 1, 0), told
    # Without room for one byte SQLite cannot even open what it shares with others: an I/O error.
    assert "space" in english, english
    assert "空间" in chinese, chinese
    assert "0 missing" in said
    assert told["states"] == ["recorded"] * 6


_OLD = "0003"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("times", [1, pytest.param(12, marks=pytest.mark.campaign)])
def test_a_migration_that_is_killed_leaves_the_old_registry_and_the_next_start_does_it_whole(
    times: int, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if database == "sqlite":
        address = f"sqlite:///{tmp_path / 'station.db'}"
    else:
        server: Cluster = request.getfixturevalue("cluster")
        address = server.new()
    _make_old(address)

    died = 0
    for statement in random.Random(3).sample(range(4, 60), times):
        killed = migrating(address, statement)
        killed.join()
        died += killed.exitcode == -9
        assert _version(address) == _OLD
    assert died == times

    Registry(address).close()

    assert _version(address) == HEAD
    with Registry(address).reading() as connection:
        assert connection.execute(select(parties.c.name)).scalars().all() == ["a"]


def _make_old(address: str) -> None:
    """A registry as an older version of the program left it, with a row."""
    config = Config()
    config.set_main_option("script_location", str(registry._MIGRATIONS))
    engine = open_engine(database_url(address))
    options = {"writes": True, "migrates": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, _OLD)
        row = {"kid": b"\1", "role": "author", "name": "a", "record": b"", "enrolled_at": 0}
        connection.execute(insert(parties).values(row))
    engine.dispose()


def _version(address: str) -> str:
    engine = open_engine(database_url(address))
    with engine.connect() as connection:
        found: str = connection.execute(
            text("SELECT version_num FROM alembic_version")
        ).scalar_one()
    engine.dispose()
    return found


@pytest.mark.usefixtures("both_databases")
def test_clocks_off_by_years_change_no_result(tmp_path: Path) -> None:
    """A room's terminals may say 1970 or 2099, and so may the station."""
    day, other = a_day(tmp_path / "1"), a_day(tmp_path / "2")

    def off(at: datetime) -> object:
        def edit(content: PackageContent) -> PackageContent:
            entries = read_entries(content.journal)
            wrong = int(at.timestamp())
            return replace(
                content, journal=tuple(encode(replace(one, wall_s=wrong)) for one in entries)
            )

        return edit

    clocks = [datetime(1970, 1, 1, tzinfo=UTC), NOW, datetime(2099, 12, 31, tzinfo=UTC)]
    packages = [
        day.file("P.package", day.sit(f"2026000{n}", right=n, edit=off(at)))  # type: ignore[arg-type]
        for n, at in enumerate(clocks, start=1)
    ]

    for at, package in zip(reversed(clocks), packages, strict=True):
        assert receive(day.station, [package], at, workers=1).imported == 1
    again = receive(day.station, packages, clocks[0], workers=1)
    plain = receive(other.station, packages, NOW, workers=1)

    assert (again.duplicate, plain.imported) == (3, 3)
    assert whole(day.station) == whole(other.station)
    scores = [row.score for row in session_results(day.station, SESSION)[:3]]
    assert scores == [row.score for row in session_results(other.station, SESSION)[:3]]
    for one in (day, other):
        one.station.close()
