"""Every operator gives what QTI 3 says, NULL where an operand is, and refuses what it cannot take."""

import time
from fractions import Fraction

import pytest

from kiosk.errors import InputRefused
from kiosk.scoring.operator_registry import OPERATORS, UNSUPPORTED
from kiosk.scoring.values import Bag, Row
from tests.scoring.evaluating import (
    bag,
    const,
    no,
    number,
    op,
    row,
    value_of,
    var,
    whole,
    words,
    yes,
)

NO_NUMBER, NO_TEXT, NO_ROW = var("NO_NUMBER"), var("NO_TEXT"), var("NO_ROW")
NO_BOOLEAN, NO_BAG = var("NO_BOOLEAN"), var("NO_NUMBERS")
NO_WHOLE, NULL = var("NO_INTEGER"), op("null")
UNKNOWN = NO_BOOLEAN


def calculate(name, *children):
    return op("math-operator", *children, name=name)


def statistics(name, container):
    return op("stats-operator", container, name=name)


def seconds(text):
    return const("duration", text)


def spot(text):
    return const("point", text)


def wholes(*texts):
    return op("multiple", *map(whole, texts))


TRUTHS = [
    # logic
    (op("and", yes(), yes()), True),
    (op("and", UNKNOWN, no()), False),
    (op("and", UNKNOWN, yes()), None),
    (op("or", UNKNOWN, yes()), True),
    (op("or", UNKNOWN, no()), None),
    (op("not", no()), True),
    (op("not", UNKNOWN), None),
    (op("not", NULL), None),
    (op("any-n", yes(), yes(), no(), min="1", max="2"), True),
    (op("any-n", yes(), yes(), yes(), min="1", max="2"), False),
    (op("any-n", no(), no(), min="1", max="2"), False),
    (op("any-n", yes(), UNKNOWN, min="1", max="2"), True),
    (op("any-n", yes(), UNKNOWN, min="2", max="2"), None),
    (op("any-n", yes(), yes(), UNKNOWN, min="1", max="2"), None),
    (op("any-n", no(), UNKNOWN, min="2", max="2"), False),
    (op("any-n", yes(), yes(), min="TWO", max="{TWO}"), True),
    (op("any-n", yes(), min="{NO_INTEGER}", max="2"), None),
    # comparing
    (op("match", bag(1, 2), bag(2, 1)), True),
    (op("match", row(1, 2), row(2, 1)), False),
    (op("match", number("1.0"), whole(1)), True),
    (op("match", spot("10 20"), spot("10.0 20")), True),
    (op("match", NO_BAG, bag(1)), None),
    (op("match", NULL, bag(1)), None),
    (op("equal", number("0.3"), op("sum", number("0.1"), number("0.2"))), True),
    (op("equal", number(1), NO_NUMBER), None),
    (op("equal", number(10), number(12), tolerance_mode="absolute", tolerance="{TWO}"), True),
    (op("equal", number(10), number(12), tolerance_mode="absolute", tolerance="1 TWO"), True),
    (op("equal", number(10), number(8), tolerance_mode="absolute", tolerance="1 TWO"), False),
    (op("equal", number(1), number(1), tolerance_mode="absolute", tolerance="NO_NUMBER"), None),
    (op("equal-rounded", number("1.56"), number("1.6"), rounding_mode="decimalPlaces", figures="1"), True),
    (op("equal-rounded", number("1.54"), number("1.6"), rounding_mode="decimalPlaces", figures="1"), False),
    (op("equal-rounded", number("3.175"), number("3.183"), rounding_mode="significantFigures", figures="3"), True),
    (op("equal-rounded", number("3.175"), number("3.1749"), rounding_mode="significantFigures", figures="3"), False),
    (op("equal-rounded", number("12345"), number("12344"), figures="4"), False),
    (op("equal-rounded", number("12345"), number("12354"), figures="{TWO}"), True),
    (op("equal-rounded", NO_NUMBER, number("1"), figures="3"), None),
    (op("gt", number(2), number(2)), False),
    (op("gte", number(2), number(2)), True),
    (op("lt", number(2), number(2)), False),
    (op("lte", number(2), number(2)), True),
    (op("lte", NO_NUMBER, number(2)), None),
    (op("duration-lt", seconds("1.5"), seconds("2")), True),
    (op("duration-lt", seconds("2"), seconds("2")), False),
    (op("duration-gte", seconds("2"), seconds("2")), True),
    (op("duration-gte", var("NO_DURATION"), seconds("2")), None),
    (op("inside", spot("15 10"), shape="circle", coords="10,10,5"), True),
    (op("inside", spot("16 10"), shape="circle", coords="10,10,5"), False),
    (op("inside", spot("0 40"), shape="rect", coords="0,0,40,40"), True),
    (op("inside", spot("41 40"), shape="rect", coords="0 0 40 40"), False),
    (op("inside", spot("20 10"), shape="ellipse", coords="10,10,10,5"), True),
    (op("inside", spot("19 14"), shape="ellipse", coords="10,10,10,5"), False),
    (op("inside", spot("4 4"), shape="poly", coords="0,0,10,0,0,10"), True),
    (op("inside", spot("5 5"), shape="poly", coords="0,0,10,0,0,10"), True),
    (op("inside", spot("6 5"), shape="poly", coords="0,0,10,0,0,10"), False),
    (op("inside", spot("9 9"), shape="default"), True),
    (op("inside", op("multiple", spot("99 99"), spot("1 1")), shape="rect", coords="0,0,2,2"), True),
    (op("inside", var("NO_POINT"), shape="default"), None),
    (op("is-null", NO_NUMBER), True),
    (op("is-null", NULL), True),
    (op("is-null", words("")), True),
    (op("is-null", op("multiple")), True),
    (op("is-null", number(0)), False),
    # text
    (op("string-match", words("P507"), words("p507"), case_sensitive="true"), False),
    (op("string-match", words("P507"), words("p507"), case_sensitive="false"), True),
    (op("string-match", words("use P507"), words("P507"), case_sensitive="true", substring="true"), True),
    (op("string-match", NO_TEXT, words("P507"), case_sensitive="true"), None),
    (op("substring", words("507"), words("use P507"), case_sensitive="true"), True),
    (op("substring", words("use P507"), words("507"), case_sensitive="true"), False),
    (op("substring", words("p507"), words("use P507"), case_sensitive="false"), True),
    (op("substring", words("p507"), words("use P507")), False),
    (op("substring", NO_TEXT, words("x")), None),
    (op("pattern-match", words("P507"), pattern=r"P\d{3}"), True),
    (op("pattern-match", words("use P507"), pattern=r"P\d{3}"), False),
    (op("pattern-match", words("P507 "), pattern=r"P\d{3}"), True),
    (op("pattern-match", words("abc"), pattern="a|b|c"), False),
    (op("pattern-match", words("bcd"), pattern="[a-z-[aeiou]]+"), True),
    (op("pattern-match", words("bad"), pattern="[a-z-[aeiou]]+"), False),
    (op("pattern-match", words("a^b$"), pattern="a^b\\$"), True),
    (op("pattern-match", words("稀土"), pattern=r"\p{IsCJKUnifiedIdeographs}+"), True),
    (op("pattern-match", words("x:y"), pattern=r"\i\c*"), True),
    (op("pattern-match", NO_TEXT, pattern="a"), None),
    (op("match", op("custom-operator", words(" a "), definition="depcp:Trim"), words("a")), True),
    (op("match", op("custom-operator", words("Café"), definition="questify:ToAscii"), words("Cafe")), True),
    (op("is-null", op("custom-operator", NO_TEXT, definition="qade:ToAscii")), True),
    # containers
    (op("member", number(2), bag(1, 2)), True),
    (op("member", number(3), bag(1, 2)), False),
    (op("member", number(3), number(3)), True),
    (op("member", NO_NUMBER, bag(1)), None),
    (op("member", number(1), NO_BAG), None),
    (op("contains", bag(1, 2, 2), bag(2, 2)), True),
    (op("contains", bag(1, 2), bag(2, 2)), False),
    (op("contains", row(1, 2, 3), row(2, 3)), True),
    (op("contains", row(1, 2, 3), row(1, 3)), False),
    (op("contains", NO_BAG, bag(1)), None),
]  # fmt: skip

