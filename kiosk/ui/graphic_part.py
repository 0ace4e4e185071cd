"""What the views of all interactions on a picture share: the picture, and a line above it that
counts and refuses; and `TakeBacks`, the buttons beneath.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.assessment.content import UNITS_PER_PX, Drawing, Paragraph, Picture, Text
from kiosk.assessment.items import Hotspot, Size
from kiosk.assessment.responses import Response
from kiosk.ui.controls import RING, Words, height_follows_width, side_by_side
from kiosk.ui.part import Asked, Part
from kiosk.ui.picture_stage import PictureStage
from kiosk.ui.piece import Face, Flow, Piece
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type


class GraphicPart(Part):
    """A picture to answer on; what a press does is the interaction's own."""

    def __init__(self, stage: PictureStage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        height_follows_width(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(side_by_side(Gap.SMALL))
        self.line = Words(self)
        self.line.setIndent(RING)
        self.stage = stage
        stage.setParent(self)
        self.column.addWidget(self.line)
        self.column.addWidget(stage)
        self.asked = Asked("", Hotspot("", (), (1, 1)), (), {}, Look())
        self._refusal = ""

    def show_interaction(self, asked: Asked) -> None:
        before, self.asked = self.asked, asked
        picture = or_blank(asked.picture, asked.interaction.size)
        self.stage.show_picture(picture, asked.interaction.size, asked.look, asked.media)
        if (asked.item, asked.interaction) != (before.item, before.interaction):
            self.forget()
        if (asked.item, asked.value) != (before.item, before.value):
            self._refusal = ""
        self.refresh()

    def rest(self) -> None:
        super().rest()
        self.forget()

    # --- what the interaction says ------------------------------------------------------------------

    def forget(self) -> None:
        """Another question comes: what was begun here is over."""

    @abstractmethod
    def sentence(self) -> str:
        """What to do, and how far it is done."""

    # --- for the interactions -------------------------------------------------------------------------

    @property
    def look(self) -> Look:
        return self.asked.look

    @property
    def value(self) -> Response:
        return self.asked.value

    def refresh(self) -> None:
        """Show what may have changed."""
        if self._refusal:
            self.line.say(self._refusal, self.look, Type.BASE, "warn", strong=True)
        else:
            self.line.say(self.sentence(), self.look, Type.BASE, "quiet")

    def refuse(self, sentence: str) -> None:
        """Say why a press did nothing."""
        self._refusal = sentence
        self.refresh()

    def relent(self) -> None:
        """Something else was pressed: what was refused before is no more of interest."""
        if self._refusal:
            self._refusal = ""
            self.refresh()

    def keep_tab_order(self) -> None:
        """Put buttons that came while the question was open where one reads them."""
        for one, following in pairwise(self.tab_stops()):
            QWidget.setTabOrder(one, following)

    def send(self, value: Response) -> None:
        self.answered.emit(self.asked.interaction.response, value, True)


class TakeBacks(Flow):
    """A button for each thing that was put on the picture, to take it back again."""

    taken = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pool: list[Piece] = []
        self._count = 0

    @property
    def buttons(self) -> list[Piece]:
        return self._pool[: self._count]

    def show_things(self, things: Sequence[tuple[str, str]], look: Look) -> None:
        """`things` holds what stands on each button, and what a reader of the screen says of it."""
        while len(self._pool) < len(things):
            self._add()
        self._count = len(things)
        face = Face(icon="cross", compact=True)
        for button, (words, name) in zip(self.buttons, things, strict=True):
            button.show_piece((Paragraph((Text(words),)),), look, face, name)
        self.hold(self.buttons)
        self.setVisible(bool(things))

    def _add(self) -> None:
        index = len(self._pool)
        button = Piece(self)
        button.clicked.connect(lambda: self.taken.emit(index))
        self._pool.append(button)


def or_blank(picture: Picture | None, size: Size) -> Picture:
    """`picture`, or an empty one where an item lost it: its places can still be answered."""
    if picture is not None:
        return picture
    return Drawing(size[0] * UNITS_PER_PX, size[1] * UNITS_PER_PX, "")
