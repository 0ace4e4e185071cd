"""Waiting for the proctor: the challenge as a QR code, what the proctor does, and the self-check."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.self_check import LOCKS
from kiosk.terminal.screens.checks import in_short
from kiosk.terminal.screens.code_page import CodePage
from kiosk.terminal.screens.pieces import CheckList, SessionList, Steps
from kiosk.terminal.screens.screen import Screen, show_mistake
from kiosk.terminal.views import ChooseSession, OpenChecks, Unlock
from kiosk.ui.controls import Button, Words
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import ntext, text


class UnlockScreen(Screen):
    """Shows `views.Unlock`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._page = CodePage(self, Gap.SMALL)
        column.addWidget(self._page)
        self.code = self._page.code
        words = self._page.words
        self.title = Words(words)
        self.what = Words(words)
        self.steps = Steps(words)
        self.mistake = Words(words)
        self._checks = CheckList(words)
        below = QWidget(words)
        row = QHBoxLayout(below)
        row.setContentsMargins(0, 0, 0, 0)
        self.all_checks = Button("plain", below)
        row.addWidget(self.all_checks)
        row.addStretch(1)
        self.all_checks.clicked.connect(lambda: self.intent.emit(OpenChecks()))
        self.fingerprint = Words(words)
        self.others = SessionList(words)
        self.others.chosen.connect(lambda session: self.intent.emit(ChooseSession(session)))
        self._page.fill(
            self.title,
            self.what,
            self.steps,
            self.mistake,
            self._checks,
            below,
            self.fingerprint,
            self.others,
        )

    def show_view(self, view: Unlock, look: Look) -> None:
        lang = look.lang
        again = view.phase is Phase.INTERRUPTED
        title = (
            text("The exam was interrupted. Please wait for the proctor", lang)
            if again
            else text("Please wait for the proctor to start the exam", lang)
        )
        what = (
            text("Saved answers are kept. The lost time will be given back", lang)
            if again
            else text("The questions are sealed; this computer cannot open them yet", lang)
        )
        self.title.say(title, look, Type.HEAD, strong=True)
        self.what.say(what, look, Type.STEM, "quiet")
        self.steps.show_steps(
            text("Proctor", lang),
            text("Scan this code with your device, then show its answer to this computer", lang),
            _given(view, lang),
            look,
        )
        show_mistake(self.mistake, view.mistake, look)
        # A candidate waits here: what a finding rests on is said behind the button.
        basic = tuple(replace(one, detail="") for one in view.checks if one.check not in LOCKS)
        self._checks.show_checks(basic, look)
        self.all_checks.setVisible(len(basic) < len(view.checks))
        self.all_checks.say(in_short(view.checks, lang), look)
        words = view.fingerprint.get(lang) or next(iter(view.fingerprint.values()), ())
        self.fingerprint.setVisible(bool(words))
        line = text("Fingerprint of this computer: {words}", lang, words=" · ".join(words))
        self.fingerprint.say(line, look, Type.NOTE, "quiet")
        self.others.show_sessions(view.sessions, look)
        self._page.show_challenge(view.challenge, look)


def _given(view: Unlock, lang: str) -> str:
    if view.needed <= 0:
        return ""
    if not view.given:
        return ntext("{n} proctor needed", "{n} proctors needed", view.needed, lang)
    return text(
        "{given} authorised · {more} still needed",
        lang,
        given=view.given,
        more=view.needed - view.given,
    )
