"""Fields that stand in the text of a question: a line to type in, and a list to choose from."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from kiosk.assessment.content import Block, plain_text
from kiosk.assessment.items import InlineChoice, TextEntry
from kiosk.assessment.responses import MAX_TEXT_LENGTH, Response, read_integer, read_number
from kiosk.ui.controls import RING, paint_field, paint_ring
from kiosk.ui.document import Document, Ink, Media
from kiosk.ui.icons import paint_icon
from kiosk.ui.option_list import OptionList
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Height, Radius, Type
from kiosk.ui.writing_strip import ModeButton, strip_of
from kiosk.words import text

SETTLE_MS = 300
"""After this pause in typing the text counts as settled; the flow must commit within 500 ms."""


class TextField(QLineEdit):
    """One line of text. It keeps what is being typed; a view that only echoes changes nothing.

    `answered` gives response, value and whether typing has settled.
    """

    answered = Signal(str, tuple, bool)
    takes_words = True
    """Whether Chinese may be written here, where the question asks for no number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setFrame(False)
        self.setMaxLength(MAX_TEXT_LENGTH)
        self._look = Look()
        self._entry = TextEntry("")
        self._mode = ModeButton(self, self)
        self._owner: object = None
        self._sent: Response = ()
        self._unsettled = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._rested)
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self.settle)

    def show_entry(
        self, owner: object, entry: TextEntry, value: Response, look: Look, name: str
    ) -> None:
        """Show the field of the question `owner`; `name` tells which blank it is."""
        self._look = look
        if (owner, entry) != (self._owner, self._entry) or (
            value != self._sent and not self._unsettled
        ):
            self._settle.stop()
            self._unsettled = False
            self._owner, self._entry, self._sent = owner, entry, value
            shown = value[0] if value else ""
            if shown != self.text():
                self.setText(shown)
        font = look.font(Type.STEM)
        if font != self.font():
            self.setFont(font)
        palette = qt_palette(look)
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        if palette != self.palette():
            self.setPalette(palette)
        words = entry.base_type == "string"
        hints = Qt.InputMethodHint
        self.setInputMethodHints(hints.ImhNone if words else hints.ImhFormattedNumbersOnly)
        self.setAccessibleName(name)
        # Words may be Chinese; a number's digits are read from any keyboard as they are.
        self._mode.show_mode(look, offered=self.takes_words and entry.base_type == "string")
        self._place_mode()
        self.update()

    def sizeHint(self) -> QSize:
        letters = min(max(self._entry.expected_length, 4), 24)
        em = QFontMetrics(self._look.font(Type.STEM)).horizontalAdvance("0")
        width = letters * em + 2 * (RING + Gap.SMALL + Gap.HAIR) + self._mode_width()
        return QSize(round(width), self._look.px(Height.CONTROL) + 2 * RING)

    def settle(self) -> None:
        """Say what is typed as settled, if that was not said yet; letters being spelled are part of it."""
        if (strip := strip_of(self)) is not None:
            strip.finish(self)
        self._rested()

    def _rested(self) -> None:
        if self._unsettled:
            self._unsettled = False
            self._settle.stop()
            self.answered.emit(self._entry.response, self._sent, True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        strip = strip_of(self) if self._mode.isVisibleTo(self) else None
        if strip is not None and strip.take_key(self, event):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.settle()
            event.ignore()  # Enter goes to the next question
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        super().keyReleaseEvent(event)
        strip = strip_of(self) if self._mode.isVisibleTo(self) else None
        if strip is not None:
            strip.take_release(self, event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if (strip := strip_of(self)) is not None:
            strip.leave(self, event.reason())
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (strip := strip_of(self)) is not None:
            strip.finish(self)  # the cursor goes elsewhere
        super().mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_mode()

    def _mode_width(self) -> int:
        return self._mode.sizeHint().width() if self._mode.isVisibleTo(self) else 0

    def _place_mode(self) -> None:
        wide, high = self._mode_width(), self.height() - 2 * RING
        around = RING + Gap.SMALL
        self.setTextMargins(around, RING, around if not wide else RING + Gap.HAIR + wide, RING)
        self._mode.setGeometry(self.width() - RING - wide, RING, wide, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._look.colour("ground"))
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        paint_field(painter, shape, self._look, focused=self.hasFocus())
        painter.end()
        super().paintEvent(event)

    def _typed(self, typed: str) -> None:
        self._sent = (typed,) if typed.strip() else ()
        self._unsettled = True
        self._settle.start()
        self.answered.emit(self._entry.response, self._sent, False)


def how_read(entry: TextEntry, value: Response, lang: str) -> tuple[str, bool]:
    """The line under a field: the form that is expected, or how a number was read; and whether
    the text fits the form."""
    typed = value[0] if value else ""
    match entry.base_type:
        case "string":
            return text("Type words or symbols", lang), True
        case "integer":
            whole = read_integer(typed)
            if whole is not None:
                return text("Read as {number}", lang, number=str(whole)), True
            if typed:
                return text("Not read as a whole number. Type digits only", lang), False
            return text("Type a whole number", lang), True
        case "float":
            number = read_number(typed)
            if number is not None:
                return text("Read as {number}", lang, number=format(number, "f")), True
            if typed:
                return text("Not read as a number. Example: 12.5", lang), False
            return text("Type a number. Example: 12.5", lang), True


class ListField(QAbstractButton):
    """Shows what was chosen from a list; a press opens the list inside the window.

    A list of Qt's own would be a window of its own, which a locked session may not show.
    """

    answered = Signal(str, tuple, bool)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._look = Look()
        self._choice: InlineChoice | None = None
        self._order: tuple[str, ...] = ()
        self._texts: dict[str, tuple[Block, ...]] = {}
        self._value: Response = ()
        self._media: Media | None = None
        self._document: Document | None = None
        self._width = 0
        self._empty = ""
        self._list: OptionList | None = None
        self.clicked.connect(self.open_list)

    def show_list(
        self,
        choice: InlineChoice,
        order: tuple[str, ...],
        texts: dict[str, tuple[Block, ...]],
        value: Response,
        look: Look,
        name: str,
        media: Media | None = None,
        empty: str = "",
    ) -> None:
        """Show the field; `name` tells which blank it is, `empty` what it says while it is empty."""
        empty = empty or text("Please choose", look.lang)
        if choice != self._choice or texts != self._texts or look != self._look:
            self.close_list()
            # As wide as the longest choice, so that a line never breaks anew when one is chosen.
            widths = (
                Document(texts.get(c, ()), look, Ink()).natural_width() for c in choice.choices
            )
            least = QFontMetrics(look.font(Type.STEM)).horizontalAdvance(empty)
            self._width = round(max(least, *widths)) + 2
        self._choice, self._order, self._texts, self._value = choice, order, texts, value
        self._look, self._media, self._empty = look, media, empty
        chosen = texts.get(value[0], ()) if value else ()
        self._document = Document(chosen, look, Ink(strong=True), media=media) if chosen else None
        self.setAccessibleName(
            f"{name}, " + (plain_text(chosen) if chosen else text("Please choose", look.lang))
        )
        self.update()

    @property
    def choice(self) -> InlineChoice | None:
        """What is chosen here."""
        return self._choice

    def sizeHint(self) -> QSize:
        width = self._width + self._around()
        return QSize(width, self._look.px(Height.CONTROL) + 2 * RING)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """Higher where the text is narrower than its longest choice, which then takes more lines."""
        least = self.sizeHint()
        if width >= least.width():
            return least.height()
        room = max(1, width - self._around())
        words = max(
            Document(self._texts.get(c, ()), self._look, Ink()).height_for(room)
            for c in (self._choice.choices if self._choice is not None else ())
        )
        return max(least.height(), round(words) + 2 * (RING + Gap.HAIR))

    def _around(self) -> int:
        return self._look.px(Type.NOTE) + 3 * Gap.SMALL + 2 * RING

    def open_list(self) -> None:
        """Open the list, or close it when it is open."""
        if self._list is not None:
            self.close_list()
            return
        options = tuple((choice, self._texts.get(choice, ())) for choice in self._order)
        self._list = OptionList(
            self, options, self._value[0] if self._value else "", self._look, self._media
        )
        self._list.chosen.connect(self._chosen)
        self._list.closed.connect(self._list_closed)
        self._list.open()

    def close_list(self) -> None:
        if self._list is not None:
            self._list.close_list()

    def _list_closed(self) -> None:
        self._list = None
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _chosen(self, identifier: str) -> None:
        if self._choice is not None:
            self.answered.emit(self._choice.response, (identifier,), True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Down):
            self.open_list()
        else:
            event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QRectF(self.rect().adjusted(RING, RING, -RING, -RING))
        chosen = self._document is not None
        painter.setPen(QPen(look.colour("accent" if chosen else "border"), look.border_px))
        painter.setBrush(look.colour("accent_soft" if chosen else "surface"))
        painter.drawRoundedRect(shape.adjusted(1, 1, -1, -1), Radius.CONTROL, Radius.CONTROL)
        left = shape.left() + Gap.SMALL
        if self._document is not None:
            height = self._document.height_for(min(self._width, self.width() - self._around()))
            self._document.paint(painter, QPointF(left, shape.center().y() - height / 2))
        else:
            painter.setFont(look.font(Type.STEM))
            painter.setPen(look.colour("quiet"))
            box = QRectF(left, shape.top(), self._width, shape.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._empty)
        side = look.px(Type.NOTE)
        box = QRectF(shape.right() - Gap.SMALL - side, shape.center().y() - side / 2, side, side)
        paint_icon(painter, "down", box, look.colour("text"))
        if self.hasFocus():
            paint_ring(painter, shape, Radius.CONTROL, look)