THIRD = Fraction(1, 3)
NUMBERS = [
    (op("custom-operator", words("3,25"), definition="qade:ParseCommaDecimal"), Fraction(13, 4)),
    (op("custom-operator", words("3.25"), definition="qade:ParseCommaDecimal"), Fraction(13, 4)),
    (op("custom-operator", number(3), definition="qade:ParseCommaDecimal"), 3),
    (op("custom-operator", words("three"), definition="qade:ParseCommaDecimal"), None),
    (op("sum", number("0.1"), bag("0.2", "0.3")), Fraction(6, 10)),
    (op("sum", number(1), NULL), None),
    (op("product", number("1/3"), number(3)), Fraction(1)),
    (op("product", number(1), NO_NUMBER), None),
    (op("subtract", number("0.3"), number("0.1")), Fraction(1, 5)),
    (op("subtract", NO_NUMBER, number(1)), None),
    (op("divide", number(1), number(3)), THIRD),
    (op("divide", number(1), number(0)), None),
    (op("divide", NO_NUMBER, number(1)), None),
    (op("power", number("1.5"), number(2)), Fraction(9, 4)),
    (op("power", number(2), number(-2)), Fraction(1, 4)),
    (op("power", number(4), number("0.5")), Fraction(2)),
    (op("power", number(0), number(0)), Fraction(1)),
    (op("power", number(0), number(-1)), None),
    (op("power", number(-8), number("1/3")), None),
    (op("power", number(10), number("1e99")), None),
    (op("power", number("0.1"), number("1e99")), Fraction(0)),
    (op("power", number(1), NO_NUMBER), None),
    (op("integer-divide", whole(7), whole(2)), Fraction(3)),
    (op("integer-divide", whole(-7), whole(2)), Fraction(-4)),
    (op("integer-divide", whole(7), whole(0)), None),
    (op("integer-divide", whole(7), NO_WHOLE), None),
    (op("integer-modulus", whole(-7), whole(2)), Fraction(1)),
    (op("integer-modulus", whole(7), whole(-2)), Fraction(-1)),
    (op("integer-modulus", whole(7), whole(0)), None),
    (op("integer-modulus", NO_WHOLE, whole(1)), None),
    (op("integer-to-float", whole(7)), Fraction(7)),
    (op("integer-to-float", NO_WHOLE), None),
    (op("truncate", number("6.8")), Fraction(6)),
    (op("truncate", number("-6.8")), Fraction(-6)),
    (op("truncate", NO_NUMBER), None),
    (op("round", number("6.5")), Fraction(7)),
    (op("round", number("-6.5")), Fraction(-6)),
    (op("round", number("-6.51")), Fraction(-7)),
    (op("round", NO_NUMBER), None),
    (op("round-to", number("1.555"), rounding_mode="decimalPlaces", figures="2"), Fraction("1.56")),
    (op("round-to", number("-1.555"), rounding_mode="decimalPlaces", figures="2"), Fraction("-1.56")),
    (op("round-to", number("1234.5"), rounding_mode="significantFigures", figures="2"), Fraction(1200)),
    (op("round-to", number("0.0999"), rounding_mode="significantFigures", figures="2"), Fraction("0.1")),
    (op("round-to", number("0"), figures="2"), Fraction(0)),
    (op("round-to", number("1.25"), rounding_mode="decimalPlaces", figures="{NO_INTEGER}"), None),
    (op("round-to", NO_NUMBER, figures="2"), None),
    (op("min", bag(3, 1), number(2)), Fraction(1)),
    (op("max", bag(3, 1), number(2)), Fraction(3)),
    (op("min", NO_NUMBER, number(2)), None),
    (op("max", NO_NUMBER, number(2)), None),
    (op("gcd", wholes(12, -18), whole(0)), Fraction(6)),
    (op("gcd", whole(0), whole(0)), Fraction(0)),
    (op("gcd", NO_WHOLE, whole(2)), None),
    (op("lcm", wholes(4, -6)), Fraction(12)),
    (op("lcm", whole(4), whole(0)), Fraction(0)),
    (op("lcm", NO_WHOLE), None),
    (calculate("sin", op("divide", op("math-constant", name="pi"), number(6))), Fraction(1, 2)),
    (calculate("cos", op("math-constant", name="pi")), Fraction(-1)),
    (calculate("sin", op("math-constant", name="pi")), Fraction(0)),
    (calculate("tan", op("divide", op("math-constant", name="pi"), number(2))), None),
    (calculate("cot", number(0)), None),
    (calculate("csc", number(0)), None),
    (calculate("sec", number(0)), Fraction(1)),
    (calculate("asin", number(2)), None),
    (calculate("acos", number(1)), Fraction(0)),
    (calculate("atan", number(0)), Fraction(0)),
    (calculate("atan2", number(0), number(1)), Fraction(0)),
    (calculate("asec", number(1)), Fraction(0)),
    (calculate("acsc", number("0.5")), None),
    (calculate("acot", number("1e30")), Fraction("1e-30")),
    (calculate("sinh", number(0)), Fraction(0)),
    (calculate("cosh", number(0)), Fraction(1)),
    (calculate("tanh", number(0)), Fraction(0)),
    (calculate("sech", number(0)), Fraction(1)),
    (calculate("csch", number(0)), None),
    (calculate("coth", number(0)), None),
    (calculate("log", number(1000)), Fraction(3)),
    (calculate("log", number(0)), None),
    (calculate("ln", number(1)), Fraction(0)),
    (calculate("ln", number(-1)), None),
    (calculate("exp", number(0)), Fraction(1)),
    (calculate("exp", number("1e99")), None),
    (calculate("exp", number("-1e99")), Fraction(0)),
    (calculate("toDegrees", op("math-constant", name="pi")), Fraction(180)),
    (calculate("toRadians", number(0)), Fraction(0)),
    (calculate("abs", number("-1.5")), Fraction(3, 2)),
    (calculate("signum", number("-1.5")), Fraction(-1)),
    (calculate("floor", number("-1.5")), Fraction(-2)),
    (calculate("ceil", number("-1.5")), Fraction(-1)),
    (calculate("sin", NO_NUMBER), None),
    (calculate("sin", number("1e99")), None),
    (op("round-to", op("math-constant", name="e"), rounding_mode="decimalPlaces", figures="9"), Fraction("2.718281828")),
    (statistics("mean", bag(1, 2, 4)), Fraction(7, 3)),
    (statistics("sampleVariance", bag(2, 4, 9)), Fraction(13)),
    (statistics("sampleVariance", bag(2)), None),
    (statistics("popVariance", bag(2, 4, 9)), Fraction(26, 3)),
    (statistics("sampleSD", bag(1, 3, 5)), Fraction(2)),
    (statistics("sampleSD", bag(1)), None),
    (statistics("popSD", bag(1, 3)), Fraction(1)),
    (statistics("popSD", bag(1)), Fraction(0)),
    (statistics("mean", NO_BAG), None),
    (op("container-size", bag(1, 1, 2)), Fraction(3)),
    (op("container-size", NO_BAG), Fraction(0)),
    (op("index", row(5, 6), n="2"), Fraction(6)),
    (op("index", row(5, 6), n="{TWO}"), Fraction(6)),
    (op("index", row(5, 6), n="3"), None),
    (op("index", NO_ROW, n="1"), None),
    (op("map-response-point", identifier="SPOTS"), Fraction(0)),
    (op("null"), None),
]  # fmt: skip

