"""Certificates at the console: who gets one and why, issuing, papers and proofs, revoking.

Deciding reads only and needs no key; issuing and credentials are asked of the process that has the keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool

from kiosk.artefacts.certificate import certificate_text
from kiosk.station.certificates.deciding import VERDICT_WORDS, Verdict, said
from kiosk.station.certificates.employers import employers_page
from kiosk.station.certificates.evidence_sheet import COLUMNS
from kiosk.station.certificates.issuing import (
    every_issued,
    newest_issued,
    require_issued,
    revoke,
    session_cases,
)
from kiosk.station.certificates.ladder import PART_WORDS
from kiosk.station.certificates.papers import (
    certificate_pdf,
    certificate_png,
    transcript_pdf,
)
from kiosk.station.certificates.reporting import read_reporting, reporting_sheet
from kiosk.station.certificates.score_sheets import SheetRefused
from kiosk.station.certificates.signed_sheets import withdraw
from kiosk.station.registry import certificates as registered
from kiosk.station.registry import overview, plans
from kiosk.station.roster import LEVEL_WORDS
from kiosk.station.users import Right
from kiosk.station.web import certifying, reasons
from kiosk.station.web.pages import page, table_of
from kiosk.station.web.reasons import may
from kiosk.station.web.visits import NowOf, StationOf, Visit, acted, seen
from kiosk.station.web.work import Work
from kiosk.words import mark, text

router = APIRouter(include_in_schema=False)

Reader = Annotated[Visit, Depends(seen(Right.RESULTS))]
Actor = Annotated[Visit, Depends(acted(Right.ACT))]
Noter = Annotated[Visit, Depends(seen(Right.ACT))]
MOST_SHOWN = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/certificates")
def every(request: Request, visit: Reader, station: StationOf, find: str = "") -> Response:
    with station.registry.reading() as connection:
        sessions = overview.session_figures(connection)
        sheets = registered.sheets(connection)
        issued, left = newest_issued(connection, find, MOST_SHOWN)
    return page(
        request,
        visit,
        "certificates.html",
        sessions=sessions,
        sheets=sheets,
        issued=issued,
        left=left,
        levels=LEVEL_WORDS,
        find=find,
        may_note=may(visit, "evidence"),
        may_withdraw=may(visit, "withdraw-sheet"),
    )


@router.post("/certificates/sheets/{sheet}/withdraw")
async def withdraw_(
    request: Request, visit: Actor, station: StationOf, now: NowOf, sheet: str
) -> Response:
    """Takes a score sheet's marks out of account; the sheet stays."""
    form = await request.form()
    why = reasons.given(visit, "withdraw-sheet", form)
    done = await run_in_threadpool(withdraw, station, sheet, why, now)
    return await reasons.done(
        request,
        visit,
        "/certificates",
        (mark("score sheet withdrawn"), done.name, why.reason),
        mark("The marks of {file} count no longer; the sheet is kept"),
        file=done.name,
    )


@router.get("/certificates/evidence")
def evidence_page(request: Request, visit: Noter) -> Response:
    return page(
        request,
        visit,
        "evidence.html",
        columns=[text(column, visit.lang) for column in COLUMNS],
        wrong=(),
        file="",
    )


@router.post("/certificates/evidence")
async def evidence(request: Request, visit: Actor, station: StationOf, now: NowOf) -> Response:
    """Notes what people brought to be admitted: every row of a table, or none."""
    form = await request.form()
    why = reasons.given(visit, "evidence", form)
    name, data = await table_of(form)
    work: Work = request.app.state.work
    try:
        found = await run_in_threadpool(
            work.ask, certifying.noted, station.folder, data, name, why, now
        )
    except SheetRefused as fault:
        return page(
            request,
            visit,
            "evidence.html",
            status=400,
            columns=[text(column, visit.lang) for column in COLUMNS],
            wrong=fault.wrong,
            file=name,
        )
    return await reasons.done(
        request,
        visit,
        "/certificates",
        (mark("evidence noted"), name, why.reason),
        mark("Noted {noted}, known before {known}"),
        noted=found.noted,
        known=found.known,
    )


