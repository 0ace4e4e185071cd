"""Simulated candidates at terminals without a window: the same flow, journal and packages."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TypeVar

from kiosk.artefacts.admission import Admission, admission_text
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import KioskError
from kiosk.rehearsal.people import Knowledge, Person
from kiosk.rehearsal.proctoring import Proctoring
from kiosk.terminal.clock import SimulatedTime
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.views import (
    Answer,
    BeginPart,
    ClosePart,
    Confirm,
    ConfirmIdentity,
    Done,
    Exam,
    Flag,
    GoTo,
    HandIn,
    OpenProctorMenu,
    OpenReview,
    PartPage,
    Pledge,
    Practise,
    ProctorMenu,
    Review,
    Rules,
    Scanned,
    SignIn,
    SignInAs,
    Unlock,
    View,
)

V = TypeVar("V", bound=View)


class Story:
    """What happens to a candidate besides answering."""

    def __init__(
        self,
        *,
        power_cut_at: int = 0,
        extra_min: int = 0,
        until_time_is_over: bool = False,
        by_slip: bool = True,
    ) -> None:
        """
        Args:
            power_cut_at: the question at which the computer loses power, 0 for never.
            extra_min: minutes a proctor grants in the middle.
            until_time_is_over: does not hand in, the clock does.
            by_slip: signs in by the admission slip's QR, else by typing the number.
        """
        self.power_cut_at = power_cut_at
        self.extra_min = extra_min
        self.until_time_is_over = until_time_is_over
        self.by_slip = by_slip


def sit(
    state: Path,
    session: str,
    person: Person,
    knowledge: Knowledge,
    proctoring: Proctoring,
    source: random.Random,
    story: Story,
) -> Done:
    """A whole sitting of `person` at the terminal of `state`; what the last screen shows."""
    clock = SimulatedTime(int(time.time()))
    terminal = HeadlessTerminal(state, clock)
    try:
        _release(terminal, proctoring)
        _sign_in(terminal, session, person, story)
        count = _exam(terminal.view).question.count
        for number in range(1, count + 1):
            if number == story.power_cut_at:
                terminal.close()
                clock.reboot(off_ms=95_000)
                terminal = HeadlessTerminal(state, clock)
                _release(terminal, proctoring)
            if story.extra_min and number == count // 2:
                _extra_time(terminal, proctoring, story.extra_min)
            _go_to(terminal, number)
            _answer(terminal, knowledge, person, source)
            terminal.pass_ms(source.randint(15_000, 45_000))
        return _end(terminal, story)
    finally:
        terminal.close()


def _release(terminal: HeadlessTerminal, proctoring: Proctoring) -> None:
    def challenge() -> str:
        return _expect(terminal.view, Unlock).challenge

    proctoring.release(challenge, lambda text: _scan(terminal, text))


def _scan(terminal: HeadlessTerminal, text: str) -> None:
    terminal.do(Scanned(text))


def _sign_in(terminal: HeadlessTerminal, session: str, person: Person, story: Story) -> None:
    _expect(terminal.view, SignIn)
    if story.by_slip:
        terminal.do(Scanned(admission_text(Admission(session, person.number))))
    else:
        terminal.do(SignInAs(person.number))
    _expect(terminal.view, Confirm)
    terminal.do(ConfirmIdentity(mine=True))
    _expect(terminal.view, Rules)
    terminal.do(Pledge())
    if isinstance(terminal.do(Practise(skip=True)), PartPage):
        terminal.do(BeginPart())


def _go_to(terminal: HeadlessTerminal, number: int) -> None:
    """To a question; where it is in the next part, this part is closed first."""
    if _expect(terminal.do(GoTo(number)), Exam).question.number != number:
        terminal.do(OpenReview())
        terminal.do(ClosePart(confirmed=False))
        _expect(terminal.do(ClosePart(confirmed=True)), PartPage)
        terminal.do(BeginPart())


def _answer(
    terminal: HeadlessTerminal, knowledge: Knowledge, person: Person, source: random.Random
) -> None:
    item = _exam(terminal.view).question.item
    for response, value in knowledge.respond(item, person, source).items():
        terminal.do(Answer(item.id, response, value))
    if source.random() < 0.1:
        terminal.do(Flag(item.id, flagged=True))


def _extra_time(terminal: HeadlessTerminal, proctoring: Proctoring, minutes: int) -> None:
    terminal.do(OpenProctorMenu())
    challenge = _expect(terminal.view, ProctorMenu).challenge
    _scan(
        terminal,
        proctoring.command(challenge, Command.EXTEND, minutes=minutes, reason=Reason.EQUIPMENT),
    )


def _end(terminal: HeadlessTerminal, story: Story) -> Done:
    if story.until_time_is_over:
        while isinstance(terminal.view, Exam):
            terminal.pass_ms(60_000)
        return _expect(terminal.wait_saved(), Done)
    terminal.do(OpenReview())
    _expect(terminal.view, Review)
    terminal.do(HandIn(confirmed=False))
    return _expect(terminal.do(HandIn(confirmed=True)), Done)


def _exam(view: View) -> Exam:
    return _expect(view, Exam)


def _expect(view: View, kind: type[V]) -> V:
    if not isinstance(view, kind):
        raise KioskError(
            f"the terminal shows {view!r:.300}, the rehearsal expected {kind.__name__}"
        )
    return view
