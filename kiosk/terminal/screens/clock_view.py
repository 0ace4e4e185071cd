"""The time left, which may be folded away.

Its accessible text changes once a minute, because a reader would chatter every second.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.terminal.screens.wording import clock_text, minutes_text
from kiosk.terminal.views import LAST_MINUTES_MS, Clock
from kiosk.ui.controls import RING, Button, paint_ring
from kiosk.ui.icons import paint_icon
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Radius, Role, Type
from kiosk.words import text


class ClockView(Button):
    """Time left as h:mm:ss, or folded to a sign. The last five minutes stand in
    the warning colour with a word; a stopped clock says that it is stopped."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("plain", parent)
        self._clock: Clock | None = None
        self._clock_look = Look()
        self._size_asked: object = None
        self._size_hint = QSize()
        self.folded = False

    def fold(self, folded: bool) -> None:
        """Show a sign instead of the time, or the time again."""
        if folded != self.folded:
            self.folded = folded
            self.updateGeometry()
            self.update()

    def show_clock(self, clock: Clock | None, look: Look) -> None:
        before = (self._clock_look, _kind(self._clock))
        self._clock, self._clock_look, self._look = clock, look, look
        if (look, _kind(clock)) != before:
            self.updateGeometry()
        self.setVisible(clock is not None)
        if clock is not None:
            name = f"{self.caption()}. {minutes_text(clock, look)}"
            if name != self.accessibleName():
                self.setAccessibleName(name)
            does = text("Show the time left", look.lang)
            if not self.folded:
                does = text("Hide the time left", look.lang)
            self.setAccessibleDescription(does)
            self.update()

    def caption(self) -> str:
        """The word above the digits."""
        if self._clock is None:
            return ""
        lang = self._clock_look.lang
        if not self._clock.running:
            return text("Clock stopped", lang)
        if self._clock.remaining_ms <= LAST_MINUTES_MS:
            part = self._clock.in_part
            return text("Part: last 5 minutes", lang) if part else text("Last 5 minutes", lang)
        if self._clock.in_part:
            minutes = -(-(self._clock.exam_ms or 0) // 60_000)
            return text("This part · exam {minutes} min", lang, minutes=minutes)
        return text("Time left", lang)

    def digits(self) -> str:
        return "" if self._clock is None else clock_text(self._clock.remaining_ms)

    def sizeHint(self) -> QSize:
        asked = (self._clock_look, self.folded, _kind(self._clock))
        if asked != self._size_asked:
            self._size_asked, self._size_hint = asked, self._size_now()
        return self._size_hint

    def _size_now(self) -> QSize:
        look = self._clock_look
        if self.folded:
            side = look.px(Height.CONTROL)
            return QSize(side + 2 * RING, side + 2 * RING)
        captions = [
            text("Clock stopped", look.lang),
            text("Last 5 minutes", look.lang),
            text("Time left", look.lang),
        ]
        if self._clock is not None and self._clock.exam_ms is not None:
            captions.append(text("Part: last 5 minutes", look.lang))
            captions.append(text("This part · exam {minutes} min", look.lang, minutes=888))
        small, large = self._fonts()
        width = max(large.horizontalAdvance("0:00:00"), *map(small.horizontalAdvance, captions))
        height = small.height() * 0.8 + large.ascent()
        return QSize(width + 2 * RING, max(look.px(Height.CONTROL), round(height)) + 2 * RING)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._clock_look
        painter = QPainter(self)
        role: Role = "text"
        if self._clock is not None and not self._clock.running:
            role = "quiet"
        elif self._clock is not None and self._clock.remaining_ms <= LAST_MINUTES_MS:
            role = "warn"
        shape = QRectF(self.shape())
        if self.folded:
            side = look.px(Type.TITLE)
            box = QRectF(0, 0, side, side)
            box.moveCenter(shape.center())
            paint_icon(painter, "clock", box, look.colour(role))
        else:
            small, large = self._fonts()
            painter.setPen(look.colour(role if role == "warn" else "quiet"))
            painter.setFont(look.font(Type.SMALL, strong=role == "warn"))
            block = small.height() * 0.8 + large.capHeight() + Gap.TIGHT
            top = shape.center().y() - block / 2
            right = round(shape.right())
            caption = self.caption()
            painter.drawText(
                right - painter.fontMetrics().horizontalAdvance(caption),
                round(top + small.ascent() * 0.8),
                caption,
            )
            painter.setPen(look.colour(role))
            painter.setFont(look.font(Type.CLOCK, strong=True))
            digits = self.digits()
            painter.drawText(right - large.horizontalAdvance(digits), round(top + block), digits)
        if self.hasFocus():
            paint_ring(painter, shape, Radius.CONTROL, look)

    def _fonts(self) -> tuple[QFontMetrics, QFontMetrics]:
        look = self._clock_look
        return look.metrics(Type.SMALL, strong=True), look.metrics(Type.CLOCK, strong=True)


def _kind(clock: Clock | None) -> tuple[bool, bool]:
    """What the width depends on."""
    return clock is not None, clock is not None and clock.exam_ms is not None
