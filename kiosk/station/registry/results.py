"""Results by package, scoring version and marking; they are added, never changed.

Of one scoring version the newest marking counts, so that is the one row given for it.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, insert, literal, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import packages, results, roster


class ResultRow(Struct, frozen=True):
    """`score` and `max_score` are exact number texts; `detail` is the whole result, CBOR. `marking` counts
    the states of people's marks from 1, 0 is before them; `pending` answers people have yet to mark."""

    package: bytes
    bank: str
    version: str
    scoring_version: int
    score: str
    max_score: str
    passed: bool
    detail: bytes
    scored_at: int
    marking: int = 0
    pending: int = 0


_ADD = insert(results)


def add(connection: Connection, row: ResultRow) -> None:
    connection.execute(_ADD, asdict(row) | {"passed": int(row.passed)})


def of_session(
    connection: Connection, session: str, candidate: str = "", *, details: bool = True
) -> tuple[ResultRow, ...]:
    """The result of every package of a session, or of one candidate, in every scoring version, by its
    newest marking; `detail` is left empty without `details`, as it is most of a result."""
    where = packages.c.session == session
    if candidate:
        where &= packages.c.candidate == candidate
    return _newest(connection, where, details=details)


def without(
    connection: Connection, session: str, exam: str, scoring_version: int
) -> tuple[tuple[bytes, bytes], ...]:
    """The packages of an exam that have no result of a scoring version, each with its terminal."""
    rows = connection.execute(
        select(packages.c.sha256, packages.c.terminal)
        .join(
            roster,
            (roster.c.session == packages.c.session) & (roster.c.candidate == packages.c.candidate),
        )
        .outerjoin(
            results,
            (results.c.package == packages.c.sha256)
            & (results.c.scoring_version == scoring_version),
        )
        .where(
            packages.c.session == session,
            packages.c.state != "quarantined",
            roster.c.exam == exam,
            results.c.package.is_(None),
        )
        .order_by(packages.c.terminal, packages.c.sha256)
    )
    return tuple((row.sha256, row.terminal) for row in rows)


def of_package(connection: Connection, package: bytes) -> tuple[ResultRow, ...]:
    """The result of one package in every scoring version, by its newest marking."""
    return _newest(connection, results.c.package == package)


def every_marking(connection: Connection, package: bytes) -> tuple[ResultRow, ...]:
    """Every result a package ever had, in the order they were made within a scoring version."""
    return _rows(connection, results.c.package == package)


def _newest(
    connection: Connection, where: ColumnElement[bool], *, details: bool = True
) -> tuple[ResultRow, ...]:
    rows = _rows(connection, where, details=details)
    return tuple({(row.package, row.scoring_version): row for row in rows}.values())


_COLUMNS = tuple(results.c[name] for name in ResultRow.__struct_fields__)
_NO_DETAILS = tuple(
    literal(b"").label("detail") if column.name == "detail" else column for column in _COLUMNS
)


def _rows(
    connection: Connection, where: ColumnElement[bool], *, details: bool = True
) -> tuple[ResultRow, ...]:
    rows = connection.execute(
        select(*(_COLUMNS if details else _NO_DETAILS))
        .join(packages, packages.c.sha256 == results.c.package)
        .where(where)
        .order_by(results.c.package, results.c.scoring_version, results.c.marking)
    )
    return tuple(ResultRow(**dict(row._mapping) | {"passed": bool(row.passed)}) for row in rows)
