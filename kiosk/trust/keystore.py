"""Private keys on disk: one file in a folder of its own, readable by its owner alone.

`private.key` is canonical CBOR of a `KeyFile` (docs/formats.md). Programs hold what `load` gives as
`Signer` and `Opener` (`artefacts.keys`), so that a TPM can take the place of the file. A proctor's
keys are wrapped under card and PIN on top (`proctor_keys`).
"""

from __future__ import annotations

from pathlib import Path

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused
from kiosk.trust.durable import read_secret, storage, write_durable, write_secret
from kiosk.trust.key_file import key_file_bytes, keys_of
from kiosk.trust.proctor_keys import ProctorKeyStore, card_text, new_card, read_card
from kiosk.words import mark

__all__ = [
    "FileKeyStore",
    "ProctorKeyStore",
    "card_text",
    "new_card",
    "read_card",
    "read_record",
    "write_record",
]

MAX_RECORD_BYTES = 4 * 1024


class FileKeyStore:
    """The keys of one party in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "private.key"

    def exists(self) -> bool:
        return self._path.exists()

    def create(self, role: Role, name: str, *, not_after: int | None = None) -> PrivateKeys:
        """New keys, on disk when this returns. `not_after` is UTC epoch seconds.

        Raises:
            NotPermitted: there are keys already.
            StorageFault: the disk refuses.
        """
        keys = PrivateKeys.generate(role, name, not_after=not_after)
        write_secret(self._path, key_file_bytes(keys))
        return keys

    def load(self) -> PrivateKeys:
        """The keys.

        Raises:
            StorageFault: there are none, or they are damaged.
            NotPermitted: others can read them.
        """
        return keys_of(read_secret(self._path), str(self._path))


def write_record(path: Path, record: KeyRecord) -> None:
    """A public key record as a file, for others to read; suffix `.pub`."""
    write_durable(path, encode(record))


def read_record(path: Path) -> KeyRecord:
    """A record as `write_record` wrote it. It says who claims the key, not that one may believe it.

    Raises:
        InputRefused: not a key record.
        StorageFault: not there, or the disk refuses.
    """
    with storage(path), path.open("rb") as file:
        data = file.read(MAX_RECORD_BYTES + 1)
    if len(data) > MAX_RECORD_BYTES:
        raise InputRefused(mark("not a valid key record: too long"), where=str(path))
    try:
        return decode(data, KeyRecord, "key record")
    except InputRefused as fault:
        raise fault.at(str(path)) from fault
