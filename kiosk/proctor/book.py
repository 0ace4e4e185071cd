"""What a proctor's device holds while it is unlocked: the sessions it may release, and what it did.

Acts go to one file a session; the signed `.proctorlog` is made from it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.bundle import collected_from
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import HandIn, ProctorLog, Remark, write_log
from kiosk.artefacts.release import (
    DeskSecret,
    ReleaseFile,
    SeatName,
    open_release,
    read_release,
    release_file,
)
from kiosk.artefacts.slip import HandInSlip
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.proctor.acts import ActsFile, HandedIn, Noted, PackageSeen
from kiosk.proctor.seats import SeatLine, room_seats
from kiosk.trust.durable import read_given, storage, write_durable
from kiosk.words import mark

MAX_BUNDLE_BYTES = 64 * 1024**2
"""A package of a hundred items takes 4 KB; a terminal keeps some hundreds."""


class Collected(Struct, frozen=True):
    """Seats, as people call them."""

    collected: tuple[str, ...]
    waiting: tuple[str, ...]


class Book:
    """One proctor's releases and acts.

    Args:
        keys: the proctor's keys, out of the key store.
        trust: the installed trust lists.
        folder: where acts are kept.
        now: UTC epoch seconds.
    """

    def __init__(self, keys: Party, trust: Trust, folder: Path, now: Callable[[], int]) -> None:
        self.keys = keys
        self.trust = trust
        self.folder = folder
        self.now = now
        self._releases: dict[str, tuple[ReleaseFile, DeskSecret]] = {}
        self._acts: dict[str, ActsFile] = {}

    @property
    def name(self) -> str:
        return self.keys.record.name

    @property
    def sessions(self) -> tuple[ReleaseFile, ...]:
        """The sessions this proctor can release, earliest first."""
        files = (file for file, _ in self._releases.values())
        return tuple(sorted(files, key=lambda file: (file.opens_at, file.session)))

    def add_release(self, data: bytes) -> ReleaseFile:
        """Takes a `.release` in.

        Raises:
            InputRefused, NotPermitted: damaged, not by the station, or not for this proctor.
        """
        frame = read_release(data)
        file = release_file(frame, self.trust.signer(frame.kid, Role.STATION))
        self._releases[file.session] = file, open_release(file, self.keys)
        return file

    def expected(self, session: str) -> tuple[SeatName, ...]:
        """Who is expected in `session`, by seat and name."""
        return self.release(session)[1].seats

    def label(self, terminal: bytes) -> str:
        """What people call a terminal of any session here; empty when unknown."""
        for file in self.sessions:
            for known in file.terminals:
                if known.record.kid == terminal:
                    return known.seated.seat or known.seated.label
        return ""

    def note(self, session: str, kind: str, words: str, *, candidate: str = "") -> None:
        """Keeps attendance or an incident in the proctor's words."""
        self.acts(session).add(Noted(Remark(self.now(), candidate, kind, words)))

    def saw_package(self, session: str, terminal: bytes, number: int) -> None:
        """Keeps the package number that a terminal showed when it was done."""
        self.acts(session).add(PackageSeen(self.now(), terminal, number))

    def seats(self, session: str) -> tuple[SeatLine, ...]:
        """The room's seats as far as this desk's scans tell."""
        file, secret = self.release(session)
        return room_seats(file, secret.seats, self.acts(session).records)

    def hand_in(self, session: str, terminal: bytes, slip: HandInSlip | None) -> None:
        """Keeps that a seat handed in, with the slip it showed where one was scanned.

        Raises:
            InputRefused: the slip was scanned for another seat before.
            NotPermitted: a terminal that is not of the session.
        """
        if terminal not in {line.terminal for line in self.seats(session)}:
            raise NotPermitted(mark("this terminal is not part of the session"), where=session)
        leaf = slip.leaf if slip is not None else b""
        for record in self.acts(session).records:
            if isinstance(record, HandedIn) and leaf and record.leaf == leaf:
                if record.terminal == terminal:
                    return
                raise InputRefused(
                    mark("seat {seat} showed this slip before"),
                    remedy=mark("Scan the slip on the seat's own screen"),
                    seat=self.label(record.terminal) or "-",
                )
        self.acts(session).add(HandedIn(self.now(), terminal, leaf))

    def collect(self, session: str, folder: Path) -> None:
        """Reads the bundles on a collecting stick and keeps which packages are on it. What cannot be
        read is passed over: its seat stays to collect.

        Raises:
            InputRefused: no package of the session is there.
            NotPermitted: an unknown session.
            StorageFault: the folder cannot be read, or it could not be kept.
        """
        records = {one.record.kid: one.record for one in self.release(session)[0].terminals}

        def signer(kid: bytes) -> KeyRecord:
            if kid not in records:
                raise NotPermitted(mark("this terminal is not part of the session"))
            return records[kid]

        found = collected_from(_bundles(folder), session, signer)
        if not found:
            raise InputRefused(
                mark("no package of this session is in the folder"),
                where=folder.name,
                remedy=mark("Choose the stick that was at the terminals"),
            )
        known = {line.terminal: line.package for line in self.seats(session)}
        for kid, number in found.items():
            if number > known[kid]:
                self.saw_package(session, kid, number)

    def collected(self, session: str) -> Collected:
        """The seats whose package was on a stick that this desk read, and those still to collect."""
        lines = self.seats(session)
        return Collected(
            tuple(line.label for line in lines if line.package),
            tuple(line.label for line in lines if line.due),
        )

    def acts(self, session: str) -> ActsFile:
        """What this device did in `session`."""
        if session not in self._acts:
            self._acts[session] = ActsFile(self.acts_path(session))
        return self._acts[session]

    def acts_path(self, session: str) -> Path:
        """Where they are kept.

        Raises:
            NotPermitted: an unknown session.
        """
        self.release(session)
        name = hashlib.sha256(session.encode()).hexdigest()[:16]
        return self.folder / f"{name}-{self.keys.record.kid.hex()}.acts"

    def save_log(self, session: str, folder: Path) -> Path:
        """Writes the `.proctorlog` of a session into `folder` and returns its file.

        Raises:
            NotPermitted: an unknown session.
            StorageFault: the stick is full, read-only or gone.
        """
        data = self.write_log(session)
        path = folder / f"{session}-{self.keys.record.kid.hex()}.proctorlog"
        write_durable(path, data)
        return path

    def write_log(self, session: str) -> bytes:
        """The signed `.proctorlog` of a session."""
        records = self.acts(session).records
        packages: dict[bytes, int] = {}
        for record in records:
            if isinstance(record, PackageSeen):
                packages[record.terminal] = max(record.number, packages.get(record.terminal, 0))
        people = {
            line.terminal: line.candidate.number for line in self.seats(session) if line.candidate
        }
        log = ProctorLog(
            session=session,
            proctor=self.keys.record.kid,
            written_at=self.now(),
            acts=self.acts(session).answers,
            remarks=tuple(record.remark for record in records if isinstance(record, Noted)),
            packages=packages,
            handed_in=tuple(
                HandIn(record.at, record.terminal, people.get(record.terminal, ""), record.leaf)
                for record in records
                if isinstance(record, HandedIn)
            ),
        )
        return write_log(log, self.keys)

    def release(self, session: str) -> tuple[ReleaseFile, DeskSecret]:
        if session not in self._releases:
            raise NotPermitted(
                mark("this desk has no release for session {session}"),
                remedy=mark("Copy the session's .release file to this device"),
                session=session,
            )
        return self._releases[session]

    def require_proctor(self, session: str, proctor: KeyRecord) -> None:
        """
        Raises:
            NotPermitted: none of the session, or an unknown session.
        """
        if proctor.kid not in self.release(session)[0].sealed:
            raise NotPermitted(
                mark("{name} is not a proctor of this session"),
                where=session,
                name=proctor.name,
            )

    def check_window(self, session: str) -> None:
        file, _ = self.release(session)
        now = self.now()
        if not file.opens_at <= now <= file.closes_at:
            early = now < file.opens_at
            raise NotPermitted(
                mark("the session's window has not begun")
                if early
                else mark("the session's window is over"),
                where=session,
            )


def _bundles(folder: Path) -> Iterator[bytes]:
    with storage(folder):
        paths = sorted(folder.rglob("*.bundle"))
    for path in paths:
        try:
            data = read_given(path, MAX_BUNDLE_BYTES)
        except (InputRefused, StorageFault):
            continue
        yield data
