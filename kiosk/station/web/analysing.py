"""An analysis, made in the process beside the server and kept there, and what pages need of it kept here.

Reading a round's packages and estimating Rasch's model takes seconds, so a page asks once; what was computed
holds until something of the round changes (`stamp`). Numbers' libraries are read in that process alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk.station.home import Station
from kiosk.station.item_history import Used, uses_of

if TYPE_CHECKING:
    from kiosk.station.understanding.session_answers import ExamAnswers
    from kiosk.station.understanding.session_report import SessionReport

T = TypeVar("T")


class Subject(Struct, frozen=True):
    """What is analysed: an exam of a session (with all of its round that held the same), for readers of
    `lang`; `stamp` is what `results_stamp` said."""

    folder: Path
    session: str
    exam: str
    whole_round: bool
    lang: str
    stamp: tuple[int, ...]


class Told(Struct, frozen=True):
    """What a page shows. `report` is the report as JSON has it, without its candidates; rows of figures
    are what, value, what it says; of groups name, number, passed, share, mean, items that differ; of scores from, to,
    how many."""

    report: dict[str, Any]
    figures: list[tuple[str, Any, str]]
    neighbours: list[str]
    exactness: list[str]
    groups: list[tuple[str, int, str, str, str, str]]
    scores: list[tuple[float, float, int]]
    plots: tuple[str, ...]


class Kept:
    """What was asked of the process beside, the last of it: whoever asks again gets the same."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._futures: OrderedDict[Hashable, Future[Any]] = OrderedDict()

    def of(self, key: Hashable, begin: Callable[[], Future[T]]) -> Future[T]:
        """The future kept under `key`, or else the one that `begin` gives; one that failed is not kept."""
        with self._lock:
            future = self._futures.get(key)
            if future is None or (
                future.done() and (future.cancelled() or future.exception() is not None)
            ):
                future = self._futures[key] = begin()
            self._futures.move_to_end(key)
            while len(self._futures) > self._most:
                self._futures.popitem(last=False)
            return future


def analysed(subject: Subject) -> Told:
    """The report of a subject, for its page.

    Raises:
        InputRefused: no such session or exam, or nothing counts yet.
    """
    from kiosk.station.understanding import told
    from kiosk.station.understanding.plots import drawings

    report = _report(subject)
    shown: dict[str, Any] = msgspec.to_builtins(replace(report, candidates=()))
    return Told(
        report=shown,
        figures=told.figures(report, subject.lang),
        neighbours=told.neighbours(report, subject.lang),
        exactness=told.exactness(report, subject.lang),
        groups=told.groups(report, subject.lang),
        scores=told.score_counts(report),
        plots=tuple(drawings(report, subject.lang)),
    )


def drawn(subject: Subject, plot: str) -> str | None:
    """A plot as SVG; None where the report has no such."""
    from kiosk.station.understanding.plots import drawings

    draw = drawings(_report(subject), subject.lang).get(plot)
    return None if draw is None else draw()


def exported(subject: Subject, file: str) -> bytes | None:
    """A file of the analysis; None where there is no such."""
    from kiosk.station.understanding.exports import one_export

    return one_export(_answers(replace(subject, lang="")), _report(subject), file)


def used(folder: Path, bank: str, item: str) -> tuple[Used, ...]:
    """In which exams an item was, and how it came out."""
    station = Station.open(folder)
    try:
        return uses_of(station, bank, item)
    finally:
        station.close()


def grouped(folder: Path, session: str, data: bytes, where: str) -> int:
    """Keeps the groups of a session's round; returns of how many candidates.

    Raises:
        InputRefused: as `keep_groups` does.
    """
    from kiosk.station.understanding.groups import keep_groups

    station = Station.open(folder)
    try:
        return keep_groups(station, session, data, where)
    finally:
        station.close()


@lru_cache(maxsize=2)
def _answers(subject: Subject) -> ExamAnswers:
    from kiosk.station.understanding.session_answers import read_exam

    station = Station.open(subject.folder)
    try:
        return read_exam(
            station, subject.session, exam=subject.exam, whole_round=subject.whole_round
        )
    finally:
        station.close()


@lru_cache(maxsize=4)
def _report(subject: Subject) -> SessionReport:
    from kiosk.station.understanding.groups import groups_of
    from kiosk.station.understanding.session_answers import pyramid
    from kiosk.station.understanding.session_report import session_report

    station = Station.open(subject.folder)
    try:
        groups = groups_of(station, subject.session)
        standings = pyramid(station, subject.session)
    finally:
        station.close()
    answers = _answers(replace(subject, lang=""))
    return session_report(answers, subject.lang, groups=groups, standings=standings)
