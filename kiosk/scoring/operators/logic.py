"""True, false and NULL."""

from __future__ import annotations

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    attribute,
    booleans,
    check_quantity,
    no_operand_null,
    operator,
    quantity,
    reference,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import Type, Value


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


def _check_any_n(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    least, most = attribute(node, "min"), attribute(node, "max")
    for text in (least, most):
        check_quantity(node, text, names, whole=True)
    constant = reference(least) is None and reference(most) is None
    if constant and number(least.strip()) > number(most.strip()):
        raise InputRefused(f"'{node.op}' can never be {least} to {most}")
    return booleans(node, types, names)


@operator("any-n", 1, None, _check_any_n)
def _any_n(node: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    """QTI 3: NULL where the operands without a value decide."""
    least = quantity(node.attributes["min"], scope)
    most = quantity(node.attributes["max"], scope)
    if least is None or most is None:
        return None
    true = sum(value is True for value in values)
    possible = true + sum(value is None for value in values)
    if true > most or possible < least:
        return False
    return True if true >= least and possible <= most else None
