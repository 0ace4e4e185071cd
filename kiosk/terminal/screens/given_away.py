"""The exam goes on at another computer: what is over here, what the proctor does, when the stick may go."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.pieces import SignLine, Steps
from kiosk.terminal.screens.screen import Screen, notice_text
from kiosk.terminal.screens.wording import clock_text
from kiosk.terminal.views import GivenAway, Leave, Retry
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import text

_PAGE_WIDTH = 860


class GivenAwayScreen(Screen):
    """Shows `views.GivenAway`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._page = Page(self, _PAGE_WIDTH)
        self.bar = Bar(self)
        self.again = Button("plain", self.bar)
        self.next_candidate = Button("second", self.bar)
        self.bar.add_left(self.again)
        self.bar.add_right(self.next_candidate)
        column.addWidget(self._page, 1)
        column.addWidget(self.bar)
        inside = self._page.column
        self.title = Words(inside)
        self.over = Words(inside)
        self.kept = SignLine(inside)
        self.steps = Steps(inside)
        self.stick = SignLine(inside)
        self.mistake = Words(inside)
        self._page.rows.addStretch(2)
        for part in (self.title, self.over, self.kept, self.steps, self.stick, self.mistake):
            self._page.rows.addWidget(part)
        self._page.rows.addStretch(3)
        self.again.clicked.connect(lambda: self.intent.emit(Retry()))
        self.next_candidate.clicked.connect(lambda: self.intent.emit(Leave()))

    def show_view(self, view: GivenAway, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self.bar.dress(look.chrome)
        title = text("This exam goes on at another computer", lang)
        self.title.say(title, look, Type.HEAD, strong=True)
        over = text("Nothing more can be answered or handed in here", lang)
        self.over.say(over, look, Type.STEM, "quiet")
        time = clock_text(view.remaining_ms)
        kept = text(
            "All answers are saved. The clock has stopped with {time} left", lang, time=time
        )
        self.kept.show_line("tick", kept, look, "ok", "text", Type.STEM)
        todo = text("Put in the stick; it is written by itself", lang)
        if view.written:
            todo = text(
                "Take out the stick, put it in at the other computer, and open the proctor menu there",
                lang,
            )
        self.steps.show_steps(text("Proctor", lang), todo, "", look)
        self.stick.setVisible(view.written)
        if view.written:
            written = text("The exam is on the stick", lang)
            self.stick.show_line("tick", written, look, "ok", "ok", Type.STEM, strong=True)
        self.mistake.setVisible(view.mistake is not None)
        if view.mistake is not None:
            self.mistake.say(notice_text(view.mistake, look), look, Type.BASE, "bad", strong=True)
        self.again.say(text("Write the stick again", lang), look.chrome)
        self.again.setVisible(view.written)
        self.next_candidate.say(text("Next candidate", lang), look.chrome)
        self.next_candidate.setVisible(view.may_leave)
