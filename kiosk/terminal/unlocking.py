"""From a sealed session to a released one: proctors' codes in, the open session and its journal out.

What a proctor gave stays in RAM until as many have given as the policy says. Then the session key opens
roster and banks, the journal is checked row by row, and the records of the release are made; a sitting
that was interrupted goes on in the same breath.
"""

from __future__ import annotations

from msgspec import Struct

from kiosk.artefacts.chain import Commanded, Happened, Opened, Record
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.self_check import Finding, told
from kiosk.artefacts.sittings import admission_of
from kiosk.artefacts.tokens import Answer, Command, open_share
from kiosk.assessment.sitting import Sitting
from kiosk.errors import InputRefused
from kiosk.terminal.commands import come_back, commanded, commanded_room, given_back
from kiosk.terminal.handin import Past, past_sittings
from kiosk.terminal.journal import Journal
from kiosk.terminal.opened import OpenSession, open_session
from kiosk.terminal.plans import InstalledSession, may_release
from kiosk.terminal.ports import Ports
from kiosk.terminal.release import ChallengeKeeper, CodeRefused, prefix_of, read_answer, read_room
from kiosk.terminal.room_clock import CARRIED_S, RoomClock
from kiosk.terminal.standing import Standing, code_of_check
from kiosk.terminal.trouble import Halt
from kiosk.words import mark


class Released(Struct, frozen=True):
    """All that a release brought. `records` are to be committed before anybody sees the session open.

    `going_on` is the interrupted sitting after its resumption, `lost_ms` what was given back to it.
    """

    opened: OpenSession
    pasts: tuple[Past, ...]
    records: tuple[Record, ...]
    room: int | None
    going_on: Sitting | None
    lost_ms: int
    clock: RoomClock


class ExitAsked(Exception):
    """An administrator's exit, signed by a proctor of the session."""