@router.get("/certificates/sessions/{session}")
def decided(
    request: Request, visit: Reader, station: StationOf, now: NowOf, session: str
) -> Response:
    with station.registry.reading() as connection:
        planned = plans.require_session(connection, session)
    found = session_cases(station, session, now)
    return page(
        request,
        visit,
        "certificates_session.html",
        session=planned,
        cases=[
            (one, [said(reason, visit.lang) for reason in one.decision.reasons]) for one in found
        ],
        counts=Counter(one.decision.verdict for one in found),
        words=VERDICT_WORDS,
        levels=LEVEL_WORDS,
        open=[
            one.candidate
            for one in found
            if one.decision.verdict is Verdict.GRANTED and one.certificate is None
        ],
        may=may(visit, "issue"),
    )


@router.post("/certificates/sessions/{session}")
async def issue(
    request: Request, visit: Actor, station: StationOf, now: NowOf, session: str
) -> Response:
    """Issues to those who were shown, as far as it is granted still."""
    form = await request.form()
    why = reasons.given(visit, "issue", form)
    chosen = str(form.get("candidates", "")).split()
    work: Work = request.app.state.work
    numbers = await run_in_threadpool(
        work.ask, certifying.issued, station.folder, session, chosen, why, now
    )
    return await reasons.done(
        request,
        visit,
        f"/certificates/sessions/{session}",
        (mark("certificates issued"), session, why.reason),
        mark("Issued, each with a leaf in the log: {n}"),
        n=len(numbers),
    )


@router.get("/certificates/number/{number}")
def one(request: Request, visit: Reader, station: StationOf, number: str) -> Response:
    with station.registry.reading() as connection:
        found = require_issued(connection, number)
        done = registered.acts(connection, number)
    return page(
        request,
        visit,
        "certificate.html",
        one=found,
        code=certificate_text(found.token),
        acts=done[::-1],
        act_words=_ACT_WORDS,
        levels=LEVEL_WORDS,
        part_words=PART_WORDS,
        may=may(visit, "revoke"),
    )


@router.post("/certificates/number/{number}/revoke")
async def revoke_(
    request: Request, visit: Actor, station: StationOf, now: NowOf, number: str
) -> Response:
    form = await request.form()
    why = reasons.given(visit, "revoke", form)
    await run_in_threadpool(revoke, station, number, why, now)
    return await reasons.done(
        request,
        visit,
        f"/certificates/number/{number}",
        (mark("certificate revoked"), number, why.reason),
        mark("Certificate {number} is revoked. Publish, and give out a new employers' page"),
        number=number,
    )


@router.get("/certificates/number/{number}/{kind}")
async def paper(
    request: Request, visit: Reader, station: StationOf, number: str, kind: str
) -> Response:
    """The certificate as `pdf`, `png`, or its credential as `jwt`."""
    if kind == "jwt":
        work: Work = request.app.state.work
        made = await run_in_threadpool(work.ask, certifying.credential, station.folder, number)
        return _file(made.encode(), "application/vc+jwt", f"{number}.jwt")
    with station.registry.reading() as connection:
        found = require_issued(connection, number)
    if kind == "png":
        picture = await run_in_threadpool(certificate_png, station, found)
        return Response(picture, media_type="image/png")
    return _file(
        await run_in_threadpool(certificate_pdf, station, found),
        "application/pdf",
        f"{number}.pdf",
    )


@router.get("/certificates/candidates/{candidate}/transcript.pdf")
def transcript_of(visit: Reader, station: StationOf, now: NowOf, candidate: str) -> Response:
    made = transcript_pdf(station, candidate, visit.lang, now)
    return _file(made, "application/pdf", f"{candidate}.pdf")


@router.get("/certificates/verify.html")
def employers(visit: Reader, station: StationOf, now: NowOf) -> Response:
    """The employers' page, to be given out: it is no page of the console."""
    return _file(employers_page(station, now, visit.lang), "text/html", "verify.html")


@router.get("/certificates/report.xlsx")
def report(visit: Reader, station: StationOf) -> Response:
    columns = read_reporting(station.folder)
    with station.registry.reading() as connection:
        issued = every_issued(connection)
    return _file(reporting_sheet(columns, issued, as_csv=False), _XLSX, "report.xlsx")


_ACT_WORDS: Mapping[str, str] = {"issue": mark("Issued"), "revoke": mark("certificate revoked")}


def _file(content: bytes, media_type: str, name: str) -> Response:
    # RFC 8187: a number may have letters that a header cannot.
    spelt = "".join(
        chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}"
        for byte in name.encode()
    )
    disposition = f"attachment; filename*=UTF-8''{spelt}"
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
