"""Writes the pages of `docs/` that are made from the code: `make docs`.

`docs/commands.md` comes from the commands' own help, `docs/trouble.md` from the table the trouble screen
shows, `docs/self-check.md` from the table of checks. A test fails when a page and the code part.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

import typer

from kiosk.artefacts.self_check import CHECKS, OF_THE_SESSION
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
        "its meaning. T-1x: papers, T-2x: disk, T-3x: clock, T-4x: the program itself, T-5x: what is plugged in,",
        "T-6x to T-8x: a check that the session requires ([self-check.md](self-check.md)).",
    ]
    for code, line in TABLE.items():
        lines += ["", f"## {code}", "", "| | 中文 | English |", "|---|---|---|"]
        rows = [("what happened", (line.what,)), ("what is safe", line.safe)]
        for meaning, said in [*rows, ("what the proctor does", (line.todo,))]:
            both = ("<br>".join(text(one, lang) for one in said) for lang in ("zh-CN", "en"))
            lines.append(f"| {meaning} | {' | '.join(both)} |")
    return "\n".join(lines) + "\n"


_SELF_CHECK = """\
# The self-check

Made from the program by `make docs`. At its start, and while it runs every three seconds and at once when
a keyboard or a screen comes or goes, a terminal finds out how locked its computer is. It looks into
`/proc`, `/sys` and its own environment; it starts no other program and opens no connection. What could not
be read is *unknown*, and unknown is never fine.

- **Where it shows**: short lines beside the proctor's code, all of them behind the button there and in the
  proctor's menu, and in `kiosk terminal status` (`--json`: `checks`, a list of `check`, `state`,
  `detail`). A candidate who sits in the exam is not troubled with any of it. Behind the button stands, too, that
  the last [update](technician.md#upgrade) did not come up, and which version runs.
- **What is kept**: all findings in the journal at the release, every change after it once, and so in the
  answer package under the terminal's signature. At the station they stand on the candidate's page and on
  the session's page *Self-checks*, with the times.
- **What a session requires**: `required_checks` in the plan names checks. While one of them is not fine the
  session does not open; the screen says which, with a code, offers the computer's other sessions, and goes on
  by itself once it is mended: at once for the screen and the locks, within two minutes or at *Try again* for
  bank, disk, space and clock, and after a new start for the installed program. An exam
  that has begun goes on whatever happens; that a required check was not met while somebody sat there
  stands as a remark at the result.
- **What it is worth**: another program of the same user can deceive it, and so can whoever owns the system
  ([threat-model.md](threat-model.md)). It finds computers that were not set up, not attackers with root.

From outside the program, `kiosk terminal status` cannot see what belongs to the program's own session
({inside}); of these it tells what the program found last in this boot, or what holds for the shell
that asks.

**The disk.** Up to seven times 4 KiB are written and flushed. A median over 100 ms or one answer over 400 ms
is slow. An answer under 2 ms from a disk that turns, or under 0.025 ms from one that does not, is faster than
writing can be: the disk, or what stands for it, says saved before it is. A state folder in memory, and mount
options that give up write barriers, are weak; a layer that hides the disk (overlay, network, a virtual
disk's host) is unknown.

| check | code | what it looks at | fine / not fine / not known | what to do |
|---|---|---|---|---|
"""

EVIDENCE = {
    "bank": "the installed banks of the session, whole by their digests",
    "disk": "how long the disk takes to flush, see above",
    "durability": "the same times, the file system, its mount options, whether the disk turns",
    "restart": "the state folder was there in an earlier start of the computer (`first-start` in it)",
    "space": "512 MiB free where the state is",
    "clock": "not before the latest time the station signed, not after the session's window",
    "screen": "the window fills the only screen",
    "user": "not root, no capabilities, no group such as sudo or docker, no login shell",
    "compositor": "cage, or Xorg with an openbox whose file has no keys; no desktop, no virtual display",
    "consoles": "cage without `-s`, or Xorg with `DontVTSwitch`",
    "sysrq": "`kernel.sysrq` is 0",
    "processes": "processes of the same user that are not the session's or the program's own",
    "clients": "programs connected to the display's socket, beside this one and the window manager",
    "remote": "SSH, VNC or X from elsewhere in the environment, programs for it, ports that listen to others",
    "debugger": "a tracer, `kernel.yama.ptrace_scope` 0, `LD_PRELOAD` and its like",
    "usb": "`authorized_default` of each USB host is 0 or 2 (usbguard sets it)",
    "input": "keyboards beside those that were there at the start; a scanner is one, too",
    "network": "default routes, unless the package's firewall is on",
    "radio": "rfkill: Wi-Fi, Bluetooth and mobile radios are blocked",
    "swap": "`/proc/swaps` is empty, but for zram",
    "dumps": "the limit of core dumps is 0",
    "system": "the folders of the program and of its Python cannot be written by its user",
    "manifest": "the package's signed manifest of installed files",
    "machine": "the processor's hypervisor flag, the vendor's names, marks of a container",
    "mirror": "the second medium is there and holds what is saved, where a terminal has one",
}
"""What each check rests on. Only here: it is for whoever sets a computer up, not for a screen."""


def self_check_page() -> str:
    """`docs/self-check.md`."""
    inside = ", ".join(f"`{name}`" for name in OF_THE_SESSION)
    lines = [_SELF_CHECK.replace("{inside}", inside).rstrip()]
    for name, line in CHECKS.items():
        said = (f"{text(one, 'zh-CN')}<br>{one}" for one in (line.ok, line.weak, line.unknown))
        todo = f"{text(line.todo, 'zh-CN')}<br>{line.todo}"
        code = line.code or "cannot be required"
        told = "<br>".join(said)
        lines.append(f"| `{name}` | {code} | {EVIDENCE[name]} | {told} | {todo} |")
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


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "trouble.md": trouble_page,
    "self-check.md": self_check_page,
}


def main() -> None:
    for name, page in PAGES.items():
        (_DOCS / name).write_text(page(), "utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
