"""Paper below the question, for what is saved and never marked: the notes, and the scratch pad."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.ui.controls import RING, Words
from kiosk.ui.text_part import LongTextFrame
from kiosk.ui.theme import Look
from kiosk.ui.tokens import QUESTION_WIDTH, Gap, Type


class Paper(QWidget):
    """A field under a line that says what it is for. It yields down to one line where keys on the screen
    take the room.

    Args:
        most: characters it takes.
    """

    def __init__(self, parent: QWidget, most: int) -> None:
        super().__init__(parent)
        self._share = 1
        self._small = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.PAGE - RING, Gap.HAIR, Gap.PAGE - RING, Gap.HAIR)
        column.setSpacing(0)
        self.title = Words(self)
        self.title.setIndent(RING)
        self._frame = LongTextFrame(self, most)
        self._frame.setMaximumWidth(QUESTION_WIDTH + 2 * RING)
        self.field = self._frame.field
        column.addWidget(self.title)
        column.addWidget(self._frame)
        self.hide()

    def show_paper(
        self, title: str, name: str, written: str, look: Look, *, lines: int, share: int
    ) -> None:
        """Show what is `written`; what is being typed comes back as it is.

        Args:
            lines: as high as it likes to be.
            share: the part of the window it takes at the most, as 1/`share`: with large text it has
                fewer lines, so that the question keeps most of the screen.
        """
        self.title.say(title, look.chrome, Type.NOTE)
        self._frame.show_look(look)
        self.field.show_look(look, lines, name)
        self._share = share
        self._limit()
        if written != self.field.toPlainText():
            self.field.put(written)

    def keep_small(self, small: bool) -> None:
        """Take two lines at the most: keys on the screen take the room, and the question needs some."""
        if small != self._small:
            self._small = small
            self._limit()

    def _limit(self) -> None:
        line, around = self.field.fontMetrics().lineSpacing(), 2 * Gap.SMALL
        most = min(self.field.sizeHint().height(), self.window().height() // self._share)
        least = line + (2 * Gap.HAIR if self._small else around)
        self.field.setMinimumHeight(least)
        self.field.setMaximumHeight(
            max(least, min(most, 2 * line + around) if self._small else most)
        )
