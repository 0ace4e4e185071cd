"""What people decided about packages of one sitting that contradict each other. Decisions are added, never
changed; the last one of a sitting stands, until another package contradicts them all."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Select, insert, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import acts, decisions


class DecisionRow(Struct, frozen=True):
    """Which package counts, or None where neither does; by whose act, when and why."""

    act: int
    candidate: str
    package: bytes | None
    made_by: str
    reason: str
    made_at: int


def add(
    connection: Connection, act: int, session: str, candidate: str, package: bytes | None
) -> None:
    connection.execute(
        insert(decisions).values(act=act, session=session, candidate=candidate, package=package)
    )


def of_sitting(connection: Connection, session: str, candidate: str) -> tuple[DecisionRow, ...]:
    """Every decision about one candidate's packages, oldest first."""
    return _rows(connection, _of(session).where(decisions.c.candidate == candidate))


def last_of(connection: Connection, session: str) -> dict[str, DecisionRow]:
    """By candidate: the decision that was made last."""
    return {row.candidate: row for row in _rows(connection, _of(session))}


def _of(session: str) -> Select[tuple[object, ...]]:
    return (
        select(
            decisions.c.act,
            decisions.c.candidate,
            decisions.c.package,
            acts.c.made_by,
            acts.c.reason,
            acts.c.made_at,
        )
        .join(acts, acts.c.id == decisions.c.act)
        .where(decisions.c.session == session)
        .order_by(decisions.c.act)
    )


def _rows(connection: Connection, query: Select[tuple[object, ...]]) -> tuple[DecisionRow, ...]:
    return tuple(DecisionRow(**row._mapping) for row in connection.execute(query))
