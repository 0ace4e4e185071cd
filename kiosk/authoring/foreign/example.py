"""The example table of questions that authors fill in: `kiosk bank example`."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kiosk.authoring.foreign.sheet_words import COLUMN_WORDS
from kiosk.errors import InputRefused
from kiosk.trust.durable import write_durable
from kiosk.words import mark

_ORDER: Final = (
    "id", "type", "stem", "option", "key", "tolerance", "knowledge_point", "level", "difficulty",
    "reason", "other",
)  # fmt: skip
_LETTERS: Final = "ABCD"

# Each row: what both languages share, then the Chinese and the English texts.
_ROWS: Final[tuple[tuple[dict[str, str], tuple[str, ...], tuple[str, ...]], ...]] = (
    (
        {"id": "EX-1", "type": "单选|single", "key": "B", "knowledge_point": "KP-01",
         "level": "L5", "difficulty": "2", "reason": "GB/T 8170-2008, 3.2"},
        ("将 12.1498 修约到一位小数，得", "12.2", "12.1", "12.15", "12.0"),
        ("12.1498 rounded to one decimal place is", "12.2", "12.1", "12.15", "12.0"),
    ),
    (
        {"id": "EX-2", "type": "多选|multiple", "key": "ABD", "knowledge_point": "KP-02",
         "level": "L5、L4", "difficulty": "3", "reason": "IUPAC, 2005"},
        ("下列属于轻稀土元素的有", "镧", "铈", "镝", "钕"),
        ("Which of these are light rare-earth elements?",
         "lanthanum", "cerium", "dysprosium", "neodymium"),
    ),
    (
        {"id": "EX-3", "type": "判断|true/false", "key": "错|F", "knowledge_point": "KP-03",
         "level": "L5", "difficulty": "1", "reason": ""},
        ("稀释浓硫酸时，应把水倒入酸中。",),
        ("To dilute concentrated sulfuric acid, pour water into the acid.",),
    ),
    (
        {"id": "EX-4", "type": "填空|text", "key": "Ce|cerium|铈", "knowledge_point": "KP-02",
         "level": "L4", "difficulty": "2", "reason": ""},
        ("原子序数为 58 的元素是____。",),
        ("The element with atomic number 58 is ____.",),
    ),
    (
        {"id": "EX-5", "type": "计算|number", "key": "0.25", "tolerance": "0.005",
         "knowledge_point": "KP-04", "level": "L4", "difficulty": "3", "reason": ""},
        ("将 0.5 mol 溶质配成 2 L 溶液，浓度为____ mol/L。",),
        ("0.5 mol of solute in 2 L of solution: the concentration is ____ mol/L.",),
    ),
    (
        {"id": "EX-6", "type": "连线|matching", "key": "A-C B-D", "knowledge_point": "KP-02",
         "level": "L5", "difficulty": "2", "reason": "IUPAC, 2005"},
        ("把元素与其符号连起来。", "镧", "铈", "La", "Ce"),
        ("Join each element to its symbol.", "lanthanum", "cerium", "La", "Ce"),
    ),
    (
        {"id": "EX-7", "type": "排序|order", "key": "CABD", "knowledge_point": "KP-02",
         "level": "L4", "difficulty": "3", "reason": "IUPAC, 2005"},
        ("按原子序数从小到大排列。", "铈", "镨", "镧", "钕"),
        ("Put them in order of atomic number, the smallest first.",
         "cerium", "praseodymium", "lanthanum", "neodymium"),
    ),
    (
        {"id": "EX-8", "type": "简答|essay", "key": "", "knowledge_point": "KP-03",
         "level": "L3", "difficulty": "4", "reason": ""},
        ("说明稀释浓硫酸的步骤及其理由。",),
        ("Say how concentrated sulfuric acid is diluted, and why in this way.",),
    ),
)  # fmt: skip
_WIDE: Final = 42
_NARROW: Final = 14


def write_example(path: Path, lang: str) -> None:
    """The example at `path`, which is not there yet.

    Raises:
        InputRefused: there is a file.
        StorageFault: the disk refuses.
    """
    if path.exists():
        raise InputRefused(
            mark("there is something already"),
            where=str(path),
            remedy=mark("Name another file with --out"),
        )
    table = example_table if path.suffix.lower() == ".csv" else example_workbook
    write_durable(path, table(lang))


def example_table(lang: str) -> bytes:
    """The example as CSV, its header in the language `lang`; the mark in front says UTF-8."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows(_rows(lang))
    return made.getvalue().encode("utf-8-sig")


def example_workbook(lang: str) -> bytes:
    """The example as an XLSX file, its header in the language `lang`."""
    chinese = lang.startswith("zh")
    book = openpyxl.Workbook()
    sheet = book.active
    if sheet is None:
        raise AssertionError("a new workbook has a sheet")
    sheet.title = "试题" if chinese else "questions"
    rows = _rows(lang)
    for cells in rows:
        sheet.append(cells)
    for at, name in enumerate(rows[0], 1):
        wide = any(word in name.casefold() for word in ("题干", "stem", "解析", "source"))
        sheet.column_dimensions[get_column_letter(at)].width = _WIDE if wide else _NARROW
        sheet.cell(1, at).font = Font(bold=True)
        for row in range(2, len(_ROWS) + 2):
            cell = sheet.cell(row, at)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"  # text: no program changes what is written
    sheet.freeze_panes = "A2"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _rows(lang: str) -> list[list[str]]:
    chinese = lang.startswith("zh")
    return [
        _header(chinese),
        *(_row(shared, (zh, en) if chinese else (en, zh), chinese) for shared, zh, en in _ROWS),
    ]


def _header(chinese: bool) -> list[str]:
    names: list[str] = []
    for column in _ORDER:
        if column == "option":
            names += [f"选项{letter}" if chinese else f"option {letter}" for letter in _LETTERS]
        elif column == "other":
            stem, option = (
                ("题干(英文)", "选项{}(英文)") if chinese else ("stem (zh)", "option {} (zh)")
            )
            names += [stem, *(option.format(letter) for letter in _LETTERS)]
        else:
            names.append(COLUMN_WORDS[column][0 if chinese else 1][0])
    return names


def _row(shared: dict[str, str], texts: tuple[tuple[str, ...], ...], chinese: bool) -> list[str]:
    own, other = ((*text, *[""] * (len(_LETTERS) + 1 - len(text))) for text in texts)
    cells: list[str] = []
    for column in _ORDER:
        said = shared.get(column, "")
        if column == "stem":
            cells.append(own[0])
        elif column == "option":
            cells += own[1:]
        elif column == "other":
            cells += other
        elif column == "type" or (column == "key" and shared["id"] == "EX-3"):
            cells.append(said.split("|")[0 if chinese else 1])
        else:
            cells.append(said)
    return cells
