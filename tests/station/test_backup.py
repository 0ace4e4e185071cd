"""A station comes back from its backup and goes on as if nothing had happened."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.acts import Why
from kiosk.station.backup import back_up, restore
from kiosk.station.home import Station
from kiosk.station.registry.tables import metadata
from kiosk.station.rescoring import void_item
from kiosk.station.retention import kept
from kiosk.station.settings import FILE, read_settings
from tests.postgres import Cluster
from tests.station.builders import NOW, SESSION, Day, a_day

_BY_CHANCE = {("checkpoints", "note"), ("receipts", "content")}
"""What is signed anew."""


def _rows(station: Station) -> dict[str, list[dict[str, object]]]:
    """Every row of every table, but for what is signed anew."""
    with station.registry.reading() as connection:
        return {
            table.name: [
                {
                    name: value
                    for name, value in row._mapping.items()
                    if (table.name, name) not in _BY_CHANCE
                }
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


@pytest.mark.usefixtures("both_databases")
def test_last_weeks_backup_and_the_same_sticks_again_give_the_same_registry(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    first, second = (day.file("P.package", day.sit(f"2026000{n}", right=n)) for n in (1, 2))
    day.import_(first)
    made = back_up(day.station, tmp_path / "week.backup", NOW)
    day.import_(second, first)
    expected = _rows(day.station)
    day.station.close()

    assert restore(tmp_path / "week.backup", tmp_path / "back") == made
    day.station = Station.open(tmp_path / "back")
    assert day.import_(second, first).duplicate == 1

    assert _rows(day.station) == expected
    assert (made.sessions, made.leaves) == (1, 1)
    assert (tmp_path / "week.backup").stat().st_mode & 0o077 == 0
    assert not (tmp_path / "back" / "offline").exists()
    day.station.close()


def test_a_station_moves_to_postgresql_by_its_backup(
    tmp_path: Path, cluster: Cluster, empty_registry: str
) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    void_item(day.station, SESSION, _item(day), "full", NOW, Why("张三", "x"))
    expected = _rows(day.station)
    back_up(day.station, tmp_path / "b", NOW)
    address = cluster.new(like=empty_registry)

    restore(tmp_path / "b", tmp_path / "back", database=address)

    day.station.close()
    day.station = Station.open(tmp_path / "back")
    assert _rows(day.station) == expected
    assert read_settings(tmp_path / "back").database == address
    assert not (tmp_path / "back" / "station.db").exists()
    with pytest.raises(NotPermitted, match="another station"):
        restore(tmp_path / "b", tmp_path / "again", database=address)
    day.station.close()


def _item(day: Day) -> str:
    return f"author-{next(iter(day.answers('20260001', 1)))}"


def test_a_backup_is_of_one_moment_while_packages_come_in(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    files = [day.file("P.package", day.sit(f"2026000{n}")) for n in range(1, 5)]
    importing = threading.Thread(target=lambda: day.import_(*files))
    importing.start()
    for at in range(2):
        back_up(day.station, tmp_path / f"{at}", NOW)
    importing.join()

    for at in range(2):
        restore(tmp_path / f"{at}", tmp_path / f"back{at}")
        station = Station.open(tmp_path / f"back{at}")
        rows = _rows(station)
        assert len(rows["packages"]) == len(rows["leaves"]) == len(rows["results"])
        station.close()


def test_a_damaged_backup_restores_nothing_and_a_backup_replaces_nothing(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    file = tmp_path / "b"
    back_up(day.station, file, NOW)
    with pytest.raises(NotPermitted, match="replaces none"):
        back_up(day.station, file, NOW)
    with pytest.raises(NotPermitted, match="in this folder already"):
        restore(file, day.station.folder)
    data = file.read_bytes()
    for damaged in (data[:-20_000], data[:100_000] + b"x" + data[100_001:], b"noise", b""):
        file.write_bytes(damaged)
        with pytest.raises(InputRefused, match="no backup"):
            restore(file, tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_what_is_over_is_listed_and_nothing_destroyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)

    def over(now: datetime) -> list[tuple[bool, bool]]:
        return [(row.paper_over, row.electronic_over) for row in kept(day.station, now)]

    ended = NOW + timedelta(hours=1)
    assert over(ended) == [(False, False)]
    assert over(ended.replace(year=2029)) == [(True, False)]
    (day.station.folder / FILE).write_text("[retention]\nelectronic_years = 3\n")
    assert over(ended.replace(year=2029)) == [(True, True)]
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")
    monkeypatch.setattr("kiosk.cli.station_archive.utc_now", lambda: ended.replace(year=2040))
    at = ["--station", str(day.station.folder)]

    assert run(["station", "retention", *at]) == 0
    assert "可以销毁" in capsys.readouterr().out
    assert run(["station", "backup", "--to", str(tmp_path / "b"), "--json", *at]) == 0
    assert json.loads(capsys.readouterr().out)["sessions"] == 1
    assert run(["station", "restore", str(tmp_path / "b"), "--station", str(tmp_path / "x")]) == 0
    assert read_settings(tmp_path / "x").retention.electronic_years == 3
