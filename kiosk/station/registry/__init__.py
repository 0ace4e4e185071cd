"""The station's one database: opened here, asked by topic in the modules beside.

Nothing outside this package writes SQL. `Registry.reading()` and `Registry.writing()` give a
connection inside one transaction; the functions of `parties`, `plans`, `packages`, `log` and
`results` take it. SQLite by default (WAL, every commit on the disk before it counts, because a
receipt lets a terminal delete its package).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from kiosk.errors import StorageFault

__all__ = ["HEAD", "Connection", "IntegrityError", "Registry"]

HEAD = "0004"
"""The newest migration; checked against the scripts by a test, so that opening needs no Alembic."""

_MIGRATIONS = Path(__file__).with_name("migrations")
_BUSY_S = 60


class Registry:
    """The open database."""

    def __init__(self, url: str) -> None:
        """Opens the database at an SQLAlchemy `url` and brings its tables up to date.

        Raises:
            StorageFault: it cannot be opened, is damaged, or is newer than this program.
        """
        self._engine = _engine(url)
        try:
            self._bring_up_to_date(url)
        except DBAPIError as fault:
            raise _storage_fault(fault, url) from fault

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in one transaction: all of it is kept, or nothing.

        Raises:
            StorageFault: the disk did not take it.
        """
        try:
            with (
                self._engine.connect().execution_options(writes=True) as connection,
                connection.begin(),
            ):
                yield connection
        except IntegrityError:
            raise  # a broken rule of the schema is the caller's, not the disk's
        except DBAPIError as fault:
            raise _storage_fault(fault, str(self._engine.url)) from fault

    def close(self) -> None:
        self._engine.dispose()

    def _bring_up_to_date(self, url: str) -> None:
        with self.reading() as connection:
            found = _version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StorageFault(
                "the registry was written by a newer version of this program",
                where=url,
                remedy="Install that version here too",
            )
        self._migrate()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self.writing() as connection:
            if _version(connection) == HEAD:
                return  # another process was first
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": _BUSY_S})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by guessing from the statement; we say when.
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: one that first reads cannot then fail for having waited.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _storage_fault(fault: DBAPIError, where: str) -> StorageFault:
    return StorageFault(
        f"the registry could not be read or written: {fault.orig}",
        where=where,
        remedy="Look at the disk (space, permissions); nothing half done was kept",
    )
