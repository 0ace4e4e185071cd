"""A stick as a folder: where a sitting leaves this terminal and comes in, and where a mirror is kept.

Everything here may take long or fail at any moment, because a hand pulls it out: it is called on a
thread beside the exam (`aside`), never on the candidate's way.
"""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Protocol

from kiosk.artefacts import transfer
from kiosk.errors import KioskError
from kiosk.trust.durable import PUBLIC_FILE, read_given, write_durable

USUAL = Path("/media/usb")
"""Where a stick is looked for when no folder is named."""

_SYSTEM = Path("/")

MOST_FILES = 40
"""Transfers looked at on one stick, the newest first: a room has no more seats."""

MOST_BUNDLES = 400
"""Bundles looked at on one stick: it may go through several rooms."""

MOST_BYTES = 32 * 1024 * 1024
"""Read of one stick in all, whatever lies on it."""


class Stick(Protocol):
    """What the flow asks of a stick."""

    @property
    def present(self) -> bool: ...

    def put(self, name: str, data: bytes) -> None: ...

    def transfers(self) -> tuple[tuple[str, bytes], ...]: ...

    def bundles(self) -> tuple[tuple[str, bytes], ...]: ...


class FolderStick:
    """A stick that is seen as a folder."""

    def __init__(
        self, folder: Path = USUAL, *, apart_from: Path | None = None, asks: Path | None = None
    ) -> None:
        """
        Args:
            apart_from: believe the folder only while it lies on another disk than this and than the
                system: a mount point without its stick is a folder of one of them.
            asks: a file that is touched whenever somebody looks for the stick: where the computer lets
                none in unasked, whoever watches that file mounts it.
        """
        self._folder = folder
        self._apart_from = apart_from
        self._asks = asks

    @property
    def present(self) -> bool:
        try:
            if self._asks is not None:
                self._asks.touch()
            here = self._folder.stat()
            return stat.S_ISDIR(here.st_mode) and (
                self._apart_from is None
                or here.st_dev not in (self._apart_from.stat().st_dev, _SYSTEM.stat().st_dev)
            )
        except OSError:
            return False

    def put(self, name: str, data: bytes) -> None:
        """Keep a file on the stick; it is there as a whole when this returns.

        Raises:
            StorageFault: the stick is full, cannot be written, or went away.
        """
        write_durable(self._folder / name, data, PUBLIC_FILE)

    def transfers(self) -> tuple[tuple[str, bytes], ...]:
        """Every transfer on it, name and bytes, newest first; what cannot be read is left out."""
        return self._files(".transfer", MOST_FILES, transfer.MAX_BYTES)

    def bundles(self) -> tuple[tuple[str, bytes], ...]:
        """Every bundle on it, as `transfers`."""
        return self._files(".bundle", MOST_BUNDLES, MOST_BYTES)

    def _files(self, suffix: str, most: int, largest: int) -> tuple[tuple[str, bytes], ...]:
        try:
            paths = [path for path in self._folder.iterdir() if path.suffix == suffix]
            paths.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return ()
        found, room = [], MOST_BYTES
        for path in paths[:most]:
            try:
                data = read_given(path, min(room, largest))
            except KioskError:
                continue
            found.append((path.name, data))
            room -= len(data)
        return tuple(found)


class _NoStick:
    """Where no stick may be put in."""

    present = False

    def put(self, name: str, data: bytes) -> None:
        raise ValueError("there is no stick")

    def transfers(self) -> tuple[tuple[str, bytes], ...]:
        return ()

    def bundles(self) -> tuple[tuple[str, bytes], ...]:
        return ()


NO_STICK: Stick = _NoStick()
