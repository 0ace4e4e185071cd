"""Highlighting by mouse, finger and keys: what is asked, what is shown, and that nothing is chosen."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.assessment.content import Paragraph, Text
from kiosk.assessment.highlights import Passage, with_passage, words_of
from kiosk.assessment.items import ItemText
from kiosk.ui import highlighter
from kiosk.ui.content_view import ContentView
from kiosk.ui.item_view import ItemView
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Theme
from tests.terminal.screens import sample_views as sample

ITEM = sample.single_choice()
FINGER = QTest.createTouchDevice()
LOOK = Look("en")


class Seat:
    """A question on the screen that shows what it asks for."""

    def __init__(self, qtbot):
        self.view = ItemView()
        qtbot.addWidget(self.view)
        self.view.resize(820, 600)
        self.view.show()
        self.passages, self.answers, self.strikes = (), [], []
        self.view.highlighted.connect(self.highlight)
        self.view.answered.connect(lambda *what: self.answers.append(what))
        self.view.struck.connect(lambda *what: self.strikes.append(what))
        self.show()
        qtbot.waitExposed(self.view)
        QApplication.processEvents()

    def show(self, look=LOOK, item=ITEM):
        self.view.show_item(item, {}, {}, look, {}, self.passages)

    def highlight(self, item, passages, on):
        for passage in passages:
            assert words_of(ITEM, passage)
            self.passages = with_passage(self.passages, passage, on)
        self.show()

    @property
    def words(self):
        return [words_of(ITEM, one) for one in self.passages]

    @property
    def stem(self):
        return self.view.findChild(ContentView)

    @property
    def cards(self):
        return self.view.groups()[0].cards

    def drag(self, widget, start, end, by="mouse"):
        document, corner = widget.document, widget.document_at()
        places = document.places((0,))
        box = document.boxes(places[start], places[end])[0]
        lead = document._lead()
        began, ended = (
            (corner + place).toPoint() - QPoint(0, round(lead))
            for place in (box.topLeft(), box.topRight())
        )
        began, ended = began + QPoint(1, 9), ended + QPoint(0, 9)
        if by == "mouse":
            QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=began)
            QTest.mouseMove(widget, (began + ended) / 2)
            QTest.mouseMove(widget, ended)
            QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=ended)
        else:
            window = widget.window()
            at = [widget.mapTo(window, place) for place in (began, (began + ended) / 2, ended)]
            QTest.touchEvent(window, FINGER).press(0, at[0], window).commit()
            for place in at[1:]:
                QTest.touchEvent(window, FINGER).move(0, place, window).commit()
            QTest.touchEvent(window, FINGER).release(0, at[2], window).commit()
        QApplication.processEvents()

    def key(self, code, modifiers=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self.view.highlighter, code, modifiers)


@pytest.fixture
def seat(qtbot):
    return Seat(qtbot)


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_a_drag_over_the_stem_highlights_and_once_more_takes_it_back(seat, by):
    seat.drag(seat.stem, 0, 10, by)
    assert seat.words == ["Extracting"]
    assert seat.stem.accessibleName().endswith("highlighted: Extracting")
    seat.drag(seat.stem, 2, 6, by)
    assert seat.words == ["Ex", "ting"]
    assert seat.answers == seat.strikes == []


@pytest.mark.parametrize("by", ["mouse", "finger"])
def test_a_drag_over_an_option_highlights_and_neither_chooses_nor_strikes_out(seat, by, qtbot):
    card = seat.cards[3]
    seat.drag(card, 3, 8, by)
    qtbot.wait(700)  # longer than a long press
    assert (seat.words, seat.answers, seat.strikes) == (["rises"], [], [])
    assert "highlighted: rises" in card.accessibleName()
    assert not card.isDown()


@pytest.mark.parametrize("drift", [0, 6, 12])
def test_a_press_that_trembles_still_chooses(seat, drift):
    card = seat.cards[1]
    began = card.rect().center()
    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=began)
    QTest.mouseMove(card, began + QPoint(drift, 0))
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=began + QPoint(drift, 0))
    assert [answer[2] for answer in seat.answers] == [("b",)]
    assert seat.words == []


@pytest.mark.parametrize("theme", Theme)
def test_a_passage_is_shown_by_ground_and_by_a_line(seat, theme):
    look = Look("en", theme)
    seat.show(look)
    plain = seat.stem.grab().toImage()
    seat.passages = (Passage("en", (0,), 0, 10),)
    seat.show(look)
    image = seat.stem.grab().toImage()
    document = seat.stem.document
    (box,) = document.boxes(*document.shade.marked[0])
    left, top = round(box.left()) + 8, round(box.top() - document._lead())
    ground = image.pixelColor(left, top + 2)
    line = image.pixelColor(left, round(box.bottom() - document._lead()) - 1)
    assert ground == look.colour("marked") != plain.pixelColor(left, top + 2)
    assert line == look.colour("marked_line")


def test_a_passage_of_one_language_is_not_shown_in_the_other(seat):
    seat.passages = (Passage("en", (0,), 0, 10), Passage("zh-CN", (0,), 2, 6))
    seat.show()
    assert len(seat.stem.document.shade.marked) == 1
    assert "Extracting" in seat.stem.accessibleName()
    seat.show(Look("zh-CN"))
    assert seat.stem.accessibleName().endswith("已标出：P507")


def test_the_caret_highlights_sentences_words_and_options(seat):
    seat.cards[0].clearFocus()
    seat.view.highlighter.start()
    seat.key(Qt.Key.Key_Return)
    assert seat.words[0].startswith("Extracting with P507")
    seat.key(Qt.Key.Key_Return)
    assert seat.words == []
    shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    seat.key(Qt.Key.Key_Right, ctrl)
    seat.key(Qt.Key.Key_Right, ctrl | shift)
    seat.key(Qt.Key.Key_Space)
    assert seat.words == ["with "]
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Down)
    seat.key(Qt.Key.Key_Return)
    assert sorted(seat.words) == ["It rises", "with "]
    seat.key(Qt.Key.Key_B)
    assert seat.answers == []
    seat.key(Qt.Key.Key_Escape)
    assert not seat.view.highlighter.has_caret
    assert seat.stem.document.shade.caret is None


def test_another_question_or_another_focus_ends_the_caret(seat):
    seat.view.highlighter.start()
    seat.show(item=sample.multiple_choice())
    assert not seat.view.highlighter.has_caret
    seat.view.highlighter.start()
    seat.cards[0].setFocus()
    assert not seat.view.highlighter.has_caret


def test_a_drag_still_held_when_another_question_comes_highlights_nothing_of_it(seat):
    QTest.mousePress(seat.stem, Qt.MouseButton.LeftButton, pos=QPoint(30, 9))
    QTest.mouseMove(seat.stem, QPoint(200, 9))
    assert seat.stem.document.shade.selected != (0, 0)
    seat.show(item=sample.multiple_choice())
    QTest.mouseMove(seat.stem, QPoint(250, 9))
    QTest.mouseRelease(seat.stem, Qt.MouseButton.LeftButton, pos=QPoint(250, 9))
    assert seat.passages == ()
    assert seat.stem.document.shade.selected == (0, 0)


def test_rare_characters_are_counted_whole(seat):
    words = ItemText((Paragraph((Text("𠮷野 and 喆"),)),), ITEM.texts["en"].choices)
    item = replace(ITEM, texts={"en": words})
    seat.view.show_item(item, {}, {}, LOOK, {}, (Passage("en", (0,), 1, 2),))
    assert seat.stem.accessibleName().endswith("highlighted: 野")
    assert seat.stem.document.shade.marked == ((2, 3),)


def test_a_rare_character_under_the_caret_is_said_whole(seat, monkeypatch):
    said = []
    monkeypatch.setattr(highlighter, "announce", lambda _source, words: said.append(words))
    words = ItemText((Paragraph((Text("野𠮷 and 喆"),)),), ITEM.texts["en"].choices)
    seat.show(item=replace(ITEM, texts={"en": words}))
    seat.cards[0].clearFocus()
    seat.view.highlighter.start()
    for _ in range(2):
        seat.key(Qt.Key.Key_Right)
    assert said == ["𠮷", " "]
