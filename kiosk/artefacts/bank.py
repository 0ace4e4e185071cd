"""`.bank`: what candidates see, encrypted; and the SQLite image inside it.

File: the magic `KIOSKBNK`, the manifest's length (4 bytes, big-endian), the manifest (COSE_Sign1 by
the author), then Cobblestone-256 under K_bank of a SQLite image. The image lives in RAM only and is
opened as hostile: its author may be malicious, so its schema must be exactly `SCHEMA` and the
connection can do nothing but read three tables.
"""

from __future__ import annotations

import sqlite3
import sys

from msgspec import Struct

from kiosk.artefacts.codec import decode
from kiosk.artefacts.cose import Frame, read_frame, verified
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, stream_open, stream_seal
from kiosk.assessment.items import Item
from kiosk.errors import InputRefused
from kiosk.words import mark

MAGIC = b"KIOSKBNK"
MAX_MANIFEST_BYTES = 64 * 1024
MAX_VALUE_BYTES = 16 * 1024 * 1024
"""Longest value (an item, a picture) that SQLite will give out."""

SHEET = "formula-sheet"
"""The name under which the table of items holds the formula sheet, an item without interactions, so that
programs that do not know it read the bank all the same. No sealed item is called so."""

SCHEMA: tuple[str, ...] = (
    "CREATE TABLE item (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE media (id TEXT PRIMARY KEY, png BLOB NOT NULL) STRICT, WITHOUT ROWID",
)
_TABLES = frozenset({"item", "media"})
# A hostile image can also make sqlite3 stumble over text that is not UTF-8 (in its own error
# messages, too) and over lengths that it cannot allocate.
_UNUSABLE = (sqlite3.Error, UnicodeDecodeError, MemoryError)


class BankManifest(Struct, frozen=True, forbid_unknown_fields=True):
    """What a bank is, signed by its author; it stands in the `.bank` and in the `.scoring`.

    `image_sha256` and `scoring_sha256` are of the two ciphertexts. `items` counts by kind.
    """

    bank: str
    version: str
    discipline: str
    title: dict[str, str]
    standard: str
    levels: tuple[str, ...]
    languages: tuple[str, ...]
    items: dict[str, int]
    image_sha256: bytes
    scoring_sha256: bytes
    sealed_at: int


class BankFile(Struct, frozen=True):
    """The two parts of a `.bank`, nothing verified yet."""

    manifest: Frame
    manifest_bytes: bytes
    ciphertext: memoryview


def write_bank(manifest: bytes, ciphertext: bytes) -> bytes:
    """The bytes of a `.bank` from the signed manifest and the sealed image."""
    return MAGIC + len(manifest).to_bytes(4, "big") + manifest + ciphertext


def read_bank(data: bytes | memoryview) -> BankFile:
    """The parts of a `.bank`.

    Raises:
        InputRefused: not a bank file, or cut short.
    """
    view = memoryview(data)
    start = len(MAGIC) + 4
    length = int.from_bytes(view[len(MAGIC) : start], "big")
    if bytes(view[: len(MAGIC)]) != MAGIC or not 0 < length <= MAX_MANIFEST_BYTES:
        raise InputRefused(mark("not a bank file"), remedy=_REMEDY)
    if len(view) <= start + length:
        raise InputRefused(mark("the bank file is cut short"), remedy=_REMEDY)
    manifest = bytes(view[start : start + length])
    return BankFile(read_frame(manifest, mark("bank manifest")), manifest, view[start + length :])


def read_manifest(frame: Frame, author: KeyRecord) -> BankManifest:
    """The manifest, once the author's signature holds."""
    return decode(
        verified(frame, Kind.BANK, author, mark("bank")), BankManifest, mark("bank manifest")
    )


def image_context(bank: str, version: str) -> bytes:
    """What the sealed image is bound to."""
    return context(Kind.BANK, bank, version)


