"""Key pairs and key records.

A `KeyRecord` says what a key may do; it is believed only when it comes from the trust repository.
The algorithm of a signature is taken from the record, never from the message. Private keys have no
readable `repr`; `trust.keystore` is where they live on disk.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Literal, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from msgspec import Struct

from kiosk.artefacts.codec import encode
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sealing import hpke_open
from kiosk.errors import InputRefused
from kiosk.words import mark

ALG_ED25519: Literal[-19] = -19
"""COSE algorithm Ed25519, RFC 9864. (-9, ESP256, is reserved for TPM keys.)"""

KID_BYTES = 8


class KeyRecord(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, dict=True):
    """The public half of one party's keys and what they are for.

    `name` is what people read (a person's name, a terminal's label). `seal` is an X25519 public key
    for HPKE, absent for those who only sign. `not_after` is UTC epoch seconds.
    """

    role: Role
    name: str
    sign: bytes
    seal: bytes | None = None
    alg: int = ALG_ED25519
    not_after: int | None = None

    @cached_property
    def kid(self) -> bytes:
        return key_id(self.sign)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is this key's. An algorithm we do not know is False."""
        if self.alg != ALG_ED25519 or len(self.sign) != 32:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.sign).verify(signature, message)
        except InvalidSignature:
            return False
        return True


MAX_NAME = 64


def require_name(name: str) -> None:
    """A party's name is read aloud, compared, and stands in tables and in names of files.

    Raises:
        InputRefused: empty, longer than 64 characters, or with signs that do not show, turn the
            line about, or mean a folder.
    """
    if not name.strip() or len(name) > MAX_NAME or not name.isprintable() or set(name) & {*"/\\"}:
        raise InputRefused(
            mark("a name has 1 to {most} characters that can be read, and no slash"),
            remedy=mark("Give another name"),
            most=MAX_NAME,
        )


def key_id(sign: bytes) -> bytes:
    """The first 8 bytes of the COSE Key Thumbprint (RFC 9679, SHA-256) of an Ed25519 key."""
    return hashlib.sha256(encode({1: 1, -1: 6, -2: sign})).digest()[:KID_BYTES]


class Signer(Protocol):
    """Who can sign as `record`: a file key now, a TPM key later."""

    @property
    def record(self) -> KeyRecord: ...

    def sign(self, message: bytes) -> bytes: ...


class Opener(Protocol):
    """Who can open what was sealed to `record`."""

    @property
    def record(self) -> KeyRecord: ...

    def open(self, sealed: bytes, context: bytes) -> bytes: ...


class Party(Signer, Opener, Protocol):
    """Who can do both: one side of an exchange."""


class PrivateKeys:
    """An Ed25519 and an X25519 private key of one party, in memory. Both a Signer and an Opener."""

    def __init__(self, record: KeyRecord, sign: bytes, seal: bytes | None) -> None:
        self._record = record
        self._sign = Ed25519PrivateKey.from_private_bytes(sign)
        self._seal = X25519PrivateKey.from_private_bytes(seal) if seal is not None else None
        if self._sign.public_key().public_bytes_raw() != record.sign:
            raise ValueError("the private key does not belong to this record")

    @classmethod
    def generate(
        cls, role: Role, name: str, *, sealing: bool = True, not_after: int | None = None
    ) -> PrivateKeys:
        sign = Ed25519PrivateKey.generate()
        seal = X25519PrivateKey.generate() if sealing else None
        record = KeyRecord(
            role=role,
            name=name,
            sign=sign.public_key().public_bytes_raw(),
            seal=seal.public_key().public_bytes_raw() if seal else None,
            not_after=not_after,
        )
        return cls(record, sign.private_bytes_raw(), seal.private_bytes_raw() if seal else None)

    @property
    def record(self) -> KeyRecord:
        return self._record

    def sign(self, message: bytes) -> bytes:
        return self._sign.sign(message)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed to this party under `context`.

        Raises:
            InputRefused: sealed to somebody else, for another context, or damaged.
        """
        if self._seal is None:
            raise ValueError("this party has no sealing key")
        return hpke_open(self._seal, sealed, context)

    def private_bytes(self) -> tuple[bytes, bytes | None]:
        """The raw private keys (sign, seal), for a key store to keep. Handle with care."""
        seal = self._seal.private_bytes_raw() if self._seal else None
        return self._sign.private_bytes_raw(), seal

    def __repr__(self) -> str:
        return f"<private keys of {self._record.role} {self._record.name}>"


def sealing_key(record: KeyRecord) -> X25519PublicKey:
    """The public key to seal to `record` with.

    Raises:
        ValueError: the party has no sealing key.
    """
    if record.seal is None:
        raise ValueError(f"{record.role} {record.name} has no sealing key")
    return X25519PublicKey.from_public_bytes(record.seal)


def file_name(record: KeyRecord) -> str:
    """How the files of a terminal begin: its name, as a file may have it, and its kid's beginning."""
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in record.name)
    return f"{safe}-{record.kid.hex()[:4]}"
