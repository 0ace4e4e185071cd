"""ZIP archives: only plain files with plain names, within limits of size and ratio.

Nothing is ever extracted to a path the archive names: a member is read into memory by its name.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from kiosk.errors import InputRefused, NotThere
from kiosk.words import mark

MAX_MEMBERS: Final = 20_000
MAX_MEMBER_BYTES: Final = 64 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 1024 * 1024 * 1024
MAX_RATIO: Final = 200
"""Most a member may be larger than its compressed bytes; text of items stays under 30."""
_RATIO_FREE_BYTES: Final = 1024 * 1024


class Archive:
    """A checked ZIP file, open for reading."""

    def __init__(self, path: Path) -> None:
        """Opens `path` and checks every entry before any is read.

        Raises:
            InputRefused: not a ZIP, encrypted, names that lead outside, links, too large.
        """
        self._name = path.name
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as fault:
            raise InputRefused(mark("not a ZIP file, or a damaged one"), where=path.name) from fault
        try:
            self._members = _checked(self._zip.infolist(), path.name)
        except InputRefused:
            self._zip.close()
            raise

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    def read(self, name: str) -> bytes:
        """The bytes of the member `name`.

        Raises:
            NotThere: no such member.
            InputRefused: damaged, or longer than it says.
        """
        info = self._members.get(name)
        if info is None:
            raise NotThere(
                mark("the archive does not hold this file"), where=f"{self._name}/{name}"
            )
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError) as fault:
            raise InputRefused(
                mark("damaged in the archive"), where=f"{self._name}/{name}"
            ) from fault
        except RuntimeError as fault:  # zipfile's word for an encrypted member
            raise InputRefused(
                mark("encrypted in the archive"), where=f"{self._name}/{name}"
            ) from fault
        if len(data) != info.file_size:
            raise InputRefused(
                mark("not as long as the archive says"), where=f"{self._name}/{name}"
            )
        return data

    def close(self) -> None:
        self._zip.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()


def _checked(entries: list[zipfile.ZipInfo], archive: str) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MAX_MEMBERS:
        raise InputRefused(mark("more than {n} files in the archive"), where=archive, n=MAX_MEMBERS)
    members: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for entry in entries:
        where = f"{archive}/{entry.filename[:200]}"
        _check_name(entry.filename, where)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputRefused(mark("a link in the archive"), where=where)
        if entry.flag_bits & 0x1:
            raise InputRefused(
                mark("encrypted in the archive"),
                where=where,
                remedy=mark("Pack it without a password"),
            )
        if entry.is_dir():
            continue
        total += entry.file_size
        ratio_limit = max(_RATIO_FREE_BYTES, entry.compress_size * MAX_RATIO)
        if entry.file_size > min(MAX_MEMBER_BYTES, ratio_limit) or total > MAX_TOTAL_BYTES:
            raise InputRefused(mark("unpacks to more than is allowed"), where=where)
        if entry.filename in members:
            raise InputRefused(mark("twice in the archive"), where=where)
        members[entry.filename] = entry
    return members


def _check_name(name: str, where: str) -> None:
    path = PurePosixPath(name)
    if (
        not name
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or ":" in name
        or any(ord(letter) < 32 for letter in name)
    ):
        raise InputRefused(mark("a name that leads out of the archive"), where=where)
