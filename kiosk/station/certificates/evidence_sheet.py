"""What people brought to be admitted, as a table: a row a person, as those who look at the papers keep it.

All of it is noted or nothing: every wrong cell is named at once. A row that was noted before changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from msgspec import Struct, to_builtins
from openpyxl.utils import get_column_letter

from kiosk.errors import InputRefused
from kiosk.readers.tables import Fault, read_table
from kiosk.station.acts import Why
from kiosk.station.certificates.acts import act
from kiosk.station.certificates.ladder import read_ladder
from kiosk.station.certificates.score_sheets import (
    DISCIPLINE,
    NUMBER,
    RowReading,
    SheetRefused,
    Wrong,
    columns_of,
    day_of,
)
from kiosk.station.home import Station
from kiosk.station.registry import certificates as registered
from kiosk.station.roster import level_named
from kiosk.words import mark, text

HELD: Final = mark("Level held")
HELD_SINCE: Final = mark("Held since")
APPRENTICED: Final = mark("Apprenticeship ended on")
WORKS_SINCE: Final = mark("In the trade since")
PAPER: Final = mark("Paper seen")
COLUMNS: Final = (NUMBER, DISCIPLINE, HELD, HELD_SINCE, APPRENTICED, WORKS_SINCE, PAPER)


class Noted(Struct, frozen=True):
    """How many were noted, and how many were known before."""

    noted: int
    known: int


def note_sheet(station: Station, data: bytes, where: str, why: Why, now: datetime) -> Noted:
    """Notes every row of a table.

    Raises:
        InputRefused: no table, or not laid out so.
        SheetRefused: cells that cannot be used.
    """
    today = read_ladder(station.folder).day(now)
    table = read_table(data, where)
    columns = columns_of(table.columns, COLUMNS)
    if NUMBER not in columns or not {HELD, APPRENTICED, WORKS_SINCE} & columns.keys():
        raise InputRefused(
            mark("the table needs these columns: {columns}"),
            where=where,
            remedy=mark("Name them so in the first row; those that are not needed may be left out"),
            columns=[text(column, "zh-CN") + "/" + column for column in COLUMNS],
        )
    letters = {name: get_column_letter(at) for at, name in enumerate(table.columns, start=1)}
    wrong: list[Wrong] = []
    found: list[tuple[registered.EvidenceRow, str]] = []
    for row in table.rows:
        reading = _Reading(row, columns, letters, today, wrong)
        found += [(one, reading.said(PAPER)) for one in reading.rows()]
    if wrong:
        raise SheetRefused(where, tuple(wrong))
    noted = 0
    with station.registry.writing() as connection:
        known = set(registered.evidence_of(connection))
        for one, paper in found:
            if one in known:
                continue
            known.add(one)
            reason = ": ".join(part for part in (why.reason, paper) if part)
            done = act(
                connection, "evidence", one.candidate, Why(why.by, reason), now, to_builtins(one)
            )
            registered.add_evidence(connection, done, one)
            noted += 1
    return Noted(noted, len(found) - noted)


class _Reading(RowReading):
    """A row of what somebody brought."""

    def said(self, column: str) -> str:
        """What stands in a column; empty where it has none, or what stands there is noted as wrong."""
        if column not in self.columns:
            return ""
        cell = self.row.cells[self.columns[column]]
        if isinstance(cell, Fault):
            self.note(column, cell.summary, cell.remedy)
            return ""
        return cell

    def rows(self) -> Iterator[registered.EvidenceRow]:
        candidate, discipline = self.said(NUMBER), self.said(DISCIPLINE)
        if not candidate or not candidate.isprintable():
            self.note(NUMBER, mark("nothing stands here"), mark("Fill it in"))
            return
        held = self.said(HELD)
        level = level_named(held) if held else None
        if held and level is None:
            self.note(
                HELD,
                mark("'{said}' is no level"),
                mark("Write the level as the blank sheet has it, or L5 to L1"),
                said=held,
            )
        for kind, column in (
            ("holds", HELD_SINCE),
            ("apprenticeship", APPRENTICED),
            ("work", WORKS_SINCE),
        ):
            if kind == "holds" and level is None:
                continue
            since = self._day(column, needed=kind == "holds")
            if since is not None:
                of = str(level) if kind == "holds" else ""
                yield registered.EvidenceRow(candidate, discipline, kind, of, since.isoformat())

    def _day(self, column: str, *, needed: bool) -> date | None:
        said = self.said(column)
        if not said and not needed:
            return None
        day = day_of(said)
        if day is None or day > self.today:
            self.note(
                column if column in self.columns else HELD,
                mark("'{said}' is no day until today"),
                mark("Write it so: 2026-03-01"),
                said=said,
            )
            return None
        return day
