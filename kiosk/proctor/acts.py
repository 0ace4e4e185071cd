"""What this device signed, kept before it is shown: one append-only file a session.

The file is a sequence of length-prefixed CBOR records (RFC 8949), each flushed to disk before its
token appears on the screen. A record cut short by a power cut or a full disk belongs to a token nobody
saw, so it is dropped when the file is read again, and before the next is written.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.proctor_log import Act, Remark
from kiosk.errors import StorageFault
from kiosk.trust.durable import make_secret_folder, sync_folder
from kiosk.words import mark

_LENGTH_BYTES = 4
_MAX_RECORD = 64 * 1024


class SignedAnswer(Struct, frozen=True, forbid_unknown_fields=True, tag="answer"):
    act: Act


class SignedRoom(Struct, frozen=True, forbid_unknown_fields=True, tag="room"):
    """A room token's part; `number` ascends within the session."""

    at: int
    number: int
    purpose: str
    minutes: int


class Noted(Struct, frozen=True, forbid_unknown_fields=True, tag="remark"):
    remark: Remark


class PackageSeen(Struct, frozen=True, forbid_unknown_fields=True, tag="package"):
    """The package number a terminal showed when it was done."""

    at: int
    terminal: bytes
    number: int


ActRecord = SignedAnswer | SignedRoom | Noted | PackageSeen


class ActsFile:
    """The acts of one session on this device."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records = self._read()

    @property
    def records(self) -> tuple[ActRecord, ...]:
        return tuple(self._records)

    @property
    def answers(self) -> tuple[Act, ...]:
        return tuple(record.act for record in self._records if isinstance(record, SignedAnswer))

    def last_room_number(self) -> int:
        """The highest room number signed here, 0 before the first."""
        numbers = (record.number for record in self._records if isinstance(record, SignedRoom))
        return max(numbers, default=0)

    def add(self, record: ActRecord) -> None:
        """Keeps `record`; it is on the disk when this returns.

        Raises:
            StorageFault: the disk did not take it. Nothing may be shown then.
        """
        body = encode(record)
        try:
            make_secret_folder(self._path.parent)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # The window and the command line may run at once: each sees the other's acts.
                fcntl.flock(handle, fcntl.LOCK_EX)
                self._records = self._read()
                _write_all(handle, len(body).to_bytes(_LENGTH_BYTES, "big") + body)
                os.fsync(handle)
            finally:
                os.close(handle)
            sync_folder(self._path.parent)
        except OSError as fault:
            raise StorageFault(
                mark("the act could not be kept, so nothing was signed"),
                where=self._path.name,
                remedy=mark("Free some space on this device and try again"),
            ) from fault
        self._records.append(record)

    def _read(self) -> list[ActRecord]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise StorageFault(
                mark("what this device signed before cannot be read"),
                where=self._path.name,
                remedy=mark("Let the other proctor's device sign, and keep this one"),
            ) from fault
        records: list[ActRecord] = []
        at = 0
        while at < len(data):
            length = int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
            end = at + _LENGTH_BYTES + length
            if end > len(data) or length > _MAX_RECORD:
                break
            record: ActRecord = decode(
                data[at + _LENGTH_BYTES : end],
                ActRecord,  # type: ignore[arg-type]  # a union is a type to msgspec
                "act of this device",
            )
            records.append(record)
            at = end
        if at < len(data):
            os.truncate(self._path, at)
        return records


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
