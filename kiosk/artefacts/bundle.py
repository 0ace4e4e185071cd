"""`.bundle`: a terminal's packages in one file, with a signed list of its numbers.

CBOR array of [index, packages]: the index is a COSE_Sign1 by the terminal that lists every number it
ever gave, so that a missing package shows; packages are the bytes as signed. A damaged package does
not take the others with it: each is checked against the index by its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise

from msgspec import Struct

from kiosk.artefacts.codec import decode, decode_plain, encode
from kiosk.artefacts.cose import Frame, read_frame, sign, verified
from kiosk.artefacts.keys import KeyRecord, Signer
from kiosk.artefacts.kinds import Kind
from kiosk.errors import InputRefused, KioskError
from kiosk.words import mark


class BundleLine(Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """One number of the terminal; `enclosed` is False when only the number is told (receipted and
    deleted long ago, or collected before)."""

    number: int
    session: str
    sha256: bytes
    enclosed: bool


class BundleIndex(Struct, frozen=True, forbid_unknown_fields=True):
    terminal: bytes
    written_at: int
    lines: tuple[BundleLine, ...]


class Bundle(Struct, frozen=True):
    """A bundle as read: the unverified index and the enclosed packages."""

    index: Frame
    packages: tuple[bytes, ...]


def write_bundle(
    lines: tuple[BundleLine, ...], packages: Mapping[int, bytes], written_at: int, terminal: Signer
) -> bytes:
    """The bytes of a `.bundle`; `packages` goes by number and holds those enclosed."""
    index = BundleIndex(terminal=terminal.record.kid, written_at=written_at, lines=lines)
    enclosed = [packages[line.number] for line in lines if line.enclosed]
    return encode([sign(encode(index), Kind.BUNDLE, terminal), enclosed])


def read_bundle(data: bytes) -> Bundle:
    """The parts of a bundle, nothing verified yet.

    Raises:
        InputRefused: not a bundle.
    """
    value = decode_plain(data, "bundle")
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not isinstance(value[0], bytes)
        or not isinstance(value[1], list)
        or not all(isinstance(part, bytes) for part in value[1])
        or encode(value) != data
    ):
        raise InputRefused(mark("not a valid bundle"))
    return Bundle(read_frame(value[0], mark("bundle")), tuple(value[1]))


def bundle_index(frame: Frame, terminal: KeyRecord) -> BundleIndex:
    """The index, once the terminal's signature holds."""
    index = decode(
        verified(frame, Kind.BUNDLE, terminal, mark("bundle")), BundleIndex, mark("bundle")
    )
    if index.terminal != terminal.kid:
        raise InputRefused(mark("the bundle names another terminal than the one that signed it"))
    numbers = [line.number for line in index.lines]
    if any(later <= earlier for earlier, later in pairwise([0, *numbers])):
        raise InputRefused(mark("the bundle's numbers do not ascend"))
    return index


def collected_from(
    bundles: Iterable[bytes], session: str, signer: Callable[[bytes], KeyRecord]
) -> dict[bytes, int]:
    """The kids of the terminals whose bundles hold a package of a session, each with the highest number
    of one; files that are none, or that nobody vouches for, do not count.

    Args:
        signer: the key record of a terminal's kid, or a KioskError.
    """
    found: dict[bytes, int] = {}
    for data in bundles:
        try:
            bundle = read_bundle(data)
            index = bundle_index(bundle.index, signer(bundle.index.kid))
            whole = enclosed(bundle, index)
        except KioskError:
            continue
        for line in index.lines:
            if line.session == session and whole.get(line.number):
                found[index.terminal] = max(line.number, found.get(index.terminal, 0))
    return found


def enclosed(bundle: Bundle, index: BundleIndex) -> dict[int, bytes | None]:
    """Each enclosed package by its number; None where the bytes are not those listed."""
    lines = [line for line in index.lines if line.enclosed]
    if len(lines) != len(bundle.packages):
        raise InputRefused(mark("the bundle does not enclose the packages it lists"))
    return {
        line.number: package if hashlib.sha256(package).digest() == line.sha256 else None
        for line, package in zip(lines, bundle.packages, strict=True)
    }
