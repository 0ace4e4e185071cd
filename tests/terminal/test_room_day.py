"""What happens in a room: wrong seats and other seats, breaks, somebody caught, a proctor replaced, and
one session after another at the same computer."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.chain import Admitted, Commanded, read_entry
from kiosk.artefacts.self_check import Finding
from kiosk.artefacts.session import Policy, Window
from kiosk.artefacts.tokens import Command, Reason
from kiosk.assessment.sitting import Incident, Resumed, WentOut
from kiosk.terminal import views
from tests.terminal.room import NOON, TERMS, Room, begin, choose, crash

HOUR_MS = 3_600_000


def records_of(terminal):
    return [read_entry(entry).record for entry in terminal._flow._seat.journal.entries]


def events_of(terminal, kind):
    records = records_of(terminal)
    return [one.event for one in records if isinstance(getattr(one, "event", None), kind)]


def end(terminal):
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(False))
    assert isinstance(terminal.do(views.HandIn(True)), views.Done)
    terminal.do(views.Leave())


# --- seats ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2])  # another's seat, a spare
def test_with_fixed_seats_another_computer_needs_a_proctors_command(tmp_path, number):
    room = Room()
    with room.terminal(tmp_path, number) as terminal:
        room.release(terminal)
        told = terminal.do(views.SignInAs("20260001")).mistake
        assert (told.text, told.values) == (
            "Your seat is {seat}. Please go to seat {seat}",
            {"seat": "07"},
        )
        assert isinstance(room.command(terminal, Command.ADMIT), views.SignIn)
        begin(terminal, "20260001")
        (command,) = (
            one
            for one in records_of(terminal)
            if isinstance(one, Commanded) and one.command is Command.ADMIT
        )
        assert command.proctor == room.proctors[0].record.kid


def test_a_command_admits_one_candidate_and_no_more(tmp_path):
    room = Room()
    with room.terminal(tmp_path, 2) as terminal:
        room.release(terminal)
        room.command(terminal, Command.ADMIT)
        begin(terminal, "20260001")
        end(terminal)
        assert terminal.do(views.SignInAs("20260002")).mistake.values == {"seat": "08"}


@pytest.mark.parametrize("seats", ["drawn", "free"])
def test_the_first_sign_in_takes_a_drawn_or_free_seat_and_the_journal_says_which(tmp_path, seats):
    room = Room(policy=Policy(seats=seats))
    with room.terminal(tmp_path, 1) as terminal:
        room.release(terminal)
        begin(terminal, "20260001")
        (admitted,) = (one for one in records_of(terminal) if isinstance(one, Admitted))
        assert (admitted.identity.candidate, admitted.seat) == ("20260001", "08")


# --- breaks ---------------------------------------------------------------------------------------


def test_a_break_hides_the_paper_while_the_clock_runs_on(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        choose(terminal)
        view = room.command(terminal, Command.GO_OUT, words="Wang Fang")
        assert isinstance(view, views.Paused)
        assert (view.out, view.clock.running) == (True, True)
        item = "i1"
        terminal.do(views.Answer(item, "RESPONSE", ("b",)))
        terminal.pass_ms(8 * 60_000)
        view = room.command(terminal, Command.RESUME)
        assert isinstance(view, views.Exam)
        assert view.notice.text == "The break is over. The exam goes on"
        assert terminal.clock.remaining_ms == HOUR_MS - 8 * 60_000
        (out,) = events_of(terminal, WentOut)
        (back,) = events_of(terminal, Resumed)
        assert (out.by, out.escort) == (("Li Min",), "Wang Fang")
        assert (back.by, back.gap_ms) == (("Li Min",), 8 * 60_000)


def test_the_clock_stands_in_a_break_that_was_granted_and_runs_in_the_next(tmp_path):
    room = Room(terms=replace(TERMS, free_breaks=1, most_pauses=0))
    with room.seated(tmp_path) as terminal:
        for left_ms in (HOUR_MS, HOUR_MS - 5 * 60_000):
            room.command(terminal, Command.GO_OUT, words="Wang Fang")
            terminal.pass_ms(5 * 60_000)
            room.command(terminal, Command.RESUME)
            assert terminal.clock.remaining_ms == left_ms


def test_breaks_are_bounded_by_the_session(tmp_path):
    room = Room(terms=replace(TERMS, most_breaks=1))
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.GO_OUT, words="Wang Fang")
        room.command(terminal, Command.RESUME)
        view = room.command(terminal, Command.GO_OUT, words="Wang Fang")
        assert view.mistake.text == "The session allows {most} breaks and no more"


def test_a_room_code_does_not_show_the_paper_of_somebody_who_is_out(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.GO_OUT, words="Wang Fang")
        view = terminal.do(views.Scanned(room.room_code(1, "resume")))
        assert view.out
        assert view.mistake.text.startswith("The candidate of this seat is out")


def test_time_runs_out_during_a_break_and_a_power_cut_in_it_costs_nothing(tmp_path):
    room = Room()
    terminal = room.seated(tmp_path)
    room.command(terminal, Command.GO_OUT, words="Wang Fang")
    terminal.pass_ms(20 * 60_000)
    crash(terminal)
    room.time.reboot(off_ms=5 * 60_000)
    with room.terminal(tmp_path) as again:
        room.release(again)
        assert abs(again.clock.remaining_ms - (HOUR_MS - 20 * 60_000)) <= 5_000
        room.command(again, Command.GO_OUT, words="Wang Fang")
        again.pass_ms(41 * 60_000)
        assert again.wait_saved().how == "expired"


# --- misconduct -----------------------------------------------------------------------------------


def test_somebody_caught_goes_on_with_an_incident_in_words(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        before = terminal.clock.remaining_ms
        view = room.command(terminal, Command.CAUTION, reason=Reason.MISCONDUCT, words="带手机入场")
        assert isinstance(view, views.Exam)
        assert view.notice.text == "The proctor has recorded an incident. Your exam goes on"
        assert terminal.clock.remaining_ms == before
        (incident,) = events_of(terminal, Incident)
        assert (incident.code, incident.detail) == ("misconduct", "带手机入场")


def test_or_is_ended_with_the_answers_so_far(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        choose(terminal)
        room.command(terminal, Command.ABORT, reason=Reason.MISCONDUCT)
        view = terminal.wait_saved()
        assert (view.how, view.answered) == ("aborted", 1)


# --- proctors -------------------------------------------------------------------------------------


def test_a_spare_proctor_of_the_list_releases_in_anothers_place(tmp_path):
    room = Room(policy=Policy(releasing_proctors=2), spare_proctor=True)
    with room.terminal(tmp_path) as terminal:
        terminal.do(views.Scanned(room.code(terminal, Command.RELEASE, 0)))
        view = terminal.do(views.Scanned(room.code(terminal, Command.RELEASE, 2)))
        assert isinstance(view, views.SignIn)
        begin(terminal, "20260001")
        view = room.command(terminal, Command.EXTEND, minutes=5, proctor=2)
        assert view.notice.values == {"minutes": 5}


# --- one session after another --------------------------------------------------------------------

MORNING = Window(NOON - 600, NOON + 2 * 3600)
AFTERNOON = Window(NOON + 3 * 3600, NOON + 5 * 3600)


@pytest.fixture
def morning():
    return Room(window=MORNING)


@pytest.fixture
def afternoon(morning):
    return the_afternoon_of(morning)


def the_afternoon_of(morning):
    """The same computers, proctors and candidates a few hours later."""
    shared = {
        name: getattr(morning, name)
        for name in ("station", "opening", "recovery", "log", "author", "proctors", "terminals")
    }
    later = Room(
        window=AFTERNOON,
        id="R15-0302",
        bank="banks/B2.bank",
        time=morning.time,
        floor=morning.floor,
        **shared,
    )
    later.files.held |= morning.files.held
    morning.files = later.files
    return later


def test_one_candidate_sits_two_exams_on_one_day_at_the_same_computer(morning, afternoon, tmp_path):
    with morning.terminal(tmp_path) as terminal:
        assert len(terminal.view.sessions) == 2
        morning.release(terminal)
        begin(terminal, "20260001")
        end(terminal)
        terminal.pass_ms(2 * 3600_000 - 1000)
        terminal.pass_ms(1_200_000)  # the window is over: the next session is offered by itself
        assert isinstance(terminal.view, views.Unlock)
        terminal.pass_ms(3600_000)
        afternoon.release(terminal)
        begin(terminal, "20260001")
        end(terminal)
        lines = terminal.ports.outbox.waiting
        assert [line.session for line in lines] == ["R15-0301", "R15-0302"]


def test_a_sitting_that_outlasts_its_window_is_not_disturbed(morning, afternoon, tmp_path):
    with morning.terminal(tmp_path) as terminal:
        terminal.pass_ms(110 * 60_000)
        morning.release(terminal)
        begin(terminal, "20260001")
        terminal.pass_ms(30 * 60_000)  # past the end of the window
        assert isinstance(terminal.view, views.Exam)


def test_a_proctor_chooses_another_session_than_the_one_whose_time_it_is(
    morning, afternoon, tmp_path
):
    with morning.terminal(tmp_path) as terminal:
        assert [one.chosen for one in terminal.view.sessions] == [True, False]
        terminal.pass_ms(2 * 3600_000 - 1000)  # both may be released now
        view = terminal.do(views.ChooseSession("R15-0302"))
        assert [one.chosen for one in view.sessions] == [False, True]
        terminal.pass_ms(125_000)  # the challenge is renewed, the choice stays
        assert [one.chosen for one in terminal.view.sessions] == [False, True]
        assert isinstance(afternoon.release(terminal), views.SignIn)


BASH = Finding("processes", "weak", "bash")


@pytest.fixture
def strict():
    """A morning that this computer is not locked enough for."""
    return Room(window=MORNING, policy=Policy(required_checks=("processes",)), checks=(BASH,))


def test_a_session_kept_shut_by_a_check_leaves_the_others_of_the_computer_open(strict, tmp_path):
    afternoon = the_afternoon_of(strict)
    with strict.terminal(tmp_path) as terminal:
        assert isinstance(terminal.view, views.Trouble)
        assert [one.chosen for one in terminal.view.sessions] == [True, False]
        terminal.pass_ms(2 * 3600_000 - 1000)  # both may be released now
        view = terminal.do(views.ChooseSession("R15-0302"))
        assert isinstance(view, views.Unlock)
        # And back, should somebody have pressed the wrong one.
        view = terminal.do(views.ChooseSession("R15-0301"))
        assert isinstance(view, views.Trouble)
        terminal.do(views.ChooseSession("R15-0302"))
        assert isinstance(afternoon.release(terminal), views.SignIn)


def test_the_next_session_comes_though_a_check_kept_the_one_before_shut(strict, tmp_path):
    the_afternoon_of(strict)
    with strict.terminal(tmp_path) as terminal:
        terminal.pass_ms(2 * 3600_000 + 600_000)
        assert isinstance(terminal.view, views.Unlock)
        assert [one.chosen for one in terminal.view.sessions] == [False, True]


@pytest.mark.parametrize("shown", ["challenge", "trouble", "page"])
def test_while_a_session_waits_the_computer_is_looked_at_every_two_minutes(tmp_path, shown):
    room = Room(policy=Policy(required_checks=("processes",)))
    looks = []

    class Found(tuple):
        def __iter__(self):
            looks.append(room.time.now_ms())
            return super().__iter__()

    room.checks = Found((Finding("processes", "ok"),))
    with room.terminal(tmp_path) as terminal:
        if shown == "trouble":
            terminal.find(BASH)
            room.checks = Found((BASH,))
        if shown == "page":
            terminal.do(views.OpenChecks())
        for _ in range(600):
            terminal.pass_ms(1_000)
        assert len(looks) == 1 + 600 // 120


def test_choosing_does_nothing_once_a_proctor_has_given_a_code(tmp_path):
    room = Room(policy=Policy(releasing_proctors=2))
    with room.terminal(tmp_path) as terminal:
        terminal.do(views.Scanned(room.code(terminal, Command.RELEASE, 0)))
        view = terminal.do(views.ChooseSession("R15-0302"))
        assert view.given == 1
