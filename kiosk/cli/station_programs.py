"""`kiosk station programs`: which newer programs the published files bring to the terminals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import err, lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, StationFolder
from kiosk.station.home import Station
from kiosk.trust.programs import program_of
from kiosk.words import text


def programs(
    folder: StationFolder,
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Packages (.deb) and images (.img), named as they were built."),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Bring no program any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which programs of terminals the published files bring, or bring others from now on.

    FILES take the place of those before, with the next `publish`: then each stick of the station can
    update terminals. Each terminal looks at the station's signature and takes newer ones alone. How it
    is asked to is in docs/technician.md.

    \b
    Examples:
      kiosk station programs --station station
      kiosk station programs kiosk-terminal_1.2_amd64.img --station station
    """
    station = Station.open(folder)
    repository = station.repository()
    station.close()
    if files or none:
        with err.status(text("Copying", lang())):
            repository.put_programs(files or [])
    drafted = [(program_of(name), size) for name, size in repository.programs().items()]
    if as_json:
        show_json(
            [
                {"version": one.version, "architecture": one.architecture, "kind": one.kind}
                for one, _ in drafted
            ]
        )
        return
    language = lang()
    if not drafted:
        say(text("The next publication brings no program", language))
        return
    show_table(
        [text(column, language) for column in ("Version", "Architecture", "Kind", "Size")],
        [
            (one.version, one.architecture, one.kind.value, f"{size / 1e6:.0f} MB")
            for one, size in drafted
        ],
        text("Programs that the next publication brings", language),
    )


def add_to(app: typer.Typer) -> None:
    """Gives `kiosk station` this command."""
    app.command()(programs)
