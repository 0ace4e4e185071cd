"""A sitting: what may follow what, and whose time it is."""

import cbor2
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.display import Display
from kiosk.assessment.highlights import MOST_PASSAGES, Passage
from kiosk.assessment.sitting import (
    Aborted,
    Answered,
    Displayed,
    Event,
    Expired,
    Extended,
    Flagged,
    HandedIn,
    Highlighted,
    IllegalEvent,
    Incident,
    Moved,
    Noted,
    PartBegun,
    PartClosed,
    Paused,
    Resumed,
    Scribbled,
    Sitting,
    Started,
    State,
    Struck,
    Transferred,
    WentOut,
)
from tests.assessment.builders import MINUTE, a_begun_sitting, a_sitting


def after(sitting, *events):
    for event in events:
        sitting = sitting.apply(event)
    return sitting


def answered(at_ms, value=("A",), item="i1"):
    return Answered(at_ms, item, "RESPONSE", value)


# --- the clock ------------------------------------------------------------------------------------


def test_time_runs_from_the_start_and_never_below_zero():
    sitting = a_begun_sitting(at_ms=5_000)
    assert sitting.remaining_ms(5_000) == 90 * MINUTE
    assert sitting.remaining_ms(5_000 + MINUTE) == 89 * MINUTE
    assert sitting.remaining_ms(5_000 + 100 * MINUTE) == 0
    assert sitting.elapsed_ms(0) == 0


def test_a_pause_costs_no_time():
    sitting = after(a_begun_sitting(), Paused(10 * MINUTE), Resumed("boot-1", 40 * MINUTE))
    assert sitting.remaining_ms(41 * MINUTE) == 79 * MINUTE
    assert sitting.pauses == 1


def test_an_interruption_costs_nothing_beyond_the_last_heartbeat():
    sitting = after(
        a_begun_sitting(),
        answered(10 * MINUTE),
        Resumed("boot-2", 500, last_seen_ms=12 * MINUTE, gap_ms=5 * MINUTE),
    )
    assert sitting.elapsed_ms(500) == 12 * MINUTE
    assert sitting.remaining_ms(500 + MINUTE) == 77 * MINUTE
    assert sitting.responses_to("i1") == {"RESPONSE": ("A",)}


def test_an_interruption_within_the_same_boot_costs_nothing_either():
    sitting = after(a_begun_sitting(), Resumed("boot-1", 30 * MINUTE, last_seen_ms=12 * MINUTE))
    assert sitting.remaining_ms(30 * MINUTE) == 78 * MINUTE


def test_an_interruption_while_paused_costs_nothing():
    sitting = after(a_begun_sitting(), Paused(10 * MINUTE), Resumed("boot-2", 1))
    assert sitting.remaining_ms(1) == 80 * MINUTE


def test_an_interruption_charges_no_more_than_the_time_allowed():
    sitting = after(a_begun_sitting(), Resumed("boot-2", 0, last_seen_ms=200 * MINUTE))
    assert (sitting.ran_ms, sitting.remaining_ms(0)) == (90 * MINUTE, 0)


@pytest.mark.parametrize(
    "resumed",
    [
        Resumed("boot-2", 0),
        Resumed("boot-2", 0, last_seen_ms=9 * MINUTE),
        Resumed("boot-1", 11 * MINUTE, last_seen_ms=12 * MINUTE),
        Resumed("boot-1", 9 * MINUTE, last_seen_ms=10 * MINUTE),
    ],
)
def test_an_interruption_that_contradicts_the_journal_is_refused(resumed):
    with pytest.raises(IllegalEvent):
        after(a_begun_sitting(), answered(10 * MINUTE), resumed)


def test_a_pause_cannot_end_before_it_began_whatever_it_says_it_saw_last():
    paused = after(a_begun_sitting(), Paused(10 * MINUTE))
    with pytest.raises(IllegalEvent, match="time ran backwards"):
        paused.apply(Resumed("boot-1", 9 * MINUTE, last_seen_ms=8 * MINUTE))


def test_time_that_runs_backwards_is_refused():
    with pytest.raises(IllegalEvent, match="time ran backwards"):
        after(a_begun_sitting(), answered(2_000), answered(1_999))


# --- the end of time ------------------------------------------------------------------------------


