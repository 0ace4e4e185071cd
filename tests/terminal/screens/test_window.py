"""The window shows what the view says and asks what a person pressed, and nothing else."""

import gc

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from kiosk.artefacts.session import TOOLS
from kiosk.assessment.display import Display
from kiosk.terminal import views
from kiosk.terminal.elements import ELEMENTS
from kiosk.terminal.screens import cells
from kiosk.terminal.screens.cells import Grid
from kiosk.terminal.screens.exam import ExamScreen
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.views import (
    Answer,
    CloseReview,
    ConfirmIdentity,
    Exam,
    Flag,
    GoTo,
    HandIn,
    HaveDisplay,
    Leave,
    Note,
    Notice,
    OpenProctorMenu,
    OpenReview,
    Pledge,
    Practise,
    Retry,
    Saved,
    Scanned,
    SignIn,
    SignInAs,
    Strike,
    Waiting,
)
from kiosk.ui.controls import Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Theme
from tests.terminal.screens import sample_views as sample
from tests.ui import interactions

VIEWS = sample.all_views()
LEFT = Qt.MouseButton.LeftButton
FINGER = QTest.createTouchDevice()


@pytest.fixture
def window(qtbot):
    made = TerminalWindow(lang="en")
    qtbot.addWidget(made, before_close_func=lambda window: window.guard.release())
    made.resize(1366, 768)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.asked = []
    made.intent.connect(made.asked.append)
    return made


@pytest.fixture(scope="module")
def looked_at(qapp):
    """One window for the tests that look at every view and touch none."""
    made = TerminalWindow(lang="en")
    made.resize(1366, 768)
    made.show()
    yield made
    made.guard.release()
    made.close()


def said(window):
    """Every word a person sees."""
    return [
        one.text()
        for one in window.findChildren(QWidget)
        if isinstance(one, Words | QAbstractButton) and one.isVisible() and one.text()
    ]


def screen(window):
    return window.screen_of(type(window.view))


def press(button):
    QTest.mouseClick(button, LEFT)


def key(window, code, modifiers=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(window, code, modifiers)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unlock", ["Please wait for the proctor to start the exam", "Room 3 · Seat 12"]),
        ("unlock", ["1 authorised · 1 still needed", "Bank complete", "Clock right"]),
        ("recover", ["This code was used before. Scan again"]),
        ("sign_in_mistake", ["Your seat is 08. Please go to seat 08"]),
        ("confirm", ["欧阳喆堃", "202611150342", "This is not me", "This is me"]),
        ("rules", ["1.  You have 90 minutes; the total is 100 points, 60 to pass", "I promise"]),
        ("exam", ["Question 18", "/ 100", "✓ Saved", "张海燕", "Overview"]),
        ("exam_figure", ["Saving…"]),
        ("exam_fields", ["Not saved. Please raise your hand", "10 minutes to the end"]),
        ("review", ["3 questions unanswered", "2 questions flagged", "42", "67", "88"]),
        ("hand_in", ["Hand in now?", "3 questions are still unanswered"]),
        ("done", ["Handed in. Raise your hand and leave when the proctor agrees"]),
        ("done", ["bamboo · timber · ocean · mountain", "7304 1182 9906"]),
        ("paused", ["Paused. The clock has stopped", "All your 17 answers are saved"]),
        ("trouble", ["T-21", "The clock has stopped; no exam time is lost", "Try again"]),
        ("proctor_menu", ["For the proctor", "Back to the exam"]),
    ],
)
def test_a_view_is_shown_in_its_words(window, name, words):
    window.show_view(VIEWS[name])
    assert set(words) <= set(said(window))


def test_chinese_is_what_a_window_opens_with(qtbot):
    made = TerminalWindow()
    qtbot.addWidget(made, before_close_func=lambda window: window.guard.release())
    made.show()
    made.show_view(VIEWS["paused"])
    assert "考试已暂停，已停止计时" in said(made)


@pytest.mark.parametrize("saved", Saved)
def test_saved_is_said_only_when_the_view_says_so(window, saved):
    window.show_view(sample.an_exam(saved=Saved.SAVED))
    window.show_view(sample.an_exam(saved=saved, responses={"R": ("c",)}))
    assert ("✓ Saved" in said(window)) == (saved is Saved.SAVED)


