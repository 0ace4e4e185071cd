"""The card of keys, opened by F1 and closed by any key or press."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from kiosk.ui.controls import Words
from kiosk.ui.panels import Card
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import listed, text

_SHADE = QColor(0, 0, 0, 140)


def key_lines(lang: str) -> list[tuple[str, str]]:
    """Each key with what it does; the first few are what one needs."""
    return [
        (text("A-H or 1-8", lang), text("choose", lang)),
        ("Enter", text("next question", lang)),
        ("PgUp / PgDn", text("question before, after", lang)),
        ("F", text("flag (Ctrl+F where there is an option F)", lang)),
        ("N", text("notes to the question (Ctrl+N while typing)", lang)),
        ("M", text("highlight words (or drag over them; once more takes it back)", lang)),
        ("X", text("strike out the choice in focus (or right click, long press)", lang)),
        ("T", text("tools, where the exam has some", lang)),
        ("R", text("have the question read aloud, where that was granted", lang)),
        ("=", text("calculator, where the exam has one", lang)),
        ("↑ ↓", text("move among choices, scroll", lang)),
        ("Shift", text("Chinese by pinyin on or off while typing (or Ctrl+Space)", lang)),
        ("Tab", text("go to the next control", lang)),
        (text("Space", lang), text("press what is in focus", lang)),
        ("Alt + ↑ ↓", text("move a choice in an order", lang)),
        ("Ctrl + / Ctrl −", text("larger, smaller text", lang)),
        ("F1", text("this card", lang)),
        ("F9", text("fire alarm: hides the paper", lang)),
        ("F12", text("for the proctor", lang)),
    ]


class KeysCard(QWidget):
    """Over the window, never a window of its own."""

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._card = Card(self)
        self.title = Words(self._card, wrap=False)
        self._card.rows.addWidget(self.title)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(Gap.LARGE)
        self._grid.setVerticalSpacing(Gap.HAIR)
        self._card.rows.addLayout(self._grid)
        column.addWidget(self._card)
        self.lines: list[tuple[Words, Words]] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def open(self, look: Look) -> None:
        look = look.chrome
        self._card.dress(look, edge="border")
        self.title.say(text("Keys", look.lang), look, Type.TITLE, strong=True)
        for at, (key, what) in enumerate(key_lines(look.lang)):
            if at == len(self.lines):
                pair = (Words(self._card, wrap=False), Words(self._card, wrap=False))
                self._grid.addWidget(pair[0], at, 0)
                self._grid.addWidget(pair[1], at, 1)
                self.lines.append(pair)
            self.lines[at][0].say(key, look, Type.NOTE, strong=True)
            self.lines[at][1].say(what, look, Type.NOTE)
        lines = listed((f"{key}: {what}" for key, what in key_lines(look.lang)), look.lang, "; ")
        self.setAccessibleName(f"{self.title.text()}. {lines}")
        self.setGeometry(self.window().rect())
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_card(self) -> None:
        self.hide()
        self.closed.emit()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.close_card()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt):
            self.close_card()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), _SHADE)
