"""What a technician tries a device on: a test picture, keys that light up, targets to press, a code, the time."""

from __future__ import annotations

import time
from typing import Final, Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
    QTouchEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.terminal.screens.pieces import CodeCard
from kiosk.ui.controls import RING, Words, paint_ring
from kiosk.ui.icons import paint_icon
from kiosk.ui.scan import END_MS
from kiosk.ui.theme import Look
from kiosk.ui.tokens import TEST_COLOURS, Gap, Radius, Type
from kiosk.words import text

GREYS: Final = 11
KEYS: Final[dict[int, str]] = (
    {Qt.Key.Key_A + at: chr(ord("A") + at) for at in range(6)}
    | {Qt.Key.Key_0 + at: str(at) for at in range(10)}
    | {
        Qt.Key.Key_Up: "↑",
        Qt.Key.Key_Down: "↓",
        Qt.Key.Key_Left: "←",
        Qt.Key.Key_Right: "→",
        Qt.Key.Key_Tab: "Tab",
        Qt.Key.Key_Space: "Space",
        Qt.Key.Key_Backspace: "Bksp",
        Qt.Key.Key_Return: "Enter",
        Qt.Key.Key_PageUp: "PgUp",
        Qt.Key.Key_PageDown: "PgDn",
        Qt.Key.Key_Escape: "Esc",
    }
)
"""The keys that an exam is taken with."""
PLACES: Final = ((0.0, 0.0), (1.0, 0.0), (0.5, 0.5), (0.0, 1.0), (1.0, 1.0))
NO_PERSON: Final = 20
"""Characters without a pause: fewer may be somebody's idle typing."""
_RADIUS: Final = 30


