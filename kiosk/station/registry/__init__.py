"""The station's one database: opened here, asked by topic in the modules beside.

Nothing outside this package writes SQL. `Registry.reading()` and `Registry.writing()` give a
connection inside one transaction; the functions of `parties`, `plans`, `packages`, `log` and
`results` take it. `databases` knows SQLite from PostgreSQL; nothing else does.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from kiosk.errors import StorageFault
from kiosk.station.registry.copying import copy_rows
from kiosk.station.registry.databases import (
    database_url,
    open_engine,
    require_usable,
    said_plainly,
    shown,
)
from kiosk.words import mark

__all__ = ["HEAD", "Connection", "IntegrityError", "Registry", "database_url"]

HEAD = "0011"
"""The newest migration; checked against the scripts by a test, so that opening needs no Alembic."""

_MIGRATIONS = Path(__file__).with_name("migrations")


class Registry:
    """The open database."""

    def __init__(self, url: str) -> None:
        """Opens the database at `url` (SQLite or PostgreSQL) and brings its tables up to date.

        Raises:
            InputRefused: `url` is none.
            NotPermitted: a PostgreSQL database that is not fit for a registry.
            StorageFault: it cannot be opened, is damaged, or is newer than this program.
        """
        self.url = database_url(url)
        self._engine = open_engine(self.url)
        self._bring_up_to_date()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database.

        Raises:
            StorageFault: it cannot be read.
        """
        with said_plainly(self.url), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection in one transaction: all of it is kept, or nothing. There is one writer at a
        time, who sees all that the one before wrote.

        Raises:
            StorageFault: it was not taken (locked, read-only, full, the server is gone).
        """
        with self._transaction(writes=True) as connection:
            yield connection

    def copy_to(self, path: Path) -> None:
        """Writes this moment of the registry to `path`, as SQLite, while others go on writing here."""
        if self.url.drivername != "sqlite":
            other = Registry(f"sqlite:///{path}")
            with self.reading() as source, other.writing() as target:
                copy_rows(source, target)
            other.close()
            return
        target_file = sqlite3.connect(path)
        with said_plainly(self.url):
            source_file = self._engine.raw_connection()
            source_file.driver_connection.backup(target_file)  # type: ignore[union-attr]
            source_file.close()
        target_file.close()

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _transaction(self, **options: bool) -> Iterator[Connection]:
        # Each statement of a writer sees what is there once its turn has come, not when it asked.
        isolation = {} if self.url.drivername == "sqlite" else {"isolation_level": "READ COMMITTED"}
        with (
            said_plainly(self.url),
            self._engine.connect().execution_options(**options, **isolation) as connection,
            connection.begin(),
        ):
            yield connection

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            found = _version(connection)
        if found == HEAD:
            return
        if found is not None and found > HEAD:
            raise StorageFault(
                mark("the registry was written by a newer version of this program"),
                where=shown(self.url),
                remedy=mark("Install that version here too"),
            )
        self._migrate()

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self._transaction(writes=True, migrates=True) as connection:
            found = _version(connection)
            if found == HEAD:
                return  # another process was first
            if found is None:
                require_usable(connection)
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
            if self.url.drivername == "sqlite":
                loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                if loose is not None:
                    raise StorageFault(
                        mark("the registry could not be brought up to date: rows point nowhere"),
                        where=shown(self.url),
                        remedy=mark("Nothing was changed; send the file to the maintainers"),
                    )
        self._engine.dispose()  # the next connection minds foreign keys again


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
