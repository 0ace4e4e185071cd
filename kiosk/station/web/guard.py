"""What holds for every answer: headers that a browser keeps to, and no body larger than it may be."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_FORM_BYTES = 1024 * 1024

HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({b"same-origin", b"none"})


class Guard:
    """The outermost layer.

    Args:
        unlimited: paths whose handlers count the bytes themselves; all below one that ends in `/`.
    """

    def __init__(self, app: ASGIApp, unlimited: tuple[str, ...] = ()) -> None:
        self._app = app
        self._unlimited = unlimited

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    sent[name] = value
                sent.setdefault("cache-control", "no-store")
                if scope["scheme"] == "https":
                    sent["strict-transport-security"] = "max-age=31536000"
            await send(message)

        # Browsers say where a request comes from; others send no such header and hold no cookie.
        if scope["method"] not in _SAFE and headers.get(b"sec-fetch-site", b"none") not in _OURS:
            await _answer(guarded, 403)
            return
        limited = not any(
            scope["path"].startswith(path) if path.endswith("/") else scope["path"] == path
            for path in self._unlimited
        )
        if limited and _length(headers) > MAX_FORM_BYTES:
            await _answer(guarded, 413)
            return
        await self._app(scope, _counted(receive) if limited else receive, guarded)


def _length(headers: Mapping[bytes, bytes]) -> int:
    told = headers.get(b"content-length", b"0")
    return int(told) if told.isdigit() and len(told) < 20 else MAX_FORM_BYTES + 1


def _counted(receive: Receive) -> Receive:
    got = 0

    async def counted() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MAX_FORM_BYTES:
            raise HTTPException(413)
        return message

    return counted


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
