"""What a hand, a cat or a dying X server does at a real window: screen, journal and package agree."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.people import Person
from kiosk.rehearsal.preparation import SESSION
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.window import WindowSitting
from kiosk.rehearsal.xscreen import OwnScreen
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.views import Exam, Scanned, Unlock

pytestmark = pytest.mark.xvfb
OPTION = (300, 440)
"""A place on the last of the first question's options at 1366x768."""


class Room(ExamDay):
    """Two seats with a window each, and their proctors."""

    def __init__(self, out: Path) -> None:
        super().__init__(out, 2, Telling())
        self.prepare()

    def seat(self, screen: OwnScreen, person: Person, screens: Path) -> Seat:
        with self._bank() as bank:
            paper, _ = self._paper(person, bank)
            state = self.state_of(person)
            at = WindowSitting(screen, state, screens, paper, bank.item, killed_at=0, extra_at=0)
        return Seat(self, screen, person, at)


class Seat:
    """A candidate's hands on a real keyboard and mouse."""

    def __init__(self, room: Room, screen: OwnScreen, person: Person, at: WindowSitting) -> None:
        self.room, self.screen, self.person, self.at = room, screen, person, at

    def begin(self) -> None:
        self.release()
        self.at._sign_in(SESSION, self.person)
        self.screen.wait_for_title("Exam 1 ")

    def release(self) -> None:
        self.at._release(self.room.proctoring)

    @property
    def program(self) -> subprocess.Popen[bytes]:
        return self.at._program

    def hands(self, *what: str) -> None:
        """What fingers do that no exam foresees, in the words of `xdotool`."""
        self.screen._xdotool(*what)

    def journal(self) -> tuple[dict[int, tuple[str, ...]], int]:
        """The answers on the disk of the killed terminal, by question, and how many rows it has."""
        self.program.kill()
        self.program.wait(10)
        with HeadlessTerminal(self.room.state_of(self.person), SystemTime()) as terminal:

            def challenge() -> str:
                assert isinstance(terminal.view, Unlock)
                return terminal.view.challenge

            self.room.proctoring.release(
                challenge, lambda text: terminal.do(Scanned(text)) and None
            )
            assert isinstance(terminal.view, Exam)
            sitting = terminal._flow._attempt.sitting
            numbers = {one.item: n for n, one in enumerate(sitting.paper.items, start=1)}
            rows = len(terminal._flow._seat.journal.entries)
        return (
            {numbers[item]: given for item, given in sitting.responses.items()},
            rows,
        )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("room"))


@pytest.fixture
def screen() -> Iterator[OwnScreen]:
    with OwnScreen() as made:
        yield made


def test_the_x_server_dies_and_the_candidate_is_back_at_the_same_question(room, tmp_path):
    with OwnScreen() as first:
        seat = room.seat(first, room.people[0], tmp_path)
        seat.begin()
        seat.screen.keys("b", "Next")
        seat.screen.wait_for_title("Exam 2 ")
        seat.screen.keys("c", "Next")
        seat.screen.wait_for_title("Exam 3 ")  # what was done before that is on the disk
        first._server.send_signal(signal.SIGKILL)
        # The program does not linger without a screen: its session starts both again.
        assert seat.program.wait(60) != 0
    with OwnScreen() as second:
        again = room.seat(second, room.people[0], tmp_path)
        again.release()
        second.wait_for_title("Exam 3 ")
        second.keys("Prior")
        second.wait_for_title("Exam 2 ")
        answers, _ = again.journal()
        assert sorted(answers) == [1, 2]


def test_keys_at_200_a_second_and_a_stuck_key_end_in_the_last_answer(room, screen, tmp_path):
    seat = room.seat(screen, room.people[1], tmp_path)
    seat.begin()
    (choices,) = seat.at._paper.items[0].orders.values()
    seat.hands("type", "--delay", "5", "--", "abcd" * 50 + "b")
    time.sleep(1)
    seat.hands("keydown", "c")
    time.sleep(1.5)
    seat.hands("keyup", "c")
    # A button held on an option while the page changes answers neither question.
    seat.hands("mousemove", *map(str, OPTION), "mousedown", "1")
    seat.screen.keys("Next")
    seat.screen.wait_for_title("Exam 2 ")
    seat.hands("mouseup", "1")
    time.sleep(1)
    answers, rows = seat.journal()
    assert {number: list(given.values()) for number, given in answers.items()} == {
        1: [(choices[2],)]
    }
    assert rows < 230  # a stuck key says the same answer once

    # There was an option, and another one: pressed and let go it is chosen.
    again = room.seat(screen, room.people[1], tmp_path)
    again.release()
    screen.wait_for_title("Exam 2 ")
    screen.keys("Prior")
    screen.wait_for_title("Exam 1 ")
    again.hands("mousemove", *map(str, OPTION), "mousedown", "1", "mouseup", "1")
    screen.keys("Next")
    screen.wait_for_title("Exam 2 ")
    answers, _ = again.journal()
    assert list(answers[1].values()) != [(choices[2],)]
