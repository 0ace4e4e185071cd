"""Where imported items come from: a file, a folder or a ZIP package, all read the same way."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Final, Protocol

from kiosk.authoring.metadata import MANIFEST
from kiosk.authoring.source_bank import read_inside
from kiosk.errors import InputRefused, NotThere
from kiosk.readers.archive import Archive
from kiosk.words import mark

_PLAIN_LETTERS: Final = frozenset(f"{string.ascii_letters}{string.digits}-._~/")
_WORKBOOK: Final = "xl/workbook.xml"
_MACOS: Final = "__MACOSX/"
"""Where macOS puts its own files beside everybody's."""


class Package(Protocol):
    """Files by their path within; `label` is what a person calls the whole."""

    @property
    def label(self) -> str: ...

    @property
    def names(self) -> tuple[str, ...]: ...

    @property
    def refused(self) -> tuple[InputRefused, ...]:
        """Why what else is in it is not offered."""
        ...

    def read(self, name: str) -> bytes:
        """Raises:
        NotThere: no such file.
        InputRefused: not to be read.
        """
        ...


class Folder:
    """A folder; `only` restricts what it offers as items to one file in it."""

    refused: tuple[InputRefused, ...] = ()

    def __init__(self, folder: Path, only: Path | None = None) -> None:
        self._folder = folder
        self._only = only
        self.label = str(only or folder)

    @cached_property
    def names(self) -> tuple[str, ...]:
        if self._only:
            return (self._only.relative_to(self._folder).as_posix(),)
        paths = (
            os.path.join(folder, file)
            for folder, _, files in os.walk(self._folder)
            for file in files
        )
        names = (os.path.relpath(path, self._folder) for path in paths if os.path.isfile(path))
        return tuple(sorted(names, key=lambda name: name.split(os.sep)))

    def read(self, name: str) -> bytes:
        return read_inside(self._folder, name)


class Zipped:
    """A ZIP package. A folder that holds everything else is passed over, as many tools add one."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self._archive = archive
        self.label = str(path)
        self._names = tuple(name for name in archive.names if not name.startswith(_MACOS))
        tops = {name.partition("/")[0] for name in self._names if "/" in name}
        loose = [name for name in self._names if "/" not in name and not name.startswith(".")]
        self._top = f"{tops.pop()}/" if len(tops) == 1 and not loose else ""
        self.refused = archive.refused

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name.removeprefix(self._top) for name in self._names)

    def read(self, name: str) -> bytes:
        return self._archive.read(self._top + name)


class InMemory:
    """Files that stand in another one, as pictures do in Moodle XML."""

    refused: tuple[InputRefused, ...] = ()

    def __init__(self, label: str, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.label = label

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._files)

    def read(self, name: str) -> bytes:
        if name not in self._files:
            raise NotThere(mark("there is no such file"), where=f"{self.label}/{name}")
        return self._files[name]


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """The package at `path`.

    Raises:
        InputRefused: nothing there, or a ZIP that is not safe to read.
    """
    if path.is_dir():
        yield Folder(path)
    elif not path.is_file():
        raise InputRefused(mark("there is no such file or folder"), where=str(path))
    elif _is_zip(path):
        with Archive(path) as archive:
            is_workbook = _WORKBOOK in archive.names  # an XLSX is a ZIP too
            yield _single(path) if is_workbook else Zipped(path, archive)
    else:
        yield _single(path)


def _single(path: Path) -> Folder:
    return Folder(home_of(path), path.resolve())


def read_named(package: Package, name: str) -> bytes:
    """The file a reference names, also where it is written as an address writes it (`a%20b.png`).

    Raises:
        NotThere: no such file.
        InputRefused: not to be read.
    """
    try:
        return package.read(name)
    except InputRefused:
        if "%" not in name:
            raise
        return package.read(unquoted(name))


def unquoted(address: str) -> str:
    """A relative address as a file's name: `a%20b.png` is `a b.png`."""
    plain = re.sub(
        rb"%([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), address.encode()
    )
    return plain.decode("utf-8", "replace")


def quoted(name: str) -> str:
    """A file's name as a relative address (RFC 3986): `a b.png` is `a%20b.png`."""
    return "".join(
        chr(byte) if byte < 128 and chr(byte) in _PLAIN_LETTERS else f"%{byte:02X}"
        for byte in name.encode()
    )


def home_of(item: Path) -> Path:
    """The folder whose files an item file may use: its package's, or the one it is in."""
    path = item.resolve()
    for folder in list(path.parents)[:3]:
        if (folder / MANIFEST).is_file():
            return folder
    return path.parent


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")
    except OSError as fault:
        raise InputRefused(
            mark("cannot be read: {reason}"), where=str(path), reason=fault.strerror or ""
        ) from fault
