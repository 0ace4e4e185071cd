"""Long work that somebody asked for at the console: how far it is, and what came of it."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import insert, select, update

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import jobs


class JobRow(Struct, frozen=True):
    """A job; `outcome` is JSON, None while it goes on. `total` is 0 until it is known."""

    id: int
    kind: str
    who: str
    asked_at: int
    done: int
    total: int
    ended_at: int | None
    outcome: bytes | None


def begin(connection: Connection, kind: str, who: str, at: int) -> int:
    """Notes a job, and returns its number."""
    row = connection.execute(insert(jobs).values(kind=kind, who=who, asked_at=at, done=0, total=0))
    assert row.inserted_primary_key is not None
    number: int = row.inserted_primary_key[0]
    return number


def advance(connection: Connection, job: int, done: int, total: int) -> None:
    connection.execute(update(jobs).where(jobs.c.id == job).values(done=done, total=total))


def end(connection: Connection, job: int, at: int, outcome: bytes) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.id == job, jobs.c.ended_at.is_(None))
        .values(ended_at=at, outcome=outcome)
    )


def find(connection: Connection, job: int) -> JobRow | None:
    row = connection.execute(select(jobs).where(jobs.c.id == job)).one_or_none()
    return None if row is None else JobRow(**row._mapping)


def last(connection: Connection, limit: int) -> tuple[JobRow, ...]:
    """The last jobs, newest first."""
    rows = connection.execute(select(jobs).order_by(jobs.c.id.desc()).limit(limit))
    return tuple(JobRow(**row._mapping) for row in rows)


def unended(connection: Connection) -> tuple[JobRow, ...]:
    rows = connection.execute(select(jobs).where(jobs.c.ended_at.is_(None)).order_by(jobs.c.id))
    return tuple(JobRow(**row._mapping) for row in rows)
