"""The log's signed head: a C2SP tlog-checkpoint in a C2SP signed note, Ed25519 (type 0x01).

<origin>\n<tree size>\n<root, base64>\n\n— <name> <base64 of 4-byte key hash and signature>\n
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from msgspec import Struct

from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, NotPermitted
from kiosk.words import mark

ROOT_BYTES = 32
_ED25519 = b"\x01"
_DASH = "\u2014"


class Checkpoint(Struct, frozen=True, forbid_unknown_fields=True):
    """`origin` names the log (and the key in its note); `root` is of a tree of `size` leaves."""

    origin: str
    size: int
    root: bytes


def sign_checkpoint(checkpoint: Checkpoint, log: Signer) -> str:
    """The signed note of a checkpoint.

    Raises:
        NotPermitted: the key is not a log's.
        ValueError: an origin that a note cannot carry as a key's name.
    """
    _require_log(log.record)
    if (
        not checkpoint.origin
        or "+" in checkpoint.origin
        or checkpoint.origin.split() != [checkpoint.origin]
    ):
        raise ValueError(f"not an origin for a log: {checkpoint.origin!r}")
    body = _body(checkpoint)
    signature = _key_hash(checkpoint.origin, log.record) + log.sign(body.encode())
    return f"{body}\n{_DASH} {checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def read_checkpoint(note: str, log: KeyRecord) -> Checkpoint:
    """The checkpoint of a note, once the log's signature holds.

    Raises:
        NotPermitted: the key is not a log's.
        InputRefused: not a checkpoint, or the signature does not hold.
    """
    _require_log(log)
    body, separator, tail = note.partition("\n\n")
    lines = body.split("\n")
    try:
        if not separator or len(lines) != 3:
            raise ValueError("not three lines")
        checkpoint = Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True))
        dash, name, signed = tail.removesuffix("\n").split(" ")
        signature = base64.b64decode(signed, validate=True)
    except (ValueError, binascii.Error) as fault:
        raise InputRefused(mark("not a log checkpoint")) from fault
    if (
        len(checkpoint.root) != ROOT_BYTES
        or _body(checkpoint) != body + "\n"
        or dash != _DASH
        or name != checkpoint.origin
    ):
        raise InputRefused(mark("not a log checkpoint: not in its canonical form"))
    genuine = signature[:4] == _key_hash(name, log) and log.verify(
        signature[4:], (body + "\n").encode()
    )
    if not genuine or note != f"{body}\n\n{dash} {name} {base64.b64encode(signature).decode()}\n":
        raise InputRefused(mark("the log's signature on the checkpoint does not hold"))
    return checkpoint


def _body(checkpoint: Checkpoint) -> str:
    root = base64.b64encode(checkpoint.root).decode()
    return f"{checkpoint.origin}\n{checkpoint.size}\n{root}\n"


def _key_hash(name: str, record: KeyRecord) -> bytes:
    """The signed note's key id: SHA-256(name || LF || type || key), first 4 bytes."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + record.sign).digest()[:4]


def _require_log(record: KeyRecord) -> None:
    if record.role is not Role.LOG:
        raise NotPermitted(f"a {record.role} may not sign checkpoints", where=record.name)
