"""A room that begins together: the spoken code, who is late, and what every clock of the room may do."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.chain import CommonStart, read_entry
from kiosk.artefacts.session import Policy, Window
from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from tests.terminal.room import NOON, Room, begin, crash, make_ready

COMMON = Policy(start="common")
WINDOW = Window(NOON - 600, NOON + 3 * 3600)
HOUR_MS = 3_600_000


@pytest.fixture
def room():
    return Room(policy=COMMON)


def ready(room, state, number=0):
    terminal = room.terminal(state, number)
    room.release(terminal)
    assert isinstance(make_ready(terminal, room.candidates[number].number), views.Waiting)
    return terminal


def test_nobody_begins_before_the_code_and_all_have_their_whole_time(room, tmp_path):
    with ready(room, tmp_path / "7") as one, ready(room, tmp_path / "8", 1) as two:
        room.time.pass_ms(20 * 60_000)
        assert isinstance(one.view, views.Waiting)
        code = room.start_code()
        for terminal in (one, two):
            room.time.pass_ms(40_000)  # said once, typed at each seat
            view = terminal.do(views.StartWith(code))
            assert isinstance(view, views.Exam)
            assert terminal.clock.remaining_ms == HOUR_MS


def test_the_journal_has_the_code_and_the_clocks_it_was_counted_by(room, tmp_path):
    with ready(room, tmp_path) as terminal:
        began = room.time.wall_s()
        terminal.do(views.StartWith(room.start_code()))
        records = [read_entry(entry).record for entry in terminal._flow._seat.journal.entries]
        (told,) = (one for one in records if isinstance(one, CommonStart))
        assert (told.code, told.began_s) == (room.start_code(), began - (began - NOON + 600) % 60)
        assert told.signed_s <= told.counted_s == began


def test_who_comes_late_loses_the_minutes_gone_and_is_told(room, tmp_path):
    code = room.start_code(NOON)
    room.time.pass_ms(12 * 60_000)
    with ready(room, tmp_path) as terminal:
        view = terminal.do(views.StartWith(code))
        assert terminal.clock.remaining_ms == HOUR_MS - 12 * 60_000
        assert view.notice.values == {"minutes": 12}


def test_unless_the_policy_lets_late_ones_keep_their_time(tmp_path):
    room = Room(policy=replace(COMMON, late_loses=False))
    code = room.start_code(NOON)
    room.time.pass_ms(12 * 60_000)
    with ready(room, tmp_path) as terminal:
        terminal.do(views.StartWith(code))
        assert terminal.clock.remaining_ms == HOUR_MS


def test_a_lost_minute_stays_lost_after_a_power_cut(room, tmp_path):
    code = room.start_code(NOON)
    room.time.pass_ms(12 * 60_000)
    terminal = ready(room, tmp_path)
    terminal.do(views.StartWith(code))
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as again:
        room.release(again)
        assert again.clock.remaining_ms == HOUR_MS - 12 * 60_000


@pytest.mark.parametrize("wrong_s", [-2 * 3600, 50 * 60])
def test_a_wrong_clock_at_a_seat_costs_nobody_more_than_the_two_minutes_of_a_code(
    room, tmp_path, wrong_s
):
    with ready(room, tmp_path) as terminal:
        room.time.pass_ms(15 * 60_000)
        code = room.start_code()
        room.time.set_wall(room.time.wall_s() + wrong_s)
        terminal.do(views.StartWith(code))
        assert terminal.clock.remaining_ms == HOUR_MS


def test_a_late_one_gains_nothing_by_a_clock_that_is_slow(room, tmp_path):
    code = room.start_code(NOON)
    room.time.pass_ms(12 * 60_000)
    with ready(room, tmp_path) as terminal:
        room.time.set_wall(NOON - 3000)
        terminal.do(views.StartWith(code))
        assert terminal.clock.remaining_ms == HOUR_MS - 12 * 60_000


def test_a_code_of_another_session_starts_nothing(room, tmp_path):
    other = Room(policy=COMMON, id="R15-0302")
    with ready(room, tmp_path) as terminal:
        view = terminal.do(views.StartWith(other.start_code()))
        assert isinstance(view, views.Waiting)
        assert view.mistake.text == "This is not the code of the start. Listen again, or ask"


def test_wrong_codes_cost_time_and_the_right_one_waits_too(room, tmp_path):
    with ready(room, tmp_path) as terminal:
        code = room.start_code()
        for _ in range(5):
            terminal.do(views.StartWith("000000"))
        view = terminal.do(views.StartWith(code))
        assert view.mistake.text == "Too many wrong codes. Please wait {seconds} seconds"
        room.time.pass_ms(15_000)
        terminal.do(views.StartWith("000000"))
        assert isinstance(terminal.do(views.StartWith(code)), views.Waiting)
        room.time.pass_ms(30_000)
        assert isinstance(terminal.do(views.StartWith(code)), views.Exam)


def test_the_code_may_be_typed_as_one_types_digits(room, tmp_path):
    with ready(room, tmp_path) as terminal:
        code = room.start_code()
        wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
        assert isinstance(terminal.do(views.StartWith(f"{wide[:3]} {wide[3:]}")), views.Exam)


def test_the_code_opens_nothing(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        terminal.do(views.StartWith(room.start_code()))
        assert isinstance(terminal.view, views.Unlock)


def test_where_everybody_begins_alone_no_code_is_asked(tmp_path):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        begin(terminal, "20260001")


def test_a_room_code_carried_round_bounds_the_clock_too(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        code = room.room_code(1, "start")
        room.time.pass_ms(8 * 60_000)
        terminal.do(views.Scanned(code))
        make_ready(terminal, "20260001")
        start = room.start_code()
        room.time.set_wall(room.time.wall_s() + 3 * 3600 - 1)
        terminal.do(views.StartWith(start))
        # Half an hour at most: so long a room code is shown.
        assert HOUR_MS - terminal.clock.remaining_ms <= 30 * 60_000


def test_a_break_in_the_exam_is_no_pause(room, tmp_path):
    with ready(room, tmp_path) as terminal:
        terminal.do(views.StartWith(room.start_code()))
        view = room.command(terminal, Command.GO_OUT, words="Wang")
        assert isinstance(view, views.Paused)
        assert view.out
