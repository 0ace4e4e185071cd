"""A round's figures are those of its registry: every one can be counted again by SQL written by hand."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import insert, text

from kiosk.cli import run
from kiosk.station.acts import Why
from kiosk.station.registry import parties
from kiosk.station.registry.tables import (
    banks,
    exams,
    packages,
    results,
    roster,
    rounds,
    scorings,
    sessions,
)
from kiosk.station.round_report import Figures, round_report
from kiosk.station.standings import Kind, move
from tests.station.builders import NOW, Day, a_day

CANDIDATES, ROOMS, UNITS, DISCIPLINES = 1_391, 28, 16, 42
ROUND = "R16"
LEVELS = ("L5", "L4", "L3", "L2", "L1")
WHY = Why("张三", "round 16")
PARTS = {
    "": "s.round",
    "discipline": "b.discipline",
    "level": "e.level",
    "unit": "r.unit",
    "room": "s.room",
}
BY_HAND = """
SELECT {part} AS name,
  count(*) AS planned,
  sum(CASE WHEN {counts} THEN 1 ELSE 0 END) AS results,
  sum(CASE WHEN {counts} THEN q.passed ELSE 0 END) AS passed,
  avg(CASE WHEN {counts} THEN CAST(q.score AS FLOAT) / CAST(q.max_score AS FLOAT) END) AS mean,
  sum(CASE WHEN q.pending > 0 OR c.candidate IS NOT NULL THEN 1 ELSE 0 END) AS waiting,
  sum(CASE WHEN g.state = 'absent' THEN 1 ELSE 0 END) AS absent,
  sum(CASE WHEN p.sha256 IS NULL AND c.candidate IS NULL AND g.state IS NULL THEN 1 ELSE 0 END) AS missing,
  sum(CASE WHEN g.state = 'void' THEN 1 ELSE 0 END) AS void
FROM roster r
JOIN sessions s ON s.id = r.session
JOIN exams e ON e.session = r.session AND e.exam = r.exam
JOIN banks b ON b.bank = e.bank AND b.version = e.version
LEFT JOIN packages p ON p.session = r.session AND p.candidate = r.candidate AND p.state = 'recorded'
LEFT JOIN results q ON q.package = p.sha256 AND q.scoring_version = e.scoring_version
LEFT JOIN (SELECT DISTINCT session, candidate FROM packages WHERE state = 'conflict') c
  ON c.session = r.session AND c.candidate = r.candidate
LEFT JOIN result_states g ON g.session = r.session AND g.candidate = r.candidate
WHERE s.round = 'R16'
GROUP BY {part}
"""


def _digest(*of: object) -> bytes:
    return hashlib.sha256(repr(of).encode()).digest()


@pytest.fixture
def day(both_databases: str, tmp_path: Path) -> Iterator[Day]:
    """A round as large as the group's, in the registry alone: it has no keys and no files."""
    made = a_day(tmp_path)
    with made.station.registry.writing() as connection:
        kids = {party.record.name: party.record.kid for party in parties.every(connection)}
        terminal = made.terminals["T-01"].record.kid
        author = made.author.record.kid
        assert {terminal, author} <= {*kids.values()}
        one = [f"D{at:02}" for at in range(DISCIPLINES)]
        connection.execute(insert(rounds), [{"id": ROUND, "created_at": 1}])
        connection.execute(
            insert(banks),
            [
                {
                    "bank": f"bank-{name}",
                    "version": "1",
                    "discipline": name,
                    "author": author,
                    "sealed_at": 1,
                    "image_sha256": _digest("image", name),
                    "file": f"{name}.bank",
                    "admitted_at": 1,
                }
                for name in one
            ],
        )
        connection.execute(
            insert(scorings),
            [
                {
                    "bank": f"bank-{name}",
                    "version": "1",
                    "scoring_version": 1,
                    "sha256": _digest("scoring", name),
                    "file": f"{name}.scoring",
                    "admitted_at": 1,
                }
                for name in one
            ],
        )
        connection.execute(
            insert(sessions),
            [
                {
                    "id": f"R16-{room:02}",
                    "round": ROUND,
                    "room": f"Room {room:02}",
                    "opens_at": room,
                    "closes_at": room + 100,
                    "sha256": _digest("session", room),
                    "sealed_key": b"",
                    "file": f"{room}.session",
                    "release_file": f"{room}.release",
                    "planned_at": 1,
                }
                for room in range(ROOMS)
            ],
        )
        connection.execute(
            insert(exams),
            [
                {
                    "session": f"R16-{at % ROOMS:02}",
                    "exam": f"E{at // ROOMS}",
                    "level": LEVELS[at % len(LEVELS)],
                    "bank": f"bank-{name}",
                    "version": "1",
                    "scoring_version": 1,
                    "blueprint": b"",
                }
                for at, name in enumerate(one)
            ],
        )
        connection.execute(insert(roster), [_line(at) for at in range(CANDIDATES)])
        came = [
            _package(at, n, terminal)
            for at in range(CANDIDATES)
            for n in range(2 if at % 17 == 0 else 1)
            if at % 20
        ]
        connection.execute(insert(packages), came)
        connection.execute(
            insert(results),
            [_result(at) for at in range(CANDIDATES) if at % 20],
        )
        connection.exec_driver_sql("ANALYZE")
    for room in (4, 8):
        mine = [at for at in range(CANDIDATES) if at % ROOMS == room]
        gone = [f"2026{at:05}" for at in mine if at % 20 == 0]
        cheats = [f"2026{at:05}" for at in mine if at % 20 and at % 17 and at % 23][:2]
        move(made.station, Kind.ABSENT, f"R16-{room:02}", gone, WHY, NOW)
        move(made.station, Kind.VOID, f"R16-{room:02}", cheats, WHY, NOW)
    yield made
    made.station.close()


