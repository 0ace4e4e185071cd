"""Scenes with a disk of their own, run in a mount namespace: `python -m tests.faults.disk_scenes`.

Each mounts a small tmpfs, sits an exam on it, makes the disk refuse, and lets it be well again. Prints
what a person would have seen, as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

from kiosk.artefacts.chain import Happened, read_entry
from kiosk.assessment.sitting import Incident
from kiosk.errors import StorageFault
from kiosk.terminal import views
from kiosk.terminal.views import Saved
from tests.terminal.room import Room


def mount(folder: Path, *options: str) -> None:
    subprocess.run(["mount", *options, "tmpfs", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Use up every byte of a small disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 512, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return ballast


class Scene:
    def __init__(self, folder: Path, size: str) -> None:
        self.disk = folder / "disk"
        self.disk.mkdir()
        mount(self.disk, "-t", "tmpfs", "-o", f"size={size}")
        self.room = Room()
        self.told: dict[str, object] = {}

    def sit(self) -> None:
        self.terminal = self.room.seated(self.disk / "state")
        self.given: dict[str, str] = {}
        self.terminal.pass_ms(5_000)
        self.terminal.wait_saved()

    def answer_until_refused(self) -> None:
        """Answer until the disk says no; an answer counts as given once it was shown as saved."""
        for n in range(4_000):
            number = n % 6 + 1
            try:
                item = self.terminal.do(views.GoTo(number)).question.item.id
                value = "abcd"[n % 4] if item.startswith("i") else f"answer {n} " + "x" * 900
                self.pending = (item, value)
                left = self.terminal.clock
                view = self.terminal.send(views.Answer(item, "RESPONSE", (value,)))
                self.terminal.wait_saved()
            except StorageFault:
                break
            self.given[item] = value
        view = self.terminal.view
        self.told["code"] = getattr(view, "code", type(view).__name__)
        self.told["shown_saved_while_full"] = getattr(view, "saved", None) is Saved.SAVED
        before = self.terminal.clock
        self.told["left_before"] = before.remaining_ms
        self.room.time.pass_ms(60_000)
        self.terminal.tick()
        self.told["clock_ran_while_full"] = self.terminal.clock != before
        assert left is not None

    def recover(self) -> None:
        for _ in range(5):
            self.terminal.pass_ms(1_000)
        view = self.terminal.wait_saved()
        self.told["after"] = type(view).__name__
        self.told["saved_after"] = getattr(view, "saved", None)
        self.told["left_after"] = self.terminal.clock.remaining_ms
        kept = {
            item: responses["RESPONSE"][0]
            for item, responses in self.terminal._flow._attempt.sitting.responses.items()
        }
        self.told["last_answer_kept"] = self.pending[0] in kept
        lost = [one for one in self.given if one not in kept]
        self.terminal.close()
        with self.room.terminal(self.disk / "state") as again:
            self.room.release(again)
            after = again._flow._attempt.sitting.responses
            lost += [item for item, value in kept.items() if after[item]["RESPONSE"] != (value,)]
            records = [read_entry(entry).record for entry in again._flow._seat.journal.entries]
        self.told["incidents"] = [
            record.event.code
            for record in records
            if isinstance(record, Happened) and isinstance(record.event, Incident)
        ]
        self.told["lost"] = lost


def full(folder: Path) -> dict[str, object]:
    scene = Scene(folder, "4m")
    scene.sit()
    ballast = fill(scene.disk)
    scene.answer_until_refused()
    ballast.unlink()
    scene.recover()
    return scene.told


def read_only(folder: Path) -> dict[str, object]:
    scene = Scene(folder, "4m")
    scene.sit()
    # An open file may be written on: so the journal is what an administrator would have made it.
    scene.terminal._flow._seat.journal._connection.execute("PRAGMA query_only = ON")
    scene.answer_until_refused()
    scene.terminal._flow._seat.journal._connection.execute("PRAGMA query_only = OFF")
    scene.recover()
    return scene.told


def read_only_start(folder: Path) -> dict[str, object]:
    scene = Scene(folder, "4m")
    scene.room.terminal(scene.disk / "state").close()
    mount(scene.disk, "-o", "remount,ro")
    terminal = scene.room.terminal(scene.disk / "state")
    scene.told["code"] = getattr(terminal.view, "code", type(terminal.view).__name__)
    mount(scene.disk, "-o", "remount,rw")
    scene.told["after"] = type(terminal.do(views.Retry())).__name__
    terminal.close()
    return scene.told


def limit(folder: Path) -> dict[str, object]:
    scene = Scene(folder, "64m")
    scene.sit()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    biggest = max(file.stat().st_size for file in scene.disk.rglob("*") if file.is_file())
    resource.setrlimit(resource.RLIMIT_FSIZE, (biggest + 20_000, most))
    scene.answer_until_refused()
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    scene.recover()
    return scene.told


SCENES = {"full": full, "read-only": read_only, "read-only-start": read_only_start, "limit": limit}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(SCENES[sys.argv[1]](Path(sys.argv[2]))))
