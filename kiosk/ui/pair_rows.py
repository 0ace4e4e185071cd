"""Pairs that were made, one under another, each with a button that takes it back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kiosk.assessment.content import Block, Paragraph, Text, plain_text
from kiosk.ui.content_view import ContentView
from kiosk.ui.controls import RING, Button, Words, height_follows_width
from kiosk.ui.document import Media
from kiosk.ui.panels import Card
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import text


def lettered(letter: str, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """`blocks` with their letter before them."""
    head = Text(f"{letter}  ", ("strong",))
    if blocks and isinstance(blocks[0], Paragraph):
        return (Paragraph((head, *blocks[0].spans)), *blocks[1:])
    return (Paragraph((head,)), *blocks)


class PairRow(Card):
    """One pair."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, padding=0)
        height_follows_width(self, down=QSizePolicy.Policy.Preferred)
        self.rows.setSpacing(0)
        line = QHBoxLayout()
        line.setContentsMargins(Gap.MEDIUM, Gap.HAIR, Gap.HAIR, Gap.HAIR)
        line.setSpacing(Gap.SMALL)
        self._one = ContentView(self)
        self._between = Words(self, wrap=False)
        self._other = ContentView(self)
        self.remove = Button("plain", self)
        middle = Qt.AlignmentFlag.AlignVCenter
        line.addWidget(self._one, 1, middle)
        line.addWidget(self._between, 0, middle)
        line.addWidget(self._other, 1, middle)
        line.addWidget(self.remove, 0, middle)
        self.rows.addLayout(line)

    def show_pair(
        self,
        one: tuple[Block, ...],
        other: tuple[Block, ...],
        look: Look,
        media: Media | None,
    ) -> None:
        self.dress(look, "accent_soft", "accent")
        self._one.show_content(one, look, media=media)
        self._other.show_content(other, look, media=media)
        self._between.say("—", look, Type.STEM, strong=True)
        word = text("Take back", look.lang)
        name = f"{word}: {plain_text(one)} — {plain_text(other)}"
        self.remove.say(word, look.chrome, name=name, height=Height.CONTROL)


class PairRows(QWidget):
    """`taken_back` gives the pair."""

    taken_back = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(RING, Gap.SMALL, RING, 0)
        self._column.setSpacing(Gap.TIGHT)
        self._made: list[PairRow] = []
        self._pairs: tuple[str, ...] = ()

    @property
    def rows(self) -> list[PairRow]:
        """The rows that are shown."""
        return self._made[: len(self._pairs)]

    def show_pairs(
        self,
        pairs: tuple[tuple[str, tuple[Block, ...], tuple[Block, ...]], ...],
        look: Look,
        media: Media | None,
    ) -> None:
        """Show `pairs`: each its name and the contents of its ends."""
        self._pairs = tuple(name for name, _, _ in pairs)
        while len(self._made) < len(pairs):
            self._add_row()
        for at, row in enumerate(self._made):
            row.setVisible(at < len(pairs))
        for row, (_, one, other) in zip(self._made, pairs, strict=False):
            row.show_pair(one, other, look, media)
        self.setVisible(bool(pairs))

    def _add_row(self) -> None:
        at = len(self._made)
        row = PairRow(self)
        row.remove.clicked.connect(lambda: self.taken_back.emit(self._pairs[at]))
        self._made.append(row)
        self._column.addWidget(row)
