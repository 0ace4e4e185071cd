"""Admitting a bank with its scoring file, and opening them again when the station needs to.

A bank is admitted only when everything about it holds: its author is listed, both ciphertexts are
those the manifest names, the image opens and holds exactly the items that the rules are for, and
every rule can be computed. What is admitted never changes; a new key is a new scoring version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from kiosk.artefacts.bank import BankManifest, BankReader, open_bank, read_bank
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.scoring_file import (
    ScoringContent,
    open_scoring,
    read_envelope,
    read_scoring,
)
from kiosk.errors import InputRefused, KioskError
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.standard import read_standard
from kiosk.station.home import Station
from kiosk.station.registry import Connection, parties, plans
from kiosk.trust.durable import storage, write_durable
from kiosk.words import mark, text


class OpenedBank(Struct, frozen=True):
    """An admitted bank with one scoring version, opened."""

    manifest: BankManifest
    scoring: ScoringContent
    reader: BankReader


class Admitted(Struct, frozen=True):
    """What admitting did; `new` is False where all of it was there already."""

    bank: str
    version: str
    scoring_version: int
    items: int
    new: bool = False


def target_name(bank: str, version: str) -> str:
    """The name of a bank's file in the trust repository."""
    return f"banks/{bank}-{version}.bank"


class Checked(Struct, frozen=True):
    """A scoring file about which everything holds; `bank` is its bank where that is new, and `known` says
    that the very file was admitted before."""

    manifest: BankManifest
    manifest_bytes: bytes
    content: ScoringContent
    author: KeyRecord
    bank: bytes | None
    known: bool


def admit(
    station: Station, scoring: bytes, banks: Mapping[bytes, bytes], now: datetime
) -> tuple[Admitted, bytes]:
    """Admits a scoring file, with its bank unless that was admitted before; returns what was done and
    the manifest's bytes.

    Args:
        banks: `.bank` files at hand, by the bytes of their manifest.

    Raises:
        NotPermitted: the author is not listed or was revoked.
        InputRefused: damaged, sealed for another station, without its bank, an older bank than the
            one admitted, or other content under the same version.
    """
    found = checked(station, scoring, banks, now)
    content = found.content
    done = Admitted(content.bank, content.version, content.scoring_version, len(content.entries))
    if found.known:
        return done, found.manifest_bytes
    keep(station, scoring, found, now)
    return replace(done, new=True), found.manifest_bytes


def checked(
    station: Station, scoring: bytes, banks: Mapping[bytes, bytes], now: datetime
) -> Checked:
    """A scoring file once everything about it holds; nothing is kept. Arguments and errors as `admit`."""
    frame = read_scoring(scoring)
    author = station.trust().signer(frame.kid, Role.AUTHOR, at=int(now.timestamp()))
    envelope, manifest = read_envelope(frame, author)
    content = open_scoring(envelope, manifest, station.keys(Role.OPENING))
    if content.scoring_version != envelope.scoring_version:
        raise InputRefused(mark("the scoring file says two versions of itself"))
    if content.scoring_version >= plans.AMENDED:
        raise InputRefused(mark("an author's scoring versions end at 999"))
    if (
        content.scoring_version == 1
        and hashlib.sha256(envelope.box).digest() != manifest.scoring_sha256
    ):
        raise InputRefused(mark("the scoring file is not the one its bank was sealed with"))
    with station.registry.reading() as connection:
        versions = plans.bank_versions(connection, manifest.bank)
        scorings = plans.scoring_versions(connection, manifest.bank, manifest.version)
    known = next((row for row in versions if row.version == manifest.version), None)
    found = Checked(manifest, envelope.manifest, content, author, None, True)
    if known is None:
        bank = _bank_at_hand(manifest, envelope.manifest, banks)
        _require_newest(manifest, versions)
    else:
        if known.image_sha256 != manifest.image_sha256:
            raise _other_content(manifest)
        for row in scorings:
            if row.scoring_version == content.scoring_version:
                if row.sha256 != hashlib.sha256(scoring).digest():
                    raise _other_content(manifest)
                return found
        bank = bank_bytes(station, known)
    _check_content(bank, manifest, content)
    return replace(found, bank=None if known else bank, known=False)


