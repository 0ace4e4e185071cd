"""The bootable stick on a whole computer: enrolled, installed, locked, cut off, and not to be copied.

`make deb image`, then `make campaign ARGS="tests/machine"`. KIOSK_IMAGE names another image than the newest
of build/image. The pictures are in build/machine, to be looked at. On two busy cores without KVM a start
takes five minutes, and a code typed as a scanner does is not read whole: sittings are tried elsewhere.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zxingcpp

from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.enrolment import enrolment_of_code
from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.preparation import SESSION, Prepared
from kiosk.rehearsal.telling import Telling
from kiosk.station.enrol import enrol, read_request
from tests.machine.computer import FIRMWARE, Computer, a_stick, digest, missing, taken_from

PROJECT = Path(__file__).parents[2]
PICTURES = PROJECT / "build/machine"
BUILT = sorted((PROJECT / "build/image").glob("*.img"), key=lambda path: path.stat().st_mtime)
IMAGE = (
    Path(os.environ["KIOSK_IMAGE"])
    if "KIOSK_IMAGE" in os.environ
    else next(iter(BUILT[::-1]), None)
)

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(14400),
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.skipif(IMAGE is None, reason="needs an image: make deb image"),
    pytest.mark.xdist_group("machine"),
]


def test_a_stick_is_enrolled_installed_and_locked_and_a_power_cut_changes_nothing(
    tmp_path: Path,
) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    medium, room = a_medium(tmp_path), Room(tmp_path)
    disk = tmp_path / "disk.img"
    disk.write_bytes(random.Random(1).randbytes(32 << 20))
    of_disk = digest(disk)
    with Computer(medium, tmp_path / "first", disk=disk) as computer:
        enrols(computer, room)
        installs(computer, room)
        locked(computer, room, "unlock")
    with Computer(medium, tmp_path / "second", disk=disk) as computer:
        locked(computer, room, "unlock-after-a-power-cut")
    assert digest(disk) == of_disk, "something was written to the computer's own disk"
    # All its bytes on another stick.
    with Computer(medium, tmp_path / "third", serial="KIOSK0002") as computer:
        computer.wait_for_restart()


@pytest.mark.parametrize("firmware", FIRMWARE)
def test_a_stick_starts_on_any_firmware(firmware: str, tmp_path: Path) -> None:
    with Computer(a_medium(tmp_path), tmp_path / "computer", firmware=firmware) as computer:
        began = time.monotonic()
        computer.wait_for_page()
        print(f"{firmware}: {time.monotonic() - began:.0f} s to the technician's page")
        computer.photograph(PICTURES / f"first-page-{firmware.replace(' ', '-')}.png")


def a_medium(folder: Path, size: int = 4 << 30) -> Path:
    """A stick with the image on it, as `dd` writes it."""
    assert IMAGE is not None
    made = folder / "own.img"
    shutil.copyfile(IMAGE, made)
    with made.open("r+b") as file:
        file.truncate(size)
    return made


class Room:
    """A station and its published session, outside of the computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = ExamDay(folder / "day", 1, Telling())
        self.day.folders.make()
        self.day.prepared = Prepared(self.day.folders, datetime.now(UTC))
        self.day.prepared.bank(self.day.telling)
        self.name = f"T-{self.day.people[0].seat}"
        self.terminal = b""

    def admit(self, request: Path) -> None:
        """The terminal of an `.enrol`, whose words two people compared; then the session is published."""
        prepared = self.day.prepared
        prepared.enrol_room([])
        record = read_request(request.read_bytes(), request.name).record
        assert record.name == self.name
        self.terminal = record.kid
        enrol(prepared.station, record, prepared.now)
        # The plan names it; what is published is installed by hand.
        prepared.terminals[self.name] = prepared.terminals["T-99"]
        prepared.plan(self.day.people, 1)


def enrols(computer: Computer, room: Room) -> None:
    """A name, a restart, the request's code read off the screen, and the request on a stick."""
    began = time.monotonic()
    page = computer.wait_for_page()
    print(f"{time.monotonic() - began:.0f} s to the technician's page of a new stick")
    picture(computer, "language")
    computer.write("2\n")
    page = computer.wait_for_page(page)
    picture(computer, "technician")
    computer.write("1\n")
    page = computer.wait_for_page(page)
    computer.write(f"{room.name}\n")
    computer.wait_for_page(page, still_s=20)
    picture(computer, "named")
    computer.write("\n")
    computer.wait_for_restart()
    page = computer.wait_for_page()
    computer.write("2\n")
    page = computer.wait_for_page(page, still_s=20)
    picture(computer, "enrolment-code")
    (code,) = zxingcpp.read_barcodes(page)
    stick = a_stick(room.folder / "requests.img")
    plugged = computer.plug(stick)
    computer.write("s\n")
    requests = room.folder / "requests"
    until(lambda: taken_from(stick, "*.enrol", requests))
    computer.wait_for_page(page, still_s=20)
    picture(computer, "request-written")
    computer.pull(plugged)
    (request,) = taken_from(stick, "*.enrol", requests)
    assert enrolment_of_code(code.text) == request.read_bytes()
    room.admit(request)


def installs(computer: Computer, room: Room) -> None:
    """What the station published, and a restart into the exam program."""
    page = computer.photograph()
    computer.write("\n")
    page = computer.wait_for_page(page)
    plugged = computer.plug(a_stick(room.folder / "station.img", room.day.folders.usb))
    computer.write("2\n")
    computer.wait_for_page(page, still_s=100)
    picture(computer, "installed")
    # Before the restart: firmware may read from a stick that is then pulled.
    computer.pull(plugged)
    computer.write("\n5\n")
    computer.wait_for_restart()


def locked(computer: Computer, room: Room, name: str) -> None:
    """The exam program asks to be released, as the terminal that was enrolled."""
    began = time.monotonic()
    challenge = read_challenge(computer.wait_for_code("C1:"))
    print(f"{time.monotonic() - began:.0f} s to the exam program's first screen")
    picture(computer, name)
    assert challenge.session == SESSION
    assert (challenge.terminal, challenge.phase) == (room.terminal, Phase.LOCKED)


def picture(computer: Computer, name: str) -> None:
    number = len(list(PICTURES.glob("*-*.png"))) + 1
    computer.photograph(PICTURES / f"{number:02d}-{name}.png")


def until(seen: Callable[[], object], within_s: float = 300) -> None:
    ends = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < ends
        time.sleep(1)
