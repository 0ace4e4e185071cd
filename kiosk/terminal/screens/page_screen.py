"""What most screens are: one page in the middle, which scrolls, above the bar."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.screen import Screen
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look


class PageScreen(Screen):
    """A page of at most `width` px. Its parts are children of `inside`."""

    def __init__(self, parent: QWidget, width: int) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._page = Page(self, width)
        self.inside = self._page.column
        self.bar = Bar(self)
        column.addWidget(self._page, 1)
        column.addWidget(self.bar)

    def fill(self, *parts: QWidget) -> None:
        """Stack `parts` a little above the middle of the page."""
        self._page.rows.addStretch(2)
        for part in parts:
            self._page.rows.addWidget(part)
        self._page.rows.addStretch(3)

    def dress(self, look: Look) -> None:
        """Take the look on; what is on the page is filled by the screen."""
        self._page.dress(look)
        self.bar.dress(look.chrome)
