"""Ways out of the exam, tried with real events on the real program: what came of each is what must."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.escapes import x11
from tests.escapes.playing import play
from tests.escapes.scenes import SCENES
from tests.escapes.sitting import Sitting
from tests.escapes.table import PAGE, Outcome, Scene, Seen, keep, observed, page

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
    with Sitting() as sitting:
        seen = {scene.name: play(sitting, scene) for scene in scenes}
    assert otherwise(scenes, seen) == {}


@pytest.mark.campaign
@pytest.mark.timeout(1200)
def test_each_comes_to_what_it_must_and_the_page_says_what_was_seen() -> None:
    scenes = [scene for scene in SCENES if scene.act]
    with Sitting() as sitting:
        seen = {scene.name: play(sitting, scene) for scene in scenes}
    keep(seen, [scene.name for scene in SCENES])
    PAGE.write_text(page(SCENES, observed()), "utf-8")
    assert otherwise(scenes, seen) == {}


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
    with Sitting(openbox) as sitting:
        found = {
            scene.name: play(sitting, scene).outcome
            for scene in SCENES
            if scene.name in ("Alt+F4", "Super")
        }
    assert found == {"Alt+F4": Outcome.RECORDED, "Super": Outcome.RECORDED}
