"""A sitting on a disk that fails at one write: `python -m tests.faults.failing_scene FOLDER RUN...`.

Started with `failing_disk.c` loaded (LD_PRELOAD) and FAILING_DISK=FOLDER. A run is `at,times,error,half`:
the write that fails first (0: none), how many fail from there on, the error, and whether half of each
arrives. The person at the seat does what the screen asks, as often as it asks. Prints a line of JSON a
run: what was seen, and what the package and a restart hold.
"""

from __future__ import annotations

import ctypes
import json
import shutil
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from kiosk.artefacts import answer_package
from kiosk.assessment.sitting import Sitting
from kiosk.errors import StorageFault
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from tests.terminal.room import Room

MOST_STEPS = 400
DISK = ctypes.CDLL(None)


@dataclass
class Told:
    run: str
    writes: int = 0
    codes: list[str] = field(default_factory=list)
    """Codes of the trouble screens; "start" where the program could not begin."""
    given: dict[str, str] = field(default_factory=dict)
    handed_in: dict[str, str] = field(default_factory=dict)
    again: str = ""
    """What a fresh start shows after the release."""
    packages: int = 0
    steps: int = 0


class Person:
    """A candidate and a proctor who go by the screen alone."""

    def __init__(self, room: Room, disk: Path, told: Told) -> None:
        self.room = room
        self.told = told
        self.terminal = self._started(disk)

    def _started(self, disk: Path) -> HeadlessTerminal:
        while True:
            self.told.steps += 1
            try:
                return self.room.terminal(disk)
            except StorageFault:
                self.told.codes.append("start")  # the program is started again by its session

    def sit(self) -> None:
        while not isinstance(self.terminal.view, views.Done):
            self.told.steps += 1
            if self.told.steps > MOST_STEPS:
                raise TimeoutError(f"still at {self.terminal.view}")
            try:
                self._do_what_is_asked(self.terminal.view)
            except StorageFault:
                continue  # the trouble screen is next

    def _do_what_is_asked(self, view: views.View) -> None:
        terminal = self.terminal
        match view:
            case views.Trouble(code=code):
                self.told.codes.append(code)
                terminal.pass_ms(3_000)
                if isinstance(terminal.view, views.Trouble):
                    terminal.do(views.Retry())
            case views.Unlock():
                self.room.release(terminal)
            case views.SignIn():
                terminal.do(views.SignInAs(self.room.candidates[0].number))
            case views.Confirm():
                terminal.do(views.ConfirmIdentity(True))
            case views.Rules(pledged=False):
                terminal.do(views.Pledge())
            case views.Rules():
                terminal.do(views.Practise(skip=True))
            case views.Exam(question=question):
                self._answer(view, question)
            case views.Review(confirming=confirming):
                terminal.do(views.HandIn(confirming))
            case _:
                terminal.pass_ms(1_000)

    def _answer(self, view: views.Exam, question: views.Question) -> None:
        item = question.item
        if not question.responses:
            value = "b" if item.id.startswith("i") else f"answer {question.number}"
            self.terminal.send(views.Answer(item.id, "RESPONSE", (value,)))
            shown = self.terminal.wait_saved()
            if isinstance(shown, views.Exam) and shown.saved is views.Saved.SAVED:
                self.told.given[item.id] = value
        elif question.number == 2 and not view.flagged:
            self.terminal.do(views.Flag(item.id, True))
        elif question.number < question.count:
            self.terminal.do(views.GoTo(question.number + 1))
        else:
            self.terminal.do(views.OpenReview())


def values_of(sitting: Sitting) -> dict[str, str]:
    return {item: given["RESPONSE"][0] for item, given in sitting.responses.items()}


def played(folder: Path, run: str) -> Told:
    at, times, error, half = map(int, run.split(","))
    disk = folder / "state"
    shutil.rmtree(disk, ignore_errors=True)
    room = Room()
    told = Told(run)
    DISK.failing_disk_arm(at or -1, times, error, half)
    person = Person(room, disk, told)
    try:
        person.sit()
        told.writes = DISK.failing_disk_count()
        package = person.terminal.ports.outbox.package(person.terminal.ports.outbox.lines[-1])
        told.packages = len(list(disk.glob("outbox/*.package")))
        value = answer_package.package(
            answer_package.read_package(package), room.terminals[0].record
        )
        key = answer_package.content_key(value, room.opening)
        told.handed_in = values_of(answer_package.replay(answer_package.open_package(value, key)))
    finally:
        DISK.failing_disk_arm(-1, 0, 0, 0)
        person.terminal.close()
    with room.terminal(disk) as again:
        view = again.view
        told.again = (
            view.code if isinstance(view, views.Trouble) else type(room.release(again)).__name__
        )
    return told


if __name__ == "__main__":
    for one in sys.argv[2:]:
        sys.stdout.write(json.dumps(asdict(played(Path(sys.argv[1]), one))) + "\n")
        sys.stdout.flush()
