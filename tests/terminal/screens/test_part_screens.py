"""Parts and sections without a way back, as the window shows them and asks for them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Part, Terms
from kiosk.terminal import views
from kiosk.terminal.screens import part
from kiosk.terminal.screens.app import TerminalApp
from kiosk.terminal.screens.review import ranges
from kiosk.terminal.views import BeginPart, ClosePart, GoTo, OpenReview
from tests.terminal.room import Room
from tests.terminal.screens.test_window import VIEWS, key, press, said, screen, window
from tests.terminal.test_app import Shown, send

__all__ = ["window"]


def asked_after(window, name, act):
    window.show_view(VIEWS[name])
    window.asked.clear()
    act()
    return window.asked


@pytest.mark.parametrize("code", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_key_meant_for_the_part_before_does_not_begin_the_next(window, qtbot, code):
    window.show_view(VIEWS["part"])
    forward = screen(window).forward
    assert forward.hasFocus()
    QTest.keyClick(forward, code)
    press(forward)
    assert window.asked == []
    qtbot.wait(part.SETTLE_MS + 50)
    QTest.keyClick(forward, code)
    assert window.asked == [BeginPart()]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("part", ["Part 2 of 3", "Multiple choice", "20 questions · 30 minutes"]),
        ("part_last", ["Part 3 of 3", "Begin this part"]),
        ("exam_part", ["Single choice · ■ closed", "Multiple choice · ▶ open"]),
        ("exam_part", ["True or false · ○ coming", "Review this part…"]),
        ("exam_one_way", ["True or false · ▶ open · only onwards"]),
        ("review_part", ["Check before closing this part", "Close this part…"]),
        ("close_part", ["4 questions are still unanswered: 62, 67–69", "Close this part for good"]),
    ],
)
def test_a_part_is_said_in_its_words(window, name, words):
    window.show_view(VIEWS[name])
    assert [one for one in words if one not in said(window)] == []


def test_a_number_that_is_closed_says_so_and_still_asks_so_that_one_is_told_why(window):
    window.show_view(VIEWS["exam_part"])
    cells = screen(window).overview.cells()
    assert cells[0].accessibleName() == "1, answered, closed to you now"
    assert cells[90].accessibleName() == "91, unanswered, closed to you now"
    assert "closed" not in cells[60].accessibleName()
    window.asked.clear()
    cells[0].click()
    assert window.asked == [GoTo(1)]


def test_where_there_is_no_way_back_nothing_offers_one(window):
    window.show_view(VIEWS["exam_one_way"])
    shown = screen(window)
    assert not shown.back.isEnabled()
    assert not shown.flag.isVisible()
    assert any("From here you can only go on" in one for one in said(window))
    window.asked.clear()
    key(window, Qt.Key.Key_F)
    key(window, Qt.Key.Key_PageUp)
    assert window.asked == []
    window.show_view(VIEWS["exam"])
    assert shown.flag.isVisible()


def test_after_a_part_s_last_question_comes_its_review_and_no_question_of_the_next(window):
    name = "exam_part_last_question"
    assert asked_after(window, name, lambda: key(window, Qt.Key.Key_PageDown)) == []
    assert asked_after(window, name, lambda: press(screen(window).forward)) == [OpenReview()]


def test_closing_a_part_asks_once_more(window):
    first = asked_after(window, "review_part", lambda: press(screen(window).hand_in))
    assert first == [ClosePart(False)]
    again = asked_after(window, "close_part", lambda: press(screen(window).confirm))
    assert again == [ClosePart(True)]


def test_the_clock_shows_the_part_s_time_and_the_exam_s(window):
    window.show_view(VIEWS["exam_part"])
    clock = window.header.clock
    assert (clock.caption(), clock.digits()) == ("This part · exam 74 min", "0:13:07")
    assert clock.accessibleName().endswith("14 minutes to the end of this part")
    window.show_view(VIEWS["exam_part_last_question"])
    assert clock.caption() == "Part: last 5 minutes"
    window.show_view(VIEWS["exam_one_way"])
    assert clock.caption() == "Time left"


def test_numbers_in_a_row_are_told_together():
    assert ranges(()) == []
    assert ranges((1,)) == ["1"]
    assert ranges((1, 2, 4, 6, 7, 8)) == ["1–2", "4", "6–8"]


def test_a_part_that_ends_while_somebody_types_has_every_key_of_its_time(qtbot, tmp_path):
    minutes = (Part(("s2",), 20 * 60_000), Part(("s1",), 40 * 60_000))
    room = Room(terms=Terms(60 * 60_000, parts=minutes))
    made = {}

    def ports_of(*arguments):
        made["ports"] = room.ports_of(room.terminals[0])(*arguments)
        return made["ports"]

    app = TerminalApp(tmp_path, time=room.time, ports_of=ports_of)
    app.start(windowed=True)
    try:
        shown = Shown(app, made["ports"])
        code = room.code(shown, Command.RELEASE)
        send(shown, qtbot, views.Scanned(code), views.SignIn)
        send(shown, qtbot, views.SignInAs("20260001"), views.Confirm)
        send(shown, qtbot, views.ConfirmIdentity(True), views.Rules)
        send(shown, qtbot, views.Pledge(), views.Rules)
        send(shown, qtbot, views.Practise(skip=True), views.PartPage)
        send(shown, qtbot, BeginPart(), views.Exam)
        item = shown.view.question.item.id
        field = app.window.screen_of(views.Exam).question.items.first_field()
        while app.flow.clock.remaining_ms > 10_000:
            room.time.pass_ms(10_000)  # not long enough to pass for sleep
            app.flow.tick()
        room.time.pass_ms(app.flow.clock.remaining_ms - 100)
        QTest.keyClicks(field, "0.")
        room.time.pass_ms(99)
        QTest.keyClicks(field, "5")
        room.time.pass_ms(1)
        QTest.keyClicks(field, "9")  # too late, and the screen has not changed yet
        app.flow.tick()
        qtbot.waitUntil(lambda: isinstance(app.window.view, views.PartPage), timeout=5000)
        QTest.keyClicks(app.window.focusWidget(), "7 ")
        assert isinstance(app.window.view, views.PartPage)
        attempt = app.flow._attempt
        assert attempt.sitting.responses_to(item) == {"RESPONSE": ("0.5",)}
        assert attempt.sitting.part == 1
    finally:
        app.close()
