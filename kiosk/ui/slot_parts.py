"""What is answered within the text: gaps filled from a bank of choices, and hot texts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.assessment.content import Block, Paragraph, Text, plain_text
from kiosk.assessment.items import GapMatch, Hottext, InlineChoice
from kiosk.ui.choice_card import LETTERS
from kiosk.ui.controls import RING, Words
from kiosk.ui.fields import ListField
from kiosk.ui.pair_parts import PairPart
from kiosk.ui.pairing import join, partners, uses
from kiosk.ui.part import Asked, Part, digit_of, letter_of
from kiosk.ui.piece import Face, Flow, Piece
from kiosk.ui.tokens import Type
from kiosk.words import ntext, text

_EMPTY = ""
"""The entry of a gap's list that empties it."""


class GapMatchPart(PairPart):
    """Shows a `GapMatch`: its bank of choices, and a field for each gap of the text.

    A choice that is picked goes into the gap that is pressed next; a gap pressed alone opens a list.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bank = Flow(self)
        self._column.addWidget(self._bank)
        self._chips: list[Piece] = []
        self._gaps: list[GapField] = []

    @property
    def chips(self) -> list[Piece]:
        """The bank, in the paper's order."""
        return self._chips[: self.option_count()]

    def tab_stops(self) -> list[QWidget]:
        return list(self.chips)

    def slots(self) -> Mapping[str, QWidget]:
        return dict(zip(self._names(), self._gaps, strict=False))

    def option_count(self) -> int:
        return len(self._asked.order) if self._asked is not None else 0

    def take_key(self, event: QKeyEvent) -> bool:
        """A letter picks a choice, a digit presses a gap."""
        letter, digit = letter_of(event), digit_of(event)
        if self._asked is None:
            return False
        if letter is not None and letter < self.option_count():
            self.press(self._asked.order[letter])
        elif digit is not None and digit < len(self._names()):
            self._gaps[digit].click()
        else:
            return False
        return True

    def rest(self) -> None:
        for gap in self._gaps:
            gap.close_list()
        super().rest()

    def _names(self) -> tuple[str, ...]:
        return self._asked.interaction.gaps if self._asked is not None else ()

    def _draw(self, asked: Asked) -> None:
        assert isinstance(asked.interaction, GapMatch)
        lang = asked.look.lang
        letters = dict(zip(asked.order, LETTERS, strict=False))
        gap_numbers = {gap: str(at) for at, gap in enumerate(asked.interaction.gaps, start=1)}
        while len(self._chips) < len(asked.order):
            self._add_chip()
        for chip, choice in zip(self._chips, asked.order, strict=False):
            used = sorted(gap_numbers[gap] for gap in partners(asked.value, choice))
            said = [letters.get(choice, ""), plain_text(asked.content(choice))]
            if used:
                said.append(text("in gap {names}", lang, names=used))
            if choice == self._picked:
                said.append(text("Picked", lang))
            limit = asked.interaction.limits.get(choice, 1)
            face = Face(
                sign=letters.get(choice, ""),
                chosen=choice == self._picked,
                icon="tick" if used else None,
                quiet=bool(limit) and uses(asked.value, choice) >= limit,
                compact=True,
                keep_icon=True,
            )
            chip.show_piece(asked.content(choice), asked.look, face, ", ".join(said), asked.media)
        self._bank.hold(self.chips)
        self._show_gaps(asked)
        if self._picked:
            how = text("Now press a gap", lang)
        else:
            how = text("Press a choice, then its gap; or open a gap", lang)
        filled = text(
            "{placed} of {n} filled", lang, placed=len(asked.value), n=len(asked.interaction.gaps)
        )
        self._say_count(how, count=filled)

    def _show_gaps(self, asked: Asked) -> None:
        gaps = asked.interaction.gaps
        while len(self._gaps) < len(gaps):
            gap = GapField(self)
            gap.part = self
            gap.answered.connect(self._from_list)
            gap.hide()
            self._gaps.append(gap)
        for gap in self._gaps[len(gaps) :]:
            gap.setParent(self)
            gap.hide()
        empty: tuple[Block, ...] = (Paragraph((Text(text("Leave it empty", asked.look.lang)),)),)
        texts = {choice: asked.content(choice) for choice in asked.order}
        for at, (field, name) in enumerate(zip(self._gaps, gaps, strict=False), start=1):
            number = text("Gap {number}", asked.look.lang, number=at)
            held = tuple(partners(asked.value, name))
            options = (*asked.order, _EMPTY) if held else asked.order
            field.show_list(
                InlineChoice(name, asked.order),
                options,
                {**texts, _EMPTY: empty},
                held,
                asked.look,
                number,
                asked.media,
                empty=number,
            )

    def _add_chip(self) -> None:
        at = len(self._chips)
        chip = Piece(self._bank)
        chip.clicked.connect(lambda: self._press_chip(at))
        self._chips.append(chip)

    def _press_chip(self, at: int) -> None:
        assert self._asked is not None
        self.press(self._asked.order[at])

    def fill_from_bank(self, gap: str) -> bool:
        """Put the picked choice into `gap`; False when none is picked."""
        asked = self._asked
        if asked is None or not self._picked:
            return False
        if self._picked in partners(asked.value, gap):
            self._picked = ""
            self._draw(asked)
        else:
            self.press(gap)
        return True

    def _from_list(self, gap: str, value: tuple[str, ...], _settled: bool) -> None:
        asked = self._asked
        if asked is None:
            return
        held = partners(asked.value, gap)
        if value == (_EMPTY,):
            self.take_back(f"{held[0]} {gap}")
        elif value and value[0] not in held:
            joined = join(asked.interaction, asked.value, value[0], gap)
            self.answer_or_refuse(joined)


