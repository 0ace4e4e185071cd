"""For the proctor: the code to scan for any command, over whatever screen there was."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.admitting import AdmittingPart
from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.code_page import CodePage
from kiosk.terminal.screens.guests import GuestRow
from kiosk.terminal.screens.pieces import SignLine, Steps, show_finding
from kiosk.terminal.screens.screen import Screen, show_mistake
from kiosk.terminal.views import ChooseGuest, CloseProctorMenu, OpenChecks, ProctorMenu, RaiseAlarm
from kiosk.ui.controls import Button, Words, height_follows_width
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_MOST_GUESTS = 4
"""Exams of a stick that are shown, the newest first: each is a seat that waits right now."""


class ProctorMenuScreen(Screen):
    """Shows `views.ProctorMenu`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._page = CodePage(self)
        self.bar = Bar(self)
        self.close_button = Button("main", self.bar)
        self.bar.add_right(self.close_button)
        self.alarm = Button("plain", self.bar)
        self.bar.add_left(self.alarm)
        self.checks = Button("plain", self.bar)
        self.bar.add_left(self.checks)
        self.checks.clicked.connect(lambda: self.intent.emit(OpenChecks()))
        self.alarm.clicked.connect(lambda: self.intent.emit(RaiseAlarm()))
        column.addWidget(self._page, 1)
        column.addWidget(self.bar)
        self.code = self._page.code
        words = self._page.words
        self.title = Words(words)
        self.what = Words(words)
        self.steps = Steps(words)
        self.mistake = Words(words)
        self._guests = QWidget(words)
        height_follows_width(self._guests)
        self._guest_rows = QVBoxLayout(self._guests)
        self._guest_rows.setContentsMargins(0, 0, 0, 0)
        self._guest_rows.setSpacing(Gap.TIGHT)
        self._on_stick = Words(self._guests)
        self._guest_rows.addWidget(self._on_stick)
        self.guests: list[GuestRow] = []
        self.mirror = SignLine(words)
        self.admitting = AdmittingPart(words)
        self.admitting.wanted.connect(self.intent.emit)
        self._page.fill(
            self.title,
            self.what,
            self._guests,
            self.steps,
            self.admitting,
            self.mirror,
            self.mistake,
        )
        self.close_button.clicked.connect(self._leave)

    def show_view(self, view: ProctorMenu, look: Look) -> None:
        lang = look.lang
        self.bar.dress(look.chrome)
        self.title.say(text("For the proctor", lang), look, Type.HEAD, strong=True)
        self.what.say(
            text("Extend, pause, change seat, end or leave: choose it on your device", lang),
            look,
            Type.STEM,
            "quiet",
        )
        self.steps.show_steps(
            text("Proctor", lang),
            text("Scan this code with your device, then show its answer to this computer", lang),
            text("The code is valid for two minutes", lang),
            look,
        )
        self._show_guests(view, look)
        self.admitting.show_admitting(view, look)
        self.mirror.setVisible(view.mirror is not None)
        if view.mirror is not None:
            show_finding(self.mirror, view.mirror, look)
        show_mistake(self.mistake, view.mistake, look)
        self.alarm.say(text("Fire alarm: hide this paper (F9)", lang), look.chrome)
        self.checks.say(text("Self-check", lang), look.chrome)
        self.alarm.setVisible(view.clock is not None)
        self.close_button.say(text("Back to the exam", lang), look.chrome)
        self._page.show_challenge(view.challenge, look)

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
            return True
        return False

    def _leave(self) -> None:
        self.admitting.forget()
        self.intent.emit(CloseProctorMenu())

    def home_focus(self) -> QWidget | None:
        return self.close_button

    def _show_guests(self, view: ProctorMenu, look: Look) -> None:
        while len(self.guests) < min(len(view.guests), _MOST_GUESTS):
            number = len(self.guests) + 1
            row = GuestRow(self._guests)
            row.choose.clicked.connect(lambda _=False, n=number: self.intent.emit(ChooseGuest(n)))
            self._guest_rows.addWidget(row)
            self.guests.append(row)
        heading = text("On the stick, can go on here", look.lang)
        self._on_stick.say(heading, look, Type.NOTE, "quiet")
        for at, row in enumerate(self.guests):
            row.setVisible(at < len(view.guests))
            if at < len(view.guests):
                chosen, alone = view.chosen == at + 1, len(view.guests) == 1
                row.show_guest(view.guests[at], look, chosen=chosen, alone=alone)
        self._guests.setVisible(bool(view.guests))
