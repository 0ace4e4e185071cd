"""How long things are kept, and what may be destroyed since when. Nothing is destroyed by the program."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from kiosk.station.home import Station
from kiosk.station.registry import plans
from kiosk.station.settings import Retention, read_settings


class Kept(Struct, frozen=True):
    """A session and until when its papers and its files are kept (UTC epoch seconds)."""

    session: str
    round: str
    room: str
    closed_at: int
    paper_until: int
    electronic_until: int
    paper_over: bool
    electronic_over: bool


def kept(station: Station, now: datetime) -> tuple[Kept, ...]:
    """Every session that is over, the oldest first."""
    retention = read_settings(station.folder).retention
    with station.registry.reading() as connection:
        sessions = plans.every_session(connection)
    return tuple(_kept(row, retention, now) for row in sessions if row.closes_at <= now.timestamp())


def _kept(row: plans.SessionRow, retention: Retention, now: datetime) -> Kept:
    closed = datetime.fromtimestamp(row.closes_at, UTC)
    paper = int(_years_after(closed, retention.paper_years).timestamp())
    electronic = int(_years_after(closed, retention.electronic_years).timestamp())
    at = now.timestamp()
    return Kept(
        row.id, row.round, row.room, row.closes_at, paper, electronic, paper <= at, electronic <= at
    )


def _years_after(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, month=3, day=1)
