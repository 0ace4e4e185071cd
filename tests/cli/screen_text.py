"""A terminal's window for tests: what a command writes to it, as a picture that a scanner reads, and a
scanner that types."""

from __future__ import annotations

import io
import os
import re
import sys
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image

from tests.codes import qr_texts

CELL_WIDTH, CELL_HEIGHT = 8, 16
_INKED = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
_ANSI = re.compile(r"\033\[[0-9;]*m")


class Window(io.StringIO):
    """Standard output as a window: it says that it is one."""

    def isatty(self) -> bool:
        return True


def codes_on(text: str) -> list[str]:
    """The codes a scanner reads off a console of 8x16 letters that shows `text`, as it is lit: letters
    without a colour of their own are light on dark."""
    lines = text.split("\n")
    width = max(len(_ANSI.sub("", line)) for line in lines)
    picture = Image.new("L", (width * CELL_WIDTH, len(lines) * CELL_HEIGHT), 0)
    for row, line in enumerate(lines):
        black_on_white = line.startswith("\033[30;47")
        for column, letter in enumerate(_ANSI.sub("", line)):
            _draw(picture, column, row, letter, black_on_white)
    return qr_texts(picture)


def _draw(picture: Image.Image, column: int, row: int, letter: str, black_on_white: bool) -> None:
    for half, inked in enumerate(_INKED.get(letter, (0, 1))):
        grey = 255 if black_on_white != bool(inked) else 0
        left, top = column * CELL_WIDTH, row * CELL_HEIGHT + half * CELL_HEIGHT // 2
        picture.paste(grey, (left, top, left + CELL_WIDTH, top + CELL_HEIGHT // 2))


def codes_in_sixels(text: str) -> list[str]:
    """The codes in the one sixel picture of `text`."""
    found = re.search(r'\033P0;1q"1;1;(\d+);(\d+)(.*?)\033\\', text, re.DOTALL)
    assert found is not None
    width, height = int(found[1]), int(found[2])
    picture = Image.new("L", (width, height), 128)
    body = re.sub(r"#\d+;2;[\d;]+(?=#)", "", found[3])
    top = left = ink = 0
    for part in re.finditer(r"#(\d+)|!(\d+)([?~])|([$-])", re.sub(r"#\d+;2(;\d+){3}", "", body)):
        if part[1]:
            ink = 255 if part[1] == "0" else 0
        elif part[2]:
            if part[3] == "~":
                picture.paste(ink, (left, top, left + int(part[2]), top + 6))
            left += int(part[2])
        else:
            left, top = 0, top + 6 * (part[4] == "-")
    assert picture.histogram()[128] == 0, "a band was not drawn whole"
    return qr_texts(picture)


@contextmanager
def scanner(monkeypatch: pytest.MonkeyPatch, codes: list[str]) -> Iterator[None]:
    """Standard input is a window, and a scanner types `codes` into it, then somebody Enter."""
    outside, inside = os.openpty()
    quiet = termios.tcgetattr(inside)
    quiet[3] &= ~termios.ECHO
    termios.tcsetattr(inside, termios.TCSANOW, quiet)
    typed = "".join(f"{code}\n" for code in (*codes, "")).encode()

    def type_all() -> None:
        rest = typed
        while rest:
            rest = rest[os.write(outside, rest) :]

    types = threading.Thread(target=type_all, daemon=True)
    with os.fdopen(inside, "r") as window, monkeypatch.context() as patched:
        patched.setattr(sys, "stdin", window)
        types.start()
        yield
    os.close(outside)
