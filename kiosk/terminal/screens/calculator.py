"""The calculator, in the place of the notes: a line to type in, its result, and keys for a finger."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.assessment.items import TextEntry
from kiosk.errors import InputRefused
from kiosk.terminal.calculator import MAX_LENGTH, calculate, written
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.fields import TextField
from kiosk.ui.speech import announce
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Role, Type
from kiosk.words import mark, text

_KEYS = (
    ("7", "8", "9", "÷", "(", ")", "^", "√"),
    ("4", "5", "6", "×", "sin", "cos", "tan", "π"),
    ("1", "2", "3", "−", "ln", "lg", "exp", "Ans"),
    ("0", ".", "E", "+", "C", "⌫", "="),
)
_NAMES = {
    "÷": mark("divided by"),
    "×": mark("times"),
    "−": mark("minus"),
    "^": mark("to the power of"),
    "√": mark("square root"),
    "E": mark("times ten to the power of"),
    "Ans": mark("last result"),
    "C": mark("clear"),
    "⌫": mark("delete"),
    "=": mark("equals"),
}
_KEYS_SCALE = 125
"""The keys grow no further, so that the question keeps its place; a finger finds them."""
_GO_ON = ("÷", "×", "−", "+", "^")


class _Line(TextField):
    """Where the expression is typed; Enter calculates."""

    entered = Signal()
    takes_words = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Equal):
            self.entered.emit()
        else:
            super().keyPressEvent(event)


class CalculatorPanel(QWidget):
    """Calculates by keyboard, mouse and touch. Nothing of it is kept or sent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._last = 0.0
        self._result: tuple[str, Role] = ("", "text")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(Gap.LARGE - RING, Gap.HAIR, Gap.LARGE - RING, Gap.HAIR)
        row.setSpacing(Gap.SMALL)
        told = QVBoxLayout()
        self.field = _Line(self)
        self.field.setMaxLength(MAX_LENGTH)
        # It has keys of its own.
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.result = Words(self)
        self.result.setIndent(RING)
        self.hint = Words(self)
        self.hint.setIndent(RING)
        told.addWidget(self.field)
        told.addWidget(self.result)
        told.addStretch(1)
        told.addWidget(self.hint)
        row.addLayout(told, 1)
        pad = QVBoxLayout()
        pad.setSpacing(0)
        self.keys: dict[str, Button] = {}
        for signs in _KEYS:
            line = QHBoxLayout()
            line.setSpacing(0)
            for sign in signs:
                button = Button("main" if sign == "=" else "plain", self)
                button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
                button.clicked.connect(lambda _=False, sign=sign: self.press(sign))
                line.addWidget(button, 2 if sign == "=" else 1)
                self.keys[sign] = button
            pad.addLayout(line)
        row.addLayout(pad)
        self.field.entered.connect(self.calculate)
        self.hide()

    def show_look(self, look: Look, *, alone: bool = True) -> None:
        """Say everything in `look`; what was typed stays. Not `alone`, the keys stay as they are at
        100 %, because a row of tools needs room too."""
        self._look = look = look.chrome
        typed = (self.field.text(),) if self.field.text() else ()
        entry = TextEntry("calculator", expected_length=12)
        self.field.show_entry(self, entry, typed, look, text("Calculator", look.lang))
        self.hint.say(text("Angles in degrees. Enter calculates", look.lang), look, Type.SMALL)
        keys = replace(look, scale=min(look.scale, _KEYS_SCALE if alone else 100))
        widest = max(
            keys.px(Height.BUTTON), *(self._key_width(sign, keys) for sign in ("sin", "Ans"))
        )
        for sign, button in self.keys.items():
            name = look.say(_NAMES[sign]) if sign in _NAMES else sign
            button.say(sign, keys, name=name, size=Type.NOTE, height=Height.CONTROL)
            button.setMinimumWidth(widest)
        self._say_result()

    def _key_width(self, sign: str, look: Look) -> int:
        self.keys[sign].say(sign, look, size=Type.NOTE, height=Height.CONTROL)
        return self.keys[sign].sizeHint().width()

    def reset(self) -> None:
        """Forget everything: somebody else sits here."""
        self.field.clear()
        self._last, self._result = 0.0, ("", "text")
        self._say_result()

    def press(self, sign: str) -> None:
        """What a key of the panel does."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        match sign:
            case "C":
                self.field.clear()
                self._result = ("", "text")
                self._say_result()
            case "⌫":
                self.field.backspace()
            case "=":
                self.calculate()
            case _:
                whole = self.field.text()
                if sign in _GO_ON and whole and self.field.selectedText() == whole:
                    self.field.setText("Ans")
                call = "(" if sign.isalpha() and sign not in ("Ans", "E", "π") else ""
                self.field.insert(sign + call)

    def calculate(self) -> None:
        """Show what the line comes to; the next key begins a new one."""
        if not self.field.text().strip():
            return
        try:
            self._last = calculate(self.field.text(), self._last)
        except InputRefused as fault:
            self._result = (fault.summary, "warn")
        else:
            self._result = (f"= {written(self._last)}", "text")
            self.field.selectAll()
        self._say_result()
        announce(self, self.result.text())

    def _say_result(self) -> None:
        shown, role = self._result
        if role == "warn":
            self.result.say(self._look.say(shown), self._look, Type.NOTE, role, strong=True)
        else:
            self.result.say(shown, self._look, Type.TITLE, strong=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("ground"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
