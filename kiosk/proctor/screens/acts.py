"""What this device did last: one line an act, newest first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.proctor.views import Row
from kiosk.ui.controls import Words, height_follows_width
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text


class ActsList(QWidget):
    """Time, seat and act in three columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Gap.SMALL)
        self._grid.setVerticalSpacing(Gap.TIGHT)
        self._grid.setColumnStretch(2, 1)
        self._empty = Words(self)
        self._grid.addWidget(self._empty, 0, 0, 1, 3)
        self._lines: list[tuple[Words, Words, Words]] = []

    def show_rows(self, rows: tuple[Row, ...], look: Look) -> None:
        self._empty.setVisible(not rows)
        self._empty.say(text("Nothing signed yet", look.lang), look, Type.NOTE, "quiet")
        while len(self._lines) < len(rows):
            at = len(self._lines) + 1
            line = (Words(self, wrap=False), Words(self, wrap=False), Words(self))
            for column, words in enumerate(line):
                self._grid.addWidget(words, at, column, Qt.AlignmentFlag.AlignTop)
            self._lines.append(line)
        for at, line in enumerate(self._lines):
            for words in line:
                words.setVisible(at < len(rows))
        for (time, where, what), row in zip(self._lines, rows, strict=False):
            time.say(row.time, look, Type.NOTE, "quiet")
            where.say(row.where, look, Type.NOTE, strong=True)
            what.say(row.what, look, Type.NOTE)
