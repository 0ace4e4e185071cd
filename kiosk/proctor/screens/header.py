"""The desk's header: whose desk, for which session, until when; notebook, text size, language, lock.

It grows only to 150 %, so that the three steps keep the screen.
"""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.proctor.views import Header as HeaderView
from kiosk.ui.controls import Button, Words, side_by_side
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOLD_SCALE, Gap, Height, Type
from kiosk.words import text

_OTHER = {"zh-CN": "English", "en": "中文"}


class Header(QWidget):
    """Its four buttons are wired by the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Gap.LARGE + Gap.HAIR, 0, Gap.LARGE, 1)
        self._box.setSpacing(Gap.HAIR)
        self._left = QWidget(self)
        lines = QVBoxLayout(self._left)
        lines.setContentsMargins(0, Gap.HAIR, 0, Gap.HAIR)
        lines.setSpacing(0)
        self.name = Words(self._left, wrap=False)
        self.session = Words(self._left, wrap=False)
        lines.addStretch(1)
        lines.addWidget(self.name)
        lines.addWidget(self.session)
        lines.addStretch(1)
        self._right = QWidget(self)
        tools = QHBoxLayout(self._right)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(side_by_side(Gap.SMALL))
        self.validity = Words(self._right, wrap=False)
        self.validity.setContentsMargins(0, 0, Gap.MEDIUM, 0)
        self.notebook = Button("plain", self._right)
        self.size_button = Button("plain", self._right)
        self.language = Button("plain", self._right)
        self.lock = Button("plain", self._right)
        tools.addStretch(1)
        for part in (self.validity, self.notebook, self.size_button, self.language, self.lock):
            tools.addWidget(part)
        self._box.addWidget(self._left, 1)
        self._box.addWidget(self._right)

    def show_header(
        self, header: HeaderView | None, look: Look, *, proctor: str = "", notebook: bool = False
    ) -> None:
        """Show the desk's header; None while it is locked."""
        scale = look.scale
        self._look = look = Look(look.lang, look.theme, min(scale, FOLD_SCALE))
        lang = look.lang
        name = header.proctor if header is not None else proctor
        desk = text("Proctor's desk", lang)
        self.name.say(f"{desk} · {name}" if name else desk, look, Type.BASE, strong=True)
        self.session.setVisible(header is not None)
        self.validity.setVisible(header is not None)
        self.notebook.setVisible(header is not None)
        self.lock.setVisible(header is not None)
        if header is not None:
            self.session.say(header.session, look, Type.SMALL, "quiet")
            self.validity.say(header.validity, look, Type.NOTE, "ok" if header.open else "warn")
        page = text("Back to the desk", lang) if notebook else text("Notes and log", lang)
        size = text("Text size {scale} %. Press for larger", lang, scale=scale)
        for button, label, what in (
            (self.notebook, page, ""),
            (self.size_button, f"Aa {scale} %", size),
            (self.language, _OTHER[lang], ""),
            (self.lock, text("Lock", lang), ""),
        ):
            button.say(label, look, name=what, size=Type.NOTE, height=Height.CONTROL)
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour("hairline"))

    def _fit(self) -> None:
        """Two lines when one is too narrow."""
        for part in (self._left, self._right):
            layout = part.layout()
            assert layout is not None
            layout.invalidate()
        left, right = self._left.sizeHint(), self._right.sizeHint()
        margins = self._box.contentsMargins()
        need = left.width() + right.width() + Gap.MEDIUM + margins.left() + margins.right()
        wide = need <= self.width()
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction != self._box.direction():
            self._box.setDirection(direction)
        rows = (left.height(), right.height())
        height = max(rows) if wide else sum(rows) + Gap.HAIR
        self.setFixedHeight(max(self._look.px(Height.HEADER), height + 1))
