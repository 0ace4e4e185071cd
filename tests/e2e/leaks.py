"""Looks for needles in files the way a curious person would: plain, encoded, packed.

Every file is searched as it is, in UTF-8, UTF-16 and GBK, and again in whatever base64, zlib, gzip and
ZIP data it holds, two layers deep.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_UNPACKED = 64 * 1024 * 1024
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{32,}={0,2}")
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = re.compile(rb"\x1f\x8b\x08")


class Needles:
    """What must not be found. Text is searched in every encoding it could be written in."""

    def __init__(self, texts: Iterable[str], raw: Iterable[bytes] = ()) -> None:
        found: dict[bytes, str] = {}
        for text in texts:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gbk"):
                try:
                    found[text.encode(encoding)] = f"{text} ({encoding})"
                except UnicodeEncodeError:
                    continue
        for data in raw:
            found[data] = data.hex()
        self._names = found
        # One automaton over short prefixes, then an exact look: thousands of needles in one pass.
        self._prefixes: dict[bytes, list[bytes]] = {}
        for needle in found:
            self._prefixes.setdefault(needle[:6], []).append(needle)
        self._pattern = re.compile(b"|".join(re.escape(prefix) for prefix in self._prefixes))

    def __len__(self) -> int:
        return len(self._names)

    def found_in(self, data: bytes) -> Iterator[str]:
        at = 0
        while match := self._pattern.search(data, at):
            for needle in self._prefixes[match.group()]:
                if data.startswith(needle, match.start()):
                    yield self._names[needle]
            at = match.start() + 1


def leaks(root: Path, needles: Needles) -> list[str]:
    """Each needle found under `root`, with its file and the way it was unpacked."""
    return [
        f"{path.relative_to(root)}{way}: {name}"
        for path in sorted(root.rglob("*"))
        if path.is_file()
        for way, data in unpacked(path.read_bytes())
        for name in needles.found_in(data)
    ]


def unpacked(data: bytes, depth: int = 2, way: str = "") -> Iterator[tuple[str, bytes]]:
    """`data` itself and all that can be unpacked from it, each with how."""
    yield way, data
    if depth == 0:
        return
    for inner_way, inner in _layers(data):
        if inner and inner != data:
            yield from unpacked(inner, depth - 1, f"{way} > {inner_way}")


def _layers(data: bytes) -> Iterator[tuple[str, bytes]]:
    for match in _BASE64.finditer(data):
        text = match.group().rstrip(b"=")
        for alphabet in (None, b"-_"):
            try:
                yield "base64", base64.b64decode(text + b"=" * (-len(text) % 4), alphabet)
            except (binascii.Error, ValueError):
                continue
    for pattern, wbits, name in ((_ZLIB, 15, "zlib"), (_GZIP, 31, "gzip")):
        for match in pattern.finditer(data):
            try:
                inner = zlib.decompressobj(wbits).decompress(data[match.start() :], MAX_UNPACKED)
            except zlib.error:
                continue
            if len(inner) > 16:
                yield name, inner
    if b"PK\x03\x04" in data:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist():
                    if entry.file_size <= MAX_UNPACKED:
                        yield f"zip {entry.filename}", archive.read(entry)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
            return
