"""A proctor's device on disk: key, installed trust, releases, acts. Opening it takes card and PIN."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from kiosk.artefacts.enrolment import write_enrolment
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import read_release, release_file
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.desk import Desk
from kiosk.trust.installed import Installed
from kiosk.trust.keystore import ProctorKeyStore
from kiosk.words import mark

MIN_PIN_DIGITS = 6


def wall_clock() -> int:
    """UTC epoch seconds."""
    return int(time.time())


class Device:
    """The folder `state`, created on first use with access for its owner alone."""

    def __init__(self, state: Path, now: Callable[[], int] = wall_clock) -> None:
        self._state = state
        self._now = now
        self.keys = ProctorKeyStore(state / "key")

    def enrol(self, name: str, pin: str, card: bytes, facts: dict[str, str]) -> bytes:
        """Makes this proctor's key and returns the `.enrol` for the station.

        Raises:
            InputRefused: the PIN is not six digits or more.
        """
        if len(pin) < MIN_PIN_DIGITS or not pin.isdecimal():
            raise InputRefused(mark("a PIN has at least {digits} digits"), digits=MIN_PIN_DIGITS)
        self._state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.keys.create(name, pin, card)
        return write_enrolment(self.keys.unlock(pin, card), self._now(), facts)

    def record(self) -> KeyRecord:
        """The proctor's public record, without card or PIN."""
        return self.keys.record()

    def install(self, source: Path) -> tuple[str, ...]:
        """Takes the trust repository and every `.release` found under `source`; returns the sessions.

        Raises:
            InputRefused, NotPermitted: a damaged, older or foreign repository, or a release that
                the station did not sign; what was installed before stays.
        """
        repository = next((path.parent for path in sorted(source.rglob("root.json"))), None)
        if repository is not None:
            self._install_trust(repository)
        sessions = []
        for path in sorted(source.rglob("*.release")):
            data = path.read_bytes()
            frame = read_release(data)
            file = release_file(frame, self.trust().signer(frame.kid, Role.STATION))
            folder = self._state / "releases"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            target = folder / f"{file.session}.release"
            part = target.with_suffix(".part")
            part.write_bytes(data)
            os.replace(part, target)
            sessions.append(file.session)
        if repository is None and not sessions:
            raise InputRefused(
                mark("nothing to install was found"),
                where=source.name,
                remedy=mark("Name the folder with the trust repository or the .release files"),
            )
        return tuple(sessions)

    def _install_trust(self, repository: Path) -> None:
        folder = self._state / "trust"
        installed = (
            Installed(folder)
            if folder.exists()
            else Installed.bootstrap(folder, (repository / "root.json").read_bytes())
        )
        installed.refresh(repository)

    def trust(self) -> Trust:
        """The installed trust lists."""
        return Installed(self._state / "trust").trust()

    def open(self, pin: str, card: bytes) -> Desk:
        """The unlocked desk with every release for this proctor.

        Raises:
            NotPermitted: wrong card or PIN (says how long to wait), nothing installed yet, or the key was revoked.
        """
        keys = self.keys.unlock(pin, card)
        trust = self.trust()
        trust.signer(keys.record.kid, Role.PROCTOR, at=self._now())
        desk = Desk(keys, trust, self._state / "acts", self._now)
        for path in sorted((self._state / "releases").glob("*.release")):
            try:
                desk.add_release(path.read_bytes())
            except NotPermitted:
                continue  # another proctor's session on a shared device
        return desk
