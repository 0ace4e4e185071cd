"""Scoring again after the exam: by a corrected key of the author, or with amendments of a bad item.

A new version is for every session of the round that used the bank, and old results stay. The results of the
new version are added first, part by part; then, in one transaction, the exams go by it, with the act and its
leaf. Killed before that, nothing counts otherwise than before, and the same command goes on where it was.
A dry run does all of it in a transaction that is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.codec import encode
from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.errors import InputRefused
from kiosk.scoring.amendments import AlsoRight, Amendment, FullMarks, LeftOut
from kiosk.scoring.numbers import number
from kiosk.station import banks
from kiosk.station.acts import Why, act
from kiosk.station.amendments import amendments_of, row_of, written
from kiosk.station.batches import Batch
from kiosk.station.home import Station
from kiosk.station.intake import Rescored, score_again
from kiosk.station.kits import Kits, Scoring
from kiosk.station.marking.settling import settle_session
from kiosk.station.registry import Connection, acts, packages, plans, results
from kiosk.station.results import counted_of, plain
from kiosk.station.standings import announce_again
from kiosk.station.stored import stored
from kiosk.station.teams import Workers, team_for
from kiosk.trust.durable import write_durable
from kiosk.words import mark

How = Literal["full", "leave-out", "also-right"]


class Change(Struct, frozen=True):
    """A candidate's score by the version before and the one after; None where nothing counts."""

    session: str
    candidate: str
    name: str
    exam: str
    package: str | None
    score_before: int | float | None
    score: int | float | None
    max_score: int | float | None
    passed_before: bool | None
    passed: bool | None

    @property
    def changed(self) -> bool:
        return (self.score_before, self.passed_before) != (self.score, self.passed)


class Rescoring(Struct, frozen=True):
    """What scoring again did, or would do: a row for each candidate of the exams concerned;
    `cluster_fault` says why this machine did some of the work of the others, where it did."""

    bank: str
    version: str
    scoring_version: int
    sessions: tuple[str, ...]
    rows: tuple[Change, ...]
    new: bool
    cluster_fault: str = ""


class _TakenBack(Exception):
    """Ends a dry run's transaction."""


def rescore(
    station: Station,
    session: str,
    scoring: bytes,
    now: datetime,
    why: Why,
    *,
    dry_run: bool = False,
    workers: Workers = 1,
) -> Rescoring:
    """Scores a session, and its whole round, by another scoring file of the same bank.

    Args:
        scoring: a `.scoring`, checked as an import checks it. One that was admitted before may be gone
            back to.

    Raises:
        NotPermitted: its author is not listed.
        InputRefused: no such session, a file that does not hold, or of a bank that the session had not.
    """
    found = banks.checked(station, scoring, {}, now)
    content = found.content
    exams = _exams(station, session, content.bank, content.version)
    by = Scoring(content, content.scoring_version)
    row = None if found.known else banks.scoring_row(content, scoring, int(now.timestamp()))
    if row is not None and not dry_run:
        banks.keep(station, scoring, found, now)
    told: dict[str, object] = {"scoring": row.sha256 if row else b"", "bank": content.bank}
    run = _Run(station, exams, by, now, why, "rescore", told)
    return run.tried(row) if dry_run else run.done(workers)


def void_item(
    station: Station,
    session: str,
    item: str,
    how: How,
    now: datetime,
    why: Why,
    *,
    answer: Sequence[str] = (),
    dry_run: bool = False,
    workers: Workers = 1,
) -> Rescoring:
    """Decides about a bad item, for every session of the round that used its bank.

    Args:
        item: the author's name of it.
        how: all get its points, it counts for nobody, or `answer` is right too.
        answer: in the author's names of the choices, or as it is typed.

    Raises:
        InputRefused: no such session or item, or an answer that the item cannot have.
    """
    with station.registry.reading() as connection:
        plans.require_session(connection, session)
        planned = plans.exams_of(connection, session)
    for exam in planned:
        content = banks.admitted_scoring(station, exam.bank, exam.version, exam.scoring_version)
        entry = next((one for one in content.entries if item in (one.source, one.item)), None)
        if entry is not None:
            break
    else:
        raise InputRefused(
            mark("no exam of {session} has an item {item}"),
            remedy=mark("Name it as its author did; `results --explain` shows the names"),
            session=session,
            item=item,
        )
    amendment = _amendment(entry, how, answer)
    before = amendments_of(station, exam.bank, exam.version, exam.scoring_version)
    items = (*(one for one in before if one.item != entry.item), amendment)
    if amendment in before:
        number, items = exam.scoring_version, before
    else:
        number = _next(station, exam)
    data = written(exam.bank, exam.version, number, items)
    row = row_of(exam.bank, exam.version, number, data, int(now.timestamp()))
    if amendment not in before and not dry_run:
        write_durable(station.folder / "scoring" / row.file, data)
        with station.registry.writing() as connection:
            plans.add_scoring(connection, row)
    exams = _exams(station, session, exam.bank, exam.version)
    told: dict[str, object] = {
        "item": entry.source,
        "how": how,
        "answer": list(answer),
        "amendments": row.sha256,
    }
    run = _Run(station, exams, Scoring(content, number, items), now, why, "void-item", told)
    return run.tried(None if amendment in before else row) if dry_run else run.done(workers)


