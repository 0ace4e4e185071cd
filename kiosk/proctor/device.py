"""A proctor's device on disk: key, installed trust, releases, acts. Opening it takes card and PIN."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.enrolment import write_enrolment
from kiosk.artefacts.fingerprint import root_words
from kiosk.artefacts.keys import KeyRecord, require_name
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.release import read_release, release_file
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.proctor.desk import Desk
from kiosk.trust.durable import (
    SECRET_FILE,
    make_secret_folder,
    read_given,
    storage,
    write_durable,
)
from kiosk.trust.installed import MAX_ROOT_BYTES, Installed
from kiosk.trust.keystore import ProctorKeyStore
from kiosk.trust.proctor_keys import MIN_PIN_LENGTH
from kiosk.words import LANGUAGES, mark

MAX_RELEASE_BYTES = 4 * 1024**2
"""A room of 60 seats with two exams takes 30 KB."""


def wall_clock() -> int:
    """UTC epoch seconds."""
    return int(time.time())


class Taken(Struct, frozen=True):
    """What an installation took in: session names; and the releases it kept out, with why."""

    sessions: tuple[str, ...]
    refused: tuple[tuple[str, KioskError], ...]


class Device:
    """The folder `state`, created on first use with access for its owner alone."""

    def __init__(self, state: Path, now: Callable[[], int] = wall_clock) -> None:
        self._state = state
        self.now = now
        self.keys = ProctorKeyStore(state / "key")
        self.left_out: tuple[tuple[str, KioskError], ...] = ()
        """Releases that the last `open` could not use, with why."""

    def enrol(self, name: str, pin: str, card: bytes, facts: dict[str, str]) -> bytes:
        """Makes this proctor's key and returns the `.enrol` for the station.

        Raises:
            InputRefused: the PIN is not six digits or more, or the name cannot be shown.
            NotPermitted: there is a key already.
        """
        require_name(name)
        if len(pin) < MIN_PIN_LENGTH or not pin.isdecimal():
            raise InputRefused(mark("a PIN has at least {digits} digits"), digits=MIN_PIN_LENGTH)
        make_secret_folder(self._state)
        self.keys.create(name, pin, card)
        return write_enrolment(self.keys.unlock(pin, card), self.now(), facts)

    def record(self) -> KeyRecord:
        """The proctor's public record, without card or PIN."""
        return self.keys.record()

    def install(self, source: Path) -> Taken:
        """Takes in the trust repository and every `.release` found under `source`.

        A damaged or foreign release is kept out and named; the others are taken.

        Raises:
            InputRefused, NotPermitted: a damaged, older or foreign repository, or nothing at all to
                take in; what was installed before stays.
        """
        repository = next((path.parent for path in sorted(source.rglob("root.json"))), None)
        if repository is not None:
            self._install_trust(repository)
        sessions: list[str] = []
        refused: list[tuple[str, KioskError]] = []
        for path in sorted(source.rglob("*.release")):
            try:
                sessions.append(self._take_release(path))
            except (InputRefused, NotPermitted) as fault:
                refused.append((path.name, fault))
        if repository is None and not sessions:
            if refused:
                raise refused[0][1]
            raise InputRefused(
                mark("nothing to install was found"),
                where=str(source),
                remedy=mark("Name the folder with the trust repository or the .release files"),
            )
        return Taken(tuple(sessions), tuple(refused))

    def _take_release(self, path: Path) -> str:
        data = read_given(path, MAX_RELEASE_BYTES)
        frame = read_release(data)
        file = release_file(frame, self.trust().signer(frame.kid, Role.STATION))
        if Path(file.session).name != file.session:
            raise InputRefused(mark("a session's name cannot be a path"), where=path.name)
        folder = self._state / "releases"
        make_secret_folder(folder)
        write_durable(folder / f"{file.session}.release", data, SECRET_FILE)
        return file.session

    def _install_trust(self, repository: Path) -> None:
        root = repository / "root.json"
        root_json = read_given(root, MAX_ROOT_BYTES)
        folder = self._state / "trust"
        installed = (
            Installed(folder) if self.knows_station else Installed.bootstrap(folder, root_json)
        )
        installed.refresh(repository)

    @property
    def knows_station(self) -> bool:
        """Whether a station's root was taken in already."""
        return (self._state / "trust" / "root.json").exists()

    def root_words(self) -> dict[str, tuple[str, ...]]:
        """The words of the installed root by language, to compare with the station's."""
        path = self._state / "trust" / "root.json"
        with storage(path):
            root_json = path.read_bytes()
        return {lang: root_words(root_json, lang) for lang in LANGUAGES}

    def trust(self) -> Trust:
        """The installed trust lists.

        Raises:
            NotPermitted: nothing is installed yet.
        """
        return Installed(self._state / "trust").trust()

    @property
    def templates(self) -> Path:
        """Where this device's own templates of papers lie, if there are any."""
        return self._state / "templates"

    def open(self, pin: str, card: bytes) -> Desk:
        """The unlocked desk with every release for this proctor.

        Raises:
            NotPermitted: wrong card or PIN (says how long to wait), nothing installed yet, or the
                key was revoked.
        """
        keys = self.keys.unlock(pin, card)
        trust = self.trust()
        trust.signer(keys.record.kid, Role.PROCTOR, at=self.now())
        desk = Desk(keys, trust, self._state / "acts", self.now)
        left_out: list[tuple[str, KioskError]] = []
        for path in sorted((self._state / "releases").glob("*.release")):
            with storage(path):
                data = path.read_bytes()
            try:
                desk.add_release(data)
            except (InputRefused, NotPermitted) as fault:
                left_out.append((path.name, fault))
        self.left_out = tuple(left_out)
        return desk