CONTAINERS = [
    (op("multiple", number(2), bag(1, 2), NO_NUMBER), "multiple", Bag((1, 2, 2))),
    (op("ordered", number(2), row(1), NO_NUMBER), "ordered", Row((2, 1))),
    (op("multiple", NULL), "multiple", None),
    (op("delete", number(2), bag(1, 2, 2)), "multiple", Bag((1,))),
    (op("delete", number(2), row(2, 1, 2)), "ordered", Row((1,))),
    (op("delete", number(1), bag(1)), "multiple", None),
    (op("delete", NO_NUMBER, bag(1)), "multiple", None),
    (op("delete", number(1), NO_BAG), "multiple", None),
    (op("repeat", number(1), row(2, 3), number_repeats="2"), "ordered", Row((1, 2, 3, 1, 2, 3))),
    (op("repeat", NO_NUMBER, number(1), number_repeats="{TWO}"), "ordered", Row((1, 1))),
    (op("repeat", NO_NUMBER, number_repeats="2"), "ordered", None),
    (op("repeat", number(1), number_repeats="NO_INTEGER"), "ordered", None),
    (op("repeat", row(*range(600)), number_repeats="2"), "ordered", None),
]


@pytest.mark.parametrize(("expression", "expected"), TRUTHS, ids=lambda one: getattr(one, "op", ""))
def test_a_comparison_gives_what_qti_says(expression, expected):
    assert value_of(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"), NUMBERS, ids=lambda one: getattr(one, "op", "")
)
def test_a_calculation_gives_exactly_what_qti_says(expression, expected):
    assert value_of(expression, "float") == expected


