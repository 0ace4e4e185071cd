"""What the desk's window shows, and what a proctor can ask for: plain values, no Qt.

`flow` turns what is true into one `View` after every change; `screens` draws it and sends `Intent`s
back. Texts are ready to read, in the language the view names. Seconds run apart from views
(`Flow.left_s`, `Flow.wait_s`), so that a tick redraws nothing but a number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.tokens import Command, Reason
from kiosk.proctor.proposals import Purpose

# --- views ----------------------------------------------------------------------------------------


class Locked(Struct, frozen=True):
    """Card and PIN are asked for. `waiting` while no try is possible after wrong ones.

    `ready` False: no key was made on this device yet; `message` says what to do.
    """

    lang: str
    proctor: str
    ready: bool
    card: bool
    waiting: bool
    message: str = ""


class Header(Struct, frozen=True):
    """Whose desk it is and what it is for. `open`: the session may be started now. `practice`: none of
    it is real. `shows`: it is an inspector's, and only shows."""

    proctor: str
    session: str
    validity: str
    open: bool = False
    practice: bool = False
    shows: bool = False


class Choice(Struct, frozen=True):
    """A command's button."""

    command: Command
    label: str
    chosen: bool


class RoomChoice(Struct, frozen=True):
    """A room code's button; `label` names the session where there are several."""

    session: str
    purpose: Purpose
    label: str
    chosen: bool


class ReasonChoice(Struct, frozen=True):
    reason: Reason
    label: str
    chosen: bool


class Minutes(Struct, frozen=True):
    """How many minutes, of `least` to `most`; `quick` are those offered at a touch."""

    value: int
    least: int
    most: int
    quick: tuple[int, ...]


class Subject(Struct, frozen=True):
    """Step 1: whom it is about. Empty `heading`: nothing was scanned yet."""

    heading: str = ""
    lines: tuple[str, ...] = ()
    commands: tuple[Choice, ...] = ()
    rooms: tuple[RoomChoice, ...] = ()


class Offer(Struct, frozen=True):
    """Step 2: what a signature will do. `serial` names just this wording of it. `words` are what a
    proctor wrote, None where nothing is to be written; `asks` is what for.

    `missing` says what is still to be chosen, or why it may not be signed. `signable` once the
    window said that all this was on the screen. `confirming` asks once more for what cannot be
    undone, naming it in `question`. `signed`: this is what the code shown now does.
    """

    serial: int
    title: str
    lines: tuple[str, ...]
    reasons: tuple[ReasonChoice, ...] = ()
    minutes: Minutes | None = None
    words: str | None = None
    asks: str = ""
    missing: str = ""
    signable: bool = False
    confirming: bool = False
    question: str = ""
    signed: bool = False


class Code(Struct, frozen=True):
    """Step 3: the QR code to show, or the digits to say (`spoken`). `timed` codes run out, see
    `Flow.left_s`."""

    text: str
    heading: str
    use: str
    then: str
    timed: bool
    spoken: bool = False


class Row(Struct, frozen=True):
    """One act of this device: when, where, what."""

    time: str
    where: str
    what: str


class Signing(Struct, frozen=True):
    """The desk: three steps and what was done."""

    lang: str
    header: Header
    subject: Subject
    offer: Offer | None
    code: Code | None
    rows: tuple[Row, ...]
    message: str = ""


Paper = Literal["door", "plan", "attendance", "record", "notice"]
"""What may be printed: before, during and after."""


class Person(Struct, frozen=True):
    number: str
    label: str


class Notebook(Struct, frozen=True):
    """Remarks of a session: attendance and incidents; and its log."""

    lang: str
    header: Header
    session: str
    sessions: tuple[tuple[str, str], ...]
    people: tuple[Person, ...]
    kinds: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    papers: tuple[tuple[Paper, str], ...]
    message: str = ""
    good: bool = True
    """Whether `message` says that something was done."""


Emblem = Literal["none", "clock", "right", "pause", "warn", "up", "tick", "cross", "minus"]
Tone = Literal["quiet", "text", "accent", "ok", "warn", "bad"]
SeatFilter = Literal["all", "waiting", "running", "stopped", "over", "due"]
SeatNote = Literal["slip", "cancel", "sign", "done", "present", "late", "absent"]


Drill = Literal["power", "alarm", "broken", "hand-in"]
"""What may happen in a room to practise in."""


class FilterChoice(Struct, frozen=True):
    name: SeatFilter
    label: str
    chosen: bool


