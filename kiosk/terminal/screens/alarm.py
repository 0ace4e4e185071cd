"""A fire alarm: the paper is hidden, what is safe, what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.screens.screen import show_mistake
from kiosk.terminal.views import Alarm, Uncover
from kiosk.ui.controls import Button, Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import ntext, text

_PAGE_WIDTH = 860


class AlarmScreen(PageScreen):
    """Shows `views.Alarm`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _PAGE_WIDTH)
        self.uncover = Button("plain", self.bar)
        self.bar.add_left(self.uncover)
        inside = self.inside
        self.title = Words(inside)
        self.todo = Words(inside)
        self.saved = SignLine(inside)
        self.time = SignLine(inside)
        self.mistake = Words(inside)
        self.fill(self.title, self.todo, self.saved, self.time, self.mistake)
        self.uncover.clicked.connect(lambda: self.intent.emit(Uncover()))

    def show_view(self, view: Alarm, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        self.title.say(text("Alarm. The paper is hidden", lang), look, Type.HEAD, strong=True)
        todo = text("Leave everything and do as the proctor says", lang)
        self.todo.say(todo, look, Type.STEM)
        saved = ntext(
            "Your {n} answer is saved", "All your {n} answers are saved", view.answered, lang
        )
        self.saved.show_line("tick", saved, look, "ok", "text", Type.STEM)
        time = text("Time lost is given back when the room goes on", lang)
        self.time.show_line("tick", time, look, "ok", "text", Type.STEM)
        mistake = view.mistake
        if mistake is not None and mistake.tone == "calm":
            mistake = None  # it was about the exam
        show_mistake(self.mistake, mistake, look)
        self.uncover.say(text("Pressed by mistake: show my paper", lang), look.chrome)

    def home_focus(self) -> QWidget | None:
        return self
