"""The candidate's note to the question shown, in a place of its own below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.assessment.sitting import MAX_NOTE_LENGTH
from kiosk.ui.controls import RING, Words
from kiosk.ui.text_part import LongTextFrame
from kiosk.ui.theme import Look
from kiosk.ui.tokens import QUESTION_WIDTH, Gap, Type
from kiosk.words import text

_LINES = 3


class NotesPanel(QWidget):
    """A few lines to write in; the button in the bar opens and closes it."""

    typed = Signal(str, str)
    """Item and note, at every key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._item = ""
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.PAGE - RING, Gap.HAIR, Gap.PAGE - RING, Gap.HAIR)
        column.setSpacing(0)
        self.title = Words(self)
        self.title.setIndent(RING)
        self._frame = LongTextFrame(self, MAX_NOTE_LENGTH)
        self._frame.setMaximumWidth(QUESTION_WIDTH + 2 * RING)
        self.field = self._frame.field
        self.field.typed.connect(lambda note: self.typed.emit(self._item, note))
        column.addWidget(self.title)
        column.addWidget(self._frame)
        self.hide()

    def show_note(self, item: str, note: str, look: Look) -> None:
        """Show the note to `item`; what is being typed comes back as it is."""
        if item != self._item:
            self.field.finish()
        self._item, self._look = item, look
        self.title.say(
            text("Your notes to this question. They are saved and never marked", look.lang),
            look.chrome,
            Type.NOTE,
        )
        self._frame.show_look(look)
        self.field.show_look(look, _LINES, text("Your notes", look.lang))
        # With large text it has fewer lines, so that the question keeps most of the screen.
        self.field.setFixedHeight(min(self.field.sizeHint().height(), self.window().height() // 6))
        if note != self.field.toPlainText():
            self.field.put(note)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("sunken"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
