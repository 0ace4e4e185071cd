"""The scratch pad: one sheet for the whole exam, saved like answers and never marked."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kiosk.assessment.sitting import MAX_SCRATCH_LENGTH
from kiosk.terminal.screens.paper import Paper
from kiosk.ui.theme import Look
from kiosk.words import text


class ScratchPanel(Paper):
    """A sheet to write on."""

    typed = Signal(str)
    """The whole sheet, at every key."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, MAX_SCRATCH_LENGTH)
        self.field.typed.connect(self.typed)

    def show_scratch(self, scratch: str, look: Look) -> None:
        """Show the sheet."""
        title = text("One sheet for the whole exam. It is saved and never marked", look.lang)
        name = text("Scratch pad", look.lang)
        self.show_paper(title, name, scratch, look, lines=6, share=5)
