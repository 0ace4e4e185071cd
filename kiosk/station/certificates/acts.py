"""Acts about certificates: who did what, when and why, each with a leaf in the transparency log, in the
transaction of what it does."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from kiosk.artefacts.codec import encode
from kiosk.artefacts.merkle import leaf_hash
from kiosk.errors import InputRefused
from kiosk.station.acts import Why
from kiosk.station.registry import Connection
from kiosk.station.registry import certificates as registered
from kiosk.words import mark

Kind = Literal["issue", "revoke", "evidence", "withdraw-sheet"]


class Content(Struct, frozen=True):
    """What an act's leaf is of."""

    kind: str
    act: Kind
    subject: str
    by: str
    reason: str
    at: int
    details: dict[str, Any]


def act(
    connection: Connection,
    kind: Kind,
    subject: str,
    why: Why,
    now: datetime,
    details: dict[str, Any],
) -> int:
    """Writes an act, and returns its number.

    Raises:
        InputRefused: nobody is named, or no reason.
    """
    by, reason, at = why.by.strip(), why.reason.strip(), int(now.timestamp())
    if not by or not reason:
        raise InputRefused(
            mark("what is done about certificates needs a name and a reason"),
            remedy=mark("Add --by NAME and --reason TEXT"),
        )
    content = encode(Content("kiosk/certificate-act/1", kind, subject, by, reason, at, details))
    row = registered.ActRow(kind, subject, by, reason, content, leaf_hash(content), at)
    return registered.add_act(connection, row)
