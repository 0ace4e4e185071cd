"""What the candidates of an exam answered, from the registry: points, choices, time, seat.

Of each candidate the package and the result that count, under the scoring version asked for. Sessions
of one round may be taken together where they held the same exam. Names are the author's, by the map
that came with the scoring file; identifiers of a sealed bank mean nothing to anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.codec import decode
from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.assessment.items import Choice
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.result import Result
from kiosk.scoring.standard import read_standard
from kiosk.station.banks import open_admitted
from kiosk.station.home import Station
from kiosk.station.registry import packages, plans, results
from kiosk.station.results import Counted, counted_of
from kiosk.station.roster import LEVEL_WORDS
from kiosk.station.stored import stored
from kiosk.station.teams import Workers, team_for
from kiosk.station.understanding.answers import Scores
from kiosk.station.understanding.reading import Seen, look_at
from kiosk.words import mark

Progress = Callable[[int, int], None]


class AskedItem(Struct, frozen=True):
    """An item as its author knows it. `options` and `key` are of a choice; empty of others."""

    item: str
    kind: str
    knowledge_point: str
    options: tuple[str, ...] = ()
    key: tuple[str, ...] = ()


class Taker(Struct, frozen=True):
    """A candidate of whom something counts. By item: `points`, `chosen` (an answer, in the author's
    words for options), `seconds` (not of a sitting that changed terminals)."""

    candidate: str
    name: str
    session: str
    seat: str
    form: str
    score: float
    max_score: float
    pass_score: float
    passed: bool
    paper: tuple[str, ...]
    points: dict[str, float | None]
    chosen: dict[str, tuple[str, ...]]
    seconds: dict[str, float]
    received_at: int = 0
    """When the package came to the station, UTC epoch seconds."""


class ExamAnswers(Struct, frozen=True):
    """An exam, in one session or in all of a round; `absent` sat nothing that counts; `cluster_fault` says
    why this machine did some of the work of the others, where it did."""

    sessions: tuple[str, ...]
    exam: str
    level: str
    bank: str
    version: str
    scoring_version: int
    items: tuple[AskedItem, ...]
    maxima: dict[str, float]
    takers: tuple[Taker, ...]
    absent: int
    titles: dict[str, dict[str, str]]
    """Of knowledge points, by language."""
    cluster_fault: str = ""

    @property
    def several_forms(self) -> bool:
        return len({frozenset(taker.points) for taker in self.takers}) > 1

    def scores(self, groups: Mapping[str, str]) -> Scores:
        """The table of points; NaN where an item was not on the candidate's form or is not marked
        yet. No answer is 0, as the exam counts it."""
        names = tuple(item.item for item in self.items)
        place = {name: at for at, name in enumerate(names)}
        shape = (len(self.takers), len(names))
        values = np.full(shape, np.nan)
        blank, unreached = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        for row, taker in enumerate(self.takers):
            for name, points in taker.points.items():
                values[row, place[name]] = np.nan if points is None else points
            answered = [bool(taker.chosen.get(name)) for name in taker.paper]
            end = len(answered) - next(
                (back for back, one in enumerate(reversed(answered)) if one), len(answered)
            )
            for position, name in enumerate(taker.paper):
                if not answered[position]:
                    (blank if position < end else unreached)[row, place[name]] = True
        return Scores(
            items=names,
            values=values,
            maxima=np.array([self.maxima[name] for name in names]),
            weights=np.ones(len(self.takers)),
            groups=tuple(groups.get(taker.candidate, "") for taker in self.takers)
            if groups
            else (),
            blank=blank,
            unreached=unreached,
            form_points=max(
                sum(self.maxima[name] for name in taker.points) for taker in self.takers
            ),
        )

    def codes(self) -> npt.NDArray[np.intp]:
        """Which answer each taker gave to each item, numbered; -1 for none."""
        codes = np.full((len(self.takers), len(self.items)), -1, dtype=np.intp)
        for column, item in enumerate(self.items):
            known: dict[tuple[str, ...], int] = {}
            for row, taker in enumerate(self.takers):
                answer = taker.chosen.get(item.item, ())
                if answer:
                    codes[row, column] = known.setdefault(answer, len(known))
        return codes


class Standing(Struct, frozen=True):
    """How a level came out in a round: `sat` of whom something counts, `passed` of these."""

    level: str
    sat: int
    passed: int


def read_exam(
    station: Station,
    session: str,
    *,
    exam: str = "",
    scoring_version: int = 0,
    whole_round: bool = False,
    workers: Workers = 1,
    progress: Progress = lambda done, total: None,
) -> ExamAnswers:
    """The answers of one exam of a session.

    Args:
        exam: which; may be left out where the session has one.
        scoring_version: 0 is the one the exam goes by.
        whole_round: with all sessions of the round that held the same level of the same bank.
        workers: who opens the packages.

    Raises:
        InputRefused: no such session, exam or version, or nothing that counts.
    """
    with station.registry.reading() as connection:
        chosen = _chosen(plans.exams_of(connection, session), session, exam)
        around = plans.require_session(connection, session).round
        known = {row.id: row.round for row in plans.every_session(connection)}
        alike = [chosen] + [
            row
            for row in plans.exams_of_bank(connection, chosen.bank)
            if whole_round
            and known[row.session] == around
            and row.session != session
            and (row.version, row.level) == (chosen.version, chosen.level)
        ]
    version = scoring_version or chosen.scoring_version
    takers: list[Taker] = []
    opened = open_admitted(station, chosen.bank, chosen.version, version)
    with opened.reader as reader:
        entries = {entry.item: entry for entry in opened.scoring.entries}
        maxima: dict[str, float] = {}
        used: dict[str, ScoringEntry] = {}
        pending = [
            (row, found)
            for row in alike
            for found in _counted(station, replace(row, scoring_version=version))
        ]
        came = [(row, line, counted) for row, (line, counted) in pending if counted is not None]
        wanted = [(counted.package.sha256, counted.package.terminal) for *_, counted in came]
        with team_for(station, len(came), workers) as team:
            seen = chain.from_iterable(team.in_order(look_at, stored(station, wanted)))
            for done, ((row, line, counted), told) in enumerate(zip(came, seen, strict=True)):
                progress(done, len(came))
                result = decode(counted.result.detail, Result, "result")
                takers.append(_taker(row.session, line, counted, result, told, entries))
                for item in result.items:
                    used[item.item] = entries[item.item]
                    maxima[entries[item.item].source] = float(number(item.max_points))
        items = tuple(
            _asked(entry, reader.item(name).interactions) for name, entry in sorted(used.items())
        )
    if not takers:
        raise InputRefused(
            mark("nothing of session {session} counts yet under scoring version {version}"),
            remedy=mark("Import its packages, or score them again with that version"),
            session=session,
            version=version,
        )
    return ExamAnswers(
        sessions=tuple(row.session for row in alike),
        exam=chosen.exam,
        level=chosen.level,
        bank=chosen.bank,
        version=chosen.version,
        scoring_version=version,
        items=tuple(sorted(items, key=lambda item: item.item)),
        maxima=maxima,
        takers=tuple(takers),
        absent=len(pending) - len(came),
        titles={
            point.id: point.title
            for content in read_standard(opened.scoring.standard, chosen.bank).contents()
            for point in content.knowledge_points
        },
        cluster_fault=team.fault,
    )


def pyramid(station: Station, session: str) -> tuple[Standing, ...]:
    """Who sat and who passed in the round of a session, by level, the highest first."""
    sat: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    with station.registry.reading() as connection:
        around = plans.require_session(connection, session).round
        exams = [
            exam
            for row in plans.every_session(connection)
            if row.round == around
            for exam in plans.exams_of(connection, row.id)
        ]
    for exam in exams:
        for _, counted in _counted(station, exam):
            if counted is not None:
                sat[exam.level] += 1
                passed[exam.level] += counted.result.passed
    order: list[str] = [*LEVEL_WORDS]
    order.reverse()
    return tuple(
        Standing(level, sat[level], passed[level]) for level in sorted(sat, key=order.index)
    )


def _chosen(exams: tuple[plans.ExamRow, ...], session: str, exam: str) -> plans.ExamRow:
    found = [row for row in exams if exam in ("", row.exam)]
    if not exams:
        raise InputRefused(mark("there is no session '{session}'"), session=session)
    if len(found) == 1:
        return found[0]
    raise InputRefused(
        mark("session {session} has the exams {exams}"),
        remedy=mark("Name one of them with --exam"),
        session=session,
        exams=[row.exam for row in exams],
    )


def _counted(
    station: Station, exam: plans.ExamRow
) -> Iterator[tuple[plans.RosterRow, Counted | None]]:
    """Every candidate of an exam with what counts of them."""
    with station.registry.reading() as connection:
        roster = tuple(
            row for row in plans.roster_of(connection, exam.session) if row.exam == exam.exam
        )
        came = packages.of_session(connection, exam.session)
        mine = {row.candidate for row in roster}
        counted = counted_of(
            tuple(row for row in came if row.candidate in mine),
            results.of_session(connection, exam.session),
            (exam,),
            roster,
        )
        unused = plans.reserves_of(connection, exam.session) - {row.candidate for row in came}
    for row in roster:
        if row.candidate not in unused:
            yield row, counted.get(row.candidate)


def _taker(
    session: str,
    line: plans.RosterRow,
    counted: Counted,
    result: Result,
    seen: Seen,
    entries: Mapping[str, ScoringEntry],
) -> Taker:
    return Taker(
        candidate=line.candidate,
        name=line.name,
        session=session,
        seat=seen.seat or line.seat or "",
        form=result.form,
        score=float(number(result.score)),
        max_score=float(number(result.max_score)),
        pass_score=float(number(result.pass_score)),
        passed=result.passed,
        paper=tuple(
            entries[item.item].source for item in sorted(result.items, key=lambda one: one.position)
        ),
        points={
            entries[item.item].source: None
            if item.reason.code == "people"
            else float(number(item.points))
            for item in result.items
        },
        chosen={
            entries[item].source: tuple(
                entries[item].names.get(value, value)
                for response in sorted(responses)
                for value in responses[response]
            )
            for item, responses in seen.responses.items()
        },
        seconds={entries[item].source: spent for item, spent in seen.seconds.items()},
        received_at=counted.package.received_at,
    )


def _asked(entry: ScoringEntry, interactions: tuple[object, ...]) -> AskedItem:
    only = interactions[0] if len(interactions) == 1 else None
    if not isinstance(only, Choice):
        return AskedItem(entry.source, entry.kind, entry.knowledge_point)
    correct = next(
        (one.correct or () for one in entry.rules.responses if one.id == only.response), ()
    )
    return AskedItem(
        entry.source,
        entry.kind,
        entry.knowledge_point,
        options=tuple(sorted(entry.names.get(choice, choice) for choice in only.choices)),
        key=tuple(sorted(entry.names.get(choice, choice) for choice in correct)),
    )
