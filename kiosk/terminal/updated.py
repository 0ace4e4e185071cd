"""How the last update of the program ended, as root left it for all to read: on a package and on a stick alike.

Who updates is `upgrade` (a package) or `update` (a stick); the window and `kiosk terminal status` only read.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from kiosk.terminal.ground import UPDATES
from kiosk.terminal.views import Notice
from kiosk.words import mark

STEP, TOLD = "step", "told"
"""Files in root's own folder: how an update stands before its trial has ended, and how it ended."""
DID_NOT_COME_UP: Final = mark("Version {version} did not come up. Version {running} runs again.")


class How(StrEnum):
    """How an update stands: before its trial, and how that ended."""

    INSTALLED = "installed"
    CAME_UP = "came-up"
    NOT_INSTALLED = "not-installed"
    FELL_BACK = "fell-back"


class Upgrade(Struct, frozen=True):
    """The last one: to `version`, from `before`."""

    how: How
    version: str
    before: str


def last(own: Path = UPDATES) -> Upgrade | None:
    """How the last update stands; None where there was none, or another version told of it."""
    for name in (STEP, TOLD):
        try:
            told, version, before = (own / name).read_text("ascii").split()
            return Upgrade(How.INSTALLED if name == STEP else How(told), version, before)
        except (OSError, ValueError):
            continue
    return None


def fell_back(own: Path = UPDATES) -> Upgrade | None:
    """The last one, if its version did not come up."""
    ended = last(own)
    return ended if ended is not None and ended.how is How.FELL_BACK else None


def notice(own: Path = UPDATES) -> Notice | None:
    """What the self-check's page says of it."""
    failed = fell_back(own)
    if failed is None:
        return None
    return Notice(DID_NOT_COME_UP, {"version": failed.version, "running": failed.before})
