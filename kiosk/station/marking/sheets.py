"""Marking sheets for markers without a line: what waits for them as a table, and their numbers back.

A row a script, one column a marking point; only handle, turn and numbers are read back. A sheet read twice
gives nothing twice, and a row that cannot be used leaves the others alone.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from kiosk.documents.sheets import to_csv, to_xlsx
from kiosk.errors import InputRefused, NotPermitted
from kiosk.readers.tables import Fault, Row, Table, read_table
from kiosk.scoring.numbers import written
from kiosk.scoring.rubric import limits, most_of
from kiosk.station.home import Station
from kiosk.station.marking.desk import Script, give, script
from kiosk.station.marking.showing import answer_lines, question, rubric_lines
from kiosk.station.registry import markings
from kiosk.words import LANGUAGES, mark, said, text

_HANDLE = mark("Script")
_TURN = mark("Turn")
_ITEM = mark("Item")
_QUESTION = mark("Question")
_LOOK_FOR = mark("Marking points")
_ANSWER = mark("Answer")
_POINT = mark("Point {n}")

MOST_ROWS = 10_000


class SheetRow(Struct, frozen=True):
    """A row that gave nothing, and why; `row` as the spreadsheet program counts."""

    row: int
    script: str
    reason: str


class Report(Struct, frozen=True):
    """What a sheet did: marks given, rows that gave what was there already, rows left empty, and those
    refused."""

    given: int
    known: int
    empty: int
    refused: tuple[SheetRow, ...]

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some refused, 4 nothing done."""
        if not self.refused:
            return 0
        return 3 if self.given or self.known else 4


def marking_sheet(station: Station, session: str, name: str, lang: str, *, as_csv: bool) -> bytes:
    """What waits for `name` as XLSX or CSV, in the order it is to be marked.

    Raises:
        InputRefused: nothing waits.
    """
    with station.registry.reading() as connection:
        waiting = [
            script(connection, row.handle, row.turn)
            for row in markings.open_turns(connection, session, name, MOST_ROWS)
        ]
    if not waiting:
        raise InputRefused(
            mark("nothing waits for {name} in {session}"),
            remedy=mark("Look who marks: kiosk station marking status SESSION --station DIR"),
            name=name,
            session=session,
        )
    columns = max(len(limits(one.item.rubric, one.item.points)) for one in waiting)
    header = [text(column, lang) for column in (_HANDLE, _TURN, _ITEM, _QUESTION, _LOOK_FOR)]
    header += [text(_ANSWER, lang)]
    header += [text(_POINT, lang, n=n) for n in range(1, columns + 1)]
    rows = [header, *(_row(one, columns, lang) for one in waiting)]
    return to_csv(rows) if as_csv else to_xlsx(rows, session)


def read_sheet(
    station: Station, data: bytes, where: str, name: str, now: datetime, lang: str
) -> Report:
    """Gives the marks of a filled sheet.

    Raises:
        InputRefused: no table, or not one of ours.
        StorageFault: the disk refuses; marks before stay, and the sheet can be read again.
    """
    table = read_table(data, where)
    columns = _columns(table, where)
    counts = {"given": 0, "known": 0, "empty": 0}
    refused = []
    for row in table.rows:
        handle = _cell(row, columns[_HANDLE]).strip().upper()
        try:
            counts[_take(station, row, columns, handle, name, now)] += 1
        except (InputRefused, NotPermitted) as fault:
            refused.append(SheetRow(row.number, handle, ". ".join(filter(None, said(fault, lang)))))
    return Report(counts["given"], counts["known"], counts["empty"], tuple(refused))


def _row(one: Script, columns: int, lang: str) -> list[str]:
    item = one.item
    numbers = [*one.given, *([""] * (columns - len(one.given)))]
    return [
        one.handle,
        one.turn,
        item.source,
        question(item, lang),
        "\n".join(rubric_lines(item, lang))
        + "\n"
        + text("Full mark: {points}", lang, points=written(most_of(item.rubric, item.points))),
        "\n".join(answer_lines(one.answer)),
        *numbers,
    ]


def _columns(table: Table, where: str) -> dict[str, str]:
    """Our columns by what they are, as this sheet names them."""
    found = {
        column: name
        for column in (_HANDLE, _TURN)
        for lang in LANGUAGES
        if (name := text(column, lang)) in table.columns
    }
    points = dict.fromkeys(
        name
        for n in range(1, len(table.columns) + 1)
        for lang in LANGUAGES
        if (name := text(_POINT, lang, n=n)) in table.columns
    )
    if len(found) != 2 or not points:
        raise InputRefused(
            mark("this is no marking sheet: its columns were changed"),
            where=where,
            remedy=mark("Export it again and fill in the numbers alone"),
        )
    return {**found, **{f"{_POINT} {n}": name for n, name in enumerate(points, start=1)}}


def _take(
    station: Station, row: Row, columns: dict[str, str], handle: str, name: str, now: datetime
) -> str:
    turn = _cell(row, columns[_TURN]).strip()
    numbers = [
        _cell(row, column).strip() for key, column in columns.items() if key.startswith(_POINT)
    ]
    while numbers and not numbers[-1]:
        numbers.pop()
    if not numbers:
        return "empty"
    with station.registry.reading() as connection:
        known = markings.newest(markings.marks_of_script(connection, handle)).get((handle, turn))
    if (
        known is not None
        and known.points is not None
        and known.marker == name
        and known.given.split() == numbers
    ):
        return "known"
    give(station, name, handle, turn, numbers, now)
    return "given"


def _cell(row: Row, column: str) -> str:
    cell = row.cells[column]
    if isinstance(cell, Fault):
        raise InputRefused(cell.summary, where=column, remedy=cell.remedy)
    return cell
