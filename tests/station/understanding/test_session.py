"""`kiosk station analyse SESSION`: from sealed packages to figures, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.assessment.sitting import HandedIn, Moved
from kiosk.cli import run
from kiosk.station.understanding.session_answers import read_exam
from tests.station.builders import SESSION, a_day

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six candidates planned, five of whom came."""
    day = a_day(tmp_path_factory.mktemp("day"))
    visits = [Moved(1_000 * second, second) for second in (1, 2)]
    packages = [day.sit("20260001", right=8, events=visits, end=HandedIn(5_000))]
    packages += [
        day.sit(f"2026000{n}", right=right) for n, right in ((2, 6), (3, 4), (4, 2), (5, 0))
    ]
    report = day.import_(*packages)
    assert (report.imported, report.refused) == (5, ())
    day.station.close()
    return day.station.folder


def _analysed(capsys: Capture, *words: object) -> tuple[int, Any]:
    code = run(["station", "analyse", *map(str, words), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_a_session_is_analysed_from_what_the_registry_holds(station: Path, capsys: Capture) -> None:
    code, found = _analysed(capsys, SESSION, "--station", station)

    assert code == 0
    assert (found["n"], found["absent"], found["level"]) == (5, 1, "L4")
    assert {form["n"] for form in found["forms"]} == {2, 3}
    assert all(item["item"].startswith("author-") for item in found["items"])
    results = {one["candidate"]: one for one in found["candidates"]}
    assert (results["20260001"]["score"], results["20260005"]["score"]) == (100, 0)
    assert results["20260001"]["seat"] == "01"
    assert found["pyramid"] == [{"level": "L4", "sat": 5, "passed": found["passed"]}]
    choice = next(item for item in found["items"] if item["kind"] == "single_choice")
    assert [one["key"] for one in choice["options"]] == [False, True, False]
    assert sum(item["not_reached"] for item in found["items"]) == 2 + 4 + 6 + 8


def test_time_goes_to_the_item_that_was_on_the_screen(station: Path) -> None:
    from kiosk.station.home import Station

    opened = Station.open(station)
    answers = read_exam(opened, SESSION)
    opened.close()
    first = next(taker for taker in answers.takers if taker.candidate == "20260001")
    assert [first.seconds.get(item, 0) for item in first.paper[:4]] == pytest.approx(
        [1, 1, 3, 0], abs=0.02
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["R15-none"], 4),
        ([SESSION, "--exam", "E9"], 4),
        ([SESSION, "--scoring-version", "7"], 4),
        ([SESSION, "--matrix", "x.csv"], 2),
    ],
)
def test_what_is_not_there_is_refused(
    station: Path, capsys: Capture, words: list[str], code: int
) -> None:
    assert _analysed(capsys, *words, "--station", station)[0] == code
    assert run(["station", "analyse", SESSION]) == 2


def test_people_read_a_session_in_chinese(
    station: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_LANG", "zh")
    assert run(["station", "analyse", SESSION, "--station", str(station)]) == 0
    told = capsys.readouterr().out
    assert "合格" in told
    assert "中级工" in told


def test_plots_and_exports_are_written_for_their_owner_alone(
    station: Path, tmp_path: Path, capsys: Capture
) -> None:
    plots, files = tmp_path / "plots", tmp_path / "files"
    code, _ = _analysed(capsys, SESSION, "--station", station, "--plots", plots, "--export", files)
    assert code == 0
    assert {"items.svg", "scores.svg", "levels.svg"} <= {path.name for path in plots.iterdir()}
    assert len(list((files / "qti").iterdir())) == 5
    assert (files / "analysis.xlsx").stat().st_mode & 0o077 == 0
    assert run(["station", "analyse", "--matrix", __file__, "--export", str(files)]) == 2