def test_the_last_millisecond_still_takes_an_answer_and_the_next_does_not():
    sitting = after(a_begun_sitting(), answered(90 * MINUTE))
    assert sitting.responses_to("i1") == {"RESPONSE": ("A",)}
    with pytest.raises(IllegalEvent, match="after the end of time"):
        sitting.apply(answered(90 * MINUTE + 1, ("B",)))


def test_a_sitting_expires_when_its_time_is_over_and_not_before():
    sitting = a_begun_sitting()
    with pytest.raises(IllegalEvent, match="time is not over yet"):
        sitting.apply(Expired(90 * MINUTE - 1))
    assert sitting.apply(Expired(90 * MINUTE)).state is State.EXPIRED


def test_nobody_hands_in_before_the_session_allows_it():
    sitting = a_begun_sitting(earliest_hand_in_ms=30 * MINUTE)
    assert not sitting.may_hand_in(30 * MINUTE - 1)
    assert sitting.may_hand_in(30 * MINUTE)
    with pytest.raises(IllegalEvent, match="before the session allows it"):
        sitting.apply(HandedIn(30 * MINUTE - 1))
    assert sitting.apply(HandedIn(30 * MINUTE)).state is State.HANDED_IN


@pytest.mark.parametrize("end", [HandedIn(95 * MINUTE), Expired(95 * MINUTE), Aborted(0)])
def test_after_the_end_nothing_follows_but_what_is_worth_knowing(end):
    ended = a_begun_sitting().apply(end)
    assert ended.state.ended
    for event in (
        answered(96 * MINUTE),
        Moved(96 * MINUTE, 0),
        Resumed("b", 0, 0),
        Started("b", 0),
    ):
        with pytest.raises(IllegalEvent, match="has ended"):
            ended.apply(event)
    assert ended.apply(Incident(96 * MINUTE, "stick_out")).incidents == 1


# --- bounds ---------------------------------------------------------------------------------------


def test_added_time_counts_and_stays_within_the_session_s_bounds():
    terms = {"most_extension_ms": 10 * MINUTE, "most_given_back_ms": 20 * MINUTE}
    sitting = after(
        a_begun_sitting(**terms),
        Extended(0, 6 * MINUTE),
        Extended(0, 4 * MINUTE),
        Extended(0, 20 * MINUTE, kind="given_back"),
    )
    assert sitting.remaining_ms(0) == 120 * MINUTE
    for kind in ("granted", "given_back"):
        with pytest.raises(IllegalEvent, match="the session allows"):
            sitting.apply(Extended(0, 1, kind=kind))


@pytest.mark.parametrize("extra_ms", [0, -MINUTE])
def test_time_is_never_taken_away(extra_ms):
    with pytest.raises(IllegalEvent, match="only be added"):
        a_begun_sitting().apply(Extended(0, extra_ms))


def test_pauses_are_counted_and_bounded():
    sitting = after(a_begun_sitting(most_pauses=1), Paused(1), Resumed("boot-1", 2))
    with pytest.raises(IllegalEvent, match="more than 1 pauses"):
        sitting.apply(Paused(3))


def test_while_paused_nothing_is_answered_moved_or_handed_in():
    paused = after(a_begun_sitting(), Paused(1))
    for event in (answered(2), Moved(2, 1), Flagged(2, "i1", True), HandedIn(2), Paused(2)):
        with pytest.raises(IllegalEvent, match="not possible while paused"):
            paused.apply(event)


def test_before_the_start_nothing_is_answered():
    for event in (answered(0), Moved(0, 0), Paused(0), Resumed("b", 0, 0), HandedIn(0), Expired(0)):
        with pytest.raises(IllegalEvent, match="not possible while admitted"):
            a_sitting().apply(event)
    with pytest.raises(IllegalEvent, match="not possible while running"):
        a_begun_sitting().apply(Started("boot-1", 1))


def test_what_is_not_on_the_paper_is_refused():
    sitting = a_begun_sitting()
    for event in (answered(1, item="i9"), Flagged(1, "i9", True), Moved(1, 3), Moved(1, -1)):
        with pytest.raises(IllegalEvent):
            sitting.apply(event)


# --- answers --------------------------------------------------------------------------------------


def test_the_last_answer_counts_and_an_empty_one_takes_it_back():
    sitting = after(a_begun_sitting(), answered(1), answered(2, ("B",)), answered(3, item="i2"))
    assert sitting.responses == {"i1": {"RESPONSE": ("B",)}, "i2": {"RESPONSE": ("A",)}}
    assert after(sitting, answered(4, ())).responses == {"i2": {"RESPONSE": ("A",)}}


