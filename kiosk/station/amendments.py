"""Amended scoring versions: what the station decided about bad items (废题), on top of an author's version.

An author's key is not needed for it: the decision is the station's, and stands with its reason, who made it
and a leaf in the log. An amended version holds all amendments of the one before, so that each can be derived
alone, from the package, the author's file and this one.
"""

from __future__ import annotations

import hashlib

from kiosk.artefacts.codec import decode, encode
from kiosk.errors import InputRefused
from kiosk.scoring.amendments import Amended, Amendment
from kiosk.station.home import Station
from kiosk.station.registry import plans
from kiosk.trust.durable import storage
from kiosk.words import mark

_KIND = "kiosk/amendment/1"


def written(bank: str, version: str, number: int, items: tuple[Amendment, ...]) -> bytes:
    """The file of an amended version."""
    return encode(Amended(_KIND, bank, version, number, items))


def row_of(bank: str, version: str, number: int, data: bytes, at: int) -> plans.ScoringRow:
    """The registry's line of it."""
    file = f"{bank}-{version}-{number}.amended"
    return plans.ScoringRow(bank, version, number, hashlib.sha256(data).digest(), file, at)


def amendments_of(
    station: Station, bank: str, version: str, scoring_version: int
) -> tuple[Amendment, ...]:
    """The amendments that a scoring version holds; none of an author's own.

    Raises:
        InputRefused: there is no such version, or its file was changed.
    """
    data = amended_file(station, bank, version, scoring_version)
    return decode(data, Amended, "amendments").items if data else ()


def amended_file(station: Station, bank: str, version: str, scoring_version: int) -> bytes:
    """An amended version's file as it was decided; empty of an author's own version.

    Raises:
        InputRefused: there is no such version, or its file was changed.
    """
    if scoring_version < plans.AMENDED:
        return b""
    with station.registry.reading() as connection:
        rows = plans.amended_versions(connection, bank, version)
    row = next((one for one in rows if one.scoring_version == scoring_version), None)
    if row is None:
        raise InputRefused(
            mark("bank {bank} {version} has no scoring version {scoring}"),
            bank=bank,
            version=version,
            scoring=scoring_version,
        )
    path = station.folder / "scoring" / row.file
    with storage(path):
        data = path.read_bytes()
    if hashlib.sha256(data).digest() != row.sha256:
        raise InputRefused(
            mark("the amendments are not the ones that were decided"),
            where=str(path),
            remedy=mark("Bring the station's folder back from its backup"),
        )
    return data
