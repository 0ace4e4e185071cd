"""The operators of QTI 3 rule expressions: how each is checked, and what it computes.

An operator is one entry with its arity, the type it gives for its children's types, and its value for
its children's values. A later one is a new entry and changes nothing here. NULL follows QTI 3: most
operators give NULL when an operand is NULL; `and`, `or` know three values.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import prod

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.operator_registry import (
    OPERATORS,
    Names,
    Scope,
    arithmetic,
    attribute,
    booleans,
    comparison,
    container,
    flag,
    no_operand_null,
    numbers,
    numeric,
    operator,
    same,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import (
    BOOLEAN,
    FLOAT,
    READABLE,
    Row,
    Single,
    Type,
    Value,
    alike,
    contained,
    declared,
    members,
)

__all__ = ["OPERATORS"]


# --- variables and constants ----------------------------------------------------------------------


def _check_constant(node: Expression, _: tuple[Type, ...], __: Names) -> Type:
    kind = _constant_type(node)
    if declared(node.values, kind) is None and kind.base_type not in ("string", "identifier"):
        raise InputRefused(f"'{node.op}' has no value")
    return kind


def _constant_type(node: Expression) -> Type:
    base = attribute(node, "base-type")
    for known in READABLE:
        if base == known:
            return Type("single", known)
    raise InputRefused(f"'{node.op}' cannot have the base type '{base}'")


@operator("base-value", 0, 0, _check_constant)
def _base_value(node: Expression, _: tuple[Value, ...], __: Scope) -> Value:
    return declared(node.values, _constant_type(node))


def _check_variable(node: Expression, _: tuple[Type, ...], names: Names) -> Type:
    return names.type_of(attribute(node, "identifier"))


@operator("variable", 0, 0, _check_variable)
def _variable(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    return scope.value(node.attributes["identifier"])


def _check_correct(node: Expression, _: tuple[Type, ...], names: Names) -> Type:
    identifier = attribute(node, "identifier")
    names.require_correct(identifier)
    return names.type_of(identifier)


@operator("correct", 0, 0, _check_correct)
def _correct(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    return scope.correct(node.attributes["identifier"])


def _check_mapping(node: Expression, _: tuple[Type, ...], names: Names) -> Type:
    names.require_mapping(attribute(node, "identifier"))
    return FLOAT


@operator("map-response", 0, 0, _check_mapping)
def _map_response(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    return scope.mapped(node.attributes["identifier"])


def _check_null(_: Expression, __: tuple[Type, ...], ___: Names) -> Type:
    return BOOLEAN


@operator("is-null", 1, 1, _check_null)
def _is_null(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return values[0] is None


# --- logic ----------------------------------------------------------------------------------------


@operator("and", 1, None, booleans)
def _and(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if any(value is False for value in values):
        return False
    return True if no_operand_null(values) else None


@operator("or", 1, None, booleans)
def _or(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if any(value is True for value in values):
        return True
    return False if no_operand_null(values) else None


@operator("not", 1, 1, booleans)
def _not(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return None if values[0] is None else not values[0]


# --- equality -------------------------------------------------------------------------------------


@operator("match", 2, 2, same)
def _match(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return values[0] == values[1] if no_operand_null(values) else None


def _check_equal(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    numeric(node, types, singles=True)
    _tolerance(node)
    return BOOLEAN


@operator("equal", 2, 2, _check_equal)
def _equal(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    """QTI 3 2.11.4.8: the second value lies within the tolerance around the first. A relative
    tolerance is a share of the first one's magnitude, so that negative values have one too."""
    if not no_operand_null(values):
        return None
    first, second = numbers(values)
    relative, below, above = _tolerance(node)
    if relative:
        below, above = abs(first) * below / 100, abs(first) * above / 100
    low, high = first - below, first + above
    over = second > low or (second == low and flag(node, "include-lower-bound", True))
    under = second < high or (second == high and flag(node, "include-upper-bound", True))
    return over and under


def _tolerance(node: Expression) -> tuple[bool, Fraction, Fraction]:
    """(relative, below, above); exact is no tolerance with both bounds included."""
    mode = node.attributes.get("tolerance-mode", "exact")
    if mode == "exact":
        return False, Fraction(0), Fraction(0)
    if mode not in ("absolute", "relative"):
        raise InputRefused(f"'equal' has no tolerance mode '{mode}'")
    widths = [number(text) for text in attribute(node, "tolerance").split()]
    if not 1 <= len(widths) <= 2 or min(widths) < 0:
        raise InputRefused("a tolerance is one or two numbers, not below zero")
    flag(node, "include-lower-bound", True)
    flag(node, "include-upper-bound", True)
    return mode == "relative", widths[0], widths[-1]


def _check_string_match(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    for kind in types:
        if kind.cardinality != "single" or not alike(kind.base_type, "string"):
            raise InputRefused(f"'{node.op}' takes text, not {kind}")
    flag(node, "case-sensitive", True)
    flag(node, "substring", False)
    return BOOLEAN


@operator("string-match", 2, 2, _check_string_match)
def _string_match(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    if not no_operand_null(values):
        return None
    one, other = (str(value) for value in values)
    if not flag(node, "case-sensitive", True):
        one, other = one.casefold(), other.casefold()
    return other in one if flag(node, "substring", False) else one == other


# --- arithmetic -----------------------------------------------------------------------------------


@operator("sum", 1, None, arithmetic)
def _sum(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return sum(numbers(values), Fraction(0)) if no_operand_null(values) else None


@operator("product", 1, None, arithmetic)
def _product(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return prod(numbers(values), start=Fraction(1)) if no_operand_null(values) else None


@operator("subtract", 2, 2, arithmetic)
def _subtract(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if not no_operand_null(values):
        return None
    first, second = numbers(values)
    return first - second


def _compare(name: str, holds: Callable[[Fraction, Fraction], bool]) -> None:
    @operator(name, 2, 2, comparison)
    def compute(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
        if not no_operand_null(values):
            return None
        first, second = numbers(values)
        return holds(first, second)


_compare("gt", lambda first, second: first > second)
_compare("gte", lambda first, second: first >= second)
_compare("lt", lambda first, second: first < second)
_compare("lte", lambda first, second: first <= second)


# --- containers -----------------------------------------------------------------------------------


def _check_member(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    one, within = types
    if (
        one.cardinality != "single"
        or within.cardinality not in ("multiple", "ordered")
        or not alike(one.base_type, within.base_type)
    ):
        raise InputRefused(f"'{node.op}' cannot look for {one} in {within}")
    return BOOLEAN


@operator("member", 2, 2, _check_member)
def _member(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if not no_operand_null(values):
        return None
    return values[0] in members(values[1])


@operator("contains", 2, 2, same)
def _contains(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if not no_operand_null(values):
        return None
    whole, part = members(values[0]), members(values[1])
    if isinstance(values[0], Row):
        starts = range(len(whole) - len(part) + 1)
        return any(whole[start : start + len(part)] == part for start in starts)
    return all(part.count(one) <= whole.count(one) for one in set(part))


@operator("multiple", 0, None, container("multiple"))
def _multiple(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return contained(_flat(values), "multiple")


@operator("ordered", 0, None, container("ordered"))
def _ordered(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return contained(_flat(values), "ordered")


def _flat(values: tuple[Value, ...]) -> list[Single]:
    return [member for value in values for member in members(value)]
