"""What became of an installed program's files: a manifest held against a disk."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.manifest import LINK, SETTINGS, Manifest, ProgramFile


class Deviations(Struct, frozen=True):
    """Paths below the root, each list in order. `settings` were changed as people may; nothing else
    may deviate."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    added: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def none(self) -> bool:
        return not (self.changed or self.missing or self.added)


def deviations(
    manifest: Manifest, root: Path = Path("/"), beside: frozenset[str] = frozenset()
) -> Deviations:
    """How the files below `root` differ from those listed.

    Args:
        beside: paths that lie in the program's own folders and are not listed: the manifest itself.
    """
    changed: list[str] = []
    missing: list[str] = []
    settings: list[str] = []
    for file in manifest.files:
        try:
            same = _same(file, root / file.path)
        except OSError:
            missing.append(file.path)
            continue
        if not same:
            (settings if file.kind == SETTINGS else changed).append(file.path)
    listed = {file.path for file in manifest.files} | beside
    added = [path for own in manifest.own for path in _below(root, own) if path not in listed]
    return Deviations(tuple(changed), tuple(missing), tuple(sorted(added)), tuple(settings))


def _same(file: ProgramFile, path: Path) -> bool:
    """
    Raises:
        OSError: it is not there, or cannot be read.
    """
    if file.kind == LINK:
        found = path.lstat()
        return stat.S_ISLNK(found.st_mode) and _digest(os.readlink(path).encode()) == file.sha256
    # A link in the place of a file, or a pipe that never answers, is not the file.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode) or stat.S_IMODE(mode) != file.mode:
            return False
        return hashlib.file_digest(stream, "sha256").digest() == file.sha256


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _below(root: Path, folder: str) -> Iterator[str]:
    """Every path in a folder that is no folder itself."""
    for place, folders, files in os.walk(root / folder):
        for name in (*files, *(one for one in folders if Path(place, one).is_symlink())):
            yield str(Path(place, name).relative_to(root))
