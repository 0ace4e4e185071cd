"""Serving the console: on this machine alone unless there is a certificate."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.home import Station
from kiosk.station.web.app import create_app
from kiosk.station.web.timed import TimedProtocol
from kiosk.words import mark

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
MOST_AT_ONCE = 500


def require_safe(host: str, cert: Path | None, key: Path | None) -> None:
    """That nothing is said in the clear to another machine.

    Raises:
        NotPermitted: another machine could listen in.
        InputRefused: a certificate without its key, a key without its certificate, or no such file.
    """
    if (cert is None) != (key is None):
        raise InputRefused(
            mark("a certificate and its key are given together"), remedy=mark("Add --cert or --key")
        )
    for path in (cert, key):
        if path is not None and not path.is_file():
            raise InputRefused(
                mark("there is no such file"), where=str(path), remedy=mark("Check the path")
            )
    if cert is None and not is_loopback(host):
        raise NotPermitted(
            mark("the console is not served to other machines without a certificate"),
            where=host,
            remedy=mark("Add --cert and --key, or serve on 127.0.0.1 behind a reverse proxy"),
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def serve(
    station: Station,
    *,
    host: str,
    port: int,
    cert: Path | None = None,
    key: Path | None = None,
    names: tuple[str, ...] = (),
    behind_proxy: bool = False,
) -> None:
    """Serves until it is interrupted.

    Args:
        names: host names that people use; others than these and this machine's are not answered.
        behind_proxy: a reverse proxy on this machine says who asks (X-Forwarded-For, -Proto).

    Raises:
        NotPermitted, InputRefused: see `require_safe`.
    """
    require_safe(host, cert, key)
    app = create_app(station)
    if is_loopback(host) or names:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*LOOPBACK_NAMES, host, *names])
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=TimedProtocol,
        ssl_certfile=cert,
        ssl_keyfile=key,
        proxy_headers=behind_proxy,
        forwarded_allow_ips="127.0.0.1,::1",
        server_header=False,
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=20,
        log_level="warning",
    )
