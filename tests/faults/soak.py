"""A terminal's window for hours: `python -m tests.faults.soak MOVES HOURS FOLDER`.

Goes from question to question, answers, flags, opens the review and switches size and language, while
simulated time passes; tells a line of JSON now and then: what the process holds. In a process of its
own, so that nothing else is weighed with it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from kiosk.artefacts.tokens import Command
from kiosk.terminal import views
from kiosk.terminal.screens.app import TerminalApp
from kiosk.ui.theme import Look
from tests.faults.holding import tell_held
from tests.terminal.room import TERMS, Room

SAMPLES = 20
PATIENCE_S = 60


class Soak:
    """One candidate at one window."""

    def __init__(self, folder: Path, hours: float) -> None:
        terms = replace(TERMS, duration_ms=round((hours + 1) * 3_600_000))
        self.room = Room(terms=terms)
        made = []

        def ports_of(*arguments):
            made.append(self.room.ports_of(self.room.terminals[0])(*arguments))
            return made[0]

        self.app = TerminalApp(folder, time=self.room.time, ports_of=ports_of)
        self.ports = made[0]
        self.app.start(windowed=True)

    @property
    def view(self):
        return self.app.flow.view

    def ask(self, intent: views.Intent) -> None:
        """As a person would, and wait until it is written and shown."""
        self.app.window.intent.emit(intent)
        ends = time.monotonic() + PATIENCE_S
        while True:
            QApplication.processEvents()
            if not self.app.flow.busy:
                QApplication.processEvents()
                return
            assert time.monotonic() < ends, f"{intent} was not written within {PATIENCE_S} s"

    def begin(self) -> None:
        self.ask(views.Scanned(self.room.code(self, Command.RELEASE)))
        for intent in (
            views.SignInAs(self.room.candidates[0].number),
            views.ConfirmIdentity(True),
            views.Pledge(),
            views.Practise(skip=True),
        ):
            self.ask(intent)
        assert isinstance(self.view, views.Exam), self.view

    def move(self, at: int) -> None:
        """One move, with now and then what candidates do between two."""
        count = self.view.question.count
        self.ask(views.GoTo(at % count + 1))
        item = self.view.question.item
        if item.interactions[0].response in self.view.question.orders:
            choice = self.view.question.orders[item.interactions[0].response][at // count % 2]
            self.ask(views.Answer(item.id, item.interactions[0].response, (choice,)))
        if at % 7 == 0:
            self.ask(views.Flag(item.id, at % 14 == 0))
        if at % 50 == 0:
            self.ask(views.OpenReview())
            self.ask(views.CloseReview())
        if at % 100 == 0:
            for look in (Look("en", scale=150), Look("zh-CN")):
                self.app.window.set_look(look)
                QApplication.processEvents()


def main(moves: int, hours: float, folder: Path) -> None:
    application = QApplication([])
    soak = Soak(folder, hours)
    soak.begin()
    step_ms = round(hours * 3_600_000 / moves)
    for at in range(moves + 1):
        if at % (moves // SAMPLES) == 0:
            tell_held(at, soak.app.flow._seat.journal.tip.count)
        soak.move(at)
        soak.room.time.pass_ms(step_ms)
        soak.app.flow.tick()
    assert isinstance(soak.view, views.Exam), soak.view
    soak.app.close()
    del application


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]))
