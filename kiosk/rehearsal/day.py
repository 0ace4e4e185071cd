"""The order of the day: prepare, sit, collect, import, give receipts, and say what came out."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, to_builtins

from kiosk.artefacts.bank import BankReader
from kiosk.assessment.paper import Paper, build_paper
from kiosk.assessment.sitting import Part
from kiosk.errors import KioskError
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import Knowledge, Person, people
from kiosk.rehearsal.played import Played
from kiosk.rehearsal.preparation import BANK, EXAM_OF_THE_DAY, PROCTORS, SESSION, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.seats import Story, sit
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.window import THIS_PROGRAM, WindowSitting
from kiosk.rehearsal.xscreen import OwnScreen
from kiosk.station.banks import open_admitted
from kiosk.station.keys import open_session
from kiosk.station.receiving import Report, receive
from kiosk.station.registry import plans
from kiosk.station.results import session_results
from kiosk.terminal.installing import install
from kiosk.terminal.program import key_store, outbox

_PEOPLE_SEED = 15


class DayResult(Struct, frozen=True):
    """One candidate's line in `summary.json`."""

    candidate: str
    score: float | None
    max_score: float | None
    passed: bool | None
    package: str | None


class Summary(Struct, frozen=True):
    """`summary.json`. `screens` are paths below the rehearsal's folder."""

    candidates: int
    imported: int
    refused: int
    results: tuple[DayResult, ...]
    screens: tuple[str, ...]


