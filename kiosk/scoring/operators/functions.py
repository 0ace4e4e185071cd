"""Powers, functions, constants and statistics; `kiosk.scoring.irrational` says how exact they are."""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from kiosk.errors import InputRefused
from kiosk.scoring.irrational import ONE_ARGUMENT, constant, function, power, root
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    accumulated,
    attribute,
    containers,
    no_operand_null,
    numbers,
    numeric,
    operator,
    singles,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import FLOAT, INTEGER, Type, Value

_WHOLE: Final[dict[str, Callable[[Fraction], int]]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "signum": lambda value: (value > 0) - (value < 0),
}


def _check_function(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    numeric(node, types, singles=True)
    name = attribute(node, "name")
    if name not in _WHOLE and name not in ONE_ARGUMENT and name not in ("abs", "atan2"):
        raise InputRefused(f"there is no function '{name}'")
    if len(types) != (2 if name == "atan2" else 1):
        raise InputRefused(f"'{name}' cannot have {len(types)} operands")
    return INTEGER if name in _WHOLE else FLOAT


@operator("math-operator", 1, 2, _check_function)
def _math_operator(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    if not no_operand_null(values):
        return None
    name, found = node.attributes["name"], numbers(values)
    if name in _WHOLE:
        return Fraction(_WHOLE[name](found[0]))
    return abs(found[0]) if name == "abs" else function(name, *found)


def _check_constant(node: Expression, _: tuple[Type, ...], __: Names) -> Type:
    if attribute(node, "name") not in ("pi", "e"):
        raise InputRefused(f"there is no constant '{node.attributes['name']}'")
    return FLOAT


@operator("math-constant", 0, 0, _check_constant)
def _math_constant(node: Expression, _: tuple[Value, ...], __: Scope) -> Value:
    return constant(node.attributes["name"])


@operator("power", 2, 2, singles(FLOAT))
def _power(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    if not no_operand_null(values):
        return None
    base, exponent = numbers(values)
    return power(base, exponent)


# --- statistics -----------------------------------------------------------------------------------

_VARIANCES: Final = {"sampleVariance": 1, "sampleSD": 1, "popVariance": 0, "popSD": 0}


def _check_statistics(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    name = attribute(node, "name")
    if name != "mean" and name not in _VARIANCES:
        raise InputRefused(f"there are no statistics '{name}'")
    containers(node, types[0])
    numeric(node, types, singles=False)
    return FLOAT


@operator("stats-operator", 1, 1, _check_statistics)
def _stats_operator(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    """QTI 3: a sample of one has no variance, so its result is NULL."""
    if not no_operand_null(values):
        return None
    name, found = node.attributes["name"], numbers(values)
    total = accumulated(python.add, found, Fraction(0))
    if total is None or name == "mean":
        return None if total is None else total / len(found)
    mean, degrees = total / len(found), len(found) - _VARIANCES[name]
    squares = accumulated(python.add, [(value - mean) ** 2 for value in found], Fraction(0))
    if squares is None or degrees == 0:
        return None
    return squares / degrees if name.endswith("Variance") else root(squares / degrees)
