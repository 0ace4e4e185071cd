"""The rules in at most seven lines with the pledge, then one practice question of each kind."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.keys_card import key_lines
from kiosk.terminal.screens.question import QuestionPane
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.views import Answer, Highlight, Pledge, Practise, Rules, Strike
from kiosk.ui.controls import Button, Words
from kiosk.ui.document import Media
from kiosk.ui.panels import Card, Page
from kiosk.ui.speech import is_heard, labels
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.ui.writing_strip import WritingStrip
from kiosk.words import text

_PAGE_WIDTH = 820


class RulesScreen(Screen):
    """Shows `views.Rules`."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._view: Rules | None = None
        self._practised = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._pages = QStackedLayout()
        self._rules = Page(self, _PAGE_WIDTH)
        self._practice = QWidget(self)
        self._pages.addWidget(self._rules)
        self._pages.addWidget(self._practice)
        self.bar = Bar(self)
        self.skip = Button("second", self.bar)
        self.forward = Button("main", self.bar)
        self.bar.add_left(self.skip)
        self.bar.add_right(self.forward)
        column.addLayout(self._pages, 1)
        column.addWidget(self.bar)

        inside = self._rules.column
        self.title = Words(inside)
        self._card = Card(inside, padding=Gap.WIDE)
        self.lines: list[Words] = []
        self.pledge = Words(inside)
        self._rules.rows.addStretch(2)
        self._rules.rows.addWidget(self.title)
        self._rules.rows.addWidget(self._card)
        self._rules.rows.addWidget(self.pledge)
        self._rules.rows.addStretch(3)

        rows = QVBoxLayout(self._practice)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        self.banner = Words(self._practice)
        self.keys = Words(self._practice)
        self.question = QuestionPane(self._practice, media)
        told = QVBoxLayout()
        told.setContentsMargins(Gap.PAGE, Gap.MEDIUM, Gap.PAGE, Gap.MEDIUM)
        told.setSpacing(Gap.HAIR)
        told.addWidget(self.banner)
        told.addWidget(self.keys)
        rows.addLayout(told)
        rows.addWidget(self.question, 1)
        self.writing = WritingStrip(self._practice)
        rows.addWidget(self.writing)
        self.question.items.answered.connect(
            lambda item, response, value, settled: self.intent.emit(
                Answer(item, response, value, settled)
            )
        )
        self.question.items.struck.connect(lambda *what: self.intent.emit(Strike(*what)))
        self.question.items.highlighted.connect(lambda *what: self.intent.emit(Highlight(*what)))
        self.question.items.highlighter.left.connect(
            lambda: self.forward.setFocus(Qt.FocusReason.OtherFocusReason)
        )
        self.forward.clicked.connect(self._forward)
        self.skip.clicked.connect(lambda: self._practise(skip=True))

    def show_view(self, view: Rules, look: Look) -> None:
        self._view = view
        if view.practice is None:
            self.writing.reset()
        self._rules.dress(look)
        self.bar.dress(look.chrome)
        self._pages.setCurrentWidget(self._rules if view.practice is None else self._practice)
        self.bar.raise_()  # for a reader what was raised last comes last
        if view.practice is None:
            self._show_rules(view, look)
        else:
            self._show_practice(view, look)

    def take_key(self, event: QKeyEvent) -> bool:
        if self._view is None:
            return False
        if self._view.practice is not None and self.question.items.take_key(event):
            return True
        if self._view.practice is not None and event.key() == Qt.Key.Key_M:
            self.question.items.highlighter.start()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            # The pledge is a promise: it takes its own button, not a stray Enter.
            if self._view.pledged:
                self._forward()
            return True
        return False

    def leave(self) -> None:
        self.writing.hold()
        self.question.items.settle()

    def home_focus(self) -> QWidget | None:
        return self.forward

    def spoken(self) -> list[str]:
        if self._view is None or self._view.practice is None:
            return labels(self)
        return [self.banner.text(), *self.question.spoken()]

    def states(self) -> dict[str, str]:
        return self.question.items.states()

    def _show_rules(self, view: Rules, look: Look) -> None:
        lang = look.lang
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
        self.skip.hide()
        forward = text("Continue", lang) if view.pledged else text("I promise", lang)
        self.forward.say(forward, look.chrome, behind="right")

    def _show_practice(self, view: Rules, look: Look) -> None:
        assert view.practice is not None
        lang = look.lang
        banner = text(
            "Practice {number} of {count}. It does not count, and the clock is not running",
            lang,
            number=view.practice_number,
            count=view.practice_count,
        )
        self.banner.say(banner, look.chrome, Type.BASE, "accent", strong=True)
        keys = " · ".join(f"{key} {what}" for key, what in key_lines(lang)[:7])
        self.keys.say(text("Keys: {keys}", lang, keys=keys), look.chrome, Type.NOTE, "quiet")
        self.question.show_question(view.practice, flagged=False, look=look)
        same = view.practice_number == self._practised
        self.writing.go_on(same=same)
        self._practised = view.practice_number
        self.writing.show_look(look)
        last = view.practice_number >= view.practice_count
        self.skip.setVisible(not last)
        if is_heard() and not same:
            (self.question.first_stop() or self.forward).setFocus(Qt.FocusReason.OtherFocusReason)
        self.skip.say(text("Skip practice and start", lang), look.chrome)
        forward = text("Start the exam", lang) if last else text("Next", lang)
        self.forward.say(forward, look.chrome, behind="right")

    def _forward(self) -> None:
        if self._view is None:
            return
        if not self._view.pledged:
            self.intent.emit(Pledge())
        else:
            self._practise(skip=False)

    def _practise(self, *, skip: bool) -> None:
        self.writing.finish()
        self.leave()
        self.intent.emit(Practise(skip))
