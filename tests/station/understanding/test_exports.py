"""What leaves an analysis: whole, readable by others, and no formula in it."""

from __future__ import annotations

import csv
import io
import json
import re

import openpyxl
import pytest
from lxml import etree
from msgspec.structs import replace
from pyarrow import parquet

from kiosk.station.understanding.exports import QTI_NAMESPACE, every_export
from kiosk.station.understanding.plots import option_plot, plots_of
from kiosk.station.understanding.session_answers import ExamAnswers, Standing
from kiosk.station.understanding.session_report import SessionReport, session_report
from tests.station.understanding.takers import an_exam

Exported = tuple[ExamAnswers, SessionReport, dict[str, bytes]]
_NCNAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


@pytest.fixture(scope="module")
def exported() -> Exported:
    exam = an_exam(110)
    first = replace(
        exam.takers[0],
        candidate="=cmd|' /C calc'!A0",
        name="@王\x0b",
        chosen={**exam.takers[0].chosen, "q03": ("<a> & b", "\x01")},
    )
    exam = replace(exam, takers=(first, *exam.takers[1:]))
    report = session_report(exam, "zh-CN", standings=[Standing("L4", 110, 60)])
    return exam, report, dict(every_export(exam, report))


def test_tables_hold_every_candidate_and_no_formula(exported: Exported) -> None:
    _, report, files = exported
    rows = list(csv.reader(io.StringIO(files["candidates.csv"].decode("utf-8-sig"))))
    assert len(rows) == 111
    assert rows[1][:2] == ["'=cmd|' /C calc'!A0", "'@王\x0b"]

    book = openpyxl.load_workbook(io.BytesIO(files["analysis.xlsx"]))
    assert book.sheetnames == [
        "test",
        "items",
        "options",
        "knowledge_points",
        "groups",
        "candidates",
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    items = {row[0]: row for row in book["items"].iter_rows(min_row=2, values_only=True)}
    assert items["q09"][5] == pytest.approx(report.items[9].p)


def test_parquet_has_a_row_an_answer(exported: Exported) -> None:
    exam, _, files = exported
    table = parquet.read_table(io.BytesIO(files["answers.parquet"]))
    assert table.num_rows == 110 * 20
    total = sum(one for one in table.column("points").to_pylist() if one is not None)
    assert total == sum(points or 0 for taker in exam.takers for points in taker.points.values())


def test_statements_are_xapi_and_have_the_same_ids_each_time(exported: Exported) -> None:
    exam, report, files = exported
    statements = json.loads(files["statements.json"])
    assert len(statements) == 110 * 21
    assert len({one["id"] for one in statements}) == len(statements)
    assert dict(every_export(exam, report))["statements.json"] == files["statements.json"]
    for one in statements[:50]:
        assert {"actor", "verb", "object"} <= one.keys()
        assert one["verb"]["id"].startswith("http://adlnet.gov/expapi/verbs/")
        score = one["result"]["score"]
        assert score["min"] <= score["raw"] <= score["max"]
        assert -1 <= score["scaled"] <= 1


def test_qti_results_have_the_standards_order_names_and_values(exported: Exported) -> None:
    """The rules of the 3.0 schema that are checked here: element order, required attributes,
    identifiers that are XML names, enumerations."""
    _, _, files = exported
    reports = [data for name, data in files.items() if name.startswith("qti/")]
    assert len(reports) == 110
    tag = f"{{{QTI_NAMESPACE}}}"
    for data in reports[:10]:
        root = etree.fromstring(data)
        assert root.tag == f"{tag}assessmentResult"
        kinds = [child.tag.removeprefix(tag) for child in root]
        assert kinds == ["context", "testResult"] + ["itemResult"] * 20
        for element in root.iter():
            for name in ("identifier", "sourcedId"):
                if name in element.attrib:
                    assert _NCNAME.fullmatch(element.get(name, ""))
        for at, item in enumerate(root.iter(f"{tag}itemResult"), start=1):
            assert item.get("sequenceIndex") == str(at)
            assert item.get("sessionStatus") == "final"
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item.get("datestamp", ""))
            assert [child.tag.removeprefix(tag) for child in item] == [
                "responseVariable",
                "responseVariable",
                "outcomeVariable",
            ]
    values = etree.fromstring(reports[0]).findall(f".//{tag}candidateResponse/{tag}value")
    assert "<a> & b" in [value.text for value in values]


def test_difficulties_are_what_form_building_goes_by(exported: Exported) -> None:
    _, report, files = exported
    told = json.loads(files["difficulties.json"])
    assert (told["bank"], told["level"]) == ("bank", "L4")
    assert told["items"]["q09"]["difficulty"] == pytest.approx(1 - (report.items[9].p or 0))


def test_plots_are_svg_with_chinese_words_and_no_script(exported: Exported) -> None:
    _, report, _ = exported
    made = plots_of(report, "zh-CN")
    assert {"items", "curves", "scores", "levels"} <= made.keys()
    for svg in made.values():
        root = etree.fromstring(svg.encode())
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not root.findall(".//{*}script")
        assert "Noto Sans CJK SC" in svg
        assert re.search("[一-鿿]", svg)


def test_an_items_name_is_text_in_its_plot(exported: Exported) -> None:
    _, report, _ = exported
    line = replace(report.items[9], item="<script>alert(1)</script>")
    assert "<script" not in option_plot(line, "en")
