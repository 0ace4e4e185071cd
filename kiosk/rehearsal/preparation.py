"""The weeks before the exam: station, author, bank, enrolments, plan, publication, installation."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.artefacts.enrolment import read_enrolment, write_enrolment
from kiosk.artefacts.keys import Signer
from kiosk.artefacts.kinds import Role
from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.lint import require_no_errors
from kiosk.authoring.seal import seal_bank
from kiosk.authoring.source_bank import read_source_bank
from kiosk.errors import InputRefused
from kiosk.proctor.desk import Desk
from kiosk.proctor.device import Device
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.telling import Telling
from kiosk.station.enrol import enrol
from kiosk.station.home import Station
from kiosk.station.planning import plan_session
from kiosk.station.publish import publish
from kiosk.station.receiving import receive
from kiosk.terminal.installing import install
from kiosk.trust.keystore import FileKeyStore, new_card

SESSION = "R15-0301"
EXAM = "E1"
BANK = "rare_earth_metallurgy"
PROCTORS = ("李建国", "王珺")
PROGRAM_BANKS = Path(__file__).resolve().parents[2] / "question_banks"

_SESSION = """\
session = "{session}"
round = "R15"
room = "3"
opens = {opens}
closes = {closes}
roster = "roster.csv"
proctors = ["{proctors}"]

[policy]
releasing_proctors = {releasing_proctors}
seats = "fixed"

{terminals}
"""
EXAM_OF_THE_DAY = f"""\
[[exam]]
id = "{EXAM}"
bank = "{BANK}"
level = "L4"
duration_minutes = 60
forms = 2
tools = ["calculator", "scratch_pad", "periodic_table", "formula_sheet"]
title = {{"zh-CN" = "稀土熔盐电解工 · 中级工 · 理论知识", en = "Rare-earth electrolysis · L4 · Theory"}}

[exam.blueprint]
pass = 60

[[exam.section]]
kind = "single_choice"
count = 8
points = 3

[[exam.section]]
kind = "multiple_choice"
count = 1
points = 4
marking = {{type = "incomplete", points = 2}}

[[exam.section]]
kind = "true_false"
count = 2
points = 2

[[exam.section]]
kind = "inline_choice"
count = 1
points = 3

[[exam.section]]
kind = "order"
count = 2
points = 5

[[exam.section]]
kind = "match"
count = 1
points = 4
marking = {{type = "per_right"}}

[[exam.section]]
kind = "gap_match"
count = 1
points = 4

[[exam.section]]
kind = "hottext"
count = 2
points = 5

[[exam.section]]
kind = "hotspot"
count = 2
points = 5

[[exam.section]]
kind = "graphic_order"
count = 1
points = 5

[[exam.section]]
kind = "slider"
count = 1
points = 5

[[exam.section]]
kind = "associate"
count = 1
points = 5

[[exam.section]]
kind = "text_entry"
count = 3
points = 4
minutes = 15
navigation = "linear"
"""


class Prepared:
    """A station with a published session, terminals with it installed, and proctors' devices."""

    def __init__(self, folders: Folders, now: datetime) -> None:
        self.folders = folders
        self.now = now
        self.station = Station.create(folders.station, "Station 1", now=now)
        self.terminals: dict[str, Path] = {}
        self.devices: list[tuple[Device, str, bytes]] = []

    def close(self) -> None:
        self.station.close()

    def bank(self, telling: Telling, name: str = BANK) -> None:
        """An author seals the sample bank `name`; the station admits it."""
        folder = PROGRAM_BANKS / name
        if not folder.is_dir():
            raise InputRefused(
                "the sample bank is not here",
                where=str(folder),
                remedy="Run the demo from a checkout of the project: make demo",
            )
        author = FileKeyStore(self.folders.author / "keys").create(Role.AUTHOR, "矿冶题库组")
        self._enrol(author)
        with telling.progress("Compiling the bank") as progress:
            compiled = compile_bank(read_source_bank(folder), progress)
        require_no_errors(compiled)
        recipients = (self.station.record(Role.OPENING), self.station.record(Role.RECOVERY))
        sealed = seal_bank(compiled, author, recipients, sealed_at=int(self.now.timestamp()))
        bank = self.folders.author / f"{name}.bank"
        scoring = self.folders.author / f"{name}.scoring"
        bank.write_bytes(sealed.bank)
        scoring.write_bytes(sealed.scoring)
        receive(self.station, [bank, scoring], self.now)

    def enrol_room(self, seats: Sequence[str]) -> None:
        """A terminal a seat and one spare, and two proctors."""
        for name in (*(f"T-{seat}" for seat in seats), "T-99"):
            state = self.folders.terminals / name
            self._enrol(FileKeyStore(state / "keys").create(Role.TERMINAL, name))
            self.terminals[name] = state
        for name in PROCTORS:
            device = Device(self.folders.proctors / name)
            pin, card = f"{secrets.randbelow(10**6):06d}", new_card()
            request = read_enrolment(device.enrol(name, pin, card, {}))
            enrol(self.station, request.record, self.now)
            self.devices.append((device, pin, card))

    def _enrol(self, keys: Signer) -> None:
        request = read_enrolment(write_enrolment(keys, int(self.now.timestamp()), {}))
        enrol(self.station, request.record, self.now)

    def plan(
        self, roster: Sequence[Person], releasing_proctors: int, exam: str = EXAM_OF_THE_DAY
    ) -> None:
        """Plans and publishes the session, and installs it everywhere.

        Args:
            exam: the part `[[exam]]` of the plan.
        """
        lines = ["准考证号,姓名,机位,加时百分比,单位"]
        lines += [f"{p.number},{p.name},{p.seat},{p.extra_percent or ''},{p.unit}" for p in roster]
        # As an office of the field would write it: GB18030 is what its spreadsheets save.
        (self.folders.plan / "roster.csv").write_bytes("\r\n".join(lines).encode("gb18030"))
        path = self.folders.plan / "plan.toml"
        path.write_text(self._session(releasing_proctors) + exam, "utf-8")
        plan_session(self.station, path, self.now)
        publish(self.station, self.folders.usb, self.folders.releases, self.now)
        for state in self.terminals.values():
            install(self.folders.usb, state)
        for device, _, _ in self.devices:
            device.install(self.folders.usb)
            device.install(self.folders.releases)

    def _session(self, releasing_proctors: int) -> str:
        terminals = "\n".join(
            f'[[terminal]]\nname = "{name}"\n'
            + ("" if name == "T-99" else f'seat = "{name.removeprefix("T-")}"\n')
            for name in self.terminals
        )
        return _SESSION.format(
            session=SESSION,
            releasing_proctors=releasing_proctors,
            opens=_instant(self.now - timedelta(minutes=5)),
            closes=_instant(self.now + timedelta(hours=3)),
            proctors='", "'.join(PROCTORS),
            terminals=terminals,
        )

    def desks(self) -> list[Desk]:
        """The proctors' desks, opened with card and PIN."""
        return [device.open(pin, card) for device, pin, card in self.devices]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(microsecond=0).isoformat()
