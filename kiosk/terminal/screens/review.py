"""Before handing in: what is unanswered and flagged, as numbers that lead there, and what it means.

Handing in is asked twice, and the button that confirms is not where the first one was: a double
press hands nothing in.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.columns import Columns
from kiosk.terminal.screens.number_wrap import NumberWrap
from kiosk.terminal.screens.pieces import SignLine
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.screens.wording import clock_words
from kiosk.terminal.views import Clock, ClosePart, CloseReview, GoTo, HandIn, Review, Saved
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.panels import Card, Page
from kiosk.ui.speech import labels
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Role, Type
from kiosk.words import ntext, text

_PAGE_WIDTH = 1254
_COLUMNS_FROM = 920
"""What a screen of 1024 px leaves them, with a scroll bar or without."""


class ReviewScreen(Screen):
    """Shows `views.Review`, and its second question when `confirming`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._view: Review | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._pages = QStackedLayout()
        self._page = Page(self, _PAGE_WIDTH)
        self._ask = Page(self, 720)
        self._pages.addWidget(self._page)
        self._pages.addWidget(self._ask)
        self.bar = Bar(self)
        self.back = Button("main", self.bar)
        self.confirm = Button("second", self.bar)
        self.bar.add_left(self.confirm)
        self.bar.add_right(self.back)
        column.addLayout(self._pages, 1)
        column.addWidget(self.bar)
        self._build_review()
        self._build_question()
        self.back.clicked.connect(lambda: self.intent.emit(CloseReview()))
        self.confirm.clicked.connect(lambda: self._end(confirmed=True))
        self.hand_in.clicked.connect(lambda: self._end(confirmed=False))
        QWidget.setTabOrder(self.hand_in, self.confirm)
        QWidget.setTabOrder(self.confirm, self.back)

    def _build_review(self) -> None:
        inside = self._page.column
        lists = QWidget(inside)
        rows = QVBoxLayout(lists)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.MEDIUM)
        self.title = Words(lists)
        self.time = Words(lists)
        self.unanswered = NumberCard(lists)
        self.flagged = NumberCard(lists)
        self._done = Card(lists)
        self.done = SignLine(self._done)
        self._done.rows.addWidget(self.done)
        for part in (self.title, self.time, self.unanswered, self.flagged, self._done):
            rows.addWidget(part)
        rows.addStretch(1)
        side = QWidget(inside)
        beside = QVBoxLayout(side)
        beside.setContentsMargins(0, 0, 0, 0)
        self._what = Card(side)
        self.meaning = Words(self._what)
        self.after = Words(self._what)
        self.wait = Words(self._what)
        self.hand_in = Button("second", self._what)
        for words in (self.meaning, self.after, self.wait, self.hand_in):
            self._what.rows.addWidget(words)
        beside.addWidget(self._what)
        beside.addStretch(1)
        self._columns = Columns(inside, lists, side, (2, 1))
        self._page.rows.addWidget(self._columns)
        self._page.rows.addStretch(1)
        for card in (self.unanswered, self.flagged):
            card.chosen.connect(lambda number: self.intent.emit(GoTo(number)))

    def _build_question(self) -> None:
        inside = self._ask.column
        self._ask_card = Card(inside, padding=Gap.WIDE)
        self.ask = Words(self._ask_card)
        self.left_open = Words(self._ask_card)
        self.final = Words(self._ask_card)
        for words in (self.ask, self.left_open, self.final):
            self._ask_card.rows.addWidget(words)
        self._ask.rows.addStretch(2)
        self._ask.rows.addWidget(self._ask_card)
        self._ask.rows.addStretch(3)

    def show_view(self, view: Review, look: Look) -> None:
        asked = self._view is not None and view.confirming != self._view.confirming
        self._view, self._look = view, look
        self._page.dress(look)
        self._ask.dress(look)
        self.bar.dress(look.chrome)
        self._pages.setCurrentWidget(self._ask if view.confirming else self._page)
        self.bar.raise_()  # for a reader what was raised last comes last
        self.confirm.setVisible(view.confirming)
        if view.confirming:
            self._show_question(view, look)
        else:
            self._show_review(view, look)
        self.back.say(text("Go on with the exam", look.lang), look.chrome)
        if asked:
            # What had the focus is gone; the safe button has it, so that a second Enter hands in nothing.
            self.back.setFocus(Qt.FocusReason.OtherFocusReason)

    def tick(self, clock: Clock) -> None:
        if self._view is not None and not self._view.confirming:
            self._say_time(clock, self._look)

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_PageUp):
            self.intent.emit(CloseReview())
            return True
        return False

    def home_focus(self) -> QWidget | None:
        return self.back

    def spoken(self) -> list[str]:
        # The seconds would be told at each change of the rest; the clock says the minutes.
        return [words for words in labels(self) if words != self.time.text()]

    def _end(self, *, confirmed: bool) -> None:
        if self._view is not None and self._view.closes_part:
            self.intent.emit(ClosePart(confirmed))
        else:
            self.intent.emit(HandIn(confirmed))

    def _show_review(self, view: Review, look: Look) -> None:
        lang = look.lang
        closing = view.closes_part
        title = text("Check before handing in", lang)
        if closing:
            title = text("Check before closing this part", lang)
        self.title.say(title, look, Type.HEAD, strong=True)
        self._say_time(view.clock, look)
        self.unanswered.show_numbers(
            ntext(
                "{n} question unanswered", "{n} questions unanswered", len(view.unanswered), lang
            ),
            text("unanswered", lang),
            view.unanswered,
            look,
            warn=True,
        )
        self.flagged.show_numbers(
            ntext("{n} question flagged", "{n} questions flagged", len(view.flagged), lang),
            text("flagged", lang),
            view.flagged,
            look,
            warn=False,
        )
        self._done.dress(look)
        if view.saved is Saved.SAVED:
            line = ntext(
                "{n} question answered and saved",
                "{n} questions answered and saved",
                view.answered,
                lang,
            )
            self.done.show_line("tick", line, look, "ok", "ok", Type.STEM, strong=True)
        else:
            line = ntext("{n} question answered", "{n} questions answered", view.answered, lang)
            self.done.show_line("clock", line, look, "quiet", "quiet", Type.STEM)
        self._what.dress(look)
        self.meaning.say(_meaning(view, lang), look, Type.STEM, strong=True)
        after = text(
            "You will see a hand-in code. The proctor copies it onto the sign-out sheet", lang
        )
        if closing:
            after = text("A page says what comes next; the clock stands still while you read", lang)
        self.after.say(after, look, Type.NOTE, "quiet")
        waits = view.wait_ms > 0 and not closing
        self.wait.setVisible(waits)
        if waits:
            line = text("You can hand in in {time}", lang, time=clock_words(view.wait_ms, look))
            self.wait.say(line, look, Type.NOTE, "warn", strong=True)
        hand_in = text("Close this part…", lang) if closing else text("Hand in…", lang)
        self.hand_in.say(hand_in, look.chrome)
        self.hand_in.setEnabled(not waits)
        self._columns.fit(max(_COLUMNS_FROM, look.px(880)))

    def _show_question(self, view: Review, look: Look) -> None:
        lang = look.lang
        self._ask_card.dress(look, edge="border")
        closing = view.closes_part
        ask = text("Close this part now?", lang) if closing else text("Hand in now?", lang)
        self.ask.say(ask, look, Type.HEAD, strong=True)
        count = len(view.unanswered)
        if count:
            line = ntext(
                "{n} question is still unanswered",
                "{n} questions are still unanswered",
                count,
                lang,
            )
            if closing:
                line = text("{what}: {said}", lang, what=line, said=ranges(view.unanswered))
        elif closing:
            line = text("Every question of this part is answered", lang)
        else:
            line = text("Every question is answered", lang)
        self.left_open.say(line, look, Type.STEM, "warn" if count else "ok", strong=True)
        self.final.say(_meaning(view, lang), look, Type.BASE)
        confirm = text("Hand in for good", lang)
        if closing:
            confirm = text("Close this part for good", lang)
        self.confirm.say(confirm, look.chrome)

    def _say_time(self, clock: Clock, look: Look) -> None:
        time = clock_words(clock.remaining_ms, look)
        if self._view is None or self._view.whole:
            line = text("{time} left. You can go back to any question", look.lang, time=time)
        else:
            line = text("{time} left. You can go back to what is still open", look.lang, time=time)
        self.time.say(line, look, Type.BASE, "quiet")


