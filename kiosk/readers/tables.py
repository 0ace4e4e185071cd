"""Tables that people make: CSV in whatever encoding their program wrote, and XLSX, opened safely.

The one thing to know: a cell is text or a `Fault`. A formula, or a number that a spreadsheet has
already rounded, is never taken for a value; the caller reports it with its row number.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from msgspec import Struct
from openpyxl.worksheet.cell_range import CellRange

from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 10_000
MAX_MERGED = 1_000
MAX_PARTS = 1_000
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_RATIO = 200
"""Most a part of an XLSX may grow when unpacked; real sheets stay under 30."""

_EXACT_DIGITS = 15
"""A spreadsheet keeps this many digits of a number and makes the others noughts."""


class Fault(Struct, frozen=True):
    """Why a cell has no usable value, and what to do about it: sentences of the catalogue."""

    summary: str
    remedy: str


Cell = str | Fault


class Row(Struct, frozen=True):
    """`number` is the row as the person's program counts it, from 1, the header included."""

    number: int
    cells: dict[str, Cell]


class Table(Struct, frozen=True):
    """The first sheet, by its header row; rows without any cell are left out."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


FORMULA = Fault(
    mark("a formula stands here instead of a value"),
    mark("Copy the column and paste it again as values only"),
)
ROUNDED = Fault(
    mark("the spreadsheet stored this as a number and has already changed its digits"),
    mark("Format the column as text and enter the value again"),
)
BROKEN = Fault(mark("the cell shows an error"), mark("Correct it in the spreadsheet"))
MERGED = Fault(
    mark("the cell is merged with others, so that its value stands elsewhere"),
    mark("Undo the merging and fill in every cell"),
)


def read_table(data: bytes, where: str) -> Table:
    """The table in the bytes of a CSV or XLSX file; which of them, the bytes say.

    Args:
        where: the file's name, for errors.

    Raises:
        InputRefused: neither, in no encoding we know, too large, or without a header row.
    """
    if len(data) > MAX_FILE_BYTES:
        raise InputRefused(
            mark("the table is larger than {n} MB"),
            where=where,
            remedy=mark("Keep the rows that are needed in a file of their own"),
            n=MAX_FILE_BYTES // 2**20,
        )
    lines = _xlsx_lines(data, where) if data[:4] == b"PK\x03\x04" else _csv_lines(data, where)
    return _table(lines, where)


def decode_text(data: bytes, where: str) -> str:
    """The text of a file as Windows and Chinese programs write it: UTF-8 with or without mark,
    UTF-16 with mark, GB18030.

    Raises:
        InputRefused: none of these fits.
    """
    for signature, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(signature):
            return _decoded(data, (encoding,), where)
    return _decoded(data, ("utf-8", "gb18030"), where)


def _decoded(data: bytes, encodings: Iterable[str], where: str) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 takes nearly any bytes: what is no text shows by its control characters.
        if not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
            return text
    raise InputRefused(
        mark("not a text file in an encoding we know (UTF-8, UTF-16, GB18030)"),
        where=where,
        remedy=mark("Save it again as 'CSV UTF-8' or as XLSX"),
    )


def _table(lines: Iterator[tuple[int, list[Cell]]], where: str) -> Table:
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in lines:
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise InputRefused(
                mark("the table has more than {rows} rows or {columns} columns"),
                where=where,
                remedy=mark("Copy the cells that are needed into a new sheet"),
                rows=f"{MAX_ROWS:,}",
                columns=MAX_COLUMNS,
            )
        if not any(cells):
            continue
        if not columns:
            columns = _header(cells, where, number)
            continue
        known = dict(zip(columns, cells, strict=False))
        beyond = [cell for cell in cells[len(columns) :] if cell]
        if beyond:
            raise InputRefused(
                mark("{n} cells where the header names {columns}"),
                where=f"{where}, row {number}",
                remedy=mark(
                    "Look for a separator inside a cell; put such a cell in quotation marks"
                ),
                n=len(cells),
                columns=len(columns),
            )
        rows.append(Row(number, {name: known.get(name, "") for name in columns if name}))
    if not columns:
        raise InputRefused(
            mark("the table is empty"), where=where, remedy=mark("Begin with a header row")
        )
    return Table(tuple(name for name in columns if name), tuple(rows))


def _header(cells: list[Cell], where: str, number: int) -> tuple[str, ...]:
    names = [cell if isinstance(cell, str) else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InputRefused(
            mark("the column '{name}' stands twice"),
            where=f"{where}, row {number}",
            remedy=mark("Keep one of them"),
            name=twice[0],
        )
    return tuple(names)


# --- CSV --------------------------------------------------------------------------------------------


def _csv_lines(data: bytes, where: str) -> Iterator[tuple[int, list[Cell]]]:
    text = decode_text(data, where)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        number = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise InputRefused(
                mark("not a valid CSV file: {fault}"),
                where=f"{where}, row {number}",
                remedy=mark("Look for a quotation mark that is not closed"),
                fault=str(fault),
            ) from fault
        yield number, [_csv_cell(field, f"{where}, row {number}") for field in fields]


def _delimiter(text: str) -> str:
    """The separator that gives the first line the most columns; a comma where none does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t，", key=lambda sign: len(next(csv.reader([first], delimiter=sign))))


