"""`.scoring`: keys, rules and the key of the bank, sealed to the station. It never reaches a seat.

COSE_Sign1 by the author over an envelope: the bank's manifest, the content key by HPKE to the
station's opening key and to the recovery key, and Cobblestone-256 of the content. A later scoring
version names the bank it is for by carrying that bank's manifest.
"""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec import Struct

from kiosk.artefacts.bank import BankManifest, read_manifest
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.hidden import Hidden
from kiosk.artefacts.keys import KeyRecord, Opener, Signer, sealing_key
from kiosk.artefacts.kinds import Kind
from kiosk.artefacts.sealing import context, hpke_seal, stream_open, stream_seal
from kiosk.errors import InputRefused
from kiosk.scoring.rubric import Rubric
from kiosk.scoring.rules import ItemRules
from kiosk.words import mark


class ScoringEntry(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sealed item at the scoring side.

    `names` maps the fresh identifiers of the bank (item, responses, choices) to the author's own, so
    that a report years later speaks the author's language. `difficulty` is 0 (everyone right) to
    1 000 (nobody), or None when not known.
    """

    item: str
    source: str
    kind: str
    knowledge_point: str
    levels: tuple[str, ...]
    names: dict[str, str]
    rules: ItemRules
    difficulty: int | None = None
    group: str = ""
    """Items of one group (variants of a template) never stand on one form together."""
    variant: int = 0
    """Its number, from 1, among those made of the template that `group` names; 0 of another item."""
    enemies: tuple[str, ...] = ()
    """Items (sealed names) that never stand on a form with this one."""
    rubric: Rubric = Rubric()
    """What people look for who mark it."""

    @property
    def rules_sha256(self) -> bytes:
        return hashlib.sha256(encode(self.rules)).digest()


class ScoringContent(Hidden, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`standard` is the standard's own file as plain values; `scoring_version` counts from 1.

    With `template_seed` the author's templates give the bank's variants once more; it is empty in a
    bank without templates.
    """

    bank: str
    version: str
    scoring_version: int
    bank_key: bytes
    standard: dict[str, Any]
    entries: tuple[ScoringEntry, ...]
    template_seed: bytes = b""


class ScoringEnvelope(Struct, frozen=True, forbid_unknown_fields=True):
    """What the author signs. `rules` holds the digest of each item's rule, by sealed item."""

    manifest: bytes
    scoring_version: int
    keys: dict[bytes, bytes]
    rules: dict[str, bytes]
    box: bytes


def seal_content(content: ScoringContent, key: bytes) -> bytes:
    """The ciphertext of a scoring content; its SHA-256 goes into the manifest."""
    return stream_seal(key, encode(content), _context(content.bank, content.version))


def write_scoring(
    manifest: bytes,
    content: ScoringContent,
    key: bytes,
    box: bytes,
    recipients: tuple[KeyRecord, ...],
    author: Signer,
) -> bytes:
    """The bytes of a `.scoring`.

    Args:
        manifest: the signed manifest, as it stands in the `.bank`.
        key: the content key `box` was sealed under.
        recipients: the station's opening record and the recovery record.
    """
    envelope = ScoringEnvelope(
        manifest=manifest,
        scoring_version=content.scoring_version,
        keys={
            record.kid: hpke_seal(sealing_key(record), key, _key_context(content, record))
            for record in recipients
        },
        rules={entry.item: entry.rules_sha256 for entry in content.entries},
        box=box,
    )
    return sign(encode(envelope), Kind.SCORING, author)


def read_scoring(data: bytes) -> Frame:
    """The frame of a `.scoring`; its `kid` hints at the author."""
    return read_frame(data, mark("scoring file"))


def read_envelope(frame: Frame, author: KeyRecord) -> tuple[ScoringEnvelope, BankManifest]:
    """Envelope and manifest, once the author's signatures on both hold."""
    payload = verified(frame, Kind.SCORING, author, mark("scoring file"))
    envelope = decode(payload, ScoringEnvelope, mark("scoring file"))
    return envelope, read_manifest(read_frame(envelope.manifest, mark("bank manifest")), author)


def open_scoring(
    envelope: ScoringEnvelope, manifest: BankManifest, station: Opener
) -> ScoringContent:
    """The content, opened with the station's opening key (or the recovery key).

    Raises:
        InputRefused: sealed for another station, damaged, or its rules are not those signed.
    """
    kid = station.record.kid
    if kid not in envelope.keys:
        raise InputRefused(mark("the scoring file is sealed for another station"))
    info = context(Kind.SCORING, manifest.bank, manifest.version, kid)
    key = station.open(envelope.keys[kid], info)
    plain = bytes(stream_open(key, envelope.box, _context(manifest.bank, manifest.version)))
    content = decode(plain, ScoringContent, mark("scoring content"))
    found = {entry.item: entry.rules_sha256 for entry in content.entries}
    if (
        found != envelope.rules
        or (content.bank, content.version)
        != (
            manifest.bank,
            manifest.version,
        )
        or content.scoring_version != envelope.scoring_version
    ):
        raise InputRefused(mark("the scoring file's rules are not the ones its author signed"))
    return content


def _context(bank: str, version: str) -> bytes:
    return context(Kind.SCORING, bank, version)


def _key_context(content: ScoringContent, record: KeyRecord) -> bytes:
    return context(Kind.SCORING, content.bank, content.version, record.kid)
