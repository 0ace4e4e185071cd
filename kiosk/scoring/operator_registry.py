"""The registry of operators: what an entry is, and what the checks of several have in common."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.scoring.chance import Chance
from kiosk.scoring.numbers import number, too_long
from kiosk.scoring.rules import BaseType, Cardinality, Expression
from kiosk.scoring.values import (
    BOOLEAN,
    FLOAT,
    INTEGER,
    NUMERIC,
    Single,
    Type,
    Value,
    alike,
    members,
)


class Names(Protocol):
    """The variables of an item, as a check asks for them."""

    def type_of(self, identifier: str) -> Type:
        """Raises InputRefused when no variable has that name."""

    def require_correct(self, identifier: str) -> None:
        """Raises InputRefused when the response has no correct value."""

    def require_mapping(self, identifier: str) -> None:
        """Raises InputRefused when the response has no mapping."""

    def require_areas(self, identifier: str) -> None:
        """Raises InputRefused when the response has no area mapping."""

    def require_chance(self) -> None:
        """Raises InputRefused when there will be no seed to draw from."""


class Scope(Protocol):
    """The variables of an item, as an evaluation asks for them."""

    def value(self, identifier: str) -> Value: ...

    def correct(self, identifier: str) -> Value: ...

    def default(self, identifier: str) -> Value: ...

    def mapped(self, identifier: str) -> Fraction: ...

    def mapped_points(self, identifier: str) -> Fraction: ...

    def chance(self) -> Chance: ...


Check = Callable[[Expression, tuple[Type, ...], Names], Type]
Compute = Callable[[Expression, tuple[Value, ...], Scope], Value]


class Operator(Struct, frozen=True):
    """`most` None means any number of children."""

    least: int
    most: int | None
    check: Check
    compute: Compute


OPERATORS: dict[str, Operator] = {}

_OF_TESTS = "it asks about a whole test, and belongs into the rules of one"
UNSUPPORTED: dict[str, str] = {
    "number-correct": _OF_TESTS,
    "number-incorrect": _OF_TESTS,
    "number-presented": _OF_TESTS,
    "number-responded": _OF_TESTS,
    "number-selected": _OF_TESTS,
    "outcome-maximum": _OF_TESTS,
    "outcome-minimum": _OF_TESTS,
    "test-variables": _OF_TESTS,
}
"""Operators of QTI that are refused, and why; `null` is known to `checking` itself."""

VARIABLE_ATTRIBUTES = frozenset(
    {"figures", "max", "min", "n", "number-repeats", "step", "tolerance"}
)
"""Attributes that hold a number, or the name of a variable with one."""


def operator(name: str, least: int, most: int | None, check: Check) -> Callable[[Compute], Compute]:
    """Registers what it decorates as the computation of `name`."""

    def register(compute: Compute) -> Compute:
        OPERATORS[name] = Operator(least, most, check, compute)
        return compute

    return register


# --- what the checks have in common ---------------------------------------------------------------


def attribute(node: Expression, name: str) -> str:
    if name not in node.attributes:
        raise InputRefused(f"'{node.op}' needs the attribute '{name}'")
    return node.attributes[name]


def flag(node: Expression, name: str, otherwise: bool) -> bool:
    text = node.attributes.get(name, "true" if otherwise else "false")
    if text not in ("true", "false"):
        raise InputRefused(f"'{name}' of '{node.op}' is '{text}', neither true nor false")
    return text == "true"


def reference(text: str) -> str | None:
    """The variable that an attribute names in place of a number: `{TIMES}` or `TIMES`."""
    bare = text.strip()
    if bare.startswith("{") and bare.endswith("}"):
        return bare[1:-1]
    return bare if bare[:1].isalpha() or bare[:1] == "_" else None


def check_quantity(node: Expression, text: str, names: Names, *, whole: bool = False) -> None:
    """Raises InputRefused unless `text` is a number (a whole one), or a variable that holds one."""
    named = reference(text)
    if named is not None:
        kind = names.type_of(named)
        if kind != INTEGER and (whole or kind != FLOAT):
            raise InputRefused(f"'{node.op}' takes a number, not '{named}' of {kind}")
    elif number(text.strip()).denominator != 1 and whole:
        raise InputRefused(f"'{node.op}' takes a whole number, not {text}")


def quantity(text: str, scope: Scope) -> Fraction | None:
    """The number that a checked attribute says or names."""
    named = reference(text)
    if named is None:
        return number(text.strip())
    value = scope.value(named)
    return value if isinstance(value, Fraction) else None


def booleans(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    for kind in types:
        if kind != BOOLEAN:
            raise InputRefused(f"'{node.op}' takes true or false, not {kind}")
    return BOOLEAN


def numeric(node: Expression, types: tuple[Type, ...], singles: bool) -> None:
    for kind in types:
        if kind.base_type not in NUMERIC or (singles and kind.cardinality != "single"):
            raise InputRefused(f"'{node.op}' takes numbers, not {kind}")


def arithmetic(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    """Numbers, single or in containers; whole ones give a whole one."""
    numeric(node, types, singles=False)
    return INTEGER if all(kind.base_type == "integer" for kind in types) else FLOAT


def singles(gives: Type | None) -> Check:
    """Single numbers; the result is `gives`, or whole where all are."""

    def check(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
        numeric(node, types, singles=True)
        return gives or arithmetic(node, types, names)

    return check


def wholes(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    """Whole numbers, single or in containers, give a whole number."""
    for kind in types:
        if kind.base_type != "integer":
            raise InputRefused(f"'{node.op}' takes whole numbers, not {kind}")
    return INTEGER


def texts(node: Expression, types: tuple[Type, ...]) -> None:
    for kind in types:
        if kind.cardinality != "single" or not alike(kind.base_type, "string"):
            raise InputRefused(f"'{node.op}' takes text, not {kind}")


def containers(node: Expression, kind: Type) -> None:
    if kind.cardinality not in ("multiple", "ordered"):
        raise InputRefused(f"'{node.op}' takes a container, not {kind}")


def same(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    one, other = types
    if one.cardinality != other.cardinality or not alike(one.base_type, other.base_type):
        raise InputRefused(f"'{node.op}' cannot compare {one} with {other}")
    return BOOLEAN


def container(cardinality: Cardinality) -> Check:
    def check(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
        base: BaseType = types[0].base_type if types else "identifier"
        for kind in types:
            if kind.cardinality not in ("single", cardinality) or not alike(kind.base_type, base):
                raise InputRefused(f"'{node.op}' of {base} cannot hold {kind}")
        return Type(cardinality, base)

    return check


def flat(values: tuple[Value, ...]) -> list[Single]:
    """The members of all operands, those that are NULL left out."""
    return [member for value in values for member in members(value)]


def accumulated(
    step: Callable[[Fraction, Fraction], Fraction], values: list[Fraction], start: Fraction
) -> Fraction | None:
    """`step` over `values`; None as soon as a number becomes too long to compute with."""
    for value in values:
        start = step(start, value)
        if too_long(start):
            return None
    return start


def bounded(value: Value) -> Value:
    """`value`, or NULL when it is too long a number."""
    if isinstance(value, Fraction):
        return None if too_long(value) else value
    return value


def no_operand_null(values: tuple[Value, ...]) -> bool:
    return all(value is not None for value in values)


def numbers(values: tuple[Value, ...]) -> list[Fraction]:
    return [member for value in values for member in members(value) if isinstance(member, Fraction)]
