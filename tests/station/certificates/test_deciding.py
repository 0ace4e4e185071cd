"""A decision about a certificate: what must hold whatever was taken, in whatever order."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.errors import InputRefused
from kiosk.station.certificates.deciding import (
    Attempt,
    Facts,
    Held,
    Verdict,
    decide,
    months_after,
    said,
)
from kiosk.station.certificates.ladder import OURS, LevelRule, PartRule, Way, parse_ladder
from kiosk.words import LANGUAGES

DAY = date(2026, 3, 1)
EACH = LevelRule(
    "L4",
    24,
    0,
    {"theory": PartRule(60), "practice": PartRule(60)},
    ways=(Way("L5", 3), Way(work_years=5)),
)
WEIGHED = replace(
    EACH,
    parts={"theory": PartRule(50, 40), "practice": PartRule(60, 60)},
    total=60,
    ways=(),
    valid_months=36,
)
HELD = (Held("L5", date(2020, 1, 1)),)


def _took(part: str, marks: float | str, days: int = 0, **more: object) -> Attempt:
    return Attempt(part, Fraction(str(marks)), DAY + timedelta(days), f"{part} {days}", **more)  # type: ignore[arg-type]


def _facts(*attempts: Attempt, held: tuple[Held, ...] = HELD) -> Facts:
    return Facts(attempts, held)


def test_theory_and_practice_passed_in_time_are_a_certificate() -> None:
    made = decide(EACH, _facts(_took("theory", 60), _took("practice", 71, 30)), date(2026, 6, 1))

    assert (made.verdict, made.on, made.until) == (Verdict.GRANTED, DAY + timedelta(30), None)
    assert [said(one, "en") for one in made.reasons] == [
        "Theory: passed with 60 of 100 on 2026-03-01",
        "Practice: passed with 71 of 100 on 2026-03-31",
        "admitted: Junior worker (level 5) or higher held for 3 years",
    ]


@pytest.mark.parametrize(
    ("facts", "verdict", "told"),
    [
        (_facts(_took("theory", "59.999"), _took("practice", 90)), "not_yet", "59.99 of 100"),
        (_facts(_took("theory", 60)), "not_yet", "Practice: not taken yet"),
        (
            _facts(_took("theory", 60), _took("practice", 50)),
            "not_yet",
            "it counts until 2028-03-01",
        ),
        (
            _facts(_took("theory", 90), _took("practice", 90, state="waits")),
            "not_yet",
            "is not final yet",
        ),
        (_facts(_took("theory", 90, state="void"), _took("practice", 90)), "not_yet", "is void"),
        (
            _facts(_took("theory", 61, failed=True), _took("practice", 90)),
            "not_yet",
            "own pass mark",
        ),
        (_facts(_took("theory", 90), _took("practice", 90), held=()), "refused", "not admitted"),
        (
            _facts(
                _took("theory", 90), _took("practice", 90), held=(Held("L5", date(2024, 1, 1)),)
            ),
            "refused",
            "held for 3 years / 5 years of work",
        ),
        (
            replace(_facts(_took("theory", 90), _took("practice", 90)), names=frozenset("甲乙")),
            "not_yet",
            "different names",
        ),
    ],
)
def test_whatever_is_missing_is_said(facts: Facts, verdict: str, told: str) -> None:
    made = decide(EACH, facts, DAY + timedelta(60))

    assert made.verdict == verdict
    assert any(told in said(one, "en") for one in made.reasons)


def test_one_part_is_taken_again_within_its_time_and_not_after() -> None:
    theory, failed = _took("theory", 80), _took("practice", 59, 10)
    in_time = months_after(DAY, 24)
    again = Attempt("practice", Fraction(60), in_time, "again")

    assert decide(EACH, _facts(theory, failed, again), in_time).verdict == "granted"
    late = decide(
        EACH,
        _facts(theory, failed, replace(again, on=in_time + timedelta(1))),
        in_time + timedelta(1),
    )
    assert late.verdict == "not_yet"
    assert "its time ended on 2028-03-01" in said(late.reasons[0], "en")


def test_who_was_admitted_too_late_is_granted_by_what_was_taken_again_since() -> None:
    held = (Held("L5", DAY - timedelta(3 * 365)),)  # three years are over a day later: a leap year
    early = _took("theory", 99), _took("practice", 99)

    assert decide(EACH, _facts(*early, held=held), DAY).verdict == "refused"
    again = _took("theory", 70, 40), _took("practice", 70, 40)
    assert decide(EACH, _facts(*early, *again, held=held), date(2026, 5, 1)).verdict == "granted"


def test_weights_let_a_strong_part_carry_a_weak_one_down_to_its_least() -> None:
    made = decide(WEIGHED, _facts(_took("theory", 50), _took("practice", 67)), DAY)
    assert (made.verdict, made.until) == (Verdict.GRANTED, date(2029, 3, 1))
    assert "weighed together 60.2 of 100" in said(made.reasons[2], "en")
    for marks in ((50, 66), (49, 100), (100, 59)):
        few = _facts(_took("theory", marks[0]), _took("practice", marks[1]))
        assert decide(WEIGHED, few, DAY).verdict == "not_yet"


def test_every_level_of_our_ladder_has_a_rule_and_the_lowest_needs_no_exam() -> None:
    ladder = parse_ladder(OURS.read_bytes(), "ladder.toml")

    assert [one.level for one in ladder.rules] == [
        "apprentice", "L5", "L4", "L3", "L2", "L1", "special", "chief",
    ]  # fmt: skip
    made = decide(ladder.rule("apprentice", "x"), Facts(apprenticed=DAY), DAY + timedelta(9))
    assert (made.verdict, made.on) == (Verdict.GRANTED, DAY)
    assert decide(ladder.rule("apprentice", "x"), Facts(), DAY).verdict == "refused"
    assert decide(None, Facts(), DAY).verdict == "refused"
    review = decide(ladder.rule("L2", "x"), _facts(_took("theory", 90), _took("practice", 90)), DAY)
    assert "Comprehensive review: not taken yet" in [said(one, "en") for one in review.reasons]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("keeps_months = 24", "keeps_months = -1", "keeps_months"),
        ('level = "L5"', 'level = "L9"', "L9"),
        ("theory = { pass = 60 }", "theory = { pass = 101 }", "100"),
        ('holds = "L5", years = 3', 'holds = "L4"', "ask for itself"),
        ("keeps_months = 24", "keep_months = 24", "keep_months"),
        ('"Asia/Shanghai"', '"Asia/Nowhere"', "zone"),
        ('{serial:06}"', '{serial.__class__}"', "serial.__class__"),
        ('{serial:06}"', '"', "{serial}"),
        ('counts = "final"', "total", "line"),
    ],
)
def test_a_ladder_that_cannot_be_used_says_why(old: str, new: str, told: str) -> None:
    source = OURS.read_text("utf-8").replace(old, new, 1)

    with pytest.raises(InputRefused) as refused:
        parse_ladder(source.encode(), "ladder.toml")
    assert told in str(refused.value)


# --- Whatever was taken -------------------------------------------------------------------------------

_attempts = st.lists(
    st.builds(
        Attempt,
        part=st.sampled_from(("theory", "practice", "review")),
        marks=st.integers(0, 200).map(lambda halves: Fraction(halves, 2)),
        on=st.integers(0, 1500).map(lambda days: DAY + timedelta(days)),
        source=st.sampled_from("abc"),
        state=st.sampled_from(("counts", "counts", "counts", "waits", "void")),
        failed=st.booleans(),
    ),
    max_size=7,
)
_rules = st.sampled_from((EACH, WEIGHED, replace(EACH, keeps_months=6, ways=())))
_held = st.lists(
    st.builds(
        Held,
        st.sampled_from(("L5", "L3")),
        st.integers(-2000, 500).map(lambda days: DAY + timedelta(days)),
    ),
    max_size=2,
).map(tuple)
TODAY = DAY + timedelta(1600)


@settings(max_examples=40, deadline=None)
@given(_rules, _attempts, _attempts, _held, st.randoms(use_true_random=False))
def test_what_holds_of_every_decision(rule, attempts, more, held, chance) -> None:  # type: ignore[no-untyped-def]
    facts = Facts(tuple(attempts), held)
    made = decide(rule, facts, TODAY)

    shuffled = list(attempts)
    chance.shuffle(shuffled)
    assert decide(rule, replace(facts, attempts=tuple(shuffled)), TODAY) == made
    assert made.reasons
    for reason in made.reasons:
        assert all("{" not in said(reason, lang) for lang in LANGUAGES)
        assert said(reason, "en") != said(reason, "zh-CN")
    if made.verdict is not Verdict.GRANTED:
        assert not made.counted
        assert made.on is None
        return
    # Granted: every part, each passed and last word, within the time; and nothing more takes it away.
    assert {one.part for one in made.counted} == set(rule.parts)
    assert all(one in attempts and one.state == "counts" and not one.failed for one in made.counted)
    assert all(one.marks >= rule.parts[one.part].least for one in made.counted)
    days = [one.on for one in made.counted]
    assert made.on == max(days)
    assert months_after(max(days), -rule.keeps_months) <= min(days)
    later = decide(rule, replace(facts, attempts=(*attempts, *more)), TODAY)
    assert later.verdict is Verdict.GRANTED
    assert later.on <= made.on
    after = [replace(one, on=TODAY + timedelta(one.on.day)) for one in more]
    assert decide(rule, replace(facts, attempts=(*attempts, *after)), TODAY + timedelta(60)) == made
