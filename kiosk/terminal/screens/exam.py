"""The exam: one question, the overview beside it, the bar below. Nothing moves between questions."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.notes import NotesPanel
from kiosk.terminal.screens.overview import Overview
from kiosk.terminal.screens.question import QuestionPane
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.views import Answer, Exam, Flag, GoTo, Note, OpenReview, Strike
from kiosk.ui.controls import Button
from kiosk.ui.document import Media
from kiosk.ui.icons import Icon
from kiosk.ui.panels import settle_layouts
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOLD_SCALE, FOLD_WIDTH, OVERVIEW_WIDTH
from kiosk.words import text


class ExamScreen(Screen):
    """Shows `views.Exam`."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._view: Exam | None = None
        self._look = Look()
        self._folded = False
        self._overview_open = False
        self._notes_open = False
        self._stops: list[QWidget] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QWidget(self)
        self._middle = QHBoxLayout(middle)
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._pages = QStackedLayout()
        self.question = QuestionPane(middle, media)
        self._pages.addWidget(self.question)
        self.overview = Overview(middle)
        self.notes = NotesPanel(middle)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self._pages, 1)
        left.addWidget(self.notes)
        self._middle.addLayout(left, 1)
        self._middle.addWidget(self.overview)
        self.bar = Bar(self)
        self.back = Button("second", self.bar)
        self.flag = Button("plain", self.bar)
        self.note = Button("plain", self.bar)
        self.unfold = Button("plain", self.bar)
        self.forward = Button("main", self.bar)
        for button in (self.back, self.flag, self.note, self.unfold):
            self.bar.add_left(button)
        self.bar.add_right(self.forward)
        column.addWidget(middle, 1)
        column.addWidget(self.bar)
        self.question.items.answered.connect(self._answered)
        self.question.items.struck.connect(lambda *what: self.intent.emit(Strike(*what)))
        self.overview.chosen.connect(self._go_to)
        self.overview.review_pressed.connect(self._review)
        self.back.clicked.connect(lambda: self._step(-1))
        self.forward.clicked.connect(lambda: self._step(1))
        self.flag.clicked.connect(self._flag)
        self.note.clicked.connect(self._toggle_notes)
        self.notes.typed.connect(lambda item, note: self.intent.emit(Note(item, note)))
        self.unfold.clicked.connect(self._toggle_overview)

    def show_view(self, view: Exam, look: Look) -> None:
        moved = self._view is None or view.question.number != self._view.question.number
        self._view, self._look = view, look
        focused = QApplication.focusWidget()
        # Qt hands the focus of a field that goes on to whatever stands next, such as a number of the
        # overview, where Enter would lead back to that question.
        free = focused is None or self.question.isAncestorOf(focused)
        if moved:
            self._overview_open = False
        self._fold()
        self.question.show_question(view.question, view.flagged, look)
        # Wide enough to stay a panel, the overview keeps its size; folded it is a page.
        self.overview.show_sections(view.overview, look)
        self.notes.show_note(view.question.item.id, view.note, look)
        self._say_bar(view, look)
        stops = self.question.items.tab_stops()
        if moved or stops != self._stops:
            self._stops = stops
            self._order_tabs()
        if moved:
            self._take_focus_from_gone_fields(free=free)

    def take_key(self, event: QKeyEvent) -> bool:
        if self._view is None:
            return False
        key = event.key()
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key == Qt.Key.Key_F and (ctrl or self.question.items.option_count() < 6):
            self._flag()
        elif self.question.items.take_key(event):
            pass
        elif key == Qt.Key.Key_N:
            self._toggle_notes()
        elif key == Qt.Key.Key_PageDown:
            self._step(1, review=False)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._step(1)
        elif key == Qt.Key.Key_PageUp:
            self._step(-1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.question.scroll_lines(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape and self._overview_open:
            self._toggle_overview()
        elif key == Qt.Key.Key_Escape and self.notes.isVisible():
            self._toggle_notes()
        else:
            return False
        return True

    def leave(self) -> None:
        self.question.items.settle()

    def home_focus(self) -> QWidget | None:
        return self.question.items.first_field() or self.forward

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)

    # --- what is shown ----------------------------------------------------------------------------

    def _fold(self) -> None:
        """The overview beside the question, or as a page of its own behind a button."""
        folded = self._look.scale >= FOLD_SCALE or self.width() < FOLD_WIDTH
        if folded != self._folded:
            self._folded = folded
            if folded:
                self._middle.removeWidget(self.overview)
                self._pages.addWidget(self.overview)
            else:
                self._pages.removeWidget(self.overview)
                self._middle.addWidget(self.overview)
        if folded:
            self.overview.setMinimumWidth(0)
            self.overview.setMaximumWidth(16_777_215)
        else:
            self.overview.setFixedWidth(OVERVIEW_WIDTH)
        self.overview.set_edge(shown=not folded)
        self.unfold.setVisible(folded)
        open_now = folded and self._overview_open
        self._pages.setCurrentWidget(self.overview if open_now else self.question)
        self.overview.setVisible(not folded or open_now)
        self.notes.setVisible(self._notes_open and not open_now)

    def _say_bar(self, view: Exam, look: Look) -> None:
        chrome = look.chrome
        self.bar.dress(chrome)
        # A narrow bar with large text says by signs what the eye knows, and tells readers all of it.
        tight = chrome.scale > 100 and self.width() < FOLD_WIDTH
        previous = text("Previous", look.lang)
        self.back.say("" if tight else previous, chrome, before="left", name=previous)
        self.back.setEnabled(view.question.number > 1)
        flag = text("Flagged", look.lang) if view.flagged else text("Flag", look.lang)
        self.flag.setCheckable(True)
        self.flag.setChecked(view.flagged)
        self.flag.say(flag, chrome, before="flag")
        written = bool(view.note)
        self.note.setCheckable(True)
        self.note.setChecked(written)
        notes = text("Notes ✓", look.lang) if written else text("Notes", look.lang)
        name = text("Notes, written", look.lang) if written else text("Notes", look.lang)
        if self._notes_open:
            notes = name = text("Close notes", look.lang)
        sign: Icon = "cross" if self._notes_open else "note"
        self.note.say("" if tight else notes, chrome, before=sign, name=name)
        unfold = (
            text("Back to the question", look.lang)
            if self._overview_open
            else text("Overview", look.lang)
        )
        self.unfold.say(unfold, chrome)
        if view.question.number < view.question.count:
            self.forward.say(text("Next", look.lang), chrome, behind="right")
        else:
            self.forward.say(text("Review and hand in…", look.lang), chrome)

    def _order_tabs(self) -> None:
        """Tab goes as one reads; Qt alone would go as the widgets were made."""
        here = [cell for cell in self.overview.cells() if cell.number == self._number()]
        chain = [
            *self._stops,
            self.notes.field,
            *here,
            self.overview.review,
            self.back,
            self.flag,
            self.note,
            self.unfold,
            self.forward,
        ]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _number(self) -> int:
        return self._view.question.number if self._view is not None else 0

    def _take_focus_from_gone_fields(self, *, free: bool) -> None:
        field = self.question.items.first_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        focused = QApplication.focusWidget()
        if free or focused is None or self.question.isAncestorOf(focused):
            self.forward.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- what is asked ----------------------------------------------------------------------------

    def _answered(self, item: str, response: str, value: tuple[str, ...], settled: bool) -> None:
        self.intent.emit(Answer(item, response, value, settled))

    def _flag(self) -> None:
        if self._view is not None:
            self.intent.emit(Flag(self._view.question.item.id, not self._view.flagged))

    def _go_to(self, number: int) -> None:
        self.leave()
        self._overview_open = False
        self._fold()
        self.intent.emit(GoTo(number))

    def _step(self, by: int, *, review: bool = True) -> None:
        if self._view is None:
            return
        number = self._view.question.number + by
        if number > self._view.question.count:
            if review:
                self._review()
        elif number >= 1:
            self._go_to(number)

    def _review(self) -> None:
        self.leave()
        self.intent.emit(OpenReview())

    def _toggle_notes(self) -> None:
        self._notes_open = not self._notes_open
        self._overview_open = False
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)
        settle_layouts(self)
        reason = Qt.FocusReason.OtherFocusReason
        if self._notes_open:
            self.notes.field.setFocus(reason)
            self.notes.field.moveCursor(QTextCursor.MoveOperation.End)
        else:
            self.note.setFocus(reason)

    def _toggle_overview(self) -> None:
        self._overview_open = not self._overview_open
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)
        settle_layouts(self)
        if self._overview_open:
            self.overview.show_current()
            self.overview.step(0)
        else:
            self.unfold.setFocus(Qt.FocusReason.OtherFocusReason)
