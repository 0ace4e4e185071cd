"""Marking on SQLite and on PostgreSQL: the same acts, the same results, the same figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.errors import NotPermitted
from kiosk.station.marking.desk import ask_review, give, next_script, next_to_adjudicate, take_back
from kiosk.station.marking.opening import open_marking
from kiosk.station.marking.overview import marker_statistics, overview
from kiosk.station.registry import markings
from kiosk.station.results import session_results
from tests.station.builders import NOW, SESSION, a_day
from tests.station.marking.conftest import PLAN


@pytest.mark.usefixtures("both_databases")
def test_a_whole_marking_comes_to_the_same(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    day.plan(PLAN)
    day.import_(day.sit("20260001", right=10))
    people = ("Chen", "Li")
    station = day.station
    for _ in range(2):
        open_marking(
            station, SESSION, NOW, markers=people, adjudicators=("Wang",), share="all", bound="1"
        )
    for name, numbers in (("Chen", ("3", "2", "1")), ("Li", ("3", "0", "0"))):
        while True:
            with station.registry.reading() as connection:
                found = next_script(connection, SESSION, name)
            if found is None:
                break
            give(station, name, found.handle, found.turn, numbers, NOW, revision=found.revision)
            with pytest.raises(NotPermitted):
                give(station, name, found.handle, found.turn, numbers, NOW)
    handle = take_back(station, SESSION, "Li", NOW)
    with station.registry.reading() as connection:
        again = next_script(connection, SESSION, "Li")
        assert again is not None
        assert again.handle == handle
    give(station, "Li", handle, again.turn, ("3", "2", "0"), NOW)
    with station.registry.reading() as connection:
        found = next_to_adjudicate(connection, SESSION, "Wang")
    assert found is not None
    give(station, "Wang", found.handle, "third", ("3", "0", "0"), NOW)
    # 20 of 20; the mean of 6 and 5, and 3, of 6 over 10 points each: 34.1666... of 40.
    assert session_results(station, SESSION)[0].score == pytest.approx(100 * 34.1666667 / 40)
    ask_review(station, handle, "Wang", NOW)
    give(station, "Wang", handle, "review", ("3", "2", "1"), NOW)

    assert session_results(station, SESSION)[0].score == 87.5
    with station.registry.reading() as connection:
        seen = overview(connection, SESSION)
        figures = marker_statistics(connection, SESSION)
        kept = markings.marks_of_script(connection, handle)
    assert (seen.scripts, seen.final, seen.open, seen.adjudicate) == (2, 2, 0, 0)
    assert [(one.name, one.dealt, one.done) for one in seen.people] == [
        ("Chen", 2, 2),
        ("Li", 2, 2),
        ("Wang", 2, 2),
    ]
    assert figures.markers[1].severity == pytest.approx(-(1 + 3) / 12)
    assert [one.points for one in kept if one.turn != "first" or one.marker == "Li"][-1] == "6"
    station.close()
