"""COSE_Sign1 (RFC 9052 section 4.2) with Ed25519, and nothing else of COSE.

Reading is in two steps on purpose: `read_frame` parses only the COSE frame of bytes nobody has
vouched for; the payload can be had from `verified` alone, which checks the signature with the key
record of a signer whom the caller trusts for this kind of artefact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cbor2
from cbor2 import CBORTag
from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.codec import COSE_SIGN1_TAG, decode_plain, encode
from kiosk.artefacts.keys import ALG_ED25519, KeyRecord, Signer
from kiosk.artefacts.kinds import SIGNERS, Kind
from kiosk.errors import InputRefused, NotPermitted
from kiosk.words import mark

_ALG = 1
_KID = 4


class Frame(Struct, frozen=True):
    """An unverified COSE_Sign1. `kid` is a hint at the signer and no more."""

    protected: bytes
    kid: bytes
    payload: bytes
    signature: bytes

    def message(self, external_aad: bytes) -> bytes:
        """The Sig_structure that is signed, RFC 9052 section 4.4."""
        return encode(["Signature1", self.protected, external_aad, self.payload])


def sign(payload: bytes, kind: Kind, signer: Signer) -> bytes:
    """A tagged COSE_Sign1 over `payload`, bound to `kind`.

    Raises:
        NotPermitted: the signer's role may not sign this kind.
    """
    record = signer.record
    _require_role(kind, record)
    protected = encode({_ALG: record.alg, _KID: record.kid})
    unsigned = Frame(protected, record.kid, payload, b"")
    return _written(replace(unsigned, signature=signer.sign(unsigned.message(kind.encode()))))


def parse_sign1(data: bytes, what: str) -> tuple[bytes, Mapping[Any, Any], bytes, bytes]:
    """Protected header, unprotected header, payload and signature of any tagged COSE_Sign1.

    Raises:
        InputRefused: not a tagged COSE_Sign1 with its payload inside.
    """
    value = decode_plain(data, what)
    parts = value.value if isinstance(value, CBORTag) and value.tag == COSE_SIGN1_TAG else None
    if (
        not isinstance(parts, list | tuple)
        or len(parts) != 4
        or not all(isinstance(part, bytes) for part in (parts[0], parts[2], parts[3]))
        or not isinstance(parts[1], Mapping)
    ):
        raise InputRefused(mark("not a valid {what}: not a COSE_Sign1"), remedy=_REMEDY, what=what)
    return parts[0], parts[1], parts[2], parts[3]


def read_frame(data: bytes, what: str) -> Frame:
    """The frame of a COSE_Sign1 as `sign` writes it, its signature not yet checked.

    Raises:
        InputRefused: not a COSE_Sign1, or not of the one shape and algorithm we write.
    """
    protected, unprotected, payload, signature = parse_sign1(data, what)
    header = decode_plain(protected, what)
    if (
        unprotected
        or not isinstance(header, dict)
        or set(header) != {_ALG, _KID}
        or type(header[_ALG]) is not int
        or type(header[_KID]) is not bytes
    ):
        raise InputRefused(
            mark("not a valid {what}: unknown COSE header"), remedy=_REMEDY, what=what
        )
    if header[_ALG] != ALG_ED25519:
        raise InputRefused(
            mark("not a valid {what}: unknown algorithm {number}"),
            remedy=_REMEDY,
            what=what,
            number=header[_ALG],
        )
    frame = Frame(protected, header[_KID], payload, signature)
    if encode({_ALG: ALG_ED25519, _KID: header[_KID]}) != protected or _written(frame) != data:
        raise InputRefused(
            mark("not a valid {what}: not in its canonical form"), remedy=_REMEDY, what=what
        )
    return frame


def verified(frame: Frame, kind: Kind, record: KeyRecord, what: str) -> bytes:
    """The payload, once the signature of `record` holds for `kind`.

    Raises:
        NotPermitted: the role of `record` may not sign this kind.
        InputRefused: the signature does not hold.
    """
    _require_role(kind, record)
    if not record.verify(frame.signature, frame.message(kind.encode())):
        raise InputRefused(
            mark("the signature of {role} {name} on this {artefact} does not hold"),
            remedy=_REMEDY,
            role=record.role,
            name=record.name,
            artefact=what,
        )
    return frame.payload


def _require_role(kind: Kind, record: KeyRecord) -> None:
    if record.role not in SIGNERS[kind]:
        raise NotPermitted(
            mark("a {role} may not sign {kind}"), where=record.name, role=record.role, kind=kind
        )


def _written(frame: Frame) -> bytes:
    parts = [frame.protected, {}, frame.payload, frame.signature]
    return cbor2.dumps(CBORTag(COSE_SIGN1_TAG, parts), canonical=True)


_REMEDY = mark("Copy the file again from where it came; keep this one")
