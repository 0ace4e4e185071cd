"""A candidate changes terminals in a room of real processes and folders, up to the station's result."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.artefacts.challenge import read_challenge
from kiosk.artefacts.tokens import Command, Reason
from kiosk.artefacts.transfer import read_transfer, told
from kiosk.cli import run
from kiosk.errors import NotPermitted
from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.preparation import EXAM_OF_THE_DAY, SESSION
from kiosk.rehearsal.telling import Telling
from kiosk.station.receiving import Report, receive
from kiosk.station.registry import packages
from kiosk.station.results import session_results
from kiosk.terminal.program import key_store, outbox
from tests.e2e.remote import Remote

WHOLE = EXAM_OF_THE_DAY.replace('minutes = 15\nnavigation = "linear"\n', "")
"""The exam in one part, so that any question can be gone to."""


class Room(ExamDay):
    """A prepared room: each seat a process, the proctors with their own desks."""

    def __init__(self, out: Path) -> None:
        super().__init__(out, 3, Telling())
        self.prepare(exam=WHOLE)
        self.stick = out / "stick"
        self.seats: list[Remote] = []

    def released(self, state: Path, *mirror: Path) -> Remote:
        seat = Remote(state, self.stick, *mirror)
        self.seats.append(seat)
        self.proctoring.release(
            lambda: seat.said["challenge"], lambda text: seat.do("Scanned", text)
        )
        return seat

    def begin(self, person: Person, *mirror: Path) -> Remote:
        seat = self.released(self.state_of(person), *mirror)
        seat.do("SignInAs", person.number)
        seat.do("ConfirmIdentity", True)
        seat.do("Pledge")
        assert seat.do("Practise", True)["view"] == "Exam"
        return seat

    def answer(self, seat: Remote, person: Person, numbers: range) -> None:
        with self._bank() as bank:
            for number in numbers:
                item = bank.item(seat.do("GoTo", number)["item"])
                for response, value in self.knowledge.respond(item, person, self._source).items():
                    seat.do("Answer", item.id, response, value)

    def command(self, seat: Remote, command: Command, reason: Reason = Reason.NONE) -> None:
        seat.do("OpenProctorMenu")
        if command is Command.TAKE_OVER:
            seat.wait(chosen=1)
        code = self.proctoring.command(seat.said["challenge"], command, reason=reason)
        seat.do("Scanned", code)

    def hand_in(self, seat: Remote) -> None:
        seat.do("OpenReview")
        seat.do("HandIn", False)
        assert seat.do("HandIn", True)["view"] == "Done"

    def leave(self) -> None:
        for seat in self.seats:
            seat.kill()
        self.seats.clear()
        shutil.rmtree(self.stick, ignore_errors=True)

    def collected(self, *states: Path) -> Report:
        for state in states:
            box = outbox(state)
            box.export(self.folders.bundles, key_store(state).load(), 1)
        return receive(self.prepared.station, [self.folders.bundles], datetime.now(UTC), workers=1)

    def state(self, person: Person) -> str:
        lines = {line.candidate: line for line in session_results(self.prepared.station, SESSION)}
        return lines[person.number].state


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    made = Room(tmp_path_factory.mktemp("room"))
    yield made
    made.leave()


@pytest.fixture(autouse=True)
def ended(room: Room) -> Iterator[None]:
    """Each story finds every computer off and no stick in it."""
    yield
    room.leave()


def test_a_candidate_moves_to_the_spare_by_stick_and_the_station_scores_one_sitting(
    room: Room,
) -> None:
    person = room.people[0]
    spare = room.prepared.terminals["T-99"]
    old = room.begin(person)
    room.answer(old, person, range(1, 9))
    old.do("Flag", old.said["item"], True)
    cells, item = old.said["cells"], old.said["item"]
    room.command(old, Command.TRANSFER, Reason.EQUIPMENT)
    left = old.said.get("remaining_ms")
    assert (old.said["view"], left) == ("GivenAway", None)
    room.stick.mkdir()  # the stick goes in
    old.wait(written=True)
    assert old.do("HandIn", True)["view"] == "GivenAway"
    stick = room.stick.rename(room.stick.with_name("on the way"))

    new = room.released(spare)
    stick.rename(room.stick)
    room.command(new, Command.TAKE_OVER)
    assert (new.said["view"], new.said["item"], new.said["cells"]) == ("Exam", item, cells)
    room.answer(new, person, range(9, len(cells) + 1))
    room.hand_in(new)

    (transfer,) = room.stick.glob("*.transfer")
    again = ["--state", str(room.state_of(person)), "--to", str(room.folders.out / "again")]
    assert run(["terminal", "export", "--transfers", *again]) == 0
    assert (room.folders.out / "again" / transfer.name).read_bytes() == transfer.read_bytes()
    root = room.folders.usb / "root.json"
    assert run(["verify", str(transfer), "--root", str(root)]) == 0
    report = room.collected(spare)
    assert (report.imported, report.conflict, report.refused) == (1, 0, ())
    assert room.state(person) == "recorded"
    with pytest.raises(Exception, match="no answer package"):
        room.collected(room.state_of(person))


def test_a_terminal_put_back_to_before_it_gave_the_exam_away_is_not_released(room: Room) -> None:
    """The proctor's desk remembers how far its journal had come."""
    person = room.people[1]
    seat = room.begin(person)
    state = room.state_of(person)
    seat.kill()
    before = {path: path.read_bytes() for path in (state / "journals").iterdir()}
    seat = room.released(state)
    room.command(seat, Command.TRANSFER, Reason.HEALTH)
    assert seat.said["view"] == "GivenAway"
    seat.kill()
    for path in (state / "journals").iterdir():
        path.unlink()
    for path, data in before.items():
        path.write_bytes(data)
    with pytest.raises(NotPermitted, match="went back"):
        room.released(state)


