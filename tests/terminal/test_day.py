"""A whole day at one terminal, from the release to the package, without a screen."""

from kiosk.artefacts import answer_package
from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import State
from kiosk.terminal import views
from tests.terminal.room import Room, begin, choose


def opened(room, package):
    value = answer_package.package(answer_package.read_package(package), room.terminals[0].record)
    return answer_package.open_package(value, answer_package.content_key(value, room.opening))


def test_a_candidate_is_released_sits_and_hands_in(tmp_path):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        view = terminal.view
        assert isinstance(view, views.Unlock)
        assert (view.given, view.needed) == (0, 1)
        assert read_challenge(view.challenge).phase is Phase.LOCKED

        assert isinstance(room.release(terminal), views.SignIn)
        view = terminal.do(views.Scanned(room.slip("20260001")))
        assert isinstance(view, views.Confirm)
        assert (view.name, view.seat) == ("Zhang San", "07")
        view = terminal.do(views.ConfirmIdentity(True))
        assert isinstance(view, views.Rules)
        assert len(view.lines["en"]) <= 7
        terminal.do(views.Pledge())
        kinds = []
        for _ in range(2):
            view = terminal.do(views.Practise())
            kinds.append(view.practice.item.kind)
        assert len(set(kinds)) == 2
        view = terminal.do(views.Practise())
        assert isinstance(view, views.Exam)
        assert view.saved is views.Saved.NONE or view.saved is views.Saved.SAVED

        view = choose(terminal)
        assert view.saved is views.Saved.SAVED
        assert view.question.responses == {"RESPONSE": ("a",)}
        terminal.do(views.GoTo(2))
        terminal.do(views.OpenReview())
        view = terminal.do(views.HandIn(False))
        assert isinstance(view, views.Review)
        assert view.confirming
        assert len(view.unanswered) == 5
        view = terminal.do(views.HandIn(True))
        assert isinstance(view, views.Done)
        assert (view.how, view.answered, view.count, view.package) == ("handed_in", 1, 6, 1)

        line = terminal.ports.outbox.find(room.id, 0)
        content = opened(room, terminal.ports.outbox.package(line))
        sitting = answer_package.replay(content)
        assert sitting.state is State.HANDED_IN
        assert len(sitting.responses) == 1

        assert isinstance(terminal.do(views.Leave()), views.SignIn)


def test_a_spare_terminal_takes_the_next_candidate_after_the_first(tmp_path):
    room = Room()
    with room.terminal(tmp_path, 2) as terminal:
        room.release(terminal)
        for number, package in (("20260001", 1), ("20260003", 2)):
            if number == "20260001":  # whose seat is another
                room.command(terminal, Command.ADMIT)
            begin(terminal, number)
            choose(terminal)
            terminal.do(views.OpenReview())
            terminal.do(views.HandIn(False))
            view = terminal.do(views.HandIn(True))
            assert view.package == package
            terminal.do(views.Leave())


def test_the_clock_reaching_zero_hands_in_by_itself(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        choose(terminal)
        terminal.pass_ms(60 * 60_000 + 1000)
        view = terminal.wait_saved()
        assert isinstance(view, views.Done)
        assert view.how == "expired"


def test_extra_time_is_added_and_told(tmp_path):
    room = Room()
    with room.seated(tmp_path) as terminal:
        before = terminal.clock.remaining_ms
        view = room.command(terminal, Command.EXTEND, minutes=10)
        assert terminal.clock.remaining_ms == before + 10 * 60_000
        assert view.notice.values == {"minutes": 10}
