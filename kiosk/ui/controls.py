"""Labels and buttons of every screen. They hold no look: whoever shows them gives it each time.

A control keeps a margin of `RING` px on each side for the focus ring, so that the ring never
overlaps a neighbour and nothing moves when it comes; layouts count it through `side_by_side`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QLabel, QSizePolicy, QWidget

from kiosk.ui.icons import Icon, paint_icon
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOCUS_GAP, FOCUS_WIDTH, Gap, Height, Radius, Role, Type

RING = FOCUS_GAP + FOCUS_WIDTH
ButtonKind = Literal["main", "second", "plain"]
"""One main button a screen; second leads away from it; plain is a tool."""


def side_by_side(gap: Gap) -> int:
    """Spacing of a layout of controls so that `gap` px are seen between them."""
    return int(gap) - 2 * RING


def height_follows_width(
    part: QWidget,
    across: QSizePolicy.Policy = QSizePolicy.Policy.Preferred,
    down: QSizePolicy.Policy = QSizePolicy.Policy.Minimum,
) -> None:
    """Have layouts ask `part` for its height at the width they give it."""
    policy = QSizePolicy(across, down)
    policy.setHeightForWidth(True)
    part.setSizePolicy(policy)


@contextmanager
def painted_later(button: QAbstractButton) -> Iterator[None]:
    """Have `button` painted with all else that its press changes.

    Qt paints a button at once when it goes down and comes up; what it is pressed for would wait.
    """
    button.setUpdatesEnabled(False)
    try:
        yield
    finally:
        button.setUpdatesEnabled(True)


class Words(QLabel):
    """Plain text that wraps and asks for the height it needs."""

    def __init__(self, parent: QWidget | None = None, *, wrap: bool = True) -> None:
        super().__init__(parent)
        self._said: object = None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        if wrap:
            height_follows_width(self)

    def minimumSizeHint(self) -> QSize:
        if not self.wordWrap():
            return super().minimumSizeHint()
        # QLabel answers for a column of single words; the layout asks heightForWidth anyway.
        return QSize(4 * self.fontMetrics().height(), self.fontMetrics().height())

    def say(
        self,
        text: str,
        look: Look,
        size: Type = Type.BASE,
        role: Role = "text",
        *,
        strong: bool = False,
        mono: bool = False,
    ) -> None:
        """Show `text`."""
        said = (text, look, size, role, strong, mono)
        if said == self._said and text == self.text():
            return
        self._said = said
        font = look.font(size, strong=strong, mono=mono)
        if font != self.font():
            self.setFont(font)
        palette = self.palette()
        colour = look.colour(role)
        if palette.color(self.foregroundRole()) != colour:
            palette.setColor(self.foregroundRole(), colour)
            self.setPalette(palette)
        if text != self.text():
            self.setText(text)


class Button(QAbstractButton):
    """A button in one of three kinds, with a sign before or behind its words."""

    def __init__(self, kind: ButtonKind = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind: ButtonKind = kind
        self._look = Look()
        self._before: Icon | None = None
        self._behind: Icon | None = None
        self._size = Type.BASE
        self._height = Height.BUTTON
        self._wide = 0
        """Width of the signs and words: layouts ask for it far more often than it changes."""
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def say(
        self,
        text: str,
        look: Look,
        *,
        before: Icon | None = None,
        behind: Icon | None = None,
        name: str = "",
        size: Type = Type.BASE,
        height: Height = Height.BUTTON,
    ) -> None:
        """Show `text`; `name` is what a screen reader says where the text alone does not tell."""
        shown = (text, look, before, behind, size, height)
        if shown != (self.text(), self._look, self._before, self._behind, self._size, self._height):
            self._look, self._before, self._behind = look, before, behind
            self._size, self._height = size, height
            self.setText(text.replace("&", "&&"))
            self._wide = self._words_width()
            self.updateGeometry()
            self.update()
        self.setAccessibleName(name or text)

    def sizeHint(self) -> QSize:
        around = Gap.MEDIUM + Gap.HAIR if self.text() else Gap.TIGHT  # a sign alone is a square
        width = self._wide + 2 * self._look.px(around)
        height = self._look.px(self._height)
        return QSize(max(width, height) + 2 * RING, height + 2 * RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def shape(self) -> QRect:
        """The button as one sees it, without the room for the ring."""
        return self.rect().adjusted(RING, RING, -RING, -RING)

    def hitButton(self, pos: QPoint) -> bool:
        return self.shape().contains(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        elif event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.shape())
        fill, edge, ink = self._roles()
        edge_px = look.border_px if self.kind != "plain" else max(1, look.border_px - 1)
        if self.isDown() and self.isEnabled():
            edge_px += 1
        half = edge_px / 2
        painter.setPen(QPen(look.colour(edge), edge_px))
        painter.setBrush(look.colour(fill))
        painter.drawRoundedRect(
            shape.adjusted(half, half, -half, -half), Radius.CONTROL, Radius.CONTROL
        )
        self._paint_words(painter, shape, ink)
        if self.hasFocus():
            paint_ring(painter, shape, Radius.CONTROL, look)

    def _roles(self) -> tuple[Role, Role, Role]:
        """Fill, edge and words."""
        if not self.isEnabled():
            return "sunken", "hairline", "text"
        if self.isChecked():
            return "accent_soft", "accent", "accent_deep"
        match self.kind:
            case "main":
                return "accent", "accent", "on_accent"
            case "second":
                return "surface", "accent", "accent"
            case "plain":
                return "surface", "border", "text"

    def _paint_words(self, painter: QPainter, shape: QRectF, ink: Role) -> None:
        look = self._look
        icon, gap = self._icon_px(), look.px(Gap.TIGHT)
        left = shape.center().x() - self._wide / 2
        colour = look.colour(ink)
        top = shape.center().y() - icon / 2
        if self._before is not None:
            paint_icon(painter, self._before, QRectF(left, top, icon, icon), colour)
            left += icon + (gap if self.text() else 0)
        painter.setFont(self._font())
        painter.setPen(colour)
        metrics = painter.fontMetrics()
        words = self.text().replace("&&", "&")
        baseline = shape.center().y() + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(round(left), round(baseline), words)
        left += metrics.horizontalAdvance(words) + gap
        if self._behind is not None:
            paint_icon(painter, self._behind, QRectF(left, top, icon, icon), colour)

    def _words_width(self) -> int:
        metrics = self._look.metrics(self._size, strong=self.kind != "plain")
        width = metrics.horizontalAdvance(self.text().replace("&&", "&"))
        icons = sum(icon is not None for icon in (self._before, self._behind))
        gaps = icons if self.text() else 0
        return width + icons * self._icon_px() + gaps * self._look.px(Gap.TIGHT)

    def _font(self) -> QFont:
        return self._look.font(self._size, strong=self.kind != "plain")

    def _icon_px(self) -> int:
        return self._look.px(round(self._size * 0.9))


class Ring(QWidget):
    """The focus ring around a field that Qt draws itself, in the room its layout leaves for it."""

    def __init__(self, field: QWidget) -> None:
        super().__init__(field.parentWidget())
        self._field = field
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _RING_EVENTS:
            self.setGeometry(self._field.geometry().adjusted(-RING, -RING, RING, RING))
            self.setVisible(self._field.hasFocus() and self._field.isVisible())
            self.raise_()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
        _paint_ring(
            painter, shape, Radius.CONTROL, self._field.palette().color(QPalette.ColorRole.Text)
        )


_RING_EVENTS = frozenset(
    {
        QEvent.Type.FocusIn,
        QEvent.Type.FocusOut,
        QEvent.Type.Move,
        QEvent.Type.Resize,
        QEvent.Type.Show,
        QEvent.Type.Hide,
    }
)


def paint_ring(painter: QPainter, shape: QRectF, radius: int, look: Look) -> None:
    """The focus ring: 3 px in the text's colour, 3 px away from `shape`."""
    _paint_ring(painter, shape, radius, look.colour("text"))


def _paint_ring(painter: QPainter, shape: QRectF, radius: int, colour: QColor) -> None:
    away = FOCUS_GAP + FOCUS_WIDTH / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, FOCUS_WIDTH))
    painter.drawRoundedRect(
        shape.adjusted(-away, -away, away, away), radius + FOCUS_GAP, radius + FOCUS_GAP
    )


def paint_field(painter: QPainter, shape: QRectF, look: Look, *, focused: bool) -> None:
    """The outline of something to type in."""
    painter.setPen(QPen(look.colour("border"), look.border_px))
    painter.setBrush(look.colour("surface"))
    painter.drawRoundedRect(shape.adjusted(1, 1, -1, -1), Radius.CONTROL, Radius.CONTROL)
    if focused:
        paint_ring(painter, shape, Radius.CONTROL, look)