class Stage(QWidget):
    """Where one device is tried. `done` is emitted when all that is asked for was seen."""

    done = Signal()
    misread = Signal()
    """What came is not what was to come."""
    asks_a_person = False
    """Whether only a person can say that it works."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self.setMinimumHeight(2 * Gap.PAGE)

    def ring(self, painter: QPainter) -> None:
        """Show that the keyboard is here."""
        if self.hasFocus():
            shape = QRectF(self.rect()).adjusted(RING, RING, -RING, -RING)
            paint_ring(painter, shape, Radius.CARD, self._look)

    def begin(self, look: Look) -> None:
        """Show it anew."""
        self.dress(look)

    def dress(self, look: Look) -> None:
        """Take the look on."""
        self._look = look
        self.update()


class ScreenStage(Stage):
    """A frame, greys, colours and fine lines: what a broken panel or a wrong mode shows on."""

    asks_a_person = True

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        painter.setPen(QPen(Qt.GlobalColor.black, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        row, left = self.height() / 4, Gap.MEDIUM
        wide = self.width() - 2 * left
        for at in range(GREYS):
            shade = round(255 * at / (GREYS - 1))
            box = QRectF(left + wide * at / GREYS, row * 0.25, wide / GREYS, row)
            painter.fillRect(box, QColor(shade, shade, shade))
            painter.drawRect(box)
        for at, colour in enumerate(TEST_COLOURS):
            box = QRectF(
                left + wide * at / len(TEST_COLOURS), row * 1.5, wide / len(TEST_COLOURS), row
            )
            painter.fillRect(box, QColor(colour))
        # One pixel on, one off: a screen that is not in its own resolution shows bands.
        for x in range(left, left + int(wide), 2):
            painter.drawLine(x, int(row * 2.75), x, int(row * 3.75))


class KeysStage(Stage):
    """Each key of an exam, lit once it was pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pressed: set[int] = set()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def begin(self, look: Look) -> None:
        self._pressed.clear()
        super().begin(look)

    def dress(self, look: Look) -> None:
        super().dress(look)
        told = text("{n} of {all} keys pressed", look.lang, n=len(self._pressed), all=len(KEYS))
        self.setAccessibleName(told)

    def event(self, event: QEvent) -> bool:
        # Here and not in keyPressEvent, to which Qt gives no Tab.
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else event.key()
            if key in KEYS:
                self._pressed.add(key)
                self.dress(self._look)
                if len(self._pressed) == len(KEYS):
                    self.done.emit()
                return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QPainter(self), self._look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = 9
        rows = -(-len(KEYS) // columns)
        wide, high = (self.width() - 2 * RING) / columns, (self.height() - 2 * RING) / rows
        font = look.chrome.font(Type.NOTE, strong=True)
        for at, (key, label) in enumerate(KEYS.items()):
            lit = key in self._pressed
            box = QRectF(RING + wide * (at % columns), RING + high * (at // columns), wide, high)
            box.adjust(Gap.HAIR, Gap.HAIR, -Gap.HAIR, -Gap.HAIR)
            painter.setPen(QPen(look.colour("ok" if lit else "border"), look.border_px))
            painter.setBrush(look.colour("accent_soft" if lit else "surface"))
            painter.drawRoundedRect(box, Radius.CARD, Radius.CARD)
            painter.setPen(look.colour("text"))
            painter.setFont(font)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, label)
            if lit:
                side = 14
                tick = QRectF(box.right() - side - Gap.HAIR, box.top() + Gap.HAIR, side, side)
                paint_icon(painter, "tick", tick, look.colour("ok"))
        self.ring(painter)


class TargetsStage(Stage):
    """A target in each corner and in the middle, to be pressed by mouse or by finger."""

    def __init__(self, parent: QWidget, by: Literal["mouse", "touch"]) -> None:
        super().__init__(parent)
        self._by = by
        self._hit: set[int] = set()
        if by == "touch":
            self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)

    def begin(self, look: Look) -> None:
        self._hit.clear()
        super().begin(look)

    def dress(self, look: Look) -> None:
        super().dress(look)
        told = text("{n} of {all} targets hit", look.lang, n=len(self._hit), all=len(PLACES))
        self.setAccessibleName(told)

    def middle_of(self, at: int) -> QPointF:
        """The middle of a target, in this widget."""
        x, y = PLACES[at]
        inset = _RADIUS + 2
        return QPointF(
            inset + x * (self.width() - 2 * inset), inset + y * (self.height() - 2 * inset)
        )

    def event(self, event: QEvent) -> bool:
        if self._by == "touch" and isinstance(event, QTouchEvent):
            if event.type() == QEvent.Type.TouchBegin:
                self._press(event.point(0).position())
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._by == "mouse" and event.source() == Qt.MouseEventSource.MouseEventNotSynthesized:
            self._press(event.position())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QPainter(self), self._look
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at in range(len(PLACES)):
            middle, hit = self.middle_of(at), at in self._hit
            painter.setPen(QPen(look.colour("ok" if hit else "accent"), 3))
            painter.setBrush(look.colour("accent_soft" if hit else "surface"))
            painter.drawEllipse(middle, _RADIUS, _RADIUS)
            if hit:
                box = QRectF(middle.x() - 12, middle.y() - 12, 24, 24)
                paint_icon(painter, "tick", box, look.colour("ok"))
            else:
                painter.drawEllipse(middle, 3, 3)

    def _press(self, place: QPointF) -> None:
        for at in range(len(PLACES)):
            away = place - self.middle_of(at)
            if away.x() ** 2 + away.y() ** 2 <= _RADIUS**2:
                self._hit.add(at)
                self.dress(self._look)
                if len(self._hit) == len(PLACES):
                    self.done.emit()
                return


class CodeStage(Stage):
    """A code to be scanned. That it was comes from outside, where codes are told from typing; a scanner
    set to another keyboard types what is no code, and that comes here."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._typed = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self._card = CodeCard(self)
        row.addWidget(self._card, 0, Qt.AlignmentFlag.AlignCenter)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._paused)

    def show_code(self, code: str, look: Look) -> None:
        self.dress(look)
        self._card.show_code(code, text("Code for the scanner", look.lang), look)
        self.setAccessibleName(text("Code for the scanner", look.lang))

    def begin(self, look: Look) -> None:
        self._typed = 0
        super().begin(look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # No end is waited for: not every scanner sends Enter, and one that is fast has its last keys dropped.
        self._typed += len(event.text())
        self._pause.start(END_MS)

    def paintEvent(self, _event: QPaintEvent) -> None:
        self.ring(QPainter(self))

    def _paused(self) -> None:
        typed, self._typed = self._typed, 0
        if typed >= NO_PERSON:
            self.misread.emit()


class TimeStage(Stage):
    """Date and time as this computer has them."""

    asks_a_person = True

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        self._words = Words(self, wrap=False)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._words, 1)
        self._ticking = QTimer(self)
        self._ticking.timeout.connect(self._tick)

    def dress(self, look: Look) -> None:
        super().dress(look)
        self._tick()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._tick()
        self._ticking.start(1_000)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticking.stop()

    def _tick(self) -> None:
        now = time.strftime("%Y-%m-%d  %H:%M:%S  %Z")
        self._words.say(now, self._look, Type.HEAD, strong=True, mono=True)
