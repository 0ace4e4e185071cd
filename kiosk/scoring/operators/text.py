"""Operators on text."""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from typing import Final

from kiosk.assessment.responses import read_number
from kiosk.errors import InputRefused
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    attribute,
    flag,
    no_operand_null,
    operator,
    texts,
)
from kiosk.scoring.patterns import check_pattern, matches_whole
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import BOOLEAN, FLOAT, Type, Value


def _check_two(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    texts(node, types)
    flag(node, "case-sensitive", True)
    flag(node, "substring", False)
    return BOOLEAN


def _two(node: Expression, values: tuple[Value, ...]) -> tuple[str, str]:
    one, other = (str(value) for value in values)
    if flag(node, "case-sensitive", True):
        return one, other
    return one.casefold(), other.casefold()


@operator("string-match", 2, 2, _check_two)
def _string_match(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    if not no_operand_null(values):
        return None
    one, other = _two(node, values)
    return other in one if flag(node, "substring", False) else one == other


@operator("substring", 2, 2, _check_two)
def _substring(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    """QTI 3: the first stands within the second."""
    if not no_operand_null(values):
        return None
    part, whole = _two(node, values)
    return part in whole


def _check_pattern(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    texts(node, types)
    pattern = attribute(node, "pattern")
    if pattern.startswith("{"):
        raise InputRefused(f"'{node.op}' cannot take its pattern from a variable")
    check_pattern(pattern)
    return BOOLEAN


@operator("pattern-match", 1, 1, _check_pattern)
def _pattern_match(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    if values[0] is None:
        return None
    return matches_whole(node.attributes["pattern"], str(values[0]))


_COMMON: Final = frozenset({"Trim", "ToAscii", "ParseCommaDecimal"})
_MAKERS: Final = frozenset({"depcp", "questify", "qade"})


def _common(node: Expression) -> str | None:
    """The name of a maker's operator whose meaning is published; None of any other."""
    maker, _, name = node.attributes.get("definition", "").partition(":")
    return name if maker in _MAKERS and name in _COMMON else None


def _check_custom(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    name = _common(node)
    if name is None or len(types) != 1:
        definition = node.attributes.get("definition", "")
        named = f" '{definition[:80]}'" if definition else ""
        raise InputRefused(
            f"the operator '{node.op}'{named} is not supported: only the program of its maker knows"
            " what it means"
        )
    if types[0] == FLOAT and name == "ParseCommaDecimal":
        return FLOAT
    texts(node, types)
    return FLOAT if name == "ParseCommaDecimal" else Type("single", "string")


@operator("custom-operator", 0, None, _check_custom)
def _custom(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    """Of the operators of makers, three that Cito and Citolab's engine (qti-scoring-engine) share.

    Text is trimmed anyway; `ToAscii` takes marks off letters; a comma parts whole and decimal places.
    """
    (value,) = values
    if not isinstance(value, str):
        return value
    match _common(node):
        case "ParseCommaDecimal":
            number = read_number(value.replace(",", ".", 1))
            return None if number is None else Fraction(number)
        case "ToAscii":
            parts = unicodedata.normalize("NFD", value)
            return "".join(part for part in parts if not unicodedata.combining(part)) or None
        case _:
            return value.strip() or None
