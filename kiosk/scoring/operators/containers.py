"""Making containers and looking into them. An empty container is NULL."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    attribute,
    check_quantity,
    container,
    containers,
    flat,
    no_operand_null,
    operator,
    quantity,
    reference,
    same,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import (
    BOOLEAN,
    INTEGER,
    MAX_MEMBERS,
    Row,
    Type,
    Value,
    alike,
    contained,
    members,
)


@operator("multiple", 0, None, container("multiple"))
def _multiple(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return contained(flat(values), "multiple")


@operator("ordered", 0, None, container("ordered"))
def _ordered(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return contained(flat(values), "ordered")


def _check_repeat(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    times = attribute(node, "number-repeats")
    check_quantity(node, times, names, whole=True)
    if reference(times) is None and not 1 <= number(times.strip()) <= MAX_MEMBERS:
        raise InputRefused(f"'{node.op}' is for 1 to {MAX_MEMBERS} times, not {times}")
    if _most_rounds(node) > MAX_MEMBERS:
        raise InputRefused(
            f"'{node.op}' within '{node.op}' may come to more than {MAX_MEMBERS} times"
        )
    return container("ordered")(node, types, names)


def _most_rounds(node: Expression) -> int:
    """How often what stands deepest in nested repeats may be evaluated."""
    inner = max((_most_rounds(child) for child in node.children), default=1)
    if node.op != REPEAT:
        return inner
    times = node.attributes.get("number-repeats", "")
    return inner * (MAX_MEMBERS if reference(times) else int(number(times.strip())))


REPEAT: Final = "repeat"
"""The operator whose operands are evaluated several times (`rounds`), each time with new draws."""


def rounds(node: Expression, scope: Scope) -> int:
    """How often the operands of `repeat` are evaluated; 0 where it has no value."""
    times = quantity(node.attributes["number-repeats"], scope)
    return int(times) if times is not None and 1 <= times <= MAX_MEMBERS else 0


@operator(REPEAT, 1, None, _check_repeat)
def _repeat(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    """`values` are those of every round."""
    return contained(flat(values), "ordered")


def _check_size(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    containers(node, types[0])
    return INTEGER


@operator("container-size", 1, 1, _check_size)
def _container_size(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return Fraction(len(members(values[0])))


def _check_index(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    place = attribute(node, "n")
    check_quantity(node, place, names, whole=True)
    if reference(place) is None and number(place.strip()) < 1:
        raise InputRefused(f"'{node.op}' counts from 1, not {place}")
    if types[0].cardinality != "ordered":
        raise InputRefused(f"'{node.op}' takes an ordered container, not {types[0]}")
    return Type("single", types[0].base_type)


@operator("index", 1, 1, _check_index)
def _index(node: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    place, found = quantity(node.attributes["n"], scope), members(values[0])
    return found[int(place) - 1] if place is not None and 1 <= place <= len(found) else None


def _within(node: Expression, types: tuple[Type, ...]) -> None:
    one, many = types
    if one.cardinality != "single" or not alike(one.base_type, many.base_type):
        raise InputRefused(f"'{node.op}' cannot look for {one} in {many}")


def _check_member(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    """QTI wants a container; authors write a single correct value there, which can mean one thing."""
    _within(node, types)
    return BOOLEAN


@operator("member", 2, 2, _check_member)
def _member(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return values[0] in members(values[1]) if no_operand_null(values) else None


def _check_delete(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    containers(node, types[1])
    _within(node, types)
    return types[1]


@operator("delete", 2, 2, _check_delete)
def _delete(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    """QTI 3: every instance of the first is taken out of the second."""
    if not no_operand_null(values):
        return None
    kept = [member for member in members(values[1]) if member != values[0]]
    return contained(kept, "ordered" if isinstance(values[1], Row) else "multiple")


def _check_contains(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    containers(node, types[0])
    return same(node, types, names)


@operator("contains", 2, 2, _check_contains)
def _contains(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    """QTI 3: of multiple, as often as asked for; of ordered, one after the other."""
    if not no_operand_null(values):
        return None
    whole, part = members(values[0]), members(values[1])
    if isinstance(values[0], Row):
        starts = range(len(whole) - len(part) + 1)
        return any(whole[start : start + len(part)] == part for start in starts)
    return all(part.count(one) <= whole.count(one) for one in set(part))
