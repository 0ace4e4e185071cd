"""Items as a seat has them: what is asked, and the shape of an answer.

There is no key, no mapping and no rule in an `Item`, and its identifiers are fresh ones made when
the bank was sealed, so that nothing in it hints at what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from kiosk.assessment.content import (
    Block,
    Figure,
    Formula,
    Image,
    ItemList,
    Picture,
    spans_of,
)

BaseType = Literal["identifier", "string", "integer", "float", "pair", "directedPair", "point"]
Cardinality = Literal["single", "multiple", "ordered"]
Shape = Literal["circle", "rect", "poly", "ellipse", "default"]
Lang = str
"""A BCP 47 tag: `zh-CN` or `en`."""


class Kind(StrEnum):
    """What candidates call a type of question; sections and screens go by it."""

    SINGLE_CHOICE = "single_choice"
    MULTIPLE_CHOICE = "multiple_choice"
    TRUE_FALSE = "true_false"
    INLINE_CHOICE = "inline_choice"
    TEXT_ENTRY = "text_entry"
    EXTENDED_TEXT = "extended_text"
    ORDER = "order"
    ASSOCIATE = "associate"
    MATCH = "match"
    GAP_MATCH = "gap_match"
    HOTTEXT = "hottext"
    HOTSPOT = "hotspot"
    SELECT_POINT = "select_point"
    GRAPHIC_ORDER = "graphic_order"
    GRAPHIC_ASSOCIATE = "graphic_associate"
    GRAPHIC_GAP_MATCH = "graphic_gap_match"
    POSITION_OBJECT = "position_object"
    SLIDER = "slider"
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


class ExtendedText(Struct, frozen=True, forbid_unknown_fields=True, tag="extended_text"):
    """QTI 3 extendedTextInteraction: a text of several lines, marked by people."""

    response: str
    expected_lines: int = 6


class Order(Struct, frozen=True, forbid_unknown_fields=True, tag="order"):
    """QTI 3 orderInteraction. `max_choices` 0 means that every choice gets a place."""

    response: str
    choices: tuple[str, ...]
    shuffle: bool = False
    fixed: tuple[str, ...] = ()
    max_choices: int = 0


class Associate(Struct, frozen=True, forbid_unknown_fields=True, tag="associate"):
    """QTI 3 associateInteraction: pairs without a direction.

    `limits` says how often each choice may be used (match-max, 0 any number); `max_associations` 0
    means any number of pairs.
    """

    response: str
    choices: tuple[str, ...]
    limits: dict[str, int]
    max_associations: int = 0
    shuffle: bool = False
    fixed: tuple[str, ...] = ()


class Match(Struct, frozen=True, forbid_unknown_fields=True, tag="match"):
    """QTI 3 matchInteraction: pairs "source target"; `limits` as in `Associate`, for both sets."""

    response: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    limits: dict[str, int]
    max_associations: int = 0
    shuffle: bool = False
    fixed: tuple[str, ...] = ()


class GapMatch(Struct, frozen=True, forbid_unknown_fields=True, tag="gap_match"):
    """QTI 3 gapMatchInteraction: pairs "choice gap". A gap holds one choice; `limits` of choices."""

    response: str
    choices: tuple[str, ...]
    gaps: tuple[str, ...]
    limits: dict[str, int]
    shuffle: bool = False
    fixed: tuple[str, ...] = ()


class Hottext(Struct, frozen=True, forbid_unknown_fields=True, tag="hottext"):
    """QTI 3 hottextInteraction: words of the text are the choices. `max_choices` 0: any number."""

    response: str
    choices: tuple[str, ...]
    max_choices: int = 1


class Spot(Struct, frozen=True, forbid_unknown_fields=True):
    """A place on a picture; `coords` in px, in the order QTI (and HTML) gives them for `shape`."""

    id: str
    shape: Shape
    coords: tuple[int, ...]


Size = tuple[int, int]
"""Width and height in px of the picture that spots and points are measured on."""


class Hotspot(Struct, frozen=True, forbid_unknown_fields=True, tag="hotspot"):
    """QTI 3 hotspotInteraction. `max_choices` 0 means any number."""

    response: str
    spots: tuple[Spot, ...]
    size: Size
    max_choices: int = 1


class SelectPoint(Struct, frozen=True, forbid_unknown_fields=True, tag="select_point"):
    """QTI 3 selectPointInteraction: points "x y". `max_choices` 0 means any number."""

    response: str
    size: Size
    max_choices: int = 1


class GraphicOrder(Struct, frozen=True, forbid_unknown_fields=True, tag="graphic_order"):
    """QTI 3 graphicOrderInteraction. `max_choices` 0 means that every spot gets a place."""

    response: str
    spots: tuple[Spot, ...]
    size: Size
    max_choices: int = 0


class GraphicAssociate(Struct, frozen=True, forbid_unknown_fields=True, tag="graphic_associate"):
    """QTI 3 graphicAssociateInteraction: lines between spots; `limits` as in `Associate`."""

    response: str
    spots: tuple[Spot, ...]
    size: Size
    limits: dict[str, int]
    max_associations: int = 0


class GraphicGapMatch(Struct, frozen=True, forbid_unknown_fields=True, tag="graphic_gap_match"):
    """QTI 3 graphicGapMatchInteraction: pairs "choice spot"; `limits` of choices and spots."""

    response: str
    choices: tuple[str, ...]
    spots: tuple[Spot, ...]
    size: Size
    limits: dict[str, int]
    shuffle: bool = False
    fixed: tuple[str, ...] = ()


class PositionObject(Struct, frozen=True, forbid_unknown_fields=True, tag="position_object"):
    """QTI 3 positionObjectInteraction: where the middle of a picture is put, as points "x y".

    `object` names the choice that holds the picture; `object_size` is its size in the same px.
    """

    response: str
    object: str
    object_size: Size
    size: Size
    max_choices: int = 1


class Slider(Struct, frozen=True, forbid_unknown_fields=True, tag="slider"):
    """QTI 3 sliderInteraction. Bounds and `step` are decimal text; `step` starts at `lower`."""

    response: str
    lower: str
    upper: str
    step: str = "1"
    base_type: Literal["integer", "float"] = "integer"
    vertical: bool = False
    reverse: bool = False


Graphic = Hotspot | SelectPoint | GraphicOrder | GraphicAssociate | GraphicGapMatch | PositionObject
"""Interactions on a picture (`ItemText.pictures`)."""

Interaction = (
    Choice
    | InlineChoice
    | TextEntry
    | ExtendedText
    | Order
    | Associate
    | Match
    | GapMatch
    | Hottext
    | Slider
    | Graphic
)


class ItemText(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One language of an item: its body, and each choice by response and choice identifier.

    Spots of a picture are choices too: their content is the words for those who cannot see it, and
    may be empty. `pictures` holds what a graphic interaction stands on, by response.
    """

    body: tuple[Block, ...]
    choices: dict[str, dict[str, tuple[Block, ...]]]
    pictures: dict[str, Picture] = {}


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


