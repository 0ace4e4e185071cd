"""JWS in its compact form (RFC 7515) with EdDSA over Ed25519 (RFC 8037): what wallets for credentials read.

Written by a `Signer`, as everything else that is signed here, so that no key leaves its store; read with the
record of a signer one trusts: the key in the header is for others and counts for nothing.
Decision 0029 says why no library does it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_TEXT: Final = 64 * 1024
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def did_key(record: KeyRecord) -> str:
    """The `did:key` of an Ed25519 key: its multicodec prefix 0xed01 and the key, in base58btc."""
    value = int.from_bytes(b"\xed\x01" + record.sign, "big")
    digits = ""
    while value:
        value, digit = divmod(value, 58)
        digits = _BASE58[digit] + digits
    return f"did:key:z{digits}"


def sign_jws(payload: Mapping[str, Any], signer: Signer) -> str:
    """The compact JWS of a JSON object; the header carries the public key."""
    did = did_key(signer.record)
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _encoded(signer.record.sign)}
    header = {
        "alg": "EdDSA",
        "typ": "JWT",
        "kid": f"{did}#{did.removeprefix('did:key:')}",
        "jwk": jwk,
    }
    message = f"{_encoded(_json(header))}.{_encoded(_json(payload))}"
    return f"{message}.{_encoded(signer.sign(message.encode()))}"


def read_jws(data: bytes, record: KeyRecord) -> dict[str, Any]:
    """The payload, once the signature of `record` holds; before that only the header is read.

    Raises:
        InputRefused: too long, not one with EdDSA, not signed by `record`, or of no JSON object.
    """
    message, _, signature = data.strip().rpartition(b".")
    header, _, payload = message.partition(b".")
    if len(data) > MAX_TEXT:
        raise _damaged()
    said = _object(header)
    if said.get("alg") != "EdDSA" or "crit" in said:
        raise _damaged()
    if not record.verify(_decoded(signature), message):
        raise InputRefused(
            mark("the signature of {role} {name} on this {artefact} does not hold"),
            remedy=mark("Copy the file again from where it came; keep this one"),
            role=record.role,
            name=record.name,
            artefact=mark("credential"),
        )
    return _object(payload)


def _damaged() -> InputRefused:
    return InputRefused(
        mark("not a valid {what}: damaged or not a JWS"),
        remedy=mark("Copy the file again from where it came; keep this one"),
        what=mark("credential"),
    )


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(part: bytes) -> bytes:
    try:
        data = urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError as fault:
        raise _damaged() from fault
    if _encoded(data).encode() != part:  # base64 passes over signs that are none of its own
        raise _damaged()
    return data


def _object(part: bytes) -> dict[str, Any]:
    try:
        said = json.loads(_decoded(part))
    except (ValueError, RecursionError) as fault:
        raise _damaged() from fault
    if not isinstance(said, dict):
        raise _damaged()
    return said
