"""`kiosk station` from decisions to certificates: who gets one, papers, proofs, revocations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.artefacts.certificate import certificate_text
from kiosk.artefacts.kinds import Role
from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.cli.station_admission import evidence, evidence_sheet
from kiosk.cli.station_asked import AsJson, By, Reason, StationFolder, why_of
from kiosk.errors import InputRefused
from kiosk.station.certificates.credential import credential_jwt
from kiosk.station.certificates.deciding import VERDICT_WORDS, said
from kiosk.station.certificates.employers import employers_page
from kiosk.station.certificates.evidence import Case
from kiosk.station.certificates.issuing import (
    Issued,
    candidate_cases,
    every_issued,
    issue,
    require_issued,
    revoke,
    session_cases,
)
from kiosk.station.certificates.papers import (
    certificate_pdf,
    check_templates,
    transcript_pdf,
    write_templates,
)
from kiosk.station.certificates.reporting import read_reporting, reporting_sheet
from kiosk.station.home import Station, utc_now
from kiosk.trust.durable import write_durable
from kiosk.words import LANGUAGES, mark, text


def certify(
    folder: StationFolder,
    session: Annotated[
        str | None, typer.Argument(help="The session whose candidates are decided about.")
    ] = None,
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="A candidate's number instead.")
    ] = None,
    issue_them: Annotated[
        bool, typer.Option("--issue", help="Issue the certificates that are granted.")
    ] = False,
    reason: Reason = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Say who gets a certificate and why, or what is missing; with --issue, issue them.

    What is decided follows the ladder (docs/certificates.md). Issuing again issues nothing twice.

    \b
    Example:
      kiosk station certify R15-0301 --station station
      kiosk station certify R15-0301 --issue --reason "round 15" --station station
      kiosk station certify --candidate 20260001 --json --station station
    """
    if (session is None) == (not candidate):
        raise InputRefused(
            mark("whose certificates?"), remedy=mark("Name a session, or people by --candidate")
        )
    station, now = Station.open(folder), utc_now()

    def found() -> tuple[Case, ...]:
        if session is not None:
            return session_cases(station, session, now)
        return candidate_cases(station, candidate or (), now)

    decided = found()
    made: tuple[Issued, ...] = ()
    if issue_them:
        made = issue(station, decided, why_of(by, reason), now)
        decided = found()
    station.close()
    if as_json:
        new = {one.number for one in made}
        show_json([_case(one, new) for one in decided])
        return
    language = lang()
    show_table(
        [
            text("Number", language),
            text("Name", language),
            text("Discipline", language),
            text("Level", language),
            text("Decision", language),
            text("Why", language),
            text("Certificate", language),
        ],
        [
            (
                one.candidate,
                one.name,
                one.discipline,
                one.level,
                text(VERDICT_WORDS[one.decision.verdict], language),
                "\n".join(said(reason, language) for reason in one.decision.reasons),
                (one.certificate or "")
                + (" " + text("no longer founded: revoke it?", language) if one.unfounded else ""),
            )
            for one in decided
        ],
    )


def _case(one: Case, new: set[str]) -> dict[str, object]:
    return {
        "candidate": one.candidate,
        "name": one.name,
        "discipline": one.discipline,
        "level": one.level,
        "decision": str(one.decision.verdict),
        "reasons": [
            {"code": reason.code, **{language: said(reason, language) for language in LANGUAGES}}
            for reason in one.decision.reasons
        ],
        "on": None if one.decision.on is None else one.decision.on.isoformat(),
        "certificate": one.certificate,
        "unfounded": one.unfounded,
        "new": one.certificate in new,
    }


certificate = typer.Typer(
    help="Certificates: list, write out, revoke, report, and what an admin may change.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The certificate's number.")]


@certificate.command("list")
def list_(folder: StationFolder, as_json: AsJson = False) -> None:
    """List every certificate, revoked ones too.

    \b
    Example:
      kiosk station certificate list --station station
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        listed = every_issued(connection)
    station.close()
    if as_json:
        show_json([_issued(one) for one in listed])
        return
    language = lang()
    show_table(
        [
            text("Certificate number", language),
            text("Candidate number", language),
            text("Name", language),
            text("Discipline", language),
            text("Level", language),
            text("Issued on", language),
            text("State", language),
        ],
        [
            (
                one.number,
                one.candidate,
                one.name,
                one.title[language],
                one.level,
                one.issued,
                text("holds", language)
                if one.revoked is None
                else text("revoked", language) + f": {one.revoked}",
            )
            for one in listed
        ],
    )


def _issued(one: Issued) -> dict[str, object]:
    return {
        "number": one.number,
        "candidate": one.candidate,
        "name": one.name,
        "discipline": one.discipline,
        "level": one.level,
        "earned": one.earned,
        "issued": one.issued,
        "until": one.until,
        "revoked": one.revoked,
        "revoked_on": one.revoked_on,
        "code": certificate_text(one.token),
    }


@certificate.command()
def files(
    number: Number,
    folder: StationFolder,
    to: Annotated[Path, typer.Option("--to", help="The folder for the files.")],
    as_json: AsJson = False,
) -> None:
    """Write a certificate out: the paper (PDF), the credential (JWT, Open Badges 3.0), and its code as text.

    \b
    Example:
      kiosk station certificate files 20264000001 --to out --station station
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        one = require_issued(connection, number)
    made = {
        "pdf": certificate_pdf(station, one),
        "jwt": credential_jwt(one, station.keys(Role.STATION)).encode(),
        "txt": certificate_text(one.token).encode(),
    }
    station.close()
    paths = {}
    for kind, data in made.items():
        paths[kind] = to / f"{number}.{kind}"
        write_durable(paths[kind], data)
    if as_json:
        show_json({kind: str(path) for kind, path in paths.items()})
        return
    for path in paths.values():
        say(text("Wrote {file}", lang(), file=path))


