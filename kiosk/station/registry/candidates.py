"""A session's candidates as its page lists them: counted, found, sorted and cut into pages by the database.

What a candidate's state is says `results.lines_of`; this says the same of all of them at once, without their
notes (a test holds the two together).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Float,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    case,
    cast,
    distinct,
    func,
    or_,
    select,
)

from kiosk.station.registry import Connection
from kiosk.station.registry.packages import sat_with_reserve
from kiosk.station.registry.tables import (
    absences,
    confirmations,
    corrections,
    exams,
    packages,
    parties,
    rescorings,
    reserves,
    result_states,
    results,
    roster,
    session_terminals,
    warrants,
)

PROCTORS_FOR_ABSENT = 2

Order = Literal["number", "name", "seat", "unit", "score"]

SILENT = ("void", "withheld", "absent", "deferred")
"""States given to a result that let it show no number."""


class Line(Struct, frozen=True):
    """A candidate of a page. `score` and `max_score` are exact number texts, None where nothing counts."""

    candidate: str
    name: str
    seat: str | None
    state: str
    score: str | None
    max_score: str | None
    passed: bool | None
    unit: str = ""


class Wanted(Struct, frozen=True):
    """Which lines: of these states (all if empty), and whose name, number, seat or unit is `find`."""

    states: tuple[str, ...] = ()
    find: str = ""

    @property
    def sought(self) -> str:
        return self.find.strip().lower()


class SeatLine(Struct, frozen=True):
    """A seat, its terminal, and whose it is; `candidate` is None where it is free."""

    terminal: str
    seat: str
    candidate: str | None
    name: str | None
    state: str


def counted(connection: Connection, session: str) -> dict[str, int]:
    """How many candidates are in each state; who is being marked is among the `recorded`."""
    of = {_SESSION.key: session}
    by_rank, waiting, unused, not_there, people = _counting()
    ranks = {row.rank: row.n for row in connection.execute(by_rank, of)}
    waits = {row.rank: row.n for row in connection.execute(waiting, of)}
    reserved = connection.execute(unused, of).scalar_one()
    absent = connection.execute(not_there, of).scalar_one()
    everybody = connection.execute(people, of).scalar_one()
    return {
        "conflict": ranks.get(3, 0),
        "withheld": waits.get(2, 0) + waits.get(1, 0),
        "recorded": ranks.get(2, 0) - waits.get(2, 0),
        "overruled": ranks.get(1, 0) - waits.get(1, 0),
        "absent": absent,
        "missing": everybody - sum(ranks.values()) - reserved - absent,
    }


def found(connection: Connection, session: str, wanted: Wanted) -> int:
    """How many lines there are of what is wanted."""
    query = _how_many(wanted.states, bool(wanted.sought))
    many: int = connection.execute(query, _given(session, wanted)).scalar_one()
    return many


def page(
    connection: Connection,
    session: str,
    wanted: Wanted,
    order: Order = "number",
    *,
    down: bool = False,
    first: int = 0,
    most: int = 50,
) -> tuple[Line, ...]:
    """The lines from `first` (counted from 0), at most so many."""
    keys = _keys(wanted.states, bool(wanted.sought), order, down, connection.dialect.name)
    given = _given(session, wanted) | {"first": first, "most": most}
    candidates = list(connection.execute(keys, given).scalars())
    rows = connection.execute(_details(), {_SESSION.key: session, "candidates": candidates})
    lines = {candidate: _line(list(of)) for candidate, of in groupby(rows, attrgetter("candidate"))}
    return tuple(lines[candidate] for candidate in candidates)


def absent(connection: Connection, session: str) -> frozenset[str]:
    """Those of whom enough proctors signed that nobody was there."""
    return frozenset(connection.execute(_absent(), {_SESSION.key: session}).scalars())


def seats(connection: Connection, session: str, most: int) -> tuple[SeatLine, ...]:
    """The seats of a session in their order, at most so many."""
    return tuple(
        SeatLine(
            row.terminal,
            row.seat,
            row.candidate,
            row.name,
            _state(row.rank, waits=row.waits, absent=row.absent),
        )
        for row in connection.execute(_seats(), {_SESSION.key: session, "most": most})
    )


def spares(connection: Connection, session: str) -> tuple[str, ...]:
    """The names of a session's terminals that stand at no seat."""
    return tuple(connection.execute(_spares(), {_SESSION.key: session}).scalars())


