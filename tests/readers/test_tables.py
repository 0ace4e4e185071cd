"""Tables from CSV and XLSX: what people's programs write is read, what is hostile is refused."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.readers import tables
from kiosk.readers.tables import FORMULA, MERGED, ROUNDED, Fault, read_table

TEXT = "准考证号,姓名\n0001,喆\n0002,李雷\n"
ROWS = [{"准考证号": "0001", "姓名": "喆"}, {"准考证号": "0002", "姓名": "李雷"}]


def _cells(data: bytes) -> list[dict[str, Any]]:
    return [row.cells for row in read_table(data, "roster.csv").rows]


def _xlsx(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_that_offices_write(encoding: str) -> None:
    assert _cells(TEXT.encode(encoding)) == ROWS


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
def test_the_separator_is_found(separator: str) -> None:
    assert _cells(TEXT.replace(",", separator).encode()) == ROWS


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)),
        "号,名\n1,€\n".encode("cp1252", "replace") + b"\x81",
        b"a,b\n\x00\x01,2\n",
    ],
)
def test_what_is_no_text_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(InputRefused, match="CSV UTF-8"):
        read_table(data, "roster.csv")


def test_rows_are_numbered_as_the_persons_program_counts_them() -> None:
    table = read_table(b'number,name\n\n1,"two\nlines"\n2,x\n', "roster.csv")

    assert [(row.number, row.cells["number"]) for row in table.rows] == [(3, "1"), (5, "2")]


@pytest.mark.parametrize("cell", ["=A1", '"=""0001"""', " =SUM(A1)"])
def test_a_formula_in_a_csv_is_no_value(cell: str) -> None:
    assert _cells(f"a,b\n{cell},x\n".encode())[0]["a"] == FORMULA


@pytest.mark.parametrize("cell", ["2.02603E+17", "1E+15"])
def test_a_number_that_a_spreadsheet_has_rounded_is_no_value(cell: str) -> None:
    assert _cells(f"a,b\n{cell},x\n".encode())[0]["a"] == ROUNDED


def test_an_xlsx_is_read_with_its_numbers_as_typed() -> None:
    data = _xlsx([["number", "name", "extra"], [20260001, "喆", 25.0], ["0002", " 李 ", None]])

    assert _cells(data) == [
        {"number": "20260001", "name": "喆", "extra": "25"},
        {"number": "0002", "name": "李", "extra": ""},
    ]


def test_a_formula_in_an_xlsx_is_no_value_even_where_its_result_is_stored() -> None:
    assert _cells(_xlsx([["a", "b"], ["=1+1", "x"]]))[0]["a"] == FORMULA


@pytest.mark.parametrize(("value", "bad"), [(10**15, True), (10**15 - 1, False), (1e16, True)])
def test_digits_beyond_what_a_spreadsheet_keeps_are_no_value(value: float, bad: bool) -> None:
    assert isinstance(_cells(_xlsx([["a", "b"], [value, "x"]]))[0]["a"], Fault) is bad


def _with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, content)
    return out.getvalue()


def test_an_xlsx_that_unpacks_without_end_is_refused_before_it_is_unpacked() -> None:
    bomb = _with_part(_xlsx([["a"], ["1"]]), "xl/media/x.bin", b"\0" * 50_000_000)
    assert len(bomb) < 100_000

    with pytest.raises(InputRefused, match="unpacks to more"):
        read_table(bomb, "roster.xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_an_xlsx_that_declares_entities_is_refused(encoding: str) -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'.encode(encoding)
    data = _with_part(_xlsx([["a"], ["1"]]), "xl/sharedStrings.xml", laughs)

    with pytest.raises(InputRefused, match="entities"):
        read_table(data, "roster.xlsx")


def test_an_xlsx_that_says_it_is_huge_is_read_as_long_as_it_is() -> None:
    data = _xlsx([["a", "b"], ["1", "2"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    huge = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert huge != sheet

    assert _cells(_with_part(data, "xl/worksheets/sheet1.xml", huge)) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("cut", [100, 1000, -30])
def test_a_damaged_xlsx_is_refused_with_advice(cut: int) -> None:
    with pytest.raises(InputRefused, match="XLSX"):
        read_table(_xlsx([["a"], ["1"]])[:cut], "roster.xlsx")


def test_a_table_has_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_ROWS", 3)
    with pytest.raises(InputRefused, match="more than 3 rows"):
        read_table(b"a,b\n" * 5, "roster.csv")
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 4)
    with pytest.raises(InputRefused, match="larger than"):
        read_table(b"a,b\n1,2\n", "roster.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,a\n1,2\n", "stands twice"),
        ("", "empty"),
        ("\n\n", "empty"),
        ("a,b\n1,2,3\n", "3 cells"),
        ('a,b\n"1,2\n', "quotation mark"),
    ],
)
def test_a_table_without_a_clear_shape_is_refused_by_row(text: str, message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        read_table(text.encode(), "roster.csv")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_table_or_a_refusal(data: bytes) -> None:
    for candidate in (data, b"PK\x03\x04" + data):
        with contextlib.suppress(InputRefused):
            read_table(candidate, "roster.csv")


def test_a_cell_that_a_merged_range_covers_is_no_empty_cell() -> None:
    book = openpyxl.Workbook()
    for row in (["a", "b"], ["1", "2"], ["", "3"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    out = io.BytesIO()
    book.save(out)
    assert _cells(out.getvalue()) == [{"a": "1", "b": "2"}, {"a": MERGED, "b": "3"}]
