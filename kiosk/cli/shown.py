"""How every command speaks: results as tables or JSON on stdout, all else on stderr."""

from __future__ import annotations

import json
import os
import sys
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from kiosk.errors import KioskError
from kiosk.words import LANGUAGES, language_of, said
from kiosk.words.again import again
from kiosk.words.places import place

out = Console()
err = Console(stderr=True)


def on_console() -> bool:
    """Whether people read this on the kernel's own console: its font has no Chinese."""
    return os.environ.get("TERM") == "linux" and sys.stderr.isatty()


def shown_languages() -> tuple[str, ...]:
    """Those that can be read here."""
    return ("en",) if on_console() else LANGUAGES


def lang() -> str:
    """The language people read here: KIOSK_LANG, else the locale; `zh-CN` or `en`."""
    if on_console():
        return "en"
    wanted = os.environ.get("KIOSK_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG", "")
    return language_of(wanted)


def plain(line: str) -> str:
    """`line` as it may go to a screen: a file's or a person's name can hold what moves the cursor,
    clears the window or turns the writing about."""
    return "".join(
        "\ufffd"
        if unicodedata.category(letter) in ("Cc", "Cf") and letter not in "\n\t"
        else letter
        for letter in line
    )


def show_json(value: Any) -> None:
    """One JSON value on stdout, for machines."""
    plain = msgspec.to_builtins(value)
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")


def table_of(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str = "",
    styles: Sequence[str] = (),
) -> Table:
    """A table for people; `styles`, where they are given, are the rows'."""
    # As Text: a name with brackets is no markup.
    heading = Text(plain(title), style="table.title") if title else None
    # Folded: Chinese has no blanks to break at, and what is cut off with an ellipsis is not said.
    folded = [Column(name, overflow="fold") for name in columns]
    table = Table(*folded, title=heading, title_justify="left")
    for row, style in zip_longest(rows, styles):
        table.add_row(*(Text(plain(str(cell))) for cell in row), style=style)
    return table


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table on stdout, for people."""
    out.print(table_of(columns, rows, title))


def say(line: str) -> None:
    """A line for people, on stderr, so that stdout stays a result."""
    err.print(plain(line), markup=False, highlight=False)


@contextmanager
def counting(told: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr while something long goes on; what is given moves it: how many done, of all."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task(told, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show_problem(problem: KioskError) -> None:
    """One of several things to correct."""
    happened, remedy = said(problem, lang())
    colon, stop = ("：", "。") if lang() == "zh-CN" else (": ", ". ")
    told = f"{place(problem.where, lang())}{colon}{again(happened, lang())}"
    if remedy:
        told += f"{stop}{again(remedy, lang())}"
    err.print(plain(f"  {told}"), markup=False, highlight=False)


def show_error(fault: Exception) -> int:
    """What happened, where, and what to do. Returns 1, the exit code of a fault of ours."""
    if isinstance(fault, KioskError):
        where = f"{fault.where}: " if fault.where else ""
        happened, remedy = said(fault, lang())
        err.print(plain(f"{where}{happened}"), markup=False, highlight=False, style="bold")
        if remedy:
            err.print(plain(remedy), markup=False, highlight=False)
        for problem in fault.problems:
            _show_problem(problem)
    else:
        err.print(
            f"The program met a fault of its own ({type(fault).__name__}); nothing more was done.",
            style="bold",
            markup=False,
        )
        err.print("Run it again with KIOSK_DEBUG=1 and send what it prints to the maintainers.")
    if os.environ.get("KIOSK_DEBUG"):
        err.print("".join(traceback.format_exception(fault)), markup=False, highlight=False)
    return 1
