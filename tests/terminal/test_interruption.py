"""A terminal that stops in the middle: it comes back to the release, then to the same question."""

import pytest

from kiosk.artefacts.chain import Happened, read_entry
from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Answered, Incident
from kiosk.errors import StorageFault
from kiosk.terminal import views
from tests.terminal.room import Room, choose, crash


@pytest.fixture
def room():
    return Room()


def interrupted(room, state, off_ms=180_000):
    terminal = room.seated(state)
    choose(terminal)
    terminal.do(views.GoTo(3))
    choose(terminal, "c")
    terminal.pass_ms(10 * 60_000)
    left = terminal.clock.remaining_ms
    crash(terminal)
    room.time.reboot(off_ms=off_ms)
    return left


def test_it_comes_back_to_the_same_question_with_every_answer(tmp_path, room):
    interrupted(room, tmp_path)
    with room.terminal(tmp_path) as terminal:
        view = terminal.view
        assert isinstance(view, views.Unlock)
        assert view.phase is Phase.INTERRUPTED
        challenge = read_challenge(view.challenge)
        assert challenge.phase is Phase.INTERRUPTED
        assert challenge.remaining_s == 50 * 60
        view = room.release(terminal)
        assert isinstance(view, views.Exam)
        assert view.question.number == 3
        assert view.question.responses == {"RESPONSE": ("c",)}
        assert sum(cell.answered for section in view.overview for cell in section.cells) == 2


def test_an_interruption_costs_no_time_and_the_candidate_is_told(tmp_path, room):
    left = interrupted(room, tmp_path)
    with room.terminal(tmp_path) as terminal:
        view = room.release(terminal)
        assert terminal.clock.remaining_ms == left
        assert view.notice.text == "Resumed. {minutes} min {seconds} s were given back"
        assert view.notice.values == {"minutes": 3, "seconds": 0}


def test_minutes_that_a_proctor_gives_back_are_added(tmp_path, room):
    left = interrupted(room, tmp_path)
    with room.terminal(tmp_path) as terminal:
        room.release(terminal, minutes=5)
        assert terminal.clock.remaining_ms == left + 5 * 60_000


def test_more_minutes_than_the_session_allows_are_refused(tmp_path, room):
    interrupted(room, tmp_path)
    with room.terminal(tmp_path) as terminal:
        view = room.release(terminal, minutes=16)
        assert isinstance(view, views.Unlock)
        assert view.mistake.values == {"minutes": 15}
        assert isinstance(room.release(terminal), views.Exam)


def test_a_begun_sitting_outlasts_the_window(tmp_path, room):
    interrupted(room, tmp_path, off_ms=6 * 3600_000)
    with room.terminal(tmp_path) as terminal:
        assert isinstance(room.release(terminal), views.Exam)


def test_a_sitting_paused_before_the_crash_goes_on_after_the_release(tmp_path, room):
    terminal = room.seated(tmp_path)
    room.command(terminal, Command.PAUSE)
    left = terminal.clock.remaining_ms
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        assert isinstance(room.release(terminal), views.Exam)
        assert terminal.clock == views.Clock(left, True)


def test_time_left_is_never_less_after_the_program_alone_was_restarted(tmp_path, room):
    terminal = room.seated(tmp_path)
    terminal.pass_ms(7_000)
    left = terminal.clock.remaining_ms
    crash(terminal)
    room.time.pass_ms(90_000)
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        assert left <= terminal.clock.remaining_ms <= left + 5_000


def test_a_second_program_on_the_same_state_is_refused_without_harm(tmp_path, room):
    with room.seated(tmp_path) as terminal:
        with room.terminal(tmp_path) as other:
            assert isinstance(other.view, views.Trouble)
        assert choose(terminal).saved is views.Saved.SAVED


def ask_to_finish(terminal):
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(False))


def test_a_package_not_made_before_the_crash_is_made_at_the_next_release(tmp_path, room):
    terminal = room.seated(tmp_path)
    choose(terminal)
    ask_to_finish(terminal)
    terminal.send(views.HandIn(True))
    crash(terminal)  # the hand-in is on disk, its confirmation was never read
    assert terminal.ports.outbox.lines == ()
    room.time.reboot(off_ms=6 * 3600_000)  # the window is over by then
    with room.terminal(tmp_path) as terminal:
        assert terminal.view.phase is Phase.INTERRUPTED
        view = room.release(terminal)
        assert isinstance(view, views.Done)
        assert (view.how, view.answered, view.package) == ("handed_in", 1, 1)
    with room.terminal(tmp_path) as terminal:
        assert terminal.view.phase is Phase.LOCKED


