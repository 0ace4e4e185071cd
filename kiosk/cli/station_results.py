"""What `kiosk station` does to results after the exam: scoring again, bad items, states, corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import err, lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, By, Cluster, Reason, SessionId, StationFolder, why_of
from kiosk.cli.station_shown import (
    decision_shown,
    instant,
    show_cluster_fault,
    show_comparison,
    show_rescoring,
    standing_shown,
    write_csv,
)
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import standings
from kiosk.station.comparing import compare
from kiosk.station.conflicts import Question, decide, question
from kiosk.station.evidence import evidence_of
from kiosk.station.home import Station, utc_now
from kiosk.station.registry import acts as registered
from kiosk.station.rescoring import How, Rescoring, rescore, void_item
from kiosk.station.transparency import make_receipts
from kiosk.trust.durable import SECRET_FILE, read_given, write_durable
from kiosk.words import explain, mark, text

_MAX_SCORING_BYTES = 200_000_000
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say who would change.")]


def rescore_(
    session: SessionId,
    folder: StationFolder,
    scoring: Annotated[Path, typer.Option("--scoring", help="The author's new .scoring.")],
    by: By = "",
    reason: Reason = "",
    dry_run: DryRun = False,
    cluster: Cluster = "",
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Score a session's whole round by another scoring file of its bank, and say who changes.

    Results of earlier versions stay. Run it again when it was cut off. Published results that change are
    provisional again.

    \b
    Example:
      kiosk station rescore R15-0301 --scoring NAME-2.scoring --dry-run --station station
    """
    data = read_given(scoring, _MAX_SCORING_BYTES)
    station = Station.open(folder)
    why = why_of(by, reason or f"scoring file {scoring.name}")
    with err.status(text("Scoring again", lang())):
        done = rescore(
            station,
            session,
            data,
            utc_now(),
            why,
            dry_run=dry_run,
            workers=cluster or None,
        )
    _close(station)
    _show(done, dry_run=dry_run, as_csv=as_csv, as_json=as_json)


def evidence_(
    session: SessionId,
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    folder: StationFolder,
    out: Annotated[Path, typer.Option("--out", help="The new .evidence.")],
) -> None:
    """Write all that a candidate's result rests on into one file, for an appeal or a court.

    Whoever has it reads this candidate's answers, and checks them with `kiosk verify` and the public root:
    the terminal's signature, the journal, and each act by which the exam was scored again.

    \b
    Example:
      kiosk station evidence R15-0301 20260001 --out 20260001.evidence --station station
    """
    station = Station.open(folder)
    write_durable(out, evidence_of(station, session, candidate, utc_now()), SECRET_FILE)
    station.close()
    say(
        text(
            "{file}: the answers of one candidate. Give it only to who may see them",
            lang(),
            file=str(out),
        )
    )


def void_item_(
    session: SessionId,
    item: Annotated[str, typer.Argument(help="The item, by its author's name.")],
    folder: StationFolder,
    reason: Reason,
    full: Annotated[bool, typer.Option("--full", help="All get its points.")] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="It counts for nobody; the rest is converted.")
    ] = False,
    also_right: Annotated[
        list[str] | None,
        typer.Option("--also-right", help="A further right answer; once for each choice of it."),
    ] = None,
    by: By = "",
    dry_run: DryRun = False,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Decide about a bad item in a session's whole round, and say who changes.

    \b
    Example:
      kiosk station void-item R15-0301 q-017 --full --reason "two right answers" --station station
    """
    how: How = "full" if full else "leave-out" if leave_out else "also-right"
    if sum((full, leave_out, bool(also_right))) != 1:
        raise InputRefused(
            mark("what is to become of the item?"),
            remedy=mark("Add one of --full, --leave-out and --also-right"),
        )
    station = Station.open(folder)
    done = void_item(
        station,
        session,
        item,
        how,
        utc_now(),
        why_of(by, reason),
        answer=also_right or (),
        dry_run=dry_run,
        workers=None,
    )
    _close(station)
    _show(done, dry_run=dry_run, as_csv=as_csv, as_json=as_json)


def _show(done: Rescoring, *, dry_run: bool, as_csv: bool, as_json: bool) -> None:
    if as_json:
        show_json(done.rows)
    elif as_csv:
        write_csv(done.rows)
    else:
        show_rescoring(done, dry_run=dry_run)
    show_cluster_fault(done.cluster_fault)


def result(
    act: Annotated[standings.Kind, typer.Argument(help="What is done.")],
    session: SessionId,
    folder: StationFolder,
    reason: Reason,
    candidates: Annotated[
        list[str] | None, typer.Argument(metavar="CANDIDATE...", help="Whose results.")
    ] = None,
    by: By = "",
    days: Annotated[
        int | None, typer.Option(min=1, help="How long it is announced, or may be reviewed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring results into their next state: publish, withhold, release, finalise, void, reinstate, review,
    reply, absent or defer.

    `publish` and `finalise` are for all of whom it is possible, where nobody is named. A result is
    provisional, then published, then final; `review` notes a candidate's request while it is published and
    `reply` the answer. Only the steps that follow each other are possible.

    \b
    Example:
      kiosk station result publish R15-0301 --days 7 --reason "round 15" --station station
      kiosk station result void R15-0301 20260004 --reason "misconduct, notice 12" --station station
    """
    station = Station.open(folder)
    moved = standings.move(
        station,
        act,
        session,
        candidates or (),
        why_of(by, reason),
        utc_now(),
        days=days,
    )
    _close(station)
    if as_json:
        show_json(moved)
        return
    language = lang()
    show_table(
        [text("Number", language), text("Before", language), text("Standing", language)],
        [
            (one.candidate, standing_shown(one.before), standing_shown(one.state, one.until))
            for one in moved
        ],
    )


