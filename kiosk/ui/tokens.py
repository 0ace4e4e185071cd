"""The values every screen is made of: colours, type, spacing. No Qt, so that a test can compute them.

Screens name a role (`quiet`, `Type.STEM`), never a colour or a pixel. The text size multiplies type
and the height of controls; spacing and radius stay, or nothing would be left of a small screen.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import asdict

from kiosk.assessment.display import TEXT_SIZES

Role = Literal[
    "ground",
    "surface",
    "sunken",
    "text",
    "quiet",
    "accent",
    "on_accent",
    "accent_soft",
    "accent_deep",
    "ok",
    "warn",
    "warn_soft",
    "bad",
    "bad_soft",
    "hairline",
    "border",
    "marked",
    "marked_line",
]


class Palette(Struct, frozen=True):
    """One theme's colours as #RRGGBB, by role.

    `accent_deep` is the accent as text on `accent_soft`; `hairline` divides and means nothing, so it
    needs no contrast; `border` is the outline by which a control is found; `marked` lies under words
    that the candidate highlighted, `marked_line` below them.
    """

    ground: str
    surface: str
    sunken: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    accent_soft: str
    accent_deep: str
    ok: str
    warn: str
    warn_soft: str
    bad: str
    bad_soft: str
    hairline: str
    border: str
    marked: str
    marked_line: str


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    SEPIA = "sepia"
    CONTRAST = "contrast"


PALETTES: Final = {
    Theme.LIGHT: Palette(
        ground="#F4F6F8",
        surface="#FFFFFF",
        sunken="#E9EDF1",
        text="#14181D",
        quiet="#48525E",
        accent="#0A558C",
        on_accent="#FFFFFF",
        accent_soft="#E3F0F9",
        accent_deep="#084C7D",
        ok="#125D35",
        warn="#734700",
        warn_soft="#FFF3D1",
        bad="#95201A",
        bad_soft="#FDE9E7",
        hairline="#C3CBD4",
        border="#75818E",
        marked="#FFE89A",
        marked_line="#734700",
    ),
    Theme.DARK: Palette(
        ground="#15191E",
        surface="#1F252C",
        sunken="#2A323B",
        text="#E8ECF0",
        quiet="#A9B4C0",
        accent="#7CC0F2",
        on_accent="#0E1216",
        accent_soft="#17324A",
        accent_deep="#8FCBF6",
        ok="#7FD6A0",
        warn="#FFD479",
        warn_soft="#3A2E10",
        bad="#FFB0A8",
        bad_soft="#3B1917",
        hairline="#3A444F",
        border="#8793A0",
        marked="#4C4010",
        marked_line="#FFD479",
    ),
    Theme.SEPIA: Palette(
        ground="#FBF3E1",
        surface="#FFFAEE",
        sunken="#F1E6CC",
        text="#2B2417",
        quiet="#52482F",
        accent="#0A558C",
        on_accent="#FFFFFF",
        accent_soft="#E3EDF0",
        accent_deep="#084A78",
        ok="#135C38",
        warn="#6B4200",
        warn_soft="#FBE6B4",
        bad="#8F1F19",
        bad_soft="#FBE3DA",
        hairline="#D9C9A3",
        border="#7E7357",
        marked="#F9DF92",
        marked_line="#6B4200",
    ),
    Theme.CONTRAST: Palette(
        ground="#000000",
        surface="#000000",
        sunken="#000000",
        text="#FFFFFF",
        quiet="#FFFFFF",
        accent="#FFE100",
        on_accent="#000000",
        accent_soft="#000000",
        accent_deep="#FFE100",
        ok="#FFFFFF",
        warn="#FFE100",
        warn_soft="#000000",
        bad="#FFE100",
        bad_soft="#000000",
        hairline="#FFFFFF",
        border="#FFFFFF",
        marked="#4A4200",
        marked_line="#FFE100",
    ),
}

# Which roles are drawn on which; the test of contrast goes through these.
TEXT_PAIRS: Final[tuple[tuple[Role, Role], ...]] = (
    ("text", "ground"),
    ("text", "surface"),
    ("text", "sunken"),
    ("text", "accent_soft"),
    ("text", "warn_soft"),
    ("text", "bad_soft"),
    ("quiet", "ground"),
    ("quiet", "surface"),
    ("accent", "surface"),
    ("accent", "ground"),
    ("on_accent", "accent"),
    ("accent_deep", "accent_soft"),
    ("ok", "surface"),
    ("ok", "ground"),
    ("warn", "surface"),
    ("warn", "ground"),
    ("warn", "warn_soft"),
    ("bad", "surface"),
    ("bad", "ground"),
    ("bad", "bad_soft"),
    ("text", "marked"),
)
SIGN_PAIRS: Final[tuple[tuple[Role, Role], ...]] = (
    ("border", "surface"),
    ("border", "ground"),
    ("accent", "ground"),
    ("accent", "accent_soft"),
    ("ok", "accent_soft"),
    ("warn_soft", "accent"),
    ("warn", "surface"),
    ("quiet", "marked"),
    ("marked_line", "marked"),
    ("marked_line", "ground"),
    ("marked_line", "surface"),
    ("marked_line", "accent_soft"),
)
TEXT_CONTRAST: Final = 7.0
SIGN_CONTRAST: Final = 3.0


class Type(IntEnum):
    """Sizes of type in px at 100 %."""

    SMALL = 14
    NOTE = 16
    BASE = 18
    STEM = 21
    TITLE = 24
    CLOCK = 29
    HEAD = 30


class Gap(IntEnum):
    """Distances in px, at every text size."""

    HAIR = 4
    TIGHT = 8
    SMALL = 12
    MEDIUM = 16
    LARGE = 24
    WIDE = 40
    PAGE = 56


class Radius(IntEnum):
    CONTROL = 8
    OPTION = 10
    CARD = 16


class Height(IntEnum):
    """Least heights in px at 100 %; the text size multiplies them."""

    HEADER = 64
    BAR = 80
    CONTROL = 44
    BUTTON = 52
    OPTION = 58
    RING = 36
    CELL = 40


LINE: Final = 1.6
"""Line height of running text, in em: Chinese needs it."""
SCALES: Final = TEXT_SIZES
QUESTION_WIDTH: Final = 820
OVERVIEW_WIDTH: Final = 310
FOLD_WIDTH: Final = 1200
"""Under this width, or from FOLD_SCALE on, the overview is a button."""
FOLD_SCALE: Final = 150
CHROME_SCALE: Final = 150
"""Header and bottom bar grow no further, so that the question keeps the screen."""
FOCUS_WIDTH: Final = 3
FOCUS_GAP: Final = 3
TEST_COLOURS: Final = ("#FF0000", "#00FF00", "#0000FF", "#00FFFF", "#FF00FF", "#FFFF00")
"""What a screen mixes all others of, for the picture by which a technician judges it."""
QR_LEAST: Final = 320
NOTICE_MS: Final = 20_000


def contrast(one: str, other: str) -> float:
    """Contrast of two #RRGGBB colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def colours(theme: Theme) -> dict[Role, str]:
    """A theme's colours by role."""
    return asdict(PALETTES[theme])  # type: ignore[return-value]


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
