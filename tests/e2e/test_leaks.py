"""The search itself finds what is there, or finding nothing would prove nothing."""

from __future__ import annotations

import base64
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.leaks import Needles, leaks

SENTENCE = "料液酸度升高后，稀土的分配比会减小"


def zipped(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "gbk"])
@pytest.mark.parametrize(
    "packed",
    [
        lambda data: data,
        base64.b64encode,
        base64.urlsafe_b64encode,
        zlib.compress,
        gzip.compress,
        zipped,
        lambda data: base64.b64encode(zlib.compress(data)),
        lambda data: zipped(base64.b64encode(data)),
    ],
    ids=["plain", "base64", "base64url", "zlib", "gzip", "zip", "zlib+base64", "base64+zip"],
)
def test_a_hidden_sentence_is_found(
    tmp_path: Path, packed: Callable[[bytes], bytes], encoding: str
) -> None:
    hidden = f"before {SENTENCE} after".encode(encoding)
    (tmp_path / "file.bin").write_bytes(b"\x00\x01junk" + packed(hidden))
    assert leaks(tmp_path, Needles([SENTENCE]))


def test_an_innocent_file_is_not_accused(tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(zlib.compress("完全不同的一句话".encode() * 40))
    assert leaks(tmp_path, Needles([SENTENCE])) == []
