"""A room's network without a network: what seats tell it, and what was offered to them."""

from __future__ import annotations

from kiosk.artefacts.exchange import SeatStatus
from kiosk.errors import KioskError
from kiosk.proctor.desk import Desk
from kiosk.sync.board import Heard, RoomBoard, board


class Air:
    """Serves any desk; a seat that told something is heard again each second until the cable is pulled.
    `fault` is what it meets from now on."""

    addresses = ("192.168.1.10:8470",)

    def __init__(self) -> None:
        self.opened = self.closed = 0
        self.offered: list[str] = []
        self.fault: KioskError | None = None
        self.collected: dict[bytes, tuple[int, ...]] = {}
        self._told: dict[bytes, SeatStatus] = {}
        self._age_ms = 0
        self._desk: Desk | None = None

    def serve(self, desk: Desk) -> Air:
        self._meet()
        self._desk = desk
        self.opened += 1
        return self

    def tell(self, terminal: bytes, status: SeatStatus) -> None:
        self._told[terminal] = status

    def pull_the_cable(self, age_s: int = 40) -> None:
        self._age_ms = 1000 * age_s

    # --- as the desk sees it ------------------------------------------------------------------------

    def goes_on_for(self, desk: Desk) -> bool:
        return True

    def board(self, session: str) -> RoomBoard:
        self._meet()
        assert self._desk is not None
        seated = [known.seated for known in self._desk.release(session)[0].terminals]
        heard = {kid: Heard(status, 0) for kid, status in self._told.items()}
        return board(session, seated, heard, self.collected, self._age_ms)

    def keep_collected(self) -> None:
        self._meet()

    def offer(self, code: str) -> None:
        self.offered.append(code)

    def close(self) -> None:
        self.closed += 1

    def _meet(self) -> None:
        if self.fault is not None:
            raise self.fault
