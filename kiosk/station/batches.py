"""What travels to whoever does heavy work: packages as they came, sealed still, and sealed session kits.

So a batch may pass through other machines (a cluster's scheduler): nothing of it can be read without the
station's opening key, which does not travel. A worker has it on its own disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from kiosk.artefacts.answer_package import (
    PackageContent,
    content_key,
    open_package,
    package,
    read_package,
)
from kiosk.artefacts.keys import KeyRecord, Opener, sealing_key
from kiosk.artefacts.sealing import context, hpke_seal
from kiosk.trust.keystore import FileKeyStore

T = TypeVar("T")

BATCH = 16
"""Packages a job: enough that a kit's way to a worker is small beside them."""

_KIT = context("kiosk/session-kit/1")


class Carried(Struct, frozen=True):
    """A package, and the terminal that it says it is of."""

    terminal: KeyRecord
    data: bytes


class Batch(Struct, frozen=True):
    """A job: `opening_key` is the folder of the key that opens `packages` and `kits`, at the station;
    the kits are those of all the packages' sessions."""

    opening_key: str
    packages: tuple[Carried, ...]
    kits: tuple[bytes, ...] = ()


def parts(whole: Sequence[T]) -> Iterator[Sequence[T]]:
    """`whole` in pieces of the size of a job."""
    for start in range(0, len(whole), BATCH):
        yield whole[start : start + BATCH]


@lru_cache(maxsize=4)
def opener(folder: str) -> Opener:
    """The opening key in `folder`, read once a process.

    Raises:
        StorageFault, NotPermitted: as `FileKeyStore.load`.
    """
    return FileKeyStore(Path(folder)).load()


def sealed_kit(data: bytes, opening: KeyRecord) -> bytes:
    """A kit as it travels: sealed to the station."""
    return hpke_seal(sealing_key(opening), data, _KIT)


def opened_kit(sealed: bytes, station: Opener) -> bytes:
    """What `sealed_kit` sealed.

    Raises:
        InputRefused: sealed to another station.
    """
    return station.open(sealed, _KIT)


def contents(batch: Batch) -> Iterator[PackageContent]:
    """The content of each package of a batch that was accepted before.

    Raises:
        InputRefused: a package is not the one that was accepted.
    """
    station = opener(batch.opening_key)
    for carried in batch.packages:
        value = package(read_package(carried.data), carried.terminal)
        yield open_package(value, content_key(value, station))
