"""Tables that turn a number into another value: grades from points, for one."""

from __future__ import annotations

from fractions import Fraction

from kiosk.scoring.numbers import number
from kiosk.scoring.rules import LookupRow, LookupTable
from kiosk.scoring.values import Value


def looked_up(table: LookupTable, value: Value) -> str | None:
    """The target of the first row that fits, as written; the table's default for no row or NULL."""
    if isinstance(value, Fraction):
        for row in table.rows:
            if _fits(table, row, value):
                return row.target
    return table.default


def _fits(table: LookupTable, row: LookupRow, value: Fraction) -> bool:
    source = number(row.source)
    if table.kind == "match":
        return value == source
    return source < value or (row.include and source == value)
