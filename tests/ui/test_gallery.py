"""docs/interactions.md shows every interaction, and a picture is as high as what it shows."""

from __future__ import annotations

import io
from typing import get_args

from PIL import Image

from kiosk.assessment.items import Interaction, Kind
from kiosk.ui.item_view import render_png
from tests.ui.gallery import FOLDER, PAGE, SHOTS, page


def test_every_interaction_has_its_picture_on_the_page() -> None:
    shown = {type(one) for shot in SHOTS for one in shot.item.interactions}
    assert shown == set(get_args(Interaction))
    assert {shot.item.kind for shot in SHOTS} == set(Kind) - {Kind.COMPOSITE}
    for shot in SHOTS:
        assert f"](images/interactions/{shot.name}.png)" in page()


def test_the_page_is_as_the_program_writes_it() -> None:
    assert PAGE.read_text("utf-8") == page(), "make docs"


def test_the_pictures_are_there_none_besides_and_all_of_them_small() -> None:
    files = sorted(FOLDER.iterdir())
    assert [path.name for path in files] == sorted(f"{shot.name}.png" for shot in SHOTS)
    assert sum(path.stat().st_size for path in files) < 2_000_000


def test_a_picture_is_no_higher_than_its_question(qapp: object) -> None:
    shot = next(shot for shot in SHOTS if shot.name == "multiple-choice")
    drawn = Image.open(io.BytesIO(render_png(shot.item, lang="en", scale=200))).convert("L")
    ground = drawn.getpixel((0, drawn.height - 1))
    lowest = drawn.point(lambda value: 255 * (value != ground)).getbbox()
    assert lowest is not None
    assert drawn.height - lowest[3] < 60
