"""Marking points: read from an author's lines, summed with their caps, scaled by the section."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import read_blueprint
from kiosk.scoring.marking import People, mark
from kiosk.scoring.numbers import number
from kiosk.scoring.rubric import MarkingPoint, Rubric, earned, most_of, split_points
from kiosk.scoring.rules import ItemRules, ResponseDeclaration
from kiosk.scoring.sitting_score import Given, with_marks
from tests.scoring.test_result import an_exam, result


def a_rubric(*points, most=None):
    return Rubric(tuple(MarkingPoint({"en": "p"}, one) for one in points), most=most)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Two causes (1 point)", ("Two causes", "1")),
        ("Two causes (2 marks).", ("Two causes", "2")),
        ("断电、验电（2 分）", ("断电、验电", "2")),
        ("断电（0.5分）；", ("断电", "0.5")),
        ("f(2) is 4", ("f(2) is 4", "")),
        ("(2 points) for this", ("(2 points) for this", "")),
    ],
)
def test_the_points_of_a_line_are_read_at_its_end(line, said):
    assert split_points(line) == said


@settings(max_examples=40)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=6), st.integers(1, 20), st.data())
def test_a_mark_is_the_sum_of_its_points_and_never_above_the_cap(points, most, data):
    rubric = a_rubric(*map(str, points), most=str(most))
    given_ = [data.draw(st.integers(0, point)) for point in points]
    found = earned([str(one) for one in given_], rubric, "10")
    assert found == min(sum(given_), most)


def test_without_points_the_whole_answer_gets_one_mark_of_the_sections_points():
    assert earned(["7.5"], Rubric(), "10") == Fraction(15, 2)
    assert most_of(Rubric(most="4"), "10") == 4
    assert most_of(a_rubric("2", "1"), "10") == 3
    for wrong in (["11"], ["-1"], [], ["1", "1"], ["one"]):
        with pytest.raises(InputRefused):
            earned(wrong, Rubric(), "10")


def test_a_section_that_people_mark_leaves_a_keyed_answer_to_them():
    keyed = ItemRules(
        "i", (ResponseDeclaration("R", "single", "string", ("Ce",)),), template="match_correct"
    )
    for answer, code in ((("Ce",), "people"), ((" ",), "unanswered")):
        assert mark(People(), Fraction(2), keyed, {"R": answer}).reason.code == code


@settings(max_examples=40)
@given(st.lists(st.fractions(0, 1), min_size=3, max_size=3), st.sampled_from(["item", "section"]))
def test_marks_are_summed_floored_and_rounded_as_all_points_are(shares, at):
    exam = an_exam(
        {"kind": "single_choice", "count": 2, "points": 1},
        {"kind": "extended_text", "count": 3, "points": 6, "marking": {"type": "people"}},
        rounding={"at": at, "places": 1},
        **{"pass": 1},
    )
    essays = [f"S2-{n}" for n in range(3)]
    found = result(exam, {"S1-0": {"RESPONSE": ("A",)}} | {e: {"RESPONSE": ("A",)} for e in essays})
    assert found.points == "1"
    marks = {item: Given(share, ("x",)) for item, share in zip(essays, shares, strict=True)}

    after = with_marks(found, exam[2], marks)

    places = 1 if at == "item" else 9
    parts = [round(float(share * 6), places) for share in shares]
    assert float(number(after.points)) == pytest.approx(1 + sum(parts), abs=0.051)
    assert {item.reason.code for item in after.items if item.item in essays} == {"marked"}
    assert with_marks(after, exam[2], marks) == after
    with pytest.raises(InputRefused, match="people do not mark"):
        with_marks(found, exam[2], {"S1-0": Given(Fraction(1), ())})


def test_a_plan_names_the_rule_and_the_candidate_reads_it():
    section = {"kind": "text_entry", "count": 1, "points": 2, "marking": {"type": "people"}}
    blueprint = read_blueprint(
        {"blueprint": {"id": "b", "level": "L4", "pass": 1}, "section": [section]}
    )
    assert blueprint.sections[0].marking == People()
    assert "People mark" in blueprint.sections[0].rule["en"]
