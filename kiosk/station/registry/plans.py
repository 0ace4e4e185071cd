"""What is planned: banks and their scoring versions, rounds, sessions with their roster."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, FromClause, delete, func, insert, select, update

from kiosk.errors import InputRefused
from kiosk.station.registry import Connection
from kiosk.station.registry.tables import (
    banks,
    exams,
    rescorings,
    reserves,
    roster,
    rounds,
    scorings,
    session_terminals,
    sessions,
)
from kiosk.words import mark

AMENDED = 1000
"""A scoring version from here on is the station's: 2003 is the author's version 3, amended for the second
time. So an author's next version never has the number of an amendment."""


class BankRow(Struct, frozen=True):
    """An admitted bank; `file` is its name in the station's `banks/`."""

    bank: str
    version: str
    discipline: str
    author: bytes
    sealed_at: int
    image_sha256: bytes
    file: str
    admitted_at: int


class ScoringRow(Struct, frozen=True):
    """An admitted scoring version; `file` is its name in the station's `scoring/`."""

    bank: str
    version: str
    scoring_version: int
    sha256: bytes
    file: str
    admitted_at: int


class SessionRow(Struct, frozen=True):
    """A session; `sealed_key` is K_s sealed to the station's opening key."""

    id: str
    round: str
    room: str
    opens_at: int
    closes_at: int
    sha256: bytes
    sealed_key: bytes
    file: str
    release_file: str
    planned_at: int
    published_at: int | None = None


class ExamRow(Struct, frozen=True):
    """An exam of a session; `scoring_version` is the one it goes by now."""

    session: str
    exam: str
    level: str
    bank: str
    version: str
    scoring_version: int
    blueprint: bytes


class RosterRow(Struct, frozen=True):
    session: str
    candidate: str
    name: str
    exam: str
    seat: str | None
    unit: str = ""


def add_bank(connection: Connection, row: BankRow) -> None:
    connection.execute(insert(banks).values(asdict(row)))


def add_scoring(connection: Connection, row: ScoringRow) -> None:
    connection.execute(insert(scorings).values(asdict(row)))


def bank_versions(connection: Connection, bank: str) -> tuple[BankRow, ...]:
    """Every admitted version of a bank, the newest last."""
    rows = connection.execute(
        select(banks).where(banks.c.bank == bank).order_by(banks.c.sealed_at, banks.c.version)
    )
    return tuple(BankRow(**row._mapping) for row in rows)


def every_bank(connection: Connection) -> tuple[BankRow, ...]:
    rows = connection.execute(select(banks).order_by(banks.c.bank, banks.c.sealed_at))
    return tuple(BankRow(**row._mapping) for row in rows)


def find_bank(connection: Connection, bank: str, version: str) -> BankRow | None:
    return next((row for row in bank_versions(connection, bank) if row.version == version), None)


def scoring_versions(connection: Connection, bank: str, version: str) -> tuple[ScoringRow, ...]:
    """Every scoring version of a bank version that its author made and the station admitted, the newest
    last; not those with amendments."""
    rows = connection.execute(
        select(scorings)
        .where(
            scorings.c.bank == bank,
            scorings.c.version == version,
            scorings.c.scoring_version < AMENDED,
        )
        .order_by(scorings.c.scoring_version)
    )
    return tuple(ScoringRow(**row._mapping) for row in rows)


def amended_versions(connection: Connection, bank: str, version: str) -> tuple[ScoringRow, ...]:
    """Every amended scoring version of a bank version; `file` holds its amendments."""
    rows = connection.execute(
        select(scorings)
        .where(
            scorings.c.bank == bank,
            scorings.c.version == version,
            scorings.c.scoring_version >= AMENDED,
        )
        .order_by(scorings.c.scoring_version)
    )
    return tuple(ScoringRow(**row._mapping) for row in rows)


def add_session(
    connection: Connection,
    session: SessionRow,
    session_exams: Iterable[ExamRow],
    terminals: Iterable[tuple[bytes, str | None]],
    candidates: Iterable[RosterRow],
    reserve_numbers: Iterable[str] = (),
) -> None:
    """Writes a session with all that belongs to it; `terminals` are kids with their seats,
    `reserve_numbers` those of the candidates who are nobody yet."""
    known = connection.execute(select(rounds.c.id).where(rounds.c.id == session.round)).first()
    if known is None:
        connection.execute(insert(rounds).values(id=session.round, created_at=session.planned_at))
    connection.execute(insert(sessions).values(asdict(session)))
    connection.execute(insert(exams), [asdict(row) for row in session_exams])
    connection.execute(
        insert(session_terminals),
        [{"session": session.id, "terminal": kid, "seat": seat} for kid, seat in terminals],
    )
    connection.execute(insert(roster), [asdict(row) for row in candidates])
    for number in reserve_numbers:
        connection.execute(insert(reserves).values(session=session.id, candidate=number))


def remove_session(connection: Connection, session: str) -> None:
    """Takes an unpublished session out again, for a corrected plan to take its place."""
    for table in (reserves, roster, session_terminals, exams):
        connection.execute(delete(table).where(table.c.session == session))
    connection.execute(delete(sessions).where(sessions.c.id == session))


