"""What is granted in the session file is what the seat does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.accommodations import breaks, codes, display_with, text_size
from kiosk.assessment.display import TEXT_SIZES, THEMES, Display


@given(
    st.booleans(),
    st.sampled_from((0, *TEXT_SIZES)),
    st.sampled_from(("", *THEMES)),
    st.integers(0, 20),
)
def test_what_is_written_as_codes_is_what_applies(extra_time, size, colours, number):
    granted = codes(extra_time=extra_time, text_size=size, colours=colours, breaks=number)
    assert display_with(granted, Display("en")) == Display("en", colours or "light", size or 100)
    assert (text_size(granted), breaks(granted)) == (size, number)
    assert ("extra_time" in granted) == extra_time


def test_larger_text_that_was_already_chosen_stays():
    assert display_with(("text_150",), Display(scale=300)).scale == 300


def test_sessions_of_earlier_programs_are_read():
    assert display_with(("extra_time", "large_text"), Display()) == Display(scale=150)


@pytest.mark.parametrize("code", ["text_170", "text_", "colours_pink", "breaks_x", "read_aloud"])
def test_a_code_that_is_not_known_does_nothing(code):
    assert display_with((code,), Display()) == Display()
    assert breaks((code,)) == 0
