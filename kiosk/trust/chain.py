"""From a trusted root to the listed targets: the TUF chain of signatures, read without a clock.

`installed` refreshes with `tuf.ngclient`, which asks for freshness. What is installed or was published
once is read here: every signature and digest from the root down, but no expiry, because an exam
begins with what is installed and a verifier may come years later. The caller sees `expires_at`.

Stricter than TUF in one thing: metadata must be in the one form that python-tuf writes and each
signature on it must hold, so that no byte of a published file can change unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tuf.api import exceptions
from tuf.api.metadata import (
    DelegatedRole,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.trust.listing import Listed, Listing
from kiosk.words import mark

STATION_ROLE = "station"
STATION_PATHS = ("trust-list.cbor", "banks/*", "sessions/*", "programs/*", "certificates/*")
MAX_METADATA_BYTES = 5_000_000
MAX_ROOTS = 256

S = TypeVar("S", Root, Timestamp, Snapshot, Targets)

Source = Callable[[str, int], bytes | None]
"""Gives the bytes of a role's metadata in a version (asked for by name where the version is not in
the file's name), or None when there are none."""


def published(folder: Path) -> Source:
    """The metadata of a published repository with consistent snapshots (TUF 6.2)."""
    metadata = folder / "metadata"
    return lambda role, version: _file(
        metadata / (f"{role}.json" if role == "timestamp" else f"{version}.{role}.json")
    )


def cached(folder: Path) -> Source:
    """The metadata as `tuf.ngclient` keeps it on a device."""
    return lambda role, version: _file(
        folder / (f"root_history/{version}.root.json" if role == "root" else f"{role}.json")
    )


def read_root(data: bytes) -> Root:
    """A root that vouches for itself; whether to trust it is the caller's to know.

    Raises:
        InputRefused: not a root, damaged, or not signed by its own keys.
    """
    root = parse(data, Root)
    _signed_by(root.signed, root, "root")
    return root.signed


def read_chain(trusted_root: bytes, source: Source) -> Listing:
    """Everything `trusted_root` vouches for.

    Raises:
        InputRefused: something is missing or damaged.
        NotPermitted: something is not signed by those who may.
    """
    root = _newest_root(read_root(trusted_root), source)
    timestamp = _read("timestamp", Timestamp, root, source, 0)
    snapshot = _read("snapshot", Snapshot, root, source, timestamp.snapshot_meta)
    top = _read("targets", Targets, root, source, _meta(snapshot, "targets"))
    station = _read(STATION_ROLE, Targets, top, source, _meta(snapshot, STATION_ROLE))
    delegated = delegation(top)
    targets = {
        **_listed(station, STATION_ROLE, delegated.is_delegated_path),
        # Last, so that what is signed offline cannot be covered up by the station.
        **_listed(top, "targets", lambda name: True),
    }
    read = {"timestamp": timestamp, "snapshot": snapshot, "targets": top, STATION_ROLE: station}
    return Listing(
        versions={"root": root.version, **{name: part.version for name, part in read.items()}},
        expires_at=int(min(part.expires for part in (root, *read.values())).timestamp()),
        targets=targets,
    )


def parse(data: bytes, kind: type[S]) -> Metadata[S]:
    """Metadata of one type, in the one form we write; no signature checked.

    Raises:
        InputRefused: not that.
    """
    try:
        metadata = Metadata[S].from_bytes(data)
    except exceptions.RepositoryError as fault:
        raise _damaged(kind.type) from fault
    canonical = all(
        signature.signature == signature.signature.lower()
        for signature in metadata.signatures.values()
    )
    if not isinstance(metadata.signed, kind) or not canonical or metadata.to_bytes() != data:
        raise _damaged(kind.type)
    return metadata


