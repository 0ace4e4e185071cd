"""`kiosk station marking ...`: answers that people mark, from the opening to the statistics."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.cli.station_asked import AsJson, SessionId, StationFolder
from kiosk.errors import InputRefused
from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.scoring.numbers import written
from kiosk.scoring.rubric import limits, most_of
from kiosk.station.home import Station, utc_now
from kiosk.station.marking import desk, sheets
from kiosk.station.marking.opening import open_marking
from kiosk.station.marking.overview import Overview, Statistics, marker_statistics, overview
from kiosk.station.marking.showing import (
    answer_lines,
    bound_words,
    in_language,
    question,
    rubric_lines,
    share_words,
)
from kiosk.station.transparency import make_receipts
from kiosk.trust.durable import read_given, write_durable
from kiosk.words import listed, ntext, text

app = typer.Typer(
    help="Answers that people mark: open, mark, adjudicate, review.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

By = Annotated[
    str, typer.Option("--by", help="Who does it, by the name the marking was opened with.")
]


@app.command("open")
def open_(
    sessions: Annotated[list[str], typer.Argument(metavar="SESSION...", help="Sessions' ids.")],
    folder: StationFolder,
    marker: Annotated[
        list[str] | None, typer.Option("--marker", help="Somebody who marks; once for each.")
    ] = None,
    adjudicator: Annotated[
        list[str] | None, typer.Option("--adjudicator", help="Somebody who decides; once for each.")
    ] = None,
    double: Annotated[
        str, typer.Option(help="What part of the answers two people mark: 10%, all or none.")
    ] = "10%",
    bound: Annotated[
        str, typer.Option(help="How far two marks may differ: 2 points, or 20% of the full mark.")
    ] = "20%",
    as_json: AsJson = False,
) -> None:
    """Open the marking of sessions, or take in what came since; who left hands on what is unmarked.

    Two marks within the bound count as their mean. Others wait for an adjudicator, whose mark decides.

    \b
    Example:
      kiosk station marking open R15-0301 --marker 陈老师 --marker 李老师 --adjudicator 王老师 --station DIR
    """
    station = Station.open(folder)
    now = utc_now()
    opened = [
        open_marking(
            station,
            session,
            now,
            markers=marker or (),
            adjudicators=adjudicator or (),
            share=double,
            bound=bound,
        )
        for session in sessions
    ]
    station.close()
    if as_json:
        show_json(opened)
        return
    for one in opened:
        say(
            text(
                "{session}: {new} answers new, {scripts} in all; {doubled} of the new are marked twice; "
                "{again} went to another marker",
                lang(),
                session=one.session,
                new=one.new,
                scripts=one.scripts,
                doubled=one.doubled,
                again=one.dealt_again,
            )
        )


@app.command("next")
def next_(
    session: SessionId,
    folder: StationFolder,
    by: By,
    adjudicate_: Annotated[
        bool, typer.Option("--adjudicate", help="The next that two markers differ on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the next answer that waits for a marker, or with --adjudicate for an adjudicator.

    \b
    Example:
      kiosk station marking next R15-0301 --by 陈老师 --station DIR
    """
    station = Station.open(folder)
    find = desk.next_to_adjudicate if adjudicate_ else desk.next_script
    with station.registry.reading() as connection:
        found = find(connection, session, by)
    station.close()
    if as_json:
        show_json(None if found is None else _plain(found))
    elif found is None:
        say(text("Nothing waits for {name} in {session}", lang(), name=by, session=session))
    else:
        _show_script(found)


