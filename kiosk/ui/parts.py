"""Which part shows which block interaction.

A part is imported when a question first has it: a paper of choices does not wait for the drawing of
pictures.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    Match,
    Order,
    PositionObject,
    SelectPoint,
    Slider,
)
from kiosk.ui.part import Part

_PARTS: dict[type, tuple[str, str]] = {
    Choice: ("choice_group", "ChoiceGroup"),
    Order: ("order_part", "OrderPart"),
    Associate: ("pair_parts", "AssociatePart"),
    Match: ("pair_parts", "MatchPart"),
    GapMatch: ("slot_parts", "GapMatchPart"),
    Hottext: ("slot_parts", "HottextPart"),
    Slider: ("slider_part", "SliderPart"),
    ExtendedText: ("text_part", "ExtendedTextPart"),
    Hotspot: ("graphic_spots", "HotspotPart"),
    GraphicOrder: ("graphic_spots", "GraphicOrderPart"),
    GraphicAssociate: ("graphic_associate", "GraphicAssociatePart"),
    GraphicGapMatch: ("graphic_gaps", "GraphicGapMatchPart"),
    SelectPoint: ("graphic_points", "SelectPointPart"),
    PositionObject: ("graphic_points", "PositionObjectPart"),
}
"""Module and name, by the interaction's type; fields in the text (`Field`) are no parts."""


def has_part(interaction: type) -> bool:
    """Whether an interaction of this type stands in a part of its own."""
    return interaction in _PARTS


@cache
def part_of(interaction: type) -> type[Part]:
    """The part that shows interactions of this type, which has one."""
    module, name = _PARTS[interaction]
    part: type[Part] = getattr(import_module(f"kiosk.ui.{module}"), name)
    return part