class ExamDay:
    """One rehearsal in the folder `out`. Call `prepare`, let people sit, then `finish`.

    People and their guesses are the same each time; keys, papers and codes never are.
    """

    def __init__(self, out: Path, candidates: int, telling: Telling) -> None:
        self.folders = Folders(out)
        self.telling = telling
        self._source = random.Random(_PEOPLE_SEED)  # noqa: S311 - simulated people, no secret
        self.people = people(candidates, self._source)
        self.prepared: Prepared
        self.proctoring: Proctoring
        self.knowledge: Knowledge
        self.program: Sequence[str] = THIS_PROGRAM
        """How the terminals with windows are called."""

    def prepare(self, releasing_proctors: int = 2, exam: str = EXAM_OF_THE_DAY) -> None:
        """Everything up to the morning of the exam; `exam` as `Prepared.plan` takes it."""
        self.folders.make()
        now = datetime.now(UTC)
        self.telling.step("A station with its keys, registry and trust repository")
        self.prepared = Prepared(self.folders, now)
        self.telling.step("An author seals the sample bank, the station admits it")
        self.prepared.bank(self.telling)
        self.telling.step(f"{len(self.people)} terminals and a spare, two proctors")
        self.prepared.enrol_room([person.seat for person in self.people])
        self.telling.step(f"Session {SESSION}: forms, papers, publication to usb/, installation")
        self.prepared.plan(self.people, releasing_proctors, exam)
        self.proctoring = Proctoring(self.prepared.desks())
        opened = open_admitted(self.prepared.station, BANK, "1.0.0", 1)
        opened.reader.close()
        self.knowledge = Knowledge(opened.scoring)

    def headless(self, windows: int) -> Summary:
        """Nobody plays along: `windows` people at real windows, the others without."""
        at_windows = self.people[: min(windows, len(self.people))]
        for index, person in enumerate(at_windows):
            self.telling.step(f"{person.name} sits at a real window, seat {person.seat}")
            with OwnScreen() as screen:
                self._sit_at_window(screen, person, index)
        self.simulate(self.people[len(at_windows) :])
        return self.finish(self.people)

    def played(self) -> Summary:
        """A person at this machine plays the first candidate and one proctor; the others follow."""
        first = self.people[0]
        _, pin, card = self.prepared.devices[0]
        seat = Played(
            self.state_of(first),
            self.folders.proctors / PROCTORS[0],
            self.folders.screens / "played",
            self.telling,
        )
        sat = seat.play(first, PROCTORS[0], pin, card)
        if not sat:
            self.telling.step(f"{first.name} did not hand in; the day goes on without")
        self.simulate(self.people[1:])
        return self.finish(self.people if sat else self.people[1:])

    def _sit_at_window(self, screen: OwnScreen, person: Person, index: int) -> None:
        """The first is killed and comes back; all get extra time."""
        with self._bank() as bank:
            paper, parts = self._paper(person, bank)
            WindowSitting(
                screen,
                self.state_of(person),
                self.folders.screens / f"seat-{person.seat}",
                paper,
                bank.item,
                killed_at=12 if index == 0 else 0,
                extra_at=20,
                part_ends=_ends(paper, parts),
                program=self.program,
            ).sit(SESSION, person, self.knowledge, self.proctoring, self._source)

    def _bank(self) -> BankReader:
        return open_admitted(self.prepared.station, BANK, "1.0.0", 1).reader

    def _paper(self, person: Person, bank: BankReader) -> tuple[Paper, tuple[Part, ...]]:
        """The paper this person will get, and its parts, from the station's own record of the session."""
        with self.prepared.station.registry.reading() as connection:
            row = plans.require_session(connection, SESSION)
        secrets = open_session(self.prepared.station, row).secrets
        candidate = next(one for one in secrets.candidates if one.number == person.number)
        paper = build_paper(secrets.form(candidate.form), candidate.seed, bank.item)
        return paper, candidate.terms.parts

    def state_of(self, person: Person) -> Path:
        """The state folder of the terminal at a person's seat."""
        return self.prepared.terminals[f"T-{person.seat}"]

    def simulate(self, sitters: Sequence[Person]) -> None:
        """People without a window, one after the other, each with a story of its own."""
        with self.telling.progress("Candidates without a window") as progress:
            for done, person in enumerate(sitters):
                progress(done, len(sitters))
                story = Story(
                    power_cut_at=17 if done == 1 else 0,
                    extra_min=10 if done == 2 else 0,
                    until_time_is_over=done == 3,
                    by_slip=done % 2 == 0,
                )
                sit(
                    self.state_of(person),
                    SESSION,
                    person,
                    self.knowledge,
                    self.proctoring,
                    self._source,
                    story,
                )

    def finish(self, sat: Sequence[Person]) -> Summary:
        """Collects from those who sat, imports, brings the receipts back, writes `summary.json`."""
        self.telling.step("Collecting the answer packages")
        self._collect(sat)
        self.telling.step("The station imports: verify, open, replay, score, record, receipt")
        with self.telling.progress("Importing") as progress:
            report = receive(
                self.prepared.station,
                [self.folders.bundles],
                datetime.now(UTC),
                receipts_to=self.folders.bundles / "receipts",
                progress=progress,
            )
        self.telling.step("Receipts go back to the terminals")
        self._return_receipts(sat)
        summary = self._summary(sat, report)
        path = self.folders.out / "summary.json"
        path.write_text(json.dumps(to_builtins(summary), ensure_ascii=False, indent=2), "utf-8")
        self.prepared.close()
        return summary

    def _collect(self, sat: Sequence[Person]) -> None:
        """Some terminals give a bundle, some loose packages: a stick may hold both."""
        for index, person in enumerate(sat):
            state = self.state_of(person)
            box = outbox(state)
            keys = key_store(state).load()
            if index % 3 == 2:
                for line in box.waiting:
                    name = f"{keys.record.name}-{line.number:05d}.package"
                    shutil.copyfile(box.path(line.number), self.folders.bundles / name)
            else:
                box.export(self.folders.bundles, keys, int(datetime.now(UTC).timestamp()))
        for desk in self.proctoring.desks:
            path = self.folders.bundles / f"{SESSION}-{desk.name}.proctorlog"
            path.write_bytes(desk.write_log(SESSION))

    def _return_receipts(self, sat: Sequence[Person]) -> None:
        receipts = self.folders.bundles / "receipts"
        shutil.copytree(receipts, self.folders.usb / "receipts")
        for person in sat:
            state = self.state_of(person)
            install(self.folders.usb, state)
            if outbox(state).waiting:
                raise KioskError("a terminal has no receipt for a package", where=person.seat)

    def _summary(self, sat: Sequence[Person], report: Report) -> Summary:
        lines = {line.candidate: line for line in session_results(self.prepared.station, SESSION)}
        results = []
        for person in sat:
            line = lines[person.number]
            results.append(
                DayResult(person.number, line.score, line.max_score, line.passed, line.package)
            )
        screens = sorted(self.folders.screens.rglob("*.png"))
        return Summary(
            candidates=len(sat),
            imported=report.imported,
            refused=len(report.refused),
            results=tuple(results),
            screens=tuple(str(path.relative_to(self.folders.out)) for path in screens),
        )


def _ends(paper: Paper, parts: tuple[Part, ...]) -> set[int]:
    """The last question of each part that another follows."""
    last = {section.id: start + len(section.items) for section, start in paper.starts()}
    return {max(last[section] for section in part.sections) for part in parts[:-1]}
