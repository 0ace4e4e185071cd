"""From files to findings: what a locked seat looks like, and what each thing that is wrong turns weak."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path

import pytest

from kiosk.artefacts.self_check import LOCKS
from kiosk.terminal.lockdown.facts import Facts, Screens
from kiosk.terminal.lockdown.judging import judge
from kiosk.terminal.lockdown.readers import look, read_disk, read_keyboards, read_processes
from tests.terminal.lockdown.computer import (
    BUTTON,
    CAGE_SEAT,
    FILLED,
    KEYBOARD,
    LISTENERS,
    ROUTES,
    SEAT,
    SWAPS,
    UNIX,
    WAYLAND,
    X_PROCESSES,
    X_SEAT,
    build,
    process,
    seen,
)


def judged(facts: Facts) -> dict[str, str]:
    return {one.check: one.state for one in judge(facts, facts)}


def wrong(facts: Facts, first: Facts | None = None) -> dict[str, str]:
    """What is not ok, with what it rests on."""
    return {one.check: one.detail for one in judge(facts, first or facts) if not one.ok}


@pytest.fixture
def seat(tmp_path):
    return build(tmp_path, SEAT)


def test_a_seat_as_the_package_sets_it_up_is_locked(seat):
    assert wrong(seen(seat)) == {"manifest": "not installed from a package"}


def test_so_is_one_with_xorg_and_an_openbox_without_keys(seat):
    build(seat, X_PROCESSES)
    facts = seen(seat, X_SEAT, Screens(True, 1, "xcb"))
    assert wrong(facts) == {"manifest": "not installed from a package"}


def test_of_an_empty_computer_nothing_is_ok(tmp_path):
    states = judged(look(tmp_path, {}, Screens(), ()))
    # Its program has no folder that could be written: that much is known.
    assert {name for name, state in states.items() if state == "ok"} == {"system"}


STATUS = SEAT["proc/self/status"]


@pytest.mark.parametrize(
    ("files", "check", "detail"),
    [
        ({"proc/self/status": STATUS.replace("990", "0")}, "user", "root"),
        ({"proc/self/status": STATUS.replace("Groups:\t44", "Groups:\t27")}, "user", "+sudo"),
        ({"proc/self/status": STATUS.replace("CapEff:\t000", "CapEff:\t002")}, "user", "CapEff=20000000000000"),
        ({"etc/passwd": "li:x:990:990::/home/li:/bin/bash\n"}, "user", "/bin/bash"),
        (process(30, 1, "gnome-shell"), "compositor", "gnome-shell"),
        (process(10, 1, "cage", "cage -ds -- kiosk"), "consoles", "cage -s"),
        ({"proc/sys/kernel/sysrq": "438\n"}, "sysrq", "sysrq=438"),
        (process(30, 1, "bash"), "processes", "bash"),
        (process(15, 14, "python3") | process(14, 1, "sh"), "processes", "python3, sh"),
        (
            {"proc/net/unix": UNIX + f"0: 3 0 0 1 03 9 {WAYLAND}\n" * 3},
            "clients",
            "+2",
        ),
        (process(30, 1, "x11vnc", uid=0), "remote", "x11vnc"),
        ({"proc/net/tcp": LISTENERS + "0: 00000000:0016 0:0 0A 0\n"}, "remote", ":22"),
        ({"proc/net/tcp6": LISTENERS + f"0: {'0' * 32}:170C 0:0 0A\n"}, "remote", ":5900"),
        ({"proc/self/status": STATUS.replace("TracerPid:\t0", "TracerPid:\t1")}, "debugger", "systemd"),
        ({"proc/sys/kernel/yama/ptrace_scope": "0\n"}, "debugger", "ptrace_scope=0"),
        ({"sys/bus/usb/devices/usb1/authorized_default": "1\n"}, "usb", "usb1"),
        (
            {"proc/net/route": ROUTES + "eno1\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"},
            "network",
            "eno1",
        ),
        (
            {"proc/net/ipv6_route": f"{'0' * 32} 00 {'0' * 32} 00 {'1' * 32} 1 1 0 00000003 wlan0\n"},
            "network",
            "wlan0",
        ),
        ({"sys/class/rfkill/rfkill0/soft": "0\n"}, "radio", "bluetooth"),
        ({"proc/swaps": SWAPS + "/dev/sda5\tpartition\t9\t0\t-2\n"}, "swap", "/dev/sda5"),
        (
            {"proc/self/limits": "Max core file size        0          unlimited      bytes\n"},
            "dumps",
            "unlimited",
        ),
        ({"sys/class/dmi/id/product_name": "Standard PC (QEMU)\n"}, "machine", "Standard PC (QEMU)"),
        ({"proc/cpuinfo": "flags : fpu hypervisor\n"}, "machine", "hypervisor"),
        ({".dockerenv": ""}, "machine", "container"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_weak_and_says_why(seat, files, check, detail):
    build(seat, files)
    assert wrong(seen(seat))[check] == detail
    assert judged(seen(seat))[check] == "weak"


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        (
            {"usr/lib/kiosk-terminal/xorg/10-kiosk.conf": '# Option "DontVTSwitch" "true"\n'},
            "consoles",
        ),
        ({"usr/lib/kiosk-terminal/openbox.xml": '<keybind key="A-F4"/>'}, "compositor"),
        (process(11, 1, "openbox"), "compositor"),
        (process(11, 1, "xterm"), "compositor"),
        (process(10, 1, "Xvfb"), "compositor"),
    ],
)
def test_an_x_session_that_is_open(seat, changed, check):
    build(seat, X_PROCESSES | changed)
    assert judged(seen(seat, X_SEAT, Screens(True, 1, "xcb")))[check] == "weak"


def test_a_session_from_afar_is_weak(seat):
    assert wrong(seen(seat, CAGE_SEAT | {"SSH_CONNECTION": "10.0.0.1 1 2 3"}))["remote"]
    assert wrong(seen(seat, {"DISPLAY": "localhost:10.0"}))["remote"] == "localhost"


def test_a_library_slipped_in_is_weak(seat):
    assert wrong(seen(seat, CAGE_SEAT | {"LD_PRELOAD": "x.so"}))["debugger"] == "LD_PRELOAD"


def test_the_packages_lock_closes_the_network(seat):
    build(
        seat, {"proc/net/tcp": LISTENERS + "0: 00000000:0016 0:0 0A 0\n", "run/kiosk-lock/on": ""}
    )
    assert not {"network", "remote"} & set(wrong(seen(seat)))


def test_a_keyboard_that_came_later_was_added(seat):
    first = seen(seat)
    second = KEYBOARD.replace("Logitech USB Keyboard", "Barcode Scanner")
    build(seat, {"proc/bus/input/devices": KEYBOARD + second})
    assert wrong(seen(seat), first)["input"] == "Barcode Scanner"
    build(seat, {"proc/bus/input/devices": KEYBOARD * 2})
    assert wrong(seen(seat), first)["input"] == "Logitech USB Keyboard"
    build(seat, {"proc/bus/input/devices": KEYBOARD})
    assert "input" not in wrong(seen(seat), first)


def test_the_programs_folder_must_not_be_writable(seat, tmp_path):
    facts = look(seat, CAGE_SEAT, FILLED, (tmp_path, tmp_path / "not there"))
    assert wrong(facts)["system"] == tmp_path.name


def test_what_cannot_be_read_is_never_ok(seat):
    fine = set(LOCKS) - {"manifest"}
    for gone, checks in ESSENTIAL.items():
        build(seat, {gone: None})
        assert fine - set(wrong(seen(seat))) == fine - set(checks), gone
        build(seat, {gone: SEAT[gone]})


ESSENTIAL = {
    "proc/self/status": ("user", "processes", "debugger", "dumps"),
    "proc/self/limits": ("dumps",),
    "proc/sys/kernel/sysrq": ("sysrq",),
    "proc/sys/kernel/yama/ptrace_scope": ("debugger",),
    "sys/bus/usb/devices/usb1/authorized_default": ("usb",),
    "sys/class/tty/tty0/active": ("consoles",),
    "proc/bus/input/devices": ("input",),
    "proc/net/unix": ("clients",),
    "proc/swaps": ("swap",),
}
"""Files without which a check cannot be made."""
HOSTILE = ("", "\x1b[2J\x1b]0;own\x07\0", "9" * 5000, "-1 \u202e\n" * 400)


def test_no_file_breaks_a_reader_or_reaches_the_screen_as_it_is(seat):
    for name, content in product(SEAT, HOSTILE):
        build(seat, {name: content})
        facts = seen(seat)
        for finding in judge(facts, facts):
            assert finding.detail.isprintable(), name
            assert len(finding.detail) <= 200
        build(seat, {name: SEAT[name]})


def test_names_that_programs_give_themselves_are_cleaned(seat):
    build(seat, process(30, 1, "\x1b[31mevil\x07" + "x" * 500))
    assert wrong(seen(seat))["processes"].startswith("[31mevil xxx")
    keyboard = KEYBOARD.replace("Logitech USB Keyboard", '"\x9b31m' + "K" * 300)
    build(seat, {"proc/bus/input/devices": keyboard})
    (name,) = read_keyboards(seat) or ()
    assert name.isprintable()
    assert len(name) <= 40


MOUSE = """\
I: Bus=0003 Vendor=046d Product=c077 Version=0111
N: Name="USB Mouse"
H: Handlers=mouse0 event2
B: KEY=ff0000 0 0 0 0

