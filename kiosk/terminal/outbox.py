"""Answer packages wait here until the station's receipt proves that it has them, and 30 days more.

A sitting gets one number, on disk before its package is made, and one package, on disk as a whole or
not at all; whatever moment the power goes at, the same sitting is never sent under two numbers, nor
one number for two. The days are counted by station-signed time (the time floor) alone, because a wrong
clock must not delete anything.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.bundle import BundleLine, write_bundle
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord, Signer, file_name
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.receipt import MOST_RECEIPT_BYTES, read_receipt
from kiosk.errors import InputRefused, KioskError, StorageFault
from kiosk.terminal.storage import damaged, make_shared_folder, storage_faults, write_durably
from kiosk.trust.durable import PUBLIC_FILE, read_given, sync_folder, write_durable
from kiosk.words import mark

KEEP_S = 30 * 24 * 60 * 60
"""How long a package stays after its receipt, seconds of station-signed time."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One number. `sha256` and `leaf` are of the package, None until it is on disk; `receipted_at`
    is the time floor when its receipt came."""

    number: int
    session: str
    sitting: int
    sha256: bytes | None = None
    leaf: bytes | None = None
    receipted_at: int | None = None
    deleted: bool = False


class Receipts(Struct, frozen=True):
    """What an import of receipts did: numbers newly receipted, and files refused with the reason."""

    taken: tuple[int, ...]
    refused: tuple[tuple[str, str], ...]


class Outbox:
    """The packages of this terminal, over all its sessions. May be called from any thread, and by
    another program beside: the one that sends while the exam goes on."""

    def __init__(self, folder: Path, receipts: Path) -> None:
        """
        Raises:
            StorageFault: the disk does not take it, or the list is damaged.
        """
        self._folder = folder
        self._receipts = receipts
        self._index = folder / "index.cbor"
        self._lock = threading.RLock()
        self._held = False
        make_shared_folder(folder)
        make_shared_folder(receipts)
        self._lines = self._read_index()
        for line in self._lines:
            # The power went between the package and its line in the list.
            if line.sha256 is None and self.path(line.number).exists():
                self._note(line, self._read(line.number))

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every number ever given, ascending."""
        return self._lines

    @property
    def waiting(self) -> tuple[Line, ...]:
        """Packages without a receipt."""
        return tuple(line for line in self._lines if line.sha256 and line.receipted_at is None)

    def find(self, session: str, sitting: int) -> Line | None:
        """The line of a sitting, if it has a number."""
        for line in self._lines:
            if (line.session, line.sitting) == (session, sitting):
                return line
        return None

    def path(self, number: int) -> Path:
        return self._folder / f"{number:05d}.package"

    def package(self, line: Line) -> bytes | None:
        """The bytes of a package; None when it was deleted long after its receipt.

        Raises:
            StorageFault: it is not the package that was put here.
        """
        if line.deleted or line.sha256 is None:
            return None
        package = self._read(line.number)
        if hashlib.sha256(package).digest() != line.sha256:
            raise damaged(self.path(line.number), "the answer package is damaged")
        return package

    def keep(self, session: str, sitting: int, make: Callable[[int], bytes]) -> tuple[Line, bytes]:
        """The one package of a sitting, made by `make(number)` unless it is here already.

        Raises:
            StorageFault: not kept; trying again later gives the same number.
        """
        with self._changing():
            line = self.find(session, sitting)
            if line is None:
                number = self._lines[-1].number + 1 if self._lines else 1
                line = Line(number, session, sitting)
                self._write_index((*self._lines, line))
        if line.sha256 is None:
            package = make(line.number)
            write_durably(self.path(line.number), package)
            return self._note(line, package), package
        kept = self.package(line)
        if kept is None:
            raise damaged(self.path(line.number), "the answer package was deleted")
        return line, kept

    # --- out and back -------------------------------------------------------------------------------

    def export(self, to: Path, terminal: Signer, written_at: int) -> Path:
        """Write one bundle of every package without a receipt into `to`; the path of it.

        Raises:
            As `bundle`; or StorageFault: the stick does not take it.
        """
        name, data = self.bundle(terminal, written_at)
        write_durable(to / name, data, PUBLIC_FILE)
        return to / name

    def bundle(self, terminal: Signer, written_at: int) -> tuple[str, bytes]:
        """One bundle of every package without a receipt: its file's name, and its bytes.

        Raises:
            InputRefused: there is nothing to take along.
            StorageFault: a package here is damaged.
        """
        lines = self._lines
        if not lines:
            raise InputRefused(
                mark("there is no answer package on this terminal yet"),
                remedy=mark("Packages are made when candidates hand in"),
            )
        packages: dict[int, bytes] = {}
        told = []
        for line in lines:
            if line.sha256 is None:
                continue
            if line.receipted_at is None:
                packages[line.number] = self._enclosed(line)
            enclosed = line.number in packages
            told.append(BundleLine(line.number, line.session, line.sha256, enclosed))
        bundle = write_bundle(tuple(told), packages, written_at, terminal)
        return f"{file_name(terminal.record)}-{lines[-1].number:05d}.bundle", bundle

    def export_packages(self, to: Path, terminal: KeyRecord) -> tuple[Path, ...]:
        """Write every package without a receipt into `to`, each in a file of its own."""
        written = []
        for line in self.waiting:
            path = to / f"{file_name(terminal)}-{line.number:05d}.package"
            write_durable(path, self._enclosed(line), PUBLIC_FILE)
            written.append(path)
        return tuple(written)

    def take_receipts(self, source: Path, log: KeyRecord, floor_s: int) -> Receipts:
        """Take every receipt of ours under `source` (a folder or one file).

        Args:
            log: the key of the station's transparency log.
            floor_s: the time floor.
        """
        files = [source] if source.is_file() else sorted(source.rglob("*.receipt"))
        taken: list[int] = []
        refused = []
        for file in files:
            try:
                data = read_given(file, MOST_RECEIPT_BYTES)
                taken += self.take_receipt(data, log, floor_s)
            except StorageFault:
                raise
            except KioskError as fault:
                refused.append((str(file), str(fault)))
        return Receipts(tuple(taken), tuple(refused))

    def take_receipt(self, data: bytes, log: KeyRecord, floor_s: int) -> tuple[int, ...]:
        """Take one receipt, from wherever it came; the numbers newly receipted. As `take_receipts`.

        Raises:
            InputRefused: it is not the station's, or damaged.
            StorageFault: not kept.
        """
        receipt, _ = read_receipt(data, log)
        taken = []
        with self._changing():
            for line in self.waiting:
                if line.leaf == receipt.leaf:
                    write_durably(self._receipts / f"{line.number:05d}.receipt", data)
                    self._replace(line, replace(line, receipted_at=floor_s))
                    taken.append(line.number)
        return tuple(taken)

    def tidy(self, floor_s: int) -> tuple[int, ...]:
        """Delete the packages whose receipt came `KEEP_S` ago, by station-signed time."""
        gone = []
        for line in self._lines:
            if line.deleted or line.receipted_at is None:
                continue
            if floor_s >= line.receipted_at + KEEP_S and line.receipted_at > 0:
                self._replace(line, replace(line, deleted=True))
                with storage_faults(self._folder):
                    self.path(line.number).unlink(missing_ok=True)
                    sync_folder(self._folder)
                gone.append(line.number)
        return tuple(gone)

    # --- parts --------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """The list as it is on the disk, and nobody else's to change."""
        with self._lock:
            if self._held:
                yield
                return
            with storage_faults(self._folder):
                descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                self._held = True
                self._lines = self._read_index()
                yield
            finally:
                self._held = False
                os.close(descriptor)

    def _enclosed(self, line: Line) -> bytes:
        package = self.package(line)
        assert package is not None  # only receipted ones are ever deleted
        return package

    def _note(self, line: Line, package: bytes) -> Line:
        noted = replace(line, sha256=hashlib.sha256(package).digest(), leaf=leaf_hash(package))
        self._replace(line, noted)
        return noted

    def _replace(self, line: Line, by: Line) -> None:
        with self._changing():
            lines = tuple(by if one.number == line.number else one for one in self._lines)
            self._write_index(lines)

    def _read(self, number: int) -> bytes:
        with storage_faults(self.path(number)):
            return self.path(number).read_bytes()

    def _read_index(self) -> tuple[Line, ...]:
        if not self._index.exists():
            return ()
        try:
            with storage_faults(self._index):
                return decode(self._index.read_bytes(), tuple[Line, ...], "list of packages")
        except InputRefused as fault:
            raise damaged(self._index, "the list of answer packages is damaged") from fault

    def _write_index(self, lines: tuple[Line, ...]) -> None:
        write_durably(self._index, encode(lines))
        self._lines = lines
