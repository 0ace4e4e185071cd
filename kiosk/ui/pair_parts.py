"""Pairs made by pressing two things one after another: among choices, or from one list to another."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from kiosk.assessment.content import plain_text
from kiosk.assessment.items import Associate, Match
from kiosk.assessment.responses import Response
from kiosk.ui.choice_card import LETTERS
from kiosk.ui.controls import RING, Words, side_by_side
from kiosk.ui.pair_rows import PairRows, lettered
from kiosk.ui.pairing import Joined, can_pair, join, partners, uses, without
from kiosk.ui.part import Asked, Part, digit_of, letter_of, walk
from kiosk.ui.piece import Face, Flow, Piece
from kiosk.ui.tokens import FOLD_SCALE, Gap, Type
from kiosk.words import listed, ntext, text


class PairPart(Part):
    """What all views of pairs share: a press picks one end, the next press its partner.

    What is picked is the view's own until the pair is made; it is no answer yet.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(side_by_side(Gap.SMALL))
        self._count = Words(self)
        self._count.setIndent(RING)
        self._column.addWidget(self._count)
        self._asked: Asked | None = None
        self._picked = ""
        self._refusal = ""

    def show_interaction(self, asked: Asked) -> None:
        before = self._asked
        if before is None or (before.item, before.interaction, before.value) != (
            asked.item,
            asked.interaction,
            asked.value,
        ):
            self._picked = self._refusal = ""
        elif before.look.lang != asked.look.lang:
            self._refusal = ""
        self._asked = asked
        self._draw(asked)

    def press(self, name: str) -> None:
        """The choice `name` was pressed."""
        asked = self._asked
        if asked is None:
            return
        picked, self._refusal = self._picked, ""
        if not can_pair(asked.interaction, picked, name):
            self._picked = "" if name == picked else name
            self._draw(asked)
            return
        self._picked = ""
        self.answer_or_refuse(join(asked.interaction, asked.value, picked, name))

    def answer_or_refuse(self, joined: Joined) -> None:
        """Send the new response, or say why there is none."""
        assert self._asked is not None
        self._refusal = ""
        if joined.refusal:
            self._refusal = text(joined.refusal, self._asked.look.lang, n=joined.n)
        self._draw(self._asked)
        if not joined.refusal:
            self.send(joined.value)

    def send(self, value: Response) -> None:
        assert self._asked is not None
        self.answered.emit(self._asked.interaction.response, value, True)

    def take_back(self, pair: str) -> None:
        assert self._asked is not None
        self._picked = ""
        self.send(without(self._asked.value, pair))

    def _draw(self, asked: Asked) -> None:
        raise NotImplementedError

    def _say_count(self, how: str, count: str = "") -> None:
        """The line above: what to do and how much is done, or why a press did nothing."""
        assert self._asked is not None
        look, made = self._asked.look, len(self._asked.value)
        if self._refusal:
            self._count.say(self._refusal, look, Type.BASE, "warn", strong=True)
            return
        count = count or ntext("{n} pair", "{n} pairs", made, look.lang)
        self._count.say(f"{how} · {count}", look, Type.BASE, "quiet")


