"""The terminal starts without the command-line library, and everything else still goes through it."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.start import TerminalStart, plain_start


def test_the_plain_forms_are_read():
    assert plain_start(["run", "--state", "S"]) == TerminalStart(Path("S"))
    assert plain_start(["run", "--state", "S", "--windowed"]) == TerminalStart(Path("S"), True)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["run"],
        ["run", "--state"],
        ["run", "--help"],
        ["run", "--state", "--windowed"],
        ["run", "--state", "S", "--other"],
        ["status", "--state", "S"],
    ],
)
def test_every_other_form_is_left_to_the_library(arguments):
    assert plain_start(arguments) is None


def test_a_terminal_that_starts_imports_neither_typer_nor_a_network_client():
    program = (
        "import sys, kiosk.cli, kiosk.terminal.screens.app\n"
        "late = {'typer', 'rich', 'pydantic', 'requests', 'urllib3', 'sqlalchemy', 'lxml'}\n"
        "print(sorted(late & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "[]", told.stderr
