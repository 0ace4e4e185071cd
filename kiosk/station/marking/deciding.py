"""What a script's marks come to. The rule, in the order of what there is:

1. a review decides, 2. else the adjudicator, 3. else two marks that differ by no more than the bound
count as their mean, and by more wait for the adjudicator, 4. else the one mark where one is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.words import mark

Turn = Literal["first", "second", "third", "review"]

Standing = Literal["open", "adjudicate", "final"]
"""Waits for a marker, waits for the adjudicator, decided."""


class Given(Struct, frozen=True):
    """A mark: `points` of `most`, and the numbers it is made of, as text."""

    marker: str
    points: Fraction
    most: Fraction
    given: tuple[str, ...]

    @property
    def share(self) -> Fraction:
        return self.points / self.most


class Decision(Struct, frozen=True):
    """How a script stands; `share` of the full mark (0 to 1) and `gave` once it is decided."""

    standing: Standing
    share: Fraction | None = None
    gave: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    """Those it rests on."""


class Bound(Struct, frozen=True):
    """How far two marks may differ: so many points, or a share of the full mark."""

    points: Fraction | None
    share: Fraction

    def of(self, most: Fraction) -> Fraction:
        """In points of an answer that is worth `most`."""
        return self.share * most if self.points is None else self.points


def read_bound(text: str) -> Bound:
    """`2` points or `20%` of the full mark.

    Raises:
        InputRefused: neither, or below zero.
    """
    said = text.strip().replace("％", "%")
    value = number(said.removesuffix("%").strip())
    if value < 0:
        raise InputRefused(mark("the bound is below zero"), remedy=mark("Write it as 2 or as 20%"))
    return Bound(None, value / 100) if said.endswith("%") else Bound(value, Fraction(0))


def read_share(text: str) -> Fraction:
    """What part of the answers is marked twice: `10%`, `all`, `none`.

    Raises:
        InputRefused: none of these, or not within 0 and 100 %.
    """
    said = text.strip().lower().replace("％", "%")
    if said in ("all", "none"):
        return Fraction(int(said == "all"))
    value = number(said.removesuffix("%").strip()) / 100
    if not said.endswith("%") or not 0 <= value <= 1:
        raise InputRefused(
            mark("'{share}' is no share of the answers"),
            remedy=mark("Write it as 10%, as all or as none"),
            share=text[:40],
        )
    return value


def decide(marks: Mapping[Turn, Given], *, twice: bool, bound: Bound) -> Decision:
    """How a script stands by its marks.

    Args:
        marks: the newest of each turn that has one and was not taken back.
        twice: whether it is to have two.
    """
    for turn in ("review", "third"):
        if turn in marks:
            return _final(marks, turn)
    if not twice:
        return _final(marks, "first") if "first" in marks else Decision("open")
    if "first" not in marks or "second" not in marks:
        return Decision("open")
    first, second = marks["first"], marks["second"]
    if differ(first, second, bound):
        return Decision("adjudicate")
    return _final(marks, "first", "second")


def differ(one: Given, other: Given, bound: Bound) -> bool:
    """Whether two marks of a script are too far apart; marked against rubrics of different full marks
    they are compared as shares of the first's."""
    return abs(one.points - other.share * one.most) > bound.of(one.most)


def _final(marks: Mapping[Turn, Given], *turns: Turn) -> Decision:
    shares = [marks[turn].share for turn in turns]
    gave = tuple(
        f"{' + '.join(marks[turn].given)} / {_written(marks[turn].most)}" for turn in turns
    )
    return Decision("final", sum(shares, Fraction(0)) / len(shares), gave, turns)


def _written(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else str(float(value))
