"""A blind person sits a whole exam: all that is known comes over a real accessibility bus."""

from __future__ import annotations

import pytest

from kiosk.artefacts.tokens import Command
from kiosk.assessment.items import Kind
from tests.reader.bus import missing
from tests.reader.walk import KINDS, PERSON, Sitting, sitting

pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]

ANSWERS: dict[Kind, tuple[tuple[str, str], ...]] = {
    Kind.SINGLE_CHOICE: (("b", "B, "),),
    Kind.MULTIPLE_CHOICE: (("a", "1 chosen"), ("c", "2 chosen")),
    Kind.TRUE_FALSE: (("a", "A, True, chosen"),),
    Kind.INLINE_CHOICE: (("space", ""), ("Down", ""), ("Return", "Blank 1, ")),
    Kind.ORDER: (("a", "place 1"), ("b", "place 2"), ("c", "place 3"), ("d", "4 of ")),
    Kind.ASSOCIATE: (("a", "Picked"), ("b", "1 pair")),
    Kind.MATCH: (("1", "Picked"), ("a", "goes with A")),
    Kind.GAP_MATCH: (("a", "Picked"), ("1", "1 of ")),
    Kind.HOTTEXT: (("a", "1 chosen"),),
    Kind.SLIDER: (("Right", "Scale, from "),),
    Kind.HOTSPOT: (("Down", ""), ("space", "Area 2, ")),
    Kind.SELECT_POINT: (("Right", " across"), ("space", "1 marked")),
    Kind.GRAPHIC_ORDER: (("space", "number 1"), ("Tab", ""), ("space", "number 2")),
    Kind.GRAPHIC_ASSOCIATE: (("space", ""), ("Tab", ""), ("space", "1 line")),
    Kind.GRAPHIC_GAP_MATCH: (("space", "press its place"),),
    Kind.POSITION_OBJECT: (("space", "1 placed"),),
}
"""Keys of an answer, and what is announced after each; what the focus says by itself is empty."""

WHOLE = (Kind.SINGLE_CHOICE, Kind.MULTIPLE_CHOICE, Kind.TRUE_FALSE, Kind.HOTTEXT, Kind.HOTSPOT)
"""What these answers answer in full; where blanks are left the question counts as unanswered."""


def test_a_whole_exam_by_ear(tmp_path):
    with sitting(tmp_path) as seat:
        comes_in(seat)
        practises(seat)
        uses_the_tools(seat)
        for number, kind in enumerate(KINDS, start=1):
            if number > 1:
                seat.press("Next")
                seat.hears(f"Question {number} / {len(KINDS)}")
            answers(seat, kind)
        hears_no_second_pass(seat)
        is_warned_of_the_time(seat)
        is_paused(seat)
        meets_a_full_disk(seat)
        hands_in(seat)


def comes_in(seat: Sitting) -> None:
    seat.hears("请等候监考员启动考试")
    assert "请等候监考员启动考试" in seat.stands_at("考试").about
    seat.scan(seat.proctoring.answer(seat.proctoring.desks[0], seat.challenge(), Command.RELEASE))
    seat.hears("登录", "请扫描准考证")
    seat.stands_at("准考证号", "text")
    seat.tabs_to("English")
    seat.press("space")
    seat.hears("Sign in", "type your number")
    seat.tabs_to("Candidate number or ID number", "text")
    seat.types("99")
    seat.press("Return")
    seat.hears("99 is not on the list")
    seat.stands_at("Candidate number or ID number", "text")
    seat.press("ctrl+a")
    seat.types(PERSON.number)
    seat.press("Return")
    seat.hears("Is this you?", PERSON.name, PERSON.number)
    seat.stands_at("This is me", "button")
    seat.press("Return")
    seat.hears("Before you begin", "15 minutes", "By going on you promise")
    seat.stands_at("I promise", "button")
    seat.press("Return")
    seat.hears("Continue")


def practises(seat: Sitting) -> None:
    seat.press("Return")
    seat.hears("Practice 1 of", "the clock is not running", "Question 1")
    seat.stands_at("A, ", "radio button")
    seat.press("space")
    seat.hears("A, ", "chosen")
    seat.tabs_to("Skip practice")
    seat.press("space")
    seat.hears("Question 1 / 18", "Single choice", "15 points")


