"""What a page says of a session's candidates is what the results say of each."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from kiosk.artefacts.proctor_log import ProctorLog, Remark, write_log
from kiosk.scoring.numbers import number
from kiosk.station import standings
from kiosk.station.acts import Why
from kiosk.station.conflicts import decide, question
from kiosk.station.reconcile import missing_in_session, missing_sittings
from kiosk.station.registry import candidates, packages, warrants
from kiosk.station.registry.candidates import Wanted
from kiosk.station.registry.tables import reserves, roster
from kiosk.station.results import plain, session_results
from kiosk.station.standings import Kind, move
from tests.station.builders import NOW, SESSION, Day, a_day

WHY = Why("张三", "round 15")
PEOPLE = 14


def _number(at: int) -> str:
    return f"2026{at:04}"


@pytest.fixture
def day(both_databases: str, tmp_path: Path) -> Iterator[Day]:
    """Everything that may become of a candidate, each once."""
    day = a_day(tmp_path)
    day.import_(day.sit(_number(1), right=8), day.sit(_number(2), right=2))
    day.import_(day.sit(_number(3), right=8), day.sit(_number(3), right=1, terminal="T-07"))
    day.import_(day.sit(_number(4), right=8), day.sit(_number(4), right=3, terminal="T-07"))
    day.import_(day.sit(_number(5), right=7))
    with day.station.registry.writing() as connection:
        held = packages.of_session(connection, SESSION, _number(5))[0].sha256
        warrants.add(connection, warrants.WarrantRow(held, "no_id", ""))
        sight = question(connection, SESSION, _number(4)).sight
        # A roster is sealed into the session; these lines are of the registry alone.
        connection.execute(
            insert(roster),
            [
                {
                    "session": SESSION,
                    "candidate": _number(at),
                    "name": f"考_{at}",
                    "exam": "E1",
                    "unit": {8: "B厂", 9: "A厂", 10: "B厂"}.get(at, ""),
                }
                for at in range(7, PEOPLE)
            ],
        )
        connection.execute(
            insert(reserves), [{"session": SESSION, "candidate": _number(PEOPLE - 1)}]
        )
    decide(day.station, SESSION, _number(4), None, WHY, NOW, sight=sight)
    move(day.station, Kind.VOID, SESSION, [_number(2)], WHY, NOW)
    move(day.station, Kind.DEFER, SESSION, [_number(8)], WHY, NOW)
    standings.correct(day.station, SESSION, _number(1), "王喆", WHY, NOW)
    logs = [_absent_log(day, proctor, _number(7)) for proctor in day.proctors]
    day.import_(*(day.file("P.proctorlog", log) for log in logs[:1]))
    day.import_(*(day.file("P.proctorlog", log) for log in logs))
    yield day
    day.station.close()


def _absent_log(day: Day, proctor: str, candidate: str) -> bytes:
    keys = day.proctors[proctor]
    at = int((NOW + timedelta(hours=1)).timestamp())
    remarks = (Remark(at, candidate, "absent", ""), Remark(at, _number(9), "late", ""))
    log = ProctorLog(
        SESSION, keys.record.kid, at, (), remarks, {day.terminals["T-06"].record.kid: 2}
    )
    return write_log(log, keys)


def test_a_page_says_of_each_candidate_what_the_results_say(day: Day) -> None:
    lines = {line.candidate: line for line in session_results(day.station, SESSION)}
    with day.station.registry.reading() as connection:
        count = candidates.counted(connection, SESSION)
        shown = candidates.page(connection, SESSION, Wanted(), most=99)
        seats = candidates.seats(connection, SESSION, 99)

    assert [one.candidate for one in shown] == sorted(lines)
    for one in shown:
        line = lines[one.candidate]
        score = None if one.score is None else plain(number(one.score))
        assert (one.name, one.seat, score, one.passed) == (
            line.name,
            line.seat,
            line.score,
            line.passed,
        )
        assert one.state == ("absent" if one.candidate == _number(7) else line.state)
    states = [one.state for one in shown]
    assert Counter(count) == Counter(states)
    assert states[:8] == [
        *("recorded", "recorded", "conflict", "overruled"),
        *("withheld", "missing", "absent", "missing"),
    ]
    assert [(one.seat, one.candidate, one.state) for one in seats[:3]] == [
        ("01", _number(1), "recorded"),
        ("02", _number(2), "recorded"),
        ("03", _number(3), "conflict"),
    ]


def test_every_list_is_found_sorted_and_cut_by_the_database(day: Day) -> None:
    orders: tuple[candidates.Order, ...] = ("number", "name", "seat", "unit", "score")
    states = ("recorded", "pending", "conflict", "overruled", "withheld", "absent", "missing")
    with day.station.registry.reading() as connection:

        def numbers(wanted: Wanted, **more: object) -> list[str]:
            found = candidates.page(connection, SESSION, wanted, **more)  # type: ignore[arg-type]
            return [one.candidate for one in found]

        everybody = numbers(Wanted(), most=99)
        for order, down in itertools.product(orders, (False, True)):
            whole = numbers(Wanted(), order=order, down=down, most=99)
            assert sorted(whole) == everybody
            parts = [
                numbers(Wanted(), order=order, down=down, first=at, most=3) for at in (0, 3, 6, 9)
            ]
            assert list(itertools.chain(*parts)) == whole
        assert numbers(Wanted(), order="score", down=True, most=1) == [_number(1)]
        assert numbers(Wanted(), order="unit", most=3) == [_number(at) for at in (9, 8, 10)]
        by_state = [numbers(Wanted((state,)), most=99) for state in states]
        assert sorted(itertools.chain(*by_state)) == everybody
        assert [candidates.found(connection, SESSION, Wanted((one,))) for one in states] == [
            len(one) for one in by_state
        ]
        for find, numbered in {
            "王喆": [1],
            "考生5": [5],
            "考_": list(range(7, PEOPLE - 1)),
            "%": [],
            "03": [3],
            "b厂": [8, 10],
            "20260011": [11],
        }.items():
            assert numbers(Wanted((), find), most=99) == [_number(at) for at in numbered], find


def test_who_is_missing_and_what_is_told_by_logs_and_bundles(day: Day) -> None:
    missing = missing_sittings(day.station, {SESSION})
    with day.station.registry.reading() as connection:
        gone = missing_in_session(connection, SESSION)

    assert [one.candidate for one in missing] == [_number(at) for at in range(6, PEOPLE - 1)]
    assert [one.candidate for one in missing if one.absent] == [_number(7)]
    assert missing[1].absent_by == tuple(sorted(day.proctors))
    assert [(one.terminal, one.number) for one in gone] == [("T-06", 1), ("T-06", 2)]