@pytest.mark.parametrize(
    ("name", "button", "intent"),
    [
        ("confirm", "me", ConfirmIdentity(mine=True)),
        ("confirm", "not_me", ConfirmIdentity(mine=False)),
        ("rules", "forward", Pledge()),
        ("practice", "forward", Practise()),
        ("practice", "skip", Practise(skip=True)),
        ("sign_in", "enter", SignInAs("202611150342")),
        ("exam", "forward", GoTo(19)),
        ("exam", "back", GoTo(17)),
        ("exam", "flag", Flag("single", True)),
        ("exam_fields", "forward", OpenReview()),
        ("review", "back", CloseReview()),
        ("review", "hand_in", HandIn(confirmed=False)),
        ("hand_in", "confirm", HandIn(confirmed=True)),
        ("hand_in", "back", CloseReview()),
        ("done", "next_candidate", Leave()),
        ("trouble", "retry", Retry()),
        ("proctor_menu", "close_button", views.CloseProctorMenu()),
        ("given_away", "show_codes", views.ShowCodes(True)),
        ("given_away_codes", "stop_codes", views.ShowCodes(False)),
        ("given_away_written", "again", Retry()),
        ("given_away_written", "next_candidate", Leave()),
    ],
)
def test_a_button_asks_one_thing(window, name, button, intent):
    window.show_view(VIEWS[name])
    press(getattr(screen(window), button))
    assert window.asked == [intent]


