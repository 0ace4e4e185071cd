"""Passages: joined, cut and found in the content, whatever the order they come in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.content import (
    Cell,
    Drawing,
    Field,
    Figure,
    Formula,
    ItemList,
    Paragraph,
    Place,
    Table,
    Text,
)
from kiosk.assessment.highlights import (
    Passage,
    covers,
    lines_of,
    sentence_around,
    with_passage,
    words_of,
)
from kiosk.assessment.items import Choice, Item, ItemText
from tests.assessment.builders import says

SPANS = st.tuples(st.integers(0, 20), st.integers(1, 6)).map(lambda at: (at[0], at[0] + at[1]))


def on_line(start, end):
    return Passage("en", (0,), start, end)


@given(st.lists(st.tuples(SPANS, st.booleans())))
def test_what_is_highlighted_is_what_was_asked_for_last_of_each_character(asked):
    passages, expected = (), set()
    for (start, end), on in asked:
        passages = with_passage(passages, on_line(start, end), on)
        change = set(range(start, end))
        expected = expected | change if on else expected - change
        assert covers(passages, on_line(start, end)) is on
    assert {at for one in passages for at in range(one.start, one.end)} == expected
    assert all(one.end < other.start for one, other in pairwise(passages))


def test_every_line_of_the_content_can_be_pointed_at():
    formula = Formula(Drawing(10, 10, "x squared"))
    blocks = (
        Paragraph((Text("See "), formula, Text(" and "), Field("R"))),
        ItemList(((Paragraph((Text("one"),)), *says("more")), says("two"))),
        Place("R"),
        Table(((Cell((Text("a"),)), Cell((Text("b"),))),), caption=(Text("T"),)),
        Figure(Drawing(1, 1, "words"), caption=(Text("F"),)),
    )
    assert dict(lines_of(blocks)) == {
        (0,): "See \ufffc and \ufffc",
        (1, 0, 0): "one",
        (1, 0, 1): "more",
        (1, 1, 0): "two",
        (3,): "T",
        (3, 0, 0): "a",
        (3, 0, 1): "b",
        (4,): "F",
    }


@pytest.mark.parametrize(
    ("passage", "words"),
    [
        (Passage("en", (0,), 0, 5), "Which"),
        (Passage("en", (0,), 0, 3, "R", "a"), "cop"),
        (Passage("en", (0,), 0, 99), None),
        (Passage("en", (9,), 0, 1), None),
        (Passage("zh-CN", (0,), 0, 1), None),
        (Passage("en", (0,), 0, 1, "R", "z"), None),
        (Passage("en", (0,), 0, 1, "", "a"), None),
    ],
)
def test_only_what_stands_in_the_item_is_a_passage(passage, words):
    text = ItemText(says("Which?"), {"R": {"a": says("copper")}})
    assert words_of(Item("i1", (Choice("R", ("a",)),), {"en": text}), passage) == words


@pytest.mark.parametrize(
    ("line", "at", "sentence"),
    [
        ("It is 0.5 g. Stir it! Then", 7, "It is 0.5 g."),
        ("It is 0.5 g. Stir it! Then", 14, "Stir it!"),
        ("It is 0.5 g. Stir it! Then", 25, "Then"),
        ("酸度升高后。分配比怎样变化？", 7, "分配比怎样变化？"),
    ],
)
def test_the_sentence_around_a_character(line, at, sentence):
    start, end = sentence_around(line, at)
    assert line[start:end] == sentence
