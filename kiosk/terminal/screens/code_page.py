"""The page of every screen that waits for a proctor: the code to scan, and words beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.pieces import CodeCard
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap
from kiosk.words import text

_WIDTH = 1040
_WORDS_PX = 460
"""With less room than this for the words they stand below the code."""


class CodePage(Page):
    """`words` is the parent of what `fill` puts beside the code."""

    def __init__(self, parent: QWidget, spacing: Gap = Gap.MEDIUM) -> None:
        super().__init__(parent, _WIDTH)
        self.code = CodeCard(self.column)
        self.words = QWidget(self.column)
        self._beside = QVBoxLayout(self.words)
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(spacing)
        self._columns = Columns(self.column, self.code, self.words, (0, 1))
        self.rows.addStretch(1)
        self.rows.addWidget(self._columns)
        self.rows.addStretch(1)

    def fill(self, *parts: QWidget) -> None:
        """Stack `parts` beside the code, in the middle of its height."""
        self._beside.addStretch(1)
        for part in parts:
            self._beside.addWidget(part)
        self._beside.addStretch(1)

    def show_challenge(self, challenge: str, look: Look) -> None:
        """Show the code; to be called once the words are filled in, whose height it fits."""
        self.show_code(challenge, text("Code for the proctor to scan", look.lang), look)

    def show_code(self, code: str, name: str, look: Look) -> None:
        """As `show_challenge`, for a code of another `name`."""
        self.dress(look)
        self.code.show_code(code, name, look)
        self._columns.fit(self.code.sizeHint().width() + look.px(_WORDS_PX) + Gap.WIDE)
