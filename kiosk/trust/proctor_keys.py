"""A proctor's keys: wrapped under the secret of the proctor's card and a PIN; both are needed.

    key = HKDF-SHA256(card secret || Argon2id(PIN, salt), "kiosk/proctor-key/1")

Five tries, then a wait that doubles from 15 s. A try is counted on disk before it is judged, so that
pulling the plug gives none back. Waits are measured by CLOCK_BOOTTIME: setting the clock changes
nothing, and after a restart a wait begins again. Who copies the file away from the device is held up
by the card's 128 bits, not by the counter.
"""

from __future__ import annotations

import fcntl
import os
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.qr import Prefix, from_text, to_text
from kiosk.artefacts.sealing import context, unwrap, wrap
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.trust.durable import SECRET_FILE, read_secret, storage, write_durable, write_secret
from kiosk.trust.key_file import key_file_bytes, keys_of
from kiosk.words import mark

CARD_BYTES = 16
MIN_PIN_LENGTH = 6
FREE_TRIES = 5
FIRST_WAIT_S = 15
LONGEST_WAIT_S = 24 * 3600

_PURPOSE = b"kiosk/proctor-key/1"
_SALT_BYTES = 16
# RFC 9106 section 4, second recommended option: 3 passes over 64 MiB; 0.22 s on two old cores.
_PASSES, _LANES, _MEMORY_KIB = 3, 4, 64 * 1024

Clock = Callable[[], tuple[str, float]]


class WrappedKeys(Struct, frozen=True, forbid_unknown_fields=True):
    """What `proctor.key` holds: `box` is a `KeyFile`, wrapped."""

    suite: Literal[1]
    record: KeyRecord
    salt: bytes
    box: bytes


class Tries(Struct, frozen=True, forbid_unknown_fields=True):
    """Wrong tries since the last right one, and when the last was, in ms of CLOCK_BOOTTIME."""

    count: int = 0
    boot: str = ""
    at_ms: int = 0


def boot_clock() -> tuple[str, float]:
    """This boot's id and CLOCK_BOOTTIME in seconds."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    return boot, time.clock_gettime(time.CLOCK_BOOTTIME)


class ProctorKeyStore:
    """The wrapped keys of one proctor in `folder`."""

    def __init__(self, folder: Path, *, clock: Clock = boot_clock) -> None:
        self._folder = folder
        self._path = folder / "proctor.key"
        self._tries_path = folder / "tries"
        self._clock = clock

    def exists(self) -> bool:
        return self._path.exists()

    def create(
        self, name: str, pin: str, card: bytes, *, not_after: int | None = None
    ) -> KeyRecord:
        """New keys, wrapped, on disk when this returns.

        Raises:
            InputRefused: the PIN is too short.
            NotPermitted: there are keys already.
            StorageFault: the disk refuses.
        """
        if len(_folded(pin)) < MIN_PIN_LENGTH:
            raise InputRefused(mark("a PIN has at least {digits} digits"), digits=MIN_PIN_LENGTH)
        keys = PrivateKeys.generate(Role.PROCTOR, name, not_after=not_after)
        salt = os.urandom(_SALT_BYTES)
        box = wrap(_key(pin, card, salt), key_file_bytes(keys), _aad(keys.record))
        write_secret(self._path, encode(WrappedKeys(1, keys.record, salt, box)))
        return keys.record

    def record(self) -> KeyRecord:
        """The public record, without unlocking."""
        return self._wrapped().record

    def unlock(self, pin: str, card: bytes) -> PrivateKeys:
        """The keys, once card and PIN are right. Takes about a quarter of a second.

        Raises:
            NotPermitted: card or PIN is wrong, or the wait after wrong tries is not over; says how
                many tries are left or how long to wait.
            StorageFault: no keys here, or the disk refuses (then nothing is tried).
        """
        wrapped = self._wrapped()
        with self._locked():
            tries = self._tries()
            wait_s = self._wait_s(tries)
            if wait_s > 0:
                raise NotPermitted(
                    mark("too many wrong tries; the next one is possible in {wait}"),
                    remedy=mark("Wait, and have the proctor's own card and PIN ready"),
                    wait=_duration(wait_s),
                )
            # Before judging: who kills the program now has used the try up.
            boot, now_s = self._clock()
            spent = Tries(tries.count + 1, boot, int(now_s * 1000))
            self._keep(spent)
            keys = _unwrapped(wrapped, pin, card, str(self._path))
            if keys is None:
                raise _wrong(spent)
            self._keep(Tries())
            return keys

    def wait_s(self) -> float:
        """Seconds until the next try is possible; 0 when it is now."""
        return self._wait_s(self._tries())

    def _wrapped(self) -> WrappedKeys:
        data = read_secret(self._path)
        try:
            return decode(data, WrappedKeys, "proctor's key file")
        except InputRefused as fault:
            raise StorageFault(
                mark("the proctor's key is damaged"), where=str(self._path), remedy=_ENROL_AGAIN
            ) from fault

    def _tries(self) -> Tries:
        with storage(self._tries_path):
            try:
                data = self._tries_path.read_bytes()
            except FileNotFoundError:
                return Tries()
        try:
            return decode(data, Tries, "count of tries")
        except InputRefused as fault:
            raise StorageFault(
                mark("the count of wrong tries is damaged"),
                where=str(self._tries_path),
                remedy=_ENROL_AGAIN,
            ) from fault

    def _keep(self, tries: Tries) -> None:
        write_durable(self._tries_path, encode(tries), SECRET_FILE)

    def _wait_s(self, tries: Tries) -> float:
        if tries.count < FREE_TRIES:
            return 0
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S << min(tries.count - FREE_TRIES, 32))
        boot, now_s = self._clock()
        # In another boot at least the time since it began has passed; no wall clock is asked.
        passed_s = now_s - tries.at_ms / 1000 if boot == tries.boot else now_s
        return max(0.0, wait_s - passed_s)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One try at a time, or two programs would share a count."""
        with storage(self._folder):
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError:
                os.close(descriptor)
                raise
        try:
            yield
        finally:
            os.close(descriptor)


