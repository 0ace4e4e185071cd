"""The terminal with its window: what people do reaches the disk, and comes back as saved."""

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.artefacts.challenge import read_challenge
from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.screens.app import UNSEEN_LOOKS, TerminalApp
from kiosk.terminal.views import Saved, Scanned
from tests.terminal.room import Room


class Shown:
    """A window's terminal with the face the room's helpers expect."""

    def __init__(self, app, ports):
        self.app = app
        self.ports = ports

    @property
    def view(self):
        return self.app.flow.view


@pytest.fixture
def shown(qtbot, tmp_path):
    room = Room()
    made = {}

    def ports_of(*arguments):
        made["ports"] = room.ports_of(room.terminals[0])(*arguments)
        return made["ports"]

    app = TerminalApp(tmp_path, time=room.time, ports_of=ports_of)
    app.start(windowed=True)
    yield room, Shown(app, made["ports"]), qtbot
    app.close()


def send(shown, qtbot, intent, kind):
    shown.app.window.intent.emit(intent)
    qtbot.waitUntil(lambda: isinstance(shown.app.window.view, kind), timeout=5000)


def test_a_day_at_a_window(shown):
    room, terminal, qtbot = shown
    assert isinstance(terminal.app.window.view, views.Unlock)
    assert read_challenge(terminal.view.challenge).session == room.id
    code = room.code(terminal, Command.RELEASE)
    send(terminal, qtbot, Scanned(code), views.SignIn)
    send(terminal, qtbot, views.SignInAs("20260001"), views.Confirm)
    send(terminal, qtbot, views.ConfirmIdentity(True), views.Rules)
    send(terminal, qtbot, views.Pledge(), views.Rules)
    send(terminal, qtbot, views.Practise(skip=True), views.Exam)
    item = terminal.view.question.item
    seen = []
    terminal.app.flow.listen(lambda view: seen.append(getattr(view, "saved", None)))
    terminal.app.window.intent.emit(views.Answer(item.id, "RESPONSE", ("a",)))
    assert seen == [Saved.SAVING]
    qtbot.waitUntil(lambda: terminal.view.saved is Saved.SAVED, timeout=5000)
    send(terminal, qtbot, views.OpenReview(), views.Review)
    terminal.app.window.intent.emit(views.HandIn(False))
    send(terminal, qtbot, views.HandIn(True), views.Done)


def test_a_fault_of_ours_is_shown_and_not_passed_over(shown, monkeypatch, capsys):
    _, terminal, _ = shown

    number = "20260001"

    def broken(intent):
        raise ZeroDivisionError(f"{number} answered 12.5")

    monkeypatch.delenv("KIOSK_DEBUG", raising=False)
    monkeypatch.setattr(terminal.app.flow, "handle", broken)
    terminal.app.window.intent.emit(views.OpenProctorMenu())
    assert terminal.app.window.view.code == "T-41"
    logged = capsys.readouterr().err
    assert "ZeroDivisionError" in logged
    assert "broken" in logged
    # What an error says may quote what somebody answered.
    assert number not in logged


def test_the_program_ends_when_a_proctor_says_so(shown):
    room, terminal, qtbot = shown
    with qtbot.waitSignal(terminal.app.left, timeout=5000):
        terminal.app.window.intent.emit(Scanned(room.code(terminal, Command.EXIT)))


def test_real_time_passes(tmp_path, qtbot):
    room = Room()
    assert QApplication.instance() is not None
    app = TerminalApp(tmp_path, time=SystemTime(), ports_of=room.ports_of(room.terminals[0]))
    app.start(windowed=True)
    ticks = []
    app.flow.tick = lambda: ticks.append(1)
    qtbot.waitUntil(lambda: len(ticks) >= 3, timeout=5000)
    app.close()


def test_a_window_that_fills_its_screen_looks_at_the_screen(qtbot, tmp_path):
    room = Room()
    app = TerminalApp(tmp_path, time=room.time, ports_of=room.ports_of(room.terminals[0]))
    app.start()
    try:
        assert app.window.screen().size().width() < 1024  # as wide as Qt makes it without a screen
        qtbot.waitUntil(lambda: app.flow.view.__class__ is views.Trouble, timeout=5000)
        assert app.flow.view.code == "T-52"
    finally:
        app.close()


@pytest.fixture
def filling(qtbot, tmp_path, monkeypatch):
    """A terminal over the whole screen, and the incidents it tells of."""
    room = Room()
    app = TerminalApp(tmp_path, time=room.time, ports_of=room.ports_of(room.terminals[0]))
    told = []
    monkeypatch.setattr(app.flow, "incident", told.append)
    app.start()
    qtbot.waitUntil(app.window.isActiveWindow)
    app._look_around()
    told.clear()
    yield app, told
    app.close()


@pytest.mark.parametrize("leave", ["showMinimized", "hide"])
def test_a_window_that_was_taken_off_the_screen_comes_back_and_it_is_told_once(
    filling, qtbot, leave
):
    app, told = filling
    focused = app.window.focusWidget()
    getattr(app.window, leave)()
    qtbot.waitUntil(lambda: not app.window.is_on_screen())
    for _ in range(UNSEEN_LOOKS):
        assert "window-gone" not in told
        app._look_around()
    qtbot.waitUntil(app.window.is_on_screen)
    assert app.window.isFullScreen()
    assert app.window.focusWidget() is focused
    app._look_around()
    assert told.count("window-gone") == 1


def test_a_window_made_small_fills_the_screen_again_and_it_is_told(filling):
    app, told = filling
    app.window.showNormal()
    app.window.resize(300, 200)
    app._look_around()
    assert app.window.geometry() == app.window.screen().geometry()
    assert app.window.isFullScreen()
    assert told == ["screen-changed"]


def test_another_size_of_the_screen_is_told_although_the_window_has_it(filling, monkeypatch):
    app, told = filling
    monkeypatch.setattr(app, "_size", QSize(640, 480))
    app._look_around()
    app._look_around()
    assert told == ["screen-changed"]


def test_the_keyboard_is_taken_back_from_another_window(filling, qtbot):
    app, told = filling
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    app._look_around()
    qtbot.waitUntil(app.window.isActiveWindow)
    assert told == ["focus-lost"]


def test_a_window_that_need_not_fill_the_screen_takes_nothing_back(shown, monkeypatch):
    _, terminal, _ = shown
    terminal.app.window.showMinimized()
    terminal.app._look_around()
    assert terminal.app.window.isMinimized()
