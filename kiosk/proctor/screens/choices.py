"""A few buttons of which one is chosen, in as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from kiosk.ui.controls import RING, Button, side_by_side
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type


class Option(NamedTuple):
    """A button; `name` is what a reader of the screen says where the label does not tell."""

    label: str
    chosen: bool
    enabled: bool = True
    name: str = ""


class Choices(QWidget):
    """Shows options; `chosen` gives the place of the one that was pressed."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, *, height: Height = Height.CONTROL) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._height = height
        self._grid = QGridLayout(self)
        # The rings of the outer buttons reach into the margin, so that edges line up with text.
        self._grid.setContentsMargins(-RING, 0, -RING, 0)
        self._grid.setSpacing(side_by_side(Gap.SMALL))
        self._buttons: list[Button] = []
        self._shown = 0
        self._columns = 0

    @property
    def buttons(self) -> Sequence[Button]:
        return self._buttons[: self._shown]

    def show_options(self, options: Sequence[Option], look: Look) -> None:
        while len(self._buttons) < len(options):
            self._add()
        self._shown = len(options)
        for at, button in enumerate(self._buttons):
            button.setVisible(at < self._shown)
        for button, option in zip(self._buttons, options, strict=False):
            button.setEnabled(option.enabled)
            button.setChecked(option.chosen)
            button.say(
                option.label,
                look,
                before="tick" if option.chosen else None,
                name=option.name,
                size=Type.NOTE,
                height=self._height,
            )
        self.setVisible(bool(options))
        self._columns = 0
        self._place(self.width())
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if not self._shown:
            return 0
        rows = -(-self._shown // self._fitting(width))
        high = max(button.sizeHint().height() for button in self.buttons)
        return rows * high + (rows - 1) * self._grid.spacing()

    def sizeHint(self) -> QSize:
        return QSize(self._widest() if self._shown else 0, self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._widest() if self._shown else 0, self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(event.size().width())

    def _add(self) -> None:
        button = Button("plain", self)
        button.setCheckable(True)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        at = len(self._buttons)
        # A press says what is wanted; only the view says what is chosen.
        button.clicked.connect(lambda: self._pressed(at))
        self._buttons.append(button)

    def _pressed(self, at: int) -> None:
        self._buttons[at].setChecked(not self._buttons[at].isChecked())
        self.chosen.emit(at)

    def _widest(self) -> int:
        return max(button.sizeHint().width() for button in self.buttons)

    def _fitting(self, width: int) -> int:
        room = max(1, (width + 2 * RING) // max(1, self._widest() + self._grid.spacing()))
        rows = -(-self._shown // room)
        return -(-self._shown // rows)  # rows of like length

    def _place(self, width: int) -> None:
        if not self._shown:
            return
        columns = self._fitting(width)
        if columns == self._columns:
            return
        self._columns = columns
        for button in self._buttons:
            self._grid.removeWidget(button)
        for at, button in enumerate(self.buttons):
            self._grid.addWidget(button, at // columns, at % columns)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < columns))
        self.updateGeometry()
