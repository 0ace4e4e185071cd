"""A question on its page: its number, kind and worth, then the question itself, which scrolls alone.

When something is hidden below, a line at the foot says so.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.terminal.screens.wording import KINDS, PROMPTS, points_text
from kiosk.terminal.views import Question
from kiosk.ui.controls import RING, Button, Words, height_follows_width
from kiosk.ui.document import Media
from kiosk.ui.icons import paint_icon
from kiosk.ui.item_view import ItemView
from kiosk.ui.panels import Scroll
from kiosk.ui.speech import is_heard, labels
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import QUESTION_WIDTH, Gap, Radius, Type
from kiosk.words import text


class QuestionPane(QWidget):
    """Shows `views.Question`."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._number: tuple[int, str] = (0, "")
        self._gives_way = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.area = Scroll(self)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(Gap.PAGE - RING, Gap.HAIR, Gap.PAGE - RING, Gap.LARGE)
        body = QWidget(inside)
        body.setMaximumWidth(QUESTION_WIDTH + 2 * RING)
        height_follows_width(body, QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(body, 1000)
        row.addStretch(1)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Gap.SMALL)
        self.meta = Meta(body)
        self.items = ItemView(body, media=media)
        self.aloud = Button("plain", body)
        self.aloud.hide()
        self.silent = Words(body)
        self.silent.hide()
        rows.addWidget(self.aloud, 0, Qt.AlignmentFlag.AlignLeft)
        rows.addWidget(self.silent)
        rows.addWidget(self.meta)
        rows.addWidget(self.items)
        rows.addStretch(1)
        self.area.setWidget(inside)
        prepare_scroll(self.area)
        self.more = MoreBelow(self)
        self.more.clicked.connect(lambda: self.scroll_lines(3))
        column.addWidget(self.area, 1)
        column.addWidget(self.more)
        bar = self.area.verticalScrollBar()
        bar.valueChanged.connect(self._say_more)
        bar.rangeChanged.connect(self._say_more)

    def show_question(self, question: Question, flagged: bool, look: Look) -> None:
        """Show `question`; a new one starts at its top."""
        self._look = look
        dress_scroll(self.area, look)
        self.meta.show_meta(question, look)
        self.items.show_item(
            question.item,
            question.orders,
            question.responses,
            look,
            question.struck,
            question.highlights,
        )
        shown = (question.number, question.item.id)
        if shown != self._number:
            self._number = shown
            self.area.verticalScrollBar().setValue(0)
        QTimer.singleShot(0, self, self._say_more)

    def spoken(self) -> list[str]:
        """What a reader says when the question comes: its number, its kind and its words."""
        number, count, *rest = labels(self.meta)
        return [f"{number} {count}", *rest, *self.items.spoken()]

    def say_aloud(self, offered: bool, reading: bool, silent: bool, look: Look) -> None:
        """Offer to read the question aloud, or to stop; `silent`: the computer cannot."""
        words = text("Stop reading", look.lang) if reading else text("Read aloud", look.lang)
        self.aloud.setVisible(offered)
        self.aloud.say(words, look.chrome, before="cross" if reading else "sound")
        self.silent.setVisible(offered and silent)
        self.silent.say(
            text("This computer has no sound just now. Please raise your hand", look.lang),
            look,
            Type.NOTE,
            "warn",
            strong=True,
        )

    def scroll_lines(self, lines: int) -> None:
        """Scroll by so many lines of the question."""
        bar = self.area.verticalScrollBar()
        bar.setValue(bar.value() + lines * 2 * self._look.line_height(Type.STEM))

    def first_stop(self) -> QWidget | None:
        """What takes the keyboard when the question opens: a field, or for those who hear the
        question its first choice; Enter leads on from there as well."""
        heard = self.items.first_stop() if is_heard() else None
        return self.items.first_field() or heard

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def give_way(self, gives: bool) -> None:
        """Show nothing of it where not a line fits beside what one writes on and with, or all again."""
        self._gives_way = gives
        self._fit()

    def _fit(self) -> None:
        line = self._look.line_height(Type.STEM)
        self.area.setVisible(not self._gives_way or self.height() >= line)
        self._say_more()

    def _say_more(self) -> None:
        bar = self.area.verticalScrollBar()
        # The strip is there for every question that scrolls, whatever is hidden just now, so that
        # nothing moves while one reads; one that scrolls for the strip's sake alone needs none.
        needs = bar.maximum() + self.area.viewport().height()
        strip = needs > self.height() and not self.area.isHidden()
        if strip == self.more.isHidden():
            self.more.setVisible(strip)
            rows = self.layout()
            assert rows is not None
            rows.activate()  # or the bar of a page that fits now stays until it is drawn once
        self.more.show_more(bar.value() < bar.maximum() - Gap.TIGHT, self._look.chrome)