_KINDS: dict[type, Kind] = {
    InlineChoice: Kind.INLINE_CHOICE,
    TextEntry: Kind.TEXT_ENTRY,
    ExtendedText: Kind.EXTENDED_TEXT,
    Order: Kind.ORDER,
    Associate: Kind.ASSOCIATE,
    Match: Kind.MATCH,
    GapMatch: Kind.GAP_MATCH,
    Hottext: Kind.HOTTEXT,
    Hotspot: Kind.HOTSPOT,
    SelectPoint: Kind.SELECT_POINT,
    GraphicOrder: Kind.GRAPHIC_ORDER,
    GraphicAssociate: Kind.GRAPHIC_ASSOCIATE,
    GraphicGapMatch: Kind.GRAPHIC_GAP_MATCH,
    PositionObject: Kind.POSITION_OBJECT,
    Slider: Kind.SLIDER,
}


def pictures_of(text: ItemText) -> Iterator[Picture]:
    """Every picture and formula that one language of an item shows."""
    yield from text.pictures.values()
    choices = (content for named in text.choices.values() for content in named.values())
    for blocks in (text.body, *choices):
        yield from _figures(blocks)
        for span in spans_of(blocks):
            if isinstance(span, Formula):
                yield span.drawing
            elif isinstance(span, Image):
                yield span.picture


