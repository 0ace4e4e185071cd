"""Devices of two enrolled proctors and a stick with the station's real repository and a release."""

from __future__ import annotations

import copy
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.trust_list import TRUST_TARGET, write_trust_list
from kiosk.proctor.desk import Desk
from kiosk.proctor.device import Device
from kiosk.trust.keystore import new_card
from kiosk.trust.proctor_keys import ProctorKeyStore
from kiosk.trust.repository import Repository
from tests.proctor.room import OPENS, SESSION, Places, Room

PIN = "271828"
NAMES = ("李建国", "王珺")


class ListedProctor:
    """A proctor as the room knows one: by the public record alone."""

    def __init__(self, record: KeyRecord) -> None:
        self.record = record


class Devices:
    """`boot_s` is CLOCK_BOOTTIME of the devices; `room.now` their wall clock."""

    def __init__(
        self,
        folder: Path,
        seats: tuple[str | None, ...] = ("08", None),
        places: Places = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.room = Room(folder / "room", seats, places)
        self.boot_s = 1000.0
        self.cards = [new_card(), new_card()]
        self.requests = [
            self.device(index).enrol(name, PIN, self.cards[index], {"host": "desk"})
            for index, name in enumerate(NAMES)
        ]
        self.room.proctors = [
            ListedProctor(self.device(index).record())  # type: ignore[misc]
            for index in range(len(NAMES))
        ]
        shares = list(self.room.shares.values())
        self.room.shares = {
            listed.record.kid: share
            for listed, share in zip(self.room.proctors, shares, strict=True)
        }
        now = datetime.fromtimestamp(OPENS - 3600, UTC)
        Repository.create(folder / "repository", folder / "keys", now=now)
        self.publish()
        self.releases.mkdir()
        (self.releases / f"{SESSION}.release").write_bytes(self.room.release())

    def copy(self, folder: Path) -> Devices:
        """The same day in another folder: enrolling costs a second, copying nothing."""
        shutil.copytree(self.folder, folder, symlinks=True)
        other = copy.copy(self)
        other.folder = folder
        other.room = copy.copy(self.room)
        other.room.folder = folder / "room"
        return other

    @property
    def stick(self) -> Path:
        return self.folder / "stick"

    @property
    def releases(self) -> Path:
        return self.folder / "releases"

    def state(self, proctor: int = 0) -> Path:
        return self.folder / f"desk-{proctor}"

    def device(self, proctor: int = 0) -> Device:
        device = Device(self.state(proctor), lambda: self.room.now)
        device.keys = ProctorKeyStore(
            self.state(proctor) / "key", clock=lambda: ("boot", self.boot_s)
        )
        return device

    def publish(self) -> None:
        """The station publishes its lists as the room now has them, and the stick gets them."""
        trust = self.room.trust()
        repository = Repository.open(self.folder / "repository", self.folder / "keys")
        repository.set_authority(trust.authority)
        repository.put(TRUST_TARGET, write_trust_list(trust.delegated))
        now = datetime.now(UTC)
        repository.publish(now=now, expires=now + timedelta(days=30))
        repository.export(self.stick)

    def install(self, proctor: int = 0) -> None:
        self.device(proctor).install(self.stick)
        self.device(proctor).install(self.releases)

    def open(self, proctor: int = 0) -> Desk:
        return self.device(proctor).open(PIN, self.cards[proctor])
