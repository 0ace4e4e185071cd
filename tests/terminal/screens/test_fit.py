"""No word is cut off, no control leaves the screen: every view, language, size of screen and of text."""

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from kiosk.artefacts.session import TOOLS
from kiosk.terminal.practice import _MAKERS
from kiosk.terminal.screens.periodic_table import PeriodicTable
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.views import Rules
from kiosk.ui.choice_card import ChoiceCard
from kiosk.ui.content_view import ContentView
from kiosk.ui.controls import Button, Words
from kiosk.ui.fields import ListField
from kiosk.ui.panels import Page, settle_layouts
from kiosk.ui.piece import Piece
from kiosk.ui.theme import Look
from kiosk.words import LANGUAGES
from tests.terminal.screens import sample_views as sample
from tests.terminal.screens.sample_views import SHEET, a_header, a_question, all_views

VIEWS = all_views()
SIZES = [(1366, 768), (1920, 1080), (1280, 1024), (1280, 720), (1024, 768)]


def misfits(window):
    """Every shown widget that is too small for its words, leaves its parent or scrolls in vain, in words."""
    found = []
    for widget in shown(window):
        name = f"{type(widget).__name__} {(widget.accessibleName() or _text(widget))[:30]!r}"
        if isinstance(widget, ContentView | ChoiceCard | Words | Piece | ListField):
            if widget.hasHeightForWidth() and widget.height() < widget.heightForWidth(
                widget.width()
            ):
                found.append(
                    f"{name}: {widget.height()} px high, needs {widget.heightForWidth(widget.width())}"
                )
            elif not widget.hasHeightForWidth() and widget.width() < widget.sizeHint().width():
                found.append(f"{name}: {widget.width()} px wide, needs {widget.sizeHint().width()}")
        if isinstance(widget, Button):
            hint = widget.sizeHint()
            if widget.width() < hint.width() or widget.height() < hint.height():
                found.append(f"{name}: {widget.size()} is smaller than {hint}")
        if isinstance(widget, Page) and widget.verticalScrollBar().maximum():
            high, needs = (
                (inside := widget.widget()).height(),
                inside.heightForWidth(inside.width()),
            )
            if high > needs:
                found.append(f"{name}: scrolls over {high} px, needs {needs}")
        parent = widget.parentWidget()
        if _stands_in(widget, parent) and (
            widget.x() < 0 or widget.x() + widget.width() > parent.width()
        ):
            found.append(f"{name}: leaves its parent at the side")
        if isinstance(widget, QAbstractButton) and not _within(widget, window):
            found.append(f"{name}: leaves the window")
    return found


def shown(part):
    """Every widget within `part` that is seen; what is in one that is hidden is not looked for."""
    for child in part.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield child
            yield from shown(child)


def _text(widget):
    return widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""


def _stands_in(widget, parent):
    return not isinstance(parent, QScrollArea | None) and not isinstance(widget, PeriodicTable)


def _within(widget, window):
    corner = widget.mapTo(window, widget.rect().topLeft())
    if corner.x() < 0 or corner.x() + widget.width() > window.width():
        return False
    area = widget.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            return True  # what scrolls may be above or below
        area = area.parentWidget()
    return corner.y() >= 0 and corner.y() + widget.height() <= window.height()


@pytest.fixture(scope="module")
def window(qapp):
    made = TerminalWindow()
    made.show()
    yield made
    made.guard.release()
    made.close()


def in_every_run(size, scale, lang):
    """The smallest screen always; of the others both languages, each at one of two text sizes."""
    if size == (1024, 768):
        return True
    return scale == (100, 200)[(SIZES.index(size) + LANGUAGES.index(lang)) % 2]


LOOKS = [
    pytest.param(
        size,
        scale,
        lang,
        id=f"{size[0]}x{size[1]}-{scale}-{lang}",
        # The rest is for `make campaign`.
        marks=() if in_every_run(size, scale, lang) else pytest.mark.campaign,
    )
    for size in SIZES
    for scale in (100, 150, 200, 300)
    for lang in LANGUAGES
]


@pytest.mark.parametrize(("size", "scale", "lang"), LOOKS)
def test_every_word_of_every_view_has_its_place(window, qapp, size, scale, lang):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    found = {}
    for name, view in VIEWS.items():
        window.show_view(view)
        assert (window.width(), window.height()) == size
        if misfit := misfits(window):
            found[name] = misfit
    assert found == {}


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 200, 300])
def test_every_practice_question_has_its_place(window, scale, lang):
    window.resize(1024, 768)
    window.set_look(Look(lang, scale=scale))
    found = {}
    for kind, make in _MAKERS.items():
        item = make()
        window.show_view(Rules(a_header(), {}, True, a_question(item, 1, count=1), 1, 1))
        if misfit := misfits(window):
            found[kind] = misfit
    assert found == {}


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 200, 300])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
def test_the_calculator_has_its_place_and_keys_for_a_finger(window, size, scale, lang):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    window.show_view(VIEWS["exam_tools"])
    screen = window.screen_of(type(window.view))
    screen.tool.click()
    try:
        assert misfits(window) == []
        for sign, button in screen.tools.calculator.keys.items():
            assert min(button.shape().width(), button.shape().height()) >= 44, sign
        assert not screen.tools.geometry().intersects(screen.question.geometry())
        assert screen.question.area.height() >= 120
    finally:
        screen.tool.click()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 200, 300])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
