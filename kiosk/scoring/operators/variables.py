"""What an item declares, constants, and draws by chance."""

from __future__ import annotations

from fractions import Fraction

from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number
from kiosk.scoring.operator_registry import (
    Names,
    Scope,
    attribute,
    check_quantity,
    containers,
    operator,
    quantity,
    reference,
)
from kiosk.scoring.rules import Expression
from kiosk.scoring.values import (
    BOOLEAN,
    FLOAT,
    INTEGER,
    READABLE,
    RECORD_FIELDS,
    Record,
    Type,
    Value,
    declared,
    members,
)


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


@operator("default", 0, 0, _check_variable)
def _default(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    return scope.default(node.attributes["identifier"])


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


def _check_areas(node: Expression, _: tuple[Type, ...], names: Names) -> Type:
    names.require_areas(attribute(node, "identifier"))
    return FLOAT


@operator("map-response-point", 0, 0, _check_areas)
def _map_response_point(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    return scope.mapped_points(node.attributes["identifier"])


def _check_null(_: Expression, __: tuple[Type, ...], ___: Names) -> Type:
    return BOOLEAN


@operator("is-null", 1, 1, _check_null)
def _is_null(_: Expression, values: tuple[Value, ...], __: Scope) -> Value:
    return values[0] is None


def _check_field(node: Expression, types: tuple[Type, ...], _: Names) -> Type:
    field = attribute(node, "field-identifier")
    if types[0].cardinality != "record":
        raise InputRefused(f"'{node.op}' takes a record, not {types[0]}")
    if field not in RECORD_FIELDS:
        raise InputRefused(f"the record has no field '{field}'")
    return Type("single", RECORD_FIELDS[field])


@operator("field-value", 1, 1, _check_field)
def _field_value(node: Expression, values: tuple[Value, ...], _: Scope) -> Value:
    record = values[0]
    if not isinstance(record, Record):
        return None
    return dict(record.fields).get(node.attributes["field-identifier"])


# --- by chance ------------------------------------------------------------------------------------


def _check_random(node: Expression, types: tuple[Type, ...], names: Names) -> Type:
    names.require_chance()
    containers(node, types[0])
    return Type("single", types[0].base_type)


@operator("random", 1, 1, _check_random)
def _random(_: Expression, values: tuple[Value, ...], scope: Scope) -> Value:
    found = members(values[0])
    return found[scope.chance().below(len(found))] if found else None


def _check_range(node: Expression, _: tuple[Type, ...], names: Names) -> Type:
    names.require_chance()
    whole = node.op == "random-integer"
    low, high = node.attributes.get("min", "0"), attribute(node, "max")
    step = node.attributes.get("step", "1")
    for text in (low, high, step):
        check_quantity(node, text, names, whole=whole)
    constant = reference(low) is None and reference(high) is None
    if constant and number(low.strip()) > number(high.strip()):
        raise InputRefused(f"'{node.op}' has no number from {low} to {high}")
    if reference(step) is None and number(step.strip()) <= 0:
        raise InputRefused(f"'{node.op}' cannot step by {step}")
    return INTEGER if whole else FLOAT


def _range(node: Expression, scope: Scope) -> tuple[Fraction, Fraction] | None:
    low = quantity(node.attributes.get("min", "0"), scope)
    high = quantity(node.attributes["max"], scope)
    return None if low is None or high is None or low > high else (low, high)


@operator("random-integer", 0, 0, _check_range)
def _random_integer(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    ends, step = _range(node, scope), quantity(node.attributes.get("step", "1"), scope)
    if ends is None or step is None or step <= 0:
        return None
    low, high = ends
    return low + step * scope.chance().below(int((high - low) // step) + 1)


@operator("random-float", 0, 0, _check_range)
def _random_float(node: Expression, _: tuple[Value, ...], scope: Scope) -> Value:
    ends = _range(node, scope)
    if ends is None:
        return None
    low, high = ends
    return low + (high - low) * scope.chance().share()
