"""What is left in the battery of a terminal or a desk."""

import pytest

from kiosk.ui.battery import battery


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ({"type": "Battery", "status": "Discharging", "capacity": "4"}, 4),
        ({"type": "Battery", "status": "Charging", "capacity": "4"}, None),
        ({"type": "Battery", "scope": "Device", "status": "Discharging", "capacity": "4"}, None),
        ({"type": "Mains"}, None),
        ({"type": "Battery", "status": "Discharging", "capacity": "much"}, None),
    ],
)
def test_the_battery_counts_while_it_runs_down(tmp_path, words, left):
    supply = tmp_path / "BAT0"
    supply.mkdir()
    for name, word in words.items():
        (supply / name).write_text(f"{word}\n")
    assert battery(tmp_path) == left
    assert battery(tmp_path / "none") is None
