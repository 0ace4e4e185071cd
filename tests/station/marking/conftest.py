"""A station with two candidates' essays, made once; each test gets a copy of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.station.home import Station
from tests.station.builders import Day, a_day, plan_toml

PLAN = plan_toml() + '[[exam.section]]\nkind = "extended_text"\ncount = 2\npoints = 10\n'


@pytest.fixture(scope="module")
def sat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    day = a_day(tmp_path_factory.mktemp("sat"), planned=False)
    day.plan(PLAN)
    day.import_(day.sit("20260001", right=10), day.sit("20260002", right=10))
    yield day
    day.station.close()


@pytest.fixture
def day(sat: Day, tmp_path: Path) -> Iterator[Day]:
    shutil.copytree(sat.station.folder, tmp_path / "station")
    station = Station.open(tmp_path / "station")
    yield Day(tmp_path, station, sat.terminals, sat.proctors, sat.author, sat.sealed)
    station.close()