def new_card() -> bytes:
    """The secret of a new card."""
    return os.urandom(CARD_BYTES)


def card_text(card: bytes) -> str:
    """The text of the card's QR code. Print it on the card, and nowhere else."""
    return to_text(Prefix.CARD, card)


def read_card(text: str) -> bytes:
    """The secret in the scanned text of a card.

    Raises:
        InputRefused: another kind of code, or not read whole.
    """
    prefix, card = from_text(text)
    if prefix is not Prefix.CARD or len(card) != CARD_BYTES:
        raise InputRefused(
            mark("this is not a proctor's card"), remedy=mark("Scan the code on the card")
        )
    return card


def _unwrapped(wrapped: WrappedKeys, pin: str, card: bytes, where: str) -> PrivateKeys | None:
    try:
        data = unwrap(_key(pin, card, wrapped.salt), wrapped.box, _aad(wrapped.record))
    except InputRefused:
        return None
    return keys_of(data, where)


def _key(pin: str, card: bytes, salt: bytes) -> bytes:
    stretched = Argon2id(
        salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB
    ).derive(_folded(pin).encode())
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(card + stretched)


def _folded(pin: str) -> str:
    """Full-width digits, as a Chinese input method types them, count as plain ones."""
    return unicodedata.normalize("NFKC", pin).strip()


def _aad(record: KeyRecord) -> bytes:
    return context(_PURPOSE.decode(), encode(record))


def _wrong(spent: Tries) -> NotPermitted:
    left = FREE_TRIES - spent.count
    remedy = mark("Use the card that belongs to this device's proctor")
    if left > 0:
        return NotPermitted(
            mark("the card or the PIN is wrong; tries left before a wait: {left}"),
            remedy=remedy,
            left=left,
        )
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S << min(-left, 32))
    return NotPermitted(
        mark("the card or the PIN is wrong; the next try is possible in {wait}"),
        remedy=remedy,
        wait=_duration(wait_s),
    )


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 120 else f"{-(-whole // 60)} min"


_ENROL_AGAIN = mark("Make new keys and enrol again; ask the station to revoke the old ones")