@app.command()
def give(
    script: Annotated[str, typer.Argument(help="The answer's name, such as K7QD-2MHX.")],
    points: Annotated[
        list[str], typer.Argument(metavar="POINTS...", help="A number for each marking point.")
    ],
    folder: StationFolder,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Give a mark: one number for each marking point, in their order.

    \b
    Example:
      kiosk station marking give K7QD-2MHX 2 1 0 --by 陈老师 --station DIR
    """
    station = Station.open(folder)
    handle = script.strip().upper()
    with station.registry.reading() as connection:
        turn = desk.turn_of(connection, handle, by)
    _given(station, desk.give(station, by, handle, turn, points, utc_now()), as_json)


@app.command()
def adjudicate(
    script: Annotated[str, typer.Argument(help="The answer's name, such as K7QD-2MHX.")],
    points: Annotated[
        list[str], typer.Argument(metavar="POINTS...", help="A number for each marking point.")
    ],
    folder: StationFolder,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Decide where two marks differ by more than the bound; who marked the answer may not.

    \b
    Example:
      kiosk station marking adjudicate K7QD-2MHX 2 1 0 --by 王老师 --station DIR
    """
    station = Station.open(folder)
    _given(
        station, desk.give(station, by, script.strip().upper(), "third", points, utc_now()), as_json
    )


@app.command()
def back(session: SessionId, folder: StationFolder, by: By, as_json: AsJson = False) -> None:
    """Take one's last mark back, as long as nothing rests on it; it comes up again first.

    \b
    Example:
      kiosk station marking back R15-0301 --by 陈老师 --station DIR
    """
    station = Station.open(folder)
    handle = desk.take_back(station, session, by, utc_now())
    station.close()
    if as_json:
        show_json({"script": handle})
        return
    say(text("The mark of {handle} is taken back", lang(), handle=handle))


@app.command()
def review(
    session: SessionId,
    folder: StationFolder,
    by: By,
    candidate: Annotated[str, typer.Option(help="The candidate's number.")],
    item: Annotated[str, typer.Option(help="The item, by the author's name of it.")],
    as_json: AsJson = False,
) -> None:
    """Have an answer marked once more by somebody who has not marked it: that mark decides.

    Earlier marks and results stay. The marker learns neither candidate nor earlier marks.

    \b
    Example:
      kiosk station marking review R15-0301 --candidate 20260001 --item RM-0039 --by 王老师 --station DIR
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        handle = desk.handle_for(connection, session, candidate, item)
    desk.ask_review(station, handle, by, utc_now())
    station.close()
    if as_json:
        show_json({"script": handle, "by": by})
        return
    say(text("{handle} waits for {name}", lang(), handle=handle, name=by))


@app.command()
def status(
    session: SessionId,
    folder: StationFolder,
    statistics: Annotated[
        bool, typer.Option("--statistics", help="How strict markers are, and how far they agree.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """How the marking of a session stands, item by item and person by person.

    \b
    Example:
      kiosk station marking status R15-0301 --station DIR
      kiosk station marking status R15-0301 --statistics --station DIR
    """
    station = Station.open(folder)
    with station.registry.reading() as connection:
        found = overview(connection, session)
        counted = marker_statistics(connection, session) if statistics else None
    station.close()
    if as_json:
        shown = to_builtins(found)
        show_json(shown if counted is None else {**shown, "statistics": to_builtins(counted)})
        return
    _show_overview(found)
    if counted is not None:
        _show_statistics(counted)


@app.command()
def export(
    session: SessionId,
    folder: StationFolder,
    by: By,
    out: Annotated[Path, typer.Option("--out", help="An .xlsx or .csv file.")],
    as_json: AsJson = False,
) -> None:
    """Write what waits for a marker as a marking sheet, for work without a line.

    \b
    Example:
      kiosk station marking export R15-0301 --by 陈老师 --out chen.xlsx --station DIR
    """
    if out.suffix.lower() not in (".xlsx", ".csv"):
        raise InputRefused("a marking sheet is .xlsx or .csv", where=str(out))
    station = Station.open(folder)
    data = sheets.marking_sheet(station, session, by, lang(), as_csv=out.suffix.lower() == ".csv")
    station.close()
    write_durable(out, data)
    if as_json:
        show_json({"file": str(out)})
        return
    say(text("Fill in the columns of the marking points of {file} and import it", lang(), file=out))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A filled marking sheet.")],
    folder: StationFolder,
    by: By,
    as_json: AsJson = False,
) -> None:
    """Give the marks of a filled marking sheet; the same sheet again gives nothing twice.

    Exit code 3: some rows refused, each listed; 4: nothing could be done.

    \b
    Example:
      kiosk station marking import chen.xlsx --by 陈老师 --station DIR
    """
    station = Station.open(folder)
    now = utc_now()
    data = read_given(file, MAX_FILE_BYTES)
    report = sheets.read_sheet(station, data, file.name, by, now, lang())
    make_receipts(station, now)
    station.close()
    if as_json:
        show_json(report)
    else:
        said = {"given": report.given, "known": report.known, "empty": report.empty}
        say(
            text(
                "{given} marks given, {known} known before, {empty} rows empty, {refused} refused",
                lang(),
                **said,
                refused=len(report.refused),
            )
        )
        for row in report.refused:
            say(
                text(
                    "Row {row}, {handle}: {reason}",
                    lang(),
                    row=row.row,
                    handle=row.script,
                    reason=row.reason,
                )
            )
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _given(station: Station, done: desk.Done, as_json: bool) -> None:
    if done.results:
        make_receipts(station, utc_now())  # the log's head with the leaf of the new result
    station.close()
    if as_json:
        show_json(done)
        return
    language = lang()
    say(
        text(
            "{handle}: {points} of {most}",
            language,
            handle=done.handle,
            points=done.points,
            most=done.most,
        )
    )
    if done.standing == "adjudicate":
        say(text("The two marks differ by more than the bound: an adjudicator decides", language))


def _plain(script: desk.Script) -> dict[str, Any]:
    """A script as JSON: words in the reader's language, no pictures."""
    item, language = script.item, lang()
    return {
        "script": script.handle,
        "turn": script.turn,
        "item": item.source,
        "question": question(item, language),
        "guidance": in_language(item.rubric.guidance, language),
        "key": item.key,
        "points": [
            {"words": in_language(point.words, language), "points": point.points}
            for point in item.rubric.points
        ],
        "limits": [written(limit) for limit in limits(item.rubric, item.points)],
        "most": written(most_of(item.rubric, item.points)),
        "answer": script.answer,
        "before": [to_builtins(one) for one in script.before],
    }


def _show_script(script: desk.Script) -> None:
    item, language = script.item, lang()
    show_table(
        [script.handle, text("Item {item}", language, item=item.source)],
        [
            (text("What was asked", language), question(item, language)),
            (text("Marking points", language), "\n".join(rubric_lines(item, language))),
            (text("Full mark", language), written(most_of(item.rubric, item.points))),
            (text("Answer", language), "\n".join(answer_lines(script.answer))),
            *(
                (text("Mark", language), f"{' + '.join(one.given)} = {one.points}")
                for one in script.before
            ),
        ],
    )


def _show_overview(found: Overview) -> None:
    language = lang()
    say(
        ntext(
            "{session}: {n} answer, {final} decided, {open} to mark, {adjudicate} to adjudicate; "
            "{share} marked twice, marks may differ by {bound}",
            "{session}: {n} answers, {final} decided, {open} to mark, {adjudicate} to adjudicate; "
            "{share} marked twice, marks may differ by {bound}",
            found.scripts,
            language,
            session=found.session,
            final=found.final,
            open=found.open,
            adjudicate=found.adjudicate,
            share=share_words(found.share, language),
            bound=bound_words(found.bound, language),
        )
    )
    show_table(
        [
            text("Item", language),
            text("Answers", language),
            text("Marked twice", language),
            text("To mark", language),
            text("To adjudicate", language),
            text("Decided", language),
        ],
        [
            (line.item, line.scripts, line.doubled, line.open, line.adjudicate, line.final)
            for line in found.items
        ],
    )
    roles = {"marker": text("marker", language), "adjudicator": text("adjudicator", language)}
    show_table(
        [
            text("Name", language),
            text("Role", language),
            text("Marked", language),
            text("Dealt", language),
        ],
        [
            (one.name, listed((roles[role] for role in one.roles), language), one.done, one.dealt)
            for one in found.people
        ],
    )


def _show_statistics(found: Statistics) -> None:
    language = lang()
    say(
        text(
            "{n} answers were marked twice; weighted kappa {kappa}",
            language,
            n=found.compared,
            kappa=_figure(found.kappa),
        )
    )
    show_table(
        [
            text("Name", language),
            text("Marks", language),
            text("Mean", language),
            text("Severity", language),
            text("Equal", language),
            text("Within the bound", language),
            text("Kappa", language),
        ],
        [
            (
                one.marker,
                one.marks,
                _percent(one.mean),
                _percent(one.severity),
                _percent(one.exact),
                _percent(one.within),
                _figure(one.kappa),
            )
            for one in found.markers
        ],
    )


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f} %"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{round(value, 3) + 0:.3f}"
