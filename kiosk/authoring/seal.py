"""Seals a compiled bank: `.bank` for the terminals, `.scoring` for the station, a record for oneself.

What leaves is decided here: the image holds items under fresh names, with neither titles nor feedback
nor rules; keys and rules go into the scoring file, sealed to the station and to the recovery key. A
later scoring version keeps the fresh names of its bank, so it is made from the record of the sealing.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.bank import (
    BankManifest,
    read_bank,
    read_manifest,
    seal_image,
    write_bank,
)
from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.scoring_file import (
    ScoringContent,
    ScoringEntry,
    seal_content,
    write_scoring,
)
from kiosk.artefacts.sealing import new_key
from kiosk.assessment.items import Item
from kiosk.authoring.bank_image import bank_image
from kiosk.authoring.compiled import CompiledBank, CompiledItem
from kiosk.authoring.labelled_rules import labelled_rules
from kiosk.authoring.labels import Labels, fresh_labels, labelled_item
from kiosk.authoring.sealing_record import SealingRecord
from kiosk.errors import InputRefused
from kiosk.scoring.checking import compile_rules
from kiosk.words import mark


class Sealed(Struct, frozen=True):
    """The bytes of the two files, and what the author keeps."""

    bank: bytes
    scoring: bytes
    manifest: BankManifest
    record: SealingRecord


def seal_bank(
    compiled: CompiledBank,
    author: Signer,
    recipients: tuple[KeyRecord, ...],
    *,
    sealed_at: int,
    source: random.Random | None = None,
) -> Sealed:
    """A new sealing of a bank that `lint` found without errors.

    Args:
        recipients: the station's opening record and the recovery record.
        sealed_at: UTC epoch seconds.
        source: of fresh names and orders; the system's unless a test gives its own.

    Raises:
        InputRefused: recipients missing, or a rule that cannot follow the fresh names.
    """
    _check_recipients(recipients)
    source = source or random.SystemRandom()
    head = compiled.source.head
    labels = {one.item.id: fresh_labels(one.item, one.rules, source) for one in compiled.items}
    items = [labelled_item(one.item, labels[one.item.id], source) for one in compiled.items]
    bank_key = new_key()
    image = seal_image(
        bank_key,
        bank_image(_with_sheet(items, compiled.sheet), compiled.media),
        head.id,
        head.version,
    )
    seed = _template_seed(compiled)
    content = _content(compiled, labels, bank_key, 1)
    content_key = new_key()
    box = seal_content(content, content_key)
    manifest = BankManifest(
        bank=head.id,
        version=head.version,
        discipline=head.discipline,
        title=head.title,
        standard=compiled.source.standard.id,
        levels=head.levels,
        languages=head.languages,
        items=dict(Counter(str(item.kind) for item in items)),
        image_sha256=hashlib.sha256(image).digest(),
        scoring_sha256=hashlib.sha256(box).digest(),
        sealed_at=sealed_at,
    )
    signed = sign(encode(manifest), Kind.BANK, author)
    return Sealed(
        bank=write_bank(signed, image),
        scoring=write_scoring(signed, content, content_key, box, recipients, author),
        manifest=manifest,
        record=SealingRecord(
            bank=head.id,
            version=head.version,
            image_sha256=manifest.image_sha256,
            manifest=signed,
            bank_key=bank_key,
            scoring_version=1,
            labels=labels,
            digests={one.item.id: digest_of(one) for one in compiled.items},
            template_seed=seed,
            variants=compiled.source.variants.count if seed else 0,
        ),
    )


def seal_scoring(
    compiled: CompiledBank,
    record: SealingRecord,
    author: Signer,
    recipients: tuple[KeyRecord, ...],
) -> tuple[bytes, SealingRecord]:
    """A later scoring version for a sealed bank, and the record to keep in place of the old one.

    Raises:
        InputRefused: what candidates see has changed since; only keys and rules may.
    """
    _check_recipients(recipients)
    found = {one.item.id: digest_of(one) for one in compiled.items}
    changed = sorted(
        identifier
        for identifier in record.digests.keys() | found.keys()
        if record.digests.get(identifier) != found.get(identifier)
    )
    if changed:
        raise InputRefused(
            mark("what candidates see has changed since the bank was sealed: {items}"),
            where=record.bank,
            remedy=mark(
                "Take the texts back and change keys and rules only, or seal a new bank version"
            ),
            items=changed[:10],
        )
    version = record.scoring_version + 1
    content = _content(compiled, record.labels, record.bank_key, version)
    key = new_key()
    box = seal_content(content, key)
    scoring = write_scoring(record.manifest, content, key, box, recipients, author)
    return scoring, replace(record, scoring_version=version)


def manifest_of(bank: bytes, author: KeyRecord) -> BankManifest:
    """The manifest of a `.bank` this author sealed.

    Raises:
        InputRefused: not a bank, or another author's.
    """
    return read_manifest(read_bank(bank).manifest, author)


def digest_of(compiled: CompiledItem) -> bytes:
    """What candidates see of an item, as a digest."""
    return hashlib.sha256(encode(compiled.item)).digest()


def _content(
    compiled: CompiledBank, labels: dict[str, Labels], bank_key: bytes, version: int
) -> ScoringContent:
    head = compiled.source.head
    named: dict[str, list[str]] = {}
    for one in compiled.items:
        named.setdefault(one.template or one.item.id, []).append(labels[one.item.id].item)
    entries = [_entry(one, labels[one.item.id], named) for one in compiled.items]
    return ScoringContent(
        bank=head.id,
        version=head.version,
        scoring_version=version,
        bank_key=bank_key,
        standard=compiled.source.standard_plain,
        entries=tuple(sorted(entries, key=lambda entry: entry.item)),
        template_seed=_template_seed(compiled),
    )


def _with_sheet(items: list[Item], sheet: Item | None) -> list[Item]:
    return items if sheet is None else [*items, sheet]


def _template_seed(compiled: CompiledBank) -> bytes:
    """What the variants were drawn from; empty where there are none."""
    templates = any(one.template for one in compiled.items)
    return compiled.source.variants.seed if templates else b""


def _entry(compiled: CompiledItem, labels: Labels, named: dict[str, list[str]]) -> ScoringEntry:
    """`named` are the sealed names by the author's: of a template those of all its variants."""
    rules = labelled_rules(compiled.rules, labels)
    compile_rules(rules)
    return ScoringEntry(
        item=labels.item,
        source=compiled.item.id,
        kind=compiled.item.kind,
        knowledge_point=compiled.about.knowledge_point,
        levels=compiled.about.levels,
        names={labels.item: compiled.item.id, **labels.names},
        rules=rules,
        difficulty=compiled.about.difficulty,
        group=compiled.template,
        variant=compiled.variant,
        rubric=compiled.rubric,
        enemies=tuple(name for enemy in compiled.about.enemies for name in named.get(enemy, ())),
    )


def _check_recipients(recipients: tuple[KeyRecord, ...]) -> None:
    roles = {record.role for record in recipients}
    for role in (Role.OPENING, Role.RECOVERY):
        if role not in roles:
            raise InputRefused(
                mark("the scoring file must be sealed to the station's {role} record too"),
                remedy=mark(
                    "Give the station's opening and recovery records (.pub) with --station"
                ),
                role=role,
            )