def _figures(blocks: tuple[Block, ...]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block.picture
        elif isinstance(block, ItemList):
            for entry in block.entries:
                yield from _figures(entry)


def _kind(interaction: Interaction) -> Kind:
    match interaction:
        case Choice(true_false=True):
            return Kind.TRUE_FALSE
        case Choice(max_choices=1):
            return Kind.SINGLE_CHOICE
        case Choice():
            return Kind.MULTIPLE_CHOICE
        case _:
            return _KINDS[type(interaction)]


def base_type(interaction: Interaction) -> BaseType:
    """QTI base type of the response an interaction gives."""
    match interaction:
        case TextEntry(base_type=known) | Slider(base_type=known):
            return known
        case ExtendedText():
            return "string"
        case Associate() | GraphicAssociate():
            return "pair"
        case Match() | GapMatch() | GraphicGapMatch():
            return "directedPair"
        case SelectPoint() | PositionObject():
            return "point"
        case _:
            return "identifier"


def cardinality(interaction: Interaction) -> Cardinality:
    """QTI cardinality of the response an interaction gives."""
    match interaction:
        case Order() | GraphicOrder():
            return "ordered"
        case Associate() | Match() | GapMatch() | GraphicAssociate() | GraphicGapMatch():
            return "multiple"
        case InlineChoice() | TextEntry() | ExtendedText() | Slider():
            return "single"
        case _:
            return "single" if interaction.max_choices == 1 else "multiple"


def sets(interaction: Interaction) -> tuple[tuple[str, ...], ...]:
    """The lists of choices that are shown one after another; a paper orders each on its own."""
    match interaction:
        case Match(sources=sources, targets=targets):
            return (sources, targets)
        case (
            Choice(choices=choices)
            | InlineChoice(choices=choices)
            | Order(choices=choices)
            | Associate(choices=choices)
            | GapMatch(choices=choices)
            | GraphicGapMatch(choices=choices)
        ):
            return (choices,)
        case _:
            return ()


def shuffled(
    interaction: Interaction,
    choices: tuple[str, ...],
    order: Callable[[list[str]], Iterable[str]],
) -> tuple[str, ...]:
    """One of the interaction's `sets` with its unfixed choices in the order that `order` makes of
    them; as it is where the interaction does not shuffle."""
    if not getattr(interaction, "shuffle", False):
        return choices
    fixed = getattr(interaction, "fixed", ())
    free = iter(order([choice for choice in choices if choice not in fixed]))
    return tuple(choice if choice in fixed else next(free) for choice in choices)


def spots(interaction: Interaction) -> tuple[Spot, ...]:
    """The places on a picture that a response may name."""
    match interaction:
        case Hotspot() | GraphicOrder() | GraphicAssociate() | GraphicGapMatch():
            return interaction.spots
        case _:
            return ()


def identifiers(interaction: Interaction) -> tuple[str, ...]:
    """Every name of a choice, gap, spot or object of the interaction."""
    named = [name for listed in sets(interaction) for name in listed]
    named += [spot.id for spot in spots(interaction)]
    match interaction:
        case Hottext(choices=choices):
            named += choices
        case GapMatch(gaps=gaps):
            named += gaps
        case PositionObject(object=name):
            named.append(name)
        case _:
            pass
    return tuple(named)
