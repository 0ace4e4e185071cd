"""Writes the pages of `docs/` that are made from the code: `make docs`.

`docs/commands.md` comes from the commands' own help, `docs/trouble.md` from the table the trouble screen
shows. A test fails when a page and the code part.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

import typer

from kiosk.cli import GROUPS
from kiosk.terminal.trouble import TABLE
from kiosk.words import text

_DOCS = Path(__file__).resolve().parents[2] / "docs"

_EXIT_CODES = """\
## Exit codes

| code | meaning |
|---|---|
| 0 | all done |
| 1 | a fault of ours |
| 2 | the command was used wrongly |
| 3 | done in part, some input refused (each listed, each kept) |
| 4 | nothing done, input refused |
| 5 | not permitted (trust, window, revoked) |
"""


def commands_page() -> str:
    """`docs/commands.md`."""
    lines = [
        "# Commands",
        "",
        "Made from the commands' own help by `make docs`. Results go to standard output, all else to",
        "standard error; `--json` prints one JSON value. `KIOSK_LANG` (`zh-CN` or `en`) chooses the",
        "language, `KIOSK_DEBUG=1` adds tracebacks for a report to the maintainers.",
        "",
        _EXIT_CODES,
    ]
    for name in sorted(GROUPS):
        app: typer.Typer = import_module(f"kiosk.cli.{name}").app
        for path, command in _commands(f"kiosk {name}", typer.main.get_command(app)):
            lines += _command(path, command)
    return "\n".join(lines).rstrip() + "\n"


def trouble_page() -> str:
    """`docs/trouble.md`."""
    lines = [
        "# Trouble at a terminal",
        "",
        "What the screen says, by its code; made from the program by `make docs`. A code never changes",
        "its meaning. T-1x: papers, T-2x: disk, T-3x: clock, T-4x: the program itself, T-5x: what is plugged in.",
    ]
    for code, line in TABLE.items():
        lines += ["", f"## {code}", "", "| | 中文 | English |", "|---|---|---|"]
        rows = [("what happened", (line.what,)), ("what is safe", line.safe)]
        for meaning, said in [*rows, ("what the proctor does", (line.todo,))]:
            both = ("<br>".join(text(one, lang) for one in said) for lang in ("zh-CN", "en"))
            lines.append(f"| {meaning} | {' | '.join(both)} |")
    return "\n".join(lines) + "\n"


def _commands(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    children = getattr(command, "commands", None)
    if not children:
        yield path, command
        return
    for name in sorted(children):
        yield from _commands(f"{path} {name}", children[name])


def _command(path: str, command: Any) -> list[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    usage = " ".join([path, *(_shown(p) for p in arguments)])
    lines = [f"## `{usage}`", "", *_prose(command.help or ""), ""]
    rows = [(_shown(p), p) for p in arguments]
    rows += [(", ".join([*p.opts, *p.secondary_opts]), p) for p in options]
    rows = [(shown, p) for shown, p in rows if shown != "--help"]
    if rows:
        lines += ["| | |", "|---|---|"]
        lines += [f"| `{shown}` | {_meaning(parameter)} |" for shown, parameter in rows]
        lines.append("")
    return lines


def _prose(help_text: str) -> list[str]:
    """The help as Markdown: its examples, which start with `kiosk`, become code."""
    lines = []
    for line in cleandoc(help_text).replace("\b\n", "").splitlines():
        text = line.removeprefix("Example: ").strip()
        if text.startswith("kiosk "):
            lines += ["", f"    {text}"]
        elif line.strip() not in ("Example:", "Examples:"):
            lines.append(line)
    return lines


def _shown(parameter: Any) -> str:
    """The name of an argument as usage writes it."""
    name = str(parameter.metavar or parameter.name).strip("[]").removesuffix("...").upper()
    name += "..." if parameter.nargs == -1 else ""
    return name if parameter.required else f"[{name}]"


def _meaning(parameter: Any) -> str:
    text = " ".join((parameter.help or "").replace("|", "\\|").split())
    default = parameter.default
    if parameter.required:
        text += " Required."
    elif (
        isinstance(default, str | int) and not isinstance(default, bool) and default not in ("", 0)
    ):
        text += f" Default: `{default}`."
    return text.strip()


PAGES: dict[str, Callable[[], str]] = {"commands.md": commands_page, "trouble.md": trouble_page}


def main() -> None:
    for name, page in PAGES.items():
        (_DOCS / name).write_text(page(), "utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
