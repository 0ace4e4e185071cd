"""The terminal's program without its screens: intents in, one view out.

A day is a row of stages (`stages`); the proctor's menu and the trouble screen lie over any of them.
The flow lives on one thread, to which `Ports.deliver` brings what the writer has to say. It knows no
widget, and every disk, clock and key comes in by `Ports`.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from msgspec.structs import replace

from kiosk.artefacts.chain import Checked, Happened, Record
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.self_check import Finding
from kiosk.artefacts.tokens import Answer, Command
from kiosk.assessment import sitting as fold
from kiosk.assessment.accommodations import display_with
from kiosk.assessment.display import Display
from kiosk.errors import InputRefused, KioskError
from kiosk.terminal import stages, views
from kiosk.terminal.admitting import Admission
from kiosk.terminal.beginning import Wiring, begin, go_on, take_over
from kiosk.terminal.carrying import LOOK_MS, Carrier
from kiosk.terminal.collecting import Collecting
from kiosk.terminal.commanding import carry_out
from kiosk.terminal.commands import commanded
from kiosk.terminal.device_test import DeviceTesting
from kiosk.terminal.exam import Attempt
from kiosk.terminal.faces import Face
from kiosk.terminal.handin import Past, done_view
from kiosk.terminal.mirror import Mirror
from kiosk.terminal.moving import origin
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.outbox import Line
from kiosk.terminal.pen import Pen
from kiosk.terminal.ports import Ports
from kiosk.terminal.release import LIFETIME_MS, ChallengeKeeper, CodeRefused, prefix_of, read_room
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
from kiosk.terminal.standing import Standing
from kiosk.terminal.status import seat_status
from kiosk.terminal.surroundings import Surroundings, Watch
from kiosk.terminal.trouble import CLOCK_WRONG, code_of
from kiosk.terminal.unlocking import ExitAsked, Released
from kiosk.terminal.views import Notice, View
from kiosk.words import mark

HEARTBEAT_MS = 5_000
REPORT_MS = 1_000
ASLEEP_MS = 15_000
"""Longer than this without a tick, and the machine was asleep or stood still: CLOCK_BOOTTIME went on."""


class Flow:
    """The state machine of one terminal. Call it from one thread alone."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._listeners: list[Callable[[View], None]] = []
        self._keeper = ChallengeKeeper(ports.time)
        self._serials = count(1)
        self._seat: Seat | None = None
        self._stage: Stage = SigningIn()
        self._menu = self._checks_open = False
        self._device_test: DeviceTesting | None = None
        self._standing = Standing()
        self._admission: Admission | None = None
        self._mistake: Notice | None = None
        self._of_update: Notice | None = None
        self._halt: str | None = None
        self._wanted = ""
        self._around = Watch()
        self._refused: list[str] = []
        self._beat_ms = self._awake_ms = self._begun_ms = ports.time.now_ms()
        self._pen = Pen(ports.deliver, ports.time, self._changed, self._written)
        self._carrier = Carrier(ports, self._changed)
        self._collecting = Collecting(ports, self._changed)
        self._mirror = Mirror(ports, ports.mirror) if ports.mirror is not None else None
        self._redrawn_ms = ports.time.now_ms()
        self._wiring = Wiring(ports.time, self._keep, lambda: next(self._serials))
        self._view: View | None = None
        self.display = Display()
        """How the screen is to look: as whoever sits here last had it."""
        self._offered: set[str] = set()
        """Codes that came over the room's network and were taken or refused."""
        self._begin()
        self._view = self._draw()
        self._report()
        if ports.room is not None:
            ports.room.begin(self._offer)

    # --- what screens use -----------------------------------------------------------------------------

    @property
    def view(self) -> View:
        """What is to be shown now."""
        assert self._view is not None  # drawn when the flow was made
        return self._view

    @property
    def clock(self) -> views.Clock | None:
        """Time left of the open sitting, for the ticking header; None when nobody sits."""
        attempt = self._attempt
        return attempt.clock if attempt is not None and not attempt.ending else None

    def listen(self, listener: Callable[[View], None]) -> None:
        """Have `listener` told each new view."""
        self._listeners.append(listener)

    def media(self, identifier: str) -> bytes:
        """A picture (PNG) that a question names.

        Raises:
            InputRefused: the session is not open, or has no such picture.
        """
        if self._seat is None or self._seat.opened is None:
            raise InputRefused("no session is open")
        return self._seat.opened.media(identifier)

    def handle(self, intent: views.Intent) -> None:
        """Do what a person asked for, where it can be done now; else nothing."""
        self._wake()
        match intent:
            case views.Scanned(scanned):
                self._scanned(scanned)
            case views.Retry():
                self._retry()
            case views.HaveDisplay(display):
                self._have_display(display)
            case views.ChooseSession(session) if not self._around.code:
                self._choose_session(session)
            case views.OpenProctorMenu():
                self._open_menu()
            case views.CloseProctorMenu():
                self._close_menu()
            case views.OpenChecks():
                self._open_checks()
            case views.CloseChecks():
                self._checks_open = False
            case views.OpenDeviceTest():
                self._open_device_test()
            case views.CloseDeviceTest():
                self._close_device_test()
            case views.DeviceTried(tested) if self._device_test is not None:
                self._device_test.take(tested)
            case views.KeepPage(page) if self._device_test is not None:
                self._device_test.keep(page)
            case views.ChooseGuest(number):
                self._carrier.choose(number)
            case views.RaiseAlarm() if self._attempt is not None and not self._hidden:
                self._close_menu()
                self._attempt.take(intent)
            case views.Admit(number, name):
                self._ask_admission(number, name)
            case _ if self._menu or self._checks_open or self._device_test or self._hidden:
                pass
            case _:
                self._at_stage(intent)
        self._changed()

    def incident(self, code: str) -> None:
        """Journal something worth knowing about the open sitting, such as lost focus."""
        self._wake()
        attempt = self._attempt
        if attempt is not None and not attempt.ending and not self._hidden:
            attempt.settle()
            attempt.happen(fold.Incident(self._ports.time.now_ms(), code))
            self._changed()

    def surroundings(self, now: Surroundings) -> None:
        """What is plugged in; call it when that may have changed, and now and then."""
        self._wake()
        before = self._around.code
        self._around.see(now)
        if self._around.code != before:
            self._surrounded()

    def _surrounded(self) -> None:
        """The journal has what hides the paper before it is hidden."""
        attempt = self._attempt
        if self._around.code and attempt is not None and not attempt.ending and not self._trouble:
            attempt.thaw()
            attempt.settle()
            attempt.happen(fold.Incident(self._ports.time.now_ms(), self._around.code))
        self._changed()

    def found(self, found: tuple[Finding, ...]) -> None:
        """What was found of this computer when it was looked at again."""
        if self._standing.take(found):
            self._write_news()
            self._changed()

    def _write_news(self) -> None:
        """The journal of an open session has every change, once; before that the release has them all.
        While a package is made, or the disk refuses, they wait."""
        seat = self._seat
        waits = isinstance(self._stage, Handing) or self._pen.code
        if seat is None or seat.opened is None or waits:
            return
        if news := self._standing.news():
            self._keep((Checked(self._ports.time.now_ms(), news),), self._changed, None)

    def fail(self, fault: Exception) -> None:
        """The program met a fault of its own outside the writer: say so and let staff decide."""
        self._halt = code_of(fault)
        self._changed()

    def tick(self) -> None:
        """Let time do its work; call it about ten times a second."""
        now = self._ports.time.now_ms()
        changed = self._wake()
        self._pen.tick()
        attempt = self._attempt
        if attempt is not None and not self._hidden:
            changed |= attempt.tick()
        if self._seat and self._seat.opened and now - self._beat_ms >= HEARTBEAT_MS:
            self._beat(self._seat)
        if now - self._reported_ms >= REPORT_MS:
            self._report()
        self._look_at_stick()
        self._write_news()
        if self._follow(now):
            changed = True
        if self._keeper.due:
            changed = True
        if self._offers_again(now):
            self._begin_anew()
            changed = True
        if isinstance(self._stage, SigningIn) and self._is_over():
            self._wanted, changed = "", True
            self._begin()
        if changed:
            self._changed()

    def _wake(self) -> bool:
        """Give back the time of a machine that slept; whether it did."""
        now = self._ports.time.now_ms()
        since, self._awake_ms = self._awake_ms, now
        attempt = self._attempt
        if now - since <= ASLEEP_MS or attempt is None or self._hidden:
            return False
        attempt.wake(since)
        return True

    @property
    def busy(self) -> bool:
        """Whether something waits to be written."""
        return not self._pen.idle

    def wait_written(self, timeout_s: float | None = None) -> bool:
        """Wait until all is written or the disk refused; whether all is."""
        return self._pen.wait(timeout_s)

    def close(self) -> None:
        """Write what waits and end; a sitting that is open is then interrupted."""
        attempt = self._attempt
        if attempt is not None and not self._trouble:
            attempt.settle()
        self._pen.close()
        self._close_device_test()
        self._carrier.close()
        self._collecting.close()
        if self._mirror is not None:
            self._mirror.close()
        if self._ports.room is not None:
            self._ports.room.close()
        if self._seat is not None:
            self._seat.close()

    def _have_display(self, display: Display) -> None:
        self.display = display
        if self._attempt is not None and not self._trouble:
            self._attempt.have_display(display)

    # --- scans ----------------------------------------------------------------------------------------

    def _scanned(self, scanned: str) -> None:
        if self._device_test is not None and self._device_test.takes_scans:
            self._device_test.scanned(scanned)
            return
        if self._hidden or self._seat is None:
            return
        self._checks_open = False
        self._close_device_test()
        try:
            match self._stage:
                case Locked(released=None) as locked:
                    locked.mistake = None
                    self._release(self._seat, locked.unlocking.take(scanned))
                case SigningIn() if not self._menu and _is_for_candidates(scanned):
                    self._sign_in(scanned)
                case _ if self._menu and self._vacant and prefix_of(scanned) is Prefix.FRAME:
                    self._mistake = replace(self._carrier.take(scanned), serial=next(self._serials))
                case _ if self._menu or self._paused or self._covered:
                    self._mistake = None
                    self._command(self._seat, scanned)
                case _:
                    raise CodeRefused(mark("Open the proctor menu first, then scan"))
        except CodeRefused as fault:
            self._refuse(fault)
        except ExitAsked:
            self._ports.leave_program()
        except KioskError as fault:
            self._halt = code_of(fault)

    def _refuse(self, fault: CodeRefused) -> None:
        notice = replace(fault.notice, serial=next(self._serials))
        match self._stage:
            case _ if self._menu or self._paused:
                self._mistake = notice
            case Locked() | SigningIn() | Waiting() as stage:
                stage.mistake = notice
            case Sitting(attempt):
                attempt.notice = notice
            case _:
                pass
        self._refused.append(fault.summary)
        sitting_here = self._attempt
        if sitting_here is not None and not sitting_here.ending:
            sitting_here.happen(*self._refusals())

    def _refusals(self) -> tuple[fold.Incident, ...]:
        now = self._ports.time.now_ms()
        told = tuple(fold.Incident(now, "code-refused", summary) for summary in self._refused)
        self._refused.clear()
        return told

    # --- the room's network -----------------------------------------------------------------------------

    def _report(self) -> None:
        self._reported_ms = self._ports.time.now_ms()
        if self._ports.room is not None and self._seat is not None:
            status = seat_status(
                self._seat,
                self._stage,
                self.view,
                self._ports.outbox,
                mirror_s=self._mirror.lag_s if self._mirror is not None else None,
                battery=self._around.battery,
                version=self._ports.version,
            )
            self._ports.room.tell(self._seat.plan, status)

    def _offer(self, code: str) -> None:
        """Take a code that came over the network as if it were scanned, once, where somebody could scan
        it now: the release of a seat that waits for it, or the answer to the challenge on the screen.
        A code for the whole room goes to locked seats alone: at others a proctor chooses whom it is for.
        """
        seat, locked = self._seat, isinstance(self._stage, Locked)
        if self._hidden or self._device_test or seat is None or code in self._offered:
            return
        match prefix_of(code):
            case Prefix.ROOM if locked and self._waits_for_room(seat, code):
                pass
            case Prefix.ANSWER if locked or self._menu or self._paused:
                pass
            case None if isinstance(self._stage, Waiting) and code.isdecimal() and not self._menu:
                self._offered.add(code)
                self.handle(views.StartWith(code))
                return
            case _:
                return
        self._offered.add(code)
        self.handle(views.Scanned(code))
        self._report()

    def _waits_for_room(self, seat: Seat, code: str) -> bool:
        """Whether a room code is one that this seat has not had; nobody here is told of another."""
        trust = self._ports.installed.trust()
        try:
            room = read_room(code, seat.plan, trust, seat.journal.last_room)
        except CodeRefused:
            return False
        return room.purpose == "resume" or not seat.journal.tip.count

    # --- release --------------------------------------------------------------------------------------

    def _begin(self, wanted: str = "") -> None:
        self._begun_ms = self._ports.time.now_ms()
        if self._seat is not None:
            self._seat.close()
            self._seat = None
        if self._mirror is not None:
            self._mirror.begin()
        try:
            self._seat = Seat(self._ports, wanted)
        except KioskError as fault:
            self._stage = Stopped(code_of(fault))
            return
        self._stage = Locked(self._seat.unlocking(self._keeper, self._standing))

    def _choose_session(self, wanted: str) -> None:
        if isinstance(self._stage, Locked) and self._may_choose_again(self._stage):
            self._wanted = wanted
            self._begin_anew()

    def _begin_anew(self) -> None:
        self._keeper.void()
        self._begin(self._wanted)

    def _offers_again(self, now_ms: int) -> bool:
        """Whether it is time to see what is installed, and how this computer stands; also where a check
        keeps the session shut, and so no challenge is shown."""
        locked = isinstance(self._stage, Locked) and self._may_choose_again(self._stage)
        old = now_ms - self._begun_ms >= LIFETIME_MS
        return locked and old and not self._keeper.live

    def _is_over(self) -> bool:
        """Whether the next session's time has come while nobody sits here."""
        free = not (self._trouble or self._menu) and self._pen.idle
        return free and self._seat is not None and self._seat.is_over()

    def _may_choose_again(self, stage: Locked) -> bool:
        return not (self._trouble or self._menu or stage.released or stage.unlocking.given)

    def _release(self, seat: Seat, released: Released | None) -> None:
        if released is None or not isinstance(self._stage, Locked):
            return
        sitting = released.going_on
        attempt = go_on(seat, released, sitting, self._wiring) if sitting is not None else None
        pulse = seat.pulse(attempt)
        if attempt is None and self._stage.unlocking.interrupted:
            pulse = replace(pulse, phase=Phase.RUNNING)  # until its package is made
        self._stage.released = released
        self._standing.news()  # it is all in the release
        self._pen.write(
            lambda: seat.journal.append(released.records, pulse, released.room),
            lambda _: self._opened(seat, released, attempt),
        )

    def _opened(self, seat: Seat, released: Released, attempt: Attempt | None) -> None:
        seat.open(released)
        self._stage = SigningIn()
        late = seat.without_package()
        if attempt is not None:
            self._stage = Sitting(attempt)
            self.display = attempt.sitting.display
            attempt.tell_given_back(released.lost_ms)
        elif seat.pasts and seat.pasts[-1].given:
            self._give_away(seat, seat.pasts[-1], None)
        elif late and late[-1] == seat.pasts[-1]:
            self._hand_over(seat, late.pop(), None)
        for past in late:
            self._pack_silently(seat, past)

    def _pack_silently(self, seat: Seat, past: Past) -> None:
        self._pen.write(lambda: seat.pack(past))

    # --- sign-in --------------------------------------------------------------------------------------

    def _at_stage(self, intent: views.Intent) -> None:
        seat = self._seat
        if seat is None or seat.opened is None:
            return
        match self._stage, intent:
            case SigningIn(), views.SignInAs(number):
                self._sign_in(number)
            case Confirming(candidate) as stage, views.ConfirmIdentity(mine):
                self._stage = SigningIn()
                if mine:
                    self._read_rules(stage, seat.opened)
                    self.display = display_with(candidate.accommodations, self.display)
            case Reading() as stage, views.Pledge():
                stage.pledged = True
            case Reading() as stage, views.Practise(skip) if stage.pledged:
                stage.at += 1
                if skip or stage.at >= len(stage.practice):
                    stage.at = -1
                    self._ready(seat, seat.opened, stage)
            case Reading() as stage, _:
                stages.practise(stage, intent)
            case Waiting() as stage, views.StartWith(code):
                self._start_together(seat, seat.opened, stage, code)
            case Sitting(attempt), _:
                attempt.take(intent)
            case Ended(), views.Leave():
                self._stage = SigningIn()
                self.display = Display()  # the next candidate's is their own
            case GivenAway() as given, views.ShowCodes(shown):
                given.in_codes = shown
            case GivenAway(may_leave=True), views.Leave():
                self._stage = SigningIn()
                self.display = Display()
            case _:
                pass

    def _sign_in(self, typed: str) -> None:
        seat = self._seat
        if seat is None or seat.opened is None:
            return
        now_s = self._ports.time.wall_s()
        if now_s < self._ports.floor.value:
            self._halt = CLOCK_WRONG
            return
        try:
            self._stage = Confirming(seat.candidate(typed, now_s))
        except CodeRefused as fault:
            self._stage = SigningIn(typed, replace(fault.notice, serial=next(self._serials)))

    def _read_rules(self, stage: Confirming, opened: OpenSession) -> None:
        try:
            self._stage = stages.begin_reading(stage, opened)
        except KioskError as fault:
            self._halt = code_of(fault)

    def _ready(self, seat: Seat, opened: OpenSession, read: Reading) -> None:
        ready = Waiting(read.candidate, admission=read.admission)
        if seat.start is not None:
            self._stage = ready
        else:
            self._start(seat, opened, ready)

    def _start_together(self, seat: Seat, opened: OpenSession, stage: Waiting, typed: str) -> None:
        try:
            self._start(seat, opened, stage, typed)
        except CodeRefused as fault:
            stage.typed = typed
            self._refuse(fault)

    def _start(self, seat: Seat, opened: OpenSession, ready: Waiting, code: str = "") -> None:
        try:
            attempt, records = begin(
                seat, opened, ready.candidate, self._wiring, ready.admission, code
            )
        except CodeRefused:
            raise
        except KioskError as fault:
            self._halt = code_of(fault)
            return
        seat.admits = False
        self._stage = Sitting(attempt)
        incidents = tuple(Happened(incident) for incident in self._refusals())
        attempt.record((*records, *incidents))
        attempt.have_display(self.display)

    # --- proctors' commands -----------------------------------------------------------------------------

    def _open_menu(self) -> None:
        if self._hidden or self._paused or self._seat is None or self._seat.opened is None:
            return
        self._menu, self._mistake = True, None

    def _open_checks(self) -> None:
        locked = isinstance(self._stage, Locked) and self._stage.released is None
        self._checks_open = (locked or self._menu) and not (self._trouble or self._around.code)
        if self._checks_open:
            self._of_update = self._ports.of_update()

    @property
    def _may_test(self) -> bool:
        """Whether nobody sits here and no proctor has begun to release: then devices may be tried."""
        stage = self._stage
        if isinstance(stage, Stopped):
            return self._halt is None
        return isinstance(stage, Locked) and self._may_choose_again(stage)

    def _open_device_test(self) -> None:
        if self._may_test:
            self._close_device_test()
            self._device_test = DeviceTesting(self._ports, self._changed)

    def _close_device_test(self) -> None:
        if self._device_test is not None:
            self._device_test.close()
            self._device_test = None

    def _close_menu(self) -> None:
        self._menu, self._mistake, self._admission = False, None, None
        self._checks_open = False
        self._carrier.forget()

    def _command(self, seat: Seat, scanned: str) -> None:
        answer = carry_out(scanned, seat, self._attempt, self._ports, self._keeper)
        match answer:
            case None:
                self._close_menu()
            case Answer() if answer.claim.command is Command.EXIT:
                self._keeper.use()
                leaving = commanded(answer, self._ports.time.now_ms())
                self._keep((leaving,), self._ports.leave_program, None)
            case Answer() if answer.claim.command is Command.ADMIT:
                self._keeper.use()
                self._keep((commanded(answer, self._ports.time.now_ms()),), self._changed, None)
                seat.admits = True
                self._close_menu()
            case Answer() if answer.claim.command is Command.TAKE_OVER:
                self._take_over(seat, answer)
            case Answer():
                self._vouch(answer)

    # --- admissions on proctors' word ---------------------------------------------------------------------

    def _ask_admission(self, number: str, name: str) -> None:
        seat = self._seat
        if seat is None or self._hidden or not (self._menu and isinstance(self._stage, SigningIn)):
            return
        self._admission = self._mistake = None
        try:
            self._admission = seat.admission(number, name, self._ports.time.wall_s())
        except CodeRefused as fault:
            self._mistake = replace(fault.notice, serial=next(self._serials))

    def _vouch(self, answer: Answer) -> None:
        if self._admission is None or not isinstance(self._stage, SigningIn):
            raise CodeRefused(mark("First enter who is to be admitted here"))
        self._admission = admission = self._admission.vouched(answer)
        self._keeper.use()
        if admission.complete:
            self._close_menu()
            self._stage = Confirming(admission.candidate, admission)

    # --- changing terminals -----------------------------------------------------------------------------

    @property
    def _vacant(self) -> bool:
        """Whether a sitting from elsewhere could go on here."""
        return not isinstance(self._stage, Sitting | Handing | Locked | Stopped)

    def _look_at_stick(self) -> None:
        seat = self._seat
        if seat is None or self._hidden:
            return
        if isinstance(self._stage, Ended | SigningIn) and not self._menu:
            self._collecting.look(seat.plan)
        else:
            self._collecting.rest()
        if self._menu and self._vacant:
            if self._carrier.due:
                self._carrier.look(seat)
        elif isinstance(self._stage, GivenAway) and not self._stage.written and self._carrier.due:
            self._carrier.write(self._stage)

    def _follow(self, now: int) -> bool:
        """Let the mirror follow the journal; whether its lag is on the screen and may have changed."""
        if self._mirror is None or self._seat is None:
            return False
        if self._seat.opened is not None:
            self._mirror.follow(self._seat, sitting=self._attempt is not None)
        else:
            self._mirror.look()
        if now - self._redrawn_ms < LOOK_MS or not (self._menu or isinstance(self._stage, Locked)):
            return False
        self._redrawn_ms = now
        return True

    def _take_over(self, seat: Seat, answer: Answer) -> None:
        arrival = self._carrier.chosen
        if arrival is None or seat.opened is None:
            raise CodeRefused(
                mark("Put in the stick with the exam that is to go on here, and choose whose it is")
            )
        attempt, records = take_over(seat, seat.opened, arrival, answer, self._wiring)
        self._keeper.use()
        seat.taken.add(origin(arrival.statement))
        self._stage = Sitting(attempt)
        self._close_menu()
        attempt.record(records)
        self.display = attempt.sitting.display
        attempt.tell(mark("The exam goes on here. Your answers and your time are as they were"))

    def _give_away(self, seat: Seat, past: Past, attempt: Attempt | None) -> None:
        """Let the file be made with which the sitting goes on elsewhere."""
        self._stage = Handing(past, attempt)
        self._close_menu()

        def work() -> tuple[str, bytes, tuple[str, ...]]:
            name, data = seat.give_away(past)
            return name, data, seat.codes(past, data)

        def kept(made: tuple[str, bytes, tuple[str, ...]]) -> None:
            name, data, codes = made
            self._stage = GivenAway(past, name, data, again=attempt is None, codes=codes)
            self._beat(seat)

        self._pen.write(work, kept)

    # --- writing ----------------------------------------------------------------------------------

    def _keep(
        self, records: tuple[Record, ...], done: Callable[[], None], room: int | None
    ) -> None:
        seat = self._seat
        assert seat is not None
        pulse = seat.pulse(self._attempt)
        self._pen.write(lambda: seat.journal.append(records, pulse, room), lambda _: done())

    def _beat(self, seat: Seat) -> None:
        self._beat_ms = self._ports.time.now_ms()
        if self._pen.idle and not isinstance(self._stage, Handing):
            pulse = seat.pulse(self._attempt)
            self._pen.write(lambda: seat.journal.beat(pulse))

    def _written(self, ended_trouble: str | None) -> None:
        """Something reached the disk. Runs on the flow's thread, in the order of writing."""
        attempt = self._attempt
        if attempt is not None and self._seat is not None:
            if ended_trouble:
                attempt.thaw(ended_trouble)
            if attempt.ending and attempt.all_kept:
                past = self._seat.ended(attempt)
                (self._give_away if past.given else self._hand_over)(self._seat, past, attempt)
        self._follow(self._redrawn_ms)
        self._changed()

    def _hand_over(self, seat: Seat, past: Past, attempt: Attempt | None) -> None:
        """Let the package be made; the candidate is told once it is in the outbox."""
        self._stage = Handing(past, attempt)
        self._menu = False
        self._collecting.rest()  # what it said was of the packages before
        header, items = seat.paper(past.sitting)

        def packed(kept: tuple[Line, bytes]) -> None:
            line, package = kept
            self._stage = Ended(done_view(header, past.sitting, items, package, line.number))
            self._beat(seat)

        self._pen.write(lambda: seat.pack(past), packed)

    def _retry(self) -> None:
        if self._pen.code:
            self._pen.retry()
            return
        if not self._halt and self._around.code:
            self._around.accept()
            self._surrounded()
            return
        if not self._halt and self._seat is not None and (self._lacking or self._checks_open):
            self.found(self._ports.checks(self._seat.plan))
            return
        self._halt = None
        match self._stage:
            case Stopped():
                self._begin()
            case GivenAway() as stage:
                stage.written = False
            case Locked(released=None, unlocking=unlocking) as stage if unlocking.given:
                try:
                    self._release_again(stage)
                except CodeRefused as fault:
                    self._refuse(fault)
                except KioskError as fault:
                    self._halt = code_of(fault)
            case _:
                pass

    def _release_again(self, stage: Locked) -> None:
        if self._seat is not None:
            self._release(self._seat, stage.unlocking.attempt())

    # --- the view ---------------------------------------------------------------------------------------

    @property
    def _attempt(self) -> Attempt | None:
        return self._stage.attempt if isinstance(self._stage, Sitting) else None

    @property
    def _paused(self) -> bool:
        attempt = self._attempt
        return attempt is not None and attempt.paused

    @property
    def _covered(self) -> bool:
        """Whether a fire alarm hides the paper."""
        attempt = self._attempt
        return attempt is not None and attempt.sitting.covered

    @property
    def _trouble(self) -> bool:
        return bool(self._pen.code or self._halt or isinstance(self._stage, Stopped))

    @property
    def _lacking(self) -> Finding | None:
        """The required check for want of which this session does not open."""
        locked = self._stage
        if isinstance(locked, Locked) and locked.released is None:
            return locked.unlocking.lacking
        return None

    @property
    def _hidden(self) -> bool:
        """Whether a trouble lies over everything."""
        return self._trouble or self._around.code is not None or self._lacking is not None

    def _changed(self) -> None:
        self._stop_or_go_on()
        view = self._draw()
        if view != self._view:
            self._view = view
            for listener in self._listeners:
                listener(view)

    def _stop_or_go_on(self) -> None:
        """Whatever hides the paper, its clock stands still; when it is shown again, it goes on."""
        attempt = self._attempt
        if attempt is None or attempt.ending:
            return
        if self._hidden:
            attempt.freeze()
        elif attempt.frozen:
            attempt.thaw()
            attempt.have_display(self.display)  # changed over the trouble, it could not be kept

    def _draw(self) -> View:
        face = Face(
            stage=self._stage,
            seat=self._seat,
            trouble=self._pen.code or self._halt,
            around=self._around.code,
            menu=self._menu,
            mistake=self._mistake,
            keeper=self._keeper,
            terminal=self._ports.keys.record,
            guests=self._carrier.guests,
            chosen=self._carrier.chosen,
            mirror=self._mirror.check if self._mirror is not None else None,
            admission=self._admission,
            collected=self._collecting.shown,
            found=self._standing.found,
            lacking=self._lacking,
            checks_open=self._checks_open,
            may_test=self._may_test,
            of_update=self._of_update,
            device_test=self._device_test,
        )
        return face.draw(self._view)


def _is_for_candidates(scanned: str) -> bool:
    """Whether a scan at sign-in is an admission slip or a plain number."""
    return prefix_of(scanned) in (Prefix.ADMISSION, None)
