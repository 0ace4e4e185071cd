"""Ways out of the exam, tried with real events on the real program: what came of each is what must."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.escapes import x11
from tests.escapes.cage_sitting import CageSitting, prepare
from tests.escapes.playing import play
from tests.escapes.scenes import SCENES
from tests.escapes.sitting import Sitting
from tests.escapes.table import PAGE, Outcome, Scene, Seen, keep, observed, page
from tests.escapes.x_sitting import XSitting
from tests.packaging.bare_root import BareRoot, can_be_made

MISSING = [name for name in ("Xvfb", "openbox", "xdotool") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.xvfb,
    pytest.mark.skipif(bool(MISSING or x11.missing()), reason=f"needs {MISSING} {x11.missing()}"),
]


def otherwise(scenes: list[Scene], seen: dict[str, Seen]) -> dict[str, Seen]:
    """What came otherwise than it must."""
    return {one.name: seen[one.name] for one in scenes if seen[one.name].outcome != one.must}


def test_the_commonest_come_to_what_they_must() -> None:
    scenes = [scene for scene in SCENES if scene.quick]
    with XSitting() as sitting:
        seen = {scene.name: play(sitting, scene) for scene in scenes}
    assert otherwise(scenes, seen) == {}


def all_of_them(place: str, sitting: Sitting) -> dict[str, Seen]:
    """Play every scene of a place and write the page; what came otherwise than it must."""
    scenes = [scene for scene in SCENES if scene.group.place == place]
    seen = {scene.name: play(sitting, scene) for scene in scenes}
    keep(seen, [scene.name for scene in SCENES])
    PAGE.write_text(page(SCENES, observed()), "utf-8")
    return otherwise(scenes, seen)


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_each_under_x_comes_to_what_it_must_and_the_page_says_what_was_seen() -> None:
    with XSitting() as sitting:
        assert all_of_them("x11", sitting) == {}


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.skipif(not can_be_made(), reason="needs root and debootstrap")
def test_each_under_cage_comes_to_what_it_must_and_the_page_says_what_was_seen(
    tmp_path: Path,
) -> None:
    kept = os.environ.get("KIOSK_DEBIAN_ROOTS")
    with BareRoot((Path(kept) if kept else tmp_path) / "13", "13") as root:
        prepare(root)
        with CageSitting(root) as sitting:
            assert all_of_them("cage", sitting) == {}


OPENBOX_OF_A_DESKTOP = """
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <desktops><number>2</number></desktops>
  <keyboard>
    <keybind key="A-F4"><action name="Iconify"/></keybind>
    <keybind key="W-d"><action name="ToggleShowDesktop"/></keybind>
  </keyboard>
</openbox_config>
"""


@pytest.mark.campaign
@pytest.mark.timeout(300)
def test_a_window_manager_with_keys_is_seen_to_let_somebody_out(tmp_path: Path) -> None:
    openbox = tmp_path / "rc.xml"
    openbox.write_text(OPENBOX_OF_A_DESKTOP)
    with XSitting(openbox) as sitting:
        found = {
            scene.name: play(sitting, scene).outcome
            for scene in SCENES
            if scene.name in ("Alt+F4", "Super")
        }
    assert found == {"Alt+F4": Outcome.RECORDED, "Super": Outcome.RECORDED}
