"""Parts with a time of their own, and sections without a way back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.assessment.paper import Paper, PaperItem, PaperSection
from kiosk.assessment.sitting import (
    REST_MS,
    Answered,
    Expired,
    Extended,
    Flagged,
    HandedIn,
    IllegalEvent,
    Moved,
    Noted,
    Part,
    PartBegun,
    PartClosed,
    Paused,
    Resumed,
    Sitting,
    Started,
    State,
    Struck,
    Terms,
    Transferred,
)
from tests.assessment.builders import IDENTITY, MINUTE, ORDERS

SECTIONS = {"S1": ("i1", "i2"), "S2": ("i3",), "S3": ("i4", "i5", "i6")}
PARTS = (Part(("S1", "S2"), 30 * MINUTE), Part(("S3",), 60 * MINUTE))
PAPER = Paper(
    "form",
    tuple(
        PaperSection(name, tuple(PaperItem(item, ORDERS) for item in items))
        for name, items in SECTIONS.items()
    ),
)


def a_sitting(parts=PARTS, linear=(), **terms):
    values = {"duration_ms": 90 * MINUTE, "parts": parts, "linear": linear}
    return Sitting.admit(IDENTITY, Terms(**values | terms), PAPER)


def after(sitting, *events):
    for event in events:
        sitting = sitting.apply(event)
    return sitting


def begun(**values):
    return after(a_sitting(**values), Started("boot-1", 0), PartBegun(0))


def answered(at_ms, item, value=("A",)):
    return Answered(at_ms, item, "RESPONSE", value)


def second_part(at_ms=10 * MINUTE):
    return after(begun(), PartClosed(at_ms, "candidate"), PartBegun(at_ms))


# --- whose time it is -------------------------------------------------------------------------------


def test_a_part_has_its_time_and_the_exam_has_that_of_all_to_come():
    sitting = begun()
    assert sitting.part_remaining_ms(MINUTE) == 29 * MINUTE
    assert sitting.remaining_ms(MINUTE) == 89 * MINUTE
    assert second_part().part_remaining_ms(10 * MINUTE) == 60 * MINUTE
    assert second_part().remaining_ms(11 * MINUTE) == 59 * MINUTE


def test_the_page_before_a_part_is_free_for_a_minute_and_no_longer():
    sitting = after(a_sitting(), Started("boot-1", 0))
    assert sitting.waiting
    assert sitting.elapsed_ms(REST_MS) == 0
    assert sitting.elapsed_ms(REST_MS + 1_000) == 1_000
    assert sitting.apply(PartBegun(5_000)).elapsed_ms(6_000) == 1_000
    late = sitting.apply(PartBegun(REST_MS + 7_000))
    assert late.part_remaining_ms(REST_MS + 7_000) == 30 * MINUTE - 7_000


def test_who_begins_late_has_lost_it_from_the_first_part():
    sitting = after(a_sitting(), Started("boot-1", 0, late_ms=5 * MINUTE), PartBegun(0))
    assert sitting.part_remaining_ms(0) == 25 * MINUTE
    assert sitting.remaining_ms(0) == 85 * MINUTE


def test_a_crash_on_the_page_before_a_part_leaves_the_rest_of_the_free_minute():
    sitting = after(
        begun(), PartClosed(MINUTE, "candidate"), Resumed("boot-2", 9, last_seen_ms=MINUTE + 20_000)
    )
    assert sitting.waiting
    assert (sitting.part, sitting.position) == (1, 3)
    assert sitting.rest_left_ms(9) == REST_MS - 20_000
    assert sitting.part_remaining_ms(9 + REST_MS - 20_000) == 60 * MINUTE


def test_a_crash_in_a_part_costs_it_up_to_the_last_sign_of_life_and_never_more_than_it_has():
    sitting = begun().apply(Resumed("boot-2", 0, last_seen_ms=12 * MINUTE))
    assert sitting.part_remaining_ms(0) == 18 * MINUTE
    over = begun().apply(Resumed("boot-2", 0, last_seen_ms=80 * MINUTE))
    assert (over.part_remaining_ms(0), over.remaining_ms(0)) == (0, 60 * MINUTE)


@pytest.mark.parametrize("kind", ["granted", "given_back"])
def test_time_added_goes_to_the_part_that_runs_and_to_the_exam(kind):
    sitting = begun().apply(Extended(0, 5 * MINUTE, kind))
    assert (sitting.part_remaining_ms(0), sitting.remaining_ms(0)) == (35 * MINUTE, 95 * MINUTE)
    later = after(sitting, PartClosed(MINUTE, "candidate"))
    assert later.part_remaining_ms(MINUTE) == 60 * MINUTE
    assert later.apply(Extended(MINUTE, MINUTE, kind)).part_remaining_ms(MINUTE) == 61 * MINUTE


def test_a_pause_costs_a_part_nothing_and_on_the_page_before_it_neither():
    sitting = after(begun(), Paused(MINUTE), Resumed("boot-1", 50 * MINUTE))
    assert sitting.part_remaining_ms(50 * MINUTE) == 29 * MINUTE
    waiting = after(
        begun(), PartClosed(MINUTE, "candidate"), Paused(MINUTE), Resumed("boot-1", 9 * MINUTE)
    )
    assert waiting.rest_left_ms(9 * MINUTE) == REST_MS


def test_a_transfer_in_a_part_goes_on_in_it_with_the_very_time_it_had():
    there = second_part().apply(Transferred(12 * MINUTE + 5)).taken_over()
    there = there.apply(Resumed("elsewhere", 7))
    assert there.part == 1
    assert there.part_remaining_ms(7) == 58 * MINUTE - 5


# --- what is open -----------------------------------------------------------------------------------


def test_the_last_millisecond_of_a_part_takes_an_answer_and_the_next_does_not():
    sitting = begun().apply(answered(30 * MINUTE, "i1"))
    with pytest.raises(IllegalEvent, match="after the end of time"):
        sitting.apply(answered(30 * MINUTE + 1, "i1", ("B",)))


@pytest.mark.parametrize(
    "event",
    [
        answered(11 * MINUTE, "i1"),
        Flagged(11 * MINUTE, "i1", True),
        Noted(11 * MINUTE, "i3", "x"),
        Struck(11 * MINUTE, "i1", "RESPONSE", "A", True),
        Moved(11 * MINUTE, 0),
        PartClosed(11 * MINUTE, "candidate"),
        PartBegun(11 * MINUTE),
    ],
)
def test_a_part_that_was_left_is_closed_and_the_last_one_ends_with_the_exam(event):
    with pytest.raises(IllegalEvent):
        second_part().apply(event)


@pytest.mark.parametrize("event", [answered(1, "i4"), Moved(1, 3), HandedIn(1), Expired(1)])
def test_a_part_to_come_is_not_open_and_nobody_hands_in_before_it(event):
    with pytest.raises(IllegalEvent):
        begun().apply(event)


@pytest.mark.parametrize(
    "event", [answered(1, "i1"), Moved(1, 1), PartClosed(1, "candidate"), Noted(1, "i1", "x")]
)
def test_before_a_part_has_begun_nothing_of_it_is_answered(event):
    with pytest.raises(IllegalEvent, match="has not begun"):
        after(a_sitting(), Started("boot-1", 0)).apply(event)


def test_time_closes_a_part_when_it_is_over_and_not_before():
    with pytest.raises(IllegalEvent, match="not over yet"):
        begun().apply(PartClosed(30 * MINUTE - 1, "time"))
    assert begun().apply(PartClosed(30 * MINUTE, "time")).part == 1


def test_the_exam_ends_with_its_last_part_although_time_was_left_in_the_first():
    sitting = after(second_part(), answered(70 * MINUTE, "i4"))
    assert sitting.apply(Expired(70 * MINUTE)).state is State.EXPIRED
    assert second_part().apply(HandedIn(11 * MINUTE)).state is State.HANDED_IN


def test_a_paper_without_the_sections_of_a_part_is_refused():
    for parts in ((Part(("S9",), MINUTE),), (Part((), MINUTE),)):
        with pytest.raises(IllegalEvent, match="nothing of part 1"):
            a_sitting(parts).apply(Started("boot-1", 0))


# --- no way back ------------------------------------------------------------------------------------


def test_in_a_linear_section_one_goes_on_and_never_back():
    sitting = after(
        a_sitting((), ("S3",)), Started("b", 0), Moved(1, 3), answered(2, "i4"), Moved(3, 4)
    )
    for event in (Moved(4, 3), Moved(4, 5 + 1), answered(4, "i4", ("B",)), answered(4, "i6")):
        with pytest.raises(IllegalEvent):
            sitting.apply(event)
    there = after(sitting, Moved(5, 0))
    assert [at for at in range(6) if there.may_move(at)] == [0, 1, 2, 5]
    assert [at for at in range(6) if there.may_change(at)] == [0, 1, 2, 5]
    through = after(there, Moved(6, 5), Moved(7, 1))
    assert [at for at in range(6) if through.may_move(at)] == [0, 1, 2]


def test_a_linear_section_is_not_skipped_ahead_in():
    sitting = after(a_sitting((), ("S1",)), Started("b", 0))
    assert [at for at in range(6) if sitting.may_move(at)] == [0, 1, 2, 3, 4, 5]
    assert sitting.may_change(1)
    with pytest.raises(IllegalEvent, match="closed"):
        sitting.apply(answered(1, "i2"))


# --- whatever happens -------------------------------------------------------------------------------

ITEMS = st.sampled_from(["i1", "i2", "i3", "i4", "i5", "i6"])
STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 30_000, MINUTE, 7 * MINUTE]),
        st.one_of(
            st.just(PartBegun),
            st.builds(lambda item: lambda at: answered(at, item), ITEMS),
            st.builds(lambda to: lambda at: Moved(at, to), st.integers(0, 5)),
            st.builds(
                lambda by: lambda at: PartClosed(at, by), st.sampled_from(["candidate", "time"])
            ),
            st.builds(lambda m: lambda at: Extended(at, m), st.integers(1, 9 * MINUTE)),
            st.sampled_from(
                [
                    Paused,
                    lambda at: Resumed("boot-1", at),
                    lambda at: Resumed("boot-1", at, last_seen_ms=at),
                    Expired,
                    HandedIn,
                ]
            ),
        ),
    ),
    min_size=10,
    max_size=40,
)
THREE = tuple(
    Part((name,), minutes * MINUTE) for name, minutes in zip(SECTIONS, (20, 30, 40), strict=True)
)


@given(STEPS, st.sampled_from([(), PARTS, THREE]), st.sets(st.sampled_from(list(SECTIONS))))
def test_a_random_walk_answers_nothing_closed_and_charges_each_part_its_own(steps, parts, linear):
    sitting = a_sitting(parts, tuple(sorted(linear))).apply(Started("boot-1", 0))
    section_of = {item: name for name, items in SECTIONS.items() for item in items}
    places = [item for items in SECTIONS.values() for item in items]
    charged, shown, at = [0] * max(1, len(parts)), [], 0
    for wait, make in steps:
        at += wait
        event, before = make(at), sitting
        try:
            sitting = sitting.apply(event)
        except IllegalEvent:
            continue
        charged[before.part] += sitting.ran_ms - before.ran_ms
        if isinstance(event, Answered):
            assert not parts or section_of[event.item] in parts[before.part].sections
            assert not before.waiting
            if section_of[event.item] in linear:
                assert places[before.position] == event.item
                assert event.item not in shown
        if sitting.position != before.position:
            shown.append(places[before.position])
        assert sitting.part >= before.part
        assert 0 <= sitting.part_remaining_ms(at) <= sitting.remaining_ms(at)
        assert sitting.remaining_ms(at) <= sitting.allowed_ms
        assert 0 <= sitting.rest_left_ms(at) <= REST_MS
    assert sum(charged) == sitting.ran_ms
    if parts:
        assert sitting.part_from_ms == sum(charged[: sitting.part])
