"""The private key file's format: canonical CBOR, never shown.

`KeyFile` stands bare in a `FileKeyStore` (0600) and wrapped in a `ProctorKeyStore`.
"""

from __future__ import annotations

from typing import Literal

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.hidden import Hidden
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.errors import InputRefused, StorageFault
from kiosk.words import mark


class KeyFile(Hidden, frozen=True, forbid_unknown_fields=True):
    """What `private.key` holds; `sign` and `seal` are the raw 32-byte private keys."""

    suite: Literal[1]
    record: KeyRecord
    sign: bytes
    seal: bytes | None


def key_file_bytes(keys: PrivateKeys) -> bytes:
    """A `KeyFile` of `keys`, to be written nowhere but to a secret file or inside a wrapping."""
    sign, seal = keys.private_bytes()
    return encode(KeyFile(1, keys.record, sign, seal))


def keys_of(data: bytes, where: str) -> PrivateKeys:
    """The keys in the bytes of a `KeyFile`.

    Raises:
        StorageFault: damaged. The cause is left out: it could quote what it read.
    """
    try:
        file = decode(data, KeyFile, "private key file")
        return PrivateKeys(file.record, file.sign, file.seal)
    except (InputRefused, ValueError):
        raise StorageFault(
            mark("the private key is damaged"),
            where=where,
            remedy=mark("Bring it back from its safe copy, or make a new one and enrol it"),
        ) from None