class SeatTile(Struct, frozen=True):
    """One terminal on the map: `words` say its state beside the sign, `note` when and what is due; `place` is
    its row and column where it is shown as it stands in the room."""

    terminal: bytes
    seat: str
    name: str
    words: str
    note: str
    sign: Emblem
    tone: Tone
    chosen: bool
    place: tuple[int, int] | None = None


class SeatAction(Struct, frozen=True):
    note: SeatNote
    label: str


class SeatDetails(Struct, frozen=True):
    heading: str
    lines: tuple[str, ...]
    actions: tuple[SeatAction, ...]


class Seats(Struct, frozen=True):
    """The room's seats as far as this desk's scans and its network tell, which `hint` says; `details` of
    the chosen one. `drills` are what may happen in a room to practise in."""

    lang: str
    header: Header
    session: str
    sessions: tuple[tuple[str, str], ...]
    filters: tuple[FilterChoice, ...]
    tiles: tuple[SeatTile, ...]
    details: SeatDetails | None
    hint: str
    drills: tuple[tuple[Drill, str], ...] = ()
    message: str = ""
    good: bool = True


View = Locked | Signing | Notebook | Seats


# --- intents --------------------------------------------------------------------------------------


class Scanned(Struct, frozen=True):
    """A code came from a scanner or by paste; a card, a challenge or a room code."""

    text: str

    def __repr__(self) -> str:
        """Without the text: it may be a card's secret."""
        return "Scanned(...)"


class EnterPin(Struct, frozen=True):
    pin: str

    def __repr__(self) -> str:
        return "EnterPin(...)"


class ChooseCommand(Struct, frozen=True):
    command: Command


class ChooseRoom(Struct, frozen=True):
    session: str
    purpose: Purpose


class ChooseMinutes(Struct, frozen=True):
    minutes: int


class ChooseReason(Struct, frozen=True):
    reason: Reason


class Write(Struct, frozen=True):
    """What happened, or who escorts, in a proctor's words."""

    words: str


class WasShown(Struct, frozen=True):
    """The window painted the offer `serial` and left time to read it."""

    serial: int


class Sign(Struct, frozen=True):
    """Sign the offer `serial` and no other."""

    serial: int


class Confirm(Struct, frozen=True):
    """The answer to the second question of an offer that cannot be undone."""

    serial: int
    agreed: bool


class Clear(Struct, frozen=True):
    """Done with this seat; the next one may be scanned."""


class OpenNotebook(Struct, frozen=True):
    pass


class CloseNotebook(Struct, frozen=True):
    pass


class ChooseSession(Struct, frozen=True):
    """The session the notebook is about."""

    session: str


class AddNote(Struct, frozen=True):
    """`candidate` is a number, or "" for the room."""

    kind: str
    candidate: str
    words: str


class SaveLog(Struct, frozen=True):
    folder: Path


class OpenSeats(Struct, frozen=True):
    pass


class ChooseSeat(Struct, frozen=True):
    """A seat on the map; the chosen one again lets it go."""

    terminal: bytes


class FilterSeats(Struct, frozen=True):
    name: SeatFilter


class NoteSeat(Struct, frozen=True):
    """What a proctor saw at the chosen seat."""

    note: SeatNote


class Collect(Struct, frozen=True):
    """Read what is on a collecting stick."""

    folder: Path


class Practise(Struct, frozen=True):
    """Begin to practise; `Lock` ends it."""


class Inspect(Struct, frozen=True):
    """Hand the desk to an inspector; `Lock` ends it."""


class LetHappen(Struct, frozen=True):
    """Something is to happen in the room to practise in."""

    drill: Drill


class SavePaper(Struct, frozen=True):
    """A paper as PDF into `folder`; whom and what a misconduct notice is about."""

    kind: Paper
    folder: Path
    candidate: str = ""
    words: str = ""


class SwitchLanguage(Struct, frozen=True):
    pass


class Lock(Struct, frozen=True):
    pass


class Busy(Struct, frozen=True):
    """Somebody is there: a key or the pointer moved."""


SeatsIntent = OpenSeats | ChooseSeat | FilterSeats | NoteSeat | Collect | LetHappen
NotebookIntent = OpenNotebook | CloseNotebook | ChooseSession | AddNote | SaveLog | SavePaper

Intent = (
    Scanned
    | EnterPin
    | Practise
    | Inspect
    | ChooseCommand
    | ChooseRoom
    | ChooseMinutes
    | ChooseReason
    | Write
    | WasShown
    | Sign
    | Confirm
    | Clear
    | NotebookIntent
    | SeatsIntent
    | SwitchLanguage
    | Lock
    | Busy
)
