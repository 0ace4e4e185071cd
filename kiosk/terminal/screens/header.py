"""The line at the top of every screen: who and where; saved mark, text size, language, time left.

It keeps its place from screen to screen, and takes two lines where one is too narrow.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.terminal import views
from kiosk.terminal.screens.clock_view import ClockView
from kiosk.terminal.views import Clock, Saved
from kiosk.ui.choice_card import LONG_PRESS_MS
from kiosk.ui.controls import Button, Words, side_by_side
from kiosk.ui.theme import THEMES, Look
from kiosk.ui.tokens import Gap, Height, Role, Type
from kiosk.words import mark, text

_SAVED: dict[Saved, tuple[str, Role]] = {
    Saved.NONE: ("", "quiet"),
    Saved.SAVING: (mark("Saving…"), "quiet"),
    Saved.SAVED: (mark("✓ Saved"), "ok"),
    Saved.FAILED: (mark("Not saved. Please raise your hand"), "bad"),
}
LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}


class Header(QWidget):
    """Shows a `views.Header`, the saved mark and the clock."""

    size_pressed = Signal()
    theme_pressed = Signal()
    language_pressed = Signal()
    clock_pressed = Signal()
    name_held = Signal()
    """A long press on the name: the way to the proctor's menu where there is no keyboard."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._size_name, self._scale = "", 100
        self._fitted: object = None
        self._tools: object = None
        self._told: object = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(Gap.LARGE + Gap.HAIR, 0, Gap.LARGE + Gap.HAIR, 0)
        self._box.setSpacing(Gap.HAIR)

        self._left = QWidget(self)
        lines = QVBoxLayout(self._left)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        self._first = first = QHBoxLayout()
        first.setSpacing(Gap.TIGHT)
        self.name = Words(self._left, wrap=False)
        self.seat = Words(self._left, wrap=False)
        first.addWidget(self.name, 0, Qt.AlignmentFlag.AlignBaseline)
        first.addWidget(self.seat, 0, Qt.AlignmentFlag.AlignBaseline)
        first.addStretch(1)
        self.title = Words(self._left, wrap=False)
        lines.addStretch(1)
        lines.addLayout(first)
        lines.addWidget(self.title)
        lines.addStretch(1)

        self._right = QWidget(self)
        tools = QHBoxLayout(self._right)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(side_by_side(Gap.SMALL))
        self.saved = Words(self._right, wrap=False)
        self.saved.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.keyboard_button = Button("plain", self._right)
        self.size_button = Button("plain", self._right)
        self.theme_button = Button("plain", self._right)
        self.language_button = Button("plain", self._right)
        self.clock = ClockView(self._right)
        tools.addStretch(1)
        tools.addWidget(self.saved)
        tools.addSpacing(Gap.TIGHT)
        tools.addWidget(self.keyboard_button)
        tools.addWidget(self.size_button)
        tools.addWidget(self.theme_button)
        tools.addWidget(self.language_button)
        tools.addWidget(self.clock)
        self._box.addWidget(self._left, 1)
        self._box.addWidget(self._right)
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(LONG_PRESS_MS)
        self._hold.timeout.connect(self.name_held)
        for button, pressed in (
            (self.size_button, self.size_pressed),
            (self.theme_button, self.theme_pressed),
            (self.language_button, self.language_pressed),
            (self.clock, self.clock_pressed),
        ):
            # After a press by the pointer Enter leads on, and does not press again.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(pressed)

    def show_header(
        self, header: views.Header, saved: Saved, clock: Clock | None, look: Look
    ) -> None:
        """Show all of it; `clock` None shows no time."""
        look = look.chrome
        self.clock.show_clock(clock, look)
        # After each commit the mark alone is new, and it has its room already.
        keys = self.keyboard_button.isVisibleTo(self)
        told = (header, look, clock is None, self.clock.sizeHint(), _room(saved), keys)
        if told == self._told:
            self._say_saved(saved)
            return
        self._told = told
        if look != self._look:
            self._look = look
            self.update()
        room = text("Room {room}", look.lang, room=header.room) if header.room else ""
        seat = text("Seat {seat}", look.lang, seat=header.seat) if header.seat else ""
        if header.candidate:
            self.name.say(header.candidate, look, Type.BASE, strong=True)
            self.seat.say(seat, look, Type.SMALL, "quiet")
            under = look.of(header.title)
        else:
            where = " · ".join(filter(None, [room, seat]))
            self.name.say(where, look, Type.BASE, strong=True)
            self.seat.say("", look, Type.SMALL, "quiet")
            under = " · ".join(filter(None, [look.of(header.title), header.window]))
        self.seat.setVisible(bool(self.seat.text()))
        self.title.say(under, look, Type.SMALL, "quiet")
        self.title.setVisible(bool(under))
        self._say_saved(saved)
        self._give_room(saved)
        self._fit()

    def _say_saved(self, saved: Saved) -> None:
        look = self._look
        sentence, role = _SAVED[saved]
        mark_text = look.say(sentence) if sentence else ""
        if mark_text != self.saved.text():
            self.saved.setAccessibleName(mark_text)
        self.saved.say(mark_text, look, Type.NOTE, role, strong=saved is Saved.FAILED)

    def _give_room(self, saved: Saved) -> None:
        """As wide as any of the words that take turns here, so that nothing moves when they do."""
        words = [self._look.say(_SAVED[one][0]) for one in _room(saved) if _SAVED[one][0]]
        self.saved.setVisible(bool(words))
        metrics = self.saved.fontMetrics()
        width = max((metrics.horizontalAdvance(word) for word in words), default=0)
        self.saved.setFixedSize(width + Gap.HAIR if words else 0, metrics.height())

    def say_tools(self, look: Look, other_language: str) -> None:
        """The buttons: text size now, the colours, and the language to go to."""
        if (look, other_language) == self._tools:
            return
        self._tools = (look, other_language)
        chrome = look.chrome
        theme_name = text(
            "Colours: {theme}. Press to choose", look.lang, theme=look.say(THEMES[look.theme])
        )
        self.theme_button.say(
            "", chrome, before="half", name=theme_name, size=Type.BASE, height=Height.CONTROL
        )
        keyboard = text("Keys to press on the screen", look.lang)
        self.keyboard_button.say(
            "", chrome, before="keyboard", name=keyboard, size=Type.BASE, height=Height.CONTROL
        )
        size_name = text("Text size {scale} %. Press for larger", look.lang, scale=look.scale)
        self._size_name, self._scale = size_name, look.scale
        self._fitted = None
        self.language_button.say(
            LANGUAGE_NAMES[other_language], chrome, size=Type.NOTE, height=Height.CONTROL
        )
        self._fit()

    def tick(self, clock: Clock) -> None:
        self.clock.show_clock(clock, self._look)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._left.geometry().contains(event.position().toPoint()):
            self._hold.start()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._hold.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._look.colour("hairline"))

    def _fit(self) -> None:
        """Two lines when one is too narrow; the size of text by its sign alone when two are."""
        self._say_size()
        self._first.invalidate()  # Qt would remember the last name's width until all is laid out
        need = self._left.sizeHint().width() + self._right.sizeHint().width()
        margins = self._box.contentsMargins()
        wide = need + Gap.MEDIUM + margins.left() + margins.right() <= self.width()
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if direction != self._box.direction():
            self._box.setDirection(direction)
        rows = [self._left.sizeHint().height(), self._right.sizeHint().height()]
        height = max(rows) if wide else sum(rows) + Gap.HAIR
        self.setFixedHeight(max(self._look.px(Height.HEADER), height + (0 if wide else 1)))

    def _say_size(self) -> None:
        asked = (
            self._look,
            self._scale,
            self.width(),
            self.saved.maximumWidth(),
            self.clock.sizeHint(),
            self.keyboard_button.isVisibleTo(self),
        )
        if asked == self._fitted:
            return
        self._fitted = asked
        margins = self._box.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        for words in (f"Aa {self._scale} %", "Aa"):
            self.size_button.say(
                words, self._look, name=self._size_name, size=Type.NOTE, height=Height.CONTROL
            )
            if self._right.sizeHint().width() <= room:
                break


def _room(saved: Saved) -> tuple[Saved, ...]:
    """The states of an answer whose marks share their room with this one's."""
    turns = (Saved.SAVING, Saved.SAVED)
    return turns if saved in turns else (saved,)
