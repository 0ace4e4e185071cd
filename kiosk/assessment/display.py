"""How a candidate has the screen. It counts for nothing, and it comes back after a crash."""

from __future__ import annotations

from typing import Literal, get_args

from msgspec import Struct

Theme = Literal["light", "dark", "sepia", "contrast"]
THEMES: tuple[Theme, ...] = get_args(Theme)
TEXT_SIZES = (100, 125, 150, 200, 300)
"""Sizes of text there are, in per cent."""


class Display(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`scale` is the text size in per cent; `clock_folded` hides the time left."""

    lang: str = "zh-CN"
    theme: Theme = "light"
    scale: int = 100
    clock_folded: bool = False
