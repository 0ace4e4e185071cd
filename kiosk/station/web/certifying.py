"""What of certificates needs the station's keys, in the process that has them: issuing, and credentials."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kiosk.artefacts.kinds import Role
from kiosk.station.acts import Why
from kiosk.station.certificates.credential import credential_jwt
from kiosk.station.certificates.evidence_sheet import Noted, note_sheet
from kiosk.station.certificates.issuing import issue, require_issued, session_cases
from kiosk.station.home import Station


def issued(
    folder: Path, session: str, candidates: Sequence[str], why: Why, now: datetime
) -> tuple[str, ...]:
    """The numbers of the certificates that were issued to these people of a session.

    Raises:
        InputRefused: no such session, no name or reason, or a ladder that cannot be used.
    """
    station = Station.open(folder)
    try:
        wanted = [
            one for one in session_cases(station, session, now) if one.candidate in candidates
        ]
        return tuple(one.number for one in issue(station, wanted, why, now))
    finally:
        station.close()


def noted(folder: Path, data: bytes, where: str, why: Why, now: datetime) -> Noted:
    """`note_sheet`, on the station in `folder`."""
    station = Station.open(folder)
    try:
        return note_sheet(station, data, where, why, now)
    finally:
        station.close()


def credential(folder: Path, number: str) -> str:
    """A certificate's credential, signed.

    Raises:
        InputRefused: there is no such certificate.
    """
    station = Station.open(folder)
    try:
        with station.registry.reading() as connection:
            one = require_issued(connection, number)
        return credential_jwt(one, station.keys(Role.STATION))
    finally:
        station.close()
