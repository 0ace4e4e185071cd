"""Chinese is written in the fields of the exam by keys, by mouse and by finger, with the real engine."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QFocusEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from kiosk.errors import KioskError
from kiosk.terminal import views
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.ui import scan, writing_strip
from kiosk.ui.controls import Words
from kiosk.ui.theme import Look
from kiosk.writing import engine as engines
from tests.terminal.screens import sample_views as sample
from tests.ui import interactions
from tests.writing.samples import short_answer

KEY = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
FINGER = QTest.createTouchDevice()
ITEMS = {"short": short_answer, "long": interactions.extended_text}


class Seat:
    """The window at a question, and its field with the keyboard."""

    def __init__(self, window):
        self.window = window
        self.asked = []
        window.intent.connect(self.asked.append)

    def open(self, item, number=3, **view):
        self.item = item
        self.window.show_view(sample.an_exam(item, number=number, **view))
        QApplication.processEvents()
        self.field = self.window.focusWidget()
        return self

    @property
    def screen(self):
        return self.window.screen_of(views.Exam)

    @property
    def strip(self):
        return self.screen.writing

    def key(self, code, modifiers=NONE):
        QTest.keyClick(self.window.focusWidget(), code, modifiers)

    def write(self, letters):
        for letter in letters:
            self.key(letter)

    def chinese(self):
        self.key(KEY.Key_Space, CTRL)
        return self

    @property
    def words(self):
        return [word.text() for word in self.strip.words if word.isVisible()]

    @property
    def text(self):
        """What the field holds; letters that are being spelled are no part of it."""
        return self.field.text() if hasattr(self.field, "text") else self.field.toPlainText()

    @property
    def answers(self):
        return [one.value for one in self.asked if isinstance(one, views.Answer)]

    def button(self):
        return next(
            one
            for one in self.field.window().findChildren(writing_strip.ModeButton)
            if one.isVisible() and one._field is self.field
        )


@pytest.fixture
def seat(qtbot):
    window = TerminalWindow(lang="en")
    qtbot.addWidget(window, before_close_func=lambda window: window.guard.release())
    window.resize(1024, 768)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return Seat(window)


@pytest.fixture(params=["short", "long"])
def writing(seat, request):
    return seat.open(ITEMS[request.param]()).chinese()


def test_words_are_spelled_chosen_and_answered(writing):
    writing.write("cuiqu")
    assert writing.words[0] == "萃取"
    assert writing.text == ""
    writing.key(KEY.Key_Space)
    writing.write("xitu1")
    assert writing.text == "萃取稀土"
    assert writing.answers[-1] == ("萃取稀土",)
    assert not writing.words


def test_an_answer_never_holds_letters_that_are_being_spelled(writing, qtbot):
    writing.write("cuiqu")
    qtbot.wait(400)  # longer than typing rests before it is committed
    assert not any("".join(value) for value in writing.answers)
    writing.key(KEY.Key_Space)
    qtbot.waitUntil(lambda: views.Answer(writing.item.id, "R", ("萃取",), True) in writing.asked)
    assert {value for value in writing.answers if value} == {("萃取",)}


def test_it_is_off_at_first_and_every_key_types_as_ever(seat):
    seat.open(short_answer())
    seat.write("cu 1.5-")
    assert (seat.text, seat.words, seat.strip.isVisible()) == ("cu 1.5-", [], False)


def test_shift_alone_turns_it_on_and_off_but_not_with_a_letter(seat):
    seat.open(short_answer())
    seat.key(KEY.Key_Shift)
    assert seat.strip.on
    seat.key(KEY.Key_Shift)
    assert not seat.strip.on
    QTest.keyPress(seat.field, KEY.Key_Shift)
    QTest.keyClick(seat.field, "A", Qt.KeyboardModifier.ShiftModifier)
    QTest.keyRelease(seat.field, KEY.Key_Shift)
    assert (seat.strip.on, seat.text) == (False, "A")


def test_a_scan_neither_turns_it_on_nor_lands_in_the_letters(seat, monkeypatch):
    monkeypatch.setattr(scan, "HOLD_MS", 5_000)  # a busy machine types slower than a scanner
    seat.open(short_answer()).chinese()
    window = seat.window.windowHandle()
    for letter in "T1:ABC":
        QTest.keyPress(window, KEY.Key_Shift)
        QTest.keyClick(window, letter, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyRelease(window, KEY.Key_Shift)
    QTest.keyClick(window, KEY.Key_Return)
    assert [one for one in seat.asked if isinstance(one, views.Scanned)]
    assert (seat.strip.on, seat.text, seat.strip.letters.text()) == (
        True,
        "",
        "Type pinyin, choose by digit or Space. Shift: letters again",
    )


def test_by_mouse_alone(seat):
    seat.open(short_answer())
    QTest.mouseClick(seat.button(), Qt.MouseButton.LeftButton)
    seat.write("yangji")
    at = seat.words.index("阳极")
    QTest.mouseClick(seat.strip.words[at], Qt.MouseButton.LeftButton)
    assert seat.text == "阳极"
    assert seat.window.focusWidget() is seat.field
    seat.write("shi")
    before = seat.words
    QTest.mouseClick(seat.strip.more, Qt.MouseButton.LeftButton)
    assert not set(before) & set(seat.words)
    QTest.mouseClick(seat.strip.earlier, Qt.MouseButton.LeftButton)
    assert seat.words == before


def test_by_finger_alone(seat):
    seat.open(short_answer())
    handle = seat.window.windowHandle()

    def tap(part):
        place = part.mapTo(seat.window, part.rect().center())
        QTest.touchEvent(handle, FINGER).press(1, place).commit()
        QTest.touchEvent(handle, FINGER).release(1, place).commit()

    tap(seat.button())
    seat.write("xitu")
    tap(seat.strip.words[0])
    assert seat.text == "稀土"


def test_keys_turn_pages_move_the_mark_and_drop(writing):
    writing.write("shi")
    first = writing.words
    for forward, back in (
        ("=", "-"),
        (KEY.Key_PageDown, KEY.Key_PageUp),
        (KEY.Key_Down, KEY.Key_Up),
    ):
        writing.key(forward)
        assert writing.words != first
        writing.key(back)
        assert writing.words == first
    writing.key(KEY.Key_Right)
    writing.key(KEY.Key_Space)
    assert writing.text == first[1]
    writing.write("shi")
    writing.key(KEY.Key_Escape)
    assert (writing.text, writing.words) == (first[1], [])
    assert not [one for one in writing.asked if isinstance(one, views.GoTo)]


def test_enter_keeps_the_letters_and_stays_at_the_question(writing):
    writing.write("cuiq")
    writing.key(KEY.Key_Return)
    assert writing.text == "cuiq"
    assert not [one for one in writing.asked if isinstance(one, views.GoTo)]


def test_a_part_chosen_is_kept_with_the_letters_when_one_goes_to_another_question(writing):
    writing.write("cuiquji")
    writing.key(str(writing.words.index("萃取") + 1))
    QTest.mouseClick(writing.screen.forward, Qt.MouseButton.LeftButton)
    assert writing.answers[-1] == ("萃取ji",)
    goto = writing.asked.index(views.GoTo(4))
    assert views.Answer(writing.item.id, "R", ("萃取ji",), True) in writing.asked[:goto]


def test_the_same_letters_are_there_again_after_a_pause(writing):
    view = writing.window.view
    writing.write("cuiqu")
    writing.window.show_view(sample.all_views()["paused"])
    assert not any("".join(value) for value in writing.answers)
    writing.window.show_view(view)
    QApplication.processEvents()
    assert writing.words[0] == "萃取"
    assert writing.window.focusWidget() is writing.field
    writing.key(KEY.Key_Space)
    assert writing.text == "萃取"


def test_another_question_after_a_pause_does_not_get_the_letters(seat):
    seat.open(short_answer()).chinese().write("cuiqu")
    seat.window.show_view(sample.all_views()["paused"])
    seat.open(interactions.extended_text(), number=4)
    assert (seat.words, seat.text, seat.answers) == ([], "", [])


def test_another_candidate_finds_it_off(seat):
    seat.open(short_answer()).chinese().write("cuiqu")
    seat.window.show_view(sample.all_views()["paused"])
    seat.open(short_answer(), header=sample.a_header("李明"))
    assert (seat.strip.on, seat.words, seat.text) == (False, [], "")


def test_a_window_that_loses_the_keyboard_for_a_moment_keeps_what_is_spelled(writing):
    writing.write("cuiqu")
    lost = QFocusEvent(QFocusEvent.Type.FocusOut, Qt.FocusReason.ActiveWindowFocusReason)
    QApplication.sendEvent(writing.field, lost)
    assert writing.words[0] == "萃取"
    assert writing.text == ""


def test_signs_are_chinese_but_a_decimal_point_is_not(writing):
    writing.write("xitu:12.5,cuiqu.")
    assert writing.text == "稀土：12.5,萃取。"


def test_clicking_elsewhere_in_the_text_keeps_the_letters_where_they_were(writing):
    writing.write("cuiqu xitu")
    place = QPoint(14, 26)
    target = writing.field.viewport() if hasattr(writing.field, "viewport") else writing.field
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=place)
    assert writing.text == "萃取xitu"
    assert not writing.words


def test_the_note_to_a_question_is_written_in_chinese_too(seat):
    seat.open(short_answer())
    seat.screen.note.click()
    seat.field = seat.window.focusWidget()
    seat.chinese().write("yangji3")
    note = seat.screen.notes.field.toPlainText()
    assert note
    assert views.Note(seat.item.id, note) in seat.asked
    seat.write("xitu")
    seat.screen._go_to(4)
    assert views.Note(seat.item.id, note + "xitu") in seat.asked


@pytest.mark.parametrize("base_type", ["float", "integer"])
def test_a_number_is_typed_as_ever(seat, base_type):
    seat.open(short_answer(base_type)).chinese()
    for typed in "1２。５":
        QApplication.sendEvent(seat.field, QKeyEvent(QKeyEvent.Type.KeyPress, 0, NONE, typed))
    assert seat.answers[-1] == ("1２。５",)
    assert not seat.strip.isVisible()
    read = "12.5" if base_type == "float" else "Not read as a whole number"
    assert [
        one for one in seat.window.findChildren(Words) if one.isVisible() and read in one.text()
    ]
    assert not [b for b in seat.window.findChildren(writing_strip.ModeButton) if b.isVisible()]


def test_the_calculator_takes_no_chinese(seat):
    seat.open(short_answer(), tools=("calculator",)).chinese()
    seat.screen.tool.click()
    seat.write("12+")
    assert seat.screen.tools.calculator.field.text() == "12+"


LOOKS = [
    # The smallest screen with both kinds of field, the others with one at each text size; `make campaign`
    # looks at the rest.
    pytest.param(
        size,
        scale,
        kind,
        marks=() if nth == 0 or (nth + of + at) % 2 else pytest.mark.campaign,
    )
    for nth, size in enumerate([(1024, 768), (1366, 768), (1920, 1080)])
    for of, scale in enumerate([100, 200, 300])
    for at, kind in enumerate(["short", "long"])
]


@pytest.mark.parametrize(("size", "scale", "kind"), LOOKS)
def test_it_fits_covers_no_field_and_every_target_is_large(seat, size, scale, kind):
    seat.window.resize(*size)
    seat.window.set_look(Look("zh-CN", scale=scale))
    seat.open(ITEMS[kind]()).chinese().write("shouxianguanbifamen")
    QApplication.processEvents()
    strip, window = seat.strip, seat.window

    def place(part):
        return part.rect().translated(part.mapTo(window, QPoint(0, 0)))

    assert window.rect().contains(place(strip))
    assert not place(strip).intersects(place(seat.screen.question))
    assert not place(strip).intersects(place(seat.screen.bar))
    caret = seat.field.cursorRect().center()
    target = seat.field.viewport() if hasattr(seat.field, "viewport") else seat.field
    seen = place(seat.screen.question.area.viewport())
    assert seen.contains(target.mapTo(window, caret))
    shown = [one for one in strip.findChildren(QAbstractButton) if one.isVisible()]
    assert shown
    for one in [*shown, seat.button()]:
        assert min(one.width(), one.height()) >= writing_strip.LEAST_TARGET, one
    for one in shown:
        assert strip.rect().contains(one.geometry())
        assert not any(one.geometry().intersects(o.geometry()) for o in shown if o is not one)


def test_a_screen_reader_hears_the_words(seat, monkeypatch):
    heard = []
    monkeypatch.setattr(writing_strip, "announce", lambda _source, line: heard.append(line))
    seat.open(short_answer()).chinese().write("cui")
    assert heard[-1] == f"cui: 1 {seat.words[0]}"
    seat.key(KEY.Key_Right)
    assert heard[-1] == f"cui: 2 {seat.words[1]}"
    name = QAccessible.queryAccessibleInterface(seat.strip.words[1])
    assert name.text(QAccessible.Text.Name) == f"2 {seat.words[1]}"
    button = QAccessible.queryAccessibleInterface(seat.button())
    assert button.text(QAccessible.Text.Name) == "Chinese input, on"


def test_a_missing_engine_is_said_and_typing_goes_on(seat, monkeypatch):
    def missing():
        raise KioskError("not installed")

    monkeypatch.setattr(engines, "engine", missing)
    seat.open(short_answer()).chinese()
    assert "not installed" in seat.strip.letters.text()
    seat.write("Cu")
    assert seat.text == "Cu"
    seat.chinese()
    assert not seat.strip.isVisible()
