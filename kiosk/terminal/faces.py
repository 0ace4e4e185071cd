"""Which view is shown: trouble before the menu, the menu before the stage."""

from __future__ import annotations

from dataclasses import dataclass

from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.self_check import Finding
from kiosk.terminal import stages, views
from kiosk.terminal.admitting import Admission
from kiosk.terminal.device_test import DeviceTesting
from kiosk.terminal.exam import Attempt
from kiosk.terminal.exam_view import paused_view, sitting_view
from kiosk.terminal.moving import Arrival
from kiosk.terminal.release import ChallengeKeeper
from kiosk.terminal.seat import Seat
from kiosk.terminal.stages import (
    Confirming,
    Ended,
    GivenAway,
    Handing,
    Locked,
    Reading,
    SigningIn,
    Sitting,
    Stage,
    Stopped,
    Waiting,
)
from kiosk.terminal.standing import code_of_check
from kiosk.terminal.trouble import PROGRAM_FAULT
from kiosk.terminal.views import Header, Notice, View


@dataclass(frozen=True)
class Face:
    """Everything a view is drawn from. `mistake` is about the last scan in the menu."""

    stage: Stage
    seat: Seat | None
    trouble: str | None
    around: str | None
    menu: bool
    mistake: Notice | None
    keeper: ChallengeKeeper
    terminal: KeyRecord
    guests: tuple[Arrival, ...] = ()
    chosen: Arrival | None = None
    mirror: Finding | None = None
    found: tuple[Finding, ...] = ()
    lacking: Finding | None = None
    checks_open: bool = False
    may_test: bool = False
    of_update: Notice | None = None
    device_test: DeviceTesting | None = None
    admission: Admission | None = None
    collected: views.Collected | None = None

    @property
    def _attempt(self) -> Attempt | None:
        return self.stage.attempt if isinstance(self.stage, Sitting) else None

    def draw(self, before: View | None) -> View:
        """The view; a challenge is made where one is shown, and void where none is.

        Args:
            before: the view shown until now; it stays while a release goes to the disk.
        """
        stage, seat, attempt = self.stage, self.seat, self._attempt
        header = attempt.header if attempt else seat.header() if seat else Header()
        clock = attempt.clock if attempt is not None and not attempt.ending else None
        if self.device_test is not None and not self.trouble:
            return self.device_test.view(header, self.found)
        if seat is None or self.trouble:
            told = stage.code if isinstance(stage, Stopped) else PROGRAM_FAULT
            trouble = stages.trouble_view(self.trouble or told, header, clock)
            return replace(trouble, may_test=self.may_test)
        if self.around:
            return stages.trouble_view(self.around, header, clock)
        if self.checks_open:
            mirror = (self.mirror,) if self.mirror else ()
            required = seat.plan.policy.required_checks
            found = (*self.found, *mirror)
            return views.Checks(header, found, required, clock, self.may_test, self.of_update)
        if self.lacking:
            trouble = stages.trouble_view(code_of_check(self.lacking), header, clock)
            return replace(trouble, found=self.lacking, sessions=self._sessions(seat))
        if self.menu or (attempt is not None and attempt.paused):
            return self._menu(seat, attempt, header, clock)
        if isinstance(stage, Locked) and stage.released is None:
            return self._unlock(stage, seat, header)
        self.keeper.void()
        match stage:
            case SigningIn(typed, mistake):
                return views.SignIn(header, typed, mistake, self.collected)
            case Confirming(candidate):
                exam = seat.plan.exam(candidate.exam)
                return stages.confirm_view(stage, seat.header(candidate), exam)
            case Reading(candidate):
                exam = seat.plan.exam(candidate.exam)
                return stages.rules_view(stage, seat.header(candidate), exam)
            case Waiting(candidate, typed, mistake):
                return views.Waiting(seat.header(candidate), typed, mistake)
            case Sitting(Attempt() as sat) | Handing(_, Attempt() as sat):
                return sitting_view(sat)
            case Ended(done):
                return replace(done, collected=self.collected)
            case GivenAway(past) as given:
                return stages.given_view(given, seat.paper(past.sitting)[0])
            case _:
                return before or views.SignIn(header)

    def _unlock(self, stage: Locked, seat: Seat, header: Header) -> View:
        phase = Phase.INTERRUPTED if stage.unlocking.interrupted else Phase.LOCKED
        challenge = self.keeper.show(seat.challenge(phase, None))
        needed = seat.plan.policy.releasing_proctors
        view = stages.unlock_view(
            stage, header, challenge, phase, needed, self.terminal, self.found
        )
        view = replace(view, sessions=self._sessions(seat))
        return replace(view, checks=(*view.checks, self.mirror)) if self.mirror else view

    def _sessions(self, seat: Seat) -> tuple[views.SessionChoice, ...]:
        """What there is to choose from, until a proctor has given a code."""
        given = isinstance(self.stage, Locked) and self.stage.unlocking.given
        if given or len(seat.sessions) < 2:
            return ()
        return stages.session_choices(seat.sessions, seat.installed)

    def _menu(
        self, seat: Seat, attempt: Attempt | None, header: Header, clock: views.Clock | None
    ) -> View:
        phase = attempt.phase if attempt is not None else Phase.IDLE
        challenge = self.keeper.show(seat.challenge(phase, attempt))
        if attempt is not None and attempt.paused:
            return replace(paused_view(attempt, challenge), mistake=self.mistake)
        guests = tuple(map(_guest, self.guests))
        chosen = self.guests.index(self.chosen) + 1 if self.chosen in self.guests else 0
        vacant = isinstance(self.stage, SigningIn) and seat.opened is not None
        return views.ProctorMenu(
            header,
            challenge,
            clock,
            self.mistake,
            guests,
            chosen,
            self.mirror,
            may_admit=vacant,
            reserves=seat.free_reserves if vacant else (),
            admitting=self.admission.view if self.admission is not None else None,
        )


def _guest(arrival: Arrival) -> views.Guest:
    sitting, statement = arrival.sitting, arrival.statement
    seen_ms = statement.at_ms if statement.boot == sitting.boot else sitting.last_ms
    return views.Guest(
        name=arrival.name,
        number=sitting.identity.candidate,
        seat=arrival.seat,
        remaining_ms=sitting.remaining_ms(seen_ms),
        given=arrival.given,
    )
