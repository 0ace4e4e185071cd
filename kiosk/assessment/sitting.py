"""One candidate's attempt as a fold over committed events, and its clock.

`Sitting.apply(event)` returns the next sitting or raises `IllegalEvent`; what the terminal's journal
replays after a crash is what the station replays at import. Time is the sum of differences of
CLOCK_BOOTTIME (milliseconds) while the sitting runs; wall clock is never used. A `Resumed` after an
interruption says when the program was last known to be alive, so that the candidate is charged up to
that moment and not a millisecond more.
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


class Terms(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The bounds of a sitting, from the session file and the candidate's accommodations.

    `duration_ms` already holds an accommodation's extra time. `most_extension_ms` bounds what
    proctors may grant in all (延时); lost time given back (补时) is bounded by `most_given_back_ms`.
    The clock stands still in the first `free_breaks` breaks and runs in those after.
    """

    duration_ms: int
    earliest_hand_in_ms: int = 0
    most_extension_ms: int = 30 * 60_000
    most_given_back_ms: int = 60 * 60_000
    most_pauses: int = 20
    most_breaks: int = 20
    free_breaks: int = 0


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


class Displayed(Struct, frozen=True, forbid_unknown_fields=True, tag="displayed"):
    """The candidate has the screen another way."""

    at_ms: int
    display: Display


class Moved(Struct, frozen=True, forbid_unknown_fields=True, tag="moved"):
    at_ms: int
    position: int


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
    | Displayed
    | Moved
    | Paused
    | WentOut
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
        return self.ran_ms + max(0, now_ms - self.last_ms)

    @property
    def ticking(self) -> bool:
        """Whether time is being charged."""
        charged = self.state is State.OUT and self.breaks > self.terms.free_breaks
        return self.state is State.RUNNING or charged

    def remaining_ms(self, now_ms: int) -> int:
        """Time left at `now_ms`, never below zero."""
        return max(0, self.allowed_ms - self.elapsed_ms(now_ms))

    def may_hand_in(self, now_ms: int) -> bool:
        """Whether the earliest hand-in of the session's rules has come."""
        return (
            self.state is State.RUNNING
            and self.elapsed_ms(now_ms) >= self.terms.earliest_hand_in_ms
        )

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
                return replace(self, state=State.RUNNING, boot=boot, last_ms=at_ms, ran_ms=late_ms)
            case Resumed():
                return self._resumed(event)
            case _:
                return self._within_boot(event)

    def _resumed(self, event: Resumed) -> Sitting:
        self._require(event, State.RUNNING, State.PAUSED, State.OUT)
        ran = self.ran_ms
        if self.ticking:
            if event.last_seen_ms is None or event.last_seen_ms < self.last_ms:
                raise IllegalEvent(
                    "an interruption must say when the program was last alive, "
                    "and that cannot be before the last event",
                    where=_name(event),
                )
            ran += event.last_seen_ms - self.last_ms
        same_boot = event.boot == self.boot
        if same_boot and event.at_ms < max(self.last_ms, event.last_seen_ms or 0):
            raise IllegalEvent("time ran backwards", where=_name(event))
        return replace(
            self,
            state=State.RUNNING,
            boot=event.boot,
            ran_ms=min(ran, max(self.ran_ms, self.allowed_ms)),
            last_ms=event.at_ms,
        )

    def _within_boot(self, event: Event) -> Sitting:
        at_ms = event.at_ms
        if at_ms < self.last_ms and self.state is not State.ADMITTED and not self.state.ended:
            raise IllegalEvent("time ran backwards", where=_name(event))
        now = self
        if self.ticking:
            now = replace(self, ran_ms=self.elapsed_ms(at_ms), last_ms=at_ms)
        elif self.state in (State.PAUSED, State.OUT):
            now = replace(self, last_ms=at_ms)
        match event:
            case Answered(_, item, response, value):
                self._require_time(event, now)
                self._on_paper(event, item)
                return replace(
                    now,
                    responses=with_value(self.responses, item, response, value),
                    strikes=without_chosen(self.strikes, item, response, value),
                )
            case Flagged(_, item, flagged):
                self._require(event, State.RUNNING)
                self._on_paper(event, item)
                return replace(now, flags=self.flags | {item} if flagged else self.flags - {item})
            case Struck():
                return self._struck(event, now)
            case Noted(_, item, note):
                self._require(event, State.RUNNING)
                self._on_paper(event, item)
                if len(note) > MAX_NOTE_LENGTH:
                    raise IllegalEvent("the note is too long", where=_name(event))
                rest = {key: kept for key, kept in self.notes.items() if key != item}
                return replace(now, notes={**rest, item: note} if note else rest)
            case Highlighted():
                return self._highlighted(event, now)
            case Displayed(_, display):
                self._require(event, State.RUNNING, State.PAUSED, State.OUT)
                return replace(now, display=display)
            case Moved(_, position):
                self._require(event, State.RUNNING)
                if not 0 <= position < len(self.paper.items):
                    raise IllegalEvent(f"the paper has no position {position}", where=_name(event))
                return replace(now, position=position)
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
            case Extended():
                return self._extended(event, now)
            case Incident():
                return replace(now, incidents=self.incidents + 1)
            case HandedIn():
                self._require(event, State.RUNNING)
                if now.ran_ms < self.terms.earliest_hand_in_ms:
                    raise IllegalEvent("handed in before the session allows it", where=_name(event))
                return replace(now, state=State.HANDED_IN)
            case Expired():
                self._require(event, State.RUNNING, State.OUT)
                if now.ran_ms < self.allowed_ms:
                    raise IllegalEvent("time is not over yet", where=_name(event))
                return replace(now, state=State.EXPIRED)
            case Aborted():
                return replace(now, state=State.ABORTED)
            case Transferred():
                self._require(event, State.RUNNING, State.PAUSED, State.OUT)
                return replace(now, state=State.TRANSFERRED)
        raise IllegalEvent("unknown event", where=_name(event))

    def _struck(self, event: Struck, now: Sitting) -> Sitting:
        self._require(event, State.RUNNING)
        item, response, choice = event.item, event.response, event.choice
        if choice not in self._on_paper(event, item).orders.get(response, ()):
            raise IllegalEvent(f"item {item} has no choice {choice}", where=_name(event))
        if event.struck and choice in value_of(self.responses, item, response):
            raise IllegalEvent("what is chosen cannot be struck out", where=_name(event))
        strikes = with_strike(self.strikes, item, response, choice, event.struck)
        return replace(now, strikes=strikes)

    def _highlighted(self, event: Highlighted, now: Sitting) -> Sitting:
        self._require(event, State.RUNNING)
        self._on_paper(event, event.item)
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
            return replace(now, extension_ms=total)
        return replace(now, given_back_ms=total)

    def _require(self, event: Event, *states: State) -> None:
        self._require_state(_name(event), *states)

    def _require_state(self, what: str, *states: State) -> None:
        if self.state not in states:
            raise IllegalEvent(f"not possible while {self.state}", where=what)

    def _require_time(self, event: Event, now: Sitting) -> None:
        self._require(event, State.RUNNING)
        if now.ran_ms > self.allowed_ms:
            raise IllegalEvent("answered after the end of time", where=_name(event))

    def _on_paper(self, event: Event, item: str) -> PaperItem:
        for part in self.paper.sections:
            for placed in part.items:
                if placed.item == item:
                    return placed
        raise IllegalEvent(f"item {item} is not on this paper", where=_name(event))


def _name(event: Event) -> str:
    return type(event).__name__
