"""A sitting's score: exact, bounded, explained, the same on any machine."""

import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.items import Kind
from kiosk.assessment.paper import Form, FormSection, Paper, PaperItem, PaperSection
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import read_blueprint
from kiosk.scoring.numbers import number
from kiosk.scoring.result import Result
from kiosk.scoring.rules import ItemRules, OutcomeDeclaration, ResponseDeclaration
from kiosk.scoring.sitting_score import score_sitting

SCORE = OutcomeDeclaration("SCORE", "single", "float")


def an_exam(*sections, **head):
    """Blueprint, form, paper and rules; items S1-1, S1-2, ... with A right (A and B in multiple)."""
    blueprint = read_blueprint(
        {"blueprint": {"id": "b", "level": "L4", "pass": 60, **head}, "section": list(sections)}
    )
    form = Form(
        "form",
        tuple(
            FormSection(
                part.id, part.kind, part.title, part.rule, part.points,
                tuple(f"{part.id}-{n}" for n in range(part.count)),
            )
            for part in blueprint.sections
        ),
    )  # fmt: skip
    paper = Paper(
        "form",
        tuple(
            PaperSection(part.id, tuple(PaperItem(item, {}) for item in reversed(part.items)))
            for part in form.sections
        ),
    )
    rules = {
        item: _rules(item, part.kind is Kind.MULTIPLE_CHOICE)
        for part in form.sections
        for item in part.items
    }
    return paper, form, blueprint, rules


def _rules(item, several):
    correct, cardinality = (("A", "B"), "multiple") if several else (("A",), "single")
    response = ResponseDeclaration("RESPONSE", cardinality, "identifier", correct)
    return ItemRules(item, (response,), (SCORE,), template="match_correct")


def answers(form, *, right=0, wrong=0):
    """The first `right` items right, the next `wrong` wrong, the others open."""
    items = form.items[: right + wrong]
    return {
        item: {"RESPONSE": ("A",) if place < right else ("X",)} for place, item in enumerate(items)
    }


HUNDRED = {"kind": "single_choice", "count": 100, "points": 1}


def result(exam, responses):
    return score_sitting(*exam, responses)


@pytest.mark.parametrize(
    ("right", "score", "passed"), [(119, "59.5", False), (120, "60", True), (200, "100", True)]
)
def test_fifty_nine_and_a_half_fails_and_sixty_passes(right, score, passed):
    exam = an_exam({"kind": "single_choice", "count": 200, "points": 0.5})
    found = result(exam, answers(exam[1], right=right))
    assert (found.score, found.max_score, found.passed) == (score, "100", passed)


def test_a_hundred_and_thirty_points_convert_to_a_hundred_exactly():
    exam = an_exam({"kind": "single_choice", "count": 130, "points": 1}, converts_to=100)
    assert result(exam, answers(exam[1], right=78)).score == "60"
    found = result(exam, answers(exam[1], right=77))
    assert (found.score, found.points, found.passed) == ("770/13", "77", False)


def test_rounding_happens_only_where_the_blueprint_says():
    sections = {"kind": "single_choice", "count": 200, "points": 0.5}
    for at, score, passed in (
        ("total", "60", True),
        ("section", "60", True),
        ("item", "119", True),
    ):
        exam = an_exam(sections, rounding={"at": at, "places": 0})
        found = result(exam, answers(exam[1], right=119))
        assert (found.score, found.passed) == (score, passed)
    exam = an_exam(sections, rounding={"at": "total", "places": 0, "mode": "down"})
    assert result(exam, answers(exam[1], right=119)).score == "59"


def test_the_floor_holds_where_the_blueprint_says():
    deducting = {"type": "all_or_nothing", "deduction": 1}
    sections = (
        {"kind": "single_choice", "count": 2, "points": 1, "marking": deducting},
        {"kind": "true_false", "count": 2, "points": 1},
    )
    scores = {}
    for floor in ("item", "section", "paper"):
        exam = an_exam(*sections, floor=floor, **{"pass": 0})
        responses = {
            "S1-0": {"RESPONSE": ("X",)},
            "S1-1": {"RESPONSE": ("X",)},
            "S2-0": {"RESPONSE": ("A",)},
        }
        scores[floor] = result(exam, responses).score
        assert result(exam, {"S1-0": {"RESPONSE": ("X",)}}).score == "0"
    assert scores == {"item": "1", "section": "1", "paper": "0"}
    exam = an_exam(*sections, floor="section", **{"pass": 0})
    mixed = {"S1-0": {"RESPONSE": ("A",)}, "S1-1": {"RESPONSE": ("X",)}}
    assert result(exam, mixed).score == "0"
    assert result(an_exam(*sections, floor="item", **{"pass": 0}), mixed).score == "1"


def test_a_result_says_points_and_reason_of_every_item_in_the_paper_s_order():
    exam = an_exam(HUNDRED | {"count": 3}, **{"pass": 0})
    found = result(exam, {"S1-0": {"RESPONSE": ("A",)}, "S1-2": {"RESPONSE": ("X",)}})
    assert [(item.item, item.position, item.points) for item in found.items] == [
        ("S1-2", 0, "0"),
        ("S1-1", 1, "0"),
        ("S1-0", 2, "1"),
    ]
    assert [item.reason.code for item in found.items] == ["wrong", "unanswered", "right"]


EXAM = an_exam(
    {"kind": "single_choice", "count": 4, "points": 1.5},
    {
        "kind": "multiple_choice",
        "count": 3,
        "points": 2,
        "marking": {"type": "per_option", "wrong": 1},
    },
    converts_to=100,
)
SINGLE = st.sampled_from([(), ("A",), ("X",)])
SEVERAL = st.sets(st.sampled_from("ABXY")).map(lambda chosen: tuple(sorted(chosen)))
RESPONSES = st.fixed_dictionaries(
    {},
    optional={
        item: st.fixed_dictionaries({"RESPONSE": SEVERAL if item.startswith("S2") else SINGLE})
        for item in EXAM[1].items
    },
)


@given(RESPONSES)
def test_a_score_stays_within_its_bounds_and_is_the_sum_of_its_items(responses):
    found = result(EXAM, responses)
    assert 0 <= number(found.score) <= number(found.max_score) == 100
    assert number(found.points) == sum(number(item.points) for item in found.items)
    assert found.passed == (number(found.score) >= 60)


@given(RESPONSES, st.randoms())
def test_the_order_of_responses_never_matters(responses, random):
    keys = list(responses)
    random.shuffle(keys)
    assert result(EXAM, {key: responses[key] for key in keys}) == result(EXAM, responses)


@settings(max_examples=25)
@given(RESPONSES)
def test_a_result_travels_unchanged(responses):
    found = result(EXAM, responses)
    assert decode(encode(found), Result, "result") == found
    assert pickle.loads(pickle.dumps(found)) == found


def test_scoring_a_hundred_items_is_a_pure_function_that_a_worker_can_be_sent():
    exam = an_exam(HUNDRED)
    work = pickle.loads(pickle.dumps((score_sitting, *exam, answers(exam[1], right=70, wrong=9))))
    started = time.thread_time()
    first, second = (work[0](*work[1:]) for _ in range(2))
    assert first == second
    assert first.score == "70"
    assert time.thread_time() - started < 1


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        (lambda p, f, b, r: (replace(p, form="other"), f, b, r), "of form 'other'"),
        (lambda p, f, b, r: (p, replace(f, sections=()), b, r), "the form has not the sections"),
        (lambda p, f, b, r: (replace(p, sections=()), f, b, r), "the paper has not the sections"),
        (
            lambda p, f, b, r: (
                replace(p, sections=(replace(p.sections[0], items=()),)), f, b, r,
            ),
            "the paper has not the items",
        ),
        (
            lambda p, f, b, r: (
                p, f, replace(b, sections=(replace(b.sections[0], points="2"),)), r,
            ),
            "not the count and points",
        ),
        (lambda p, f, b, r: (p, f, b, {}), "no rules for item S1-99"),
    ],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(change, summary):
    with pytest.raises(InputRefused) as refused:
        score_sitting(*change(*an_exam(HUNDRED)), {})
    assert summary in refused.value.summary


def test_a_response_to_what_is_not_on_the_paper_is_refused():
    exam = an_exam(HUNDRED)
    with pytest.raises(InputRefused, match="item S9-9 is not on this paper"):
        score_sitting(*exam, {"S9-9": {}})
    with pytest.raises(InputRefused, match="no response 'OTHER'"):
        score_sitting(*exam, {"S1-1": {"OTHER": ("A",)}})
