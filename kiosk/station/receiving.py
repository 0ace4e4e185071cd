"""An import: from paths to records, receipts and an account of what is missing.

Banks first, then proctors' logs, then packages; so one stick with all of them is one import. It may be
stopped at any moment and begun again: what was recorded is a duplicate then, the rest is imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.answer_package import read_package
from kiosk.artefacts.bank import read_bank
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import proctor_log, read_log
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, KioskError
from kiosk.station import banks, quarantine
from kiosk.station.batches import Batch, Carried, parts
from kiosk.station.certificates.signed_sheets import TakenSheet, take_sheet
from kiosk.station.engine import Team
from kiosk.station.home import Station
from kiosk.station.incoming import Unit, find_files, read_file, take_apart
from kiosk.station.intake import Refused, examine
from kiosk.station.kits import Kits
from kiosk.station.reconcile import (
    Missing,
    absent_in,
    missing_acts,
    missing_hand_ins,
    missing_packages,
    missing_sittings,
)
from kiosk.station.recording import Outcome, account, record, refuse
from kiosk.station.registry import packages, plans
from kiosk.station.rescoring import catch_up
from kiosk.station.teams import Workers, team_for
from kiosk.station.transparency import copy_receipts, make_receipts
from kiosk.words import mark

Progress = Callable[[int, int], None]
"""Told how many packages are done, of how many."""


class RefusedFile(Struct, frozen=True):
    """`file` as it was given; `kept` is the copy in quarantine."""

    file: str
    reason: str
    kept: str


class Report(Struct, frozen=True):
    """What an import did. The counts are of packages; `banks`, `logs` and `sheets` are lists of their
    own; `cluster_fault` says why this machine did some of the work of the others, where it did."""

    imported: int
    duplicate: int
    conflict: int
    refused: tuple[RefusedFile, ...]
    missing: tuple[Missing, ...]
    conflicts: tuple[str, ...] = ()
    banks: tuple[banks.Admitted, ...] = ()
    logs: tuple[str, ...] = ()
    receipts: int = 0
    cluster_fault: str = ""
    sheets: tuple[TakenSheet, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some refused or for a person to decide, 4 nothing done."""
        if not self.refused and not self.conflict:
            return 0
        packages = self.imported or self.duplicate or self.conflict
        done = packages or self.banks or self.logs or self.sheets
        return 3 if done else 4


def receive(
    station: Station,
    paths: Sequence[Path],
    now: datetime,
    *,
    retry: bool = False,
    receipts_to: Path | None = None,
    progress: Progress | None = None,
    workers: Workers = None,
) -> Report:
    """Imports files and folders of them.

    Args:
        retry: also what lies in quarantine, after the cause was mended.
        receipts_to: the folder that goes back to the terminals.
        workers: who examines packages.

    Raises:
        InputRefused: a path that is not there or no file of ours; nothing was done then.
        NotPermitted: a cluster on other machines without TLS.
        StorageFault: a disk refuses; what was recorded before stays, and the import can be repeated.
    """
    files = find_files([*paths, *(quarantine.kept(station.folder / "quarantine") if retry else ())])
    run = _Import(station, now)
    run.read(files)
    run.admit_banks()
    run.take_logs()
    run.take_sheets()
    with team_for(station, len(run.units), workers) as team:
        run.take_packages(team, progress)
    catch_up(station, run.sessions, now)
    made = make_receipts(station, now)
    if receipts_to is not None:
        copy_receipts(station, run.digests, receipts_to)
    return run.report(made, team.fault)


