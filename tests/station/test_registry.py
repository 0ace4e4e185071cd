"""The registry's tables: made by migration, equal to what the code says, and strict."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import ProctorLog, Remark, write_log
from kiosk.errors import StorageFault
from kiosk.station import registry
from kiosk.station.registry import Registry
from kiosk.station.registry.guards import guards
from kiosk.station.registry.tables import APPEND_ONLY, metadata


def _schema(path: Path) -> dict[str, list[str]]:
    """The statement of each table, index and trigger, as parts: their order means nothing."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'"
        )
        return {name: _parts(" ".join(sql.replace('"', "").split())) for name, sql in rows}


def _parts(sql: str) -> list[str]:
    body, _, strict = sql.rpartition(" ) ")
    return [*sorted((body or sql).split(", CONSTRAINT ")), strict]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("registry") / "made.db"
    Registry(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def migrated(made_once: Path, tmp_path: Path) -> Path:
    """An empty registry, of a test's own."""
    return Path(shutil.copy(made_once, tmp_path / "migrated.db"))


def test_migrations_make_the_tables_that_the_code_names(migrated: Path, tmp_path: Path) -> None:
    declared = tmp_path / "declared.db"
    engine = create_engine(f"sqlite:///{declared}")
    with engine.begin() as connection:
        metadata.create_all(connection)
        for guard in guards("sqlite", APPEND_ONLY):
            connection.exec_driver_sql(guard)

    assert _schema(migrated) == _schema(declared)


def test_the_newest_migration_is_the_one_the_registry_opens_without_asking() -> None:
    config = Config()
    config.set_main_option("script_location", str(registry._MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [registry.HEAD]


def test_every_table_is_strict(migrated: Path) -> None:
    schema = _schema(migrated)

    assert {name for name, parts in schema.items() if parts[-1] == "STRICT"} == set(metadata.tables)


def test_a_registry_of_a_newer_program_is_left_alone(migrated: Path) -> None:
    with sqlite3.connect(migrated) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StorageFault, match="newer version"):
        Registry(f"sqlite:///{migrated}")


def test_a_damaged_registry_is_named_and_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    path.write_bytes(b"no database at all" * 100)

    with pytest.raises(StorageFault, match="could not be read"):
        Registry(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"no database")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_what_only_grows_can_neither_change_nor_go(migrated: Path, table: str, act: str) -> None:
    with sqlite3.connect(migrated) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        types = {row[1]: row[2] for row in connection.execute(f"PRAGMA table_info({table})")}
        sample = {"INTEGER": 0, "TEXT": "x", "BLOB": b"x"}
        marks = ", ".join("?" for _ in columns)
        connection.execute(
            f"INSERT INTO {table} VALUES ({marks})", [sample[types[column]] for column in columns]
        )
        statement = (
            f"UPDATE {table} SET {columns[-1]} = {columns[-1]}"
            if act == "UPDATE"
            else f"DELETE FROM {table}"
        )
        with pytest.raises(sqlite3.IntegrityError, match="only ever grows"):
            connection.execute(statement)


def test_the_log_takes_no_leaf_out_of_order(migrated: Path) -> None:
    with sqlite3.connect(migrated) as connection:
        connection.execute("INSERT INTO leaves VALUES (0, ?, ?, 0)", (b"a", b"a"))
        with pytest.raises(sqlite3.IntegrityError, match="no gaps"):
            connection.execute("INSERT INTO leaves VALUES (2, ?, ?, 0)", (b"b", b"b"))


def test_packages_results_leaves_and_receipts_outlast_the_migrations(
    tmp_path: Path,
) -> None:
    path = tmp_path / "station.db"
    config = Config()
    config.set_main_option("script_location", str(registry._MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    with sqlite3.connect(path) as connection:
        for statement in (
            "INSERT INTO parties VALUES (x'01', 'author', 'a', x'', 0, NULL)",
            "INSERT INTO banks VALUES ('b', '1', 'd', x'01', 0, x'', 'f', 0)",
            "INSERT INTO scorings VALUES ('b', '1', 1, x'', 'f', 0)",
            "INSERT INTO packages VALUES (zeroblob(32), x'01', 1, 's', NULL, NULL, NULL, 'quarantined', '', 0)",
            "INSERT INTO leaves VALUES (0, x'0a', zeroblob(32), 5)",
            "INSERT INTO checkpoints VALUES (1, 'note', 5)",
            "INSERT INTO receipts VALUES (0, 1, x'0c')",
            "INSERT INTO results VALUES (zeroblob(32), 'b', '1', 1, '60', '100', 1, x'0d', 7)",
        ):
            connection.execute(statement)

    Registry(f"sqlite:///{path}").close()

    with sqlite3.connect(path) as connection:
        (result,) = connection.execute("SELECT marking, pending, score, scored_at FROM results")
        assert result == (0, 0, "60", 7)
        assert connection.execute("SELECT * FROM leaves").fetchall() == [(0, b"\x0a", bytes(32), 5)]
        assert connection.execute("SELECT position FROM receipts").fetchall() == [(0,)]
        assert connection.execute("SELECT sha256, state FROM packages").fetchall() == [
            (bytes(32), "quarantined")
        ]
        assert not connection.execute("PRAGMA foreign_key_check").fetchall()


def test_logs_that_came_before_tell_who_was_absent(tmp_path: Path) -> None:
    path = tmp_path / "station.db"
    config = Config()
    config.set_main_option("script_location", str(registry._MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
    keys = PrivateKeys.generate(Role.PROCTOR, "李监考")
    remarks = (Remark(5, "20260007", "absent", ""), Remark(5, "20260008", "late", ""))
    log = write_log(ProctorLog("s", keys.record.kid, 5, (), remarks, {}), keys)
    kid = keys.record.kid
    with sqlite3.connect(path) as connection:
        for statement, values in (
            ("INSERT INTO parties VALUES (?, 'proctor', 'a', x'', 0, NULL)", (kid,)),
            ("INSERT INTO rounds VALUES ('r', 0)", ()),
            ("INSERT INTO sessions VALUES ('s','r','x',0,1,x'',x'','f','g',0,NULL)", ()),
            ("INSERT INTO proctor_logs VALUES (x'01', 's', ?, 5, ?, 6)", (kid, log)),
        ):
            connection.execute(statement, values)

    Registry(f"sqlite:///{path}").close()

    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT * FROM absences").fetchall()
    assert rows == [(b"\x01", "s", "20260007", kid)]
