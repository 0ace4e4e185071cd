"""Compiled rules give what interpreted ones give, whatever was scored before."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring import compiled
from kiosk.scoring.blueprint import Section
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.compiled import Marks, compile_scorer
from kiosk.scoring.marking import AllOrNothing, PerOption, mark
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import (
    Expression,
    ItemRules,
    MapEntry,
    OutcomeDeclaration,
    ResponseDeclaration,
    ResponseMapping,
    SetOutcome,
)

SCORE = OutcomeDeclaration("SCORE", "single", "float", ("0",))
MAPPING = ResponseMapping((MapEntry("A", "1"), MapEntry("b", "0.5", False)), "-0.25", "0", "1")
TEXTS = st.sampled_from(["A", "B", "C", "b", " A", "Ａ", "A B", "B A", "", "2", "2.0", "２"])
ONE = ("single", "multiple", "ordered")


@st.composite
def templates(draw):
    template = draw(st.sampled_from(["match_correct", "map_response"]))
    names = draw(st.sampled_from([("RESPONSE",), ("R1",), ("R1", "R2"), ("RESPONSE", "R2")]))
    return ItemRules(
        "i",
        tuple(
            ResponseDeclaration(
                name,
                draw(st.sampled_from(ONE)),
                draw(st.sampled_from(["identifier", "string"])),
                draw(st.sampled_from([("A",), ("B", "A"), ("b",)]))[:1]
                if template == "map_response"
                else ("A",),
                MAPPING,
            )
            for name in names
        ),
        (SCORE,),
        template=template,
    )


def answers(rules):
    names = [response.id for response in rules.responses]
    return st.dictionaries(
        st.sampled_from(names), st.lists(TEXTS, max_size=3).map(tuple), max_size=len(names)
    )


@given(st.data(), templates())
def test_compiled_and_interpreted_rules_agree_whatever_came_before(data, rules):
    compile_rules(rules)
    score = compile_scorer(rules)
    for responses in data.draw(st.lists(answers(rules), max_size=12)):
        expected = score_item(rules, responses).score
        assert score(responses) == expected
        assert score(responses) == expected, "and again"


def test_the_items_own_processing_is_interpreted():
    five = Expression("base-value", {"base-type": "float"}, (), ("5",))
    response = ResponseDeclaration("RESPONSE", "single", "identifier", ("A",))
    rules = ItemRules("i", (response,), (SCORE,), (SetOutcome("SCORE", five),))
    assert compile_scorer(rules)({"RESPONSE": ("A",)}) == 5


@pytest.mark.parametrize("names", [("RESPONSE",), ("R1", "R2")])
def test_a_response_the_item_does_not_have_is_refused_also_after_a_known_one(names):
    rules = ItemRules(
        "i",
        tuple(ResponseDeclaration(name, "single", "identifier", ("A",)) for name in names),
        (SCORE,),
        template="match_correct",
    )
    score = compile_scorer(rules)
    known = dict.fromkeys(names, ("A",))
    assert score(known) == 1
    for unknown in ({"OTHER": ("A",)}, {**known, "OTHER": ("A",)}):
        with pytest.raises(InputRefused, match="no response 'OTHER'"):
            score(unknown)


def test_no_more_answers_are_kept_than_stated(monkeypatch):
    monkeypatch.setattr(compiled, "MOST_KEPT", 2)
    monkeypatch.setattr(compiled, "score_item", counted := _Counted())
    response = ResponseDeclaration("RESPONSE", "single", "string", ("a",))
    score = compile_scorer(ItemRules("i", (response,), (SCORE,), template="match_correct"))
    for text in ("a", "b", "c", "a", "b", "c"):
        assert score({"RESPONSE": (text,)}) == Fraction(int(text == "a"))
    assert counted.times == 4, "the third answer found no place"


class _Counted:
    times = 0

    def __call__(self, rules, responses):
        self.times += 1
        return score_item(rules, responses)


@given(
    st.lists(st.lists(st.sampled_from("ABCD"), unique=True).map(tuple), max_size=8),
    st.sampled_from([AllOrNothing("1"), PerOption("0.5")]),
)
def test_marks_are_those_of_the_marking_rule_with_their_reasons(texts, marking):
    response = ResponseDeclaration("R", "multiple", "identifier", ("A", "C"))
    rules = ItemRules("i", (response,), (SCORE,), template="match_correct")
    section = Section("multiple_choice", 1, "2", "S1", marking)
    other = Section("multiple_choice", 1, "3", "S2")
    marks = Marks()
    for chosen in [*texts, *texts]:
        responses = {"R": chosen}
        assert marks.mark(section, rules, responses) == mark(marking, Fraction(2), rules, responses)
        assert marks.mark(other, rules, responses) == mark(
            AllOrNothing(), Fraction(3), rules, responses
        )
