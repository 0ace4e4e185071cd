"""Visits to the station from the command line: once, until all is done, or for as long as it runs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing

import typer

from kiosk.cli.shown import lang, say
from kiosk.sync.client import Line, LineDown
from kiosk.sync.sending import Told, keep_visiting
from kiosk.words import explain, text

STAY_S = 60.0
"""How often a program that stays looks for something new."""

__all__ = ["Told", "show_visit", "visits"]


def show_visit(told: Told) -> None:
    """What a visit did, for people."""
    counts = {"sent": told.handed_in, "receipts": told.receipts, "left": len(told.waiting)}
    say(text("Handed in {sent}, receipts {receipts}, still waiting {left}", lang(), **counts))
    if told.clock_doubted:
        say(text("This machine's clock is not within the station's certificate: set it", lang()))
    for one in told.refused:
        say(f"{one.file}: {one.reason}")


def visits(
    line: Line, go: Callable[[], Told], show: Callable[[Told], None], *, once: bool, stay: bool
) -> None:
    """Visit and show what was done; with exit code 3 where something is left."""
    os.nice(10)  # an exam on this machine comes first
    last: list[Told] = []

    def visited() -> bool:
        with closing(line):
            last[:] = [go()]
        if stay:
            show(last[0])
        return once or (not stay and not last[0].left)

    def wait(seconds: float) -> bool:
        time.sleep(seconds if not (stay and last and not last[0].left) else STAY_S)
        return once

    def failed(fault: LineDown, pause_s: float) -> None:
        last.clear()
        say(explain(fault, lang()))
        if not once:
            say(text("Tried again in {seconds} s", lang(), seconds=round(pause_s)))
        else:
            raise typer.Exit(3)

    try:
        keep_visiting(visited, wait, failed, answered=lambda: line.answered)
    except KeyboardInterrupt:
        raise typer.Exit(3) from None
    if not stay and last:
        show(last[0])
        if last[0].left:
            raise typer.Exit(3)
