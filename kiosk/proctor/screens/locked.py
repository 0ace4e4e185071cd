"""The locked desk: card, PIN by pad or keys, and how long to wait after wrong tries."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from kiosk.proctor import views
from kiosk.ui.controls import RING, Button, Ring, Words, side_by_side
from kiosk.ui.panels import Card, Page
from kiosk.ui.theme import Look, qt_palette
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import text

_WIDTH = 460
_LONGEST_PIN = 32


class LockedScreen(QWidget):
    """Shows `views.Locked`. The PIN leaves it in one intent and is forgotten."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view = views.Locked("zh-CN", "", ready=True, card=False, waiting=False)
        self._look = Look()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = Page(self, _WIDTH)
        column.addWidget(self._page)
        rows = self._page.rows
        rows.setSpacing(Gap.SMALL)
        inside = self._page.column
        self.card = Card(inside, padding=Gap.MEDIUM)
        self.step = Words(self.card)
        self.state = Words(self.card)
        self.card.rows.setSpacing(Gap.HAIR)
        self.card.rows.addWidget(self.step)
        self.card.rows.addWidget(self.state)
        self.pin_label = Words(inside)
        self.pin = QLineEdit(inside)
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(_LONGEST_PIN)
        self.pin.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.pin.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.pin_label.setBuddy(self.pin)
        Ring(self.pin)
        self.pin.returnPressed.connect(self._enter)
        self.pin.textChanged.connect(self._typed)
        self.message = Words(inside)
        self.pad = PinPad(inside)
        self.pad.digit.connect(self.pin.insert)
        self.pad.erased.connect(self.pin.backspace)
        self.unlock = Button("main", inside)
        self.unlock.clicked.connect(self._enter)
        last = QHBoxLayout()
        last.setContentsMargins(0, 0, 0, 0)
        self.practise = Button("plain", inside)
        self.practise.clicked.connect(lambda: self.intent.emit(views.Practise()))
        last.addWidget(self.practise)
        last.addStretch(1)
        last.addWidget(self.unlock)
        rows.addStretch(1)
        inset = QVBoxLayout()
        inset.setContentsMargins(RING, 0, RING, 0)
        inset.setSpacing(Gap.SMALL)
        for part in (self.card, self.pin_label, self.pin, self.message):
            inset.addWidget(part)
        rows.addLayout(inset)
        rows.addWidget(self.pad)
        rows.addLayout(last)
        rows.addStretch(1)

    def show_view(self, view: views.Locked, look: Look) -> None:
        again = view.card and not self._view.card
        self._view, self._look = view, look
        lang = look.lang
        self._page.dress(look)
        self.card.dress(look, edge="border" if view.card else "hairline")
        self.step.say(text("1 Scan your card", lang), look, Type.BASE, strong=True)
        state = text("✓ Card read", lang) if view.card else text("The card is not read yet", lang)
        self.state.say(state, look, Type.NOTE, "ok" if view.card else "quiet")
        label = text("2 Type your PIN", lang)
        self.pin_label.say(label, look, Type.BASE, strong=True)
        self.pin.setFont(look.font(Type.HEAD, strong=True))
        self.pin.setPalette(qt_palette(look))
        self.pin.setMinimumHeight(look.px(Height.BUTTON))
        self.pin.setAccessibleName(text("PIN", lang))
        self.pad.dress(look)
        self.unlock.say(text("Unlock", lang), look)
        self.practise.say(text("Practise", lang), look, name=text("Practise without a card", lang))
        if not view.card:
            self.pin.clear()
        self._say(view.message)
        self._allow()
        if again:
            self.pin.setFocus(Qt.FocusReason.OtherFocusReason)

    def tick(self, wait_s: int) -> None:
        """Counts down to the next try."""
        if wait_s:
            lang = self._look.lang
            self._say(text("Next try in {seconds} s", lang, seconds=wait_s))

    @property
    def waiting(self) -> bool:
        """Whether no try is possible, as last shown."""
        return self._view.waiting

    def home_focus(self) -> QWidget:
        return self.pin

    def _say(self, words: str) -> None:
        self.message.say(words, self._look, Type.NOTE, "bad")
        self.message.setVisible(bool(words))

    def _typed(self) -> None:
        if self.pin.text() and not self._view.waiting:
            self._say("")
        self._allow()

    def _allow(self) -> None:
        may = self._view.ready and self._view.card and not self._view.waiting
        self.unlock.setEnabled(may and bool(self.pin.text()))
        self.pin.setEnabled(may)
        self.pad.setEnabled(may)

    def _enter(self) -> None:
        if self.unlock.isEnabled():
            pin = self.pin.text()
            self.pin.clear()
            self.intent.emit(views.EnterPin(pin))


class PinPad(QWidget):
    """Ten large digits, and one to take the last back."""

    digit = Signal(str)
    erased = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(side_by_side(Gap.SMALL))
        self.digits = [Button("plain", self) for _ in range(10)]
        self.erase = Button("plain", self)
        for number in range(1, 10):
            grid.addWidget(self.digits[number], (number - 1) // 3, (number - 1) % 3)
        grid.addWidget(self.digits[0], 3, 1)
        grid.addWidget(self.erase, 3, 2)
        for number, button in enumerate(self.digits):
            button.clicked.connect(lambda _, digit=str(number): self.digit.emit(digit))
        self.erase.clicked.connect(self.erased)
        for button in (*self.digits, self.erase):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            # Typing goes on while the pad is used; the digits of the keyboard do the same.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def dress(self, look: Look) -> None:
        for number, button in enumerate(self.digits):
            button.say(str(number), look, size=Type.TITLE, height=Height.OPTION)
        erase = text("Erase the last digit", look.lang)
        self.erase.say("", look, before="left", name=erase, size=Type.TITLE, height=Height.OPTION)
