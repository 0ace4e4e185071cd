"""`kiosk demo`: a whole exam day on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.rehearsal.day import ExamDay, Summary
from kiosk.rehearsal.telling import Telling
from kiosk.words import text

app = typer.Typer(
    help="A whole exam day on this machine, through the real code of every program.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def demo(
    headless: Annotated[
        bool,
        typer.Option(
            "--headless", help="Nobody plays along; windows open on a screen of their own."
        ),
    ] = False,
    candidates: Annotated[int, typer.Option(min=1, max=200, help="How many sit the exam.")] = 8,
    windows: Annotated[
        int, typer.Option(min=0, max=8, help="How many of them at a real window.")
    ] = 1,
    out: Annotated[Path, typer.Option(help="The folder for everything; made anew.")] = Path(
        "build/demo"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print summary.json as well.")] = False,
) -> None:
    """Play a whole exam day: bank, plan, unlock, sitting, packages, import, results, receipts.

    With a screen a terminal and a proctor's desk open, and hints say what to do. Headless, people are
    simulated: one of them at a real window that is killed and comes back.

    \b
    Example:
      kiosk demo --headless --candidates 12 --out build/demo
    """
    has_screen = bool(os.environ.get("DISPLAY"))
    day = ExamDay(out, candidates, Telling())
    if headless or not has_screen:
        day.prepare()
        summary = day.headless(windows)
    else:
        day.prepare(releasing_proctors=1)
        summary = day.played()
    _show(summary, out)
    if as_json:
        show_json(summary)
    if summary.refused or summary.imported != summary.candidates:
        raise typer.Exit(3)


def _show(summary: Summary, out: Path) -> None:
    language = lang()
    show_table(
        [
            text("Candidate", language),
            text("Score", language),
            text("of", language),
            text("Result", language),
            text("Package", language),
        ],
        [
            (
                line.candidate,
                "-" if line.score is None else f"{line.score:g}",
                "-" if line.max_score is None else f"{line.max_score:g}",
                text("passed", language) if line.passed else text("not passed", language),
                (line.package or "-")[:16],
            )
            for line in summary.results
        ],
    )
    for what, where in (
        (text("Screens", language), out / "screens"),
        (text("Packages that came back, with their receipts", language), out / "bundles"),
        (text("The station's registry", language), out / "station" / "station.db"),
        (text("What was published", language), out / "usb"),
    ):
        say(f"{what}: {where}")
    first = next(iter(sorted((out / "bundles").glob("*.bundle"))), None)
    if first is not None:
        say(text("Check any of it: kiosk verify {file}", language, file=first))