def catch_up(station: Station, sessions: set[str], now: datetime) -> None:
    """Scores what an import recorded by a version that its exam goes by no longer, because both ran at
    once."""
    for session in sorted(sessions):
        with station.registry.reading() as connection:
            if plans.find_session(connection, session) is None:
                continue
            exams = plans.exams_of(connection, session)
            owing = [
                exam
                for exam in exams
                if results.without(connection, session, exam.exam, exam.scoring_version)
            ]
        for exam in owing:
            content = banks.admitted_scoring(station, exam.bank, exam.version, exam.scoring_version)
            items = amendments_of(station, exam.bank, exam.version, exam.scoring_version)
            by = Scoring(content, exam.scoring_version, items)
            _Run(station, (exam,), by, now, Why("", ""), "rescore", {}).add_results(1)


def _exams(station: Station, session: str, bank: str, version: str) -> tuple[plans.ExamRow, ...]:
    """The exams of a session's round that use a bank."""
    with station.registry.reading() as connection:
        round_ = plans.require_session(connection, session).round
        found = [
            exam
            for row in plans.every_session(connection)
            if row.round == round_
            for exam in plans.exams_of(connection, row.id)
            if (exam.bank, exam.version) == (bank, version)
        ]
    if session not in {exam.session for exam in found}:
        raise InputRefused(
            mark("{session} has no exam of bank {bank} {version}"),
            remedy=mark("Name a session that used it, or take the scoring file of its bank"),
            session=session,
            bank=bank,
            version=version,
        )
    return tuple(found)


def _amendment(entry: ScoringEntry, how: How, answer: Sequence[str]) -> Amendment:
    if how == "full":
        return FullMarks(entry.item)
    if how == "leave-out":
        return LeftOut(entry.item)
    responses = entry.rules.responses
    sealed = {name: ours for ours, name in entry.names.items()}
    values = tuple(sealed.get(value, value) for value in answer)
    choices = {value for declared in responses for value in declared.correct or ()}
    if len(responses) != 1 or not values:
        raise InputRefused(
            mark("a further answer needs an item with one field, and the answer"),
            remedy=mark("Add --also-right, once for each choice; else use --full or --leave-out"),
        )
    if (
        responses[0].base_type == "identifier"
        and entry.names
        and not set(values) <= (choices | entry.names.keys())
    ):
        raise InputRefused(
            mark("the item has no such choice"),
            where=entry.source,
            remedy=mark("Name choices as the author did"),
        )
    return AlsoRight(entry.item, responses[0].id, values)


