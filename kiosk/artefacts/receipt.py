"""`.receipt`: the station's proof that a package is in its log. Deleting a package waits for it.

Not signed itself: the checkpoint inside is, and the inclusion proof (RFC 9162) ties the package to
it. A receipt says that the station has the package, not that it accepted it: conflicts and quarantined
packages are logged and receipted too.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.checkpoint import Checkpoint, read_checkpoint
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.merkle import includes, leaf_hash
from kiosk.errors import InputRefused
from kiosk.words import mark

MOST_RECEIPT_BYTES = 64 * 1024
"""A proof of 64 steps and a checkpoint take 4 KB."""


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """`leaf` is the package's leaf hash, which is also the candidate's hand-in code."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def write_receipt(receipt: Receipt) -> bytes:
    return encode(receipt)


def read_receipt(data: bytes, log: KeyRecord) -> tuple[Receipt, Checkpoint]:
    """Receipt and checkpoint, once signature and inclusion hold.

    Raises:
        InputRefused: damaged, not signed by the log, or the package is not in the tree.
    """
    receipt = decode(data, Receipt, mark("receipt"))
    checkpoint = read_checkpoint(receipt.checkpoint, log)
    if not includes(checkpoint.root, checkpoint.size, receipt.leaf, receipt.index, receipt.path):
        raise InputRefused(mark("the receipt does not prove that the package is in the log"))
    return receipt, checkpoint


def covers(receipt: Receipt, package: bytes) -> bool:
    """Whether the receipt is for these bytes of a package."""
    return receipt.leaf == leaf_hash(package)