class AssociatePart(PairPart):
    """Shows an `Associate`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards: list[Piece] = []
        self._pairs = PairRows(self)
        self._pairs.taken_back.connect(self.take_back)
        self._column.addWidget(self._pairs)

    @property
    def cards(self) -> list[Piece]:
        return self._cards[: self.option_count()]

    @property
    def pairs(self) -> PairRows:
        return self._pairs

    def tab_stops(self) -> list[QWidget]:
        return [*self.cards, *(row.remove for row in self._pairs.rows)]

    def option_count(self) -> int:
        return len(self._asked.order) if self._asked is not None else 0

    def take_key(self, event: QKeyEvent) -> bool:
        letter, digit = letter_of(event), digit_of(event)
        at = letter if letter is not None else digit
        if self._asked is None or at is None or at >= self.option_count():
            return False
        self.press(self._asked.order[at])
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not walk(event, self.cards):
            event.ignore()

    def _add_card(self) -> None:
        at = len(self._cards)
        card = Piece(self)
        card.clicked.connect(lambda: self._press(at))
        self._cards.append(card)
        self._column.insertWidget(self._column.count() - 1, card)

    def _press(self, at: int) -> None:
        assert self._asked is not None
        self.press(self._asked.order[at])

    def _draw(self, asked: Asked) -> None:
        assert isinstance(asked.interaction, Associate)
        look, lang = asked.look, asked.look.lang
        while len(self._cards) < len(asked.order):
            self._add_card()
        for at, card in enumerate(self._cards):
            card.setVisible(at < len(asked.order))
        letters = dict(zip(asked.order, LETTERS, strict=False))
        picked_word = text("Picked", lang)
        for card, choice in zip(self._cards, asked.order, strict=False):
            used = uses(asked.value, choice)
            count = ntext("in {n} pair", "in {n} pairs", used, lang) if used else ""
            picked = choice == self._picked
            word = picked_word if picked else count
            blocks = asked.content(choice)
            name = ", ".join(filter(None, [letters[choice], plain_text(blocks), count]))
            face = Face(
                sign=letters[choice],
                chosen=picked,
                word=word,
                icon="tick" if used and not picked else None,
                room=max(picked_word, ntext("in {n} pair", "in {n} pairs", 2, lang), key=len),
            )
            card.show_piece(
                blocks, look, face, f"{name}, {picked_word}" if picked else name, asked.media
            )
        how = text("Now press its partner", lang) if self._picked else ""
        self._say_count(how or text("Press two that belong together", lang))
        rows = []
        for pair in asked.value:
            ends = [lettered(letters.get(end, ""), asked.content(end)) for end in pair.split(" ")]
            rows.append((pair, ends[0], ends[1]))
        self._pairs.show_pairs(tuple(rows), look, asked.media)


class MatchPart(PairPart):
    """Shows a `Match`: sources with numbers, targets with letters; side by side where both fit.

    A source has its targets under it as chips, and a press on a chip takes it back.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        sides = QWidget(self)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, sides)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._left, self._right = QWidget(sides), QWidget(sides)
        self._sources = _prepare_side(self._left)
        self._targets = _prepare_side(self._right)
        self._sides.addWidget(self._left, 1)
        self._sides.addWidget(self._right, 1)
        self._column.addWidget(sides)
        self._rows: list[_Source] = []
        self._cards: list[Piece] = []

    @property
    def sources(self) -> list[_Source]:
        """A row for each source."""
        return self._rows[: len(self._names()[0])]

    @property
    def targets(self) -> list[Piece]:
        return self._cards[: self.option_count()]

    def tab_stops(self) -> list[QWidget]:
        stops: list[QWidget] = []
        for row in self.sources:
            stops += [row.card, *row.chips]
        return stops + list(self.targets)

    def option_count(self) -> int:
        return len(self._names()[1])

    def take_key(self, event: QKeyEvent) -> bool:
        sources, targets = self._names()
        letter, digit = letter_of(event), digit_of(event)
        if letter is not None and letter < len(targets):
            self.press(targets[letter])
        elif digit is not None and digit < len(sources):
            self.press(sources[digit])
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not walk(event, [row.card for row in self.sources]) and not walk(event, self.targets):
            event.ignore()

    def _names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Sources and targets in the paper's order."""
        if self._asked is None:
            return (), ()
        count = len(self._asked.interaction.sources)
        return self._asked.order[:count], self._asked.order[count:]

    def _draw(self, asked: Asked) -> None:
        assert isinstance(asked.interaction, Match)
        look, lang = asked.look, asked.look.lang
        wide = look.scale < FOLD_SCALE
        self._sides.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        self._sides.setSpacing(side_by_side(Gap.LARGE))
        sources, targets = self._names()
        letters = dict(zip(targets, LETTERS, strict=False))
        numbers = {name: str(at) for at, name in enumerate(sources, start=1)}
        self._show_sources(asked, sources, letters)
        while len(self._cards) < len(targets):
            self._add_target()
        for at, card in enumerate(self._cards):
            card.setVisible(at < len(targets))
        picked_word = text("Picked", lang)
        for card, name in zip(self._cards, targets, strict=False):
            used = sorted(numbers[end] for end in partners(asked.value, name))
            picked = name == self._picked
            said = [letters.get(name, ""), plain_text(asked.content(name))]
            if used:
                said.append(text("goes with {names}", lang, names=used))
            if picked:
                said.append(picked_word)
            face = Face(
                sign=letters.get(name, ""),
                chosen=picked,
                word=picked_word if picked else listed(used, lang),
                icon="tick" if used and not picked else None,
                room=picked_word,
            )
            card.show_piece(asked.content(name), look, face, ", ".join(said), asked.media)
        if self._picked:
            how = text("Now press its partner", lang)
        elif wide:
            how = text("Press one on the left, then its partner on the right", lang)
        else:
            how = text("Press one above, then its partner below", lang)
        self._say_count(how)

    def _show_sources(
        self, asked: Asked, sources: tuple[str, ...], letters: dict[str, str]
    ) -> None:
        while len(self._rows) < len(sources):
            self._add_source()
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(sources))
        for at, (row, name) in enumerate(zip(self._rows, sources, strict=False), start=1):
            with_it = sorted(partners(asked.value, name), key=lambda end: letters.get(end, ""))
            chips = tuple((f"{name} {end}", letters.get(end, ""), end) for end in with_it)
            row.show_source(asked, str(at), name, chips, picked=name == self._picked)

    def _add_source(self) -> None:
        at = len(self._rows)
        row = _Source(self._left)
        row.card.clicked.connect(lambda: self.press(self._names()[0][at]))
        row.taken_back.connect(self.take_back)
        self._rows.append(row)
        self._sources.insertWidget(at, row)

    def _add_target(self) -> None:
        at = len(self._cards)
        card = Piece(self._right)
        card.clicked.connect(lambda: self.press(self._names()[1][at]))
        self._cards.append(card)
        self._targets.insertWidget(at, card)


