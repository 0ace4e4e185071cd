"""What the terminal's screens show, and what a person at a screen can ask for: plain values, no Qt.

`flow` turns what is true into one `View` after every change; `screens` draws it and sends `Intent`s
back. A screen knows nothing else, so every screen can be shown, tested and photographed from a value.
The clock ticks apart from views (`Clock`), so that a second passing redraws nothing but the time.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.self_check import Finding
from kiosk.assessment.content import Block
from kiosk.assessment.display import Display
from kiosk.assessment.highlights import Passages
from kiosk.assessment.items import Item
from kiosk.assessment.responses import Response

# --- parts ----------------------------------------------------------------------------------------


class Header(Struct, frozen=True):
    """The line at the top: texts by language. Empty strings where nothing is known yet."""

    room: str = ""
    seat: str = ""
    candidate: str = ""
    title: dict[str, str] = {}
    window: str = ""


class Saved(StrEnum):
    """The saved mark. It says saved only after the commit."""

    NONE = "none"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"


class Notice(Struct, frozen=True):
    """A strip below the header, gone after 20 s, read out once. `text` is an English message of the
    catalogue with its values, so that it follows a change of language."""

    text: str
    values: dict[str, str | int] = {}
    tone: Literal["calm", "warn"] = "calm"
    serial: int = 0
    """Grows with each notice; the same serial is not shown twice."""


LAST_MINUTES_MS = 5 * 60_000
"""From here on the time left is a warning."""


class Clock(Struct, frozen=True):
    """Time left. `running` False means that the clock is stopped and the screen says so. In a part with
    its own time `remaining_ms` is the part's and `exam_ms` the whole exam's."""

    remaining_ms: int
    running: bool
    exam_ms: int | None = None

    @property
    def in_part(self) -> bool:
        """Whether something follows when this time is over."""
        return self.exam_ms is not None and self.exam_ms != self.remaining_ms


class Cell(Struct, frozen=True):
    """One number of the overview."""

    number: int
    answered: bool
    flagged: bool
    current: bool
    shut: bool = False
    """Whether it cannot be gone to: its part is closed or to come, or it was left for good."""


SectionState = Literal["", "open", "closed", "coming"]
"""Empty where the exam is not divided into parts."""


class OverviewSection(Struct, frozen=True):
    """`linear`: its questions come one after the other, and none comes back."""

    title: dict[str, str]
    cells: tuple[Cell, ...]
    state: SectionState = ""
    linear: bool = False


class PartLabel(Struct, frozen=True):
    """A part of the exam with its own time; `number` counts from 1."""

    number: int
    count: int

    @property
    def last(self) -> bool:
        return self.number == self.count


# --- views, in the order of a day ---------------------------------------------------------------


class SessionChoice(Struct, frozen=True):
    """A session that is installed here; `title` by language, empty where it has several exams."""

    id: str
    window: str
    title: dict[str, str]
    chosen: bool


class Unlock(Struct, frozen=True):
    """Waiting for the proctor: the challenge as QR text, and how many codes are still needed.

    `phase` INTERRUPTED is the release screen after a crash. `mistake` is about the last scan.
    """

    header: Header
    challenge: str
    phase: Phase
    given: int
    needed: int
    checks: tuple[Finding, ...]
    fingerprint: dict[str, tuple[str, ...]]
    mistake: Notice | None = None
    sessions: tuple[SessionChoice, ...] = ()
    """Where there are several: a proctor may choose another than the one whose time it is."""


class SignIn(Struct, frozen=True):
    """One field: scan the admission slip, or type the number. `mistake` stands under it."""

    header: Header
    typed: str = ""
    mistake: Notice | None = None
    collected: Collected | None = None


class Confirm(Struct, frozen=True):
    """Is this you? `granted` are codes of accommodations."""

    header: Header
    number: str
    name: str
    seat: str
    discipline: dict[str, str]
    level: dict[str, str]
    photo: bytes | None = None
    granted: tuple[str, ...] = ()


class Rules(Struct, frozen=True):
    """At most seven lines (by language), the pledge, then a practice question of each kind.

    `practice` is None on the rules page itself, else the question being practised.
    """

    header: Header
    lines: dict[str, tuple[str, ...]]
    pledged: bool
    practice: Question | None
    practice_number: int = 0
    practice_count: int = 0
    flagged: bool = False
    note: str = ""
    tools: tuple[str, ...] = ()
    """The tools of the exam, which are there to be tried."""
    scratch: str = ""
    sheet: dict[str, tuple[Block, ...]] = {}
    read_aloud: bool = False


class Waiting(Struct, frozen=True):
    """Everything is ready; the proctor will say the code of the common start."""

    header: Header
    typed: str = ""
    mistake: Notice | None = None


class Question(Struct, frozen=True):
    """A question as it is shown: `orders` holds the order of choices by response, `struck` which of
    them are struck out."""

    item: Item
    orders: dict[str, tuple[str, ...]]
    responses: dict[str, Response]
    number: int
    count: int
    section: dict[str, str]
    rule: dict[str, str]
    points: str
    struck: dict[str, Response] = {}
    highlights: Passages = ()
    linear: bool = False
    """Whether it does not come back once it was left."""


class Exam(Struct, frozen=True):
    """The exam screen. `responses` in `question` holds what is committed or pending; `saved` tells
    which."""

    header: Header
    question: Question
    flagged: bool
    saved: Saved
    overview: tuple[OverviewSection, ...]
    clock: Clock
    notice: Notice | None = None
    note: str = ""
    tools: tuple[str, ...] = ()
    scratch: str = ""
    sheet: dict[str, tuple[Block, ...]] = {}
    """The formula sheet, by language."""
    read_aloud: bool = False
    """Whether this candidate may have the questions read aloud."""
    back: int | None = None
    """The question before this one that may be gone to, None if there is none."""
    onward: int | None = None
    """The question after this one that may be gone to; None: what follows is the review."""
    part: PartLabel | None = None


class PartPage(Struct, frozen=True):
    """Before a part: what comes and how long. `titles` and `linear` by section of the part; the clock
    stands still for the first minute."""

    header: Header
    part: PartLabel
    titles: tuple[dict[str, str], ...]
    linear: tuple[bool, ...]
    questions: int
    minutes: int
    saved: Saved
    clock: Clock
    notice: Notice | None = None


class Review(Struct, frozen=True):
    """Before handing in, or before closing a part that is not the last: numbers of what is unanswered
    and flagged and can still be changed. `confirming` asks once more. `wait_ms` above 0: hand-in is not
    allowed yet."""

    header: Header
    unanswered: tuple[int, ...]
    flagged: tuple[int, ...]
    answered: int
    saved: Saved
    clock: Clock
    wait_ms: int = 0
    confirming: bool = False
    notice: Notice | None = None
    part: PartLabel | None = None
    whole: bool = True
    """Whether every question of the exam can still be changed."""

    @property
    def closes_part(self) -> bool:
        """Whether it is a part that ends here, and not the exam."""
        return self.part is not None and not self.part.last


End = Literal["handed_in", "expired", "aborted"]
"""How a sitting ended."""


class Collected(Struct, frozen=True):
    """What a stick that is in has: packages from `count` of `of` seats, with this terminal's among them,
    or why it did not take them (`mistake`)."""

    count: int
    of: int
    mistake: Notice | None = None


class Done(Struct, frozen=True):
    """Handed in, or time over (`expired`), or ended by a proctor (`aborted`)."""

    header: Header
    how: End
    answered: int
    count: int
    words: dict[str, tuple[str, ...]]
    digits: str
    slip: str
    package: int
    collected: Collected | None = None


class GivenAway(Struct, frozen=True):
    """The exam goes on at another computer: nothing more can be done with it here. `written`: its file
    is on a stick, which may be taken out. `may_leave`: the next candidate may sign in. `codes` are a row of QR codes
    to show in turn, where it goes without a stick."""

    header: Header
    remaining_ms: int
    written: bool
    may_leave: bool
    mistake: Notice | None = None
    codes: tuple[str, ...] = ()
    may_show_codes: bool = False


class Guest(Struct, frozen=True):
    """A sitting on the stick that can go on here; `given` by a proctor, else its computer died."""

    name: str
    number: str
    seat: str
    remaining_ms: int
    given: bool


class Paused(Struct, frozen=True):
    """Paused by a proctor, or on a break (`out`); the challenge is what the proctor scans to resume."""

    header: Header
    challenge: str
    clock: Clock
    answered: int
    mistake: Notice | None = None
    out: bool = False


class Alarm(Struct, frozen=True):
    """A fire alarm: the paper is hidden and the clock runs on. `mistake` is about the last scan."""

    header: Header
    answered: int
    mistake: Notice | None = None


class Trouble(Struct, frozen=True):
    """Something is wrong: what happened, what is safe, what the proctor does, in catalogue
    messages; `code` such as T-21 for the telephone. The clock is stopped while it shows."""

    header: Header
    code: str
    what: Notice
    safe: tuple[Notice, ...]
    todo: Notice
    clock: Clock | None = None
    can_retry: bool = True
    found: Finding | None = None
    """The required check that is not met, where that is the trouble; it says more than `what`."""
    sessions: tuple[SessionChoice, ...] = ()
    """As in `Unlock`: another session may ask less of this computer."""
    may_test: bool = False
    """Whether the devices may be tested now: nobody sits here."""


class Checks(Struct, frozen=True):
    """How this computer stands, for a technician or a proctor; `required` by the session's policy, `update` of
    the program's last one."""

    header: Header
    found: tuple[Finding, ...]
    required: tuple[str, ...] = ()
    clock: Clock | None = None
    may_test: bool = False
    update: Notice | None = None


