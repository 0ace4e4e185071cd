"""A whole registry into another database, row by row: from SQLite to PostgreSQL, into a backup and back.

Every row is read at one moment, and written in one transaction in an order that the target's own guards
accept.
"""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, insert, select, text

from kiosk.station.registry.tables import metadata

_AT_ONCE = 500


def is_empty(connection: Connection) -> bool:
    """Whether no table has a row."""
    return all(connection.execute(select(table).limit(1)).first() is None for table in _tables())


def copy_rows(source: Connection, target: Connection) -> int:
    """Copies all rows of all tables of `source` into the empty `target`; returns how many."""
    return sum(_copy(table, source, target) for table in _tables())


def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in _tables()
    }


def _tables() -> list[Table]:
    return metadata.sorted_tables


def _copy(table: Table, source: Connection, target: Connection) -> int:
    rows = source.execution_options(yield_per=_AT_ONCE).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    copied = 0
    for part in rows.mappings().partitions(_AT_ONCE):
        target.execute(insert(table), [dict(row) for row in part])
        copied += len(part)
    if copied and target.dialect.name == "postgresql":
        _continue_counting(table, target)
    return copied


def _continue_counting(table: Table, target: Connection) -> None:
    """The next row that asks for a number gets one after those copied."""
    column = table.autoincrement_column
    if column is None:
        return
    sequence = text("SELECT pg_get_serial_sequence(:table, :column)")
    name = target.execute(sequence, {"table": table.name, "column": column.name}).scalar()
    if name is not None:
        last = target.execute(select(func.max(column))).scalar_one()
        target.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