class MoreBelow(QAbstractButton):
    """A strip under the question that says that there is more, and scrolls when pressed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._more = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_more(self, more: bool, look: Look) -> None:
        if (more, look) == (self._more, self._look) and self.accessibleName():
            return
        if look != self._look:
            self._look = look
            self.updateGeometry()
        self._more = more
        self.setText(text("More below", look.lang) if more else "")
        self.setAccessibleName(text("More below", look.lang))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, self._look.line_height(Type.NOTE) + Gap.HAIR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._more:
            return
        look = self._look
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 1, look.colour("hairline"))
        painter.setPen(look.colour("accent"))
        painter.setFont(look.font(Type.NOTE, strong=True))
        box = QRectF(self.rect()).adjusted(Gap.PAGE, 0, 0, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text())
        left = box.left() + painter.fontMetrics().horizontalAdvance(self.text()) + Gap.TIGHT
        side = look.px(Type.NOTE)
        sign = QRectF(left, (self.height() - side) / 2, side, side)
        paint_icon(painter, "more", sign, look.colour("accent"))


class Meta(QWidget):
    """The line above a question: number, kind, what to do, and what it is worth. It wraps."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = Look()
        self._shown: tuple[object, ...] | None = None
        height_follows_width(self)
        self.number = Words(self, wrap=False)
        self.count = Words(self, wrap=False)
        self.kind = Tag(self)
        self.prompt = Words(self)
        self.rule = Words(self)
        self._parts: list[Words] = [self.number, self.count, self.kind, self.prompt]

    def show_meta(self, question: Question, look: Look) -> None:
        kind = question.item.kind
        shown = (
            question.number,
            question.count,
            kind,
            question.section,
            question.points,
            question.rule,
            question.linear,
            look,
        )
        if shown == self._shown:
            return
        self._shown, self._look = shown, look
        number = text("Question {number}", look.lang, number=question.number)
        self.number.say(number, look, Type.BASE, strong=True)
        self.count.say(f"/ {question.count}", look, Type.NOTE, "quiet")
        section = look.of(question.section) or look.say(KINDS[kind])
        self.kind.show_tag(section, look)
        prompt = look.say(PROMPTS[kind])
        if question.points:  # a practice question has none
            prompt += " · " + points_text(question.points, look)
        self.prompt.say(prompt, look, Type.NOTE, "quiet")
        rule = look.of(question.rule)
        if question.linear:
            rule = " · ".join(filter(None, [rule, text("From here you can only go on", look.lang)]))
        self.rule.say(rule, look, Type.NOTE, "quiet")
        self.rule.setVisible(bool(self.rule.text()))
        self.updateGeometry()
        self._place(self.width(), move=True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        width = sum(_one_line(part).width() + Gap.SMALL for part in self._parts)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        whole = (part.sizeHint().width() for part in self._parts if not part.wordWrap())
        return QSize(max(whole) + 2 * RING, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _place(self, width: int, *, move: bool) -> int:
        left, top = RING, 0
        line = self._look.line_height(Type.BASE)
        for part in self._parts:
            size, room = _one_line(part), width - 2 * RING
            if left > RING and left + size.width() > width - RING:
                left, top = RING, top + line
            if part.wordWrap() and size.width() > room:  # the prompt, which stands last
                size = QSize(room, part.heightForWidth(room))
            if move:
                above = max(0, (line - size.height()) // 2)
                part.setGeometry(left, top + above, *size.toTuple())
            left += size.width() + Gap.SMALL
            top += max(0, size.height() - line)
        top += line
        if self.rule.text():
            height = self.rule.heightForWidth(width - 2 * RING)
            if move:
                self.rule.setGeometry(RING, top, width - 2 * RING, height)
            top += height
        return top


def _one_line(words: Words) -> QSize:
    """The size of `words` when they are not broken."""
    if not words.wordWrap():
        return words.sizeHint()
    width = words.fontMetrics().horizontalAdvance(words.text()) + Gap.HAIR
    return QSize(width, words.heightForWidth(width))


class Tag(Words):
    """A word on a sunken ground."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, wrap=False)
        self.setMargin(Gap.HAIR)
        self._look = Look()

    def show_tag(self, word: str, look: Look) -> None:
        self._look = look
        self.say(word, look, Type.SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._look.colour("sunken"))
        painter.drawRoundedRect(QRectF(self.rect()), Radius.CONTROL / 2, Radius.CONTROL / 2)
        painter.end()
        super().paintEvent(event)
