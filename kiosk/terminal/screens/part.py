"""The page before a part of the exam: what comes, how long, and that what is closed stays closed.

It may come while somebody types, so that keys and presses of its first second do nothing.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.terminal.screens.page_screen import PageScreen
from kiosk.terminal.views import BeginPart, PartLabel, PartPage
from kiosk.ui.controls import Button, Words
from kiosk.ui.panels import Card
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import ntext, text

_PAGE_WIDTH = 820
SETTLE_MS = 1_000


class PartScreen(PageScreen):
    """Shows `views.PartPage`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, _PAGE_WIDTH)
        self._shown: PartLabel | None = None
        self._since = QElapsedTimer()
        self.forward = Button("main", self.bar)
        self.bar.add_right(self.forward)
        inside = self.inside
        self.title = Words(inside)
        self._card = Card(inside, padding=Gap.WIDE)
        self.what = Words(self._card)
        self.length = Words(self._card)
        self.rules = Words(self._card)
        for words in (self.what, self.length, self.rules):
            self._card.rows.addWidget(words)
        self.clock = Words(inside)
        self.fill(self.title, self._card, self.clock)
        self.forward.clicked.connect(self._begin)

    def show_view(self, view: PartPage, look: Look) -> None:
        if view.part != self._shown:
            self._shown = view.part
            self._since.start()
        lang = look.lang
        self.dress(look)
        self._card.dress(look)
        title = text(
            "Part {number} of {count}", lang, number=view.part.number, count=view.part.count
        )
        self.title.say(title, look, Type.HEAD, strong=True)
        self.what.say(" · ".join(map(look.of, view.titles)), look, Type.STEM, strong=True)
        questions = ntext("{n} question", "{n} questions", view.questions, lang)
        minutes = ntext("{n} minute", "{n} minutes", view.minutes, lang)
        self.length.say(f"{questions} · {minutes}", look, Type.STEM)
        self.rules.say("\n".join(_rules(view, look)), look, Type.BASE)
        stopped = text(
            "The clock stands still while you read. The part begins when you press the button, "
            "and by itself after one minute",
            lang,
        )
        self.clock.say(stopped, look, Type.BASE, "quiet")
        self.forward.say(text("Begin this part", lang), look.chrome, behind="right")

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._begin()
            return True
        return False

    def leave(self) -> None:
        self._shown = None

    def home_focus(self) -> QWidget | None:
        return self.forward

    def _begin(self) -> None:
        if self._since.hasExpired(SETTLE_MS):
            self.intent.emit(BeginPart())


def _rules(view: PartPage, look: Look) -> list[str]:
    lang, lines = look.lang, []
    if view.part.number > 1:
        lines.append(
            text(
                "The part before is closed. Its answers are saved, and nobody can change them", lang
            )
        )
    if view.part.last:
        lines.append(text("This is the last part. When its time is over the exam ends", lang))
    else:
        lines.append(
            text("When its time is over, or when you close it, there is no way back to it", lang)
        )
        lines.append(text("Time you leave over does not go to the next part", lang))
    if all(view.linear):
        lines.append(text("You go from question to question, and never back", lang))
    else:
        one_way = [look.of(title) for title, on in zip(view.titles, view.linear, strict=True) if on]
        lines += [
            text("In {section} you go from question to question, and never back", lang, section=one)
            for one in one_way
        ]
    return lines