def test_flags_are_set_and_taken_away_and_the_place_is_remembered():
    sitting = after(a_begun_sitting(), Flagged(1, "i1", True), Flagged(2, "i2", True), Moved(3, 2))
    assert (sitting.flags, sitting.position) == ({"i1", "i2"}, 2)
    assert sitting.apply(Flagged(4, "i1", False)).flags == {"i2"}


def test_applying_an_event_changes_no_earlier_sitting():
    before = a_begun_sitting()
    after(before, answered(1), Flagged(2, "i1", True))
    assert (before.responses, before.flags) == ({}, frozenset())


# --- whatever the order of events -----------------------------------------------------------------


def strike(at_ms, choice, struck=True, item="i1"):
    return Struck(at_ms, item, "RESPONSE", choice, struck)


def test_choices_are_struck_out_and_taken_back():
    sitting = after(a_begun_sitting(), strike(1, "B"), strike(2, "A"), strike(3, "C", item="i2"))
    assert sitting.struck_in("i1") == {"RESPONSE": ("A", "B")}
    assert sitting.apply(strike(4, "B", struck=False)).struck_in("i1") == {"RESPONSE": ("A",)}
    assert after(sitting, strike(4, "C", False, "i2")).struck_in("i2") == {}
    assert sitting.responses == {}


def test_choosing_what_was_struck_out_takes_the_strike_away():
    sitting = after(a_begun_sitting(), strike(1, "A"), strike(2, "B"), answered(3, ("A",)))
    assert sitting.struck_in("i1") == {"RESPONSE": ("B",)}
    assert sitting.responses_to("i1") == {"RESPONSE": ("A",)}


@pytest.mark.parametrize(
    "event", [strike(5, "A"), strike(5, "Z"), strike(5, "B", item="i9"), strike(0, "B")]
)
def test_what_is_chosen_or_not_on_the_paper_cannot_be_struck_out(event):
    sitting = after(a_begun_sitting(), answered(3, ("A",)))
    with pytest.raises(IllegalEvent):
        sitting.apply(event)


def highlight(at_ms, start, end, on=True, item="i1", lang="en"):
    return Highlighted(at_ms, item, Passage(lang, (0,), start, end), on)


def test_passages_are_highlighted_joined_and_taken_back_in_their_language():
    sitting = after(
        a_begun_sitting(), highlight(1, 0, 4), highlight(2, 4, 9), highlight(3, 2, 5, lang="zh-CN")
    )
    english, chinese = Passage("en", (0,), 0, 9), Passage("zh-CN", (0,), 2, 5)
    assert sitting.highlights == {"i1": (english, chinese)}
    sitting = after(sitting, highlight(4, 2, 3, on=False))
    assert [(one.start, one.end) for one in sitting.highlights["i1"]] == [(0, 2), (3, 9), (2, 5)]
    sitting = after(sitting, highlight(5, 0, 99, on=False), highlight(6, 2, 5, False, lang="zh-CN"))
    assert sitting.highlights == {}


def test_highlights_are_bounded_and_on_the_paper():
    sitting = a_begun_sitting()
    for at in range(MOST_PASSAGES):
        sitting = sitting.apply(highlight(1, 2 * at, 2 * at + 1))
    for event in (
        highlight(2, 900, 901),
        highlight(2, 3, 3),
        highlight(2, -1, 3),
        highlight(2, 0, 1, item="i9"),
    ):
        with pytest.raises(IllegalEvent):
            sitting.apply(event)


