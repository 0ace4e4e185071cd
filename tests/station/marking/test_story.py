"""From a package to a result that people's marks are in: who may mark what, and what is recorded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.codec import decode
from kiosk.artefacts.merkle import leaf_hash
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.acts import Why
from kiosk.station.evidence import evidence_of
from kiosk.station.marking.desk import (
    BACK_S,
    ask_review,
    give,
    handle_for,
    next_script,
    next_to_adjudicate,
    script,
    take_back,
)
from kiosk.station.marking.opening import open_marking
from kiosk.station.marking.settling import Settlement, settle_session
from kiosk.station.registry import Connection, log, markings, packages, results
from kiosk.station.results import explain, session_results
from kiosk.station.standings import Kind, move
from tests.station.builders import NOW, SESSION, Day, a_day

MARKERS = ("Chen", "Li")


def _open(day: Day, **options: object) -> None:
    asked = {"markers": MARKERS, "adjudicators": ("Wang",), "share": "all", "bound": "1"} | options
    open_marking(day.station, SESSION, NOW, **asked)  # type: ignore[arg-type]


def _next(day: Day, name: str) -> str:
    with day.station.registry.reading() as connection:
        found = next_script(connection, SESSION, name)
    assert found is not None
    return found.handle


def _mark_all(day: Day, numbers: dict[str, tuple[str, ...]]) -> None:
    for name, given in numbers.items():
        while True:
            with day.station.registry.reading() as connection:
                found = next_script(connection, SESSION, name)
            if found is None:
                break
            give(day.station, name, found.handle, found.turn, given, NOW, revision=found.revision)


def test_a_result_is_pending_until_people_have_marked_and_then_it_is_the_blueprints_sum(
    day: Day,
) -> None:
    before = session_results(day.station, SESSION)[0]
    assert (before.state, before.score) == ("pending", None)
    assert before.note == "2 answers for people to mark"
    with pytest.raises(InputRefused, match="counts"):
        evidence_of(day.station, SESSION, "20260001", NOW)
    _open(day)
    handle = _next(day, "Chen")
    with day.station.registry.reading() as connection:
        seen = next_script(connection, SESSION, "Chen")
    assert seen is not None
    assert seen.answer == "Because it floats."
    shown = repr(seen)
    assert "20260001" not in shown
    assert "20260002" not in shown
    assert "T-0" not in shown

    _mark_all(day, {"Chen": ("3", "1", "0"), "Li": ("3", "2", "0")})

    # 20 of 20 by the rules, the mean of 4 and 5 of 6 twice over 10 points: 15 of 20, 35 of 40.
    row = session_results(day.station, SESSION)[0]
    assert (row.state, row.score, row.passed) == ("recorded", 87.5, True)
    assert evidence_of(day.station, SESSION, "20260001", NOW)
    reasons = explain(day.station, SESSION, "20260001", "en").items[-1].reasons
    assert reasons[0] == "Marked by people."
    assert "3 + 1 + 0 / 6" in reasons[1]
    with day.station.registry.reading() as connection:
        kept = markings.find_script(connection, handle)
        assert kept is not None
        rows = results.every_marking(connection, kept.package)
        (settled,) = markings.settlements_of(connection, kept.package)
        leaves = log.every_leaf(connection)
    assert [(one.marking, one.pending) for one in rows] == [(0, 2), (1, 0)]
    assert settled.leaf == leaf_hash(settled.content) in leaves
    record = decode(settled.content, Settlement, "settlement")
    assert {one.marker for one in record.marks} == set(MARKERS)


def test_two_marks_too_far_apart_wait_for_an_adjudicator_who_has_not_marked(day: Day) -> None:
    _open(day, adjudicators=("Wang", "Chen"))
    _mark_all(day, {"Chen": ("0", "0", "0"), "Li": ("3", "0", "0")})

    assert session_results(day.station, SESSION)[0].state == "pending"
    with day.station.registry.reading() as connection:
        assert next_to_adjudicate(connection, SESSION, "Chen") is None
        found = next_to_adjudicate(connection, SESSION, "Wang")
        with pytest.raises(NotPermitted):
            next_to_adjudicate(connection, SESSION, "Li")
    assert found is not None
    assert sorted(one.points for one in found.before) == ["0", "3"]
    with pytest.raises(NotPermitted):
        give(day.station, "Chen", found.handle, "third", ("1", "0", "0"), NOW)
    while found is not None:
        done = give(day.station, "Wang", found.handle, "third", ("3", "2", "1"), NOW)
        with day.station.registry.reading() as connection:
            found = next_to_adjudicate(connection, SESSION, "Wang")
    assert done.standing == "final"
    assert {row.score for row in session_results(day.station, SESSION)[:2]} == {100}


def test_of_two_at_one_script_the_first_wins_and_the_other_is_told(day: Day) -> None:
    _open(day)
    handle = _next(day, "Chen")
    with day.station.registry.reading() as connection:
        found = next_script(connection, SESSION, "Chen")
    assert found is not None

    give(day.station, "Chen", handle, found.turn, ("3", "2", "1"), NOW, revision=found.revision)
    with pytest.raises(NotPermitted, match="marked meanwhile"):
        give(day.station, "Chen", handle, found.turn, ("0", "0", "0"), NOW, revision=found.revision)
    with pytest.raises(NotPermitted, match="somebody else"):
        give(day.station, "Wang", handle, "second", ("0", "0", "0"), NOW)

    with day.station.registry.reading() as connection:
        assert [one.points for one in markings.marks_of_script(connection, handle)] == ["6"]


def test_the_last_mark_is_taken_back_and_comes_up_first_and_both_stay_on_record(day: Day) -> None:
    _open(day)
    handle = _next(day, "Chen")
    with day.station.registry.reading() as connection:
        found = next_script(connection, SESSION, "Chen")
    assert found is not None
    give(day.station, "Chen", handle, found.turn, ("3", "0", "1"), NOW)
    assert _next(day, "Chen") != handle

    assert take_back(day.station, SESSION, "Chen", NOW) == handle
    with pytest.raises(NotPermitted):
        take_back(day.station, SESSION, "Chen", NOW)

    with day.station.registry.reading() as connection:
        again = next_script(connection, SESSION, "Chen")
    assert again is not None
    assert (again.handle, again.given, again.revision) == (handle, ("3", "0", "1"), 3)
    give(day.station, "Chen", handle, again.turn, ("1", "0", "1"), NOW, revision=3)
    with day.station.registry.reading() as connection:
        kept = [one.points for one in markings.marks_of_script(connection, handle)]
    assert kept == ["4", None, "2"]


def test_a_mark_that_completed_a_result_is_taken_back_for_some_minutes_and_the_result_waits(
    day: Day,
) -> None:
    _open(day, share="none")
    _mark_all(day, {"Chen": ("3", "2", "1"), "Li": ("3", "2", "1")})
    assert {row.score for row in session_results(day.station, SESSION)[:2]} == {100}

    with pytest.raises(NotPermitted, match="rests on"):
        take_back(day.station, SESSION, "Chen", NOW + timedelta(seconds=BACK_S + 1))
    take_back(day.station, SESSION, "Chen", NOW)
    rows = session_results(day.station, SESSION)[:2]
    assert sorted((row.state, row.score) for row in rows) == [("pending", None), ("recorded", 100)]
    _mark_all(day, {"Chen": ("0", "0", "0")})
    assert {row.score for row in session_results(day.station, SESSION)[:2]} == {75, 100}


def test_a_mark_in_an_announced_result_is_not_taken_back(day: Day) -> None:
    _open(day, share="none")
    _mark_all(day, {"Chen": ("3", "2", "1"), "Li": ("3", "2", "1")})
    move(day.station, Kind.PUBLISH, SESSION, (), Why("Wang", "round 15"), NOW)

    with pytest.raises(NotPermitted, match="rests on"):
        take_back(day.station, SESSION, "Chen", NOW)
    assert {row.score for row in session_results(day.station, SESSION)[:2]} == {100}


def test_a_review_is_a_new_mark_that_decides_and_makes_a_new_result(day: Day) -> None:
    _open(day, adjudicators=("Wang", "Zhao"))
    with day.station.registry.reading() as connection:
        package = _package(connection, "20260001")
        sealed = markings.scripts_of_package(connection, package)[0].item
        handle = handle_for(connection, SESSION, "20260001", f"author-{sealed}")
    with pytest.raises(InputRefused, match="not come to a result"):
        ask_review(day.station, handle, "Wang", NOW)
    _mark_all(day, {"Chen": ("3", "2", "1"), "Li": ("3", "2", "1")})
    assert session_results(day.station, SESSION)[0].score == 100

    with pytest.raises(NotPermitted):
        ask_review(day.station, handle, "Li", NOW)
    ask_review(day.station, handle, "Wang", NOW)
    assert session_results(day.station, SESSION)[0].score == 100
    assert _next(day, "Wang") == handle
    give(day.station, "Wang", handle, "review", ("0", "0", "0"), NOW)
    assert session_results(day.station, SESSION)[0].score == 75
    ask_review(day.station, handle, "Zhao", NOW)
    give(day.station, "Zhao", handle, "review", ("3", "0", "0"), NOW)

    assert session_results(day.station, SESSION)[0].score == 87.5
    with day.station.registry.reading() as connection:
        package = _package(connection, "20260001")
        assert [one.marking for one in results.every_marking(connection, package)] == [
            0,
            1,
            2,
            3,
        ]
        assert len(markings.settlements_of(connection, package)) == 3


def _package(connection: Connection, candidate: str) -> bytes:
    return next(
        one.sha256 for one in packages.of_session(connection, SESSION) if one.candidate == candidate
    )


def test_opening_again_takes_in_what_came_since_and_deals_for_who_left(day: Day) -> None:
    _open(day, share="none")
    day.import_(day.sit("20260003", right=10))
    give(day.station, "Chen", _next(day, "Chen"), "first", ("1", "1", "1"), NOW)

    again = open_marking(day.station, SESSION, NOW, markers=("Li", "Zhao"), share="none")

    assert (again.new, again.scripts) == (2, 6)
    with day.station.registry.reading() as connection:
        progress = markings.progress(connection, SESSION)
        with pytest.raises(NotPermitted):
            next_script(connection, SESSION, "Chen")
    assert (progress["Chen"].dealt, progress["Chen"].done) == (1, 1)
    assert abs(progress["Li"].dealt - progress["Zhao"].dealt) <= 1
    assert sum(one.dealt for one in progress.values()) == 6


def test_marks_outlast_a_later_scoring_version(day: Day) -> None:
    _open(day, share="none")
    _mark_all(day, {"Chen": ("3", "0", "0"), "Li": ("3", "0", "0")})
    with day.station.registry.writing() as connection:
        package = _package(connection, "20260001")
        first = results.every_marking(connection, package)[0]
        connection.exec_driver_sql(
            "INSERT INTO scorings SELECT bank, version, 2, x'02', 'two', 0 FROM scorings"
        )
        results.add(connection, replace(first, scoring_version=2))
        assert settle_session(connection, SESSION, 0) == 1
        assert settle_session(connection, SESSION, 0) == 0
        found = {
            (one.scoring_version, one.marking): one.score
            for one in results.every_marking(connection, package)
        }
    assert found[2, 1] == found[1, 1] == "75"


def test_numbers_that_no_rubric_has_are_refused(day: Day) -> None:
    _open(day, share="none")
    handle = _next(day, "Chen")
    for numbers in (("3",), ("4", "0", "0"), ("-1", "0", "0"), ("x", "0", "0")):
        with pytest.raises(InputRefused):
            give(day.station, "Chen", handle, "first", numbers, NOW)
    with day.station.registry.reading() as connection:
        assert not markings.marks_of(connection, SESSION)
        assert script(connection, handle, "first").revision == 1


def test_nothing_is_opened_where_people_mark_nothing(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    with pytest.raises(InputRefused, match="nothing in R15-0301 that people mark"):
        _open(day)