def _next(station: Station, exam: plans.ExamRow) -> int:
    """The number of the next amended version on an exam's author's version."""
    own = exam.scoring_version % plans.AMENDED
    with station.registry.reading() as connection:
        rows = plans.amended_versions(connection, exam.bank, exam.version)
    times = [row.scoring_version // plans.AMENDED for row in rows]
    return (max(times, default=0) + 1) * plans.AMENDED + own


class _Run:
    """Exams on their way to another scoring version."""

    def __init__(
        self,
        station: Station,
        exams: tuple[plans.ExamRow, ...],
        by: Scoring,
        now: datetime,
        why: Why,
        kind: str,
        told: dict[str, object],
    ) -> None:
        self._station = station
        self._exams = exams
        self._by = by
        self._now = now
        self._at = int(now.timestamp())
        self._why = why
        self._kind = kind
        self._told = told

    def done(self, workers: Workers) -> Rescoring:
        """Adds what is missing and lets the exams go by the version."""
        fault = ""
        while True:
            fault = self.add_results(workers) or fault
            with self._station.registry.writing() as connection:
                # A package may have come in between.
                if not self._owing(connection):
                    return replace(self._switch(connection), cluster_fault=fault)

    def tried(self, scoring: plans.ScoringRow | None) -> Rescoring:
        """What `done` would do; `scoring` is the version where it is not in the registry yet."""
        with self._station.registry.reading() as connection:
            owing = self._owing(connection)
        made = [one for batch in self._batches(owing) for one in score_again(batch)]
        found: list[Rescoring] = []
        try:
            with self._station.registry.writing() as connection:
                if scoring is not None:
                    plans.add_scoring(connection, scoring)
                self._record(connection, made)
                found.append(self._switch(connection))
                raise _TakenBack
        except _TakenBack:
            return found[0]

    def add_results(self, workers: Workers) -> str:
        """Scores the packages that have no result of the version yet; says what a cluster failed at."""
        with self._station.registry.reading() as connection:
            owing = self._owing(connection)
        if not owing:
            return ""
        with team_for(self._station, len(owing), workers) as team:
            for part in team.in_order(score_again, self._batches(owing)):
                with self._station.registry.writing() as connection:
                    self._record(connection, part)
        return team.fault

    def _owing(self, connection: Connection) -> list[tuple[str, bytes, bytes]]:
        """Session, package and terminal of what has no result of the version."""
        return [
            (exam.session, package, terminal)
            for exam in self._exams
            for package, terminal in results.without(
                connection, exam.session, exam.exam, self._by.number
            )
        ]

    def _batches(self, owing: list[tuple[str, bytes, bytes]]) -> Iterator[Batch]:
        kits = Kits(self._station, self._by)
        for session, group in groupby(sorted(owing), key=lambda one: one[0]):
            wanted = [(digest, kid) for _, digest, kid in group]
            yield from stored(self._station, wanted, (kits.of_session(session),))

    def _record(self, connection: Connection, found: Sequence[Rescored]) -> None:
        content = self._by.content
        for one in found:
            known = {row.scoring_version for row in results.of_package(connection, one.package)}
            if one.scoring_version in known:
                continue  # two at once
            results.add(
                connection,
                results.ResultRow(
                    package=one.package,
                    bank=content.bank,
                    version=content.version,
                    scoring_version=one.scoring_version,
                    score=one.result.score,
                    max_score=one.result.max_score,
                    passed=one.result.passed,
                    detail=encode(one.result),
                    scored_at=self._at,
                    pending=sum(item.reason.code == "people" for item in one.result.items),
                ),
            )

    def _switch(self, connection: Connection) -> Rescoring:
        """Lets the exams go by the version from here on, and tells who changes."""
        sessions = tuple(dict.fromkeys(exam.session for exam in self._exams))
        before = {session: _counted(connection, session) for session in sessions}
        for session in sessions:
            settle_session(connection, session, self._at)
        now_by = {
            (exam.session, exam.exam): exam.scoring_version
            for session in sessions
            for exam in plans.exams_of(connection, session)
        }
        here = [exam for exam in self._exams if now_by[exam.session, exam.exam] != self._by.number]
        made_by: dict[str, int] = {}
        for session in sessions:
            changed = [exam.exam for exam in here if exam.session == session]
            if changed:
                told = {**self._told, "scoring_version": self._by.number, "exams": changed}
                made = act(connection, self._kind, session, self._why, self._now, told)
                pairs = [(session, exam) for exam in changed]
                acts.add_rescorings(connection, made, pairs, self._by.number)
                made_by[session] = made
        rows = [
            row
            for session in sessions
            for row in self._changes(connection, session, before[session])
        ]
        for session, made in made_by.items():
            moved = [row.candidate for row in rows if row.session == session and row.changed]
            announce_again(connection, made, session, moved)
        content = self._by.content
        return Rescoring(
            content.bank, content.version, self._by.number, sessions, tuple(rows), bool(here)
        )

    def _changes(
        self, connection: Connection, session: str, before: dict[str, results.ResultRow]
    ) -> Iterator[Change]:
        after = _counted(connection, session)
        exams = {exam.exam for exam in self._exams if exam.session == session}
        names = acts.names(connection, session)
        for line in plans.roster_of(connection, session):
            if line.exam not in exams:
                continue
            old, new = before.get(line.candidate), after.get(line.candidate)
            yield Change(
                session=session,
                candidate=line.candidate,
                name=names.get(line.candidate, line.name),
                exam=line.exam,
                package=None if new is None else new.package.hex(),
                score_before=None if old is None else plain(number(old.score)),
                score=None if new is None else plain(number(new.score)),
                max_score=None if new is None else plain(number(new.max_score)),
                passed_before=None if old is None else old.passed,
                passed=None if new is None else new.passed,
            )


def _counted(connection: Connection, session: str) -> dict[str, results.ResultRow]:
    """By candidate: the result that counts, once people have marked all of it."""
    counted = counted_of(
        packages.of_session(connection, session),
        results.of_session(connection, session),
        plans.exams_of(connection, session),
        plans.roster_of(connection, session),
    )
    return {who: one.result for who, one in counted.items() if not one.result.pending}
