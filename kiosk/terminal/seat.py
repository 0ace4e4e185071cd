"""This seat in the session it offers: the installed plan, its journal, and, once released, what is in it."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.artefacts.admission import plain_number
from kiosk.artefacts.challenge import HEAD_BYTES, Challenge, Phase, new_nonce
from kiosk.artefacts.frames import frames_of
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.session import Candidate, SessionPlan
from kiosk.artefacts.transfer import read_transfer, told, write_compact
from kiosk.assessment.items import Item
from kiosk.assessment.sitting import Sitting
from kiosk.errors import StorageFault
from kiosk.terminal.admitting import Admission, named
from kiosk.terminal.exam import Attempt
from kiosk.terminal.handin import Past, make_package
from kiosk.terminal.journal import Journal, Pulse, journal_path
from kiosk.terminal.moving import Origin, given_away, origin, transfer_name
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.outbox import Line
from kiosk.terminal.plans import offered, sessions_of
from kiosk.terminal.ports import Ports
from kiosk.terminal.release import ChallengeKeeper, prefix_of
from kiosk.terminal.signin import candidate_for, find, number_in
from kiosk.terminal.stages import candidate_header, session_header
from kiosk.terminal.standing import Standing
from kiosk.terminal.starting import StartKeeper
from kiosk.terminal.storage import make_folder, storage_faults, write_durably
from kiosk.terminal.unlocking import Released, Unlocking
from kiosk.terminal.views import Header


class Seat:
    """The session this terminal offers now."""

    def __init__(self, ports: Ports, wanted: str = "") -> None:
        """
        Args:
            wanted: the id of the session a proctor chose, empty for the one whose time it is.

        Raises:
            Halt: no session to offer, or a damaged one.
            StorageFault: its journal is damaged, or the disk does not take it.
        """
        self._ports = ports
        sessions = sessions_of(ports.keys.record, ports.installed)
        begun = frozenset(one.plan.id for one in sessions if self._may_be_open(one.plan.id))
        self.sessions = tuple(sorted(sessions, key=lambda one: one.plan.window.opens_at))
        """All that are installed, earliest first."""
        now_s = ports.time.wall_s()
        self.installed = offered(sessions, begun, now_s, ports.version, wanted)
        self.journal = self._journal(self.plan.id)
        self.opened: OpenSession | None = None
        self.pasts: list[Past] = []
        self.taken: set[Origin] = set()
        """Where the sittings taken over here came from."""
        self.start: StartKeeper | None = None
        """Takes the code of a common start, where the released session has one."""
        self.admits = False
        """Whether a proctor lets the next candidate sit here, whosever seat it is."""

    @property
    def plan(self) -> SessionPlan:
        return self.installed.plan

    def is_over(self) -> bool:
        """Whether nobody can begin in this session any more, and another one waits."""
        now_s = self._ports.time.wall_s()
        later = (one for one in self.sessions if one.plan.window.closes_at > now_s)
        return self.plan.window.closes_at < now_s and any(later)

    def unlocking(self, keeper: ChallengeKeeper, standing: Standing) -> Unlocking:
        standing.begin(self._ports.checks(self.plan))
        return Unlocking(self._ports, self.installed, self.journal, keeper, standing)

    def open(self, released: Released) -> OpenSession:
        """The session is released, and its records are on disk."""
        self.opened = released.opened
        self.pasts = list(released.pasts)
        self.taken = {origin(told(past.statement)) for past in self.pasts if past.statement}
        policy = self.plan.policy
        if policy.start == "common":
            self.start = StartKeeper(
                released.opened.start_codes(), released.clock, self._ports.time, policy.late_loses
            )
        return released.opened

    def candidate(self, typed: str, now_s: int) -> Candidate:
        """The candidate of a typed number or a scanned slip, who may sit here now.

        Raises:
            CodeRefused: see `signin.find` and `signin.candidate_for`; or the slip does not hold.
        """
        if prefix_of(typed) is Prefix.ADMISSION:
            typed = number_in(typed, self.plan)
        assert self.opened is not None  # nobody signs in before the release
        found = find(typed, self.opened.secrets.candidates, self.opened.id_digest)
        sat = (past.sitting for past in self.pasts)
        seat = None if self.admits else self.installed.seat
        return candidate_for(found, self.plan, seat, sat, now_s)

    def admission(self, number: str, name: str, now_s: int) -> Admission:
        """The admission a proctor asks for: of a candidate without an ID, or with a reserve number.

        Raises:
            CodeRefused: as `candidate`; or a reserve number without a name.
        """
        assert self.opened is not None  # nobody is admitted before the release
        wanted = plain_number(number)
        reserves = [one for one in self.opened.reserves if plain_number(one.number) == wanted]
        found = reserves or find(number, self.opened.secrets.candidates, self.opened.id_digest)
        sat = (past.sitting for past in self.pasts)
        candidate = candidate_for(found, self.plan, self.installed.seat, sat, now_s)
        return Admission(named(candidate, name))

    @property
    def free_reserves(self) -> tuple[str, ...]:
        """The reserve numbers that were not used here."""
        used = {past.sitting.identity.candidate for past in self.pasts}
        reserves = self.opened.reserves if self.opened is not None else ()
        return tuple(one.number for one in reserves if one.number not in used)

    def paper(self, sitting: Sitting) -> tuple[Header, list[Item]]:
        """A sitting's header, and its items in the paper's order.

        Raises:
            Halt: the bank does not hold the paper whole, or the roster no longer has the candidate.
        """
        assert self.opened is not None  # a sitting is read only in an open session
        identity = sitting.identity
        candidate = self.opened.candidate(identity.candidate, identity.exam)
        item = self.opened.items(identity.exam)
        return self.header(candidate), [item(placed.item) for placed in sitting.paper.items]

    def ended(self, attempt: Attempt) -> Past:
        """The sitting has ended, and its end is on disk."""
        count = self.journal.tip.count
        past = Past(attempt.index, attempt.sitting, attempt.header.seat, count)
        self.pasts = [*self.pasts[: attempt.index], past]
        return past

    def without_package(self) -> list[Past]:
        """Sittings that ended without their package reaching the outbox."""
        found = []
        for past in self.pasts:
            line = self._ports.outbox.find(self.plan.id, past.index)
            packed = line is not None and line.sha256 is not None
            if past.sitting.state.ended and not past.given and not packed:
                found.append(past)
        return found

    def pack(self, past: Past) -> tuple[Line, bytes]:
        """The package of a sitting, in the outbox when this returns.

        Raises:
            StorageFault: not kept; trying again is safe.
        """
        ports = self._ports

        def make(number: int) -> bytes:
            entries = self.journal.entries
            return make_package(past, entries, self.installed, ports.keys, ports.version, number)

        return ports.outbox.keep(self.plan.id, past.index, make)

    def give_away(self, past: Past) -> tuple[str, bytes]:
        """The file of a sitting that goes on elsewhere, its name and bytes, on disk when this returns.

        Made once: another terminal takes the same file twice for one.

        Raises:
            StorageFault: not kept; trying again is safe.
        """
        keys = self._ports.keys
        folder = self._ports.transfers
        path = folder / transfer_name(keys.record, self.journal.path, past)
        make_folder(folder)
        if not path.exists():
            pulse = self.journal.pulse
            assert pulse is not None  # written with the end of the sitting
            write_durably(path, given_away(self.journal, past, self.plan.id, pulse, keys))
        with storage_faults(path):
            return path.name, path.read_bytes()

    def codes(self, past: Past, transfer: bytes) -> tuple[str, ...]:
        """The row of codes that carries a sitting given away; none where it is too large."""
        assert self.opened is not None  # only a released terminal gives away
        key = self.opened.journal_key_of(self._ports.keys.record.kid)
        entries = self.journal.entries[: past.entries]
        return frames_of(write_compact(read_transfer(transfer), entries, key))

    def challenge(self, phase: Phase, attempt: Attempt | None) -> Callable[[], Challenge]:
        """Makes a challenge for what this seat waits for."""

        def make() -> Challenge:
            tip = self.journal.tip
            pulse = self.pulse(attempt) if self.opened else self.journal.pulse
            return Challenge(
                terminal=self._ports.keys.record.kid,
                session=self.plan.id,
                nonce=new_nonce(),
                count=tip.count,
                head=tip.head[:HEAD_BYTES],
                phase=phase,
                remaining_s=pulse.remaining_s if pulse else 0,
                granted_min=pulse.granted_min if pulse else 0,
            )

        return make

    def pulse(self, attempt: Attempt | None) -> Pulse:
        """The sign of life to write now.

        A sitting that has ended counts as open until its package is made: so a terminal that lost its
        power in between asks to be released once more, whatever the window says.
        """
        time = self._ports.time
        if attempt is None:
            return Pulse(time.boot, time.now_ms(), time.wall_s(), Phase.IDLE)
        return Pulse(
            boot=time.boot,
            at_ms=attempt.alive_ms,
            wall_s=time.wall_s(),
            phase=Phase.RUNNING if attempt.ending else attempt.phase,
            remaining_s=attempt.remaining_ms // 1000,
            granted_min=attempt.sitting.extension_ms // 60_000,
        )

    def header(self, candidate: Candidate | None = None) -> Header:
        if candidate is None:
            return session_header(self.installed)
        return candidate_header(self.installed, candidate, self.plan.exam(candidate.exam))

    def close(self) -> None:
        self.journal.close()
        if self.opened is not None:
            self.opened.close()

    def _journal(self, session: str) -> Journal:
        path = journal_path(self._ports.journals, session)
        return Journal(path, session, self._ports.keys.record.kid)

    def _may_be_open(self, session: str) -> bool:
        if not journal_path(self._ports.journals, session).exists():
            return False
        try:
            journal = self._journal(session)
        except StorageFault:
            return True  # offered first, so that its damage is seen
        journal.close()
        return journal.pulse is not None and journal.pulse.sitting_open