# The statements are built once: building one costs more than running it.

_SESSION = bindparam("of_session", type_=Text)


@cache
def _counting() -> tuple[Select[Any], ...]:
    """By rank those of whom something came, and those of them who wait for a confirmation; how many reserve
    numbers nobody used; how many are absent; how many lines the roster has."""
    ranked = (
        select(func.max(_RANK).label("rank"))
        .where(packages.c.session == _SESSION, packages.c.candidate.is_not(None))
        .group_by(packages.c.candidate)
        .subquery()
    )
    waiting = (
        select(_rank().label("rank"))
        .where(roster.c.session == _SESSION, roster.c.candidate.in_(_waiting()))
        .subquery()
    )
    n = func.count().label("n")
    people = select(n).where(roster.c.session == _SESSION)
    nobody = people.where(_rank().is_(None))
    return (
        select(ranked.c.rank, n).group_by(ranked.c.rank),
        select(waiting.c.rank, n).group_by(waiting.c.rank),
        nobody.where(roster.c.candidate.in_(_reserved())),
        nobody.where(roster.c.candidate.in_(_absent())),
        people,
    )


@lru_cache(maxsize=64)
def _how_many(states: tuple[str, ...], finds: bool) -> Select[Any]:
    return select(func.count()).select_from(_filtered(states, finds).subquery())


