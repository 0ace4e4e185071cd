"""Pictures an item shows: SVG to drawings, all else to our own PNG.

`Pictures` belongs to a whole bank: it keeps each PNG once, under its SHA-256, for the image's media
table, and each file's result, because several items show one picture.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from kiosk.assessment.content import Drawing, Raster
from kiosk.authoring.drawings import drawing_of
from kiosk.authoring.problems import Problem, Problems
from kiosk.errors import InputRefused, NotThere
from kiosk.readers.images import reencode
from kiosk.readers.xml import Element, parse_xml
from kiosk.words import mark

_DATA: Final = "data:"
Load = Callable[[str], bytes]
"""The bytes of a file by its path within the bank.

Raises:
    InputRefused: there is no such file.
"""

HUGE_BYTES: Final = 1024 * 1024
"""A picture larger than this slows every terminal; `bank check` says so."""


class Pictures:
    """Opens pictures through `load` and keeps what they became.

    `wanted`: a picture that is not there is a note, not a refusal, and an empty one stands for it. An
    import takes such an item, so that its author can bring the picture; no bank is sealed without.
    """

    def __init__(self, load: Load, *, wanted: bool = False) -> None:
        self._load = load
        self._wanted = wanted
        self._known: dict[str, Drawing | Raster] = {}
        self._refused: dict[str, Problem] = {}
        self.media: dict[str, bytes] = {}
        self.used: set[str] = set()

    def picture(
        self, path: str, words: str, problems: Problems, where: Element
    ) -> Drawing | Raster | None:
        """The picture at `path`, or None when a problem was reported."""
        self.used.add(path)
        if path in self._refused:
            known = self._refused[path]
            problems.refuse(where, known.sentence, **known.values)
            return None
        if path not in self._known:
            try:
                data = _within(path) if path.startswith(_DATA) else self._load(path)
                found = (
                    self._svg(data, path, problems, where)
                    if _is_svg(path)
                    else self._png(data, path)
                )
            except InputRefused as fault:
                if self._wanted and isinstance(fault, NotThere):
                    self.lacking(path, problems, where)
                    return Raster("", 1, 1, words)
                problems.refuse(
                    where,
                    mark("the picture {path} cannot be used: {reason}"),
                    path=path[:60],
                    reason=fault.summary,
                )
                found = None
            if found is None:
                self._refused[path] = problems.all[-1]
                return None
            self._known[path] = found
        return replace(self._known[path], words=words)

    def lacking(self, path: str, problems: Problems, where: Element) -> None:
        """Says that the file `path` is not there."""
        say = problems.note if self._wanted else problems.refuse
        say(where, mark("{path} is missing: without it the bank is not sealed"), path=path)

    def _svg(self, data: bytes, path: str, problems: Problems, where: Element) -> Drawing | None:
        return drawing_of(parse_xml(data, path), "", problems, where)

    def _png(self, data: bytes, path: str) -> Raster:
        safe = reencode(data, path)
        name = hashlib.sha256(safe.png).hexdigest()
        self.media[name] = safe.png
        return Raster(name, safe.width_px, safe.height_px, "")


def _is_svg(path: str) -> bool:
    return path.lower().endswith(".svg") or path.startswith("data:image/svg+xml")


def _within(address: str) -> bytes:
    """The picture that an address holds itself (RFC 2397), in base64.

    Raises:
        InputRefused: it holds something else.
    """
    kind, comma, content = address.partition(",")
    if not comma or not kind.startswith("data:image/") or not kind.endswith(";base64"):
        raise InputRefused(mark("the address holds no picture in base64"))
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except ValueError as fault:
        raise InputRefused(mark("the address holds no picture in base64")) from fault
