"""The tools an exam allows, in one place below the question: one is shown, the others a press away."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.terminal.screens.calculator import CalculatorPanel
from kiosk.terminal.screens.periodic_table import PeriodicPanel
from kiosk.terminal.screens.scratch import ScratchPanel
from kiosk.terminal.screens.sheet import SheetPanel
from kiosk.terminal.views import Exam
from kiosk.ui.controls import RING, Button, side_by_side
from kiosk.ui.document import Media
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import mark

TOOL_NAMES: Final = {
    "calculator": mark("Calculator"),
    "scratch_pad": mark("Scratch pad"),
    "periodic_table": mark("Periodic table"),
    "formula_sheet": mark("Formula sheet"),
}
_ROW_SCALE = 110
"""The row of buttons grows no further, so that the question keeps its place."""
Tool = CalculatorPanel | ScratchPanel | PeriodicPanel | SheetPanel


class ToolsPanel(QWidget):
    """Shows one of the tools; where there are several, a row of buttons chooses which."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._look = Look()
        self._names: tuple[str, ...] = ()
        self._shown = ""
        self._crowded = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(Gap.LARGE - RING, 0, Gap.LARGE - RING, 0)
        row.setSpacing(side_by_side(Gap.SMALL))
        column.addLayout(row)
        self.calculator = CalculatorPanel(self)
        self.scratch = ScratchPanel(self)
        self.periodic = PeriodicPanel(self)
        self.sheet = SheetPanel(self, media)
        self.tools: dict[str, Tool] = {
            "calculator": self.calculator,
            "scratch_pad": self.scratch,
            "periodic_table": self.periodic,
            "formula_sheet": self.sheet,
        }
        self.buttons: dict[str, Button] = {}
        for name, tool in self.tools.items():
            column.addWidget(tool)
            button = Button("plain", self)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self.choose(name))
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self.hide()

    def show_tools(self, view: Exam, look: Look) -> None:
        """Show the tools of `view`; what is open stays open."""
        self._look = look
        self._names = tuple(name for name in self.tools if name in view.tools)
        if self._shown not in self._names:
            self._shown = next(iter(self._names), "")
        if "calculator" in self._names:
            self.calculator.show_look(look, alone=len(self._names) == 1)
        if "scratch_pad" in self._names:
            self.scratch.show_scratch(view.scratch, look)
        if "periodic_table" in self._names:
            self.periodic.show_look(look)
        if "formula_sheet" in self._names:
            self.sheet.show_sheet(view.sheet, look)
        self._say()

    def crowd(self, crowded: bool) -> None:
        """Show the tool alone, as there is no room for more, or all again."""
        if crowded != self._crowded:
            self._crowded = crowded
            self.scratch.title.setVisible(not crowded)
            self._say()

    def reset(self) -> None:
        """Somebody else sits here."""
        self._shown = ""
        self.calculator.reset()

    @property
    def names(self) -> tuple[str, ...]:
        """The tools there are."""
        return self._names

    @property
    def field(self) -> QWidget:
        """What takes the keyboard in the tool that is shown."""
        return self.tools[self._shown].field

    def stops(self) -> list[QWidget]:
        """What Tab stops at, in reading order."""
        return [*self.buttons.values(), *(tool.field for tool in self.tools.values())]

    def choose(self, name: str) -> None:
        """Show another tool."""
        self._shown = name
        self._say()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self) -> None:
        look = replace(self._look, scale=min(self._look.scale, _ROW_SCALE))
        several = len(self._names) > 1
        for name, button in self.buttons.items():
            button.setVisible(several and name in self._names and not self._crowded)
            button.setChecked(name == self._shown)
            button.say(
                look.say(TOOL_NAMES[name]),
                look,
                before="tick" if name == self._shown else None,
                size=Type.NOTE,
                height=Height.CONTROL,
            )
        for name, tool in self.tools.items():
            tool.setVisible(name == self._shown)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("ground"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
