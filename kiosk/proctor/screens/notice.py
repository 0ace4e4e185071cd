"""A notice below the header, on whatever page: it covers nothing and goes when its reason does."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.ui.controls import Words
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type


class Notice(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        row = QHBoxLayout(self)
        row.setContentsMargins(Gap.LARGE + Gap.HAIR, Gap.TIGHT, Gap.LARGE, Gap.TIGHT)
        self.words = Words(self)
        row.addWidget(self.words)
        self.hide()

    def say(self, words: str, look: Look) -> None:
        self._look = look
        if words != self.words.text():
            announce(self, words, urgent=True)
        self.words.say(words, look, Type.NOTE, strong=True)
        self.setVisible(bool(words))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour("warn_soft"))