PASSAGES = st.builds(
    Passage, st.sampled_from(["en", "zh-CN"]), st.just((0,)), st.integers(-1, 9), st.integers(0, 9)
)
TIMES = st.integers(0, 100 * MINUTE)
BOOTS = st.sampled_from(["boot-1", "boot-2"])
ITEMS = st.sampled_from(["i1", "i2", "i3", "i9"])
VALUES = st.sampled_from([(), ("A",), ("A", "B")])
SPANS = st.integers(-MINUTE, 20 * MINUTE)
EVENTS = st.one_of(
    st.builds(Started, BOOTS, TIMES),
    st.builds(Answered, TIMES, ITEMS, st.just("RESPONSE"), VALUES),
    st.builds(Flagged, TIMES, ITEMS, st.booleans()),
    st.builds(Struck, TIMES, ITEMS, st.just("RESPONSE"), st.sampled_from("ABZ"), st.booleans()),
    st.builds(Noted, TIMES, ITEMS, st.sampled_from(["", "see 4", "x" * 1_001])),
    st.builds(Highlighted, TIMES, ITEMS, PASSAGES, st.booleans()),
    st.builds(Scribbled, TIMES, st.sampled_from(["", "1/3", "x" * 4_001])),
    st.builds(Displayed, TIMES, st.sampled_from([Display(), Display("en", "dark", 200)])),
    st.builds(Moved, TIMES, st.integers(-1, 4)),
    st.builds(PartBegun, TIMES),
    st.builds(PartClosed, TIMES, st.sampled_from(["candidate", "time"])),
    st.builds(Paused, TIMES),
    st.builds(Resumed, BOOTS, TIMES, st.none() | TIMES, st.integers(0, MINUTE)),
    st.builds(Extended, TIMES, SPANS, st.sampled_from(["granted", "given_back"])),
    st.builds(Incident, TIMES, st.just("focus_lost")),
    st.builds(HandedIn, TIMES),
    st.builds(Expired, TIMES),
    st.builds(Aborted, TIMES),
)
DAYS = st.lists(EVENTS, max_size=25).map(
    lambda events: [Started("boot-1", 0), *sorted(events, key=lambda event: event.at_ms)]
) | st.lists(EVENTS, max_size=25)


def fold(events):
    """The sitting after all events that may follow, and these events."""
    sitting, kept = a_sitting(earliest_hand_in_ms=10 * MINUTE, most_pauses=3), []
    for event in events:
        try:
            sitting = sitting.apply(event)
        except IllegalEvent:
            continue
        kept.append(event)
    return sitting, kept


@given(DAYS)
def test_in_any_order_events_fold_or_are_refused_and_every_bound_holds(events):
    sitting = a_sitting(earliest_hand_in_ms=10 * MINUTE, most_pauses=3)
    for event in events:
        before = sitting
        try:
            sitting = sitting.apply(event)
        except IllegalEvent:
            assert sitting is before
            continue
        assert before.state.ended is False or isinstance(event, Incident)
        assert sitting.ran_ms >= before.ran_ms >= 0
        assert 0 <= sitting.remaining_ms(event.at_ms) <= sitting.allowed_ms
        assert sitting.extension_ms <= sitting.terms.most_extension_ms
        assert sitting.given_back_ms <= sitting.terms.most_given_back_ms
        assert sitting.pauses <= 3
        assert 0 <= sitting.position < 3
        assert set(sitting.responses) | sitting.flags <= {"i1", "i2", "i3"}
        assert all(value for of in sitting.responses.values() for value in of.values())
        assert all(0 < len(note) <= 1_000 for note in sitting.notes.values())
        for item, of in sitting.strikes.items():
            for response, struck in of.items():
                assert struck
                assert struck == tuple(sorted(set(struck) & {"A", "B"}))
                assert not set(struck) & set(sitting.responses_to(item).get(response, ()))
        if sitting.responses != before.responses:
            assert before.state is State.RUNNING
            assert sitting.ran_ms <= sitting.allowed_ms
        if sitting.state is State.HANDED_IN:
            assert sitting.ran_ms >= 10 * MINUTE
        if sitting.state is State.EXPIRED:
            assert sitting.ran_ms >= sitting.allowed_ms


@given(DAYS)
def test_a_replay_equals_what_was_live(events):
    live, kept = fold(events)
    data = cbor2.dumps(msgspec.to_builtins(kept), canonical=True)
    replayed = msgspec.convert(cbor2.loads(data), list[Event])
    assert replayed == kept
    assert fold(replayed) == (live, kept)


@given(DAYS)
def test_a_sitting_travels_unchanged(events):
    live, _ = fold(events)
    plain = cbor2.loads(cbor2.dumps(msgspec.to_builtins(live, order="sorted"), canonical=True))
    assert msgspec.convert(plain, Sitting) == live


