"""A QR code in a terminal's window, where a scanner or a telephone reads it off the screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence

from kiosk.artefacts.qr import QUIET_MODULES, matrix

LINES_BESIDE = 4
"""What stands with the code: it must not scroll away."""
SIXEL_WINDOW = "foot"
"""The window of a stick's page. It draws pictures (DEC's sixels), and its letters are too large for a code."""
SIXEL_MODULE_PX = 6
_BLACK_ON_WHITE, _AS_BEFORE = "\033[30;47;107m", "\033[0m"
_HALVES = {
    (False, False): " ",
    (True, False): "\N{UPPER HALF BLOCK}",
    (False, True): "\N{LOWER HALF BLOCK}",
    (True, True): "\N{FULL BLOCK}",
}


def show_code(text: str) -> bool:
    """Show the code of `text` on stdout; False where the window has no room for it or there is none."""
    if not sys.stdout.isatty():
        return False
    modules = _with_quiet_zone(matrix(text))
    if os.environ.get("TERM", "").startswith(SIXEL_WINDOW):
        sys.stdout.write(sixels(modules, SIXEL_MODULE_PX) + "\n")
        return True
    window = shutil.get_terminal_size()
    lines = half_blocks(modules)
    if window.columns < len(modules) or window.lines < len(lines) + LINES_BESIDE:
        return False
    sys.stdout.writelines(f"{_BLACK_ON_WHITE}{line}{_AS_BEFORE}\n" for line in lines)
    return True


def half_blocks(modules: Sequence[Sequence[bool]]) -> list[str]:
    """Two rows of modules a line of letters, which are twice as high as wide; dark is ink."""
    rows = [*modules, [False] * len(modules[0])] if len(modules) % 2 else modules
    return [
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def sixels(modules: Sequence[Sequence[bool]], module_px: int) -> str:
    """The code as a picture in DEC's sixels (VT330/VT340 Programmer Reference, chapter 14).

    A band is six pixels high and each colour of it is drawn by itself, white first.
    """
    if module_px % 6:
        raise ValueError("a module is as high as whole bands")
    side = len(modules) * module_px
    bands = []
    for row in modules:
        inks = [
            "".join(f"!{module_px}{'~' if dark is ink else '?'}" for dark in row)
            for ink in (False, True)
        ]
        bands += [f"#0{inks[0]}$#1{inks[1]}-"] * (module_px // 6)
    return f'\033P0;1q"1;1;{side};{side}#0;2;100;100;100#1;2;0;0;0{"".join(bands)}\033\\'


def _with_quiet_zone(code: Sequence[Sequence[bool]]) -> list[list[bool]]:
    side = len(code) + 2 * QUIET_MODULES
    beside = [False] * QUIET_MODULES
    empty = [[False] * side for _ in range(QUIET_MODULES)]
    return [*empty, *([*beside, *row, *beside] for row in code), *empty]
