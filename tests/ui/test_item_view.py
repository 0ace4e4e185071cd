"""Questions are shown whole and answered by mouse, keys and touch; the view alone says what is so."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from kiosk.assessment.content import Paragraph, Place, Text
from kiosk.assessment.items import Choice, Item, ItemText, TextEntry
from kiosk.ui.choice_card import LONG_PRESS_MS
from kiosk.ui.document import Document, Ink
from kiosk.ui.fields import how_read
from kiosk.ui.item_view import ItemView, render_png
from kiosk.ui.option_list import OptionList
from kiosk.ui.theme import Look
from tests.terminal.screens import sample_views as sample

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def view(qtbot):
    made = ItemView()
    qtbot.addWidget(made)
    made.resize(832, 600)
    made.show()
    made.sent = []
    made.answered.connect(lambda *what: made.sent.append(what))
    made.struck_out = []
    made.struck.connect(lambda *what: made.struck_out.append(what))
    return made


def show(view, item, responses=None, lang="en", struck=None, **look):
    view.show_item(item, {}, responses or {}, Look(lang, **look), struck or {})
    view.resize(832, max(600, view.heightForWidth(832)))
    return view


def cards(view):
    return view.groups()[0].cards


def keys(view, text):
    """Give `view` one key after another; whether the last meant something."""
    taken = False
    for character in text:
        key = Qt.Key(ord(character.upper()))
        event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character)
        taken = view.take_key(event)
    return taken


def test_the_whole_card_is_the_target(view):
    show(view, sample.single_choice())
    card = cards(view)[1]
    assert card.height() >= 58
    QTest.mouseClick(card, LEFT, pos=QPoint(card.width() - 20, card.height() - 12))
    assert view.sent == [("single", "R", ("b",), True)]


def test_a_press_alone_shows_nothing_as_chosen(view):
    show(view, sample.single_choice())
    QTest.mouseClick(cards(view)[1], LEFT)
    assert not any(card.isChecked() for card in cards(view))
    show(view, sample.single_choice(), {"R": ("b",)})
    assert [card.isChecked() for card in cards(view)] == [False, True, False, False]
    show(view, sample.single_choice(), {"R": ("c",)})
    assert [card.isChecked() for card in cards(view)] == [False, False, True, False]
    show(view, sample.single_choice())
    assert not any(card.isChecked() for card in cards(view))


@pytest.mark.parametrize(("key", "choice"), [("a", "a"), ("D", "d"), ("1", "a"), ("3", "c")])
def test_letters_and_digits_choose(view, key, choice):
    show(view, sample.single_choice())
    assert keys(view, key)
    assert view.sent == [("single", "R", (choice,), True)]


def test_a_key_without_a_choice_means_nothing(view):
    show(view, sample.single_choice())
    assert not keys(view, "e")
    assert view.sent == []


def test_multiple_choice_counts_and_never_names_the_number_of_keys(view):
    show(view, sample.multiple_choice(), {"R": ("a",)}, lang="zh-CN")
    assert view.groups()[0]._count.text() == "请选择两项或以上 · 已选 1 项"
    keys(view, "c")
    keys(view, "a")
    assert [value for _, _, value, _ in view.sent] == [("a", "c"), ()]


def test_one_choice_too_many_is_said_and_not_sent(view):
    item = Item(
        "most",
        (Choice("R", ("a", "b", "c"), max_choices=2),),
        {"en": ItemText((Place("R"),), {"R": {key: (Paragraph((Text(key),)),) for key in "abc"}})},
    )
    show(view, item, {"R": ("a", "b")})
    keys(view, "c")
    assert view.sent == []
    assert "At most 2" in view.groups()[0]._count.text()


def test_right_click_and_long_press_strike_out_and_back(view, qtbot):
    show(view, sample.single_choice())
    QTest.mouseClick(cards(view)[3], RIGHT)
    assert view.struck_out == [("single", "R", "d", True)]
    show(view, sample.single_choice(), struck={"R": ("d",)})
    card = cards(view)[3]
    assert card.struck
    assert card.accessibleName().endswith(", struck out")
    QTest.mousePress(card, LEFT)
    qtbot.wait(LONG_PRESS_MS + 60)
    QTest.mouseRelease(card, LEFT)
    assert view.struck_out[1:] == [("single", "R", "d", False)]
    assert view.sent == []


def test_a_finger_held_on_a_choice_strikes_it_out_and_chooses_nothing(view, qtbot):
    show(view, sample.single_choice())
    finger = QTest.createTouchDevice()
    card = cards(view)[1]
    place = card.mapTo(view, card.rect().center())
    QTest.touchEvent(view, finger).press(0, place, view).commit()
    qtbot.wait(LONG_PRESS_MS + 60)
    QTest.touchEvent(view, finger).release(0, place, view).commit()
    assert view.struck_out == [("single", "R", "b", True)]
    assert view.sent == []


def test_x_strikes_the_card_in_focus_which_can_still_be_chosen(view):
    show(view, sample.single_choice())
    view.activateWindow()
    cards(view)[0].setFocus()
    assert keys(view, "x")
    assert view.struck_out == [("single", "R", "a", True)]
    show(view, sample.single_choice(), struck={"R": ("a",)})
    keys(view, "a")
    assert view.sent == [("single", "R", ("a",), True)]


def test_a_card_is_struck_when_the_view_says_so_and_only_then(view):
    show(view, sample.single_choice(), struck={"R": ("a",)})
    assert [card.struck for card in cards(view)] == [True, False, False, False]
    QTest.mouseClick(cards(view)[2], RIGHT)
    assert [card.struck for card in cards(view)] == [True, False, False, False]
    show(view, sample.multiple_choice())
    assert not any(card.struck for card in cards(view))


def test_choices_are_shown_in_the_papers_order(view):
    item = sample.single_choice()
    view.show_item(item, {"R": ("d", "c", "b", "a")}, {}, Look("zh-CN"))
    assert cards(view)[3].accessibleName() == "D, 增大"
    keys(view, "d")
    assert view.sent == [("single", "R", ("a",), True)]


def test_typing_is_sent_at_once_and_settled_after_a_pause(view, qtbot):
    show(view, sample.fields_item())
    field = view._entries[0]
    QTest.keyClicks(field, "1.6")
    assert view.sent[-1] == ("fields", "B", ("1.6",), False)
    qtbot.waitUntil(lambda: view.sent[-1] == ("fields", "B", ("1.6",), True), timeout=500)


def test_another_question_settles_what_was_typed(view):
    show(view, sample.fields_item())
    QTest.keyClicks(view._entries[0], "2")
    show(view, sample.single_choice())
    assert view.sent[-1] == ("fields", "B", ("2",), True)


def test_an_echo_of_the_view_does_not_disturb_typing(view):
    show(view, sample.fields_item())
    field = view._entries[0]
    QTest.keyClicks(field, "12.5")
    field.setCursorPosition(1)
    show(view, sample.fields_item(), {"B": ("12.",)})
    assert (field.text(), field.cursorPosition()) == ("12.5", 1)


@pytest.mark.parametrize(
    ("base_type", "typed", "line"),
    [
        ("float", "１．６", "Read as 1.6"),
        ("float", "0,5", "Read as 0.5"),
        ("float", "1,000.5", "Not read as a number. Example: 12.5"),
        ("float", "", "Type a number. Example: 12.5"),
        ("integer", "１２", "Read as 12"),
        ("integer", "1.5", "Not read as a whole number. Type digits only"),
        ("string", "D", "Type words or symbols"),
    ],
)
def test_a_field_says_how_a_number_was_read(base_type, typed, line):
    value = (typed,) if typed else ()
    assert how_read(TextEntry("R", base_type), value, "en")[0] == line


def test_a_field_takes_no_menu_and_no_drop(view):
    show(view, sample.fields_item())
    field = view._entries[0]
    assert field.contextMenuPolicy() == Qt.ContextMenuPolicy.NoContextMenu
    assert not field.acceptDrops()


def open_list(view):
    chooser = view._lists[0]
    QTest.mouseClick(chooser, LEFT)
    return chooser, view.window().findChild(OptionList)


def test_a_list_opens_in_the_window_and_a_press_chooses(view):
    show(view, sample.fields_item())
    _, opened = open_list(view)
    assert not opened.isWindow()
    QTest.mouseClick(opened.rows[1], LEFT)
    assert view.sent == [("fields", "A", ("b",), True)]


def test_a_list_is_worked_by_keys(view):
    show(view, sample.fields_item())
    view.activateWindow()
    _, opened = open_list(view)
    QTest.keyClick(opened.rows[0], Qt.Key.Key_Down)
    QTest.keyClick(opened.rows[1], Qt.Key.Key_Return)
    assert view.sent == [("fields", "A", ("b",), True)]


def test_a_press_elsewhere_closes_the_list_and_chooses_nothing(view, qtbot):
    show(view, sample.fields_item())
    chooser, opened = open_list(view)
    QTest.mouseClick(opened, LEFT, pos=QPoint(2, 2))
    assert view.sent == []
    assert chooser._list is None


def test_a_field_stands_on_the_line_of_its_text(view):
    show(view, sample.fields_item(), {"B": ("1.6",)})
    content = view._texts[0]
    places = {place.y() for place in (view._entries[0], view._lists[0])}
    assert all(0 <= top < content.height() for top in places)
    for field in (view._entries[0], view._lists[0], view._entries[1]):
        assert content.rect().contains(field.geometry())


def test_a_formula_makes_room_below_its_line():
    look = Look("zh-CN")
    plain = Document((sample._para("D = "),), look, Ink())
    deep = Document((sample._para("D = ", sample.FRACTION),), look, Ink())
    assert deep.height_for(800) > plain.height_for(800) + 10


def test_readers_hear_text_with_the_words_of_its_pictures(view):
    show(view, sample.figure_item(), lang="zh-CN")
    heard = QAccessible.queryAccessibleInterface(view._texts[0])
    assert heard.role() == QAccessible.Role.StaticText
    name = heard.text(QAccessible.Text.Name)
    assert "六级分馏萃取串级示意" in name
    assert "c(RE, org) 除以 c(RE, aq)" in name


@pytest.mark.parametrize("many", [False, True])
def test_choices_have_their_roles(view, many):
    show(view, sample.multiple_choice() if many else sample.single_choice(), {"R": ("a",)})
    heard = QAccessible.queryAccessibleInterface(cards(view)[0])
    role = QAccessible.Role.CheckBox if many else QAccessible.Role.RadioButton
    assert heard.role() == role
    assert heard.state().checked
    assert "chosen" in heard.text(QAccessible.Text.Name)


@pytest.mark.parametrize("theme", ["light", "dark", "sepia", "contrast"])
def test_an_item_is_photographed_for_its_author(qapp, theme):
    png = render_png(
        sample.figure_item(), lang="zh-CN", theme=theme, responses={"R": ("t",)}, width_px=600
    )
    picture = QImage.fromData(png, "PNG")
    assert picture.width() >= 600
    assert picture.height() > 250
    assert len({picture.pixel(x, 60) for x in range(picture.width())}) > 5


def test_the_same_widgets_show_one_question_after_another(view):
    items = [sample.single_choice(), sample.fields_item(), sample.multiple_choice()]
    for item in items:
        show(view, item)
    made = set(view.findChildren(QWidget))
    for at in range(30):
        show(view, items[at % len(items)])
    assert set(view.findChildren(QWidget)) == made


def test_a_field_is_there_again_after_a_question_without_text(view):
    bare = Item("bare", (Choice("R", ("a",)),), {"en": ItemText((Place("R"),), {"R": {}})})
    show(view, sample.fields_item())
    show(view, bare)
    show(view, sample.fields_item())
    assert all(field.isVisible() for field in (*view._entries, *view._lists))