@given(
    st.integers(0, 80 * MINUTE),
    st.integers(0, 9 * MINUTE),
    st.integers(0, 10**9),
    st.integers(0, 10**12),
)
def test_no_interruption_costs_more_than_up_to_when_the_program_was_last_alive(
    answered_at, alive_for, gap_ms, resumed_at
):
    seen = answered_at + alive_for
    sitting = after(
        a_begun_sitting(),
        answered(answered_at),
        Resumed("boot-2", resumed_at, last_seen_ms=seen, gap_ms=gap_ms),
    )
    assert sitting.remaining_ms(resumed_at) == 90 * MINUTE - seen


# --- another terminal -------------------------------------------------------------------------------


def test_nothing_follows_where_a_sitting_was_given_away():
    given = after(a_begun_sitting(), answered(MINUTE), Transferred(10 * MINUTE, ("Li",)))
    assert given.state.ended
    for event in (
        answered(11 * MINUTE),
        HandedIn(11 * MINUTE),
        Resumed("boot-2", 0, last_seen_ms=11 * MINUTE),
        Transferred(11 * MINUTE),
        Aborted(11 * MINUTE),
    ):
        with pytest.raises(IllegalEvent):
            given.apply(event)


@pytest.mark.parametrize("paused", [False, True])
def test_a_transferred_sitting_goes_on_elsewhere_with_the_very_time_it_had(paused):
    sitting = after(a_begun_sitting(), answered(MINUTE), Flagged(2 * MINUTE, "i1", True))
    if paused:
        sitting = sitting.apply(Paused(10 * MINUTE))
    given = sitting.apply(Transferred(10 * MINUTE + 123, ("Li",)))
    there = given.taken_over().apply(Resumed("elsewhere", 7, gap_ms=90_000))
    assert there.state is State.RUNNING
    assert there.remaining_ms(7) == 80 * MINUTE - (0 if paused else 123)
    kept = (given.responses, given.flags, given.position, given.paper)
    assert (there.responses, there.flags, there.position, there.paper) == kept


def test_a_sitting_whose_terminal_died_goes_on_from_its_last_sign_of_life():
    there = after(a_begun_sitting(), answered(MINUTE)).taken_over()
    with pytest.raises(IllegalEvent, match="last alive"):
        there.apply(Resumed("elsewhere", 7))
    there = there.apply(Resumed("elsewhere", 7, last_seen_ms=3 * MINUTE))
    assert there.remaining_ms(7) == 87 * MINUTE


def test_a_sitting_that_has_not_begun_or_ended_for_good_is_not_taken_over():
    for sitting in (a_sitting(), after(a_begun_sitting(), HandedIn(MINUTE))):
        with pytest.raises(IllegalEvent):
            sitting.taken_over()


def test_minutes_gone_at_a_common_start_are_charged_and_count_for_handing_in():
    sitting = a_sitting(earliest_hand_in_ms=30 * MINUTE)
    whole = sitting.terms.duration_ms
    late = sitting.apply(Started("boot-1", 1_000, late_ms=10 * MINUTE))
    assert late.remaining_ms(1_000) == whole - 10 * MINUTE
    assert not late.may_hand_in(1_000 + 19 * MINUTE)
    assert late.may_hand_in(1_000 + 20 * MINUTE)
    with pytest.raises(IllegalEvent):
        sitting.apply(Started("boot-1", 1_000, late_ms=whole))


def test_the_clock_runs_on_in_a_break_but_for_the_free_ones():
    begun = a_begun_sitting(most_pauses=0, free_breaks=1, most_breaks=2)
    out = begun.apply(WentOut(MINUTE, ("Li",), "Wang"))
    assert out.remaining_ms(9 * MINUTE) == out.remaining_ms(MINUTE)
    back = out.apply(Resumed("boot-1", 5 * MINUTE))
    again = back.apply(WentOut(6 * MINUTE))
    assert again.remaining_ms(9 * MINUTE) == again.remaining_ms(6 * MINUTE) - 3 * MINUTE
    with pytest.raises(IllegalEvent):
        again.apply(Flagged(7 * MINUTE, "i1", True))
    home = again.apply(Resumed("boot-1", 9 * MINUTE, last_seen_ms=9 * MINUTE))
    assert (home.state, home.breaks, home.pauses) == (State.RUNNING, 2, 0)
    with pytest.raises(IllegalEvent):
        home.apply(WentOut(10 * MINUTE))


def test_time_ends_during_a_break():
    out = a_begun_sitting().apply(WentOut(MINUTE))
    end = MINUTE + out.remaining_ms(MINUTE)
    assert out.apply(Expired(end)).state is State.EXPIRED
