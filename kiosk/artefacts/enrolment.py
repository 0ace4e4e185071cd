"""`.enrol`: a terminal, a proctor or an author asks the station to be listed, by file.

Signed with the key it asks for, which proves possession and nothing more; a person at the station
compares the fingerprint's words with those on the device before the record is listed.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer, require_name, sealing_key
from kiosk.artefacts.kinds import Kind, Role
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
