"""`kiosk ...`: one module a command group, imported only when it is called.

So a terminal starts without the station's libraries, and a program whose extra is not installed says
which one it needs. Errors become exit codes here and nowhere else:

0 all done · 1 a fault of ours · 2 used wrongly · 3 done in part, some input refused ·
4 nothing done, input refused · 5 not permitted
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kiosk.cli.start import plain_start
from kiosk.errors import InputRefused, KioskError, NotPermitted

if TYPE_CHECKING:
    # A terminal that starts must not wait for libraries that only help and errors need.
    import typer

GROUPS = {
    # name: (the extra it needs, what it is for)
    "assessor": ("verify", "marks of practice, simulator and review, signed"),
    "bank": ("authoring", "item banks: import, check, seal, score, preview"),
    "demo": ("dev", "a whole exam day on this machine"),
    "proctor": ("proctor", "the proctor's desk"),
    "station": ("station", "plan, publish, import, results"),
    "terminal": ("terminal", "the candidate's terminal"),
    "verify": ("verify", "check any artefact with the public root alone"),
}


def main() -> None:
    """The console script. Never shows a traceback unless KIOSK_DEBUG is set."""
    # Keys, papers and answers are in memory: a program that is shot leaves no copy of it on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    if not arguments or arguments[0] in ("-h", "--help"):
        _show_programs()
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in GROUPS:
        from kiosk.cli.shown import say

        say(f"There is no `kiosk {name}`. `kiosk --help` lists what there is.")
        return 2
    try:
        start = plain_start(rest) if name == "terminal" else None
        if start is not None:
            # What needs no Qt comes first: PySide reads the source of each module imported after it.
            import_module("kiosk.terminal.flow")
            from kiosk.terminal.program import media_of
            from kiosk.terminal.screens.app import run_terminal

            media = media_of(start.state, room=os.environ.get("KIOSK_ROOM"))
            return run_terminal(start.state, windowed=start.windowed, media=media)
        built(_program(name))(rest, prog_name=f"kiosk {name}")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception as fault:  # noqa: BLE001 - the last edge: a person never sees a traceback
        from kiosk.cli.shown import show_error

        code = show_error(fault)
        return exit_code(fault) if isinstance(fault, KioskError) else code
    return 0


def _program(name: str) -> typer.Typer:
    extra, _ = GROUPS[name]
    try:
        module = import_module(f"kiosk.cli.{name}")
    except ModuleNotFoundError as missing:
        if missing.name == f"kiosk.cli.{name}":
            raise KioskError(
                f"`kiosk {name}` is not part of what is installed here",
                remedy="A terminal's package has the terminal alone; install the whole program",
            ) from missing
        if missing.name is None or missing.name.startswith("kiosk"):
            raise
        raise KioskError(
            f"`kiosk {name}` needs {missing.name}, which is not installed",
            remedy=f"Install the extra: pip install 'kiosk[{extra}]'",
        ) from missing
    app: typer.Typer = module.app
    return app


@cache
def built(program: typer.Typer) -> Callable[..., Any]:
    """The program with all its commands, made once: Typer makes each anew whenever it is called."""
    from typer.main import get_command

    return get_command(program)


def _show_programs() -> None:
    from kiosk.cli.shown import out

    out.print("kiosk: an offline exam kiosk, from a sealed bank to a result anyone can check.\n")
    for name, (_, purpose) in sorted(GROUPS.items()):
        out.print(f"  kiosk {name:<10} {purpose}", highlight=False)
    out.print("\n`kiosk NAME --help` says more, with examples.", highlight=False)


def exit_code(fault: KioskError) -> int:
    match fault:
        case NotPermitted():
            return 5
        case InputRefused():
            return 4
        case _:
            return 1
