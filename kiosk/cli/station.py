"""`kiosk station ...`: keys and registry, enrolment, planning, publishing, import, results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import to_builtins

from kiosk.cli import (
    station_archive,
    station_certificates,
    station_console,
    station_enrolling,
    station_marking,
    station_programs,
    station_results,
    station_score_sheets,
)
from kiosk.cli.analyse import analyse
from kiosk.cli.shown import counting, err, lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, Cluster, StationFolder
from kiosk.cli.station_shown import (
    instant,
    party,
    show_explanation,
    show_figures,
    show_made,
    show_report,
    show_results,
    show_root,
    write_csv,
    write_results,
    write_table,
)
from kiosk.errors import InputRefused
from kiosk.station import enrol as enrolment
from kiosk.station import withheld
from kiosk.station.home import Station, utc_now
from kiosk.station.planning import plan_session
from kiosk.station.publish import publish as publish_station
from kiosk.station.receiving import receive
from kiosk.station.registry import parties as registered
from kiosk.station.results import explain, session_results
from kiosk.station.round_report import discipline_titles, report_table, round_report
from kiosk.words import LANGUAGES, text

app = typer.Typer(
    help="The station: plans exams, publishes them, imports what comes back, keeps the results.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command()(station_console.serve)
app.add_typer(station_console.user, name="user")
app.add_typer(station_marking.app, name="marking")


app.command()(analyse)
station_results.add_to(app)
station_archive.add_to(app)
station_score_sheets.add_to(app)
station_certificates.add_to(app)
station_programs.add_to(app)


@app.command()
def init(
    folder: StationFolder,
    name: Annotated[str, typer.Option(help="What people call the station.")] = "Station",
    database: Annotated[
        str, typer.Option(help="An empty PostgreSQL database for its registry, without password.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Make a station: its keys, its registry and its trust repository.

    \b
    Example:
      kiosk station init --station station --name "市职业技能鉴定站"
      kiosk station init --station station --database postgresql://kiosk@db.example/station
    """
    station = Station.create(folder, name, now=utc_now(), database=database)
    records = station.trust().records()
    root = {language: " ".join(station.root_words(language)) for language in LANGUAGES}
    station.close()
    if as_json:
        keys = [party(record, None) for record in records]
        show_json({"station": str(folder), "root": root, "keys": keys})
        return
    show_made(folder, name, records, root)


app.command()(station_enrolling.enrol)
app.command("room-status")(station_enrolling.room_status)


@app.command()
def revoke(
    wanted: Annotated[
        str, typer.Argument(metavar="KID", help="A key id (or the start of it), or a name.")
    ],
    folder: StationFolder,
    as_json: AsJson = False,
) -> None:
    """Revoke a key; devices learn it with the next published files.

    \b
    Example:
      kiosk station revoke 3f2a91c0 --station station
    """
    station = Station.open(folder)
    record = enrolment.revoke(station, wanted, utc_now())
    station.close()
    if as_json:
        show_json({"revoked": party(record, None)})
        return
    say(
        text(
            "The key of {name} ({kid}) is revoked. Publish now, so that devices learn it",
            lang(),
            name=record.name,
            kid=record.kid.hex(),
        )
    )


@app.command()
def parties(folder: StationFolder, as_json: AsJson = False) -> None:
    """List who is enrolled, with key ids.

    \b
    Example:
      kiosk station parties --station station
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        listed = registered.every(connection)
    station.close()
    if as_json:
        show_json([party(one.record, one.revoked_at) for one in listed])
        return
    language = lang()
    show_table(
        [
            text("Role", language),
            text("Name", language),
            text("Key id", language),
            text("Revoked", language),
        ],
        [
            (
                one.record.role,
                one.record.name,
                one.record.kid.hex(),
                instant(one.revoked_at),
            )
            for one in listed
        ],
    )


@app.command()
def plan(
    file: Annotated[Path, typer.Argument(metavar="PLAN.toml", help="The plan; see docs/admin.md.")],
    folder: StationFolder,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an unpublished session.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Plan a session: check that it can be held, build its forms, write its files.

    \b
    Example:
      kiosk station plan plan/plan.toml --station station
    """
    station = Station.open(folder)
    with err.status(text("Planning", lang())):
        planned = plan_session(station, file, utc_now(), replace=replace)
    station.close()
    if as_json:
        show_json(planned)
        return
    language = lang()
    say(
        text(
            "Session {session} is planned: {candidates} candidates, {terminals} terminals, "
            "{proctors} proctors, {opens} to {closes}",
            language,
            session=planned.session,
            candidates=planned.candidates,
            terminals=planned.terminals,
            proctors=planned.proctors,
            opens=instant(planned.opens_at),
            closes=instant(planned.closes_at),
        )
    )
    for form in planned.forms:
        known = {} if form.difficulty is None else {"mean": form.difficulty, "spread": form.spread}
        told = {"form": form.form, "points": f"{form.points:g}", "shared": form.shared}
        say(
            text(
                "Form {form}: {points} points, difficulty {mean} with a spread of {spread}, at most "
                "{shared} items in common with another form, {used} used in earlier sessions",
                language,
                **told,
                **known,
                used=form.used_before,
            )
            if known
            else text(
                "Form {form}: {points} points, difficulty unknown, at most {shared} items in common "
                "with another form, {used} used in earlier sessions",
                language,
                **told,
                used=form.used_before,
            )
        )
    if planned.passed_over:
        columns = planned.passed_over
        say(text("Passed over, no such column is known: {columns}", language, columns=columns))
    say(text("Publish it when it is right; until then plan again with --replace", language))


