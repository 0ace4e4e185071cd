"""The report of an exam: that of its scores, and what only packages tell.

Options by thirds, time, exposure, forms, groups, knowledge points, neighbours' answers. Where
candidates had several forms, alpha and SEM are the forms' own, averaged; no figure of a test that
nobody sat is given.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from kiosk.errors import InputRefused
from kiosk.readers.tables import read_table
from kiosk.station.analysis.classical import Array, classical
from kiosk.station.analysis.distractors import chosen_by, thirds_of
from kiosk.station.analysis.response_models import information
from kiosk.station.analysis.similarity import LEAST_CANDIDATES, LEVEL, alike
from kiosk.station.roster import COLUMNS
from kiosk.station.understanding import remarks
from kiosk.station.understanding.answers import Scores
from kiosk.station.understanding.remarks import Remark
from kiosk.station.understanding.report import (
    GroupLine,
    ItemLine,
    Model,
    OptionLine,
    Report,
    known,
    report_of,
)
from kiosk.station.understanding.session_answers import (
    AskedItem,
    ExamAnswers,
    Standing,
    Taker,
)
from kiosk.words import mark


class FormLine(Struct, frozen=True):
    """A form's own figures, in points of the form."""

    form: str
    n: int
    max: float
    mean: float
    sd: float | None
    alpha: float | None
    sem: float | None


class ExactLine(Struct, frozen=True):
    """How exact a form is at each of `abilities` (0 is the mean of all): its `information`, and the
    standard `errors` of an ability there. `peak` is where it tells most, `at_pass` the ability whose
    expected score is the pass mark, None where no ability of the scale has it."""

    form: str
    abilities: tuple[float, ...]
    information: tuple[float, ...]
    errors: tuple[float, ...]
    peak: float
    at_pass: float | None


class PairLine(Struct, frozen=True):
    """Two neighbours: same answers to how many of the items both answered, expected of people who
    work alone, the chance of as many or more; `flagged` where that is too small for the number of
    pairs looked at."""

    session: str
    one: str
    other: str
    seats: tuple[str, str]
    same: int
    items: int
    expected: float
    p: float
    flagged: bool


class PointLine(Struct, frozen=True):
    """A knowledge point: the share of its points that was earned, by all and by each group."""

    knowledge_point: str
    title: str
    items: int
    share: float
    groups: dict[str, float]


class TakerLine(Struct, frozen=True):
    """A candidate; `mastery` is the share of points earned of each knowledge point on the form."""

    candidate: str
    name: str
    session: str
    seat: str
    group: str
    form: str
    score: float
    max_score: float
    passed: bool
    seconds: float | None
    mastery: dict[str, float]


class SessionReport(Report, frozen=True):
    """`near_pass` candidates are within one SEM of the pass mark: chance could have decided."""

    sessions: tuple[str, ...] = ()
    exam: str = ""
    level: str = ""
    bank: str = ""
    version: str = ""
    scoring_version: int = 0
    absent: int = 0
    passed: int = 0
    pass_score: float = 0.0
    max_score: float = 0.0
    near_pass: int | None = None
    forms: tuple[FormLine, ...] = ()
    exactness: tuple[ExactLine, ...] = ()
    pyramid: tuple[Standing, ...] = ()
    knowledge_points: tuple[PointLine, ...] = ()
    pairs_compared: int = 0
    pairs: tuple[PairLine, ...] = ()
    candidates: tuple[TakerLine, ...] = ()


def read_groups(data: bytes, where: str) -> dict[str, str]:
    """Each candidate's group, from a table of numbers and names of groups.

    Raises:
        InputRefused: no table, or not a column of numbers and one other.
    """
    table = read_table(data, where)
    number = next((name for name in table.columns if name.casefold() in COLUMNS["number"]), None)
    others = [name for name in table.columns if name != number]
    if number is None or len(others) != 1:
        raise InputRefused(
            mark("a table of groups has two columns: the candidate's number and the group"),
            where=where,
            remedy=mark("Name the first 准考证号 or number, the other as you like"),
        )
    return {
        str(row.cells[number]): group
        for row in table.rows
        if isinstance(group := row.cells[others[0]], str)
    }


