"""The exam: one question, the overview beside it, the bar below. Nothing moves between questions."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from kiosk.terminal.screens.aloud import Aloud, spoken
from kiosk.terminal.screens.bar import Bar
from kiosk.terminal.screens.notes import NotesPanel
from kiosk.terminal.screens.overview import Overview
from kiosk.terminal.screens.question import QuestionPane
from kiosk.terminal.screens.screen import Screen
from kiosk.terminal.screens.tools import TOOL_NAMES, ToolsPanel
from kiosk.terminal.screens.wording import review_text
from kiosk.terminal.views import (
    Answer,
    Exam,
    Flag,
    GoTo,
    Highlight,
    Intent,
    Note,
    OpenReview,
    PartLabel,
    Scribble,
    Strike,
)
from kiosk.ui.controls import Button
from kiosk.ui.document import Media
from kiosk.ui.icons import Icon
from kiosk.ui.panels import settle_layouts
from kiosk.ui.theme import Look
from kiosk.ui.tokens import FOLD_SCALE, FOLD_WIDTH, OVERVIEW_WIDTH, Type
from kiosk.ui.writing_strip import WritingStrip
from kiosk.words import text

_ONCE = (Qt.Key.Key_F, Qt.Key.Key_M, Qt.Key.Key_N, Qt.Key.Key_R, Qt.Key.Key_T, Qt.Key.Key_X)
"""Keys that turn something on and off: held down or stuck they do so once."""

_LEAST_LINES = 3
"""Of a question that one writes in, beside a panel and what one writes with."""

_CROWDED = 4
"""Bars: with less height, as with large text and keys on the screen, a panel is its field alone."""


class ExamScreen(Screen):
    """Shows `views.Exam`."""

    overview_offered = True

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._view: Exam | None = None
        self._look = Look()
        self._folded = False
        self._arranged: object = None
        self._overview_open = False
        self._panel: NotesPanel | ToolsPanel | None = None
        self._keyed: QWidget | None = None
        self._panels: tuple[NotesPanel | ToolsPanel, ...] = ()
        self._aloud_look: Look | None = None
        self._asked_signs: object = None
        self._found_signs = 0
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
        # With keys on the screen what one writes in comes before the question.
        self.question.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._pages.addWidget(self.question)
        self.overview = Overview(middle)
        self.notes = NotesPanel(middle)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self._pages, 1)
        left.addWidget(self.notes)
        self.tools = ToolsPanel(middle, media)
        left.addWidget(self.tools)
        self._panels = (self.notes, self.tools)
        self.writing = WritingStrip(middle)
        left.addWidget(self.writing)
        self._middle.addLayout(left, 1)
        self._middle.addWidget(self.overview)
        self.bar = Bar(self)
        self.back = Button("second", self.bar)
        self.flag = Button("plain", self.bar)
        self.note = Button("plain", self.bar)
        self.tool = Button("plain", self.bar)
        self.unfold = Button("plain", self.bar)
        self.forward = Button("main", self.bar)
        for button in (self.back, self.flag, self.note, self.tool, self.unfold):
            self.bar.add_left(button)
        self.bar.add_right(self.forward)
        column.addWidget(middle, 1)
        column.addWidget(self.bar)
        self.question.items.answered.connect(self._answered)
        self.question.items.struck.connect(lambda *what: self.intent.emit(Strike(*what)))
        self.question.items.highlighted.connect(lambda *what: self.intent.emit(Highlight(*what)))
        self.question.items.highlighter.left.connect(self._take_back_focus)
        self.aloud = Aloud(self)
        self.aloud.changed.connect(self._say_aloud)
        self.aloud.failed.connect(lambda: self._say_aloud(silent=True))
        self.question.aloud.clicked.connect(self._read)
        self.overview.chosen.connect(self._go_to)
        self.overview.review_pressed.connect(self._review)
        self.back.clicked.connect(lambda: self._step(-1))
        self.forward.clicked.connect(lambda: self._step(1))
        self.flag.clicked.connect(self._flag)
        self.note.clicked.connect(lambda: self._toggle_panel(self.notes))
        self.tool.clicked.connect(lambda: self._toggle_panel(self.tools))
        self.tools.built.connect(self._order_tabs)
        self.tools.chose.connect(self._send_keys_away)
        self.writing.turned.connect(self._put_panel_away)
        self.tools.scribbled.connect(lambda scratch: self.intent.emit(Scribble(scratch)))
        self.notes.typed.connect(lambda item, note: self.intent.emit(Note(item, note)))
        self.unfold.clicked.connect(self._toggle_overview)

    def show_view(self, view: Exam, look: Look) -> None:
        moved = self._view is None or view.question.number != self._view.question.number
        if self._view is None or view.header.candidate != self._view.header.candidate:
            self._panel = None
            self.tools.reset()
            self.writing.reset()
        if not view.tools and self._panel is self.tools:
            self._panel = None
        if moved or look.lang != self._look.lang:
            self.aloud.stop()
        self._view, self._look = view, look
        focused = QApplication.focusWidget()
        # Qt hands the focus of a field that goes on to whatever stands next, such as a number of the
        # overview, where Enter would lead back to that question.
        free = focused is None or self.question.isAncestorOf(focused)
        if moved:
            self._overview_open = False
        if moved and free and focused is not None:
            focused.clearFocus()
        self._fold()
        self.question.show_question(view.question, view.flagged, look)
        # Wide enough to stay a panel, the overview keeps its size; folded it is a page.
        self.overview.show_sections(view.overview, look, view.part)
        if moved or self.question.aloud.isHidden() is view.read_aloud or look != self._aloud_look:
            self._say_aloud()
        self.notes.show_note(view.question.item.id, view.note, look)
        self.tools.show_tools(view, look)
        self.writing.go_on(same=not moved)
        self.writing.show_look(look)
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
        if event.isAutoRepeat() and key in _ONCE:
            return True
        if key == Qt.Key.Key_F and (ctrl or self.question.items.option_count() < 6):
            self._flag()
        elif self.question.items.take_key(event):
            pass
        elif key == Qt.Key.Key_M:
            self.question.items.highlighter.start()
        elif key == Qt.Key.Key_R and self._view.read_aloud:
            self._read()
        elif key == Qt.Key.Key_N:
            self._toggle_panel(self.notes)
        elif key == Qt.Key.Key_T and self._view.tools:
            self._toggle_panel(self.tools)
        elif key == Qt.Key.Key_Equal and "calculator" in self._view.tools:
            if self._panel is not self.tools:
                self._toggle_panel(self.tools)
            self.tools.choose("calculator")
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
        elif key == Qt.Key.Key_Escape and self._panel is not None:
            self._toggle_panel(self._panel)
        else:
            return False
        return True

    def _read(self) -> None:
        """Read the question aloud, or stop."""
        if self.aloud.reading:
            self.aloud.stop()
        elif self._view is not None:
            self.aloud.read(spoken(self._view.question, self._look.lang), self._look.lang)

    def _say_aloud(self, *, silent: bool = False) -> None:
        if self._view is not None:
            self._aloud_look = self._look
            self.question.say_aloud(self._view.read_aloud, self.aloud.reading, silent, self._look)

    def make_room(self, field: QWidget | None) -> None:
        self._keyed = field
        served = [field is not None and panel.isAncestorOf(field) for panel in self._panels]
        for panel, small in zip(self._panels, served, strict=True):
            panel.keep_small(small)
        settle_layouts()
        self.question.give_way(any(served))
        if field is not None:
            self._put_panel_away(field)

    def _put_panel_away(self, field: QWidget) -> None:
        """One writes in the question: where there is no room for a panel besides, it goes."""
        if self._panel is None or not self.question.isAncestorOf(field) or self._has_room():
            return
        self._panel = None
        self._arrange_panel()

    def _send_keys_away(self) -> None:
        """One looks something up: where there is no room for the keys besides, they go."""
        panel, keyed = self._panel, self._keyed
        if panel is None or keyed is None:
            return
        if not (panel.isAncestorOf(keyed) and keyed.isVisible()):
            settle_layouts()
            if not self._has_room():
                self.keys_away.emit()

    def _has_room(self) -> bool:
        return self.question.area.height() >= _LEAST_LINES * self._look.line_height(Type.STEM)

    def leave(self) -> None:
        self.aloud.stop()
        self.writing.hold()
        self.question.items.settle()

    def home_focus(self) -> QWidget | None:
        return self.question.first_stop() or self.forward

    def _take_back_focus(self) -> None:
        (self.home_focus() or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)

    # --- what is shown ----------------------------------------------------------------------------

    def _fold(self) -> None:
        """The overview beside the question, or as a page of its own behind a button."""
        folded = self._look.scale >= FOLD_SCALE or self.width() < FOLD_WIDTH
        folded = folded or not self.overview_offered
        crowded = self.height() < _CROWDED * self.bar.height()
        open_now = folded and self._overview_open
        shown = (folded, crowded, open_now, self._panel)
        if shown == self._arranged:
            return  # raising alone would paint all numbers again at each answer
        self._arranged = shown
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
        self.unfold.setVisible(folded and self.overview_offered)
        self.notes.title.setVisible(not crowded)
        self.tools.crowd(crowded)
        self._pages.setCurrentWidget(self.overview if open_now else self.question)
        self.overview.setVisible(not folded or open_now)
        if self._panel is self.tools and not open_now:
            self.tools.open()
        for panel in self._panels:
            panel.setVisible(panel is self._panel and not open_now)
            panel.raise_()  # for a reader what was raised last comes last
        self.overview.raise_()

    def _say_bar(self, view: Exam, look: Look) -> None:
        chrome, lang = look.chrome, look.lang
        self.bar.dress(chrome)
        self.back.setEnabled(view.back is not None)
        # What cannot be seen again needs no flag.
        self.flag.setVisible(not view.question.linear)
        self.flag.setCheckable(True)
        self.flag.setChecked(view.flagged)
        self.note.setCheckable(True)
        self.note.setChecked(bool(view.note))
        self.tool.setVisible(bool(view.tools))
        flag = text("Flagged", lang) if view.flagged else text("Flag", lang)
        self._say_tools(flag, bool(view.note), self._signs(chrome), chrome)
        unfold = (
            text("Back to the question", lang) if self._overview_open else text("Overview", lang)
        )
        self.unfold.say(unfold, chrome)
        if view.onward is not None:
            self.forward.say(text("Next", lang), chrome, behind="right")
        else:
            self.forward.say(self._end_text(view.part, lang), chrome)

    def _say_tools(self, flag: str, written: bool, signs: int, look: Look) -> None:
        """The bar's buttons from the left; the first `signs` of them by their signs alone."""
        lang = look.lang
        notes = text("Notes ✓", lang) if written else text("Notes", lang)
        note_name = text("Notes, written", lang) if written else text("Notes", lang)
        note_sign: Icon = "note"
        tools = self.tools.names
        tool = look.say(TOOL_NAMES[tools[0]]) if len(tools) == 1 else text("Tools", lang)
        tool_name, tool_sign = tool, self._tool_sign()
        if self._panel is self.notes:
            note_name, note_sign = text("Close notes", lang), "cross"
        elif self._panel is self.tools:
            tool_name, tool_sign = text("Close {tool}", lang, tool=tool), "cross"
        told: tuple[tuple[Button, str, Icon, str], ...] = (
            (self.tool, tool, tool_sign, tool_name),
            (self.note, notes, note_sign, note_name),
            (self.back, text("Previous", lang), "left", text("Previous", lang)),
            (self.flag, flag, "flag", flag),
        )
        for at, (button, words, sign, name) in enumerate(told):
            button.say("" if at < signs else words, look, before=sign, name=name)

    def _tool_sign(self) -> Icon:
        return "calculator" if self.tools.names == ("calculator",) else "tools"

    def _signs(self, look: Look) -> int:
        """How many of the tools have no room for their words beside the widest of the others.

        They say by signs what the eye knows, and tell readers all of it. It is the same for all
        questions, so that nothing in the bar moves.
        """
        part = self._view.part if self._view is not None else None
        shown = [button.isVisibleTo(self) for button in self.bar.findChildren(Button)]
        asked = (look, self.width(), self.tools.names, shown, part)
        if asked != self._asked_signs:
            self._asked_signs = asked
            self.unfold.say(text("Overview", look.lang), look)
            self.forward.say(self._end_text(part, look.lang), look)
            for signs in range(5):
                self._say_tools(text("Flagged", look.lang), True, signs, look)
                self._found_signs = signs
                if self.bar.sizeHint().width() <= self.width():
                    break
        return self._found_signs

    def _order_tabs(self) -> None:
        """Tab goes as one reads; Qt alone would go as the widgets were made."""
        here = [cell for cell in self.overview.cells() if cell.number == self._number()]
        chain = [
            self.question.aloud,
            *self._stops,
            self.notes.field,
            *self.tools.stops(),
            *here,
            self.overview.review,
            self.back,
            self.flag,
            self.note,
            self.tool,
            self.unfold,
            self.forward,
        ]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _number(self) -> int:
        return self._view.question.number if self._view is not None else 0

    def _take_focus_from_gone_fields(self, *, free: bool) -> None:
        field = self.question.first_stop()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        focused = QApplication.focusWidget()
        if free or focused is None or self.question.isAncestorOf(focused):
            self.forward.setFocus(Qt.FocusReason.OtherFocusReason)

    def spoken(self) -> list[str]:
        if self._view is None:
            return []
        flagged = [text("Flagged", self._look.lang)] if self._view.flagged else []
        return [*self.question.spoken(), *flagged]

    def states(self) -> dict[str, str]:
        if self._view is None:
            return {}
        flagged = "" if self._view.flagged else text("No longer flagged", self._look.lang)
        return {f"flag {self._number()}": flagged, **self.question.items.states()}

    # --- what is asked ----------------------------------------------------------------------------

    def _answered(self, item: str, response: str, value: tuple[str, ...], settled: bool) -> None:
        self.intent.emit(Answer(item, response, value, settled))

    def _flag(self) -> None:
        if self._view is not None and not self._view.question.linear:
            self.intent.emit(Flag(self._view.question.item.id, not self._view.flagged))

    def _go_to(self, number: int) -> None:
        self.writing.finish()
        self.leave()
        self._overview_open = False
        self._fold()
        self.intent.emit(self._intent_to(number))

    def _step(self, by: int, *, review: bool = True) -> None:
        if self._view is None:
            return
        number = self._view.onward if by > 0 else self._view.back
        if number is not None:
            self._go_to(number)
        elif by > 0 and review:
            self._review()

    def _review(self) -> None:
        self.writing.finish()
        self.leave()
        self.intent.emit(self._intent_to(None))

    def _intent_to(self, number: int | None) -> Intent:
        """What leads to another question, or behind the last one."""
        return OpenReview() if number is None else GoTo(number)

    def _end_text(self, part: PartLabel | None, lang: str) -> str:
        """What leads on from the last question."""
        return review_text(part, lang)

    def _toggle_panel(self, panel: NotesPanel | ToolsPanel) -> None:
        before, self._panel = self._panel, None if panel is self._panel else panel
        if self._panel is None:
            # Before the panel goes, or Qt lets the focus wander on its way.
            button = self.note if before is self.notes else self.tool
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        self._overview_open = False
        self._arrange_panel()
        reason = Qt.FocusReason.OtherFocusReason
        if self._panel is not None:
            panel.field.setFocus(reason)
            self.notes.field.moveCursor(QTextCursor.MoveOperation.End)
            self._send_keys_away()

    def _arrange_panel(self) -> None:
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)
        settle_layouts()

    def _toggle_overview(self) -> None:
        self._overview_open = not self._overview_open
        self._fold()
        if self._view is not None:
            self._say_bar(self._view, self._look)
        settle_layouts()
        if self._overview_open:
            self.overview.show_current()
            self.overview.step(0)
        else:
            self.unfold.setFocus(Qt.FocusReason.OtherFocusReason)
