"""Rules follow fresh names into tables, defaults and numbers that a response gives."""

from __future__ import annotations

import pytest

from kiosk.authoring.labelled_rules import labelled_rules
from kiosk.authoring.labels import Labels
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import (
    Branch,
    Condition,
    ExitResponse,
    Expression,
    ItemRules,
    LookupOutcome,
    LookupRow,
    LookupTable,
    OutcomeDeclaration,
    ResponseDeclaration,
    SetOutcome,
)

LABELS = Labels("fresh", {"PICK": "r1", "rect": "r2"}, {"PICK": {"A": "c1", "B": "c2"}})
PICK = Expression("variable", {"identifier": "PICK"})
TABLE = LookupTable("match", (LookupRow("1", "A"), LookupRow("2", "B")), default="B")


def an_item(*rules, default=None):
    return ItemRules(
        "item",
        (
            ResponseDeclaration("PICK", "ordered", "identifier", default=default),
            ResponseDeclaration("rect", "single", "integer"),
        ),
        (
            OutcomeDeclaration("SCORE", "single", "integer"),
            OutcomeDeclaration("GRADE", "single", "identifier", lookup=TABLE),
        ),
        rules,
    )


def test_a_number_that_a_response_gives_is_found_under_its_fresh_name():
    nth = Expression("index", {"n": "{rect}"}, (PICK,))
    right = Expression(
        "match", {}, (nth, Expression("base-value", {"base-type": "identifier"}, (), ("B",)))
    )
    inside = Expression("inside", {"shape": "rect", "coords": "1,1,2,2"}, (nth,))
    one = Expression("base-value", {"base-type": "integer"}, (), ("1",))
    rules = an_item(Condition((Branch(right, (SetOutcome("SCORE", one), ExitResponse())),)))
    found = labelled_rules(rules, LABELS)
    assert score_item(found, {"r1": ("c1", "c2"), "r2": ("2",)}).score == 1
    assert score_item(found, {"r1": ("c1", "c2"), "r2": ("1",)}).score == 0
    # A shape that happens to be called like a response stays a shape.
    kept = labelled_rules(an_item(SetOutcome("SCORE", inside)), LABELS).processing[0]
    assert isinstance(kept, SetOutcome)
    assert kept.value.attributes["shape"] == "rect"


def test_a_grade_called_like_a_choice_stays_a_grade():
    rules = an_item(LookupOutcome("GRADE", Expression("variable", {"identifier": "rect"})))
    assert score_item(labelled_rules(rules, LABELS), {"r2": ("1",)}).values["GRADE"] == "A"


@pytest.mark.parametrize(("picked", "expected"), [("c1", 1), ("c2", 0)])
def test_a_grade_that_is_compared_with_a_choice_follows_it(picked, expected):
    same = Expression("member", {}, (Expression("variable", {"identifier": "GRADE"}), PICK))
    one = Expression("base-value", {"base-type": "integer"}, (), ("1",))
    rules = an_item(
        LookupOutcome("GRADE", Expression("variable", {"identifier": "rect"})),
        Condition((Branch(same, (SetOutcome("SCORE", one),)),)),
    )
    found = labelled_rules(rules, LABELS)
    assert score_item(found, {"r1": (picked,), "r2": ("1",)}).score == expected


def test_a_default_response_follows_its_choices():
    found = labelled_rules(an_item(default=("B", "A")), LABELS)
    assert found.responses[0].default == ("c2", "c1")
