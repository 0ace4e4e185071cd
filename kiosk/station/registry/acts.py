"""What people at the station did to results, and what of it holds now. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, insert, select

from kiosk.station.registry import Connection, log
from kiosk.station.registry.tables import acts, corrections, rescorings, result_states


class ActRow(Struct, frozen=True):
    """Who did what to a session's results, when and why; `content` is the whole of it, CBOR, and `leaf`
    its hash in the log."""

    kind: str
    session: str
    made_by: str
    reason: str
    content: bytes
    leaf: bytes
    made_at: int


class StateRow(Struct, frozen=True):
    """The state that an act gave a candidate's result; `until` is when its time ends, or None."""

    candidate: str
    state: str
    until: int | None
    kind: str = ""
    made_by: str = ""
    reason: str = ""
    made_at: int = 0


def add(connection: Connection, row: ActRow) -> int:
    """Writes an act with its leaf in the log; returns its number."""
    log.append(connection, row.leaf, None, row.made_at)
    made = connection.execute(insert(acts).values(asdict(row)))
    assert made.inserted_primary_key is not None
    number: int = made.inserted_primary_key[0]
    return number


def of_session(connection: Connection, session: str) -> tuple[ActRow, ...]:
    """Every act on the results of a session, oldest first."""
    columns = [column for column in acts.c if column.name != "id"]
    rows = connection.execute(select(*columns).where(acts.c.session == session).order_by(acts.c.id))
    return tuple(ActRow(**row._mapping) for row in rows)


def add_rescorings(
    connection: Connection, act: int, exams: Iterable[tuple[str, str]], scoring_version: int
) -> None:
    """Lets exams (session, exam) go by another scoring version from now on."""
    rows = [
        {"act": act, "session": session, "exam": exam, "scoring_version": scoring_version}
        for session, exam in exams
    ]
    connection.execute(insert(rescorings), rows)


def add_states(connection: Connection, act: int, session: str, rows: Iterable[StateRow]) -> None:
    """Gives candidates' results a state each."""
    connection.execute(
        insert(result_states),
        [
            {
                "act": act,
                "session": session,
                "candidate": row.candidate,
                "state": row.state,
                "until": row.until,
            }
            for row in rows
        ],
    )


def history(connection: Connection, session: str, candidate: str = "") -> tuple[StateRow, ...]:
    """Every state that any result of a session was given, or one candidate's, oldest first."""
    query = (
        select(
            result_states.c.candidate,
            result_states.c.state,
            result_states.c.until,
            acts.c.kind,
            acts.c.made_by,
            acts.c.reason,
            acts.c.made_at,
        )
        .join(acts, acts.c.id == result_states.c.act)
        .where(result_states.c.session == session)
        .order_by(result_states.c.act, result_states.c.candidate)
    )
    if candidate:
        query = query.where(result_states.c.candidate == candidate)
    return tuple(StateRow(**row._mapping) for row in connection.execute(query))


class Counted(Struct, frozen=True):
    """How many results of a session are in a state, and when the first of their times ends."""

    session: str
    state: str
    n: int
    until: int | None


def counts(connection: Connection) -> tuple[Counted, ...]:
    """Of every session: how many results were last given which state."""
    last = (
        select(
            result_states.c.session,
            result_states.c.candidate,
            func.max(result_states.c.act).label("act"),
        )
        .group_by(result_states.c.session, result_states.c.candidate)
        .subquery()
    )
    rows = connection.execute(
        select(
            result_states.c.session,
            result_states.c.state,
            func.count().label("n"),
            func.min(result_states.c.until).label("until"),
        )
        .join(
            last,
            (last.c.session == result_states.c.session)
            & (last.c.candidate == result_states.c.candidate)
            & (last.c.act == result_states.c.act),
        )
        .group_by(result_states.c.session, result_states.c.state)
        .order_by(result_states.c.session, result_states.c.state)
    )
    return tuple(Counted(**row._mapping) for row in rows)


def states(connection: Connection, session: str, candidate: str = "") -> dict[str, StateRow]:
    """By candidate: the state that was given last."""
    return {row.candidate: row for row in history(connection, session, candidate)}


def correct(connection: Connection, act: int, session: str, candidate: str, name: str) -> None:
    """Notes another name for a candidate."""
    connection.execute(
        insert(corrections).values(act=act, session=session, candidate=candidate, name=name)
    )


def names(connection: Connection, session: str) -> dict[str, str]:
    """By candidate: the name as it was corrected last."""
    rows = connection.execute(
        select(corrections.c.candidate, corrections.c.name)
        .where(corrections.c.session == session)
        .order_by(corrections.c.act)
    )
    return {row.candidate: row.name for row in rows}
