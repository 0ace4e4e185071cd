"""A blueprint is read with its words, refused by place, and derives its contents from the weights."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import decode, encode
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Blueprint, content_targets, read_blueprint
from kiosk.scoring.marking import Incomplete, PerOption
from kiosk.scoring.standard import read_standard

PLAIN = {
    "blueprint": {"id": "b", "level": "L4", "pass": 60, "converts_to": 100, "difficulty": 0.4},
    "section": [
        {"kind": "single_choice", "count": 100, "points": 1},
        {
            "kind": "multiple_choice",
            "count": 15,
            "points": 2,
            "marking": {"type": "incomplete", "points": 0.5},
        },
    ],
}


def changed(*path, to):
    plain = copy.deepcopy(PLAIN)
    place = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return plain


def with_weights(*weights):
    return read_standard(
        {
            "standard": {"id": "s", "title": {"en": "s"}, "edition": "1"},
            "function": [
                {
                    "id": "F",
                    "title": {"en": "f"},
                    "content": [{"id": f"C{n}", "title": {"en": "c"}} for n in range(len(weights))],
                }
            ],
            "weights": {"L4": {f"C{n}": weight for n, weight in enumerate(weights)}},
        }
    )


def test_numbers_stay_as_their_author_wrote_them():
    blueprint = read_blueprint(PLAIN)
    assert (blueprint.total, blueprint.max_score, blueprint.item_count) == (130, 100, 115)
    assert blueprint.sections[1].marking == Incomplete("0.5")
    assert (blueprint.difficulty, blueprint.floor, blueprint.rounding) == ("0.4", "item", None)


def test_a_section_without_words_gets_them_in_both_languages():
    first, second = read_blueprint(PLAIN).sections
    assert first.title == {"zh-CN": "单项选择题", "en": "Single choice"}
    assert first.rule == {"zh-CN": "", "en": ""}, "the points stand beside it already"
    assert second.rule["zh-CN"] == "少选且无错选得 0.5 分。"


@pytest.mark.parametrize(
    ("marking", "chinese"),
    [
        ({"type": "all_or_nothing", "deduction": 1}, "答错扣 1 分。"),
        ({"type": "per_right", "each": 0.5, "most": 1}, "每选对一项得 0.5 分。少选最多得 1 分。"),
        ({"type": "per_right"}, "每个正确选项平均得分。"),
        ({"type": "per_option", "wrong": 0.5}, "每选错一项扣 0.5 分。"),
        ({"type": "blanks", "ordered": False}, "各空平均得分。各空不分先后。"),
    ],
)
def test_every_marking_rule_is_told_to_the_candidate(marking, chinese):
    blueprint = read_blueprint(changed("section", 1, "marking", to=marking))
    assert chinese in blueprint.sections[1].rule["zh-CN"]


def test_words_of_its_own_are_kept():
    own = {"zh-CN": "一、单项选择"}
    section = read_blueprint(changed("section", 0, "title", to=own)).sections[0]
    assert section.title == {"zh-CN": "一、单项选择", "en": "Single choice"}


@pytest.mark.parametrize(
    ("plain", "summary"),
    [
        ({"section": []}, "no table [blueprint]"),
        (changed("section", to=[]), "there is no section"),
        (changed("blueprint", "pass", to=101), "pass mark 101 is not within 0 and 100"),
        (changed("blueprint", "converts_to", to=0), "converts_to must be above zero"),
        (changed("blueprint", "level", to="L9"), "level"),
        (changed("blueprint", "difficulty", to=1.5), "difficulty must lie between 0 and 1"),
        (changed("section", 0, "count", to=0), "one item at least"),
        (changed("section", 0, "points", to=0), "points must be above zero"),
        (changed("section", 0, "points", to="two"), "'two' is not a number"),
        (changed("section", 0, "kind", to="essay"), "sections[0].kind"),
        (changed("section", 0, "id", to="S2"), "two sections are called 'S2'"),
        (changed("section", 0, "worth", to=1), "worth"),
        (changed("section", 1, "marking", "points", to=3), "3 points for a part"),
        (
            changed("section", 1, "marking", to={"type": "all_or_nothing", "deduction": -1}),
            "what a wrong answer costs is -1",
        ),
        (changed("section", 1, "marking", to={"type": "lottery"}), "lottery"),
        (
            changed("blueprint", "rounding", to={"at": "total", "places": 9}),
            "rounding goes to 0 to 6 places",
        ),
    ],
)
def test_what_is_wrong_is_told_by_its_place(plain, summary):
    with pytest.raises(InputRefused) as refused:
        read_blueprint(plain)
    told = f"{refused.value.where}: {refused.value.summary}"
    assert "blueprint.toml" in told
    assert summary in told


def test_a_blueprint_travels_unchanged():
    marking = {"type": "per_option", "right": 1, "wrong": 0.5}
    blueprint = read_blueprint(changed("section", 1, "marking", to=marking))
    assert blueprint.sections[1].marking == PerOption("0.5", "1")
    assert decode(encode(blueprint), Blueprint, "blueprint") == blueprint


def test_items_left_over_go_to_the_largest_remainders_then_in_the_standard_s_order():
    blueprint = read_blueprint(changed("section", to=[PLAIN["section"][0] | {"count": 10}]))
    assert content_targets(blueprint, with_weights(47, 16, 16, 21)) == {
        "C0": 5,
        "C1": 2,
        "C2": 1,
        "C3": 2,
    }


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12).map(lambda parts: _to_hundred(parts)),
    st.integers(1, 150),
)
def test_targets_sum_to_the_paper_and_stay_within_one_of_the_exact_share(weights, count):
    blueprint = read_blueprint(changed("section", to=[PLAIN["section"][0] | {"count": count}]))
    standard = with_weights(*weights)
    targets = content_targets(blueprint, standard)
    assert sum(targets.values()) == count
    for content, weight in standard.weights_of("L4").items():
        assert abs(targets[content] - weight * count / 100) < 1


def _to_hundred(parts):
    """Whole weights near `parts` that sum to 100."""
    weights = [part * 100 // sum(parts) for part in parts]
    weights[0] += 100 - sum(weights)
    return weights
