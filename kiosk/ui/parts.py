"""Which part shows which block interaction."""

from __future__ import annotations

from kiosk.assessment.items import Choice
from kiosk.ui.choice_group import ChoiceGroup
from kiosk.ui.part import Part

PARTS: dict[type, type[Part]] = {
    Choice: ChoiceGroup,
}
"""By the interaction's type; fields in the text (`Field`) are no parts."""
