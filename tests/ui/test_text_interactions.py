"""Orders, pairs, gaps, hot texts, scales and long texts are answered by keys alone and by mouse alone."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QInputMethodEvent, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.assessment.content import Place
from kiosk.assessment.items import Associate, Item, ItemText, Order, Slider, sets
from kiosk.assessment.responses import MAX_EXTENDED_LENGTH, checked, is_complete
from kiosk.rehearsal.keys import answer_keys
from kiosk.ui.item_view import ItemView
from kiosk.ui.option_list import OptionList
from kiosk.ui.slider_part import Scale
from kiosk.ui.theme import Look
from tests.ui import interactions as sample

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier
KEY = Qt.Key


class Seat(QWidget):
    """Shows an item, keeps what is answered as a seat would, and shows it again."""

    def __init__(self):
        super().__init__()
        self.view = ItemView(self)
        self.view.answered.connect(self.keep)
        self.sent = []
        self.responses = {}
        self.passed = []

    def show_item(self, item, responses=None, **look):
        self.item, self.look = item, Look(look.pop("lang", "en"), **look)
        self.responses = dict(responses or {})
        self.draw()
        self.resize(832, 900)
        self.show()
        self.activateWindow()
        assert QTest.qWaitForWindowActive(self)
        return self.view

    def draw(self):
        self.view.show_item(self.item, {}, self.responses, self.look)
        self.view.resize(832, max(800, self.view.heightForWidth(832)))

    def keep(self, item, response, value, settled):
        assert item == self.item.id
        self.sent.append((value, settled))
        self.responses[response] = checked(self.item, response, value)
        self.draw()

    def keyPressEvent(self, event):
        self.passed.append(event.key())

    @property
    def value(self):
        return self.responses.get("R", ())

    @property
    def part(self):
        return self.view._used["R"]

    def tab_to(self, at):
        """Give the keyboard to the stop `at` of the question."""
        stop = self.view.tab_stops()[at]
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        return stop


@pytest.fixture
def seat(qtbot):
    made = Seat()
    qtbot.addWidget(made)
    return made


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def click(widget):
    QTest.mouseClick(widget, LEFT, pos=QPoint(widget.width() // 3, widget.height() // 2))


def heard(widget):
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def letters(seat, text):
    for letter in text:
        event = QKeyEvent(
            QKeyEvent.Type.KeyPress, KEY(ord(letter)), Qt.KeyboardModifier.NoModifier, letter
        )
        assert seat.view.take_key(event)


# --- what all of them keep ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", sample.ALL)
def test_an_answer_that_comes_back_is_shown_and_nothing_is_sent(seat, name):
    make, responses = sample.ALL[name]
    seat.show_item(make(), responses)
    seat.draw()
    assert seat.sent == []


@pytest.mark.parametrize("name", sample.ALL)
def test_the_same_widgets_show_the_question_again(seat, name):
    make, responses = sample.ALL[name]
    others = [make(), sample.order(), sample.match()]
    for item in others:
        seat.show_item(item, responses if item is others[0] else None)
    made = set(seat.findChildren(QWidget))
    for at in range(30):
        seat.show_item(others[at % 3], responses if at % 3 == 0 else None)
    assert set(seat.findChildren(QWidget)) == made


@pytest.mark.parametrize("name", sample.ALL)
@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_everything_to_press_is_large_and_has_a_name_and_a_role(seat, name, lang):
    make, responses = sample.ALL[name]
    seat.show_item(make(), responses, lang=lang)
    for stop in seat.view.tab_stops():
        assert stop.height() >= 44
        assert stop.width() >= 44
        interface = QAccessible.queryAccessibleInterface(stop)
        assert interface.text(QAccessible.Text.Name)
        assert interface.role() in {
            QAccessible.Role.Button,
            QAccessible.Role.CheckBox,
            QAccessible.Role.RadioButton,
            QAccessible.Role.Slider,
            QAccessible.Role.EditableText,
        }


@pytest.mark.parametrize("name", sample.ALL)
def test_enter_and_page_down_are_left_to_the_screen(seat, name):
    make, responses = sample.ALL[name]
    seat.show_item(make(), responses)
    for at in range(len(seat.view.tab_stops())):
        stop = seat.tab_to(at)
        if type(stop).__name__ == "Button":
            continue  # a button is pressed by Enter everywhere
        seat.passed.clear()
        QTest.keyClick(stop, KEY.Key_PageDown)
        QTest.keyClick(
            stop,
            KEY.Key_Return,
            Qt.KeyboardModifier.ControlModifier
            if name == "extended_text"
            else Qt.KeyboardModifier.NoModifier,
        )
        assert [key for key in seat.passed if key != KEY.Key_Control] == [
            KEY.Key_PageDown,
            KEY.Key_Return,
        ]
    assert seat.sent == []


# --- order ---------------------------------------------------------------------------------------------


def test_an_order_is_made_by_presses(seat):
    seat.show_item(sample.order())
    for choice in ("c", "a", "b", "d"):
        click(
            next(card for card in seat.part.cards if card is seat.part._cards["abcd".index(choice)])
        )
    assert seat.value == ("c", "a", "b", "d")
    assert is_complete(seat.item, seat.responses)
    assert [heard(card)[0] for card in seat.part.cards] == ["C", "A", "B", "D"]


def test_a_press_on_a_placed_choice_takes_it_back(seat):
    seat.show_item(sample.order(), {"R": ("c", "a", "b")})
    click(seat.part.cards[1])
    assert seat.value == ("c", "b")


def test_an_order_is_made_by_letters(seat):
    seat.show_item(sample.order())
    letters(seat, "DBAC")
    assert seat.value == ("d", "b", "a", "c")


def test_an_order_is_made_by_space_and_changed_by_alt_and_arrows(seat):
    seat.show_item(sample.order())
    seat.tab_to(3)
    press(KEY.Key_Space)
    assert seat.value == ("d",)
    seat.tab_to(1)
    press(KEY.Key_Space)
    assert seat.value == ("d", "a")
    press(KEY.Key_Up, ALT)
    assert seat.value == ("a", "d")
    press(KEY.Key_Up, ALT)
    assert seat.value == ("a", "d")
    press(KEY.Key_Down, ALT)
    assert seat.value == ("d", "a")
    assert heard(QApplication.focusWidget()) == "A, Check stirrers and pipes, place 2 of 2"


def test_a_placed_choice_is_moved_by_its_buttons(seat):
    seat.show_item(sample.order(), {"R": ("a", "b", "c")})
    first, _, last = seat.part.cards[:3]
    assert not first.up.isEnabled()
    assert not last.down.isEnabled()
    assert first.down.shape().height() >= 44
    click(first.down)
    assert seat.value == ("b", "a", "c")
    assert "Move down" in heard(first.down)


def test_tab_goes_by_the_places_not_by_the_paper(seat):
    seat.show_item(sample.order(), {"R": ("d", "b")})
    assert [heard(stop)[0] for stop in seat.view.tab_stops()] == ["D", "B", "A", "C"]


def test_one_choice_more_than_there_are_places_is_said_and_not_sent(seat):
    texts = {"en": ItemText((Place("R"),), {"R": {}})}
    seat.show_item(
        Item("few", (Order("R", ("a", "b", "c"), max_choices=2),), texts), {"R": ("a", "b")}
    )
    letters(seat, "C")
    assert seat.sent == []
    assert seat.part._count.text() == "All 2 places are taken. Take one back first"


# --- associate -------------------------------------------------------------------------------------------


def test_two_presses_make_a_pair_and_a_button_takes_it_back(seat):
    seat.show_item(sample.associate())
    click(seat.part.cards[2])
    assert seat.sent == []
    assert heard(seat.part.cards[2]).endswith("Picked")
    click(seat.part.cards[0])
    assert seat.value == ("a c",)
    assert heard(seat.part.cards[0]) == "A, P507, in 1 pair"
    row = seat.part.pairs.rows[0]
    assert "P507" in heard(row.remove)
    click(row.remove)
    assert seat.value == ()


def test_pairs_are_made_by_keys_alone(seat):
    seat.show_item(sample.associate())
    letters(seat, "ACDB")
    assert seat.value == ("a c", "b d")
    seat.tab_to(4)
    press(KEY.Key_Space)
    assert seat.value == ("b d",)
    seat.tab_to(0)
    press(KEY.Key_Space)
    press(KEY.Key_Down)
    press(KEY.Key_Down)
    press(KEY.Key_Space)
    assert seat.value == ("a c", "b d")


def test_a_choice_pressed_twice_is_put_down_again(seat):
    seat.show_item(sample.associate())
    letters(seat, "AABD")
    assert seat.value == ("b d",)


def test_a_choice_of_one_pair_moves_to_its_new_partner(seat):
    seat.show_item(sample.associate(), {"R": ("a c",)})
    letters(seat, "AB")
    assert seat.value == ("a b",)


def test_one_pair_too_many_is_said_and_not_sent(seat):
    limits = {"a": 2, "b": 2, "c": 0, "d": 0}
    texts = {"en": ItemText((Place("R"),), {"R": {}})}
    item = Item("few", (Associate("R", tuple("abcd"), limits, max_associations=3),), texts)
    seat.show_item(item, {"R": ("a b", "a c")})
    letters(seat, "AD")
    assert seat.sent == []
    assert "at most 2 times" in seat.part._count.text()
    letters(seat, "CD")
    letters(seat, "BD")
    assert "At most 3 pairs" in seat.part._count.text()
    assert seat.value == ("a b", "a c", "c d")


# --- match --------------------------------------------------------------------------------------------


def test_a_match_is_made_by_mouse_from_either_side(seat):
    seat.show_item(sample.match())
    click(seat.part.sources[0].card)
    click(seat.part.targets[0])
    click(seat.part.targets[2])
    click(seat.part.sources[2].card)
    assert seat.value == ("s1 t1", "s3 t3")
    assert heard(seat.part.sources[0].card) == "1, Cerium, goes with A"
    assert heard(seat.part.targets[2]).endswith("goes with 3")
    click(seat.part.sources[0].chips[0])
    assert seat.value == ("s3 t3",)


def test_a_match_is_made_by_digits_and_letters(seat):
    seat.show_item(sample.match())
    letters(seat, "1A2B3C3D")
    assert seat.value == ("s1 t1", "s2 t2", "s3 t3", "s3 t4")


def test_a_match_is_made_by_space_and_arrows(seat):
    seat.show_item(sample.match())
    seat.tab_to(0)
    press(KEY.Key_Down)
    press(KEY.Key_Space)
    seat.tab_to(3)
    press(KEY.Key_Down)
    press(KEY.Key_Space)
    assert seat.value == ("s2 t2",)


def test_a_source_of_one_partner_takes_the_new_one(seat):
    seat.show_item(sample.match(), {"R": ("s1 t1",)})
    letters(seat, "1B")
    assert seat.value == ("s1 t2",)


def test_a_source_with_all_its_partners_says_so(seat):
    seat.show_item(sample.match(), {"R": ("s3 t3", "s3 t4")})
    letters(seat, "3A")
    assert seat.sent == []
    assert "at most 2 times" in seat.part._count.text()


def test_a_match_follows_the_papers_order(seat):
    item = sample.match()
    seat.show_item(item)
    order = tuple(name for listed in sets(item.interactions[0]) for name in reversed(listed))
    seat.view.show_item(item, {"R": order}, {}, seat.look)
    assert heard(seat.part.sources[0].card).startswith("1, Lanthanum")
    assert heard(seat.part.targets[0]).startswith("A, Is a light")


# --- gap match ------------------------------------------------------------------------------------------


def test_a_gap_is_filled_by_a_press_on_a_choice_and_one_on_the_gap(seat):
    seat.show_item(sample.gap_match())
    gaps = list(seat.part.slots().values())
    click(seat.part.chips[0])
    click(gaps[1])
    assert seat.value == ("a g2",)
    assert heard(gaps[1]) == "Gap 2, falls"
    assert heard(seat.part.chips[0]) == "A, falls, in gap 2"


def test_a_gap_is_filled_and_emptied_from_its_list(seat):
    seat.show_item(sample.gap_match())
    gap = next(iter(seat.part.slots().values()))
    click(gap)
    opened = seat.findChild(OptionList)
    assert len(opened.rows) == 3
    click(opened.rows[1])
    assert seat.value == ("b g1",)
    click(gap)
    opened = seat.findChildren(OptionList)[-1]
    assert opened.rows[-1].accessibleName() == "Leave it empty"
    click(opened.rows[-1])
    assert seat.value == ()


def test_gaps_are_filled_by_keys_alone(seat):
    seat.show_item(sample.gap_match())
    letters(seat, "A1C2")
    assert seat.value == ("a g1", "c g2")
    letters(seat, "A2")
    assert seat.value == ("a g2",)
    gap = seat.tab_to(3)
    press(KEY.Key_Space)
    press(KEY.Key_Down)
    press(KEY.Key_Return)
    assert seat.value == ("a g2", "b g1")
    assert heard(gap) == "Gap 1, faster"


def test_gaps_stand_in_the_text_in_reading_order(seat):
    seat.show_item(sample.gap_match())
    assert seat.view.tab_stops()[3:] == list(seat.part.slots().values())
    for gap in seat.part.slots().values():
        assert gap.parentWidget().rect().contains(gap.geometry())


def test_gaps_leave_the_text_with_their_question(seat):
    seat.show_item(sample.gap_match())
    gaps = list(seat.part.slots().values())
    seat.show_item(sample.slider())
    assert not any(gap.isVisible() for gap in gaps)
    seat.show_item(sample.gap_match())
    assert all(gap.isVisible() for gap in gaps)


# --- hot texts -------------------------------------------------------------------------------------------


def test_hot_words_are_chosen_by_mouse_and_taken_back(seat):
    seat.show_item(sample.hottext())
    words = list(seat.part.slots().values())
    click(words[2])
    click(words[0])
    assert seat.value == ("a", "c")
    assert heard(words[0]) == "A, the stirrer was started, chosen"
    click(words[1])
    assert seat.value == ("a", "c")
    assert seat.part._count.text() == "At most 2 can be chosen. Take one back first"
    click(words[0])
    assert seat.value == ("c",)


def test_hot_words_are_chosen_by_their_letters(seat):
    seat.show_item(sample.hottext())
    letters(seat, "CA")
    assert seat.value == ("a", "c")


def test_hot_words_are_chosen_by_keys_and_say_that_they_are(seat):
    seat.show_item(sample.hottext())
    word = seat.tab_to(1)
    press(KEY.Key_Space)
    assert seat.value == ("b",)
    interface = QAccessible.queryAccessibleInterface(word)
    assert interface.role() == QAccessible.Role.CheckBox
    assert interface.state().checked


# --- scale -----------------------------------------------------------------------------------------------


def test_a_scale_that_was_not_moved_has_no_answer_and_says_so(seat):
    seat.show_item(sample.slider())
    assert seat.sent == []
    assert "Not answered yet" in seat.part._note.text()
    assert heard(seat.part.scale).endswith("not answered yet")


@pytest.mark.parametrize(
    ("keys", "figure"),
    [
        ([KEY.Key_Home], "0.0"),
        ([KEY.Key_End], "14.0"),
        ([KEY.Key_Right], "0.5"),
        ([KEY.Key_Left], "0.0"),
        ([KEY.Key_End, KEY.Key_Left, KEY.Key_Down], "13.0"),
        ([KEY.Key_Home, KEY.Key_Up, KEY.Key_Up], "1.0"),
    ],
)
def test_a_scale_is_set_by_keys(seat, keys, figure):
    seat.show_item(sample.slider())
    seat.tab_to(1)
    for key in keys:
        press(key)
    assert seat.value == (figure,)
    assert seat.part._value.text() == figure
    assert heard(seat.part.scale).endswith(figure)


def test_a_scale_is_set_by_mouse(seat):
    seat.show_item(sample.slider())
    scale = seat.part.scale
    QTest.mouseClick(scale, LEFT, pos=scale._point(13).toPoint())
    assert seat.value == ("6.5",)
    click(seat.part.more)
    click(seat.part.less)
    click(seat.part.less)
    assert seat.value == ("6.0",)


def test_the_wheel_does_not_move_a_scale(seat, qtbot):
    seat.show_item(sample.slider(), {"R": ("6.5",)})
    scale = seat.part.scale
    event = QWheelEvent(
        QPointF(scale.rect().center()),
        QPointF(scale.mapToGlobal(scale.rect().center())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(scale, event)
    assert seat.sent == []


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_scale_stands_and_runs_as_its_question_says(seat, vertical, reverse):
    interaction = Slider("R", "-2", "2", "1", vertical=vertical, reverse=reverse)
    seat.show_item(Item("s", (interaction,), {"en": ItemText((Place("R"),), {})}))
    scale = seat.part.scale
    assert isinstance(scale, Scale)
    low, high = scale._point(0), scale._point(4)
    if vertical:
        assert (low.y() > high.y()) != reverse
    else:
        assert (low.x() < high.x()) != reverse
    QTest.mouseClick(scale, LEFT, pos=scale._point(1).toPoint())
    assert seat.value == ("-1",)
    less, more = seat.part.less.geometry().center(), seat.part.more.geometry().center()
    along = (more - less).y() * -1 if vertical else (more - less).x()
    assert (along > 0) != reverse


# --- long texts ---------------------------------------------------------------------------------------------


def test_a_long_text_is_typed_and_settles_after_a_pause(seat, qtbot):
    seat.show_item(sample.extended_text())
    seat.part.field.setFocus()
    QTest.keyClicks(seat.part.field, "one")
    QTest.keyClick(seat.part.field, KEY.Key_Return)
    QTest.keyClicks(seat.part.field, "two")
    assert seat.sent[-1] == (("one\ntwo",), False)
    qtbot.waitUntil(lambda: seat.sent[-1] == (("one\ntwo",), True), timeout=500)
    assert seat.part._count.text() == "7 of 10000 characters"


def test_another_question_settles_a_long_text(seat):
    seat.show_item(sample.extended_text())
    QTest.keyClicks(seat.part.field, "x")
    sent = seat.sent
    seat.view.settle()
    assert sent[-1] == (("x",), True)


def test_chinese_is_typed_into_a_long_text(seat):
    seat.show_item(sample.extended_text())
    event = QInputMethodEvent()
    event.setCommitString("乳化𬭩")
    QApplication.sendEvent(seat.part.field, event)
    assert seat.value == ("乳化𬭩",)
    assert seat.part._count.text() == "3 of 10000 characters"


def test_a_long_text_is_never_longer_than_a_response_may_be(seat):
    full = "字" * (MAX_EXTENDED_LENGTH - 1)
    seat.show_item(sample.extended_text(), {"R": (full,)})
    field = seat.part.field
    QTest.keyClicks(field, "ab")
    assert len(seat.value[0]) == MAX_EXTENDED_LENGTH
    assert "The field is full" in seat.part._count.text()


def test_nothing_is_pasted_into_a_long_text(seat):
    seat.show_item(sample.extended_text())
    QApplication.clipboard().setText("copied")
    field = seat.part.field
    QTest.keyClick(field, KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    field.paste()
    assert field.toPlainText() == ""
    assert field.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu
    assert not field.acceptDrops()
    assert not field.viewport().acceptDrops()


def test_an_echo_of_the_view_does_not_disturb_typing_of_a_long_text(seat):
    seat.show_item(sample.extended_text())
    field = seat.part.field
    QTest.keyClicks(field, "12345")
    cursor = field.textCursor()
    cursor.setPosition(2)
    field.setTextCursor(cursor)
    seat.view.show_item(seat.item, {}, {"R": ("1234",)}, seat.look)
    assert (field.toPlainText(), field.textCursor().position()) == ("12345", 2)


def test_a_long_text_takes_the_keyboard_when_its_question_opens(seat):
    seat.show_item(sample.extended_text())
    assert seat.view.first_field() is seat.part.field


# --- the keys a simulated candidate presses ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "value"),
    [
        (sample.order, ("d", "a", "b", "c")),
        (sample.associate, ("a c", "b d")),
        (sample.match, ("s1 t2", "s2 t1", "s3 t3", "s3 t4")),
        (sample.gap_match, ("b g2", "c g1")),
        (sample.hottext, ("a", "c")),
    ],
)
def test_the_keys_of_a_rehearsal_give_the_answer_meant(seat, make, value):
    item = make()
    seat.show_item(item)
    order = tuple(name for listed in sets(item.interactions[0]) for name in listed)
    keys = answer_keys(item.interactions[0], order, value)
    letters(seat, "".join(keys).upper())
    assert seat.value == value


def test_what_keys_do_not_reach_is_left_alone():
    assert answer_keys(sample.slider().interactions[0], (), ("6.5",)) == []
    many = Order("R", tuple("abcdefghij"))
    assert answer_keys(many, many.choices, ("a", "j")) == []
