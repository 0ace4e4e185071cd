"""The files of a published repository: their names, copying them to a stick, dropping old ones.

Order makes it safe to pull the stick: first what nothing refers to yet, last `timestamp.json`, which
switches from old to new, and only then old files are dropped.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Set
from pathlib import Path

from kiosk.trust.chain import STATION_ROLE
from kiosk.trust.durable import storage, sync_file, sync_folder, write_durable
from kiosk.trust.listing import Listing


def target_file(name: str, sha256: bytes) -> str:
    """Where a target lies below targets/: its digest before its last name (TUF 6.2)."""
    folder, slash, base = name.rpartition("/")
    return f"{folder}{slash}{sha256.hex()}.{base}"


def copy_out(folder: Path, to: Path, listing: Listing, root_json: bytes) -> None:
    """Writes what `listing` lists from the repository in `folder` to `to`.

    Raises:
        StorageFault: the stick is full, read-only or refuses.
    """
    for name in sorted(_target_files(listing)):
        copy_file(folder / "targets" / name, to / "targets" / name)
    *before, timestamp = _metadata_files(listing)
    for name in before:
        copy_file(folder / "metadata" / name, to / "metadata" / name)
    write_durable(to / "root.json", root_json)
    copy_file(folder / "metadata" / timestamp, to / "metadata" / timestamp)
    prune(to, listing)


def prune(folder: Path, listing: Listing, *, keep: Set[str] = frozenset()) -> None:
    """Drops the metadata and targets that neither `listing` nor `keep` (below targets/) names."""
    wanted = {
        *(folder / "metadata" / name for name in _metadata_files(listing)),
        *(folder / "targets" / name for name in _target_files(listing) | keep),
    }
    with storage(folder):
        for part in ("metadata", "targets"):
            for path in sorted((folder / part).rglob("*")):
                if path.is_file() and path not in wanted:
                    path.unlink()


def _metadata_files(listing: Listing) -> list[str]:
    """The newest of each, timestamp last; of the root all, for devices that know an old one."""
    return [
        *(f"{version}.root.json" for version in range(1, listing.versions["root"] + 1)),
        *(
            f"{listing.versions[role]}.{role}.json"
            for role in ("targets", STATION_ROLE, "snapshot")
        ),
        "timestamp.json",
    ]


def _target_files(listing: Listing) -> frozenset[str]:
    return frozenset(target_file(name, listed.sha256) for name, listed in listing.targets.items())


def copy_file(source: Path, to: Path) -> None:
    """Copies a file unless it is there already; a bank may have 100 MB."""
    if to.exists() and _digest(to) == _digest(source):
        return
    with storage(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        beside = to.with_name(f".{to.name}.new")
        try:
            shutil.copyfile(source, beside)
            sync_file(beside)
            beside.replace(to)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(to.parent)


def _digest(path: Path) -> bytes:
    with storage(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
