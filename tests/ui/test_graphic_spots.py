"""Places of a picture are chosen and numbered by mouse alone and by keys alone."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest

from kiosk.assessment.items import GraphicOrder, Hotspot
from kiosk.ui.item_view import render_png
from tests.ui.pictures import MIDDLES, PUMP, SIZE, SPOTS, VALVES, Answered, question

TAB, SPACE = Qt.Key.Key_Tab, Qt.Key.Key_Space
RIGHT, LEFT = Qt.Key.Key_Right, Qt.Key.Key_Left
ONE = Hotspot("R", SPOTS, SIZE)
MANY = Hotspot("R", SPOTS, SIZE, 2)
NEAR = Hotspot("R", (*SPOTS, *VALVES), SIZE, 0)
ORDER = GraphicOrder("R", SPOTS, SIZE)


@pytest.fixture
def view(qtbot):
    made = Answered()
    qtbot.addWidget(made)
    return made


def names(view):
    return [button.accessibleName() for button in view.stage.buttons]


@pytest.mark.parametrize("scale", [100, 200, 300])
@pytest.mark.parametrize("width", [832, 300])
def test_a_press_on_a_place_chooses_it_at_every_size(view, scale, width):
    view.ask(ONE, scale=scale, width=width)
    for name in "tpm":
        view.press_at(*MIDDLES[name])
    assert view.sent == [("t",), ("p",), ("m",)]
    view.press_at(200, 30)
    assert len(view.sent) == 3


def test_a_press_that_slides_off_its_place_chooses_nothing(view):
    view.ask(ONE)
    corner = view.stage.stage().topLeft().toPoint()
    QTest.mousePress(view.stage, Qt.MouseButton.LeftButton, pos=corner + QPoint(*MIDDLES["t"]))
    QTest.mouseRelease(view.stage, Qt.MouseButton.LeftButton, pos=corner + QPoint(*MIDDLES["p"]))
    view.press_at(*MIDDLES["p"], button=Qt.MouseButton.RightButton)
    assert view.sent == []


def test_places_are_walked_and_chosen_by_keys(view):
    view.ask(MANY)
    view.focus(view.stage.buttons[0])
    view.key(SPACE, RIGHT, RIGHT, SPACE)
    assert view.sent == [("t",), ("m", "t")]
    view.key(RIGHT, SPACE)
    assert view.sent[-1] == ("m",)


def test_tab_goes_from_place_to_place(view):
    view.ask(MANY)
    assert view.tab_stops() == view.stage.buttons
    view.focus(view.stage.buttons[0])
    view.key(TAB)
    assert view.stage.buttons[1].hasFocus()


@pytest.mark.parametrize(
    "key", [Qt.Key.Key_Return, Qt.Key.Key_PageDown, Qt.Key.Key_F, Qt.Key.Key_N]
)
def test_keys_of_the_exam_are_left_to_it(view, key, qtbot):
    view.ask(MANY)
    heard = []
    view.keyPressEvent = lambda event: heard.append(event.key())
    view.focus(view.stage.buttons[0])
    view.key(key)
    assert heard == [key]
    assert view.sent == []
    assert view.option_count() == 0


def test_one_place_too_many_is_said_and_not_sent(view):
    part = view.ask(MANY, ("m", "t"))
    view.press_at(*MIDDLES["p"])
    assert view.sent == []
    assert part.line.text() == "At most 2 can be chosen. Take one back first"
    view.press_at(*MIDDLES["t"])
    assert view.sent == [("m",)]
    assert part.line.text() == "Choose the places in the picture · 1 chosen"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", ["Area 1, tank", "Area 2, pump, chosen", "Area 3, mixer"]),
        ("zh-CN", ["区域 1, 储槽", "区域 2, 泵, 已选", "区域 3, 混合室"]),
    ],
)
def test_each_place_is_heard_with_its_words_and_its_state(view, lang, said):
    view.ask(ONE, ("p",), lang=lang)
    assert names(view) == said
    heard = [QAccessible.queryAccessibleInterface(button) for button in view.stage.buttons]
    assert [one.state().checked for one in heard] == [False, True, False]
    assert {one.role() for one in heard} == {QAccessible.Role.RadioButton}
    picture = QAccessible.queryAccessibleInterface(view.stage)
    assert picture.text(QAccessible.Text.Name) == "A tank, a pump and a mixer in a row"
    assert picture.childCount() == 3


def test_what_a_place_is_called_is_never_on_the_screen(view):
    part = view.ask(NEAR, ("t",))
    shown = [part.line.text(), *(card.accessibleName() for card in part.cards)]
    assert "tank" in shown[1]
    assert "tank" not in part.line.text()


def test_places_too_near_for_a_finger_have_cards_of_44_px(view):
    part = view.ask(ONE)
    assert part.cards == []
    part = view.ask(NEAR)
    assert len(part.cards) == 5
    assert all(card.isVisible() and card.height() >= 44 for card in part.cards)
    QTest.mouseClick(part.cards[4], Qt.MouseButton.LeftButton)
    view.focus(part.cards[3])
    view.key(SPACE)
    assert view.sent == [("v",), ("u", "v")]
    assert part.cards[4].accessibleName() == "Area 5, chosen"
    assert part.places._pointed == 3
    part = view.ask(ONE)
    assert part.cards == []


def test_places_are_numbered_in_the_order_they_are_pressed(view):
    part = view.ask(ORDER)
    view.press_at(*MIDDLES["m"])
    view.press_at(*MIDDLES["t"])
    assert view.sent[-1] == ("m", "t")
    assert names(view) == ["Area 1, tank, number 2", "Area 2, pump", "Area 3, mixer, number 1"]
    assert part.line.text().endswith("2 of 3 numbered")
    view.press_at(*MIDDLES["m"])
    assert view.sent[-1] == ("t",)


def test_an_order_is_given_by_keys(view):
    view.ask(ORDER)
    view.focus(view.stage.buttons[1])
    view.key(SPACE, LEFT, SPACE, LEFT, SPACE)
    assert view.sent[-1] == ("p", "t", "m")


def test_an_order_takes_no_more_than_it_asks_for(view):
    part = view.ask(GraphicOrder("R", SPOTS, SIZE, 2), ("t", "p"))
    view.press_at(*MIDDLES["m"])
    assert view.sent == []
    assert "At most 2" in part.line.text()


def test_widgets_are_used_again_from_question_to_question(view):
    view.ask(NEAR)
    first = view.part
    count = len(view.findChildren(type(view.stage.buttons[0])))
    for interaction in (ONE, NEAR, MANY, NEAR):
        view.ask(interaction)
    assert view.part is first
    assert len(view.findChildren(type(view.stage.buttons[0]))) == count


def test_a_place_without_a_picture_can_still_be_answered(view):
    view.ask(ONE)
    words = view.item.texts["en"]
    view.item = type(view.item)(
        "blank", view.item.interactions, {"en": type(words)(words.body, words.choices)}
    )
    view.show_item(view.item, {}, {}, view.shown)
    view.press_at(*MIDDLES["p"])
    assert view.sent == [("p",)]


@pytest.mark.parametrize("theme", ["light", "dark", "sepia", "contrast"])
def test_a_chosen_place_looks_other_than_a_free_one_in_every_theme(qapp, theme):
    def picture(*value):
        png = render_png(question(ONE), theme=theme, responses={"R": value})
        return QImage.fromData(png, "PNG")

    free, chosen = picture(), picture(PUMP.id)
    assert free.size() == chosen.size()
    assert free != chosen
