"""Something is wrong: what happened, what is safe, what to do, in that order; a code for the phone."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.artefacts.self_check import said
from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.pieces import SessionList, SignLine
from kiosk.terminal.screens.screen import Screen, notice_text
from kiosk.terminal.views import ChooseSession, OpenChecks, OpenDeviceTest, Retry, Trouble
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Card, Page
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_PAGE_WIDTH = 860


class TroubleScreen(Screen):
    """Shows `views.Trouble`."""

    urgent = True

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = Page(self, _PAGE_WIDTH)
        column.addWidget(self._page)
        self._card = Card(self._page.column, padding=Gap.WIDE)
        self._page.rows.addStretch(2)
        self._page.rows.addWidget(self._card)
        self._page.rows.addStretch(3)
        self.title = Words(self._card)
        self.what = Words(self._card)
        self._safe = Card(self._card, padding=Gap.MEDIUM)
        self.safe: list[SignLine] = []
        self._line = Line(self._card)
        foot = QWidget(self._card)
        code = QVBoxLayout(foot)
        code.setContentsMargins(0, 0, 0, 0)
        code.setSpacing(0)
        self.tell = Words(foot, wrap=False)
        self.code = Words(foot, wrap=False)
        code.addWidget(self.tell)
        code.addWidget(self.code)
        code.addStretch(1)
        foot.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.todo = Words(self._card)
        self._foot = Columns(self._card, foot, self.todo, (0, 1))
        buttons = QHBoxLayout()
        self.retry = Button("main", self._card)
        self.checks = Button("plain", self._card)
        self.devices = Button("plain", self._card)
        buttons.addWidget(self.checks)
        buttons.addWidget(self.devices)
        buttons.addStretch(1)
        buttons.addWidget(self.retry)
        self.others = SessionList(self._card)
        for part in (self.title, self.what, self._safe, self._line, self._foot, self.others):
            self._card.rows.addWidget(part)
        self._card.rows.addLayout(buttons)
        self.others.chosen.connect(lambda session: self.intent.emit(ChooseSession(session)))
        self.checks.clicked.connect(lambda: self.intent.emit(OpenChecks()))
        self.devices.clicked.connect(lambda: self.intent.emit(OpenDeviceTest()))
        self.retry.clicked.connect(lambda: self.intent.emit(Retry()))

    def show_view(self, view: Trouble, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self._card.dress(look)
        self._safe.dress(look, "accent_soft", "accent_soft")
        self._line.dress(look)
        self.title.say(text("Please raise your hand", lang), look, Type.HEAD, strong=True)
        what = notice_text(view.what, look) if view.found is None else said(view.found, lang)
        self.what.say(what, look, Type.STEM)
        while len(self.safe) < len(view.safe):
            line = SignLine(self._safe)
            self._safe.rows.addWidget(line)
            self.safe.append(line)
        for at, line in enumerate(self.safe):
            line.setVisible(at < len(view.safe))
            if at < len(view.safe):
                words = notice_text(view.safe[at], look)
                line.show_line("tick", words, look, "ok", "text", Type.BASE)
        self._safe.setVisible(bool(view.safe))
        self.tell.say(text("Tell the proctor", lang), look, Type.SMALL, "quiet")
        self.code.say(view.code, look, Type.HEAD, strong=True, mono=True)
        todo = text(
            "Proctor: {what}. See page {code} of the handbook",
            lang,
            what=notice_text(view.todo, look),
            code=view.code,
        )
        self.todo.say(todo, look, Type.NOTE, "quiet")
        self._foot.fit(look.px(520))
        self.retry.say(text("Try again", lang), look.chrome)
        self.retry.setVisible(view.can_retry)
        self.checks.say(text("Self-check", lang), look.chrome)
        self.checks.setVisible(view.found is not None)
        self.devices.say(text("Test the devices…", lang), look.chrome)
        self.devices.setVisible(view.may_test)
        self.others.show_sessions(view.sessions, look)


class Line(QWidget):
    """A thin line between two parts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self.setFixedHeight(Gap.MEDIUM + 1)

    def dress(self, look: Look) -> None:
        self._look = look
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        middle = self.height() // 2
        QPainter(self).fillRect(0, middle, self.width(), 1, self._look.colour("hairline"))
