"""A text of several lines, marked by people later."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.assessment.items import ExtendedText
from kiosk.assessment.responses import MAX_EXTENDED_LENGTH, Response
from kiosk.ui.controls import RING, Words, paint_field
from kiosk.ui.fields import SETTLE_MS
from kiosk.ui.part import Asked, Part
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Type
from kiosk.ui.writing_strip import ModeButton, strip_of
from kiosk.words import text

_MOST_LINES = 12
"""More lines than that are scrolled: the question above stays in sight."""
_REFUSED = (
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
)


class LongText(QPlainTextEdit):
    """The field. Enter starts a line; Tab and Page up or down are left to the screen."""

    typed = Signal(str)
    focus_changed = Signal()

    def __init__(self, parent: QWidget, most: int) -> None:
        """
        Args:
            most: characters it takes.
        """
        super().__init__(parent)
        self._most = most
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self.viewport().setAcceptDrops(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(Gap.SMALL)
        self._look = Look()
        self._lines = 6
        self._cutting = False
        self.textChanged.connect(self._changed)

    def show_look(self, look: Look, lines: int, name: str) -> None:
        self._look, self._lines = look, lines
        font = look.font(Type.STEM)
        if font != self.font():
            self.setFont(font)
        palette = qt_palette(look)
        if palette != self.palette():
            self.setPalette(palette)
        self.setAccessibleName(name)
        self.updateGeometry()

    def put(self, shown: str) -> None:
        """Show `shown`, which nobody typed just now."""
        self.blockSignals(True)
        self.setPlainText(shown)
        self.blockSignals(False)

    def sizeHint(self) -> QSize:
        lines = min(max(self._lines, 3), _MOST_LINES)
        high = lines * self.fontMetrics().lineSpacing() + 2 * Gap.SMALL + Gap.TIGHT
        return QSize(320, high)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def finish(self) -> None:
        """Keep letters that are still being spelled as they are."""
        if (strip := strip_of(self)) is not None:
            strip.finish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if (strip := strip_of(self)) is not None and strip.take_key(self, event):
            return
        if any(event.matches(refused) for refused in _REFUSED):
            return
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Escape):
            event.ignore()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_F,
            Qt.Key.Key_N,
            Qt.Key.Key_Plus,
            Qt.Key.Key_Equal,
            Qt.Key.Key_Minus,
        ):
            event.ignore()  # the screen's keys: next, flag, notes, size of text
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        if (strip := strip_of(self)) is not None:
            strip.take_release(self, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.finish()  # the cursor goes elsewhere
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if (strip := strip_of(self)) is not None:
            strip.leave(self, event.reason())
        super().focusOutEvent(event)
        self.focus_changed.emit()

    def canInsertFromMimeData(self, _source: QMimeData) -> bool:
        return False

    def insertFromMimeData(self, _source: QMimeData) -> None:
        """Nothing comes in but what is typed."""

    def createMimeDataFromSelection(self) -> QMimeData:
        return QMimeData()  # nothing goes out either: no drag, no selection clipboard

    def _changed(self) -> None:
        if self._cutting:
            return
        shown = self.toPlainText()
        if len(shown) > self._most:
            self._cutting = True
            self._cut(len(shown) - self._most)
            self._cutting = False
            shown = self.toPlainText()
        self.typed.emit(shown)

    def _cut(self, too_many: int) -> None:
        """Take away what was typed last, before the cursor."""
        cursor = self.textCursor()
        for _ in range(too_many):
            if not cursor.atStart():
                cursor.deletePreviousChar()
        self.setTextCursor(cursor)
        while len(self.toPlainText()) > self._most:
            end = QTextCursor(self.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            end.deletePreviousChar()


class ExtendedTextPart(Part):
    """Shows an `ExtendedText`: the field in its frame, and how much of it is used."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._frame = LongTextFrame(self)
        self.field = self._frame.field
        self._count = Words(self)
        self._count.setIndent(RING)
        column.addWidget(self._frame)
        column.addWidget(self._count)
        self._asked: Asked | None = None
        self._sent: Response = ()
        self._unsettled = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._rested)
        self.field.typed.connect(self._typed)

    def show_interaction(self, asked: Asked) -> None:
        assert isinstance(asked.interaction, ExtendedText)
        before = self._asked
        another = before is None or (before.item, before.interaction) != (
            asked.item,
            asked.interaction,
        )
        if another:
            self._settle.stop()
            self._unsettled = False
        if another or (asked.value != self._sent and not self._unsettled):
            self._sent = asked.value
            shown = asked.value[0] if asked.value else ""
            if shown != self.field.toPlainText():
                self.field.put(shown)
        self._asked = asked
        look = asked.look
        self._frame.show_look(look)
        self.field.show_look(look, asked.interaction.expected_lines, text("Your text", look.lang))
        self._say_count()

    def tab_stops(self) -> list[QWidget]:
        return [self.field]

    def first_field(self) -> QWidget | None:
        return self.field

    def spoken(self) -> list[str]:
        return []  # the count would be told at each key

    def settle(self) -> None:
        self.field.finish()
        self._rested()

    def _rested(self) -> None:
        if self._unsettled and self._asked is not None:
            self._unsettled = False
            self._settle.stop()
            self.answered.emit(self._asked.interaction.response, self._sent, True)

    def rest(self) -> None:
        self.settle()
        super().rest()

    def _typed(self, typed: str) -> None:
        if self._asked is None:
            return
        self._sent = (typed,) if typed.strip() else ()
        self._unsettled = True
        self._settle.start()
        self._say_count()
        self.answered.emit(self._asked.interaction.response, self._sent, False)

    def _say_count(self) -> None:
        assert self._asked is not None
        look, used = self._asked.look, len(self.field.toPlainText())
        line = text("{n} of {most} characters", look.lang, n=used, most=MAX_EXTENDED_LENGTH)
        full = used >= MAX_EXTENDED_LENGTH
        if full:
            line += " · " + text("The field is full", look.lang)
        self._count.say(line, look, Type.NOTE, "warn" if full else "quiet", strong=full)


class LongTextFrame(QWidget):
    """The field with its outline, and the ring around it."""

    def __init__(self, parent: QWidget, most: int = MAX_EXTENDED_LENGTH) -> None:
        super().__init__(parent)
        self._look = Look()
        row = QHBoxLayout(self)
        edge = RING + Gap.HAIR
        row.setContentsMargins(edge, edge, edge, edge)
        row.setSpacing(0)
        self.field = LongText(self, most)
        self.field.focus_changed.connect(self.update)
        self._mode = ModeButton(self.field, self)
        row.addWidget(self.field)
        row.addWidget(self._mode, 0, Qt.AlignmentFlag.AlignTop)

    def show_look(self, look: Look) -> None:
        self._look = look
        self._mode.show_mode(look)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        paint_field(painter, shape, self._look, focused=self.field.hasFocus())
