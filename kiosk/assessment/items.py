"""Items as a seat has them: what is asked, and the shape of an answer.

There is no key, no mapping and no rule in an `Item`, and its identifiers are fresh ones made when
the bank was sealed, so that nothing in it hints at what is right.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from kiosk.assessment.content import Block

BaseType = Literal["identifier", "string", "integer", "float"]
Cardinality = Literal["single", "multiple"]
Lang = str
"""A BCP 47 tag: `zh-CN` or `en`."""


class Kind(StrEnum):
    """What candidates call a type of question; sections and screens go by it."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    INLINE_CHOICE = "inline_choice"
    TEXT_ENTRY = "text_entry"
    COMPOSITE = "composite"


class Choice(Struct, frozen=True, forbid_unknown_fields=True, tag="choice"):
    """QTI 3 choiceInteraction. `max_choices` 0 means any number.

    `fixed` lists the choices that keep their place when the paper shuffles the others.
    """

    response: str
    choices: tuple[str, ...]
    max_choices: int = 1
    min_choices: int = 0
    shuffle: bool = False
    fixed: tuple[str, ...] = ()
    true_false: bool = False


class InlineChoice(Struct, frozen=True, forbid_unknown_fields=True, tag="inline_choice"):
    """QTI 3 inlineChoiceInteraction: one of a short list, within the text."""

    response: str
    choices: tuple[str, ...]
    shuffle: bool = False
    fixed: tuple[str, ...] = ()


class TextEntry(Struct, frozen=True, forbid_unknown_fields=True, tag="text_entry"):
    """QTI 3 textEntryInteraction. `expected_length` is in characters and only sizes the field."""

    response: str
    base_type: Literal["string", "integer", "float"] = "string"
    expected_length: int = 12


Interaction = Choice | InlineChoice | TextEntry


class ItemText(Struct, frozen=True, forbid_unknown_fields=True):
    """One language of an item: its body, and each choice by response and choice identifier."""

    body: tuple[Block, ...]
    choices: dict[str, dict[str, tuple[Block, ...]]]


class Item(Struct, frozen=True, forbid_unknown_fields=True):
    """One question in all its languages, which share the interactions."""

    id: str
    interactions: tuple[Interaction, ...]
    texts: dict[Lang, ItemText]

    @property
    def kind(self) -> Kind:
        kinds = {_kind(interaction) for interaction in self.interactions}
        return kinds.pop() if len(kinds) == 1 else Kind.COMPOSITE

    def interaction(self, response: str) -> Interaction:
        """The interaction bound to `response`.

        Raises:
            KeyError: the item has no such response.
        """
        for interaction in self.interactions:
            if interaction.response == response:
                return interaction
        raise KeyError(response)


def _kind(interaction: Interaction) -> Kind:
    match interaction:
        case Choice(true_false=True):
            return Kind.TRUE_FALSE
        case Choice(max_choices=1):
            return Kind.SINGLE_CHOICE
        case Choice():
            return Kind.MULTIPLE_CHOICE
        case InlineChoice():
            return Kind.INLINE_CHOICE
        case TextEntry():
            return Kind.TEXT_ENTRY


def base_type(interaction: Interaction) -> BaseType:
    """QTI base type of the response an interaction gives."""
    return interaction.base_type if isinstance(interaction, TextEntry) else "identifier"


def cardinality(interaction: Interaction) -> Cardinality:
    """QTI cardinality of the response an interaction gives."""
    many = isinstance(interaction, Choice) and interaction.max_choices != 1
    return "multiple" if many else "single"
