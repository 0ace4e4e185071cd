"""A form is the items chosen; a paper is one candidate's order of them.

Forms are stored, never recomputed. A paper's order comes from its seed alone, specified bytewise so
that it is the same years later on any machine:

    key(part, ...) = SHA-256("kiosk/paper/1" || seed || for each part: len16(part) || part)

where a part is UTF-8 text and len16 its length in bytes as two bytes, big-endian. Items of a section
are sorted by key(section, item); the unfixed choices of an interaction by
key(section, item, response, choice), while fixed choices keep their index. The two sets of a match
are sorted each on its own, the sources standing first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Literal

from msgspec import Struct

from kiosk.assessment.items import Interaction, Item, Kind, Lang, sets, shuffled

SEED_BYTES = 32
_DOMAIN = b"kiosk/paper/1"


class FormSection(Struct, frozen=True, forbid_unknown_fields=True):
    """Items of one kind with the words and points a candidate is told.

    `points` is decimal text (points an item); `rule` says in words how an answer counts.
    """

    id: str
    kind: Kind
    title: dict[Lang, str]
    rule: dict[Lang, str]
    points: str
    items: tuple[str, ...]
    shuffle: bool = True


class Form(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    sections: tuple[FormSection, ...]

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(item for section in self.sections for item in section.items)


class PaperItem(Struct, frozen=True, forbid_unknown_fields=True):
    """An item and the order of its choices, by response."""

    item: str
    orders: dict[str, tuple[str, ...]]


class PaperSection(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    items: tuple[PaperItem, ...]


class Paper(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One candidate's order of a form. Positions are counted from 0 over all sections."""

    form: str
    sections: tuple[PaperSection, ...]
    scheme: Literal["kiosk/paper/1"] = "kiosk/paper/1"

    # Asked at every event of a sitting: worked out once a paper.
    @cached_property
    def items(self) -> tuple[PaperItem, ...]:
        return tuple(item for section in self.sections for item in section.items)

    @cached_property
    def places(self) -> tuple[tuple[str, int], ...]:
        """By position: the section, and which of its items it is, from 0."""
        return tuple(
            (section.id, at) for section in self.sections for at in range(len(section.items))
        )

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each item stands; the first place counts."""
        numbered = enumerate(placed.item for placed in self.items)
        return {item: position for position, item in reversed([*numbered])}

    def section_at(self, position: int) -> PaperSection:
        for section, start in self.starts():
            if start <= position < start + len(section.items):
                return section
        raise IndexError(position)

    def starts(self) -> Iterator[tuple[PaperSection, int]]:
        """Each section with the position of its first item."""
        start = 0
        for section in self.sections:
            yield section, start
            start += len(section.items)


def build_paper(form: Form, seed: bytes, item: Callable[[str], Item]) -> Paper:
    """The paper that `seed` makes of `form`.

    Args:
        seed: 32 bytes, different for every sitting.
        item: looks an item up by its identifier (the order of choices needs their list).

    Raises:
        ValueError: the seed has not 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a paper's seed has {SEED_BYTES} bytes, not {len(seed)}")
    return Paper(
        form=form.id,
        sections=tuple(
            PaperSection(
                id=section.id,
                items=tuple(
                    PaperItem(identifier, _orders(seed, section.id, item(identifier)))
                    for identifier in _item_order(seed, section)
                ),
            )
            for section in form.sections
        ),
    )


def _item_order(seed: bytes, section: FormSection) -> tuple[str, ...]:
    if not section.shuffle:
        return section.items
    return tuple(sorted(section.items, key=lambda item: order_key(seed, section.id, item)))


def _orders(seed: bytes, section: str, item: Item) -> dict[str, tuple[str, ...]]:
    orders = {}
    for interaction in item.interactions:
        listed = sets(interaction)
        if listed:
            orders[interaction.response] = tuple(
                choice
                for choices in listed
                for choice in _choice_order(seed, section, item.id, interaction, choices)
            )
    return orders


def _choice_order(
    seed: bytes, section: str, item: str, interaction: Interaction, choices: tuple[str, ...]
) -> tuple[str, ...]:
    def key(choice: str) -> bytes:
        return order_key(seed, section, item, interaction.response, choice)

    return shuffled(interaction, choices, lambda free: sorted(free, key=key))


def order_key(seed: bytes, *parts: str) -> bytes:
    """The sort key of the module's specification, 32 bytes."""
    digest = hashlib.sha256(_DOMAIN + seed)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(2, "big") + encoded)
    return digest.digest()
