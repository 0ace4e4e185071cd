"""How often somebody may try to sign in: a few tries at once, then each one costs a longer wait.

Counted for a name at an address (so that nobody can lock another person out from elsewhere), and for an
address over all names. Kept in memory: a restart forgets waits, never a password.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

FREE_TRIES = 5
FREE_TRIES_AN_ADDRESS = 40
FIRST_WAIT_S = 15
LONGEST_WAIT_S = 15 * 60
FORGOTTEN_AFTER_S = 60 * 60
_MOST_KEPT = 10_000


class Tries:
    """Failed tries, by what they are counted for."""

    def __init__(self) -> None:
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, name: str, address: str, now: float) -> int:
        """Seconds until this name may try again from this address; 0 when it may now."""
        with self._lock:
            return max(
                self._wait(_of(name, address), FREE_TRIES, now),
                self._wait(address, FREE_TRIES_AN_ADDRESS, now),
            )

    def failed(self, name: str, address: str, now: float) -> None:
        with self._lock:
            for key in (_of(name, address), address):
                count, _ = self._count(key, now)
                self._failed[key] = (count + 1, now)
                self._failed.move_to_end(key)
            while len(self._failed) > _MOST_KEPT:
                self._failed.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        with self._lock:
            self._failed.pop(_of(name, address), None)

    def _count(self, key: str, now: float) -> tuple[int, float]:
        count, last = self._failed.get(key, (0, now))
        return (0, now) if now - last > FORGOTTEN_AFTER_S else (count, last)

    def _wait(self, key: str, free: int, now: float) -> int:
        count, last = self._count(key, now)
        if count < free:
            return 0
        doubled: int = FIRST_WAIT_S * 2 ** min(count - free, 10)
        return max(0, -int(-(last + min(doubled, LONGEST_WAIT_S) - now) // 1))


def _of(name: str, address: str) -> str:
    return f"{address} {name.strip().casefold()}"
