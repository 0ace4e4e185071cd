"""Lines between places of a picture: press one place, then the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from kiosk.assessment.responses import limit_of
from kiosk.ui.graphic_part import TakeBacks
from kiosk.ui.graphic_spots import SpotPart
from kiosk.ui.pairing import USED_UP, join, partners, uses, without
from kiosk.ui.picture_stage import Mark, SpotStage, paint_sign
from kiosk.ui.spots import line_between
from kiosk.words import listed, ntext, text


class LineStage(SpotStage):
    """A picture with places and numbered lines between them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[tuple[int, int], ...] = ()

    def show_lines(self, lines: Sequence[tuple[int, int]]) -> None:
        """Show a line between each two places, by their positions."""
        self._lines = tuple(lines)
        self.update()

    def paint_between(self, painter: QPainter) -> None:
        width = self.look.border_px + 2
        lines = [line_between(self.edges[a], self.edges[b]) for a, b in self._lines]
        for line in lines:
            for role, pen_px in self.halo(width).items():
                pen = QPen(self.look.colour(role), pen_px)
                pen.setCapStyle(Qt.PenCapStyle.RoundCap)
                painter.setPen(pen)
                painter.drawLine(line)
        for number, line in enumerate(lines, start=1):
            paint_sign(painter, line.center(), str(number), self.look)


class GraphicAssociatePart(SpotPart):
    """Which places of a picture belong together."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._stage = LineStage()
        super().__init__(parent, stage=self._stage)
        self.take_backs = TakeBacks(self)
        self.take_backs.taken.connect(lambda at: self._take(self._pairs[at]))
        self.column.insertWidget(2, self.take_backs)
        self._first: str | None = None
        self._pairs: list[str] = []

    def tab_stops(self) -> list[QWidget]:
        return [*self.places.buttons, *self.take_backs.buttons, *self.cards]

    def forget(self) -> None:
        self._first = None
        self._pairs = []

    def press(self, index: int) -> None:
        identifier = self.spots[index].id
        first, self._first = self._first, None
        if first is None:
            limit = limit_of(self.asked.interaction, identifier)
            if limit > 1 and uses(self.value, identifier) >= limit:
                self.refuse(self.look.say(USED_UP, n=limit))
                return
            self._first = identifier
        elif first != identifier:
            joined = join(self.asked.interaction, self.value, first, identifier)
            if joined.refusal:
                self.refuse(self.look.say(joined.refusal, n=joined.n))
            else:
                self.send(joined.value)
        self.refresh()

    def refresh(self) -> None:
        super().refresh()
        # Lines keep their numbers while others come and go; the response has no order.
        kept = [pair for pair in self._pairs if pair in self.value]
        self._pairs = kept + [pair for pair in self.value if pair not in kept]
        at = {spot.id: index for index, spot in enumerate(self.spots)}
        ends = [pair.split(" ") for pair in self._pairs]
        self._stage.show_lines([(at[one], at[other]) for one, other in ends])
        self.take_backs.show_things([self._thing(index) for index in range(len(ends))], self.look)
        self.keep_tab_order()

    def mark(self, identifier: str) -> Mark:
        if identifier == self._first:
            return Mark("first")
        return Mark("joined" if uses(self.value, identifier) else "free")

    def state_of(self, identifier: str) -> str:
        if identifier == self._first:
            return text("chosen, press the other place", self.look.lang)
        others = [self.heard_name(other) for other in partners(self.value, identifier)]
        if not others:
            return ""
        lang = self.look.lang
        return text("joined with {others}", lang, others=listed(others, lang, "; "))

    def sentence(self) -> str:
        lang = self.look.lang
        if self._first is not None:
            what = text("Now press the place that belongs to it", lang)
        else:
            what = text("Press two places that belong together", lang)
        return f"{what} · {ntext('{n} line', '{n} lines', len(self.value), lang)}"

    def _take(self, pair: str) -> None:
        self.relent()
        self.send(without(self.value, pair))

    def _thing(self, index: int) -> tuple[str, str]:
        words = text("Remove line {number}", self.look.lang, number=index + 1)
        ends = (self.heard_name(end) for end in self._pairs[index].split(" "))
        return words, f"{words}, {' – '.join(ends)}"
