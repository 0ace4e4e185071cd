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
    Span,
    Table,
)
from kiosk.assessment.items import Choice, InlineChoice, Interaction, Item, ItemText, TextEntry
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
            interaction.response: {choice: next(fresh) for choice in interaction.choices}
            for interaction in item.interactions
            if isinstance(interaction, Choice | InlineChoice)
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
    response = labels.responses[interaction.response]
    match interaction:
        case TextEntry():
            length = next(
                (one for one in FIELD_LENGTHS if interaction.expected_length <= one),
                FIELD_LENGTHS[-1],
            )
            return replace(interaction, response=response, expected_length=length)
        case Choice() | InlineChoice():
            fresh = labels.choices[interaction.response]
            changed = replace(
                interaction,
                response=response,
                choices=tuple(fresh[choice] for choice in _reordered(interaction, source)),
                fixed=tuple(sorted(fresh[choice] for choice in interaction.fixed)),
            )
            if isinstance(changed, Choice):
                most = 1 if changed.max_choices == 1 else 0
                return replace(changed, max_choices=most, min_choices=0)
            return changed


def _reordered(interaction: Choice | InlineChoice, source: random.Random) -> tuple[str, ...]:
    """The choices with the unfixed ones in a random order; where order means something, as it is."""
    if not interaction.shuffle:
        return interaction.choices
    free = [choice for choice in interaction.choices if choice not in interaction.fixed]
    source.shuffle(free)
    order = iter(free)
    return tuple(
        choice if choice in interaction.fixed else next(order) for choice in interaction.choices
    )


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
    return tuple(
        Field(labels.responses[span.response]) if isinstance(span, Field) else span
        for span in spans
    )
