"""A fire alarm: seats hide their papers, the room goes on with one code, the station sees what was
answered meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.station.results import session_results
from kiosk.terminal import views
from kiosk.terminal.views import Scanned
from tests.e2e.story import StoryRoom, hand_in
from tests.station.builders import SESSION, a_day
from tests.terminal.room import crash

MINUTE_MS = 60_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[StoryRoom]:
    day = a_day(tmp_path)
    yield StoryRoom.of(day)
    day.station.close()


def test_a_room_leaves_comes_back_and_gets_its_minutes(room, tmp_path):
    with room.seated(tmp_path / "1", 0) as one, room.seated(tmp_path / "2", 1) as two:
        room.answer(one, 3)
        room.answer(two, 3)
        left = one.clock.remaining_ms
        for seat in (one, two):
            view = seat.do(views.RaiseAlarm())
            assert view == views.Alarm(seat.view.header, 3)
        item = one._flow._attempt.items[4].id
        one.do(views.Answer(item, f"r{item}", ("2.5",)))
        assert isinstance(one.do(views.HandIn(confirmed=True)), views.Alarm)

        # The second candidate takes the paper back and goes on without waiting for the room.
        two.do(views.Uncover())
        room.answer(two, 5)
        for _ in range(20 * 6):
            room.time.pass_ms(10_000)
            for seat in (one, two):
                seat.tick()
                seat.wait_saved()
        assert one.clock.remaining_ms == left - 20 * MINUTE_MS
        code = room.room_code(1, "resume", 20, signers=(0, 1))
        view = one.do(Scanned(code))
        assert isinstance(view, views.Exam)
        assert view.notice.text == "The alarm is over. {minutes} min were given back"
        assert one.clock.remaining_ms == left
        assert isinstance(two.do(Scanned(code)), views.Exam)  # only through the menu
        two.send(views.OpenProctorMenu())
        two.do(Scanned(code))
        assert two.clock.remaining_ms == left
        two.do(views.RaiseAlarm())
        assert two.do(Scanned(code)).mistake.text == "This code was used before. Scan again"
        two.do(views.Uncover())

        room.answer(one, 8)
        for seat in (one, two):
            hand_in(seat)
        report = room.day.import_(*room.packages(one, two))
    assert (report.imported, report.refused) == (2, ())
    notes = {line.candidate: line.note for line in session_results(room.day.station, SESSION)}
    assert notes["20260001"] == ""
    assert notes["20260002"] == "2 items answered between an alarm and the room's code to go on"


def test_no_exam_ends_while_an_alarm_hides_it(room, tmp_path):
    with room.seated(tmp_path / "1") as seat:
        room.answer(seat, 2)
        seat.pass_ms(55 * MINUTE_MS)
        left = seat.clock.remaining_ms
        seat.do(views.RaiseAlarm())
        assert isinstance(seat.pass_ms(15 * MINUTE_MS), views.Alarm)
        assert seat.clock.remaining_ms == 0
        seat.do(Scanned(room.room_code(1, "resume", 15, signers=(0, 1))))
        assert seat.clock.remaining_ms == left
        assert isinstance(seat.pass_ms(left + 1000), views.Done)
        assert room.day.import_(*room.packages(seat)).imported == 1


def test_an_alarm_is_still_there_after_a_power_cut(room, tmp_path):
    with room.seated(tmp_path / "1") as seat:
        room.answer(seat, 2)
        seat.do(views.RaiseAlarm())
        crash(seat)
    room.time.reboot()
    with room.terminal(tmp_path / "1") as seat:
        room.release(seat)
        assert isinstance(seat.view, views.Alarm)
        assert isinstance(seat.do(views.Uncover()), views.Exam)


def test_the_key_does_nothing_where_nobody_sits(room, tmp_path):
    with room.terminal(tmp_path / "1") as seat:
        room.release(seat)
        assert isinstance(seat.do(views.RaiseAlarm()), views.SignIn)
