"""The desk for an inspector (巡考, 质量督导员): what is known of the room, and a key that is not there.

Not a desk whose buttons are hidden: its keys were left behind and its acts take no more, so nothing can
be signed or noted from it, whatever asks.
"""

from __future__ import annotations

from kiosk.artefacts.keys import KeyRecord, Opener, Signer
from kiosk.artefacts.release import DeskSecret, ReleaseFile
from kiosk.errors import NotPermitted
from kiosk.proctor.acts import ActRecord, ActsFile
from kiosk.proctor.desk import Desk
from kiosk.words import mark


def only_shows() -> NotPermitted:
    """Why nothing can be signed."""
    return NotPermitted(
        mark("this desk only shows; nothing can be signed or noted"),
        remedy=mark("End the read-only desk, and unlock it with your card and PIN"),
    )


class NoKeys(Signer, Opener):
    """The public half of a proctor's keys."""

    def __init__(self, record: KeyRecord) -> None:
        self._record = record

    @property
    def record(self) -> KeyRecord:
        return self._record

    def sign(self, message: bytes) -> bytes:
        raise only_shows()

    def open(self, sealed: bytes, context: bytes) -> bytes:
        raise only_shows()


class ShownActs(ActsFile):
    """Read anew whenever they are asked for, so that what the proctor's other programs sign is shown."""

    def add(self, record: ActRecord) -> None:
        raise only_shows()


class ShownDesk(Desk):
    """`desk` as an inspector sees it. The shares of its sessions are left behind too."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(NoKeys(desk.keys.record), desk.trust, desk.folder, desk.now)
        for file in desk.sessions:
            self._releases[file.session] = file, _named(desk.release(file.session))

    def acts(self, session: str) -> ActsFile:
        return ShownActs(self.acts_path(session))


def _named(release: tuple[ReleaseFile, DeskSecret]) -> DeskSecret:
    return DeskSecret(b"", release[1].seats)