def mark_published(connection: Connection, session: str, at: int) -> None:
    """Notes when a session first left the station."""
    connection.execute(
        update(sessions)
        .where(sessions.c.id == session, sessions.c.published_at.is_(None))
        .values(published_at=at)
    )


def every_session(connection: Connection) -> tuple[SessionRow, ...]:
    rows = connection.execute(select(sessions).order_by(sessions.c.opens_at, sessions.c.id))
    return tuple(SessionRow(**row._mapping) for row in rows)


def find_session(connection: Connection, session: str) -> SessionRow | None:
    row = connection.execute(select(sessions).where(sessions.c.id == session)).one_or_none()
    return None if row is None else SessionRow(**row._mapping)


def require_session(connection: Connection, session: str) -> SessionRow:
    """The session's row.

    Raises:
        InputRefused: there is no such session.
    """
    row = find_session(connection, session)
    if row is None:
        raise InputRefused(
            mark("there is no session {session} here"),
            remedy=mark("This station has planned: {known}"),
            session=session,
            known=[found.id for found in every_session(connection)] or mark("none yet"),
        )
    return row


def sessions_by_terminal(connection: Connection) -> dict[bytes, tuple[str, ...]]:
    """The sessions each terminal is listed in."""
    found: dict[bytes, tuple[str, ...]] = {}
    query = select(session_terminals.c.terminal, session_terminals.c.session)
    for kid, session in connection.execute(query.order_by(session_terminals.c.session)):
        found[kid] = (*found.get(kid, ()), session)
    return found


def terminals_of(connection: Connection, session: str) -> tuple[bytes, ...]:
    """The kids of a session's terminals."""
    query = select(session_terminals.c.terminal).where(session_terminals.c.session == session)
    return tuple(connection.execute(query).scalars())


def exams_of(connection: Connection, session: str) -> tuple[ExamRow, ...]:
    return _exams(connection, exams.c.session == session)


def exams_of_bank(connection: Connection, bank: str) -> tuple[ExamRow, ...]:
    """Every planned exam of a bank, of any version of it."""
    return _exams(connection, exams.c.bank == bank)


def _exams(connection: Connection, where: ColumnElement[bool]) -> tuple[ExamRow, ...]:
    newest = (
        select(rescorings.c.session, rescorings.c.exam, func.max(rescorings.c.act).label("act"))
        .group_by(rescorings.c.session, rescorings.c.exam)
        .subquery()
    )
    rows = connection.execute(
        select(exams, rescorings.c.scoring_version.label("rescored"))
        .outerjoin(newest, _same_exam(newest))
        .outerjoin(rescorings, _same_exam(rescorings) & (rescorings.c.act == newest.c.act))
        .where(where)
        .order_by(exams.c.session, exams.c.exam)
    )
    found = []
    for row in rows:
        told = dict(row._mapping)
        rescored = told.pop("rescored")
        found.append(ExamRow(**told | ({} if rescored is None else {"scoring_version": rescored})))
    return tuple(found)


def _same_exam(other: FromClause) -> ColumnElement[bool]:
    return (other.c.session == exams.c.session) & (other.c.exam == exams.c.exam)


def roster_of(connection: Connection, session: str, candidate: str = "") -> tuple[RosterRow, ...]:
    """The roster of a session by number, or one candidate's line of it."""
    query = select(roster).where(roster.c.session == session).order_by(roster.c.candidate)
    if candidate:
        query = query.where(roster.c.candidate == candidate)
    return tuple(RosterRow(**row._mapping) for row in connection.execute(query))


def units_of_round(connection: Connection, session: str) -> dict[str, str]:
    """The unit of each candidate of a session's round whose roster says one, by number."""
    around = select(sessions.c.round).where(sessions.c.id == session).scalar_subquery()
    rows = connection.execute(
        select(roster.c.candidate, roster.c.unit)
        .join(sessions, sessions.c.id == roster.c.session)
        .where(sessions.c.round == around, roster.c.unit != "")
        .order_by(sessions.c.opens_at, sessions.c.id)
    )
    return {row.candidate: row.unit for row in rows}


def reserves_of(connection: Connection, session: str) -> frozenset[str]:
    """The numbers of a roster that are reserve numbers."""
    query = select(reserves.c.candidate).where(reserves.c.session == session)
    return frozenset(connection.execute(query).scalars())


def booked_terminals(
    connection: Connection, opens_at: int, closes_at: int, but_not: str
) -> dict[bytes, str]:
    """Terminals of other sessions whose window overlaps, with the session that has them."""
    rows = connection.execute(
        select(session_terminals.c.terminal, session_terminals.c.session)
        .join(sessions, sessions.c.id == session_terminals.c.session)
        .where(
            sessions.c.opens_at < closes_at,
            sessions.c.closes_at > opens_at,
            sessions.c.id != but_not,
        )
    )
    return {row.terminal: row.session for row in rows}
