"""Large numbers as buttons, as many in a line as there is room for."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.controls import RING, Button, height_follows_width
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap

_WIDTH = 76


class NumberWrap(QWidget):
    """`chosen` carries the number that was pressed."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self._look = Look()
        self._numbers: tuple[int, ...] = ()
        self.buttons: list[Button] = []

    def show_numbers(self, numbers: tuple[int, ...], state: str, look: Look) -> None:
        """Show `numbers`; `state` says to a reader what they have in common."""
        self._look, self._numbers = look, numbers
        while len(self.buttons) < len(numbers):
            button = Button("second", self)
            at = len(self.buttons)
            button.clicked.connect(lambda _=False, at=at: self.chosen.emit(self._numbers[at]))
            self.buttons.append(button)
        for at, button in enumerate(self.buttons):
            button.setVisible(at < len(numbers))
            if at < len(numbers):
                button.say(str(numbers[at]), look, name=f"{numbers[at]}, {state}")
        self.updateGeometry()
        self._place(self.width(), move=True)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(width, move=False)

    def sizeHint(self) -> QSize:
        return QSize(6 * self._look.px(_WIDTH), self.heightForWidth(6 * self._look.px(_WIDTH)))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._look.px(_WIDTH), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(self.width(), move=True)

    def _place(self, width: int, *, move: bool) -> int:
        if not self._numbers:
            return 0
        gap = Gap.SMALL - 2 * RING
        each = self._look.px(_WIDTH) + 2 * RING
        high = self.buttons[0].sizeHint().height()
        columns = max(1, (width + gap) // (each + gap))
        for at, button in enumerate(self.buttons[: len(self._numbers)]):
            line, column = divmod(at, columns)
            if move:
                button.setGeometry(column * (each + gap), line * (high + gap), each, high)
        lines = -(-len(self._numbers) // columns)
        return lines * (high + gap) - gap
