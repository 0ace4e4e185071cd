"""A candidate who changes seats: the exam goes on elsewhere as it was, and nowhere twice."""

import errno
import hashlib
import os
from time import sleep

import pytest

from kiosk.artefacts import answer_package
from kiosk.artefacts.chain import Commanded, Happened, TakenOver, read_entry
from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.codec import encode
from kiosk.artefacts.tokens import Command
from kiosk.artefacts.transfer import vouched
from kiosk.assessment.sitting import Transferred
from kiosk.terminal import views
from tests.terminal.room import Room, choose, crash


@pytest.fixture
def room():
    return Room()


def looked(terminal):
    """The view after the stick was looked at."""
    terminal.time.pass_ms(1_000)
    terminal.tick()
    while terminal._flow._carrier._aside.busy:
        sleep(0.002)
    return terminal.view


def give_away(room, terminal):
    """The proctor's part at the old terminal: the command, the stick in, the stick out."""
    room.command(terminal, Command.TRANSFER)
    room.stick.mkdir(exist_ok=True)
    view = looked(terminal)
    assert isinstance(view, views.GivenAway)
    assert view.written
    return view


def offered(room, terminal):
    terminal.send(views.OpenProctorMenu())
    return looked(terminal)


def take_over(room, terminal):
    """The proctor's part at the new terminal, which is released."""
    view = offered(room, terminal)
    assert len(view.guests) == view.chosen == 1
    return terminal.do(views.Scanned(room.code(terminal, Command.TAKE_OVER)))


def packed(terminal, room):
    (line,) = terminal.ports.outbox.lines
    frame = answer_package.read_package(terminal.ports.outbox.package(line))
    value = answer_package.package(frame, terminal.ports.keys.record)
    return answer_package.open_package(value, answer_package.content_key(value, room.opening))


def hand_in(terminal):
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(False))
    return terminal.do(views.HandIn(True))


def busy_sitting(room, state):
    """Three answers, a flag, the fifth question, eleven minutes and a bit."""
    terminal = room.seated(state)
    for number, value in ((1, "a"), (2, "b"), (4, "c")):
        terminal.do(views.GoTo(number))
        choose(terminal, value)
    terminal.do(views.Flag(terminal.view.question.item.id, True))
    terminal.do(views.GoTo(5))
    terminal.do(views.Answer(terminal.view.question.item.id, "RESPONSE", ("2.5",), settled=False))
    terminal.pass_ms(2_000)
    room.time.pass_ms(11 * 60_000 + 357)
    terminal.tick()
    terminal.wait_saved()
    return terminal


