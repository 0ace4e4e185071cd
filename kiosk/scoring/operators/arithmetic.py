"""Exact arithmetic on fractions. What has no value in it (a division by zero) is NULL."""

from __future__ import annotations

import math
import operator as python
from collections.abc import Callable
from fractions import Fraction

from kiosk.scoring.operator_registry import (
    Check,
    Names,
    Scope,
    accumulated,
    arithmetic,
    no_operand_null,
    numbers,
    numeric,
    operator,
    singles,
    wholes,
)
from kiosk.scoring.operators.comparing import check_figures, rounded_as_told
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import FLOAT, INTEGER, Type, Value


def _of_many(name: str, check: Check, compute: Callable[[list[Fraction]], Fraction | None]) -> None:
    @operator(name, 1, None, check)
    def computed(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
        return compute(numbers(values)) if no_operand_null(values) else None


_of_many("sum", arithmetic, lambda found: accumulated(python.add, found, Fraction(0)))
_of_many("product", arithmetic, lambda found: accumulated(python.mul, found, Fraction(1)))
_of_many("min", arithmetic, min)
_of_many("max", arithmetic, max)


def _gcd(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(math.gcd(one.numerator, other.numerator))


def _lcm(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(math.lcm(one.numerator, other.numerator))


_of_many("gcd", wholes, lambda found: accumulated(_gcd, found, Fraction(0)))
_of_many("lcm", wholes, lambda found: accumulated(_lcm, found, Fraction(1)))


def _of_two(
    name: str, check: Check, compute: Callable[[Fraction, Fraction], Fraction | int | None]
) -> None:
    @operator(name, 2, 2, check)
    def computed(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
        if not no_operand_null(values):
            return None
        first, second = numbers(values)
        found = compute(first, second)
        return None if found is None else Fraction(found)


def _whole_singles(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    numeric(node, types, singles=True)
    return wholes(node, types, names)


_of_two("subtract", singles(None), lambda one, other: one - other)
_of_two("divide", singles(FLOAT), lambda one, other: one / other if other else None)
_of_two("integer-divide", _whole_singles, lambda one, other: one // other if other else None)
_of_two("integer-modulus", _whole_singles, lambda one, other: one % other if other else None)


def _of_one(name: str, check: Check, compute: Callable[[Fraction], Fraction | int]) -> None:
    @operator(name, 1, 1, check)
    def computed(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
        return Fraction(compute(numbers(values)[0])) if no_operand_null(values) else None


_of_one("truncate", singles(INTEGER), math.trunc)
# QTI 3: the whole number n for all values from n - 0.5 to under n + 0.5.
_of_one("round", singles(INTEGER), lambda value: math.floor(value + Fraction(1, 2)))
_of_one("integer-to-float", _whole_singles, lambda value: value)


def _check_round_to(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    check_figures(node, names)
    numeric(node, types, singles=True)
    return FLOAT


@operator("round-to", 1, 1, _check_round_to)
def _round_to(node: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    if not no_operand_null(values):
        return None
    return rounded_as_told(node, numbers(values)[0], scope)
