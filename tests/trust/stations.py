"""A station's repository for tests: the samples' parties, and something to publish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from kiosk.artefacts.trust_list import TRUST_TARGET, write_trust_list
from kiosk.trust.repository import Repository
from tests.artefacts import samples

NOW = datetime(2026, 9, 21, 12, 0, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=14)


class AStation:
    """`AStation(tmp_path)` has a repository; `publish` writes it to a stick."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys, self.offline = folder / "keys", folder / "offline"
        self.repository = Repository.create(
            folder / "repository", self.keys, now=NOW, offline=self.offline
        )
        self.repository.set_authority(samples.an_authority())
        self.revoke()
        self.repository.put("banks/re-se.bank", samples.sample("bank").data)
        self.repository.put(f"sessions/{samples.SESSION}.session", samples.sample("session").data)

    def revoke(self, *kids: bytes) -> None:
        self.repository.put(TRUST_TARGET, write_trust_list(samples.a_trust_list(*kids)))

    def publish(self, name: str = "usb", now: datetime = NOW, expires: datetime = EXPIRES) -> Path:
        """Publishes to the stick `name`, and gives its folder."""
        self.repository.publish(now=now, expires=expires)
        stick = self.folder / name
        self.repository.export(stick)
        return stick
