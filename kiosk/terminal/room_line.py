"""The terminal on its room's network, beside the exam: reports, packages, receipts, and codes for it.

A thread of its own asks the desk every `PAUSE_MS`; while nobody answers the pauses grow. What it is
given is the latest state, put there without waiting; what it brings is delivered to the flow's thread,
which takes a code as it takes a scan. Nothing waits for it, and it drops nothing: a package stays in
the outbox until the station's receipt, checked here.

Imported only where a room has an address, so that no other terminal pays for it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from kiosk.artefacts.exchange import Ask, Orders, Receipts, Report, SeatStatus
from kiosk.artefacts.keys import KeyRecord, Party
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import SessionPlan
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import KioskError, NotPermitted
from kiosk.sync.client import Exchange, Line, LineDown, parse_address
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.ports import Floor, InstalledFiles
from kiosk.terminal.writer import Deliver

PAUSE_MS = 2_000
MOST_PAUSE_MS = 20_000
RECEIPTS_MS = 20_000
AGAIN_MS = 60_000
"""A package that the desk said it holds is offered again after so long: it may be another desk by then."""
MOST_ASKED = 100


class RoomLine:
    """One terminal's line to the desk of its room."""

    def __init__(
        self,
        address: str,
        keys: Party,
        installed: InstalledFiles,
        outbox: Outbox,
        floor: Floor,
        deliver: Deliver,
        pause_ms: int = PAUSE_MS,
    ) -> None:
        """
        Raises:
            InputRefused: no address.
        """
        self._line = Line(*parse_address(address))
        self._keys, self._installed, self._outbox, self._floor = keys, installed, outbox, floor
        self._deliver = deliver
        self._pause_ms = pause_ms
        # Thirty terminals whose desk came back do not all ask in the same moment.
        self._spread = 0.75 + keys.record.kid[0] / 510
        self._take: Callable[[str], None] = lambda code: None
        self._told: tuple[SessionPlan, SeatStatus] | None = None
        self._exchange: Exchange | None = None
        self._session = ""
        self._held: dict[bytes, int] = {}
        self._receipts_ms: int | None = None
        self._closed = threading.Event()
        self.up = False
        """Whether the desk answered when it was last asked."""

    def begin(self, take: Callable[[str], None]) -> None:
        """Begin to ask; `take` gets each code, on the flow's thread, as often as it is offered."""
        self._take = take
        threading.Thread(target=self._run, name="room-line", daemon=True).start()

    def tell(self, plan: SessionPlan, status: SeatStatus) -> None:
        """The latest state of the seat. Returns at once."""
        self._told = plan, status

    def put_mirror(self, data: bytes) -> None:
        """Send a mirror; the desk has it whole when this returns. Takes as long as it takes.

        Raises:
            LineDown: it did not arrive.
            InputRefused: the desk does not want it.
        """
        exchange = self._exchange
        if exchange is None:
            raise LineDown("the room's desk was not asked yet")
        exchange.put("mirror", data)

    def close(self) -> None:
        """Ask no more. What is being asked is not waited for."""
        self._closed.set()

    # --- the thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        pause_ms = float(self._pause_ms)
        while not self._closed.wait(pause_ms / 1000):
            told = self._told
            if told is None:
                continue
            try:
                self._once(*told)
            except Exception:  # noqa: BLE001 - else one fault would end the line for the day
                self.up = False
                pause_ms = min(MOST_PAUSE_MS, pause_ms * 2) * self._spread
            else:
                self.up = True
                pause_ms = self._pause_ms
        self._line.close()

    def _once(self, plan: SessionPlan, status: SeatStatus) -> None:
        exchange = self._exchange
        if exchange is None or self._session != plan.id:
            exchange = Exchange(self._line, plan.id, self._keys, self._proctor_of(plan))
            self._exchange, self._session = exchange, plan.id
        answer = exchange.ask(Report(status))
        if isinstance(answer, Orders):
            for code in answer.codes:
                self._deliver(partial(self._take, code))
        self._send_packages(exchange, plan.id)
        self._ask_receipts(exchange)

    def _proctor_of(self, plan: SessionPlan) -> Callable[[bytes], KeyRecord]:
        def record_of(kid: bytes) -> KeyRecord:
            if all(proctor.kid != kid for proctor in plan.proctors):
                raise NotPermitted("not a proctor of this session")
            return self._installed.trust().signer(kid, Role.PROCTOR)

        return record_of

    def _send_packages(self, exchange: Exchange, session: str) -> None:
        now_ms = _now_ms()
        for line in self._outbox.waiting:
            sent_ms = self._held.get(line.sha256 or b"")
            if line.session != session or (sent_ms is not None and now_ms - sent_ms < AGAIN_MS):
                continue
            if line.sha256 is None:
                continue
            self._held[line.sha256] = now_ms  # held, refused or damaged: not again at once
            try:
                package = self._outbox.package(line)
                if package is not None:
                    exchange.put("package", package)
            except LineDown:
                del self._held[line.sha256]
                raise
            except KioskError:
                continue  # damaged here or not wanted there, and the others may do

    def _ask_receipts(self, exchange: Exchange) -> None:
        now_ms = _now_ms()
        leaves = tuple(line.leaf for line in self._outbox.waiting if line.leaf)[:MOST_ASKED]
        asked_ms = self._receipts_ms
        if not leaves or (asked_ms is not None and now_ms - asked_ms < RECEIPTS_MS):
            return
        self._receipts_ms = now_ms
        answer = exchange.ask(Ask(leaves))
        if not isinstance(answer, Receipts):
            return
        trust: Trust = self._installed.trust()
        for data in answer.receipts:
            try:
                self._outbox.take_receipt(data, trust.only(Role.LOG), self._floor.value)
            except KioskError:
                continue  # not the station's: nothing is believed for having come this way


class RoomMedium:
    """The desk's folder as a medium for the mirror (`stick.Stick`)."""

    def __init__(self, line: RoomLine) -> None:
        self._line = line

    @property
    def present(self) -> bool:
        return self._line.up

    def put(self, name: str, data: bytes) -> None:
        """
        Raises:
            LineDown, InputRefused: as `RoomLine.put_mirror`.
        """
        self._line.put_mirror(data)

    def bundles(self) -> tuple[tuple[str, bytes], ...]:
        """None: packages go to the desk by a way of their own."""
        return ()

    def transfers(self) -> tuple[tuple[str, bytes], ...]:
        return ()


def _now_ms() -> int:
    return int(time.monotonic() * 1000)
