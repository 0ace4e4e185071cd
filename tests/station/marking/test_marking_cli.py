"""The commands of marking: what scripts rely on, and sheets that come back from a spreadsheet program."""

from __future__ import annotations

import io
import json
import shlex
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kiosk.cli import run
from kiosk.documents.sheets import to_csv, to_xlsx
from kiosk.station.registry import log
from tests.docs.pages import ROOT, commands
from tests.station.builders import SESSION, Day


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_LANG", "en")


def _run(capsys: pytest.CaptureFixture[str], day: Day, *words: object) -> tuple[int, Any]:
    capsys.readouterr()
    code = run(
        ["station", "marking", *map(str, words), "--station", str(day.station.folder), "--json"]
    )
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def _open(capsys: pytest.CaptureFixture[str], day: Day, *more: str) -> None:
    people = ("--marker", "Chen", "--marker", "Li", "--adjudicator", "Wang")
    code, (opened,) = _run(capsys, day, "open", SESSION, *people, "--bound", "1", *more)
    assert (code, opened["new"]) == (0, 4)


def test_a_marking_goes_from_opening_to_statistics_by_commands(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    _open(capsys, day, "--double", "all")
    for name, numbers in (("Chen", ("3", "2", "1")), ("Li", ("3", "0", "0"))):
        while (seen := _run(capsys, day, "next", SESSION, "--by", name)[1]) is not None:
            assert seen["limits"] == ["3", "2", "1"]
            code, done = _run(capsys, day, "give", seen["script"], *numbers, "--by", name)
            assert code == 0
    assert done["standing"] == "adjudicate"
    code, seen = _run(capsys, day, "next", SESSION, "--by", "Wang", "--adjudicate")
    assert sorted(one["points"] for one in seen["before"]) == ["3", "6"]
    assert _run(capsys, day, "adjudicate", seen["script"], 3, 1, 0, "--by", "Chen")[0] == 5
    assert _run(capsys, day, "adjudicate", seen["script"], 3, 1, 0, "--by", "Wang")[0] == 0
    code, found = _run(capsys, day, "status", SESSION, "--statistics")
    assert (code, found["scripts"], found["adjudicate"], found["final"]) == (0, 4, 3, 1)
    chen, li = found["statistics"]["markers"]
    assert (chen["severity"], li["severity"]) == (0.5, -0.5)
    for words in (
        ["status", SESSION, "--statistics"],
        ["next", SESSION, "--by", "Wang", "--adjudicate"],
    ):
        assert run(["station", "marking", *words, "--station", str(day.station.folder)]) == 0
    assert "Wang" in capsys.readouterr().out


def test_a_finished_package_has_its_leaf_under_a_signed_head(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    _open(capsys, day, "--double", "none")
    for name in ("Chen", "Li"):
        while (seen := _run(capsys, day, "next", SESSION, "--by", name)[1]) is not None:
            _run(capsys, day, "give", seen["script"], 3, 2, 1, "--by", name)
    with day.station.registry.reading() as connection:
        assert len(log.every_leaf(connection)) == 4
        assert log.every_checkpoint(connection)[-1][0] == 4
    assert _run(capsys, day, "back", SESSION, "--by", "Chen")[0] == 0
    assert run(["station", "results", SESSION, "--station", str(day.station.folder)]) == 0
    assert "marking" in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_sheet_filled_elsewhere_gives_its_marks_once(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    _open(capsys, day, "--double", "none")
    sheet = tmp_path / f"sheet.{suffix}"
    assert _run(capsys, day, "export", SESSION, "--by", "Chen", "--out", sheet)[0] == 0
    rows = _rows(sheet)
    assert rows[0][:2] == ["Script", "Turn"]
    assert rows[0][-3:] == ["Point 1", "Point 2", "Point 3"]
    rows[1][-3:] = ["3", "1", "0"]
    rows[2][-3:] = ["9", "1", "0"]
    sheet.write_bytes(to_csv(rows) if suffix == "csv" else to_xlsx(rows, "s"))

    code, report = _run(capsys, day, "import", sheet, "--by", "Chen")
    assert (code, report["given"], len(report["refused"])) == (3, 1, 1), report
    assert report["refused"][0]["script"] == rows[2][0]
    code, report = _run(capsys, day, "import", sheet, "--by", "Chen")
    assert (code, report["given"], report["known"]) == (3, 0, 1)
    code, report = _run(capsys, day, "import", sheet, "--by", "Li")
    assert (code, len(report["refused"])) == (4, 2)


def _rows(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        import csv

        return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_every_command_of_the_page_works_in_its_order(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = commands(ROOT / "docs" / "marking.md")
    # Nothing is to adjudicate yet, and no result to review.
    refused = {"adjudicate": 4, "review": 4}
    handle = ""
    for line in page:
        words = [word.replace("K7QD-2MHX", handle) for word in shlex.split(line)[3:-2]]
        code, shown = _run(capsys, day, *words)
        assert code == refused.get(words[0], 0), line
        if words[0] == "next" and not handle:
            handle = shown["script"]
    assert len(page) == 11


@pytest.mark.parametrize("evil", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "＝1"])
def test_no_cell_of_a_sheet_acts(evil: str) -> None:
    assert f"'{evil}".encode() in to_csv([[evil]])
    sheet = openpyxl.load_workbook(io.BytesIO(to_xlsx([["a"], [evil]], "s"))).active
    assert sheet is not None
    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", evil)


def test_wrong_use_has_its_exit_codes(day: Day, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, day, "status", SESSION)[0] == 4
    assert _run(capsys, day, "open", SESSION)[0] == 4
    assert _run(capsys, day, "open", SESSION, "--marker", "Chen", "--double", "half")[0] == 4
    _open(capsys, day, "--double", "none")
    assert _run(capsys, day, "next", SESSION, "--by", "Zhou")[0] == 5
    assert _run(capsys, day, "give", "AAAA-AAAA", 1, "--by", "Chen")[0] == 4
    assert _run(capsys, day, "give", "AAAA-AAAA")[0] == 2
