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


def test_a_seat_has_its_first_question_without_what_only_some_exams_open():
    """Each of them cost time between a power cut and the question; all come when they are asked for."""
    program = (
        "import sys, kiosk.terminal.flow\n"
        "qt = sorted(one for one in sys.modules if one.startswith('PySide6'))\n"
        "import kiosk.terminal.screens.app, kiosk.terminal.screens.unlock\n"
        "import kiosk.terminal.screens.exam\n"
        "late = {'kiosk.terminal.screens.calculator', 'kiosk.terminal.calculator', 'simpleeval',\n"
        "    'kiosk.terminal.screens.periodic_table', 'kiosk.terminal.elements',\n"
        "    'kiosk.terminal.screens.scratch', 'kiosk.terminal.screens.sheet',\n"
        "    'kiosk.terminal.room_line', 'kiosk.sync', 'kiosk.trust.refresh', 'tuf',\n"
        "    'securesystemslib', 'http.client', 'ssl', 'PySide6.QtNetwork',\n"
        "    'PySide6.QtMultimedia', 'PySide6.QtTextToSpeech', 'zxingcpp', 'typst', 'PIL'}\n"
        "print(qt, sorted(late & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "[] []", told.stderr
