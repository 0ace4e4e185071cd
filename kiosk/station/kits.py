"""Session kits: what workers need to examine packages, gathered once an import.

Made on demand and kept while an import runs; a bank of 100 MB is opened once, its items' shapes and
rules taken out, and closed again.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.codec import decode
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import ScoringContent
from kiosk.assessment.items import Item
from kiosk.scoring.amendments import Amendment
from kiosk.scoring.blueprint import Blueprint
from kiosk.scoring.rules import ItemRules
from kiosk.station.amendments import amendments_of
from kiosk.station.banks import open_admitted
from kiosk.station.commands import ProctorOnDuty
from kiosk.station.home import Station
from kiosk.station.intake import ExamKit, SessionKit, pack_kit
from kiosk.station.keys import OpenedSession, open_session
from kiosk.station.registry import parties, plans


class Scoring(Struct, frozen=True):
    """A scoring version to score a bank's exams by, whatever they go by now; it need not be admitted yet.
    `number` is that of the version, which an amended one has of its own."""

    content: ScoringContent
    number: int
    amendments: tuple[Amendment, ...] = ()


class Kits:
    """The packed kits of a station's sessions, by terminal: ciphertexts, for whoever has its opening key."""

    def __init__(self, station: Station, by: Scoring | None = None) -> None:
        self._station = station
        self._by = by
        self._opening = station.record(Role.OPENING)
        self._packed: dict[str, bytes] = {}
        self._contents: dict[
            tuple[str, str, int], tuple[dict[str, ItemRules], dict[str, Item]]
        ] = {}
        with station.registry.reading() as connection:
            self._sessions = plans.sessions_by_terminal(connection)

    def of_terminal(self, kid: bytes) -> tuple[bytes, ...]:
        """The kits of every session that lists a terminal."""
        return tuple(self.of_session(session) for session in self._sessions.get(kid, ()))

    def of_session(self, session: str) -> bytes:
        if session not in self._packed:
            self._packed[session] = pack_kit(self._made(session), self._opening)
        return self._packed[session]

    def _made(self, session: str) -> SessionKit:
        with self._station.registry.reading() as connection:
            row = plans.require_session(connection, session)
            exams = plans.exams_of(connection, session)
            known = parties.every(connection, Role.PROCTOR)
            machines = parties.every(connection, Role.TERMINAL)
        opened = open_session(self._station, row)
        listed = {proctor.kid for proctor in opened.plan.proctors}
        seated = {terminal.kid for terminal in opened.plan.terminals}
        return SessionKit(
            sha256=opened.sha256,
            start=opened.start,
            plan=opened.plan,
            candidates={one.number: one for one in opened.secrets.candidates},
            forms={form.id: form for form in opened.secrets.forms},
            exams={exam.exam: self._exam(opened, exam) for exam in exams},
            proctors=tuple(
                ProctorOnDuty(party.record, party.revoked_at)
                for party in known
                if party.record.kid in listed
            ),
            terminals=tuple(
                party.record
                for party in machines
                if party.record.kid in seated and party.revoked_at is None
            ),
        )

    def _exam(self, opened: OpenedSession, row: plans.ExamRow) -> ExamKit:
        by = self._scoring(row)
        rules, items = self._content(row, by)
        used = {
            item
            for candidate in opened.secrets.candidates
            if candidate.exam == row.exam
            for item in opened.secrets.form(candidate.form).items
        }
        return ExamKit(
            plan=opened.plan.exam(row.exam),
            blueprint=decode(row.blueprint, Blueprint, "blueprint"),
            scoring_version=row.scoring_version if by is None else by.number,
            rules={item: rules[item] for item in sorted(used)},
            items={item: items[item] for item in sorted(used)},
            amendments=(
                amendments_of(self._station, row.bank, row.version, row.scoring_version)
                if by is None
                else by.amendments
            ),
        )

    def _scoring(self, row: plans.ExamRow) -> Scoring | None:
        by = self._by
        ours = by is not None and (by.content.bank, by.content.version) == (row.bank, row.version)
        return by if ours else None

    def _content(
        self, row: plans.ExamRow, by: Scoring | None
    ) -> tuple[dict[str, ItemRules], dict[str, Item]]:
        key = (row.bank, row.version, row.scoring_version)
        if key not in self._contents:
            bank = open_admitted(self._station, *key)
            entries = (bank.scoring if by is None else by.content).entries
            with bank.reader as reader:
                # A seat's texts and pictures play no part in scoring.
                items = {
                    entry.item: Item(entry.item, reader.item(entry.item).interactions, {})
                    for entry in entries
                }
            self._contents[key] = ({one.item: one.rules for one in entries}, items)
        return self._contents[key]
