"""Where a rehearsal keeps everything: one folder that is made anew each time."""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.errors import InputRefused

_MARK = ".kiosk-rehearsal"


class Folders:
    """`usb` is the terminals' stick, `terminals/NAME` a terminal's whole disk state, `bundles` what
    came back. Releases and proctors' keys lie apart from both, as they would in life."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.usb = out / "usb"
        self.terminals = out / "terminals"
        self.station = out / "station"
        self.bundles = out / "bundles"
        self.screens = out / "screens"
        self.proctors = out / "proctors"
        self.releases = out / "releases"
        self.author = out / "author"
        self.plan = out / "plan"

    def make(self) -> None:
        """An empty folder, in place of an earlier rehearsal's.

        Raises:
            InputRefused: there is something else in the folder.
        """
        if self.out.exists() and any(self.out.iterdir()):
            if not (self.out / _MARK).exists():
                raise InputRefused(
                    "the folder is not empty and not of an earlier demo",
                    where=str(self.out),
                    remedy="Name another folder with --out",
                )
            shutil.rmtree(self.out)
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / _MARK).touch()
        for folder in (self.terminals, self.bundles, self.screens, self.proctors, self.plan):
            folder.mkdir()
