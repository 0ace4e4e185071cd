"""Which part shows which block interaction."""

from __future__ import annotations

from kiosk.assessment.items import Choice, GraphicOrder, Hotspot
from kiosk.ui.choice_group import ChoiceGroup
from kiosk.ui.graphic_spots import GraphicOrderPart, HotspotPart
from kiosk.ui.part import Part

PARTS: dict[type, type[Part]] = {
    Choice: ChoiceGroup,
    Hotspot: HotspotPart,
    GraphicOrder: GraphicOrderPart,
}
"""By the interaction's type; fields in the text (`Field`) are no parts."""
