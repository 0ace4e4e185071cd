"""Parts with their own time, at the seat: one after the other, none twice, no key lost between them."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, invariant, rule
from msgspec.structs import replace

from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Answered, Part, PartBegun, PartClosed, Terms
from kiosk.terminal import views
from kiosk.terminal.views import Answer
from tests.terminal.room import Room, choose, crash, make_ready
from tests.terminal.test_answers import journalled
from tests.terminal.test_any_order import AnExam
from tests.terminal.test_transfer import give_away, hand_in, take_over

MINUTE = 60_000
PARTS = (Part(("s1",), 20 * MINUTE), Part(("s2",), 40 * MINUTE))
TERMS = Terms(
    60 * MINUTE, most_extension_ms=20 * MINUTE, most_given_back_ms=15 * MINUTE, parts=PARTS
)


@pytest.fixture
def room():
    return Room(terms=TERMS)


@pytest.fixture
def terminal(room, tmp_path):
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        make_ready(terminal, "20260001")
        yield terminal


def at_part_two(terminal):
    terminal.do(views.BeginPart())
    terminal.do(views.ClosePart(False))
    terminal.do(views.ClosePart(True))
    return terminal.do(views.BeginPart())


def test_a_page_stands_before_each_part_and_its_clock_stands_still_for_a_minute(room, terminal):
    page = terminal.view
    assert isinstance(page, views.PartPage)
    assert (page.part.number, page.part.count, page.questions, page.minutes) == (1, 2, 4, 20)
    assert page.clock == views.Clock(20 * MINUTE, False, 60 * MINUTE)
    terminal.pass_ms(30_000)
    assert terminal.clock.remaining_ms == 20 * MINUTE
    view = terminal.do(views.BeginPart())
    assert isinstance(view, views.Exam)
    assert view.clock == views.Clock(20 * MINUTE, True, 60 * MINUTE)


def test_a_page_that_nobody_leaves_leaves_by_itself(terminal):
    terminal.pass_ms(59_000)
    assert isinstance(terminal.view, views.PartPage)
    terminal.pass_ms(1_000)
    assert isinstance(terminal.view, views.Exam)
    assert len(journalled(terminal, PartBegun)) == 1


def test_on_the_page_before_a_part_nothing_else_can_be_done(terminal):
    for intent in (
        views.GoTo(2),
        views.OpenReview(),
        views.HandIn(True),
        views.ClosePart(True),
        Answer("i1", "RESPONSE", ("a",)),
        views.Note("i1", "x"),
        views.Flag("i1", True),
        views.Strike("i1", "RESPONSE", "a", True),
    ):
        assert isinstance(terminal.do(intent), views.PartPage)
    assert journalled(terminal, Answered) == []


def test_closing_a_part_early_asks_once_and_names_what_is_unanswered(terminal):
    terminal.do(views.BeginPart())
    choose(terminal)
    assert isinstance(terminal.do(views.ClosePart(True)), views.Exam)
    review = terminal.do(views.ClosePart(False))
    assert (review.unanswered, review.closes_part, review.confirming) == ((2, 3, 4), True, True)
    assert isinstance(terminal.do(views.HandIn(True)), views.Review)
    page = terminal.do(views.ClosePart(True))
    assert isinstance(page, views.PartPage)
    assert page.part.last
    assert [event.by for event in journalled(terminal, PartClosed)] == ["candidate"]


def test_a_closed_part_stays_closed_and_the_question_list_says_why(terminal):
    view = at_part_two(terminal)
    assert (view.question.number, view.back, view.onward) == (5, None, 6)
    assert [section.state for section in view.overview] == ["closed", "open"]
    assert [cell.shut for section in view.overview for cell in section.cells] == [True] * 4 + [
        False
    ] * 2
    view = terminal.do(views.GoTo(1))
    assert view.question.number == 5
    assert view.notice.text == "This part is closed. Its answers are saved and count"
    terminal.do(Answer("i1", "RESPONSE", ("a",)))
    terminal.do(views.Flag("i1", True))
    assert journalled(terminal, Answered) == []
    assert terminal.do(views.OpenReview()).unanswered == (5, 6)


def test_a_part_to_come_is_not_shown_and_the_question_list_says_why(terminal):
    terminal.do(views.BeginPart())
    view = terminal.do(views.GoTo(5))
    assert view.question.number == 1
    assert view.notice.text.startswith("This part comes later")
    assert terminal.do(views.GoTo(4)).onward is None


@pytest.mark.parametrize("tick_first", [True, False])
@pytest.mark.parametrize("left_ms", [2, 1, 0, -1])
def test_at_the_very_end_of_a_part_screen_and_journal_agree(room, terminal, left_ms, tick_first):
    item = terminal.do(views.BeginPart()).question.item.id
    terminal.pass_ms(terminal.clock.remaining_ms - 3)
    room.time.pass_ms(3 - left_ms)
    if tick_first:
        terminal.tick()
    shown = terminal.send(Answer(item, "RESPONSE", ("a",)))
    taken = isinstance(shown, views.Exam) and shown.question.responses == {"RESPONSE": ("a",)}
    assert taken is (left_ms > 0)
    room.time.pass_ms(3)
    terminal.tick()
    page = terminal.wait_saved()
    assert isinstance(page, views.PartPage)
    assert page.clock.remaining_ms == 40 * MINUTE
    assert len(journalled(terminal, Answered)) == taken
    assert [event.by for event in journalled(terminal, PartClosed)] == ["time"]


def test_what_is_typed_when_a_part_ends_counts(tmp_path):
    room = Room(
        terms=Terms(60 * MINUTE, parts=(Part(("s2",), 20 * MINUTE), Part(("s1",), 40 * MINUTE)))
    )
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        make_ready(terminal, "20260001")
        item = terminal.do(views.BeginPart()).question.item.id
        terminal.pass_ms(terminal.clock.remaining_ms - 100)
        terminal.send(Answer(item, "RESPONSE", ("in time",), settled=False))
        room.time.pass_ms(200)
        terminal.tick()
        page = terminal.wait_saved()
        assert isinstance(page, views.PartPage)
        assert page.notice.text.startswith("The time of that part is over")
        (answered,), (closed,) = journalled(terminal, Answered), journalled(terminal, PartClosed)
        assert answered.value == ("in time",)
        assert answered.at_ms < closed.at_ms


def test_the_exam_ends_with_its_last_part(terminal):
    at_part_two(terminal)
    terminal.pass_ms(40 * MINUTE - 1)
    assert isinstance(terminal.view, views.Exam)
    terminal.pass_ms(1)
    assert isinstance(terminal.wait_saved(), views.Done)


def test_a_crash_in_a_part_comes_back_to_the_same_question_with_its_time(room, tmp_path):
    terminal = room.terminal(tmp_path)
    room.release(terminal)
    make_ready(terminal, "20260001")
    at_part_two(terminal)
    terminal.do(views.GoTo(6))
    terminal.pass_ms(10_000)
    left = terminal.clock
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        view = room.release(terminal)
        assert (view.question.number, view.part) == (6, views.PartLabel(2, 2))
        assert terminal.clock == left
        terminal.do(views.GoTo(1))
        assert terminal.view.question.number == 6


def test_a_crash_on_the_page_before_a_part_comes_back_to_that_page(room, tmp_path):
    terminal = room.terminal(tmp_path)
    room.release(terminal)
    make_ready(terminal, "20260001")
    terminal.pass_ms(20_000)
    crash(terminal)
    room.time.reboot()
    with room.terminal(tmp_path) as terminal:
        assert isinstance(room.release(terminal), views.PartPage)
        assert terminal.clock.remaining_ms == 20 * MINUTE
        terminal.pass_ms(39_000)
        assert isinstance(terminal.view, views.PartPage)
        terminal.pass_ms(1_000)
        assert isinstance(terminal.view, views.Exam)


def test_minutes_granted_or_given_back_go_to_the_part_that_runs(room, terminal):
    terminal.do(views.BeginPart())
    room.command(terminal, Command.EXTEND, minutes=5)
    assert terminal.clock == views.Clock(25 * MINUTE, True, 65 * MINUTE)
    room.command(terminal, Command.PAUSE)
    terminal.pass_ms(9 * MINUTE)
    room.command(terminal, Command.RESUME, minutes=2)
    assert terminal.clock == views.Clock(27 * MINUTE, True, 67 * MINUTE)
    terminal.do(views.ClosePart(False))
    assert terminal.do(views.ClosePart(True)).minutes == 40


def told(terminal, passed_ms):
    """The sentences told while so much time passes."""
    seen = []
    for _ in range(passed_ms // 1_000):
        view = terminal.pass_ms(1_000)
        notice = getattr(view, "notice", None)
        if notice is not None and notice.serial not in [one.serial for one in seen]:
            seen.append(notice)
    return [(one.text, one.values.get("minutes"), one.tone) for one in seen]


def test_the_last_minutes_of_a_part_are_told_as_its_own_and_the_exam_s_in_the_last(terminal):
    terminal.do(views.BeginPart())
    assert told(terminal, 20 * MINUTE - 1_000) == [
        ("{minutes} minutes to the end of this part", 10, "calm"),
        ("{minutes} minutes to the end of this part", 5, "warn"),
        ("1 minute to the end of this part", None, "warn"),
    ]
    terminal.pass_ms(1_000)
    terminal.do(views.BeginPart())
    assert [(text, minutes) for text, minutes, _ in told(terminal, 11 * MINUTE)] == [
        ("The time of that part is over. Its answers are saved", None),
        ("{minutes} minutes to the end", 30),
    ]


def test_a_part_ends_while_its_candidate_is_out_and_the_next_one_too(room, terminal):
    terminal.do(views.BeginPart())
    room.command(terminal, Command.GO_OUT)
    terminal.pass_ms(20 * MINUTE)
    assert [event.by for event in journalled(terminal, PartClosed)] == ["time"]
    assert not isinstance(terminal.view, views.Exam | views.PartPage)
    terminal.pass_ms(41 * MINUTE)
    assert isinstance(terminal.wait_saved(), views.Done)


# --- no way back ------------------------------------------------------------------------------------


@pytest.fixture
def one_way(tmp_path):
    room = Room(terms=Terms(60 * MINUTE, linear=("s1",)))
    with room.seated(tmp_path) as terminal:
        yield terminal


def test_in_a_linear_section_one_goes_on_and_the_screen_says_why_not_back(one_way):
    view = one_way.view
    assert (view.question.linear, view.back, view.onward) == (True, None, 2)
    choose(one_way)
    view = one_way.do(views.GoTo(2))
    assert (view.back, view.onward) == (None, 3)
    view = one_way.do(views.GoTo(1))
    assert view.question.number == 2
    assert view.notice.text == "In this section there is no way back to a question you left"
    view = one_way.do(views.GoTo(4))
    assert view.question.number == 2
    assert view.notice.text == "In this section the questions come one after the other"
    assert one_way.do(views.OpenReview()).unanswered == (2, 3, 4, 5, 6)


def test_a_crash_in_a_linear_section_opens_no_way_back(tmp_path):
    room = Room(terms=Terms(60 * MINUTE, linear=("s1",)))
    terminal = room.seated(tmp_path)
    terminal.do(views.GoTo(2))
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).question.number == 2
        assert terminal.do(views.GoTo(1)).question.number == 2


# --- another terminal -------------------------------------------------------------------------------


def test_a_transfer_in_a_part_goes_on_in_it_with_the_very_time(room, tmp_path):
    with room.terminal(tmp_path / "07") as old:
        room.release(old)
        make_ready(old, "20260001")
        at_part_two(old)
        room.time.pass_ms(10_000)
        old.tick()
        room.time.pass_ms(4_000)
        before, left = old.do(views.GoTo(6)), old.clock
        give_away(room, old)
    room.time.pass_ms(95_000)  # the walk
    with room.terminal(tmp_path / "spare", 2) as new:
        room.release(new)
        view = take_over(room, new)
        assert (view.question, view.overview, view.part) == (
            before.question,
            before.overview,
            before.part,
        )
        assert new.clock == left
        assert new.do(views.GoTo(1)).question.number == 6
        done = hand_in(new)
        assert done.how == "handed_in"


# --- whatever people do -----------------------------------------------------------------------------


class AnExamInParts(AnExam):
    """The same sitting in two parts, the second without a way back."""

    @initialize()
    def sit_down(self):
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-parts-"))
        parts = (Part(("s1",), 2 * MINUTE), Part(("s2",), 3 * MINUTE))
        self.room = Room(terms=replace(TERMS, duration_ms=5 * MINUTE, parts=parts, linear=("s2",)))
        self.terminal = self.room.terminal(self.folder)
        self.room.release(self.terminal)
        make_ready(self.terminal, "20260001")
        self.may_be = {}
        self.minutes_given = 0
        self.closed = None

    @rule()
    def begin_part(self):
        self.terminal.do(views.BeginPart())

    @rule()
    def close_part(self):
        self.terminal.do(views.ClosePart(False))
        self.terminal.do(views.ClosePart(True))

    @rule()
    def hand_in(self):
        sitting, last = self.sitting, self.sitting and self.terminal.view.part.last
        self.terminal.do(views.OpenReview())
        self.terminal.do(views.HandIn(False))
        done = self.terminal.do(views.HandIn(True))
        assert isinstance(done, views.Done) or not (sitting and last)

    @invariant()
    def a_closed_part_stays_as_it_was(self):
        attempt = self.terminal._flow._attempt
        if attempt is None or attempt.sitting.part == 0:
            return
        first = {item: of for item, of in attempt.sitting.responses.items() if item[0] == "i"}
        assert self.closed in (None, first)
        self.closed = first


TestAnExamInParts = AnExamInParts.TestCase
TestAnExamInParts.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)
