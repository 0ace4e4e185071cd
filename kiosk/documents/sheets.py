"""Tables for spreadsheet programs, as CSV and XLSX, in which no cell can act: in CSV by an apostrophe
(`cells`), in XLSX because every cell is stored as text, which no program computes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kiosk.documents.cells import cell

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WIDE: Final = 60
_NARROW: Final = 14
MOST_CHARACTERS: Final = 32_767
"""Of a cell; a spreadsheet program takes no more."""


def to_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, which spreadsheet programs need to read Chinese."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerows([[str(cell(_clean(one))) for one in row] for row in rows])
    return made.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """One sheet, all of it text; the first row is the header and stays in sight."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", title)[:31]
    for at, row in enumerate(rows, start=1):
        for column, said in enumerate(row, start=1):
            made = sheet.cell(at, column)
            # By hand: a value that begins with = would become a formula.
            made.value = _clean(said)
            made.data_type = "s"
            made.number_format = "@"
            made.alignment = Alignment(wrap_text=True, vertical="top")
            if at == 1:
                made.font = Font(bold=True)
    for column in range(1, len(rows[0]) + 1 if rows else 1):
        long = any(len(row[column - 1]) > _NARROW for row in rows[1:])
        sheet.column_dimensions[get_column_letter(column)].width = _WIDE if long else _NARROW
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clean(said: str) -> str:
    return _FORBIDDEN.sub("\ufffd", said)[:MOST_CHARACTERS]
