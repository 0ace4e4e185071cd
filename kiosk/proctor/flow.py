"""The desk's flow: what is scanned, chosen, read, signed and shown, in that order. No Qt.

The one rule of this file: nothing is signed unless the very words of what it does were on the screen.
Every change of an offer gives it a new serial; only a serial that the window reported as shown can be
signed. `Flow` is driven by `send` (intents) and `tick` (once a second), and `view` is what to draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from msgspec.structs import replace

from kiosk.artefacts.qr import Prefix, from_text
from kiosk.artefacts.slip import HandInSlip, read_slip
from kiosk.artefacts.tokens import ANSWER_LIFETIME_S, Command, Reason
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.proctor import showing, views
from kiosk.proctor.desk import Desk
from kiosk.proctor.device import Device
from kiosk.proctor.inspecting import ShownDesk, only_shows
from kiosk.proctor.live import LiveRoom, Serve
from kiosk.proctor.papers import paper, save_paper
from kiosk.proctor.practice import Practice
from kiosk.proctor.proposals import COMMANDS, Proposal, RoomProposal, Seat
from kiosk.proctor.rows import SPEAKS_FOR_ITSELF
from kiosk.proctor.state import Page, RoomSubject, Signed, State
from kiosk.trust.keystore import read_card
from kiosk.words import mark, text

IDLE_S = 10 * 60
"""The desk locks itself after so long without a hand on it."""
ROOM_IDLE_S = 30 * 60
"""With a room code on the screen, which is carried from seat to seat, so long."""
POWER_S = 30
"""So often the battery is looked at."""
LOW_PERCENT = 20
"""From here on the charger is asked for: half an hour, with a screen and a camera on."""
LOOK_S = 1
"""So often the room's network is looked at."""