def test_it_goes_on_at_the_same_question_with_answers_flags_and_the_very_time(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        before, left = old.view, old.clock.remaining_ms
        assert give_away(room, old).remaining_ms == left
    room.time.pass_ms(95_000)  # the walk
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        view = take_over(room, new)
        assert isinstance(view, views.Exam)
        assert (view.question, view.overview) == (before.question, before.overview)
        assert new.clock == views.Clock(left, True)
        assert view.notice.text.startswith("The exam goes on here")
        done = hand_in(new)
        assert (done.how, done.answered) == ("handed_in", 4)
        content = packed(new, room)
    assert answer_package.replay(content).responses == content.responses
    assert len(content.responses) == 4
    (taken,) = (
        record
        for record in (read_entry(entry).record for entry in content.journal)
        if isinstance(record, TakenOver)
    )
    assert vouched(taken, room.terminals[0].record).terminal == room.terminals[0].record.kid


def test_the_old_terminal_can_no_longer_hand_in_and_says_what_to_do(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        room.command(old, Command.TRANSFER)
        view = old.view
        assert isinstance(view, views.GivenAway)
        assert (view.written, view.may_leave) == (False, False)
        for intent in (views.HandIn(True), views.OpenReview(), views.GoTo(2), views.Leave()):
            assert isinstance(old.do(intent), views.GivenAway)
        room.time.pass_ms(2 * 3600_000)  # nor does the clock hand in
        assert isinstance(old.tick(), views.GivenAway)
        assert old.ports.outbox.lines == ()
        assert old.clock is None


def test_the_command_and_its_proctor_are_in_the_journal(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        room.command(old, Command.TRANSFER)
        *_, commanded, happened = (
            read_entry(entry).record for entry in old._flow._seat.journal.entries
        )
    assert isinstance(commanded, Commanded)
    assert commanded.command is Command.TRANSFER
    assert isinstance(happened, Happened)
    assert isinstance(happened.event, Transferred)
    assert happened.event.by == ("Li Min",)


def test_a_paused_sitting_is_transferred_without_a_minute_lost(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        room.command(old, Command.PAUSE)
        left = old.clock.remaining_ms
        old.pass_ms(60_000)
        give_away(room, old)
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        assert isinstance(take_over(room, new), views.Exam)
        assert new.clock == views.Clock(left, True)


def test_the_candidate_may_not_begin_anew_where_the_exam_was_given_away(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
        assert isinstance(old.do(views.Leave()), views.SignIn)
        view = old.do(views.SignInAs(room.candidates[0].number))
        assert "goes on at another computer" in view.mistake.text


@pytest.mark.parametrize("moment", ["before the file", "after the file", "after the stick"])
def test_a_terminal_that_stops_while_giving_away_comes_back_to_it(tmp_path, room, moment):
    old = busy_sitting(room, tmp_path / "07")
    left = old.clock.remaining_ms
    if moment == "before the file":
        old.send(views.OpenProctorMenu())
        old.send(views.Scanned(room.code(old, Command.TRANSFER)))
    elif moment == "after the file":
        room.command(old, Command.TRANSFER)
    else:
        give_away(room, old)
    crash(old)
    room.time.reboot()
    room.stick.mkdir(exist_ok=True)
    first = {path.name: path.read_bytes() for path in room.stick.iterdir()}
    with room.terminal(tmp_path / "07") as old:
        view = room.release(old)
        assert isinstance(view, views.GivenAway)
        assert view.may_leave
        assert looked(old).written
    (path,) = room.stick.iterdir()
    assert not first or first == {path.name: path.read_bytes()}
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        take_over(room, new)
        assert new.clock.remaining_ms == left


def test_a_new_terminal_that_stops_after_taking_over_goes_on_after_its_release(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        left = old.clock.remaining_ms
        give_away(room, old)
    new = room.terminal(tmp_path / "spare", 2)
    room.release(new)
    take_over(room, new)
    crash(new)
    room.time.reboot()
    with room.terminal(tmp_path / "spare", 2) as new:
        assert new.view.phase is Phase.INTERRUPTED
        view = room.release(new)
        assert (view.question.number, new.clock.remaining_ms) == (5, left)
        choose_at(new, 1, "d")
        assert hand_in(new).answered == 4


def choose_at(terminal, number, value):
    terminal.do(views.GoTo(number))
    choose(terminal, value)


def test_it_moves_on_a_second_time_and_the_package_holds_both_journals(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        left = old.clock.remaining_ms
        give_away(room, old)
    with room.terminal(tmp_path / "08", 1) as second:
        room.release(second)
        take_over(room, second)
        second.pass_ms(60_000)
        give_away(room, second)
    with room.terminal(tmp_path / "spare", 2) as third:
        room.release(third)
        view = offered(room, third)
        assert [guest.seat for guest in view.guests] == ["08", "07"]  # newest first, none chosen
        assert view.chosen == 0
        third.do(views.ChooseGuest(1))
        third.do(views.Scanned(room.code(third, Command.TAKE_OVER)))
        assert third.clock.remaining_ms == left - 60_000
        assert hand_in(third).answered == 4
        assert answer_package.replay(packed(third, room)).responses


def test_it_may_come_back_to_where_it_began(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        left = old.clock.remaining_ms
        give_away(room, old)
        view = take_over(room, old)
        assert isinstance(view, views.Exam)
        assert old.clock.remaining_ms == left
        assert hand_in(old).how == "handed_in"


def test_a_sitting_taken_over_here_is_not_offered_again(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        take_over(room, new)
        hand_in(new)
        new.do(views.Leave())
        assert offered(room, new).guests == ()


def test_without_a_stick_or_a_choice_the_code_does_nothing_and_stays_good(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
    away = room.stick.rename(room.stick.with_name("pulled"))
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        assert offered(room, new).guests == ()
        code = room.code(new, Command.TAKE_OVER)
        view = new.do(views.Scanned(code))
        assert "Put in the stick" in view.mistake.text
        away.rename(room.stick)
        assert len(looked(new).guests) == 1
        assert isinstance(new.do(views.Scanned(code)), views.Exam)


def test_nobody_takes_over_where_somebody_sits(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
    with room.seated(tmp_path / "08", 1) as other:
        view = room.command(other, Command.TAKE_OVER)
        assert view.mistake.text == "Somebody is sitting an exam here"
        assert looked(other).guests == ()


@pytest.mark.parametrize("where", [20, 200, -40])
def test_a_damaged_file_is_not_offered(tmp_path, room, where):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
    (path,) = room.stick.iterdir()
    data = bytearray(path.read_bytes())
    data[where] ^= 1
    path.write_bytes(data)
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        assert offered(room, new).guests == ()


def test_a_file_of_another_session_or_a_stranger_is_not_offered(tmp_path, room):
    foreign = Room()
    with busy_sitting(foreign, tmp_path / "elsewhere") as old:
        give_away(foreign, old)
    room.stick = foreign.stick
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        assert offered(room, new).guests == ()


def full_stick(name, data):
    raise OSError(errno.ENOSPC, "full")


@pytest.mark.parametrize("state", ["full", "pulled out"])
def test_a_stick_that_does_not_take_it_is_told_and_another_one_does(tmp_path, room, state):
    with busy_sitting(room, tmp_path / "07") as old:
        room.command(old, Command.TRANSFER)
        if state == "full":
            room.stick.mkdir()
            old.ports.stick.put = full_stick
            assert looked(old).mistake is not None
            del old.ports.stick.put
        else:
            assert not looked(old).written
            room.stick.mkdir()
        view = looked(old)
        assert view.written
        assert view.mistake is None


def test_the_challenge_says_that_nobody_sits_where_an_exam_was_given_away(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
        view = old.send(views.OpenProctorMenu())
        assert read_challenge(view.challenge).phase is Phase.IDLE
        old.do(views.CloseProctorMenu())
        assert isinstance(old.do(views.Leave()), views.SignIn)


def test_what_was_given_away_can_be_written_again(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
        (path,) = room.stick.iterdir()
        digest = hashlib.sha256(path.read_bytes()).digest()
        path.unlink()
        old.do(views.Retry())
        assert looked(old).written
        assert hashlib.sha256(path.read_bytes()).digest() == digest
        assert path.name.startswith("T-07-")


# --- without a stick --------------------------------------------------------------------------------------


def test_a_row_of_codes_carries_it_where_no_stick_may_be_used(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        left = old.clock.remaining_ms
        room.command(old, Command.TRANSFER)
        assert old.view.may_show_codes
        view = old.do(views.ShowCodes(True))
        assert view.may_leave
        codes = view.codes
        assert 1 < len(codes) < 20
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        view = new.do(views.Scanned(codes[0]))
        assert view.mistake.text == "Open the proctor menu first, then scan"
        new.send(views.OpenProctorMenu())
        for number, code in enumerate((*codes[2:], *codes[:1], *codes[:1]), start=1):
            view = new.do(views.Scanned(code))
            read = min(number, len(codes) - 1)
            assert view.mistake.values == {"read": read, "count": len(codes)}
        assert "not read whole" in new.do(views.Scanned(codes[1][:-3])).mistake.text
        assert new.do(views.Scanned(codes[1])).mistake.text == "All codes were read"
        assert looked(new).chosen == 1
        new.do(views.Scanned(room.code(new, Command.TAKE_OVER)))
        assert (new.view.question.number, new.clock.remaining_ms) == (5, left)
        assert hand_in(new).answered == 4
        assert answer_package.replay(packed(new, room)).responses


# --- what a stick may do ----------------------------------------------------------------------------------


def test_a_stick_full_of_rubbish_hides_no_exam_and_stops_nothing(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        give_away(room, old)
    os.mkfifo(room.stick / "a.transfer")
    (room.stick / "b.transfer").mkdir()
    (room.stick / "c.transfer").write_bytes(os.urandom(9 * 1024 * 1024))
    (room.stick / "d.transfer").symlink_to("/dev/zero")
    (room.stick / "e.transfer").write_bytes(encode([b"x", [b"y"] * 100_000]))
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        assert isinstance(take_over(room, new), views.Exam)


def test_a_medium_whose_program_fails_is_asked_again(tmp_path, room):
    with busy_sitting(room, tmp_path / "07") as old:
        room.command(old, Command.TRANSFER)
        room.stick.mkdir()
        old.ports.stick.put = lambda name, data: 1 / 0
        assert looked(old).mistake is not None
        del old.ports.stick.put
        assert looked(old).written
