"""The trust repository over the station's line: a fetcher for `tuf`, which checks all it brings.

A file that breaks off goes on where it broke, so that a long bank comes over a poor line too.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import quote

from tuf.api import exceptions
from tuf.ngclient.fetcher import FetcherInterface

from kiosk.sync.station_line import API, StationLine

_PIECE_BYTES = 64 * 1024
_TRIES = 2
"""How often a file may break off without a byte between."""


class LineFetcher(FetcherInterface):
    """Asks for one file at a time."""

    def __init__(self, line: StationLine) -> None:
        self._line = line

    def _fetch(self, url: str) -> Iterator[bytes]:
        pieces = self._pieces(url)
        # The first one now: tuf looks for a 404 here, not while it reads.
        first = next(pieces, b"")
        return _after(first, pieces)

    def _pieces(self, url: str) -> Iterator[bytes]:
        got, tries = 0, 0
        while True:
            connection = self._line.connect()
            try:
                asked = {"Range": f"bytes={got}-"} if got else {}
                path = f"{self._line.prefix}{API}/repository/{quote(url)}"
                connection.request("GET", path, headers=asked)
                response = connection.getresponse()
                if response.status not in ((206,) if got else (200,)):
                    raise exceptions.DownloadHTTPError(f"no {url}", response.status)
                while piece := response.read(_PIECE_BYTES):
                    got, tries = got + len(piece), 0
                    yield piece
                if not response.length:
                    return
                raise http.client.IncompleteRead(b"")
            except (OSError, http.client.HTTPException) as fault:
                told = self._line.down(fault)
                tries += 1
                if tries >= _TRIES:
                    raise exceptions.DownloadError(f"{url}: {told}") from fault
            finally:
                connection.close()


def _after(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces
