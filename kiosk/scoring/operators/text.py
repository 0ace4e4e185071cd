"""Operators on text."""

from __future__ import annotations

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
from kiosk.scoring.values import BOOLEAN, Type, Value


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