@pytest.mark.parametrize(
    ("expression", "cardinality", "expected"), CONTAINERS, ids=lambda one: getattr(one, "op", "")
)
def test_a_container_holds_what_qti_says(expression, cardinality, expected):
    assert value_of(expression, "float", cardinality) == expected


def test_every_operator_has_a_row_here():
    random = {"random", "random-integer", "random-float"}
    elsewhere = {"correct", "map-response", "default", "field-value", "base-value", "variable"}
    rows = {row[0].op for row in (*TRUTHS, *NUMBERS, *CONTAINERS)} | {"math-constant", "null"}
    assert set(OPERATORS) | {"null"} == rows | random | elsewhere


# --- what is declared -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spots", "expected"),
    [
        ((), 0),
        (("10 10",), 2),
        (("15 10",), 2),
        (("30 30",), "1/2"),
        (("99 99",), -1),
        (("10 10", "11 11"), 2),
        (("10 10", "30 30", "99 99"), "3/2"),
        (("99 99", "98 98"), -2),
        (("ten", "10 10"), 2),
        (("10 10 10",), 0),
    ],
)
def test_each_area_earns_once_and_a_point_outside_the_default(spots, expected):
    points = op("map-response-point", identifier="SPOTS")
    assert value_of(points, "float", SPOTS=spots) == Fraction(expected)


