"""Every code that must do nothing, each with the sentence a proctor reads."""

import pytest

from kiosk.artefacts import tokens
from kiosk.artefacts.chain import Happened, read_entry
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import Policy, Window
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Incident
from kiosk.terminal import trouble, views
from kiosk.terminal.views import Scanned
from tests.terminal.room import NOON, Room, begin, crash


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def terminal(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        yield terminal


def refused(terminal, text):
    """The sentence a code is refused with; the terminal stays locked."""
    view = terminal.do(Scanned(text))
    assert isinstance(view, views.Unlock)
    return view.mistake.text


def release_code(room, terminal, proctor=0, **changed):
    return room.code(terminal, Command.RELEASE, proctor, **changed)


def test_a_code_of_another_system(terminal):
    assert refused(terminal, "https://example.org") == (
        "This code belongs to another system. Scan again"
    )


def test_a_code_not_read_whole(room, terminal):
    assert refused(terminal, release_code(room, terminal)[:-7]) == (
        "The code was not read whole. Scan again"
    )


def test_a_code_that_is_no_proctors(room, terminal):
    for text in (terminal.view.challenge, room.slip("20260001")):
        assert refused(terminal, text) == (
            "This is not a proctor's code. Scan the code the proctor shows"
        )


def test_a_code_whose_signature_does_not_hold(room, terminal):
    _, (token,) = tokens.read_code(release_code(room, terminal))
    forged = token[:-1] + bytes([token[-1] ^ 1])
    assert refused(terminal, tokens.answer_text(forged)) == (
        "The signature of {name} on this code does not hold. Scan again"
    )


def test_a_code_of_an_unknown_proctor(room, terminal):
    nobody = PrivateKeys.generate(Role.PROCTOR, "Nobody")
    assert refused(terminal, release_code(room, terminal, nobody)) == (
        "This code is from somebody the station does not know"
    )


def test_a_code_of_a_revoked_proctor(room, terminal):
    room.files.trust_now = room.trust((room.proctors[0].record.kid,))
    view = terminal.do(Scanned(release_code(room, terminal)))
    assert view.mistake.text == "The key of {name} was revoked. Let another proctor sign"
    assert view.mistake.values == {"name": "Li Min"}


def test_a_code_of_a_proctor_of_another_session(room, terminal):
    assert refused(terminal, release_code(room, terminal, room.stranger)) == (
        "{name} is not a proctor of this session"
    )


def test_a_code_for_another_seat(room, terminal, tmp_path):
    with room.terminal(tmp_path / "other", 1) as other:
        code = release_code(room, other)
    view = terminal.do(Scanned(code))
    assert view.mistake.text == "This code is for seat {seat} only"
    assert view.mistake.values == {"seat": "08"}


def test_a_code_for_a_spare_terminal(room, terminal, tmp_path):
    with room.terminal(tmp_path / "other", 2) as other:
        code = release_code(room, other)
    assert refused(terminal, code) == "This code is for another terminal"


def test_a_code_for_another_session(room, terminal):
    code = release_code(room, terminal, session="R15-0302")
    assert refused(terminal, code) == "This code is for another session"


def test_a_code_for_another_head_of_the_journal(room, terminal):
    code = release_code(room, terminal, head=bytes(16))
    assert refused(terminal, code) == "This code does not fit this terminal's record. Scan again"


def test_a_code_after_120_seconds_and_a_new_challenge_is_shown_by_itself(room, terminal):
    code = release_code(room, terminal)
    challenge = terminal.view.challenge
    terminal.pass_ms(119_000)
    assert terminal.view.challenge == challenge
    terminal.pass_ms(1_000)
    assert terminal.view.challenge != challenge
    assert refused(terminal, code) == "This code has expired. Scan the code on this screen again"


def test_a_code_after_a_restart(room, tmp_path):
    terminal = room.terminal(tmp_path)
    code = release_code(room, terminal)
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert refused(terminal, code) == (
            "This code has expired. Scan the code on this screen again"
        )


def test_a_code_used_before(room, terminal):
    room.release(terminal)
    begin(terminal, "20260001")
    terminal.send(views.OpenProctorMenu())
    code = room.code(terminal, Command.EXTEND, minutes=5)
    terminal.do(Scanned(code))
    left = terminal.clock.remaining_ms
    terminal.send(views.OpenProctorMenu())
    view = terminal.do(Scanned(code))
    assert isinstance(view, views.ProctorMenu)
    assert view.mistake.text == "This code was used before. Scan again"
    assert terminal.clock.remaining_ms == left


def test_a_command_does_not_release(room, terminal):
    code = room.code(terminal, Command.RESUME)
    assert refused(terminal, code) == (
        "This seat waits for its release; this code does something else"
    )


def test_a_release_signed_as_another_command_does_not_release(room, terminal, monkeypatch):
    monkeypatch.setattr(tokens, "kind_of", lambda command: tokens.Kind.COMMAND)
    code = release_code(room, terminal)
    monkeypatch.undo()
    assert refused(terminal, code) == (
        "This code is signed for something else. Let the proctor make a new one"
    )


def test_a_release_with_another_sessions_secret(room, terminal):
    code = release_code(room, terminal, share=b"x" * 16)
    assert refused(terminal, code) == "This code does not open this session. Scan again"
    assert isinstance(room.release(terminal), views.SignIn)


def test_two_proctors_must_be_two(tmp_path):
    room = Room(policy=Policy(releasing_proctors=2))
    with room.terminal(tmp_path) as terminal:
        view = terminal.do(Scanned(release_code(room, terminal, 0)))
        assert (view.given, view.needed) == (1, 2)
        view = terminal.do(Scanned(release_code(room, terminal, 0)))
        assert view.mistake.text == "{name} has given a code already. Another proctor is needed"
        assert isinstance(terminal.do(Scanned(release_code(room, terminal, 1))), views.SignIn)


@pytest.mark.parametrize("window", [(NOON + 3 * 3600, NOON + 5 * 3600), (NOON - 7200, NOON - 1)])
def test_a_release_outside_the_window(tmp_path, window):
    room = Room(window=Window(*window))
    with room.terminal(tmp_path) as terminal:
        view = terminal.do(Scanned(release_code(room, terminal)))
        assert isinstance(view, views.Trouble)
        assert view.code == trouble.OUT_OF_WINDOW
        assert isinstance(terminal.do(views.Retry()), views.Unlock)


def test_a_release_with_the_clock_set_back(room, terminal):
    room.time.set_wall(room.floor.value - 1)
    view = terminal.do(Scanned(release_code(room, terminal)))
    assert isinstance(view, views.Trouble)
    assert view.code == trouble.CLOCK_WRONG
    room.time.set_wall(NOON)
    terminal.do(views.Retry())
    assert isinstance(room.release(terminal), views.SignIn)


def test_refused_codes_are_journalled_once_somebody_sits(room, terminal):
    refused(terminal, "nonsense")
    room.release(terminal)
    begin(terminal, "20260001")
    told = [
        record.event.detail
        for entry in terminal._flow._seat.journal.entries
        if isinstance(record := read_entry(entry).record, Happened)
        and isinstance(record.event, Incident)
    ]
    assert told == ["This code belongs to another system. Scan again"]


# --- room codes -------------------------------------------------------------------------------------


def test_a_room_code_releases_a_seat_once(room, tmp_path):
    code = room.room_code(1, "start")
    terminal = room.terminal(tmp_path)
    assert isinstance(terminal.do(Scanned(code)), views.SignIn)
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        assert refused(terminal, code) == "This code was used before. Scan again"
        again = room.room_code(2, "start")
        assert refused(terminal, again) == (
            "This room code starts the session; this seat needs one to go on"
        )
        assert isinstance(terminal.do(Scanned(room.room_code(2, "resume"))), views.SignIn)


def test_a_room_code_that_resumes_gives_its_minutes_back(room, tmp_path):
    terminal = room.seated(tmp_path)
    left = terminal.clock.remaining_ms
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        view = terminal.do(Scanned(room.room_code(1, "resume", 3)))
        assert isinstance(view, views.Exam)
        assert terminal.clock.remaining_ms == left + 3 * 60_000


def test_a_room_code_with_a_lower_number_is_refused(room, tmp_path):
    terminal = room.terminal(tmp_path)
    terminal.do(Scanned(room.room_code(5, "start")))
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert refused(terminal, room.room_code(4, "resume")) == (
            "This code was used before. Scan again"
        )


def test_a_room_code_needs_as_many_proctors_as_the_release(tmp_path):
    room = Room(policy=Policy(releasing_proctors=2))
    with room.terminal(tmp_path) as terminal:
        for signers in ((0,), (0, 0)):
            assert refused(terminal, room.room_code(1, "start", signers=signers)) == (
                "This room code needs {needed} different proctors"
            )
        code = room.room_code(1, "start", signers=(0, 1))
        assert isinstance(terminal.do(Scanned(code)), views.SignIn)


def test_a_room_code_for_another_session(room, terminal):
    code = room.room_code(1, "start", session="R15-0302")
    assert refused(terminal, code) == "This code is for another session"


def test_parts_of_two_room_codes_do_not_make_one(tmp_path):
    room = Room(policy=Policy(releasing_proctors=2))
    parts = []
    for number, signer in ((1, 0), (2, 1)):
        parts += tokens.read_code(room.room_code(number, "start", signers=(signer,)))[1]
    with room.terminal(tmp_path) as terminal:
        assert refused(terminal, tokens.room_text(tuple(parts))) == (
            "The two parts of this room code do not belong together"
        )


def test_a_room_code_resumes_a_paused_seat(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        room.command(terminal, Command.PAUSE)
        left = terminal.clock.remaining_ms
        view = terminal.do(Scanned(room.room_code(1, "resume", 2)))
        assert isinstance(view, views.Exam)
        assert terminal.clock.remaining_ms == left + 2 * 60_000
