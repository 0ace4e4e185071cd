"""The terminal starts without the command-line library, and everything else still goes through it."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.start import TerminalStart, plain_start
from kiosk.terminal.ground import STICK_WANTED


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


def test_the_plain_start_has_stick_and_room_as_every_other(monkeypatch, tmp_path):
    from kiosk import cli
    from kiosk.terminal.screens import app

    started = []
    monkeypatch.setattr(app, "run_terminal", lambda state, **more: started.append(more) or 0)
    monkeypatch.setenv("KIOSK_ROOM", "192.168.1.10:8470")
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    for more in ((), ("--stick", "/media/usb")):
        assert cli.run(["terminal", "run", "--state", str(tmp_path), *more]) == 0
    plain, named = (one["media"] for one in started)
    assert plain.room == named.room == "192.168.1.10:8470"
    assert not plain.stick.present
    assert (tmp_path / STICK_WANTED).exists()


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
        "early = {'logging', 'concurrent.futures', 'importlib.resources', 'mnemonic', 'tempfile'}\n"
        "early &= set(sys.modules)\n"  # later PySide itself imports some of them
        "import kiosk.terminal.screens.app, kiosk.terminal.screens.unlock\n"
        "import kiosk.terminal.screens.exam\n"
        "late = {'kiosk.terminal.screens.calculator', 'kiosk.terminal.calculator', 'simpleeval',\n"
        "    'kiosk.terminal.screens.periodic_table', 'kiosk.terminal.elements',\n"
        "    'kiosk.terminal.screens.scratch', 'kiosk.terminal.screens.sheet',\n"
        "    'kiosk.terminal.room_line', 'kiosk.sync', 'kiosk.trust.refresh', 'tuf',\n"
        "    'securesystemslib', 'http.client', 'ssl', 'PySide6.QtNetwork',\n"
        "    'ctypes', 'socket', 'kiosk.ui.pair_parts', 'kiosk.ui.slot_parts',\n"
        "    'kiosk.ui.order_part', 'kiosk.ui.slider_part', 'kiosk.ui.picture_stage',\n"
        "    'kiosk.ui.graphic_part', 'kiosk.ui.graphic_points', 'kiosk.ui.graphic_gaps',\n"
        "    'PySide6.QtMultimedia', 'PySide6.QtTextToSpeech', 'zxingcpp', 'typst', 'PIL'}\n"
        "print(qt, sorted(early), sorted(late & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert told.stdout.strip() == "[] [] []", told.stderr
