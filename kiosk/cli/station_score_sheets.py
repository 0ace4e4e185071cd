"""`kiosk station score-sheet` and `score-sheets`: blank sheets for assessors, and those that came back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, By, Reason, StationFolder, why_of
from kiosk.cli.station_shown import instant
from kiosk.errors import InputRefused
from kiosk.station.certificates.ladder import PARTS, Part
from kiosk.station.certificates.people import examined_in
from kiosk.station.certificates.score_sheets import blank_sheet
from kiosk.station.certificates.signed_sheets import withdraw
from kiosk.station.home import Station, utc_now
from kiosk.station.registry import certificates as registered
from kiosk.trust.durable import write_durable
from kiosk.words import mark, text

_SHEETS = tuple(part for part in PARTS if part != "theory")


def score_sheet(
    session: Annotated[str, typer.Argument(help="The session whose candidates are listed.")],
    folder: StationFolder,
    out: Annotated[Path, typer.Option("--out", help="The new XLSX.")],
    part: Annotated[
        list[str] | None,
        typer.Option("--part", help="practice, simulator or review; practice if not said."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a blank score sheet with the candidates of a session.

    An assessor fills in marks and days, signs it (`kiosk assessor sign`), and the station imports it.

    \b
    Example:
      kiosk station score-sheet R15-0301 --part practice --out practice.xlsx --station station
    """
    parts = [_part(one) for one in part or ("practice",)]
    station = Station.open(folder)
    with station.registry.reading() as connection:
        people = examined_in(connection, session)
    station.close()
    write_durable(out, blank_sheet(people, parts, lang(), session))
    if as_json:
        show_json({"file": str(out), "rows": len(people) * len(parts)})
        return
    say(text("{file}: {rows} rows to fill in", lang(), file=out, rows=len(people) * len(parts)))


def _part(said: str) -> Part:
    found = next((part for part in _SHEETS if part == said), None)
    if found is None:
        raise InputRefused(
            mark("there is no sheet for the part {part}"),
            remedy=mark("Name one of: {parts}"),
            part=said,
            parts=list(_SHEETS),
        )
    return found


def score_sheets(
    folder: StationFolder,
    withdrawn: Annotated[
        str, typer.Option("--withdraw", metavar="DIGEST", help="Take this sheet out of account.")
    ] = "",
    reason: Reason = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """List the score sheets that came in, or take one out of account: it stays, and its marks count no more.

    \b
    Example:
      kiosk station score-sheets --station station
      kiosk station score-sheets --withdraw 3f2a91c0 --reason "wrong column" --station station
    """
    station = Station.open(folder)
    if withdrawn:
        withdraw(station, withdrawn, why_of(by, reason), utc_now())
    with station.registry.reading() as connection:
        listed = registered.sheets(connection)
    station.close()
    if as_json:
        show_json(
            [
                {
                    "sha256": one.sha256.hex(),
                    "file": one.name,
                    "assessor": one.signer,
                    "received_at": one.received_at,
                    "marks": one.marks,
                    "withdrawn": one.withdrawn,
                }
                for one in listed
            ]
        )
        return
    language = lang()
    show_table(
        [
            text("Digest", language),
            text("File", language),
            text("Assessor", language),
            text("When", language),
            text("Entries", language),
            text("Withdrawn", language),
        ],
        [
            (
                one.sha256.hex()[:12],
                one.name,
                one.signer,
                instant(one.received_at),
                one.marks,
                one.withdrawn or "",
            )
            for one in listed
        ],
    )


def add_to(app: typer.Typer) -> None:
    """Gives `kiosk station` these commands."""
    app.command("score-sheet")(score_sheet)
    app.command("score-sheets")(score_sheets)
