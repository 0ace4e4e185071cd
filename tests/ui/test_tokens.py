"""The tokens keep what the screens promise: contrast, sizes, and no font no exam."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QFontDatabase

import kiosk.terminal.screens
from kiosk.errors import KioskError
from kiosk.ui import fonts
from kiosk.ui.theme import Look
from kiosk.ui.tokens import (
    SIGN_CONTRAST,
    SIGN_PAIRS,
    TEXT_CONTRAST,
    TEXT_PAIRS,
    Theme,
    Type,
    colours,
    contrast,
)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_is_read_on_its_ground(theme, ink, ground):
    shade = colours(theme)
    assert contrast(shade[ink], shade[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("sign", "ground"), SIGN_PAIRS)
def test_controls_and_states_are_seen_on_their_ground(theme, sign, ground):
    shade = colours(theme)
    assert contrast(shade[sign], shade[ground]) >= SIGN_CONTRAST


def test_what_a_candidate_must_read_is_never_small():
    assert min(Type) == 14
    assert Type.NOTE >= 16


def test_the_text_size_multiplies_type():
    assert Look(scale=300).font(Type.BASE).pixelSize() == 3 * Type.BASE
    assert Look(scale=300).chrome.font(Type.BASE).pixelSize() == 27


def test_screens_name_no_colour():
    for path in Path(kiosk.terminal.screens.__file__).parent.glob("*.py"):
        assert not re.search(r"#[0-9A-Fa-f]{6}", path.read_text("utf-8")), path.name


def test_the_family_is_the_simplified_one(qapp):
    fonts.require_cjk_font()
    assert Look().font(Type.BASE).family() == "Noto Sans CJK SC"


def test_without_the_font_one_is_told_what_to_install(qapp, monkeypatch):
    monkeypatch.setattr(QFontDatabase, "hasFamily", lambda _family: False)
    with pytest.raises(KioskError, match="fonts-noto-cjk"):
        fonts.require_cjk_font()
