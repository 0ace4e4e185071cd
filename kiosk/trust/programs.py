"""Newer programs in the trust repository: what the name of one says, and which is the newest.

A program is a target of the station's part, named as Debian names packages:
`programs/kiosk-terminal_VERSION_ARCHITECTURE.KIND`. The name is signed with the digest, so no file
passes for another version. No terminal installs it with its sessions (`Installed`): what exchanges
programs reads it off the stick (`kiosk.terminal.update`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from kiosk.errors import InputRefused
from kiosk.words import mark

PREFIX = "programs/"
_NAME = re.compile(r"kiosk-terminal_([0-9][0-9A-Za-z.+~]*)_([a-z0-9]+)\.(deb|img)")
_PARTS = re.compile(r"([^0-9]*)([0-9]*)")


class Kind(StrEnum):
    """A Debian package, or the image of a stick."""

    PACKAGE = "deb"
    IMAGE = "img"


class Program(Struct, frozen=True):
    """`version` and `architecture` are Debian's."""

    version: str
    architecture: str
    kind: Kind

    @property
    def target(self) -> str:
        """Its name in the repository."""
        return f"{PREFIX}kiosk-terminal_{self.version}_{self.architecture}.{self.kind}"


def program_of(name: str) -> Program:
    """What the name of a file or target says.

    Raises:
        InputRefused: not the name of a program.
    """
    found = _NAME.fullmatch(name.removeprefix(PREFIX))
    if not found:
        raise InputRefused(
            mark("not the name of a terminal's program"),
            where=name,
            remedy=mark(
                "Name it as it was built, such as kiosk-terminal_1.2_amd64.deb, or .img for a stick"
            ),
        )
    return Program(found[1], found[2], Kind(found[3]))


def newest(targets: Iterable[str], kind: Kind, architecture: str) -> Program | None:
    """The newest program of a kind among what a repository lists; None where there is none."""
    listed = [program_of(name) for name in targets if _NAME.fullmatch(name.removeprefix(PREFIX))]
    fit = [one for one in listed if (one.kind, one.architecture) == (kind, architecture)]
    return max(fit, key=lambda one: order(one.version), default=None)


def order(version: str) -> tuple[tuple[tuple[int, ...], int], ...]:
    """A key that orders versions as dpkg does (deb-version(7)), of those without epoch and revision."""
    return tuple(
        ((*map(_weight, text), 0), int(number or 0)) for text, number in _PARTS.findall(version)
    )


def _weight(character: str) -> int:
    """A tilde comes before the end, which is 0, letters before all else."""
    if character == "~":
        return -1
    return ord(character) + (0 if character.isalpha() else 256)