def correct(
    session: SessionId,
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    folder: StationFolder,
    name: Annotated[str, typer.Option(help="The right name.")],
    reason: Reason,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Correct the name of a candidate; what stood before is kept.

    \b
    Example:
      kiosk station correct R15-0301 20260004 --name 王喆 --reason "ID card" --station station
    """
    station = Station.open(folder)
    why = why_of(by, reason)
    standings.correct(station, session, candidate, name, why, utc_now())
    _close(station)
    if as_json:
        show_json({"session": session, "candidate": candidate, "name": name})
        return
    say(text("{candidate} is called {name} from now on", lang(), candidate=candidate, name=name))


def decide_(
    session: SessionId,
    candidate: Annotated[str, typer.Argument(help="The candidate's number.")],
    folder: StationFolder,
    package: Annotated[
        str, typer.Option("--package", help="The one that counts: the beginning of its digest.")
    ] = "",
    neither: Annotated[bool, typer.Option("--neither", help="None of them counts.")] = False,
    reason: Reason = "",
    by: By = "",
    again: Annotated[
        bool, typer.Option("--again", help="Take the place of an earlier decision.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Decide which of two packages of one sitting counts, or that neither does.

    Without --package and --neither it shows them side by side: answers, times, how the journals end,
    terminals, proctors. Nothing is deleted; another decision (--again) takes the place of this one.

    \b
    Example:
      kiosk station decide R15-0301 20260003 --station station
      kiosk station decide R15-0301 20260003 --package 5f3a90c1 --reason "room record" --station station
    """
    if package and neither:
        raise InputRefused(
            mark("either one package counts or none does"),
            remedy=mark("Add one of --package and --neither"),
        )
    station = Station.open(folder)
    if not package and not neither:
        compared = compare(station, session, candidate, lang())
        station.close()
        if as_json:
            show_json(compared)
        else:
            show_comparison(compared)
        return
    with station.registry.reading() as connection:
        asked = question(connection, session, candidate)
    if not asked.open and not again:
        raise NotPermitted(
            mark("{name} decided about this: {reason}"),
            remedy=mark("Add --again if that was wrong"),
            name=asked.decided[-1].made_by,
            reason=asked.decided[-1].reason,
        )
    done = decide(
        station,
        session,
        candidate,
        None if neither else _named(asked, package),
        why_of(by, reason),
        utc_now(),
        sight=asked.sight,
    )
    _close(station)
    if as_json:
        show_json({"session": session, "candidate": candidate, "decision": done.decided[-1]})
        return
    say(decision_shown(done.decided[-1], lang()))


def _close(station: Station) -> None:
    """Signs the log's head with what was done, or says that it is not yet; then closes the station."""
    try:
        make_receipts(station, utc_now())
    except KioskError as fault:
        say(
            text(
                "It is done and in the log, whose head is not signed yet; the next import does it: {fault}",
                lang(),
                fault=explain(fault, lang()),
            )
        )
    station.close()


def _named(asked: Question, beginning: str) -> bytes:
    """The digest that begins so."""
    found = [one.sha256 for one in asked.packages if one.sha256.hex().startswith(beginning.lower())]
    if len(found) != 1:
        raise InputRefused(
            mark("which package? {beginning} is the beginning of {n} of them"),
            remedy=mark("Write more of the digest; look at them side by side first"),
            beginning=beginning,
            n=len(found),
        )
    return found[0]


def acts(session: SessionId, folder: StationFolder, as_json: AsJson = False) -> None:
    """List what was done to a session's results: who, when, why, and the leaf in the log.

    \b
    Example:
      kiosk station acts R15-0301 --station station
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        rows = registered.of_session(connection, session)
    station.close()
    if as_json:
        show_json(
            [
                {
                    "act": row.kind,
                    "by": row.made_by,
                    "reason": row.reason,
                    "at": row.made_at,
                    "leaf": row.leaf.hex(),
                }
                for row in rows
            ]
        )
        return
    language = lang()
    show_table(
        [
            text("When", language),
            text("What", language),
            text("Who", language),
            text("Why", language),
            text("Leaf", language),
        ],
        [
            (instant(row.made_at), row.kind, row.made_by, row.reason, row.leaf.hex()[:16])
            for row in rows
        ],
    )


def add_to(app: typer.Typer) -> None:
    """Gives `kiosk station` these commands."""
    app.command("rescore")(rescore_)
    app.command("void-item")(void_item_)
    app.command("evidence")(evidence_)
    app.command("decide")(decide_)
    for command in (result, correct, acts):
        app.command()(command)
