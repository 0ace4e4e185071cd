"""Tables that people make: CSV in whatever encoding their program wrote, and XLSX, opened safely.

The one thing to know: a cell is text or a `Fault`. A formula, or a number that a spreadsheet has
already rounded, is never taken for a value; the caller reports it with its row number.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import openpyxl
from msgspec import Struct
from openpyxl.worksheet.cell_range import CellRange

from kiosk.errors import InputRefused
from kiosk.readers.archive import Archive
from kiosk.words import mark

MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 10_000
MAX_MERGED_CELLS = 200_000
MAX_PARTS = 1_000
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_SHEET_TAGS = 8_000_000
MAX_PART_TAGS = 200_000
"""Of a part of an XLSX that is neither sheet nor texts: openpyxl makes objects of all of it."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SNIFFED = 10_000
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
TOO_LONG = Fault(
    mark("the cell holds too much text"), mark("Put at most 10,000 characters into a cell")
)
BROKEN = Fault(mark("the cell shows an error"), mark("Correct it in the spreadsheet"))
MERGED = Fault(
    mark("the cell is merged with others, so that its value stands elsewhere"),
    mark("Undo the merging and fill in every cell"),
)


def read_table(data: bytes, where: str, refused: list[InputRefused] | None = None) -> Table:
    """The table in the bytes of a CSV or XLSX file; which of them, the bytes say.

    Args:
        where: the file's name, for errors.
        refused: takes what is said of rows that cannot be read, and the others are read. Without
            it the first such row refuses the table.

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
    return _table(lines, where, refused)


def decode_text(data: bytes, where: str, *, controls: bool = False) -> str:
    """The text of a file as Windows and Chinese programs write it: UTF-8 with or without mark,
    UTF-16 with mark, GB18030.

    Args:
        controls: UTF-8 may hold control characters; the caller says where they stand.

    Raises:
        InputRefused: none of these fits.
    """
    for signature, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(signature):
            return _decoded(data, (encoding,), where, controls=controls)
    return _decoded(data, ("utf-8", "gb18030"), where, controls=controls)


def _decoded(data: bytes, encodings: Iterable[str], where: str, *, controls: bool) -> str:
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 takes nearly any bytes: what is no text shows by its control characters.
        if (controls and encoding != "gb18030") or not _CONTROLS.search(text):
            return text
    raise InputRefused(
        mark("not a text file in an encoding we know (UTF-8, UTF-16, GB18030)"),
        where=where,
        remedy=mark("Save it again as 'CSV UTF-8' or as XLSX"),
    )


def _table(
    lines: Iterator[tuple[int, list[Cell]]], where: str, refused: list[InputRefused] | None
) -> Table:
    columns: tuple[str, ...] = ()
    rows: list[Row] = []
    try:
        for number, cells in lines:
            if number > MAX_ROWS:
                raise _too_large(where)
            if not any(cells):
                continue
            if not columns:
                columns = _header(cells, where, number)
                continue
            try:
                rows.append(_row(number, cells, columns, where))
            except InputRefused as fault:
                if refused is None:
                    raise
                refused.append(fault)
    except InputRefused as fault:
        if refused is None or not columns:
            raise
        refused.append(fault)
    if not columns:
        raise InputRefused(
            mark("the table is empty"), where=where, remedy=mark("Begin with a header row")
        )
    return Table(tuple(name for name in columns if name), tuple(rows))


def _row(number: int, cells: list[Cell], columns: tuple[str, ...], where: str) -> Row:
    if len(cells) > MAX_COLUMNS:
        raise _too_large(f"{where}, row {number}")
    if any(cells[len(columns) :]):
        raise InputRefused(
            mark("{n} cells where the header names {columns}"),
            where=f"{where}, row {number}",
            remedy=mark("Look for a separator inside a cell; put such a cell in quotation marks"),
            n=len(cells),
            columns=len(columns),
        )
    known = dict(zip(columns, cells, strict=False))
    return Row(number, {name: known.get(name, "") for name in columns if name})


def _too_large(where: str) -> InputRefused:
    return InputRefused(
        mark("the table has more than {rows} rows or {columns} columns"),
        where=where,
        remedy=mark("Copy the cells that are needed into a new sheet"),
        rows=f"{MAX_ROWS:,}",
        columns=MAX_COLUMNS,
    )


def _header(cells: list[Cell], where: str, number: int) -> tuple[str, ...]:
    names = [cell if isinstance(cell, str) else "" for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MAX_COLUMNS:
        raise _too_large(f"{where}, row {number}")
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
    # A field that is too long is a fault of its cell, so that the rows after it are read.
    csv.field_size_limit(MAX_FILE_BYTES)
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
        yield number, [_csv_cell(field) for field in fields[: MAX_COLUMNS + 1]]


def _delimiter(text: str) -> str:
    """The separator that gives the first line the most columns; a comma where none does."""
    begun = re.search(r"\S", text)
    start = begun.start() if begun else 0
    first = next(iter(text[start : start + _SNIFFED].splitlines()), "")
    return max(",;\t，", key=lambda sign: len(next(csv.reader([first], delimiter=sign))))


def _csv_cell(field: str) -> Cell:
    text = _trimmed(field)
    if isinstance(text, Fault):
        return text
    if text.startswith("="):
        return FORMULA
    mantissa, exponent, power = text.upper().partition("E+")
    if exponent and power.isdigit() and mantissa.replace(".", "", 1).isdigit():
        return ROUNDED
    return text


def _trimmed(text: str) -> Cell:
    if len(text) > MAX_CELL_CHARACTERS:
        return TOO_LONG
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
            covered = _covered(data, sheet, where)
            for number, row in enumerate(sheet.iter_rows(), start=1):
                cells = [_xlsx_cell(cell) for cell in row[: MAX_COLUMNS + 1]]
                for column in covered.get(number, ()):
                    if column <= len(cells):
                        cells[column - 1] = MERGED
                yield number, cells
        finally:
            book.close()
    except InputRefused:
        raise
    except Exception as fault:  # openpyxl trusts what it reads, and so fails in its own many ways
        raise InputRefused(
            mark("not a usable XLSX file ({fault})"),
            where=where,
            remedy=mark("Open it in the spreadsheet program and save it again, or save it as CSV"),
            fault=type(fault).__name__,
        ) from fault


_MERGED_RANGE = re.compile(
    rb'<(?:\w+:)?mergeCell\b[^>]{0,80}?\bref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"'
)


def _covered(data: bytes, sheet: Any, where: str) -> dict[int, list[int]]:
    """By row, the columns of cells that merged ranges of a sheet cover but for the first of each;
    openpyxl's reader of rows passes them over."""
    with Archive(data, where) as archive:
        part = archive.read(sheet._worksheet_path)  # it has no public name
    covered: dict[int, list[int]] = {}
    left = MAX_MERGED_CELLS
    for found in _MERGED_RANGE.finditer(part):
        one = CellRange(found[1].decode("ascii"))
        rows = range(one.min_row, min(one.max_row, MAX_ROWS) + 1)
        columns = range(one.min_col, min(one.max_col, MAX_COLUMNS) + 1)
        left -= 1 + len(rows) * len(columns)
        if left < 0:
            raise InputRefused(
                mark("more merged cells than a table can have"),
                where=where,
                remedy=mark("Undo the merging and fill in every cell"),
            )
        for row in rows:
            covered.setdefault(row, []).extend(
                column for column in columns if (column, row) != (one.min_col, one.min_row)
            )
    return covered


