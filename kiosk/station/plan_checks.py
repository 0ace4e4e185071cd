"""Whether a plan can be held: everything that is wrong with it, found at once.

Rooms need two proctors and one for every fifteen candidates, a terminal for each candidate, parties
that are enrolled and free at that time, and banks that were admitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from kiosk.artefacts.common_start import MINUTE_S, MOST_MINUTES
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.self_check import REQUIRABLE
from kiosk.artefacts.session import Window
from kiosk.errors import InputRefused, NotPermitted
from kiosk.readers.tables import MAX_FILE_BYTES, read_table
from kiosk.station.enrol import find_party
from kiosk.station.exam_plans import PlannedExam, plan_exam
from kiosk.station.home import Station
from kiosk.station.plan_file import PlanFile, utc_seconds
from kiosk.station.registry import plans
from kiosk.station.roster import Problem, RosterLine, passed_over, read_roster
from kiosk.trust.durable import read_given

CANDIDATES_A_PROCTOR = 15
LEAST_PROCTORS = 2
MOST_RESERVES = 20

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+-]{0,63}")
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)

T = TypeVar("T")


class PlanRefused(InputRefused):
    """A plan that cannot be held as written, with everything there is to correct."""

    def __init__(self, where: str, problems: tuple[Problem, ...]) -> None:
        lines = "".join(f"\n  {problem}" for problem in problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            f"{count} in the plan; nothing was planned{lines}",
            where=where,
            remedy="Correct these, then plan again",
        )
        self.problems = problems


class Checked(Struct, frozen=True):
    """A plan that can be held."""

    window: Window
    exams: tuple[PlannedExam, ...]
    terminals: tuple[tuple[KeyRecord, str | None], ...]
    proctors: tuple[KeyRecord, ...]
    lines: tuple[RosterLine, ...]
    passed_over: tuple[str, ...]


class PlanCheck:
    """Checks a plan, and gathers what is wrong with it instead of stopping at the first."""

    def __init__(self, station: Station, file: PlanFile, path: Path, now: datetime) -> None:
        self._station = station
        self._now = now
        self._file = file
        self._path = path
        self._problems: list[Problem] = []
        self._passed_over: tuple[str, ...] = ()

    def run(self) -> Checked:
        """The plan with everything in it looked up.

        Raises:
            PlanRefused: there are problems; all of them.
        """
        file = self._file
        for name, value in (("session", file.session), ("round", file.round)):
            if not _IDENTIFIER.fullmatch(value):
                self._problem(
                    f"'{value[:80]}' cannot name a {name}",
                    "Use up to 64 letters of A-Z, digits and hyphens",
                )
        if file.minimum_version and not _VERSION.fullmatch(file.minimum_version):
            self._problem(
                f"minimum_version is '{file.minimum_version[:80]}'",
                'Enter the numbers of a version, such as "1.2", or leave it out',
            )
        if not file.room.strip():
            self._problem("the room has no name", "Enter one in room")
        for name in file.policy.required_checks:
            if name not in REQUIRABLE:
                self._problem(
                    f"required_checks has '{name[:80]}', which no session can require",
                    f"Choose from {', '.join(REQUIRABLE)}; docs/self-check.md says what they are",
                )
        window = self._window()
        exams = tuple(
            exam
            for part in file.exams
            if (exam := self._tried(partial(plan_exam, self._station, part, file.session), part.id))
        )
        self._once("exam", [part.id for part in file.exams])
        terminals = self._terminals(window)
        proctors = tuple(
            record
            for name in file.proctors
            if (
                record := self._tried(
                    partial(find_party, self._station, name, Role.PROCTOR), "proctors"
                )
            )
        )
        self._once("proctor", [record.kid.hex() for record in proctors])
        for part in file.exams:
            if not 0 <= part.reserves <= MOST_RESERVES:
                self._problem(
                    f"{part.reserves} reserves in exam {part.id}",
                    f"Plan at most {MOST_RESERVES} an exam",
                )
        lines = self._roster()
        self._room_holds(lines, terminals, proctors)
        if self._problems or window is None:
            raise PlanRefused(self._path.name, tuple(self._problems))
        return Checked(window, exams, terminals, proctors, lines, self._passed_over)

    def _window(self) -> Window | None:
        file = self._file
        opens = self._tried(lambda: utc_seconds(file.opens, file.zone, "opens"), "opens")
        closes = self._tried(lambda: utc_seconds(file.closes, file.zone, "closes"), "closes")
        if opens is None or closes is None:
            return None
        if opens >= closes:
            self._problem("the session closes before it opens", "Correct opens and closes")
            return None
        if closes <= self._now.timestamp():
            self._problem("the window of the session is over already", "Correct opens and closes")
            return None
        if file.policy.start == "common" and (closes - opens) // MINUTE_S >= MOST_MINUTES:
            self._problem(
                f"a common start needs a window shorter than {MOST_MINUTES // 60} hours",
                "Correct opens and closes, or let everybody begin alone",
            )
            return None
        return Window(opens, closes)

    def _terminals(self, window: Window | None) -> tuple[tuple[KeyRecord, str | None], ...]:
        found = []
        for part in self._file.terminals:
            record = self._tried(
                partial(find_party, self._station, part.name, Role.TERMINAL), "terminals"
            )
            if record is not None:
                found.append((record, part.seat))
        self._once("terminal", [record.name for record, _ in found])
        self._once("seat", [seat for _, seat in found if seat is not None])
        if window is not None:
            with self._station.registry.reading() as connection:
                booked = plans.booked_terminals(
                    connection, window.opens_at, window.closes_at, self._file.session
                )
            for record, _ in found:
                if record.kid in booked:
                    self._problem(
                        f"terminal {record.name} is in session {booked[record.kid]} at that time",
                        "Choose another terminal or another time",
                    )
        return tuple(found)

    def _roster(self) -> tuple[RosterLine, ...]:
        file = self._file
        path = self._path.parent / file.roster
        table = read_table(read_given(path, MAX_FILE_BYTES), path.name)
        seats = None
        if file.policy.seats == "fixed":
            seats = frozenset(part.seat for part in file.terminals if part.seat is not None)
        exams = {part.id: part.level for part in file.exams}
        lines, problems = read_roster(table, path.name, exams, seats)
        self._problems.extend(problems)
        self._passed_over = passed_over(table)
        return lines

    def _room_holds(
        self,
        lines: tuple[RosterLine, ...],
        terminals: tuple[tuple[KeyRecord, str | None], ...],
        proctors: tuple[KeyRecord, ...],
    ) -> None:
        needed = max(LEAST_PROCTORS, -(-len(lines) // CANDIDATES_A_PROCTOR))
        if len(set(proctors)) < needed:
            self._problem(
                f"{len(lines)} candidates need {needed} proctors, the plan names {len(proctors)}",
                f"Name two at least, and one for every {CANDIDATES_A_PROCTOR} candidates",
            )
        if len(terminals) < len(lines):
            self._problem(
                f"{len(lines)} candidates, {len(terminals)} terminals",
                "Add terminals, or move candidates to another session",
            )

    def _tried(self, act: Callable[[], T], where: str) -> T | None:
        try:
            return act()
        except PlanRefused:
            raise
        except (InputRefused, NotPermitted) as fault:
            place = f"{self._path.name}, {fault.where or where}"
            self._problems.append(Problem(place, fault.summary, fault.remedy))
            return None

    def _once(self, what: str, values: list[str]) -> None:
        for value in sorted({value for value in values if values.count(value) > 1}):
            self._problem(f"the {what} {value} stands twice", "Take one of them out")

    def _problem(self, summary: str, remedy: str) -> None:
        self._problems.append(Problem(self._path.name, summary, remedy))
