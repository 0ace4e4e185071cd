"""`.evidence`: one candidate's result with all it rests on, for an appeal or a court, signed by the station.

The package is inside as its terminal signed it, with its content key: whoever has this file reads that one
sitting and nothing else. So an outsider checks the terminal's own signature, replays the journal, and needs
the station's word only for what a key it keeps secret made of the answers. What was done to the score
afterwards (another scoring file, a bad item) is inside as the acts that the log holds, each with its proof.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.receipt import read_receipt
from kiosk.errors import InputRefused
from kiosk.words import mark


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody at the station did to a session's results; its encoding is a leaf of the log. `at` is
    UTC epoch seconds."""

    kind: Literal["kiosk/act/1"]
    act: str
    session: str
    by: str
    reason: str
    at: int
    details: dict[str, Any]


class Logged(Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf's content, and the receipt that proves it in the log."""

    content: bytes
    receipt: bytes


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """`key` opens the package; `result` is canonical CBOR as the registry keeps it, by `scoring_version` of
    the bank; `acts` are those that changed how the exam is scored, oldest first, and `amendments` what the
    last of them says of bad items, empty where the version is its author's."""

    package: Logged
    key: bytes
    result: bytes
    bank: str
    version: str
    scoring_version: int
    acts: tuple[Logged, ...]
    amendments: bytes
    issued_at: int


def write_evidence(evidence: Evidence, station: Signer) -> bytes:
    """The bytes of a `.evidence`."""
    return sign(encode(evidence), Kind.EVIDENCE, station)


def read_evidence(data: bytes) -> Frame:
    """The frame of a `.evidence`; its `kid` hints at the station."""
    return read_frame(data, mark("evidence"))


def evidence(frame: Frame, station: KeyRecord) -> Evidence:
    """What is in it, once the station's signature holds; the log's proofs are looked at by `logged`."""
    payload = verified(frame, Kind.EVIDENCE, station, mark("evidence"))
    return decode(payload, Evidence, mark("evidence"))


def logged(one: Logged, log: KeyRecord) -> int:
    """The place of a content in the log, from 0.

    Raises:
        InputRefused: its receipt does not hold, or is another leaf's.
    """
    receipt, _ = read_receipt(one.receipt, log)
    if receipt.leaf != leaf_hash(one.content):
        raise InputRefused(mark("a receipt in the evidence is of something else"))
    return receipt.index


def acts_of(value: Evidence, log: KeyRecord) -> tuple[Act, ...]:
    """The acts in an evidence, once the log is shown to hold each of them, in this order.

    Raises:
        InputRefused: one is not in the log, or they are in another order.
    """
    places = [logged(one, log) for one in value.acts]
    if places != sorted(set(places)):
        raise InputRefused(mark("the acts in the evidence are in another order than in the log"))
    return tuple(decode(one.content, Act, mark("act")) for one in value.acts)
