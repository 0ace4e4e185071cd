"""Points are put on a picture, and objects on their places, by mouse alone and by keys alone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from kiosk.assessment.items import PositionObject, SelectPoint
from kiosk.assessment.responses import checked
from tests.ui.pictures import SIZE, Answered, question

SPACE, DELETE = Qt.Key.Key_Space, Qt.Key.Key_Delete
RIGHT, LEFT, UP, DOWN = Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down
SHIFT = Qt.KeyboardModifier.ShiftModifier
ONE = SelectPoint("R", SIZE)
THREE = SelectPoint("R", SIZE, 3)
OBJECT = PositionObject("R", "o", (24, 24), SIZE)
OBJECTS = PositionObject("R", "o", (24, 24), SIZE, 2)


@pytest.fixture
def view(qtbot):
    made = Answered()
    qtbot.addWidget(made)
    return made


def take_backs(view):
    return [button for button in view.part.take_backs.buttons if button.isVisible()]


@pytest.mark.parametrize("interaction", [ONE, OBJECT], ids=["point", "object"])
@pytest.mark.parametrize(("scale", "width"), [(100, 832), (200, 832), (100, 300), (300, 400)])
def test_a_press_puts_a_point_where_it_is(view, interaction, scale, width):
    view.ask(interaction, scale=scale, width=width)
    view.press_at(173, 91)
    [value] = view.sent
    x, y = map(int, value[0].split(" "))
    # A px of the screen is more than one of the picture where it is shrunk.
    slack = max(1, 1 / view.stage.zoom.across)
    assert abs(x - 173) <= slack
    assert abs(y - 91) <= slack


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    st.sampled_from((100, 200, 300)), st.sampled_from((832, 300)), st.floats(0, 1), st.floats(0, 1)
)
def test_whatever_is_pressed_is_a_response_and_is_drawn_where_it_was_pressed(
    view, scale, width, across, down
):
    view.ask(ONE, scale=scale, width=width)
    view.sent.clear()
    corner = view.stage.stage().topLeft().toPoint()
    zoom = view.stage.zoom
    at = QPoint(round(across * zoom.width), round(down * zoom.height))
    QTest.mouseClick(view.stage, Qt.MouseButton.LeftButton, pos=corner + at)
    [value] = view.sent
    assert checked(question(ONE), "R", value) == value
    drawn = view.stage.zoom.shown(*map(int, value[0].split(" ")))
    assert (drawn - at).manhattanLength() <= 2 * max(1.0, view.stage.zoom.across / 2) + 0.01


def test_a_press_beside_the_picture_puts_nothing(view):
    view.ask(ONE)
    QTest.mouseClick(view.stage, Qt.MouseButton.LeftButton, pos=QPoint(800, 100))
    view.press_at(30, 30, button=Qt.MouseButton.RightButton)
    assert view.sent == []


@pytest.mark.parametrize("interaction", [ONE, OBJECT], ids=["point", "object"])
def test_the_only_point_moves_to_where_one_presses_next(view, interaction):
    view.ask(interaction, ("80 130",))
    view.press_at(84, 132)
    assert view.sent == [("84 132",)]


@pytest.mark.parametrize("interaction", [ONE, OBJECT], ids=["point", "object"])
def test_a_point_is_put_moved_and_taken_by_keys(view, interaction):
    view.ask(interaction)
    view.focus(view.stage)
    view.key(RIGHT, RIGHT, UP)
    view.key(LEFT, modifier=SHIFT)
    view.key(SPACE)
    assert view.sent == [("252 129",)]
    view.key(DOWN, SPACE)
    assert view.sent[-1] == ("252 130",)
    view.key(SPACE)
    assert view.sent[-1] == ()
    view.key(SPACE, DELETE)
    assert view.sent[-2:] == [("252 130",), ()]


def test_the_cross_hair_stays_on_the_picture(view):
    view.ask(ONE)
    view.focus(view.stage)
    for _ in range(60):
        view.key(LEFT, UP, modifier=SHIFT)
    view.key(SPACE)
    assert view.sent == [("0 0",)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_PageUp, Qt.Key.Key_F, Qt.Key.Key_N])
def test_keys_of_the_exam_are_left_to_it(view, key):
    view.ask(ONE)
    heard = []
    view.keyPressEvent = lambda event: heard.append(event.key())
    view.focus(view.stage)
    view.key(key)
    assert heard == [key]
    assert view.sent == []


@pytest.mark.parametrize(
    ("lang", "before", "after"),
    [
        (
            "en",
            "260 of 520 across, 130 of 260 down",
            "260 of 520 across, 131 of 260 down, marked",
        ),
        (
            "zh-CN",
            "横向 260 / 520，纵向 130 / 260",
            "横向 260 / 520，纵向 131 / 260, 已标记",
        ),
    ],
)
def test_the_cross_hair_says_where_it_is_and_what_is_there(view, lang, before, after):
    view.ask(ONE, lang=lang)
    assert view.stage.accessibleName() == before
    assert view.stage.accessibleDescription() == "A tank, a pump and a mixer in a row"
    view.focus(view.stage)
    view.key(DOWN, SPACE)
    assert view.stage.accessibleName() == after


def test_of_several_points_a_press_on_one_takes_it_back(view):
    view.ask(THREE, ("260 130", "80 130"))
    view.press_at(400, 100)
    assert view.sent == [("260 130", "400 100", "80 130")]
    view.press_at(82, 127)
    assert view.sent[-1] == ("260 130", "400 100")


def test_one_point_too_many_is_said_and_not_sent(view):
    part = view.ask(THREE, ("260 130", "400 100", "80 130"))
    view.press_at(20, 20)
    assert view.sent == []
    assert part.line.text() == "At most 3 can be marked. Take one back first"
    view.press_at(80, 130)
    assert part.line.text() == "Press the places in the picture · 2 marked"


def test_each_point_has_a_button_of_44_px_that_takes_it_back_and_says_which(view):
    view.ask(THREE, ("260 130", "80 130"))
    first, second = take_backs(view)
    assert first.height() >= 44
    assert first.accessibleName() == "Remove 1, 260 of 520 across, 130 of 260 down"
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert view.sent == [("80 130",)]
    assert take_backs(view) == [first]
    assert second.isHidden()


def test_points_keep_their_numbers_while_others_come(view):
    part = view.ask(THREE, ("300 130",))
    view.press_at(100, 100)
    assert view.sent == [("100 100", "300 130")]
    assert part._points == [(300, 130), (100, 100)]


def test_tab_goes_from_the_picture_to_the_buttons_that_came_since(view):
    view.ask(THREE, ("260 130",))
    view.focus(view.stage)
    view.key(SPACE)
    view.press_at(400, 100)
    view.key(Qt.Key.Key_Tab)
    assert take_backs(view)[0].hasFocus()
    view.key(SPACE)
    assert len(view.sent[-1]) == len(view.sent[-2]) - 1


def test_the_object_is_shown_beside_and_on_its_place(view):
    part = view.ask(OBJECTS, ("180 130",))
    assert part.sample.accessibleName() == "a valve"
    assert view.stage._object().width() == 24
    part = view.ask(OBJECTS, ("180 130",), scale=200)
    assert view.stage._object().width() == round(24 * view.stage.zoom.across)


def test_an_object_is_taken_back_by_a_press_on_it(view):
    view.ask(OBJECTS, ("180 130",))
    view.press_at(340, 130)
    assert view.sent == [("180 130", "340 130")]
    view.press_at(187, 124)
    assert view.sent[-1] == ("340 130",)


def test_an_object_without_a_picture_is_put_as_a_cross(view):
    view.ask(PositionObject("R", "x", (24, 24), SIZE))
    view.press_at(100, 100)
    assert view.sent == [("100 100",)]
    assert view.stage._object() is None


def test_another_question_begins_with_nothing_of_the_last(view):
    view.ask(THREE, ("260 130",))
    view.focus(view.stage)
    view.key(LEFT, LEFT)
    view.ask(SelectPoint("R", (200, 100)))
    assert view.stage.cross == (100, 50)
    assert view.stage._points == ()


def test_the_picture_is_drawn_once_for_a_size(view):
    view.ask(ONE)
    view.stage.grab()
    drawn = view.stage._ground
    view.press_at(100, 100)
    view.stage.grab()
    assert view.stage._ground is drawn
