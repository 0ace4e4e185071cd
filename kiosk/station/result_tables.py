"""Results as a table for spreadsheet programs: of a session, or of a whole round, a row a candidate.

Rows are made as they are written, a session at a time, so that a round of 100,000 needs the memory of one
session.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.station.home import Station
from kiosk.station.registry import candidates, plans
from kiosk.station.results import ResultLine, session_results
from kiosk.words import mark, text
from kiosk.words.again import again

STATES = {
    "recorded": mark("Imported"),
    "pending": mark("Being marked"),
    "absent": mark("Absent, signed by two proctors"),
    "missing": mark("Not collected"),
    "withheld": mark("Withheld until confirmed"),
    "conflict": mark("In conflict"),
    "overruled": mark("Counts for nothing, as was decided"),
}
"""A candidate's state in words."""


class Row(Struct, frozen=True):
    """A candidate with the result's line, and the state with absence worked in."""

    line: ResultLine
    state: str


def rows_of(station: Station, session: str, candidate: str = "") -> tuple[Row, ...]:
    """Every candidate of a session, or one.

    Raises:
        InputRefused: there is no such session.
    """
    lines = session_results(station, session, candidate)
    with station.registry.reading() as connection:
        absent = candidates.absent(connection, session)
    return tuple(
        Row(line, "absent" if line.state == "missing" and line.candidate in absent else line.state)
        for line in lines
    )


def session_table(station: Station, session: str, lang: str) -> Iterator[tuple[object, ...]]:
    """The results of a session: the header, then a row a candidate.

    Raises:
        InputRefused: there is no such session; at once, not at the first row.
    """
    rows = rows_of(station, session)
    return iter((_header(lang), *(_cells(row, lang) for row in rows)))


def round_table(station: Station, name: str, lang: str) -> Iterator[tuple[object, ...]]:
    """The results of all sessions of a round, each row with its session and room.

    Raises:
        InputRefused: there is no such round; at once, not at the first row.
    """
    return _of_round(station, sessions_of(station, name), lang)


def sessions_of(station: Station, name: str) -> list[plans.SessionRow]:
    """The sessions of a round in the order of their windows.

    Raises:
        InputRefused: there is no such round.
    """
    with station.registry.reading() as connection:
        sessions = [row for row in plans.every_session(connection) if row.round == name]
    if not sessions:
        raise InputRefused(
            mark("this station has planned no round {name}"),
            remedy=mark("Look at the list of sessions for the rounds there are"),
            name=name,
        )
    return sessions


def _of_round(
    station: Station, sessions: list[plans.SessionRow], lang: str
) -> Iterator[tuple[object, ...]]:
    yield (text("Session", lang), text("Exam room", lang), *_header(lang))
    for session in sessions:
        for row in rows_of(station, session.id):
            yield (session.id, session.room, *_cells(row, lang))


def _header(lang: str) -> tuple[str, ...]:
    return (
        text("Number", lang),
        text("Name", lang),
        text("Exam", lang),
        text("Seat", lang),
        text("Score", lang),
        text("of", lang),
        text("Result", lang),
        text("State", lang),
        text("Remark", lang),
        text("Unit", lang),
    )


def _cells(row: Row, lang: str) -> tuple[object, ...]:
    line = row.line
    verdicts = {True: text("passed", lang), False: text("failed", lang), None: ""}
    return (
        line.candidate,
        line.name,
        line.exam,
        line.seat,
        line.score,
        line.max_score,
        verdicts[line.passed],
        text(STATES[row.state], lang),
        again(line.note, lang),
        line.unit,
    )
