"""Exact numbers: fractions inside, text outside.

`Fraction` and not `Decimal`, because shares divide (a point over three blanks, 130 points to 100) and
no width of decimal holds a third: sums of thirds must come out whole, and 59.5 must stay under 60.
Text is decimal where the number ends, `n/d` where it does not.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from kiosk.errors import InputRefused

RoundingMode = Literal["half_up", "down"]

LIMIT_BITS = 4_096
"""Numbers stay exact up to this length of numerator and denominator; a longer one has no value, so
that no rule can compute for ever."""

STORED_PLACES = 30

_NUMBER = re.compile(
    r"[+-]?(\d{1,60}(\.\d{0,60})?|\.\d{1,60})([eE][+-]?\d{1,3})?|-?\d{1,60}/\d{1,60}"
)


@lru_cache(maxsize=4096)
def number(text: str) -> Fraction:
    """The number `text` says: `60`, `0.5`, `-1`, `6.02e23`, `200/3`.

    Raises:
        InputRefused: not a number, or absurdly long.
    """
    if not _NUMBER.fullmatch(text) or text.endswith("/0"):
        raise InputRefused(f"'{text[:40]}' is not a number", remedy="Write it as 12 or 0.5")
    return Fraction(text)


def written(value: Fraction) -> str:
    """`value` as exact text: `59.5`, or `200/3` where decimals would not end."""
    whole, rest, sign = abs(value.numerator), value.denominator, "-" if value < 0 else ""
    if rest == 1:
        return f"{sign}{whole}"
    twos = fives = 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{sign}{whole}/{value.denominator}"
    places = max(twos, fives)
    digits = str(whole * 10**places // value.denominator).zfill(places + 1)
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def shown(text: str, places: int = 2) -> str:
    """Exact text as a person reads it, at most `places` decimals, rounded half up; never calculated
    with."""
    return written(rounded(number(text), places, "half_up"))


def rounded(value: Fraction, places: int, mode: RoundingMode) -> Fraction:
    """`value` to `places` decimals; halves go away from zero, `down` goes towards zero."""
    scale = 10**places
    magnitude = abs(value) * scale + (Fraction(1, 2) if mode == "half_up" else 0)
    whole = Fraction(magnitude.numerator // magnitude.denominator, scale)
    return -whole if value < 0 else whole


def significant(value: Fraction, figures: int) -> Fraction:
    """`value` to `figures` significant digits; halves go away from zero."""
    if value == 0:
        return value
    places = figures - 1 - magnitude(abs(value))
    if places >= 0:
        return rounded(value, places, "half_up")
    scale = Fraction(10) ** -places
    return rounded(value / scale, 0, "half_up") * scale


def stored(value: Fraction) -> Fraction:
    """`value` itself, or to 30 decimals where its exact text would be too long to keep: only rules
    with roots, functions or long chains of divisions come to such a score."""
    return (
        value
        if value.denominator <= 10**STORED_PLACES
        else rounded(value, STORED_PLACES, "half_up")
    )


def too_long(value: Fraction) -> bool:
    """Whether `value` is past what rules may compute with."""
    return max(value.numerator.bit_length(), value.denominator.bit_length()) > LIMIT_BITS


def magnitude(value: Fraction) -> int:
    """The power of ten of the first digit: 0 for 1 to 9.99, -1 for 0.1."""
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if value >= Fraction(10) ** power else power - 1
