"""A station's own session at headless seats: real flow, journal, packages and import, no processes.

room = StoryRoom.of(a_day(tmp_path))      the session as the station planned and published it
seat = room.seated(tmp_path / "1")        as in `tests.terminal.room`
room.day.import_(*room.packages(seat))    what the station makes of it
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import open_release, read_release, release_file
from kiosk.station.registry import plans
from kiosk.terminal import views
from kiosk.terminal.clock import SimulatedTime
from kiosk.terminal.headless import HeadlessTerminal
from tests.station.builders import SESSION, Day, correct
from tests.terminal.room import Files, Floor, Room, begin


@dataclass
class StoryRoom(Room):
    """A `Room` whose plan, keys and files are those of a station's day."""

    day: Day | None = None

    @classmethod
    def of(cls, day: Day) -> StoryRoom:
        """The room of the day's session, ten minutes after it opened."""
        return cls(day=day, id=SESSION)

    def __post_init__(self) -> None:
        day = self.day
        assert day is not None
        opened = day.opened
        self.plan, self.candidates = opened.plan, opened.secrets.candidates
        self.policy = self.plan.policy
        labels = {terminal.kid: terminal.label for terminal in self.plan.terminals}
        self.terminals = tuple(day.terminals[labels[one.kid]] for one in self.plan.terminals)
        self.proctors = tuple(day.proctors[one.name] for one in self.plan.proctors)
        self.time = SimulatedTime(self.plan.window.opens_at + 600)
        self.floor = Floor(self.plan.issued_at)
        with day.station.registry.reading() as connection:
            row = plans.require_session(connection, SESSION)
        files = day.station.folder / "sessions"
        release = release_file(
            read_release((files / row.release_file).read_bytes()), day.station.record(Role.STATION)
        )
        self.shares = {one.record.kid: open_release(release, one).share for one in self.proctors}
        self.files = Files(
            day.station.trust(),
            {
                f"sessions/{row.file}": (files / row.file).read_bytes(),
                self.plan.exams[0].bank.target: day.sealed.bank,
            },
        )

    def seated(self, state: Path, number: int = 0) -> HeadlessTerminal:
        """A terminal whose candidate sits in the exam."""
        terminal = self.terminal(state, number)
        self.release(terminal)
        begin(terminal, self.candidates[number].number)
        return terminal

    def answer(self, terminal: HeadlessTerminal, right: int) -> None:
        """Answer the first `right` questions of the paper rightly."""
        for number in range(1, right + 1):
            item = terminal.do(views.GoTo(number)).question.item
            response = item.interactions[0].response
            terminal.do(views.Answer(item.id, response, correct(item.id)))

    def packages(self, *terminals: HeadlessTerminal) -> list[bytes]:
        """What waits in the outboxes."""
        boxes = [terminal.ports.outbox for terminal in terminals]
        return [box.package(line) for box in boxes for line in box.waiting]


def hand_in(terminal: HeadlessTerminal) -> views.View:
    """End the sitting of the candidate who sits here."""
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(confirmed=False))
    view = terminal.do(views.HandIn(confirmed=True))
    assert isinstance(view, views.Done), view
    return view
