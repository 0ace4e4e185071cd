"""The registry of operators: what an entry is, and what the checks of several have in common."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Protocol

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.scoring.rules import BaseType, Cardinality, Expression
from kiosk.scoring.values import BOOLEAN, FLOAT, NUMERIC, Type, Value, alike, members


class Names(Protocol):
    """The variables of an item, as a check asks for them."""

    def type_of(self, identifier: str) -> Type:
        """Raises InputRefused when no variable has that name."""

    def require_correct(self, identifier: str) -> None:
        """Raises InputRefused when the response has no correct value."""

    def require_mapping(self, identifier: str) -> None:
        """Raises InputRefused when the response has no mapping."""


class Scope(Protocol):
    """The variables of an item, as an evaluation asks for them."""

    def value(self, identifier: str) -> Value: ...

    def correct(self, identifier: str) -> Value: ...

    def mapped(self, identifier: str) -> Fraction: ...


Check = Callable[[Expression, tuple[Type, ...], Names], Type]
Compute = Callable[[Expression, tuple[Value, ...], Scope], Value]


class Operator(Struct, frozen=True):
    """`most` None means any number of children."""

    least: int
    most: int | None
    check: Check
    compute: Compute


OPERATORS: dict[str, Operator] = {}


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
    numeric(node, types, singles=node.op == "subtract")
    whole = all(kind.base_type == "integer" for kind in types)
    return Type("single", "integer") if whole else FLOAT


def comparison(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    numeric(node, types, singles=True)
    return BOOLEAN


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


def no_operand_null(values: tuple[Value, ...]) -> bool:
    return all(value is not None for value in values)


def numbers(values: tuple[Value, ...]) -> list[Fraction]:
    return [member for value in values for member in members(value) if isinstance(member, Fraction)]
