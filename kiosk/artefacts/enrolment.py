"""`.enrol`: a terminal, a proctor or an author asks the station to be listed, by file or by code.

Signed with the key it asks for, which proves possession and nothing more; a person at the station
compares the fingerprint's words with those on the device before the record is listed. The code (`N1:`)
is the whole request: read off the device's own screen it says whose key it is, as the words do.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer, require_name, sealing_key
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.artefacts.sealing import hpke_seal
from kiosk.errors import InputRefused
from kiosk.words import mark

RESTART: Final = "restart"
OUTLASTED: Final = "outlasted"
NOT_SHOWN: Final = "not shown"
"""What a terminal says among its facts of whether its state was there before its last restart."""


class Enrolment(Struct, frozen=True, forbid_unknown_fields=True):
    """`facts` are what the device says of itself (host name, program version): unproven."""

    record: KeyRecord
    made_at: int
    facts: dict[str, str]

    @property
    def restart_missing(self) -> bool:
        """Whether this is a terminal that has not shown that its state outlasts a restart."""
        return self.record.role is Role.TERMINAL and self.facts.get(RESTART) != OUTLASTED


def write_enrolment(signer: Signer, made_at: int, facts: dict[str, str]) -> bytes:
    """The bytes of an `.enrol`."""
    return sign(encode(Enrolment(signer.record, made_at, facts)), Kind.ENROLMENT, signer)


def read_enrolment(data: bytes) -> Enrolment:
    """The request, once it is shown to be signed by the very key it asks for.

    Raises:
        InputRefused: damaged, signed by another key, or with keys or a name that cannot be used.
        NotPermitted: the role cannot enrol by file.
    """
    frame = read_frame(data, mark("enrolment"))
    # The key is inside what it signs: parsed before the signature, then proven by it.
    request = decode(frame.payload, Enrolment, mark("enrolment"))
    verified(frame, Kind.ENROLMENT, request.record, mark("enrolment"))
    require_name(request.record.name)
    _require_sealable(request.record)
    return request


def enrolment_code(data: bytes) -> str:
    """The text of the QR code that says the `.enrol` of these bytes."""
    return to_text(Prefix.ENROLMENT, data)


def enrolment_of_code(scanned: str) -> bytes:
    """The bytes of the `.enrol` in a scanned code, nothing of it verified.

    Raises:
        InputRefused: another code, or not read whole.
    """
    prefix, data = from_text(scanned)
    if prefix is not Prefix.ENROLMENT:
        raise InputRefused(
            mark("this is not the code of a request"),
            remedy=mark("Scan the code that the device shows when it is enrolled"),
        )
    return data


def _require_sealable(record: KeyRecord) -> None:
    """Found here and not when a session is planned: nobody could be told whose key it is then."""
    if record.seal is None and record.role in (Role.AUTHOR, Role.ASSESSOR):
        return
    try:
        hpke_seal(sealing_key(record), b"trial", b"trial")
    except (ValueError, InputRefused) as fault:
        raise InputRefused(
            mark("the keys of {name} cannot be used: nothing can be sealed to them"),
            remedy=mark("Make new keys on that device and enrol it again"),
            name=record.name,
        ) from fault
