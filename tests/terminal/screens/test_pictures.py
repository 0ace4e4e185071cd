"""Questions on a picture are answered by keys within the exam, whose own keys go on working."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.assessment.responses import checked
from kiosk.terminal.practice_pictures import PICTURE_MAKERS
from kiosk.terminal.views import Answer, Flag, GoTo
from kiosk.ui.panels import settle_layouts
from kiosk.ui.theme import Look
from tests.terminal.screens import sample_views as sample

TAB, SPACE = Qt.Key.Key_Tab, Qt.Key.Key_Space


def shown(window, kind, responses=None):
    item = PICTURE_MAKERS[kind]()
    window.show_view(sample.an_exam(item, responses=responses))
    settle_layouts()
    [part] = window.screen_of(type(window.view)).question.items._used.values()
    return item, part


def tab_to(wanted):
    """Press Tab until `wanted` has the focus, as one does who has no mouse."""
    for _ in range(60):
        if wanted.hasFocus():
            return
        QTest.keyClick(QApplication.focusWidget(), TAB)
    raise AssertionError("Tab does not come there")


def press(*keys):
    for key in keys:
        QTest.keyClick(QApplication.focusWidget(), key)


@pytest.mark.parametrize("kind", PICTURE_MAKERS)
def test_a_practice_question_on_a_picture_is_of_its_kind(kind):
    assert PICTURE_MAKERS[kind]().kind is kind


@pytest.mark.parametrize("kind", PICTURE_MAKERS)
def test_a_question_on_a_picture_is_answered_without_a_mouse(window, kind):
    item, part = shown(window, kind)
    tab_to(part.tab_stops()[0])
    press(SPACE, Qt.Key.Key_Right)
    if not window.asked:  # what takes two presses: a line, a choice and its place
        places = part.stage.buttons
        tab_to(places[1])
        press(SPACE)
    [answer] = window.asked
    assert isinstance(answer, Answer)
    assert answer.value
    assert checked(item, "RESPONSE", answer.value) == answer.value


@pytest.mark.parametrize("kind", PICTURE_MAKERS)
def test_the_keys_of_the_exam_work_while_a_place_has_the_focus(window, kind):
    item, part = shown(window, kind)
    tab_to(part.tab_stops()[0])
    press(Qt.Key.Key_F, Qt.Key.Key_PageUp)
    tab_to(part.tab_stops()[0])
    press(Qt.Key.Key_Return)
    assert window.asked == [Flag(item.id, True), GoTo(17), GoTo(19)]


@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
@pytest.mark.parametrize("scale", [100, 200, 300])
def test_a_picture_fits_the_question_and_each_target_is_large_enough(window, size, scale):
    window.resize(*size)
    window.set_look(Look("zh-CN", scale=scale))
    for kind in PICTURE_MAKERS:
        _, part = shown(window, kind)
        inside = part.rect()
        assert part.stage.geometry().right() <= inside.right(), kind
        assert part.stage.zoom.width <= part.width(), kind
        area = window.screen_of(type(window.view)).question.area
        assert area.widget().width() <= area.viewport().width(), kind
        for target in part.tab_stops():
            assert min(target.width(), target.height()) >= 44, kind