@pytest.mark.parametrize(
    ("code", "modifiers", "intent"),
    [
        (Qt.Key.Key_B, Qt.KeyboardModifier.NoModifier, Answer("single", "R", ("b",))),
        (Qt.Key.Key_4, Qt.KeyboardModifier.NoModifier, Answer("single", "R", ("d",))),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, GoTo(19)),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, GoTo(19)),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, GoTo(17)),
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, Flag("single", True)),
        (Qt.Key.Key_F12, Qt.KeyboardModifier.NoModifier, OpenProctorMenu()),
    ],
)
def test_a_key_asks_one_thing(window, code, modifiers, intent):
    window.show_view(VIEWS["exam"])
    key(window, code, modifiers)
    assert window.asked == [intent]


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_notes_are_opened_written_and_closed(window, by):
    window.show_view(VIEWS["exam"])
    shown = screen(window)
    cards = shown.question.items.groups()[0].cards
    before = [card.mapTo(window, QPoint()) for card in cards]

    def use(button, code, modifiers=Qt.KeyboardModifier.NoModifier):
        place = button.mapTo(window, button.rect().center())
        match by:
            case "mouse":
                press(button)
            case "touch":
                QTest.touchEvent(window, FINGER).press(0, place, window).commit()
                QTest.touchEvent(window, FINGER).release(0, place, window).commit()
            case _:
                key(QApplication.focusWidget(), code, modifiers)

    use(shown.note, Qt.Key.Key_N)
    assert shown.notes.isVisible()
    assert [card.mapTo(window, QPoint()) for card in cards] == before
    assert QApplication.focusWidget() is shown.notes.field
    QTest.keyClicks(shown.notes.field, "an f")
    assert window.asked == [Note("single", "an f"[:n]) for n in range(1, 5)]
    use(shown.note, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert not shown.notes.isVisible()
    assert QApplication.focusWidget() is shown.note


@pytest.mark.parametrize("code", [Qt.Key.Key_F, Qt.Key.Key_N, Qt.Key.Key_X, Qt.Key.Key_T])
def test_a_stuck_key_does_its_work_once(window, code):
    window.show_view(sample.an_exam(tools=("calculator",)))
    shown = screen(window)
    shown.question.items.groups()[0].cards[3].setFocus()
    for repeated in (False, True):
        event = QKeyEvent(
            QKeyEvent.Type.KeyPress, code, Qt.KeyboardModifier.NoModifier, "", repeated
        )
        shown.take_key(event)
    opened = [panel.isVisible() for panel in (shown.notes, shown.tools)]
    assert len(window.asked) + sum(opened) == 1


def test_an_exam_without_the_calculator_has_none(window):
    window.show_view(VIEWS["exam"])
    assert not screen(window).tool.isVisible()
    key(window, Qt.Key.Key_Equal)
    assert not screen(window).tools.calculator.isVisible()


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_the_calculator_calculates_and_answers_nothing(window, by):
    window.show_view(sample.an_exam(tools=("calculator",)))
    shown = screen(window)
    calculator = shown.tools.calculator

    def use(button):
        if by == "mouse":
            press(button)
        else:
            place = button.mapTo(window, button.rect().center())
            QTest.touchEvent(window, FINGER).press(0, place, window).commit()
            QTest.touchEvent(window, FINGER).release(0, place, window).commit()

    if by == "keys":
        key(window, Qt.Key.Key_Equal)
        QTest.keyClicks(calculator.field, "2sin(30)+4")
        key(calculator.field, Qt.Key.Key_Return)
    else:
        use(shown.tool)
        for sign in ("2", "sin", "3", "0", ")", "+", "4", "="):
            use(calculator.keys[sign])
    assert calculator.result.text() == "= 5"
    calculator.press("×")
    calculator.press("2")
    calculator.press("=")
    assert calculator.result.text() == "= 10"
    key(calculator.field, Qt.Key.Key_Escape)
    assert not calculator.isVisible()
    assert window.asked == []


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_the_scratch_pad_is_one_of_several_tools_and_answers_nothing(window, by):
    window.show_view(VIEWS["exam_all_tools"])
    shown = screen(window)
    if by == "mouse":
        press(shown.tool)
        press(shown.tools.buttons["scratch_pad"])
    else:
        key(window, Qt.Key.Key_T)
        shown.tools.buttons["scratch_pad"].setFocus()
        key(QApplication.focusWidget(), Qt.Key.Key_Return)
    pad = shown.tools.scratch
    assert QApplication.focusWidget() is pad.field
    assert pad.field.toPlainText() == VIEWS["exam_all_tools"].scratch
    pad.field.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(pad.field, "b")
    assert window.asked == [views.Scribble(VIEWS["exam_all_tools"].scratch + "b")]
    window.show_view(sample.an_exam(sample.multiple_choice(), number=64, tools=TOOLS, scratch="b"))
    assert (pad.isVisible(), pad.field.toPlainText()) == (True, "b")
    key(pad.field, Qt.Key.Key_Escape)
    assert not shown.tools.isVisible()


def test_the_periodic_table_says_each_element_in_both_languages(window):
    window.show_view(sample.an_exam(tools=("periodic_table",)))
    shown = screen(window)
    assert shown.tool.accessibleName() == "Periodic table"
    press(shown.tool)
    panel = shown.tools.periodic
    key(panel.field, Qt.Key.Key_Right)
    assert panel.words.text() == "2 He helium, standard atomic weight 4.0026"
    iron = ELEMENTS[25]
    centre = panel.field.box(iron).center().toPoint()
    QTest.mouseClick(panel.field, LEFT, pos=centre)
    assert panel.field.accessibleName().endswith("26 Fe iron, standard atomic weight 55.845")
    window.set_look(Look("zh-CN"))
    assert panel.words.text() == "26 Fe 铁，标准原子量 55.845"
    assert window.asked == []


def test_what_cannot_be_calculated_is_said_in_words(window):
    window.show_view(sample.an_exam(tools=("calculator",)))
    calculator = screen(window).tools.calculator
    press(screen(window).tool)
    QTest.keyClicks(calculator.field, "1/0")
    calculator.press("=")
    assert calculator.result.text() == "this has no value"
    assert calculator.field.text() == "1/0"


def test_the_next_candidate_finds_the_calculator_empty_and_closed(window):
    window.show_view(sample.an_exam(tools=("calculator",)))
    calculator = screen(window).tools.calculator
    press(screen(window).tool)
    QTest.keyClicks(calculator.field, "1+1")
    calculator.press("=")
    window.show_view(sample.an_exam(tools=("calculator",), header=sample.a_header("李赟")))
    assert not calculator.isVisible()
    assert (calculator.field.text(), calculator.result.text()) == ("", "")


def test_each_question_has_its_own_note(window):
    window.show_view(VIEWS["exam_noted"])
    shown = screen(window)
    assert shown.note.accessibleName() == "Notes, written"
    key(window, Qt.Key.Key_N)
    assert shown.notes.field.toPlainText() == VIEWS["exam_noted"].note
    window.show_view(sample.an_exam(sample.multiple_choice(), number=64))
    assert shown.notes.isVisible()
    assert shown.notes.field.toPlainText() == ""
    assert shown.note.accessibleName() == "Close notes"
    key(shown.notes.field, Qt.Key.Key_Escape)
    assert not shown.notes.isVisible()
    assert shown.note.accessibleName() == "Notes"
    assert window.asked == []


@pytest.mark.parametrize("name", ["exam", "exam_struck", "practice"])
def test_x_strikes_out_the_choice_in_focus_or_takes_that_back(window, name):
    window.show_view(VIEWS[name])
    shown = getattr(screen(window), "practice", screen(window)).question
    card = shown.items.groups()[0].cards[3]
    card.setFocus()
    key(card, Qt.Key.Key_X)
    assert window.asked == [Strike("single", "R", "d", struck=not card.struck)]


@pytest.mark.parametrize("code", [Qt.Key.Key_Backspace, Qt.Key.Key_Escape, Qt.Key.Key_Z])
def test_other_keys_ask_nothing(window, code):
    window.show_view(VIEWS["exam"])
    key(window, code)
    assert window.asked == []


def test_page_down_on_the_last_question_does_not_go_to_hand_in(window):
    window.show_view(sample.an_exam(number=100))
    key(window, Qt.Key.Key_PageDown)
    assert window.asked == []


def test_enter_does_not_make_the_promise(window):
    window.show_view(VIEWS["rules"])
    key(window, Qt.Key.Key_Return)
    assert window.asked == []


def test_the_number_is_grouped_while_it_is_typed(window):
    window.show_view(views.SignIn(sample.a_header("")))
    field = screen(window).field
    QTest.keyClicks(field, "20261115034x")
    assert field.text() == "2026 1115 034x"
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.asked == [SignInAs("20261115034X")]


def test_an_empty_number_asks_nothing(window):
    window.show_view(views.SignIn(sample.a_header("")))
    press(screen(window).enter)
    assert window.asked == []


def test_the_confirming_button_is_not_under_the_pointer(window):
    window.show_view(VIEWS["review"])
    first = screen(window).hand_in
    pointer = first.mapTo(window, first.rect().center())
    window.show_view(VIEWS["hand_in"])
    for button in (screen(window).confirm, screen(window).back):
        assert not button.geometry().translated(button.parent().pos()).contains(pointer)
    assert window.childAt(pointer) is not screen(window).confirm


def test_hand_in_waits_for_its_time(window):
    window.show_view(VIEWS["review_many"])
    assert "You can hand in in 3 min 20 s" in said(window)
    assert not screen(window).hand_in.isEnabled()


def test_a_number_leads_to_its_question(window):
    window.show_view(VIEWS["review"])
    press(screen(window).unanswered.numbers.buttons[1])
    assert window.asked == [GoTo(67)]


def test_the_overview_folds_to_a_button_and_leads(window, qtbot):
    window.resize(1024, 768)
    window.show_view(VIEWS["exam"])
    shown = screen(window)
    assert not shown.overview.isVisible()
    press(shown.unfold)
    assert shown.overview.isVisible()
    press(shown.overview.cells()[41])
    assert window.asked == [GoTo(42)]
    assert not shown.overview.isVisible()


def test_the_overview_says_all_of_a_number(window):
    window.show_view(VIEWS["exam"])
    names = [cell.accessibleName() for cell in screen(window).overview.cells()]
    assert names[17] == "18, answered, current"
    assert names[6] == "7, answered, flagged"
    assert names[19] == "20, unanswered"
    assert len(names) == 100


def test_one_number_of_the_overview_has_the_tab_stop(window):
    window.show_view(VIEWS["exam"])
    stops = [
        cell.number
        for cell in screen(window).overview.cells()
        if cell.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert stops == [18]


def test_tab_goes_in_reading_order(window):
    window.show_view(VIEWS["exam"])
    shown = screen(window)
    cards = shown.question.items.groups()[0].cards
    # A group of choices is one stop; the arrows go from choice to choice.
    wanted = [
        cards[0],
        shown.overview.cells()[17],
        shown.overview.review,
        shown.back,
        shown.flag,
        shown.note,
        shown.forward,
    ]
    cards[0].setFocus()
    visited = []
    for _ in wanted:
        visited.append(QApplication.focusWidget())
        key(window, Qt.Key.Key_Tab)
    assert visited == wanted


def test_enter_leads_on_after_a_question_whose_field_had_the_keyboard(window):
    window.show_view(sample.an_exam(sample.fields_item(), number=20))
    shown = screen(window)
    shown.question.items.first_field().setFocus()
    window.show_view(sample.an_exam(sample.multiple_choice(), number=21))
    window.asked.clear()
    key(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert window.asked == [GoTo(22)]


def test_nothing_moves_between_questions(window):
    window.show_view(VIEWS["exam"])
    shown = screen(window)
    fixed = (window.header, shown.bar, shown.back, shown.flag, shown.overview, shown.question)
    before = [part.geometry() for part in fixed]
    cards = list(shown.question.items.groups()[0].cards)
    window.show_view(sample.an_exam(sample.multiple_choice(), number=64))
    assert [part.geometry() for part in fixed] == before
    assert shown.question.items.groups()[0].cards == cards


def test_choosing_moves_no_card(window):
    window.show_view(sample.an_exam())
    cards = screen(window).question.items.groups()[0].cards
    before = [card.geometry() for card in cards]
    window.show_view(sample.an_exam(responses={"R": ("d",)}))
    assert [card.geometry() for card in cards] == before


def test_an_answer_paints_its_choice_and_no_number_again(window, qapp, monkeypatch):
    exam = sample.an_exam(responses={"R": ("a",)})
    window.show_view(exam)
    painted = []
    monkeypatch.setattr(Grid, "show_cells", lambda *_: painted.append("numbers"))
    monkeypatch.setattr(cells, "paint_cell", lambda *_, **_kw: painted.append("number"))
    qapp.processEvents()
    painted.clear()
    changed = replace(exam.question, responses={"R": ("b",)})
    window.show_view(replace(exam, question=changed, saved=Saved.SAVING))
    qapp.processEvents()
    monkeypatch.setattr(ExamScreen, "show_view", lambda *_: painted.append("question"))
    window.show_view(replace(exam, question=changed, saved=Saved.SAVED))
    qapp.processEvents()
    assert painted == []
    assert "✓ Saved" in said(window)


class Happening(QObject):
    """What happens to the parts of a window."""

    def __init__(self, window):
        super().__init__(window)
        self.seen = []
        for part in [window, *window.findChildren(QWidget)]:
            part.installEventFilter(self)

    def eventFilter(self, part, event):
        self.seen.append((event.type(), part))
        return False

    def of(self, *kinds):
        return [part for kind, part in self.seen if kind in kinds]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_an_answer_that_became_saved_moves_nothing(window, qapp, lang):
    window.set_look(Look(lang))
    exam = sample.an_exam(saved=Saved.SAVING)
    window.show_view(exam)
    qapp.processEvents()
    place = window.header.saved.geometry()
    happening = Happening(window)
    window.show_view(replace(exam, saved=Saved.SAVED))
    qapp.processEvents()
    kind = QEvent.Type
    assert happening.of(kind.Move, kind.Resize, kind.LayoutRequest) == []
    assert window.header.saved in happening.of(kind.Paint)
    assert window.header.theme_button not in happening.of(kind.Paint)
    assert window.header.saved.geometry() == place


def test_a_press_is_painted_with_what_it_changed_and_not_before(window, qapp):
    exam = sample.an_exam()
    window.show_view(exam)
    window.intent.connect(
        lambda _: window.show_view(
            replace(exam, question=replace(exam.question, responses={"R": ("b",)}))
        )
    )
    card = screen(window).question.items.groups()[0].cards[1]
    qapp.processEvents()
    happening = Happening(window)
    QTest.mouseClick(card, LEFT)
    assert window.asked
    assert happening.of(QEvent.Type.Paint) == []
    qapp.processEvents()
    assert happening.of(QEvent.Type.Paint).count(card) == 1


def test_a_second_changes_the_time_and_nothing_else(window):
    window.show_view(VIEWS["exam"])
    heard = QAccessible.queryAccessibleInterface(window.header.clock)
    before = heard.text(QAccessible.Text.Name)
    window.tick(views.Clock(3_866_000, True))
    assert window.header.clock.digits() == "1:04:26"
    assert heard.text(QAccessible.Text.Name) == before == "Time left. 65 minutes to the end"
    window.tick(views.Clock(3_840_000, True))
    assert heard.text(QAccessible.Text.Name) == "Time left. 64 minutes to the end"


@pytest.mark.parametrize(
    ("clock", "caption"),
    [
        (views.Clock(300_001, True), "Time left"),
        (views.Clock(300_000, True), "Last 5 minutes"),
        (views.Clock(10_000, False), "Clock stopped"),
    ],
)
def test_the_clock_says_in_words_how_it_stands(window, clock, caption):
    window.show_view(sample.an_exam(clock=clock))
    assert window.header.clock.caption() == caption


def test_the_clock_can_be_folded_and_unfolded(window):
    window.show_view(VIEWS["exam"])
    wide = window.header.clock.sizeHint().width()
    press(window.header.clock)
    assert window.header.clock.sizeHint().width() < wide
    press(window.header.clock)
    assert window.header.clock.sizeHint().width() == wide
    assert [asked.display.clock_folded for asked in window.asked] == [True, False]


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_a_notice_that_comes_or_goes_moves_nothing(window, size):
    window.resize(*size)
    window.show_view(sample.an_exam())
    shown = screen(window)
    parts = [*shown.question.items.groups()[0].cards, shown.overview.title, shown.bar]
    before = [part.mapTo(window, QPoint()) for part in parts]
    warning = Notice("{minutes} minutes to the end", {"minutes": 5}, "warn", 7)
    window.show_view(sample.an_exam(notice=warning))
    assert "5 minutes to the end" in said(window)
    assert [part.mapTo(window, QPoint()) for part in parts] == before
    window.notices._timer.timeout.emit()
    QApplication.processEvents()
    assert "5 minutes to the end" not in said(window)
    assert [part.mapTo(window, QPoint()) for part in parts] == before


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_a_theme_is_chosen_from_a_list_in_the_window(window, by):
    window.show_view(VIEWS["exam"])
    button = window.header.theme_button
    if by == "keys":
        button.setFocus()
        key(button, Qt.Key.Key_Space)
    else:
        press(button)
    names = [row.accessibleName() for row in window._themes.rows]
    assert names == ["Light", "Dark", "Sepia", "High contrast"]
    match by:
        case "mouse":
            press(window._themes.rows[3])
        case "touch":
            row = window._themes.rows[3]
            place = row.mapTo(window, row.rect().center())
            QTest.touchEvent(window, FINGER).press(0, place, window).commit()
            QTest.touchEvent(window, FINGER).release(0, place, window).commit()
        case _:
            for code in (Qt.Key.Key_Up, Qt.Key.Key_Return):
                key(QApplication.focusWidget(), code)
    assert window.asked == [HaveDisplay(Display("en", "contrast"))]
    assert window.look.theme is Theme.CONTRAST
    assert window.header.theme_button.accessibleName() == "Colours: High contrast. Press to choose"
    if by == "keys":
        assert QApplication.focusWidget() is button
    else:
        key(QApplication.focusWidget(), Qt.Key.Key_Return)
        assert window.asked[1:] == [GoTo(19)]


def touch(part):
    window = part.window()
    place = part.mapTo(window, part.rect().center())
    QTest.touchEvent(window, FINGER).press(0, place, window).commit()
    QTest.touchEvent(window, FINGER).release(0, place, window).commit()
    QApplication.processEvents()


def test_keys_come_with_a_finger_and_not_where_the_field_has_its_own(window):
    window.show_view(VIEWS["sign_in"])
    touch(window.screen_of(SignIn).field)
    assert window.keyboard.isVisible()
    window.show_view(VIEWS["waiting"])
    touch(window.screen_of(Waiting).field)
    assert not window.keyboard.isVisible()
    window.show_view(VIEWS["exam_fields"])
    exam = window.screen_of(Exam)
    touch(exam.question.items.first_field())
    assert window.keyboard.isVisible()
    window.show_view(VIEWS["exam_tools"])
    touch(exam.note)
    assert window.keyboard.isVisible()
    touch(exam.tool)
    assert exam.tools.calculator.field.hasFocus()
    assert not window.keyboard.isVisible()


def test_the_keys_go_with_the_notes_they_wrote_in(window):
    window.show_view(VIEWS["exam_noted"])
    exam = window.screen_of(Exam)
    touch(exam.note)
    touch(exam.notes.field.viewport())
    assert window.keyboard.isVisible()
    touch(exam.note)
    assert not exam.notes.isVisible()
    assert not window.keyboard.isVisible()


def test_the_list_of_themes_closes_when_another_screen_comes(window):
    window.show_view(VIEWS["exam"])
    press(window.header.theme_button)
    window.show_view(VIEWS["done"])
    assert window._themes is None
    assert window.asked == []


def test_a_display_that_came_back_is_shown_and_asks_nothing(window):
    window.have_display(Display("zh-CN", "dark", 150, clock_folded=True))
    window.show_view(VIEWS["exam"])
    assert window.look == Look("zh-CN", Theme.DARK, 150)
    assert window.header.clock.folded
    assert window.asked == []


def test_language_and_size_change_at_once_and_are_told(window):
    window.show_view(VIEWS["exam"])
    press(window.header.language_button)
    assert "第 18 题" in said(window)
    press(window.header.size_button)
    assert window.look.scale == 125
    key(window, Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    assert window.look.scale == 100
    displays = [Display("zh-CN"), Display("zh-CN", scale=125), Display("zh-CN")]
    assert window.asked == [HaveDisplay(one) for one in displays]


def test_a_notice_is_shown_once_and_goes_by_itself(window, qtbot, monkeypatch):
    monkeypatch.setattr(window.notices._timer, "start", lambda: window.notices._timer.timeout.emit)
    notice = Notice("{minutes} minutes to the end", {"minutes": 10}, "warn", 1)
    window.show_view(sample.an_exam(notice=notice))
    assert window.notices.notice is not None
    window.notices._timer.timeout.emit()
    assert window.notices.notice is None
    window.show_view(sample.an_exam(notice=notice, saved=Saved.SAVING))
    assert window.notices.notice is None
    window.show_view(sample.an_exam(notice=Notice("Resumed. The clock runs again", serial=2)))
    assert window.notices.notice is not None


def test_keys_are_told_on_f1(window):
    window.show_view(VIEWS["exam"])
    key(window, Qt.Key.Key_F1)
    assert "strike out the choice in focus (or right click, long press)" in said(window)
    QTest.keyClick(window._keys, Qt.Key.Key_B)
    assert "strike out the choice in focus" not in said(window)
    assert window.asked == []


def test_a_scan_asks_to_be_read_and_leaves_the_field_alone(window, monkeypatch):
    monkeypatch.setattr("kiosk.ui.scan.HOLD_MS", 3_600_000)  # however slow the machine is
    window.show_view(VIEWS["sign_in"])
    for character in "S1:AB7":
        QTest.keyClick(window.windowHandle(), character)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
    assert window.asked == [Scanned("S1:AB7")]
    assert screen(window).field.number() == "202611150342"


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_has_a_name_and_a_role(looked_at, name):
    looked_at.show_view(VIEWS[name])
    controls = [
        one
        for one in looked_at.findChildren(QWidget)
        if one.isVisible() and isinstance(one, QAbstractButton | QLineEdit)
    ]
    for control in controls:
        heard = QAccessible.queryAccessibleInterface(control)
        assert heard.text(QAccessible.Text.Name), control
        assert heard.role() in (
            QAccessible.Role.Button,
            QAccessible.Role.CheckBox,
            QAccessible.Role.RadioButton,
            QAccessible.Role.EditableText,
        )


@pytest.mark.parametrize("name", VIEWS)
def test_every_target_is_large_enough_for_a_hand(looked_at, name):
    looked_at.show_view(VIEWS[name])
    for button in looked_at.findChildren(QAbstractButton):
        if button.isVisible() and button.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert min(button.width(), button.height()) >= 40, button.accessibleName()


@pytest.mark.parametrize(
    ("code", "modifiers"),
    [
        (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
        (Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_nothing_is_pasted(window, code, modifiers):
    QGuiApplication.clipboard().setText("from elsewhere")
    window.show_view(VIEWS["exam_fields"])
    field = screen(window).question.items._entries[0]
    before = field.text()
    QTest.keyClick(field, code, modifiers)
    assert field.text() == before
    assert window.asked == []


def test_nothing_is_copied(window):
    QGuiApplication.clipboard().setText("before")
    window.show_view(VIEWS["exam_fields"])
    field = screen(window).question.items._entries[0]
    field.selectAll()
    QTest.keyClick(field, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"


def test_nothing_is_dropped(window):
    from PySide6.QtGui import QDropEvent

    window.show_view(VIEWS["exam_fields"])
    field = screen(window).question.items._entries[0]
    goods = QMimeData()
    goods.setText("dropped")
    event = QDropEvent(
        field.rect().center().toPointF(),
        Qt.DropAction.CopyAction,
        goods,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    before = field.text()
    QApplication.sendEvent(field, event)
    assert field.text() == before


def test_the_window_does_not_close_until_it_is_let_go(window):
    window.show_view(VIEWS["exam"])
    window.close()
    assert window.isVisible()
    window.guard.release()
    window.close()
    assert not window.isVisible()


def test_lost_focus_is_told(qtbot):
    lost = []
    made = TerminalWindow(lost_focus=lambda: lost.append(True))
    other = QWidget()
    qtbot.addWidget(made, before_close_func=lambda window: window.guard.release())
    qtbot.addWidget(other)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: lost == [True])


def test_the_window_covers_the_whole_screen(window):
    window.fill_screen()
    assert window.geometry() == window.screen().geometry()


def test_400_views_grow_neither_widgets_nor_memory(window, qapp):
    several = [
        sample.an_exam(number=5, responses={"R": ("a",)}),
        sample.an_exam(number=5, responses={"R": ("b",)}),
        sample.an_exam(number=5, saved=Saved.SAVING, responses={"R": ("b",)}),
        sample.an_exam(sample.fields_item(), number=90),
        VIEWS["review"],
    ]
    for view in several * 4:
        window.show_view(view)
    qapp.processEvents()
    gc.collect()
    widgets, before = len(qapp.allWidgets()), _resident_kb()
    for at in range(400):
        window.show_view(several[at % 3] if at % 100 else several[at // 100 % len(several)])
        if at % 50 == 0:
            qapp.processEvents()
    qapp.processEvents()
    gc.collect()
    assert len(qapp.allWidgets()) == widgets
    assert _resident_kb() - before < 2_500


def _resident_kb():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def test_looks_change_back_and_forth_without_growing(window, qapp):
    window.show_view(VIEWS["exam"])
    for _ in range(2):
        for look in (Look("zh-CN", scale=200), Look("en"), Look("zh-CN")):
            window.set_look(look)
    widgets = len(qapp.allWidgets())
    for _ in range(10):
        for look in (Look("zh-CN", scale=200), Look("en"), Look("zh-CN")):
            window.set_look(look)
    assert len(qapp.allWidgets()) == widgets


def test_a_choice_reached_by_an_arrow_is_scrolled_into_sight(window):
    window.set_look(Look("en", scale=300))
    window.show_view(sample.an_exam(interactions.order(), number=3))
    shown = screen(window)
    cards = shown.question.items._used["R"].cards
    cards[0].setFocus()
    for card in cards[:-1]:
        QTest.keyClick(card, Qt.Key.Key_Down)
    area = shown.question.area.viewport()
    top = cards[-1].mapTo(area, QPoint(0, 0)).y()
    assert 0 <= top < area.height()


def test_tab_follows_an_order_as_it_changes(window):
    item = interactions.order()
    window.set_look(Look("en"))
    for value in ((), ("d", "b"), ("b", "d")):
        window.show_view(sample.an_exam(item, number=3, responses={"R": value}))
        stops = screen(window).question.items.tab_stops()
        stops[0].setFocus()
        for following in stops[1:]:
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            assert window.focusWidget() is following


def test_letters_reach_the_choices_of_an_order(window):
    window.show_view(sample.an_exam(interactions.order(), number=3))
    QTest.keyClick(window, Qt.Key.Key_C)
    assert window.asked == [views.Answer("sample-order", "R", ("c",), True)]


def test_the_screens_keys_work_from_within_a_long_text(window):
    window.show_view(sample.an_exam(interactions.extended_text(), number=3))
    field = window.focusWidget()
    assert field is screen(window).question.items._used["R"].field
    QTest.keyClicks(field, "f")
    QTest.keyClick(field, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(field, Qt.Key.Key_PageDown)
    assert window.asked == [
        views.Answer("sample-extendedtext", "R", ("f",), False),
        views.Flag("sample-extendedtext", True),
        views.Answer("sample-extendedtext", "R", ("f",), True),
        views.GoTo(4),
    ]
    QTest.keyClick(field, Qt.Key.Key_F1)
    assert window._keys is not None
    assert window._keys.isVisible()


# --- an exam that goes on elsewhere -----------------------------------------------------------------


def test_the_second_exam_on_the_stick_can_be_chosen(window):
    window.show_view(VIEWS["proctor_menu_guests"])
    press(screen(window).guests[1].choose)
    assert window.asked == [views.ChooseGuest(2)]


def test_the_next_candidate_may_not_sign_in_before_the_exam_is_carried_away(window):
    window.show_view(VIEWS["given_away"])
    assert not screen(window).next_candidate.isVisible()


def test_each_of_a_row_of_codes_is_shown_in_turn(window):
    view = VIEWS["given_away_codes"]
    window.show_view(view)
    shown = []
    for _ in range(len(view.codes) + 1):
        shown.append(screen(window).code.qr._text)
        screen(window)._turn.timeout.emit()
    assert shown == [*view.codes, view.codes[0]]
    turning = screen(window)._turn
    assert turning.isActive()
    window.show_view(VIEWS["sign_in"])
    assert not turning.isActive()


def test_a_row_of_codes_can_be_held_still_and_turned_by_hand(window):
    view = VIEWS["given_away_codes"]
    window.show_view(VIEWS["given_away"])
    window.show_view(view)
    shown = screen(window)
    assert shown._turn.isActive()
    press(shown.one_code)
    window.show_view(replace(view, remaining_ms=view.remaining_ms - 1))
    assert not shown._turn.isActive()
    assert shown.code.qr._text == view.codes[0]
    press(shown.one_code)
    assert shown.code.qr._text == view.codes[1]
    window.show_view(VIEWS["given_away"])
    window.show_view(view)
    assert shown._turn.isActive()


def test_each_tool_of_the_exam_can_be_tried_in_the_practice(window):
    window.show_view(replace(VIEWS["practice"], tools=TOOLS, sheet=sample.SHEET))
    page = screen(window).practice
    assert "Calculator · Scratch pad · Periodic table · Formula sheet" in page.keys.text()
    press(page.flag)
    assert window.asked == [Flag(VIEWS["practice"].practice.item.id, True)]
    press(page.tool)
    for name, button in page.tools.buttons.items():
        press(button)
        assert page.tools.tools[name].isVisible(), name
    page.tools.choose("scratch_pad")
    QTest.keyClicks(window.focusWidget(), "9")
    assert window.asked[-1] == views.Scribble("9")
    press(page.note)
    QTest.keyClicks(window.focusWidget(), "a")
    assert window.asked[-1] == Note(VIEWS["practice"].practice.item.id, "a")
    window.asked.clear()
    key(window, Qt.Key.Key_PageUp)
    assert window.asked == []
    assert not page.overview.isVisible()
    assert not page.unfold.isVisible()
    press(page.forward)
    assert window.asked == [Practise()]


def test_the_first_picture_of_the_window_has_the_header_as_it_stays(qtbot):
    window = TerminalWindow()
    qtbot.addWidget(window, before_close_func=lambda window: window.guard.release())
    window.show_view(sample.all_views()["unlock"])
    window.resize(1280, 720)
    window.show()
    first = [part.geometry() for part in (window.header._left, window.header._right)]
    QApplication.processEvents()
    assert first == [part.geometry() for part in (window.header._left, window.header._right)]
