"""Photographs every interaction, answered: `python -m tests.ui.gallery [FOLDER]`.

Without a folder it renews docs/interactions.md and its pictures; with one it draws each in both
languages, at 100 % and 200 %, in every theme, for people who look at them.
"""

import io
import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from msgspec import Struct
from PIL import Image

from kiosk.assessment.items import (
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    Interaction,
    Item,
    PositionObject,
    SelectPoint,
)
from kiosk.assessment.responses import Response
from kiosk.ui.item_view import render_png
from kiosk.ui.tokens import Theme
from tests.terminal.screens import sample_views
from tests.ui import interactions, pictures

PAGE = Path(__file__).parents[2] / "docs" / "interactions.md"
FOLDER = PAGE.parent / "images" / "interactions"
LANGS = ("zh-CN", "en")
GAP_PX = 16
COLOURS = 48
"""Of a picture's palette: enough for text with smooth edges, and small."""
LINES = dict.fromkeys("tpm", 2)
GAPS = dict.fromkeys("xyztpm", 1)


class Shot(Struct, frozen=True):
    """`name` is the file's; `keys` is how it is answered without a mouse."""

    name: str
    title: str
    qti: str
    keys: str
    item: Item
    responses: dict[str, Response]


def _text(name: str, title: str, keys: str) -> Shot:
    make, responses = interactions.ALL[name]
    camel = "".join(part.title() for part in name.split("_"))
    qti = f"{camel[0].lower()}{camel[1:]}Interaction"
    return Shot(name.replace("_", "-"), title, qti, keys, make(), responses)


def _graphic(name: str, keys: str, interaction: Interaction, value: Response, *stem: str) -> Shot:
    camel = "".join(part.title() for part in name.split("-"))
    qti = f"{camel[0].lower()}{camel[1:]}Interaction"
    item = pictures.question(interaction, stem)
    return Shot(name, name.replace("-", " ").capitalize(), qti, keys, item, {"R": value})


SPOTS, SIZE = pictures.SPOTS, pictures.SIZE
_PLACES = "arrows go from place to place"
SHOTS = (
    Shot(
        "choice",
        "Single choice",
        "choiceInteraction",
        "A to H or 1 to 8 choose, arrows move; right click, a long press or X strikes out.",
        sample_views.single_choice(),
        {"R": ("b",)},
    ),
    Shot(
        "true-false",
        "True or false",
        "choiceInteraction",
        "As single choice.",
        sample_views.figure_item(),
        {"R": ("t",)},
    ),
    Shot(
        "multiple-choice",
        "Multiple choice",
        "choiceInteraction",
        "A to H or 1 to 8 choose and take back. How many are right is not said.",
        sample_views.multiple_choice(),
        {"R": ("a", "c")},
    ),
    Shot(
        "inline-choice",
        "Inline choice",
        "inlineChoiceInteraction",
        "Tab goes to the list, arrows choose in it.",
        interactions.inline_choice(),
        {"R": ("a",)},
    ),
    Shot(
        "text-entry",
        "Text entry",
        "textEntryInteraction",
        "Numbers take full-width digits and both decimal signs, and say how they were read.",
        interactions.text_entry(),
        {"R": ("１．５",), "N": ("24",), "W": ("反萃 strip",)},
    ),
    _text("extended_text", "Extended text", "People mark it. The field grows with the text."),
    _text(
        "order",
        "Order",
        "Letters put choices into the next place, one after the other; Alt and arrows move them.",
    ),
    _text("associate", "Associate", "The letters of two choices make a pair."),
    _text("match", "Match", "The digit on the left and the letter on the right make a pair."),
    _text(
        "gap_match",
        "Gap match",
        "The letter of a choice and the digit of a gap; or the gap is opened as a list.",
    ),
    _text("hottext", "Hot text", "Letters choose the framed words and take them back."),
    _text("slider", "Slider", "Arrows move by a step, Home and End to the ends."),
    _graphic(
        "hotspot",
        f"Letters choose; or {_PLACES}, and Space chooses.",
        Hotspot("R", SPOTS, SIZE, 2),
        ("p", "t"),
        *("请选出储槽和泵。", "Choose the tank and the pump."),
    ),
    _graphic(
        "select-point",
        "Arrows move the cross, Space marks a point, Delete takes one away.",
        SelectPoint("R", SIZE, 2),
        ("180 130", "440 90"),
        *("请标出两处取样位置。", "Mark the two places where samples are taken."),
    ),
    _graphic(
        "graphic-order",
        f"Letters give the next number; or {_PLACES}, and Space gives it.",
        GraphicOrder("R", SPOTS, SIZE),
        ("t", "p"),
        *("请按物料流向为设备编号。", "Number the equipment in the direction of flow."),
    ),
    _graphic(
        "graphic-associate",
        f"{_PLACES.capitalize()}; Space on two of them joins them.",
        GraphicAssociate("R", SPOTS, SIZE, LINES),
        ("m p", "p t"),
        *("请将管道直接相连的设备连线。", "Join the equipment that a pipe connects."),
    ),
    _graphic(
        "graphic-gap-match",
        f"Space takes a choice, {_PLACES}, and Space puts it there.",
        GraphicGapMatch("R", ("x", "y", "z"), SPOTS, SIZE, GAPS),
        ("x t", "y m"),
        *("各设备中是什么物料？", "What is in each vessel?"),
    ),
    _graphic(
        "position-object",
        "Arrows move the cross, Space puts the object there, Delete takes it away.",
        PositionObject("R", "o", (24, 24), SIZE, 2),
        ("180 130", "340 130"),
        *("请在管道上放置两个阀门。", "Put two valves into the pipes."),
    ),
)


def composed(shot: Shot) -> bytes:
    """One picture: Chinese and English side by side, at 100 % and beneath at 200 %."""
    rows = [
        [
            Image.open(
                io.BytesIO(render_png(shot.item, lang=lang, scale=scale, responses=shot.responses))
            )
            for lang in LANGS
        ]
        for scale in (100, 200)
    ]
    heights = [max(picture.height for picture in row) for row in rows]
    wide = rows[0][0].width
    sheet = Image.new("RGB", (2 * wide + GAP_PX, sum(heights) + GAP_PX), "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for at, picture in enumerate(row):
            sheet.paste(picture, (at * (wide + GAP_PX), top))
        top += height + GAP_PX
    file = io.BytesIO()
    few = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()


def page() -> str:
    """docs/interactions.md."""
    head = (
        "# Every interaction\n\n"
        "Each kind of question as a candidate has it, answered: Chinese and English, at 100 % and at "
        "200 % text.\nMouse and touch do all of it by pressing, one thing after the other; nothing has "
        "to be dragged.\n\n"
        "`make docs` writes this page and draws the pictures.\n"
    )
    parts = [
        f"## {shot.title}\n\n`{shot.qti}`. {shot.keys}\n\n"
        f"![{shot.title}](images/interactions/{shot.name}.png)\n"
        for shot in SHOTS
    ]
    return "\n".join((head, *parts))


def main(arguments):
    if not arguments:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for shot in SHOTS:
            (FOLDER / f"{shot.name}.png").write_bytes(composed(shot))
        PAGE.write_text(page(), "utf-8")
        return 0
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        for lang in LANGS:
            for scale in (100, 200):
                for theme in Theme:
                    drawn = render_png(
                        shot.item, lang=lang, scale=scale, theme=theme, responses=shot.responses
                    )
                    (folder / f"{shot.name}-{scale}-{lang}-{theme}.png").write_bytes(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