def test_each_tool_has_its_place_beside_the_question(window, size, scale, lang):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    window.show_view(VIEWS["exam_all_tools"])
    screen = window.screen_of(type(window.view))
    screen.tool.click()
    try:
        for name, button in screen.tools.buttons.items():
            button.click()
            settle_layouts()
            assert misfits(window) == [], name
            assert screen.tools.tools[name].isVisible()
            assert min(button.shape().width(), button.shape().height()) >= 44
            assert not screen.tools.geometry().intersects(screen.question.geometry())
            assert screen.question.area.height() >= 80, name
    finally:
        screen.tool.click()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 200, 300])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
def test_notes_have_their_place_and_leave_the_question_most_of_it(window, size, scale, lang):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    window.show_view(VIEWS["exam_noted"])
    screen = window.screen_of(type(window.view))
    screen.note.click()
    try:
        assert misfits(window) == []
        assert screen.question.area.height() > screen.notes.height()
        covered = screen.notes.geometry().intersects(screen.question.geometry())
        assert not covered
    finally:
        screen.note.click()


def test_a_cut_off_label_is_found(window):
    window.resize(1366, 768)
    window.set_look(Look())
    window.show_view(VIEWS["trouble"])
    words = next(one for one in window.findChildren(Words) if one.isVisible() and one.wordWrap())
    words.resize(words.width(), words.height() - 3)
    assert misfits(window)


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 300])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
def test_keys_on_the_screen_have_their_place_and_leave_the_question_in_sight(
    window, qapp, size, scale, lang
):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    window.show_view(VIEWS["exam_fields"])
    exam = window.screen_of(type(window.view))
    window.activateWindow()
    qapp.processEvents()
    exam.question.items.first_field().setFocus()
    qapp.processEvents()
    window.header.keyboard_button.click()
    try:
        assert window.keyboard.isVisible()
        assert misfits(window) == []
        assert exam.question.height() >= 100
        for button in window.keyboard.findChildren(QAbstractButton):
            assert button.shape().width() >= 44, button.text()
            assert button.shape().height() >= 44, button.text()
    finally:
        window.keyboard.dismiss()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("size", [(1024, 768), (1366, 768)])
@pytest.mark.parametrize("name", ["scratch", "notes"])
def test_paper_has_a_whole_line_above_the_keys_on_the_screen(window, qapp, size, scale, lang, name):
    window.resize(*size)
    window.set_look(Look(lang, scale=scale))
    window.show_view(VIEWS["exam_all_tools"])
    exam = window.screen_of(type(window.view))
    window.activateWindow()
    qapp.processEvents()
    opener = exam.note if name == "notes" else exam.tool
    opener.click()
    if name == "scratch":
        exam.tools.choose("scratch_pad")
    paper = exam.notes if name == "notes" else exam.tools.scratch
    qapp.processEvents()
    window.header.keyboard_button.click()
    try:
        assert window.keyboard.isVisible()
        assert paper.field.height() >= paper.field.minimumHeight()
        bottom = paper.mapTo(exam, paper.field.geometry().bottomRight()).y()
        assert bottom <= exam.bar.y()
        around = paper.field.parentWidget()
        while around is not exam:
            assert around.height() >= around.minimumSizeHint().height(), around
            around = around.parentWidget()
    finally:
        opener.click()
        qapp.processEvents()
        assert not paper.isVisible()
        window.keyboard.dismiss()


@pytest.mark.parametrize(("scale", "lang"), [(100, "en"), (200, "zh-CN")])
def test_keys_and_a_panel_never_take_the_question_from_who_writes_in_it(window, qapp, scale, lang):
    window.resize(1024, 768)
    window.set_look(Look(lang, scale=scale))
    window.show_view(sample.an_exam(sample.fields_item(), tools=TOOLS, sheet=SHEET))
    exam = window.screen_of(type(window.view))
    field = exam.question.items.first_field()
    window.activateWindow()
    try:
        for name in TOOLS:
            written_in = name == "scratch_pad"
            field.setFocus()
            if not window.keyboard.isVisible():
                window.header.keyboard_button.click()
            exam.tool.click()
            exam.tools.choose(name)
            qapp.processEvents()
            assert exam.tools.isVisible(), name
            assert window.keyboard.isVisible() is written_in, name
            assert exam.question.area.isHidden() is (written_in and scale == 200), name
            field.setFocus()
            qapp.processEvents()
            if not window.keyboard.isVisible():
                window.header.keyboard_button.click()
            qapp.processEvents()
            assert not exam.tools.isVisible(), name
            assert exam.tool.accessibleName() == Look(lang).say("Tools"), name
            assert exam.question.area.height() >= 150, name
            assert field.hasFocus(), name
    finally:
        window.keyboard.dismiss()


def test_where_there_is_room_keys_and_a_sheet_stand_beside_each_other(window, qapp):
    window.resize(1920, 1080)
    window.set_look(Look("en"))
    window.show_view(sample.an_exam(sample.fields_item(), tools=TOOLS, sheet=SHEET))
    exam = window.screen_of(type(window.view))
    window.activateWindow()
    exam.tool.click()
    exam.tools.choose("formula_sheet")
    exam.question.items.first_field().setFocus()
    try:
        window.header.keyboard_button.click()
        qapp.processEvents()
        assert window.keyboard.isVisible()
        assert exam.tools.isVisible()
        assert misfits(window) == []
    finally:
        window.keyboard.dismiss()
        exam.tool.click()
