"""A round: its figures on a page, its tables for spreadsheet programs."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Request, Response

from kiosk.station.result_tables import round_table
from kiosk.station.round_report import discipline_titles, report_table, round_report
from kiosk.station.web.pages import page
from kiosk.station.web.sessions import Kind, Reader, table_file
from kiosk.station.web.visits import StationOf
from kiosk.words import mark

router = APIRouter(include_in_schema=False)


@router.get("/rounds/{name}")
def one(request: Request, visit: Reader, station: StationOf, name: str) -> Response:
    report = round_report(station, name)
    header, whole, *rows = report_table(report, discipline_titles(station), visit.lang)
    return page(
        request,
        visit,
        "round.html",
        report=report,
        header=header[2:],
        whole=whole[2:],
        tables=[(by, list(of)) for by, of in groupby(rows, key=lambda row: row[0])],
    )


@router.get("/rounds/{name}/figures.{kind}")
def figures(request: Request, visit: Reader, station: StationOf, name: str, kind: Kind) -> Response:
    rows = report_table(round_report(station, name), discipline_titles(station), visit.lang)
    return table_file(request, visit, mark("figures exported"), rows, name, f"figures.{kind}")


@router.get("/rounds/{name}/results.{kind}")
def results(request: Request, visit: Reader, station: StationOf, name: str, kind: Kind) -> Response:
    """A whole round's results for a spreadsheet program."""
    rows = round_table(station, name, visit.lang)
    return table_file(request, visit, mark("results exported"), rows, name, f"results.{kind}")
