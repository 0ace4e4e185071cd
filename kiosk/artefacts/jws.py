"""JWS in its compact form (RFC 7515) with EdDSA over Ed25519 (RFC 8037): what wallets for credentials read.

Written by a `Signer`, as everything else that is signed here, so that no key leaves its store; read with the
record of a signer one trusts: the key in the header is for others and counts for nothing.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct, ValidationError, convert

from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.errors import InputRefused
from kiosk.words import mark

MAX_TEXT: Final = 64 * 1024
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


class Jws(Struct, frozen=True):
    """An unverified JWS; `message` is what was signed."""

    header: dict[str, Any]
    payload: dict[str, Any]
    message: bytes
    signature: bytes


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


def read_jws(data: bytes) -> Jws:
    """A compact JWS, its signature not yet checked.

    Raises:
        InputRefused: too long, or not one with EdDSA.
    """
    try:
        if len(data) > MAX_TEXT:
            raise ValueError
        text = data.decode("ascii").strip()
        header, payload, signature = (_decoded(part) for part in text.split("."))
        parts = {"header": json.loads(header), "payload": json.loads(payload)}
        signed = {"message": text.rpartition(".")[0].encode(), "signature": signature}
        found = convert({**parts, **signed}, Jws, builtin_types=(bytes,))
    except (ValueError, RecursionError, ValidationError) as fault:
        raise _damaged() from fault
    if found.header.get("alg") != "EdDSA" or "crit" in found.header:
        raise _damaged()
    return found


def verified_jws(jws: Jws, record: KeyRecord) -> dict[str, Any]:
    """The payload, once the signature of `record` holds.

    Raises:
        InputRefused: it does not.
    """
    if not record.verify(jws.signature, jws.message):
        raise InputRefused(
            mark("the signature of {role} {name} on this {artefact} does not hold"),
            remedy=mark("Copy the file again from where it came; keep this one"),
            role=record.role,
            name=record.name,
            artefact=mark("credential"),
        )
    return jws.payload


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


def _decoded(part: str) -> bytes:
    data = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if _encoded(data) != part:
        raise ValueError("not base64url")
    return data
