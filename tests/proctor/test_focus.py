"""At the desk too one sees where the keyboard is."""

from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from tests.proctor.devices import Devices
from tests.proctor.gallery import STAGES, Scene, show
from tests.ui.focus import controls, faint


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(stage, marks=() if stage in ("pin", "extend") else pytest.mark.campaign)
        for stage in STAGES
    ],
)
def test_every_control_of_the_desk_shows_that_it_has_the_focus(
    qapp: object, enrolled: Devices, tmp_path: Path, stage: str
) -> None:
    devices = enrolled.copy(tmp_path / "day")
    devices.install()
    scene = Scene(devices)
    STAGES[stage](scene)
    show(scene, 1366, 768)
    try:
        scene.window.activateWindow()
        assert QTest.qWaitForWindowActive(scene.window)
        found = {
            (type(part).__name__, part.accessibleName()): wrong
            for part in controls(scene.window)
            if (wrong := faint(scene.window, part))
        }
        assert found == {}
    finally:
        scene.window.close()