class Unlocking:
    """The release of one session on this terminal."""

    def __init__(
        self,
        ports: Ports,
        installed: InstalledSession,
        journal: Journal,
        keeper: ChallengeKeeper,
        standing: Standing,
    ) -> None:
        self._standing = standing
        self._ports = ports
        self._installed = installed
        self._journal = journal
        self._keeper = keeper
        self._shares: dict[bytes, bytes] = {}
        self._names: dict[bytes, str] = {}
        self._commands: dict[bytes, Commanded] = {}
        self._clock = RoomClock(0, 0)
        self._minutes = 0
        self._room: int | None = None

    @property
    def interrupted(self) -> bool:
        """Whether a sitting was open when the program last ended."""
        pulse = self._journal.pulse
        return pulse is not None and pulse.sitting_open

    @property
    def lacking(self) -> Finding | None:
        """The check that keeps the session from opening; an exam that has begun goes on without it."""
        if self.interrupted:
            return None
        return self._standing.lacking(self._installed.plan.policy.required_checks)

    @property
    def given(self) -> int:
        """How many proctors have given their code."""
        return len(self._shares)

    def take(self, scanned: str) -> Released | None:
        """Take a code; None while another proctor's is needed.

        Raises:
            CodeRefused: it does nothing here, and why.
            Halt: it is not the time, or the paper is missing or damaged; codes given are kept.
            StorageFault: the journal is damaged.
            ExitAsked: it asks the program to end.
        """
        if prefix_of(scanned) is Prefix.ROOM:
            return self._take_room(scanned)
        plan = self._installed.plan
        terminal = self._ports.keys.record
        trust = self._ports.installed.trust()
        answer = read_answer(scanned, plan, trust, terminal, self._keeper)
        if answer.claim.command is Command.EXIT:
            self._keeper.use()
            raise ExitAsked
        if answer.claim.command is not Command.RELEASE:
            raise CodeRefused(
                mark("This seat waits for its release; this code does something else")
            )
        self._allow()
        if answer.proctor.kid in self._shares:
            raise CodeRefused(
                mark("{name} has given a code already. Another proctor is needed"),
                name=answer.proctor.name,
            )
        try:
            share = open_share(answer, self._ports.keys)
        except InputRefused as fault:
            raise CodeRefused(_NOT_OPENED) from fault
        self._hold(answer, share)
        self._minutes = answer.claim.minutes
        return self.attempt()

    def attempt(self) -> Released | None:
        """Open the session with what was given so far; as `take`."""
        ports = self._ports
        try:
            opened = open_session(self._installed, self._shares, ports.keys, ports.installed)
        except InputRefused as fault:
            self._forget()
            raise CodeRefused(_NOT_OPENED) from fault
        if opened is None:
            return None
        records = self._journal.unlock(opened.journal_key_of(ports.keys.record.kid))
        pasts = past_sittings(records)
        for past in pasts:
            opened.call(admission_of(records, past.index))
        try:
            released = self._released(opened, pasts)
        except CodeRefused:
            self._forget()
            raise
        self._keeper.use()
        self._forget()
        return released

    def _take_room(self, scanned: str) -> Released | None:
        plan = self._installed.plan
        trust = self._ports.installed.trust()
        code = read_room(scanned, plan, trust, self._journal.last_room)
        if code.purpose == "start" and self._journal.tip.count:
            raise CodeRefused(
                mark("This room code starts the session; this seat needs one to go on")
            )
        self._allow()
        self._forget()
        for part, record in zip(
            code.parts, commanded_room(code, self._ports.time.now_ms()), strict=True
        ):
            self._shares[part.proctor.kid] = part.claim.share
            self._names[part.proctor.kid] = part.proctor.name
            self._commands[part.proctor.kid] = record
            self._clock = RoomClock(part.issued_at, self._ports.time.now_ms(), CARRIED_S)
        self._minutes, self._room = code.minutes, code.number
        return self.attempt()

    def _allow(self) -> None:
        if self.interrupted:
            return  # a begun sitting may outlast the window
        now_s = self._ports.time.wall_s()
        if code := may_release(self._installed.plan, now_s, self._ports.floor.value):
            raise Halt(code)
        if lacking := self.lacking:
            raise Halt(code_of_check(lacking))

    def _hold(self, answer: Answer, share: bytes) -> None:
        kid = answer.proctor.kid
        self._shares[kid] = share
        self._names[kid] = answer.proctor.name
        self._commands[kid] = commanded(answer, self._ports.time.now_ms())
        self._clock = RoomClock(answer.issued_at, self._ports.time.now_ms())

    def _forget(self) -> None:
        self._shares.clear()
        self._names.clear()
        self._commands.clear()
        self._minutes, self._room = 0, None

    def _released(self, opened: OpenSession, pasts: tuple[Past, ...]) -> Released:
        time = self._ports.time
        by = tuple(self._names.values())
        given = tuple(self._commands.values())
        records: list[Record] = [
            Opened(
                boot=time.boot,
                at_ms=time.now_ms(),
                version=self._ports.version,
                checks=told(self._standing.found),
                tokens=tuple(command.token for command in given),
            ),
            *given,
        ]
        going_on, lost_ms = None, 0
        if pasts and not pasts[-1].sitting.state.ended:
            sitting = pasts[-1].sitting
            pulse = self._journal.pulse
            seen = pulse is not None and pulse.boot == sitting.boot
            resumed = come_back(
                sitting,
                time,
                pulse.at_ms if pulse is not None and seen else sitting.last_ms,
                pulse.wall_s if pulse is not None else time.wall_s(),
                by,
            )
            going_on = sitting.apply(resumed)
            extra = given_back(self._minutes, time.now_ms(), by, going_on)
            records += [Happened(resumed), *(Happened(event) for event in extra)]
            for event in extra:
                going_on = going_on.apply(event)
            lost_ms = resumed.gap_ms + sum(event.extra_ms for event in extra)
        room, clock = self._room, self._clock
        return Released(opened, pasts, tuple(records), room, going_on, lost_ms, clock)


_NOT_OPENED = mark("This code does not open this session. Scan again")
