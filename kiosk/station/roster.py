"""The roster: who sits which exam, from a table that a person made.

Columns go by their Chinese or English names, in any order; others are passed over. Everything wrong
is found at once, each with its row and what to do, so that a file is corrected in one go.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kiosk.artefacts.admission import plain_number
from kiosk.artefacts.id_number import id_number_holds, looks_like_id_number
from kiosk.assessment.accommodations import LARGE_TEXT_SIZE
from kiosk.assessment.display import TEXT_SIZES, THEMES, Theme
from kiosk.errors import InputRefused, Value
from kiosk.readers.tables import Fault, Row, Table
from kiosk.scoring.standard import Level
from kiosk.words import LANGUAGES, mark, text

MAX_EXTRA_PERCENT = 200
MAX_EXTRA_MINUTES = 240
MAX_NUMBER_LENGTH = 32
MAX_BREAKS = 20
MAX_UNIT_LENGTH = 80

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("准考证号", "考号", "考生号", "number", "candidate", "candidate number"),
    "id_number": ("身份证号", "身份证号码", "证件号码", "id number", "id"),
    "name": ("姓名", "考生姓名", "name", "candidate name"),
    "exam": ("考试", "科目", "考试科目", "exam"),
    "level": ("级别", "等级", "level"),
    "seat": ("机位", "机位号", "座位", "座位号", "seat"),
    "extra_percent": (
        "延时比例",
        "加时比例",
        "延时百分比",
        "加时百分比",
        "extra time percent",
        "extra percent",
    ),
    "extra_minutes": ("延时分钟", "加时分钟", "extra time minutes", "extra minutes"),
    "large_text": ("大字", "大字号", "larger text", "large text"),
    "text_size": ("字号", "字号比例", "text size"),
    "colours": ("配色", "颜色", "colours", "colors"),
    "breaks": ("单独休息", "休息次数", "separate breaks", "breaks"),
    "read_aloud": ("朗读", "读题", "read aloud"),
    "unit": ("单位", "所属单位", "工作单位", "所在单位", "子公司", "unit", "subsidiary"),
}
"""What a column may be called, folded to lower case with single blanks."""

_MEANINGS: Mapping[str, str] = {
    "number": mark("candidate number"),
    "name": mark("name"),
    "exam": mark("exam"),
    "seat": mark("seat"),
}
"""What a column that must be there holds."""

LEVEL_WORDS: Mapping[Level, str] = {
    "apprentice": mark("Apprentice"),
    "L5": mark("Junior worker (level 5)"),
    "L4": mark("Intermediate worker (level 4)"),
    "L3": mark("Senior worker (level 3)"),
    "L2": mark("Technician (level 2)"),
    "L1": mark("Senior technician (level 1)"),
    "special": mark("Special-grade technician"),
    "chief": mark("Chief technician"),
}
_LEVEL_ALIASES: Mapping[str, Level] = {
    **{str(level).lower(): level for level in LEVEL_WORDS},
    **dict(
        zip(("学徒工", "初级工", "中级工", "高级工"), ("apprentice", "L5", "L4", "L3"), strict=True)
    ),
    **dict(
        zip(("五级", "四级", "三级", "二级", "一级"), ("L5", "L4", "L3", "L2", "L1"), strict=True)
    ),
    **dict(
        zip(
            ("技师", "高级技师", "特级技师", "首席技师"),
            ("L2", "L1", "special", "chief"),
            strict=True,
        )
    ),
}
_YES = frozenset({"是", "有", "yes", "y", "1", "true", "x", "√", "✓"})
_NO = frozenset({"", "否", "无", "no", "n", "0", "false"})
_COLOURS: Mapping[str, Theme] = {
    "浅色": "light",
    "深色": "dark",
    "米色": "sepia",
    "高对比度": "contrast",
    "high contrast": "contrast",
    **{theme: theme for theme in THEMES},
}


class RosterLine(Struct, frozen=True):
    """One candidate; extra time comes on top of the exam's time, both kinds may be given.

    `id_number` may be empty; `text_size` is in per cent, 0 for the usual; `breaks` may be taken with the clock stopped.
    `unit` is the subsidiary that sent the candidate, empty where nobody says; it never leaves the station.
    """

    number: str
    name: str
    exam: str
    seat: str | None
    extra_percent: int = 0
    extra_minutes: int = 0
    text_size: int = 0
    colours: str = ""
    breaks: int = 0
    id_number: str = ""
    read_aloud: bool = False
    unit: str = ""


def level_title(level: Level) -> dict[str, str]:
    """What a level is called, in every language."""
    return {lang: text(LEVEL_WORDS[level], lang) for lang in LANGUAGES}


def passed_over(table: Table) -> tuple[str, ...]:
    """The columns of a roster that mean nothing to us: told, in case one was meant to."""
    known = {alias for aliases in COLUMNS.values() for alias in aliases}
    return tuple(column for column in table.columns if _folded(column) not in known)


def read_roster(
    table: Table, where: str, exams: Mapping[str, str], seats: frozenset[str] | None
) -> tuple[tuple[RosterLine, ...], tuple[InputRefused, ...]]:
    """The lines of a roster, and everything that is wrong with it.

    Args:
        where: the file's name.
        exams: the level of each exam of the session.
        seats: the seats that have a terminal, each candidate needing one; None where seats are
            drawn or free.
    """
    names = {_folded(column): column for column in table.columns}
    columns = {
        meaning: names[alias]
        for meaning, aliases in COLUMNS.items()
        for alias in aliases
        if alias in names
    }
    needed = ["number", "name", *(["exam"] if len(exams) > 1 else []), *(["seat"] if seats else [])]
    missing = [meaning for meaning in needed if meaning not in columns]
    if missing:
        return (), tuple(
            InputRefused(
                mark("there is no column for the {meaning}"),
                where=where,
                remedy=mark("Call a column {chinese} or {english}"),
                meaning=_MEANINGS[meaning],
                chinese=COLUMNS[meaning][0],
                english=COLUMNS[meaning][-1],
            )
            for meaning in missing
        )
    reader = _Reader(where, columns, exams, seats)
    lines = [line for row in table.rows if (line := reader.line(row)) is not None]
    if not table.rows:
        reader.problem(where, mark("nobody is on the roster"), mark("Add a row for each candidate"))
    return tuple(lines), tuple(reader.problems)


class _Reader:
    """Reads row after row, and remembers what may stand once only."""

    def __init__(
        self,
        where: str,
        columns: Mapping[str, str],
        exams: Mapping[str, str],
        seats: frozenset[str] | None,
    ) -> None:
        self.problems: list[InputRefused] = []
        self._where = where
        self._columns = columns
        self._exams = exams
        self._seats = seats
        self._rows: dict[tuple[str, str], int] = {}

    def problem(self, where: str, summary: str, remedy: str, **values: Value) -> None:
        self.problems.append(InputRefused(summary, where=where, remedy=remedy, **values))

    def line(self, row: Row) -> RosterLine | None:
        """The row's candidate, or None where anything in it is wrong."""
        before = len(self.problems)
        at = f"{self._where}, row {row.number}"
        values = {meaning: self._text(row, meaning, at) for meaning in COLUMNS}
        line = RosterLine(
            number=self._number(values["number"], row, at),
            name=self._name(values["name"], at),
            exam=self._exam(values["exam"], values["level"], at),
            seat=self._seat(values["seat"], row, at),
            extra_percent=self._amount(
                values["extra_percent"], MAX_EXTRA_PERCENT, mark("extra time in percent"), at
            ),
            extra_minutes=self._amount(
                values["extra_minutes"], MAX_EXTRA_MINUTES, mark("extra time in minutes"), at
            ),
            text_size=self._text_size(values["text_size"], values["large_text"], at),
            colours=self._colours(values["colours"], at),
            breaks=self._amount(values["breaks"], MAX_BREAKS, mark("number of breaks"), at),
            id_number=self._id_number(values, row, at),
            read_aloud=self._yes(values["read_aloud"], at),
            unit=self._unit(values["unit"], at),
        )
        return line if len(self.problems) == before else None

    def _text(self, row: Row, meaning: str, at: str) -> str | None:
        """The cell's text; None where it has a fault, which is then noted."""
        column = self._columns.get(meaning)
        cell = row.cells[column] if column is not None else ""
        if isinstance(cell, Fault):
            self.problem(f"{at}, column {column}", cell.summary, cell.remedy)
            return None
        return cell

    def _number(self, number: str | None, row: Row, at: str) -> str:
        if number is None:
            return ""
        if not number:
            self.problem(at, mark("the candidate number is empty"), mark("Enter it"))
        elif len(number) > MAX_NUMBER_LENGTH or not number.replace("-", "").isalnum():
            self.problem(
                at,
                mark("'{number}' cannot be a candidate number"),
                mark("Use at most {most} letters, digits and hyphens"),
                number=number[:40],
                most=MAX_NUMBER_LENGTH,
            )
        else:
            self._once(mark("candidate number"), number, row.number, at, as_=plain_number(number))
        return number

    def _id_number(self, values: Mapping[str, str | None], row: Row, at: str) -> str:
        written = values["id_number"]
        if not written:
            return ""
        number = plain_number(written)
        if not (looks_like_id_number(number) and id_number_holds(number)):
            self.problem(
                at,
                mark("the identity number is not one: its last character does not fit"),
                mark("Compare it with the identity card; format the column as text"),
            )
            return ""
        once_an_exam = f"{number} {values['exam']}"
        self._once(mark("identity number"), number, row.number, at, as_=once_an_exam)
        return number

    def _name(self, name: str | None, at: str) -> str:
        if name is not None and not name:
            self.problem(at, mark("the name is empty"), mark("Enter the candidate's name"))
        elif name is not None and not name.isprintable():
            self.problem(
                at,
                mark("the name holds signs that cannot be seen"),
                mark("Type the name again; it may have been copied from a web page"),
            )
        return name or ""

    def _unit(self, unit: str | None, at: str) -> str:
        told = unit or ""
        if len(told) > MAX_UNIT_LENGTH or not told.isprintable():
            self.problem(
                at,
                mark("the unit is too long, or holds signs that cannot be seen"),
                mark("Type it again, with at most {most} characters"),
                most=MAX_UNIT_LENGTH,
            )
        return told

    def _exam(self, exam: str | None, level: str | None, at: str) -> str:
        if exam is None or level is None:
            return ""
        chosen = exam or (next(iter(self._exams)) if len(self._exams) == 1 else "")
        if chosen not in self._exams:
            self.problem(
                at,
                mark("the session has no exam '{exam}'") if exam else mark("no exam is named"),
                mark("Write one of {choice}"),
                exam=exam,
                choice=list(self._exams),
            )
            return ""
        if level and level_named(level) != self._exams[chosen]:
            self.problem(
                at,
                mark("the level '{level}' is not that of exam {exam} ({right})"),
                mark("Correct the level, or move the candidate to the exam of that level"),
                level=level,
                exam=chosen,
                right=self._exams[chosen],
            )
        return chosen

    def _seat(self, seat: str | None, row: Row, at: str) -> str | None:
        if seat is None or (not seat and self._seats is None):
            return None
        if not seat:
            self.problem(
                at, mark("the seat is empty"), mark("Enter one: the session's seats are fixed")
            )
            return None
        if self._seats is not None and seat not in self._seats:
            self.problem(
                at,
                mark("no terminal of the plan stands at seat {seat}"),
                mark("Correct the seat, or give a terminal that seat in the plan"),
                seat=seat,
            )
            return None
        self._once(mark("seat"), seat, row.number, at)
        return seat

    def _once(self, what: str, value: str, row: int, at: str, as_: str = "") -> None:
        """Notes a second row with the same `value`, or with what counts `as_` the same."""
        first = self._rows.setdefault((what, as_ or value), row)
        if first != row:
            self.problem(
                at,
                mark("the {what} {value} stands in row {first} already"),
                mark("Correct one"),
                what=what,
                value=value,
                first=first,
            )

    def _text_size(self, size: str | None, large: str | None, at: str) -> int:
        least = LARGE_TEXT_SIZE if self._yes(large, at) else 0
        digits = (size or "").removesuffix("%").strip()
        if not digits:
            return least
        if digits not in map(str, TEXT_SIZES):
            self.problem(
                at,
                mark("'{size}' is no text size there is"),
                mark("Write one of {choice}"),
                size=size or "",
                choice=[str(one) for one in TEXT_SIZES],
            )
            return least
        return max(least, int(digits))

    def _colours(self, colours: str | None, at: str) -> str:
        word = (colours or "").casefold()
        if word and word not in _COLOURS:
            self.problem(
                at,
                mark("'{colours}' are no colours there are"),
                mark("Write one of {choice}"),
                colours=colours or "",
                choice=list(_COLOURS),
            )
        return _COLOURS.get(word, "")

    def _amount(self, amount: str | None, most: int, what: str, at: str) -> int:
        if not amount:
            return 0
        digits = amount.removesuffix("%").removesuffix("分钟").strip()
        if digits.isascii() and digits.isdigit() and int(digits) <= most:
            return int(digits)
        self.problem(
            at,
            mark("'{amount}' is no {what}"),
            mark("Write a whole number up to {most}"),
            amount=amount,
            what=what,
            most=most,
        )
        return 0

    def _yes(self, answer: str | None, at: str) -> bool:
        word = (answer or "").casefold()
        if word not in _YES | _NO:
            self.problem(
                at,
                mark("'{answer}' is neither yes nor no"),
                mark("Write 是 or yes, or leave it empty"),
                answer=answer or "",
            )
        return word in _YES


def level_named(word: str) -> Level | None:
    """The level that a word means in either language; None for any other word."""
    folded = word.strip().lower()
    for level, title in LEVEL_WORDS.items():
        if folded in (title.lower(), text(title, "zh-CN")):
            return level
    return _LEVEL_ALIASES.get(folded.partition("(")[0].partition("（")[0].strip())


def _folded(column: str) -> str:
    return " ".join(column.replace("_", " ").split()).casefold()
