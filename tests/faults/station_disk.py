"""A station on a small disk of its own, in a mount namespace: `python -m tests.faults.station_disk STATION STICK`.

Imports `STICK` while the disk is full, at first and again with only little room, and at last with room
enough. Prints the exit codes, what was said, and what is in the registry at the end, as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

from kiosk.cli import run
from kiosk.station.home import Station
from kiosk.station.results import session_results
from tests.faults.disk_scenes import fill, mount
from tests.station.builders import SESSION


def main(station: str, stick: str) -> None:
    disk = Path(mkdtemp(prefix="small-disk-"))
    mount(disk, "-t", "tmpfs", "-o", "size=4M")
    folder = disk / "station"
    shutil.copytree(station, folder)
    ballast = fill(disk)
    told = []
    for room, lang in ((0, "en"), (24_576, "zh-CN"), (2_000_000, "en")):
        os.truncate(ballast, max(0, ballast.stat().st_size - room))
        os.environ["KIOSK_LANG"] = lang
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            from kiosk.cli import shown

            shown.err.file = shown.out.file = said
            code = run(["station", "import", stick, "--workers", "1", "--station", str(folder)])
        told.append((code, " ".join(said.getvalue().split())))
    opened = Station.open(folder)
    states = [row.state for row in session_results(opened, SESSION)]
    opened.close()
    print(json.dumps({"told": told, "states": states}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