class _Import:
    """One import under way: what is still to do, and what became of the rest."""

    def __init__(self, station: Station, now: datetime) -> None:
        self._station = station
        self._now = now
        self._trust: Trust = station.trust()
        self._banks: list[tuple[Path, bytes]] = []
        self._scorings: list[tuple[Path, bytes]] = []
        self._logs: list[tuple[Path, bytes]] = []
        self._sheets: list[tuple[Path, bytes]] = []
        self._outcomes: list[Outcome] = []
        self._admitted: list[banks.Admitted] = []
        self._taken_logs: list[str] = []
        self._taken_sheets: list[TakenSheet] = []
        self.sessions: set[str] = set()
        self._terminals: set[bytes] = set()
        self.units: list[Unit] = []
        self.digests: set[bytes] = set()

    def read(self, files: Iterable[Path]) -> None:
        """Sorts files by kind. What cannot be read whole stays where it is, and is named."""
        kinds = {
            ".bank": self._banks,
            ".scoring": self._scorings,
            ".proctorlog": self._logs,
            ".scoresheet": self._sheets,
        }
        for path in files:
            try:
                data = read_file(path)
            except KioskError as fault:
                self._outcomes.append(Outcome("refused", str(path), str(fault), str(path)))
                continue
            if path.suffix == ".package":
                self.units.append(Unit(str(path), data))
            elif path.suffix == ".bundle":
                self._take_apart(path, data)
            else:
                kinds[path.suffix].append((path, data))

    def _take_apart(self, path: Path, data: bytes) -> None:
        try:
            told, units = take_apart(str(path), data, self._trust)
        except KioskError as fault:
            self._refuse(str(path), data, fault)
            return
        with self._station.registry.writing() as connection:
            packages.tell_numbers(connection, told.terminal, told.lines)
        self._terminals.add(told.terminal)
        self.units.extend(units)
        self._release(data)

    def admit_banks(self) -> None:
        """Admits each scoring file with its bank."""
        at_hand: dict[bytes, bytes] = {}
        names: dict[bytes, Path] = {}
        for path, data in self._banks:
            try:
                manifest = read_bank(data).manifest_bytes
            except KioskError as fault:
                self._refuse(str(path), data, fault)
                continue
            at_hand[manifest], names[manifest] = data, path
        used: set[bytes] = set()
        for path, data in self._scorings:
            try:
                admitted, manifest = banks.admit(self._station, data, at_hand, self._now)
            except KioskError as fault:
                self._refuse(str(path), data, fault)
                continue
            self._admitted.append(admitted)
            used.add(manifest)
            self._release(data)
        for manifest in at_hand.keys() - used:
            if not banks.is_admitted(self._station, at_hand[manifest]):
                self._refuse(str(names[manifest]), at_hand[manifest], _ALONE)

    def take_logs(self) -> None:
        """Records proctors' logs."""
        for path, data in self._logs:
            try:
                self._take_log(data)
            except KioskError as fault:
                self._refuse(str(path), data, fault)
                continue
            self._taken_logs.append(str(path))
            self._release(data)

    def _take_log(self, data: bytes) -> None:
        frame = read_log(data)
        proctor = self._trust.signer(frame.kid, Role.PROCTOR)
        noted = proctor_log(frame, proctor)
        digest = hashlib.sha256(data).digest()
        with self._station.registry.writing() as connection:
            plans.require_session(connection, noted.session)
            if not packages.find_log(connection, digest):
                row = packages.LogRow(
                    digest,
                    noted.session,
                    proctor.kid,
                    noted.written_at,
                    data,
                    int(self._now.timestamp()),
                )
                packages.add_log(connection, row, absent_in(noted))
        self.sessions.add(noted.session)
        self._terminals |= noted.packages.keys() & {
            record.kid for record in self._trust.records(Role.TERMINAL)
        }

    def take_sheets(self) -> None:
        """Takes in what assessors signed."""
        for path, data in self._sheets:
            try:
                taken = take_sheet(self._station, data, str(path), self._trust, self._now)
            except KioskError as fault:
                self._refuse(str(path), data, fault)
                continue
            self._taken_sheets.append(taken)
            self._release(data)

    def take_packages(self, team: Team, progress: Progress | None) -> None:
        """Has packages examined by the team, and records them here, in order."""
        batches = self._batches()
        total = sum(len(units) for units, _ in batches)
        done = 0
        verdicts = team.in_order(examine, (batch for _, batch in batches))
        for (units, _), found in zip(batches, verdicts, strict=True):
            for unit, verdict in zip(units, found, strict=True):
                self._outcomes.append(record(self._station, unit, verdict, self._now))
                if not isinstance(verdict, Refused):
                    self.sessions.add(verdict.session)
            done += len(units)
            if progress is not None:
                progress(done, total)

    def _batches(self) -> list[tuple[list[Unit], Batch]]:
        """The packages still to examine, by the kits they need; the others get their outcome here."""
        kits = Kits(self._station)
        by_kits: dict[tuple[bytes, ...], list[tuple[Unit, KeyRecord]]] = {}
        with self._station.registry.reading() as connection:
            known = packages.settled(connection)
        for unit in self.units:
            digest = unit.sha256
            if unit.damage:
                self._refuse(unit.name, unit.data, InputRefused(unit.damage))
                continue
            if digest in known or digest in self.digests:
                self._duplicate(unit, known.get(digest, ""))
                continue
            try:
                terminal = self._trust.signer(read_package(unit.data).kid, Role.TERMINAL)
            except KioskError as fault:
                self._refuse(unit.name, unit.data, fault)
                continue
            self.digests.add(digest)
            self._terminals.add(terminal.kid)
            by_kits.setdefault(kits.of_terminal(terminal.kid), []).append((unit, terminal))
        opening = str(self._station.key_folder(Role.OPENING))
        return [
            (
                [unit for unit, _ in part],
                Batch(opening, tuple(Carried(by, unit.data) for unit, by in part), needed),
            )
            for needed, units in by_kits.items()
            for part in parts(units)
        ]

    def _duplicate(self, unit: Unit, session: str) -> None:
        outcome = Outcome("duplicate", unit.name)
        with self._station.registry.writing() as connection:
            account(connection, outcome, unit.sha256, int(self._now.timestamp()))
        self._outcomes.append(outcome)
        self.digests.add(unit.sha256)
        if session:
            self.sessions.add(session)

    def _refuse(self, name: str, data: bytes, fault: KioskError) -> None:
        self._outcomes.append(refuse(self._station, name, data, str(fault), self._now))

    def _release(self, data: bytes) -> None:
        """A file that was refused once and is of use now needs no copy in quarantine."""
        quarantine.release(self._station.folder / "quarantine", quarantine.digest(data))

    def report(self, receipts: int, cluster_fault: str) -> Report:
        counts: Mapping[str, list[Outcome]] = {
            verdict: [one for one in self._outcomes if one.verdict == verdict]
            for verdict in ("imported", "duplicate", "conflict", "refused")
        }
        return Report(
            imported=len(counts["imported"]),
            duplicate=len(counts["duplicate"]),
            conflict=len(counts["conflict"]),
            refused=tuple(RefusedFile(one.name, one.reason, one.kept) for one in counts["refused"]),
            missing=(
                *missing_packages(self._station, self._terminals),
                *missing_sittings(self._station, self.sessions),
                *missing_hand_ins(self._station, self.sessions),
                *missing_acts(self._station, self.sessions),
            ),
            conflicts=tuple(one.name for one in counts["conflict"]),
            banks=tuple(self._admitted),
            logs=tuple(self._taken_logs),
            receipts=receipts,
            cluster_fault=cluster_fault,
            sheets=tuple(self._taken_sheets),
        )


_ALONE = InputRefused(
    mark("a bank is admitted together with its scoring file, which did not come or was refused"),
    remedy=mark("Import both files together: NAME.bank and NAME.scoring"),
)
