"""The layout of a score sheet: a row a person, the marks of one part of 100, the day, and what goes with it.

Written in either language and read in both. A sheet is one statement of the assessor who signed it, so all
of it counts or nothing: every wrong cell is named at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from msgspec import Struct
from openpyxl.utils import get_column_letter

from kiosk.documents.sheets import to_xlsx
from kiosk.errors import InputRefused
from kiosk.readers.tables import Fault, Row, read_table
from kiosk.scoring.numbers import number
from kiosk.scoring.standard import Level
from kiosk.station.certificates.ladder import PART_WORDS, PARTS, Part
from kiosk.station.roster import LEVEL_WORDS, level_named
from kiosk.words import LANGUAGES, mark, text

NUMBER: Final = mark("Candidate number")
NAME: Final = mark("Name")
DISCIPLINE: Final = mark("Discipline")
LEVEL: Final = mark("Level")
PART: Final = mark("Part")
MARKS: Final = mark("Marks (of 100)")
DAY: Final = mark("Day (YYYY-MM-DD)")
REMARK: Final = mark("Remark")
COLUMNS: Final = (NUMBER, NAME, DISCIPLINE, LEVEL, PART, MARKS, DAY, REMARK)
_READ: Final = COLUMNS[:-1]
_MOST_SAID: Final = 50
_LONGEST: Final = 64


class Entry(Struct, frozen=True):
    """One person's marks in one part, as a sheet or a simulator's statement has them."""

    row: int
    candidate: str
    name: str
    discipline: str
    level: Level
    part: Part
    marks: Fraction
    day: date


class Wrong(Struct, frozen=True):
    """What is wrong at one place of a sheet, and what to do: sentences of the catalogue."""

    place: str
    summary: str
    remedy: str
    values: Mapping[str, str | Sequence[str]] = {}

    def said(self, lang: str) -> str:
        colon, stop = ("：", "。") if lang == "zh-CN" else (": ", ". ")
        told = text(self.summary, lang, **self.values)
        return f"{self.place}{colon}{told}{stop}{text(self.remedy, lang)}"


class SheetRefused(InputRefused):
    """A sheet with something wrong in it; `wrong` are all the places."""

    def __init__(self, where: str, wrong: tuple[Wrong, ...]) -> None:
        # In both languages, as it is kept in quarantine for whoever reads it there.
        told = "; ".join(f"{one.said('zh-CN')} ({one.said('en')})" for one in wrong[:_MOST_SAID])
        super().__init__(
            mark("nothing of the sheet was taken: {told}"),
            where=where,
            remedy=mark("Correct these cells, and let the assessor sign the sheet again"),
            told=told,
        )
        self.wrong = wrong


def blank_sheet(
    people: Iterable[tuple[str, str, str, Level]], parts: Iterable[Part], lang: str, title: str
) -> bytes:
    """The XLSX for people (number, name, discipline, level), a row for each part; marks and day are left."""
    rows = [[text(column, lang) for column in COLUMNS]]
    listed = list(people)
    for part in parts:
        said = text(PART_WORDS[part], lang)
        for candidate, name, discipline, level in listed:
            rows.append(
                [candidate, name, discipline, text(LEVEL_WORDS[level], lang), said, "", "", ""]
            )
    return to_xlsx(rows, title)


def read_score_sheet(data: bytes, where: str, today: date) -> tuple[Entry, ...]:
    """The entries of a filled sheet; rows without marks are left out.

    Raises:
        InputRefused: no table at all, or not laid out so.
        SheetRefused: cells that cannot be used.
    """
    table = read_table(data, where)
    columns = columns_of(table.columns, COLUMNS)
    missing = [column for column in _READ if column not in columns]
    if missing:
        raise InputRefused(
            mark("this is no score sheet: it has no column {columns}"),
            where=where,
            remedy=mark("Make a blank one and fill that in: kiosk station score-sheet"),
            columns=[text(column, "zh-CN") + "/" + column for column in missing],
        )
    letters = {name: get_column_letter(at) for at, name in enumerate(table.columns, start=1)}
    wrong: list[Wrong] = []
    entries = []
    for row in table.rows:
        if not row.cells[columns[MARKS]]:
            continue
        reading = _Reading(row, columns, letters, today, wrong)
        entry = reading.entry()
        if entry is not None:
            entries.append(entry)
    wrong += _twice(entries, letters[columns[NUMBER]])
    if wrong:
        raise SheetRefused(where, tuple(wrong))
    if not entries:
        raise InputRefused(
            mark("the sheet has no marks"), where=where, remedy=mark("Fill in marks and days")
        )
    return tuple(entries)


def columns_of(names: Iterable[str], wanted: Iterable[str]) -> dict[str, str]:
    """The columns of a layout by what they are, as a sheet names them in either language."""
    known = tuple(wanted)
    found = {}
    for name in names:
        for column in known:
            if name.casefold() in _folded(column):
                found[column] = name
    return found


class RowReading:
    """One row of a layout being read; what is wrong is noted by cell."""

    def __init__(
        self,
        row: Row,
        columns: Mapping[str, str],
        letters: Mapping[str, str],
        today: date,
        wrong: list[Wrong],
    ) -> None:
        self.row = row
        self.columns = columns
        self._letters = letters
        self.today = today
        self._wrong = wrong

    def note(self, column: str, summary: str, remedy: str, **values: str) -> None:
        """Notes what is wrong with a cell."""
        place = f"{self._letters[self.columns[column]]}{self.row.number}"
        self._wrong.append(Wrong(place, summary, remedy, values))


class _Reading(RowReading):
    """A row of a score sheet."""

    def entry(self) -> Entry | None:
        """The row's entry; None where something of it is wrong."""
        candidate, name, discipline = (self._words(one) for one in (NUMBER, NAME, DISCIPLINE))
        level, part, marks, day = self._level(), self._part(), self._marks(), self._day()
        if (
            candidate is None
            or name is None
            or discipline is None
            or level is None
            or part is None
            or marks is None
            or day is None
        ):
            return None
        return Entry(self.row.number, candidate, name, discipline, level, part, marks, day)

    def _cell(self, column: str) -> str | None:
        """What stands there; None where that is nothing, noted."""
        cell = self.row.cells[self.columns[column]]
        if isinstance(cell, Fault):
            self.note(column, cell.summary, cell.remedy)
            return None
        if not cell:
            self.note(column, mark("nothing stands here"), mark("Fill it in"))
            return None
        return cell

    def _words(self, column: str) -> str | None:
        said = self._cell(column)
        if said is not None and (len(said) > _LONGEST or not said.isprintable()):
            self.note(
                column, mark("this cannot be read as one line"), mark("Write it again, shorter")
            )
            return None
        return said

    def _level(self) -> Level | None:
        said = self._cell(LEVEL)
        level = None if said is None else level_named(said)
        if said is not None and level is None:
            self.note(
                LEVEL,
                mark("'{said}' is no level"),
                mark("Write the level as the blank sheet has it, or L5 to L1"),
                said=said,
            )
        return level

    def _part(self) -> Part | None:
        said = self._cell(PART)
        if said is None:
            return None
        named = (one for one in PARTS if said.casefold() in {one, *_folded(PART_WORDS[one])})
        part = next(named, None)
        if part == "theory":
            self.note(
                PART, mark("theory marks come from the exam itself"), mark("Take the row out")
            )
            return None
        if part is None:
            self.note(
                PART,
                mark("'{said}' is no part of an examination"),
                mark("Write practice, simulator or review as the blank sheet has it"),
                said=said,
            )
        return part

    def _marks(self) -> Fraction | None:
        said = self._cell(MARKS)
        if said is None:
            return None
        marks = marks_of(said)
        if marks is None:
            self.note(
                MARKS,
                mark("'{said}' are no marks"),
                mark("Write a number from 0 to 100, with at most two decimals"),
                said=said,
            )
        return marks

    def _day(self) -> date | None:
        said = self._cell(DAY)
        if said is None:
            return None
        day = day_of(said)
        if day is None or day > self.today:
            self.note(
                DAY,
                mark("'{said}' is no day until today"),
                mark("Write it so: 2026-03-01"),
                said=said,
            )
            return None
        return day


def marks_of(said: str) -> Fraction | None:
    """Marks of 100, with at most two decimals; None for anything else."""
    try:
        marks = number(said)
    except InputRefused:
        return None
    return marks if 0 <= marks <= 100 and marks * 100 % 1 == 0 else None


def _folded(sentence: str) -> set[str]:
    return {text(sentence, lang).casefold() for lang in LANGUAGES}


def day_of(said: str) -> date | None:
    """The day that people or their program wrote; None for anything else."""
    plain = said.partition("T")[0].replace("/", "-").replace(".", "-")
    plain = plain.replace("年", "-").replace("月", "-").removesuffix("日")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def _twice(entries: Iterable[Entry], letter: str) -> Iterator[Wrong]:
    seen: dict[tuple[str, str, str, str, date], Entry] = {}
    for one in entries:
        key = (one.candidate, one.discipline, one.level, one.part, one.day)
        before = seen.setdefault(key, one)
        if before is not one:
            yield Wrong(
                f"{letter}{one.row}",
                mark("the same person, part and day as in row {row}"),
                mark("Keep one of the two rows"),
                {"row": str(before.row)},
            )