class Device(StrEnum):
    """What a technician tries at a computer, in this order."""

    SCREEN = "screen"
    KEYBOARD = "keyboard"
    MOUSE = "mouse"
    TOUCH = "touch"
    SCANNER = "scanner"
    CLOCK = "clock"


Outcome = Literal["fine", "bad", "absent"]


class TriedDevice(Struct, frozen=True):
    """What became of a device; `detail` is a sentence of the catalogue, or empty."""

    device: Device
    outcome: Outcome
    detail: str = ""


class DeviceTest(Struct, frozen=True):
    """The devices, one after the other; the report once `device` is None. `code` is for the scanner,
    `at_s` when the last one was tried (Unix time), `notice` what became of the page."""

    header: Header
    device: Device | None
    tested: tuple[TriedDevice, ...]
    code: str
    terminal: str
    kid: str
    words: dict[str, tuple[str, ...]]
    version: str
    found: tuple[Finding, ...] = ()
    at_s: int = 0
    notice: Notice | None = None


class Admitting(Struct, frozen=True):
    """Who is to be admitted on proctors' word: `given` of `needed` have signed."""

    number: str
    name: str
    reserve: bool
    given: int
    needed: int


class ProctorMenu(Struct, frozen=True):
    """Over any screen: a challenge for a command, and what the last scan did. `chosen` of `guests`
    counts from 1; 0 while none is. `mirror` is None where there is to be none. `may_admit`: nobody has
    signed in, so that somebody may be admitted on proctors' word; `reserves` are the numbers for people
    who are not on the list."""

    header: Header
    challenge: str
    clock: Clock | None = None
    mistake: Notice | None = None
    guests: tuple[Guest, ...] = ()
    chosen: int = 0
    mirror: Finding | None = None
    may_admit: bool = False
    reserves: tuple[str, ...] = ()
    admitting: Admitting | None = None


