"""A room's relay: the desk hands on to the station what it collected, and brings the receipts back.

Files go as they are, each signed by its terminal or proctor; the desk's proctor only says who hands them
in. What has its receipt in the folder is done; of a log the station says that it has it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from kiosk.artefacts.bundle import read_bundle
from kiosk.artefacts.codec import decode
from kiosk.artefacts.exchange import FileKind
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.receipt import Receipt
from kiosk.errors import KioskError
from kiosk.proctor.desk import Desk
from kiosk.sync.sending import Outgoing, RefusedFile, Told, to_station, visit
from kiosk.sync.station_line import StationLine
from kiosk.trust.durable import read_given, storage, write_durable
from kiosk.words import mark

MOST_BYTES: dict[str, tuple[FileKind, int]] = {
    ".package": ("package", 16 * 1024**2),
    ".bundle": ("bundle", 512 * 1024**2),
    ".proctorlog": ("proctorlog", 16 * 1024**2),
}
MOST_RECEIPT_BYTES = 64 * 1024


def forward(line: StationLine, desk: Desk, folder: Path, more: Iterable[Path] = ()) -> Told:
    """One visit to the station with everything under `folder` and `more`.

    Raises:
        LineDown: the station does not answer, or the line broke; what was done is done.
        StorageFault: a disk refuses.
    """
    receipts = folder / "receipts"
    done = _receipted(receipts)
    files: list[Outgoing] = []
    damaged: list[RefusedFile] = []
    for path in _found((folder, *more)):
        try:
            out = _outgoing(path)
        except KioskError as fault:
            damaged.append(RefusedFile(path.name, str(fault)))
            continue
        if not out.leaves or set(out.leaves) - done:
            files.append(out)

    def keep(receipt: Receipt, data: bytes) -> None:
        write_durable(receipts / f"{receipt.leaf.hex()}.receipt", data)

    exchange = to_station(line, desk.keys, lambda: desk.trust)
    went = visit(exchange, files, desk.trust.only(Role.LOG), keep)
    return went.told(went.owed, damaged, clock_doubted=line.clock_doubted)


def _found(places: Iterable[Path]) -> Iterator[Path]:
    """Files to hand on, each content once, whatever it is called."""
    seen: set[bytes] = set()
    for place in places:
        with storage(place):
            inside = [place] if place.is_file() else sorted(place.rglob("*"))
            for path in inside:
                if path.suffix in MOST_BYTES and path.is_file() and not path.is_symlink():
                    with path.open("rb") as file:
                        digest = hashlib.file_digest(file, "sha256").digest()
                    if digest not in seen:
                        seen.add(digest)
                        yield path


def _outgoing(path: Path) -> Outgoing:
    kind, most = MOST_BYTES[path.suffix]
    read = partial(read_given, path, most)
    data = read()
    leaves: tuple[bytes, ...] = ()
    if kind == "package":
        leaves = (leaf_hash(data),)
    elif kind == "bundle":
        leaves = tuple(leaf_hash(one) for one in read_bundle(data).packages)
    return Outgoing(kind, path.name, len(data), read, leaves)


def _receipted(receipts: Path) -> set[bytes]:
    found: set[bytes] = set()
    for path in receipts.glob("*.receipt"):
        try:
            data = read_given(path, MOST_RECEIPT_BYTES)
            found.add(decode(data, Receipt, mark("receipt")).leaf)
        except KioskError:
            continue  # whoever put it there is told at the terminal
    return found