class GapField(ListField):
    """A gap. What is picked in the bank goes in at a press; else the list opens."""

    part: GapMatchPart

    def open_list(self) -> None:
        if self.choice is None or not self.part.fill_from_bank(self.choice.response):
            super().open_list()


class HottextPart(Part):
    """Shows a `Hottext`: its words stand in the text, the line here says how many are chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._count = Words(self)
        self._count.setIndent(RING)
        column.addWidget(self._count)
        self._words: list[Piece] = []
        self._asked: Asked | None = None
        self._too_many = False

    def slots(self) -> Mapping[str, QWidget]:
        return dict(zip(self._names(), self._words, strict=False))

    def option_count(self) -> int:
        return len(self._names())

    def take_key(self, event: QKeyEvent) -> bool:
        letter, digit = letter_of(event), digit_of(event)
        at = letter if letter is not None else digit
        if at is None or at >= self.option_count():
            return False
        self._press(at)
        return True

    def _names(self) -> tuple[str, ...]:
        return self._asked.interaction.choices if self._asked is not None else ()

    def show_interaction(self, asked: Asked) -> None:
        hot = asked.interaction
        assert isinstance(hot, Hottext)
        before = self._asked
        if before is None or (before.interaction, before.value) != (hot, asked.value):
            self._too_many = False
        self._asked = asked
        while len(self._words) < len(hot.choices):
            self._add_words()
        for piece in self._words[len(hot.choices) :]:
            piece.setParent(self)
            piece.hide()
        chosen_word = text("chosen", asked.look.lang)
        for at, (piece, choice) in enumerate(zip(self._words, hot.choices, strict=False)):
            letter = LETTERS[at % len(LETTERS)]
            chosen = choice in asked.value
            words = plain_text(asked.content(choice))
            face = Face(
                sign=letter,
                square=hot.max_choices != 1,
                chosen=chosen,
                icon="tick" if chosen else None,
                compact=True,
                keep_icon=True,
                check="one" if hot.max_choices == 1 else "many",
            )
            name = f"{letter}, {words}" + (f", {chosen_word}" if chosen else "")
            piece.show_piece(asked.content(choice), asked.look, face, name, asked.media)
        self._say_count()

    def _add_words(self) -> None:
        at = len(self._words)
        piece = Piece(self)
        piece.clicked.connect(lambda: self._press(at))
        piece.hide()
        self._words.append(piece)

    def _press(self, at: int) -> None:
        asked = self._asked
        if asked is None:
            return
        hot, choice = asked.interaction, asked.interaction.choices[at]
        value = tuple(sorted(set(asked.value) ^ {choice}))
        if hot.max_choices == 1:
            value = (choice,)
        elif hot.max_choices and len(value) > hot.max_choices:
            self._too_many = True
            self._say_count()
            return
        self.answered.emit(hot.response, value, True)

    def _say_count(self) -> None:
        assert self._asked is not None
        look, hot, n = self._asked.look, self._asked.interaction, len(self._asked.value)
        if self._too_many:
            line = text(
                "At most {n} can be chosen. Take one back first", look.lang, n=hot.max_choices
            )
            self._count.say(line, look, Type.BASE, "warn", strong=True)
            return
        how = text("Press the framed words in the text", look.lang)
        line = how + " · " + ntext("{n} chosen", "{n} chosen", n, look.lang)
        self._count.say(line, look, Type.BASE, "quiet")
