"""The two databases a registry may live in, made to behave alike.

SQLite is one file: WAL, every commit on the disk before it counts. PostgreSQL (15 or later) is named by
URL and never carries a password here: libpq finds it in PGPASSFILE, a service file or the station's own
settings. What one gives the other gives too: one writer at a time, who waits at most `BUSY_S`; a reader
sees one moment; texts are ordered by code point; a whole number has 64 bits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateColumn

from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.words import mark

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import DDLCompiler

BUSY_S: float = 60
"""A writer waits so long for the one before it."""

OLDEST_POSTGRESQL = 150000
_WRITER = 0x6B696F736B
"""The advisory lock of the one writer; PostgreSQL keeps such numbers apart by database."""

_BY_CODE_POINT = ("C", "POSIX", "C.UTF-8", "C.utf8")


def database_url(named: str) -> URL:
    """The address of a registry, as SQLAlchemy takes it.

    Raises:
        InputRefused: not an address of SQLite or PostgreSQL.
    """
    try:
        url = make_url(named)
    except (ArgumentError, ValueError) as fault:
        raise _no_address(named) from fault
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise _no_address(url.render_as_string())
    return url


def shown(url: URL) -> str:
    """An address as people may see it."""
    return url.render_as_string(hide_password=True)


def open_engine(url: URL) -> Engine:
    """An engine whose connections begin as `Registry` needs it: with the option `writes` as the one
    writer, without it as a reader of one moment."""
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_S})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # Said for each session: a receipt lets a terminal delete its package, whatever the server's
    # administrator prefers; and a connection that is gone must be noticed within a minute.
    options = (
        f"-c lock_timeout={int(BUSY_S * 1000)} -c synchronous_commit=on -c timezone=UTC"
        " -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
    )
    engine = create_engine(
        url,
        connect_args={"options": options, "connect_timeout": 10, "application_name": "kiosk"},
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
    )
    event.listen(engine, "connect", _set_up_postgresql)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def require_usable(connection: Connection) -> None:
    """Checks, before the first tables are made, that a PostgreSQL database is one for a registry.

    Raises:
        NotPermitted: too old, or it orders or writes texts in another way.
    """
    if connection.dialect.name != "postgresql":
        return
    version = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if version < OLDEST_POSTGRESQL:
        raise NotPermitted(
            mark("this PostgreSQL is older than version 15"),
            where=shown(connection.engine.url),
            remedy=mark("Use a newer server"),
        )
    encoding, collation = connection.exec_driver_sql(
        "SELECT pg_encoding_to_char(encoding), "
        "CASE datlocprovider WHEN 'c' THEN datcollate ELSE datlocprovider::text END FROM pg_database "
        "WHERE datname = current_database()"
    ).one()
    if encoding != "UTF8" or collation not in _BY_CODE_POINT:
        raise NotPermitted(
            mark("this database does not order texts as a registry needs it"),
            where=shown(connection.engine.url),
            remedy=mark(
                "Make it so: createdb --template template0 --encoding UTF8 --locale C NAME"
            ),
        )


@contextmanager
def said_plainly(where: URL) -> Iterator[None]:
    """Turns what a database refuses into a `StorageFault`; a broken rule of the schema stays one.

    Raises:
        StorageFault: locked, read-only, full, damaged, or the server is gone.
    """
    try:
        yield
    except IntegrityError:
        raise  # the caller's, not the disk's
    except DBAPIError as fault:
        happened, remedy = _words_of(fault)
        first_line = str(fault.orig).strip().partition("\n")[0]
        raise StorageFault(happened, where=shown(where), remedy=remedy, fault=first_line) from fault


def _no_address(named: str) -> InputRefused:
    return InputRefused(
        mark("not the address of a database"),
        where=named,
        remedy=mark("Write it so: postgresql://USER@HOST/NAME"),
    )


@compiles(CreateColumn, "postgresql")
def _column(element: CreateColumn, compiler: DDLCompiler, **options: Any) -> str | None:
    # A migration's plain integer has 64 bits too, as SQLite's INTEGER has.
    made: str | None = compiler.visit_create_column(element, **options)  # type: ignore[no-untyped-call]
    return made and made.replace(" INTEGER", " BIGINT").replace(" SERIAL", " BIGSERIAL")


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin transactions by guessing from the statement; we say when.
    connection.isolation_level = None
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("migrates"):
        # Else a table that others point to could not be made anew; `Registry` looks afterwards.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
    # A writer takes its lock at once: one that first reads cannot then fail for having waited.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")


def _set_up_postgresql(connection: Any, _record: object) -> None:
    from psycopg.types.string import StrDumper

    class PlainDumper(StrDumper):
        """Texts as PostgreSQL can hold them: a terminal may sign what it likes."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\u2400"))

    connection.adapters.register_dumper(str, PlainDumper)


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")


_LATER = mark("Nothing half done was kept: run it again when that is mended")
_LOCKED = (
    mark("another program has been writing to the registry for too long ({fault})"),
    mark("Wait until the other import or backup is over, then run it again"),
)
_READ_ONLY = (mark("the registry may not be written to ({fault})"), _LATER)
_FULL = (mark("the registry's disk is full ({fault})"), mark("Make space, then run it again"))
_GONE = (mark("the registry's database server does not answer ({fault})"), _LATER)
_DAMAGED = (
    mark("the registry is damaged and could not be read ({fault})"),
    mark("Keep the file; bring the station back from its backup: kiosk station restore"),
)
_REFUSED = (
    mark("the registry could not be read or written ({fault})"),
    mark("Look at the disk (space, permissions); nothing half done was kept"),
)
_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
}
_POSTGRESQL = {
    "55P03": _LOCKED,  # lock_not_available
    "25006": _READ_ONLY,  # read_only_sql_transaction
    "53100": _FULL,  # disk_full
    "XX001": _DAMAGED,  # data_corrupted
    "XX002": _DAMAGED,  # index_corrupted
}


def _words_of(fault: DBAPIError) -> tuple[str, str]:
    code = getattr(fault.orig, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, _REFUSED)
    state = getattr(fault.orig, "sqlstate", None) or ""
    # 57P: the server is told to stop, or starts; without a state nothing came from it at all.
    gone = fault.connection_invalidated or not state or state[:2] == "08" or state[:3] == "57P"
    return _POSTGRESQL.get(state, _GONE if gone else _REFUSED)
