"""The author's window: the bank's items at the left, the item as a candidate has it, what it scores."""

from __future__ import annotations

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from kiosk.assessment.items import sets
from kiosk.assessment.responses import Response
from kiosk.authoring.workbench import Row, Workbench, summary
from kiosk.ui.controls import Button, Words, side_by_side
from kiosk.ui.fonts import require_cjk_font
from kiosk.ui.item_view import ItemView
from kiosk.ui.panels import Card, Scroll, settle_layouts
from kiosk.ui.theme import THEMES, Look, dress_scroll, prepare_scroll, qt_palette
from kiosk.ui.tokens import QUESTION_WIDTH, SCALES, Gap, Height, Role, Type
from kiosk.words import LANGUAGES, mark, text

_LIST_WIDTH = 290
_SIDE_WIDTH = 330
_WORST = {
    "error": mark("error"),
    "warning": mark("warning"),
    "note": mark("note"),
    "fine": mark("fine"),
}
_SIGNS = {"error": "✕", "warning": "!", "note": "·", "fine": "✓"}
_ROLES: dict[str, Role] = {"error": "bad", "warning": "warn", "note": "text", "fine": "text"}


class AuthorWindow(QWidget):
    """Shows `bench` after everything that is done to it.

    Raises:
        KioskError: no font for Chinese is installed.
    """

    def __init__(self, bench: Workbench, look: Look) -> None:
        super().__init__()
        require_cjk_font()
        self.bench = bench
        self._look = look
        self.setAutoFillBackground(True)
        self.title = Words(self, wrap=False)
        self.again = Button("plain", self)
        self.language = Button("plain", self)
        self.size_button = Button("plain", self)
        self.theme = Button("plain", self)
        self.search = QLineEdit(self)
        self.list = QListWidget(self)
        self.count = Words(self)
        self.view = ItemView(media=bench.media)
        self.answered = Words(self)
        self.key = Button("second", self)
        self.clear = Button("plain", self)
        self.points = Words(self)
        self.why = Words(self)
        self.heading = Words(self)
        self.findings = Words(self)
        self._arrange()
        self.again.clicked.connect(self._read_again)
        self.language.clicked.connect(self._turn_language)
        self.size_button.clicked.connect(lambda: self._scale_by(1, around=True))
        self.theme.clicked.connect(self._turn_theme)
        self.search.textChanged.connect(lambda _text: self._filter())
        self.list.currentRowChanged.connect(self._selected)
        self.view.answered.connect(self._answered)
        self.key.clicked.connect(self._answer_right)
        self.clear.clicked.connect(self._clear)
        self._fill()
        self.draw()
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the parts --------------------------------------------------------------------------------

    def _arrange(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(Gap.LARGE, Gap.SMALL, Gap.LARGE, Gap.MEDIUM)
        rows.setSpacing(Gap.SMALL)
        top = QHBoxLayout()
        top.setSpacing(side_by_side(Gap.SMALL))
        top.addWidget(self.title, 1)
        for button in (self.again, self.theme, self.size_button, self.language):
            top.addWidget(button)
        rows.addLayout(top)
        columns = QHBoxLayout()
        columns.setSpacing(Gap.LARGE)
        rows.addLayout(columns, 1)

        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        left = QVBoxLayout()
        left.setSpacing(Gap.TIGHT)
        for part in (self.search, self.list, self.count):
            part.setFixedWidth(_LIST_WIDTH)
            left.addWidget(part)
        columns.addLayout(left)

        self._middle = Scroll(self)
        inside = QWidget()
        middle = QVBoxLayout(inside)
        middle.setContentsMargins(0, 0, Gap.MEDIUM, 0)
        middle.addWidget(self.view)
        middle.addStretch(1)
        inside.setMaximumWidth(QUESTION_WIDTH + Gap.MEDIUM)
        self._middle.setWidget(inside)
        prepare_scroll(self._middle)
        columns.addWidget(self._middle, 1)

        self._side = Scroll(self)
        self._side.setFixedWidth(_SIDE_WIDTH)
        beside = QWidget()
        side = QVBoxLayout(beside)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(Gap.SMALL)
        self._score = Card(beside, padding=Gap.MEDIUM)
        for part in (self.points, self.why, self.answered):
            self._score.rows.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(side_by_side(Gap.SMALL))
        buttons.addWidget(self.key)
        buttons.addWidget(self.clear)
        buttons.addStretch(1)
        self._score.rows.addLayout(buttons)
        self._notes = Card(beside, padding=Gap.MEDIUM)
        self._notes.rows.addWidget(self.heading)
        self._notes.rows.addWidget(self.findings)
        side.addWidget(self._score)
        side.addWidget(self._notes)
        side.addStretch(1)
        self._side.setWidget(beside)
        prepare_scroll(self._side)
        columns.addWidget(self._side)
        for button in (self.again, self.theme, self.size_button, self.language):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    # --- drawing ----------------------------------------------------------------------------------

    def draw(self) -> None:
        """Everything as the bench has it now."""
        look, bench = self._look, self.bench
        plain = replace(look, scale=100)
        self.setPalette(qt_palette(look))
        self.setWindowTitle(f"{bench.title} · {text('Author', look.lang)}")
        self.title.say(bench.title, plain, Type.TITLE, strong=True)
        _tool(self.again, text("Read again", look.lang), plain)
        _tool(self.theme, look.say(THEMES[look.theme]), plain)
        _tool(
            self.size_button,
            f"{look.scale} %",
            plain,
            text("Text size {n} %", look.lang, n=look.scale),
        )
        _tool(self.language, "English" if look.lang.startswith("zh") else "中文", plain)
        self.search.setFont(plain.font(Type.NOTE))
        self.search.setPlaceholderText(text("Find an item", look.lang))
        self.search.setAccessibleName(text("Find an item", look.lang))
        self.search.setMinimumHeight(plain.px(Height.CONTROL))
        self.list.setFont(plain.font(Type.NOTE))
        self.list.setAccessibleName(text("Items", look.lang))
        self.count.say(summary(bench.rows, look.lang), plain, Type.SMALL, "quiet")
        item = bench.item
        self.view.setVisible(item is not None)
        if item is not None:
            orders = {
                interaction.response: tuple(name for listed in sets(interaction) for name in listed)
                for interaction in item.interactions
            }
            self.view.show_item(item, orders, bench.responses, look)
        self._draw_score(plain)
        self._draw_findings(plain)
        for area in self.findChildren(QScrollArea):
            dress_scroll(area, look)
        for card in (self._score, self._notes):
            card.dress(look)
        settle_layouts()

    def _draw_score(self, look: Look) -> None:
        bench = self.bench
        scored = bench.scored
        if scored is None:
            said = (
                text("The item cannot be used yet", look.lang)
                if bench.item is None
                else text("People mark this answer", look.lang)
            )
            self.points.say(said, look, Type.STEM, strong=True)
            self.why.say("", look)
        else:
            said = text("{points} of {most}", look.lang, points=scored.points, most=scored.most)
            self.points.say(said, look, Type.HEAD, strong=True)
            self.why.say("\n".join(scored.why), look, Type.NOTE)
        self.why.setVisible(scored is not None)
        given = [
            f"{response}: {' · '.join(value)}"
            for response, value in bench.responses.items()
            if value
        ]
        nothing = text("Nothing is answered", look.lang)
        self.answered.say("\n".join(given) or nothing, look, Type.SMALL, "quiet")
        _tool(self.key, text("Right answer", look.lang), look)
        _tool(self.clear, text("Clear", look.lang), look)

    def _draw_findings(self, look: Look) -> None:
        found = self.bench.findings
        heading = (
            text("What to look at", look.lang)
            if found
            else text("Nothing to find fault with", look.lang)
        )
        self.heading.say(heading, look, Type.NOTE, "text" if found else "ok", strong=True)
        lines = [
            text("{what}: {said}", look.lang, what=look.say(_WORST[one.severity]), said=one.text)
            for one in found
        ]
        self.findings.say("\n\n".join(lines), look, Type.NOTE)
        self.findings.setVisible(bool(found))

    def _fill(self) -> None:
        """The list anew, with the place in it kept."""
        self.list.blockSignals(True)
        self.list.clear()
        for row in self.bench.rows:
            self.list.addItem(self._line(row))
        self.list.setCurrentRow(self.bench.at)
        self.list.blockSignals(False)
        self._filter()

    def _line(self, row: Row) -> QListWidgetItem:
        line = QListWidgetItem(f"{_SIGNS[row.worst]}  {row.item}  {row.title}")
        line.setForeground(self._look.colour(_ROLES[row.worst]))
        line.setSizeHint(QSize(0, self._look.chrome.line_height(Type.NOTE) + Gap.TIGHT))
        said = self._look.say(_WORST[row.worst])
        line.setData(Qt.ItemDataRole.AccessibleTextRole, f"{row.item}, {row.title}, {said}")
        line.setToolTip(f"{row.item} {row.title}")
        return line

    def _filter(self) -> None:
        wanted = self.search.text().strip().casefold()
        for at, row in enumerate(self.bench.rows):
            hidden = wanted not in f"{row.item} {row.title} {row.worst}".casefold()
            self.list.item(at).setHidden(hidden)

    # --- what is done -----------------------------------------------------------------------------

    def _selected(self, at: int) -> None:
        if at >= 0:
            self.view.settle()
            self.bench.select(at)
            self._middle.verticalScrollBar().setValue(0)
            self.draw()

    def _answered(self, _item: str, response: str, value: Response, _settled: bool) -> None:
        self.bench.answer(response, value)
        self.draw()

    def _answer_right(self) -> None:
        self.bench.answer_right()
        self.draw()

    def _clear(self) -> None:
        self.bench.clear()
        self.draw()

    def _read_again(self) -> None:
        self.bench.read_again()
        self._fill()
        self.draw()

    def _turn_language(self) -> None:
        at = LANGUAGES.index(self._look.lang) + 1
        self._look = replace(self._look, lang=LANGUAGES[at % len(LANGUAGES)])
        self.bench.speak(self._look.lang)
        self._fill()
        self.draw()

    def _turn_theme(self) -> None:
        themes = list(THEMES)
        at = themes.index(self._look.theme) + 1
        self._look = replace(self._look, theme=themes[at % len(themes)])
        self._fill()
        self.draw()

    def _scale_by(self, step: int, *, around: bool = False) -> None:
        at = SCALES.index(self._look.scale) + step
        if around:
            at %= len(SCALES)
        self._look = replace(self._look, scale=SCALES[max(0, min(at, len(SCALES) - 1))])
        self.draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if key == Qt.Key.Key_F5:
            self._read_again()
        elif control and key == Qt.Key.Key_F:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._scale_by(1)
        elif control and key == Qt.Key.Key_Minus:
            self._scale_by(-1)
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._step(1 if key == Qt.Key.Key_PageDown else -1)
        elif not self.view.take_key(event):
            super().keyPressEvent(event)

    def _step(self, step: int) -> None:
        """To the next item the filter shows."""
        at = self.bench.at + step
        while 0 <= at < self.list.count():
            if not self.list.item(at).isHidden():
                self.list.setCurrentRow(at)
                return
            at += step


def _tool(button: Button, words: str, look: Look, name: str = "") -> None:
    button.say(words, look, name=name, size=Type.NOTE, height=Height.CONTROL)
