"""Results by package and scoring version; they are added, never changed."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import insert, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import packages, results


class ResultRow(Struct, frozen=True):
    """`score` and `max_score` are exact number texts; `detail` is the whole result, CBOR."""

    package: bytes
    bank: str
    version: str
    scoring_version: int
    score: str
    max_score: str
    passed: bool
    detail: bytes
    scored_at: int


_ADD = insert(results)


def add(connection: Connection, row: ResultRow) -> None:
    connection.execute(_ADD, asdict(row) | {"passed": int(row.passed)})


def of_session(connection: Connection, session: str) -> tuple[ResultRow, ...]:
    """Every result of every package of a session, all scoring versions."""
    rows = connection.execute(
        select(results)
        .join(packages, packages.c.sha256 == results.c.package)
        .where(packages.c.session == session)
        .order_by(results.c.package, results.c.scoring_version)
    )
    return tuple(ResultRow(**dict(row._mapping) | {"passed": bool(row.passed)}) for row in rows)