def test_a_default_is_what_the_declaration_says_whatever_was_answered():
    assert value_of(op("default", identifier="TEXT"), "string", TEXT=("other",)) == "start"
    assert value_of(op("default", identifier="NO_TEXT"), "string") is None


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ("12", {"stringValue": "12", "floatValue": 12, "integerValue": 12, "leftDigits": 2,
                "rightDigits": 0, "ndp": 0, "nsf": 2, "exponent": None}),
        ("0.0120", {"stringValue": "0.0120", "floatValue": Fraction("0.012"), "integerValue": None,
                    "leftDigits": 1, "rightDigits": 4, "ndp": 4, "nsf": 3, "exponent": None}),
        ("1.20e1", {"floatValue": 12, "integerValue": None, "rightDigits": 2, "ndp": 1, "nsf": 3,
                    "exponent": 1}),
        ("１，５", {"stringValue": "1,5", "floatValue": Fraction("1.5"), "rightDigits": 1}),
        ("about 3", {"stringValue": "about 3", "floatValue": None, "nsf": None}),
    ],
)  # fmt: skip
def test_a_record_says_how_a_number_was_typed(typed, fields):
    for field, expected in fields.items():
        expression = op("field-value", var("TYPED"), field_identifier=field)
        kind = "string" if field == "stringValue" else "float"
        assert value_of(expression, kind, TYPED=(typed,)) == expected


def test_a_record_of_nothing_typed_is_null():
    assert value_of(op("is-null", var("TYPED")), TYPED=(" ",)) is True
    expression = op("field-value", var("TYPED"), field_identifier="ndp")
    assert value_of(expression, "integer") is None


# --- chance ---------------------------------------------------------------------------------------


def test_chance_is_drawn_from_the_seed_alone():
    draw = op("random-integer", min="1", max="1000000")
    drawn = [value_of(draw, "integer", seed=bytes([seed])) for seed in (1, 1, 2)]
    assert drawn == [878971, 878971, drawn[2]]
    assert drawn[2] != 878971


def test_draws_stay_within_their_range_and_reach_all_of_it():
    step = op("random-integer", min="-2", max="7", step="3")
    share = op("random-float", min="-1", max="{TWO}")
    pick = op("random", bag(1, 2))
    seeds = [seed.to_bytes(2, "big") for seed in range(200)]
    assert {value_of(step, "integer", seed=seed) for seed in seeds} == {-2, 1, 4, 7}
    assert all(-1 <= value_of(share, "float", seed=seed) <= 2 for seed in seeds)
    assert {value_of(pick, "float", seed=seed) for seed in seeds} == {1, 2}
    assert value_of(op("random", NO_BAG), "float", seed=b"") is None
    assert value_of(op("random-integer", max="NO_INTEGER"), "integer", seed=b"") is None
    assert value_of(op("random-integer", min="9", max="TWO"), "integer", seed=b"") is None


