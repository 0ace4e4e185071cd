"""What is left in this machine's battery, as the kernel tells. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Final

POWER_SUPPLIES: Final = Path("/sys/class/power_supply")


def battery(supplies: Path = POWER_SUPPLIES) -> int | None:
    """The percentage left while it runs down; None on mains, or without one."""
    try:
        found = [one for one in supplies.iterdir() if _is_running_down(one)]
        return min((int(_word(one / "capacity")) for one in found), default=None)
    except (OSError, ValueError):
        return None


def _is_running_down(supply: Path) -> bool:
    # A mouse's own battery has the scope "Device".
    return (
        _word(supply / "type") == "Battery"
        and _word(supply / "status") == "Discharging"
        and _word(supply / "scope") != "Device"
    )


def _word(path: Path) -> str:
    return path.read_text("ascii").strip() if path.exists() else ""
