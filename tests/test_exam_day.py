"""Stories of an exam day, and the day edited: what a fault may and may not change."""

from collections import Counter

import pytest
from msgspec.structs import replace

from kiosk.assessment.sitting import Answered, Extended, IllegalEvent, State
from kiosk.errors import InputRefused
from tests.simulator import KINDS, MINUTE_MS, ExamDay, carried_by_hand


def test_everybody_sits_and_gets_what_the_answers_are_worth():
    day = ExamDay()
    day.candidate("0001").answers_all_right().hands_in_at(60)
    day.candidate("0002").hands_in_at(30)
    singles = day.form.sections[0].items
    day.candidate("0003").answers_right(*singles[:5]).answers_wrong(*singles[5:]).hands_in_at(40)
    results = {number: outcome.result for number, outcome in day.play().items()}
    told = {number: (result.score, result.passed) for number, result in results.items()}
    assert told == {"0001": ("100", True), "0002": ("0", False), "0003": ("20", False)}
    codes = Counter(item.reason.code for item in results["0003"].items)
    assert codes == {"right": 5, "wrong": 5, "unanswered": 13}


def test_the_paper_measures_the_standard_and_has_every_kind():
    day = ExamDay()
    contents = Counter(day.questions[item].content for item in day.form.items)
    assert contents == {"C1": 14, "C2": 9}  # 60 and 40 % of 23 items
    assert {day.questions[item].item.kind for item in day.form.items} == set(KINDS)


def test_two_neighbours_have_the_same_questions_in_another_order():
    day = ExamDay()
    one, other = (
        [placed.item for placed in day.admitted(number).paper.items] for number in ("0001", "0002")
    )
    assert one != other
    assert sorted(one) == sorted(other)


def test_a_crash_costs_no_answer_and_no_time():
    day = ExamDay()
    day.candidate("0001").answers_all_right(every=3).hands_in_at(80)
    day.candidate("0002").answers_all_right(every=3).crashes_at(20, back_after=2).crashes_at(
        41, back_after=2
    ).hands_in_at(84)
    calm, crashed = day.play().values()
    assert crashed.result.score == calm.result.score == "100"
    assert crashed.seat.boots == 3
    assert crashed.sitting.elapsed_ms(0) == calm.sitting.elapsed_ms(0) == 80 * MINUTE_MS


def test_a_crash_at_any_minute_changes_nothing_but_the_boots():
    for minute in range(0, 60, 7):
        day = ExamDay()
        day.candidate("0001").answers_all_right(at=1, every=2).crashes_at(
            minute + 0.5, back_after=0.25
        ).hands_in_at(60)
        outcome = day.play()["0001"]
        assert outcome.result.score == "100"
        assert outcome.seat.sitting == outcome.sitting


def test_the_clock_hands_in_by_itself_and_takes_nothing_afterwards():
    day = ExamDay()
    first, second = day.form.items[:2]
    day.candidate("0001").answers_right(first, at=89).answers_right(second, at=91)
    outcome = day.play()["0001"]
    assert outcome.sitting.state is State.EXPIRED
    assert list(outcome.sitting.responses) == [first]
    assert outcome.seat.refusals[-1].startswith("the sitting has ended")


def test_extra_time_lets_an_answer_in_that_came_too_late_without_it():
    day = ExamDay()
    late = day.form.items[0]
    day.candidate("0001").gets_extra_time(10, at=80).answers_right(late, at=99)
    day.candidate("0002").gets_extra_time(31, at=80).answers_right(late, at=99)
    granted, refused = day.play().values()
    assert late in granted.sitting.responses
    assert late not in refused.sitting.responses
    assert refused.seat.refusals[0] == "31 minutes in all, the session allows 30"


def test_a_fire_alarm_costs_nobody_time():
    day = ExamDay()
    late = day.form.items[0]
    day.candidate("0001").pauses(at=10, minutes=25).answers_right(late, at=114).hands_in_at(114.5)
    outcome = day.play()["0001"]
    assert outcome.sitting.state is State.HANDED_IN
    assert late in outcome.sitting.responses


def test_a_power_cut_during_a_pause_keeps_the_pause_free():
    day = ExamDay()
    day.candidate("0001").pauses(at=10, minutes=30).crashes_at(20, back_after=1).hands_in_at(70)
    outcome = day.play()["0001"]
    assert outcome.sitting.state is State.HANDED_IN
    # Back at minute 21 the sitting goes on; the pause's own end at minute 40 finds it running.
    assert outcome.sitting.elapsed_ms(0) == (10 + 49) * MINUTE_MS


def test_nobody_hands_in_before_the_session_allows_it():
    day = ExamDay()
    day.candidate("0001").hands_in_at(29).hands_in_at(31)
    outcome = day.play()["0001"]
    assert outcome.seat.refusals == ["handed in before the session allows it"]
    assert outcome.sitting.state is State.HANDED_IN


@pytest.mark.parametrize(
    "forge",
    [
        lambda journal: journal[1:],
        lambda journal: (*journal, journal[-2]),
        lambda journal: (journal[0], Extended(journal[0].at_ms, 999 * MINUTE_MS), *journal[1:]),
        lambda journal: (*journal[:-1], replace(journal[-1], at_ms=0)),
    ],
    ids=["start cut off", "answer after hand-in", "time granted to oneself", "clock turned back"],
)
def test_a_journal_no_terminal_could_have_written_is_refused_at_the_station(forge):
    day = ExamDay(carry=lambda number, journal: carried_by_hand(number, forge(journal)))
    day.candidate("0001").answers_all_right().hands_in_at(60)
    with pytest.raises(IllegalEvent):
        day.play()


def test_an_answer_to_a_field_the_item_does_not_have_is_refused_at_the_station():
    def forge(number, journal):
        forged = (
            replace(event, response="SCORE") if isinstance(event, Answered) else event
            for event in journal
        )
        return carried_by_hand(number, tuple(forged))

    day = ExamDay(carry=forge)
    day.candidate("0001").answers_all_right().hands_in_at(60)
    with pytest.raises(InputRefused, match="no response 'SCORE'"):
        day.play()


def test_a_wrong_key_found_later_gives_a_new_result_and_leaves_the_old_one():
    day = ExamDay()
    item = day.form.sections[0].items[0]
    day.candidate("0001").answers_wrong(item).hands_in_at(60)
    outcome = day.play()["0001"]
    declared = day.rules[item].responses[0]
    corrected = replace(
        day.rules[item],
        responses=(replace(declared, correct=day.questions[item].wrong["RESPONSE"]),),
    )
    later = day.score(outcome.sitting, {**day.rules, item: corrected})
    assert outcome.result.points == "0"
    assert later.points == "2"
