"""Sign-in: one field, scan or type; digits stand in groups of four; a mistake is said under it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.terminal.screens.line_field import LineField
from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.pieces import SignLine, show_collected
from kiosk.terminal.screens.screen import show_mistake
from kiosk.terminal.views import SignIn, SignInAs
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import text

_MOST = 40
_GROUP = 4


class SignInScreen(PageScreen):
    """Shows `views.SignIn`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, 640)
        self.enter = Button("main", self.bar)
        self.bar.add_right(self.enter)
        inside = self.inside
        self.title = Words(inside)
        self.what = Words(inside)
        self.label = Words(inside)
        self.field = NumberField(inside)
        self.label.setBuddy(self.field)
        self.mistake = Words(inside)
        self.collected = SignLine(inside)
        for words in (self.title, self.what, self.label, self.mistake):
            words.setIndent(RING)
        self.fill(self.title, self.what, self.label, self.field, self.mistake, self.collected)
        self._typed: str | None = None
        self.enter.clicked.connect(self._enter)
        self.field.returnPressed.connect(self._enter)

    def show_view(self, view: SignIn, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        self.title.say(text("Sign in", lang), look, Type.HEAD, strong=True)
        what = text("Scan your admission slip or ID card, or type your number", lang)
        self.what.say(what, look, Type.STEM, "quiet")
        self.label.say(text("Candidate number or ID number", lang), look, Type.BASE, strong=True)
        self.field.dress(look, text("Candidate number or ID number", lang))
        if view.typed != self._typed:
            self._typed = view.typed
            self.field.show_number(view.typed)
        show_mistake(self.mistake, view.mistake, look)
        show_collected(self.collected, view.collected, look)
        self.enter.say(text("Continue", lang), look.chrome, behind="right")

    def home_focus(self) -> QWidget | None:
        return self.field

    def _enter(self) -> None:
        number = self.field.number()
        if number:
            self._typed = None
            self.intent.emit(SignInAs(number))
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)


class NumberField(LineField):
    """A number in groups, of four mostly. Spaces are only shown; `number` has none."""

    def __init__(self, parent: QWidget, *, group: int = _GROUP, most: int = _MOST) -> None:
        super().__init__(parent, most + (most - 1) // group)
        self._in_a_group = group
        self.setInputMethodHints(Qt.InputMethodHint.ImhPreferNumbers)
        self.textEdited.connect(self._group)

    def number(self) -> str:
        return self.text().replace(" ", "").upper()

    def show_number(self, number: str) -> None:
        self.setText(self._grouped(number))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.accept()  # groups come by themselves
        else:
            super().keyPressEvent(event)

    def _group(self, typed: str) -> None:
        """Group again and keep the cursor behind the same digit."""
        before = len(typed[: self.cursorPosition()].replace(" ", ""))
        self.setText(self._grouped(typed.replace(" ", "")))
        self.setCursorPosition(before + max(0, before - 1) // self._in_a_group)

    def _grouped(self, number: str) -> str:
        size = self._in_a_group
        return " ".join(number[at : at + size] for at in range(0, len(number), size))