@pytest.mark.parametrize(
    "draw", [op("random-integer", max="2"), op("random-float", max="2"), op("random", bag(1))]
)
def test_chance_without_a_seed_is_refused(draw):
    with pytest.raises(InputRefused, match="no seed"):
        value_of(draw, "float")


# --- what is refused ------------------------------------------------------------------------------

REFUSED = [
    (op("null", yes()), "cannot have 1 operands"),
    (op("any-n", yes(), min="1"), "needs the attribute 'max'"),
    (op("any-n", yes(), min="2", max="1"), "can never be 2 to 1"),
    (op("any-n", number(1), min="0", max="1"), "takes true or false"),
    (op("any-n", yes(), min="0.5", max="1"), "takes a whole number"),
    (op("any-n", yes(), min="NO_NUMBER", max="1"), "takes a number, not 'NO_NUMBER'"),
    (op("any-n", yes(), min="GONE", max="1"), "no variable 'GONE'"),
    (op("match", bag(1), row(1)), "cannot compare"),
    (op("match", NULL, op("sum", yes())), "takes numbers"),
    (op("equal", number(1), bag(1)), "takes numbers"),
    (op("equal", number(1), number(1), tolerance_mode="relative", tolerance="1 2 3"), "one or two"),
    (op("equal-rounded", number(1), number(1)), "needs the attribute 'figures'"),
    (op("equal-rounded", number(1), number(1), figures="0"), "cannot round to 0"),
    (op("equal-rounded", number(1), number(1), figures="9999"), "cannot round to 9999"),
    (
        op("equal-rounded", number(1), number(1), rounding_mode="up", figures="1"),
        "no rounding mode",
    ),
    (op("round-to", words("a"), figures="1"), "takes numbers"),
    (op("duration-lt", number(1), number(2)), "takes durations"),
    (op("duration-gte", seconds("-1"), seconds("1")), "no duration"),
    (op("inside", number(1), shape="default"), "takes points"),
    (op("inside", spot("1"), shape="default"), "no point"),
    (op("inside", spot("1 1"), shape="star"), "no shape 'star'"),
    (op("inside", spot("1 1"), shape="rect", coords="1,2,3"), "no coordinates of a rect"),
    (op("inside", spot("1 1"), shape="circle", coords="1,2,-3"), "no coordinates of a circle"),
    (op("inside", spot("1 1"), shape="poly", coords="1,2,3,4"), "no coordinates of a poly"),
    (op("inside", spot("1 1"), shape="rect", coords="1,2,3,50%"), "not a number"),
    (op("substring", number(1), words("a")), "takes text"),
    (op("pattern-match", number(1), pattern="a"), "takes text"),
    (op("pattern-match", words("a")), "needs the attribute 'pattern'"),
    (op("pattern-match", words("a"), pattern="(a"), "no pattern"),
    (op("pattern-match", words("a"), pattern="a*?"), "no pattern"),
    (op("pattern-match", words("a"), pattern="(a)\\1"), "no pattern"),
    (op("pattern-match", words("a"), pattern="(?=a)a"), "no pattern"),
    (op("pattern-match", words("a"), pattern="(a{1000}){1000}"), "no pattern"),
    (op("pattern-match", words("a"), pattern="a" * 501), "501 characters"),
    (op("pattern-match", words("a"), pattern="^a"), "stand for themselves"),
    (op("pattern-match", words("a"), pattern="a$"), "stand for themselves"),
    (op("pattern-match", words("a"), pattern="{TEXT}"), "from a variable"),
    (op("custom-operator", words("a"), definition="acme:Trim"), "'acme:Trim' is not supported"),
    (op("custom-operator", words("a"), definition="qade:Guess"), "'qade:Guess' is not supported"),
    (op("custom-operator", yes(), definition="qade:Trim"), "takes text"),
    (op("sum", yes()), "takes numbers"),
    (op("subtract", number(1)), "cannot have 1 operands"),
    (op("subtract", bag(1), number(1)), "takes numbers"),
    (op("divide", number(1), bag(1)), "takes numbers"),
    (op("power", words("a"), number(1)), "takes numbers"),
    (op("integer-divide", number(1), whole(1)), "takes whole numbers"),
    (op("integer-modulus", wholes(1), whole(1)), "takes numbers"),
    (op("integer-to-float", number(1)), "takes whole numbers"),
    (op("truncate", bag(1)), "takes numbers"),
    (op("gcd", number(1)), "takes whole numbers"),
    (op("lcm", words("a")), "takes whole numbers"),
    (op("min"), "cannot have 0 operands"),
    (op("max", words("a")), "takes numbers"),
    (calculate("sqrt", number(1)), "no function 'sqrt'"),
    (calculate("sin", number(1), number(1)), "'sin' cannot have 2 operands"),
    (calculate("atan2", number(1)), "'atan2' cannot have 1 operands"),
    (calculate("sin", bag(1)), "takes numbers"),
    (op("math-constant", name="phi"), "no constant 'phi'"),
    (statistics("median", bag(1)), "no statistics 'median'"),
    (statistics("mean", number(1)), "takes a container"),
    (statistics("mean", op("multiple", words("a"))), "takes numbers"),
    (op("ordered", bag(1)), "cannot hold"),
    (op("multiple", number(1), words("a")), "cannot hold"),
    (op("container-size", number(1)), "takes a container"),
    (op("index", row(1)), "needs the attribute 'n'"),
    (op("index", row(1), n="0"), "counts from 1"),
    (op("index", bag(1), n="1"), "takes an ordered container"),
    (op("delete", bag(1), bag(1)), "cannot look for"),
    (op("delete", number(1), number(1)), "takes a container"),
    (op("member", words("a"), bag(1)), "cannot look for"),
    (op("contains", number(1), number(1)), "takes a container"),
    (op("contains", bag(1), row(1)), "cannot compare"),
    (op("repeat", number(1), number_repeats="0"), "1 to 1000 times"),
    (op("repeat", number(1), number_repeats="1e9"), "1 to 1000 times"),
    (op("repeat", bag(1), number_repeats="1"), "cannot hold"),
    (op("field-value", var("TEXT"), field_identifier="ndp"), "takes a record"),
    (op("field-value", var("TYPED"), field_identifier="size"), "no field 'size'"),
    (op("match", var("TYPED"), var("TYPED")), "cannot use a record"),
    (op("map-response-point", identifier="TEXT"), "no area mapping"),
    (op("default", identifier="GONE"), "no variable 'GONE'"),
    (var("duration"), "is not kept in an exam"),
    (const("file", "a"), "base type 'file'"),
    *((op(name), f"'{name}' is not supported: ") for name in UNSUPPORTED),
]


