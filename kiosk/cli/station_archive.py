"""`kiosk station backup`, `restore` and `retention`: a station kept, brought back, and how long."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import err, lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, StationFolder
from kiosk.cli.station_shown import instant
from kiosk.station.backup import back_up
from kiosk.station.backup import restore as bring_back
from kiosk.station.home import Station, utc_now
from kiosk.station.retention import kept
from kiosk.words import text


def backup(
    folder: StationFolder,
    to: Annotated[Path, typer.Option("--to", help="The new file; as secret as the station.")],
    as_json: AsJson = False,
) -> None:
    """Write the whole station into one file while it works: registry, keys, banks, sessions.

    \b
    Example:
      kiosk station backup --to /media/safe/station-2026-03-01.backup --station station
    """
    station = Station.open(folder)
    with err.status(text("Backing up", lang())):
        made = back_up(station, to, utc_now())
    station.close()
    if as_json:
        show_json(made)
        return
    say(
        text(
            "Backed up to {to}: {sessions} sessions, {leaves} leaves of the log, {files} files. It "
            "holds the station's keys: keep it as secret as the station",
            lang(),
            to=to,
            sessions=made.sessions,
            leaves=made.leaves,
            files=made.files,
        )
    )


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote.")],
    folder: StationFolder,
    database: Annotated[
        str, typer.Option(help="An empty PostgreSQL database for its registry, without password.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Bring a station back from its backup, into an empty folder.

    Then import again the sticks that came since, in the order they came: what the backup holds is known.

    \b
    Example:
      kiosk station restore /media/safe/station-2026-03-01.backup --station station-new
    """
    made = bring_back(file, folder, database=database)
    if as_json:
        show_json(made)
        return
    say(
        text(
            "The station of {day} is back in {folder}. Import the sticks that came since, in the "
            "order they came",
            lang(),
            day=instant(made.made_at),
            folder=folder,
        )
    )


def retention(folder: StationFolder, as_json: AsJson = False) -> None:
    """List until when each session's papers and files are kept, and what may be destroyed since.

    Three and five years, unless `station.toml` says otherwise. The program itself destroys nothing.

    \b
    Example:
      kiosk station retention --station station
    """
    station = Station.open(folder)
    rows = kept(station, utc_now())
    station.close()
    if as_json:
        show_json(rows)
        return
    language = lang()
    over = text("may be destroyed", language)
    show_table(
        [
            text("Session", language),
            text("Exam room", language),
            text("Over since", language),
            text("Papers until", language),
            text("Files until", language),
        ],
        [
            (
                row.session,
                row.room,
                instant(row.closed_at)[:10],
                f"{instant(row.paper_until)[:10]} {over if row.paper_over else ''}".strip(),
                f"{instant(row.electronic_until)[:10]} {over if row.electronic_over else ''}".strip(),
            )
            for row in rows
        ],
    )


def add_to(app: typer.Typer) -> None:
    """Gives `kiosk station` these commands."""
    for command in (backup, restore, retention):
        app.command()(command)
