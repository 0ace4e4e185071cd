"""Places of a picture are joined and filled, by mouse alone and by keys alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from kiosk.assessment.items import GraphicAssociate, GraphicGapMatch
from kiosk.assessment.responses import checked
from kiosk.ui.option_list import OptionList
from kiosk.ui.theme import Look
from tests.ui.pictures import MIDDLES, SIZE, SPOTS, VALVES, Answered, question

LEFT = Qt.MouseButton.LeftButton
SPACE, RIGHT, DOWN, END = Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return
LINES = GraphicAssociate("R", SPOTS, SIZE, {"t": 1, "p": 2, "m": 1}, 2)
GAPS = GraphicGapMatch(
    "R", ("x", "y", "z"), SPOTS, SIZE, {"x": 1, "y": 2, "z": 1, "t": 1, "p": 1, "m": 2}
)


@pytest.fixture
def view(qtbot):
    made = Answered()
    qtbot.addWidget(made)
    return made


def names(view):
    return [button.accessibleName() for button in view.stage.buttons]


def opened(view):
    return next(one for one in view.findChildren(OptionList) if one.isVisible())


@pytest.mark.parametrize(("scale", "width"), [(100, 832), (200, 832), (200, 320)])
def test_two_presses_make_a_line(view, scale, width):
    part = view.ask(LINES, scale=scale, width=width)
    view.press_at(*MIDDLES["t"])
    assert view.sent == []
    assert part.line.text() == "Now press the place that belongs to it · 0 lines"
    assert names(view)[0] == "Area 1, tank, chosen, press the other place"
    view.press_at(*MIDDLES["p"])
    assert view.sent == [("p t",)]
    assert checked(view.item, "R", view.sent[-1]) == view.sent[-1]
    assert names(view)[:2] == [
        "Area 1, tank, joined with Area 2, pump",
        "Area 2, pump, joined with Area 1, tank",
    ]


def test_a_line_is_made_by_keys(view):
    view.ask(LINES)
    view.focus(view.stage.buttons[0])
    view.key(SPACE, RIGHT, SPACE)
    assert view.sent == [("p t",)]
    view.key(Qt.Key.Key_Tab, Qt.Key.Key_Tab)
    assert view.part.take_backs.buttons[0].hasFocus()
    view.key(SPACE)
    assert view.sent[-1] == ()


def test_the_same_place_twice_begins_again(view):
    view.ask(LINES)
    view.press_at(*MIDDLES["t"])
    view.press_at(*MIDDLES["t"])
    assert view.sent == []
    assert names(view)[0] == "Area 1, tank"


def test_a_line_is_taken_back_by_its_button_which_says_which(view):
    part = view.ask(LINES, ("m p", "p t"))
    first, second = part.take_backs.buttons
    assert first.accessibleName() == "Remove line 1, Area 3, mixer – Area 2, pump"
    assert first.height() >= 44
    QTest.mouseClick(second, LEFT)
    assert view.sent == [("m p",)]


def test_a_place_is_joined_no_more_often_than_it_may_be(view):
    three = (*SPOTS, *VALVES)
    limits = {"t": 1, "p": 2, "m": 1, "u": 1, "v": 1}
    part = view.ask(GraphicAssociate("R", three, SIZE, limits, 0), ("m p", "p t"))
    view.press_at(*MIDDLES["p"])
    assert part.line.text() == "This can be used at most 2 times. Take a pair back first"
    view.press_at(*MIDDLES["u"])
    view.press_at(*MIDDLES["t"])
    assert view.sent[-1] == ("m p", "t u")


def test_lines_beyond_the_limit_are_said_and_not_sent(view):
    part = view.ask(GraphicAssociate("R", SPOTS, SIZE, {"t": 0, "p": 0, "m": 0}, 1), ("p t",))
    view.press_at(*MIDDLES["m"])
    view.press_at(*MIDDLES["p"])
    assert view.sent == []
    assert "At most 1" in part.line.text()


def test_what_was_begun_in_one_question_is_over_in_the_next(view):
    view.ask(LINES)
    view.press_at(*MIDDLES["t"])
    view.item = None
    view.ask(GAPS)
    view.ask(LINES)
    assert names(view)[0] == "Area 1, tank"


def test_a_choice_and_then_a_place_fills_it(view):
    part = view.ask(GAPS)
    QTest.mouseClick(part.chips[1], LEFT)
    assert part.chips[1].accessibleName() == "aqueous, chosen, press its place"
    view.press_at(*MIDDLES["m"])
    assert view.sent == [("y m",)]
    assert names(view)[2] == "Gap 3, mixer, holds aqueous"
    assert part.chips[1].accessibleName() == "aqueous, used 1 time"
    assert part.line.text().endswith("1 of 3 filled")


def test_a_place_is_filled_from_its_list_and_emptied(view):
    view.ask(GAPS)
    view.press_at(*MIDDLES["t"])
    rows = opened(view).rows
    assert [row.accessibleName() for row in rows] == ["organic", "aqueous", "ammonia"]
    QTest.mouseClick(rows[2], LEFT)
    assert view.sent == [("z t",)]
    view.press_at(*MIDDLES["t"])
    rows = opened(view).rows
    assert rows[2].isChecked()
    assert rows[-1].accessibleName() == "Leave empty"
    QTest.mouseClick(rows[-1], LEFT)
    assert view.sent[-1] == ()


def test_places_are_filled_by_keys(view):
    part = view.ask(GAPS)
    view.focus(part.chips[0])
    view.key(DOWN, SPACE)
    view.focus(view.stage.buttons[0])
    view.key(SPACE, RIGHT, SPACE)
    view.key(DOWN, END)
    assert view.sent == [("y t",), ("y p", "y t")]
    assert view.stage.buttons[1].hasFocus()


def test_tab_goes_from_the_choices_to_the_places(view):
    part = view.ask(GAPS)
    assert view.tab_stops() == [*part.chips, *view.stage.buttons]


def test_a_choice_for_one_place_moves_there(view):
    part = view.ask(GAPS, ("x t",))
    assert part.chips[0].face.word == "used"
    QTest.mouseClick(part.chips[0], LEFT)
    view.press_at(*MIDDLES["p"])
    assert view.sent == [("x p",)]


def test_a_choice_used_up_is_said_and_not_sent(view):
    part = view.ask(GAPS, ("y p", "y t"))
    QTest.mouseClick(part.chips[1], LEFT)
    view.press_at(*MIDDLES["m"])
    assert view.sent == []
    assert part.line.text() == "This can be used at most 2 times. Take a pair back first"


def test_a_place_may_hold_several(view):
    view.ask(GAPS, ("x m",))
    QTest.mouseClick(view.part.chips[2], LEFT)
    view.press_at(*MIDDLES["m"])
    assert view.sent == [("x m", "z m")]
    assert names(view)[2] == "Gap 3, mixer, holds organic; ammonia"


def test_choices_come_in_the_papers_order_and_are_heard_as_buttons(view):
    view.show_item(question(GAPS), {"R": ("z", "y", "x")}, {}, Look("zh-CN"))
    chips = view._used["R"].chips
    assert [chip.accessibleName() for chip in chips] == ["氨水", "水相", "有机相"]
    heard = QAccessible.queryAccessibleInterface(chips[0])
    assert heard.role() == QAccessible.Role.Button


def test_another_question_closes_an_open_list(view):
    view.ask(GAPS)
    view.press_at(*MIDDLES["t"])
    view.ask(LINES)
    assert not any(one.isVisible() for one in view.findChildren(OptionList))


def test_chips_and_places_are_large_enough_for_a_finger(view):
    part = view.ask(GAPS, scale=100)
    assert all(chip.height() >= 44 for chip in part.chips)
    assert all(button.height() >= 44 for button in view.stage.buttons)


def test_widgets_are_used_again_from_question_to_question(view):
    view.ask(GAPS)
    view.ask(LINES, ("p t",))
    count = len(view.findChildren(object))
    for _ in range(5):
        view.ask(GAPS)
        view.ask(LINES, ("p t",))
    assert len(view.findChildren(object)) == count
