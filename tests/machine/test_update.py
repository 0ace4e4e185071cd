"""A newer system on the stick that the computer runs from: it is there; one that does not come up is left.

`make deb image`, then `make campaign ARGS="tests/machine/test_update.py"`. The newer images are the same one
under another version's name; of the last one the system is damaged after the station has listed it so. What is inside still
calls itself what it was built as, so the page says of the first that it did not come up: what GRUB keeps tells.
"""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kiosk.station.enrol import enrol, read_request
from kiosk.station.publish import publish
from tests.machine import room as machine_room
from tests.machine.computer import Computer, a_stick, of_firmware, partition
from tests.machine.room import IMAGE, ON_A_MACHINE, PICTURES, Room, a_medium, enrols, picture, until

pytestmark = ON_A_MACHINE


def test_a_stick_takes_a_newer_system_and_leaves_one_that_does_not_come_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine_room, "PICTURES", PICTURES.with_name("machine-update"))
    shutil.rmtree(machine_room.PICTURES, ignore_errors=True)
    medium, room = a_medium(tmp_path), Updates(tmp_path)
    with Computer(medium, tmp_path / "first") as computer:
        enrols(computer, room)
        computer.write("\n")
        stick = computer.plug(room.station("8", whole=True))
        chosen(computer, "2", "root-installed")
        updates(computer, medium, "version-8")
        assert environment(medium) == {"good": "a", "trying": "b"}
        restarts(computer)
        computer.wait_for_page()
        picture(computer, "version-8-is-tried")
        until(lambda: environment(medium) == {"good": "b"})
        computer.command("system_reset")
        technicians_page(computer)

        computer.pull(stick)
        computer.plug(room.station("9", whole=False))
        updates(computer, medium, "version-9")
        assert environment(medium) == {"good": "b", "trying": "a"}
        restarts(computer)
        began = time.monotonic()
        computer.wait_for_restart()
        print(f"{time.monotonic() - began:.0f} s until it was left")
        technicians_page(computer)
        assert environment(medium) == {"good": "b"}
        picture(computer, "version-8-runs-again")


class Updates(Room):
    """A station that has no session now, and programs."""

    def admit(self, request: Path) -> None:
        prepared = self.day.prepared
        prepared.enrol_room([])
        record = read_request(request.read_bytes(), request.name).record
        enrol(prepared.station, record, prepared.now)

    def station(self, version: str, *, whole: bool) -> Path:
        """The station's stick with an image of this version."""
        assert IMAGE is not None
        image = self.folder / f"kiosk-terminal_{version}_amd64.img"
        shutil.copyfile(IMAGE, image)
        if not whole:
            with image.open("r+b") as file:
                file.seek(partition(image, "kiosk-a"))
                file.write(bytes(1 << 20))
        station = self.day.prepared.station
        station.repository().put_programs([image])
        image.unlink()
        publish(station, self.day.folders.usb, None, datetime.now(UTC))
        return a_stick(self.folder / f"station-{version}.img", self.day.folders.usb, size=1 << 30)


def environment(medium: Path) -> dict[str, str]:
    """What GRUB does at the next start."""
    lines = of_firmware(medium, "kiosk/env").splitlines()
    told = (line.split("=") for line in lines if not line.startswith("#"))
    return {name: value for name, value in told if value}


def technicians_page(computer: Computer) -> None:
    """In English, after a start with a second stick in."""
    began = time.monotonic()
    page = computer.wait_for_page()
    print(f"{time.monotonic() - began:.0f} s to the technician's page")
    computer.write("2\n")
    computer.wait_for_page(page)


def chosen(computer: Computer, number: str, name: str) -> None:
    """What has come of a number on the page, once nothing moves any more; then the page again."""
    page = computer.photograph()
    computer.write(f"{number}\n")
    page = computer.wait_for_page(page, still_s=60)
    picture(computer, name)
    computer.write("\n")
    computer.wait_for_page(page)


def updates(computer: Computer, medium: Path, name: str) -> None:
    began = time.monotonic()
    computer.write("6\n")
    until(lambda: "trying" in environment(medium), 1800)
    print(f"{time.monotonic() - began:.0f} s to write the newer system")
    page = computer.wait_for_page(still_s=20)
    picture(computer, name)
    computer.write("\n")
    computer.wait_for_page(page)


def restarts(computer: Computer) -> None:
    computer.write("5\n")
    computer.wait_for_restart()
