"""A paper's order: from its seed alone, bytewise as specified, the same for ever."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.items import Choice, InlineChoice, TextEntry
from kiosk.assessment.paper import Paper, build_paper, order_key
from tests.assessment.builders import SEED, a_choice_item, a_form, an_item

SEEDS = st.binary(min_size=32, max_size=32)
NAMES = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, unique=True)


def specified_key(seed, *parts):
    """The specification of kiosk/assessment/paper.py, written out a second time."""
    message = bytes.fromhex("6b696f736b2f70617065722f31") + seed  # "kiosk/paper/1"
    for part in parts:
        size = len(part.encode("utf-8"))
        message += bytes([size >> 8, size & 0xFF]) + part.encode("utf-8")
    return hashlib.sha256(message).digest()


def test_the_order_key_is_the_frozen_one():
    frozen = "e2d8b5f7af1e598be65a603b81715081d345a9ee1dd004c360dfd8dc87ef95be"
    assert order_key(SEED, "S1", "萃取") == specified_key(SEED, "S1", "萃取")
    assert order_key(SEED, "S1", "萃取").hex() == frozen


def test_a_frozen_paper_comes_out_the_same():
    items = {name: a_choice_item(name) for name in ("i1", "i2", "i3", "i4")}
    paper = build_paper(a_form(tuple(items)), SEED, items.__getitem__)
    assert [placed.item for placed in paper.items] == ["i3", "i2", "i4", "i1"]
    assert "".join(paper.items[0].orders["RESPONSE"]) == "DCAB"


@given(SEEDS, NAMES, st.data())
def test_any_paper_is_sorted_as_specified(seed, names, data):
    choices = data.draw(NAMES)
    items = {name: a_choice_item(name, choices) for name in names}
    paper = build_paper(a_form(tuple(names)), seed, items.__getitem__)
    assert [placed.item for placed in paper.items] == sorted(
        names, key=lambda name: specified_key(seed, "S1", name)
    )
    for placed in paper.items:
        assert list(placed.orders["RESPONSE"]) == sorted(
            choices,
            key=lambda choice: specified_key(seed, "S1", placed.item, "RESPONSE", choice),
        )


@given(SEEDS, st.sets(st.sampled_from("ABCDEF")))
def test_fixed_choices_keep_their_place_and_none_is_lost(seed, fixed):
    item = a_choice_item("i", "ABCDEF", fixed=tuple(sorted(fixed)))
    order = build_paper(a_form(("i",)), seed, lambda _: item).items[0].orders["RESPONSE"]
    assert sorted(order) == list("ABCDEF")
    for choice in fixed:
        assert order.index(choice) == "ABCDEF".index(choice)


def test_what_is_not_to_be_shuffled_is_not():
    item = an_item("i", Choice("R1", ("B", "A")), InlineChoice("R2", ("Z", "Y")), TextEntry("R3"))
    paper = build_paper(a_form(("i", "h", "g"), shuffle=False), SEED, lambda _: item)
    assert [placed.item for placed in paper.items] == ["i", "h", "g"]
    assert paper.items[0].orders == {"R1": ("B", "A"), "R2": ("Z", "Y")}


def test_different_seeds_give_different_papers():
    names = tuple(f"i{n}" for n in range(20))
    papers = [build_paper(a_form(names), bytes([n]) * 32, a_choice_item).items for n in range(10)]
    orders = {tuple(placed.item for placed in paper) for paper in papers}
    assert len(orders) == 10


def test_sections_stay_apart_and_positions_count_over_all_of_them():
    items = {name: a_choice_item(name) for name in ("a", "b", "c")}
    paper = build_paper(a_form(("a",), ("b", "c")), SEED, items.__getitem__)
    assert [(section.id, start) for section, start in paper.starts()] == [("S1", 0), ("S2", 1)]
    assert [paper.section_at(position).id for position in range(3)] == ["S1", "S2", "S2"]
    for position in (-1, 3):
        with pytest.raises(IndexError):
            paper.section_at(position)


def test_a_paper_travels_unchanged():
    paper = build_paper(a_form(("a", "b")), SEED, a_choice_item)
    assert decode(encode(paper), Paper, "paper") == paper


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        build_paper(a_form(("a",)), bytes(length), a_choice_item)
