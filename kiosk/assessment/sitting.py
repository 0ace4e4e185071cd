"""One candidate's attempt as a fold over committed events, and its clock.

`Sitting.apply(event)` returns the next sitting or raises `IllegalEvent`; what the terminal's journal
replays after a crash is what the station replays at import. Time is the sum of differences of
CLOCK_BOOTTIME (milliseconds) while the sitting runs; wall clock is never used. A `Resumed` after an
interruption says when the program was last known to be alive, so that the candidate is charged up to
that moment and not a millisecond more.

Where the terms have parts, each part has its own time and the exam's is their sum. One part is open at
a time; once closed, by the candidate or by time, it stays so. Before each part stands a page whose
first minute is free. Time added goes to the part that runs, or is about to, and so to the exam.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from kiosk.assessment.display import Display
from kiosk.assessment.given import Given, value_of, with_strike, with_value, without_chosen
from kiosk.assessment.highlights import MOST_PASSAGES, Passage, Passages, with_passage
from kiosk.assessment.paper import Paper, PaperItem
from kiosk.assessment.responses import Response
from kiosk.errors import KioskError

MAX_NOTE_LENGTH = 1_000
"""Characters of a candidate's note to one item."""
MAX_SCRATCH_LENGTH = 4_000
"""Characters on a candidate's scratch pad."""

REST_MS = 60_000
"""How long the page before a part may be read without being charged."""


class IllegalEvent(KioskError):
    """An event that cannot follow what has happened; the journal that holds it is not genuine."""


class State(StrEnum):
    ADMITTED = "admitted"
    RUNNING = "running"
    PAUSED = "paused"
    OUT = "out"
    """On a break: the paper is hidden, and the clock runs unless the terms stop it."""
    HANDED_IN = "handed_in"
    EXPIRED = "expired"
    ABORTED = "aborted"
    TRANSFERRED = "transferred"
    """It ended here and goes on at another terminal; it is handed in there and never here."""

    @property
    def ended(self) -> bool:
        return self in (State.HANDED_IN, State.EXPIRED, State.ABORTED, State.TRANSFERRED)


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Sections of the paper, by id, with a time of their own."""

    sections: tuple[str, ...]
    duration_ms: int


class Terms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The bounds of a sitting, from the session file and the candidate's accommodations.

    `duration_ms` already holds an accommodation's extra time, as the parts' do. `most_extension_ms`
    bounds what proctors may grant in all (延时); lost time given back (补时) is bounded by
    `most_given_back_ms`. The clock stands still in the first `free_breaks` breaks and runs in those
    after. `parts` hold every section in the paper's order and fill the time, or there are none. In the
    sections that are `linear` one goes from question to question and never back.
    """

    duration_ms: int
    earliest_hand_in_ms: int = 0
    most_extension_ms: int = 30 * 60_000
    most_given_back_ms: int = 60 * 60_000
    most_pauses: int = 20
    most_breaks: int = 20
    free_breaks: int = 0
    parts: tuple[Part, ...] = ()
    linear: tuple[str, ...] = ()


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose sitting it is. `attempt` counts from 1."""

    session: str
    exam: str
    candidate: str
    attempt: int = 1


# --- events, in the order of a day; `at_ms` is CLOCK_BOOTTIME of the boot they happened in ---------


class Started(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="started"):
    """`late_ms` of the time are gone already: the room's common start was so long before."""

    boot: str
    at_ms: int
    late_ms: int = 0


class Answered(Struct, frozen=True, forbid_unknown_fields=True, tag="answered"):
    at_ms: int
    item: str
    response: str
    value: Response


class Flagged(Struct, frozen=True, forbid_unknown_fields=True, tag="flagged"):
    at_ms: int
    item: str
    flagged: bool


class Struck(Struct, frozen=True, forbid_unknown_fields=True, tag="struck"):
    """A choice struck out, or taken back. It may still be chosen, which takes the strike away."""

    at_ms: int
    item: str
    response: str
    choice: str
    struck: bool


class Noted(Struct, frozen=True, forbid_unknown_fields=True, tag="noted"):
    """The candidate's note to an item, whole; empty when it was taken away."""

    at_ms: int
    item: str
    note: str


