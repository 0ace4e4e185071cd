"""The room's layout: which terminal stands where, and the number of its seat, from a table that a person made.

One row a terminal, in whatever order one walks: 考试机 terminal, 机位 seat (empty for a spare), 行 row and
列 column, counted from 1, from the front and from the left. A plan names the file in place of its terminals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kiosk.errors import InputRefused
from kiosk.readers.tables import Fault, Row, Table
from kiosk.station.plan_file import TerminalPart
from kiosk.words import mark

MOST_ROWS = 100
"""Rows or columns of a room."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("考试机", "终端", "terminal"),
    "seat": ("机位", "机位号", "座位", "座位号", "seat"),
    "row": ("行", "排", "row"),
    "column": ("列", "column"),
}
"""What a column may be called, in lower case; the first in Chinese and the last in English are told."""

Problem = Callable[[InputRefused], None]


def read_layout(table: Table, where: str, problem: Problem) -> tuple[TerminalPart, ...]:
    """The terminals of a room in the order of the table; what is wrong goes to `problem`.

    Args:
        where: the file's name.
    """
    names = {column.strip().casefold(): column for column in table.columns}
    columns = {
        meaning: names[alias]
        for meaning, aliases in COLUMNS.items()
        for alias in aliases
        if alias in names
    }
    missing = [aliases for meaning, aliases in COLUMNS.items() if meaning not in columns]
    for aliases in missing:
        problem(
            InputRefused(
                mark("the room's layout has no column {chinese} ({english})"),
                where=where,
                remedy=mark("Call a column so; docs/admin.md has an example"),
                chinese=aliases[0],
                english=aliases[-1],
            )
        )
    if missing:
        return ()
    found = [_terminal(row, columns, f"{where}, row {row.number}", problem) for row in table.rows]
    return tuple(one for one in found if one is not None)


def _terminal(
    row: Row, columns: Mapping[str, str], at: str, problem: Problem
) -> TerminalPart | None:
    said = {meaning: row.cells[column] for meaning, column in columns.items()}
    faults = [cell for cell in said.values() if isinstance(cell, Fault)]
    for fault in faults:
        problem(InputRefused(fault.summary, where=at, remedy=fault.remedy))
    if faults:
        return None
    name, seat, row_at, column = (str(said[meaning]).strip() for meaning in COLUMNS)
    if not name or not (_counts(row_at) and _counts(column)):
        problem(
            InputRefused(
                mark("a terminal of the layout needs a name, a row and a column from 1 to {most}"),
                where=at,
                remedy=mark("Fill them in, counted from the front and from the left"),
                most=MOST_ROWS,
            )
        )
        return None
    return TerminalPart(name=name, seat=seat or None, row=int(row_at), column=int(column))


def _counts(said: str) -> bool:
    return said.isascii() and said.isdecimal() and 1 <= int(said) <= MOST_ROWS
