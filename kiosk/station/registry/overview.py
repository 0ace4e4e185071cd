"""Figures over many sessions, and one session's seats: counted where the rows are."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, bindparam, distinct, func, select

from kiosk.station.registry import Connection
from kiosk.station.registry.tables import (
    acts,
    packages,
    parties,
    reserves,
    results,
    roster,
    sessions,
)


class SessionFigures(Struct, frozen=True):
    """One session of a list. `roster` leaves reserve numbers out; `came` counts sittings that are
    recorded, `conflict` those that contradict themselves, `quarantined` packages."""

    id: str
    round: str
    room: str
    opens_at: int
    closes_at: int
    published_at: int | None
    roster: int
    came: int
    conflict: int
    quarantined: int


class QuarantinedRow(Struct, frozen=True):
    """A package whose terminal vouches for it, and which was refused."""

    sha256: bytes
    terminal: str
    number: int
    session: str
    reason: str
    received_at: int


def session_figures(connection: Connection) -> tuple[SessionFigures, ...]:
    """Every session, the latest first."""
    people: dict[str, int] = {
        row.session: row.people
        for row in connection.execute(
            select(roster.c.session, func.count().label("people"))
            .outerjoin(
                reserves,
                (reserves.c.session == roster.c.session)
                & (reserves.c.candidate == roster.c.candidate),
            )
            .where(reserves.c.candidate.is_(None))
            .group_by(roster.c.session)
        )
    }
    came: dict[tuple[str, str], int] = {}
    # A quarantined package names no candidate, so it is counted by itself.
    counted = connection.execute(
        select(
            packages.c.session,
            packages.c.state,
            func.count(distinct(packages.c.candidate)),
            func.count(),
        ).group_by(packages.c.session, packages.c.state)
    )
    for session, state, sittings, rows in counted:
        came[session, state] = rows if state == "quarantined" else sittings
    listed = connection.execute(
        select(
            sessions.c.id,
            sessions.c.round,
            sessions.c.room,
            sessions.c.opens_at,
            sessions.c.closes_at,
            sessions.c.published_at,
        ).order_by(sessions.c.opens_at.desc(), sessions.c.id)
    )
    return tuple(
        SessionFigures(
            **row._mapping,
            roster=people.get(row.id, 0),
            came=came.get((row.id, "recorded"), 0),
            conflict=came.get((row.id, "conflict"), 0),
            quarantined=came.get((row.id, "quarantined"), 0),
        )
        for row in listed
    )


def written_answers(connection: Connection) -> dict[str, int]:
    """Of each session that has any: how many answers came that people mark."""
    rows = connection.execute(
        select(packages.c.session, func.sum(results.c.pending))
        .join(packages, packages.c.sha256 == results.c.package)
        .where(results.c.marking == 0, packages.c.state == "recorded")
        .group_by(packages.c.session)
        .having(func.sum(results.c.pending) > 0)
        .order_by(packages.c.session)
    )
    return {session: int(n) for session, n in rows if session is not None}


def round_stamp(connection: Connection, around: str) -> tuple[int, ...]:
    """Numbers that change when anything that a round's results rest on does: rows are only ever added,
    so they are counted."""
    inside = select(sessions.c.id).where(sessions.c.round == around).scalar_subquery()
    counts = (
        select(func.count()).select_from(packages).where(packages.c.session.in_(inside)),
        select(func.count())
        .select_from(results)
        .join(packages, packages.c.sha256 == results.c.package)
        .where(packages.c.session.in_(inside)),
        select(func.count()).select_from(acts).where(acts.c.session.in_(inside)),
        select(func.count()).select_from(sessions).where(sessions.c.round == around),
    )
    return tuple(connection.execute(count).scalar_one() for count in counts)


def quarantined(connection: Connection, session: str = "") -> tuple[QuarantinedRow, ...]:
    """Packages in quarantine that a terminal vouches for, of one session or of all."""
    query = _quarantined(bool(session))
    return tuple(
        QuarantinedRow(*row)
        for row in connection.execute(query, {"of_session": session} if session else {})
    )


@cache
def _quarantined(of_session: bool) -> Select[Any]:
    query = (
        select(
            packages.c.sha256,
            parties.c.name.label("terminal"),
            packages.c.number,
            packages.c.session,
            packages.c.reason,
            packages.c.received_at,
        )
        .join(parties, parties.c.kid == packages.c.terminal)
        .where(packages.c.state == "quarantined")
        .order_by(packages.c.session, parties.c.name, packages.c.number)
    )
    if of_session:
        # It names no candidate, which the index knows.
        query = query.where(
            packages.c.session == bindparam("of_session"), packages.c.candidate.is_(None)
        )
    return query
