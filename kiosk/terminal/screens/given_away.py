"""The exam goes on at another computer: what is over here, what the proctor does, when the stick may go."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.code_page import CodePage
from kiosk.terminal.screens.pieces import SignLine, Steps
from kiosk.terminal.screens.screen import Screen, show_mistake
from kiosk.terminal.screens.wording import clock_text
from kiosk.terminal.views import GivenAway, Leave, Retry, ShowCodes
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import text

_PAGE_WIDTH = 860
TURN_MS = 400
"""How long each of a row of codes is shown: a scanner reads and types one in less."""


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
        self.show_codes = Button("plain", self.bar)
        self.stop_codes = Button("plain", self.bar)
        self.one_code = Button("plain", self.bar)
        self.next_candidate = Button("second", self.bar)
        for button in (self.again, self.show_codes, self.stop_codes, self.one_code):
            self.bar.add_left(button)
        self.bar.add_right(self.next_candidate)
        column.addWidget(self._page, 1)
        self._code_page = CodePage(self)
        beside = self._code_page.words
        self.codes_title = Words(beside)
        self.codes_steps = Steps(beside)
        self._code_page.fill(self.codes_title, self.codes_steps)
        column.addWidget(self._code_page, 1)
        column.addWidget(self.bar)
        inside = self._page.column
        self.title = Words(inside)
        self.over = Words(inside)
        self.kept = SignLine(inside)
        self.steps = Steps(inside)
        self.stick = SignLine(inside)
        self.mistake = Words(inside)
        self.code = self._code_page.code
        self._codes: tuple[str, ...] = ()
        self._look = Look()
        self._at = 0
        self._still = False
        self._turn = QTimer(self)
        self._turn.setInterval(TURN_MS)
        self._turn.timeout.connect(self._next_code)
        self._page.rows.addStretch(2)
        for part in (self.title, self.over, self.kept, self.steps, self.stick, self.mistake):
            self._page.rows.addWidget(part)
        self._page.rows.addStretch(3)
        self.again.clicked.connect(lambda: self.intent.emit(Retry()))
        self.show_codes.clicked.connect(lambda: self.intent.emit(ShowCodes(True)))
        self.stop_codes.clicked.connect(lambda: self.intent.emit(ShowCodes(False)))
        self.one_code.clicked.connect(self._one_code)
        self.next_candidate.clicked.connect(lambda: self.intent.emit(Leave()))

    def show_view(self, view: GivenAway, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self.bar.dress(look.chrome)
        title = text("This exam goes on at another computer", lang)
        for words in (self.title, self.codes_title):
            words.say(title, look, Type.HEAD, strong=True)
        over = text("Nothing more can be answered or handed in here", lang)
        self.over.say(over, look, Type.STEM, "quiet")
        time = clock_text(view.remaining_ms)
        kept = text(
            "All answers are saved. The clock has stopped with {time} left", lang, time=time
        )
        self.kept.show_line("tick", kept, look, "ok", "text", Type.STEM)
        todo = text("Put in the stick; it is written by itself", lang)
        if view.codes:
            read = text(
                "Open the proctor menu at the other computer and hold its scanner here until it has "
                "read all {count} codes",
                lang,
                count=len(view.codes),
            )
            self.codes_steps.show_steps(text("Proctor", lang), read, "", look)
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
        show_mistake(self.mistake, view.mistake, look)
        self.again.say(text("Write the stick again", lang), look.chrome)
        self.again.setVisible(view.written and not view.codes)
        self.show_codes.say(text("Without a stick: show codes", lang), look.chrome)
        self.show_codes.setVisible(view.may_show_codes and not view.codes)
        self.stop_codes.say(text("With a stick", lang), look.chrome)
        self.stop_codes.setVisible(bool(view.codes))
        self._show_codes(view.codes, look)
        self.one_code.setVisible(bool(view.codes))
        self.next_candidate.say(text("Next candidate", lang), look.chrome)
        self.next_candidate.setVisible(view.may_leave)

    def leave(self) -> None:
        self._turn.stop()
        super().leave()

    def _show_codes(self, codes: tuple[str, ...], look: Look) -> None:
        self._code_page.setVisible(bool(codes))
        self._page.setVisible(not codes)
        self._look = look
        if codes != self._codes:
            self._codes, self._at = codes, 0
            self._still = False
        if codes:
            self._draw_code()
        if codes and not self._still:
            self._turn.start()
        else:
            self._turn.stop()
        self._name_one_code()

    def _one_code(self) -> None:
        """Hold the code that stands there; from then on each press shows the next one."""
        if self._still:
            self._next_code()
        self._still = True
        self._turn.stop()
        self._name_one_code()

    def _name_one_code(self) -> None:
        lang = self._look.lang
        words = text("Next code", lang) if self._still else text("One code at a time", lang)
        self.one_code.say(words, self._look.chrome)

    def _next_code(self) -> None:
        self._at = (self._at + 1) % len(self._codes)
        self._draw_code()

    def _draw_code(self) -> None:
        name = text(
            "Code {number} of {count}", self._look.lang, number=self._at + 1, count=len(self._codes)
        )
        self._code_page.show_code(self._codes[self._at], name, self._look)
