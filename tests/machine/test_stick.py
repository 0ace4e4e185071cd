"""The bootable stick on a whole computer: enrolled, installed, locked, cut off, and not to be copied. How to run
it: see `room.py`.
"""

from __future__ import annotations

import random
import shutil
import tarfile
import time
from pathlib import Path

import pytest

from tests.machine.computer import FIRMWARE, Computer, digest
from tests.machine.room import (
    IMAGE,
    ON_A_MACHINE,
    PICTURES,
    Room,
    a_medium,
    enrols,
    installs,
    locked,
    picture,
)

pytestmark = ON_A_MACHINE


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


@pytest.mark.parametrize("firmware", FIRMWARE)
def test_a_stick_starts_over_the_network_of_a_room(firmware: str, tmp_path: Path) -> None:
    assert IMAGE is not None
    served = tmp_path / "served"
    with tarfile.open(IMAGE.with_suffix(".netboot.tar")) as tar:
        tar.extractall(served, filter="data")
    with Computer(
        a_medium(tmp_path), tmp_path / "computer", firmware=firmware, server=served
    ) as computer:
        computer.wait_for_page()
        computer.photograph(PICTURES / f"over-the-network-{firmware.replace(' ', '-')}.png")


def test_the_system_goes_to_a_disk_of_the_computer_that_starts_without_the_stick(
    tmp_path: Path,
) -> None:
    disk = tmp_path / "disk.img"
    with disk.open("wb") as file:
        file.truncate(8 << 30)
    with Computer(a_medium(tmp_path), tmp_path / "first", disk=disk) as computer:
        page = computer.wait_for_page()
        for typed, name in (("2\n", "page"), ("7\n", "disks"), ("1\n", "asked-again")):
            computer.write(typed)
            page = computer.wait_for_page(page)
            picture(computer, name)
        computer.write("ERASE\n")
        page = computer.wait_for_page(page)  # that it takes some minutes
        computer.wait_for_page(page, still_s=20)
        picture(computer, "on-the-disk")
    with Computer(None, tmp_path / "second", disk=disk) as computer:
        computer.wait_for_page()
        picture(computer, "started-from-the-disk")
