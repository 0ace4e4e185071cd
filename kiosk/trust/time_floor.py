"""The time floor: the latest station-signed time a device has seen. Its clock cannot be before it.

Raised only by times that the station signed, so that nobody can push it into the future from the
device. One decimal number in a file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from kiosk.errors import NotPermitted, StorageFault
from kiosk.trust.durable import storage, write_durable
from kiosk.words import mark


class TimeFloor:
    """The floor kept at `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def value(self) -> int:
        """UTC epoch seconds; 0 when no time was ever seen.

        Raises:
            StorageFault: the file cannot be read or is damaged.
        """
        with storage(self._path):
            try:
                text = self._path.read_bytes()
            except FileNotFoundError:
                return 0
        if not (text.isdigit() and len(text) <= 12):
            raise StorageFault(
                mark("the time floor is damaged"),
                where=str(self._path),
                remedy=mark("Install the station's newest files again after removing this one"),
            )
        return int(text)

    def raise_to(self, at: int) -> None:
        """Raises the floor to `at`, on disk when this returns; never lowers it."""
        if at > self.value:
            write_durable(self._path, b"%d" % at)

    def check(self, now: int) -> None:
        """
        Raises:
            NotPermitted: `now` is before the floor: the clock was set back or its battery is empty.
        """
        floor = self.value
        if now < floor:
            raise NotPermitted(
                mark("this device's clock says {now}, but the station signed files at {floor}"),
                remedy=mark("Set the clock; releasing proctors can set it for this start"),
                now=_text(now),
                floor=_text(floor),
            )


def _text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
