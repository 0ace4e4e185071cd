"""From a key press to a saved answer: what is shown as saved is on the disk, in the order it was given."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.chain import Happened, read_entry
from kiosk.artefacts.tokens import Command
from kiosk.assessment.display import Display
from kiosk.assessment.highlights import MOST_PASSAGES, Passage
from kiosk.assessment.sitting import Answered, Displayed, Expired, Highlighted, Noted, Scribbled
from kiosk.terminal import views
from kiosk.terminal.views import Answer, Saved
from tests.terminal.room import Room, begin, choose, crash


@pytest.fixture
def room():
    return Room()


@pytest.fixture
def terminal(room, tmp_path):
    with room.seated(tmp_path) as terminal:
        yield terminal


def journalled(terminal, kind):
    records = [read_entry(entry).record for entry in terminal._flow._seat.journal.entries]
    return [
        record.event
        for record in records
        if isinstance(record, Happened) and isinstance(record.event, kind)
    ]


def on_text(terminal):
    """Go to a question that is answered by typing; its identifier."""
    for number in range(1, 7):
        view = terminal.do(views.GoTo(number))
        if view.question.item.id.startswith("t"):
            return view.question.item.id
    raise AssertionError


def test_an_answer_is_committed_before_it_is_shown_as_saved(terminal, monkeypatch):
    journal = terminal._flow._seat.journal
    order = []
    append = journal.append

    def watched(*arguments):
        append(*arguments)
        order.append("committed")

    monkeypatch.setattr(journal, "append", watched)
    terminal._flow.listen(lambda view: order.append(view.saved))
    choose(terminal)
    assert order == [Saved.SAVING, "committed", Saved.SAVED]


def test_the_last_of_many_pending_answers_is_what_saved_waits_for(terminal):
    item = terminal.view.question.item.id
    seen = []
    terminal._flow.listen(lambda view: seen.append(view.saved))
    for value in "abcd":
        terminal._flow.handle(Answer(item, "RESPONSE", (value,)))
    view = terminal.wait_saved()
    assert seen[-1] is Saved.SAVED
    assert seen.count(Saved.SAVED) == 1
    assert view.question.responses == {"RESPONSE": ("d",)}
    assert [event.value for event in journalled(terminal, Answered)] == [(one,) for one in "abcd"]


def test_text_is_committed_within_half_a_second_of_the_last_key(room, terminal):
    item = on_text(terminal)
    view = terminal.do(Answer(item, "RESPONSE", ("0.",), settled=False))
    assert view.saved is Saved.SAVING
    assert view.question.responses == {"RESPONSE": ("0.",)}
    room.time.pass_ms(300)
    terminal.tick()
    terminal.do(Answer(item, "RESPONSE", ("0.5",), settled=False))
    assert journalled(terminal, Answered) == []
    room.time.pass_ms(400)
    terminal.tick()
    assert terminal.wait_saved().saved is Saved.SAVED
    assert [event.value for event in journalled(terminal, Answered)] == [("0.5",)]


def test_text_typed_without_a_rest_is_committed_all_the_same(room, terminal):
    item = on_text(terminal)
    for n in range(30):
        terminal.send(Answer(item, "RESPONSE", ("x" * (n + 1),), settled=False))
        room.time.pass_ms(100)
        terminal.tick()
    terminal.wait_saved()
    assert journalled(terminal, Answered)


@pytest.mark.parametrize(
    "move", [views.GoTo(1), views.OpenReview(), views.Flag("i1", True), views.HandIn(False)]
)
def test_every_move_commits_what_was_typed(terminal, move):
    item = on_text(terminal)
    terminal.send(Answer(item, "RESPONSE", ("half",), settled=False))
    terminal.do(move)
    assert [event.value for event in journalled(terminal, Answered)] == [("half",)]


def test_text_typed_before_the_end_counts_although_the_end_came_first_to_the_disk(room, terminal):
    item = on_text(terminal)
    terminal.pass_ms(terminal.clock.remaining_ms - 100)
    terminal.send(Answer(item, "RESPONSE", ("in time",), settled=False))
    room.time.pass_ms(200)
    terminal.tick()
    view = terminal.wait_saved()
    assert isinstance(view, views.Done)
    (answered,), (expired,) = journalled(terminal, Answered), journalled(terminal, Expired)
    assert answered.value == ("in time",)
    assert answered.at_ms < expired.at_ms


def test_nothing_is_taken_after_the_end(room, terminal):
    item = terminal.view.question.item.id
    terminal.pass_ms(terminal.clock.remaining_ms - 1)
    room.time.pass_ms(1)
    terminal.do(Answer(item, "RESPONSE", ("a",)))
    assert journalled(terminal, Answered) == []


@pytest.mark.parametrize("tick_first", [True, False])
@pytest.mark.parametrize("left_ms", [2, 1, 0, -1])
def test_at_the_very_end_screen_journal_and_package_agree(room, terminal, left_ms, tick_first):
    item = terminal.view.question.item.id
    terminal.pass_ms(terminal.clock.remaining_ms - 3)
    room.time.pass_ms(3 - left_ms)
    if tick_first:
        terminal.tick()
    shown = terminal.send(Answer(item, "RESPONSE", ("a",)))
    taken = isinstance(shown, views.Exam) and shown.question.responses == {"RESPONSE": ("a",)}
    assert taken is (left_ms > 0)
    room.time.pass_ms(3)
    terminal.tick()
    done = terminal.wait_saved()
    assert isinstance(done, views.Done)
    assert done.answered == taken
    assert len(journalled(terminal, Answered)) == taken
    (past,) = terminal._flow._seat.pasts
    assert past.sitting.responses == ({item: {"RESPONSE": ("a",)}} if taken else {})


def test_the_same_answer_again_writes_nothing(terminal):
    choose(terminal)
    before = terminal._flow._seat.journal.tip
    choose(terminal)
    assert terminal._flow._seat.journal.tip == before


def test_an_answer_the_question_cannot_have_is_refused_and_the_old_one_stays(terminal):
    choose(terminal)
    item = terminal.view.question.item.id
    view = terminal.do(Answer(item, "RESPONSE", ("z",)))
    assert view.question.responses == {"RESPONSE": ("a",)}
    assert view.notice.text == "This answer cannot be taken; the one before it stays"


def test_an_answer_taken_back_is_taken_back(terminal):
    choose(terminal)
    item = terminal.view.question.item.id
    view = terminal.do(Answer(item, "RESPONSE", ()))
    assert view.question.responses == {}


def test_closing_the_program_keeps_what_was_typed(room, tmp_path):
    terminal = room.seated(tmp_path)
    item = on_text(terminal)
    terminal.send(Answer(item, "RESPONSE", ("half",), settled=False))
    terminal.close()
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).question.responses == {"RESPONSE": ("half",)}


def test_flags_and_places_are_kept(room, tmp_path):
    terminal = room.seated(tmp_path)
    item = terminal.do(views.GoTo(4)).question.item.id
    assert terminal.do(views.Flag(item, True)).flagged
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        view = room.release(terminal)
        assert (view.question.number, view.flagged) == (4, True)


def test_what_was_struck_out_is_kept_and_choosing_it_takes_the_strike_away(room, tmp_path):
    terminal = room.seated(tmp_path)
    item = terminal.view.question.item.id
    for choice in ("d", "a", "b"):
        view = terminal.do(views.Strike(item, "RESPONSE", choice, True))
    view = terminal.do(views.Strike(item, "RESPONSE", "d", False))
    assert view.saved is Saved.SAVED
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).question.struck == {"RESPONSE": ("a", "b")}
        assert choose(terminal, "a").question.struck == {"RESPONSE": ("b",)}


def test_what_is_chosen_is_not_struck_out_and_the_candidate_is_told_why(terminal):
    view = choose(terminal, "a")
    item = view.question.item.id
    before = terminal._flow._seat.journal.tip
    view = terminal.do(views.Strike(item, "RESPONSE", "a", True))
    assert (view.question.struck, view.question.responses) == ({}, {"RESPONSE": ("a",)})
    assert view.notice.text.startswith("This one is chosen")
    assert terminal._flow._seat.journal.tip == before


@pytest.mark.parametrize(
    "strike",
    [
        views.Strike("i9", "RESPONSE", "a", True),
        views.Strike("i1", "RESPONSE", "z", True),
        views.Strike("i1", "OTHER", "a", True),
        views.Strike("t1", "RESPONSE", "a", True),
        views.Strike("i1", "RESPONSE", "a", False),
    ],
)
def test_striking_out_what_is_not_there_writes_nothing(terminal, strike):
    before = terminal._flow._seat.journal.tip
    terminal.do(strike)
    assert terminal._flow._seat.journal.tip == before


def test_a_note_is_saved_within_half_a_second_and_kept_over_a_crash(room, tmp_path):
    terminal = room.seated(tmp_path)
    item = terminal.view.question.item.id
    terminal.send(views.Note(item, "see"))
    assert terminal.view.note == "see"
    assert terminal.view.saved is Saved.SAVING
    room.time.pass_ms(200)
    terminal.send(views.Note(item, "see 4"))
    terminal.tick()
    assert journalled(terminal, Noted) == []
    room.time.pass_ms(400)
    terminal.tick()
    view = terminal.wait_saved()
    assert view.saved is Saved.SAVED
    assert [event.note for event in journalled(terminal, Noted)] == ["see 4"]
    assert view.question.responses == {}
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).note == "see 4"
        terminal.do(views.Note(item, ""))
        terminal.do(views.GoTo(2))
        assert [event.note for event in journalled(terminal, Noted)] == ["see 4", ""]
        assert terminal.do(views.GoTo(1)).note == ""


def test_a_note_of_any_length_stops_no_exam(terminal):
    item = terminal.view.question.item.id
    terminal.do(views.Note(item, "\ud842" + "x" * 5_000))
    terminal.do(views.Note("i9", "not on the paper"))
    terminal.do(views.GoTo(2))
    (noted,) = journalled(terminal, Noted)
    assert (len(noted.note), noted.note[0]) == (1_000, "\ufffd")


def test_the_scratch_pad_is_saved_within_half_a_second_and_kept_over_a_crash(tmp_path):
    room = Room(tools=("scratch_pad",))
    terminal = room.seated(tmp_path)
    terminal.send(views.Scribble("9"))
    terminal.send(views.Scribble("9 / 2" + "x" * 5_000))
    assert terminal.view.saved is Saved.SAVING
    room.time.pass_ms(400)
    terminal.tick()
    view = terminal.wait_saved()
    assert (view.saved, view.question.responses) == (Saved.SAVED, {})
    (scribbled,) = journalled(terminal, Scribbled)
    assert len(scribbled.scratch) == 4_000
    assert terminal.do(views.GoTo(2)).scratch == scribbled.scratch
    terminal.do(views.Scribble("4.5"))
    terminal.do(views.GoTo(3))  # every move commits what is typed
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).scratch == "4.5"


def test_an_exam_without_a_scratch_pad_keeps_none(room, terminal):
    before = terminal._flow._seat.journal.tip
    terminal.do(views.Scribble("9"))
    terminal.do(views.OpenReview())
    assert terminal._flow._seat.journal.tip == before


def test_highlights_are_journalled_kept_over_a_crash_and_answer_nothing(room, tmp_path):
    terminal = room.seated(tmp_path)
    item = terminal.view.question.item.id
    stem, other = Passage("en", (0,), 0, 3), Passage("en", (0,), 0, 1, "RESPONSE", "a")
    view = terminal.do(views.Highlight(item, (stem, other), True))
    assert (view.saved, view.question.responses) == (Saved.SAVED, {})
    terminal.do(views.Highlight(item, (Passage("en", (0,), 1, 2),), False))
    assert [event.on for event in journalled(terminal, Highlighted)] == [True, True, False]
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        view = room.release(terminal)
        assert [(one.start, one.end, one.choice) for one in view.question.highlights] == [
            (0, 1, ""),
            (0, 1, "a"),
            (2, 3, ""),
        ]


@pytest.mark.parametrize(
    "asked",
    [
        views.Highlight("i9", (Passage("en", (0,), 0, 1),), True),
        views.Highlight("i1", (Passage("en", (0,), 0, 9_999),), True),
        views.Highlight("i1", (Passage("en", (0,), 0, 1, "RESPONSE", "z"),), True),
        views.Highlight("i1", (Passage("en", (0,), 0, 1),), False),
        views.Highlight("i1", (), True),
    ],
)
def test_highlighting_what_is_not_there_writes_nothing(terminal, asked):
    before = terminal._flow._seat.journal.tip
    terminal.do(asked)
    assert terminal._flow._seat.journal.tip == before


def test_too_much_highlighted_is_told_and_stops_no_exam(terminal, monkeypatch):
    monkeypatch.setattr("kiosk.terminal.exam.MOST_PASSAGES", 1)
    item = terminal.view.question.item.id
    for start in (0, 2):
        view = terminal.do(views.Highlight(item, (Passage("en", (0,), start, start + 1),), True))
    assert view.notice.text.startswith("No more can be highlighted")
    assert len(view.question.highlights) == 1 < MOST_PASSAGES


def test_how_the_screen_looks_comes_back_after_a_crash_and_not_for_the_next_candidate(
    room, tmp_path
):
    large, dark = Display("en", scale=200), Display("en", "dark", 200, clock_folded=True)
    terminal = room.terminal(tmp_path)
    room.release(terminal)
    terminal.do(views.HaveDisplay(large))
    begin(terminal, "20260001")
    assert [event.display for event in journalled(terminal, Displayed)] == [large]
    terminal.do(views.HaveDisplay(dark))
    room.command(terminal, Command.PAUSE)
    terminal.do(views.HaveDisplay(replace(dark, lang="zh-CN")))
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert terminal._flow.display == Display()
        room.release(terminal)
        assert terminal._flow.display == replace(dark, lang="zh-CN")
        terminal.pass_ms(60 * 60_000)
        terminal.wait_saved()
        assert terminal._flow.display.theme == "dark"
        terminal.do(views.Leave())
        assert terminal._flow.display == Display()


def test_what_was_granted_applies_when_the_candidate_has_signed_in(tmp_path):
    room = Room(granted=("text_200", "colours_dark", "breaks_2"))
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        view = terminal.do(views.SignInAs("20260001"))
        assert view.granted == room.granted
        assert terminal._flow.display == Display()
        terminal.do(views.ConfirmIdentity(True))
        wanted = Display(theme="dark", scale=200)
        assert terminal._flow.display == wanted
        terminal.do(views.Pledge())
        terminal.do(views.Practise(skip=True))
        assert [event.display for event in journalled(terminal, Displayed)] == [wanted]


@pytest.mark.parametrize("tools", [(), ("calculator",)])
def test_a_candidate_has_the_tools_of_the_plan_and_keeps_them_over_a_crash(tmp_path, tools):
    room = Room(tools=tools)
    terminal = room.seated(tmp_path)
    assert terminal.view.tools == tools
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        assert room.release(terminal).tools == tools


def test_the_same_display_again_writes_nothing(terminal):
    before = terminal._flow._seat.journal.tip
    terminal.do(views.HaveDisplay(Display()))
    assert terminal._flow._seat.journal.tip == before


def test_the_heartbeat_comes_every_five_seconds(room, terminal):
    journal = terminal._flow._seat.journal
    terminal.pass_ms(4_000)
    before = journal.pulse
    terminal.pass_ms(1_000)
    terminal.wait_saved()
    assert journal.pulse.at_ms == room.time.now_ms()
    assert before != journal.pulse


def notices(terminal, passed_ms):
    """What is told while so much time passes: sentence, minutes, tone, each once by its serial."""
    told = {}
    terminal._flow.listen(
        lambda view: view.notice and told.setdefault(view.notice.serial, view.notice)
    )
    terminal.pass_ms(passed_ms)
    return [(one.text, one.values.get("minutes"), one.tone) for one in told.values()]


def test_the_last_minutes_are_told_once(terminal):
    assert notices(terminal, 60 * 60_000 - 500) == [
        ("{minutes} minutes to the end", 30, "calm"),
        ("{minutes} minutes to the end", 10, "calm"),
        ("{minutes} minutes to the end", 5, "warn"),
        ("1 minute to the end", None, "warn"),
    ]


def test_after_a_crash_the_minutes_told_before_are_not_told_again(room, tmp_path):
    terminal = room.seated(tmp_path)
    terminal.pass_ms(51 * 60_000)
    crash(terminal)
    with room.terminal(tmp_path) as terminal:
        room.release(terminal)
        assert [minutes for _, minutes, _ in notices(terminal, 5 * 60_000)][-1] == 5


def test_minutes_are_told_again_when_time_was_added(room, terminal):
    terminal.pass_ms(51 * 60_000)
    room.command(terminal, Command.EXTEND, minutes=5)
    told = [minutes for _, minutes, _ in notices(terminal, 5 * 60_000)]
    assert told[-1] == 10


def test_half_a_character_stops_no_exam(terminal):
    item = on_text(terminal)
    assert terminal.do(Answer(item, "RESPONSE", ("10\ud842",))).saved is Saved.SAVED
    assert journalled(terminal, Answered)[-1].value == ("10\ufffd",)
    assert isinstance(choose_elsewhere(terminal), views.Exam)


def choose_elsewhere(terminal):
    for number in range(1, 7):
        view = terminal.do(views.GoTo(number))
        if view.question.item.id.startswith("i"):
            return choose(terminal)
    raise AssertionError
