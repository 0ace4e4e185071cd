"""Proctors' commands to a seat where somebody sits, and their bounds."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.chain import Commanded, read_entry
from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.views import Scanned
from tests.terminal.room import TERMS, Room, choose


@pytest.fixture
def room():
    return Room()


def test_a_pause_stops_the_clock_until_a_proctor_resumes(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        left = terminal.clock.remaining_ms
        view = room.command(terminal, Command.PAUSE)
        assert isinstance(view, views.Paused)
        assert view.clock == views.Clock(left, False)
        terminal.pass_ms(60_000)
        assert terminal.view.clock.remaining_ms == left
        terminal.do(views.Answer("i1", "RESPONSE", ("a",)))
        assert terminal.view.answered == 0
        view = room.command(terminal, Command.RESUME)
        assert isinstance(view, views.Exam)
        assert terminal.clock == views.Clock(left, True)


def test_an_aborted_sitting_is_packed_like_any_other(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        choose(terminal)
        view = room.command(terminal, Command.ABORT)
        assert isinstance(view, views.Done)
        assert (view.how, view.answered) == ("aborted", 1)
        assert len(terminal.ports.outbox.waiting) == 1


def test_an_exit_ends_the_program_and_is_journalled(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.EXIT)
        assert terminal.left
        last = read_entry(terminal._flow._seat.journal.entries[-1]).record
        assert isinstance(last, Commanded)
        assert last.command is Command.EXIT


def test_an_exit_is_possible_before_the_release(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        terminal.do(Scanned(room.code(terminal, Command.EXIT)))
        assert terminal.left


@pytest.mark.parametrize("minutes", [0, 21])
def test_extra_time_beyond_the_session_is_refused(room, tmp_path, minutes):
    with room.seated(tmp_path) as terminal:
        view = room.command(terminal, Command.EXTEND, minutes=minutes)
        assert view.mistake.text == "The session allows {minutes} more minutes at most"
        assert view.mistake.values == {"minutes": 20}


def test_pauses_beyond_the_session_are_refused(tmp_path):
    room = Room(terms=replace(TERMS, most_pauses=1))
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.PAUSE)
        room.command(terminal, Command.RESUME)
        view = room.command(terminal, Command.PAUSE)
        assert view.mistake.text == "The session allows {most} pauses and no more"


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (Command.RESUME, "The exam at this seat is not paused"),
        (Command.RELEASE, "This seat was released before"),
    ],
)
def test_a_command_that_does_not_fit_is_refused(room, tmp_path, command, sentence):
    with room.seated(tmp_path) as terminal:
        assert room.command(terminal, command).mistake.text == sentence


def test_where_nobody_sits_there_is_nothing_to_command(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        view = room.command(terminal, Command.EXTEND, minutes=5)
        assert view.mistake.text == "Nobody is sitting an exam here"


def test_each_command_is_journalled_with_its_code(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.EXTEND, minutes=5)
        records = [read_entry(entry).record for entry in terminal._flow._seat.journal.entries]
        told = [record for record in records if isinstance(record, Commanded)]
        assert [one.command for one in told] == [Command.RELEASE, Command.EXTEND]
        assert told[1].minutes == 5
        assert told[1].proctor == room.proctors[0].record.kid
        assert told[1].token


def test_a_code_outside_the_menu_does_nothing(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        terminal.send(views.OpenProctorMenu())
        code = room.code(terminal, Command.PAUSE)
        terminal.send(views.CloseProctorMenu())
        view = terminal.do(Scanned(code))
        assert isinstance(view, views.Exam)
        assert view.notice.text == "Open the proctor menu first, then scan"


def test_a_challenge_is_void_once_the_menu_is_closed(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        terminal.send(views.OpenProctorMenu())
        code = room.code(terminal, Command.PAUSE)
        terminal.send(views.CloseProctorMenu())
        terminal.send(views.OpenProctorMenu())
        view = terminal.do(Scanned(code))
        assert view.mistake.text == "This code has expired. Scan the code on this screen again"
