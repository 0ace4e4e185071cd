"""ZIP archives: only plain files with plain names, within limits of size and ratio.

Nothing is ever extracted to a path the archive names: a member is read into memory by its name. A
member that cannot be taken is refused alone and the others are read; an archive that lies about itself
is refused whole.
"""

from __future__ import annotations

import io
import itertools
import stat
import struct
import unicodedata
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
MAX_DIRECTORY_BYTES: Final = 8 * 1024 * 1024
"""The list of members is read at once, and takes ten times as much memory."""
_RATIO_FREE_BYTES: Final = 1024 * 1024
_HEADER_BYTES: Final = 30
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The others take as much memory as the archive says."""
_FAULTS: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
)
"""What zipfile stumbles with over damaged archives."""


class Archive:
    """A checked ZIP file, open for reading; `refused` says which of its members are not read."""

    def __init__(self, source: Path | bytes, name: str = "") -> None:
        """Opens the file `source`, or its bytes, and checks every entry before any is read.

        Args:
            name: stands in every error; the file's own name when it is left out.

        Raises:
            InputRefused: not a ZIP, too many members, members that lie over each other.
        """
        self._name = name or (source.name if isinstance(source, Path) else "")
        try:
            file = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
        except OSError as fault:
            raise _damaged(self._name) from fault
        try:
            self._zip = _opened(file, self._name)
            _check_places(self._zip.infolist(), self._zip.start_dir, self._name)
        except InputRefused:
            file.close()
            raise
        self._file = file
        self._members, self._refused = _sorted_out(self._zip.infolist(), self._name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self._members))

    @property
    def size_bytes(self) -> int:
        """All members unpacked."""
        return sum(info.file_size for info in self._members.values())

    @property
    def refused(self) -> tuple[InputRefused, ...]:
        return tuple(self._refused.values())

    def read(self, name: str) -> bytes:
        """The bytes of the member `name`.

        Raises:
            NotThere: no such member.
            InputRefused: damaged, or longer than it says.
        """
        info = self._members.get(name)
        if info is None:
            raise self._refused.get(name) or NotThere(
                mark("the archive does not hold this file"), where=f"{self._name}/{name}"
            )
        try:
            with self._zip.open(info) as member:
                data = member.read(info.file_size + 1)
        except _FAULTS as fault:
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
        self._file.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.close()


def _opened(file: io.BufferedIOBase, name: str) -> zipfile.ZipFile:
    try:
        # zipfile has no other way to know the size of the directory before it reads all of it.
        end = zipfile._EndRecData(file)  # type: ignore[attr-defined]
        if end and end[zipfile._ECD_SIZE] > MAX_DIRECTORY_BYTES:  # type: ignore[attr-defined]
            raise _too_many(name)
        return zipfile.ZipFile(file)
    except _FAULTS as fault:
        raise _damaged(name) from fault


def _check_places(entries: list[zipfile.ZipInfo], end: int, archive: str) -> None:
    """Every member lies in a place of its own: shared ones are how 10 KB unpack to 10 GB."""
    if len(entries) > MAX_MEMBERS:
        raise _too_many(archive)
    placed = sorted(entries, key=lambda entry: entry.header_offset)
    nexts = [*(entry.header_offset for entry in placed[1:]), end]
    for entry, after in zip(placed, nexts, strict=False):  # of no members, the end alone is left
        if entry.header_offset + _HEADER_BYTES + entry.compress_size > after:
            raise InputRefused(
                mark(
                    "members of the archive lie over each other, as no packing program writes them"
                ),
                where=f"{archive}/{entry.filename[:200]}",
                remedy=mark("Do not use this file; ask who made it"),
            )


def _sorted_out(
    entries: list[zipfile.ZipInfo], archive: str
) -> tuple[dict[str, zipfile.ZipInfo], dict[str, InputRefused]]:
    """The members that can be read, and why each other cannot."""
    members: dict[str, zipfile.ZipInfo] = {}
    refused: dict[str, InputRefused] = {}
    total = 0
    for entry in entries:
        fault = _fault(entry, f"{archive}/{entry.filename[:200]}")
        if fault is not None:
            refused[entry.filename] = fault
        elif not entry.is_dir():
            total += entry.file_size
            if total > MAX_TOTAL_BYTES:
                refused[entry.filename] = _too_large(f"{archive}/{entry.filename[:200]}")
            elif entry.filename in members:
                refused[entry.filename] = InputRefused(
                    mark("twice in the archive"), where=f"{archive}/{entry.filename[:200]}"
                )
            else:
                members[entry.filename] = entry
    alike = sorted(members, key=_folded)
    for _, group in itertools.groupby(alike, _folded):
        first, *others = group
        for name in [first, *others] if others else []:
            refused[name] = InputRefused(
                mark("another file of the archive has the same name but for capitals or accents"),
                where=f"{archive}/{name[:200]}",
                remedy=mark("Give each file a name of its own"),
            )
    return {name: info for name, info in members.items() if name not in refused}, refused


def _fault(entry: zipfile.ZipInfo, where: str) -> InputRefused | None:
    path = PurePosixPath(entry.filename)
    name = entry.orig_filename  # with what zipfile cuts off at a zero character
    if (
        not name
        or path.is_absolute()
        or ".." in path.parts
        or "\\" in name
        or ":" in name
        or any(ord(letter) < 32 for letter in name)
    ):
        return InputRefused(mark("a name that leads out of the archive"), where=where)
    if stat.S_IFMT(entry.external_attr >> 16) not in _FILES:
        return InputRefused(mark("a link in the archive"), where=where)
    if entry.flag_bits & 0x1:
        return InputRefused(
            mark("encrypted in the archive"),
            where=where,
            remedy=mark("Pack it without a password"),
        )
    if entry.compress_type not in _METHODS:
        return InputRefused(
            mark("packed in a way that is not read"),
            where=where,
            remedy=mark("Pack it as a plain ZIP (deflate)"),
        )
    ratio_limit = max(_RATIO_FREE_BYTES, entry.compress_size * MAX_RATIO)
    if entry.file_size > min(MAX_MEMBER_BYTES, ratio_limit):
        return _too_large(where)
    return None


_FILES: Final = (0, stat.S_IFREG, stat.S_IFDIR)
"""Kinds of members; 0 where the packing program said nothing."""


def _folded(name: str) -> str:
    """The name as a disk that minds neither capitals nor forms of letters knows it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _damaged(name: str) -> InputRefused:
    return InputRefused(mark("not a ZIP file, or a damaged one"), where=name)


def _too_many(name: str) -> InputRefused:
    return InputRefused(mark("more than {n} files in the archive"), where=name, n=MAX_MEMBERS)


def _too_large(where: str) -> InputRefused:
    return InputRefused(mark("unpacks to more than is allowed"), where=where)
