"""What a candidate was granted: codes in the signed session file, and what they do at the seat.

`extra_time` is worked into the terms by the station. `text_SIZE` (per cent) and `colours_THEME` change
the screen once the candidate has signed in. `breaks_N` are N free breaks in the terms, which a proctor
begins and ends and whose time costs nothing. `read_aloud` lets the candidate have the questions read. A
code that is not known does nothing, so that an older program reads a newer session.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from kiosk.assessment.display import TEXT_SIZES, THEMES, Display

EXTRA_TIME = "extra_time"
READ_ALOUD = "read_aloud"
LARGE_TEXT = "large_text"
"""What sessions of earlier programs say instead of `text_150`."""
LARGE_TEXT_SIZE = 150
_TEXT, _COLOURS, _BREAKS = "text_", "colours_", "breaks_"


def codes(
    *, extra_time: bool, text_size: int, colours: str, breaks: int, read_aloud: bool = False
) -> tuple[str, ...]:
    """The codes of what was granted; what is 0 or empty was not."""
    granted = {
        EXTRA_TIME: extra_time,
        f"{_TEXT}{text_size}": text_size,
        f"{_COLOURS}{colours}": colours,
        f"{_BREAKS}{breaks}": breaks,
        READ_ALOUD: read_aloud,
    }
    return tuple(code for code, wanted in granted.items() if wanted)


def text_size(granted: Iterable[str]) -> int:
    """The text size that was granted in per cent; 0 if none."""
    sizes = {f"{_TEXT}{size}": size for size in TEXT_SIZES} | {LARGE_TEXT: LARGE_TEXT_SIZE}
    return max((sizes.get(code, 0) for code in granted), default=0)


def breaks(granted: Iterable[str]) -> int:
    """How many breaks were granted."""
    counts = (code.removeprefix(_BREAKS) for code in granted if code.startswith(_BREAKS))
    return sum(int(count) for count in counts if count.isascii() and count.isdigit())


def display_with(granted: Iterable[str], display: Display) -> Display:
    """`display` with what was granted; larger text that somebody already chose stays."""
    granted = tuple(granted)
    for theme in THEMES:
        if f"{_COLOURS}{theme}" in granted:
            display = replace(display, theme=theme)
    return replace(display, scale=max(display.scale, text_size(granted)))
