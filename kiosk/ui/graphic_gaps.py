"""Places of a picture to be filled from a bank of choices.

One presses a choice and then a place; or a place, and chooses from a list. A filled place shows what
it holds and is emptied from its list.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from kiosk.assessment.content import Block, Paragraph, Text, plain_text
from kiosk.assessment.responses import limit_of
from kiosk.ui.document import Document, Ink
from kiosk.ui.graphic_spots import SpotPart
from kiosk.ui.option_list import OptionList
from kiosk.ui.pairing import join, partners, uses
from kiosk.ui.part import Asked, walk
from kiosk.ui.picture_stage import Mark, SpotStage
from kiosk.ui.piece import Face, Flow, Piece
from kiosk.ui.tokens import Gap, Radius, Type
from kiosk.words import listed, ntext, text

SMALLEST = Type.NOTE / Type.STEM
"""How far what a place holds may shrink to fit: no smaller than 16 px at 100 %."""


class GapStage(SpotStage):
    """A picture with places that show what they hold."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held: dict[int, Document] = {}
        self._held_for: object = None

    def show_held(self, held: dict[int, tuple[Block, ...]], asked: Asked) -> None:
        """Show in each place, by its position, what it holds."""
        held_for = (held, asked.look)
        if held_for != self._held_for:
            self._held_for = held_for
            ink = Ink(role="accent_deep", strong=True)
            self._held = {
                index: Document(blocks, asked.look, ink, media=asked.media)
                for index, blocks in held.items()
            }
        self.update()

    def paint_between(self, painter: QPainter) -> None:
        for index, document in self._held.items():
            self._paint_held(painter, self.edges[index], document)

    def _paint_held(self, painter: QPainter, edge: QPainterPath, document: Document) -> None:
        """On a card in the place; where it needs more room than the place has, over its edge."""
        room = edge.boundingRect().adjusted(Gap.HAIR, Gap.HAIR, -Gap.HAIR, -Gap.HAIR)
        width = document.natural_width() + 1
        if width * SMALLEST > room.width():
            # It wraps, but no word is broken where the picture has room for it.
            longest = self.look.px(Gap.PAGE) * 2
            width = min(width, max(room.width() / SMALLEST, longest))
        height = document.height_for(width)
        fit = max(SMALLEST, min(1.0, room.width() / width, room.height() / height))
        card = QRectF(0, 0, width * fit + 2 * Gap.HAIR, height * fit + 2 * Gap.HAIR)
        card.moveCenter(edge.boundingRect().center())
        card.moveLeft(max(0.0, min(card.left(), self.zoom.width - card.width())))
        card.moveTop(max(0.0, min(card.top(), self.zoom.height - card.height())))
        painter.setPen(QPen(self.look.colour("accent"), self.look.border_px))
        painter.setBrush(self.look.colour("accent_soft"))
        painter.drawRoundedRect(card, Radius.CONTROL, Radius.CONTROL)
        painter.save()
        painter.translate(card.topLeft() + QPointF(Gap.HAIR, Gap.HAIR))
        painter.scale(fit, fit)
        document.paint(painter, QPointF())
        painter.restore()


