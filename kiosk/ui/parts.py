"""Which part shows which block interaction."""

from __future__ import annotations

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
from kiosk.ui.choice_group import ChoiceGroup
from kiosk.ui.graphic_associate import GraphicAssociatePart
from kiosk.ui.graphic_gaps import GraphicGapMatchPart
from kiosk.ui.graphic_points import PositionObjectPart, SelectPointPart
from kiosk.ui.graphic_spots import GraphicOrderPart, HotspotPart
from kiosk.ui.order_part import OrderPart
from kiosk.ui.pair_parts import AssociatePart, MatchPart
from kiosk.ui.part import Part
from kiosk.ui.slider_part import SliderPart
from kiosk.ui.slot_parts import GapMatchPart, HottextPart
from kiosk.ui.text_part import ExtendedTextPart

PARTS: dict[type, type[Part]] = {
    Choice: ChoiceGroup,
    Order: OrderPart,
    Associate: AssociatePart,
    Match: MatchPart,
    GapMatch: GapMatchPart,
    Hottext: HottextPart,
    Slider: SliderPart,
    ExtendedText: ExtendedTextPart,
    Hotspot: HotspotPart,
    GraphicOrder: GraphicOrderPart,
    GraphicAssociate: GraphicAssociatePart,
    GraphicGapMatch: GraphicGapMatchPart,
    SelectPoint: SelectPointPart,
    PositionObject: PositionObjectPart,
}
"""By the interaction's type; fields in the text (`Field`) are no parts."""
