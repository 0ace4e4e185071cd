"""Whatever is pressed, pairs stay a response that a seat may keep."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.items import Associate, GapMatch, Item, ItemText, Match
from kiosk.assessment.responses import checked, pair_ends
from kiosk.ui.pairing import can_pair, join, partners, uses, without

LIMITS = st.dictionaries(st.sampled_from("abcdxyz"), st.integers(0, 3))
MOST = st.integers(0, 4)
INTERACTIONS = st.one_of(
    st.builds(Associate, st.just("R"), st.just(tuple("abcd")), LIMITS, MOST),
    st.builds(Match, st.just("R"), st.just(tuple("abcd")), st.just(tuple("xyz")), LIMITS, MOST),
    st.builds(GapMatch, st.just("R"), st.just(tuple("abcd")), st.just(tuple("xyz")), LIMITS),
)
PRESSES = st.lists(st.tuples(st.sampled_from("abcdxyz"), st.sampled_from("abcdxyz")), max_size=30)


@given(INTERACTIONS, PRESSES)
def test_no_series_of_presses_makes_a_response_that_is_refused(interaction, presses):
    item = Item("i", (interaction,), {"en": ItemText((), {})})
    value = ()
    for one, other in presses:
        if not can_pair(interaction, one, other):
            continue
        joined = join(interaction, value, one, other)
        if joined.refusal:
            assert joined.value == value
            assert joined.n
        value = joined.value
        assert checked(item, "R", value) == value


@given(INTERACTIONS, st.sampled_from("abcdxyz"), st.sampled_from("abcdxyz"))
def test_the_same_two_pressed_again_take_their_pair_back(interaction, one, other):
    if not can_pair(interaction, one, other):
        return
    made = join(interaction, (), one, other)
    assert not made.refusal
    assert partners(made.value, one) == [other]
    assert join(interaction, made.value, other, one).value == ()


@given(INTERACTIONS)
def test_only_ends_of_different_sides_make_a_pair(interaction):
    first, second, directed = pair_ends(interaction)
    for one in first:
        assert not can_pair(interaction, one, one)
        assert not can_pair(interaction, "", one)
        if directed:
            assert not any(can_pair(interaction, one, other) for other in first)
        assert all(can_pair(interaction, other, one) for other in second if other != one)


def test_pairs_are_counted_and_taken_back_one_by_one():
    value = ("a x", "a y", "b x")
    assert [uses(value, end) for end in "abxyz"] == [2, 1, 2, 1, 0]
    assert without(value, "a y") == ("a x", "b x")
