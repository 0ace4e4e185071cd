"""The line to the station: HTTPS with the certificate checked, and the exchange inside as in a room.

What is believed rests on the exchange alone, signed by the station's line key and sealed; TLS keeps
what lies between from seeing who speaks. So a room whose clock is off by years is not locked out:
where a certificate fails for its dates alone, the line goes on without asking the clock, and
`clock_doubted` says so. A wrong name or an unknown issuer is refused.
"""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.artefacts.exchange import PATH
from kiosk.errors import InputRefused, NotPermitted
from kiosk.sync.client import Line, LineDown, Unwelcome
from kiosk.words import mark

TIMEOUT_S = 60.0
API = "/api"
"""Where a station's interfaces for machines are."""
_AT_ONCE = 3
"""Tries of one request without a pause."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# From OpenSSL's x509_vfy.h; the ssl module has no names for them.
_NO_CHECK_TIME = 0x200000
_NOT_YET_VALID, _EXPIRED = 9, 10


class StationLine(Line):
    """One connection to a station, made anew whenever it broke."""

    silent = mark("the station does not answer")

    def __init__(self, url: str, ca: Path | None = None, timeout_s: float = TIMEOUT_S) -> None:
        """
        Args:
            url: `https://station.example`, or with the path that a proxy puts before; plain http is
                for this machine itself alone.
            ca: certificates to believe instead of the system's.

        Raises:
            InputRefused: not such an address, or no certificates there.
        """
        host, port, tls, prefix = parse_url(url)
        super().__init__(host, port, timeout_s)
        self.path = prefix + API + PATH
        self.prefix = prefix
        self.clock_doubted = False
        self._context = _context(ca) if tls else None

    def connect(self) -> http.client.HTTPConnection:
        if self._context is None:
            return super().connect()
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=self._timeout_s, context=self._context
        )

    def post(self, body: bytes) -> bytes:
        """As `Line.post`; where the connection dropped, it is tried again at once: a request counts
        once, however often it is heard."""
        for _ in range(_AT_ONCE - 1):
            try:
                return super().post(body)
            except LineDown as down:
                if down.__cause__ is None or isinstance(down.__cause__, TimeoutError):
                    raise
        return super().post(body)

    def down(self, fault: Exception) -> LineDown:
        if not isinstance(fault, ssl.SSLCertVerificationError):
            return LineDown(self.silent)
        if fault.verify_code in (_NOT_YET_VALID, _EXPIRED) and self._context is not None:
            self.clock_doubted = True
            self._context.verify_flags |= _NO_CHECK_TIME
            return LineDown(
                mark("the station's certificate is out of date by this machine's clock"),
                remedy=mark("Set the clock; until then the station is known by its signature"),
            )
        return LineDown(
            mark("the station's certificate is not believed: {reason}"),
            remedy=mark("Check the address, or name the station's own certificates with --ca"),
            reason=fault.verify_message,
        )

    def refused(self, status: int, data: bytes) -> LineDown:
        if status != 403:
            return LineDown(mark("the station takes nothing now ({status})"), status=status)
        try:
            told = str(json.loads(data)["summary"])
        except (ValueError, KeyError, TypeError):
            told = "403"
        return Unwelcome(
            mark("the station does not serve this machine: {reason}"),
            remedy=mark("Ask the station whether this key is enrolled"),
            reason=told[:200],
        )


def parse_url(url: str) -> tuple[str, int, bool, str]:
    """Host, port, whether by TLS, and the path before the station's own.

    Raises:
        InputRefused: not the address of a station.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise InputRefused(
            mark("not the address of a station: {url}"),
            remedy=mark("Write it as https://station.example"),
            url=url,
        )
    tls = parts.scheme == "https"
    if not tls and host not in _LOOPBACK:
        raise NotPermitted(
            mark("plain http goes to this machine itself alone"),
            remedy=mark("Write it as https://station.example"),
        )
    return host, port or (443 if tls else 80), tls, parts.path.rstrip("/")


def _context(ca: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as fault:
        raise InputRefused(
            mark("no certificates can be read there"),
            where=str(ca),
            remedy=mark("Name a file of certificates in PEM"),
        ) from fault
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
