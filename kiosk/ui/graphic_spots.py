"""Questions on the places of a picture: which of them (`HotspotPart`), and in what order
(`GraphicOrderPart`).

`SpotPart` is what all of them share: the picture with its places and, where those are too small or
too near one another for a finger, a card for each. What a place is called is for readers of the
screen alone: its author wrote it for those who cannot see the picture.
"""

from __future__ import annotations

from abc import abstractmethod

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.assessment.content import Block, Paragraph, Text, plain_text
from kiosk.assessment.items import Spot
from kiosk.ui.choice_card import ChoiceCard
from kiosk.ui.controls import RING, height_follows_width
from kiosk.ui.graphic_part import GraphicPart
from kiosk.ui.part import Asked
from kiosk.ui.picture_stage import Mark, SpotStage
from kiosk.ui.spots import crowded, fitted, outline
from kiosk.words import ntext, text


class CardColumn(QWidget):
    """The cards of places, where the picture is shown so small that a finger would miss some."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        height_follows_width(self, down=QSizePolicy.Policy.Preferred)
        self._asked: Asked | None = None
        self._cards: list[ChoiceCard] = []

    @property
    def shown(self) -> list[ChoiceCard]:
        """The cards, or none where all places are large enough."""
        return self._cards if self._needed_at(self.width()) else []

    def hold(self, cards: list[ChoiceCard], asked: Asked) -> None:
        """Show `cards`, one for each place of `asked`."""
        self._cards, self._asked = cards, asked
        self.updateGeometry()
        self._place()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        if not self._needed_at(width):
            return 0
        return sum(card.heightForWidth(width) for card in self._cards)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)  # the layout asks heightForWidth

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _needed_at(self, width: int) -> bool:
        if self._asked is None:
            return False
        interaction = self._asked.interaction
        zoom = fitted(interaction.size, self._asked.look.scale, max(1, width - 2 * RING))
        return crowded([outline(spot, zoom) for spot in interaction.spots])

    def _place(self) -> None:
        top, needed = 0, self._needed_at(self.width())
        for card in self._cards:
            height = card.heightForWidth(self.width())
            card.setGeometry(0, top, self.width(), height)
            card.setVisible(needed)
            top += height


class SpotPart(GraphicPart):
    """A picture with places that are pressed, on it or on the cards beneath it."""

    def __init__(self, parent: QWidget | None = None, *, stage: SpotStage | None = None) -> None:
        self.places = stage or SpotStage()
        super().__init__(self.places, parent)
        self.places.spot_pressed.connect(self._press)
        self._cards: list[ChoiceCard] = []
        self.beneath = CardColumn(self)
        self.column.addWidget(self.beneath)

    def tab_stops(self) -> list[QWidget]:
        return [*self.places.buttons, *self.beneath.shown]

    @property
    def cards(self) -> list[ChoiceCard]:
        """The cards for places that are hard to hit; none where all are large enough."""
        return self.beneath.shown

    @property
    def spots(self) -> tuple[Spot, ...]:
        spots: tuple[Spot, ...] = self.asked.interaction.spots
        return spots

    # --- what the interaction says ------------------------------------------------------------------

    @abstractmethod
    def press(self, index: int) -> None:
        """A place was pressed."""

    @abstractmethod
    def mark(self, identifier: str) -> Mark:
        """How a place stands."""

    @abstractmethod
    def state_of(self, identifier: str) -> str:
        """How a place stands, in words; empty when it is free."""

    @property
    def alone(self) -> bool:
        """Whether one place at most can be chosen."""
        return False

    # --- showing ------------------------------------------------------------------------------------

    def refresh(self) -> None:
        super().refresh()
        marks = [self.mark(spot.id) for spot in self.spots]
        names = [
            ", ".join(filter(None, [self.heard_name(spot.id), self.state_of(spot.id)]))
            for spot in self.spots
        ]
        self.places.show_spots(self.spots, marks, names, alone=self.alone)
        self._show_cards(marks, names)

    def place_name(self, index: int) -> str:
        """A place without its words: all may read it."""
        return text("Area {number}", self.look.lang, number=index + 1)

    def card_blocks(self, index: int) -> tuple[Block, ...]:
        """What stands on the card of a place."""
        return (Paragraph((Text(self.place_name(index)),)),)

    def heard_name(self, identifier: str) -> str:
        """A place with its words, for readers of the screen."""
        index = [spot.id for spot in self.spots].index(identifier)
        words = plain_text(self.asked.content(identifier))
        return ", ".join(filter(None, [self.place_name(index), words]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, ChoiceCard):
            match event.type():
                case QEvent.Type.FocusIn | QEvent.Type.Enter:
                    self.places.point_out(self._cards.index(watched))
                case QEvent.Type.FocusOut | QEvent.Type.Leave:
                    self.places.point_out(None)
                case _:
                    pass
        return super().eventFilter(watched, event)

    def _press(self, index: int) -> None:
        self.relent()
        self.press(index)

    def _show_cards(self, marks: list[Mark], names: list[str]) -> None:
        while len(self._cards) < len(marks):
            self._add_card()
        for spare in self._cards[len(marks) :]:
            spare.hide()
        cards = self._cards[: len(marks)]
        for index, card in enumerate(cards):
            card.show_choice(
                self.card_blocks(index),
                marks[index].sign,
                self.look,
                chosen=marks[index].state != "free",
                struck=False,
                many=not self.alone,
            )
            card.setAccessibleName(names[index])
        self.beneath.hold(cards, self.asked)

    def _add_card(self) -> None:
        index = len(self._cards)
        card = ChoiceCard(self.beneath)
        card.clicked.connect(lambda: self._press(index))
        card.installEventFilter(self)
        self._cards.append(card)


class HotspotPart(SpotPart):
    """Which places of a picture."""

    def press(self, index: int) -> None:
        identifier = self.spots[index].id
        most = self.asked.interaction.max_choices
        if most == 1:
            self.send((identifier,))
            return
        value = tuple(sorted(set(self.value) ^ {identifier}))
        if most and len(value) > most:
            self.refuse(
                text("At most {n} can be chosen. Take one back first", self.look.lang, n=most)
            )
        else:
            self.send(value)

    def mark(self, identifier: str) -> Mark:
        return Mark("chosen" if identifier in self.value else "free")

    def state_of(self, identifier: str) -> str:
        return text("chosen", self.look.lang) if identifier in self.value else ""

    def sentence(self) -> str:
        what = (
            text("Choose one place in the picture", self.look.lang)
            if self.alone
            else text("Choose the places in the picture", self.look.lang)
        )
        count = ntext("{n} chosen", "{n} chosen", len(self.value), self.look.lang)
        return f"{what} · {count}"

    @property
    def alone(self) -> bool:
        return bool(self.asked.interaction.max_choices == 1)


class GraphicOrderPart(SpotPart):
    """In what order the places of a picture come: a press gives the next number, or takes it back."""

    def press(self, index: int) -> None:
        identifier = self.spots[index].id
        if identifier in self.value:
            self.send(tuple(one for one in self.value if one != identifier))
        elif len(self.value) >= self._most:
            self.refuse(
                text("At most {n} can be chosen. Take one back first", self.look.lang, n=self._most)
            )
        else:
            self.send((*self.value, identifier))

    def mark(self, identifier: str) -> Mark:
        if identifier not in self.value:
            return Mark()
        return Mark("chosen", str(self.value.index(identifier) + 1))

    def state_of(self, identifier: str) -> str:
        if identifier not in self.value:
            return ""
        return text("number {number}", self.look.lang, number=self.value.index(identifier) + 1)

    def sentence(self) -> str:
        what = text("Press the places in their order, the first one first", self.look.lang)
        count = text(
            "{number} of {count} numbered",
            self.look.lang,
            number=len(self.value),
            count=self._most,
        )
        return f"{what} · {count}"

    @property
    def _most(self) -> int:
        return int(self.asked.interaction.max_choices) or len(self.spots)
