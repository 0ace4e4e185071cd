"""`kiosk station analyse`: what the answers of many tell of the items and of the test."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.shown import err, lang, out, say, show_json, table_of
from kiosk.documents.cells import cell
from kiosk.readers.tables import MAX_FILE_BYTES
from kiosk.trust.durable import read_given
from kiosk.words import text

if TYPE_CHECKING:
    # Numbers take their time to load: only an analysis waits for them.
    from kiosk.station.understanding.answers import Scores
    from kiosk.station.understanding.report import Model, Modelled, Report


def analyse(
    matrix: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            exists=True,
            dir_okay=False,
            help="Scores from a file: a header of item names, then a row a candidate.",
        ),
    ] = None,
    group: Annotated[
        str, typer.Option(help="With --matrix: the column that names each row's group.")
    ] = "",
    blanks_wrong: Annotated[
        bool, typer.Option("--blanks-wrong", help="An empty cell counts as 0, not as no score.")
    ] = False,
    two_parameter: Annotated[
        bool,
        typer.Option(
            "--two-parameter", help="Also a discrimination for each item (a minute for 100 items)."
        ),
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the items as CSV.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Analyse items and test: difficulty, discrimination, reliability, with what each figure says.

    In a matrix a cell is 0, 1 or a part score, or empty; a column `frequency` says how many
    candidates a row stands for. See docs/admin.md, "Understanding a round".

    \b
    Example:
      kiosk station analyse --matrix scores.csv
    """
    if matrix is None:
        raise typer.BadParameter("name a matrix")
    from kiosk.station.understanding.report import report_of

    scores = _matrix(matrix, group, blanks_wrong)
    with err.status(text("Computing", lang())):
        report = report_of(scores, lang(), two_parameters=two_parameter)
    if as_json:
        show_json(report)
    elif as_csv:
        _write_csv(report)
    else:
        _show(report)


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
    language = lang()
    said = {remark.code: remark.text for remark in report.remarks}
    out.print(
        table_of(
            [text("Figure", language), text("Value", language), text("What it says", language)],
            [
                (
                    text("Candidates", language),
                    report.n,
                    said.get("few") or said.get("rough") or "",
                ),
                (
                    text("Mean score", language),
                    f"{report.mean:.2f}",
                    text("of {max} points", language, max=f"{report.max:g}"),
                ),
                (
                    text("Spread (sd)", language),
                    _shown(report.sd, 2),
                    said.get("no_spread", ""),
                ),
                (
                    text("Reliability (alpha)", language),
                    _shown(report.alpha, 3),
                    said.get("reliability") or said.get("one_item") or "",
                ),
                (text("Reliability (omega)", language), _shown(report.omega, 3), ""),
                (
                    text("Error of a score (SEM)", language),
                    _shown(report.sem, 2),
                    ""
                    if report.sem is None
                    else text(
                        "two of three scores are within {sem} points of the true one",
                        language,
                        sem=f"{report.sem:.2f}",
                    ),
                ),
            ],
        )
    )
    out.print(
        table_of(
            [
                text("Item", language),
                text("Right (p)", language),
                text("r total", language),
                text("r rest", language),
                text("Rasch difficulty", language),
                text("What it says", language),
            ],
            [
                (
                    line.item,
                    _shown(line.p, 3),
                    _shown(line.rit, 2),
                    _shown(line.rir, 2),
                    "–" if line.rasch is None else _with_error(line.rasch),
                    "; ".join(remark.text for remark in line.remarks),
                )
                for line in report.items
            ],
        )
    )
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
        if remark.code in ("gaps", "left_out", "assumed_maxima"):
            say(remark.text)


def _show_model(model: Model) -> None:
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
                    _shown(line.slope, 2)
                    + ("" if line.slope_error is None else f" ± {line.slope_error:.2f}"),
                    _shown(line.infit, 2),
                    _shown(line.outfit, 2),
                )
                for line in model.items
            ],
            title=text("Two-parameter model", language),
        )
    )


def _show_groups(report: Report) -> None:
    language = lang()
    too_few = text("too few to compare items", language)
    nothing = text("no item much harder or easier for equally able candidates", language)
    out.print(
        table_of(
            [
                text("Group", language),
                text("Candidates", language),
                text("Mean score", language),
                text("Items that differ (Mantel-Haenszel, class C)", language),
            ],
            [
                (
                    group.group,
                    group.n,
                    f"{group.mean:.2f}",
                    ", ".join(
                        f"{line.item} ({line.delta:+.1f})"
                        for line in group.items
                        if line.ets_class == "C" and line.delta is not None
                    )
                    or (nothing if group.items else too_few),
                )
                for group in report.groups
            ],
        )
    )


def _with_error(line: Modelled) -> str:
    if line.difficulty is None:
        return "–"
    error = "" if line.difficulty_error is None else f" ± {line.difficulty_error:.2f}"
    return f"{line.difficulty:.2f}{error}"


def _shown(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:.{places}f}"