def test_a_dead_terminals_exam_goes_on_from_its_mirror_and_its_return_is_a_conflict(
    room: Room, tmp_path: Path
) -> None:
    person, mirror = room.people[2], tmp_path / "mirror"
    state, spare = room.state_of(person), room.prepared.terminals["T-99"]
    mirror.mkdir()
    old = room.begin(person, mirror)
    room.answer(old, person, range(1, 9))
    cells, item, left = old.said["cells"], old.said["item"], old.said["remaining_ms"]
    old.do("OpenProctorMenu")
    saved = read_challenge(old.said["challenge"]).count
    old.wait(mirror=True)
    (file,) = mirror.glob("*.transfer")
    while told(read_transfer(file.read_bytes()).signed).count < saved:
        old.do("tick")
    old.kill()
    disk = state.rename(tmp_path / "the dead disk")
    assert run(["verify", str(file), "--root", str(room.folders.usb / "root.json")]) == 0

    mirror.rename(room.stick)  # the mirror's stick, carried to the spare
    new = room.released(spare)
    room.command(new, Command.TAKE_OVER)
    assert (new.said["view"], new.said["item"], new.said["cells"]) == ("Exam", item, cells)
    assert left - 20_000 < new.said["remaining_ms"] <= left
    room.hand_in(new)
    assert room.collected(spare).imported == 1
    assert room.state(person) == "recorded"

    disk.rename(state)  # somebody mends it, and it is released again
    old = room.released(state)
    room.answer(old, person, range(1, 2))
    room.hand_in(old)
    report = room.collected(state)
    assert report.conflict == 1
    assert room.state(person) == "conflict"
    with room.prepared.station.registry.reading() as connection:
        rows = packages.of_session(connection, SESSION)
    here = f"T-{person.seat}"
    assert {row.reason for row in rows if row.candidate == person.number} == {
        f"the sitting was taken over at T-99 from the mirror of {here} and also handed in at {here}"
    }
