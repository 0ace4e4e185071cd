"""Whether a plan can be held: everything that is wrong with it, found at once.

Rooms need two proctors and one for every fifteen candidates, a terminal for each candidate, parties
that are enrolled and free at that time, and banks that were admitted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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
from kiosk.errors import InputRefused, KioskError, NotPermitted, Value
from kiosk.readers.tables import MAX_FILE_BYTES, read_table
from kiosk.station.enrol import find_party
from kiosk.station.exam_plans import PlannedExam, plan_exam
from kiosk.station.home import Station
from kiosk.station.plan_file import PlanFile, TerminalPart, utc_seconds
from kiosk.station.registry import plans
from kiosk.station.room_layout import read_layout
from kiosk.station.roster import RosterLine, passed_over, read_roster
from kiosk.trust.durable import read_given
from kiosk.words import mark

CANDIDATES_A_PROCTOR = 15
LEAST_PROCTORS = 2
MOST_RESERVES = 20

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9+-]{0,63}")
_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,3}", re.ASCII)

T = TypeVar("T")


class PlanRefused(InputRefused):
    """A plan that cannot be held as written, with everything there is to correct."""

    def __init__(self, where: str, problems: tuple[KioskError, ...]) -> None:
        super().__init__(
            mark("things to correct: {n}. Nothing was planned"),
            where=where,
            remedy=mark("Correct all of it, then plan again"),
            n=len(problems),
        )
        self.problems = problems


class Checked(Struct, frozen=True):
    """A plan that can be held."""

    window: Window
    exams: tuple[PlannedExam, ...]
    terminals: tuple[tuple[KeyRecord, str | None], ...]
    places: Mapping[bytes, tuple[int, int]]
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
        self._parts = file.terminals
        self._places: dict[bytes, tuple[int, int]] = {}
        self._problems: list[KioskError] = []
        self._passed_over: tuple[str, ...] = ()

    def run(self) -> Checked:
        """The plan with everything in it looked up.

        Raises:
            PlanRefused: there are problems; all of them.
        """
        file = self._file
        for what, value in ((mark("session"), file.session), (mark("round"), file.round)):
            if not _IDENTIFIER.fullmatch(value):
                self._problem(
                    mark("'{value}' cannot name a {what}"),
                    mark("Use up to 64 letters of A-Z, digits and hyphens"),
                    value=value[:80],
                    what=what,
                )
        if file.minimum_version and not _VERSION.fullmatch(file.minimum_version):
            self._problem(
                mark("minimum_version is '{version}'"),
                mark('Enter the numbers of a version, such as "1.2", or leave it out'),
                version=file.minimum_version[:80],
            )
        if not file.room.strip():
            self._problem(mark("the room has no name"), mark("Enter it"))
        for name in file.policy.required_checks:
            if name not in REQUIRABLE:
                self._problem(
                    mark("required_checks has '{name}', which no session can require"),
                    mark("Choose from {choice}; docs/self-check.md says what they are"),
                    name=name[:80],
                    choice=REQUIRABLE,
                )
        window = self._window()
        exams = tuple(
            exam
            for part in file.exams
            if (exam := self._tried(partial(plan_exam, self._station, part, file.session), part.id))
        )
        self._once(mark("exam"), [part.id for part in file.exams])
        self._parts = self._laid_out()
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
        self._once(mark("proctor"), [record.kid.hex() for record in proctors])
        for part in file.exams:
            if not 0 <= part.reserves <= MOST_RESERVES:
                self._problem(
                    mark("{n} reserves in exam {exam}"),
                    mark("Plan at most {most} an exam"),
                    n=part.reserves,
                    exam=part.id,
                    most=MOST_RESERVES,
                )
        lines = self._roster()
        self._room_holds(lines, terminals, proctors)
        if self._problems or window is None:
            raise PlanRefused(self._path.name, tuple(self._problems))
        return Checked(window, exams, terminals, self._places, proctors, lines, self._passed_over)

    def _window(self) -> Window | None:
        file = self._file
        opens = self._tried(lambda: utc_seconds(file.opens, file.zone, "opens"), "opens")
        closes = self._tried(lambda: utc_seconds(file.closes, file.zone, "closes"), "closes")
        if opens is None or closes is None:
            return None
        if opens >= closes:
            self._problem(
                mark("the session closes before it opens"), mark("Correct when it opens or closes")
            )
            return None
        if closes <= self._now.timestamp():
            self._problem(
                mark("the window of the session is over already"),
                mark("Correct when it opens or closes"),
            )
            return None
        if file.policy.start == "common" and (closes - opens) // MINUTE_S >= MOST_MINUTES:
            self._problem(
                mark("a common start needs a window shorter than {hours} hours"),
                mark("Correct when it opens or closes, or let everybody begin alone"),
                hours=MOST_MINUTES // 60,
            )
            return None
        return Window(opens, closes)

    def _laid_out(self) -> tuple[TerminalPart, ...]:
        """The plan's terminals, from its own list or from the room's layout."""
        file = self._file
        if bool(file.terminals) == bool(file.layout):
            self._problem(
                mark("the plan needs either terminals or the layout of the room"),
                mark(
                    'Tick or list them ([[terminal]]), or give the table (layout = "room-3.csv"): not both'
                ),
            )
        if not file.layout:
            return file.terminals
        path = self._path.parent / file.layout
        table = read_table(read_given(path, MAX_FILE_BYTES), path.name)
        return read_layout(table, path.name, self._problems.append)

    def _terminals(self, window: Window | None) -> tuple[tuple[KeyRecord, str | None], ...]:
        found = []
        for part in self._parts:
            record = self._tried(
                partial(find_party, self._station, part.name, Role.TERMINAL), "terminals"
            )
            if record is not None:
                found.append((record, part.seat))
                if part.place is not None:
                    self._places[record.kid] = part.place
        self._once(mark("terminal"), [record.name for record, _ in found])
        self._once(mark("seat"), [seat for _, seat in found if seat is not None])
        self._once(mark("place"), ["/".join(map(str, place)) for place in self._places.values()])
        if window is not None:
            with self._station.registry.reading() as connection:
                booked = plans.booked_terminals(
                    connection, window.opens_at, window.closes_at, self._file.session
                )
            for record, _ in found:
                if record.kid in booked:
                    self._problem(
                        mark("terminal {name} is in session {session} at that time"),
                        mark("Choose another terminal or another time"),
                        name=record.name,
                        session=booked[record.kid],
                    )
        return tuple(found)

    def _roster(self) -> tuple[RosterLine, ...]:
        file = self._file
        path = self._path.parent / file.roster
        table = read_table(read_given(path, MAX_FILE_BYTES), path.name)
        seats = None
        if file.policy.seats == "fixed":
            seats = frozenset(part.seat for part in self._parts if part.seat is not None)
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
                mark("{n} candidates need {needed} proctors, the plan names {named}"),
                mark("Name two at least, and one for every {each} candidates"),
                n=len(lines),
                needed=needed,
                named=len(proctors),
                each=CANDIDATES_A_PROCTOR,
            )
        if len(terminals) < len(lines):
            self._problem(
                mark("{n} candidates, {terminals} terminals"),
                mark("Add terminals, or move candidates to another session"),
                n=len(lines),
                terminals=len(terminals),
            )

    def _tried(self, act: Callable[[], T], where: str) -> T | None:
        try:
            return act()
        except PlanRefused:
            raise
        except (InputRefused, NotPermitted) as fault:
            self._problems.append(fault.at(f"{self._path.name}, {fault.where or where}"))
            return None

    def _once(self, what: str, values: list[str]) -> None:
        for value in sorted({value for value in values if values.count(value) > 1}):
            self._problem(
                mark("the {what} {value} stands twice"),
                mark("Take one of them out"),
                what=what,
                value=value,
            )

    def _problem(self, summary: str, remedy: str, **values: Value) -> None:
        self._problems.append(InputRefused(summary, where=self._path.name, remedy=remedy, **values))
