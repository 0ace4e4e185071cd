"""Rules beside expressions: tables, early exits, areas as a template; and their checks."""

from fractions import Fraction

import pytest

from kiosk.artefacts.codec import decode, encode
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Blanks
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.explanations import explain_trace
from kiosk.scoring.marking import best_score, mark
from kiosk.scoring.numbers import number as read
from kiosk.scoring.numbers import written
from kiosk.scoring.outcomes import Exited, Looked, score_item
from kiosk.scoring.rules import (
    AreaEntry,
    AreaMapping,
    Branch,
    Condition,
    ExitResponse,
    ItemRules,
    LookupOutcome,
    LookupRow,
    LookupTable,
    MapEntry,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    SetOutcome,
)
from tests.scoring.evaluating import AREAS, bag, number, op, value_of, var, words, yes

SCORE = OutcomeDeclaration("SCORE", "single", "float")
POINTS = ResponseDeclaration("POINTS", "single", "float")
GRADES = LookupTable(
    "interpolation",
    (LookupRow("90", "A"), LookupRow("60", "B", include=False), LookupRow("0", "C")),
    default="none",
)
NAMES = LookupTable("match", (LookupRow("1", "one"), LookupRow("2", "two")), default="many")


def graded(table, base_type="string"):
    return ItemRules(
        "graded",
        (POINTS,),
        (SCORE, OutcomeDeclaration("GRADE", "single", base_type, lookup=table)),
        (LookupOutcome("GRADE", var("POINTS")),),
    )


def grade(table, *typed, base_type="string"):
    rules = graded(table, base_type)
    compile_rules(rules)
    assert decode(encode(rules), ItemRules, "rules") == rules
    return score_item(rules, {"POINTS": typed}).values["GRADE"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("95", "A"), ("90", "A"), ("89.99", "B"), ("60", "C"), ("60.01", "B"), ("-1", "none")],
)
def test_an_interpolation_takes_the_first_row_not_above_the_value(typed, expected):
    assert grade(GRADES, typed) == expected


@pytest.mark.parametrize(("typed", "expected"), [("1", "one"), ("2.0", "two"), ("1.5", "many")])
def test_a_match_table_takes_the_row_equal_to_the_value(typed, expected):
    assert grade(NAMES, typed) == expected


def test_a_table_asked_for_nothing_gives_its_default_or_nothing():
    assert grade(NAMES) == "many"
    assert grade(LookupTable("match", NAMES.rows)) is None
    assert grade(LookupTable("match", (LookupRow("1", "0.1"),)), "1", base_type="float") == (
        Fraction(1, 10)
    )


def test_the_trace_says_what_the_table_gave_in_both_languages():
    steps = score_item(graded(GRADES), {"POINTS": ("95",)}).trace
    assert steps[0] == Looked("GRADE", "95", "A")
    assert explain_trace(steps, "en")[0] == "In the table of GRADE, 95 gives A."
    assert explain_trace(steps, "zh-CN")[0] == "查 GRADE 的对照表：95 得 A。"


def test_no_rule_acts_after_an_exit_however_deep_it_stands():
    one, two = SetOutcome("SCORE", number(1)), SetOutcome("SCORE", number(2))
    inner = Condition((Branch(yes(), (one, ExitResponse(), two)),))
    rules = ItemRules(
        "exits", (POINTS,), (SCORE,), (Condition((Branch(yes(), (inner, two)),)), two)
    )
    compile_rules(rules)
    outcome = score_item(rules, {})
    assert outcome.score == 1
    assert outcome.trace[-1] == Exited()
    assert explain_trace(outcome.trace, "en")[-1] == "The rules end here."


def test_setting_an_outcome_to_null_takes_its_value_away():
    rules = ItemRules(
        "null", (), (OutcomeDeclaration("SCORE", "single", "float", ("3",)),),
        (SetOutcome("SCORE", op("null")),),
    )  # fmt: skip
    compile_rules(rules)
    assert score_item(rules, {}).values == {"SCORE": None}


def test_a_null_test_never_holds():
    rules = ItemRules(
        "null", (), (SCORE,),
        (Condition((Branch(op("null"), (SetOutcome("SCORE", number(1)),)),)),),
    )  # fmt: skip
    compile_rules(rules)
    assert score_item(rules, {}).score == 0


# --- areas as a template --------------------------------------------------------------------------


def a_picture(cardinality="multiple", areas=AREAS):
    return ItemRules(
        "picture",
        (ResponseDeclaration("RESPONSE", cardinality, "point", areas=areas),),
        (SCORE,),
        template="map_response_point",
    )


@pytest.mark.parametrize(
    ("spots", "expected"), [(("10 10", "30 30"), "2.5"), (("99 99",), "-1"), ((), "0")]
)
def test_the_template_for_points_earns_by_areas(spots, expected):
    compile_rules(a_picture())
    assert score_item(a_picture(), {"RESPONSE": spots}).score == Fraction(expected)