def _meaning(view: Review, lang: str) -> str:
    if view.closes_part:
        return text("After closing, nothing in this part can be changed", lang)
    return text("After handing in nothing can be changed", lang)


def ranges(numbers: tuple[int, ...]) -> list[str]:
    """`2–4`, `9`: numbers in their order, those in a row together."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    return [f"{row[0]}–{row[-1]}" if len(row) > 1 else str(row[0]) for row in rows]


class NumberCard(Card):
    """A heading and numbers that lead to their questions."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = Words(self)
        self.numbers = NumberWrap(self)
        self.rows.addWidget(self.title)
        self.rows.addWidget(self.numbers)
        # The numbers bring room for their rings; so they stand under the heading.
        inner = self.rows.contentsMargins()
        self.rows.setContentsMargins(
            inner.left() - RING, inner.top(), inner.right() - RING, inner.bottom() - RING
        )
        self.title.setIndent(RING)
        self.numbers.chosen.connect(self.chosen)

    def show_numbers(
        self, title: str, state: str, numbers: tuple[int, ...], look: Look, *, warn: bool
    ) -> None:
        toned = warn and bool(numbers)
        fill: Role = "warn_soft" if toned else "surface"
        self.dress(look, fill, "warn" if toned else "hairline")
        self.title.say(title, look, Type.STEM, "warn" if toned else "text", strong=True)
        self.numbers.show_numbers(numbers, state, look)
        self.numbers.setVisible(bool(numbers))
