"""A key found wrong after the exam: a new version for the whole round, who changes, and nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.codec import decode
from kiosk.artefacts.merkle import leaf_hash
from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted
from kiosk.scoring.result import Result
from kiosk.scoring.rules import ItemRules
from kiosk.station import enrol, rescoring
from kiosk.station.acts import Why
from kiosk.station.registry import acts, log, results
from kiosk.station.rescoring import rescore, void_item
from kiosk.station.results import explain, session_results
from tests.station.builders import NOW, SESSION, Day, a_day, corrected

WHY = Why("张三", "the key was wrong")


def _item(day: Day, position: int = 0, number: str = "20260001") -> str:
    """The sealed name of an item of a candidate's paper."""
    return list(day.answers(number, 8))[position]


def _scores(day: Day) -> list[tuple[object, object]]:
    return [(row.score, row.passed) for row in session_results(day.station, SESSION)[:2]]


def _other_right(item: str, day: Day, version: int = 2) -> bytes:
    """The scoring in which another answer to `item` is the right one."""

    def change(rules: ItemRules) -> ItemRules:
        if rules.item != item:
            return rules
        (declared,) = rules.responses
        correct = ("9",) if item[0] == "t" else (f"{item}c",)
        return replace(rules, responses=(replace(declared, correct=correct),))

    return corrected(day, change, version)


@pytest.mark.usefixtures("both_databases")
def test_a_corrected_key_changes_who_it_concerns_and_earlier_results_stay(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001", right=8), day.sit("20260002", answers={}))
    scoring = _other_right(_item(day), day)

    tried = rescore(day.station, SESSION, scoring, NOW, WHY, dry_run=True)
    assert _scores(day) == [(100, True), (0, False)]
    done = rescore(day.station, SESSION, scoring, NOW, WHY)
    again = rescore(day.station, SESSION, scoring, NOW, WHY)

    assert tried == done
    (changed,) = [row for row in done.rows if row.changed]
    assert (changed.candidate, changed.score_before, changed.passed) == ("20260001", 100, True)
    assert (changed.score, 0) == (_scores(day)[0][0], _scores(day)[1][0])
    assert (again.new, any(row.changed for row in again.rows)) == (False, False)
    with day.station.registry.reading() as connection:
        kept = results.of_session(connection, SESSION)
        (act,) = acts.of_session(connection, SESSION)
        assert leaf_hash(act.content) == act.leaf
        assert act.leaf in log.every_leaf(connection)
    assert [(row.scoring_version, row.score) for row in kept if row.score == "100"] == [(1, "100")]
    assert (act.made_by, act.reason) == ("张三", "the key was wrong")

    late = day.import_(day.sit("20260003", right=8))
    assert late.imported == 1
    with day.station.registry.reading() as connection:
        newest = results.of_session(connection, SESSION)
    assert {row.scoring_version for row in newest} == {1, 2}
    day.station.close()


def test_scoring_again_that_is_killed_goes_on_and_counts_nothing_before_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    day.import_(*(day.sit(f"2026000{n}") for n in (1, 2, 3)))
    monkeypatch.setattr("kiosk.station.batches.BATCH", 1)
    scoring = _other_right(_item(day), day)
    with monkeypatch.context() as patch:
        record, done = rescoring._Run._record, []

        def killed(*given: object) -> None:
            if len(done) == 2:
                raise KeyboardInterrupt
            done.append(record(*given))  # type: ignore[arg-type, func-returns-value]

        patch.setattr(rescoring._Run, "_record", killed)
        with pytest.raises(KeyboardInterrupt):
            rescore(day.station, SESSION, scoring, NOW, WHY)
    assert [row.score for row in session_results(day.station, SESSION)[:3]] == [100] * 3

    after = rescore(day.station, SESSION, scoring, NOW, WHY)

    assert after.new
    assert [row.changed for row in after.rows][:1] == [True]
    with day.station.registry.reading() as connection:
        assert len(results.of_session(connection, SESSION)) == 6


def test_a_package_that_came_by_the_old_version_meanwhile_is_scored_by_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")
    scoring = _other_right(_item(day), day)
    from kiosk.station import receiving

    record = receiving.record

    def rescored_before(*given: object) -> object:
        rescore(day.station, SESSION, scoring, NOW, WHY)
        return record(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(receiving, "record", rescored_before)
    day.import_(package)

    row = session_results(day.station, SESSION)[0]
    assert row.state == "recorded"
    assert row.score != 100


def test_a_scoring_file_is_checked_like_a_banks(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    good = _other_right(_item(day), day)

    with pytest.raises(InputRefused):
        rescore(day.station, SESSION, good[:-1], NOW, WHY)
    with pytest.raises(InputRefused, match="999"):
        rescore(day.station, SESSION, _other_right(_item(day), day, 1000), NOW, WHY)
    with pytest.raises(InputRefused, match="no session"):
        rescore(day.station, "R99", good, NOW, WHY)
    with pytest.raises(InputRefused, match="a name and a reason"):
        rescore(day.station, SESSION, good, NOW, Why("", ""))
    enrol.revoke(day.station, "专家", NOW)
    with pytest.raises(NotPermitted):
        rescore(day.station, SESSION, good, NOW, WHY)
    assert _scores(day)[0] == (100, True)


def test_a_bad_item_is_given_to_all_left_out_or_has_a_further_answer(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    item = next(name for name in day.answers("20260001", 8) if name[0] == "s")
    wrong = day.answers("20260001", 8) | {item: (f"{item}c",)}
    day.import_(day.sit("20260001", answers=wrong))
    before = session_results(day.station, SESSION)[0].score
    assert before == 90  # two points of twenty

    def decided(how: rescoring.How, *answer: str) -> object:
        done = void_item(day.station, SESSION, f"author-{item}", how, NOW, WHY, answer=answer)
        assert done.scoring_version % 1000 == 1
        return done.rows[0].score

    assert decided("also-right", f"{item}a") == 90
    assert decided("also-right", f"{item}c") == 100
    assert decided("leave-out") == 100  # eighteen of eighteen
    assert decided("full") == 100
    assert decided("full") == 100
    with day.station.registry.reading() as connection:
        rows = results.of_session(connection, SESSION)
        assert len(acts.of_session(connection, SESSION)) == 4
    by_version = {row.scoring_version: decode(row.detail, Result, "result") for row in rows}
    assert {version: found.max_points for version, found in by_version.items()} == {
        1: "20",
        1001: "20",
        2001: "20",
        3001: "18",
        4001: "20",
    }
    said = explain(day.station, SESSION, "20260001", "en")
    assert "The question was at fault: everybody has its points." in {
        reason for one in said.items for reason in one.reasons
    }
    with pytest.raises(InputRefused, match="no exam of"):
        void_item(day.station, SESSION, "author-none", "full", NOW, WHY)


def test_the_command_prints_rows_and_a_dry_run_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.cli.station_results.utc_now", lambda: NOW)
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    file = day.file("b-2.scoring", _other_right(_item(day), day))
    words = ["station", "rescore", SESSION, "--scoring", str(file)]
    at = ["--station", str(day.station.folder)]

    assert run([*words, *at, "--json", "--dry-run"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert run([*words, *at, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows == tried
    assert {"candidate", "score_before", "score", "passed_before", "passed"} <= rows[0].keys()
    assert run([*words, *at, "--csv"]) == 0
    assert capsys.readouterr().out.startswith("session,candidate,name")
    assert run(["station", "rescore", "R99", "--scoring", str(file), *at]) == 4
