"""A registry as one value, to be compared: every row, without the times and accounts of single imports."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from kiosk.station.home import Station
from kiosk.station.registry.tables import metadata

_OF_ONE_RUN = ("seen_files", "checkpoints", "receipts", "jobs", "console_acts", "visits")
"""What tells of the way: files seen and how often, heads signed meanwhile, who was at the console."""


def whole(station: Station) -> dict[str, list[tuple[Any, ...]]]:
    """Two registries are the same when these are equal, the order of the log included."""
    with station.registry.reading() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(
                    select(*(one for one in table.c if not one.name.endswith("_at"))).order_by(
                        *table.primary_key.columns
                    )
                )
            ]
            for table in metadata.sorted_tables
            if table.name not in _OF_ONE_RUN
        }
