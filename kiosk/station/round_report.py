"""A round in figures: who was planned, what came of them, who passed; in all, and by discipline, level, unit
and room.

A sitting is counted once, in one of five columns that add up to what was planned: with a result, waiting for
somebody (marks, a confirmation, a conflict), absent, nothing come, counting for nothing. What each is says
`result_tables.rows_of`; all of it can be counted again in the registry by SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Literal, get_args

from msgspec import Struct

from kiosk.station.banks import bank_titles
from kiosk.station.home import Station
from kiosk.station.registry import plans
from kiosk.station.result_tables import Row, rows_of, sessions_of
from kiosk.station.roster import LEVEL_WORDS
from kiosk.words import mark, text

By = Literal["discipline", "level", "unit", "room"]
_LEVELS = {str(level): said for level, said in LEVEL_WORDS.items()}
BY_WORDS = {
    "": mark("The round"),
    "discipline": mark("Discipline"),
    "level": mark("Level"),
    "unit": mark("Unit"),
    "room": mark("Exam room"),
}


class Figures(Struct, frozen=True):
    """The sittings of a part of the round: `by` says of what kind it is, "" is all of it. `results` have a
    score, of which `passed` passed; `rate` is their share and `mean` the mean share of the most points,
    None without results."""

    by: By | Literal[""]
    name: str
    planned: int
    results: int
    passed: int
    rate: float | None
    mean: float | None
    waiting: int
    absent: int
    missing: int
    void: int


class RoundReport(Struct, frozen=True):
    """`parts` begins with the whole round, then those of each kind by name; levels from the highest."""

    round: str
    sessions: int
    parts: tuple[Figures, ...]


class _Sitting(Struct, frozen=True):
    """`names` of the parts it belongs to; `share` of the most points, None without a result."""

    names: dict[By, str]
    came: Literal["results", "waiting", "absent", "missing", "void"]
    share: Fraction | None
    passed: bool


def round_report(station: Station, name: str) -> RoundReport:
    """
    Raises:
        InputRefused: there is no such round.
    """
    sessions = sessions_of(station, name)
    sittings = tuple(one for session in sessions for one in _sittings(station, session))
    parts = [_figures("", name, sittings)]
    for by in get_args(By):
        of: dict[str, list[_Sitting]] = {}
        for one in sittings:
            of.setdefault(one.names[by], []).append(one)
        order = [*reversed(_LEVELS)] if by == "level" else sorted(of)
        if [*of] != [""]:
            parts += [_figures(by, part, of[part]) for part in order if part in of]
    return RoundReport(name, len(sessions), tuple(parts))


def report_table(
    report: RoundReport, titles: Mapping[str, Mapping[str, str]], lang: str
) -> Iterator[tuple[object, ...]]:
    """The report as rows for spreadsheet programs: the header, then a row a part.

    Args:
        titles: of the disciplines (`discipline_titles`).
    """
    yield (
        text("Counted by", lang),
        text("Which", lang),
        text("Planned", lang),
        text("With a result", lang),
        text("Passed", lang),
        text("Passed, %", lang),
        text("Mean, %", lang),
        text("Waiting", lang),
        text("Absent", lang),
        text("Not collected", lang),
        text("Void", lang),
    )
    for part in report.parts:
        yield (
            text(BY_WORDS[part.by], lang),
            named(part, titles, lang),
            part.planned,
            part.results,
            part.passed,
            None if part.rate is None else round(100 * part.rate, 1),
            None if part.mean is None else round(100 * part.mean, 1),
            part.waiting,
            part.absent,
            part.missing,
            part.void,
        )


def named(part: Figures, titles: Mapping[str, Mapping[str, str]], lang: str) -> str:
    """A part's name as people read it."""
    if part.by == "level":
        return text(_LEVELS[part.name], lang)
    if part.by == "discipline":
        return titles.get(part.name, {}).get(lang, part.name)
    return part.name or text("none said", lang)


def discipline_titles(station: Station) -> dict[str, Mapping[str, str]]:
    """What disciplines are called, by their ids, as the newest bank of each says."""
    titles = bank_titles(station)
    with station.registry.reading() as connection:
        rows = sorted(plans.every_bank(connection), key=lambda row: row.sealed_at)
    return {row.discipline: titles[row.bank] for row in rows if row.bank in titles}


def _sittings(station: Station, session: plans.SessionRow) -> Iterator[_Sitting]:
    with station.registry.reading() as connection:
        exams = {exam.exam: exam for exam in plans.exams_of(connection, session.id)}
        disciplines = {row.bank: row.discipline for row in plans.every_bank(connection)}
    for row in rows_of(station, session.id):
        line, exam = row.line, exams[row.line.exam]
        share = None
        if line.score is not None and line.max_score is not None:
            share = Fraction(line.score) / Fraction(line.max_score)
        yield _Sitting(
            {
                "discipline": disciplines[exam.bank],
                "level": exam.level,
                "unit": line.unit,
                "room": session.room,
            },
            _came(row) if share is None else "results",
            share,
            bool(line.passed),
        )


def _came(row: Row) -> Literal["waiting", "absent", "missing", "void"]:
    """What came of a sitting without a score."""
    match row.line.standing, row.state:
        case "void", _:
            return "void"
        case ("absent" | "deferred", _) | (_, "absent"):
            return "absent"
        case _, "missing":
            return "missing"
        case _, "overruled":
            return "void"
        case _:
            return "waiting"


def _figures(by: By | Literal[""], name: str, sittings: Iterable[_Sitting]) -> Figures:
    counted = tuple(sittings)
    shares = [one.share for one in counted if one.share is not None]
    passed = sum(one.passed for one in counted if one.share is not None)

    def n(came: str) -> int:
        return sum(one.came == came for one in counted)

    return Figures(
        by=by,
        name=name,
        planned=len(counted),
        results=len(shares),
        passed=passed,
        rate=passed / len(shares) if shares else None,
        mean=float(sum(shares, Fraction(0)) / len(shares)) if shares else None,
        waiting=n("waiting"),
        absent=n("absent"),
        missing=n("missing"),
        void=n("void"),
    )
