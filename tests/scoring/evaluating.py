"""Builders of expressions, and what one gives in a small item."""

from kiosk.scoring.checking import compile_rules
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import (
    AreaEntry,
    AreaMapping,
    Expression,
    ItemRules,
    OutcomeDeclaration,
    ResponseDeclaration,
    SetOutcome,
)

AREAS = AreaMapping(
    (AreaEntry("circle", "10,10,5", "2"), AreaEntry("rect", "0,0,40,40", "0.5")), default="-1"
)
RESPONSES = (
    ResponseDeclaration("TEXT", "single", "string", default=("start",)),
    ResponseDeclaration("NO_TEXT", "single", "string"),
    ResponseDeclaration("NO_BOOLEAN", "single", "boolean"),
    ResponseDeclaration("NO_NUMBER", "single", "float"),
    ResponseDeclaration("NO_INTEGER", "single", "integer"),
    ResponseDeclaration("NO_DURATION", "single", "duration"),
    ResponseDeclaration("NO_POINT", "single", "point"),
    ResponseDeclaration("NO_NUMBERS", "multiple", "float"),
    ResponseDeclaration("NO_ROW", "ordered", "float"),
    ResponseDeclaration("TWO", "single", "integer"),
    ResponseDeclaration("SPOTS", "multiple", "point", areas=AREAS),
    ResponseDeclaration("TYPED", "record", "string"),
)


def op(name, /, *children, **attributes):
    """An expression; `tolerance_mode` is its attribute `tolerance-mode`."""
    return Expression(
        name, {key.replace("_", "-"): value for key, value in attributes.items()}, children
    )


def const(base_type, *values):
    return Expression("base-value", {"base-type": base_type}, (), values)


def number(text):
    return const("float", str(text))


def whole(text):
    return const("integer", str(text))


def yes():
    return const("boolean", "true")


def no():
    return const("boolean", "false")


def words(value):
    return const("string", value)


def var(identifier):
    return op("variable", identifier=identifier)


def bag(*texts):
    return op("multiple", *map(number, texts))


def row(*texts):
    return op("ordered", *map(number, texts))


def value_of(expression, kind="boolean", cardinality="single", seed=None, **responses):
    """What `expression` gives to an outcome of that type. TWO is 2 unless told otherwise."""
    rules = ItemRules(
        "item",
        RESPONSES,
        (OutcomeDeclaration("OUT", cardinality, kind, None),),
        (SetOutcome("OUT", expression),),
    )
    compile_rules(rules, seeded=seed is not None)
    return score_item(rules, {"TWO": ("2",), **responses}, seed).values["OUT"]