class GraphicGapMatchPart(SpotPart):
    """What belongs into which place of a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._stage = GapStage()
        super().__init__(parent, stage=self._stage)
        self.bank = Flow(self)
        self.column.insertWidget(1, self.bank)
        self._chips: list[Piece] = []
        self._held: str | None = None
        self._list: OptionList | None = None

    def show_interaction(self, asked: Asked) -> None:
        if (asked.item, asked.look) != (self.asked.item, self.asked.look):
            self._close_list()
        super().show_interaction(asked)

    def rest(self) -> None:
        self._close_list()
        super().rest()

    def tab_stops(self) -> list[QWidget]:
        return [*self.chips, *super().tab_stops()]

    @property
    def chips(self) -> list[Piece]:
        """The choices, in the paper's order."""
        return self._chips[: len(self.choices)]

    @property
    def choices(self) -> tuple[str, ...]:
        known = self.asked.interaction.choices
        return tuple(choice for choice in self.asked.order if choice in known)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not walk(event, self.chips):
            event.ignore()

    def forget(self) -> None:
        self._held = None

    # --- what is pressed ------------------------------------------------------------------------------

    def press(self, index: int) -> None:
        held, self._held = self._held, None
        if held is None:
            self._open_list(index)
        else:
            self._join(held, self.spots[index].id)
        self.refresh()

    def _pick(self, index: int) -> None:
        self.relent()
        choice = self.choices[index]
        self._held = None if choice == self._held else choice
        self.refresh()

    def _join(self, choice: str, spot: str) -> None:
        joined = join(self.asked.interaction, self.value, choice, spot)
        if joined.refusal:
            self.refuse(self.look.say(joined.refusal, n=joined.n))
        else:
            self.send(joined.value)

    def _open_list(self, index: int) -> None:
        spot = self.spots[index].id
        holds = partners(self.value, spot)
        options = [(choice, self.asked.content(choice)) for choice in self.choices]
        if holds:
            options.append(("", (_words(text("Leave empty", self.look.lang)),)))
        current = holds[0] if len(holds) == 1 else ""
        opened = OptionList(
            self.places.buttons[index], tuple(options), current, self.look, self.asked.media
        )
        opened.chosen.connect(lambda choice: self._chosen(choice, spot))
        opened.closed.connect(lambda: self._list_closed(index))
        self._list = opened
        opened.open()

    def _chosen(self, choice: str, spot: str) -> None:
        if not choice:
            self.send(tuple(pair for pair in self.value if pair.split(" ")[1] != spot))
        elif f"{choice} {spot}" not in self.value:
            self._join(choice, spot)

    def _close_list(self) -> None:
        if self._list is not None:
            self._list.close_list()

    def _list_closed(self, index: int) -> None:
        self._list = None
        self.places.buttons[index].setFocus(Qt.FocusReason.PopupFocusReason)

    # --- showing --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        super().refresh()
        self._show_chips()
        self._stage.show_held(
            {
                index: held
                for index, spot in enumerate(self.spots)
                if (held := self._contents(spot.id))
            },
            self.asked,
        )

    def place_name(self, index: int) -> str:
        return text("Gap {number}", self.look.lang, number=index + 1)

    def card_blocks(self, index: int) -> tuple[Block, ...]:
        return (*super().card_blocks(index), *self._contents(self.spots[index].id))

    def mark(self, identifier: str) -> Mark:
        return Mark("joined" if uses(self.value, identifier) else "free")

    def state_of(self, identifier: str) -> str:
        lang = self.look.lang
        held = listed(map(self._spoken, partners(self.value, identifier)), lang, "; ")
        if held:
            return text("holds {choice}", lang, choice=held)
        return text("empty", lang)

    def sentence(self) -> str:
        lang = self.look.lang
        if self._held is not None:
            what = text("Now press the place it belongs into", lang)
        else:
            what = text("Press a choice and then its place in the picture", lang)
        filled = sum(1 for spot in self.spots if uses(self.value, spot.id))
        count = text("{number} of {count} filled", lang, number=filled, count=len(self.spots))
        return f"{what} · {count}"

    def _show_chips(self) -> None:
        lang = self.look.lang
        while len(self._chips) < len(self.choices):
            self._add_chip()
        used_word = text("used", lang)
        for chip, choice in zip(self.chips, self.choices, strict=True):
            times, limit = uses(self.value, choice), limit_of(self.asked.interaction, choice)
            used_up = bool(limit) and times >= limit
            face = Face(
                chosen=choice == self._held,
                word=used_word if used_up else "",
                icon="tick" if used_up else None,
                room=used_word,
                compact=True,
            )
            said = [self._spoken(choice)]
            if times:
                said.append(ntext("used {n} time", "used {n} times", times, lang))
            if choice == self._held:
                said.append(text("chosen, press its place", lang))
            chip.show_piece(
                self.asked.content(choice), self.look, face, ", ".join(said), self.asked.media
            )
        self.bank.hold(self.chips)

    def _add_chip(self) -> None:
        index = len(self._chips)
        chip = Piece(self.bank)
        chip.clicked.connect(lambda: self._pick(index))
        self._chips.append(chip)

    def _contents(self, spot: str) -> tuple[Block, ...]:
        return tuple(
            block for choice in partners(self.value, spot) for block in self.asked.content(choice)
        )

    def _spoken(self, choice: str) -> str:
        return plain_text(self.asked.content(choice))


def _words(sentence: str) -> Paragraph:
    return Paragraph((Text(sentence),))
