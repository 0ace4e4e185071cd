"""Tables for spreadsheet programs, as CSV and XLSX, in which no cell can act: in CSV by an apostrophe
(`cells`), in XLSX because what people wrote is stored as text, which no program computes.

`csv_lines` and `write_xlsx` take rows as they come and keep none of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
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
    return b"".join(csv_lines(rows))


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """`to_csv` line by line; numbers are written as `%g` has them, None is an empty cell."""
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    encoding = "utf-8-sig"
    for row in rows:
        writer.writerow([_shown(cell(_plain(one))) for one in row])
        yield made.getvalue().encode(encoding)
        made.seek(0)
        made.truncate()
        encoding = "utf-8"


def write_xlsx(out: IO[bytes], rows: Iterable[Sequence[object]], title: str) -> None:
    """One sheet whose first row is the header and stays in sight; numbers stay numbers.

    The rows go to a temporary file as they come, not into memory.
    """
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(title))
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_stored(sheet, _plain(one)) for one in row])
    book.save(out)


def _stored(sheet: Any, value: object) -> object:
    if not isinstance(value, str) or not value.startswith(("=", "#")):
        return value
    # By hand: it would become a formula, or an error of one.
    made = WriteOnlyCell(sheet, value)
    made.data_type = "s"
    return made


def _plain(value: object) -> object:
    return _clean(value) if isinstance(value, str) else value


def _shown(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _sheet_title(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", " ", title)[:31]


def to_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """One sheet, all of it text; the first row is the header and stays in sight."""
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = _sheet_title(title)
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