def seal_image(key: bytes, image: bytes, bank: str, version: str) -> bytes:
    return stream_seal(key, image, image_context(bank, version))


def open_bank(key: bytes, ciphertext: memoryview, bank: str, version: str) -> BankReader:
    """A reader over the decrypted image in RAM.

    Raises:
        InputRefused: another bank's key, damaged or cut short, or an image that is not ours.
    """
    image = stream_open(key, ciphertext, image_context(bank, version))
    return BankReader(image)


class BankReader:
    """Reads items and pictures from a bank image, and can do nothing else with it."""

    def __init__(self, image: bytes | memoryview) -> None:
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        try:
            self._connection.deserialize(image)
            _harden(self._connection)
            _check_schema(self._connection)
        except _UNUSABLE as fault:
            self._connection.close()
            raise InputRefused(f"the bank's image is not usable: {fault}", remedy=_ASK) from fault
        except InputRefused:
            self._connection.close()
            raise

    def item(self, identifier: str) -> Item:
        """The item sealed as `identifier`.

        Raises:
            InputRefused: the bank has no such item, or it is not valid.
        """
        item = decode(
            self._value("SELECT body FROM item WHERE id = ?", identifier), Item, mark("item")
        )
        if item.id != identifier:
            raise InputRefused(
                mark("an item under another item's name"), where=identifier, remedy=_ASK
            )
        return item

    def media(self, identifier: str) -> bytes:
        """The PNG kept as `identifier`."""
        return self._value("SELECT png FROM media WHERE id = ?", identifier)

    def sheet(self) -> Item | None:
        """The formula sheet, if the bank has one."""
        return self.item(SHEET) if SHEET in self._all_ids() else None

    def item_ids(self) -> tuple[str, ...]:
        """Every sealed item's identifier, in order."""
        return tuple(one for one in self._all_ids() if one != SHEET)

    def _all_ids(self) -> tuple[str, ...]:
        ids = tuple(row[0] for row in self._rows("SELECT id FROM item ORDER BY id"))
        return tuple(_text(identifier) for identifier in ids)

    def _value(self, query: str, identifier: str) -> bytes:
        rows = self._rows(query, identifier)
        if not rows:
            raise InputRefused(mark("the bank does not hold this"), where=identifier, remedy=_ASK)
        value = rows[0][0]
        if not isinstance(value, bytes):
            raise InputRefused(mark("the bank's image is not usable: wrong type"), where=identifier)
        return value

    def _rows(self, query: str, *values: str) -> list[tuple[object, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except _UNUSABLE as fault:
            raise InputRefused(f"the bank's image is damaged: {fault}", remedy=_ASK) from fault

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> BankReader:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputRefused(mark("the bank's image is not usable: wrong type"), remedy=_ASK)
    return value


def _harden(connection: sqlite3.Connection) -> None:
    """Every defence this Python's sqlite3 has (https://sqlite.org/security.html)."""
    # A sqlite3 built without it cannot load extensions at all.
    if hasattr(connection, "enable_load_extension"):
        connection.enable_load_extension(False)
    if sys.version_info >= (3, 12):
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_TRUSTED_SCHEMA, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA query_only = ON")
    connection.set_authorizer(_only_reading)


def _only_reading(
    action: int, first: str | None, second: str | None, database: str | None, inside: str | None
) -> int:
    if action == sqlite3.SQLITE_SELECT and inside is None:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and inside is None and first in _TABLES | {"sqlite_master"}:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _check_schema(connection: sqlite3.Connection) -> None:
    found = connection.execute("SELECT type, sql FROM sqlite_master").fetchall()
    if sorted(found, key=repr) != sorted([("table", sql) for sql in SCHEMA], key=repr):
        raise InputRefused(mark("the bank's image has not the tables of a bank"), remedy=_ASK)


_REMEDY = "Copy the file again from where it came; keep this one"
_ASK = "Ask the certification station for a new copy of the bank"
