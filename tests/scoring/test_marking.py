"""Marks by section: each rule of DESIGN 8, its bounds, and what may never raise a mark."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.items import Kind
from kiosk.errors import InputRefused
from kiosk.scoring.explanations import explain_reason
from kiosk.scoring.marking import (
    AllOrNothing,
    Blanks,
    Incomplete,
    PerOption,
    PerRight,
    best_score,
    check_marking,
    mark,
)
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
from kiosk.scoring.wording import section_title

OPTIONS = "ABCDE"
SCORE = OutcomeDeclaration("SCORE", "single", "float")
CHOICE = ItemRules(
    "choice",
    (ResponseDeclaration("RESPONSE", "multiple", "identifier", ("A", "B", "C")),),
    (SCORE,),
    template="match_correct",
)


def points(marking, chosen, worth=2, rules=CHOICE):
    return mark(marking, Fraction(worth), rules, {"RESPONSE": tuple(chosen)}).points


@pytest.mark.parametrize(
    ("marking", "expected"),
    [
        # chosen:                                ABC  AB     A      D     ABD    ABCD   nothing
        (AllOrNothing(), ["2", "0", "0", "0", "0", "0", "0"]),
        (AllOrNothing("1"), ["2", "-1", "-1", "-1", "-1", "-1", "0"]),
        (Incomplete("0.5"), ["2", "1/2", "1/2", "0", "0", "0", "0"]),
        (Incomplete("1", "0.5"), ["2", "1", "1", "-1/2", "-1/2", "-1/2", "0"]),
        (PerRight("0.5"), ["2", "1", "1/2", "0", "0", "0", "0"]),
        (PerRight("0.5", "0.5"), ["2", "1/2", "1/2", "0", "0", "0", "0"]),
        (PerRight(), ["2", "4/3", "2/3", "0", "0", "0", "0"]),
        (PerOption("1"), ["2", "4/3", "2/3", "-1", "1/3", "1", "0"]),
        (PerOption("0.5", "0.5"), ["3/2", "1", "1/2", "-1/2", "1/2", "1", "0"]),
        (PerOption("0", "1.5"), ["2", "2", "3/2", "0", "2", "2", "0"]),
    ],
)
def test_a_rule_marks_right_incomplete_wrong_and_none(marking, expected):
    answers = ["ABC", "AB", "A", "D", "ABD", "ABCD", ""]
    assert [points(marking, chosen) for chosen in answers] == [Fraction(text) for text in expected]


MARKINGS = st.one_of(
    st.builds(AllOrNothing, st.sampled_from(["0", "0.5"])),
    st.builds(Incomplete, st.sampled_from(["0.5", "2"]), st.sampled_from(["0", "1"])),
    st.builds(PerRight, st.sampled_from([None, "0.5", "1"]), st.sampled_from([None, "0.5", "1.5"])),
    st.builds(PerOption, st.sampled_from(["0", "0.5"]), st.sampled_from([None, "0.5", "2"])),
)
CHOSEN = st.sets(st.sampled_from(OPTIONS))


@given(MARKINGS, CHOSEN)
def test_no_answer_earns_more_than_its_points(marking, chosen):
    assert points(marking, sorted(chosen)) <= 2


@given(MARKINGS, CHOSEN, st.sampled_from("DE"))
def test_adding_a_wrong_option_to_an_answer_never_raises_its_mark(marking, chosen, wrong):
    chosen = chosen - {wrong} | {"A"}
    assert points(marking, sorted(chosen | {wrong})) <= points(marking, sorted(chosen))


@given(MARKINGS, CHOSEN, st.sampled_from("ABC"))
def test_adding_a_right_option_never_lowers_a_mark_without_wrong_ones(marking, chosen, right):
    chosen = chosen & set("ABC") or {"A"}
    if not isinstance(marking, AllOrNothing):
        assert points(marking, sorted(chosen | {right})) >= points(marking, sorted(chosen))


@given(MARKINGS, CHOSEN, st.randoms())
def test_the_order_of_options_never_matters(marking, chosen, random):
    shuffled = sorted(chosen)
    random.shuffle(shuffled)
    assert points(marking, shuffled) == points(marking, sorted(chosen))


@pytest.mark.parametrize(
    "marking", [AllOrNothing("1"), Incomplete("1", "1"), PerOption("1"), Blanks()]
)
def test_white_space_is_no_answer_and_costs_nothing(marking):
    rules = ItemRules(
        "typed",
        (ResponseDeclaration("RESPONSE", "single", "string", ("x",)),),
        (SCORE,),
        template="match_correct",
    )
    marked = mark(marking, Fraction(2), rules, {"RESPONSE": (" \u3000",)})
    assert (marked.points, marked.reason.code) == (0, "unanswered")


# --- blanks ---------------------------------------------------------------------------------------


def blanks(*correct, template="match_correct", mappings=None):
    return ItemRules(
        "blanks",
        tuple(
            ResponseDeclaration(
                f"R{n}", "single", "string", (text,), mappings[n] if mappings else None
            )
            for n, text in enumerate(correct)
        ),
        (SCORE,),
        template=template,
    )


def filled(*texts):
    return {f"R{n}": (text,) for n, text in enumerate(texts) if text}


def blank_points(rules, texts, ordered=True, worth=3):
    return mark(Blanks(ordered), Fraction(worth), rules, filled(*texts)).points


def test_blanks_score_one_by_one():
    rules = blanks("La", "Ce", "Pr")
    assert blank_points(rules, ("La", "Ce", "Pr")) == 3
    assert blank_points(rules, ("La", "x", "Pr")) == 2
    assert blank_points(rules, ("", "", "Pr")) == 1


def test_blanks_in_order_do_not_count_in_another_and_free_ones_do():
    rules = blanks("La", "Ce", "Pr")
    assert blank_points(rules, ("Pr", "La", "Ce")) == 0
    assert blank_points(rules, ("Pr", "La", "Ce"), ordered=False) == 3


def test_an_answer_given_twice_counts_once_in_free_order():
    assert blank_points(blanks("La", "Ce", "Pr"), ("La", "La", "La"), ordered=False) == 1


def test_a_blank_takes_its_equivalents_with_what_each_is_worth():
    mapping = ResponseMapping(
        (MapEntry("lanthanum", "2"), MapEntry("La", "2"), MapEntry("lantanum", "1"))
    )
    rules = blanks("La", "La", template="map_response", mappings=[mapping, mapping])
    assert blank_points(rules, ("La", "lanthanum"), worth=4) == 4
    assert blank_points(rules, ("lantanum", "x"), worth=4) == 1


@given(st.lists(st.sampled_from(["La", "Ce", "Pr", ""]), min_size=3, max_size=3), st.randoms())
def test_free_blanks_are_worth_the_same_in_every_order(texts, random):
    shuffled = list(texts)
    random.shuffle(shuffled)
    rules = blanks("La", "Ce", "Pr")
    earned = blank_points(rules, texts, ordered=False)
    assert earned == blank_points(rules, shuffled, ordered=False)
    assert earned == len({text for text in texts if text})
    assert earned >= blank_points(rules, texts)


def test_too_many_free_blanks_are_refused_beforehand():
    with pytest.raises(InputRefused, match="13 blanks in any order"):
        check_marking(Blanks(ordered=False), blanks(*"ABCDEFGHIJKLM"))


# --- items with their own processing --------------------------------------------------------------


def own(maximum=None, correct=("12",), most=None):
    """2 points for 12 within 0.1, taken off 1 for anything else."""
    test = Expression(
        "equal",
        {"tolerance-mode": "absolute", "tolerance": "0.1"},
        (
            Expression("base-value", {"base-type": "float"}, (), ("12",)),
            Expression("variable", {"identifier": "RESPONSE"}),
        ),
    )

    def give(text):
        value = Expression("base-value", {"base-type": "float"}, (), (text,))
        return (SetOutcome("SCORE", value),)

    outcomes = [OutcomeDeclaration("SCORE", "single", "float", normal_maximum=maximum)]
    if most:
        outcomes.append(OutcomeDeclaration("MAXSCORE", "single", "float", (most,)))
    return ItemRules(
        "own",
        (ResponseDeclaration("RESPONSE", "single", "float", correct),),
        tuple(outcomes),
        (Condition((Branch(test, give("2")), Branch(None, give("-1")))),),
    )


def test_an_item_s_own_processing_is_scaled_to_the_section_s_points():
    assert points(AllOrNothing("9"), ["12.05"], worth=5, rules=own()) == 5
    assert points(AllOrNothing("9"), ["13"], worth=5, rules=own()) == Fraction(-5, 2)


def test_the_best_score_is_declared_or_what_the_correct_response_earns():
    assert best_score(own(maximum="4")) == 4
    assert best_score(own(most="3")) == 3
    assert best_score(own()) == 2
    mapping = ResponseMapping((MapEntry("A", "1"), MapEntry("B", "2"), MapEntry("C", "-1")))
    for cardinality, best in (("single", 2), ("multiple", 3)):
        response = ResponseDeclaration("RESPONSE", cardinality, "identifier", None, mapping)
        rules = ItemRules("mapped", (response,), (SCORE,), template="map_response")
        assert best_score(rules) == best


def test_more_than_the_best_score_earns_no_more_than_the_points():
    assert points(AllOrNothing(), ["12"], worth=5, rules=own(maximum="1")) == 5


def test_an_item_whose_best_score_cannot_be_told_is_refused_beforehand():
    with pytest.raises(InputRefused) as refused:
        check_marking(AllOrNothing(), own(correct=None))
    assert refused.value.remedy.startswith("Give SCORE a normal-maximum")


# --- reasons --------------------------------------------------------------------------------------


def test_a_reason_names_what_was_right_wrong_and_missed_in_both_languages():
    reason = mark(PerOption("1"), Fraction(2), CHOICE, {"RESPONSE": ("A", "D")}).reason
    assert explain_reason(reason, "en") == (
        "Marked option by option.",
        "Right: A.",
        "Wrong: D.",
        "Missed: B, C.",
    )
    assert explain_reason(reason, "zh-CN")[3] == "漏选：B、C。"


def test_a_reason_of_own_processing_carries_its_steps():
    reason = mark(AllOrNothing(), Fraction(2), own(), {"RESPONSE": ("13",)}).reason
    said = explain_reason(reason, "en")
    assert said[0] == "Marked by the item's own rule."
    assert said[-1] == "SCORE becomes -1."


def test_a_response_the_item_does_not_have_is_refused():
    with pytest.raises(InputRefused, match="no response 'OTHER'"):
        mark(AllOrNothing(), Fraction(1), CHOICE, {"OTHER": ()})


@pytest.mark.parametrize(
    ("base_type", "chosen", "expected"),
    [
        ("directedPair", ["A X", "B Y"], "2"),
        ("directedPair", ["A X"], "1"),
        ("directedPair", ["X A"], "0"),
        ("directedPair", ["A X", "B X"], "0"),
        ("pair", ["X A", "B Y"], "2"),
        ("pair", ["X A"], "1"),
    ],
)
def test_each_right_pair_earns_its_share(base_type, chosen, expected):
    rules = ItemRules(
        "match",
        (ResponseDeclaration("RESPONSE", "multiple", base_type, ("A X", "B Y")),),
        (SCORE,),
        template="match_correct",
    )
    assert points(PerRight(), chosen, rules=rules) == Fraction(expected)


def test_a_text_that_no_rule_marks_waits_for_people():
    rules = ItemRules("essay", (ResponseDeclaration("RESPONSE", "single", "string"),), (SCORE,))
    check_marking(AllOrNothing(), rules)
    found = mark(AllOrNothing(), Fraction(5), rules, {"RESPONSE": ("a text",)})
    assert (found.points, found.reason.code) == (0, "people")
    assert explain_reason(found.reason, "en") == ("Not marked yet: people mark this answer.",)


@pytest.mark.parametrize("kind", Kind)
def test_a_section_of_every_kind_has_a_title_in_both_languages(kind):
    title = section_title(kind)
    assert title["en"]
    assert title["zh-CN"] not in ("", title["en"])
