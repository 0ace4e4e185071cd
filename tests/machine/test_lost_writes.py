"""What a cut leaves of a log of writes: all up to the last flush, and of the rest what a coin lets through."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import cast

import pytest

from tests.machine.lost_writes import Cuts, State, read_log

SECTOR = 512
FLUSH = 1


class Open:
    """A state that is not encrypted, from the stick's first byte on."""

    start = 0

    def plain(self, _at: int, data: bytes) -> bytes:
        return data


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Sectors 0 to 3 written, a flush, sectors 4 to 19 written, and a half entry."""
    made = struct.pack("<QQQI", 0x6A736677736872, 1, 0, SECTOR).ljust(SECTOR, b"\0")
    for number in range(20):
        if number == 4:
            made += struct.pack("<QQQQ", 0, 0, FLUSH, 0).ljust(SECTOR, b"\0")
        made += struct.pack("<QQQQ", number, 1, 0, 0).ljust(SECTOR, b"\0")
        made += bytes((number + 1,)) * SECTOR
    path = tmp_path / "log"
    path.write_bytes(made + struct.pack("<QQ", 20, 1))
    return path


def left(log: Path, logged: int, tmp_path: Path) -> set[int]:
    """The sectors that are there after a cut."""
    cuts = Cuts(cast(State, Open()), log, tmp_path / "plain", 32 * SECTOR)
    cuts.cut(logged, random.Random(1), tmp_path / "cut")
    data = (tmp_path / "cut").read_bytes()
    return {n for n in range(32) if data[n * SECTOR : (n + 1) * SECTOR] == bytes((n + 1,)) * SECTOR}


def test_what_was_flushed_is_there_and_of_the_rest_some(log: Path, tmp_path: Path) -> None:
    whole = left(log, log.stat().st_size, tmp_path)
    assert whole >= {0, 1, 2, 3}
    assert 0 < len(whole - {0, 1, 2, 3}) < 16


def test_before_a_flush_nothing_is_sure_and_after_the_cut_nothing_is_there(
    log: Path, tmp_path: Path
) -> None:
    third = read_log(log)[2].logged
    assert left(log, third, tmp_path) < {0, 1, 2}