def _csv_cell(field: str, where: str) -> Cell:
    text = _trimmed(field, where)
    if text.startswith("="):
        return FORMULA
    mantissa, exponent, power = text.upper().partition("E+")
    if exponent and power.isdigit() and mantissa.replace(".", "", 1).isdigit():
        return ROUNDED
    return text


def _trimmed(text: str, where: str) -> str:
    if len(text) > MAX_CELL_CHARACTERS:
        raise InputRefused(
            mark("a cell holds more than {n} characters"), where=where, n=f"{MAX_CELL_CHARACTERS:,}"
        )
    return text.strip().strip("\ufeff\u200b")


# --- XLSX -------------------------------------------------------------------------------------------


def _xlsx_lines(data: bytes, where: str) -> Iterator[tuple[int, list[Cell]]]:
    _check_parts(data, where)
    try:
        # keep_links False: what other workbooks hold is neither read nor asked for.
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=False, keep_links=False
        )
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # the size a file states of itself is not to be believed
            covered = _covered(data, sheet)
            for number, row in enumerate(sheet.iter_rows(), start=1):
                at = f"{where}, row {number}"
                cells = [_xlsx_cell(cell, at) for cell in row]
                yield number, _with_merged(cells, number, covered) if covered else cells
        finally:
            book.close()
    except InputRefused:
        raise
    except Exception as fault:
        raise InputRefused(
            mark("not a usable XLSX file ({fault})"),
            where=where,
            remedy=mark("Open it in the spreadsheet program and save it again, or save it as CSV"),
            fault=type(fault).__name__,
        ) from fault


_MERGED_RANGE = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]{0,80}?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"'
)


def _covered(data: bytes, sheet: Any) -> list[tuple[int, int, int, int]]:
    """The merged ranges of a sheet (columns and rows, from and to), which openpyxl's reader of rows
    passes over."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.read(sheet._worksheet_path)  # it has no public name
    ranges = [
        CellRange(found[1].decode("ascii"))
        for found in itertools.islice(_MERGED_RANGE.finditer(part), MAX_MERGED)
    ]
    return [(one.min_col, one.min_row, one.max_col, one.max_row) for one in ranges]


def _with_merged(
    cells: list[Cell], number: int, covered: list[tuple[int, int, int, int]]
) -> list[Cell]:
    """The row, a fault in each cell that a merged range covers but for its first."""
    found = list(cells)
    for left, top, right, bottom in covered:
        if top <= number <= bottom:
            for column in range(left, min(right, len(found)) + 1):
                if (column, number) != (left, top):
                    found[column - 1] = MERGED
    return found


def _check_parts(data: bytes, where: str) -> None:
    """Refuses an archive that unpacks to more than a sheet would, or whose XML defines entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            bomb = any(part.file_size > MAX_RATIO * max(part.compress_size, 1024) for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or bomb:
                raise InputRefused(
                    mark("the XLSX file unpacks to more than a table can be"),
                    where=where,
                    remedy=mark("Copy the cells that are needed into a new workbook"),
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares(archive.read(part)):
                    raise InputRefused(
                        mark("the XLSX file declares XML entities, as no spreadsheet program does"),
                        where=f"{where}, {part.filename}",
                        remedy=mark("Do not use this file; ask who made it"),
                    )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as fault:
        raise InputRefused(
            mark("not a usable XLSX file: its archive is damaged or encrypted"),
            where=where,
            remedy=mark("Save it again without a password, or save it as CSV"),
        ) from fault


def _declares(xml: bytes) -> bool:
    return any(
        "<!".encode(encoding) + sign.encode(encoding) in xml
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        for sign in ("DOCTYPE", "ENTITY")
    )


def _xlsx_cell(cell: Any, where: str) -> Cell:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int():
            return ROUNDED if len(str(abs(value))) > _EXACT_DIGITS else str(value)
        case float():
            if value.is_integer():
                return ROUNDED if abs(value) >= 10**_EXACT_DIGITS else str(int(value))
            return repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case str() if cell.data_type == "f":
            return FORMULA
        case str() if cell.data_type == "e":
            return BROKEN
        case str():
            return _trimmed(value, where)
        case _:  # openpyxl's array and table formulae
            return FORMULA
