"""`kiosk station analyse --matrix`: published figures, odd and hostile files, and what people read."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import to_builtins

from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.station.understanding.matrix_file import read_matrix
from kiosk.station.understanding.report import report_of
from tests.station.analysis.lsat import as_csv

Capture = pytest.CaptureFixture[str]


def _analysed(
    capsys: Capture, tmp_path: Path, content: str | bytes, *options: str
) -> tuple[int, Any]:
    file = tmp_path / "m.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    code = run(["station", "analyse", "--matrix", str(file), "--json", *options])
    out = capsys.readouterr().out
    # What is no JSON number (NaN) must not be written as one.
    return code, json.loads(out, parse_constant=pytest.fail) if out else None


def test_lsat6_gives_the_published_figures_without_a_station(
    tmp_path: Path, capsys: Capture
) -> None:
    code, found = _analysed(capsys, tmp_path, as_csv(), "--two-parameter")

    assert code == 0
    assert (found["n"], round(found["alpha"], 3)) == (1000, 0.295)
    assert [item["p"] for item in found["items"]] == pytest.approx(
        [0.924, 0.709, 0.553, 0.763, 0.87]
    )
    difficulties = [item["rasch"]["difficulty"] for item in found["items"]]
    assert [round(one, 2) for one in difficulties] == [-3.62, -1.32, -0.32, -1.73, -2.78]
    assert list(found["rasch"]["difficulties"].values()) == difficulties
    assert found["two_parameter"]["items"][2]["slope"] == pytest.approx(0.89, abs=0.005)
    assert {"mean", "sd", "sem", "omega"} <= found.keys()
    assert {"item", "rit", "rir"} <= found["items"][0].keys()


def test_marks_chinese_headers_blanks_and_part_scores_are_read(
    tmp_path: Path, capsys: Capture
) -> None:
    text = "题一,题二,题三\n1,0.5,NA\n0,,1\n1,1,0\n0,0,\n"
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        code, found = _analysed(capsys, tmp_path, text.encode(encoding))
        assert code == 0
        items = {item["item"]: item for item in found["items"]}
        assert [items[name]["n"] for name in ("题一", "题二", "题三")] == [4, 3, 2]
        assert items["题二"]["p"] == 0.5
        assert (items["题二"]["blank"], items["题三"]["not_reached"]) == (1, 2)
    _, wrong = _analysed(capsys, tmp_path, text, "--blanks-wrong")
    assert [item["p"] for item in wrong["items"]] == [0.5, 0.375, 0.25]


def test_all_right_all_wrong_and_one_candidate_are_told_not_computed(
    tmp_path: Path, capsys: Capture
) -> None:
    _, found = _analysed(capsys, tmp_path, "a,b,c,frequency\n1,0,1,60\n1,0,0,60\n")
    right, wrong, mixed = found["items"]
    assert (right["p"], right["rit"], right["remarks"][0]["code"]) == (1, None, "all_right")
    assert (wrong["p"], wrong["rir"], wrong["remarks"][0]["code"]) == (0, None, "all_wrong")
    assert mixed["rir"] is None

    code, alone = _analysed(capsys, tmp_path, "a,b\n1,0\n")
    assert (code, alone["n"], alone["alpha"], alone["sd"]) == (0, 1, None, None)
    assert alone["remarks"][0]["code"] == "few"


def test_a_wrong_key_is_named_in_words(tmp_path: Path, capsys: Capture) -> None:
    rows = ["1,1,1,0,50", "0,0,0,1,50", "1,0,1,1,5", "0,1,1,0,5"]
    _, found = _analysed(capsys, tmp_path, "\n".join(["a,b,c,d,frequency", *rows]))
    codes = {item["item"]: [one["code"] for one in item["remarks"]] for item in found["items"]}
    assert "negative" in codes["d"]
    assert not any("negative" in codes[name] for name in "abc")


def test_groups_are_compared_where_there_are_enough(tmp_path: Path, capsys: Capture) -> None:
    rows = [f"{pattern},{group},{count}" for pattern, group, count in (
        ("1,1,0,1", "甲厂", 40), ("1,0,0,0", "甲厂", 40), ("0,1,0,0", "甲厂", 20),
        ("1,1,1,0", "乙厂", 40), ("1,0,1,0", "乙厂", 40), ("0,1,0,1", "乙厂", 30),
        ("0,0,1,0", "丙厂", 3),
    )]  # fmt: skip
    text = "\n".join(["a,b,c,d,单位,frequency", *rows])
    code, found = _analysed(capsys, tmp_path, text, "--group", "单位")
    assert code == 0
    groups = {group["group"]: group for group in found["groups"]}
    assert groups["甲厂"]["n"] == 100
    assert groups["甲厂"]["items"][2]["ets_class"] in ("", "C")
    assert groups["丙厂"]["items"] == []
    assert _analysed(capsys, tmp_path, text, "--group", "车间")[0] == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "empty"),
        ("a,b\n", "no candidate"),
        ("a,b,frequency\n1,0,0\n", "no candidate"),
        ("frequency\n3\n", "no item"),
        ("a,b\n1,x\n", "'x' is no score"),
        ("a,b\n1,-1\n", "'-1' is no score"),
        ("a,b\n1,inf\n", "'inf' is no score"),
        ("a,b\n1,=1+1\n", "formula"),
        ("a,b,frequency\n1,0,2.5\n", "'2.5' is not how often"),
        ("a,b,frequency\n1,0,-2\n", "'-2' is not how often"),
        ("a,b,frequency,freq\n1,0,2,2\n", "two columns"),
        ("a,a\n1,0\n", "stands twice"),
        ("a,b\n1,0,1\n", "3 cells"),
        ("a,b\n1,\n0,NA\n", "'b' has no score"),
        ('a,b\n1,"0\n', "CSV"),
        (b"\x00\x01\x02\xff", "text file"),
        (b"PK\x03\x04 no archive", "XLSX"),
        ("a,b\n" + "1,0\n" * 100_001, "more than"),
    ],
)
def test_what_is_no_matrix_is_refused_with_its_place(
    tmp_path: Path, capsys: Capture, content: str | bytes, said: str
) -> None:
    file = tmp_path / "m.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())

    assert run(["station", "analyse", "--matrix", str(file), "--json"]) == 4
    told = capsys.readouterr()
    assert said in " ".join(told.err.split())
    assert told.out == ""


def test_used_wrongly_it_says_so(tmp_path: Path, capsys: Capture) -> None:
    assert run(["station", "analyse"]) == 2
    assert run(["station", "analyse", "--matrix", str(tmp_path / "no.csv")]) == 2


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_people_read_tables_with_words_in_their_language(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("KIOSK_LANG", language)
    file = tmp_path / "m.csv"
    file.write_text(as_csv(), encoding="utf-8")

    assert run(["station", "analyse", "--matrix", str(file)]) == 0
    told = capsys.readouterr()
    assert "0.295" in told.out
    assert ("信度" in told.out) == (language == "zh_CN")
    assert "0.7552" in told.err


def test_the_csv_of_hostile_names_holds_no_formula(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "m.csv"
    file.write_text('+HYPERLINK(1),"@b\x07"\n1,0\n0,1\n'.replace("\x07", ""), encoding="utf-8")

    assert run(["station", "analyse", "--matrix", str(file), "--csv"]) == 0
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert [row[0] for row in rows[1:]] == ["'+HYPERLINK(1)", "'@b"]


@pytest.mark.filterwarnings("error")
def test_whatever_the_matrix_a_report_is_plain_json() -> None:
    chance = np.random.default_rng(0)
    for _ in range(60):
        rows, items = chance.integers(1, 7), chance.integers(1, 5)
        cells = chance.choice(
            ["0", "1", "0.5", "2", ""], (rows, items), p=chance.dirichlet([1] * 5)
        )
        lines = [
            ",".join([*row, str(chance.choice([0, 1, 30, 200])), chance.choice(["a", "b", ""])])
            for row in cells
        ]
        header = ",".join([*(f"i{item}" for item in range(items)), "frequency", "g"])
        try:
            scores = read_matrix("\n".join([header, *lines]).encode(), "m.csv", group="g")
        except InputRefused:
            continue
        report = report_of(scores, "en")
        json.dumps(to_builtins(report), allow_nan=False)
