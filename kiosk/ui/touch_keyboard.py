"""Keys for a finger or a mouse, at the foot of the window: whoever has no keyboard can write, too.

It stands there while there is a field to write in, once it was asked for: by its button, or by touching
a field with a finger. Its keys are sent to the field as a keyboard's are, so that whatever
reads keys there needs to know nothing of it.
"""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.ui.controls import RING, Button, side_by_side
from kiosk.ui.panels import keep_in_sight, settle_layouts
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import mark, text

_LETTERS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SIGNS = ("1234567890", "-+/=()%:;°", ",.'\"!?×")
_KEYS_SCALE = 110
"""The keys grow no further, so that the question keeps its place; a finger finds them."""
_NAMES = {
    "⇧": mark("capital letters"),
    "⌫": mark("delete"),
    "←": mark("to the left"),
    "→": mark("to the right"),
    "⏎": mark("new line"),
}
_CODES = {
    "⌫": Qt.Key.Key_Backspace,
    "←": Qt.Key.Key_Left,
    "→": Qt.Key.Key_Right,
    "⏎": Qt.Key.Key_Return,
    " ": Qt.Key.Key_Space,
}
_ONLY_NUMBERS = Qt.InputMethodHint.ImhFormattedNumbersOnly | Qt.InputMethodHint.ImhPreferNumbers


