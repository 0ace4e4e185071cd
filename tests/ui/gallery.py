"""Photographs every interaction, answered: `python -m tests.ui.gallery [FOLDER]`.

Without a folder it renews the pictures of the documentation; with one it draws each in both languages,
at 100 % and 200 %, in every theme, for people who look at them.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from kiosk.assessment.items import (
    GraphicAssociate,
    GraphicGapMatch,
    GraphicOrder,
    Hotspot,
    PositionObject,
    SelectPoint,
)
from kiosk.ui.item_view import render_png
from kiosk.ui.tokens import Theme
from tests.ui import pictures

DOCS = Path(__file__).parents[2] / "docs" / "images" / "interactions"
SPOTS, SIZE = pictures.SPOTS, pictures.SIZE
LINES = dict.fromkeys("tpm", 2)
GAPS = dict.fromkeys("xyztpm", 1)

ASKED = (
    ("hotspot", Hotspot("R", SPOTS, SIZE, 2), ("p", "t")),
    ("select-point", SelectPoint("R", SIZE, 2), ("180 130", "440 90")),
    ("graphic-order", GraphicOrder("R", SPOTS, SIZE), ("t", "p")),
    ("graphic-associate", GraphicAssociate("R", SPOTS, SIZE, LINES), ("m p", "p t")),
    (
        "graphic-gap-match",
        GraphicGapMatch("R", ("x", "y", "z"), SPOTS, SIZE, GAPS),
        ("x t", "y m"),
    ),
    (
        "position-object",
        PositionObject("R", "o", (24, 24), SIZE, 2),
        ("180 130", "340 130"),
    ),
)
STEMS = {
    "hotspot": ("请选出储槽和泵。", "Choose the tank and the pump."),
    "select-point": ("请标出两处取样位置。", "Mark the two places where samples are taken."),
    "graphic-order": ("请按物料流向为设备编号。", "Number the equipment in the direction of flow."),
    "graphic-associate": (
        "请将管道直接相连的设备连线。",
        "Join the equipment that a pipe connects.",
    ),
    "graphic-gap-match": ("各设备中是什么物料？", "What is in each vessel?"),
    "position-object": ("请在管道上放置两个阀门。", "Put two valves into the pipes."),
}
SHOTS = {
    name: (pictures.question(interaction, STEMS[name]), value) for name, interaction, value in ASKED
}
"""By name: the question, and what is answered."""


def main(arguments):
    folder = Path(arguments[0]) if arguments else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    for name, (item, value) in SHOTS.items():
        responses = {item.interactions[0].response: value}
        if not arguments:
            (folder / f"{name}.png").write_bytes(render_png(item, responses=responses))
            continue
        for lang in ("zh-CN", "en"):
            for scale in (100, 200):
                for theme in Theme:
                    shot = render_png(
                        item, lang=lang, scale=scale, theme=theme, responses=responses
                    )
                    (folder / f"{name}-{scale}-{lang}-{theme}.png").write_bytes(shot)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
