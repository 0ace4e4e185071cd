"""A question asks for the room it needs at the width it has, whatever width it had before."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent

from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.views import Exam
from kiosk.ui.theme import Look
from tests.terminal.screens.sample_views import _choices, all_views

VIEWS = all_views()


def with_long_choices(name):
    """A sample question whose choices take two lines in a narrow column and one in a wide one."""
    view = VIEWS[name]
    item = view.question.item
    words = "one line of a wide screen, and two where the column is narrow"
    texts = {
        lang: replace(
            told,
            choices={
                response: {key: _choices(**{key: (words,)})[key] for key in choices}
                for response, choices in told.choices.items()
            },
        )
        for lang, told in item.texts.items()
    }
    return replace(view, question=replace(view.question, item=replace(item, texts=texts)))


@pytest.mark.parametrize("name", ["exam", "exam_multiple", "exam_order"])
def test_a_wide_question_keeps_no_room_for_the_lines_of_a_narrow_one(qtbot, name):
    window = TerminalWindow()
    window.set_look(Look("en"))
    window.resize(1366, 768)
    window.show()
    window.show_view(VIEWS["practice"])
    window.show_view(with_long_choices(name))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
    area = window.screen_of(Exam).question.area
    inside, seen = area.widget(), area.viewport().height()
    try:
        needed = inside.heightForWidth(inside.width())
        assert area.verticalScrollBar().maximum() == max(0, needed - seen)
    finally:
        window.guard.release()
        window.close()