def open_admitted(station: Station, bank: str, version: str, scoring_version: int) -> OpenedBank:
    """An admitted bank, opened in RAM; close its reader.

    Raises:
        InputRefused: not admitted, or its files were damaged.
    """
    row, manifest, content = _admitted(station, bank, version, scoring_version)
    file = read_bank(bank_bytes(station, row))
    return OpenedBank(
        manifest, content, open_bank(content.bank_key, file.ciphertext, bank, version)
    )


def admitted_scoring(
    station: Station, bank: str, version: str, scoring_version: int
) -> ScoringContent:
    """The scoring of an admitted bank alone, for which the bank itself need not be opened.

    Raises:
        InputRefused: not admitted, or its file was damaged.
    """
    return _admitted(station, bank, version, scoring_version)[2]


def _admitted(
    station: Station, bank: str, version: str, scoring_version: int
) -> tuple[plans.BankRow, BankManifest, ScoringContent]:
    with station.registry.reading() as connection:
        row = plans.find_bank(connection, bank, version)
        scorings = plans.scoring_versions(connection, bank, version)
        # Not asked of the trust list: an author revoked since does not undo an exam.
        author = None if row is None else parties.find(connection, row.author)
    # An amended version rests on its author's.
    own = scoring_version % plans.AMENDED
    scoring = next((found for found in scorings if found.scoring_version == own), None)
    if row is None or scoring is None or author is None:
        raise InputRefused(
            mark("bank {bank} {version} with scoring version {scoring} was not admitted"),
            remedy=mark("Import it: kiosk station import NAME.bank NAME.scoring --station DIR"),
            bank=bank,
            version=version,
            scoring=scoring_version,
        )
    path = station.folder / "scoring" / scoring.file
    with storage(path):
        frame = read_scoring(path.read_bytes())
    envelope, manifest = read_envelope(frame, author.record)
    return row, manifest, open_scoring(envelope, manifest, station.keys(Role.OPENING))


def title_of(station: Station, connection: Connection, row: plans.BankRow) -> Mapping[str, str]:
    """What an admitted bank's author calls its trade, by language; its scoring file says it, too, and is short.

    Raises:
        KioskError: the file is not there, or was damaged.
    """
    scoring = plans.scoring_versions(connection, row.bank, row.version)[-1]
    author = parties.find(connection, row.author)
    assert author is not None
    path = station.folder / "scoring" / scoring.file
    with storage(path):
        frame = read_scoring(path.read_bytes())
    return read_envelope(frame, author.record)[1].title


def bank_titles(station: Station) -> dict[str, Mapping[str, str]]:
    """What the banks here are called, by their ids, each as in its newest version. One whose file cannot be
    read has no title here: a list is no place to stop at that."""
    found: dict[str, Mapping[str, str]] = {}
    with station.registry.reading() as connection:
        for row in plans.every_bank(connection):
            with suppress(KioskError):
                found[row.bank] = title_of(station, connection, row)
    return found


def bank_words(titles: Mapping[str, Mapping[str, str]], bank: str, version: str, lang: str) -> str:
    """A bank as people read it: its title, and its id with the version."""
    name = f"{bank} {version}".rstrip()
    title = titles.get(bank, {}).get(lang)
    return text("{words} ({detail})", lang, words=title, detail=name) if title else name


def is_admitted(station: Station, bank: bytes) -> bool:
    """Whether the very bytes of a `.bank` were admitted before."""
    digest = hashlib.sha256(read_bank(bank).ciphertext).digest()
    with station.registry.reading() as connection:
        rows = [row for row in plans.every_bank(connection) if row.image_sha256 == digest]
    return any(bank_bytes(station, row) == bank for row in rows)