def _line(at: int) -> dict[str, object]:
    room = at % ROOMS
    second = room + ROOMS < DISCIPLINES and at // ROOMS % 2
    return {
        "session": f"R16-{room:02}",
        "candidate": f"2026{at:05}",
        "name": f"考生{at}",
        "exam": f"E{int(second)}",
        "unit": f"Unit {at % UNITS:02}",
    }


def _package(at: int, n: int, terminal: bytes) -> dict[str, object]:
    return {
        "sha256": _digest("package", at, n),
        "terminal": terminal,
        "number": 2 * at + n + 1,
        "session": f"R16-{at % ROOMS:02}",
        "candidate": f"2026{at:05}",
        "attempt": 1,
        "answers_sha256": _digest("answers", at, n),
        "state": "recorded" if at % 17 else "conflict",
        "reason": "",
        "received_at": 1,
    }


def _result(at: int) -> dict[str, object]:
    room, second = at % ROOMS, at % ROOMS + ROOMS < DISCIPLINES and at // ROOMS % 2
    score = at * 7 % 101
    return {
        "package": _digest("package", at, 0),
        "bank": f"bank-D{room + ROOMS * int(second):02}",
        "version": "1",
        "scoring_version": 1,
        "marking": 0,
        "pending": 0 if at % 23 else 2,
        "score": f"{score}",
        "max_score": "100",
        "passed": int(score >= 60),
        "detail": b"",
        "scored_at": 1,
    }


def _by_hand(day: Day, by: str) -> dict[str, tuple[object, ...]]:
    counts = "q.pending = 0 AND g.state IS NULL"
    with day.station.registry.reading() as connection:
        rows = connection.execute(text(BY_HAND.format(part=PARTS[by], counts=counts))).fetchall()
    return {name: tuple(told) for name, *told in rows}


def _told(part: Figures) -> tuple[object, ...]:
    mean = None if part.mean is None else pytest.approx(part.mean)
    return (
        part.planned,
        part.results,
        part.passed,
        mean,
        part.waiting,
        part.absent,
        part.missing,
        part.void,
    )


def test_every_figure_of_a_round_is_counted_again_by_sql(day: Day) -> None:
    report = round_report(day.station, ROUND)

    for by, parts in (
        ("", 1),
        ("discipline", DISCIPLINES),
        ("level", 5),
        ("unit", UNITS),
        ("room", ROOMS),
    ):
        found = {part.name: _told(part) for part in report.parts if part.by == by}
        assert len(found) == parts
        assert found == _by_hand(day, by), by
    (whole,) = [part for part in report.parts if not part.by]
    assert (report.sessions, whole.planned) == (ROOMS, CANDIDATES)
    assert min(whole.results, whole.waiting, whole.absent, whole.missing, whole.void) > 0
    for part in report.parts:
        came = part.results + part.waiting + part.absent + part.missing + part.void
        assert came == part.planned, part
        assert part.rate == (part.passed / part.results if part.results else None)
    levels = [part.name for part in report.parts if part.by == "level"]
    assert levels == ["L1", "L2", "L3", "L4", "L5"]


def test_the_command_prints_writes_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = a_day(tmp_path / "day")
    day.import_(day.sit("20260001", right=8))
    at = ["--station", str(day.station.folder)]
    day.station.close()

    assert run(["station", "report", "R15", "--json", *at]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["parts"][0]["planned"], told["parts"][0]["results"]) == (6, 1)
    assert (told["parts"][0]["rate"], told["parts"][0]["mean"]) == (1.0, 1.0)
    assert "unit" not in {part["by"] for part in told["parts"]}  # no roster says one
    assert run(["station", "report", "R15", *at]) == 0
    assert "100" in capsys.readouterr().out
    out = tmp_path / "r15.xlsx"
    assert run(["station", "report", "R15", "--xlsx", str(out), *at]) == 0
    sheet = openpyxl.load_workbook(io.BytesIO(out.read_bytes())).worksheets[0]
    assert [row[2].value for row in sheet.iter_rows(min_row=2, max_row=2)] == [6]
    assert run(["station", "report", "R99", *at]) == 4