@pytest.mark.parametrize("moment", ["numbered", "written"])
def test_a_sitting_keeps_its_number_whenever_the_power_goes(tmp_path, room, moment):
    terminal = room.seated(tmp_path)
    outbox = terminal.ports.outbox
    if moment == "numbered":
        outbox.path = lambda number: tmp_path / ("x" * 300)
    else:
        outbox._note = lambda line, package: (_ for _ in ()).throw(OSError("power cut"))
    ask_to_finish(terminal)
    with pytest.raises(StorageFault):
        terminal.do(views.HandIn(True))
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        terminal_outbox = terminal.ports.outbox
        early = terminal_outbox.lines
        assert [line.number for line in early] == [1]
        assert (early[0].sha256 is not None) == (moment == "written")
        room.release(terminal)
        assert [line.number for line in terminal_outbox.lines] == [1]
        assert terminal_outbox.package(terminal_outbox.lines[0])
        if early[0].sha256:
            assert terminal_outbox.lines == early


def test_a_machine_that_slept_costs_no_time_and_says_so(tmp_path, room):
    with room.seated(tmp_path) as terminal:
        terminal.pass_ms(60_000)
        left = terminal.clock.remaining_ms
        room.time.pass_ms(600_000)
        terminal.tick()
        view = terminal.wait_saved()
        assert terminal.clock == views.Clock(left, True)
        assert view.notice.values == {"minutes": 10, "seconds": 0}
        assert told(terminal, Incident) == [Incident(room.time.now_ms(), "asleep")]


def test_what_was_typed_before_the_sleep_is_kept_at_its_own_time(tmp_path, room):
    with room.seated(tmp_path) as terminal:
        item = terminal.do(views.GoTo(5)).question.item.id
        terminal.send(views.Answer(item, "RESPONSE", ("half",), settled=False))
        typed_ms = room.time.now_ms()
        room.time.pass_ms(600_000)
        terminal.tick()
        terminal.wait_saved()
        assert [one.at_ms for one in told(terminal, Answered)] == [typed_ms]


@pytest.mark.parametrize("first", ["answer", "incident", "code"])
def test_whatever_comes_first_after_the_sleep_none_of_it_is_charged(tmp_path, room, first):
    with room.seated(tmp_path) as terminal:
        left = terminal.clock.remaining_ms
        room.time.pass_ms(600_000)
        match first:
            case "answer":
                choose(terminal)
            case "incident":
                terminal._flow.incident("focus-lost")
            case "code":
                terminal.do(views.Scanned("K1:NONSENSE"))
        terminal.wait_saved()
        assert terminal.clock.remaining_ms == left


def test_a_paused_sitting_stays_paused_through_a_sleep(tmp_path, room):
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.PAUSE)
        left = terminal.clock.remaining_ms
        room.time.pass_ms(600_000)
        assert isinstance(terminal.tick(), views.Paused)
        assert terminal.clock == views.Clock(left, False)


@pytest.mark.parametrize("years", [-20, 20])
def test_a_wall_clock_that_jumps_by_years_changes_nothing_of_a_sitting(tmp_path, room, years):
    with room.seated(tmp_path) as terminal:
        choose(terminal)
        left = terminal.clock.remaining_ms
        room.time.set_wall(room.time.wall_s() + years * 365 * 86_400)
        terminal.pass_ms(30_000)
        assert terminal.clock.remaining_ms == left - 30_000
        assert choose(terminal, "b").saved is views.Saved.SAVED
        left = terminal.clock.remaining_ms
        crash(terminal)
        room.time.pass_ms(5_000)
        with room.terminal(tmp_path) as again:
            view = room.release(again)
            assert isinstance(view, views.Exam)
            assert view.question.responses == {"RESPONSE": ("b",)}
            assert again.clock.remaining_ms >= left


def told(terminal, kind):
    entries = terminal._flow._seat.journal.entries
    records = [read_entry(entry).record for entry in entries]
    events = [record.event for record in records if isinstance(record, Happened)]
    return [event for event in events if isinstance(event, kind)]
