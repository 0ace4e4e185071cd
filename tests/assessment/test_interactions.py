"""Interactions beyond choices and fields: what answers they take, and in which form these are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import Paragraph, Place, Text
from kiosk.assessment.items import (
    Associate,
    ExtendedText,
    GapMatch,
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    Item,
    ItemText,
    Match,
    Order,
    PositionObject,
    SelectPoint,
    Slider,
    Spot,
    base_type,
    cardinality,
    identifiers,
)
from kiosk.assessment.paper import Form, FormSection, build_paper
from kiosk.assessment.responses import checked, is_complete
from kiosk.errors import InputRefused

SPOTS = tuple(Spot(name, "circle", (10 * at, 10, 5)) for at, name in enumerate("PQR", 1))
SIZE = (200, 100)
ONCE = dict.fromkeys("ABCXYZPQR", 1)
EACH = {
    "order": Order("R", ("A", "B", "C"), shuffle=True),
    "associate": Associate("R", ("A", "B", "C"), ONCE),
    "match": Match("R", ("A", "B", "C"), ("X", "Y"), {**ONCE, "X": 0}),
    "gap_match": GapMatch("R", ("A", "B", "C"), ("X", "Y"), ONCE),
    "hottext": Hottext("R", ("A", "B", "C"), max_choices=2),
    "hotspot": Hotspot("R", SPOTS, SIZE),
    "select_point": SelectPoint("R", SIZE),
    "graphic_order": GraphicOrder("R", SPOTS, SIZE),
    "graphic_associate": GraphicAssociate("R", SPOTS, SIZE, ONCE),
    "graphic_gap_match": GraphicGapMatch("R", ("A", "B"), SPOTS, SIZE, ONCE),
    "position_object": PositionObject("R", "A", (20, 20), SIZE, max_choices=2),
    "slider": Slider("R", "0", "2", "0.5", "float"),
    "extended_text": ExtendedText("R"),
}
TYPES = {
    "order": ("ordered", "identifier"),
    "associate": ("multiple", "pair"),
    "match": ("multiple", "directedPair"),
    "gap_match": ("multiple", "directedPair"),
    "hottext": ("multiple", "identifier"),
    "hotspot": ("single", "identifier"),
    "select_point": ("single", "point"),
    "graphic_order": ("ordered", "identifier"),
    "graphic_associate": ("multiple", "pair"),
    "graphic_gap_match": ("multiple", "directedPair"),
    "position_object": ("multiple", "point"),
    "slider": ("single", "float"),
    "extended_text": ("single", "string"),
}


def an_item(interaction):
    words = {name: (Paragraph((Text(name),)),) for name in identifiers(interaction)}
    return Item("i", (interaction,), {"en": ItemText((Place("R"),), {"R": words})})


def given_to(name, *value):
    return checked(an_item(EACH[name]), "R", value)


@pytest.mark.parametrize("name", EACH)
def test_each_interaction_gives_responses_of_the_type_that_qti_names(name):
    assert (cardinality(EACH[name]), base_type(EACH[name])) == TYPES[name]
    assert an_item(EACH[name]).kind == name
    assert given_to(name) == ()


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("order", ("C", "A"), ("C", "A")),
        ("associate", ("B A",), ("A B",)),
        ("match", ("B X", "A X"), ("A X", "B X")),
        ("gap_match", ("B Y", "A X"), ("A X", "B Y")),
        ("hottext", ("B", "A"), ("A", "B")),
        ("hotspot", ("Q",), ("Q",)),
        ("select_point", ("007 100",), ("7 100",)),
        ("graphic_order", ("R", "P"), ("R", "P")),
        ("graphic_associate", ("R P",), ("P R",)),
        ("graphic_gap_match", ("B P",), ("B P",)),
        ("position_object", ("9 9", "10 10"), ("10 10", "9 9")),
        ("slider", ("1.5",), ("1.5",)),
        ("extended_text", (" ",), ()),
    ],
)
def test_an_answer_is_kept_in_one_form(name, value, kept):
    assert given_to(name, *value) == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("order", ("A", "A")),
        ("order", ("D",)),
        ("associate", ("A B", "B A")),
        ("associate", ("A B", "A C")),
        ("associate", ("A",)),
        ("match", ("A X", "A Y")),
        ("match", ("X A",)),
        ("gap_match", ("A X", "B X")),
        ("hottext", ("A", "B", "C")),
        ("hotspot", ("P", "Q")),
        ("hotspot", ("A",)),
        ("select_point", ("201 5",)),
        ("select_point", ("1 1", "2 2")),
        ("select_point", ("1.5 2",)),
        ("select_point", ("-1 2",)),
        ("graphic_order", ("P", "P")),
        ("graphic_associate", ("P Q", "Q R")),
        ("graphic_gap_match", ("A P", "A Q")),
        ("slider", ("0.7",)),
        ("slider", ("2.5",)),
        ("slider", ("1", "2")),
        ("extended_text", ("x" * 10_001,)),
    ],
)
def test_an_answer_the_question_cannot_have_is_refused(name, value):
    with pytest.raises(InputRefused):
        given_to(name, *value)


def test_an_unlimited_choice_may_stand_in_any_number_of_pairs():
    assert given_to("match", "A X", "B X", "C X") == ("A X", "B X", "C X")


@pytest.mark.parametrize(
    ("name", "some", "whole"),
    [
        ("order", ("A", "B"), ("A", "B", "C")),
        ("graphic_order", ("P",), ("P", "Q", "R")),
        ("gap_match", ("A X",), ("A X", "B Y")),
        ("match", (), ("A X",)),
    ],
)
def test_a_question_counts_as_answered_when_every_place_is_taken(name, some, whole):
    assert not is_complete(an_item(EACH[name]), {"R": some})
    assert is_complete(an_item(EACH[name]), {"R": whole})


@given(st.permutations(["A B", "C D", "E F"]), st.booleans())
def test_pairs_mean_the_same_in_whatever_order_they_were_made(pairs, turned):
    interaction = Associate("R", tuple("ABCDEF"), dict.fromkeys("ABCDEF", 1))
    value = tuple(" ".join(reversed(pair.split())) if turned else pair for pair in pairs)
    assert checked(an_item(interaction), "R", value) == ("A B", "C D", "E F")


def test_both_sets_of_a_match_are_shuffled_each_on_its_own():
    sources, targets = tuple("ABCDEFGH"), tuple("STUVWXYZ")
    interaction = Match("R", sources, targets, {}, shuffle=True, fixed=("Z",))
    section = FormSection("S", "match", {}, {}, "1", ("i",))
    paper = build_paper(Form("f", (section,)), bytes(32), lambda _: an_item(interaction))
    order = paper.items[0].orders["R"]
    assert set(order[:8]) == set(sources)
    assert order[:8] != sources
    assert order[15] == "Z"
    assert order[8:] != targets
