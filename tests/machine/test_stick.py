"""The bootable stick on a whole computer: enrolled, sat at, cut off, handed in, and imported outside.

`make image`, then `make campaign ARGS="tests/machine"`. KIOSK_IMAGE names another image than the newest of
build/image. The pictures are in build/machine, to be looked at.
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
from msgspec import structs

from kiosk.artefacts.admission import Admission, admission_text
from kiosk.artefacts.challenge import Phase, read_challenge
from kiosk.artefacts.tokens import Command
from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.keys import answer_keys
from kiosk.rehearsal.people import Knowledge
from kiosk.rehearsal.preparation import BANK, SESSION, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.telling import Telling
from kiosk.station.banks import open_admitted
from kiosk.station.enrol import enrol, read_request
from kiosk.station.receiving import receive
from kiosk.station.results import session_results
from tests.machine.computer import Computer, a_stick, digest, missing, taken_from

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

# Questions that keys answer, so few that an emulated computer is done with them.
EXAM = """\
[[exam]]
id = "E1"
bank = "rare_earth_metallurgy"
level = "L4"
duration_minutes = 60
title = {"zh-CN" = "稀土熔盐电解工 · 中级工", en = "Rare-earth electrolysis · L4"}

[exam.blueprint]
pass = 60

[[exam.section]]
kind = "single_choice"
count = 4
points = 25
"""


def a_medium(folder: Path, size: int = 4 << 30) -> Path:
    """A stick with the image on it, as `dd` writes it."""
    assert IMAGE is not None
    made = folder / "own.img"
    shutil.copyfile(IMAGE, made)
    with made.open("r+b") as file:
        file.truncate(size)
    return made


def until(seen: Callable[[], object], within_s: float = 300) -> None:
    ends = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < ends
        time.sleep(1)


@pytest.mark.parametrize("firmware", ["uefi", "secure boot", "bios"])
def test_a_stick_starts_on_any_firmware(firmware: str, tmp_path: Path) -> None:
    with Computer(a_medium(tmp_path), tmp_path / "computer", firmware=firmware) as computer:
        began = time.monotonic()
        computer.wait_for_page()
        print(f"{firmware}: {time.monotonic() - began:.0f} s to the technician's page")
        computer.photograph(PICTURES / f"first-page-{firmware.replace(' ', '-')}.png")


class Room:
    """A station, its proctors and one candidate, outside of the computer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = ExamDay(folder / "day", 1, Telling())
        self.day.folders.make()
        self.day.prepared = Prepared(self.day.folders, datetime.now(UTC))
        self.day.prepared.bank(self.day.telling)
        self.person = self.day.people[0]

    @property
    def name(self) -> str:
        return f"T-{self.person.seat}"

    def admit(self, request: Path) -> None:
        """The terminal of an `.enrol`, whose words two people compared; then the session is published."""
        prepared = self.day.prepared
        prepared.enrol_room([])
        record = read_request(request.read_bytes(), request.name).record
        assert record.name == self.name
        enrol(prepared.station, record, prepared.now)
        # The plan names it; what is published is installed by hand.
        prepared.terminals[self.name] = prepared.terminals["T-99"]
        prepared.plan(self.day.people, 1, EXAM)
        self.day.proctoring = Proctoring(prepared.desks())

    def keys(self, number: int) -> list[str]:
        """What answers a question of the candidate's paper rightly."""
        opened = open_admitted(self.day.prepared.station, BANK, "1.0.0", 1)
        with opened.reader as bank:
            paper, _ = self.day._paper(self.person, bank)
            placed = paper.items[number - 1]
            item = bank.item(placed.item)
        (interaction,) = item.interactions
        knows = structs.replace(self.person, skill=1.0)
        right = Knowledge(opened.scoring).respond(item, knows, random.Random(1))
        response = interaction.response
        return answer_keys(interaction, placed.orders.get(response, ()), right[response])

    def release(self, computer: Computer) -> Phase:
        """A proctor answers the challenge on the screen; what the terminal was waiting for."""
        before = computer.photograph()
        challenge = computer.wait_for_code("C1:")
        desk = self.day.proctoring.desks[0]
        computer.scan(self.day.proctoring.answer(desk, challenge, Command.RELEASE))
        computer.wait_for_page(before)
        return read_challenge(challenge).phase


