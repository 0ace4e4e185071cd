"""A simulated candidate at a real window: a process of its own on a real X screen.

The person sees pixels and the window's title, and has a keyboard, a mouse and a proctor with a
scanner. The process is killed with SIGKILL in the middle and started again, as a watchdog would.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from kiosk.artefacts.admission import Admission, admission_text
from kiosk.artefacts.tokens import Command, Reason
from kiosk.assessment.items import (
    Associate,
    Choice,
    ExtendedText,
    GapMatch,
    GraphicOrder,
    Hotspot,
    Hottext,
    InlineChoice,
    Item,
    Match,
    Order,
    TextEntry,
)
from kiosk.assessment.paper import Paper, PaperItem
from kiosk.errors import KioskError
from kiosk.rehearsal.keys import answer_keys
from kiosk.rehearsal.people import Knowledge, Person
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.rehearsal.xscreen import Screen, start

_READS_S = 1.5
"""The page before a part takes no key in its first moment, which may be meant for another page."""
THIS_PROGRAM = (sys.executable, "-m", "kiosk")


class WindowSitting:
    """One candidate at one window, from unlock to hand-in.

    Args:
        screens: the folder for photographs.
        paper: the candidate's paper; the person needs it to know which letter the right choice has.
        killed_at: the question at which the program is killed, 0 for never.
        part_ends: the last question of each part that another follows.
        program: how `kiosk` is called; a terminal may be installed elsewhere.
    """

    def __init__(
        self,
        screen: Screen,
        state: Path,
        screens: Path,
        paper: Paper,
        item: Callable[[str], Item],
        *,
        killed_at: int,
        extra_at: int,
        part_ends: Collection[int] = (),
        program: Sequence[str] = THIS_PROGRAM,
    ) -> None:
        self._screen = screen
        self._state = state
        self._command = program
        self._screens = screens
        self._paper = paper
        self._item = item
        self._killed_at = killed_at
        self._extra_at = extra_at
        self._part_ends = part_ends
        self._taken = 0
        self._program = self._start()

    def sit(
        self,
        session: str,
        person: Person,
        knowledge: Knowledge,
        proctoring: Proctoring,
        source: random.Random,
    ) -> None:
        """Plays the whole sitting; the program is still running afterwards, at its last screen."""
        try:
            self._release(proctoring)
            self._sign_in(session, person)
            for number, placed in enumerate(self._paper.items, start=1):
                self._screen.wait_for_title(f"Exam {number} ")
                if number == self._killed_at:
                    self._crash(proctoring, number)
                if number == self._extra_at:
                    self._extra_time(proctoring)
                self._answer(placed, person, knowledge, source)
                self._photograph_kind(placed, number)
                if number in self._part_ends:
                    self._close_part()
                else:
                    self._screen.keys("Next" if number < len(self._paper.items) else "Return")
            self._hand_in()
        finally:
            self._program.kill()
            self._program.wait(10)

    # --- the program ------------------------------------------------------------------------------

    def _start(self) -> subprocess.Popen[bytes]:
        command = [*self._command, "terminal", "run", "--state", str(self._state)]
        return start(self._screen, command)

    def _crash(self, proctoring: Proctoring, number: int) -> None:
        """SIGKILL in the middle of a question, and the way back to it."""
        self._program.kill()
        self._program.wait(10)
        self._program = self._start()
        self._screen.wait_for_title("Unlock")
        self._photograph("after-a-crash")
        self._release(proctoring)
        self._screen.wait_for_title(f"Exam {number} ")
        self._photograph("back-at-the-same-question")

    # --- the proctor ------------------------------------------------------------------------------

    def _release(self, proctoring: Proctoring) -> None:
        self._screen.wait_for_title("Unlock")
        challenge = self._screen.wait_for_code("C1:")
        self._photograph("unlock")
        first, *others = proctoring.desks
        self._screen.scan(proctoring.answer(first, challenge, Command.RELEASE))
        for desk in others:
            self._screen.wait_for_title("Unlock 1/")
            challenge = self._screen.wait_for_code("C1:")
            self._photograph("one-proctor-of-two")
            self._screen.scan(proctoring.answer(desk, challenge, Command.RELEASE))

    def _extra_time(self, proctoring: Proctoring) -> None:
        self._screen.keys("F12")
        self._screen.wait_for_title("ProctorMenu")
        challenge = self._screen.wait_for_code("C1:")
        self._photograph("proctor-menu")
        self._screen.scan(
            proctoring.command(challenge, Command.EXTEND, minutes=10, reason=Reason.EQUIPMENT)
        )
        self._screen.wait_for_title("Exam")
        self._photograph("extra-time-granted")

    # --- the candidate ----------------------------------------------------------------------------

    def _sign_in(self, session: str, person: Person) -> None:
        self._screen.wait_for_title("SignIn")
        self._photograph("sign-in")
        self._screen.scan(admission_text(Admission(session, person.number)))
        self._screen.wait_for_title("Confirm")
        self._photograph("confirm")
        self._screen.keys("Return")
        self._screen.wait_for_title("Rules")
        self._photograph("rules")
        number = 1
        title = self._screen.title()
        while "Exam" not in title:
            if f"practice {number} " in title:
                self._photograph(f"practice-{number}")
                number += 1
            if "PartPage" in title:
                self._photograph("part")
                time.sleep(_READS_S)
            # One Return a page: one more would lead past the first question.
            self._screen.keys("Return")
            title = self._screen.wait_for_other_title(title)

    def _answer(
        self, placed: PaperItem, person: Person, knowledge: Knowledge, source: random.Random
    ) -> None:
        item = self._item(placed.item)
        responses = knowledge.respond(item, person, source)
        for index, interaction in enumerate(item.interactions):
            if index:
                self._screen.keys("Tab")
            value = responses.get(interaction.response, ())
            match interaction:
                case (
                    Choice()
                    | Order()
                    | Associate()
                    | Match()
                    | GapMatch()
                    | Hottext()
                    | Hotspot()
                    | GraphicOrder()
                ):
                    order = placed.orders.get(interaction.response, ())
                    if keys := answer_keys(interaction, order, value):
                        self._screen.keys(*keys)
                case InlineChoice(response=response) if value:
                    # Open the list, go down to the choice, take it.
                    down = placed.orders[response].index(value[0])
                    self._screen.keys("space", "Home", *["Down"] * down, "Return")
                case TextEntry() | ExtendedText() if value and value[0].isascii():
                    # xdotool turns the keyboard layout round for other characters, and keys are lost.
                    self._screen.write(value[0])
                case _:
                    pass  # what needs a pointer is left unanswered

    def _close_part(self) -> None:
        self._screen.keys("Return")
        self._screen.wait_for_title("Review")
        self._photograph("closing-a-part")
        self._screen.keys("shift+Tab", "Return")
        self._screen.wait_for_title("asks again")
        self._screen.keys("shift+Tab", "Return")
        self._screen.wait_for_title("PartPage")
        self._photograph("next-part")
        time.sleep(_READS_S)
        self._screen.keys("Return")

    def _hand_in(self) -> None:
        self._screen.wait_for_title("Review")
        self._photograph("review")
        self._screen.keys("shift+Tab", "Return")
        self._screen.wait_for_title("asks again")
        self._photograph("hand-in-asked-again")
        self._screen.keys("shift+Tab", "Return")
        self._screen.wait_for_title("Done")
        self._photograph("done")

    # --- photographs --------------------------------------------------------------------------------

    def _photograph_kind(self, placed: PaperItem, number: int) -> None:
        """The first question of each kind, once it is answered."""
        kind = self._item(placed.item).kind
        if not list(self._screens.glob(f"*-{kind}.png")):
            self._photograph(str(kind))

    def _photograph(self, name: str) -> None:
        if list(self._screens.glob(f"*-{name}.png")):
            return
        self._taken += 1
        self._screen.save(self._screens / f"{self._taken:02d}-{name}.png")
        if self._program.poll() is not None:
            raise KioskError("the terminal's program ended by itself", where=name)