@lru_cache(maxsize=256)
def _keys(
    states: tuple[str, ...], finds: bool, order: Order, down: bool, dialect: str
) -> Select[Any]:
    key = _order(order, dialect)
    by = [key.desc() if down else key]
    if order in ("seat", "unit", "score"):  # whoever has none comes last, whichever way
        by.insert(0, key.is_(None))
    return (
        _filtered(states, finds)
        .order_by(*by, roster.c.candidate)
        .offset(bindparam("first", type_=Integer))
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _details() -> Select[Any]:
    """All that is shown of some candidates: a row for each package, its newest result last."""
    return (
        select(
            roster.c.candidate,
            roster.c.name,
            roster.c.seat,
            roster.c.unit,
            roster.c.candidate.in_(_waiting()).label("waits"),
            roster.c.candidate.in_(_absent()).label("absent"),
            _last(corrections.c.name, corrections).label("corrected"),
            _confirmed().label("confirmed"),
            _last(result_states.c.state, result_states).label("standing"),
            packages.c.state,
            packages.c.number,
            packages.c.sha256,
            results.c.score,
            results.c.max_score,
            results.c.passed,
            results.c.pending,
        )
        .outerjoin(
            packages,
            (packages.c.session == roster.c.session) & (packages.c.candidate == roster.c.candidate),
        )
        .outerjoin(
            results,
            (results.c.package == packages.c.sha256) & (results.c.scoring_version == _version()),
        )
        .where(
            roster.c.session == _SESSION,
            roster.c.candidate.in_(bindparam("candidates", expanding=True)),
        )
        .order_by(roster.c.candidate, results.c.marking)
    )


@cache
def _seats() -> Select[Any]:
    return (
        select(
            parties.c.name.label("terminal"),
            session_terminals.c.seat,
            roster.c.candidate,
            roster.c.name,
            _rank().label("rank"),
            roster.c.candidate.in_(_waiting()).label("waits"),
            roster.c.candidate.in_(_absent()).label("absent"),
        )
        .select_from(session_terminals)
        .join(parties, parties.c.kid == session_terminals.c.terminal)
        .outerjoin(
            roster,
            (roster.c.session == session_terminals.c.session)
            & (roster.c.seat == session_terminals.c.seat),
        )
        .where(session_terminals.c.session == _SESSION, session_terminals.c.seat.is_not(None))
        .order_by(session_terminals.c.seat)
        .limit(bindparam("most", type_=Integer))
    )


@cache
def _spares() -> Select[Any]:
    return (
        select(parties.c.name)
        .join(session_terminals, parties.c.kid == session_terminals.c.terminal)
        .where(session_terminals.c.session == _SESSION, session_terminals.c.seat.is_(None))
        .order_by(parties.c.name)
    )


def _line(rows: Sequence[Any]) -> Line:
    """A candidate's line of the rows of `_details`."""
    row = rows[0]
    rank = max((_RANKS[one.state] for one in rows if one.state is not None), default=None)
    counts = min(
        (one for one in rows if one.state == "recorded" and one.score is not None),
        key=lambda one: (one.number, one.sha256),
        default=None,
    )
    if counts is not None:
        counts = [one for one in rows if one.sha256 == counts.sha256][-1]
    state = _state(rank, waits=row.waits, absent=row.absent)
    pending = state == "recorded" and counts is not None and counts.pending > 0
    if state != "recorded" or pending or row.standing in SILENT:
        counts = None
    return Line(
        row.candidate,
        row.corrected or row.confirmed or row.name,
        row.seat,
        "pending" if pending else state,
        None if counts is None else counts.score,
        None if counts is None else counts.max_score,
        None if counts is None else bool(counts.passed),
        row.unit,
    )


def _given(session: str, wanted: Wanted) -> dict[str, Any]:
    if not wanted.sought:
        return {_SESSION.key: session}
    inside = re.sub(r"([\\%_])", r"\\\1", wanted.sought)
    return {_SESSION.key: session, "sought": wanted.sought, "inside": inside}


def _filtered(states: tuple[str, ...], finds: bool) -> Select[Any]:
    """The numbers of those who are in one of the states, and who may be meant by what is sought."""
    query = select(roster.c.candidate).where(roster.c.session == _SESSION, _listed())
    if states:
        query = query.where(_in_states(states))
    if finds:
        sought, inside = bindparam("sought", type_=Text), bindparam("inside", type_=Text)
        renamed = select(corrections.c.candidate).where(
            corrections.c.session == _SESSION,
            func.lower(corrections.c.name).contains(inside, escape="\\"),
        )
        query = query.where(
            func.lower(roster.c.name).contains(inside, escape="\\")
            | func.lower(roster.c.candidate).contains(inside, escape="\\")
            | (func.lower(roster.c.seat) == sought)
            | func.lower(roster.c.unit).contains(inside, escape="\\")
            | roster.c.candidate.in_(renamed)
        )
    return query


def _in_states(states: Collection[str]) -> ColumnElement[bool]:
    return or_(*(_is(state) for state in states))


def _is(state: str) -> ColumnElement[bool]:
    """Whether a line of the roster is in a state, as `_state` has it."""
    candidate, rank = roster.c.candidate, _rank()
    waits, absent = _waiting(), _absent()
    match state:
        case "conflict":
            return rank == 3
        case "withheld":
            return candidate.in_(waits) & (rank < 3)
        case "recorded" | "pending":
            pending = func.coalesce(_of_result(results.c.pending), 0) > 0
            open_ = pending if state == "pending" else ~pending
            return (rank == 2) & candidate.not_in(waits) & open_
        case "overruled":
            return (rank == 1) & candidate.not_in(waits)
        case "absent":
            return rank.is_(None) & candidate.in_(absent)
        case _:
            return rank.is_(None) & candidate.not_in(absent)


def _state(rank: int | None, *, waits: bool, absent: bool) -> str:
    """The state of a line, in the order in which `results` decides it."""
    match rank:
        case None:
            return "absent" if absent else "missing"
        case 3:
            return "conflict"
        case _:
            return "withheld" if waits else "recorded" if rank == 2 else "overruled"


def _waiting() -> Select[Any]:
    """Those who were admitted on proctors' word, and of whom nobody has confirmed who they are."""
    confirmed = select(confirmations.c.candidate).where(confirmations.c.session == _SESSION)
    return select(packages.c.candidate).where(
        packages.c.sha256.in_(select(warrants.c.package)),
        # Not found by the session's index: there are few warrants, and many packages.
        packages.c.session + "" == _SESSION,
        packages.c.candidate.not_in(confirmed),
    )


def _reserved() -> Select[Any]:
    return select(reserves.c.candidate).where(reserves.c.session == _SESSION)


def _absent() -> Select[Any]:
    return (
        select(absences.c.candidate)
        .where(
            absences.c.session == _SESSION, absences.c.candidate.not_in(sat_with_reserve(_SESSION))
        )
        .group_by(absences.c.candidate)
        .having(func.count(distinct(absences.c.proctor)) >= PROCTORS_FOR_ABSENT)
    )


_RANKS = {"conflict": 3, "recorded": 2, "overruled": 1}
_RANK = case(_RANKS, value=packages.c.state)


def _rank() -> ColumnElement[int]:
    """What came of a candidate: 3 where packages contradict each other, 2 where one counts, 1 where none is
    to, NULL where none came."""
    return (
        select(func.max(_RANK))
        .where(packages.c.session == roster.c.session, packages.c.candidate == roster.c.candidate)
        .correlate(roster)
        .scalar_subquery()
    )


def _listed() -> ColumnElement[bool]:
    """All but the reserve numbers that nobody used."""
    return roster.c.candidate.not_in(_reserved()) | _rank().is_not(None)


def _package() -> ColumnElement[bytes]:
    return (
        select(packages.c.sha256)
        .where(
            packages.c.session == roster.c.session,
            packages.c.candidate == roster.c.candidate,
            packages.c.state == "recorded",
        )
        .order_by(packages.c.number, packages.c.sha256)
        .limit(1)
        .correlate(roster)
        .scalar_subquery()
    )


def _version() -> ColumnElement[int]:
    """The scoring version that the candidate's exam goes by."""
    rescored = (
        select(rescorings.c.scoring_version)
        .where(rescorings.c.session == roster.c.session, rescorings.c.exam == roster.c.exam)
        .order_by(rescorings.c.act.desc())
        .limit(1)
        .correlate(roster)
        .scalar_subquery()
    )
    planned = (
        select(exams.c.scoring_version)
        .where(exams.c.session == roster.c.session, exams.c.exam == roster.c.exam)
        .correlate(roster)
        .scalar_subquery()
    )
    return func.coalesce(rescored, planned)


def _last(column: ColumnElement[str], table: Any) -> ColumnElement[str]:
    """What the last act said of a candidate."""
    return (
        select(column)
        .where(table.c.session == roster.c.session, table.c.candidate == roster.c.candidate)
        .order_by(table.c.act.desc())
        .limit(1)
        .correlate(roster)
        .scalar_subquery()
    )


def _confirmed() -> ColumnElement[str]:
    return (
        select(confirmations.c.name)
        .where(
            confirmations.c.session == roster.c.session,
            confirmations.c.candidate == roster.c.candidate,
        )
        .order_by(confirmations.c.id.desc())
        .limit(1)
        .correlate(roster)
        .scalar_subquery()
    )


def _of_result(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of the result that counts for a candidate."""
    return (
        select(column)
        .where(results.c.package == _package(), results.c.scoring_version == _version())
        .order_by(results.c.marking.desc())
        .limit(1)
        .correlate(roster)
        .scalar_subquery()
    )


def _order(order: Order, dialect: str) -> ColumnElement[Any]:
    match order:
        case "number":
            return roster.c.candidate
        case "name":
            return roster.c.name
        case "seat":
            return roster.c.seat
        case "unit":
            return func.nullif(roster.c.unit, "")
        case "score":
            return _number(_of_result(results.c.score), dialect)


def _number(exact: ColumnElement[str], dialect: str) -> ColumnElement[float]:
    """An exact number text (`59.5`, `200/3`) near enough to sort by."""
    find = func.instr if dialect == "sqlite" else func.strpos
    exact = cast(exact, String)
    over = find(exact, "/")
    return case(
        (
            over > 0,
            cast(func.substr(exact, 1, over - 1), Float)
            / cast(func.substr(exact, over + 1), Float),
        ),
        else_=cast(exact, Float),
    )
