"""The test of a computer's devices: who may open it, what counts, and where its page goes."""

from pathlib import Path
from time import monotonic, sleep

import pytest

from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.device_test import NO_STICK, NOT_WRITTEN, OTHERWISE, last_test
from kiosk.terminal.views import Device, DeviceTried, Scanned, TriedDevice
from tests.terminal.room import Room, begin


def a_test(terminal):
    view = terminal.do(views.OpenDeviceTest())
    assert isinstance(view, views.DeviceTest)
    return view


def tried(terminal, device, outcome="fine"):
    return terminal.do(DeviceTried(TriedDevice(device, outcome)))


def until(terminal, device):
    """Everything before `device` works."""
    for one in Device:
        if one is device:
            break
        tried(terminal, one)
    return terminal.view


def all_tried(terminal):
    a_test(terminal)
    until(terminal, Device.SCANNER)
    terminal.do(Scanned(terminal.view.code))
    return tried(terminal, Device.CLOCK)


def test_the_devices_come_one_after_the_other_and_each_counts_once(tmp_path):
    with Room().terminal(tmp_path) as terminal:
        assert a_test(terminal).device is Device.SCREEN
        assert tried(terminal, Device.MOUSE).tested == ()
        assert tried(terminal, Device.SCREEN).device is Device.KEYBOARD
        assert tried(terminal, Device.SCREEN, "bad").device is Device.KEYBOARD
        until(terminal, Device.SCANNER)
        assert terminal.do(Scanned(terminal.view.code)).device is Device.CLOCK
        page = tried(terminal, Device.CLOCK, "bad")
        assert page.device is None
        assert [one.outcome for one in page.tested] == ["fine"] * 5 + ["bad"]
        assert page.at_s == terminal.time.wall_s()
    kept = last_test(tmp_path)
    assert (kept.at_s, kept.devices["scanner"], kept.devices["clock"]) == (page.at_s, "fine", "bad")


def test_a_scanner_that_types_otherwise_is_told_from_one_that_works(tmp_path):
    with Room().terminal(tmp_path) as terminal:
        a_test(terminal)
        code = until(terminal, Device.SCANNER).code
        said = terminal.do(Scanned(code.replace("C1:", "C1;")))
        assert said.tested[-1] == TriedDevice(Device.SCANNER, "bad", OTHERWISE)


def test_once_more_begins_anew_with_another_code(tmp_path):
    with Room().terminal(tmp_path) as terminal:
        a_test(terminal)
        first = until(terminal, Device.SCANNER).code
        assert a_test(terminal).tested == ()
        assert until(terminal, Device.SCANNER).code != first


def test_the_page_is_kept_on_the_stick_and_nowhere_else(tmp_path):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        all_tried(terminal)
        assert wait(terminal, views.KeepPage(b"%PDF")).notice == NO_STICK
        room.stick.mkdir()
        assert wait(terminal, views.KeepPage(b"%PDF")).notice.values == {"name": "T-07-devices.pdf"}
        assert (room.stick / "T-07-devices.pdf").read_bytes() == b"%PDF"
        (room.stick / "T-07-devices.pdf").unlink()
        (room.stick / "T-07-devices.pdf").mkdir()
        assert wait(terminal, views.KeepPage(b"%PDF")).notice == NOT_WRITTEN
    assert not list(Path(tmp_path).rglob("*.pdf"))


def wait(terminal, intent):
    """Do something beside the window; the view once it was done."""
    before = terminal.view
    until = monotonic() + 30
    terminal.send(intent)
    while terminal.tick() == before:
        assert monotonic() < until, "nothing came of it"
        sleep(0.01)
    return terminal.view


def test_a_proctors_code_goes_past_it_and_opens_the_session(tmp_path):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        code = room.code(terminal, Command.RELEASE)
        all_tried(terminal)
        assert isinstance(terminal.do(Scanned(code)), views.SignIn)


def test_it_is_not_for_a_computer_at_which_somebody_sits(tmp_path):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        assert terminal.do(views.OpenChecks()).may_test
        terminal.do(views.CloseChecks())
        room.release(terminal)
        assert isinstance(terminal.do(views.OpenDeviceTest()), views.SignIn)
        begin(terminal, "20260001")
        assert isinstance(terminal.do(views.OpenDeviceTest()), views.Exam)
        terminal.do(views.OpenProctorMenu())
        assert not terminal.do(views.OpenChecks()).may_test
        assert isinstance(terminal.do(views.OpenDeviceTest()), views.Checks)


def test_nothing_of_it_is_journalled(tmp_path):
    counts = []
    for tests in (False, True):
        room = Room()
        with room.terminal(tmp_path / str(tests)) as terminal:
            if tests:
                all_tried(terminal)
                terminal.do(views.CloseDeviceTest())
            room.release(terminal)
            counts.append(len(terminal._flow._seat.journal.entries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("by", ["scan", "network"])
def test_a_code_for_the_room_is_not_taken_for_the_scanners(tmp_path, by):
    room = Room()
    with room.terminal(tmp_path) as terminal:
        code = room.code(terminal, Command.RELEASE)
        a_test(terminal)
        until(terminal, Device.SCANNER)
        if by == "network":
            terminal._flow._offer(code)
            assert terminal.view.device is Device.SCANNER
        else:
            assert terminal.do(Scanned(code)).tested[-1].outcome == "bad"
        assert terminal._flow._seat.opened is None