class Highlighted(Struct, frozen=True, forbid_unknown_fields=True, tag="highlighted"):
    """A passage of an item's text highlighted, or taken back."""

    at_ms: int
    item: str
    passage: Passage
    on: bool


class Scribbled(Struct, frozen=True, forbid_unknown_fields=True, tag="scribbled"):
    """What stands on the scratch pad, whole."""

    at_ms: int
    scratch: str


class Displayed(Struct, frozen=True, forbid_unknown_fields=True, tag="displayed"):
    """The candidate has the screen another way."""

    at_ms: int
    display: Display


class Moved(Struct, frozen=True, forbid_unknown_fields=True, tag="moved"):
    at_ms: int
    position: int


class PartBegun(Struct, frozen=True, forbid_unknown_fields=True, tag="part_begun"):
    """The page before a part was read, or its free time is over: the part's time runs."""

    at_ms: int


class PartClosed(Struct, frozen=True, forbid_unknown_fields=True, tag="part_closed"):
    """The open part is closed for good, and the page before the next one is shown."""

    at_ms: int
    by: Literal["candidate", "time"]


class Paused(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="paused"):
    at_ms: int
    by: tuple[str, ...] = ()
    reason: str = ""


class Resumed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="resumed"):
    """After a pause, or after an interruption: then `last_seen_ms`, on the clock of the boot before,
    is the last heartbeat or event. `gap_ms` is how long it lasted, as well as could be told."""

    boot: str
    at_ms: int
    last_seen_ms: int | None = None
    gap_ms: int = 0
    by: tuple[str, ...] = ()


class WentOut(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="went_out"):
    """A break: the candidate left the room, escorted by whom; the paper is hidden until a `Resumed`."""

    at_ms: int
    by: tuple[str, ...] = ()
    escort: str = ""


class Alarmed(Struct, frozen=True, forbid_unknown_fields=True, tag="alarmed"):
    """A fire alarm: the paper is hidden at once, and the clock runs on. What is answered from here until
    the `AlarmOver` is marked."""

    at_ms: int


class Uncovered(Struct, frozen=True, forbid_unknown_fields=True, tag="uncovered"):
    """The candidate has the paper back, although the room's code has not come."""

    at_ms: int


class AlarmOver(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="alarm_over"
):
    """The room's code came after an alarm; an `Extended` with the minutes it gives back may follow."""

    at_ms: int
    by: tuple[str, ...] = ()


class Extended(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="extended"):
    """Time added: `granted` by a proctor (延时) or `given_back` for time lost (补时)."""

    at_ms: int
    extra_ms: int
    kind: Literal["granted", "given_back"] = "granted"
    by: tuple[str, ...] = ()
    reason: str = ""


class Incident(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="incident"):
    """Something worth knowing that changes nothing: focus lost, disk full, clock set."""

    at_ms: int
    code: str
    detail: str = ""


class HandedIn(Struct, frozen=True, forbid_unknown_fields=True, tag="handed_in"):
    at_ms: int


class Expired(Struct, frozen=True, forbid_unknown_fields=True, tag="expired"):
    at_ms: int


class Aborted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="aborted"):
    at_ms: int
    by: tuple[str, ...] = ()
    reason: str = ""


class Transferred(
    Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag="transferred"
):
    """A proctor had the candidate change seats: the clock stops here, and starts where the sitting
    is taken over."""

    at_ms: int
    by: tuple[str, ...] = ()
    reason: str = ""


Event = (
    Started
    | Answered
    | Flagged
    | Struck
    | Noted
    | Highlighted
    | Scribbled
    | Displayed
    | Moved
    | PartBegun
    | PartClosed
    | Paused
    | WentOut
    | Alarmed
    | Uncovered
    | AlarmOver
    | Resumed
    | Extended
    | Incident
    | HandedIn
    | Expired
    | Aborted
    | Transferred
)


