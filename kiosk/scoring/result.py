"""What a sitting is worth, as a plain value: it travels, is kept with the scoring version that made it, and can
be read by those who have no rule and no key. `sitting_score` makes it.

Points are exact numbers as text (`numbers`).
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.scoring.reasons import Reason


class ItemResult(Struct, frozen=True, forbid_unknown_fields=True):
    """`points` after the floor and rounding of items; `position` counts from 0 over the paper."""

    item: str
    position: int
    points: str
    max_points: str
    reason: Reason


class SectionResult(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    points: str
    max_points: str
    items: tuple[ItemResult, ...]


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """`points` of `max_points` as marked, `score` of `max_score` after conversion and rounding."""

    form: str
    blueprint: str
    points: str
    max_points: str
    score: str
    max_score: str
    pass_score: str
    passed: bool
    sections: tuple[SectionResult, ...]

    @property
    def items(self) -> tuple[ItemResult, ...]:
        return tuple(item for section in self.sections for item in section.items)
