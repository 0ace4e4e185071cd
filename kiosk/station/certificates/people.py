"""Who is examined for which level of which discipline, as rosters have them."""

from __future__ import annotations

from kiosk.scoring.standard import Level
from kiosk.station.certificates.ladder import LEVELS
from kiosk.station.registry import Connection, acts, plans

Person = tuple[str, str, str, Level]
"""Number, name, discipline, level."""


def examined_in(connection: Connection, session: str) -> tuple[Person, ...]:
    """The people of a session, by number; unused reserve numbers are nobody.

    Raises:
        InputRefused: there is no such session.
    """
    plans.require_session(connection, session)
    exams = {
        exam.exam: (discipline_of(connection, exam), _level(exam.level))
        for exam in plans.exams_of(connection, session)
    }
    names = acts.names(connection, session)
    reserves = plans.reserves_of(connection, session)
    return tuple(
        (row.candidate, names.get(row.candidate, row.name), *exams[row.exam])
        for row in plans.roster_of(connection, session)
        if row.candidate not in reserves
    )


def discipline_of(connection: Connection, exam: plans.ExamRow) -> str:
    """The discipline that an exam's bank is of."""
    bank = plans.find_bank(connection, exam.bank, exam.version)
    assert bank is not None
    return bank.discipline


def _level(said: str) -> Level:
    return next(level for level in LEVELS if level == said)