def test_an_exam_day_on_a_stick_with_a_power_cut(tmp_path: Path) -> None:
    shutil.rmtree(PICTURES, ignore_errors=True)
    medium, room = a_medium(tmp_path), Room(tmp_path)
    disk = tmp_path / "disk.img"
    disk.write_bytes(random.Random(1).randbytes(32 << 20))
    of_disk = digest(disk)
    with Computer(medium, tmp_path / "first", disk=disk) as computer:
        enrols(computer, room)
        installs(computer, room)
        assert room.release(computer) is Phase.LOCKED
        begins(computer, room)
    with Computer(medium, tmp_path / "second", disk=disk) as computer:
        resumes_and_hands_in(computer, room)
    assert digest(disk) == of_disk, "something was written to the computer's own disk"
    with Computer(medium, tmp_path / "third", serial="KIOSK0002") as computer:
        refuses(computer)


def picture(computer: Computer, name: str) -> None:
    number = len(list(PICTURES.glob("*-*.png"))) + 1
    computer.photograph(PICTURES / f"{number:02d}-{name}.png")


def enrols(computer: Computer, room: Room) -> None:
    """A key, and its request on a stick."""
    began = time.monotonic()
    page = computer.wait_for_page()
    print(f"{time.monotonic() - began:.0f} s to the technician's page of a new stick")
    picture(computer, "language")
    computer.write("2\n")
    page = computer.wait_for_page(page)
    picture(computer, "technician")
    computer.write("1\n")
    page = computer.wait_for_page(page)
    stick = a_stick(room.folder / "requests.img")
    plugged = computer.plug(stick)
    computer.write(f"{room.name}\n")
    picture(computer, "named")
    requests = room.folder / "requests"
    until(lambda: taken_from(stick, "*.enrol", requests))
    computer.wait_for_page(page, still_s=20)
    picture(computer, "request-written")
    computer.pull(plugged)
    (request,) = taken_from(stick, "*.enrol", requests)
    room.admit(request)


def installs(computer: Computer, room: Room) -> None:
    """What the station published, and the start of the exam program."""
    page = computer.photograph()
    computer.write("\n")
    page = computer.wait_for_page(page)
    plugged = computer.plug(a_stick(room.folder / "station.img", room.day.folders.usb))
    # What is typed ahead waits until the installation is over.
    computer.write("2\n")
    page = computer.wait_for_page(page, still_s=30)
    picture(computer, "installing")
    computer.write("\n5\n")
    computer.wait_for_restart()
    computer.pull(plugged)
    began = time.monotonic()
    computer.wait_for_code("C1:")
    print(f"{time.monotonic() - began:.0f} s from the restart to the exam program's first screen")
    picture(computer, "unlock")


def begins(computer: Computer, room: Room) -> None:
    """The candidate signs in and answers the first two questions."""
    picture(computer, "sign-in")
    page = computer.photograph()
    computer.scan(admission_text(Admission(SESSION, room.person.number)))
    page = computer.wait_for_page(page)
    picture(computer, "confirm")
    for name in ("rules", "practice", "first-question"):
        computer.keys("ret")
        page = computer.wait_for_page(page)
        picture(computer, name)
    for number in (1, 2):
        answers(computer, room, number)
        page = computer.photograph()
        computer.keys("pgdn")
        page = computer.wait_for_page(page)


def answers(computer: Computer, room: Room, number: int) -> None:
    """By the letter of what is right, and until the mark says saved."""
    before = computer.photograph()
    computer.keys(*room.keys(number))
    computer.wait_for_page(before)
    picture(computer, f"answered-{number}")


def resumes_and_hands_in(computer: Computer, room: Room) -> None:
    """The power came back: the same question, the answers there, and the package to a stick."""
    began = time.monotonic()
    computer.wait_for_code("C1:")
    print(f"{time.monotonic() - began:.0f} s from power on to the exam program's first screen")
    picture(computer, "unlock-after-a-power-cut")
    assert room.release(computer) is Phase.INTERRUPTED
    picture(computer, "resumed-at-the-third-question")
    answers(computer, room, 3)
    answers(computer, room, 4)
    page = computer.photograph()
    computer.keys("ret")
    for name in ("review", "asked-again", "done"):
        page = computer.wait_for_page(page)
        picture(computer, name)
        if name != "done":
            computer.keys("shift-tab", "ret")
    stick = a_stick(room.folder / "collecting.img")
    plugged = computer.plug(stick)
    bundles = room.folder / "collected"
    until(lambda: taken_from(stick, "*.bundle", bundles))
    computer.wait_for_page(page)
    picture(computer, "collected")
    computer.pull(plugged)
    taken_from(stick, "*.bundle", bundles)
    report = receive(room.day.prepared.station, [bundles], datetime.now(UTC))
    assert (report.imported, report.refused) == (1, ())
    (line,) = session_results(room.day.prepared.station, SESSION)
    assert (line.candidate, line.score) == (room.person.number, 100)


def refuses(computer: Computer) -> None:
    """A copy on another stick does not open, and the computer starts again; there is no shell."""
    computer.wait_for_restart()
    picture(computer, "a-copy-does-not-open")
