"""Equal, more, less, inside."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from kiosk.errors import InputRefused
from kiosk.scoring.areas import coordinates, within
from kiosk.scoring.numbers import number, rounded, significant
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    attribute,
    check_quantity,
    flag,
    no_operand_null,
    numbers,
    numeric,
    operator,
    quantity,
    reference,
    same,
    singles,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import BOOLEAN, Type, Value, members

MAX_FIGURES = 100


@operator("match", 2, 2, same)
def _match(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return values[0] == values[1] if no_operand_null(values) else None


def _check_equal(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    numeric(node, types, singles=True)
    mode = node.attributes.get("tolerance-mode", "exact")
    if mode not in ("exact", "absolute", "relative"):
        raise InputRefused(f"'equal' has no tolerance mode '{mode}'")
    if mode != "exact":
        widths = attribute(node, "tolerance").split()
        if not 1 <= len(widths) <= 2:
            raise InputRefused("a tolerance is one or two numbers, not below zero")
        for width in widths:
            check_quantity(node, width, names)
            if reference(width) is None and number(width) < 0:
                raise InputRefused("a tolerance is one or two numbers, not below zero")
    flag(node, "include-lower-bound", True)
    flag(node, "include-upper-bound", True)
    return BOOLEAN


@operator("equal", 2, 2, _check_equal)
def _equal(node: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    """QTI 3 2.11.4.8: the second value lies within the tolerance around the first. A relative
    tolerance is a share of the first one's magnitude, so that negative values have one too."""
    if not no_operand_null(values):
        return None
    first, second = numbers(values)
    mode = node.attributes.get("tolerance-mode", "exact")
    if mode == "exact":
        return first == second
    widths = [quantity(text, scope) for text in node.attributes["tolerance"].split()]
    below, above = widths[0], widths[-1]
    if below is None or above is None or below < 0 or above < 0:
        return None
    if mode == "relative":
        below, above = abs(first) * below / 100, abs(first) * above / 100
    low, high = first - below, first + above
    over = second > low or (second == low and flag(node, "include-lower-bound", True))
    under = second < high or (second == high and flag(node, "include-upper-bound", True))
    return over and under


def check_figures(node: Expression, names: Names) -> None:
    """Raises InputRefused unless the node says how to round: `rounding-mode` and `figures`."""
    mode, figures = rounding_mode(node), attribute(node, "figures")
    check_quantity(node, figures, names, whole=True)
    if reference(figures) is None and not _least(mode) <= number(figures.strip()) <= MAX_FIGURES:
        raise InputRefused(f"'{node.op}' cannot round to {figures} figures")


def rounding_mode(node: Expression) -> str:
    mode = node.attributes.get("rounding-mode", "significantFigures")
    if mode not in ("significantFigures", "decimalPlaces"):
        raise InputRefused(f"'{node.op}' has no rounding mode '{mode}'")
    return mode


def rounded_as_told(node: Expression, value: Fraction, scope: Scope) -> Fraction | None:
    """`value` rounded as the node says; None when a variable gives figures that cannot be."""
    mode, figures = rounding_mode(node), quantity(node.attributes["figures"], scope)
    if figures is None or not _least(mode) <= figures <= MAX_FIGURES:
        return None
    if mode == "significantFigures":
        return significant(value, int(figures))
    return rounded(value, int(figures), "half_up")


def _least(mode: str) -> int:
    return 1 if mode == "significantFigures" else 0


def _check_equal_rounded(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    check_figures(node, names)
    numeric(node, types, singles=True)
    return BOOLEAN


@operator("equal-rounded", 2, 2, _check_equal_rounded)
def _equal_rounded(node: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    if not no_operand_null(values):
        return None
    first, second = (rounded_as_told(node, value, scope) for value in numbers(values))
    return None if first is None or second is None else first == second


def _compare(
    name: str,
    check: Callable[[Expression, tuple[Type, ...], Names], Type],
    holds: Callable[[Fraction, Fraction], bool],
) -> None:
    @operator(name, 2, 2, check)
    def compute(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
        if not no_operand_null(values):
            return None
        first, second = numbers(values)
        return holds(first, second)


def _check_durations(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    for kind in types:
        if kind != Type("single", "duration"):
            raise InputRefused(f"'{node.op}' takes durations, not {kind}")
    return BOOLEAN


_compare("gt", singles(BOOLEAN), lambda first, second: first > second)
_compare("gte", singles(BOOLEAN), lambda first, second: first >= second)
_compare("lt", singles(BOOLEAN), lambda first, second: first < second)
_compare("lte", singles(BOOLEAN), lambda first, second: first <= second)
_compare("duration-lt", _check_durations, lambda first, second: first < second)
_compare("duration-gte", _check_durations, lambda first, second: first >= second)


def _check_inside(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    if types[0].base_type != "point":
        raise InputRefused(f"'{node.op}' takes points, not {types[0]}")
    coordinates(attribute(node, "shape"), node.attributes.get("coords", ""))
    return BOOLEAN


@operator("inside", 1, 1, _check_inside)
def _inside(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    if values[0] is None:
        return None
    shape, coords = node.attributes["shape"], node.attributes.get("coords", "")
    return any(within(str(spot), shape, coords) for spot in members(values[0]))
