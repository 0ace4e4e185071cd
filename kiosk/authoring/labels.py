"""Fresh identifiers for a sealing: what a seat gets says nothing of what the author wrote.

An author's `A`, `correct` or an order with the key first would hint; so items, responses and choices
get random names, unfixed options a random order, and the number of keys of a multiple choice is not
shown by how many may be chosen. The rules follow the new names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.content import (
    Block,
    Cell,
    Field,
    Figure,
    ItemList,
    Paragraph,
    Place,
    Slot,
    Span,
    Table,
)
from kiosk.assessment.items import (
    Choice,
    GapMatch,
    Hotspot,
    Hottext,
    Interaction,
    Item,
    ItemText,
    Match,
    PositionObject,
    TextEntry,
    identifiers,
    shuffled,
    spots,
)
from kiosk.scoring.rules import ItemRules

LABEL_BITS: Final = 64
FIELD_LENGTHS: Final = (12, 24, 48)
"""Sizes of text fields: few, so that a field does not tell how long the answer is."""


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """The fresh identifiers of one item, by the author's own."""

    item: str
    responses: dict[str, str]
    choices: dict[str, dict[str, str]]

    @property
    def names(self) -> dict[str, str]:
        """The author's identifiers of responses and choices by the fresh ones."""
        return {
            fresh: own
            for fresh_by_own in (self.responses, *self.choices.values())
            for own, fresh in fresh_by_own.items()
        }


def fresh_labels(item: Item, rules: ItemRules, source: random.Random) -> Labels:
    """New names for everything of `item`; each is used once in all."""
    fresh = _fresh(source)
    return Labels(
        item=next(fresh),
        responses={response.id: next(fresh) for response in rules.responses},
        choices={
            interaction.response: {name: next(fresh) for name in identifiers(interaction)}
            for interaction in item.interactions
            if identifiers(interaction)
        },
    )


def labelled_item(item: Item, labels: Labels, source: random.Random) -> Item:
    """`item` under its fresh names, unfixed options in a fresh order."""
    return Item(
        id=labels.item,
        interactions=tuple(_interaction(one, labels, source) for one in item.interactions),
        texts={
            lang: ItemText(
                body=_blocks(text.body, labels),
                choices={
                    labels.responses[response]: {
                        labels.choices[response][choice]: content
                        for choice, content in choices.items()
                    }
                    for response, choices in text.choices.items()
                },
                pictures={
                    labels.responses[response]: picture
                    for response, picture in text.pictures.items()
                },
            )
            for lang, text in item.texts.items()
        },
    )


def _fresh(source: random.Random) -> Iterator[str]:
    used: set[str] = set()
    while True:
        label = f"{source.getrandbits(LABEL_BITS):0{LABEL_BITS // 4}x}"
        if label not in used:
            used.add(label)
            yield label


def _interaction(interaction: Interaction, labels: Labels, source: random.Random) -> Interaction:
    """`interaction` under fresh names. What is asked for and what is a limit stays; a number of keys
    that could be read off (max-choices of a choice, the length of a field) is evened out."""
    fresh = labels.choices.get(interaction.response, {})
    named = replace(interaction, response=labels.responses[interaction.response])

    def listed(choices: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(fresh[choice] for choice in _reordered(interaction, choices, source))

    if isinstance(named, TextEntry):
        length = next((one for one in FIELD_LENGTHS if named.expected_length <= one), None)
        return replace(named, expected_length=length or FIELD_LENGTHS[-1])
    if isinstance(named, Match):
        named = replace(named, sources=listed(named.sources), targets=listed(named.targets))
    elif isinstance(named, Hottext):
        named = replace(named, choices=tuple(fresh[choice] for choice in named.choices))
    elif isinstance(named, PositionObject):
        named = replace(named, object=fresh[named.object])
    elif hasattr(named, "choices"):
        named = replace(named, choices=listed(named.choices))
    if isinstance(named, GapMatch):
        named = replace(named, gaps=tuple(fresh[gap] for gap in named.gaps))
    if spots(named):
        relabelled = tuple(replace(spot, id=fresh[spot.id]) for spot in spots(named))
        named = replace(named, spots=relabelled)
    if hasattr(named, "fixed"):
        named = replace(named, fixed=tuple(sorted(fresh[choice] for choice in named.fixed)))
    if hasattr(named, "limits"):
        named = replace(named, limits={fresh[name]: n for name, n in named.limits.items()})
    if isinstance(named, Choice):
        named = replace(named, min_choices=0)
    if isinstance(named, Choice | Hottext | Hotspot):
        named = replace(named, max_choices=1 if named.max_choices == 1 else 0)
    if hasattr(named, "max_associations"):
        named = replace(named, max_associations=0)
    return named


def _reordered(
    interaction: Interaction, choices: tuple[str, ...], source: random.Random
) -> tuple[str, ...]:
    """The choices with the unfixed ones in a random order; where order means something, as it is."""

    def mixed(free: list[str]) -> list[str]:
        source.shuffle(free)
        return free

    return shuffled(interaction, choices, mixed)


def _blocks(blocks: tuple[Block, ...], labels: Labels) -> tuple[Block, ...]:
    return tuple(_block(block, labels) for block in blocks)


def _block(block: Block, labels: Labels) -> Block:
    match block:
        case Place(response):
            return Place(labels.responses[response])
        case Paragraph(spans):
            return Paragraph(_spans(spans, labels))
        case ItemList(entries):
            return replace(block, entries=tuple(_blocks(entry, labels) for entry in entries))
        case Table(rows, caption):
            return Table(
                tuple(tuple(_cell(cell, labels) for cell in row) for row in rows),
                _spans(caption, labels),
            )
        case Figure(_, caption):
            return replace(block, caption=_spans(caption, labels))
        case _:
            return block


def _cell(cell: Cell, labels: Labels) -> Cell:
    return replace(cell, spans=_spans(cell.spans, labels))


def _spans(spans: tuple[Span, ...], labels: Labels) -> tuple[Span, ...]:
    return tuple(_span(span, labels) for span in spans)


def _span(span: Span, labels: Labels) -> Span:
    match span:
        case Field(response):
            return Field(labels.responses[response])
        case Slot(response, choice):
            return Slot(labels.responses[response], labels.choices[response][choice])
        case _:
            return span