View = (
    Unlock
    | SignIn
    | Confirm
    | Rules
    | Waiting
    | Exam
    | PartPage
    | Review
    | Done
    | GivenAway
    | Paused
    | Alarm
    | Trouble
    | ProctorMenu
    | Checks
    | DeviceTest
)


# --- intents --------------------------------------------------------------------------------------


class Scanned(Struct, frozen=True):
    """A code came from a scanner, a camera or a file; anything may arrive at any time."""

    text: str


class SignInAs(Struct, frozen=True):
    number: str


class ConfirmIdentity(Struct, frozen=True):
    mine: bool


class Pledge(Struct, frozen=True):
    """The candidate confirms the honesty pledge."""


class Practise(Struct, frozen=True):
    """Next practice question; after the last, or with `skip`, the exam starts."""

    skip: bool = False


class StartWith(Struct, frozen=True):
    """The code of the common start, as it was typed."""

    code: str


class Answer(Struct, frozen=True):
    """`settled` False while text is still being typed (committed within 500 ms or on a move)."""

    item: str
    response: str
    value: Response
    settled: bool = True


class Flag(Struct, frozen=True):
    item: str
    flagged: bool


class Strike(Struct, frozen=True):
    """Strike a choice out, or take that back."""

    item: str
    response: str
    choice: str
    struck: bool


