"""Two databases, one registry: what holds on SQLite holds on PostgreSQL, and what fails is said plainly."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, inspect

from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.station.home import Station
from kiosk.station.registry import IntegrityError, Registry, databases, log, packages
from kiosk.station.registry.copying import copy_rows, row_counts
from kiosk.station.registry.databases import database_url
from kiosk.station.registry.guards import guards
from kiosk.station.registry.packages import SeenFile
from kiosk.station.registry.tables import APPEND_ONLY, leaves, metadata
from kiosk.station.results import session_results
from kiosk.station.settings import FILE, read_settings, write_database
from kiosk.words import said
from tests import postgres
from tests.postgres import Cluster
from tests.station.builders import NOW, SESSION, a_day


def _seen(name: str, at: int = 0) -> SeenFile:
    return SeenFile(b"x" * 32, name, "imported", "", "", at)


def _schema(address: str) -> dict[str, object]:
    """What PostgreSQL says of every table: columns, keys, checks and indexes."""
    engine = create_engine(database_url(address))
    seen = inspect(engine)
    schema = {}
    for table in metadata.tables:
        columns = {
            str(one["name"]): (str(one["type"]), one["nullable"]) for one in seen.get_columns(table)
        }
        rules = [
            *seen.get_check_constraints(table),
            *seen.get_foreign_keys(table),
            *seen.get_unique_constraints(table),
            *seen.get_indexes(table),
            seen.get_pk_constraint(table),
        ]
        schema[table] = (columns, sorted(map(str, rules)))
    engine.dispose()
    return schema


def _triggers(address: str) -> set[str]:
    engine = create_engine(database_url(address))
    with engine.connect() as connection:
        found = set(
            connection.exec_driver_sql(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            ).scalars()
        )
    engine.dispose()
    return found


def test_migrations_make_on_postgresql_what_the_code_names(
    cluster: Cluster, empty_registry: str
) -> None:
    declared, migrated = cluster.new(), cluster.new(like=empty_registry)
    engine = create_engine(database_url(declared))
    with engine.begin() as connection:
        metadata.create_all(connection)
        for guard in guards("postgresql", APPEND_ONLY):
            connection.exec_driver_sql(guard)
    engine.dispose()

    assert _schema(migrated) == _schema(declared)
    assert _triggers(migrated) == _triggers(declared)
    assert {f"{table}_only_grows" for table in APPEND_ONLY} <= _triggers(migrated)


def test_a_record_neither_changes_nor_goes_and_the_log_has_no_gap(registry: Registry) -> None:
    with registry.writing() as connection:
        log.add_checkpoint(connection, 1, "note", 0)
    for statement in ("UPDATE checkpoints SET note = 'other'", "DELETE FROM checkpoints"):
        with (
            pytest.raises(IntegrityError, match="only ever grows"),
            registry.writing() as connection,
        ):
            connection.exec_driver_sql(statement)
    late = {"position": 1, "leaf": b"leaf", "package": b"package", "logged_at": 0}
    with pytest.raises(IntegrityError, match="no gaps"), registry.writing() as connection:
        connection.execute(insert(leaves).values(late))


def test_what_a_room_may_write_is_taken_by_both(registry: Registry) -> None:
    with registry.writing() as connection:
        packages.see(connection, _seen("期末\0😀'%s:x", 2**40))

    with registry.reading() as connection:
        (found,) = packages.seen(connection)
    assert (found.name.replace("\u2400", "\0"), found.seen_at) == ("期末\0😀'%s:x", 2**40)


def test_a_second_writer_waits_for_the_first_and_sees_what_it_wrote(registry: Registry) -> None:
    seen: list[int] = []

    def second() -> None:
        with registry.writing() as connection:
            seen.append(len(packages.seen(connection)))
            packages.see(connection, _seen("second"))

    with registry.writing() as connection:
        other = threading.Thread(target=second)
        other.start()
        other.join(0.1)
        assert other.is_alive()
        packages.see(connection, _seen("first"))
    other.join()
    assert seen == [1]


def test_a_reader_sees_one_moment(registry: Registry) -> None:
    with registry.reading() as reader:
        before = len(packages.seen(reader))
        with registry.writing() as connection:
            packages.see(connection, _seen("later"))
        assert len(packages.seen(reader)) == before


def test_a_registry_that_is_locked_for_too_long_is_said_in_both_languages(
    both_databases: str,
    cluster: Cluster,
    empty_registry: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(databases, "BUSY_S", 0.1)
    address = (
        f"sqlite:///{tmp_path / 'r.db'}"
        if both_databases == "sqlite"
        else cluster.new(like=empty_registry)
    )
    first, second = Registry(address), Registry(address)

    with first.writing() as connection:
        packages.see(connection, _seen("first"))
        with pytest.raises(StorageFault) as caught, second.writing() as connection:
            packages.see(connection, _seen("second"))

    _require_both_languages(caught.value, "another program has been writing")
    with first.reading() as connection:
        assert [file.name for file in packages.seen(connection)] == ["first"]
    first.close()
    second.close()


def _require_both_languages(fault: KioskError, english: str) -> None:
    happened, remedy = said(fault, "en")
    assert english in happened
    assert {happened, remedy} & set(said(fault, "zh-CN")) == set()


def test_a_registry_that_may_only_be_read_is_read_and_says_so(
    both_databases: str, cluster: Cluster, empty_registry: str, tmp_path: Path
) -> None:
    if both_databases == "sqlite":
        Registry(f"sqlite:///{tmp_path / 'r.db'}").close()
        address = f"sqlite:///file:{tmp_path / 'r.db'}?mode=ro&uri=true"
    else:
        address = cluster.new(like=empty_registry)
        name = database_url(address).database
        cluster.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    registry = Registry(address)

    with pytest.raises(StorageFault) as caught, registry.writing() as connection:
        packages.see(connection, _seen("x"))
    _require_both_languages(caught.value, "may not be written to")
    with registry.reading() as connection:
        assert packages.seen(connection) == ()
    registry.close()


def test_a_server_that_is_restarted_loses_nothing_and_the_import_goes_on(
    tmp_path: Path, cluster: Cluster, on_postgresql: None
) -> None:
    day = a_day(tmp_path)
    files = [day.file("P.package", day.sit(f"2026000{n}")) for n in (1, 2)]
    day.import_(files[0])

    cluster.stop()
    with pytest.raises(StorageFault) as caught:
        day.import_(files[1])
    _require_both_languages(caught.value, "does not answer")
    cluster.run()

    report = day.import_(*files)
    assert (report.imported, report.duplicate) == (1, 1)
    day.station.close()


@pytest.mark.parametrize(
    "options", [{"LOCALE_PROVIDER": "icu", "ICU_LOCALE": "'zh'"}, {"ENCODING": "LATIN1"}]
)
def test_a_database_that_orders_texts_otherwise_is_refused(
    cluster: Cluster, options: dict[str, str]
) -> None:
    with pytest.raises(NotPermitted, match="order texts"):
        Registry(cluster.new(**options))


@pytest.mark.parametrize("named", ["mysql://x/y", "nonsense", "/var/lib/kiosk", ""])
def test_what_is_no_address_is_refused(named: str) -> None:
    with pytest.raises(InputRefused, match="not the address of a database"):
        Registry(named)


def test_a_password_stands_in_no_argument_and_in_no_file_that_others_read(tmp_path: Path) -> None:
    with pytest.raises(NotPermitted, match="password"):
        Station.create(tmp_path, "x", now=NOW, database="postgresql://kiosk:geheim@db/station")
    assert not (tmp_path / "keys").exists()
    file = tmp_path / FILE
    file.write_text('database = "postgresql://kiosk:geheim@db/station"\n')
    file.chmod(0o644)
    with pytest.raises(NotPermitted, match="password"):
        read_settings(tmp_path)
    file.chmod(0o600)
    assert read_settings(tmp_path).database.endswith("@db/station")


def test_no_message_shows_a_password(tmp_path: Path) -> None:
    with pytest.raises(StorageFault) as caught:
        Registry("postgresql://kiosk:geheim@/x?host=/nonexistent")

    assert "geheim" not in str(caught.value)
    assert "does not answer" in str(caught.value)


def test_settings_that_nobody_knows_are_refused_with_their_name(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("databse = 'x'\n")

    with pytest.raises(InputRefused, match="databse"):
        read_settings(tmp_path)


def test_a_station_made_on_postgresql_needs_an_empty_database(
    tmp_path: Path, cluster: Cluster
) -> None:
    address = cluster.new()
    Station.create(tmp_path / "one", "一号", now=NOW, database=address).close()

    with pytest.raises(NotPermitted, match="another station"):
        Station.create(tmp_path / "two", "二号", now=NOW, database=address)
    station = Station.open(tmp_path / "one")
    assert station.trust().authority.records
    assert not (tmp_path / "one" / "station.db").exists()
    station.close()


def test_a_registry_moves_to_the_other_database_and_goes_on_there(
    tmp_path: Path, cluster: Cluster, empty_registry: str
) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"), day.sit("20260002", right=1))
    before, address = session_results(day.station, SESSION), cluster.new(like=empty_registry)
    target = Registry(address)
    with day.station.registry.reading() as old, target.writing() as new:
        copied = copy_rows(old, new)
        assert row_counts(new) == row_counts(old)
    target.close()
    day.station.close()
    write_database(day.station.folder, address)
    day.station = Station.open(day.station.folder)

    assert copied > 20
    assert session_results(day.station, SESSION) == before
    assert day.import_(day.sit("20260003")).imported == 1
    day.station.close()


def test_what_a_killed_test_run_left_goes_and_what_a_running_one_needs_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "home", lambda: tmp_path)
    ended = subprocess.Popen(["true"])
    ended.wait()
    left, needed, foreign = (
        tmp_path / name
        for name in (f"kiosk-pg-{ended.pid}-x", f"kiosk-pg-{os.getpid()}-x", "pg-1-x")
    )
    for folder in (left, needed, foreign):
        (folder / "data").mkdir(parents=True)

    postgres.clear_left()

    assert sorted(tmp_path.iterdir()) == sorted([needed, foreign])
