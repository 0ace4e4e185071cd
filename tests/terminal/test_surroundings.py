"""What is plugged in and pulled out: the paper is hidden, the clock stops, and nothing is lost."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.chain import Happened, read_entry
from kiosk.assessment.display import Display
from kiosk.assessment.sitting import Incident
from kiosk.terminal import views
from kiosk.terminal.surroundings import Surroundings, Watch
from tests.terminal.room import Room, choose, crash

SOUND = Surroundings(screens=1, width=1366, height=768, keyboards=2)
TROUBLES = {
    "T-51": {"screens": 2},
    "T-52": {"width": 800, "height": 600},
    "T-53": {"keyboards": 0},
    "T-54": {"battery": 5},
}
BY_ITSELF = ("T-51", "T-52")
OPEN_TO_CHOICE = ("T-53", "T-54")


@pytest.fixture
def room():
    return Room()


def incidents(terminal):
    terminal._flow.wait_written(5)
    records = [read_entry(entry).record for entry in terminal._flow._seat.journal.entries]
    return [
        record.event.code
        for record in records
        if isinstance(record, Happened) and isinstance(record.event, Incident)
    ]


def sitting(room, tmp_path):
    terminal = room.seated(tmp_path)
    terminal.look_around(SOUND)
    choose(terminal)
    return terminal


@pytest.mark.parametrize("code", TROUBLES)
def test_the_paper_is_hidden_the_clock_stops_and_both_come_back(tmp_path, room, code):
    with sitting(room, tmp_path) as terminal:
        question = terminal.view.question
        left = terminal.clock.remaining_ms
        view = terminal.look_around(replace(SOUND, **TROUBLES[code]))
        assert isinstance(view, views.Trouble)
        assert view.code == code
        assert not view.clock.running
        terminal.pass_ms(90_000)
        assert terminal.view.code == code
        assert terminal.view.clock.remaining_ms == left
        terminal.look_around(SOUND)
        view = terminal.wait_saved()
        assert isinstance(view, views.Exam)
        assert view.question == question
        assert view.clock.running
        assert terminal.clock.remaining_ms == left
        assert view.notice.values == {"minutes": 1, "seconds": 30}


@pytest.mark.parametrize("code", TROUBLES)
def test_nothing_can_be_done_behind_it(tmp_path, room, code):
    with sitting(room, tmp_path) as terminal:
        item = terminal.view.question.item
        terminal.look_around(replace(SOUND, **TROUBLES[code]))
        for intent in (
            views.Answer(item.id, "RESPONSE", ("c",)),
            views.GoTo(3),
            views.OpenReview(),
            views.HandIn(confirmed=True),
            views.OpenProctorMenu(),
        ):
            assert terminal.send(intent).code == code
        terminal.look_around(SOUND)
        view = terminal.wait_saved()
        assert view.question.number == 1
        assert view.question.responses == {"RESPONSE": ("a",)}


def test_the_journal_has_each_trouble_once_when_it_begins(tmp_path, room):
    with sitting(room, tmp_path) as terminal:
        for code, change in TROUBLES.items():
            terminal.look_around(replace(SOUND, **change))
            assert incidents(terminal)[-1] == code
            terminal.look_around(SOUND)
            terminal.wait_saved()
        assert incidents(terminal) == list(TROUBLES)


def test_a_power_cut_in_the_middle_of_it_costs_no_time_either(tmp_path, room):
    terminal = sitting(room, tmp_path)
    left = terminal.clock.remaining_ms
    terminal.look_around(replace(SOUND, keyboards=0))
    terminal.pass_ms(60_000)
    crash(terminal)
    room.time.reboot(off_ms=120_000)
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        assert terminal.clock.remaining_ms == left


@pytest.mark.parametrize("code", BY_ITSELF)
def test_a_second_or_too_small_screen_leaves_nothing_to_press(tmp_path, room, code):
    with sitting(room, tmp_path) as terminal:
        view = terminal.look_around(replace(SOUND, **TROUBLES[code]))
        assert not view.can_retry
        assert terminal.send(views.Retry()).code == code


@pytest.mark.parametrize("code", OPEN_TO_CHOICE)
def test_one_may_go_on_without_keyboard_or_mains(tmp_path, room, code):
    with sitting(room, tmp_path) as terminal:
        bad = replace(SOUND, **TROUBLES[code])
        assert terminal.look_around(bad).can_retry
        terminal.send(views.Retry())
        assert isinstance(terminal.wait_saved(), views.Exam)
        assert isinstance(terminal.look_around(bad), views.Exam)
        # Put right and gone again, it is asked again.
        terminal.look_around(SOUND)
        assert terminal.look_around(bad).code == code


@pytest.mark.parametrize("first", ["fault", "keyboard"])
def test_a_fault_and_a_lost_keyboard_together_leave_the_clock_as_it_was(tmp_path, room, first):
    bad = replace(SOUND, keyboards=0)
    with sitting(room, tmp_path) as terminal:
        left = terminal.clock.remaining_ms
        if first == "fault":
            terminal._flow.fail(ZeroDivisionError())
        terminal.look_around(bad)
        if first == "keyboard":
            terminal._flow.fail(ZeroDivisionError())
        assert terminal.view.code == "T-41"
        terminal.pass_ms(60_000)
        assert terminal.view.clock == views.Clock(left, running=False)
        terminal.look_around(SOUND)
        assert terminal.view.code == "T-41"
        terminal.send(views.Retry())
        view = terminal.wait_saved()
        assert isinstance(view, views.Exam)
        assert view.clock == views.Clock(left, running=True)
        assert choose(terminal, "c").question.responses == {"RESPONSE": ("c",)}


def test_colours_chosen_over_a_trouble_are_kept_when_it_is_over(tmp_path, room):
    with sitting(room, tmp_path) as terminal:
        terminal.look_around(replace(SOUND, screens=2))
        dark = Display(theme="dark")
        terminal.send(views.HaveDisplay(dark))
        terminal.look_around(SOUND)
        terminal.wait_saved()
        assert terminal._flow._attempt.sitting.display == dark


def test_before_the_release_it_is_said_too(tmp_path, room):
    with room.terminal(tmp_path) as terminal:
        assert terminal.look_around(replace(SOUND, screens=2)).code == "T-51"
        assert isinstance(terminal.look_around(SOUND), views.Unlock)


def test_a_terminal_that_never_had_a_keyboard_misses_none():
    watch = Watch()
    watch.see(Surroundings())
    assert watch.code is None


def test_a_window_that_fills_no_screen_is_not_judged_by_screens():
    watch = Watch()
    watch.see(Surroundings(screens=0, width=640, height=480))
    assert watch.code is None


@pytest.mark.parametrize(
    ("version", "needed", "offers"),
    [
        ("1.2.dev3", "1.2", True),
        ("1.10", "1.9.5", True),
        ("0.9", "1", False),
        ("1.2", "1.2.1", False),
        ("test", "", True),
    ],
)
def test_a_program_older_than_its_session_says_so(tmp_path, version, needed, offers):
    room = Room(minimum_version=needed, version=version)
    with room.terminal(tmp_path) as terminal:
        if offers:
            assert isinstance(terminal.view, views.Unlock)
        else:
            assert terminal.view.code == "T-15"
