"""`.sealing`: what an author keeps of a sealing, so that a later scoring version can be made.

It holds K_bank and the way from fresh identifiers back to the author's: as secret as the author's own
key, and so kept beside it (KEY/sealings/, 0600), never beside what is handed on.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.authoring.labels import Labels
from kiosk.errors import InputRefused
from kiosk.trust.durable import (
    SECRET_FILE,
    make_secret_folder,
    read_secret,
    write_durable,
)
from kiosk.words import mark

SUFFIX = ".sealing"


class SealingRecord(Struct, frozen=True, forbid_unknown_fields=True):
    """`labels` and `digests` (SHA-256 of the item as compiled) are by the author's item identifier.

    `image_sha256` says which sealing this is: a bank sealed twice has two records. `template_seed`
    and `variants` say which items were made of templates, where there are any.
    """

    bank: str
    version: str
    image_sha256: bytes
    manifest: bytes
    bank_key: bytes
    scoring_version: int
    labels: dict[str, Labels]
    digests: dict[str, bytes]
    template_seed: bytes = b""
    variants: int = 0

    def __repr__(self) -> str:
        return f"<sealing of {self.bank} {self.version}>"


def keep(author_folder: Path, record: SealingRecord) -> Path:
    """Writes `record` beside the author's key, in place of its earlier state; where it is."""
    path = _path(author_folder, record.bank, record.version, record.image_sha256)
    make_secret_folder(path.parent)
    write_durable(path, encode(record), SECRET_FILE)
    return path


def find(author_folder: Path, bank: str, version: str, image_sha256: bytes) -> SealingRecord:
    """The record of one sealing.

    Raises:
        InputRefused: this author's key folder has no record of it.
        NotPermitted: others can read the record.
    """
    path = _path(author_folder, bank, version, image_sha256)
    if not path.is_file():
        raise InputRefused(
            mark("there is no record of this bank's sealing beside the author's key"),
            where=str(path),
            remedy=mark("Use the key folder the bank was sealed with, or seal the bank anew"),
        )
    return decode(read_secret(path), SealingRecord, "sealing record")


def _path(author_folder: Path, bank: str, version: str, image_sha256: bytes) -> Path:
    name = f"{bank}-{version}-{image_sha256[:8].hex()}{SUFFIX}"
    return author_folder / "sealings" / name
