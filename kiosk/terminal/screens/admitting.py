"""In the proctor's menu: whom to admit who has no ID, or who is not on the list."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.admitting import MOST_NAME
from kiosk.terminal.screens.line_field import LineField
from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.views import Admit, ProctorMenu
from kiosk.ui.controls import Button, Words, height_follows_width
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_MOST_NUMBER = 40


class AdmittingPart(QWidget):
    """A button that opens two fields, and then who it is and how many proctors have signed."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.TIGHT)
        self.begin = Button("plain", self)
        self.number_label = Words(self)
        self.number = LineField(self, _MOST_NUMBER, Type.STEM)
        self.name_label = Words(self)
        self.name = LineField(self, MOST_NAME, Type.STEM)
        self.enter = Button("plain", self)
        self.who = SignLine(self)
        self._form = (self.number_label, self.number, self.name_label, self.name, self.enter)
        for part in (self.begin, *self._form, self.who):
            rows.addWidget(part)
        self.number_label.setBuddy(self.number)
        self.name_label.setBuddy(self.name)
        self._open = False
        self._look = Look()
        self.begin.clicked.connect(lambda: self._show_form(True))
        self.number.returnPressed.connect(self._ask)
        self.name.returnPressed.connect(self._ask)
        self.enter.clicked.connect(self._ask)

    def show_admitting(self, view: ProctorMenu, look: Look) -> None:
        lang = look.lang
        self.begin.say(text("No ID, or not on the list", lang), look)
        number = text("Candidate number, or a reserve number", lang)
        if view.reserves:
            number = text(
                "Candidate number, or one of the reserve numbers {numbers}",
                lang,
                numbers=view.reserves,
            )
        name = text("With a reserve number: the person's name", lang)
        self.number_label.say(number, look, Type.NOTE, "quiet")
        self.number.dress(look, number)
        self.name_label.say(name, look, Type.NOTE, "quiet")
        self.name.dress(look, name)
        self.enter.say(text("Name for admission", lang), look)
        admitting = view.admitting
        if admitting is not None:
            self.forget()  # the fields are for the next person
            who = text(
                "{number} {name}: {given} of {needed} proctors have signed",
                lang,
                number=admitting.number,
                name=admitting.name,
                given=admitting.given,
                needed=admitting.needed,
            )
            if admitting.given:
                self.who.show_line("tick", who, look, "ok", "text", Type.BASE, strong=True)
            else:
                self.who.show_line("clock", who, look, "quiet", "text", Type.BASE, strong=True)
        self._open = self._open and view.may_admit and admitting is None
        self._show_form(self._open)
        self.begin.setVisible(not self._open and admitting is None)
        self.who.setVisible(admitting is not None)
        self.setVisible(view.may_admit)

    def forget(self) -> None:
        """The menu is opened anew."""
        self._open = False
        self.number.clear()
        self.name.clear()

    def _show_form(self, shown: bool) -> None:
        opening = shown and not self._open
        self._open = shown
        for part in self._form:
            part.setVisible(shown)
        self.begin.setVisible(not shown)
        if opening:
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> None:
        if not self.number.text().strip():
            self.number.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.wanted.emit(Admit(self.number.text(), self.name.text()))
