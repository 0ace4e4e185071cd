"""Paused by a proctor: the paper is hidden, the clock stands, and the code resumes it."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.pieces import CodeCard, SignLine, Steps
from kiosk.terminal.screens.screen import Screen, notice_text
from kiosk.terminal.views import Paused
from kiosk.ui.controls import Words
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import ntext, text

_PAGE_WIDTH = 1040


class PausedScreen(Screen):
    """Shows `views.Paused`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = Page(self, _PAGE_WIDTH)
        column.addWidget(self._page)
        inside = self._page.column
        self.code = CodeCard(inside)
        words = QWidget(inside)
        rows = QVBoxLayout(words)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.MEDIUM)
        self.title = Words(words)
        self.saved = SignLine(words)
        self.time = SignLine(words)
        self.steps = Steps(words)
        self.mistake = Words(words)
        rows.addStretch(1)
        for part in (self.title, self.saved, self.time, self.steps, self.mistake):
            rows.addWidget(part)
        rows.addStretch(1)
        self._columns = Columns(inside, self.code, words, (0, 1))
        self._page.rows.addStretch(1)
        self._page.rows.addWidget(self._columns)
        self._page.rows.addStretch(1)

    def show_view(self, view: Paused, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self.code.show_code(view.challenge, text("Code for the proctor to scan", lang), look)
        title = text("Paused. The clock has stopped", lang)
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
        self.mistake.setVisible(view.mistake is not None)
        if view.mistake is not None:
            self.mistake.say(notice_text(view.mistake, look), look, Type.BASE, "bad", strong=True)
        self._columns.fit(self.code.sizeHint().width() + look.px(460) + Gap.WIDE)
