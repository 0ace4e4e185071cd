"""`kiosk station certificate evidence` and `evidence-sheet`: what people brought to be admitted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import lang, say, show_json
from kiosk.cli.station_asked import AsJson, By, StationFolder, why_of
from kiosk.errors import InputRefused
from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.station.certificates.evidence_sheet import note_sheet
from kiosk.station.certificates.issuing import note_evidence
from kiosk.station.home import Station, utc_now
from kiosk.station.registry import certificates as registered
from kiosk.station.roster import level_named
from kiosk.trust.durable import read_given
from kiosk.words import mark, text


def evidence(
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    folder: StationFolder,
    since: Annotated[str, typer.Option("--since", help="The day, as 2020-07-01.")],
    reason: Annotated[str, typer.Option(help="The paper that was seen, for the record.")],
    holds: Annotated[
        str, typer.Option("--holds", metavar="LEVEL", help="A level held since that day.")
    ] = "",
    apprenticeship: Annotated[
        bool, typer.Option("--apprenticeship", help="An apprenticeship ended on that day.")
    ] = False,
    work: Annotated[bool, typer.Option("--work", help="In the trade since that day.")] = False,
    discipline: Annotated[
        str, typer.Option(help="Of this discipline; of every one if not said.")
    ] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Note what a person brought to be admitted: a level held, an apprenticeship, work in the trade.

    Certificates of this station count without it.

    \b
    Example:
      kiosk station certificate evidence 20260001 --holds L5 --since 2020-07-01 --reason "certificate 5-123" --station station
      kiosk station certificate evidence 20260002 --work --since 2015-03-01 --reason "employer's letter" --station station
    """
    level = level_named(holds) if holds else None
    day = _day(since)
    if (holds != "") + apprenticeship + work != 1 or (holds and level is None) or day is None:
        raise InputRefused(
            mark("what did the person bring?"),
            remedy=mark("Add one of --holds LEVEL, --apprenticeship and --work, and a day"),
        )
    kind = "holds" if holds else "work" if work else "apprenticeship"
    row = registered.EvidenceRow(candidate, discipline, kind, level or "", day)
    station = Station.open(folder)
    note_evidence(station, row, why_of(by, reason), utc_now())
    station.close()
    if as_json:
        show_json(row)
        return
    say(text("Noted for {candidate}", lang(), candidate=candidate))


def evidence_sheet(
    file: Annotated[Path, typer.Argument(help="The table (XLSX or CSV).")],
    folder: StationFolder,
    reason: Annotated[str, typer.Option(help="Who looked at the papers, for the record.")],
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Note what many people brought to be admitted, from a table: a row a person.

    Columns (docs/certificates.md): candidate number, level held and since when, apprenticeship ended on, in the
    trade since, paper seen. All rows are noted or none; a row noted before changes nothing.

    \b
    Example:
      kiosk station certificate evidence-sheet papers.xlsx --reason "admissions of round 15" --station station
    """
    data = read_given(file, MAX_FILE_BYTES)
    station = Station.open(folder)
    why = why_of(by, reason)
    done = note_sheet(station, data, str(file), why, utc_now())
    station.close()
    if as_json:
        show_json(done)
        return
    say(text("Noted {noted}, known before {known}", lang(), noted=done.noted, known=done.known))


def _day(said: str) -> str | None:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return None
