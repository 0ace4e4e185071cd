"""What this device signed, kept before it is shown: one append-only file a session.

A line a record: the first half of its SHA-256, and its CBOR in base64; flushed to disk before its
token appears on the screen. A last line cut short by a power cut or a full disk belongs to a token
nobody saw: it is passed over, and cut off before the next is written. Any other line that is not as
it was written is damage, and said: from these lines the desk knows which heads it has seen.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.proctor_log import Act, Remark
from kiosk.errors import InputRefused, StorageFault
from kiosk.trust.durable import make_secret_folder, sync_folder
from kiosk.words import mark

_DIGEST_BYTES = 16


class SignedAnswer(Struct, frozen=True, forbid_unknown_fields=True, tag="answer"):
    act: Act


class SignedRoom(Struct, frozen=True, forbid_unknown_fields=True, tag="room"):
    """A room token's part; `number` ascends within the session."""

    at: int
    number: int
    purpose: Literal["start", "resume"]
    minutes: int


class Noted(Struct, frozen=True, forbid_unknown_fields=True, tag="remark"):
    remark: Remark


class PackageSeen(Struct, frozen=True, forbid_unknown_fields=True, tag="package"):
    """The package number a terminal showed when it was done."""

    at: int
    terminal: bytes
    number: int


class Seen(Struct, frozen=True, forbid_unknown_fields=True, tag="seen"):
    """A challenge that was scanned, signed for or not: how far the terminal had come."""

    at: int
    terminal: bytes
    count: int
    head: bytes
    phase: Phase
    remaining_s: int = 0
    granted_min: int = 0


class HandedIn(Struct, frozen=True, forbid_unknown_fields=True, tag="handed-in"):
    """A seat whose exam is handed in; `leaf` of its slip, empty where none was scanned."""

    at: int
    terminal: bytes
    leaf: bytes = b""


ActRecord = SignedAnswer | SignedRoom | Noted | PackageSeen | Seen | HandedIn


class ActsFile:
    """The acts of one session on this device."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._records = self._read(self._bytes())

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
        try:
            make_secret_folder(self._path.parent)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                # The window and the command line may run at once: each sees the other's acts.
                fcntl.flock(handle, fcntl.LOCK_EX)
                data = self._bytes()
                self._records = self._read(data)
                os.ftruncate(handle, data.rfind(b"\n") + 1)
                _write_all(handle, _line(encode(record)))
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

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as fault:
            raise self._unreadable() from fault

    def _read(self, data: bytes) -> list[ActRecord]:
        *lines, _cut_short = data.split(b"\n")
        return [self._record(line) for line in lines]

    def _record(self, line: bytes) -> ActRecord:
        try:
            body = base64.b64decode(line.rpartition(b" ")[2], validate=True)
            if _line(body) != line + b"\n":
                raise self._unreadable()
            record: ActRecord = decode(
                body,
                ActRecord,  # type: ignore[arg-type]  # a union is a type to msgspec
                "act of this device",
            )
        except (ValueError, InputRefused) as fault:
            raise self._unreadable() from fault
        return record

    def _unreadable(self) -> StorageFault:
        return StorageFault(
            mark("what this device signed before cannot be read"),
            where=self._path.name,
            remedy=mark("Let the other proctor's device sign, and keep this one"),
        )


def _line(body: bytes) -> bytes:
    digest = hashlib.sha256(body).digest()[:_DIGEST_BYTES]
    return digest.hex().encode() + b" " + base64.b64encode(body) + b"\n"


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
