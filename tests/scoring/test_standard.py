"""A standard is read whole, and what is wrong with it is told by its place."""

import copy
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from kiosk.errors import InputRefused
from kiosk.scoring.standard import read_standard

REAL = Path(__file__).parents[2] / "question_banks/rare_earth_extraction/standard.toml"

PLAIN = {
    "standard": {"id": "s", "title": {"zh-CN": "标准", "en": "Standard"}, "edition": "2026"},
    "function": [
        {
            "id": "F1",
            "title": {"en": "Function"},
            "content": [
                {
                    "id": "F1.1",
                    "title": {"en": "Content"},
                    "skills": {"en": ["Does it"]},
                    "knowledge_point": [
                        {"id": "K1", "title": {"en": "Point"}, "levels": ["L5", "L4"]},
                        {"id": "K2", "title": {"en": "Point"}, "levels": ["L4"]},
                    ],
                },
                {"id": "F1.2", "title": {"en": "Content"}},
            ],
        }
    ],
    "weights": {"L4": {"F1.1": 62.5, "F1.2": 37.5}},
}


def changed(*path, to):
    plain = copy.deepcopy(PLAIN)
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return plain


def test_a_standard_knows_its_contents_points_and_exact_weights():
    standard = read_standard(PLAIN)
    assert [content.id for content in standard.contents()] == ["F1.1", "F1.2"]
    assert standard.content_of("K2") == "F1.1"
    assert standard.weights_of("L4") == {"F1.1": Fraction(125, 2), "F1.2": Fraction(75, 2)}


@pytest.mark.parametrize(
    ("plain", "where", "summary"),
    [
        (changed("weights", "L4", "F1.2", to=30), "[weights.L4]", "sum to 92.5, not to 100"),
        (changed("weights", "L4", "F9", to=1), "[weights.L4]", "no work content 'F9'"),
        (
            changed("weights", "L4", to={"F1.1": 120, "F1.2": -20}),
            "[weights.L4]",
            "'F1.2' is below zero",
        ),
        (changed("weights", "L4", "F1.2", to="much"), "[weights.L4]", "'much' is not a number"),
        (changed("weights", "L9", to={}), "standard.toml", "weights"),
        (changed("standard", "edition", to=2026), "standard.toml", "edition"),
        (changed("standard", "colour", to="red"), "standard.toml", "colour"),
        (changed("function", 0, "id", to="F1.1"), "standard.toml", "'F1.1' is used twice"),
        (changed("function", 0, "title", to={}), "standard.toml", "'F1' has no title"),
        (
            changed("function", 0, "content", 0, "knowledge_point", 0, "levels", to=["L7"]),
            "standard.toml",
            "functions[0].contents[0].knowledge_points[0].levels[0]",
        ),
        (changed("function", to=["x"]), "standard.toml", "functions[0]"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(plain, where, summary):
    with pytest.raises(InputRefused) as refused:
        read_standard(plain)
    assert where in refused.value.where
    assert summary in refused.value.summary


def test_an_unknown_level_or_point_is_refused():
    standard = read_standard(PLAIN)
    with pytest.raises(InputRefused, match="no weights for level L3"):
        standard.weights_of("L3")
    with pytest.raises(InputRefused, match="no knowledge point 'K9'"):
        standard.content_of("K9")


def test_the_standard_of_the_first_bank_is_read():
    standard = read_standard(tomllib.loads(REAL.read_text("utf-8")), REAL.name)
    assert sum(len(content.knowledge_points) for content in standard.contents()) >= 25