def _check_parts(data: bytes, where: str) -> None:
    """Refuses an archive that unpacks to more than a sheet would, or whose XML defines entities."""
    try:
        archive = Archive(data, where)
    except InputRefused as fault:
        raise _unusable(where) from fault
    with archive:
        names = archive.names
        if archive.refused or len(names) > MAX_PARTS or archive.size_bytes > MAX_UNPACKED_BYTES:
            raise _unpacks(archive.refused[0].where if archive.refused else where)
        for name in names:
            if not name.endswith((".xml", ".rels")):
                continue
            try:
                part = archive.read(name)
            except InputRefused as fault:
                raise _unusable(where) from fault
            large = _SHEET.search(part[:1_000])
            if part.count(b"<") > (MAX_SHEET_TAGS if large else MAX_PART_TAGS):
                raise _unpacks(f"{where}, {name}")
            if _declares(part):
                raise InputRefused(
                    mark("the XLSX file declares XML entities, as no spreadsheet program does"),
                    where=f"{where}, {name}",
                    remedy=mark("Do not use this file; ask who made it"),
                )


_SHEET = re.compile(rb"<(?:\w{1,20}:)?(?:worksheet|sst)\b")


def _unusable(where: str) -> InputRefused:
    return InputRefused(
        mark("not a usable XLSX file: its archive is damaged or encrypted"),
        where=where,
        remedy=mark("Save it again without a password, or save it as CSV"),
    )


def _unpacks(where: str) -> InputRefused:
    return InputRefused(
        mark("the XLSX file unpacks to more than a table can be"),
        where=where,
        remedy=mark("Copy the cells that are needed into a new workbook"),
    )


def _declares(xml: bytes) -> bool:
    return any(
        "<!".encode(encoding) + sign.encode(encoding) in xml
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
        for sign in ("DOCTYPE", "ENTITY")
    )


def _xlsx_cell(cell: Any) -> Cell:
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
            return _trimmed(value)
        case _:  # openpyxl's array and table formulae
            return FORMULA