class Sitting(Struct, frozen=True, forbid_unknown_fields=True):
    """What is true after the events so far. Build one with `Sitting.admit`, then only by `apply`."""

    identity: Identity
    terms: Terms
    paper: Paper
    state: State = State.ADMITTED
    position: int = 0
    responses: Given = {}
    flags: frozenset[str] = frozenset()
    strikes: Given = {}
    """Choices struck out and not chosen, sorted, by item and response."""
    notes: dict[str, str] = {}
    """By item, none empty."""
    highlights: dict[str, Passages] = {}
    """By item, none empty."""
    scratch: str = ""
    display: Display = Display()
    extension_ms: int = 0
    given_back_ms: int = 0
    pauses: int = 0
    breaks: int = 0
    incidents: int = 0
    boot: str = ""
    ran_ms: int = 0
    """Running time charged up to `last_ms`."""
    last_ms: int = 0
    alarm: bool = False
    """Whether an alarm is not over yet."""
    covered: bool = False
    """Whether it hides the paper."""
    in_alarm: frozenset[str] = frozenset()
    """Items answered between an alarm and its end."""
    part: int = 0
    """Which of the terms' parts is open, or is about to be; 0 too where there are none."""
    part_from_ms: int = 0
    """`ran_ms` when it began."""
    part_added_ms: int = 0
    waiting: bool = False
    """Whether the page before the part is shown."""
    rest_ms: int = 0
    """Free time left on that page, at `last_ms`."""
    passed: dict[str, int] = {}
    """How many questions of a linear section are behind, by section; none 0."""

    @classmethod
    def admit(cls, identity: Identity, terms: Terms, paper: Paper) -> Sitting:
        """A sitting before its clock starts."""
        return cls(identity=identity, terms=terms, paper=paper)

    def taken_over(self) -> Sitting:
        """This sitting as another terminal begins to go on with it: one that was transferred is paused
        until its `Resumed`; one whose terminal died is as it was last seen.

        Raises:
            IllegalEvent: it has not begun, or it ended there for good.
        """
        if self.state is State.TRANSFERRED:
            return replace(self, state=State.PAUSED)
        self._require_state("taken over", State.RUNNING, State.PAUSED, State.OUT)
        return self

    # --- the clock ------------------------------------------------------------------------------

    @property
    def allowed_ms(self) -> int:
        return self.terms.duration_ms + self.extension_ms + self.given_back_ms

    def elapsed_ms(self, now_ms: int) -> int:
        """Running time charged at `now_ms` (CLOCK_BOOTTIME of the present boot)."""
        if not self.ticking:
            return self.ran_ms
        return self.ran_ms + max(0, now_ms - self.last_ms - self.rest_ms)

    @property
    def ticking(self) -> bool:
        """Whether time is being charged."""
        charged = self.state is State.OUT and self.breaks > self.terms.free_breaks
        return self.state is State.RUNNING or charged

    def remaining_ms(self, now_ms: int) -> int:
        """Time left for the exam at `now_ms`, never below zero: the part's and that of those to come."""
        coming = self.terms.parts[self.part + 1 :]
        return self.part_remaining_ms(now_ms) + sum(part.duration_ms for part in coming)

    def part_remaining_ms(self, now_ms: int) -> int:
        """Time left for the part at `now_ms`, never below zero; without parts for the exam."""
        return max(0, self._part_end_ms - self.elapsed_ms(now_ms))

    def rest_left_ms(self, now_ms: int) -> int:
        """Free time left at `now_ms` on the page before a part."""
        if not self.ticking:
            return self.rest_ms
        return max(0, self.rest_ms - max(0, now_ms - self.last_ms))

    @property
    def _part_end_ms(self) -> int:
        """What `ran_ms` is when the part's time is over."""
        if not self.terms.parts:
            return self.allowed_ms
        return self.part_from_ms + self.terms.parts[self.part].duration_ms + self.part_added_ms

    @property
    def in_last_part(self) -> bool:
        """Whether no part follows; true where there are none."""
        return self.part + 1 >= len(self.terms.parts)

    def may_hand_in(self, now_ms: int) -> bool:
        """Whether the earliest hand-in of the session's rules has come, and no part is to come."""
        return (
            self.state is State.RUNNING
            and self.in_last_part
            and self.elapsed_ms(now_ms) >= self.terms.earliest_hand_in_ms
        )

    # --- where one may go -------------------------------------------------------------------------

    def in_open_part(self, section: str) -> bool:
        """Whether a section, by id, is in the part that is open or about to be."""
        return not self.terms.parts or section in self.terms.parts[self.part].sections

    def may_change(self, position: int) -> bool:
        """Whether the question at `position` can still be answered: its part is open, and in a linear
        section it has not been left."""
        section, at = self._place(position)
        if not self.in_open_part(section):
            return False
        return section not in self.terms.linear or at >= self.passed.get(section, 0)

    def may_move(self, position: int) -> bool:
        """Whether one may go to the question at `position`, or is there."""
        if position == self.position or not (self.terms.parts or self.terms.linear):
            return True
        section, at = self._place(position)
        if not self.in_open_part(section):
            return False
        return section not in self.terms.linear or at == self._passed_after_leaving().get(
            section, 0
        )

    def may_change_now(self, position: int) -> bool:
        """As `may_change`, and in a linear section it is the one shown."""
        linear = self._place(position)[0] in self.terms.linear
        return self.may_change(position) and (position == self.position or not linear)

    def _place(self, position: int) -> tuple[str, int]:
        """The section of a position and which of its questions it is, from 0."""
        if position < 0:
            raise IndexError(position)
        return self.paper.places[position]

    def _passed_after_leaving(self) -> dict[str, int]:
        """`passed` once the present question is left."""
        section, at = self._place(self.position)
        if section not in self.terms.linear:
            return self.passed
        return {**self.passed, section: at + 1}

    # --- what the screens ask ---------------------------------------------------------------------

    def responses_to(self, item: str) -> dict[str, Response]:
        return self.responses.get(item, {})

    def struck_in(self, item: str) -> dict[str, Response]:
        """The choices of an item that are struck out, by response."""
        return self.strikes.get(item, {})

    # --- the fold ---------------------------------------------------------------------------------

    def apply(self, event: Event) -> Sitting:
        """The sitting after `event`.

        Raises:
            IllegalEvent: the event cannot follow: wrong state, time running backwards, an item that
                is not on the paper, a bound of the terms exceeded.
        """
        if self.state.ended and not isinstance(event, Incident):
            raise IllegalEvent(
                f"the sitting has ended ({self.state}); nothing can follow", where=_name(event)
            )
        match event:
            case Started(boot, at_ms, late_ms):
                self._require(event, State.ADMITTED)
                if not 0 <= late_ms < self.terms.duration_ms:
                    raise IllegalEvent("later than the exam's time", where=_name(event))
                begun = replace(self, state=State.RUNNING, boot=boot, last_ms=at_ms)
                if self.terms.parts:
                    begun = begun._before_part(0)
                return replace(begun, ran_ms=late_ms)
            case Resumed():
                return self._resumed(event)
            case _:
                return self._within_boot(event)

    def _resumed(self, event: Resumed) -> Sitting:
        self._require(event, State.RUNNING, State.PAUSED, State.OUT)
        ran, rest = self.ran_ms, self.rest_ms
        if self.ticking:
            if event.last_seen_ms is None or event.last_seen_ms < self.last_ms:
                raise IllegalEvent(
                    "an interruption must say when the program was last alive, "
                    "and that cannot be before the last event",
                    where=_name(event),
                )
            ran, rest = self.elapsed_ms(event.last_seen_ms), self.rest_left_ms(event.last_seen_ms)
        same_boot = event.boot == self.boot
        if same_boot and event.at_ms < max(self.last_ms, event.last_seen_ms or 0):
            raise IllegalEvent("time ran backwards", where=_name(event))
        return replace(
            self,
            state=State.RUNNING,
            boot=event.boot,
            ran_ms=min(ran, max(self.ran_ms, self._part_end_ms)),
            rest_ms=rest,
            last_ms=event.at_ms,
        )

    def _before_part(self, part: int) -> Sitting:
        """This sitting on the page before a part, none of whose time has run.

        Raises:
            IllegalEvent: the paper has no such sections.
        """
        for section, start in self.paper.starts():
            if section.id in self.terms.parts[part].sections:
                return replace(
                    self,
                    part=part,
                    part_from_ms=self.ran_ms,
                    waiting=True,
                    rest_ms=REST_MS,
                    position=start,
                )
        raise IllegalEvent(f"the paper has nothing of part {part + 1}")

    def _within_boot(self, event: Event) -> Sitting:
        at_ms = event.at_ms
        if at_ms < self.last_ms and self.state is not State.ADMITTED and not self.state.ended:
            raise IllegalEvent("time ran backwards", where=_name(event))
        now = self
        if self.ticking:
            now = replace(
                self,
                ran_ms=self.elapsed_ms(at_ms),
                rest_ms=self.rest_left_ms(at_ms),
                last_ms=at_ms,
            )
        elif self.state in (State.PAUSED, State.OUT):
            now = replace(self, last_ms=at_ms)
        match event:
            case Answered(_, item, response, value):
                self._require_time(event, now)
                self._open(event, item)
                if self.covered:
                    raise IllegalEvent("answered while the paper was hidden", where=_name(event))
                return replace(
                    now,
                    in_alarm=self.in_alarm | {item} if self.alarm else self.in_alarm,
                    responses=with_value(self.responses, item, response, value),
                    strikes=without_chosen(self.strikes, item, response, value),
                )
            case Flagged(_, item, flagged):
                self._require(event, State.RUNNING)
                self._open(event, item)
                return replace(now, flags=self.flags | {item} if flagged else self.flags - {item})
            case Struck():
                return self._struck(event, now)
            case Noted(_, item, note):
                self._require(event, State.RUNNING)
                self._open(event, item)
                if len(note) > MAX_NOTE_LENGTH:
                    raise IllegalEvent("the note is too long", where=_name(event))
                rest = {key: kept for key, kept in self.notes.items() if key != item}
                return replace(now, notes={**rest, item: note} if note else rest)
            case Highlighted():
                return self._highlighted(event, now)
            case Scribbled(_, scratch):
                self._require(event, State.RUNNING)
                if len(scratch) > MAX_SCRATCH_LENGTH:
                    raise IllegalEvent("the scratch pad is full", where=_name(event))
                return replace(now, scratch=scratch)
            case Displayed(_, display):
                self._require(event, State.RUNNING, State.PAUSED, State.OUT)
                return replace(now, display=display)
            case Moved(_, position):
                self._require(event, State.RUNNING)
                if not 0 <= position < len(self.paper.items):
                    raise IllegalEvent(f"the paper has no position {position}", where=_name(event))
                self._require_begun(event)
                if not self.may_move(position):
                    raise IllegalEvent(
                        f"question {position + 1} cannot be gone to", where=_name(event)
                    )
                if position == self.position:
                    return now
                return replace(now, position=position, passed=self._passed_after_leaving())
            case PartBegun():
                self._require(event, State.RUNNING, State.OUT)
                if not self.waiting:
                    raise IllegalEvent("no part is about to begin", where=_name(event))
                return replace(now, waiting=False, rest_ms=0)
            case PartClosed():
                return self._closed(event, now)
            case Paused():
                self._require(event, State.RUNNING)
                if self.pauses >= self.terms.most_pauses:
                    raise IllegalEvent(
                        f"more than {self.terms.most_pauses} pauses", where=_name(event)
                    )
                return replace(now, state=State.PAUSED, pauses=self.pauses + 1)
            case WentOut():
                self._require(event, State.RUNNING)
                if self.breaks >= self.terms.most_breaks:
                    raise IllegalEvent(
                        f"more than {self.terms.most_breaks} breaks", where=_name(event)
                    )
                return replace(now, state=State.OUT, breaks=self.breaks + 1)
            case Alarmed():
                self._require(event, State.RUNNING)
                return replace(now, alarm=True, covered=True)
            case Uncovered():
                self._require(event, State.RUNNING)
                return replace(now, covered=False)
            case AlarmOver():
                if not self.alarm:
                    raise IllegalEvent("there was no alarm", where=_name(event))
                return replace(now, alarm=False, covered=False)
            case Extended():
                return self._extended(event, now)
            case Incident():
                return replace(now, incidents=self.incidents + 1)
            case HandedIn():
                self._require(event, State.RUNNING)
                if now.ran_ms < self.terms.earliest_hand_in_ms:
                    raise IllegalEvent("handed in before the session allows it", where=_name(event))
                if not self.in_last_part:
                    raise IllegalEvent("handed in before the last part", where=_name(event))
                return replace(now, state=State.HANDED_IN)
            case Expired():
                self._require(event, State.RUNNING, State.OUT)
                if not self.in_last_part or now.ran_ms < self._part_end_ms:
                    raise IllegalEvent("time is not over yet", where=_name(event))
                return replace(now, state=State.EXPIRED)
            case Aborted():
                return replace(now, state=State.ABORTED)
            case Transferred():
                self._require(event, State.RUNNING, State.PAUSED, State.OUT)
                return replace(now, state=State.TRANSFERRED)
        raise IllegalEvent("unknown event", where=_name(event))

    def _closed(self, event: PartClosed, now: Sitting) -> Sitting:
        self._require(event, State.RUNNING, State.OUT)
        self._require_begun(event)
        if self.in_last_part:
            raise IllegalEvent("no part follows this one", where=_name(event))
        if event.by == "time" and now.ran_ms < self._part_end_ms:
            raise IllegalEvent("the part's time is not over yet", where=_name(event))
        return replace(now, part_added_ms=0)._before_part(self.part + 1)

    def _struck(self, event: Struck, now: Sitting) -> Sitting:
        self._require(event, State.RUNNING)
        item, response, choice = event.item, event.response, event.choice
        if choice not in self._open(event, item).orders.get(response, ()):
            raise IllegalEvent(f"item {item} has no choice {choice}", where=_name(event))
        if event.struck and choice in value_of(self.responses, item, response):
            raise IllegalEvent("what is chosen cannot be struck out", where=_name(event))
        strikes = with_strike(self.strikes, item, response, choice, event.struck)
        return replace(now, strikes=strikes)

    def _highlighted(self, event: Highlighted, now: Sitting) -> Sitting:
        self._require(event, State.RUNNING)
        self._open(event, event.item)
        if not 0 <= event.passage.start < event.passage.end:
            raise IllegalEvent("no characters are highlighted", where=_name(event))
        kept = with_passage(self.highlights.get(event.item, ()), event.passage, event.on)
        if len(kept) > MOST_PASSAGES:
            raise IllegalEvent(f"more than {MOST_PASSAGES} passages", where=_name(event))
        rest = {key: held for key, held in self.highlights.items() if key != event.item}
        return replace(now, highlights={**rest, event.item: kept} if kept else rest)

    def _extended(self, event: Extended, now: Sitting) -> Sitting:
        if event.extra_ms <= 0:
            raise IllegalEvent("time can only be added", where=_name(event))
        if event.kind == "granted":
            total, most = self.extension_ms + event.extra_ms, self.terms.most_extension_ms
        else:
            total, most = self.given_back_ms + event.extra_ms, self.terms.most_given_back_ms
        if total > most:
            raise IllegalEvent(
                f"{total // 60_000} minutes in all, the session allows {most // 60_000}",
                where=_name(event),
            )
        if event.kind == "granted":
            now = replace(now, extension_ms=total)
        else:
            now = replace(now, given_back_ms=total)
        return replace(now, part_added_ms=now.part_added_ms + event.extra_ms)

    def _require(self, event: Event, *states: State) -> None:
        self._require_state(_name(event), *states)

    def _require_state(self, what: str, *states: State) -> None:
        if self.state not in states:
            raise IllegalEvent(f"not possible while {self.state}", where=what)

    def _require_time(self, event: Event, now: Sitting) -> None:
        self._require(event, State.RUNNING)
        if now.ran_ms > self._part_end_ms:
            raise IllegalEvent("answered after the end of time", where=_name(event))

    def _require_begun(self, event: Event) -> None:
        if self.waiting:
            raise IllegalEvent("the part has not begun", where=_name(event))

    def _open(self, event: Event, item: str) -> PaperItem:
        """The item of the paper, which can still be changed."""
        self._require_begun(event)
        position = self.paper.positions.get(item)
        if position is None:
            raise IllegalEvent(f"item {item} is not on this paper", where=_name(event))
        if not self.may_change_now(position):
            raise IllegalEvent(f"item {item} is closed", where=_name(event))
        return self.paper.items[position]


def _name(event: Event) -> str:
    return type(event).__name__
