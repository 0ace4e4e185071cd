"""What holds for every operand: order, exactness, and no surprise but a refusal."""

import math
import statistics
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring.chance import Chance
from kiosk.scoring.irrational import constant
from kiosk.scoring.numbers import significant, written
from kiosk.scoring.operator_registry import OPERATORS, UNSUPPORTED
from kiosk.scoring.patterns import check_pattern, matches_whole
from tests.scoring.evaluating import (
    RESPONSES,
    bag,
    const,
    number,
    op,
    row,
    value_of,
    var,
    whole,
    yes,
)

# Their libraries take longer to import than an example may take.
constant("pi")
check_pattern("a")

DECIMALS = st.decimals(-10_000, 10_000, places=4).map(str)
WHOLES = st.integers(-10_000, 10_000)
POSITIVE = st.integers(1, 10_000)


@given(st.lists(DECIMALS, min_size=1, max_size=6))
def test_many_numbers_give_the_same_in_any_order_and_exactly(texts):
    values = [Fraction(text) for text in texts]
    laws = {
        "sum": sum(values),
        "product": math.prod(values),
        "min": min(values),
        "max": max(values),
    }
    for name, expected in laws.items():
        assert value_of(op(name, *map(number, texts)), "float") == expected
        assert value_of(op(name, *map(number, reversed(texts))), "float") == expected
        assert value_of(op(name, bag(*texts)), "float") == expected


@given(DECIMALS, DECIMALS)
def test_two_numbers_give_exactly_what_fractions_do(one, other):
    first, second = Fraction(one), Fraction(other)
    for name, expected in {
        "subtract": first - second,
        "divide": first / second if second else None,
    }.items():
        assert value_of(op(name, number(one), number(other)), "float") == expected
    assert value_of(op("gt", number(one), number(other))) is (first > second)
    assert value_of(op("lte", number(one), number(other))) is (first <= second)
    assert value_of(op("equal", number(one), number(other))) is (first == second)


@given(WHOLES, WHOLES.filter(bool))
def test_quotient_and_rest_make_the_number_again(one, other):
    quotient = op("integer-divide", whole(one), whole(other))
    rest = op("integer-modulus", whole(one), whole(other))
    assert value_of(op("sum", op("product", quotient, whole(other)), rest), "integer") == one
    assert 0 <= abs(value_of(rest, "integer")) < abs(other)


@given(POSITIVE, POSITIVE)
def test_the_common_divisor_and_multiple_make_the_product(one, other):
    both = (whole(one), whole(other))
    product = op("product", op("gcd", *both), op("lcm", *both))
    assert value_of(product, "integer") == one * other


@given(DECIMALS, st.integers(-6, 6))
def test_a_whole_power_is_repeated_multiplication(text, exponent):
    base = Fraction(text)
    expected = None if base == 0 and exponent < 0 else base**exponent
    assert value_of(op("power", number(text), number(exponent)), "float") == expected


@given(st.integers(0, 10**15))
def test_the_power_of_a_half_of_a_square_is_its_root(root):
    assert value_of(op("power", number(root * root), number("0.5")), "float") == root


@given(st.lists(DECIMALS, min_size=2, max_size=8))
def test_statistics_are_those_of_the_library(texts):
    values = [Fraction(text) for text in texts]
    for name, known in {
        "mean": statistics.mean,
        "sampleVariance": statistics.variance,
        "popVariance": statistics.pvariance,
    }.items():
        assert value_of(op("stats-operator", bag(*texts), name=name), "float") == known(values)
    deviation = value_of(op("stats-operator", bag(*texts), name="sampleSD"), "float")
    assert math.isclose(deviation, statistics.stdev(map(float, values)), abs_tol=1e-6)


@given(
    st.decimals(-50, 50, places=12),
    st.sampled_from(["sin", "cos", "tan", "exp", "atan", "sinh", "tanh"]),
)
def test_functions_agree_with_the_machines_own(value, name):
    found = value_of(op("math-operator", number(value), name=name), "float")
    assert math.isclose(found, getattr(math, name)(float(value)), rel_tol=1e-9, abs_tol=1e-12)


@given(DECIMALS)
def test_rounding_down_to_a_whole_number_never_moves_by_one(text):
    value = Fraction(text)
    for name in ("truncate", "round"):
        found = value_of(op(name, number(text)), "integer")
        assert found.denominator == 1
        assert abs(found - value) < 1
    assert abs(value_of(op("round", number(text)), "integer") - value) <= Fraction(1, 2)


