"""Handed in, or the time is over, or ended by a proctor: what is safe, the hand-in code, what next."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.screens.pieces import CodeCard, SignLine, show_collected
from kiosk.terminal.views import Done, Leave
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Card
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import mark, text

_PAGE_WIDTH = 1000
_CODE_PX = 200
_TITLES = {
    "handed_in": mark("Handed in. Raise your hand and leave when the proctor agrees"),
    "expired": mark("The time is over. Your saved answers were handed in"),
    "aborted": mark("The proctor ended this exam. What was saved was handed in"),
}


class DoneScreen(PageScreen):
    """Shows `views.Done`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _PAGE_WIDTH)
        self.next_candidate = Button("second", self.bar)
        self.bar.add_right(self.next_candidate)
        inside = self.inside
        self.title = Words(inside)
        self.safe = SignLine(inside)
        self._card = Card(inside)
        words = QWidget(self._card)
        rows = QVBoxLayout(words)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.TIGHT)
        self.code_title = Words(words)
        self.words = Words(words)
        self.digits = Words(words)
        self.what_for = Words(words)
        self.package = Words(words)
        rows.addStretch(1)
        for part in (self.code_title, self.words, self.digits, self.what_for, self.package):
            rows.addWidget(part)
        rows.addStretch(1)
        self.code = CodeCard(self._card, _CODE_PX)
        self._columns = Columns(self._card, words, self.code, (1, 0))
        self._card.rows.addWidget(self._columns)
        self.collected = SignLine(inside)
        self.later = Words(inside)
        self.fill(self.title, self.safe, self.collected, self._card, self.later)
        self.next_candidate.clicked.connect(lambda: self.intent.emit(Leave()))

    def show_view(self, view: Done, look: Look) -> None:
        lang = look.lang
        self.dress(look)
        self._card.dress(look)
        self.title.say(look.say(_TITLES[view.how]), look, Type.HEAD, strong=True)
        safe = text(
            "{answered} of {count} answers are sealed and stored on this computer",
            lang,
            answered=view.answered,
            count=view.count,
        )
        self.safe.show_line("tick", safe, look, "ok", "ok", Type.STEM)
        show_collected(self.collected, view.collected, look)
        self.code_title.say(
            text("Your hand-in code, for the sign-out sheet", lang), look, Type.NOTE, "quiet"
        )
        words = view.words.get(lang) or next(iter(view.words.values()), ())
        self.words.say(" · ".join(words), look, Type.HEAD, strong=True)
        self.digits.say(view.digits, look, Type.TITLE, mono=True)
        self.what_for.say(
            text("With this code you can check later that these very answers were scored", lang),
            look,
            Type.NOTE,
            "quiet",
        )
        package = text("Package {number} of this computer", lang, number=view.package)
        self.package.say(package, look, Type.NOTE, "quiet")
        self.code.show_code(view.slip, text("Hand-in code as QR", lang), look)
        self.later.say(
            text(
                "Scores appear when the station has published them; the proctor tells you when "
                "and where",
                lang,
            ),
            look,
            Type.BASE,
            "quiet",
        )
        self.next_candidate.say(text("Next candidate", lang), look.chrome)
        self._columns.fit(look.px(420) + self.code.sizeHint().width())
