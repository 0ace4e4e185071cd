"""The scratch pad: one sheet for the whole exam, saved like answers and never marked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.assessment.sitting import MAX_SCRATCH_LENGTH
from kiosk.ui.controls import RING, Words
from kiosk.ui.text_part import LongTextFrame
from kiosk.ui.theme import Look
from kiosk.ui.tokens import QUESTION_WIDTH, Gap, Type
from kiosk.words import text

_LINES = 6


class ScratchPanel(QWidget):
    """A sheet to write on."""

    typed = Signal(str)
    """The whole sheet, at every key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.PAGE - RING, Gap.HAIR, Gap.PAGE - RING, Gap.HAIR)
        column.setSpacing(0)
        self.title = Words(self)
        self.title.setIndent(RING)
        self._frame = LongTextFrame(self, MAX_SCRATCH_LENGTH)
        self._frame.setMaximumWidth(QUESTION_WIDTH + 2 * RING)
        self.field = self._frame.field
        self.field.typed.connect(self.typed)
        column.addWidget(self.title)
        column.addWidget(self._frame)
        self.hide()

    def show_scratch(self, scratch: str, look: Look) -> None:
        """Show the sheet; what is being typed comes back as it is."""
        self.title.say(
            text("One sheet for the whole exam. It is saved and never marked", look.lang),
            look.chrome,
            Type.NOTE,
        )
        self._frame.show_look(look)
        self.field.show_look(look, _LINES, text("Scratch pad", look.lang))
        self.field.setFixedHeight(min(self.field.sizeHint().height(), self.window().height() // 5))
        if scratch != self.field.toPlainText():
            self.field.put(scratch)
