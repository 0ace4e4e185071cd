"""What a station knows of a bank's items from sessions before: how often they were used, how hard they
proved to be.

Items go by the author's names, which stay while a bank is sealed again and again.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from statistics import correlation

from msgspec import Struct

from kiosk.artefacts.codec import decode
from kiosk.scoring.difficulty import LEAST_ANSWERS
from kiosk.scoring.numbers import number
from kiosk.scoring.result import ItemResult, Result
from kiosk.station.banks import admitted_scoring
from kiosk.station.home import Station
from kiosk.station.keys import open_session
from kiosk.station.registry import packages, plans, results
from kiosk.station.results import counted_of


class History(Struct, frozen=True):
    """`uses` counts forms; `difficulties` go from 0 (everyone right) to 1, of items with enough
    answers at the level asked for."""

    uses: dict[str, int]
    difficulties: dict[str, Fraction]


def history_of(station: Station, bank: str, level: str, *, but_not: str) -> History:
    """What stored forms and results tell of the items of `bank`.

    Args:
        but_not: the session being planned, which may be planned already and is then replaced.

    Raises:
        InputRefused: a session's or a scoring file in the station's folder was damaged.
    """
    with station.registry.reading() as connection:
        exams = [exam for exam in plans.exams_of_bank(connection, bank) if exam.session != but_not]
        rows = {exam.session: plans.require_session(connection, exam.session) for exam in exams}
    uses: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    earned: dict[str, Fraction] = {}
    for exam in exams:
        entries = admitted_scoring(station, bank, exam.version, exam.scoring_version).entries
        names = {entry.item: entry.source for entry in entries}
        secrets = open_session(station, rows[exam.session]).secrets
        given = {one.form for one in secrets.candidates if one.exam == exam.exam}
        for form in secrets.forms:
            if form.id in given:
                uses.update(names[item] for item in form.items)
        if exam.level != level:
            continue
        for result in _counted_results(station, exam):
            for item in result.items:
                if item.reason.code in ("full_marks", "left_out"):
                    continue  # its points tell nothing of the candidates
                name = names[item.item]
                answers[name] += 1
                share = number(item.points) / number(item.max_points)
                earned[name] = earned.get(name, Fraction(0)) + max(Fraction(0), share)
    return History(
        dict(uses),
        {
            name: 1 - earned[name] / count
            for name, count in answers.items()
            if count >= LEAST_ANSWERS
        },
    )


class Used(Struct, frozen=True):
    """How an item came out in one exam: the share `p` of its points that `n` candidates earned, and its
    correlation `rir` with the rest of their score; None where it cannot be had."""

    session: str
    round: str
    opens_at: int
    exam: str
    level: str
    version: str
    scoring_version: int
    n: int
    p: float | None
    rir: float | None


def uses_of(station: Station, bank: str, item: str) -> tuple[Used, ...]:
    """Every exam in which an item of `bank`, by its author's name, was answered; the latest first.

    Raises:
        InputRefused: a scoring file in the station's folder was damaged.
    """
    with station.registry.reading() as connection:
        exams = plans.exams_of_bank(connection, bank)
        rows = {exam.session: plans.require_session(connection, exam.session) for exam in exams}
    found = []
    for exam in exams:
        entries = admitted_scoring(station, bank, exam.version, exam.scoring_version).entries
        ours = {entry.item for entry in entries if entry.source == item}
        pairs = [
            (share, float(number(result.score) - _converted(one, result)))
            for result in _counted_results(station, exam)
            for one in result.items
            if one.item in ours and one.reason.code not in ("full_marks", "left_out", "people")
            for share in (float(number(one.points) / number(one.max_points)),)
        ]
        if pairs:
            shares, rests = zip(*pairs, strict=True)
            varies = len(set(shares)) > 1 and len(set(rests)) > 1
            row = rows[exam.session]
            found.append(
                Used(
                    session=exam.session,
                    round=row.round,
                    opens_at=row.opens_at,
                    exam=exam.exam,
                    level=exam.level,
                    version=exam.version,
                    scoring_version=exam.scoring_version,
                    n=len(pairs),
                    p=sum(shares) / len(shares),
                    rir=correlation(shares, rests) if varies else None,
                )
            )
    return tuple(sorted(found, key=lambda one: (-one.opens_at, one.session, one.exam)))


def _converted(item: ItemResult, result: Result) -> Fraction:
    """An item's points on the scale of the result's score."""
    most = sum((number(one.max_points) for one in result.items), Fraction(0))
    return number(item.points) * number(result.max_score) / most


def _counted_results(station: Station, exam: plans.ExamRow) -> list[Result]:
    with station.registry.reading() as connection:
        roster = plans.roster_of(connection, exam.session)
        counted = counted_of(
            packages.of_session(connection, exam.session),
            results.of_session(connection, exam.session),
            plans.exams_of(connection, exam.session),
            roster,
        )
    sat = [row.candidate for row in roster if row.exam == exam.exam]
    return [
        decode(counted[candidate].result.detail, Result, "result")
        for candidate in sat
        if candidate in counted
    ]