@given(DECIMALS, st.integers(1, 12))
def test_significant_figures_are_those_of_scientific_notation(text, figures):
    value = Fraction(text)
    found = significant(value, figures)
    assert len(written(abs(found)).replace(".", "").strip("0")) <= figures
    # An exact half goes away from zero here and to the even digit there.
    assert abs(found - value) <= abs(
        Fraction(f"{float(value):.{figures - 1}e}") - value
    ) + Fraction(1, 10**15)


@given(st.lists(WHOLES, min_size=1, max_size=5), st.data())
def test_containers_agree_among_themselves(values, data):
    picked = data.draw(st.sampled_from(values))
    held = row(*values)
    assert value_of(op("member", number(picked), held))
    assert value_of(op("contains", held, row(picked)))
    assert value_of(op("index", held, n=str(values.index(picked) + 1)), "float") == picked
    left = op("container-size", op("delete", number(picked), held))
    assert value_of(left, "integer") == len(values) - values.count(picked)
    repeated = op("container-size", op("repeat", held, number_repeats="3"))
    assert value_of(repeated, "integer") == 3 * len(values)


@given(st.text(alphabet="ab|*+?()[]{}^$\\-,1dpLwci&.", max_size=12), st.text(max_size=20))
def test_any_pattern_answers_or_is_refused(pattern, text):
    try:
        check_pattern(pattern)
    except InputRefused:
        return
    assert matches_whole(pattern, text) in (True, False)


@given(st.binary(max_size=8), st.integers(1, 10**30))
def test_a_draw_stays_below_its_limit(seed, limit):
    assert 0 <= Chance(seed).below(limit) < limit
    assert 0 <= Chance(seed).share() <= 1


# --- no surprise ----------------------------------------------------------------------------------

ATTRIBUTES = st.fixed_dictionaries(
    {"identifier": st.sampled_from([known.id for known in RESPONSES])},
    optional={
        "name": st.sampled_from(["sin", "tan", "asec", "ln", "exp", "floor", "atan2", "mean", "popSD", "pi"]),
        "n": st.sampled_from(["1", "3", "TWO", "x"]),
        "min": st.sampled_from(["0", "1", "NO_INTEGER"]),
        "max": st.sampled_from(["2", "9", "{TWO}"]),
        "figures": st.sampled_from(["0", "3", "TWO"]),
        "rounding-mode": st.sampled_from(["decimalPlaces", "significantFigures"]),
        "tolerance-mode": st.sampled_from(["exact", "absolute", "relative"]),
        "tolerance": st.sampled_from(["1", "0 TWO", "-1"]),
        "number-repeats": st.sampled_from(["1", "999", "TWO"]),
        "shape": st.sampled_from(["rect", "default", "poly"]),
        "coords": st.sampled_from(["0,0,9,9", "0,0,9,9,0,9", ""]),
        "pattern": st.sampled_from(["a*", r"\d+", "("]),
        "field-identifier": st.sampled_from(["ndp", "stringValue"]),
    },
)  # fmt: skip
LEAVES = st.one_of(
    st.sampled_from([known.id for known in RESPONSES]).map(var),
    st.sampled_from(["1e999", "-0.5", "0", "7", "1/3"]).map(number),
    st.sampled_from(["-7", "0", "3"]).map(whole),
    st.sampled_from([yes(), op("null"), const("string", "a1"), const("point", "3 4"), row(1, 2)]),
)
TREES = st.recursive(
    LEAVES,
    lambda parts: st.builds(
        lambda name, children, attributes: op(
            name, *children, **{key.replace("-", "_"): text for key, text in attributes.items()}
        ),
        st.sampled_from(sorted({*OPERATORS, *UNSUPPORTED, "null", "no-such"})),
        st.lists(parts, max_size=3),
        ATTRIBUTES,
    ),
    max_leaves=10,
)
GIVEN = {
    "TEXT": ("a1",),
    "NO_NUMBER": ("1e99",),
    "NO_NUMBERS": ("1", "2"),
    "SPOTS": ("1 1", "9 9"),
    "TYPED": ("1.5e3",),
}


@given(TREES, st.sampled_from(["boolean", "float", "integer", "string"]), st.booleans())
def test_any_tree_is_refused_or_gives_a_value_of_its_type(tree, kind, answered):
    try:
        value = value_of(tree, kind, seed=b"seed", **(GIVEN if answered else {}))
    except InputRefused as fault:
        refused = fault
    else:
        refused = None
    if refused is not None:
        assert refused.where.startswith("item: rule 1 / ") or "does not fit" in refused.summary
        return
    expected = {"boolean": bool, "string": str}.get(kind, Fraction)
    assert value is None or type(value) is expected
    if isinstance(value, Fraction):
        assert Fraction(written(value)) == value
