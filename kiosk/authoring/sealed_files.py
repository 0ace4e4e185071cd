"""A sealing on disk: reads the station's records, writes NAME.bank, NAME.scoring and the record."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.authoring import sealing_record
from kiosk.authoring.compiled import CompiledBank, CompiledItem
from kiosk.authoring.instantiate import TRIAL, Variants
from kiosk.authoring.seal import manifest_of, seal_bank, seal_scoring
from kiosk.authoring.sealing_record import SealingRecord
from kiosk.errors import InputRefused
from kiosk.scoring.difficulty import read_difficulties, together
from kiosk.trust.durable import read_given, storage, write_durable
from kiosk.trust.keystore import read_record
from kiosk.words import mark

MAX_DIFFICULTIES_BYTES = 16 * 1024 * 1024
RECIPIENTS = frozenset({Role.OPENING, Role.RECOVERY})


class SealedFiles(Struct, frozen=True):
    """What a command prints: paths, SHA-256 of the files (hex), items by kind."""

    bank: str | None
    scoring: str
    record: str
    bank_sha256: str | None
    scoring_sha256: str
    scoring_version: int
    items: dict[str, int]


def with_difficulties(compiled: CompiledBank, paths: Sequence[Path]) -> CompiledBank:
    """The bank with the difficulties that enough candidates proved, by all the files together.

    Raises:
        InputRefused: a file that says no difficulties, or those of another bank.
    """
    files = []
    for path in paths:
        told = read_difficulties(read_given(path, MAX_DIFFICULTIES_BYTES), str(path))
        known = any(one.item.id in told.items for one in compiled.items)
        if told.bank not in ("", compiled.source.head.id) or not known:
            raise InputRefused(
                mark("the difficulties are of items that this bank does not have"), where=str(path)
            )
        files.append(told)
    proved = together(files)

    def at(one: CompiledItem) -> CompiledItem:
        found = proved.get(one.item.id)
        if found is None:
            return one
        return replace(one, about=replace(one.about, difficulty=round(found * 1000)))

    return replace(compiled, items=tuple(map(at, compiled.items)))


def read_recipients(paths: list[Path]) -> tuple[KeyRecord, ...]:
    """The opening and recovery records among `paths`: files, or folders of `.pub` files.

    A folder may hold the station's other records too; a file given by name must be of use.

    Raises:
        InputRefused: a record for something else, or none at all.
    """
    found: dict[bytes, KeyRecord] = {}
    for path in paths:
        if path.is_dir():
            records = [read_record(file) for file in sorted(path.glob("*.pub"))]
            records = [record for record in records if record.role in RECIPIENTS]
        else:
            records = [read_record(path)]
        for record in records:
            if record.role not in RECIPIENTS or record.seal is None:
                raise InputRefused(
                    mark("a {role} record; scoring files are sealed to opening and recovery"),
                    where=str(path),
                    remedy=mark("Give the station's opening and recovery records (.pub)"),
                    role=record.role,
                )
            found[record.kid] = record
    return tuple(found.values())


def seal_new(
    compiled: CompiledBank,
    author: PrivateKeys,
    author_folder: Path,
    recipients: tuple[KeyRecord, ...],
    out: Path,
    sealed_at: int,
) -> SealedFiles:
    """Seals and writes both files, the author's record first: without it there is no way back.

    Raises:
        InputRefused: `out` holds a bank of that name already.
    """
    name = compiled.source.head.id
    bank, scoring = _free(out / f"{name}.bank"), _free(out / f"{name}.scoring")
    sealed = seal_bank(compiled, author, recipients, sealed_at=sealed_at)
    record = sealing_record.keep(author_folder, sealed.record)
    write_durable(scoring, sealed.scoring)
    write_durable(bank, sealed.bank)
    return SealedFiles(
        bank=str(bank),
        scoring=str(scoring),
        record=str(record),
        bank_sha256=hashlib.sha256(sealed.bank).hexdigest(),
        scoring_sha256=hashlib.sha256(sealed.scoring).hexdigest(),
        scoring_version=1,
        items=sealed.manifest.items,
    )


def variants_for(author: PrivateKeys, author_folder: Path, bank: Path) -> Variants:
    """Which variants of templates the sealed file `bank` holds: a later scoring needs the same.

    Raises:
        InputRefused: another author's bank, or no record of its sealing.
    """
    record = _record_of(author, author_folder, bank)
    return Variants(record.template_seed, record.variants) if record.variants else TRIAL


def seal_scoring_for(
    compiled: CompiledBank,
    author: PrivateKeys,
    author_folder: Path,
    recipients: tuple[KeyRecord, ...],
    out: Path,
    bank: Path,
) -> SealedFiles:
    """Writes NAME.vN.scoring, the next scoring version for the sealed file `bank`.

    Raises:
        InputRefused: another author's bank, no record of its sealing, or changed texts.
    """
    record = _record_of(author, author_folder, bank)
    data, record = seal_scoring(compiled, record, author, recipients)
    path = _free(out / f"{record.bank}.v{record.scoring_version}.scoring")
    kept = sealing_record.keep(author_folder, record)
    write_durable(path, data)
    return SealedFiles(
        bank=None,
        scoring=str(path),
        record=str(kept),
        bank_sha256=None,
        scoring_sha256=hashlib.sha256(data).hexdigest(),
        scoring_version=record.scoring_version,
        items=dict(Counter(str(one.item.kind) for one in compiled.items)),
    )


def _record_of(author: PrivateKeys, author_folder: Path, bank: Path) -> SealingRecord:
    with storage(bank):
        manifest = manifest_of(bank.read_bytes(), author.record)
    return sealing_record.find(
        author_folder, manifest.bank, manifest.version, manifest.image_sha256
    )


def _free(path: Path) -> Path:
    if path.exists():
        raise InputRefused(
            mark("there is a sealed file already, and terminals may be using it"),
            where=str(path),
            remedy=mark("Name another folder with --out"),
        )
    return path
