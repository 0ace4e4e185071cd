"""What a stick holds when the power is cut, and what of it had been promised to be there.

A disk that says a write is done may hold it in memory until a flush. QEMU's blklogwrites keeps all that was written
to a stick, in its order and with the flushes (its format is that of the kernel's dm-log-writes,
Documentation/admin-guide/device-mapper/log-writes.rst). From it a stick is made as any power cut may leave it: all
that was written before the last flush, and of what came after it each write or not, by a coin.
"""

from __future__ import annotations

import hashlib
import json
import random
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import XTS
from msgspec import Struct

_MAGIC = 0x6A736677736872
_SECTOR = 512
_FLUSH, _FUA, _DISCARD = 1, 2, 4


class Write(Struct, frozen=True):
    """A write of `length` bytes to the stick's byte `at`, whose bytes begin at `data` in the log, which had
    `logged` bytes when it was in it. A flush has no length."""

    at: int
    length: int
    data: int
    logged: int
    flushes: bool


def read_log(log: Path) -> tuple[Write, ...]:
    """All that was written to a stick, in its order."""
    return tuple(_entries(log))


def _entries(log: Path) -> Iterator[Write]:
    with log.open("rb") as file:
        magic, version, _count, sector = struct.unpack("<QQQI", file.read(28))
        assert (magic, version) == (_MAGIC, 1)
        at = sector  # the count is written now and then, and not at all where QEMU is killed
        while True:
            file.seek(at)
            head = file.read(32)
            if len(head) < 32:
                return
            where, sectors, flags, _length = struct.unpack("<QQQQ", head)
            length = 0 if flags & _DISCARD else sectors * sector
            if not sectors and not flags:
                return
            data = at + sector
            at = data + length
            if not flags & _DISCARD:
                yield Write(where * _SECTOR, length, data, at, bool(flags & (_FLUSH | _FUA)))


class State:
    """The encrypted part of a stick, read without the kernel.

    Args:
        start, secret: the first byte of its partition and of that with the stick's random bytes.
        serial: the whole serial number, as udev says it.
    """

    def __init__(self, medium: Path, folder: Path, *, start: int, secret: int, serial: str) -> None:
        with medium.open("rb") as file:
            file.seek(secret)
            key = hashlib.sha256(file.read(32) + serial.encode()).hexdigest()
            file.seek(start)
            header = folder / "luks"
            header.write_bytes(file.read(32 << 20))
        volume = folder / "volume-key"
        volume.unlink(missing_ok=True)
        asked = ["cryptsetup", "luksDump", "--batch-mode", "--key-file", "-"]
        subprocess.run(
            [*asked, "--dump-volume-key", "--volume-key-file", volume, header],
            input=key.encode(),
            check=True,
            capture_output=True,
        )
        told = subprocess.run(
            ["cryptsetup", "luksDump", "--dump-json-metadata", header],
            check=True,
            capture_output=True,
        )
        (segment,) = json.loads(told.stdout)["segments"].values()
        assert segment["encryption"] == "aes-xts-plain64"
        self._key = volume.read_bytes()
        self._sector = segment["sector_size"]
        self.start = start + int(segment["offset"])

    def plain(self, at: int, data: bytes) -> bytes:
        """What is in bytes of the stick from `at` on, whole sectors of the encryption."""
        parts = []
        for offset in range(0, len(data), self._sector):
            # plain64 counts sectors of 512 bytes whatever is encrypted at once.
            tweak = ((at - self.start + offset) // _SECTOR).to_bytes(16, "little")
            cipher = Cipher(AES(self._key), XTS(tweak)).decryptor()
            parts.append(cipher.update(data[offset : offset + self._sector]))
        return b"".join(parts)


class Cuts:
    """The state's file system as power cuts leave it, each later than the one before.

    Args:
        log: all that was ever written to the stick.
        plain: the file that is made.
    """

    def __init__(self, state: State, log: Path, plain: Path, size: int) -> None:
        self._state = state
        self._log = log
        self._writes = [one for one in read_log(log) if one.flushes or one.at >= state.start]
        self._plain = plain
        self._done = 0
        with plain.open("wb") as file:
            file.truncate(size)

    def cut(self, logged: int, source: random.Random, to: Path) -> None:
        """Writes to `to` what is there after a cut when the log had `logged` bytes: what a flush had made sure
        of, and of what was written since each write or not."""
        known = sum(one.logged <= logged for one in self._writes)
        sure = max((n + 1 for n in range(known) if self._writes[n].flushes), default=0)
        self._write(self._plain, self._writes[self._done : sure])
        self._done = max(self._done, sure)
        subprocess.run(["cp", "--sparse=always", self._plain, to], check=True)
        self._write(to, [one for one in self._writes[sure:known] if source.random() < 0.5])

    def _write(self, to: Path, writes: Sequence[Write]) -> None:
        with to.open("r+b") as file, self._log.open("rb") as log:
            for one in writes:
                if one.length:
                    log.seek(one.data)
                    file.seek(one.at - self._state.start)
                    file.write(self._state.plain(one.at, log.read(one.length)))


def take_folder(plain: Path, folder: str, to: Path) -> None:
    """A folder out of an ext4 file system, after what the kernel does when it is mounted: its journal replayed.

    Raises:
        AssertionError: it is damaged in more than that.
    """
    told = subprocess.run(["e2fsck", "-p", plain], capture_output=True, text=True, check=False)
    assert told.returncode in (0, 1), told.stdout + told.stderr
    to.mkdir(parents=True)
    subprocess.run(
        ["debugfs", "-R", f"rdump /{folder} {to}", plain], check=True, capture_output=True
    )
