"""The spoken code of a common start: alike on both sides, bound to its session and its minute."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.common_start import DIGITS, StartCodes, late_ms, start_key

OPENS = 1_790_000_000
KEY = start_key(b"k" * 32, "S1")
CODES = StartCodes(KEY, OPENS, OPENS + 3 * 3600)


@given(st.integers(0, 3 * 3600))
def test_a_seat_reads_from_the_code_in_which_minute_the_desk_gave_it(after_s):
    code, began = CODES.at(OPENS + after_s)
    assert len(code) == DIGITS
    assert StartCodes(KEY, OPENS, OPENS + 3 * 3600).began(code) == began
    assert 0 <= OPENS + after_s - began < 60


def test_no_two_minutes_of_a_day_have_one_code():
    codes = StartCodes(KEY, OPENS, OPENS + 24 * 3600)
    given_out = [codes.at(OPENS + 60 * minute)[0] for minute in range(720)]
    assert len(set(given_out)) == 720


def test_a_code_of_another_session_is_none_here():
    other = StartCodes(start_key(b"k" * 32, "S2"), OPENS, OPENS + 3 * 3600)
    taken = [CODES.began(other.at(OPENS + 60 * minute)[0]) for minute in range(181)]
    assert sum(began is not None for began in taken) <= 2


def test_lateness_is_whole_minutes_after_the_grace_and_never_the_whole_exam():
    assert late_ms(OPENS, OPENS - 600, 3_600_000) == 0
    assert late_ms(OPENS, OPENS + 179, 3_600_000) == 0
    assert late_ms(OPENS, OPENS + 180, 3_600_000) == 180_000
    assert late_ms(OPENS, OPENS + 619, 3_600_000) == 600_000
    assert late_ms(OPENS, OPENS + 9_000, 3_600_000) == 59 * 60_000
    assert late_ms(OPENS, OPENS + 9_000, 30_000) == 0