class Note(Struct, frozen=True):
    """The note to an item as it stands while it is typed; it is committed as typed text is."""

    item: str
    note: str


class Scribble(Struct, frozen=True):
    """The scratch pad as it stands while it is typed on; it is committed as typed text is."""

    scratch: str


class Highlight(Struct, frozen=True):
    """Highlight passages of an item's text, or take that back."""

    item: str
    passages: Passages
    on: bool


class HaveDisplay(Struct, frozen=True):
    """The screen already looks so; it is to be so again after a crash."""

    display: Display


class GoTo(Struct, frozen=True):
    """`number` counts from 1."""

    number: int


class RaiseAlarm(Struct, frozen=True):
    """A fire alarm: hide the paper at once."""


class Uncover(Struct, frozen=True):
    """Show the paper again: the key was pressed by mistake."""


class OpenReview(Struct, frozen=True):
    pass


class CloseReview(Struct, frozen=True):
    pass


class BeginPart(Struct, frozen=True):
    """The page before a part is read."""


class ClosePart(Struct, frozen=True):
    """`confirmed` False asks once more."""

    confirmed: bool


class HandIn(Struct, frozen=True):
    """`confirmed` False asks once more."""

    confirmed: bool


class ChooseSession(Struct, frozen=True):
    """Offer another of the installed sessions."""

    session: str


class OpenProctorMenu(Struct, frozen=True):
    pass


class CloseProctorMenu(Struct, frozen=True):
    pass


class OpenChecks(Struct, frozen=True):
    """Show all that the self-check found."""


class CloseChecks(Struct, frozen=True):
    pass


class OpenDeviceTest(Struct, frozen=True):
    """Try the devices from the first on; also once more."""


class CloseDeviceTest(Struct, frozen=True):
    pass


class DeviceTried(Struct, frozen=True):
    """What became of the device that is tried."""

    tested: TriedDevice


class KeepPage(Struct, frozen=True):
    """Write the device test's page (PDF) on the stick."""

    page: bytes


class ChooseGuest(Struct, frozen=True):
    """Whose exam is to go on here; `number` counts from 1."""

    number: int


class Admit(Struct, frozen=True):
    """A proctor wants somebody admitted who has no ID, or who is not on the list: the candidate number
    and nothing, or a reserve number and the name the person says."""

    number: str
    name: str = ""


class ShowCodes(Struct, frozen=True):
    """Show the exam that was given away as a row of codes, or no longer."""

    shown: bool


class Retry(Struct, frozen=True):
    """Try again what the trouble screen is about, or write the stick once more."""


class Leave(Struct, frozen=True):
    """Done is read; back to sign-in for the next candidate of this session."""


Intent = (
    Scanned
    | SignInAs
    | ConfirmIdentity
    | Pledge
    | Practise
    | StartWith
    | Answer
    | Flag
    | Strike
    | Note
    | Highlight
    | Scribble
    | HaveDisplay
    | GoTo
    | RaiseAlarm
    | Uncover
    | OpenReview
    | CloseReview
    | BeginPart
    | ClosePart
    | HandIn
    | ChooseSession
    | OpenProctorMenu
    | CloseProctorMenu
    | OpenChecks
    | CloseChecks
    | OpenDeviceTest
    | CloseDeviceTest
    | DeviceTried
    | KeepPage
    | ChooseGuest
    | Admit
    | ShowCodes
    | Retry
    | Leave
)
