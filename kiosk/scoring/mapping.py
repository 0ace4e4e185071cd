"""What a response earns by the mapping its declaration has: of values, or of areas of a picture.

QTI 3 2.11.2: each value, and each area, counts once; the bounds hold for the sum.
"""

from __future__ import annotations

from fractions import Fraction

from kiosk.assessment.responses import Response
from kiosk.errors import InputRefused
from kiosk.scoring.areas import within
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rules import AreaMapping, ResponseDeclaration, ResponseMapping
from kiosk.scoring.values import Single, Type, declared, given, members

Earned = dict[str, Fraction]


def map_values(response: ResponseDeclaration, texts: Response) -> tuple[Earned, Fraction]:
    """What each value of `texts` earns, and all together.

    Raises:
        InputRefused: the response has no mapping.
    """
    mapping = response.mapping
    if mapping is None:
        raise InputRefused(f"'{response.id}' has no mapping")
    kind = Type("single", response.base_type)
    earned = {
        said(value): _entry_value(mapping, kind, value) for value in _distinct(response, texts)
    }
    return earned, _within_bounds(earned, mapping)


def map_points(response: ResponseDeclaration, texts: Response) -> tuple[Earned, Fraction]:
    """What each point of `texts` earns, and all together. A point counts for the first area it lies
    in; a second point in the same area earns nothing more.

    Raises:
        InputRefused: the response has no area mapping.
    """
    areas = response.areas
    if areas is None:
        raise InputRefused(f"'{response.id}' has no area mapping")
    earned: Earned = {}
    used: set[int] = set()
    for value in _distinct(response, texts):
        hit = next(
            (
                index
                for index, entry in enumerate(areas.entries)
                if within(str(value), entry.shape, entry.coords)
            ),
            None,
        )
        if hit is None:
            earned[said(value)] = number(areas.default)
        else:
            earned[said(value)] = Fraction(0) if hit in used else number(areas.entries[hit].value)
            used.add(hit)
    return earned, _within_bounds(earned, areas)


def said(value: Single) -> str:
    """A value as QTI writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return written(value) if isinstance(value, Fraction) else value


def _distinct(response: ResponseDeclaration, texts: Response) -> list[Single]:
    kind = Type(response.cardinality, response.base_type)
    return list(dict.fromkeys(members(given(texts, kind))))


def _within_bounds(earned: Earned, mapping: ResponseMapping | AreaMapping) -> Fraction:
    total = sum(earned.values(), Fraction(0))
    if earned and mapping.lower is not None:
        total = max(total, number(mapping.lower))
    if earned and mapping.upper is not None:
        total = min(total, number(mapping.upper))
    return total


def _entry_value(mapping: ResponseMapping, kind: Type, value: Single) -> Fraction:
    for entry in mapping.entries:
        key = declared((entry.key,), kind)
        if key == value or (
            not entry.case_sensitive
            and isinstance(key, str)
            and isinstance(value, str)
            and key.casefold() == value.casefold()
        ):
            return number(entry.value)
    return number(mapping.default)
