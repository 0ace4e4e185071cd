"""A result goes its way in lawful steps only, each with who, when, why and a leaf."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.merkle import leaf_hash
from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.acts import Why
from kiosk.station.registry import acts, log
from kiosk.station.results import ResultLine, session_results
from kiosk.station.standings import LAWFUL, Kind, correct, move
from tests.station.builders import NOW, SESSION, Day, a_day

WHY = Why("张三", "round 15")


def _line(day: Day, number: int = 1) -> ResultLine:
    return session_results(day.station, SESSION)[number - 1]


@pytest.mark.usefixtures("both_databases")
def test_a_result_is_published_reviewed_answered_and_final(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"), day.sit("20260002"))
    assert _line(day).standing == "provisional"

    moved = move(day.station, Kind.PUBLISH, SESSION, (), WHY, NOW, days=7)
    assert [one.candidate for one in moved] == ["20260001", "20260002"]
    with pytest.raises(NotPermitted, match="not over yet"):
        move(day.station, Kind.FINALISE, SESSION, ["20260001"], WHY, NOW)
    move(day.station, Kind.REVIEW, SESSION, ["20260001"], WHY, NOW + timedelta(days=6))
    assert (_line(day).standing, _line(day).score) == ("under_review", 100)
    late = NOW + timedelta(days=8)
    with pytest.raises(NotPermitted, match="time for a review"):
        move(day.station, Kind.REVIEW, SESSION, ["20260002"], WHY, late)
    assert len(move(day.station, Kind.FINALISE, SESSION, (), WHY, late)) == 1
    move(day.station, Kind.REPLY, SESSION, ["20260001"], WHY, late)
    move(day.station, Kind.FINALISE, SESSION, (), WHY, late)

    assert [row.standing for row in session_results(day.station, SESSION)[:3]] == [
        "final",
        "final",
        "",
    ]
    with day.station.registry.reading() as connection:
        done = acts.of_session(connection, SESSION)
        leaves = log.every_leaf(connection)
        told = acts.history(connection, SESSION)
    assert [one.kind for one in done] == ["publish", "review", "finalise", "reply", "finalise"]
    assert all(leaf_hash(one.content) == one.leaf and one.leaf in leaves for one in done)
    assert len(told) == 6
    day.station.close()


def test_every_step_that_is_not_lawful_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))

    for kind in Kind:
        if kind not in LAWFUL["provisional"]:
            with pytest.raises(NotPermitted):
                move(day.station, kind, SESSION, ["20260001"], WHY, NOW)
        if kind not in LAWFUL[""]:
            with pytest.raises(NotPermitted):
                move(day.station, kind, SESSION, ["20260002"], WHY, NOW)
    with pytest.raises(InputRefused, match="no candidate"):
        move(day.station, Kind.VOID, SESSION, ["99"], WHY, NOW)
    with pytest.raises(InputRefused, match="name and a reason"):
        move(day.station, Kind.VOID, SESSION, ["20260001"], Why("张三", " "), NOW)
    with day.station.registry.reading() as connection:
        assert acts.of_session(connection, SESSION) == ()


def test_a_void_result_counts_for_nothing_and_may_come_back(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))

    move(day.station, Kind.VOID, SESSION, ["20260001"], Why("李四", "违规 12 号"), NOW)
    assert (_line(day).score, _line(day).passed, _line(day).standing) == (None, None, "void")
    assert "违规 12 号" in _line(day).note
    move(day.station, Kind.REINSTATE, SESSION, ["20260001"], WHY, NOW)
    assert (_line(day).score, _line(day).standing) == (100, "provisional")


def test_a_package_of_somebody_absent_waits_for_a_person(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    move(day.station, Kind.ABSENT, SESSION, ["20260001"], WHY, NOW)
    move(day.station, Kind.DEFER, SESSION, ["20260002"], WHY, NOW)
    assert [_line(day, n).standing for n in (1, 2)] == ["absent", "deferred"]

    day.import_(day.sit("20260001"))
    assert (_line(day).standing, _line(day).score) == ("withheld", None)
    move(day.station, Kind.RELEASE, SESSION, ["20260001"], WHY, NOW)
    assert (_line(day).standing, _line(day).score) == ("provisional", 100)


def test_a_corrected_name_is_a_record_and_no_cell_becomes_a_formula(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = a_day(tmp_path)
    correct(day.station, SESSION, "20260001", "王喆", WHY, NOW)
    correct(day.station, SESSION, "20260001", "=HYPERLINK(1)", WHY, NOW)
    at = ["--station", str(day.station.folder)]

    assert run(["station", "results", SESSION, "--csv", *at]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["name"] == "'=HYPERLINK(1)"
    with day.station.registry.reading() as connection:
        assert len(acts.of_session(connection, SESSION)) == 2
    with pytest.raises(InputRefused, match="whose name"):
        correct(day.station, SESSION, "99", "x", WHY, NOW)


def test_the_commands_speak_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    at = ["--reason", "第15批次", "--station", str(day.station.folder)]
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")

    assert run(["station", "result", "publish", SESSION, *at]) == 0
    assert "公示" in capsys.readouterr().out
    assert run(["station", "result", "publish", SESSION, "20260001", *at]) == 5
    assert "20260001" in capsys.readouterr().err
    assert run(["station", "acts", SESSION, *at[2:]]) == 0
    assert "第15批次" in capsys.readouterr().out
