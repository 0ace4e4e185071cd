"""A stick with the image, and the testing room around it: station, proctors, a candidate, and their way with it.

`make deb image`, then `make campaign ARGS=tests/machine`. KIOSK_IMAGE names another image than the newest of
build/image, KIOSK_QEMU another QEMU than the one on the path. The pictures are in build/machine, to be looked at.
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

from kiosk.artefacts.answer_package import content_key, open_package, package, read_package
from kiosk.artefacts.chain import Record
from kiosk.artefacts.challenge import Challenge, Phase, read_challenge
from kiosk.artefacts.enrolment import enrolment_of_code
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.tokens import Command
from kiosk.assessment.paper import PaperItem
from kiosk.proctor.desk import Desk
from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.keys import answer_keys
from kiosk.rehearsal.people import Knowledge
from kiosk.rehearsal.preparation import BANK, SESSION, Prepared
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.telling import Telling
from kiosk.station.banks import open_admitted
from kiosk.station.enrol import enrol, read_request
from kiosk.station.registry import packages, parties
from tests.codes import qr_texts
from tests.machine.computer import Computer, a_stick, missing, taken_from

PROJECT = Path(__file__).parents[2]
PICTURES = PROJECT / "build/machine"
BUILT = sorted((PROJECT / "build/image").glob("*.img"), key=lambda path: path.stat().st_mtime)
IMAGE = (
    Path(os.environ["KIOSK_IMAGE"])
    if "KIOSK_IMAGE" in os.environ
    else next(iter(BUILT[::-1]), None)
)
ON_A_MACHINE = [
    pytest.mark.campaign,
    pytest.mark.timeout(14400),
    pytest.mark.skipif(bool(missing()), reason=missing()),
    pytest.mark.skipif(IMAGE is None, reason="needs an image: make deb image"),
    pytest.mark.xdist_group("machine"),
]
# Questions that keys and single clicks answer.
EXAM = """\
[[exam]]
id = "E1"
bank = "rare_earth_metallurgy"
level = "L4"
duration_minutes = 150
title = {"zh-CN" = "稀土熔盐电解工 · 中级工", en = "Rare-earth electrolysis · L4"}

[exam.blueprint]
pass = 60

[[exam.section]]
kind = "single_choice"
count = 5
points = 20
"""


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
        self.person = self.day.people[0]
        self.name = f"T-{self.person.seat}"
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
        prepared.plan(self.day.people, 1, EXAM)
        self.day.proctoring = Proctoring(prepared.desks())

    def paper(self) -> tuple[PaperItem, ...]:
        """The questions of the candidate, in their order."""
        with self.day._bank() as bank:
            return self.day._paper(self.person, bank)[0].items

    def letter(self, number: int) -> str:
        """The key of what answers a question rightly."""
        placed = self.paper()[number - 1]
        opened = open_admitted(self.day.prepared.station, BANK, "1.0.0", 1)
        with opened.reader as bank:
            item = bank.item(placed.item)
        (interaction,) = item.interactions
        knows = structs.replace(self.person, skill=1.0)
        right = Knowledge(opened.scoring).respond(item, knows, random.Random(1))
        order = placed.orders.get(interaction.response, ())
        (key,) = answer_keys(interaction, order, right[interaction.response])
        return key

    def answer(self, challenge: str, command: Command, forgetful: Path | None = None) -> str:
        """The code of a proctor's desk for a terminal that shows this one.

        Args:
            forgetful: an empty folder, for a desk that has not seen the terminal before.
        """
        desk = self.day.proctoring.desks[0]
        if forgetful is not None:
            known, desk = desk, Desk(desk.keys, desk.trust, forgetful, desk.now)
            desk._releases.update(known._releases)
        return self.day.proctoring.answer(desk, challenge, command)


# --- what people do -------------------------------------------------------------------------------------


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
    (code,) = qr_texts(page)
    stick = a_stick(room.folder / "requests.img")
    plugged = computer.plug(stick)
    computer.write("s\n")
    requests = room.folder / "requests"
    until(lambda: taken_from(stick, "*.enrol", requests))
    computer.wait_for_page(page, still_s=20)
    picture(computer, "request-written")
    computer.pull(plugged)
    (request,) = taken_from(stick, "*.enrol", requests)
    assert enrolment_of_code(code) == request.read_bytes()
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


def locked(computer: Computer, room: Room, name: str, phase: Phase = Phase.LOCKED) -> str:
    """The exam program asks to be released, as the terminal that was enrolled; its challenge."""
    began = time.monotonic()
    code = computer.wait_for_code("C1:")
    print(f"{time.monotonic() - began:.0f} s to the exam program's first screen")
    picture(computer, name)
    challenge: Challenge = read_challenge(code)
    assert challenge.session == SESSION
    assert (challenge.terminal, challenge.phase) == (room.terminal, phase)
    return code


def picture(computer: Computer, name: str) -> None:
    number = len(list(PICTURES.glob("*-*.png"))) + 1
    computer.photograph(PICTURES / f"{number:02d}-{name}.png")


def until(seen: Callable[[], object], within_s: float = 300) -> None:
    ends = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < ends
        time.sleep(1)


def journal_of(room: Room) -> tuple[Record, ...]:
    """The journal in the candidate's package, as the station has it."""
    station = room.day.prepared.station
    with station.registry.reading() as connection:
        (came,) = packages.of_session(connection, SESSION, room.person.number)
        data = packages.content(connection, came.sha256)
        party = parties.find(connection, room.terminal)
    assert data is not None
    assert party is not None
    sealed = package(read_package(data), party.record)
    return open_package(sealed, content_key(sealed, station.keys(Role.OPENING))).records
