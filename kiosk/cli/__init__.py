"""`kiosk ...`: one module a command group, imported only when it is called.

So a terminal starts without the station's libraries, and a program whose extra is not installed says
which one it needs. Errors become exit codes here and nowhere else:

0 all done · 1 a fault of ours · 2 used wrongly · 3 done in part, some input refused ·
4 nothing done, input refused · 5 not permitted
"""

from __future__ import annotations

import sys
from importlib import import_module

import click
import typer

from kiosk.cli.shown import show_error
from kiosk.errors import InputRefused, KioskError, NotPermitted

_GROUPS = {
    "bank": ("authoring", "item banks: import, check, seal, score, preview"),
    "demo": ("dev", "a whole exam day on this machine"),
    "proctor": ("proctor", "the proctor's desk"),
    "station": ("station", "plan, publish, import, results"),
    "terminal": ("terminal", "the candidate's terminal"),
    "verify": ("verify", "check any artefact with the public root alone"),
}


class _Programs(click.Group):
    """Finds a command group by name and imports it then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_GROUPS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _GROUPS:
            return None
        extra, _ = _GROUPS[name]
        try:
            module = import_module(f"kiosk.cli.{name}")
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("kiosk."):
                raise
            raise KioskError(
                f"`kiosk {name}` needs {missing.name}, which is not installed",
                remedy=f"Install the extra: pip install 'kiosk[{extra}]'",
            ) from missing
        command = typer.main.get_command(module.app)
        command.name = name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # From the table: help must not import six programs.
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in sorted(_GROUPS.items())])


program = _Programs(
    "kiosk", help="An offline exam kiosk: from a sealed bank to a checkable result."
)


def main() -> None:
    """The console script. Never shows a traceback unless KIOSK_DEBUG is set."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command line and returns its exit code."""
    try:
        result = program.main(arguments, prog_name="kiosk", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return 2
    except click.Abort:
        return 1
    except KioskError as fault:
        show_error(fault)
        return exit_code(fault)
    except Exception as fault:  # noqa: BLE001 - the last edge: a person never sees a traceback
        return show_error(fault)
    return result if isinstance(result, int) else 0


def exit_code(fault: KioskError) -> int:
    match fault:
        case NotPermitted():
            return 5
        case InputRefused():
            return 4
        case _:
            return 1
