"""Who may sign what now: two lists, each a target of the trust repository.

The *authority* list (top-level targets, signed offline) holds the station's keys, the recovery
key and the authors. The *trust list* (delegated to the station) holds proctors, terminals, the key
of its line, and the ids revoked. A role is believed only from the list that may give it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.errors import NotPermitted
from kiosk.words import mark

AUTHORITY_TARGET = "authority.cbor"
TRUST_TARGET = "trust-list.cbor"

AUTHORITY_ROLES = frozenset({Role.STATION, Role.OPENING, Role.LOG, Role.RECOVERY, Role.AUTHOR})
DELEGATED_ROLES = frozenset({Role.LINE, Role.PROCTOR, Role.TERMINAL, Role.ASSESSOR})
"""The key of the station's line is the one most exposed and may do the least: without the offline
keys it is revoked and followed by another."""


class TrustList(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two lists. `revoked` are kids; `minimum_version` of the programs, or empty."""

    kind: Literal["authority", "delegated"]
    issued_at: int
    records: tuple[KeyRecord, ...]
    revoked: tuple[bytes, ...] = ()
    minimum_version: str = ""


class Trust(Struct, frozen=True, dict=True):
    """The two lists together; the one place that says whether a key may act."""

    authority: TrustList
    delegated: TrustList

    def signer(self, kid: bytes, *roles: Role, at: int | None = None) -> KeyRecord:
        """The record of `kid` if it is listed in one of `roles`, not revoked and not expired.

        Args:
            at: UTC epoch seconds to judge expiry by; None where no clock is asked.

        Raises:
            NotPermitted: not listed, revoked, expired, or of another role.
        """
        if kid in (*self.authority.revoked, *self.delegated.revoked):
            name = next((r.name for r in self.records() if r.kid == kid), kid.hex())
            raise NotPermitted(
                mark("the key of {name} was revoked"),
                remedy=mark("Let somebody else sign, or ask the station"),
                name=name,
            )
        record = self._by_kid.get(kid)
        if record is None:
            raise NotPermitted(
                mark("unknown signer {kid}"),
                remedy=mark("Enrol the key at the station, or install the newest trust list"),
                kid=kid.hex(),
            )
        if record.role not in roles:
            wanted = " or ".join(roles)
            raise NotPermitted(
                mark("{name} is a {role}, not a {wanted}"),
                name=record.name,
                role=record.role,
                wanted=wanted,
            )
        if at is not None and record.not_after is not None and at > record.not_after:
            raise NotPermitted(mark("the key of {name} has expired"), name=record.name)
        return record

    @cached_property
    def _by_kid(self) -> dict[bytes, KeyRecord]:
        """An import asks for a thousand signers. Of two records of one key the first counts."""
        return {record.kid: record for record in reversed(self.records())}

    def records(self, *roles: Role) -> tuple[KeyRecord, ...]:
        """All believed records, or those of `roles`."""
        return tuple(
            record
            for trust_list, believed in (
                (self.authority, AUTHORITY_ROLES),
                (self.delegated, DELEGATED_ROLES),
            )
            for record in trust_list.records
            if record.role in believed and (not roles or record.role in roles)
        )

    def only(self, role: Role) -> KeyRecord:
        """The one record of a role there is one of: station, opening, log, line, recovery.

        Raises:
            NotPermitted: there is none, or more than one that is not revoked.
        """
        revoked = (*self.authority.revoked, *self.delegated.revoked)
        found = [record for record in self.records(role) if record.kid not in revoked]
        if len(found) != 1:
            raise NotPermitted(f"the trust repository lists {len(found)} keys as {role}, not one")
        return found[0]


def write_trust_list(trust_list: TrustList) -> bytes:
    return encode(trust_list)


def read_trust_list(data: bytes, kind: Literal["authority", "delegated"]) -> TrustList:
    """A list that the trust repository vouches for.

    Raises:
        InputRefused: not a trust list.
        NotPermitted: the other list.
    """
    trust_list = decode(data, TrustList, mark("trust list"))
    if trust_list.kind != kind:
        raise NotPermitted(
            mark("the {found} list where the {wanted} list belongs"),
            found=trust_list.kind,
            wanted=kind,
        )
    return trust_list