@pytest.mark.parametrize(("expression", "summary"), REFUSED, ids=lambda one: getattr(one, "op", ""))
def test_what_an_operator_cannot_take_is_refused(expression, summary):
    with pytest.raises(InputRefused) as refused:
        value_of(expression, "float")
    assert summary in refused.value.summary


@pytest.mark.parametrize(
    "draw",
    [
        op("random-integer", min="3", max="2"),
        op("random-integer", max="2", step="0"),
        op("random-integer", max="0.5"),
        op("random-float"),
        op("random", number(1)),
    ],
)
def test_a_draw_from_nothing_is_refused(draw):
    with pytest.raises(InputRefused):
        value_of(draw, "float", seed=b"1")


# --- bounded time ---------------------------------------------------------------------------------


def test_a_pattern_that_would_run_away_elsewhere_answers_at_once():
    expression = op("pattern-match", var("TEXT"), pattern="(a+)+b|(a|aa)+c")
    value_of(expression, TEXT=("a",))
    begun = time.thread_time()
    assert value_of(expression, TEXT=("a" * 2_000,)) is False
    assert time.thread_time() - begun < 0.5


def test_numbers_and_containers_that_would_grow_without_end_have_no_value():
    huge = number("1e999")
    for _ in range(12):
        huge = op("product", huge, huge)
    begun = time.thread_time()
    assert value_of(huge, "float") is None
    tiny = op("power", op("power", number("1.0000001"), number(500)), number(500))
    assert abs(float(value_of(tiny, "float")) - 1.0253151) < 1e-6
    many = bag(*range(600))
    assert value_of(op("multiple", many, many), "float", "multiple") is None
    assert time.thread_time() - begun < 2
