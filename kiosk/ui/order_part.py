"""Choices put in order: numbered places above, what has no place yet below.

A press puts a choice at the next free place, a press on a placed one takes it back; placed ones
move by their buttons or by Alt with the arrows. Each choice keeps its card, so that the focus goes
with it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.assessment.content import Block, Paragraph, Text, plain_text
from kiosk.assessment.items import Order
from kiosk.assessment.responses import Response
from kiosk.ui.choice_card import LETTERS
from kiosk.ui.controls import RING, Button, Words, side_by_side
from kiosk.ui.document import Media
from kiosk.ui.panels import keep_in_sight
from kiosk.ui.part import Asked, Part, digit_of, letter_of, walk
from kiosk.ui.piece import Face, Piece
from kiosk.ui.theme import Look
from kiosk.ui.tokens import Gap, Height, Type
from kiosk.words import text


class OrderCard(Piece):
    """A choice; a placed one has buttons that move it."""

    moved = Signal(int)
    """By how many places: -1 is up."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.up = Button("plain", self)
        self.down = Button("plain", self)
        for button, by in ((self.up, -1), (self.down, 1)):
            # The keyboard moves a card by Alt and the arrows: two stops less for Tab.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, by=by: self.moved.emit(by))

    def show_place(
        self,
        blocks: tuple[Block, ...],
        look: Look,
        place: int | None,
        letter: str,
        count: int,
        media: Media | None,
    ) -> None:
        """Show the choice at `place` (from 1) of `count`, or without a place."""
        said = f"{letter}, {plain_text(blocks)}"
        if place is not None:
            said += ", " + text("place {place} of {count}", look.lang, place=place, count=count)
        else:
            said += ", " + text("no place yet", look.lang)
        for button, icon, word, possible in (
            (self.up, "up", text("Move up", look.lang), place is not None and place > 1),
            (self.down, "down", text("Move down", look.lang), place is not None and place < count),
        ):
            button.say(
                "",
                look.chrome,
                before="up" if icon == "up" else "down",
                name=f"{word}: {plain_text(blocks)}",
                height=Height.CONTROL,
            )
            button.setVisible(place is not None)
            button.setEnabled(possible)
        face = Face(
            sign=letter if place is None else str(place),
            square=place is not None,
            chosen=place is not None,
        )
        self.show_piece(blocks, look, face, said, media)
        self._put_buttons()

    def spare_px(self) -> int:
        # Kept free without a place too, so that the words do not break anew when it gets one.
        return 2 * self.up.sizeHint().width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if by and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.moved.emit(by)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._put_buttons()

    def _put_buttons(self) -> None:
        left = self.width() - RING - Gap.TIGHT - self.spare_px()
        for button in (self.up, self.down):
            size = button.sizeHint()
            button.setGeometry(
                left, (self.height() - size.height()) // 2, size.width(), size.height()
            )
            left += size.width()


class OrderPart(Part):
    """Shows an `Order`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(side_by_side(Gap.SMALL))
        self._count = Words(self)
        self._count.setIndent(RING)
        self._free = Piece(self)
        self._free.setEnabled(False)
        self._free.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._cards: list[OrderCard] = []
        self._laid: list[QWidget] = []
        self._asked: Asked | None = None
        self._full = False

    def show_interaction(self, asked: Asked) -> None:
        order = asked.interaction
        assert isinstance(order, Order)
        before = self._asked
        if before is None or (before.interaction, before.value) != (order, asked.value):
            self._full = False
        self._asked = asked
        while len(self._cards) < len(asked.order):
            self._add_card()
        for at, choice in enumerate(asked.order):
            place = asked.value.index(choice) + 1 if choice in asked.value else None
            self._cards[at].show_place(
                asked.content(choice),
                asked.look,
                place,
                LETTERS[at % len(LETTERS)],
                len(asked.value),
                asked.media,
            )
        self._say_count()
        self._say_free()
        self._lay()

    @property
    def cards(self) -> list[OrderCard]:
        """The cards as they stand: the placed ones in their order, then the others."""
        return [card for card in self._laid if isinstance(card, OrderCard)]

    def tab_stops(self) -> list[QWidget]:
        return list(self.cards)

    def option_count(self) -> int:
        return len(self._asked.order) if self._asked is not None else 0

    def take_key(self, event: QKeyEvent) -> bool:
        letter, digit = letter_of(event), digit_of(event)
        at = letter if letter is not None else digit
        if at is None or at >= self.option_count():
            return False
        self._press(at)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not walk(event, self.cards):
            event.ignore()

    def _places(self) -> int:
        assert self._asked is not None
        return self._asked.interaction.max_choices or len(self._asked.order)

    def _add_card(self) -> None:
        at = len(self._cards)
        card = OrderCard(self)
        card.clicked.connect(lambda: self._press(at))
        card.moved.connect(lambda by: self._move(at, by))
        self._cards.append(card)

    def _press(self, at: int) -> None:
        asked = self._asked
        if asked is None:
            return
        choice = asked.order[at]
        if choice in asked.value:
            self._send(tuple(placed for placed in asked.value if placed != choice))
        elif len(asked.value) >= self._places():
            self._full = True
            self._say_count()
        else:
            self._send((*asked.value, choice))

    def _move(self, at: int, by: int) -> None:
        asked = self._asked
        if asked is None or asked.order[at] not in asked.value:
            return
        placed = list(asked.value)
        here = placed.index(asked.order[at])
        there = here + by
        if 0 <= there < len(placed):
            placed[here], placed[there] = placed[there], placed[here]
            self._send(tuple(placed))

    def _send(self, value: Response) -> None:
        assert self._asked is not None
        self.answered.emit(self._asked.interaction.response, value, True)

    def _say_count(self) -> None:
        assert self._asked is not None
        look, placed, places = self._asked.look, len(self._asked.value), self._places()
        if self._full:
            line = text("All {n} places are taken. Take one back first", look.lang, n=places)
            self._count.say(line, look, Type.BASE, "warn", strong=True)
            return
        line = text("Press them in the right order", look.lang)
        line += " · " + text("{placed} of {n} placed", look.lang, placed=placed, n=places)
        self._count.say(line, look, Type.BASE, "quiet")

    def _say_free(self) -> None:
        assert self._asked is not None
        look, place = self._asked.look, len(self._asked.value) + 1
        line = text("Place {place} is free", look.lang, place=place)
        face = Face(sign=str(place), square=True, dashed=True)
        self._free.show_piece((Paragraph((Text(line),)),), look, face, line)

    def _lay(self) -> None:
        asked = self._asked
        assert asked is not None
        by_choice = dict(zip(asked.order, self._cards, strict=False))
        laid: list[QWidget] = [self._count]
        laid += [by_choice[choice] for choice in asked.value if choice in by_choice]
        if len(asked.value) < self._places():
            laid.append(self._free)
        laid += [by_choice[choice] for choice in asked.order if choice not in asked.value]
        if laid == self._laid:
            return
        for widget in self._laid:
            self._column.removeWidget(widget)
        for widget in {*self._laid, *self._cards, self._free} - set(laid):
            widget.hide()
        for widget in laid:
            self._column.addWidget(widget)
            widget.show()
        self._laid = laid
        focused = next((card for card in self.cards if card.hasFocus()), None)
        if focused is not None:
            # Once the layout has moved it.
            QTimer.singleShot(0, focused, lambda: keep_in_sight(focused))
