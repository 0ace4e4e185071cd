"""xAPI statements of simulators (xAPI 1.0.3 and 2.0), one JSON object a line: a score in an activity that the
ladder knows is a mark, everything else that a simulator tells is passed over.

The actor's account name is the candidate's number. The newest scored statement of a person, activity and day
counts: a simulator says `scored`, `completed` and `passed` of one run.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from fractions import Fraction
from typing import Final

import msgspec
from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import rounded
from kiosk.station.certificates.ladder import Activity, Ladder
from kiosk.station.certificates.score_sheets import Entry, SheetRefused, Wrong
from kiosk.words import mark

MOST_LINES: Final = 100_000
_LONGEST_LINE: Final = 100_000
_VERBS: Final = frozenset(
    f"http://adlnet.gov/expapi/verbs/{verb}" for verb in ("scored", "completed", "passed", "failed")
)


class _Account(Struct, frozen=True):
    name: str


class _Actor(Struct, frozen=True):
    account: _Account | None = None
    name: str = ""


class _Named(Struct, frozen=True):
    id: str = ""


class _Score(Struct, frozen=True):
    scaled: float | None = None
    raw: float | None = None
    min: float = 0
    max: float | None = None


class _Result(Struct, frozen=True):
    score: _Score | None = None


class _Statement(Struct, frozen=True):
    """What of a statement concerns us; the rest is the simulator's own."""

    actor: _Actor
    verb: _Named
    object: _Named
    timestamp: str = ""
    result: _Result | None = None


def read_statements(data: bytes, where: str, ladder: Ladder, today: date) -> tuple[Entry, ...]:
    """The marks that statements tell.

    Raises:
        InputRefused: no statements, or none of an activity that the ladder knows.
        SheetRefused: scores that cannot be used, by line.
    """
    activities = {one.id: one for one in ladder.activity}
    wrong: list[Wrong] = []
    found: dict[tuple[str, str, date], tuple[datetime, Entry]] = {}
    for at, line in enumerate(_lines(data, where), start=1):
        if not line.strip():
            continue
        try:
            statement = msgspec.convert(json.loads(line), _Statement)
        except (ValueError, RecursionError, msgspec.ValidationError):
            wrong.append(
                Wrong(
                    f"line {at}",
                    mark("not an xAPI statement"),
                    mark("Export the statements again, one a line"),
                )
            )
            continue
        activity = activities.get(statement.object.id)
        if activity is None or statement.verb.id not in _VERBS or not _scored(statement):
            continue
        told = _entry(at, statement, activity, ladder, today)
        if isinstance(told, Wrong):
            wrong.append(told)
            continue
        when, entry = told
        key = (entry.candidate, activity.id, entry.day)
        if key not in found or found[key][0] <= when:
            found[key] = (when, entry)
    if wrong:
        raise SheetRefused(where, tuple(wrong))
    if not found:
        raise InputRefused(
            mark("no statement tells a score in an activity that the ladder knows"),
            where=where,
            remedy=mark("Add the simulator's activities to ladder.toml: [[activity]]"),
        )
    return tuple(entry for _, entry in found.values())


def _lines(data: bytes, where: str) -> list[str]:
    try:
        lines = data.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as fault:
        raise InputRefused(
            mark("the statements are not UTF-8 text"),
            where=where,
            remedy=mark("Export the statements again, one a line"),
        ) from fault
    if len(lines) > MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
        raise InputRefused(
            mark("more statements than one session has"),
            where=where,
            remedy=mark("Export those of one session alone"),
        )
    return lines


def _scored(statement: _Statement) -> bool:
    return statement.result is not None and statement.result.score is not None


def _entry(
    at: int, statement: _Statement, activity: Activity, ladder: Ladder, today: date
) -> tuple[datetime, Entry] | Wrong:
    place = f"line {at}"
    account = statement.actor.account
    if account is None or not account.name.strip() or not account.name.isprintable():
        return Wrong(
            place,
            mark("the actor has no account name"),
            mark("Let people sign in at the simulator with their candidate number"),
        )
    try:
        when = datetime.fromisoformat(statement.timestamp)
    except ValueError:
        when = None
    if when is None or when.tzinfo is None or ladder.day(when) > today:
        return Wrong(
            place,
            mark("the timestamp is no instant until today"),
            mark("Set the simulator's clock and time zone, and export again"),
        )
    assert statement.result is not None
    assert statement.result.score is not None
    marks = _marks(statement.result.score)
    if marks is None:
        return Wrong(
            place,
            mark("the score is none of 100"),
            mark("It needs `scaled` from 0 to 1, or `raw` with `max`"),
        )
    entry = Entry(
        at,
        account.name.strip(),
        statement.actor.name.strip(),
        activity.discipline,
        activity.level,
        activity.part,
        marks,
        ladder.day(when),
    )
    return when, entry


def _marks(score: _Score) -> Fraction | None:
    """Of 100, down to hundredths, so that no rounding passes anybody."""
    try:
        if score.scaled is not None:
            share = _exact(score.scaled)
        elif score.raw is not None and score.max is not None and score.max > score.min:
            least = _exact(score.min)
            share = (_exact(score.raw) - least) / (_exact(score.max) - least)
        else:
            return None
    except ValueError:  # NaN, infinity
        return None
    return rounded(share * 100, 2, "down") if 0 <= share <= 1 else None


def _exact(value: float) -> Fraction:
    """A number as it was written: 0.6 is 3/5.

    Raises:
        ValueError: NaN or infinity.
    """
    return Fraction(repr(value))
