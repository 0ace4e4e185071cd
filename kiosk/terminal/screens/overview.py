"""The numbers of all questions by section: filled is answered, a corner is flagged, a ring is here.

One number has the Tab stop; arrows go from number to number, so that a keyboard does not have to
step through a hundred of them.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from kiosk.terminal.screens.cells import CellButton, Grid, Legend
from kiosk.terminal.screens.wording import review_text, section_text
from kiosk.terminal.views import OverviewSection, PartLabel
from kiosk.ui.controls import RING, Button, Words
from kiosk.ui.panels import Scroll
from kiosk.ui.theme import Look, dress_scroll, prepare_scroll
from kiosk.ui.tokens import Gap, Type
from kiosk.words import text


class Overview(QWidget):
    """The panel right of the question, and the same as a page when it is folded."""

    chosen = Signal(int)
    review_pressed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        # It scrolls, and folded away it must take no height from what is shown.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._look = Look()
        self._edge = True
        column = QVBoxLayout(self)
        column.setContentsMargins(Gap.MEDIUM - RING, Gap.HAIR, 0, Gap.SMALL)
        column.setSpacing(Gap.HAIR)
        self.title = Words(self)
        self.title.setIndent(RING)
        self.counts = Words(self)
        self.counts.setIndent(RING)
        self._area = Scroll(self)
        self._inside = QWidget()
        self._sections = QVBoxLayout(self._inside)
        self._sections.setContentsMargins(0, 0, 0, 0)
        self._sections.setSpacing(Gap.HAIR)
        self._sections.addStretch(1)
        self._area.setWidget(self._inside)
        prepare_scroll(self._area)
        self.legend = Legend(self)
        self.review = Button("plain", self)
        self.review.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.review.clicked.connect(self.review_pressed)
        column.addWidget(self.title)
        column.addWidget(self.counts)
        column.addWidget(self._area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, Gap.MEDIUM - RING, 0)
        foot.addWidget(self.legend)
        foot.addWidget(self.review)
        column.addLayout(foot)
        self._titles: list[Words] = []
        self._grids: list[Grid] = []
        self._current = 0
        self._asked: object = None

    def set_edge(self, *, shown: bool) -> None:
        """The line that divides it from the question beside it."""
        if shown != self._edge:
            self._edge = shown
            self.update()

    def show_sections(
        self, sections: tuple[OverviewSection, ...], look: Look, part: PartLabel | None = None
    ) -> None:
        """Show the numbers; the current one is scrolled into sight."""
        asked = (sections, look, part)
        if asked == self._asked:
            return
        self._asked = asked
        if look != self._look:
            self._look = look
            self.update()
        dress_scroll(self._area, look)
        cells = [cell for section in sections for cell in section.cells]
        answered = sum(cell.answered for cell in cells)
        flagged = sum(cell.flagged for cell in cells)
        self.title.say(text("Overview", look.lang), look, Type.BASE, strong=True)
        counts = text(
            "answered {answered} · unanswered {unanswered} · flagged {flagged}",
            look.lang,
            answered=answered,
            unanswered=len(cells) - answered,
            flagged=flagged,
        )
        # A number stays with its word where the line breaks.
        counts = counts.replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · ")
        self.counts.say(counts, look, Type.SMALL, "quiet")
        self.review.say(review_text(part, look.lang), look, size=Type.NOTE)
        self.legend.show_legend(look, shut=any(cell.shut for cell in cells))
        while len(self._grids) < len(sections):
            self._add_section()
        for at, (title, grid) in enumerate(zip(self._titles, self._grids, strict=True)):
            shown = at < len(sections)
            title.setVisible(shown)
            grid.setVisible(shown)
            if shown:
                name = section_text(sections[at], look)
                title.say(name, look, Type.NOTE, "text", strong=True)
                grid.show_cells(sections[at].cells, look)
        current = next((cell.number for cell in cells if cell.current), 0)
        if current != self._current:
            self._current = current
            QTimer.singleShot(0, self, self.show_current)  # when the numbers have their places

    def cells(self) -> list[CellButton]:
        """Every number's button, in order."""
        return [cell for grid in self._grids if not grid.isHidden() for cell in grid.shown_cells()]

    def show_current(self) -> None:
        """Scroll to the current number."""
        for cell in self.cells():
            if cell.number == self._current:
                self._area.ensureWidgetVisible(cell, 0, Gap.WIDE)

    def step(self, by: int) -> None:
        """Move the focus from number to number; `by` 0 gives it to the current one."""
        cells = self.cells()
        focused = next((at for at, cell in enumerate(cells) if cell.hasFocus()), None)
        if by == 0 or focused is None:
            target = next((cell for cell in cells if cell.number == self._current), None)
        else:
            target = cells[max(0, min(len(cells) - 1, focused + by))]
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(target, 0, Gap.WIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self.show_current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not any(cell.hasFocus() for cell in self.cells()):
            event.ignore()
            return
        across = next(grid.columns() for grid in self._grids if not grid.isHidden())
        match event.key():
            case Qt.Key.Key_Left:
                self.step(-1)
            case Qt.Key.Key_Right:
                self.step(1)
            case Qt.Key.Key_Up:
                self.step(-across)
            case Qt.Key.Key_Down:
                self.step(across)
            case _:
                event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("surface"))
        if self._edge:
            painter.fillRect(0, 0, 1, self.height(), self._look.colour("hairline"))

    def _add_section(self) -> None:
        title = Words(self._inside)
        title.setIndent(RING)
        grid = Grid(self._inside)
        grid.chosen.connect(self.chosen)
        at = self._sections.count() - 1
        self._sections.insertWidget(at, title)
        self._sections.insertWidget(at + 1, grid)
        self._titles.append(title)
        self._grids.append(grid)
