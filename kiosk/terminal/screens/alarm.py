"""A fire alarm: the paper is hidden, what is safe, what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.screens.screen import Screen, notice_text
from kiosk.terminal.views import Alarm, Uncover
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import ntext, text

_PAGE_WIDTH = 860


class AlarmScreen(Screen):
    """Shows `views.Alarm`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._page = Page(self, _PAGE_WIDTH)
        self.bar = Bar(self)
        self.uncover = Button("plain", self.bar)
        self.bar.add_left(self.uncover)
        column.addWidget(self._page, 1)
        column.addWidget(self.bar)
        inside = self._page.column
        self.title = Words(inside)
        self.todo = Words(inside)
        self.saved = SignLine(inside)
        self.time = SignLine(inside)
        self.mistake = Words(inside)
        self._page.rows.addStretch(2)
        for part in (self.title, self.todo, self.saved, self.time, self.mistake):
            self._page.rows.addWidget(part)
        self._page.rows.addStretch(3)
        self.uncover.clicked.connect(lambda: self.intent.emit(Uncover()))

    def show_view(self, view: Alarm, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self.bar.dress(look.chrome)
        self.title.say(text("Alarm. The paper is hidden", lang), look, Type.HEAD, strong=True)
        todo = text("Leave everything and do as the proctor says", lang)
        self.todo.say(todo, look, Type.STEM)
        saved = ntext(
            "Your {n} answer is saved", "All your {n} answers are saved", view.answered, lang
        )
        self.saved.show_line("tick", saved, look, "ok", "text", Type.STEM)
        time = text("Time lost is given back when the room goes on", lang)
        self.time.show_line("tick", time, look, "ok", "text", Type.STEM)
        self.mistake.setVisible(view.mistake is not None and view.mistake.tone == "warn")
        if view.mistake is not None:
            self.mistake.say(notice_text(view.mistake, look), look, Type.BASE, "bad", strong=True)
        self.uncover.say(text("Pressed by mistake: show my paper", lang), look.chrome)

    def home_focus(self) -> QWidget | None:
        return self
