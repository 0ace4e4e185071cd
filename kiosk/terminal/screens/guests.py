"""The exams on a stick that can go on here: who, from where, how much time is left."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.screens.wording import clock_text
from kiosk.terminal.views import Guest
from kiosk.ui.controls import Button, Words, height_follows_width
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text


class GuestRow(QWidget):
    """One exam. The button chooses it where there are several."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.HAIR)
        self.who = SignLine(self)
        self.mirror = Words(self)
        self.choose = Button("plain", self)
        for part in (self.who, self.mirror, self.choose):
            rows.addWidget(part)

    def show_guest(self, guest: Guest, look: Look, *, chosen: bool, alone: bool) -> None:
        lang = look.lang
        who = text(
            "{name}, {number}, from seat {seat}, {time} left",
            lang,
            name=guest.name,
            number=guest.number,
            seat=guest.seat,
            time=clock_text(guest.remaining_ms),
        )
        if chosen:
            self.who.show_line("tick", who, look, "ok", "text", Type.BASE, strong=True)
        else:
            self.who.show_line("right", who, look, "quiet", "text", Type.BASE)
        mirror = text("From a mirror: only where that computer no longer works", lang)
        self.mirror.say(mirror, look, Type.NOTE, "warn")
        self.mirror.setVisible(not guest.given)
        self.choose.say(text("Choose seat {seat}", lang, seat=guest.seat), look, name=who)
        self.choose.setVisible(not alone and not chosen)
