"""What a verified chain of TUF metadata lists, as a plain value that is read without TUF's library.

A device keeps it beside the metadata it was read from. Its own disk is where `root.json` lies, too:
who can write there can name another root, so checking signatures again at every start would cost
60 ms of imports (measured on two cores) and protect nothing more. Digests of targets are checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from kiosk.errors import NotPermitted
from kiosk.words import mark


class Listed(Struct, frozen=True, forbid_unknown_fields=True):
    """What the metadata says of a target. `role` is who vouches: `targets` or `station`."""

    length: int
    sha256: bytes
    role: str

    def is_of(self, data: bytes) -> bool:
        return len(data) == self.length and hashlib.sha256(data).digest() == self.sha256


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """All targets that are listed by those who may, by name.

    `versions` are those of the metadata read, by role; `expires_at` is the earliest expiry among
    them, UTC epoch seconds.
    """

    versions: dict[str, int]
    expires_at: int
    targets: dict[str, Listed]

    def target(self, name: str) -> Listed:
        """
        Raises:
            NotPermitted: not listed.
        """
        try:
            return self.targets[name]
        except KeyError as fault:
            raise NotPermitted(
                mark("the station's files do not have this"),
                where=name,
                remedy=mark("Install the newest files of the station"),
            ) from fault


class Fetches(Protocol):
    """Who fetches files of a repository by their names below it: a `tuf` fetcher."""

    def fetch(self, url: str) -> Iterator[bytes]: ...


def stored_name(name: str, listed: Listed) -> str:
    """The file name of a target on a device: its digest, and its suffix for people."""
    return listed.sha256.hex() + Path(name).suffix
