"""Debian 12 and 13 on the disk of a whole computer, with the package: a technician makes it a seat, it is locked, its
program is exchanged for a newer one, and one that does not come up is left.

`make deb`, then as root `make campaign ARGS=tests/machine/test_package.py`. KIOSK_DEB names another package than the
newest of build/deb, KIOSK_DEBIAN_ROOTS a folder whose roots are taken, or made there and kept. The pictures
are in build/machine-package, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.enrolment import enrolment_of_code
from kiosk.artefacts.tokens import Command
from kiosk.proctor.desk import Desk
from kiosk.station.publish import publish
from kiosk.terminal.ground import STATE, UPDATES
from kiosk.terminal.updated import STEP, TOLD
from tests.machine import room as machine_room
from tests.machine.computer import a_stick, missing
from tests.machine.debian import PASSWORD, Installation, Seat
from tests.machine.room import PICTURES, PROJECT, Room, locked, picture, until
from tests.packaging.bare_root import RELEASES, can_be_made
from tests.packaging.builders import newer_deb

BUILT = sorted((PROJECT / "build/deb").glob("*.deb"), key=lambda path: path.stat().st_mtime)
DEB = Path(os.environ["KIOSK_DEB"]) if "KIOSK_DEB" in os.environ else next(iter(BUILT[::-1]), None)
NEWER, BROKEN = "9.0+20300101000000.newer", "9.1+20300102000000.broken"
STATE_OF = f"cat {UPDATES}/{STEP} {UPDATES}/{TOLD} 2>/dev/null"
OF_QEMU = ["machine"]
"""All that the self-check finds weak in an emulated computer."""
LATER = timedelta(days=1)
LEFT_S = 2400
"""Ten minutes of trial, in which the script looks three hundred times: emulated, a look takes longer than its pause."""
DONE_IN_PART, NOT_PERMITTED = 3, 5
"""Exit codes (docs/commands.md)."""

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(14400),
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.skipif(not can_be_made(), reason="needs root and debootstrap"),
    pytest.mark.skipif(DEB is None, reason="needs a package: make deb"),
    pytest.mark.xdist_group("machine"),
]


@pytest.mark.parametrize("release", RELEASES)
def test_a_computer_becomes_a_seat_and_takes_a_newer_program(
    release: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert DEB is not None
    pictures = PICTURES.with_name("machine-package") / release
    monkeypatch.setattr(machine_room, "PICTURES", pictures)
    shutil.rmtree(pictures, ignore_errors=True)
    kept = os.environ.get("KIOSK_DEBIAN_ROOTS")
    debian = Installation(
        release, DEB, tmp_path / "debian", Path(kept) if kept else tmp_path / "roots"
    )
    room, now = Room(tmp_path), datetime.now(UTC)

    with debian.on(tmp_path / "first", now) as computer:
        becomes_a_seat(computer, room)
        keeps_its_window(computer, room)
        ends_by_proctor(computer, room, timedelta())
        # A session is open: nothing is exchanged under it.
        assert types(computer, "kiosk terminal update") == NOT_PERMITTED
        picture(computer, "not-now")
        computer.asked("sync")

    with debian.on(tmp_path / "second", now + LATER) as computer:
        ends_by_proctor(computer, room, LATER)
        before = version(computer)
        takes(computer, room, newer_deb(DEB, NEWER, tmp_path))
        locked(computer, room, "the-newer-one")
        until(lambda: computer.asked(STATE_OF) == f"came-up {NEWER} {before}")
        assert version(computer) == NEWER

        ends_by_proctor(computer, room, LATER)
        takes(computer, room, newer_deb(DEB, BROKEN, tmp_path, session="#!/bin/sh\nexit 1\n"))
        began = time.monotonic()
        computer.wait_for_restart(LEFT_S)
        print(f"{time.monotonic() - began:.0f} s until the broken one was left")
        locked(computer, room, "the-newer-one-again")
        assert computer.asked(STATE_OF) == f"fell-back {BROKEN} {NEWER}"
        assert version(computer) == NEWER
        assert computer.asked("kiosk verify /usr/lib/kiosk-terminal/terminal.manifest; echo $?")[
            -1
        ] == ("0")


# --- what people do -----------------------------------------------------------------------------------


def becomes_a_seat(computer: Seat, room: Room) -> None:
    """As docs/technician.md says it, from the first login to the code for a proctor."""
    enrol = f"runuser -u kiosk-terminal -- kiosk terminal enrol --restart-test --state . --name {room.name}"
    began = time.monotonic()
    logs_in(computer)
    print(f"{time.monotonic() - began:.0f} s to the login")
    computer.write(f"cd {STATE}\n")
    assert types(computer, enrol) == DONE_IN_PART
    picture(computer, "restart-asked-for")
    restarts(computer)
    logs_in(computer)
    computer.write(f"cd {STATE}\n")
    assert types(computer, enrol) == 0
    code = computer.wait_for_code("N1:")
    picture(computer, "enrolment-code")
    request = room.folder / f"{room.name}.enrol"
    request.write_bytes(enrolment_of_code(code))
    room.admit(request)

    stick = computer.plug(a_stick(room.folder / "station.img", room.day.folders.usb))
    until(lambda: "vfat" in computer.asked("lsblk --noheadings --output FSTYPE /dev/sdb"))
    assert types(computer, "mount /dev/sdb /media/usb") == 0
    install = "runuser -u kiosk-terminal -- kiosk terminal install /media/usb --state ."
    assert types(computer, install) == 0
    picture(computer, "installed")
    assert types(computer, "umount /media/usb") == 0
    computer.pull(stick)
    restarts(computer)
    locked(computer, room, "locked")


def keeps_its_window(computer: Seat, room: Room) -> None:
    """What a computer without the package would do on these keys, and what the self-check says of it."""
    page = computer.photograph()
    for number in range(1, 8):
        computer.keys(f"ctrl-alt-f{number}")
    computer.keys("alt-left", "alt-right", "ctrl-alt-delete", "alt-sysrq-b", "power")
    time.sleep(10)
    assert not computer.differs(page)
    assert computer.asked("cat /sys/class/tty/tty0/active") == "tty1"
    until(lambda: len(weak(computer)) <= len(OF_QEMU))
    assert weak(computer) == OF_QEMU
    assert read_challenge(computer.wait_for_code("C1:")).terminal == room.terminal
    shown = computer.asked("systemctl show --property NRestarts --value kiosk-terminal")
    print(f"the window was started again {shown} times")


def weak(computer: Seat) -> list[str]:
    """What the program's own self-check found not as it should be."""
    told = computer.asked(f"cat {STATE}/self-check")
    found = dict(part.strip('{}"').split('":"', 1) for part in told.split(",") if '":"' in part)
    return sorted(
        name.rpartition('"')[2]
        for name, said in found.items()
        if said.startswith(("weak", "unknown"))
    )


