"""How a candidate has the screen. It counts for nothing, and it comes back after a crash."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Display(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`scale` is the text size in per cent; `clock_folded` hides the time left."""

    lang: str = "zh-CN"
    theme: Literal["light", "dark", "sepia", "contrast"] = "light"
    scale: int = 100
    clock_folded: bool = False