"""


@pytest.mark.parametrize("handlers", ["kbd leds event3", "sysrq kbd leds event3"])
def test_keyboards_are_known_by_their_keys_whatever_sysrq_is(handlers, seat):
    keyboard = KEYBOARD.replace("kbd leds event3", handlers)
    build(seat, {"proc/bus/input/devices": keyboard + BUTTON + MOUSE})
    assert read_keyboards(seat) == ("Logitech USB Keyboard",)
    (seat / "proc/bus/input/devices").unlink()
    assert read_keyboards(seat) is None


def test_a_pipe_in_a_files_place_is_not_waited_for(seat):
    (seat / "proc/swaps").unlink()
    os.mkfifo(seat / "proc/swaps")
    assert seen(seat).swaps in (None, ())


def test_a_process_is_read_once_and_again_when_its_number_comes_back(seat):
    known = {}
    read_processes(seat, known)
    build(seat, process(20, 10, "changed"))
    assert {one.name for one in read_processes(seat, known)} == {"systemd", "cage", "kiosk"}
    for file in (seat / "proc/20").iterdir():
        file.unlink()
    (seat / "proc/20").rmdir()
    assert {one.pid for one in read_processes(seat, known)} == {1, 10}
    build(seat, process(20, 10, "another"))
    assert {one.name for one in read_processes(seat, known)} == {"systemd", "cage", "another"}


def test_the_disk_of_the_state_is_the_deepest_mount(seat):
    disk = read_disk(seat, Path("/var/lib/kiosk/keys"))
    assert (disk.system, disk.rotates) == ("ext4", False)
    assert "data=ordered" in disk.options
    assert read_disk(seat, Path("/tmp/state")).system == "tmpfs"
    assert read_disk(seat, Path("/home")).rotates is None
    virtual = build(seat, {"sys/devices/vda3/queue/rotational": "1\n"}) / "sys/dev/block/8:3"
    (virtual / "queue/rotational").unlink()
    (virtual / "queue").rmdir()
    virtual.rmdir()
    virtual.symlink_to(seat / "sys/devices/vda3")
    assert read_disk(seat, Path("/var/lib/kiosk")).rotates is None
