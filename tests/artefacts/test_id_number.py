"""Identity numbers: the check of GB 11643, and what a session holds of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.id_number import id_digest, id_number_holds, looks_like_id_number

KNOWN = ("11010519491231002X", "440524188001010014")
"""The two examples of GB 11643-1999."""


@pytest.mark.parametrize("number", KNOWN)
def test_the_examples_of_the_standard_hold(number):
    assert looks_like_id_number(number)
    assert id_number_holds(number)


@given(st.sampled_from(KNOWN), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number, at, by):
    wrong = str((int(number[at]) + by) % 10)
    assert not id_number_holds(number[:at] + wrong + number[at + 1 :])


@given(st.sampled_from(KNOWN), st.integers(0, 15))
def test_two_digits_swapped_are_seen(number, at):
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert id_number_holds(swapped) == (swapped == number)


@pytest.mark.parametrize("other", ["", "20260001", KNOWN[0].lower(), KNOWN[0][:-1], "X" * 18])
def test_other_numbers_do_not_look_like_one(other):
    assert not looks_like_id_number(other)


def test_a_digest_is_of_one_session_and_one_key():
    told = id_digest(b"k" * 32, "R15-0301", KNOWN[0])
    assert len(told) == 32
    assert told != id_digest(b"k" * 32, "R15-0302", KNOWN[0])
    assert told != id_digest(b"l" * 32, "R15-0301", KNOWN[0])