def ends_by_proctor(computer: Seat, room: Room, later: timedelta) -> None:
    """A proctor's code to leave the program; then somebody logs in."""
    code = computer.wait_for_code("C1:")
    assert read_challenge(code).phase is Phase.LOCKED
    known = room.day.proctoring.desks[0]
    folder = room.folder / f"desk-{time.monotonic_ns()}"
    folder.mkdir()
    desk = Desk(known.keys, known.trust, folder, lambda: known.now() + int(later.total_seconds()))
    desk._releases.update(known._releases)
    computer.scan(room.day.proctoring.answer(desk, code, Command.EXIT))
    logs_in(computer, "kiosk-login")


def takes(computer: Seat, room: Room, package: Path) -> None:
    """A newer package off the station's stick, which is let in because somebody asks; then a restart."""
    station = room.day.prepared.station
    station.repository().put_programs([package])
    publish(station, room.day.folders.usb, None, datetime.now(UTC))
    image = a_stick(room.folder / f"{package.stem}.img", room.day.folders.usb, size=1 << 30)
    began = time.monotonic()
    stick = computer.plug(image)
    assert types(computer, "kiosk terminal update", within_s=600) == 0
    print(f"{time.monotonic() - began:.0f} s for the update")
    picture(computer, "updated")
    computer.pull(stick)
    restarts(computer)


def logs_in(computer: Seat, unit: str = "getty@tty1") -> None:
    """As root, at the console, with hands."""
    until(lambda: computer.asked(f"systemctl is-active {unit}") == "active")
    for _ in range(3):
        time.sleep(4)
        computer.write("root\n")
        until(lambda: computer.asked("readlink /proc/*/exe | grep -c /login$") != "0", 60)
        time.sleep(6)
        computer.write(f"{PASSWORD}\n")
        with suppress(AssertionError):  # it was typed before it was asked for
            until(lambda: "tty1" in computer.asked("loginctl --no-legend"), 60)
            break
    time.sleep(4)


def types(computer: Seat, command: str, within_s: float = 300) -> int:
    """A command, and how it ended."""
    computer.asked("rm -f /run/ended")
    computer.write(f"{command}; echo $? >/run/ended\n")
    until(lambda: computer.asked("cat /run/ended 2>/dev/null"), within_s)
    return int(computer.asked("cat /run/ended"))


def restarts(computer: Seat) -> None:
    computer.write("reboot\n")
    computer.wait_for_restart()


def version(computer: Seat) -> str:
    return computer.asked("dpkg-query --show --showformat='${Version}' kiosk-terminal")