def session_report(
    answers: ExamAnswers,
    lang: str,
    *,
    groups: Mapping[str, str] | None = None,
    standings: Iterable[Standing] = (),
    two_parameters: bool = False,
) -> SessionReport:
    """The report of an exam's answers.

    Args:
        groups: by candidate (of which subsidiary, say); without them, sessions taken together are
            the groups.
        standings: of the round's levels.
    """
    named = dict(groups or {})
    if not named and len(answers.sessions) > 1:
        named = {taker.candidate: taker.session for taker in answers.takers}
    scores = answers.scores(named)
    base = report_of(scores, lang, two_parameters=two_parameters)
    forms = _forms(answers, scores)
    if answers.several_forms:
        base = _of_forms(base, forms, lang)
    first = answers.takers[0]
    scale = first.max_score / (scores.form_points or 1.0)
    sem = None if base.sem is None else base.sem * scale
    pairs = _pairs(answers)
    unmarked = sum(points is None for taker in answers.takers for points in taker.points.values())
    return SessionReport(
        **{
            **asdict(base),
            "items": _items(base.items, answers, scores, lang),
            "groups": _passed(base.groups, answers, named),
            "remarks": (*base.remarks, *remarks.of_session(unmarked, lang)),
        },
        sessions=answers.sessions,
        exam=answers.exam,
        level=answers.level,
        bank=answers.bank,
        version=answers.version,
        scoring_version=answers.scoring_version,
        absent=answers.absent,
        passed=sum(taker.passed for taker in answers.takers),
        pass_score=first.pass_score,
        max_score=first.max_score,
        near_pass=None
        if sem is None
        else sum(abs(taker.score - taker.pass_score) <= sem for taker in answers.takers),
        forms=forms,
        exactness=_exactness(base.rasch, answers),
        pyramid=tuple(standings),
        knowledge_points=_points(answers, named, lang),
        pairs_compared=len(pairs),
        pairs=tuple(pair for pair in pairs if pair.flagged),
        candidates=tuple(_taker(answers, taker, named) for taker in answers.takers),
    )


def _passed(
    lines: tuple[GroupLine, ...], answers: ExamAnswers, groups: Mapping[str, str]
) -> tuple[GroupLine, ...]:
    passed = Counter(groups.get(taker.candidate, "") for taker in answers.takers if taker.passed)
    return tuple(replace(line, passed=passed[line.group]) for line in lines)


def _forms(answers: ExamAnswers, scores: Scores) -> tuple[FormLine, ...]:
    lines = []
    names = np.array([taker.form for taker in answers.takers])
    for form in sorted(set(names)):
        inside = names == form
        there = ~np.isnan(scores.values[inside]).all(axis=0)
        maxima = scores.maxima[there]
        found = classical(scores.values[np.ix_(inside, there)], maxima)
        lines.append(
            FormLine(
                form=str(form),
                n=found.n,
                max=float(maxima.sum()),
                mean=found.mean,
                sd=known(found.test_sd),
                alpha=known(found.alpha),
                sem=known(found.sem),
            )
        )
    return tuple(lines)


