"""Response processing: templates, operators, NULL, exactness, and the trace that says why."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import decode, encode
from kiosk.errors import InputRefused
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.explanations import explain_trace
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.reasons import Assigned, Mapped, Matched, Tried
from kiosk.scoring.rules import (
    Branch,
    Condition,
    Expression,
    ItemRules,
    MapEntry,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    SetOutcome,
)

SCORE = OutcomeDeclaration("SCORE", "single", "float")


def op(name, *children, **attributes):
    return Expression(
        name, {key.replace("_", "-"): value for key, value in attributes.items()}, children
    )


def const(base_type, *values):
    return Expression("base-value", {"base-type": base_type}, (), values)


def number(text):
    return const("float", text)


def var(identifier="RESPONSE"):
    return op("variable", identifier=identifier)


def numbers(*texts):
    return op("multiple", *(number(text) for text in texts))


NULL = var("NOTHING")


def value_of(expression, base_type="boolean", cardinality="single", **responses):
    """What `expression` gives in an item with the responses RESPONSE (text) and NOTHING."""
    rules = ItemRules(
        "item",
        (
            ResponseDeclaration("RESPONSE", "single", "string"),
            ResponseDeclaration("NOTHING", "single", "boolean"),
            ResponseDeclaration("NO_NUMBER", "single", "float"),
        ),
        (OutcomeDeclaration("OUT", cardinality, base_type),),
        (SetOutcome("OUT", expression),),
    )
    compile_rules(rules)
    return score_item(rules, responses).values["OUT"]


def a_choice(correct=("A",), cardinality="single", **fields):
    return ItemRules(
        "choice",
        (ResponseDeclaration("RESPONSE", cardinality, "identifier", correct, **fields),),
        (SCORE,),
        template="match_correct",
    )


def a_mapped(mapping, base_type="string", cardinality="single"):
    return ItemRules(
        "mapped",
        (ResponseDeclaration("RESPONSE", cardinality, base_type, None, mapping),),
        (SCORE,),
        template="map_response",
    )


def score(rules, *values):
    compile_rules(rules)
    return score_item(rules, {"RESPONSE": values}).score


# --- templates ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"), [(("A",), 1), (("B",), 0), ((), 0), (("A", "B"), 0)]
)
def test_match_correct_scores_one_for_the_right_choice_and_nothing_else(given, expected):
    assert score(a_choice(), *given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [(("A", "C"), 1), (("C", "A"), 1), (("A",), 0), (("A", "B", "C"), 0), ((), 0)],
)
def test_a_multiple_response_matches_in_any_order_and_only_whole(given, expected):
    assert score(a_choice(("A", "C"), "multiple"), *given) == expected


def test_an_ordered_response_matches_only_in_its_order():
    rules = a_choice(("A", "B", "C"), "ordered")
    assert [score(rules, *"ABC"), score(rules, *"ACB")] == [1, 0]


def test_a_pair_matches_either_way_round_and_a_directed_pair_does_not():
    pair = ResponseDeclaration("RESPONSE", "multiple", "pair", ("A B", "C D"))
    directed = ResponseDeclaration("RESPONSE", "multiple", "directedPair", ("A B", "C D"))
    scores = [
        score(ItemRules("i", (known,), (SCORE,), template="match_correct"), "D C", "B A")
        for known in (pair, directed)
    ]
    assert scores == [1, 0]


def test_a_template_without_RESPONSE_asks_for_every_response():
    rules = ItemRules(
        "blanks",
        tuple(ResponseDeclaration(name, "single", "string", (name,)) for name in ("R1", "R2")),
        (SCORE,),
        template="match_correct",
    )
    compile_rules(rules)
    assert score_item(rules, {"R1": ("R1",), "R2": ("R2",)}).score == 1
    assert score_item(rules, {"R1": ("R1",), "R2": ("x",)}).score == 0


def test_typed_text_is_compared_without_outer_space_and_full_width_letters():
    rules = ItemRules(
        "text",
        (ResponseDeclaration("RESPONSE", "single", "string", ("P507 + HCl",)),),
        (SCORE,),
        template="match_correct",
    )
    assert score(rules, "\u3000Ｐ５０７ ＋  HCl ") == 1
    assert score(rules, "p507 + hcl") == 0


@pytest.mark.parametrize("typed", ["3.50", "３．５", "3,5", "3。5", "+3.5", "35e-1"])
def test_a_typed_number_matches_however_it_is_written(typed):
    rules = ItemRules(
        "number",
        (ResponseDeclaration("RESPONSE", "single", "float", ("3.5",)),),
        (SCORE,),
        template="match_correct",
    )
    assert score(rules, typed) == 1


MAPPING = ResponseMapping(
    (MapEntry("York", "1"), MapEntry("york", "0.5"), MapEntry("leeds", "0.25", False)), "-1"
)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("York", "1"), ("york", "1/2"), ("LEEDS", "1/4"), ("newyork", "-1")],
)
def test_a_mapping_takes_the_first_entry_that_fits_else_the_default(typed, expected):
    assert score(a_mapped(MAPPING), typed) == Fraction(expected)


def test_no_response_earns_nothing_by_a_mapping_whatever_its_default():
    assert score(a_mapped(MAPPING)) == 0


@pytest.mark.parametrize(
    ("given", "expected"),
    [("H", 1), ("HO", 2), ("HOC", 1), ("C", 0), ("HOX", 2), ("HH", 1), ("HON", 2)],
)
def test_a_mapping_of_several_adds_each_once_within_its_bounds(given, expected):
    mapping = ResponseMapping(
        (MapEntry("H", "1"), MapEntry("O", "1"), MapEntry("N", "5"), MapEntry("C", "-1")),
        lower="0",
        upper="2",
    )
    assert score(a_mapped(mapping, "identifier", "multiple"), *given) == expected


# --- operators ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (op("match", numbers("1", "2"), numbers("2", "1")), True),
        (op("match", numbers("1", "1"), numbers("1")), False),
        (op("match", number("1"), const("integer", "1")), True),
        (op("match", NULL, NULL), None),
        (op("and", const("boolean", "true"), const("boolean", "true")), True),
        (op("and", NULL, const("boolean", "false")), False),
        (op("and", NULL, const("boolean", "true")), None),
        (op("or", NULL, const("boolean", "true")), True),
        (op("or", NULL, const("boolean", "false")), None),
        (op("or", const("boolean", "false")), False),
        (op("not", const("boolean", "false")), True),
        (op("not", NULL), None),
        (op("is-null", NULL), True),
        (op("is-null", op("multiple")), True),
        (op("is-null", number("0")), False),
        (op("gt", number("2"), number("2")), False),
        (op("gte", number("2"), number("2")), True),
        (op("lt", number("2"), number("2")), False),
        (op("lte", number("2"), number("2")), True),
        (op("lt", var("NO_NUMBER"), number("2")), None),
        (op("member", number("2"), numbers("1", "2")), True),
        (op("member", number("3"), numbers("1", "2")), False),
        (op("contains", numbers("1", "2", "2"), numbers("2", "2")), True),
        (op("contains", numbers("1", "2"), numbers("2", "2")), False),
        (op("contains", op("ordered", *map(number, "123")), op("ordered", number("2"))), True),
        (
            op("contains", op("ordered", *map(number, "123")), op("ordered", *map(number, "13"))),
            False,
        ),
    ],
)
def test_an_operator_gives_what_qti_says(expression, expected):
    assert value_of(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (op("sum", number("0.1"), number("0.2")), Fraction(3, 10)),
        (op("sum", numbers("1", "2"), number("3")), Fraction(6)),
        (op("product", number("1/3"), number("3")), Fraction(1)),
        (op("subtract", number("0.3"), number("0.1")), Fraction(1, 5)),
        (op("sum", number("1"), var("NO_NUMBER")), None),
        (op("product", number("1"), var("NO_NUMBER")), None),
        (op("subtract", number("1"), var("NO_NUMBER")), None),
    ],
)
def test_arithmetic_is_exact_and_null_spreads(expression, expected):
    assert value_of(expression, "float") == expected


@pytest.mark.parametrize(
    ("first", "second", "attributes", "expected"),
    [
        ("12", "12.0", {}, True),
        ("12", "12.0000001", {}, False),
        ("12", "12.5", {"tolerance_mode": "absolute", "tolerance": "0.5"}, True),
        ("12", "11.5", {"tolerance_mode": "absolute", "tolerance": "0.5"}, True),
        ("12", "11.4", {"tolerance_mode": "absolute", "tolerance": "0.5 1"}, False),
        ("12", "13", {"tolerance_mode": "absolute", "tolerance": "0.5 1"}, True),
        ("200", "202", {"tolerance_mode": "relative", "tolerance": "1"}, True),
        ("200", "202.1", {"tolerance_mode": "relative", "tolerance": "1"}, False),
        ("-200", "-202", {"tolerance_mode": "relative", "tolerance": "1"}, True),
    ],
)
def test_equal_has_the_tolerance_it_says(first, second, attributes, expected):
    assert value_of(op("equal", number(first), number(second), **attributes)) is expected


@pytest.mark.parametrize(
    ("second", "attributes", "expected"),
    [
        ("11.5", {"include_lower_bound": "false"}, False),
        ("11.6", {"include_lower_bound": "false"}, True),
        ("12.5", {"include_lower_bound": "false"}, True),
        ("12.5", {"include_upper_bound": "false"}, False),
        ("12.4", {"include_upper_bound": "false"}, True),
    ],
)
def test_a_bound_of_equal_may_be_left_out(second, attributes, expected):
    absolute = {"tolerance_mode": "absolute", "tolerance": "0.5"}
    expression = op("equal", number("12"), number(second), **absolute, **attributes)
    assert value_of(expression) is expected


@pytest.mark.parametrize(
    ("attributes", "typed", "expected"),
    [
        ({"case_sensitive": "true"}, "P507", True),
        ({"case_sensitive": "true"}, "p507", False),
        ({"case_sensitive": "false"}, "p507", True),
        ({"case_sensitive": "true", "substring": "true"}, "use P507 here", True),
        ({"case_sensitive": "true"}, "use P507 here", False),
    ],
)
def test_string_match_minds_case_and_substring_as_told(attributes, typed, expected):
    expression = op("string-match", var(), const("string", "P507"), **attributes)
    assert value_of(expression, RESPONSE=(typed,)) is expected


def test_text_that_is_no_number_is_null():
    assert value_of(op("is-null", var("NO_NUMBER")), NO_NUMBER=("about 3",)) is True


# --- conditions -----------------------------------------------------------------------------------


def a_graded_item():
    """2 for 12 within 0.1, 1 for 12 within 1, else 0: if, else-if, else; then a bonus."""

    def within(width):
        return op(
            "equal", op("correct", identifier="RESPONSE"), var(),
            tolerance_mode="absolute", tolerance=width,
        )  # fmt: skip

    def give(points):
        return (SetOutcome("SCORE", number(points)),)

    return ItemRules(
        "graded",
        (ResponseDeclaration("RESPONSE", "single", "float", ("12",)),),
        (SCORE, OutcomeDeclaration("TRIES", "single", "integer", ("1",))),
        (
            Condition(
                (
                    Branch(within("0.1"), give("2")),
                    Branch(within("1"), give("1")),
                    Branch(None, give("0")),
                )
            ),
        ),
    )


@pytest.mark.parametrize(
    ("typed", "expected"), [("12.05", 2), ("12.5", 1), ("14", 0), ("twelve", 0)]
)
def test_the_first_branch_that_holds_acts_and_no_other(typed, expected):
    assert score(a_graded_item(), typed) == expected


def test_a_number_without_a_default_begins_at_zero_and_others_at_null():
    rules = ItemRules(
        "defaults",
        (),
        (SCORE, OutcomeDeclaration("TEXT", "single", "string"), OutcomeDeclaration(
            "GIVEN", "single", "integer", ("7",))),
    )  # fmt: skip
    compile_rules(rules)
    assert score_item(rules, {}).values == {"SCORE": 0, "TEXT": None, "GIVEN": 7}


def test_the_trace_tells_each_step_in_both_languages():
    steps = score_item(a_graded_item(), {"RESPONSE": ("12.5",)}).trace
    assert [type(step) for step in steps] == [Tried, Tried, Assigned]
    said = explain_trace(steps, "en")
    assert said[1].startswith("Condition 1.2 holds: equal(correct RESPONSE, variable RESPONSE)")
    assert said[2] == "SCORE becomes 1."
    assert explain_trace(steps, "zh-CN")[2] == "SCORE 记为 1。"


def test_the_traces_of_templates_name_what_was_given_and_what_was_right():
    matched, _ = score_item(a_choice(), {"RESPONSE": ("B",)}).trace
    assert matched == Matched("RESPONSE", ("B",), ("A",), False)
    mapped, _ = score_item(a_mapped(MAPPING), {"RESPONSE": ("york",)}).trace
    assert mapped == Mapped("RESPONSE", (("york", "0.5"),), "0.5")
    assert explain_trace((matched, mapped), "en") == (
        "RESPONSE: B is not the correct answer A.",
        "RESPONSE earns 0.5 by its mapping (york = 0.5).",
    )


def test_a_response_the_item_does_not_declare_is_refused():
    with pytest.raises(InputRefused, match="no response 'OTHER'"):
        score_item(a_choice(), {"OTHER": ("A",)})


@given(st.lists(st.sampled_from("ABCDE"), unique=True), st.randoms())
def test_the_order_of_a_multiple_response_never_matters(chosen, random):
    shuffled = list(chosen)
    random.shuffle(shuffled)
    mapping = ResponseMapping((MapEntry("A", "1"), MapEntry("B", "0.5"), MapEntry("C", "-1")))
    for rules in (
        a_choice(("A", "C"), "multiple"),
        a_mapped(mapping, "identifier", "multiple"),
    ):
        assert score(rules, *chosen) == score(rules, *shuffled)


EXPRESSIONS = st.recursive(
    st.builds(const, st.just("float"), st.sampled_from(["1", "0.5", "-2"])) | st.just(var()),
    lambda children: st.builds(
        lambda name, parts: op(name, *parts),
        st.sampled_from(["sum", "product", "gt", "and", "match", "no-such"]),
        st.lists(children, max_size=3),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_a_tree_is_refused_with_its_place_or_evaluates_without_surprise(expression):
    rules = ItemRules(
        "item",
        (ResponseDeclaration("RESPONSE", "single", "float"),),
        (SCORE,),
        (SetOutcome("SCORE", expression),),
    )
    assert decode(encode(rules), ItemRules, "rules") == rules
    try:
        compile_rules(rules)
    except InputRefused as fault:
        where = fault.where
    else:
        where = ""
        score_item(rules, {"RESPONSE": ("3",)})
    assert where == "" or where.startswith("item: rule 1")
