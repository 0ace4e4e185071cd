"""What the desk's flow knows between two touches: one frozen value, replaced at every change."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from kiosk.artefacts.slip import HandInSlip
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import KioskError
from kiosk.proctor.proposals import Proposal, RoomProposal, Seat
from kiosk.proctor.views import SeatFilter


class Page(Enum):
    DESK = "desk"
    NOTEBOOK = "notebook"
    SEATS = "seats"


class RoomSubject(Struct, frozen=True):
    """A room code to begin, or with `text` another proctor's to join."""

    proposal: RoomProposal
    text: str = ""


class Signed(Struct, frozen=True):
    """A code on the screen; `until` in ticks, None for one that does not run out."""

    text: str
    proposal: Proposal | RoomProposal
    until: float | None
    offered: bool = False
    """Whether the room's network takes it to the seats."""


class State(Struct, frozen=True):
    """`read_at` in ticks is when the subject was scanned; `read` whether the offer `serial` was on
    the screen. `message` is the last refusal, `done` a sentence of what was last kept. `seat` is the
    terminal chosen on the map, `slip` a hand-in slip that waits for its seat."""

    lang: str
    page: Page = Page.DESK
    subject: Seat | RoomSubject | None = None
    read_at: float = 0
    command: Command | None = None
    minutes: int = 0
    reason: Reason = Reason.NONE
    words: str = ""
    serial: int = 0
    read: bool = False
    confirming: bool = False
    signed: Signed | None = None
    session: str = ""
    message: KioskError | None = None
    done: str = ""
    network: bool = False
    """Whether the room's network is served, and takes what is signed to the seats."""
    practice: bool = False
    shows: bool = False
    seat: bytes = b""
    shown: SeatFilter = "all"
    slip: HandInSlip | None = None

    def cleared(self) -> State:
        """Nothing scanned, nothing shown."""
        return State(
            self.lang,
            page=self.page,
            session=self.session,
            serial=self.serial,
            network=self.network,
            practice=self.practice,
            shows=self.shows,
            shown=self.shown,
        )