class TouchKeyboard(QWidget):
    """Watches the application for fields that get the focus. One that turned its input method off has
    keys of its own beside it, and gets none.

    Args:
        opener: the button that has it come and go.
        around: what the opener stands in; a press there leaves the focus where it is.
    """

    serves = Signal(object)
    """The field that the keys write in now, or None: they went."""

    def __init__(self, parent: QWidget, opener: Button, around: QWidget) -> None:
        super().__init__(parent)
        self._served: QWidget | None = None
        self._around = around
        opener.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        opener.clicked.connect(self.toggle)
        self._look = Look()
        self._wanted = False
        self._capitals = False
        self._signs = False
        self._field: QWidget | None = None
        self._places: list[tuple[Button, str, str]] = []
        """Each key with what it writes as a letter and as a sign."""
        self._held: dict[str, Button] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def toggle(self) -> None:
        """Come, or go."""
        self._wanted = not self.isVisible()
        self._appear()

    def dismiss(self) -> None:
        """Somebody else sits here: it comes again when it is asked for."""
        self._wanted = False
        self._appear()

    def touch(self, part: QWidget) -> None:
        """A finger was on `part`: come, if one can write there."""
        field = _field_of(part)
        if field is not None and field.window() is self.window() and _wants_keys(field):
            self._wanted = True
            self._serve(field)

    def look_again(self) -> None:
        """Something was pressed, or another view is shown: go, if there is nothing to write in. It does
        not go before, as a button that is pressed must not move under the finger when it takes the
        focus."""
        if self._field is not None and not self._field.isVisible():
            self._write_in(None)
            self._appear()

    def show_look(self, look: Look) -> None:
        look = look.chrome
        if look != self._look:
            self._look = look
            if self._places:
                self._say_keys()
            self.update()

    def key(self, sign: str) -> Button:
        """The key that writes or does `sign`."""
        for button, letter, other in self._places:
            if sign in (letter, other):
                return button
        return self._held[sign]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("sunken"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))

    # --- coming and going ---------------------------------------------------------------------------

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        self._serve(now)

    def _serve(self, part: QWidget | None) -> None:
        """Write in `part` from now on, if it is a field of this window."""
        field = _field_of(part) if part is not None else None
        if field is not None and field.window() is self.window():
            self._write_in(field if _wants_keys(field) else None)
            self._appear()

    def _write_in(self, field: QWidget | None) -> None:
        self._field = field
        # A press of a key would hand the focus to the window, which takes it by a click; Qt stops at
        # a part whose proxy has the focus already.
        for part in (self, self._around):
            part.setFocusProxy(field)  # type: ignore[arg-type]  # None takes it away

    def _appear(self) -> None:
        needed = self._wanted and self._field is not None
        if needed and not self._places:
            self._build()
        if needed:
            assert self._field is not None
            self._signs = bool(self._field.inputMethodHints() & _ONLY_NUMBERS)
            self._say_keys()
        if needed != self.isVisible():
            self.setVisible(needed)
            settle_layouts()
        served = self._field if needed else None
        if served is not self._served:
            self._served = served
            self.serves.emit(served)
        if needed and self._field is not None:
            keep_in_sight(self._field)

    # --- keys ---------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.MEDIUM - RING, Gap.TIGHT - RING, Gap.MEDIUM - RING, 0)
        column.setSpacing(side_by_side(Gap.HAIR))
        for n, (letters, signs) in enumerate(zip(_LETTERS, _SIGNS, strict=True)):
            row = self._row(column)
            if n == 2:
                self._hold("⇧", row, self._toggle_capitals, wide=3)
            for letter, sign in zip(letters, signs.ljust(len(letters)), strict=False):
                self._write(letter, sign, row)
            if n == 2:
                self._hold("⌫", row, lambda: self._send("⌫"), wide=3)
        row = self._row(column)
        self._hold("123", row, self._toggle_signs, wide=3)
        self._write(",", "_", row)
        self._hold(" ", row, lambda: self._send(" "), wide=8)
        self._write(".", "*", row)
        for sign in ("←", "→", "⏎"):
            self._hold(sign, row, lambda sign=sign: self._send(sign))
        self._hold("close", row, self.dismiss, wide=3)

    def _row(self, column: QVBoxLayout) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(side_by_side(Gap.HAIR))
        column.addLayout(row)
        return row

    def _write(self, letter: str, sign: str, row: QHBoxLayout) -> None:
        button = self._button(row, 2)
        self._places.append((button, letter, sign))
        button.clicked.connect(lambda: self._send(button.property("writes")))

    def _hold(self, sign: str, row: QHBoxLayout, does: object, wide: int = 2) -> None:
        button = self._button(row, wide)
        self._held[sign] = button
        button.clicked.connect(does)

    def _button(self, row: QHBoxLayout, wide: int) -> Button:
        button = Button("second", self)
        # The field keeps the focus, and Tab passes the keys by.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(button, wide)
        return button

    def _say_keys(self) -> None:
        keys = replace(self._look, scale=min(self._look.scale, _KEYS_SCALE))
        lang = self._look.lang
        for button, letter, sign in self._places:
            writes = sign if self._signs else letter.upper() if self._capitals else letter
            button.setProperty("writes", writes)
            button.setEnabled(writes != " ")
            button.say(writes, keys, size=Type.BASE, height=Height.CONTROL)
        for sign, button in self._held.items():
            name = self._look.say(_NAMES[sign]) if sign in _NAMES else ""
            match sign:
                case "123":
                    words = "abc" if self._signs else "123"
                case " ":
                    words = text("Space", lang)
                case "close":
                    words = text("Close", lang)
                case _:
                    words = sign
            button.say(words, keys, name=name, size=Type.BASE, height=Height.CONTROL)
        self._held["⇧"].setEnabled(not self._signs)
        self._held["⏎"].setEnabled(isinstance(self._field, QPlainTextEdit))

    def _toggle_capitals(self) -> None:
        self._capitals = not self._capitals
        self._say_keys()

    def _toggle_signs(self) -> None:
        self._signs = not self._signs
        self._say_keys()

    def _send(self, sign: str) -> None:
        if self._field is None:
            return
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        code = _CODES.get(sign, Qt.Key(ord(sign.upper()) if sign.isascii() else 0))
        writes = "" if code in (Qt.Key.Key_Backspace, Qt.Key.Key_Left, Qt.Key.Key_Right) else sign
        if sign == "⏎":
            writes = "\r"
        shifted = Qt.KeyboardModifier.ShiftModifier if sign.isupper() else None
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, code, shifted or Qt.KeyboardModifier.NoModifier, writes)
            QApplication.sendEvent(self._field, event)
        if self._capitals:
            self._capitals = False
            self._say_keys()


def _field_of(part: QWidget) -> QWidget | None:
    """The field to write in that `part` is, or belongs to."""
    if isinstance(part, QLineEdit | QPlainTextEdit):
        return part
    around = part.parentWidget()
    return around if isinstance(around, QPlainTextEdit) else None


def _wants_keys(field: QWidget) -> bool:
    return field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