def _exactness(model: Model | None, answers: ExamAnswers) -> tuple[ExactLine, ...]:
    """Of each form, as far as the model knows its items."""
    if model is None:
        return ()
    known_items = {
        line.item: (line.slope, line.difficulty)
        for line in model.items
        if line.slope is not None and line.difficulty is not None
    }
    grid = np.arange(-40, 41) / 10
    lines = []
    papers = {taker.form: frozenset(taker.points) for taker in answers.takers}
    for form, paper in sorted(papers.items()):
        items = sorted(paper & known_items.keys())
        if not items:
            continue
        slopes, difficulties = np.array([known_items[item] for item in items]).T
        told = information(slopes, difficulties, grid)
        points = np.array([answers.maxima[item] for item in items])
        chance = 1 / (1 + np.exp(-slopes * (grid[:, None] - difficulties)))
        share = chance @ points / points.sum()
        first = answers.takers[0]
        reached = share >= first.pass_score / first.max_score
        lines.append(
            ExactLine(
                form=form,
                abilities=tuple(grid[::5].tolist()),
                information=tuple(told[::5].tolist()),
                errors=tuple((1 / np.sqrt(told[::5])).tolist()),
                peak=float(grid[told.argmax()]),
                at_pass=float(grid[reached.argmax()]) if 0 < reached.sum() < len(grid) else None,
            )
        )
    return tuple(lines)


def _of_forms(base: Report, forms: Sequence[FormLine], lang: str) -> Report:
    """`base` with what is true of each form, averaged, in the place of what is of no form."""
    known_alphas = [(form.alpha, form.n) for form in forms if form.alpha is not None]
    squares = [(form.sem**2, form.n) for form in forms if form.sem is not None]
    alpha = _mean(known_alphas)
    return replace(
        base,
        alpha=alpha,
        omega=None,
        sem=None if (square := _mean(squares)) is None else float(np.sqrt(square)),
        conditional_sem=(),
        remarks=(
            *(
                one
                for one in base.remarks
                if one.code not in ("reliability", "no_spread", "one_item")
            ),
            *([] if alpha is None else [Remark("reliability", remarks.of_alpha(alpha, lang))]),
            remarks.several_forms(len(forms), lang),
        ),
        items=tuple(replace(line, alpha_without=None) for line in base.items),
    )


def _mean(values: Sequence[tuple[float, int]]) -> float | None:
    return sum(value * n for value, n in values) / sum(n for _, n in values) if values else None


def _items(
    lines: Sequence[ItemLine], answers: ExamAnswers, scores: Scores, lang: str
) -> tuple[ItemLine, ...]:
    totals = classical(scores.values, scores.maxima, None, scores.form_points).totals
    taken = len(answers.takers)
    done = []
    for column, (line, asked) in enumerate(zip(lines, answers.items, strict=True)):
        held = [row for row, taker in enumerate(answers.takers) if asked.item in taker.points]
        spent = [
            seconds
            for row in held
            if (seconds := answers.takers[row].seconds.get(asked.item)) is not None
        ]
        options = _options(asked, held, answers.takers, scores.values[:, column], totals)
        done.append(
            replace(
                line,
                kind=asked.kind,
                knowledge_point=asked.knowledge_point,
                exposure=len(held) / taken,
                seconds=median(spent) if spent else None,
                options=options,
                remarks=(
                    *line.remarks,
                    *remarks.of_options(
                        [(one.option, one.key, one.n, one.r) for one in options], len(held), lang
                    ),
                ),
            )
        )
    return tuple(done)


def _options(
    asked: AskedItem, held: Sequence[int], takers: Sequence[Taker], points: Array, totals: Array
) -> tuple[OptionLine, ...]:
    if not asked.options or not held:
        return ()
    chosen = np.array(
        [[one in takers[row].chosen.get(asked.item, ()) for one in asked.options] for row in held]
    )
    rows = np.array(held)
    rest = totals[rows] - np.nan_to_num(points[rows])
    found = chosen_by(chosen, rest, thirds_of(totals[rows]))
    return tuple(
        OptionLine(
            option=option,
            key=option in asked.key,
            n=int(found.n[at]),
            share=float(found.n[at]) / len(held),
            low=known(found.thirds[at, 0]),
            middle=known(found.thirds[at, 1]),
            high=known(found.thirds[at, 2]),
            r=known(found.r[at]),
        )
        for at, option in enumerate(asked.options)
    )


