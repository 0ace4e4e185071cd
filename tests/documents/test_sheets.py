"""Tables for spreadsheet programs: no cell of any of them can act, and rows are taken as they come."""

from __future__ import annotations

import csv
import io
import itertools
import tracemalloc
from collections.abc import Iterator

import openpyxl
import pytest

from kiosk.documents.sheets import csv_lines, write_xlsx

HOSTILE = (
    "=HYPERLINK(1)",
    "=1+1",
    "+861380",
    "-2+3",
    "@SUM(A1)",
    "#REF!",
    "\t=1",
    " =1",
    "＝1",
    "a\x00b",
)


@pytest.mark.parametrize("said", HOSTILE)
def test_what_people_wrote_never_becomes_a_formula(said: str) -> None:
    out = io.BytesIO()
    write_xlsx(out, [("head",), (said,)], "R15: [a]/*?")
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    stored = sheet["A2"]
    assert stored.data_type in ("s", "inlineStr")
    assert stored.value == said.replace("\x00", "\ufffd")

    (cells,) = csv.reader(io.StringIO(b"".join(csv_lines([(said,)])).decode("utf-8-sig")))
    assert not cells[0].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "＝"))


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    out = io.BytesIO()
    write_xlsx(out, [("a", "b", "c"), (-59.5, None, 7)], "t")
    sheet = openpyxl.load_workbook(out).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]] == [-59.5, None, 7]
    assert b"".join(csv_lines([(-59.5, None, 7)])).endswith(b"-59.5,,7\r\n")


def test_a_long_table_is_written_as_it_comes() -> None:
    made = 0

    def rows() -> Iterator[tuple[object, ...]]:
        nonlocal made
        for made in range(3_000):
            yield (f"2026{made:06}", f"考生{made}", made / 2)

    lines = csv_lines(rows())
    assert len(list(itertools.islice(lines, 10))) == 10
    assert made == 9
    tracemalloc.start()
    write_xlsx(io.BytesIO(), rows(), "t")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000
