"""`kiosk terminal run` in its usual forms, read without the command-line library.

After a power cut a room waits for this command. Typer, with rich and pydantic behind it, takes longer
to import than the window takes to appear; so the plain forms are read here, and every other one (help,
mistakes) is left to Typer, which knows the same options.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct


class TerminalStart(Struct, frozen=True):
    """What `kiosk terminal run` was asked for."""

    state: Path
    windowed: bool = False


def plain_start(arguments: Sequence[str]) -> TerminalStart | None:
    """What `kiosk terminal ARGUMENTS` asks for, if it is a plain `run`; else None."""
    match arguments:
        case ["run", "--state", state] if _is_value(state):
            return TerminalStart(Path(state))
        case ["run", "--state", state, "--windowed"] if _is_value(state):
            return TerminalStart(Path(state), windowed=True)
        case _:
            return None


def _is_value(word: str) -> bool:
    return bool(word) and not word.startswith("-")
