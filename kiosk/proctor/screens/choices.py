"""A few buttons of which one is chosen, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui.controls import Button, height_follows_width, side_by_side
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type

_SPACE = side_by_side(Gap.SMALL)


class Option(NamedTuple):
    """A button; `name` is what a reader of the screen says where the label does not tell. `ticks`
    False for one that changes the choice and is never chosen itself."""

    label: str
    chosen: bool
    enabled: bool = True
    name: str = ""
    ticks: bool = True


class Choices(QWidget):
    """Shows options; `chosen` gives the place of the one that was pressed."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self, QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._buttons: list[Button] = []
        self._shown = 0
        self._options: Sequence[Option] = ()
        self._look = Look()

    @property
    def buttons(self) -> Sequence[Button]:
        return self._buttons[: self._shown]

    def show_options(self, options: Sequence[Option], look: Look) -> None:
        while len(self._buttons) < len(options):
            self._add()
        self._shown, self._options, self._look = len(options), options, look
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
                height=Height.CONTROL,
            )
        self.setVisible(bool(options))
        self._place()
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if not self._shown:
            return 0
        return self._places(width)[-1].bottom() + 1

    def sizeHint(self) -> QSize:
        if not self._shown:
            return QSize(0, 0)
        last = self._places(1_000_000)[-1]
        return QSize(last.right() + 1, last.bottom() + 1)

    def minimumSizeHint(self) -> QSize:
        if not self._shown:
            return QSize(0, 0)
        widest = max(self._width_of(at) for at in range(self._shown))
        return QSize(widest, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _add(self) -> None:
        button = Button("plain", self)
        button.setCheckable(True)
        at = len(self._buttons)
        # A press says what is wanted; only the view says what is chosen.
        button.clicked.connect(lambda: self._pressed(at))
        self._buttons.append(button)

    def _pressed(self, at: int) -> None:
        self._buttons[at].setChecked(not self._buttons[at].isChecked())
        self.chosen.emit(at)

    def _width_of(self, at: int) -> int:
        """With room for the tick, so that nothing moves when another is chosen."""
        button = self._buttons[at]
        width = button.sizeHint().width()
        if self._options[at].ticks and not self._options[at].chosen:
            width += self._look.px(round(Type.NOTE * 0.9)) + self._look.px(Gap.TIGHT)
        return width

    def _places(self, width: int) -> list[QRect]:
        """Where each button stands when the whole is `width` wide."""
        places: list[QRect] = []
        left = top = 0
        for at, button in enumerate(self.buttons):
            wide, high = self._width_of(at), button.sizeHint().height()
            if left and left + wide > width:
                left, top = 0, top + high + _SPACE
            places.append(QRect(left, top, wide, high))
            left += wide + _SPACE
        return places

    def _place(self) -> None:
        # By hand: no layout of Qt begins a new row by itself.
        for button, place in zip(self.buttons, self._places(self.width()), strict=True):
            button.setGeometry(place)
