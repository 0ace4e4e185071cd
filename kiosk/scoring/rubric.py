"""What people look for in an answer: marking points (采分点), each with its most, and a cap.

Points here are on the item's own scale; a section scales them to what the item is worth in an exam.
Words are plain: they are read beside an answer, and never by a candidate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from msgspec import Struct

from kiosk.assessment.items import Lang
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.words import mark

_SAID: Final = re.compile(
    r"[(（]\s*(?P<points>\d{1,3}(?:\.\d{1,3})?)\s*(?:points?|marks?|分)\s*[)）]\s*[.。;；]?$"
)


class MarkingPoint(Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to find in an answer, worth 0 to `points` (decimal text)."""

    words: dict[Lang, str]
    points: str


class Rubric(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`guidance` is what no single point says. Without `points` an answer gets one mark as a whole, of
    `most`; with them their sum, at most `most`. Without `most` the whole is what the points sum to, or
    what the section gives the item."""

    points: tuple[MarkingPoint, ...] = ()
    guidance: dict[Lang, str] = {}
    most: str | None = None


def most_of(rubric: Rubric, section_points: str) -> Fraction:
    """The full mark of an answer."""
    if rubric.most is not None:
        return number(rubric.most)
    if rubric.points:
        return sum((number(point.points) for point in rubric.points), Fraction(0))
    return number(section_points)


def limits(rubric: Rubric, section_points: str) -> tuple[Fraction, ...]:
    """The most that each number of a mark may be, in the order a marker gives them."""
    if not rubric.points:
        return (most_of(rubric, section_points),)
    return tuple(number(point.points) for point in rubric.points)


def earned(given: Sequence[str], rubric: Rubric, section_points: str) -> Fraction:
    """What a mark is worth: the sum of its numbers, at most the full mark.

    Raises:
        InputRefused: a number is missing, none, below zero or above what its point is worth.
    """
    most = limits(rubric, section_points)
    if len(given) != len(most):
        raise InputRefused(
            mark("{given} numbers where the rubric has {wanted}"),
            remedy=mark("Give one number for each marking point, in their order"),
            given=len(given),
            wanted=len(most),
        )
    total = Fraction(0)
    for position, (text, limit) in enumerate(zip(given, most, strict=True), start=1):
        value = number(text)
        if not 0 <= value <= limit:
            raise InputRefused(
                mark("{value} is not within 0 and the {most} of marking point {n}"),
                value=text,
                most=written(limit),
                n=position,
            )
        total += value
    return min(total, most_of(rubric, section_points))


def split_points(line: str) -> tuple[str, str]:
    """A rubric's line without the points it ends with, and these: `Two causes (1 point)`, `断电（2 分）`.
    They are empty where the line says none."""
    said = _SAID.search(line.strip())
    if said is None:
        return line.strip(), ""
    return line.strip()[: said.start()].strip(), said["points"]
