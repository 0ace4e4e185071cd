"""The transparency log: tree, checkpoints and receipts, all derived from the registry's leaves.

Receipts are made after the packages are committed, never with them: a receipt lets a terminal delete
its package, so it may only exist once the package cannot be lost any more. One that was not made
because the power went is made at the next import.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.artefacts.checkpoint import Checkpoint, sign_checkpoint
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import EMPTY_ROOT, root
from kiosk.artefacts.receipt import Receipt, write_receipt
from kiosk.station.home import Station
from kiosk.station.registry import log
from kiosk.trust.durable import storage, write_durable


class LogTree:
    """The Merkle tree of RFC 9162 section 2.1 with its levels kept, so that n proofs cost n log n."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        # The root over two neighbours is the node above them, over a last one alone it is itself.
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            self._levels.append([root(below[at : at + 2]) for at in range(0, len(below), 2)])

    @property
    def size(self) -> int:
        return len(self._levels[0])

    @property
    def root(self) -> bytes:
        return self._levels[-1][0] if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> tuple[bytes, ...]:
        """The audit path of leaf `index` (section 2.1.3)."""
        if not 0 <= index < self.size:
            raise IndexError(index)
        path = []
        for level in self._levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index //= 2
        return tuple(path)


def origin(record: KeyRecord) -> str:
    """The name of a log: its key's id, so that no two logs share one."""
    return f"kiosk/log/{record.kid.hex()}"


def make_receipts(station: Station, now: datetime) -> int:
    """Makes the receipts still owing, in the station's `receipts/`; returns how many. The head is signed
    where the log has grown, by results that people's marks made too.

    Raises:
        StorageFault: the disk refuses; the next import makes what is missing.
    """
    folder = station.folder / "receipts"
    unfinished = folder / "unfinished"
    with station.registry.reading() as connection:
        owing = log.unreceipted(connection)
        grown = log.grown_since_checkpoint(connection)
    cut_off = unfinished.exists()
    if not (owing or grown or cut_off):
        return 0
    with storage(folder):
        folder.mkdir(exist_ok=True)
        unfinished.touch()
    with station.registry.writing() as connection:
        owing = log.unreceipted(connection)
        tree = LogTree(log.every_leaf(connection))
        note = log.checkpoint_note(connection, tree.size)
        if note is None:
            key = station.keys(Role.LOG)
            checkpoint = Checkpoint(origin(key.record), tree.size, tree.root)
            note = sign_checkpoint(checkpoint, key)
            log.add_checkpoint(connection, tree.size, note, int(now.timestamp()))
        made = [
            (
                leaf,
                write_receipt(
                    Receipt(leaf.leaf, leaf.position, tree.inclusion_proof(leaf.position), note)
                ),
            )
            for leaf in owing
        ]
        log.add_receipts(
            connection, [log.ReceiptRow(leaf.position, tree.size, data) for leaf, data in made]
        )
    # The registry has them; the files are copies for people, and not worth a flush each. Where the writing
    # of them was cut off, nobody knows how far it came: all are written again.
    copies = made
    if cut_off:
        with station.registry.reading() as connection:
            copies = list(log.receipts_of(connection))
    with storage(folder):
        for leaf, data in copies:
            (folder / receipt_name(leaf)).write_bytes(data)
        # What witnesses outside may compare: the newest signed head of the log.
        (folder / "checkpoint.txt").write_text(note, "utf-8")
        unfinished.unlink()
    return len(made)


def copy_receipts(station: Station, packages: Iterable[bytes], to: Path) -> int:
    """Writes the receipts of packages (by digest) into a folder that goes back to the terminals."""
    with station.registry.reading() as connection:
        found = log.receipts_of(connection, packages)
    for leaf, data in found:
        write_durable(to / receipt_name(leaf), data)
    return len(found)


def receipt_name(leaf: log.Receipted) -> str:
    """A receipt's file: terminal, number, and the start of the leaf (a number may come twice)."""
    return f"{leaf.terminal.hex()}-{leaf.number:06d}-{leaf.leaf.hex()[:8]}.receipt"
