"""Files coming in by pieces: each by whose it is and its digest, whole once the digest is right.

A piece that does not go on where the file ends changes nothing, so pieces may come twice, late and out
of order. What a restart leaves is gone on with; what a power cut leaves damaged begins anew.
"""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from kiosk.artefacts.exchange import Put
from kiosk.trust.durable import storage

MOST_PARTS = 4
"""Files one sender may have coming in; the oldest goes."""
STALE_S = 14 * 24 * 60 * 60
"""A file that did not go on for so long is not waited for: it would begin anew."""


class Parts:
    """The files coming in, in one folder. Call it from one thread at a time."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            StorageFault: the folder cannot be made.
        """
        self._folder = folder
        with storage(folder):
            folder.mkdir(parents=True, exist_ok=True)

    def add(self, sender: bytes, piece: Put) -> int | Path:
        """Take a piece of a file of `sender` (its kid): how many bytes are held then, or where the whole
        file is, flushed. Whoever gets a path moves the file away or drops it.

        Raises:
            StorageFault: the disk refuses.
        """
        part = self._folder / f"{sender.hex()}-{piece.sha256.hex()}.part"
        with storage(part):
            held = part.stat().st_size if part.exists() else 0
            if held > piece.size:
                part.unlink()  # somebody told another size before
                held = 0
            if held < piece.size:
                if piece.offset != held or not piece.data or held + len(piece.data) > piece.size:
                    return held
                if not held:
                    self._make_room(sender, part)
                with part.open("ab") as file:
                    file.write(piece.data)
                held += len(piece.data)
            if held < piece.size:
                return held
            with part.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").digest()
                os.fsync(file.fileno())
            if digest != piece.sha256:
                part.unlink()  # begun again from nothing
                return 0
        return part

    def tidy(self, now_s: float | None = None) -> int:
        """Drop what nobody goes on with; how many files that were.

        Raises:
            StorageFault: the disk refuses.
        """
        before = (time.time() if now_s is None else now_s) - STALE_S
        with storage(self._folder):
            stale = [one for one in self._folder.glob("*.part") if one.stat().st_mtime < before]
            for one in stale:
                one.unlink(missing_ok=True)
        return len(stale)

    def _make_room(self, sender: bytes, part: Path) -> None:
        parts = [one for one in self._folder.glob(f"{sender.hex()}-*.part") if one != part]
        parts.sort(key=lambda path: path.stat().st_mtime)
        for old in parts[: max(0, len(parts) - MOST_PARTS + 1)]:
            old.unlink(missing_ok=True)