@app.command()
def publish(
    folder: StationFolder,
    to: Annotated[Path, typer.Option("--to", help="The folder for the terminals' stick.")],
    releases: Annotated[
        Path | None,
        typer.Option("--releases", help="The folder for proctors' devices: another stick."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the signed trust list, banks and sessions for terminals, and releases for proctors.

    \b
    Example:
      kiosk station publish --to /media/usb --releases /media/proctors --station station
    """
    station = Station.open(folder)
    with err.status(text("Publishing", lang())):
        published = publish_station(station, to, releases, utc_now())
    root = {language: " ".join(station.root_words(language)) for language in LANGUAGES}
    station.close()
    if as_json:
        show_json({**to_builtins(published), "root": root})
        return
    language = lang()
    say(
        text(
            "Published to {to}: {sessions}. It stays fresh until {expires}",
            language,
            to=to,
            sessions=published.sessions or text("no session yet", language),
            expires=instant(published.expires_at),
        )
    )
    show_root(root)
    if releases is None:
        say(
            text(
                "No releases were written: proctors can release nothing until they have them",
                language,
            )
        )
    else:
        say(
            text(
                "Releases for proctors' devices are in {folder}; never on a terminal's stick",
                language,
                folder=releases,
            )
        )


@app.command("import")
def import_(
    folder: StationFolder,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files, or folders of them.")
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Also what lies in quarantine.")] = False,
    receipts_to: Annotated[
        Path | None, typer.Option("--receipts-to", help="The folder that goes back to terminals.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes to examine packages with.")
    ] = None,
    cluster: Cluster = "",
    as_json: AsJson = False,
) -> None:
    """Import packages, bundles, proctors' logs, banks with their scoring, or folders of them.

    Importing something twice changes nothing. What is refused is kept in the station's quarantine
    with the reason. Exit code 3: some refused, or in conflict; 4: nothing could be done.

    \b
    Example:
      kiosk station import /media/usb --station station --receipts-to /media/usb/receipts
      kiosk station import /srv/sticks --station station --cluster tls://10.0.0.5:8786
    """
    if cluster and workers:
        raise typer.BadParameter("name a --cluster or --workers, and not both")
    if not paths and not retry:
        raise InputRefused("nothing to import", remedy="Name files or folders, or --retry")
    station = Station.open(folder)
    with counting(text("Importing", lang())) as progress:
        report = receive(
            station,
            paths or [],
            utc_now(),
            retry=retry,
            receipts_to=receipts_to,
            workers=cluster or workers,
            progress=progress,
        )
    station.close()
    if as_json:
        show_json(report)
    else:
        show_report(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


@app.command()
def confirm(
    session: Annotated[str, typer.Argument(help="The session's id.")],
    candidate: Annotated[str, typer.Argument(help="The number the sitting was begun with.")],
    folder: StationFolder,
    name: Annotated[str, typer.Option(help="Whose sitting it was.")] = "",
    number: Annotated[str, typer.Option(help="That person's own candidate number.")] = "",
    as_json: AsJson = False,
) -> None:
    """Confirm who sat without an ID or with a reserve number; the result counts from then on.

    \b
    Example:
      kiosk station confirm R15-0301 R01 --name 王芳 --number 20260007 --station station
    """
    station = Station.open(folder)
    done = withheld.confirm(station, session, candidate, utc_now(), name=name, belongs_to=number)
    station.close()
    if as_json:
        show_json({"session": session, "candidate": candidate, "note": done.note})
        return
    say(
        text(
            "The result of {candidate} counts: {note}", lang(), candidate=candidate, note=done.note
        )
    )


@app.command()
def results(
    session: Annotated[str, typer.Argument(help="The session's id.")],
    folder: StationFolder,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Write a table for spreadsheet programs.")
    ] = None,
    whole_round: Annotated[
        bool, typer.Option("--round", help="With --xlsx: all sessions of its round.")
    ] = False,
    candidate: Annotated[str, typer.Option(help="One candidate's number.")] = "",
    explained: Annotated[
        bool, typer.Option("--explain", help="With --candidate: the reason of each point.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """The results of a session: a row for each candidate, whatever came from them.

    \b
    Example:
      kiosk station results R15-0301 --station station
      kiosk station results R15-0301 --round --xlsx round15.xlsx --station station
      kiosk station results R15-0301 --candidate 20260001 --explain --station station
    """
    station = Station.open(folder)
    if explained:
        if not candidate:
            raise InputRefused("whose score?", remedy="Add --candidate NUMBER")
        show_explanation(explain(station, session, candidate, lang()), as_json)
        station.close()
        return
    if xlsx is not None:
        write_results(station, session, xlsx, whole_round=whole_round)
        station.close()
        return
    rows = session_results(station, session)
    station.close()
    rows = tuple(row for row in rows if candidate in ("", row.candidate))
    if as_json:
        show_json(rows)
    elif as_csv:
        write_csv(rows)
    else:
        show_results(rows)


@app.command()
def report(
    name: Annotated[str, typer.Argument(metavar="ROUND", help="The round's name.")],
    folder: StationFolder,
    xlsx: Annotated[
        Path | None, typer.Option("--xlsx", help="Write a table for spreadsheet programs.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """A round in figures: planned, results, passed, waiting, absent; in all and by discipline, level, unit, room.

    \b
    Example:
      kiosk station report R15 --station station
      kiosk station report R15 --xlsx round15-figures.xlsx --station station
    """
    station = Station.open(folder)
    made, titles = round_report(station, name), discipline_titles(station)
    station.close()
    if xlsx is not None:
        write_table(xlsx, report_table(made, titles, lang()), name)
    elif as_json:
        show_json(made)
    else:
        show_figures(made, titles)
