"""What a rule may not say is refused before anybody sits, by name and place."""

import pytest

from kiosk.errors import InputRefused
from kiosk.scoring.checking import compile_rules
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

RESPONSE = ResponseDeclaration("RESPONSE", "single", "identifier", ("A",))
SCORE = OutcomeDeclaration("SCORE", "single", "float")
ONE = Expression("base-value", {"base-type": "float"}, (), ("1",))
YES = Expression("base-value", {"base-type": "boolean"}, (), ("true",))
CHOSEN = Expression("variable", {"identifier": "RESPONSE"})


def setting(value, outcome="SCORE"):
    return ItemRules("item", (RESPONSE,), (SCORE,), (SetOutcome(outcome, value),))


def branching(*branches):
    return ItemRules("item", (RESPONSE,), (SCORE,), (Condition(branches),))


REFUSED = [
    (setting(Expression("custom-operator")), "item: rule 1 / custom-operator", "not supported"),
    (setting(Expression("not")), "item: rule 1 / not", "cannot have 0 operands"),
    (setting(Expression("sum", {}, (ONE, CHOSEN))), "item: rule 1 / sum", "takes numbers"),
    (
        setting(Expression("sum", {}, (Expression("variable", {"identifier": "X"}),))),
        "item: rule 1 / sum / variable",
        "no variable 'X'",
    ),
    (setting(Expression("variable")), "item: rule 1 / variable", "needs the attribute"),
    (setting(YES), "item: rule 1", "single boolean does not fit the outcome 'SCORE'"),
    (setting(ONE, "GRADE"), "item: rule 1", "no outcome 'GRADE'"),
    (setting(ONE, "RESPONSE"), "item: rule 1", "no outcome 'RESPONSE'"),
    (
        setting(Expression("map-response", {"identifier": "RESPONSE"})),
        "item: rule 1 / map-response",
        "has no mapping",
    ),
    (
        setting(Expression("correct", {"identifier": "SCORE"})),
        "item: rule 1 / correct",
        "has no correct response",
    ),
    (
        setting(Expression("base-value", {"base-type": "float"}, (), ("one",))),
        "item: rule 1 / base-value",
        "'one' is not a number",
    ),
    (
        setting(Expression("base-value", {"base-type": "colour"}, (), ("red",))),
        "item: rule 1 / base-value",
        "base type 'colour'",
    ),
    (branching(Branch(ONE)), "item: rule 1.1", "true or false"),
    (branching(Branch(None)), "item: rule 1.1", "an else stands last"),
    (branching(Branch(YES), Branch(None), Branch(YES)), "item: rule 1.2", "an else stands last"),
    (
        branching(Branch(YES, (Condition((Branch(YES, (SetOutcome("SCORE", YES),)),)),))),
        "item: rule 1.1.1.1.1",
        "does not fit",
    ),
    (
        branching(Branch(Expression("match", {}, (CHOSEN, ONE)))),
        "item: rule 1.1 / match",
        "cannot compare single identifier with single float",
    ),
    (
        branching(
            Branch(
                Expression("equal", {"tolerance-mode": "absolute"}, (ONE, ONE)),
            )
        ),
        "item: rule 1.1 / equal",
        "needs the attribute 'tolerance'",
    ),
    (
        branching(Branch(Expression("equal", {"tolerance-mode": "near"}, (ONE, ONE)))),
        "item: rule 1.1 / equal",
        "no tolerance mode 'near'",
    ),
    (
        branching(
            Branch(
                Expression("equal", {"tolerance-mode": "absolute", "tolerance": "-1"}, (ONE, ONE))
            )
        ),
        "item: rule 1.1 / equal",
        "not below zero",
    ),
    (
        branching(
            Branch(Expression("string-match", {"case-sensitive": "maybe"}, (CHOSEN, CHOSEN)))
        ),
        "item: rule 1.1 / string-match",
        "neither true nor false",
    ),
    (
        branching(Branch(Expression("member", {}, (ONE, CHOSEN)))),
        "item: rule 1.1 / member",
        "cannot look for",
    ),
    (
        setting(Expression("multiple", {}, (ONE, CHOSEN))),
        "item: rule 1 / multiple",
        "cannot hold single identifier",
    ),
    (
        ItemRules("item", (RESPONSE, RESPONSE)),
        "item: RESPONSE",
        "declared twice",
    ),
    (
        ItemRules("item", (ResponseDeclaration("R", "single", "float", ("1", "2")),)),
        "item: R",
        "2 values where one may stand",
    ),
    (
        ItemRules("item", (ResponseDeclaration("R", "single", "integer", ("1.5",)),)),
        "item: R",
        "not a whole number",
    ),
    (
        ItemRules("item", (ResponseDeclaration("R", "record", "float"),)),
        "item: R",
        "cannot be scored",
    ),
    (
        ItemRules(
            "item",
            (
                ResponseDeclaration(
                    "R", "single", "string", None, ResponseMapping((MapEntry("a", "x"),))
                ),
            ),
        ),
        "item: R",
        "'x' is not a number",
    ),
    (
        ItemRules(
            "item",
            (ResponseDeclaration("RESPONSE", "single", "string"),),
            (SCORE,),
            template="match_correct",
        ),
        "item: match_correct",
        "has no correct response",
    ),
    (
        ItemRules("item", (RESPONSE,), (SCORE,), template="map_response"),
        "item: map_response",
        "has no mapping",
    ),
    (
        ItemRules("item", (RESPONSE,), (), template="match_correct"),
        "item: match_correct",
        "needs the outcome SCORE",
    ),
    (
        ItemRules("item", (RESPONSE,), (SCORE,), (SetOutcome("SCORE", ONE),), "match_correct"),
        "item: match_correct",
        "not both",
    ),
    (
        ItemRules(
            "item", (), (OutcomeDeclaration("SCORE", "single", "float", normal_maximum="all"),)
        ),
        "item: SCORE",
        "'all' is not a number",
    ),
]


@pytest.mark.parametrize(("rules", "where", "summary"), REFUSED)
def test_a_rule_that_cannot_be_evaluated_is_refused_at_its_place(rules, where, summary):
    with pytest.raises(InputRefused) as refused:
        compile_rules(rules)
    assert refused.value.where == where
    assert summary in refused.value.summary


def test_a_float_is_not_put_into_a_whole_number():
    whole = OutcomeDeclaration("GRADE", "single", "integer")
    rules = ItemRules("item", (RESPONSE,), (whole,), (SetOutcome("GRADE", ONE),))
    with pytest.raises(InputRefused) as refused:
        compile_rules(rules)
    assert refused.value.remedy == "Declare it with the type of what is put into it"
