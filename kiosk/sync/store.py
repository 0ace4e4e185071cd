"""What came from the terminals of a room, as files in one folder of the desk.

FOLDER/collected/SESSION/  answer packages; the folder goes to the station as it is
FOLDER/mirrors/            the newest mirror of each terminal; a spare takes one like any transfer
FOLDER/receipts/           put here what the station gave back: it goes to the terminals
FOLDER/incoming/           files still coming in

A file is named by whose it is and what it holds, never by what the network says, and stands under
its name only once it is whole, its digest right and its signer the terminal that sent it.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path

from kiosk.artefacts.answer_package import package, read_package
from kiosk.artefacts.codec import decode
from kiosk.artefacts.exchange import Held, Put
from kiosk.artefacts.keys import KeyRecord, file_name
from kiosk.artefacts.receipt import MOST_RECEIPT_BYTES, Receipt
from kiosk.artefacts.transfer import MAX_BYTES, read_transfer, statement_of
from kiosk.errors import InputRefused, KioskError
from kiosk.sync.parts import Parts
from kiosk.trust.durable import read_given, storage, sync_folder
from kiosk.words import mark

MOST_PACKAGES = 32
"""Packages of one terminal and session that are kept; a room makes a few, and more go by stick."""
_PACKAGE = re.compile(r".*-([0-9a-f]{16})-([0-9]{5,})-[0-9a-f]{8}\.package")


class Store:
    """The folder of a desk. Call it from one thread at a time, but for `collected`."""

    def __init__(self, folder: Path) -> None:
        """
        Raises:
            StorageFault: the folder cannot be made.
        """
        self._folder = folder
        self._receipts: dict[bytes, bytes] = {}
        self._read: set[tuple[str, int, int]] = set()
        with storage(folder):
            for name in ("collected", "mirrors", "receipts"):
                (folder / name).mkdir(parents=True, exist_ok=True)
        self._parts = Parts(folder / "incoming")
        self._parts.tidy()

    def put(self, session: str, terminal: KeyRecord, piece: Put) -> Held:
        """Take a piece of a file; how much of it is there then.

        The same piece twice, or one that does not fit on to what is there, changes nothing.

        Raises:
            InputRefused, NotPermitted: too large, of another session or terminal, or older than the
                mirror that is there.
            StorageFault: the disk refuses.
        """
        if not 0 < piece.size <= MAX_BYTES or len(piece.sha256) != 32:
            raise InputRefused("larger than a file of this kind can be")
        if piece.kind not in ("package", "mirror"):
            raise InputRefused("a room's desk takes packages and mirrors only")
        if self._is_here(session, terminal, piece):
            return Held(piece.size, True)
        part = self._parts.add(terminal.kid, piece)
        if isinstance(part, int):
            return Held(part, False)
        with storage(part):
            try:
                path = self._place(session, terminal, piece, part.read_bytes())
                path.parent.mkdir(exist_ok=True)
                part.replace(path)
                sync_folder(path.parent)
            finally:
                part.unlink(missing_ok=True)
        return Held(piece.size, True)

    def collected(self, session: str) -> dict[bytes, tuple[int, ...]]:
        """Numbers of the packages that are here, by the terminal's kid. From any thread.

        Raises:
            StorageFault: the disk refuses.
        """
        found: dict[bytes, set[int]] = defaultdict(set)
        folder = self._collected(session)
        with storage(folder):
            for path in folder.iterdir() if folder.is_dir() else ():
                if named := _PACKAGE.fullmatch(path.name):
                    found[bytes.fromhex(named[1])].add(int(named[2]))
        return {kid: tuple(sorted(numbers)) for kid, numbers in found.items()}

    def receipts(self, leaves: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The receipts that are here for these packages. They are believed at the terminal only."""
        for path in (self._folder / "receipts").rglob("*.receipt"):
            try:
                told = path.stat()
                seen = (str(path), told.st_mtime_ns, told.st_size)
                if seen not in self._read:
                    self._read.add(seen)
                    data = read_given(path, MOST_RECEIPT_BYTES)
                    self._receipts[decode(data, Receipt, mark("receipt")).leaf] = data
            except (KioskError, OSError):
                continue  # whoever put it there is told at the station and the terminal
        return tuple(self._receipts[leaf] for leaf in leaves if leaf in self._receipts)

    # --- parts --------------------------------------------------------------------------------------

    def _collected(self, session: str) -> Path:
        return self._folder / "collected" / session

    def _mirror(self, session: str, terminal: KeyRecord) -> Path:
        name = f"{file_name(terminal)}-{terminal.kid.hex()}-{session}.transfer"
        return self._folder / "mirrors" / name

    def _is_here(self, session: str, terminal: KeyRecord, piece: Put) -> bool:
        """Whether exactly this file stands under its name; looked at before anything is sent."""
        if piece.kind == "mirror":
            paths = [self._mirror(session, terminal)]
        else:
            name = f"*-{terminal.kid.hex()}-*-{piece.sha256.hex()[:8]}.package"
            paths = list(self._collected(session).glob(name))
        for path in paths:
            with storage(path):
                same = path.exists() and path.stat().st_size == piece.size
                if same and hashlib.sha256(path.read_bytes()).digest() == piece.sha256:
                    return True
        return False

    def _place(self, session: str, terminal: KeyRecord, piece: Put, whole: bytes) -> Path:
        """Where a whole file belongs, once its signer is its sender."""
        if piece.kind == "mirror":
            path = self._mirror(session, terminal)
            entries = _entries(whole, session, terminal)
            if path.exists() and entries < _entries(path.read_bytes(), session, terminal):
                raise InputRefused("the mirror that is here holds more")
            return path
        else:
            made = package(read_package(whole), terminal)
            if made.session != session:
                raise InputRefused("the package is of another session")
            if (
                len(list(self._collected(session).glob(f"*-{terminal.kid.hex()}-*")))
                >= MOST_PACKAGES
            ):
                raise InputRefused("no more packages of one terminal are taken")
            digest = piece.sha256.hex()[:8]
            name = f"{file_name(terminal)}-{terminal.kid.hex()}-{made.number:05d}-{digest}.package"
            return self._collected(session) / name


def _entries(data: bytes, session: str, terminal: KeyRecord) -> int:
    statement = statement_of(read_transfer(data), terminal)
    if statement.session != session:
        raise InputRefused("the mirror is of another session")
    return statement.count
