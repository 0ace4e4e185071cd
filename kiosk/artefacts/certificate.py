"""What a certificate proves of itself: a QR code (`E1:`) that the station signed, to be checked without a
line by whoever has the station's public key; and the list of those that were revoked.

The code is a COSE_Sign1 over CWT claims (RFC 8392): `iat` (6) and one private claim. It says no more than
the paper that it is printed on.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kiosk.artefacts.codec import decode, decode_plain, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.errors import InputRefused
from kiosk.words import mark

REVOKED_TARGET: Final = "certificates/revoked.cbor"
"""In the trust repository, which vouches for it."""

_IAT: Final = 6
_CLAIM: Final = -65537


class CertificateClaim(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """Who has which level of which trade. Days are ISO dates, `until` empty where it never ends;
    `discipline` is what the trade is called, by language."""

    number: str
    name: str
    discipline: dict[str, str]
    level: str
    issued: str
    until: str


class SignedCertificate(Struct, frozen=True):
    """A verified code, and who signed it."""

    station: KeyRecord
    claim: CertificateClaim
    issued_at: int


class Revoked(Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers revoked until `issued_at` (UTC epoch seconds), each with its day."""

    issued_at: int
    numbers: dict[str, str]


def sign_certificate(claim: CertificateClaim, station: Signer, *, issued_at: int) -> bytes:
    """The signed bytes of a certificate's code."""
    return sign(encode({_IAT: issued_at, _CLAIM: claim}), Kind.CERTIFICATE, station)


def certificate_text(token: bytes) -> str:
    """The text of the QR code."""
    return to_text(Prefix.CERTIFICATE, token)


def token_of(text: str) -> bytes:
    """The signed bytes in a scanned text.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, data = from_text(text)
    if prefix is not Prefix.CERTIFICATE:
        raise InputRefused(
            mark("this is not a certificate's code"),
            remedy=mark("Scan the code that is printed on the certificate"),
        )
    return data


def read_certificate(data: bytes) -> Frame:
    """The frame of a certificate's code; its `kid` hints at the station."""
    return read_frame(data, mark("certificate"))


def certificate(frame: Frame, station: KeyRecord) -> SignedCertificate:
    """The certificate, once the station's signature holds.

    Raises:
        InputRefused, NotPermitted: as `cose.verified`, or claims of another shape.
    """
    payload = verified(frame, Kind.CERTIFICATE, station, mark("certificate"))
    claims = decode_plain(payload, "certificate")
    if (
        not isinstance(claims, dict)
        or set(claims) != {_IAT, _CLAIM}
        or not all(type(key) is int for key in claims)
        or type(claims[_IAT]) is not int
        or encode(claims) != payload
    ):
        raise InputRefused(mark("not a valid certificate: unknown claims"))
    claim = decode(encode(claims[_CLAIM]), CertificateClaim, mark("certificate"))
    return SignedCertificate(station, claim, claims[_IAT])
