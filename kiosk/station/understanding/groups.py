"""To which group (subsidiary) the candidates of a round belong: the units that its rosters say, or else a table
that somebody brought, kept with the station so that every analysis of the round goes by it."""

from __future__ import annotations

from pathlib import Path

from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.station.home import Station
from kiosk.station.registry import plans
from kiosk.station.understanding.session_report import read_groups
from kiosk.trust.durable import SECRET_FILE, read_given, write_durable


def keep_groups(station: Station, session: str, data: bytes, where: str) -> int:
    """Keeps the groups of a session's round in place of those before; returns of how many candidates.

    Args:
        where: the file's name, for what is said of it.

    Raises:
        InputRefused: no such session, or not a table of numbers and groups.
    """
    named = read_groups(data, where)
    write_durable(_file(station, session), data, SECRET_FILE)
    return len(named)


def groups_of(station: Station, session: str) -> dict[str, str]:
    """The group of each candidate of a session's round, by number: as the table that was brought says, and
    without one the units of the rosters; empty where neither says anything."""
    path = _file(station, session)
    if path.exists():
        return read_groups(read_given(path, MAX_FILE_BYTES), path.name)
    with station.registry.reading() as connection:
        return plans.units_of_round(connection, session)


def _file(station: Station, session: str) -> Path:
    with station.registry.reading() as connection:
        around = plans.require_session(connection, session).round
    # A table is told by what is in it, not by its suffix.
    return station.folder / "groups" / f"{around}.table"
