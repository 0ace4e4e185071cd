"""The choices of one interaction, one card under another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.assessment.items import Choice
from kiosk.assessment.responses import Response
from kiosk.ui.choice_card import LETTERS, ChoiceCard
from kiosk.ui.controls import RING, Words, side_by_side
from kiosk.ui.part import Asked, Part, digit_of, letter_of, walk
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Type
from kiosk.words import ntext, text


class ChoiceGroup(Part):
    """Cards for a `Choice`. `answered` gives the response as it would be after the press."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(side_by_side(Gap.SMALL))
        self._count = Words(self)
        self._count.setIndent(RING)
        self._column.addWidget(self._count)
        self._cards: list[ChoiceCard] = []
        self._order: tuple[str, ...] = ()
        self._choice: Choice | None = None
        self._value: Response = ()
        self._look = Look()
        self._too_many = False

    def show_interaction(self, asked: Asked) -> None:
        choice, value, order, look = asked.interaction, asked.value, asked.order, asked.look
        assert isinstance(choice, Choice)
        if choice != self._choice or value != self._value:
            self._too_many = False
        self._choice, self._order, self._value, self._look = choice, order, value, look
        many = choice.max_choices != 1
        while len(self._cards) < len(order):
            self._add_card()
        for at, card in enumerate(self._cards):
            card.setVisible(at < len(order))
        for at, identifier in enumerate(order):
            self._cards[at].show_choice(
                asked.content(identifier),
                LETTERS[at % len(LETTERS)],
                look,
                chosen=identifier in value,
                struck=identifier in asked.struck,
                many=many,
                media=asked.media,
            )
        for card in self.cards:
            # Of an exclusive group Qt leaves Tab the chosen one alone, in the next question too.
            card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._count.setVisible(many)
        if many:
            self._say_count()

    @property
    def cards(self) -> list[ChoiceCard]:
        """The cards that are shown, in order."""
        return self._cards[: len(self._order)]

    @property
    def response(self) -> str:
        """The response its choices answer."""
        assert self._choice is not None
        return self._choice.response

    def named_cards(self) -> list[tuple[str, ChoiceCard]]:
        """The cards that are shown, each with the choice it is for."""
        return list(zip(self._order, self._cards, strict=False))

    def tab_stops(self) -> list[QWidget]:
        return list(self.cards)

    def option_count(self) -> int:
        return len(self._order)

    def take_key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_X:
            return self.strike_focused()
        letter, digit = letter_of(event), digit_of(event)
        at = letter if letter is not None else digit
        return at is not None and self.press(at)

    def press(self, at: int) -> bool:
        """Choose by position, as a key does; False when there is no such card."""
        if not 0 <= at < len(self._order):
            return False
        self._press(at)
        return True

    def strike_focused(self) -> bool:
        """Strike out the card that has the focus; False when none has."""
        for at, card in enumerate(self.cards):
            if card.hasFocus():
                self._strike(at)
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not walk(event, self.cards):
            event.ignore()

    def _add_card(self) -> None:
        at = len(self._cards)
        card = ChoiceCard(self)
        card.clicked.connect(lambda: self._press(at))
        card.pressed_long.connect(lambda: self._strike(at))
        self._cards.append(card)
        self._column.addWidget(card)

    def _press(self, at: int) -> None:
        if self._choice is None:
            return
        identifier = self._order[at]
        if self._choice.max_choices == 1:
            value: Response = (identifier,)
        else:
            value = tuple(sorted(set(self._value) ^ {identifier}))
            if self._choice.max_choices and len(value) > self._choice.max_choices:
                self._too_many = True
                self._say_count()
                return
        self.answered.emit(self._choice.response, value, True)

    def _strike(self, at: int) -> None:
        if self._choice is not None:
            self.strike.emit(self._choice.response, self._order[at])

    def _say_count(self) -> None:
        look = self._look
        if self._too_many and self._choice is not None:
            line = text(
                "At most {n} can be chosen. Take one back first",
                look.lang,
                n=self._choice.max_choices,
            )
            self._count.say(line, look, Type.BASE, "warn", strong=True)
            return
        count = ntext("{n} chosen", "{n} chosen", len(self._value), look.lang)
        line = text("Choose two or more", look.lang) + " · " + count
        self._count.say(line, look, Type.BASE, "quiet")