def explained(fault: exceptions.RepositoryError | exceptions.DownloadError) -> KioskError:
    """The words for what TUF found wrong with a repository."""
    match fault:
        case exceptions.BadVersionNumberError():
            return NotPermitted(
                mark("this trust repository is older than the one already installed"),
                remedy=mark(
                    "Use the stick with the newest files of the station; "
                    "what is installed stays as it is"
                ),
            )
        case exceptions.ExpiredMetadataError():
            return NotPermitted(
                mark("this trust repository has expired"),
                remedy=mark(
                    "Check this device's clock; if it is right, ask the station to publish "
                    "again. What is installed stays as it is"
                ),
            )
        case exceptions.UnsignedMetadataError():
            return NotPermitted(
                mark("this trust repository is not signed by the station this device trusts"),
                remedy=mark(
                    "It is another station's, or was changed on its way: ask the station for "
                    "a new copy. What is installed stays as it is"
                ),
            )
        case exceptions.DownloadHTTPError():
            return InputRefused(
                mark("there is no whole trust repository here: a file is missing"),
                remedy=_COPY_AGAIN,
            )
        case exceptions.DownloadError():
            return InputRefused(
                mark("a file of the trust repository is damaged or cannot be read"),
                remedy=_COPY_AGAIN,
            )
        case _:
            return InputRefused(
                mark("a file of the trust repository is damaged"), remedy=_COPY_AGAIN
            )


def _newest_root(root: Root, source: Source) -> Root:
    for version in range(root.version + 1, root.version + 1 + MAX_ROOTS):
        data = source("root", version)
        if data is None:
            break
        newer = parse(data, Root)
        _signed_by(root, newer, "root")
        _signed_by(newer.signed, newer, "root")
        if newer.signed.version != version:
            raise _damaged("root")
        root = newer.signed
    return root


def _read(role: str, kind: type[S], by: Root | Targets, source: Source, meta: MetaFile | int) -> S:
    data = source(role, meta if isinstance(meta, int) else meta.version)
    if data is None:
        raise InputRefused(
            mark("the trust repository has no {part} metadata where it belongs"),
            remedy=_COPY_AGAIN,
            part=role,
        )
    metadata = parse(data, kind)
    _signed_by(by, metadata, role)
    if isinstance(meta, MetaFile):
        try:
            meta.verify_length_and_hashes(data)
        except exceptions.LengthOrHashMismatchError as fault:
            raise _damaged(role) from fault
        if metadata.signed.version != meta.version:
            raise _damaged(role)
    return metadata.signed


def _signed_by(by: Root | Targets, metadata: Metadata[S], role: str) -> None:
    try:
        result = by.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
    except ValueError as fault:
        raise explained(exceptions.UnsignedMetadataError(str(fault))) from fault
    # A root may carry signatures of the keys before it, which `by` does not know.
    known = [key for key in metadata.signatures if key in by.get_delegated_role(role).keyids]
    if not result or len(result.signed) != len(known):
        raise explained(exceptions.UnsignedMetadataError(role))


def _meta(snapshot: Snapshot, role: str) -> MetaFile:
    try:
        return snapshot.meta[f"{role}.json"]
    except KeyError as fault:
        raise _damaged("snapshot") from fault


def delegation(top: Targets) -> DelegatedRole:
    """What is given to the station's part.

    Raises:
        NotPermitted: nothing.
    """
    roles = top.delegations.roles if top.delegations else None
    if not roles or STATION_ROLE not in roles:
        raise NotPermitted(mark("the trust repository gives nobody the station's part"))
    return roles[STATION_ROLE]


def _listed(part: Targets, role: str, may: Callable[[str], bool]) -> dict[str, Listed]:
    return {
        name: Listed(target.length, _sha256(target), role)
        for name, target in part.targets.items()
        if may(name)
    }


def _sha256(target: TargetFile) -> bytes:
    try:
        return bytes.fromhex(target.hashes["sha256"])
    except (KeyError, ValueError) as fault:
        raise _damaged(target.path) from fault


def _file(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_METADATA_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as fault:
        raise InputRefused(
            mark("a file of the trust repository cannot be read"),
            where=str(path),
            remedy=_COPY_AGAIN,
        ) from fault
    if len(data) > MAX_METADATA_BYTES:
        raise _damaged(path.name)
    return data


def _damaged(what: str) -> InputRefused:
    return InputRefused(
        mark("the {part} metadata of the trust repository is damaged"),
        remedy=_COPY_AGAIN,
        part=what,
    )


_COPY_AGAIN = mark(
    "Copy the station's files onto the stick again; what is installed stays as it is"
)
