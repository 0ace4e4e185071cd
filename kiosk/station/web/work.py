"""What needs the station's keys, done in a process of its own: the one that answers browsers holds none.

A job stands in the registry: how far it is, and what came of it; so a page can follow it, and an import that
was cut off is told as such. Jobs run one after the other; what a page asks meanwhile has a process for itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kiosk.errors import InputRefused, KioskError, Value
from kiosk.station.checks_report import SeatLine, session_checks
from kiosk.station.comparing import Comparison, compare
from kiosk.station.evidence import evidence_of
from kiosk.station.home import Station, utc_now
from kiosk.station.marking.opening import Opened as MarkingOpened
from kiosk.station.marking.opening import open_marking
from kiosk.station.plan_checks import PlanCheck, PlanRefused
from kiosk.station.plan_file import read_plan_file
from kiosk.station.planning import Planned, plan_session
from kiosk.station.publish import Published, publish
from kiosk.station.receiving import Report, receive
from kiosk.station.registry import jobs
from kiosk.station.results import Explanation, explain
from kiosk.station.roster import RosterLine
from kiosk.station.transparency import make_receipts
from kiosk.station.web.processes import one_process
from kiosk.words import mark

P = ParamSpec("P")
T = TypeVar("T")


class Outcome(Struct, frozen=True):
    """What came of a job: a report, or the fault that ended it."""

    report: Report | None = None
    sentence: str = ""
    remedy: str = ""
    where: str = ""
    values: dict[str, Value] = {}

    def fault(self) -> KioskError | None:
        if not self.sentence:
            return None
        return KioskError(self.sentence, where=self.where, remedy=self.remedy, **self.values)


class Work:
    """The processes beside one server; started when they are first needed."""

    def __init__(self, folder: Path, executor: Callable[[], Executor] = one_process) -> None:
        self.folder = folder
        self._make = executor
        self._executors: dict[str, Executor] = {}

    def warm(self) -> None:
        """Starts the process for what pages ask: its libraries take seconds to read."""
        self._submit("asks", ready)

    def begin(self, function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Starts a job and does not wait for it."""
        self._submit("jobs", function, *args, **kwargs)

    def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `function` returns in the other process.

        Raises:
            KioskError: as the function does.
        """
        return self._submit("asks", function, *args, **kwargs).result()

    def analyse(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Starts what an analysis needs, in a process of its own: it holds up no other page."""
        return self._submit("analyses", function, *args, **kwargs)

    def close(self) -> None:
        for executor in self._executors.values():
            executor.shutdown(wait=False, cancel_futures=True)

    def _submit(
        self, line: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        executor = self._executors.get(line)
        if executor is None:
            executor = self._executors[line] = self._make()
        try:
            return executor.submit(function, *args, **kwargs)
        except RuntimeError:  # a process that died breaks its pool
            executor = self._executors[line] = self._make()
            return executor.submit(function, *args, **kwargs)


def ready() -> None:
    """Does nothing: whoever can call it has this module read."""


def run_import(
    folder: Path, job: int, paths: list[Path], retry: bool, scratch: Path | None
) -> None:
    """Imports what was brought, and drops the copies in `scratch`: what was refused is in quarantine."""
    station = Station.open(folder)
    try:

        def advance(done: int, total: int) -> None:
            with station.registry.writing() as connection:
                jobs.advance(connection, job, done, total)

        try:
            report = receive(station, paths, utc_now(), retry=retry, progress=advance)
            outcome = Outcome(report=_told(report, scratch))
        except KioskError as fault:
            outcome = Outcome(
                None, fault.sentence, fault.remedy_sentence, fault.where, dict(fault.values)
            )
        except Exception as fault:  # the job must end, or its page would wait for ever
            outcome = Outcome(
                sentence=mark("the program met a fault of its own ({name})"),
                remedy=mark("Import the same files again; nothing is taken twice"),
                values={"name": type(fault).__name__},
            )
            raise
        finally:
            _end(station, job, outcome)
    finally:
        station.close()
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def explained(folder: Path, session: str, candidate: str, lang: str) -> Explanation:
    station = Station.open(folder)
    try:
        return explain(station, session, candidate, lang)
    finally:
        station.close()


def evidence_file(folder: Path, session: str, candidate: str) -> bytes:
    station = Station.open(folder)
    try:
        return evidence_of(station, session, candidate, utc_now())
    finally:
        station.close()


def head_signed(folder: Path) -> None:
    """Signs the log's head with the leaves of what people did since; what fails, the next import does."""
    station = Station.open(folder)
    try:
        make_receipts(station, utc_now())
    finally:
        station.close()


def compared(folder: Path, session: str, candidate: str, lang: str) -> Comparison:
    station = Station.open(folder)
    try:
        return compare(station, session, candidate, lang)
    finally:
        station.close()


def self_checks(folder: Path, session: str, lang: str, candidate: str) -> tuple[SeatLine, ...]:
    station = Station.open(folder)
    try:
        return session_checks(station, session, lang, candidate)
    finally:
        station.close()


class Checked(Struct, frozen=True):
    """What the checks found: problems, or how many would sit where nothing stands in the way."""

    problems: tuple[KioskError, ...] = ()
    session: str = ""
    candidates: tuple[RosterLine, ...] = ()
    passed_over: tuple[str, ...] = ()


def checked(folder: Path, plan: Path, now: datetime) -> Checked:
    """All that is wrong with a plan, and nothing is planned yet."""
    station = Station.open(folder)
    try:
        file = read_plan_file(plan)
        found = PlanCheck(station, file, plan, now).run()
        return Checked((), file.session, found.lines, found.passed_over)
    except PlanRefused as fault:
        return Checked(fault.problems)
    except InputRefused as fault:
        return Checked((fault,))
    finally:
        station.close()


def planned(folder: Path, plan: Path, now: datetime, replace: bool) -> Planned:
    station = Station.open(folder)
    try:
        return plan_session(station, plan, now, replace=replace)
    finally:
        station.close()


def marking_opened(
    folder: Path,
    session: str,
    now: datetime,
    markers: Sequence[str],
    adjudicators: Sequence[str],
    share: str,
    bound: str,
) -> MarkingOpened:
    station = Station.open(folder)
    try:
        return open_marking(
            station,
            session,
            now,
            markers=markers,
            adjudicators=adjudicators,
            share=share,
            bound=bound,
        )
    finally:
        station.close()


def published(folder: Path, to: Path, releases: Path | None, now: datetime) -> Published:
    station = Station.open(folder)
    try:
        return publish(station, to, releases, now)
    finally:
        station.close()


def _told(report: Report, scratch: Path | None) -> Report:
    """The report, with files by the names they were brought with."""
    if scratch is None:
        return report
    return replace(
        report,
        refused=tuple(replace(one, file=brought(one.file, scratch)) for one in report.refused),
        conflicts=tuple(brought(name, scratch) for name in report.conflicts),
        logs=tuple(brought(name, scratch) for name in report.logs),
        sheets=tuple(replace(one, file=brought(one.file, scratch)) for one in report.sheets),
    )


def brought(name: str, scratch: Path) -> str:
    """A file's name without the folder it waited in."""
    inside = name.removeprefix(f"{scratch}/")
    return inside.partition("/")[2] if inside != name else name


def _end(station: Station, job: int, outcome: Outcome) -> None:
    with station.registry.writing() as connection:
        jobs.end(connection, job, int(utc_now().timestamp()), msgspec.json.encode(outcome))