def test_the_sum_of_areas_stays_within_its_bounds():
    bounded = AreaMapping(AREAS.entries, "-5", lower="-2", upper="1")
    scores = [
        score_item(a_picture(areas=bounded), {"RESPONSE": spots}).score
        for spots in (("10 10",), ("99 99",), ())
    ]
    assert scores == [1, -2, 0]


def test_points_earn_their_share_of_the_best_areas():
    assert best_score(a_picture()) == Fraction(5, 2)
    assert best_score(a_picture("single")) == 2
    found = mark(Blanks(ordered=True), Fraction(5), a_picture(), {"RESPONSE": ("30 30",)})
    assert found.points == 1


# --- refused --------------------------------------------------------------------------------------


def with_response(**fields):
    known = {"cardinality": "single", "base_type": "string", **fields}
    return ItemRules("item", (ResponseDeclaration("R", **known),), (SCORE,))


def with_area(shape, coords, value="1"):
    areas = AreaMapping((AreaEntry(shape, coords, value),))
    return with_response(base_type="point", areas=areas)


def with_table(table, cardinality="single", base_type="float"):
    outcome = OutcomeDeclaration("GRADE", cardinality, base_type, lookup=table)
    return ItemRules("item", (), (SCORE, outcome))


REFUSED = [
    (with_area("star", "1"), "item: R", "no shape 'star'"),
    (with_area("rect", "1,2,3"), "item: R", "no coordinates of a rect"),
    (with_area("default", "", "much"), "item: R", "'much' is not a number"),
    (with_response(areas=AREAS), "item: R", "areas are for points"),
    (with_response(base_type="point", correct=("here",)), "item: R", "'here' is no point"),
    (with_response(default=("a", "b")), "item: R", "2 values where one may stand"),
    (with_response(base_type="file"), "item: R", "cannot be scored"),
    (with_response(cardinality="record", correct=("1",)), "item: R", "no key or mapping"),
    (with_response(cardinality="record", mapping=ResponseMapping((MapEntry("a", "1"),))),
     "item: R", "no key or mapping"),
    (with_table(NAMES), "item: GRADE", "'one' is not a number"),
    (with_table(NAMES, "multiple", "string"), "item: GRADE", "a table cannot give"),
    (with_table(LookupTable("match", (LookupRow("1.5", "1"),))), "item: GRADE", "whole numbers"),
    (with_table(LookupTable("match", (), default="x")), "item: GRADE", "not a number"),
    (ItemRules("item", (), (SCORE,), (LookupOutcome("SCORE", number(1)),)),
     "item: rule 1", "has no table"),
    (ItemRules("item", (), (SCORE,), (LookupOutcome("GRADE", number(1)),)),
     "item: rule 1", "no outcome 'GRADE'"),
    (ItemRules("item", (), (SCORE, OutcomeDeclaration("G", "single", "string", lookup=NAMES)),
               (LookupOutcome("G", words("a")),)), "item: rule 1", "for a number"),
    (ItemRules("item", (), (SCORE, OutcomeDeclaration("G", "single", "string", lookup=NAMES)),
               (LookupOutcome("G", bag(1)),)), "item: rule 1", "for a number"),
    (ItemRules("item", (POINTS,), (SCORE,), template="map_response_point"),
     "item: map_response_point", "no response 'RESPONSE'|no area mapping"),
    (ItemRules("item", (), (OutcomeDeclaration("R", "record", "string"),)),
     "item: R", "cannot be scored"),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "where", "summary"), REFUSED)
def test_a_declaration_or_rule_that_cannot_be_used_is_refused_at_its_place(rules, where, summary):
    with pytest.raises(InputRefused, match=summary) as refused:
        compile_rules(rules)
    assert refused.value.where == where


def test_a_null_beside_other_operands_takes_their_type():
    assert value_of(op("sum", number(1), op("null")), "float") is None
    assert value_of(op("multiple", op("null"), number(1)), "float", "multiple") is not None
    with pytest.raises(InputRefused, match="does not fit"):
        value_of(op("multiple", op("null"), number(1)), "string", "multiple")


def test_a_score_of_endless_digits_is_kept_to_30_decimals():
    """Products of functions have more digits than a stored number may have."""
    parts = [op("math-operator", number(n), name="sinh") for n in (1, 2, 3)]
    rules = ItemRules(
        "long",
        (ResponseDeclaration("R", "single", "string"),),
        (OutcomeDeclaration("SCORE", "single", "float", normal_maximum="100"),),
        (SetOutcome("SCORE", op("product", *parts)),),
    )
    compile_rules(rules)
    found = mark(Blanks(ordered=True), Fraction(1), rules, {"R": ("x",)})
    assert 0.4 < found.points < 0.5
    assert read(written(found.points)) == found.points