def uses_the_tools(seat: Sitting) -> None:
    first = seat.stands_at("A, ", "radio button")
    seat.press("x")
    seat.hears("struck out", "Saved")
    assert "struck out" in seat.reader.thing(first.path).name
    seat.press("x")
    seat.hears(first.name)
    assert "struck out" not in seat.reader.thing(first.path).name
    seat.press("f")
    seat.hears("Flagged", "Saved")
    assert "checked" in seat.finds("Flagged", "check box").states
    assert "flagged" in seat.finds("1, unanswered", "button").name
    seat.press("n")
    seat.stands_at("Your notes", "text")
    seat.types("lime")
    seat.press("Escape")
    seat.stands_at("Notes, written", "check box")
    seat.press("equal")
    seat.stands_at("Calculat", "text")
    seat.types("2+3")
    seat.press("Return")
    seat.hears("= 5")
    seat.press("Escape")
    seat.stands_at("Calculator", "button")


def answers(seat: Sitting, kind: Kind) -> None:
    if kind is Kind.TEXT_ENTRY:
        form = seat.stands_at("Blank 1", "text").about
        assert form.startswith("Type ")
        seat.types("80")
        seat.hears("Saved", *(["Read as 80"] if "number" in form else []))
        assert seat.stands_at("Blank 1", "text").text == "80"
    elif kind is Kind.EXTENDED_TEXT:
        seat.stands_at("Your text", "text")
        seat.types("too hot")
        seat.finds("too hot", "text")
        assert not seat.announced()
    for key, words in ANSWERS.get(kind, ()):
        seat.press(key)
        if words:
            seat.hears(words)
    if kind is Kind.GRAPHIC_GAP_MATCH:
        seat.tabs_to("Gap 1", "check box", back=True)
        seat.press("space")
        seat.hears("1 of ")
    if kind in WHOLE:
        seat.finds(f"{KINDS.index(kind) + 1}, answered", "button")
    if kind in ANSWERS:
        seat.hears("Saved")


def hears_no_second_pass(seat: Sitting) -> None:
    seat.press()
    clock = seat.finds("Time left", "button")
    assert "minutes to the end" in clock.name
    heard = seat.reader.listen(for_s=2.5)
    told = [one for one in heard if one.what == "Announcement" or one.path == clock.path]
    assert len(told) <= 1, told  # a minute may have ended just then


def is_warned_of_the_time(seat: Sitting) -> None:
    seat.time_passes(5 * 60)
    seat.hears("10 minutes to the end")
    seat.time_passes(10 * 60)
    seat.hears("5 minutes to the end", urgent=True)
    assert "Last 5 minutes" in seat.finds("to the end", "button").name


def is_paused(seat: Sitting) -> None:
    seat.press("F12")
    seat.hears("proctor")
    seat.scan(seat.proctoring.command(seat.challenge(), Command.PAUSE))
    seat.hears("Paused. The clock has stopped", "answers are saved", urgent=True)
    assert "Paused" in seat.stands_at("Exam").about
    seat.finds("Clock stopped", "button")
    seat.scan(seat.proctoring.command(seat.challenge(), Command.RESUME))
    seat.hears("Question 18 / 18")


def meets_a_full_disk(seat: Sitting) -> None:
    seat.disk_file.touch()
    seat.press("f")
    told = seat.hears("Please raise your hand", "disk is full", urgent=True)
    for words in ("shown as saved is kept", "clock has stopped", "T-21", "Make room on the disk"):
        assert words in told
    seat.disk_file.unlink()
    seat.hears("Question 18 / 18", "Flagged")


def hands_in(seat: Sitting) -> None:
    seat.tabs_to("Review and hand in", "button", back=True)
    seat.press("space")
    seat.hears("Check before handing in", "unanswered", "2 questions flagged")
    seat.stands_at("Go on with the exam", "button")
    seat.tabs_to("Hand in…", "button")
    seat.press("space")
    seat.hears("Hand in now?", "unanswered", "nothing can be changed")
    seat.stands_at("Go on with the exam", "button")
    seat.tabs_to("Hand in for good", "button")
    seat.press("space")
    seat.hears("Handed in", "of 18 answers", "hand-in code")
