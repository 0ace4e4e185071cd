"""The databases that tests of the station run on.

both_databases      the test runs twice: `a_day` makes its station on SQLite, then on PostgreSQL
registry            an empty registry, likewise
cluster             the test process's own PostgreSQL, started when first asked for
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.station.registry import Registry
from tests.postgres import Cluster
from tests.station import builders


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    running = Cluster.start()
    yield running
    running.remove()


@pytest.fixture(scope="session")
def empty_registry(cluster: Cluster) -> str:
    """The name of a database with a registry's tables, to be copied."""
    address = cluster.new()
    Registry(address).close()
    cluster.keep(address, "empty_registry")
    return "empty_registry"


@pytest.fixture
def on_postgresql(cluster: Cluster, empty_registry: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builders, "SERVERS", builders.Servers(cluster, empty_registry))


@pytest.fixture(params=["sqlite", "postgresql"])
def both_databases(request: pytest.FixtureRequest) -> str:
    if request.param == "postgresql":
        request.getfixturevalue("on_postgresql")
    return str(request.param)


@pytest.fixture
def registry(
    both_databases: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Registry]:
    if both_databases == "sqlite":
        address = f"sqlite:///{tmp_path / 'registry.db'}"
    else:
        empty = request.getfixturevalue("empty_registry")
        address = request.getfixturevalue("cluster").new(like=empty)
    opened = Registry(address)
    yield opened
    opened.close()
