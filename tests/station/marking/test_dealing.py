"""Who marks what: fair, repeatable, never one person twice, and nothing in a handle tells who wrote."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.station.marking.dealing import deal, deal_again, doubled, handle_of

KEY = bytes(range(32))
HANDLES = st.lists(st.integers(0, 9999).map("H{:04}".format), unique=True, max_size=60)
NAMES = st.lists(st.sampled_from(["Chen", "Li", "Wang", "Zhao", "Zhou"]), unique=True, min_size=2)


@settings(max_examples=40)
@given(HANDLES, NAMES, st.fractions(0, 1), st.binary(min_size=32, max_size=32), st.randoms())
def test_every_turn_is_dealt_once_to_two_people_and_loads_differ_by_one(
    handles: list[str], names: list[str], share: Fraction, key: bytes, source: object
) -> None:
    twice = doubled(key, "item", handles, share)
    dealt = deal(key, handles, twice, names)

    assert len(twice) == ceil(share * len(handles))
    assert Counter(one.handle for one in dealt) == Counter(
        {handle: 1 + (handle in twice) for handle in handles}
    )
    pairs = {handle: {one.marker for one in dealt if one.handle == handle} for handle in twice}
    assert all(len(pair) == 2 for pair in pairs.values())
    loads = Counter(dict.fromkeys(names, 0))
    loads.update(one.marker for one in dealt)
    assert not dealt or max(loads.values()) - min(loads.values()) <= 1
    shuffled = list(handles)
    source.shuffle(shuffled)  # type: ignore[attr-defined]
    assert deal(key, shuffled, twice, names[::-1]) == dealt


@settings(max_examples=40)
@given(HANDLES, NAMES, st.fractions(0, 1), st.data())
def test_turns_of_who_left_go_to_others_and_nobody_gets_both_of_one_script(
    handles: list[str], names: list[str], share: Fraction, data: st.DataObject
) -> None:
    dealt = deal(KEY, handles, doubled(KEY, "item", handles, share), names)
    marked = data.draw(st.sets(st.sampled_from(dealt))) if dealt else set()
    waiting = [one for one in dealt if one not in marked]
    taken = {one.handle: one.marker for one in marked}
    there = [*names[1:], "Xu", "Yang"]

    again = deal_again(KEY, waiting, there, taken)

    assert {(one.handle, one.turn) for one in again} == {
        (one.handle, one.turn) for one in waiting if one.marker == names[0]
    }
    now = {(one.handle, one.turn): one.marker for one in (*dealt, *again)}
    for handle in handles:
        markers = [marker for (of, _), marker in now.items() if of == handle]
        assert len(set(markers)) == len(markers)


def test_without_enough_people_nothing_is_dealt() -> None:
    with pytest.raises(InputRefused, match="nobody"):
        deal(KEY, ["H1"], frozenset(), [])
    with pytest.raises(InputRefused, match="one marker"):
        deal(KEY, ["H1"], frozenset({"H1"}), ["Chen"])


def test_a_handle_hangs_on_a_key_that_markers_do_not_have() -> None:
    handles = {handle_of(KEY, bytes([n]) * 32, item) for n in range(100) for item in ("a", "b")}
    assert len(handles) == 200
    assert handle_of(KEY, bytes(32), "a") == handle_of(KEY, bytes(32), "a")
    assert handle_of(KEY, bytes(32), "a") != handle_of(bytes(32), bytes(32), "a")