@certificate.command("revoke")
def revoke_(
    number: Number,
    folder: StationFolder,
    reason: Reason,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Revoke a certificate. Publish afterwards, and give out a new employers' page.

    \b
    Example:
      kiosk station certificate revoke 20264000001 --reason "misconduct, notice 12" --station station
    """
    station = Station.open(folder)
    done = revoke(station, number, why_of(by, reason), utc_now())
    station.close()
    if as_json:
        show_json(_issued(done))
        return
    say(
        text(
            "Certificate {number} of {name} is revoked. Publish now, and give out a new employers' page",
            lang(),
            number=number,
            name=done.name,
        )
    )


@certificate.command("transcript")
def transcript_(
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    folder: StationFolder,
    out: Annotated[Path, typer.Option("--out", help="The new PDF.")],
) -> None:
    """Write what a person took, what was decided and why, and the certificates: a transcript (PDF).

    \b
    Example:
      kiosk station certificate transcript 20260001 --out transcript.pdf --station station
    """
    station = Station.open(folder)
    write_durable(out, transcript_pdf(station, candidate, lang(), utc_now()))
    station.close()
    say(text("Wrote {file}", lang(), file=out))


@certificate.command()
def report(
    folder: StationFolder,
    out: Annotated[Path, typer.Option("--out", help="The new file: .xlsx or .csv.")],
    since: Annotated[str, typer.Option("--since", help="Issued on this day or later.")] = "",
    until: Annotated[str, typer.Option("--until", help="Issued on this day or earlier.")] = "",
) -> None:
    """Write the reporting sheet; its columns are a list that an admin changes.

    \b
    Example:
      kiosk station certificate report --out report.xlsx --since 2026-01-01 --station station
    """
    station = Station.open(folder)
    columns = read_reporting(station.folder)
    with station.registry.reading() as connection:
        listed = [
            one
            for one in every_issued(connection)
            if (not since or one.issued >= since) and (not until or one.issued <= until)
        ]
    station.close()
    as_csv = out.suffix.lower() == ".csv"
    write_durable(out, reporting_sheet(columns, listed, as_csv=as_csv))
    say(text("{file}: {rows} certificates", lang(), file=out, rows=len(listed)))


@certificate.command()
def page(
    folder: StationFolder,
    out: Annotated[Path, typer.Option("--out", help="The new HTML file.")],
) -> None:
    """Write the employers' page: one file that checks a certificate's code without a network.

    It knows what was revoked until now; give out a new one after a revocation.

    \b
    Example:
      kiosk station certificate page --out verify.html --station station
    """
    station = Station.open(folder)
    write_durable(out, employers_page(station, utc_now(), lang()))
    station.close()
    say(text("Wrote {file}", lang(), file=out))


@certificate.command()
def templates(folder: StationFolder) -> None:
    """Copy what an admin may change into the station's folder: ladder, papers, columns of the report.

    What is there already stays.

    \b
    Example:
      kiosk station certificate templates --station station
    """
    station = Station.open(folder)
    made = write_templates(station)
    station.close()
    for path in made:
        say(text("Wrote {file}", lang(), file=path))
    say(text("Check them after a change: kiosk station certificate check", lang()))


@certificate.command()
def check(folder: StationFolder) -> None:
    """Check what an admin changed: the ladder, the number's template, the papers, the report's columns.

    Makes each paper of a made-up person. Exit code 4: one cannot be used, with the line.

    \b
    Example:
      kiosk station certificate check --station station
    """
    station = Station.open(folder)
    check_templates(station, utc_now())
    station.close()
    say(text("All can be used", lang()))


def add_to(app: typer.Typer) -> None:
    """Gives `kiosk station` these commands."""
    app.command()(certify)
    certificate.command()(evidence)
    certificate.command("evidence-sheet")(evidence_sheet)
    app.add_typer(certificate, name="certificate")
