"""The journal as it is signed: records in a hash chain.

An entry is canonical CBOR of {salt, wall-clock, record}; the salt keeps the public hash from telling
a guessed answer. The chain is

    head(0) = SHA-256("kiosk/journal/1" || canonical CBOR of [session, terminal kid])
    head(n) = SHA-256(head(n-1) || entry(n))

so the head after n entries fixes all of them and their order. On a terminal's disk entries are
sealed (`terminal.journal`); in an answer package they stand in the clear, inside its sealed part.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.codec import decode, decode_each, encode
from kiosk.artefacts.sealing import context
from kiosk.artefacts.tokens import Command, Reason
from kiosk.assessment.paper import Paper
from kiosk.assessment.sitting import Event, Identity, Terms
from kiosk.words import mark

SALT_BYTES = 16


Warrant = Literal["", "no_id", "reserve"]
"""On whose word somebody was admitted: empty where slip or ID were in order, else proctors'."""


class Opened(Struct, frozen=True, forbid_unknown_fields=True, tag="opened"):
    """The terminal was released: what it found out about itself, and by whose codes."""

    boot: str
    at_ms: int
    version: str
    checks: dict[str, str]
    tokens: tuple[bytes, ...]


class Checked(Struct, frozen=True, forbid_unknown_fields=True, tag="checked"):
    """The terminal found something about itself otherwise than before: what changed, by check."""

    at_ms: int
    checks: dict[str, str]


class Admitted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="admitted"):
    """A candidate confirmed the identity and the pledge; the paper is fixed from here. `name` is what the
    person said who uses a reserve number."""

    at_ms: int
    identity: Identity
    terms: Terms
    paper: Paper
    seat: str = ""
    pledged: bool = False
    warrant: Warrant = ""
    name: str = ""


class Commanded(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="commanded"
):
    """A proctor's command, with the signed token itself as evidence."""

    at_ms: int
    command: Command
    proctor: bytes
    reason: Reason
    token: bytes
    minutes: int = 0


class Happened(Struct, frozen=True, forbid_unknown_fields=True, tag="sat"):
    """An event of the open sitting."""

    event: Event


class TakenOver(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="taken_over"
):
    """A sitting begun at another terminal goes on here.

    `entries` is that terminal's whole journal of this session, `statement` its signature over the head
    of them (`artefacts.transfer`): so a package holds, and the station checks, the chain from its
    beginning.
    """

    at_ms: int
    statement: bytes
    entries: tuple[bytes, ...]
    seat: str = ""


class CommonStart(Struct, frozen=True, forbid_unknown_fields=True, tag="common_start"):
    """The room's spoken code was typed at this seat, and how late that was (`artefacts.common_start`).

    UTC epoch seconds: `began_s` the start by the desk's clock, in the code; `signed_s` and `counted_s`
    the earliest it can be now by what proctors signed in this boot, and the time that was counted.
    """

    at_ms: int
    code: str
    began_s: int
    signed_s: int
    counted_s: int


Record = Opened | Checked | Admitted | Commanded | Happened | TakenOver | CommonStart


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """`wall_s` is what the terminal's clock said, UTC epoch seconds: a hint, never a proof."""

    salt: bytes
    wall_s: int
    record: Record


def new_entry(record: Record, wall_s: int) -> bytes:
    """A fresh entry for `record`, encoded."""
    return encode(Entry(os.urandom(SALT_BYTES), wall_s, record))


def row_context(session: str, terminal: bytes, seq: int) -> bytes:
    """What a sealed entry is bound to; `seq` counts from 1."""
    return context("kiosk/journal/1", session, terminal, seq)


def first_head(session: str, terminal: bytes) -> bytes:
    """The head of an empty journal."""
    return hashlib.sha256(b"kiosk/journal/1" + encode([session, terminal])).digest()


def next_head(head: bytes, entry: bytes) -> bytes:
    """The head after `entry`."""
    return hashlib.sha256(head + entry).digest()


def head_of(session: str, terminal: bytes, entries: Iterable[bytes]) -> bytes:
    """The head after all of `entries`."""
    head = first_head(session, terminal)
    for entry in entries:
        head = next_head(head, entry)
    return head


def read_entry(entry: bytes) -> Entry:
    """The entry; its bytes must already be known to be genuine (chain or seal).

    Raises:
        InputRefused: not a journal entry.
    """
    return decode(entry, Entry, mark("journal entry"))


def read_entries(entries: Sequence[bytes]) -> tuple[Entry, ...]:
    """A journal's entries, as `read_entry` gives each, in less time.

    Raises:
        InputRefused: one is no journal entry.
    """
    return decode_each(entries, Entry, mark("journal entry"))


def records_of(entries: Sequence[bytes]) -> tuple[Record, ...]:
    """What a journal's entries record."""
    return tuple(entry.record for entry in read_entries(entries))
