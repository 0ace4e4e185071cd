"""The self-check on the screen: what it says, where it leads, and what the running program looks at."""

import pytest
from msgspec.structs import replace

from kiosk.artefacts.self_check import Finding
from kiosk.terminal.screens.app import TerminalApp
from kiosk.terminal.screens.checks import ChecksScreen
from kiosk.terminal.screens.trouble import TroubleScreen
from kiosk.terminal.screens.unlock import UnlockScreen
from kiosk.terminal.screens.window import TerminalWindow
from kiosk.terminal.views import Checks, CloseChecks, OpenChecks, Retry, Unlock
from kiosk.ui.controls import Words
from kiosk.ui.theme import Look
from tests.terminal.room import Room
from tests.terminal.screens.sample_views import all_views


@pytest.fixture
def window(qtbot):
    window = TerminalWindow()
    qtbot.addWidget(window)
    window.set_look(Look("en"))
    window.sent = []
    window.intent.connect(window.sent.append)
    return window


def test_the_page_says_what_is_not_fine_first_and_leads_back(window, qtbot):
    views = all_views()
    window.show_view(views["checks"])
    screen = window.screen_of(Checks)
    assert isinstance(screen, ChecksScreen)
    said = screen.spoken()
    assert said.index("Memory may be moved to the disk (/dev/nvme0n1p3)") < said.index("Disk fine")
    assert (
        "Before this session opens: End the other programs, or start the terminal again · "
        in " ".join(said)
    )
    screen.again.click()
    screen.close_button.click()
    assert window.sent == [Retry(), CloseChecks()]
    window.show_view(replace(views["checks"], required=()))
    assert not screen.needed.isVisibleTo(screen)


def test_of_an_update_that_did_not_come_up_the_page_says_which_version_runs(window):
    view = all_views()["checks"]
    window.show_view(view)
    screen = window.screen_of(Checks)
    told = "Version 1.4+20261128093000.3f2a1bc did not come up. Version 1.3+20260901120000.9d0e4a7 runs again."
    assert told in screen.spoken()
    window.show_view(replace(view, update=None))
    assert not screen.update_told.isVisibleTo(screen)


def test_the_unlock_page_counts_and_leads_there(window):
    unlock = all_views()["unlock"]
    window.show_view(unlock)
    screen = window.screen_of(Unlock)
    assert isinstance(screen, UnlockScreen)
    assert screen.all_checks.text() == "Self-check: 14 of 24 fine"
    lines = [words.text() for words in screen.findChildren(Words) if words.isVisibleTo(screen)]
    # Without its figures, which are behind the button.
    assert "Little room left on the disk" in lines
    screen.all_checks.click()
    assert window.sent == [OpenChecks()]


def test_the_trouble_of_a_check_says_what_was_found_and_leads_there(window):
    trouble = all_views()["trouble_check"]
    window.show_view(trouble)
    screen = window.screen_of(type(trouble))
    assert isinstance(screen, TroubleScreen)
    assert screen.what.text().startswith("Other programs run beside the exam (bash, ")
    screen.checks.click()
    assert window.sent == [OpenChecks()]
    window.show_view(all_views()["trouble"])
    assert not screen.checks.isVisibleTo(screen)


def test_the_program_looks_again_by_itself_and_its_window_never_waits(tmp_path, qtbot):
    """The fake look stands for a keyboard that was plugged in while the program ran."""
    room = Room(checks=(Finding("input", "ok"), Finding("screen", "unknown")))
    added = Finding("input", "weak", "Second keyboard")
    ports_of = room.ports_of(room.terminals[0])

    def ports(*given):
        made = ports_of(*given)
        return type(made)(**{**vars(made), "checks_again": lambda: (added,)})

    terminal = TerminalApp(tmp_path, time=room.time, ports_of=ports)
    try:
        terminal.start(windowed=True)
        assert terminal.flow.view.checks == (Finding("screen", "weak"), Finding("input", "ok"))
        qtbot.waitUntil(lambda: added in terminal.flow.view.checks, timeout=10_000)
    finally:
        terminal.close()
