"""A proctor's desk for hours: `python -m tests.faults.desk_soak MOVES HOURS FOLDER [SEATS]`.

Thirty seats, or fewer, on the room's network. Each move scans a seat, signs for it, looks at the map and now and
then notes something, locks, practises, changes size and language, while simulated time passes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.slip import slip_for, slip_text
from kiosk.artefacts.tokens import Command, Reason
from kiosk.proctor import views
from kiosk.proctor.rows import MOST
from kiosk.trust import proctor_keys
from tests.faults.holding import tell_held
from tests.proctor.devices import Devices
from tests.proctor.gallery import Scene, show
from tests.proctor.room import OPENS, SESSION, THIRTY

SAMPLES = 10
_ACTS = (Command.EXTEND, Command.PAUSE, Command.GO_OUT, Command.CAUTION)


class Soak:
    """One proctor at one window."""

    def __init__(self, folder: Path, seats: int) -> None:
        self.seats = seats
        devices = Devices(folder / "day", THIRTY[:seats])
        devices.install()
        self.scene = Scene(devices)
        self.scene.join()
        self.scene.unlock()
        self.count = 0
        self._fill_the_list()
        show(self.scene, 1366, 768)

    def _fill_the_list(self) -> None:
        """The last acts are listed, at most so many: from here on the list grows no more."""
        desk = self.scene.flow.desk
        assert desk is not None
        for _ in range(MOST):
            self.count += 1
            seat = desk.read(self.scene.devices.room.scan(phase=Phase.RUNNING, count=self.count))
            desk.sign(desk.propose(seat, Command.PAUSE))

    @property
    def entries(self) -> int:
        desk = self.scene.flow.desk
        assert desk is not None
        return len(desk.acts(SESSION).records)

    def move(self, at: int) -> None:
        scene, seat = self.scene, at % self.seats
        self.count += 1
        scene.scan(terminal=seat, phase=Phase.RUNNING, remaining_s=3000, count=self.count)
        scene.send(views.ChooseCommand(_ACTS[at % 4]), views.ChooseReason(Reason.HEALTH))
        scene.send(views.Write("王珺"))
        scene.sign()
        assert scene.flow.state.signed is not None, scene.flow.state.message
        QApplication.processEvents()
        scene.send(views.Clear(), views.OpenSeats(), views.ChooseSeat(scene.kid(seat)))
        QApplication.processEvents()
        if at % 5 == 0:
            scene.send(views.OpenNotebook(), views.AddNote("room", "", f"{at}"))
            QApplication.processEvents()
        if at % 7 == 0:
            scene.send(views.Scanned(slip_text(slip_for(b"%d" % at))))
            scene.send(views.ChooseSeat(scene.kid(seat)), views.NoteSeat("slip"))
        if at % 16 == 2:
            self._look_about()
        if at % 40 == 3:
            scene.send(views.Lock(), views.Practise(), views.OpenSeats())
            QApplication.processEvents()
            scene.send(views.Lock())
            scene.unlock()

    def _look_about(self) -> None:
        for _ in range(5):
            self.scene.window.header.size_button.click()
            QApplication.processEvents()
        self.scene.send(views.SwitchLanguage())
        QApplication.processEvents()

    def pass_s(self, seconds: float) -> None:
        self.scene.now_s += seconds
        self.scene.devices.room.now = OPENS + 60 + int(self.scene.now_s) % 7000
        self.scene.window._tick()
        QApplication.processEvents()


def main(moves: int, hours: float, folder: Path, seats: int = 30) -> None:
    # Argon2id at its least: what it takes is its own, and it takes it anew each time.
    proctor_keys._PASSES, proctor_keys._MEMORY_KIB = 1, 32
    application = QApplication([])
    soak = Soak(folder, seats)
    for at in range(moves + 1):
        if at % (moves // SAMPLES) == 0:
            tell_held(at, soak.entries)
        soak.move(at)
        for _ in range(4):
            soak.pass_s(hours * 900 / moves)
    soak.scene.window.close()
    del application


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), *map(int, sys.argv[4:]))
