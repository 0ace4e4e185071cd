"""The candidate's note to the question shown, in a place of its own below it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.assessment.sitting import MAX_NOTE_LENGTH
from kiosk.terminal.screens.paper import Paper
from kiosk.ui.theme import Look
from kiosk.words import text


class NotesPanel(Paper):
    """A few lines to write in; the button in the bar opens and closes it."""

    typed = Signal(str, str)
    """Item and note, at every key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, MAX_NOTE_LENGTH)
        self._look = Look()
        self._item = ""
        self._shown: object = None
        self.field.typed.connect(lambda note: self.typed.emit(self._item, note))

    def show_note(self, item: str, note: str, look: Look) -> None:
        """Show the note to `item`."""
        # As high as a share of the window.
        shown = (item, note, look, self.window().height())
        if shown == self._shown and note == self.field.toPlainText():
            return
        self._shown = shown
        if item != self._item:
            self.field.finish()
        self._item, self._look = item, look
        title = text("Your notes to this question. They are saved and never marked", look.lang)
        self.show_paper(title, text("Your notes", look.lang), note, look, lines=3, share=6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("sunken"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
