"""Values of QTI variables while a rule runs, and how text becomes one.

QTI 3 information model, 2.11: a value is NULL (None), a single value, or a container; an empty
container and an empty string are NULL. Typed text is compared with its outer space and its
full-width letters folded, on both sides, because an input method adds them unseen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from kiosk.assessment.responses import read_integer, read_number
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.scoring.rules import BaseType, Cardinality

Single = bool | Fraction | str


class Bag(Struct, frozen=True):
    """A `multiple` container: sorted, so that equal bags are equal values."""

    values: tuple[Single, ...]


class Row(Struct, frozen=True):
    """An `ordered` container."""

    values: tuple[Single, ...]


class Record(Struct, frozen=True):
    """What a field whose response is a record was given: its fields by name, those without a value
    left out."""

    fields: tuple[tuple[str, Single], ...]


Value = Single | Bag | Row | Record | None


class Type(Struct, frozen=True):
    """What an expression gives."""

    cardinality: Cardinality
    base_type: BaseType

    def __str__(self) -> str:
        return f"{self.cardinality} {self.base_type}"


BOOLEAN = Type("single", "boolean")
FLOAT = Type("single", "float")
INTEGER = Type("single", "integer")
NUMERIC: frozenset[BaseType] = frozenset({"integer", "float"})
TEXTUAL: frozenset[BaseType] = frozenset({"identifier", "string", "uri"})
READABLE: frozenset[BaseType] = (
    NUMERIC | TEXTUAL | {"boolean", "pair", "directedPair", "point", "duration"}
)
"""Base types a rule can compute with."""

MAX_MEMBERS = 1_000
"""A container that would grow past this has no value, so that no rule can fill the memory."""

RECORD_FIELDS: dict[str, BaseType] = {
    "stringValue": "string",
    "floatValue": "float",
    "integerValue": "integer",
    "leftDigits": "integer",
    "rightDigits": "integer",
    "ndp": "integer",
    "nsf": "integer",
    "exponent": "integer",
}
"""The fields of a record that a text field gives (QTI 3 qti-text-entry-interaction)."""

_SPACE = re.compile(r"\s+")
_TYPED_NUMBER = re.compile(r"[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def alike(one: BaseType, other: BaseType) -> bool:
    """Whether values of the two base types can be compared."""
    return one == other or {one, other} <= NUMERIC or {one, other} <= TEXTUAL


def declared(texts: tuple[str, ...] | None, kind: Type) -> Value:
    """The value an author wrote.

    Raises:
        InputRefused: a text is no value of that base type, or several stand where one may.
    """
    if not texts:
        return None
    if kind.cardinality == "single" and len(texts) > 1:
        raise InputRefused(f"{len(texts)} values where one may stand")
    read = [_declared(text, kind.base_type) for text in texts]
    return contained([value for value in read if value != ""], kind.cardinality)


def given(texts: tuple[str, ...], kind: Type) -> Value:
    """The value a candidate gave. Text that is no number of the kind asked for is NULL (QTI 3: a
    response that cannot be read has no value), and so is an unreadable member of a container."""
    if kind.cardinality == "record":
        return typed_record(texts[0]) if len(texts) == 1 else None
    read = [value for text in texts if (value := _given(text, kind.base_type)) is not None]
    if kind.cardinality == "single" and len(read) > 1:
        return None
    return contained(read, kind.cardinality)


def contained(values: Iterable[Single], cardinality: Cardinality) -> Value:
    """`values` in a container of that cardinality; NULL when there is none, or too many."""
    members = tuple(values)
    if not members or len(members) > MAX_MEMBERS:
        return None
    if cardinality == "single":
        return members[0]
    if cardinality == "ordered":
        return Row(members)
    return Bag(tuple(sorted(members, key=_sort_key)))


def members(value: Value) -> tuple[Single, ...]:
    """The single values in `value`."""
    if value is None:
        return ()
    if isinstance(value, Record):
        return tuple(member for _, member in value.fields)
    return value.values if isinstance(value, Bag | Row) else (value,)


def point(text: str) -> tuple[Fraction, Fraction] | None:
    """The two coordinates of a point written as QTI does (`102 113`), or None."""
    read = [read_number(part) for part in text.split()]
    if len(read) != 2 or read[0] is None or read[1] is None:
        return None
    return Fraction(read[0]), Fraction(read[1])


def typed_record(text: str) -> Record | None:
    """The record of a typed text: what it says, and how its digits were written."""
    plain = folded(text)
    if not plain:
        return None
    found: dict[str, Single] = {"stringValue": plain}
    value = read_number(text)
    digits = _TYPED_NUMBER.fullmatch(plain.replace(",", "."))
    if value is not None and digits is not None:
        left, right, exponent = digits[1], digits[2] or "", digits[3]
        found["floatValue"] = Fraction(value)
        if digits[2] is None and exponent is None:
            found["integerValue"] = Fraction(value)
        found["leftDigits"] = Fraction(len(left))
        found["rightDigits"] = Fraction(len(right))
        found["ndp"] = Fraction(max(0, len(right) - int(exponent or 0)))
        found["nsf"] = Fraction(len((left + right).lstrip("0")) or 1)
        if exponent is not None:
            found["exponent"] = Fraction(int(exponent))
    return Record(tuple(found.items()))


def folded(text: str) -> str:
    """`text` without outer space and full-width letters; inner space counts as one blank."""
    return _SPACE.sub(" ", text.translate(_FULL_WIDTH)).strip()


def _declared(text: str, base: BaseType) -> Single:
    match base:
        case "integer" | "float":
            value = number(text.strip())
            if base == "integer" and value.denominator != 1:
                raise InputRefused(f"'{text}' is not a whole number")
            return value
        case "boolean":
            if text.strip() not in ("true", "false", "1", "0"):
                raise InputRefused(f"'{text}' is neither true nor false")
            return text.strip() in ("true", "1")
        case "duration":
            seconds = number(text.strip())
            if seconds < 0:
                raise InputRefused(f"'{text}' is no duration in seconds")
            return seconds
        case "point":
            where = _point(text)
            if where is None:
                raise InputRefused(f"'{text[:40]}' is no point")
            return where
        case _:
            return _text(text, base)


def _given(text: str, base: BaseType) -> Single | None:
    match base:
        case "integer":
            whole = read_integer(text)
            return None if whole is None else Fraction(whole)
        case "float":
            decimal = read_number(text)
            return None if decimal is None else Fraction(decimal)
        case "duration":
            seconds = read_number(text)
            return None if seconds is None or seconds < 0 else Fraction(seconds)
        case "point":
            return _point(text)
        case "boolean":
            return text.strip() in ("true", "1")
        case _:
            return _text(text, base) or None


def _point(text: str) -> str | None:
    """A point in its one written form."""
    where = point(text)
    return None if where is None else f"{written(where[0])} {written(where[1])}"


def _text(text: str, base: BaseType) -> str:
    if base == "pair":
        return " ".join(sorted(text.split()))
    return folded(text)


def _sort_key(value: Single) -> tuple[str, Fraction, str]:
    if isinstance(value, str):
        return ("text", Fraction(0), value)
    return ("number", Fraction(value), "")
