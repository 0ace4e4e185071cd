"""Listing and revoking parties: terminals and proctors by the station, authors with offline keys.

An `.enrol` proves that its maker has the key and no more. Who the maker is, two people establish by
comparing the fingerprint's words on both screens, or somebody by scanning the code off the device's own
screen; the caller asks them, then calls `enrol`. What came with the request is no comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from kiosk.artefacts.enrolment import Enrolment, enrolment_of_code, read_enrolment
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.home import Station
from kiosk.station.registry import IntegrityError, parties
from kiosk.words import LANGUAGES, mark

MIN_KID_DIGITS = 4
MAX_REQUEST_BYTES = 64 * 1024
NO_RESTART: Final = mark(
    "This computer has not shown that it keeps what is written over a restart, as one with a restore card would not"
)
"""Of a request whose `restart_missing`."""


def read_request(data: bytes, where: str) -> Enrolment:
    """The request in an `.enrol` file, its self-signature checked.

    Raises:
        InputRefused, NotPermitted: as `read_enrolment`, with the file named.
    """
    try:
        return read_enrolment(data)
    except InputRefused as fault:
        raise fault.at(where) from fault


def read_code(scanned: str) -> Enrolment:
    """The request in a code that a device's screen shows.

    Raises:
        InputRefused, NotPermitted: another code, not read whole, or as `read_enrolment`.
    """
    return read_enrolment(enrolment_of_code(scanned))


class Compared(Struct, frozen=True):
    """Requests and the codes scanned off screens: which are `same`, which requests have `no_code`, which are
    `otherwise` than a screen of that name or key shows, and whose codes have `no_request`."""

    same: tuple[KeyRecord, ...]
    no_code: tuple[KeyRecord, ...]
    otherwise: tuple[KeyRecord, ...]
    no_request: tuple[KeyRecord, ...]


def compare(requests: Sequence[KeyRecord], codes: Sequence[KeyRecord]) -> Compared:
    """Compares requests, however they came, with codes that came by another way."""
    seen = set(codes)
    shown = {(one.role, one.name) for one in codes} | {one.kid for one in codes}
    left = [one for one in requests if one not in seen]
    changed = [one for one in left if shown & {(one.role, one.name), one.kid}]
    return Compared(
        same=tuple(one for one in requests if one in seen),
        no_code=tuple(one for one in left if one not in changed),
        otherwise=tuple(changed),
        no_request=tuple(one for one in dict.fromkeys(codes) if one not in requests),
    )


def words_agree(record: KeyRecord, said: str) -> bool:
    """Whether `said` is the fingerprint of `record`, in either language."""
    heard = "".join(said.casefold().split())
    return any(heard == "".join(record_words(record, lang)) for lang in LANGUAGES)


def enrol(station: Station, record: KeyRecord, now: datetime) -> bool:
    """Lists a party whose fingerprint people have compared; False when it is listed already.

    Raises:
        NotPermitted: revoked before, or an author while the offline keys are away.
        InputRefused: another terminal has that name.
    """
    with station.registry.reading() as connection:
        known = parties.find(connection, record.kid)
    if known is not None:
        if known.revoked_at is not None:
            raise NotPermitted(
                mark("the key of {name} was revoked and stays so"),
                remedy=mark("Let the device make a new key and enrol that one"),
                name=known.record.name,
            )
        return False
    if record.role is Role.AUTHOR:
        _require_offline(station)
    try:
        with station.registry.writing() as connection:
            parties.add(connection, record, int(now.timestamp()))
    except IntegrityError as fault:
        raise InputRefused(
            mark("another terminal is called {name}"),
            remedy=mark("Give this one another name, or revoke the other one first"),
            name=record.name,
        ) from fault
    if record.role is Role.AUTHOR:
        station.sign_authority(now)
    return True


def revoke(station: Station, wanted: str, now: datetime) -> KeyRecord:
    """Revokes the party whose key id begins with `wanted`, or whose whole name it is.

    Raises:
        InputRefused: no such party, or more than one.
        NotPermitted: one of the station's own keys, or an author while the offline keys are away.
    """
    record = find_party(station, wanted)
    if record.role in (Role.STATION, Role.OPENING, Role.LOG, Role.RECOVERY):
        raise NotPermitted(
            mark("{name} is one of the station's own keys"),
            remedy=mark("Changing those needs a new authority list; see docs/admin.md"),
            name=record.name,
        )
    if record.role is Role.AUTHOR:
        _require_offline(station)
    with station.registry.writing() as connection:
        parties.revoke(connection, record.kid, int(now.timestamp()))
    if record.role is Role.AUTHOR:
        station.sign_authority(now)
    return record


def find_party(station: Station, wanted: str, *roles: Role) -> KeyRecord:
    """The one party not revoked whose name is `wanted`, or whose key id begins with it.

    Raises:
        InputRefused: none, or more than one.
    """
    with station.registry.reading() as connection:
        listed = [
            party.record for party in parties.every(connection, *roles) if party.revoked_at is None
        ]
    digits = wanted.lower()
    found = [record for record in listed if record.name == wanted] or [
        record
        for record in listed
        if len(digits) >= MIN_KID_DIGITS and record.kid.hex().startswith(digits)
    ]
    if not found:
        raise InputRefused(
            mark("nobody is enrolled as '{wanted}'"),
            remedy=mark("List who is: kiosk station parties. Enrol first, then name it here"),
            wanted=wanted,
        )
    if len(found) > 1:
        kids = [record.kid.hex() for record in found]
        raise InputRefused(
            mark("{n} are enrolled as '{wanted}'"),
            remedy=mark("Use the key id instead: {kids}"),
            n=len(found),
            wanted=wanted,
            kids=kids,
        )
    return found[0]


def _require_offline(station: Station) -> None:
    if not (station.offline / "targets").is_dir():
        raise NotPermitted(
            mark("authors are listed with the offline keys, which are not here"),
            where=str(station.offline),
            remedy=mark("Bring the offline folder back for as long as this takes"),
        )
