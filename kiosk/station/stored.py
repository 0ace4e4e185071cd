"""Packages that the registry holds, on their way to whoever works on them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused
from kiosk.station.batches import Batch, Carried, parts
from kiosk.station.home import Station
from kiosk.station.registry import packages, parties
from kiosk.words import mark


def stored(
    station: Station, wanted: Sequence[tuple[bytes, bytes]], kits: tuple[bytes, ...] = ()
) -> Iterator[Batch]:
    """The packages `wanted`, digests and terminals' kids, in their order.

    Raises:
        InputRefused: one is not what was imported.
    """
    opening = str(station.key_folder(Role.OPENING))
    terminals: dict[bytes, KeyRecord] = {}
    for part in parts(wanted):
        carried = []
        with station.registry.reading() as connection:
            for digest, kid in part:
                data = packages.content(connection, digest)
                if data is None or hashlib.sha256(data).digest() != digest:
                    raise InputRefused(
                        mark("a package is not what was imported"),
                        where=digest.hex(),
                        remedy=mark("Bring the station's folder back from its backup"),
                    )
                if kid not in terminals:
                    party = parties.find(connection, kid)
                    assert party is not None  # the schema has no package without its terminal
                    terminals[kid] = party.record
                carried.append(Carried(terminals[kid], data))
        yield Batch(opening, tuple(carried), kits)
