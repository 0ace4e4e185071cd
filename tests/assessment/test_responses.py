"""Responses: one canonical form, nothing an item cannot have, numbers as people type them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.items import Choice, InlineChoice, TextEntry
from kiosk.assessment.responses import (
    MAX_TEXT_LENGTH,
    checked,
    is_complete,
    read_integer,
    read_number,
)
from kiosk.errors import InputRefused
from tests.assessment.builders import a_choice_item, a_typed_item, an_item


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 12.50 ", "12.5"),
        ("１２．５", "12.5"),
        ("12,5", "12.5"),
        ("12，5", "12.5"),
        ("12。5", "12.5"),
        ("12、5", "12.5"),
        ("\u22123", "-3"),
        ("－３", "-3"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("1e-3", "0.001"),
        ("1E3", "1000"),
        ("1 234", "1234"),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, number):
    assert read_number(typed) == Decimal(number)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "x", "1,234.5", "1.2.3", "1,2,3", "--1", "0x1F", "1e", "nan", "Infinity", "10²", "H₂",
     "1_000", "½", "1e9999", "9" * 31],
)  # fmt: skip
def test_what_could_mean_two_things_is_no_number(typed):
    assert read_number(typed) is None


def test_a_whole_number_may_be_written_with_a_point_and_no_other_may():
    assert [read_integer(text) for text in ("12.0", "１２", "1e3", "12.5", "x", "1e30")] == [
        12, 12, 1000, None, None, None,
    ]  # fmt: skip


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9,
                   places=6))  # fmt: skip
def test_every_decimal_is_read_as_itself(value):
    assert read_number(f"{value:f}") == value
    full_width = f"{value:f}".translate({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789.-"})
    assert read_number(full_width) == value


@given(st.text(max_size=40))
def test_reading_a_number_never_fails_whatever_is_typed(text):
    assert read_number(text) is None or read_number(text).is_finite()
    assert read_integer(text) is None or isinstance(read_integer(text), int)


MANY = a_choice_item(max_choices=0)


@given(st.lists(st.sampled_from("ABCD"), unique=True))
def test_the_order_of_choices_is_kept_canonical(chosen):
    assert checked(MANY, "RESPONSE", tuple(chosen)) == tuple(sorted(chosen))


@pytest.mark.parametrize(
    ("item", "value", "summary"),
    [
        (MANY, ("A", "A"), "given twice"),
        (MANY, ("Z",), "unknown choice 'Z'"),
        (a_choice_item(), ("A", "B"), "2 choices given, at most 1 allowed"),
        (an_item("i", InlineChoice("RESPONSE", ("A", "B"))), ("A", "B"), "more than one value"),
        (an_item("i", InlineChoice("RESPONSE", ("A",))), ("Z",), "unknown choice"),
        (a_typed_item(), ("a", "b"), "more than one text"),
        (a_typed_item(), ("x" * (MAX_TEXT_LENGTH + 1),), "longer than 2000"),
    ],
)
def test_a_response_the_item_cannot_have_is_refused(item, value, summary):
    with pytest.raises(InputRefused) as refused:
        checked(item, "RESPONSE", value)
    assert summary in refused.value.summary
    assert refused.value.where == item.id


def test_a_response_to_an_unknown_field_is_refused():
    with pytest.raises(InputRefused, match="no answer field 'OTHER'"):
        checked(MANY, "OTHER", ("A",))


def test_white_space_is_no_response_and_other_text_stays_as_typed():
    assert checked(a_typed_item(), "RESPONSE", (" \u3000\n",)) == ()
    assert checked(a_typed_item(), "RESPONSE", (" La ",)) == (" La ",)
    assert checked(a_typed_item(), "RESPONSE", ()) == ()


def test_an_item_is_answered_when_every_field_is():
    item = an_item("i", Choice("R1", ("A", "B")), TextEntry("R2"))
    assert not is_complete(item, {"R1": ("A",), "R2": ()})
    assert is_complete(item, {"R1": ("A",), "R2": ("x",)})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("ab\ud842", "ab\ufffd"), ("\udfb7", "\ufffd"), ("\ud842\udfb7", "𠮷"), ("喆𠮷", "喆𠮷")],
)
def test_a_character_cut_in_half_does_not_keep_an_answer_from_being_written(typed, kept):
    (given,) = checked(a_typed_item("t"), "RESPONSE", (typed,))
    assert given == kept
    assert checked(a_typed_item("t"), "RESPONSE", (kept,)) == (kept,)
