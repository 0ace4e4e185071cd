"""The power of a whole room fails: thirty seats come back with one scanner and one code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.station import enrol
from kiosk.terminal import views
from kiosk.terminal.flow import HEARTBEAT_MS
from kiosk.terminal.views import Scanned
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import NOW, a_day, enrol_file, plan_toml, roster_csv
from tests.terminal.room import begin, crash

SEATS = 30
SIGN_S = 60
"""A proctor reads what the room code does and signs, and the second one adds a part."""
WALK_S = 8
"""From one seat to the next, with the scanner on its cable or a radio one in the hand."""
SCAN_S = 4
"""Hold the scanner to the code, and see that the exam is back."""
MOST_S = 10 * 60


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path, planned=False)
    terminals = dict(day.terminals)
    for number in range(len(terminals) + 1, SEATS + 1):
        keys = PrivateKeys.generate(Role.TERMINAL, f"T-{number:02}")
        enrol.enrol(day.station, enrol.read_request(enrol_file(keys), "test").record, NOW)
        terminals[keys.record.name] = keys
    day.terminals = terminals
    day.plan(plan_toml(seats=SEATS, spares=0), roster_csv(SEATS))
    yield StoryRoom.of(day)
    day.station.close()


def pass_together(room: StoryRoom, seats: list, duration_ms: int) -> None:
    for _ in range(duration_ms // 1000):
        room.time.pass_ms(1000)
        for seat in seats:
            seat.tick()
            seat.wait_saved()  # a simulated second is shorter than a write


def test_thirty_seats_come_back_with_one_scanner_in_ten_minutes(room, tmp_path):
    states = [tmp_path / "seats" / str(number) for number in range(SEATS)]
    seats = [room.terminal(state, number) for number, state in enumerate(states)]
    start = room.room_code(1, "start", signers=(0, 1))
    for seat, candidate in zip(seats, room.candidates, strict=True):
        seat.do(Scanned(start))
        begin(seat, candidate.number)
    for number, seat in enumerate(seats):
        room.answer(seat, 1 + number % 8)
    pass_together(room, seats, 13_000)
    before = [(seat.view, seat.clock.remaining_ms) for seat in seats]

    for seat in seats:
        crash(seat)
    room.time.reboot(off_ms=7 * 60_000)

    seats = [room.terminal(state, number) for number, state in enumerate(states)]
    assert {read_challenge(seat.view.challenge).phase for seat in seats} == {Phase.INTERRUPTED}
    photographed = start
    assert seats[0].do(Scanned(photographed)).mistake is not None
    began_ms = room.time.now_ms()
    room.time.pass_ms(SIGN_S * 1000)
    resume = room.room_code(2, "resume", signers=(0, 1))
    for seat, (view, remaining_ms) in zip(seats, before, strict=True):
        room.time.pass_ms((WALK_S + SCAN_S) * 1000)
        back = seat.do(Scanned(resume))
        assert isinstance(back, views.Exam)
        assert back.question.number == view.question.number
        assert back.question.responses == view.question.responses
        assert back.overview == view.overview
        assert 0 <= seat.clock.remaining_ms - remaining_ms <= HEARTBEAT_MS
    assert room.time.now_ms() - began_ms <= MOST_S * 1000

    crash(seats[0])
    seats[0] = room.terminal(states[0], 0)
    view = seats[0].do(Scanned(resume))
    assert isinstance(view, views.Unlock)
    assert view.mistake.text == "This code was used before. Scan again"
    seats[0].do(Scanned(room.room_code(3, "resume", signers=(0, 1))))

    for seat in seats:
        hand_in(seat)
    report = room.day.import_(*room.packages(*seats))
    assert (report.imported, report.refused, report.missing) == (SEATS, (), ())
    for seat in seats:
        seat.close()
