"""What a check of one file says: the answer of `kiosk verify`, in words and in JSON."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Verdict(Struct, frozen=True):
    """`kind` is the suffix's or type's name, `signer` a role and a name (empty when nobody signs or
    it could not be told), `reason` a sentence why it holds or not, `facts` what it says of itself.

    `permitted` is False when the signature may be right and its signer may not sign this: revoked,
    of another role, unknown.
    """

    kind: str
    signer: str
    valid: bool
    reason: str
    facts: dict[str, Any] = {}
    permitted: bool = True
