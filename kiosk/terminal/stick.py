"""The folder of a stick: where a sitting leaves this terminal and where it comes in.

Everything here may take long or fail at any moment, because a hand pulls it out: it is called on a
thread beside the exam (`aside`), never on the candidate's way.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol

from kiosk.artefacts import transfer
from kiosk.errors import KioskError
from kiosk.trust.durable import PUBLIC_FILE, read_given, write_durable

USUAL = Path("/media/usb")
"""Where a stick is looked for when no folder is named; it must be mounted there."""

MOST_FILES = 40
"""Transfers looked at on one stick, the newest first: a room has no more seats."""


class Stick(Protocol):
    """What the flow asks of a stick."""

    @property
    def present(self) -> bool: ...

    def put(self, name: str, data: bytes) -> None: ...

    def transfers(self) -> tuple[tuple[str, bytes], ...]: ...


class FolderStick:
    """A stick that is seen as a folder."""

    def __init__(self, folder: Path = USUAL, *, mounted: bool = True) -> None:
        """
        Args:
            mounted: believe the folder only while something is mounted there: a mount point without
                its stick is a folder of the computer's own disk.
        """
        self._folder = folder
        self._mounted = mounted

    @property
    def present(self) -> bool:
        return os.path.ismount(self._folder) if self._mounted else self._folder.is_dir()

    def put(self, name: str, data: bytes) -> None:
        """Keep a file on the stick; it is there as a whole when this returns.

        Raises:
            StorageFault: the stick is full, cannot be written, or went away.
        """
        write_durable(self._folder / name, data, PUBLIC_FILE)

    def transfers(self) -> tuple[tuple[str, bytes], ...]:
        """Every transfer on it, name and bytes, newest first; what cannot be read is left out."""
        try:
            paths = [path for path in self._folder.iterdir() if path.suffix == ".transfer"]
            paths.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return ()
        found = []
        for path in paths[:MOST_FILES]:
            try:
                found.append((path.name, read_given(path, transfer.MAX_BYTES)))
            except KioskError:
                continue
        return tuple(found)


class _NoStick:
    """Where no stick may be put in."""

    present = False

    def put(self, name: str, data: bytes) -> None:
        raise ValueError("there is no stick")

    def transfers(self) -> tuple[tuple[str, bytes], ...]:
        return ()


NO_STICK: Stick = _NoStick()
