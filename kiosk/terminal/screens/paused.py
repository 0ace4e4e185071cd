"""Paused by a proctor: the paper is hidden, the clock stands, and the code resumes it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.code_page import CodePage
from kiosk.terminal.screens.pieces import SignLine, Steps
from kiosk.terminal.screens.screen import Screen, show_mistake
from kiosk.terminal.views import Paused
from kiosk.ui.controls import Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import ntext, text


class PausedScreen(Screen):
    """Shows `views.Paused`."""

    urgent = True

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = CodePage(self)
        column.addWidget(self._page)
        self.code = self._page.code
        words = self._page.words
        self.title = Words(words)
        self.saved = SignLine(words)
        self.time = SignLine(words)
        self.steps = Steps(words)
        self.mistake = Words(words)
        self._page.fill(self.title, self.saved, self.time, self.steps, self.mistake)

    def show_view(self, view: Paused, look: Look) -> None:
        lang = look.lang
        title = _title(view, lang)
        self.title.say(title, look, Type.HEAD, strong=True)
        saved = ntext(
            "Your {n} answer is saved", "All your {n} answers are saved", view.answered, lang
        )
        self.saved.show_line("tick", saved, look, "ok", "text", Type.STEM)
        time = text("The exam goes on at the same question", lang)
        self.time.show_line("tick", time, look, "ok", "text", Type.STEM)
        self.steps.show_steps(
            text("Proctor", lang),
            text("Scan this code with your device, then show its answer to this computer", lang),
            "",
            look,
        )
        show_mistake(self.mistake, view.mistake, look)
        self._page.show_challenge(view.challenge, look)


def _title(view: Paused, lang: str) -> str:
    if not view.out:
        return text("Paused. The clock has stopped", lang)
    if view.clock.running:
        return text("A break. The clock runs on", lang)
    return text("A break. The clock has stopped", lang)
