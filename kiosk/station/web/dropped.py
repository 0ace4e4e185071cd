"""Files that a browser brings, onto the disk as they come: never whole in memory, never under their own path.

The form's token comes first; without it not one byte is kept. Of a stick's unrelated files the names are
counted and nothing else. `multipart/form-data` is RFC 7578, read by python-multipart.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from fastapi import Request
from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from kiosk.errors import InputRefused, StorageFault
from kiosk.station.incoming import MAX_BYTES
from kiosk.trust.durable import storage
from kiosk.words import mark

MOST_FIELD_BYTES = 64 * 1024
MOST_FILES = 20_000
FREE_BYTES = 1024**3
"""So much of the disk is left to the registry."""
LEFT_S = 24 * 60 * 60
_UNSAFE = re.compile(r"[^\w.+-]+")


class Brought(Struct, frozen=True):
    """What a form brought: its fields, files in `scratch` (each in a folder of its own), the last file of each
    field, and how many files were none that are wanted."""

    fields: dict[str, str]
    files: tuple[Path, ...]
    named: dict[str, Path]
    passed_over: int
    scratch: Path


def safe_name(name: str) -> str:
    """The last part of a name as a browser sends it, with nothing that a path or a shell would mind."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = _UNSAFE.sub("_", last).lstrip(".")
    return plain[-80:] or "file"


async def take(
    request: Request,
    folder: Path,
    allow: Callable[[str], None],
    limits: dict[str, int] = MAX_BYTES,
) -> Brought:
    """Takes a form with files.

    Args:
        folder: where a scratch folder is made.
        allow: is told the form's token before any file, and raises if it is not ours.
        limits: the suffixes that are wanted, and the most bytes of each.

    Raises:
        InputRefused: a form that is cut off or none, a file that is too large, or no room for it.
        NotPermitted: as `allow` does.
        StorageFault: the disk refuses.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise _CUT_OFF
    scratch = new_scratch(folder)
    taking = _Taking(scratch, allow, limits)
    try:
        parser = MultipartParser(options[b"boundary"], taking.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            parser.write(chunk)
        parser.finalize()
        if not taking.ended:
            raise _CUT_OFF
        allow(taking.fields.get("csrf", ""))
    except (FormParserError, ClientDisconnect) as fault:
        taking.drop()
        raise _CUT_OFF from fault
    except BaseException:
        taking.drop()
        raise
    return Brought(taking.fields, tuple(taking.files), taking.named, taking.passed_over, scratch)


def drop_left(folder: Path, now: datetime) -> None:
    """Drops what an earlier run left in `folder` and nobody has touched for a day: it was stopped while
    somebody sent files, or a plan was never carried out."""
    oldest = now.timestamp() - LEFT_S
    with storage(folder):
        for scratch in folder.iterdir() if folder.is_dir() else ():
            if scratch.is_dir() and scratch.stat().st_mtime < oldest:
                shutil.rmtree(scratch, ignore_errors=True)


def new_scratch(folder: Path) -> Path:
    """A folder of its own in `folder`, with a name that nobody guesses."""
    with storage(folder):
        folder.mkdir(exist_ok=True, mode=0o700)
        return Path(tempfile.mkdtemp(dir=folder))


_CUT_OFF = InputRefused(
    mark("the files did not come whole, and nothing of them was kept"),
    remedy=mark("Send them again; what was imported before is not taken twice"),
)


class _Taking:
    """A form on its way in, part by part."""

    def __init__(self, scratch: Path, allow: Callable[[str], None], limits: dict[str, int]) -> None:
        self.fields: dict[str, str] = {}
        self.files: list[Path] = []
        self.named: dict[str, Path] = {}
        self.passed_over = 0
        self.ended = False
        self._scratch = scratch
        self._allow = allow
        self._limits = limits
        self._header = self._value = b""
        self._headers: dict[bytes, bytes] = {}
        self._field = ""
        self._text = bytearray()
        self._file: IO[bytes] | None = None
        self._name = ""
        self._left = 0

    def callbacks(self) -> dict[str, Callable[..., None]]:
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def drop(self) -> None:
        if self._file is not None:
            self._file.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _part_begin(self) -> None:
        self._headers, self._header, self._value = {}, b"", b""
        self._text = bytearray()
        self._left = MOST_FIELD_BYTES

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._header.lower()] = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        field = options.get(b"name", b"").decode(errors="replace")
        name = options.get(b"filename")
        if name is None:
            self._field = field
            return
        self._allow(self.fields.get("csrf", ""))
        self._field = ""
        self._name = safe_name(name.decode(errors="replace"))
        suffix = Path(self._name).suffix
        if suffix not in self._limits:
            self.passed_over += bool(name)
            return
        if len(self.files) >= MOST_FILES:
            raise InputRefused(
                mark("more than {most} files at once"),
                remedy=mark("Import them in parts"),
                most=MOST_FILES,
            )
        self._left = self._limits[suffix]
        path = self._scratch / f"{len(self.files) + 1:05}" / self._name
        with storage(path):
            path.parent.mkdir()
            self._file = path.open("xb")
        self.files.append(path)
        self.named[field] = path

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._file is None and not self._field:
            return  # a file that nobody wants
        self._left -= end - start
        if self._left < 0:
            raise InputRefused(
                mark("longer than a file of its kind can be"),
                where=self._name if self._file is not None else self._field,
                remedy=mark("Look at what it is; nothing was imported"),
            )
        if self._file is None:
            self._text += data[start:end]
            return
        with storage(self._scratch):
            self._file.write(data[start:end])
        if shutil.disk_usage(self._scratch).free < FREE_BYTES:
            raise StorageFault(
                mark("the station's disk is nearly full; nothing of these files was kept"),
                remedy=mark("Make room on the disk, then send them again"),
            )

    def _part_end(self) -> None:
        if self._file is not None:
            with storage(self._scratch):
                self._file.close()
            self._file = None
        elif self._field:
            self.fields[self._field] = self._text.decode(errors="replace")

    def _end(self) -> None:
        self.ended = True
