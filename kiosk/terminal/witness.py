"""The witness of a journal: a small file that holds the count and head last told as saved.

SQLite ends a damaged write-ahead log at the last sound frame without a word, so a journal could lose its
tail unseen. The witness is written after each commit and never synced: after a power cut it may lag
behind the journal, which harms nothing; that a journal is shorter than its witness is never right.

The file has two places, written in turn, so that a write that arrives in part spoils the older one only.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from msgspec import Struct

from kiosk.errors import StorageFault
from kiosk.terminal.storage import damaged, full, storage_faults, write_durably

_CHECK_BYTES = 8
_PLACE_BYTES = 8 + 32 + _CHECK_BYTES


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
        self._newer = 0
        """The place that holds what was last told."""

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
        # A file that was just begun has one place.
        tips = [_tip_in(told[at : at + _PLACE_BYTES]) for at in (0, _PLACE_BYTES)]
        known = [(tip.count, place) for place, tip in enumerate(tips) if tip is not None]
        if len(told) not in (_PLACE_BYTES, 2 * _PLACE_BYTES) or not known:
            raise damaged(self._path, "the journal's witness file is damaged")
        _, self._newer = max(known)
        tip = tips[self._newer]
        assert tip is not None
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
        older = 1 - self._newer
        told = _bytes_of(tip)
        with storage_faults(self._path):
            written = os.pwrite(self._file, told, older * _PLACE_BYTES)
        if written != len(told):
            raise full(self._path)
        self._newer = older


def _tip_in(told: bytes) -> Tip | None:
    """What a place tells; None where it is not whole."""
    tip = Tip(int.from_bytes(told[:8], "big"), told[8:-_CHECK_BYTES])
    return tip if told == _bytes_of(tip) else None


def _bytes_of(tip: Tip) -> bytes:
    told = tip.count.to_bytes(8, "big") + tip.head
    return told + hashlib.sha256(b"kiosk/seen/1" + told).digest()[:_CHECK_BYTES]
