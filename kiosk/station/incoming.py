"""Files given to an import: found, read with limits, sorted by what they are, bundles taken apart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.bundle import bundle_index, enclosed, read_bundle
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused
from kiosk.trust.durable import read_given
from kiosk.words import mark

MAX_BYTES = {
    ".bank": 2 * 1024**3,
    ".scoring": 256 * 1024**2,
    ".package": 16 * 1024**2,
    ".bundle": 512 * 1024**2,
    ".proctorlog": 16 * 1024**2,
    ".scoresheet": 16 * 1024**2,
}
"""What the station imports, and the most a file of that kind may hold."""


class Unit(Struct, frozen=True):
    """One package: a file of its own, or one of a bundle. `damage` says why it is none any more."""

    name: str
    data: bytes
    damage: str = ""

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.data).digest()


class Told(Struct, frozen=True):
    """The numbers a terminal's signature vouches for."""

    terminal: bytes
    lines: tuple[tuple[int, str, bytes], ...]


def find_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to import: those named, and those in folders that bear one of our suffixes.

    Raises:
        InputRefused: a path that is not there, or a named file that is none of ours.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            found |= dict.fromkeys(
                file
                for file in inside
                if file.suffix in MAX_BYTES and file.is_file() and not file.is_symlink()
            )
        elif not path.is_file():
            raise InputRefused(
                mark("there is no such file"), where=str(path), remedy=mark("Check the path")
            )
        elif path.suffix not in MAX_BYTES:
            raise InputRefused(
                mark("not a kind of file the station imports ({kinds})"),
                where=str(path),
                remedy=mark(
                    "Terminals and proctors are admitted by: kiosk station enrol FILE.enrol"
                )
                if path.suffix == ".enrol"
                else mark("Look at what it is: kiosk verify FILE"),
                kinds=list(MAX_BYTES),
            )
        else:
            found[path] = None
    return tuple(found)


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        InputRefused: longer than its kind can be.
        StorageFault: it cannot be read.
    """
    return read_given(path, MAX_BYTES[path.suffix])


def take_apart(name: str, data: bytes, trust: Trust) -> tuple[Told, tuple[Unit, ...]]:
    """A bundle's numbers and packages. A damaged package does not take the others with it.

    Raises:
        InputRefused, NotPermitted: the index does not hold; then nothing of the bundle counts.
    """
    bundle = read_bundle(data)
    terminal = trust.signer(bundle.index.kid, Role.TERMINAL)
    index = bundle_index(bundle.index, terminal)
    numbered = enclosed(bundle, index)
    if len(numbered) != len(bundle.packages):
        raise InputRefused(mark("the bundle lists one number twice"))
    raw = dict(zip(numbered, bundle.packages, strict=True))
    units = tuple(
        Unit(
            f"{name}#{number}.package",
            raw[number],
            ""
            if package is not None
            else "damaged inside its bundle: not the bytes that the "
            "terminal listed. Collect the bundle again from the terminal",
        )
        for number, package in numbered.items()
    )
    lines = tuple((line.number, line.session, line.sha256) for line in index.lines)
    return Told(terminal.kid, lines), units
