"""Items: what kind a question is, and the shape of its answer."""

import pytest

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.items import (
    Choice,
    InlineChoice,
    Item,
    Kind,
    TextEntry,
    base_type,
    cardinality,
)
from tests.assessment.builders import an_item

ONE = Choice("R1", ("A", "B"))
MANY = Choice("R2", ("A", "B"), max_choices=0)
INLINE = InlineChoice("R3", ("A", "B"))
NUMBER = TextEntry("R4", "float")


@pytest.mark.parametrize(
    ("interactions", "kind"),
    [
        ((ONE,), Kind.SINGLE_CHOICE),
        ((MANY,), Kind.MULTIPLE_CHOICE),
        ((Choice("R", ("A", "B"), max_choices=2),), Kind.MULTIPLE_CHOICE),
        ((Choice("R", ("A", "B"), true_false=True),), Kind.TRUE_FALSE),
        ((INLINE,), Kind.INLINE_CHOICE),
        ((NUMBER, TextEntry("R5")), Kind.TEXT_ENTRY),
        ((ONE, NUMBER), Kind.COMPOSITE),
        ((), Kind.COMPOSITE),
    ],
)
def test_an_item_is_of_the_kind_its_interactions_share(interactions, kind):
    assert an_item("i", *interactions).kind is kind


def test_the_shape_of_an_answer_follows_the_interaction():
    shapes = [(base_type(one), cardinality(one)) for one in (ONE, MANY, INLINE, NUMBER)]
    assert shapes == [
        ("identifier", "single"),
        ("identifier", "multiple"),
        ("identifier", "single"),
        ("float", "single"),
    ]


def test_an_item_finds_its_interactions_and_travels_unchanged():
    item = an_item("i", ONE, NUMBER)
    assert item.interaction("R4") == NUMBER
    with pytest.raises(KeyError):
        item.interaction("R9")
    assert decode(encode(item), Item, "item") == item