def _points(answers: ExamAnswers, groups: Mapping[str, str], lang: str) -> tuple[PointLine, ...]:
    of_item = {item.item: item.knowledge_point for item in answers.items}
    lines = []
    for point in sorted(set(of_item.values())):
        items = [item for item, its in of_item.items() if its == point]
        shares: dict[str, float] = {}
        for group in sorted({groups.get(taker.candidate, "") for taker in answers.takers} - {""}):
            inside = [one for one in answers.takers if groups.get(one.candidate) == group]
            share = _earned(answers, inside, items)
            if share is not None:
                shares[group] = share
        lines.append(
            PointLine(
                knowledge_point=point,
                title=answers.titles.get(point, {}).get(lang, point),
                items=len(items),
                share=_earned(answers, answers.takers, items) or 0.0,
                groups=shares,
            )
        )
    return tuple(lines)


def _earned(answers: ExamAnswers, takers: Iterable[Taker], items: Sequence[str]) -> float | None:
    """The share of the points of `items` that `takers` earned, of those they had."""
    earned = offered = 0.0
    for taker in takers:
        for item in items:
            points = taker.points.get(item)
            if points is not None:
                earned += points
                offered += answers.maxima[item]
    return earned / offered if offered else None


def _taker(answers: ExamAnswers, taker: Taker, groups: Mapping[str, str]) -> TakerLine:
    by_point: dict[str, list[str]] = {}
    for item in answers.items:
        by_point.setdefault(item.knowledge_point, []).append(item.item)
    shares = {
        point: share
        for point, items in sorted(by_point.items())
        if (share := _earned(answers, [taker], items)) is not None
    }
    return TakerLine(
        candidate=taker.candidate,
        name=taker.name,
        session=taker.session,
        seat=taker.seat,
        group=groups.get(taker.candidate, ""),
        form=taker.form,
        score=taker.score,
        max_score=taker.max_score,
        passed=taker.passed,
        seconds=sum(taker.seconds.values()) or None,
        mastery=shares,
    )


def _pairs(answers: ExamAnswers) -> tuple[PairLine, ...]:
    """Neighbours (seats next to each other in the order of their numbers) with the same items."""
    codes = answers.codes()
    forms = [frozenset(taker.points) for taker in answers.takers]
    enough = [form for form in set(forms) if forms.count(form) >= LEAST_CANDIDATES]
    lines = []
    for form in enough:
        rows = [row for row, one in enumerate(forms) if one == form]
        takers = [answers.takers[row] for row in rows]
        totals = np.array([taker.score for taker in takers])
        neighbours = _neighbours(takers, answers.takers)
        for pair in alike(codes[rows], totals, neighbours, LEVEL / len(enough)):
            one, other = takers[pair.one], takers[pair.other]
            lines.append(
                PairLine(
                    session=one.session,
                    one=one.candidate,
                    other=other.candidate,
                    seats=(one.seat, other.seat),
                    same=pair.same,
                    items=pair.items,
                    expected=pair.expected,
                    p=pair.p,
                    flagged=pair.flagged,
                )
            )
    return tuple(sorted(lines, key=lambda line: line.p))


def _neighbours(takers: Sequence[Taker], everyone: Sequence[Taker]) -> list[tuple[int, int]]:
    place = {(taker.session, taker.candidate): at for at, taker in enumerate(takers)}
    seated: dict[str, list[Taker]] = {}
    for taker in everyone:
        if taker.seat:
            seated.setdefault(taker.session, []).append(taker)
    found = []
    for row in seated.values():
        row.sort(key=lambda taker: _seat(taker.seat))
        for one, other in pairwise(row):
            ends = [place.get((taker.session, taker.candidate)) for taker in (one, other)]
            if ends[0] is not None and ends[1] is not None:
                found.append((ends[0], ends[1]))
    return found


def _seat(seat: str) -> list[tuple[int, str]]:
    """Seats in their order: A2 before A10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", seat)]
