"""Acts on results: who did what, when and why, each with a leaf in the transparency log.

An act is written in the transaction of what it does, so that neither stands without the other. Whoever can
read the station's keys can act on the command line and says who it is (`--by`); the console lets those act
whose role `MAY` names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from kiosk.artefacts.codec import encode
from kiosk.artefacts.evidence import Act
from kiosk.artefacts.merkle import leaf_hash
from kiosk.errors import InputRefused
from kiosk.station.registry import Connection
from kiosk.station.registry import acts as registered
from kiosk.words import mark

MAY = {
    "rescore": ("admin",),
    "void-item": ("admin",),
    "publish": ("admin",),
    "withhold": ("admin",),
    "release": ("admin",),
    "finalise": ("admin",),
    "void": ("admin",),
    "reinstate": ("admin",),
    "review": ("admin", "planner"),
    "reply": ("admin",),
    "absent": ("admin", "planner"),
    "defer": ("admin", "planner"),
    "correct": ("admin",),
    "decide": ("admin",),
    "issue": ("admin",),
    "revoke": ("admin",),
    "evidence": ("admin", "planner"),
    "withdraw-sheet": ("admin",),
}
"""The roles that may do each kind of act at the console, those about certificates too."""


class Why(Struct, frozen=True):
    """Who acts, and why."""

    by: str
    reason: str


def act(
    connection: Connection,
    kind: str,
    session: str,
    why: Why,
    now: datetime,
    details: dict[str, Any],
) -> int:
    """Writes an act of a kind of `MAY`, and returns its number.

    Raises:
        InputRefused: nobody is named, or no reason.
    """
    if not why.by.strip() or not why.reason.strip():
        raise InputRefused(
            mark("what is done to results needs a name and a reason"),
            remedy=mark("Add --by NAME and --reason TEXT"),
        )
    at = int(now.timestamp())
    content = encode(
        Act("kiosk/act/1", kind, session, why.by.strip(), why.reason.strip(), at, details)
    )
    return registered.add(
        connection,
        registered.ActRow(
            kind, session, why.by.strip(), why.reason.strip(), content, leaf_hash(content), at
        ),
    )
