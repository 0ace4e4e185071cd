"""`kiosk station analyse`: what the answers of many tell of the items and of the test."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.shown import counting, err, lang, out, say, show_json, show_table, table_of
from kiosk.cli.station_asked import Cluster
from kiosk.cli.station_shown import show_cluster_fault
from kiosk.documents.cells import cell
from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.station.roster import LEVEL_WORDS
from kiosk.trust.durable import read_given, write_durable
from kiosk.words import listed, ntext, text

if TYPE_CHECKING:
    # Numbers take their time to load: only an analysis waits for them.
    from kiosk.station.understanding.answers import Scores
    from kiosk.station.understanding.report import Model, Modelled, Report
    from kiosk.station.understanding.session_report import SessionReport


def analyse(
    session: Annotated[str | None, typer.Argument(help="The session's id.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--station", help="The station's folder, for a session.")
    ] = None,
    matrix: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            dir_okay=False,
            help="Scores from a file: a header of item names, then a row a candidate.",
        ),
    ] = None,
    exam: Annotated[str, typer.Option(help="Which exam, where the session has several.")] = "",
    scoring_version: Annotated[
        int, typer.Option(min=0, help="By which scoring version; 0 is the exam's own.")
    ] = 0,
    whole_round: Annotated[
        bool,
        typer.Option("--round", help="With all sessions of the round that held the same exam."),
    ] = False,
    groups: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            dir_okay=False,
            help="A table of candidates' numbers and their groups (subsidiaries).",
        ),
    ] = None,
    group: Annotated[
        str, typer.Option(help="With --matrix: the column that names each row's group.")
    ] = "",
    blanks_wrong: Annotated[
        bool,
        typer.Option(
            "--blanks-wrong", help="With --matrix: an empty cell counts as 0, not as no score."
        ),
    ] = False,
    two_parameter: Annotated[
        bool,
        typer.Option(
            "--two-parameter", help="Also a discrimination for each item (a minute for 100 items)."
        ),
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the plots there, as SVG."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Of a session: write CSV, XLSX, QTI results, xAPI, Parquet and difficulties there.",
        ),
    ] = None,
    difficulties: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write how hard items proved, for kiosk bank seal."),
    ] = None,
    cluster: Cluster = "",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the items as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Analyse items and test: difficulty, discrimination, reliability, with what each figure says.

    Of a session of the station, or of a matrix of scores: there a cell is 0, 1 or a part score, or
    empty, and a column `frequency` says how many candidates a row stands for. See docs/admin.md,
    "Understanding a round".

    \b
    Example:
      kiosk station analyse R15-0301 --round --station station
      kiosk station analyse --matrix scores.csv --difficulties proved.json
    """
    if (session is None) == (matrix is None):
        raise typer.BadParameter("name a session or a --matrix, and not both")
    if session is not None and folder is None:
        raise typer.BadParameter("name the station's folder with --station")
    if session is None and export is not None:
        raise typer.BadParameter("--export is of a session")
    if session is None and cluster:
        raise typer.BadParameter("--cluster is of a session")
    report: Report
    if matrix is not None:
        from kiosk.station.understanding.report import report_of

        scores = _matrix(matrix, group, blanks_wrong)
        with err.status(text("Computing", lang())):
            report = report_of(scores, lang(), two_parameters=two_parameter)
    else:
        assert session is not None
        assert folder is not None
        report = _session(
            folder,
            session,
            exam,
            scoring_version,
            whole_round,
            groups,
            two_parameter,
            export,
            cluster,
        )
    if difficulties is not None:
        from kiosk.station.understanding.exports import difficulties_of

        write_durable(difficulties, difficulties_of(report))
    if plots is not None:
        from kiosk.station.understanding.plots import plots_of

        with err.status(text("Drawing", lang())):
            made = plots_of(report, lang())
            _write(plots, ((f"{name}.svg", svg.encode()) for name, svg in made.items()))
    if as_json:
        show_json(report)
    elif as_csv:
        _write_csv(report)
    else:
        _show(report)