def bank_bytes(station: Station, row: plans.BankRow) -> bytes:
    """The `.bank` as it was admitted."""
    path = station.folder / "banks" / row.file
    with storage(path):
        return path.read_bytes()


def _bank_at_hand(
    manifest: BankManifest, manifest_bytes: bytes, banks: Mapping[bytes, bytes]
) -> bytes:
    if manifest_bytes not in banks:
        raise InputRefused(
            mark("its bank {bank} {version} is not here"),
            remedy=mark("Import both files together: NAME.bank and NAME.scoring"),
            bank=manifest.bank,
            version=manifest.version,
        )
    return banks[manifest_bytes]


def _require_newest(manifest: BankManifest, versions: tuple[plans.BankRow, ...]) -> None:
    if versions and versions[-1].sealed_at > manifest.sealed_at:
        raise InputRefused(
            mark("bank {bank} {version} is older than version {newest}, which was admitted before"),
            remedy=mark("Use the newest bank; ask its author which one that is"),
            bank=manifest.bank,
            version=manifest.version,
            newest=versions[-1].version,
        )


def _other_content(manifest: BankManifest) -> InputRefused:
    return InputRefused(
        mark("bank {bank} {version} was admitted with other content"),
        remedy=mark("Let the author seal the change under a new version"),
        bank=manifest.bank,
        version=manifest.version,
    )


def _check_content(bank: bytes, manifest: BankManifest, content: ScoringContent) -> None:
    """Everything about a bank that must hold before an exam may rest on it."""
    file = read_bank(bank)
    if hashlib.sha256(file.ciphertext).digest() != manifest.image_sha256:
        raise InputRefused(
            mark("the bank {bank} {version} is damaged"),
            remedy=mark("Copy the file again from where it came; keep this one"),
            bank=manifest.bank,
            version=manifest.version,
        )
    read_standard(content.standard, f"standard of {manifest.bank}")
    with open_bank(content.bank_key, file.ciphertext, manifest.bank, manifest.version) as reader:
        if sorted(entry.item for entry in content.entries) != sorted(reader.item_ids()):
            raise InputRefused(mark("the rules are not for the items of the bank"))
        for entry in content.entries:
            compile_rules(entry.rules)
            asked = {interaction.response for interaction in reader.item(entry.item).interactions}
            if asked != {declared.id for declared in entry.rules.responses}:
                raise InputRefused(
                    mark("the rule is not for the item's answer fields"), where=entry.source
                )


def keep(station: Station, scoring: bytes, found: Checked, now: datetime) -> None:
    """Keeps a checked scoring file, and its bank where that is new."""
    manifest, at = found.manifest, int(now.timestamp())
    bank_file = target_name(manifest.bank, manifest.version).removeprefix("banks/")
    row = scoring_row(found.content, scoring, at)
    if found.bank is not None:
        write_durable(station.folder / "banks" / bank_file, found.bank)
    write_durable(station.folder / "scoring" / row.file, scoring)
    with station.registry.writing() as connection:
        if found.bank is not None:
            plans.add_bank(
                connection,
                plans.BankRow(
                    bank=manifest.bank,
                    version=manifest.version,
                    discipline=manifest.discipline,
                    author=found.author.kid,
                    sealed_at=manifest.sealed_at,
                    image_sha256=manifest.image_sha256,
                    file=bank_file,
                    admitted_at=at,
                ),
            )
        plans.add_scoring(connection, row)


def scoring_row(content: ScoringContent, scoring: bytes, at: int) -> plans.ScoringRow:
    """The registry's line of a scoring file."""
    number = content.scoring_version
    file = f"{content.bank}-{content.version}-{number}.scoring"
    digest = hashlib.sha256(scoring).digest()
    return plans.ScoringRow(content.bank, content.version, number, digest, file, at)