class Flow:
    """One run of the desk on `device`.

    Args:
        ticks: seconds of a clock that nobody can set (CLOCK_BOOTTIME).
        serve: begins to serve the room's network; None without one.
        shows: unlocked for an inspector, who can sign nothing.
        battery: the percentage left in this device's battery while it runs down, else None.
    """

    def __init__(
        self,
        device: Device,
        ticks: Callable[[], float],
        lang: str = "zh-CN",
        *,
        serve: Serve | None = None,
        battery: Callable[[], int | None] = lambda: None,
        shows: bool = False,
    ) -> None:
        self._device = device
        self._ticks = ticks
        self._live = self._room = LiveRoom(serve)
        self._practice: Practice | None = None
        self._shows = shows
        self._looked = ticks()
        self._battery = battery
        self._powered = ticks()
        self._left_percent = battery()
        self._map: views.Seats | None = None
        self._card: bytes | None = None
        self._touched = ticks()
        self._serial = 0
        self.desk: Desk | None = None
        self.state = State(lang)

    @property
    def view(self) -> views.View:
        """What to draw now."""
        if self.desk is None:
            ready = self._device.keys.exists()
            name = self._device.record().name if ready else ""
            waiting = ready and self.wait_s > 0
            return showing.locked(self.state, name, ready, self._card is not None, waiting)
        if self.state.page is Page.NOTEBOOK:
            return showing.notebook(self.state, self.desk)
        if self.state.page is Page.SEATS:
            return self._seats(self.desk)
        return showing.signing(self.state, self.desk, self._proposal())

    @property
    def notice(self) -> str:
        """What is to be read on every page: that the battery is low."""
        left = self._left_percent
        if left is None or left > LOW_PERCENT:
            return ""
        return text(
            "Battery {left} %: connect the charger. If this device stops, the other proctor's goes on",
            self.state.lang,
            left=left,
        )

    @property
    def left_s(self) -> int:
        """Seconds until the shown code runs out; 0 where none is shown or it does not."""
        signed = self.state.signed
        if signed is None or signed.until is None:
            return 0
        return max(0, -int(-(signed.until - self._ticks()) // 1))

    @property
    def wait_s(self) -> int:
        """Seconds until the next try of the PIN; 0 when it is possible."""
        return -int(-self._device.keys.wait_s() // 1) if self._device.keys.exists() else 0

    def tick(self) -> bool:
        """Lets time work; says whether the view changed."""
        state, now = self.state, self._ticks()
        noticed = self._notices(now)
        looks = now - self._looked >= LOOK_S
        if looks:
            self._looked = now
            self._room.keep_collected()
        if self.desk is None:
            return noticed
        room = state.signed is not None and state.signed.until is None
        if self._practice is None and now - self._touched >= (ROOM_IDLE_S if room else IDLE_S):
            self._lock()
            return True
        if state.signed is not None and state.signed.until is not None:
            if now < state.signed.until:
                return noticed
            self.state = replace(state.cleared(), message=_RAN_OUT)
            return True
        if isinstance(state.subject, Seat) and now >= state.read_at + ANSWER_LIFETIME_S:
            self.state = replace(state.cleared(), message=_TOO_LATE)
            return True
        if looks and state.page is Page.SEATS and self._live.served:
            return self._map != self._seats(self.desk) or noticed
        return noticed

    def _notices(self, now: float) -> bool:
        """Whether there is another notice than before."""
        if now - self._powered < POWER_S:
            return False
        before = self.notice
        self._powered, self._left_percent = now, self._battery()
        return self.notice != before

    def close(self) -> None:
        """Locks, and ends the room's network."""
        self._lock()
        self._room.close()

    def send(self, intent: views.Intent) -> None:
        """Does what a proctor asked for, or says in the view why not."""
        self._touched = self._ticks()
        if isinstance(intent, views.Busy):
            return
        try:
            self._do(intent)
        except KioskError as refused:
            self.state = replace(self.state, message=refused, done="")

    def _do(self, intent: views.Intent) -> None:
        match intent:
            case views.Scanned(code):
                self._scanned(code)
            case views.SwitchLanguage():
                lang = "en" if self.state.lang == "zh-CN" else "zh-CN"
                self.state = replace(self.state, lang=lang)
                self._renew()
            case views.EnterPin(pin):
                self._unlock(pin)
            case views.Practise():
                self._practise()
            case views.Lock():
                self._lock()
            case _ if self.desk is None:
                return
            case views.Inspect():
                if not self.state.practice:
                    self._inspect(self.desk)
            case _ if self.state.shows and not isinstance(intent, _LOOKING):
                return  # a button that is not there
            case (
                views.OpenNotebook()
                | views.CloseNotebook()
                | views.ChooseSession()
                | views.AddNote()
                | views.SaveLog()
                | views.SavePaper()
            ):
                self._keep_notes(self.desk, intent)
            case (
                views.OpenSeats()
                | views.ChooseSeat()
                | views.FilterSeats()
                | views.NoteSeat()
                | views.Collect()
                | views.LetHappen()
            ):
                self._keep_seats(self.desk, intent)
            case _:
                self._decide(self.desk, intent)

    # --- locked ---------------------------------------------------------------------------------

    def _scanned(self, code: str) -> None:
        prefix, _ = from_text(code)
        if self.state.shows:
            raise only_shows()
        if self.desk is None:
            self._card = read_card(code)
            self.state = replace(self.state, message=None)
            return
        match prefix:
            case Prefix.CARD:
                raise InputRefused(mark("this is a proctor's card; scan the code on a terminal"))
            case Prefix.SLIP:
                self._slip(self.desk, read_slip(code))
            case Prefix.ROOM:
                proposal = self.desk.rooms.read(code)
                subject = RoomSubject(proposal, code)
                self._turn_to(subject)
            case _:
                seat = self.desk.read(code)
                usual = COMMANDS[seat.challenge.phase][0]
                # A running exam has no usual command: the proctor says what it is to be.
                clear = usual in (Command.RELEASE, Command.RESUME)
                self._turn_to(seat, usual if clear else None)

    def _unlock(self, pin: str) -> None:
        if self.desk is not None:
            return
        if self._card is None:
            raise NotPermitted(mark("scan your card first"))
        self.desk = self._device.open(pin, self._card)
        self._card = None
        self._live.open(self.desk)
        self.state = State(self.state.lang, network=self._live.served, message=self._live.fault)
        foreign = self._device.left_out
        if not self.desk.sessions and foreign:
            raise foreign[0][1]
        if self._shows:
            self._inspect(self.desk)

    def _practise(self) -> None:
        """The same desk over a room that is not there. It needs no card: its key is nobody's."""
        if self.desk is not None:
            return
        self._card = None
        self._practice = practice = Practice(self._device.now, self._ticks)
        self.desk = practice.desk
        self._live = LiveRoom(lambda _desk: practice)
        self._live.open(practice.desk)
        self.state = State(self.state.lang, network=True, practice=True)

    def _inspect(self, desk: Desk) -> None:
        """Leaves the keys behind. They come back with card and PIN."""
        self.desk = ShownDesk(desk)
        self.state = State(
            self.state.lang,
            page=Page.SEATS,
            session=self.state.session or _first_session(desk),
            message=self.state.message,
            shows=True,
        )

    def _lock(self) -> None:
        if self._practice is not None:
            self._live.close()
            self._live, self._practice = self._room, None
        self.desk = self._card = None
        self.state = State(self.state.lang)

    # --- one code -------------------------------------------------------------------------------

    def _decide(self, desk: Desk, intent: views.Intent) -> None:
        state = self.state
        match intent:
            case views.Clear():
                self.state = state.cleared()
            case views.ChooseRoom(session, purpose):
                self._turn_to(RoomSubject(desk.rooms.propose(session, purpose)))
            case views.ChooseCommand(command) if isinstance(state.subject, Seat):
                minutes = _first_minutes(state.subject, command)
                self.state = replace(
                    state,
                    command=command,
                    minutes=minutes,
                    reason=Reason.NONE,
                    words="",
                    message=None,
                )
                self._renew()
            case views.ChooseMinutes(minutes):
                self.state = replace(state, minutes=minutes)
                self._renew()
            case views.ChooseReason(reason):
                self.state = replace(state, reason=reason)
                self._renew()
            case views.Write(words) if words != state.words:
                self.state = replace(state, words=words)
                self._renew()
            case views.WasShown(serial):
                if serial == state.serial:
                    self.state = replace(state, read=True)
            case views.Sign(serial):
                self._sign(desk, serial)
            case views.Confirm(serial, agreed):
                if agreed:
                    self._sign(desk, serial, confirmed=True)
                else:
                    self.state = replace(state, confirming=False)
            case _:
                return  # a button of an offer that is gone

    def _turn_to(self, subject: Seat | RoomSubject, command: Command | None = None) -> None:
        self.state = replace(
            self.state.cleared(),
            page=Page.DESK,
            subject=subject,
            command=command,
            read_at=self._ticks(),
        )
        self._renew()

    def _renew(self) -> None:
        """Other words than those that were read: read again before signing."""
        self._serial += 1
        self.state = replace(self.state, serial=self._serial, read=False, confirming=False)

    def _proposal(self) -> Proposal | RoomProposal | KioskError | None:
        """What would be signed now, or why it may not be."""
        state = self.state
        if self.desk is None or state.signed is not None:
            return None
        try:
            match state.subject:
                case Seat() as seat if state.command is not None:
                    return self.desk.propose(
                        seat,
                        state.command,
                        minutes=state.minutes,
                        reason=state.reason,
                        words=state.words,
                    )
                case RoomSubject(proposal, ""):
                    return self.desk.rooms.propose(
                        proposal.file.session, proposal.purpose, minutes=state.minutes
                    )
                case RoomSubject(_, code):
                    return self.desk.rooms.read(code)
                case _:
                    return None
        except KioskError as refused:
            return refused

    def _sign(self, desk: Desk, serial: int, *, confirmed: bool = False) -> None:
        state, proposal = self.state, self._proposal()
        if serial != state.serial or not state.read or proposal is None:
            return
        if isinstance(proposal, KioskError):
            raise proposal
        if isinstance(proposal, RoomProposal):
            self._show(self._sign_room(desk, proposal))
            return
        if proposal.command is Command.ABORT and not confirmed:
            self.state = replace(state, confirming=True)
            return
        until = state.read_at + ANSWER_LIFETIME_S
        if self._ticks() >= until:
            raise _TOO_LATE
        self._show(Signed(desk.sign(proposal), proposal, until))

    def _show(self, signed: Signed) -> None:
        """The code on the screen, and on the room's network where seats can take it from there."""
        message = None
        whole = isinstance(signed.proposal, Proposal) or signed.proposal.complete
        if self._live.served and whole:
            try:
                self._live.offer(signed.text)
                signed = replace(signed, offered=True)
            except KioskError as fault:
                message = fault  # it can still be scanned
        self.state = replace(self.state, signed=signed, confirming=False, message=message)

    def _sign_room(self, desk: Desk, proposal: RoomProposal) -> Signed:
        subject = self.state.subject
        if isinstance(subject, RoomSubject) and subject.text:
            return Signed(desk.rooms.join(subject.text), proposal, None)
        session, minutes = proposal.file.session, proposal.minutes
        return Signed(desk.rooms.sign(session, proposal.purpose, minutes=minutes), proposal, None)

    # --- the notebook ---------------------------------------------------------------------------

    def _keep_notes(self, desk: Desk, intent: views.NotebookIntent) -> None:
        state = self.state
        match intent:
            case views.OpenNotebook():
                session = state.session or _first_session(desk)
                self.state = replace(state.cleared(), page=Page.NOTEBOOK, session=session, done="")
            case views.CloseNotebook():
                self.state = replace(state.cleared(), page=Page.DESK)
            case views.ChooseSession(session):
                self.state = replace(state, session=session, seat=b"", message=None, done="")
            case views.AddNote(kind, candidate, words):
                if not words.strip() and kind not in SPEAKS_FOR_ITSELF:
                    raise InputRefused(mark("say in a few words what happened"))
                desk.note(state.session, kind, words.strip(), candidate=candidate)
                self.state = replace(state, message=None, done=mark("Noted"))
            case views.SaveLog(folder):
                desk.save_log(state.session, folder)
                self.state = replace(state, message=None, done=mark("The log is in the folder"))
            case views.SavePaper(kind, folder, candidate, words):
                if kind == "notice" and not candidate:
                    raise InputRefused(mark("choose whom the notice is about"))
                made = paper(
                    desk,
                    state.session,
                    kind,
                    state.lang,
                    candidate=candidate,
                    words=words.strip(),
                )
                save_paper(made, kind, state.session, candidate, folder, self._device.templates)
                self.state = replace(state, message=None, done=mark("The paper is in the folder"))
            case _:
                assert_never(intent)

    # --- the seats ------------------------------------------------------------------------------

    def _slip(self, desk: Desk, slip: HandInSlip) -> None:
        """A hand-in slip says nothing of its seat: the proctor, who stands there, does."""
        before = self.state
        session = before.session or _first_session(desk)
        seat = before.seat if before.page is Page.SEATS else b""
        if isinstance(before.subject, Seat):
            session, seat = before.subject.session, before.subject.challenge.terminal
        self.state = replace(
            before.cleared(), page=Page.SEATS, session=session, seat=seat, slip=slip
        )

    def _keep_seats(self, desk: Desk, intent: views.SeatsIntent) -> None:
        state = self.state
        match intent:
            case views.OpenSeats():
                session = state.session or _first_session(desk)
                self.state = replace(state.cleared(), page=Page.SEATS, session=session)
            case views.ChooseSeat(terminal):
                seat = b"" if terminal == state.seat else terminal
                self.state = replace(state, seat=seat, message=None, done="")
            case views.FilterSeats(name):
                self.state = replace(state, shown=name, seat=b"", message=None, done="")
            case views.NoteSeat(note):
                self._note_seat(desk, note)
            case views.LetHappen(drill):
                if self._practice is not None:
                    self._practice.drill(drill)
                self.state = replace(state, message=None, done="")
            case views.Collect(folder):
                stick = folder if self._practice is None else self._practice.stick
                desk.collect(state.session, stick)
                self.state = replace(
                    state, shown="due", message=None, done=mark("The stick was read")
                )
            case _:
                assert_never(intent)

    def _seats(self, desk: Desk) -> views.Seats:
        self._map = showing.seats(self.state, desk, self._live.known(desk, self.state.session))
        return self._map

    def _note_seat(self, desk: Desk, note: views.SeatNote) -> None:
        state = self.state
        known = self._live.known(desk, state.session).lines
        line = next((line for line in known if line.terminal == state.seat), None)
        if line is None:
            return
        match note:
            case "slip":
                desk.hand_in(state.session, line.terminal, state.slip)
            case "done":
                desk.hand_in(state.session, line.terminal, None)
            case "cancel":
                self.state = replace(state, seat=b"", message=None, done="")
                return
            case "sign":
                if line.live is not None and line.live.challenge:
                    self._scanned(line.live.challenge)
                return
            case "present" | "late" | "absent":
                if line.candidate is not None:
                    desk.note(state.session, note, "", candidate=line.candidate.number)
            case _:
                assert_never(note)
        self.state = replace(state, slip=None, message=None, done=mark("Noted"))


_LOOKING = (
    views.OpenSeats,
    views.OpenNotebook,
    views.ChooseSession,
    views.ChooseSeat,
    views.FilterSeats,
)
"""What an inspector may do, beside scanning in vain."""


def _first_session(desk: Desk) -> str:
    if not desk.sessions:
        raise NotPermitted(
            mark("there is no session on this device yet"),
            remedy=mark("Install the session's .release file"),
        )
    return desk.sessions[0].session


def _first_minutes(seat: Seat, command: Command) -> int:
    if command is not Command.EXTEND:
        return 0
    return min(showing.USUAL_EXTENSION_MIN, showing.extension_left_min(seat))


_TOO_LATE = NotPermitted(
    mark("the terminal's code has run out"),
    remedy=mark("Scan the code on the terminal again"),
)
_RAN_OUT = NotPermitted(
    mark("the code shown here has run out"),
    remedy=mark("If the seat did not take it, scan the code on the terminal again"),
)