class _Source(QWidget):
    """A source, and under it what goes with it."""

    taken_back = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.card = Piece(self)
        self._flow = Flow(self)
        column.addWidget(self.card)
        inner = QHBoxLayout()
        inner.setContentsMargins(Gap.LARGE, 0, 0, 0)
        inner.addWidget(self._flow)
        column.addLayout(inner)
        self._chips: list[Piece] = []
        self._pairs: tuple[str, ...] = ()

    @property
    def chips(self) -> list[Piece]:
        return self._chips[: len(self._pairs)]

    def show_source(
        self,
        asked: Asked,
        number: str,
        name: str,
        chips: tuple[tuple[str, str, str], ...],
        *,
        picked: bool,
    ) -> None:
        """Show the source `name`; `chips` are its pairs, each with its target's letter and name."""
        look, lang = asked.look, asked.look.lang
        picked_word = text("Picked", lang)
        said = [number, plain_text(asked.content(name))]
        if chips:
            letters = [letter for _, letter, _ in chips]
            said.append(text("goes with {names}", lang, names=letters))
        else:
            said.append(text("no partner yet", lang))
        if picked:
            said.append(picked_word)
        face = Face(
            sign=number,
            square=True,
            chosen=picked,
            word=picked_word if picked else "",
            icon="tick" if chips and not picked else None,
            room=picked_word,
        )
        self.card.show_piece(asked.content(name), look, face, ", ".join(said), asked.media)
        self._pairs = tuple(pair for pair, _, _ in chips)
        while len(self._chips) < len(chips):
            self._add_chip()
        for chip, (_, letter, target) in zip(self._chips, chips, strict=False):
            word = text("Take back", lang)
            words = plain_text(asked.content(target))
            chip.show_piece(
                asked.content(target),
                look,
                Face(sign=letter, icon="cross", compact=True, chosen=True),
                f"{word}: {number} — {letter}, {words}",
                asked.media,
            )
        self._flow.hold(self.chips)
        self._flow.setVisible(bool(chips))

    def _add_chip(self) -> None:
        at = len(self._chips)
        chip = Piece(self._flow)
        chip.clicked.connect(lambda: self.taken_back.emit(self._pairs[at]))
        self._chips.append(chip)


def _prepare_side(side: QWidget) -> QVBoxLayout:
    """A column of cards that starts at the top."""
    column = QVBoxLayout(side)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(side_by_side(Gap.SMALL))
    column.addStretch(1)
    return column
