"""Encryption, three published constructions and no other.

- HPKE (RFC 9180; X25519-HKDF-SHA256, AES-256-GCM) seals small things to a party. The library has no
  public `aad`, so the context goes into `info`.
- AES-256-GCM with a random 96-bit nonce wraps small things under a symmetric key.
- Cobblestone-256 (C2SP chunked encryption, key-committing) seals large things under a fresh key.

A context is made with `context()`: canonical CBOR of [type, ids...].
"""

from __future__ import annotations

import os
import zlib

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.artefacts.codec import encode
from kiosk.errors import InputRefused
from kiosk.words import mark

KEY_BYTES = 32
_NONCE_BYTES = 12
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def context(kind: str, *ids: str | bytes | int) -> bytes:
    """What a sealed thing is bound to, as bytes: its type and the ids of its place and recipients."""
    return encode([kind, *ids])


def new_key() -> bytes:
    return os.urandom(KEY_BYTES)


def hpke_seal(recipient: X25519PublicKey, plaintext: bytes, info: bytes) -> bytes:
    """`plaintext` for `recipient` alone.

    Raises:
        InputRefused: no key can be agreed with this public key (a point of small order).
    """
    try:
        return _SUITE.encrypt(plaintext, recipient, info=info)
    except ValueError as fault:
        raise InputRefused(
            mark("a public key that nothing can be sealed to"),
            remedy=mark("Make new keys on that device and enrol it again"),
        ) from fault


def hpke_open(recipient: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes:
    """The plaintext.

    Raises:
        InputRefused: sealed to another key or for another context, or damaged.
    """
    try:
        return _SUITE.decrypt(sealed, recipient, info=info)
    except (InvalidTag, ValueError) as fault:
        raise _cannot_open() from fault


def wrap(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """nonce || AES-256-GCM ciphertext and tag."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)


def unwrap(key: bytes, wrapped: bytes, aad: bytes) -> bytes:
    """What `wrap` wrapped.

    Raises:
        InputRefused: another key or context, or damaged.
    """
    try:
        return AESGCM(key).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as fault:
        raise _cannot_open() from fault


def stream_seal(key: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Cobblestone-256 of `plaintext`."""
    encryptor = Cobblestone256Encryptor(key, aad)
    return encryptor.update(plaintext) + encryptor.finalize()


def stream_open(key: bytes, sealed: bytes | memoryview, aad: bytes) -> memoryview:
    """The plaintext of `stream_seal`, in one buffer, given out only after the whole was verified.

    Raises:
        InputRefused: another key or context, damaged or cut short.
    """
    buffer = bytearray(len(sealed))
    try:
        decryptor = Cobblestone256Decryptor(key, aad)
        written = decryptor.update_into(sealed, buffer)
        tail = decryptor.finalize()
    except (InvalidTag, ValueError) as fault:
        raise _cannot_open() from fault
    buffer[written : written + len(tail)] = tail
    return memoryview(buffer)[: written + len(tail)]


def derive_key(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose from a 32-byte secret (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(secret)


def decompressed(data: bytes | memoryview, most_bytes: int) -> bytes:
    """What zlib compressed before it was sealed.

    Raises:
        InputRefused: damaged, or larger than `most_bytes`.
    """
    engine = zlib.decompressobj()
    try:
        plain = engine.decompress(data, most_bytes)
    except zlib.error as fault:
        raise InputRefused(mark("what was sealed is damaged")) from fault
    if not engine.eof or engine.unused_data:
        raise InputRefused(mark("what was sealed is too large or cut short"))
    return plain


def _cannot_open() -> InputRefused:
    return InputRefused(
        mark("cannot be opened: damaged, or sealed for somebody else"),
        remedy=mark("Copy the file again from where it came; keep this one"),
    )
