"""All that the self-check found, for whoever looks after the computer: short lines, what is not fine first."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.artefacts.self_check import CHECKS, Finding, unmet
from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.pieces import CheckList
from kiosk.terminal.screens.screen import notice_text
from kiosk.terminal.views import Checks, CloseChecks, OpenDeviceTest, Retry
from kiosk.ui.controls import Button, Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Type
from kiosk.words import listed, text

_PAGE_WIDTH = 1040
_COLUMN_PX = 400
"""With less room than this for a line they stand in one column."""
_ORDER = {"weak": 0, "unknown": 1, "ok": 2}


class ChecksScreen(PageScreen):
    """Shows `views.Checks`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _PAGE_WIDTH)
        self.title = Words(self.inside)
        self.what = Words(self.inside)
        self.update_told = Words(self.inside)
        self.needed = Words(self.inside)
        self.lines = CheckList(self.inside)
        for part in (self.title, self.what, self.update_told, self.needed, self.lines):
            self._page.rows.addWidget(part)
        self._page.rows.addStretch(1)
        self.again = Button("plain", self.bar)
        self.devices = Button("plain", self.bar)
        self.close_button = Button("main", self.bar)
        self.bar.add_left(self.again)
        self.bar.add_left(self.devices)
        self.bar.add_right(self.close_button)
        self.again.clicked.connect(lambda: self.intent.emit(Retry()))
        self.devices.clicked.connect(lambda: self.intent.emit(OpenDeviceTest()))
        self.close_button.clicked.connect(lambda: self.intent.emit(CloseChecks()))

    def show_view(self, view: Checks, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        self.title.say(text("How this computer stands", lang), look, Type.HEAD, strong=True)
        self.what.say(
            text(
                "For the technician and the proctor. What is not fine is written down and shown at "
                "the station; no answer depends on it",
                lang,
            ),
            look,
            Type.BASE,
            "quiet",
        )
        self.update_told.setVisible(view.update is not None)
        if view.update is not None:
            self.update_told.say(notice_text(view.update, look), look, Type.BASE, strong=True)
        missing = unmet(view.required, view.found)
        self.needed.setVisible(bool(missing))
        if missing:
            self.needed.say(_needed(missing, lang), look, Type.BASE, "warn", strong=True)
        wide = look.px(_COLUMN_PX) * 2 <= _PAGE_WIDTH
        found = sorted(view.found, key=lambda one: _ORDER[one.state])
        self.lines.show_checks(tuple(found), look, columns=2 if wide else 1)
        self.again.say(text("Check again", lang), look.chrome)
        self.devices.say(text("Test the devices…", lang), look.chrome)
        self.devices.setVisible(view.may_test)
        self.close_button.say(text("Back", lang), look.chrome)

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self.intent.emit(CloseChecks())
            return True
        return False

    def home_focus(self) -> QWidget | None:
        return self.close_button


def _needed(missing: tuple[str, ...], lang: str) -> str:
    """What is to be done before the session opens."""
    todos = dict.fromkeys(CHECKS[name].todo for name in missing if name in CHECKS)
    steps = " · ".join(text(todo, lang) for todo in todos) or listed(missing, lang)
    return text("Before this session opens: {steps}", lang, steps=steps)


def in_short(found: tuple[Finding, ...], lang: str) -> str:
    """How many lines are fine, in one line."""
    fine = sum(finding.ok for finding in found)
    return text("Self-check: {fine} of {all} fine", lang, fine=fine, all=len(found))
