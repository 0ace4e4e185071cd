"""The tools an exam allows, in one place below the question: one is shown, the others a press away.

Each is built, and its module imported, when it is first opened: the first question does not wait for
a calculator.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.terminal.views import Exam
from kiosk.ui.controls import RING, Button, side_by_side
from kiosk.ui.document import Media
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import mark

if TYPE_CHECKING:
    from kiosk.terminal.screens.calculator import CalculatorPanel
    from kiosk.terminal.screens.periodic_table import PeriodicPanel
    from kiosk.terminal.screens.scratch import ScratchPanel
    from kiosk.terminal.screens.sheet import SheetPanel

_Tool = TypeVar("_Tool", "CalculatorPanel", "ScratchPanel", "PeriodicPanel", "SheetPanel")

TOOL_NAMES: Final = {
    "calculator": mark("Calculator"),
    "scratch_pad": mark("Scratch pad"),
    "periodic_table": mark("Periodic table"),
    "formula_sheet": mark("Formula sheet"),
}
_ROW_SCALE = 110
"""The row of buttons grows no further, so that the question keeps its place."""


class ToolsPanel(QWidget):
    """Shows one of the tools; where there are several, a row of buttons chooses which."""

    built = Signal()
    """A tool is there that was not: Tab has another stop."""
    chose = Signal()
    """Another tool is shown."""
    scribbled = Signal(str)
    """The scratch pad, at every key."""

    def __init__(self, parent: QWidget, media: Media | None) -> None:
        super().__init__(parent)
        self._media = media
        self._view: Exam | None = None
        self._look = Look()
        self._names: tuple[str, ...] = ()
        self._shown = ""
        self._crowded = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 1, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(Gap.LARGE - RING, 0, Gap.LARGE - RING, 0)
        row.setSpacing(side_by_side(Gap.SMALL))
        column.addLayout(row)
        self.tools: dict[str, CalculatorPanel | ScratchPanel | PeriodicPanel | SheetPanel] = {}
        """Those that were opened."""
        self.buttons: dict[str, Button] = {}
        for name in TOOL_NAMES:
            button = Button("plain", self)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=name: self.choose(name))
            self.buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        self.hide()

    def show_tools(self, view: Exam, look: Look) -> None:
        """Show the tools of `view`; what is open stays open."""
        self._look, self._view = look, view
        self._names = tuple(name for name in TOOL_NAMES if name in view.tools)
        if self._shown not in self._names:
            self._shown = next(iter(self._names), "")
        for name in self.tools:
            if name in self._names:
                self._fill(name)
        self._say()

    def open(self) -> None:
        """It is about to be seen: the tool that is shown has to be there."""
        if self._shown:
            self._fill(self._shown)
            self._say()

    def crowd(self, crowded: bool) -> None:
        """Show the tool alone, as there is no room for more, or all again."""
        if crowded != self._crowded:
            self._crowded = crowded
            self._say()

    def reset(self) -> None:
        """Somebody else sits here."""
        self._shown = ""
        if "calculator" in self.tools:
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
        opened = (self.tools[name].field for name in TOOL_NAMES if name in self.tools)
        return [*self.buttons.values(), *opened]

    def choose(self, name: str) -> None:
        """Show another tool."""
        self._shown = name
        self.open()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.chose.emit()

    def keep_small(self, small: bool) -> None:
        """Have the scratch pad leave the keys on the screen their room."""
        if "scratch_pad" in self.tools:
            self.scratch.keep_small(small)

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
        if "scratch_pad" in self.tools:
            self.scratch.title.setVisible(not self._crowded)
        for name, tool in self.tools.items():
            tool.setVisible(name == self._shown)

    def _fill(self, name: str) -> None:
        assert self._view is not None
        match name:
            case "calculator":
                self.calculator.show_look(self._look, alone=len(self._names) == 1)
            case "scratch_pad":
                self.scratch.show_scratch(self._view.scratch, self._look)
            case "periodic_table":
                self.periodic.show_look(self._look)
            case "formula_sheet":
                self.sheet.show_sheet(self._view.sheet, self._look)

    # --- the tools, each built when it is first asked for -------------------------------------------

    @cached_property
    def calculator(self) -> CalculatorPanel:
        from kiosk.terminal.screens.calculator import CalculatorPanel

        return self._add("calculator", CalculatorPanel(self))

    @cached_property
    def scratch(self) -> ScratchPanel:
        from kiosk.terminal.screens.scratch import ScratchPanel

        made = ScratchPanel(self)
        made.typed.connect(self.scribbled)
        return self._add("scratch_pad", made)

    @cached_property
    def periodic(self) -> PeriodicPanel:
        from kiosk.terminal.screens.periodic_table import PeriodicPanel

        return self._add("periodic_table", PeriodicPanel(self))

    @cached_property
    def sheet(self) -> SheetPanel:
        from kiosk.terminal.screens.sheet import SheetPanel

        return self._add("formula_sheet", SheetPanel(self, self._media))

    def _add(self, name: str, tool: _Tool) -> _Tool:
        tool.hide()
        self.tools[name] = tool
        self._column.addWidget(tool)
        self.built.emit()
        return tool

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("ground"))
        painter.fillRect(0, 0, self.width(), 1, self._look.colour("hairline"))
