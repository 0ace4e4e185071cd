"""Numbers and percentages as people write them in GIFT and Moodle, exact."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final

from kiosk.authoring.problems import Problems
from kiosk.words import mark

_NUMBER: Final = re.compile(r"[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})([eE][+-]?\d{1,2})?", re.ASCII)
_KNOWN_PARTS: Final = 20
_ROUNDED: Final = Fraction(1, 20_000)
"""Five digits of a third, as Moodle writes it, are within this of it."""


def number_text(text: str) -> str | None:
    """A number as plain decimal text; None when it is none. A decimal comma is read as a point."""
    plain = text.strip().replace("\u2212", "-")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    shown = format(value, "f")
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def share_of(percent: str, problems: Problems) -> Fraction:
    """A percentage as a fraction of 1; 33.33333 is a third."""
    plain = number_text(percent)
    if plain is None or abs(Fraction(plain)) > 100:
        problems.refuse(None, mark("'{text}' is not a percentage"), text=percent)
        return Fraction(0)
    exact = Fraction(plain) / 100
    near = exact.limit_denominator(_KNOWN_PARTS)
    return near if abs(near - exact) <= _ROUNDED else exact


def identifier_from(name: str) -> str:
    """A name made into an identifier, empty when nothing of it can stay."""
    kept = re.sub(r"[^\w.-]+", "_", name.strip(), flags=re.ASCII).strip("_.-")[:80]
    return kept if not kept[:1].isdigit() else f"Q{kept}"
