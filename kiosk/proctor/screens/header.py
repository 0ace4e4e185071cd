"""The desk's header: whose desk, for which session, until when; pages, text size, language, lock.

It grows only to 150 %, so that the three steps keep the screen, and no further than it has room.
"""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.proctor.views import Header as HeaderView
from kiosk.ui.controls import Button, Words, side_by_side
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOLD_SCALE, SCALES, Gap, Height, Role, Type
from kiosk.words import text

Page = Literal["desk", "notebook", "seats"]
_OTHER = {"zh-CN": "English", "en": "中文"}


class Header(QWidget):
    """Its buttons are wired by the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._shown: tuple[HeaderView | None, Look, str, Page] = (None, Look(), "", "desk")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Gap.LARGE + Gap.HAIR, 0, Gap.LARGE, 1)
        self._box.setSpacing(Gap.HAIR)
        self._left = QWidget(self)
        self._lines = lines = QVBoxLayout(self._left)
        lines.setContentsMargins(0, Gap.HAIR, 0, Gap.HAIR)
        lines.setSpacing(0)
        self.name = Words(self._left, wrap=False)
        self.session = Words(self._left, wrap=False)
        lines.addStretch(1)
        lines.addWidget(self.name)
        lines.addWidget(self.session)
        lines.addStretch(1)
        self._right = QWidget(self)
        self._tools = tools = QHBoxLayout(self._right)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(side_by_side(Gap.SMALL))
        self.validity = Words(self._right, wrap=False)
        self.validity.setContentsMargins(0, 0, Gap.MEDIUM, 0)
        self.seats = Button("plain", self._right)
        self.notebook = Button("plain", self._right)
        self.camera = Button("plain", self._right)
        self.size_button = Button("plain", self._right)
        self.language = Button("plain", self._right)
        self.lock = Button("plain", self._right)
        tools.addStretch(1)
        for part in (
            self.validity,
            self.seats,
            self.notebook,
            self.camera,
            self.size_button,
            self.language,
            self.lock,
        ):
            tools.addWidget(part)
        self._box.addWidget(self._left, 1)
        self._box.addWidget(self._right)

    def show_header(
        self, header: HeaderView | None, look: Look, *, proctor: str = "", page: Page = "desk"
    ) -> None:
        """Show the desk's header; None while it is locked."""
        self._shown = (header, look, proctor, page)
        for scale in sorted((one for one in SCALES if one <= FOLD_SCALE), reverse=True):
            if scale <= look.scale:
                self._say(Look(look.lang, look.theme, scale))
                if self._fit():
                    break
        rows = [part.sizeHint().height() for part in (self._left, self._right)]
        wide = self._box.direction() == QBoxLayout.Direction.LeftToRight
        height = max(rows) if wide else sum(rows) + Gap.HAIR
        self.setFixedHeight(max(self._look.px(Height.HEADER), height + 1))
        self.update()

    def _say(self, look: Look) -> None:
        header, wanted, proctor, page = self._shown
        scale, lang = wanted.scale, look.lang
        self._look = look
        name = header.proctor if header is not None else proctor
        practice = header is not None and header.practice
        desk = text("Proctor's desk", lang)
        self.name.say(f"{desk} · {name}" if name else desk, look, Type.BASE, strong=True)
        self.session.setVisible(header is not None)
        self.validity.setVisible(header is not None)
        self.seats.setVisible(header is not None)
        self.notebook.setVisible(header is not None)
        self.lock.setVisible(header is not None)
        if header is not None:
            quiet: Role = "text" if practice else "quiet"
            self.session.say(header.session, look, Type.SMALL, quiet)
            told: Role = "text" if practice else "ok" if header.open else "warn"
            self.validity.say(header.validity, look, Type.NOTE, told)
        lock = text("End practice", lang) if practice else text("Lock", lang)
        shows = header is not None and header.shows
        self.camera.setVisible(not practice and not shows)  # there is nothing to scan
        if shows:
            self.seats.setVisible(page != "seats")
            self.notebook.setVisible(page != "notebook")
        back = text("Back to the desk", lang)
        seats = back if page == "seats" else text("Seats", lang)
        record = text("Record", lang) if shows else text("Notes and log", lang)
        notebook = back if page == "notebook" else record
        size = text("Text size {scale} %. Press for larger", lang, scale=scale)
        for button, label, what in (
            (self.seats, seats, ""),
            (self.notebook, notebook, ""),
            (self.camera, text("Camera", lang), text("Scan with the camera", lang)),
            (self.size_button, f"Aa {scale} %", size),
            (self.language, _OTHER[lang], ""),
            (self.lock, lock, ""),
        ):
            button.say(label, look, name=what, size=Type.NOTE, height=Height.CONTROL)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() == event.oldSize().width():
            return
        header, look, proctor, page = self._shown
        self.show_header(header, look, proctor=proctor, page=page)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        header = self._shown[0]
        practice = header is not None and header.practice
        painter.fillRect(self.rect(), self._look.colour("warn_soft" if practice else "surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour("hairline"))

    def minimumSizeHint(self) -> QSize:
        """It folds and shrinks by itself, so it keeps no window wide."""
        return QSize(0, self.height())

    def _fit(self) -> bool:
        """Two lines when one is too narrow; says whether the wider of them has room."""
        margins = self._box.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        wide = self._widths(two_lines=False) <= room
        fits = wide or self._widths(two_lines=True) <= room
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction != self._box.direction():
            self._box.setDirection(direction)
        return fits

    def _widths(self, *, two_lines: bool) -> int:
        """How wide it is in one line, or the wider of two; in two the time stands in the first."""
        first, second = (self._lines, self._tools) if two_lines else (self._tools, self._lines)
        second.removeWidget(self.validity)
        if first.indexOf(self.validity) < 0:
            # The last line of the words, the first of the tools.
            first.insertWidget(3 if two_lines else 1, self.validity)
            # Qt hides what changes its parent until later, and would not count it.
            self.validity.setVisible(not self.session.isHidden())
        for layout in (self._lines, self._tools):
            layout.invalidate()
        left, right = self._left.sizeHint().width(), self._right.sizeHint().width()
        return max(left, right) if two_lines else left + right + Gap.WIDE
