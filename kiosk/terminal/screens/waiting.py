"""Waiting for the common start: a calm page, and a number pad for the code that the proctor says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from kiosk.artefacts.common_start import DIGITS
from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.screen import show_mistake
from kiosk.terminal.screens.sign_in import NumberField
from kiosk.terminal.views import StartWith, Waiting
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_WIDTH = 900
_PAD_PX = 300
_WORDS_PX = 420
_KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "←")
_BACK = "←"


class WaitingScreen(PageScreen):
    """Shows `views.Waiting`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _WIDTH)
        self.begin = Button("main", self.bar)
        self.bar.add_right(self.begin)
        inside = self.inside
        words, pad = QWidget(inside), QWidget(inside)
        self.title = Words(words)
        self.what = Words(words)
        self.label = Words(words)
        self.field = NumberField(words, group=DIGITS // 2, most=DIGITS)
        # It has keys of its own.
        self.field.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.label.setBuddy(self.field)
        self.mistake = Words(words)
        beside = QVBoxLayout(words)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(Gap.SMALL)
        for part in (self.title, self.what, self.label, self.field, self.mistake):
            if isinstance(part, Words):
                part.setIndent(RING)
            beside.addWidget(part)
        beside.addStretch(1)
        grid = QGridLayout(pad)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(Gap.TIGHT)
        self.keys = {key: Button("second", pad) for key in _KEYS if key}
        for at, key in enumerate(_KEYS):
            if key:
                grid.addWidget(self.keys[key], at // 3, at % 3)
                self.keys[key].clicked.connect(lambda _=False, key=key: self._press(key))
        grid.setRowStretch(len(_KEYS) // 3, 1)
        self._columns = Columns(inside, words, pad, (1, 0))
        self._page.rows.addStretch(1)
        self._page.rows.addWidget(self._columns)
        self._page.rows.addStretch(1)
        self._typed: str | None = None
        self.begin.clicked.connect(self._enter)
        self.field.returnPressed.connect(self._enter)

    def show_view(self, view: Waiting, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        title = text("Ready. The room begins together", lang)
        self.title.say(title, look, Type.HEAD, strong=True)
        what = text("Please wait. The proctor will say a code of six digits", lang)
        self.what.say(what, look, Type.STEM, "quiet")
        name = text("Code of the start", lang)
        self.label.say(name, look, Type.BASE, strong=True)
        self.field.dress(look, name)
        if view.typed != self._typed:
            self._typed = view.typed
            self.field.show_number(view.typed)
        show_mistake(self.mistake, view.mistake, look)
        for key, button in self.keys.items():
            button.say(key, look, name=text("Delete the last digit", lang) if key == _BACK else key)
        self.begin.say(text("Begin the exam", lang), look.chrome, behind="right")
        self._columns.fit(look.px(_PAD_PX) + look.px(_WORDS_PX) + Gap.WIDE)

    def home_focus(self) -> QWidget | None:
        return self.field

    def take_key(self, event: QKeyEvent) -> bool:
        """Digits go into the field wherever the focus is."""
        if event.text().isdigit():
            self._press(event.text())
        elif event.key() == Qt.Key.Key_Backspace:
            self._press(_BACK)
        else:
            return False
        return True

    def _press(self, key: str) -> None:
        number = self.field.number()
        self.field.show_number((number[:-1] if key == _BACK else number + key)[:DIGITS])

    def _enter(self) -> None:
        number = self.field.number()
        if number:
            self._typed = None
            self.intent.emit(StartWith(number))
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
