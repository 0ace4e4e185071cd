"""The rules in at most seven lines with the pledge, then one practice question of each kind."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.practice import PracticePage
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.views import Pledge, Practise, Rules
from kiosk.ui.controls import Button, Words
from kiosk.ui.document import Media
from kiosk.ui.panels import Card, Page
from kiosk.ui.speech import labels
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text

_PAGE_WIDTH = 820


class RulesScreen(Screen):
    """Shows `views.Rules`."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._view: Rules | None = None
        self._pages = QStackedLayout(self)
        self._rules = QWidget(self)
        self.practice = PracticePage(self, media)
        self._pages.addWidget(self._rules)
        self._pages.addWidget(self.practice)
        self.practice.intent.connect(self.intent)
        self.practice.keys_away.connect(self.keys_away)

        column = QVBoxLayout(self._rules)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._page = Page(self._rules, _PAGE_WIDTH)
        self.bar = Bar(self._rules)
        self.promise = Button("main", self.bar)
        self.bar.add_right(self.promise)
        column.addWidget(self._page, 1)
        column.addWidget(self.bar)
        inside = self._page.column
        self.title = Words(inside)
        self._card = Card(inside, padding=Gap.WIDE)
        self.lines: list[Words] = []
        self.pledge = Words(inside)
        self._page.rows.addStretch(2)
        self._page.rows.addWidget(self.title)
        self._page.rows.addWidget(self._card)
        self._page.rows.addWidget(self.pledge)
        self._page.rows.addStretch(3)
        self.promise.clicked.connect(self._promise)

    @property
    def forward(self) -> Button:
        """What leads on from what is shown."""
        return self.practice.forward if self._practising else self.promise

    @property
    def skip(self) -> Button:
        """What leads over the practice."""
        return self.practice.skip

    @property
    def _practising(self) -> bool:
        return self._view is not None and self._view.practice is not None

    def show_view(self, view: Rules, look: Look) -> None:
        came = view.practice is not None and not self._practising
        self._view = view
        if view.practice is None:
            self.practice.writing.reset()
            self._show_rules(view, look)
            self._pages.setCurrentWidget(self._rules)
        else:
            self.practice.show_practice(view, look)
            self._pages.setCurrentWidget(self.practice)
            if came:
                home = self.practice.home_focus() or self.practice
                home.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_key(self, event: QKeyEvent) -> bool:
        if self._view is None:
            return False
        if self._practising:
            return self.practice.take_key(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            # The pledge is a promise: it takes its own button, not a stray Enter.
            if self._view.pledged:
                self._promise()
            return True
        return False

    def make_room(self, field: QWidget | None) -> None:
        self.practice.make_room(field)

    def leave(self) -> None:
        self.practice.leave()

    def home_focus(self) -> QWidget | None:
        return self.practice.home_focus() if self._practising else self.promise

    def spoken(self) -> list[str]:
        return self.practice.spoken() if self._practising else labels(self._rules)

    def states(self) -> dict[str, str]:
        return self.practice.states() if self._practising else {}

    def _show_rules(self, view: Rules, look: Look) -> None:
        lang = look.lang
        self._page.dress(look)
        self.bar.dress(look.chrome)
        self._card.dress(look)
        self.title.say(text("Before you begin", lang), look, Type.HEAD, strong=True)
        lines = view.lines.get(lang) or next(iter(view.lines.values()), ())
        while len(self.lines) < len(lines):
            line = Words(self._card)
            self._card.rows.addWidget(line)
            self.lines.append(line)
        for at, line in enumerate(self.lines):
            line.setVisible(at < len(lines))
            if at < len(lines):
                line.say(f"{at + 1}.  {lines[at]}", look, Type.BASE)
        self.pledge.say(
            text("By going on you promise to keep these rules. The clock is not running yet", lang),
            look,
            Type.BASE,
            "quiet",
        )
        self.pledge.setVisible(not view.pledged)
        forward = text("Continue", lang) if view.pledged else text("I promise", lang)
        self.promise.say(forward, look.chrome, behind="right")

    def _promise(self) -> None:
        if self._view is not None:
            self.intent.emit(Practise() if self._view.pledged else Pledge())