def _session(
    folder: Path,
    session: str,
    exam: str,
    scoring_version: int,
    whole_round: bool,
    groups: Path | None,
    two_parameter: bool,
    export: Path | None,
    cluster: str,
) -> SessionReport:
    from kiosk.station.home import Station
    from kiosk.station.understanding.groups import groups_of
    from kiosk.station.understanding.session_answers import pyramid, read_exam
    from kiosk.station.understanding.session_report import read_groups, session_report

    named = None
    if groups is not None:
        named = read_groups(read_given(groups, MAX_FILE_BYTES), str(groups))
    station = Station.open(folder)
    with counting(text("Reading packages", lang())) as progress:
        answers = read_exam(
            station,
            session,
            exam=exam,
            scoring_version=scoring_version,
            whole_round=whole_round,
            workers=cluster or None,
            progress=progress,
        )
    standings = pyramid(station, session)
    named = groups_of(station, session) if named is None else named
    station.close()
    show_cluster_fault(answers.cluster_fault)
    with err.status(text("Computing", lang())):
        report = session_report(
            answers, lang(), groups=named, standings=standings, two_parameters=two_parameter
        )
    if export is not None:
        from kiosk.station.understanding.exports import every_export

        with err.status(text("Writing", lang())):
            _write(export, every_export(answers, report))
    return report


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Files into a folder, each whole or not at all."""
    written = 0
    for name, data in files:
        # Answers and marks of people: for whoever asked for them, and nobody else of the machine.
        write_durable(folder / name, data, 0o600)
        written += 1
    language = lang()
    say(
        ntext(
            "{n} file written to {folder}",
            "{n} files written to {folder}",
            written,
            language,
            folder=folder,
        )
    )


def _matrix(path: Path, group: str, blanks_wrong: bool) -> Scores:
    from kiosk.station.understanding.matrix_file import read_matrix

    data = read_given(path, MAX_FILE_BYTES)
    scores = read_matrix(data, str(path), group=group)
    return scores.blanks_as_wrong() if blanks_wrong else scores


def _write_csv(report: Report) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow([*_ITEM_COLUMNS, "rasch", "remarks"])
    for line in report.items:
        told = "; ".join(remark.text for remark in line.remarks)
        rasch = None if line.rasch is None else line.rasch.difficulty
        figures = [getattr(line, name) for name in _ITEM_COLUMNS]
        writer.writerow([cell(value) for value in (*figures, rasch, told)])


_ITEM_COLUMNS = (
    "item",
    "n",
    "max",
    "p",
    "sd",
    "rit",
    "rir",
    "alpha_without",
    "blank",
    "not_reached",
)


def _show(report: Report) -> None:
    from kiosk.station.understanding import told
    from kiosk.station.understanding.session_report import SessionReport

    language = lang()
    of_session = report if isinstance(report, SessionReport) else None
    rows = told.figures(report, language)
    columns = [text("Figure", language), text("Value", language), text("What it says", language)]
    out.print(table_of(columns, rows))
    _show_items(report)
    if of_session is not None:
        _show_session(of_session)
    if report.rasch is not None and report.rasch.slope is not None:
        say(
            text(
                "Rasch difficulties: marginal maximum likelihood, ability with mean 0 and spread 1, "
                "common discrimination {slope}; ± is the standard error",
                language,
                slope=f"{report.rasch.slope:.4f}",
            )
        )
    if report.two_parameter is not None:
        _show_model(report.two_parameter)
    if report.groups:
        _show_groups(report)
    for remark in report.remarks:
        if remark.code in _ASIDE:
            say(remark.text)


_ASIDE = ("gaps", "left_out", "assumed_maxima", "several_forms", "unmarked")


def _show_items(report: Report) -> None:
    from kiosk.station.understanding import told

    language = lang()
    timed = any(line.seconds is not None for line in report.items)
    columns = [
        text("Item", language),
        text("Right (p)", language),
        text("r total", language),
        text("r rest", language),
        text("Rasch difficulty", language),
        *([text("Seconds", language)] if timed else []),
        text("What it says", language),
    ]
    rows = [
        (
            line.item,
            told.shown(line.p, 3),
            told.shown(line.rit, 2),
            told.shown(line.rir, 2),
            "–" if line.rasch is None else _with_error(line.rasch),
            *([told.shown(line.seconds, 0)] if timed else []),
            listed((remark.text for remark in line.remarks), language, "; "),
        )
        for line in report.items
    ]
    out.print(table_of(columns, rows))


def _show_session(report: SessionReport) -> None:
    from kiosk.station.understanding import told

    language = lang()
    if len(report.forms) > 1:
        show_table(
            [
                text("Form", language),
                text("Candidates", language),
                text("Mean score", language),
                text("Reliability (alpha)", language),
            ],
            [
                (form.form, form.n, f"{form.mean:.2f} / {form.max:g}", told.shown(form.alpha, 3))
                for form in report.forms
            ],
        )
    show_table(
        [text("Knowledge point", language), text("Items", language), text("Mastered", language)],
        [(line.title, line.items, f"{line.share:.0%}") for line in report.knowledge_points],
    )
    titles = {str(level): title for level, title in LEVEL_WORDS.items()}
    show_table(
        [text("Level", language), text("Sat", language), text("Passed", language)],
        [
            (
                text(titles[line.level], language),
                line.sat,
                f"{line.passed} ({line.passed / line.sat:.0%})",
            )
            for line in report.pyramid
        ],
        title=text("The round by levels", language),
    )
    for sentence in (*told.exactness(report, language), *told.neighbours(report, language)):
        say(sentence)


def _show_model(model: Model) -> None:
    from kiosk.station.understanding import told

    language = lang()
    out.print(
        table_of(
            [
                text("Item", language),
                text("Difficulty", language),
                text("Discrimination", language),
                text("Infit", language),
                text("Outfit", language),
            ],
            [
                (
                    line.item,
                    _with_error(line),
                    told.shown(line.slope, 2)
                    + ("" if line.slope_error is None else f" ± {line.slope_error:.2f}"),
                    told.shown(line.infit, 2),
                    told.shown(line.outfit, 2),
                )
                for line in model.items
            ],
            title=text("Two-parameter model", language),
        )
    )


def _show_groups(report: Report) -> None:
    from kiosk.station.understanding import told

    language = lang()
    out.print(
        table_of(
            [
                text("Group", language),
                text("Candidates", language),
                text("Passed", language),
                text("Share", language),
                text("Mean score", language),
                text("Items that differ (Mantel-Haenszel, class C)", language),
            ],
            told.groups(report, language),
        )
    )


def _with_error(line: Modelled) -> str:
    if line.difficulty is None:
        return "–"
    error = "" if line.difficulty_error is None else f" ± {line.difficulty_error:.2f}"
    return f"{line.difficulty:.2f}{error}"
