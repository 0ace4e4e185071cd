"""The witness of a journal: a small file that holds the count and head last told as saved.

SQLite ends a damaged write-ahead log at the last sound frame without a word, so a journal could lose its
tail unseen. The witness is written after each commit and never synced: after a power cut it may lag
behind the journal, which harms nothing; that a journal is shorter than its witness is never right.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from kiosk.errors import StorageFault
from kiosk.terminal.storage import damaged, fault_of, storage_faults, write_durably

_CHECK_BYTES = 8


class Tip(Struct, frozen=True):
    """How far a journal has come."""

    count: int
    head: bytes


class Witness:
    """The witness at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._behind = False

    def exists(self) -> bool:
        return self._path.exists()

    def begin(self, tip: Tip) -> None:
        """Make the file, durable when this returns.

        Raises:
            StorageFault: the disk does not take it.
        """
        write_durably(self._path, _bytes_of(tip))

    def read(self) -> Tip:
        """What was last told as saved.

        Raises:
            StorageFault: the file cannot be read, or is damaged.
        """
        with storage_faults(self._path):
            told = self._path.read_bytes()
        tip = Tip(int.from_bytes(told[:8], "big"), told[8:-_CHECK_BYTES])
        if told != _bytes_of(tip):
            raise damaged(self._path, "the journal's witness file is damaged")
        return tip

    def open(self) -> None:
        """Be ready to note.

        Raises:
            StorageFault: the file cannot be written.
        """
        with storage_faults(self._path):
            self._file = os.open(self._path, os.O_WRONLY | os.O_CLOEXEC)

    def note(self, tip: Tip) -> None:
        """Note a commit. A disk that does not take it now is seen by the next `catch_up`: failing here
        would have entries written twice that are kept already."""
        try:
            self._write(tip)
        except StorageFault:
            self._behind = True

    def catch_up(self, tip: Tip) -> None:
        """Before a commit: note what could not be noted after the last.

        Raises:
            StorageFault: it still cannot.
        """
        if self._behind:
            self._write(tip)
            self._behind = False

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, tip: Tip) -> None:
        assert self._file is not None
        try:
            os.pwrite(self._file, _bytes_of(tip), 0)
        except OSError as error:
            raise fault_of(error, self._path) from error


def _bytes_of(tip: Tip) -> bytes:
    told = tip.count.to_bytes(8, "big") + tip.head
    return told + hashlib.sha256(b"kiosk/seen/1" + told).digest()[:_CHECK_BYTES]
