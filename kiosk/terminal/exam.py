"""One sitting as the flow runs it: from intents to events.

`sitting` runs ahead of the disk by what is still being written, and the saved mark says so: it reads
saved only when nothing is pending. The writer keeps order and loses nothing, so what runs ahead always
becomes true; the time a disk takes to recover is given back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from kiosk.artefacts.chain import Happened, Record
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.session import Candidate
from kiosk.assessment.content import Block
from kiosk.assessment.display import Display
from kiosk.assessment.given import Given, value_of
from kiosk.assessment.highlights import MOST_PASSAGES, with_passage, words_of
from kiosk.assessment.items import Item
from kiosk.assessment.paper import Form
from kiosk.assessment.responses import Response, checked, is_complete, whole_text
from kiosk.assessment.sitting import (
    MAX_NOTE_LENGTH,
    MAX_SCRATCH_LENGTH,
    Alarmed,
    Answered,
    Displayed,
    Event,
    Expired,
    Flagged,
    HandedIn,
    Highlighted,
    Incident,
    Moved,
    Noted,
    PartBegun,
    PartClosed,
    Resumed,
    Scribbled,
    Sitting,
    State,
    Struck,
    Uncovered,
)
from kiosk.errors import InputRefused
from kiosk.terminal import views
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.views import Header, Notice, Saved
from kiosk.words import mark

SETTLE_MS = 400
"""Typed text is committed this long after the last key; with a tick and a commit, within 500 ms."""

LONGEST_UNSETTLED_MS = 2_000
"""Text typed without a rest is committed this often."""

_SCRATCH = ("", None)
"""Where the scratch pad is typed: it belongs to no item."""
_WARNINGS_MS = tuple(minutes * 60_000 for minutes in (30, 10, 5, 1))
"""The time left is said when so much of it is left, the last ones as warnings."""

_PART_WARNINGS_MS = tuple(minutes * 60_000 for minutes in (10, 5, 1))
"""The same for a part that another one follows."""

Keep = Callable[[tuple[Record, ...], Callable[[], None], int | None], None]
"""Commits records together, with the number of the room code that brought them, and calls back once
they are on disk."""


class _Typed:
    """Text still being typed into one field, as a note, or on the scratch pad."""

    def __init__(self, value: Response, now_ms: int) -> None:
        self.value = value
        self.first_ms = now_ms
        self.last_ms = now_ms

    def due(self, now_ms: int) -> bool:
        return now_ms - self.last_ms >= SETTLE_MS or now_ms - self.first_ms >= LONGEST_UNSETTLED_MS


def offered_tools(allowed: tuple[str, ...], sheet: Mapping[str, object]) -> tuple[str, ...]:
    """The tools of those `allowed` that are there: a formula sheet only where the bank has one."""
    return tuple(tool for tool in allowed if tool != "formula_sheet" or sheet)


class Attempt:
    """The open sitting at this seat."""

    def __init__(
        self,
        sitting: Sitting,
        index: int,
        candidate: Candidate,
        form: Form,
        item: Callable[[str], Item],
        header: Header,
        time: TimeSource,
        keep: Keep,
        serial: Callable[[], int],
        tools: tuple[str, ...] = (),
        sheet: dict[str, tuple[Block, ...]] | None = None,
    ) -> None:
        """
        Args:
            index: which of the journal's sittings it is, counting from 0.
            serial: the next serial of a notice.
            sheet: the formula sheet, by language; without one that tool is not offered.
        """
        self.sitting = sitting
        self.index = index
        self.candidate = candidate
        self.header = header
        self.items = tuple(item(placed.item) for placed in sitting.paper.items)
        self.reviewing = False
        self.confirming = False
        self.notice: Notice | None = None
        self.form = form
        self.sheet = sheet or {}
        self.tools = offered_tools(tools, self.sheet)
        self._time = time
        self._keep = keep
        self._serial = serial
        self._pending = 0
        self._answered: tuple[Given, tuple[bool, ...]] = ({}, ())
        """Which questions have their answer, by the responses this was seen in."""
        self.overview: tuple[object, tuple[views.OverviewSection, ...]] = (None, ())
        """The overview drawn last, and what it was drawn from."""
        self._kept_any = bool(sitting.responses)
        self._typed: dict[tuple[str, str | None], _Typed] = {}
        self._frozen_ms: int | None = None
        self._told = self._due(sitting.last_ms)

    # --- what is true -------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        match self.sitting.state:
            case State.PAUSED | State.OUT:
                return Phase.PAUSED
            case State.RUNNING:
                return Phase.RUNNING
            case _:
                return Phase.IDLE

    @property
    def ending(self) -> bool:
        """Whether the end was decided, on disk or on its way there."""
        return self.sitting.state.ended

    @property
    def paused(self) -> bool:
        return self.sitting.state in (State.PAUSED, State.OUT)

    @property
    def out(self) -> bool:
        """Whether the candidate is on a break."""
        return self.sitting.state is State.OUT

    @property
    def remaining_ms(self) -> int:
        """What is left of what runs now: the part, or the exam where it has none."""
        return self.sitting.part_remaining_ms(self._now_ms)

    @property
    def clock(self) -> views.Clock:
        running = self.sitting.ticking and self._frozen_ms is None
        running = running and not self.sitting.rest_left_ms(self._now_ms)
        exam_ms = self.sitting.remaining_ms(self._now_ms) if self.sitting.terms.parts else None
        return views.Clock(self.remaining_ms, running, exam_ms)

    @property
    def frozen(self) -> bool:
        """Whether the clock stands still because the candidate cannot go on."""
        return self._frozen_ms is not None

    @property
    def alive_ms(self) -> int:
        """Up to when the candidate is charged; a stopped clock stops it."""
        return self._now_ms

    @property
    def _now_ms(self) -> int:
        return self._time.now_ms() if self._frozen_ms is None else self._frozen_ms

    @property
    def _running(self) -> bool:
        return self.sitting.state is State.RUNNING and self._frozen_ms is None

    @property
    def _at_questions(self) -> bool:
        return self._running and not self.sitting.waiting

    # --- intents ------------------------------------------------------------------------------------

    def take(self, intent: views.Intent) -> None:
        """Do what the candidate asked for; what is nothing to a sitting does nothing."""
        if self.sitting.covered:
            if isinstance(intent, views.Uncover) and self._running:
                self.happen(Uncovered(self._now_ms))
            return
        match intent:
            case views.RaiseAlarm():
                self.raise_alarm()
            case views.Answer():
                self.answer(intent)
            case views.Flag():
                self.flag(intent)
            case views.Strike():
                self.strike(intent)
            case views.Note():
                self.note(intent)
            case views.Scribble():
                self.scribble(intent)
            case views.Highlight():
                self.highlight(intent)
            case views.GoTo(number):
                self.go_to(number)
            case views.OpenReview():
                self.review(True)
            case views.CloseReview():
                self.review(False)
            case views.BeginPart():
                self.begin_part()
            case views.ClosePart(confirmed):
                self.close_part(confirmed)
            case views.HandIn(confirmed):
                self.hand_in(confirmed)
            case _:
                pass

    def raise_alarm(self) -> None:
        """Hide the paper at once; the clock runs on."""
        if self._running:
            self.settle()
            self.notice = None
            self.happen(Alarmed(self._now_ms))

    def answer(self, intent: views.Answer) -> None:
        """Take an answer: at once when settled, else when the typing rests."""
        if not self._at_questions or not self.remaining_ms:
            return
        item = self._item(intent.item)
        if item is None or not self._takes(intent.item):
            return
        try:
            value = checked(item, intent.response, intent.value)
        except InputRefused:
            self.warn(mark("This answer cannot be taken; the one before it stays"))
            return
        place = (intent.item, intent.response)
        if intent.settled:
            self._typed.pop(place, None)
            self.settle()
            self._answer(place, value, self._now_ms)
        else:
            self._type(place, value)

    def _type(self, place: tuple[str, str | None], value: Response) -> None:
        if typed := self._typed.get(place):
            typed.value, typed.last_ms = value, self._now_ms
        else:
            self._typed[place] = _Typed(value, self._now_ms)

    def flag(self, intent: views.Flag) -> None:
        if self._at_questions and self._takes(intent.item):
            self.settle()
            if (intent.item in self.sitting.flags) != intent.flagged:
                self.happen(Flagged(self._now_ms, intent.item, intent.flagged))

    def strike(self, intent: views.Strike) -> None:
        """Strike a choice out, or take that back; what is chosen stays as it is."""
        item, response, choice = intent.item, intent.response, intent.choice
        placed = next((one for one in self.sitting.paper.items if one.item == item), None)
        if placed is None or choice not in placed.orders.get(response, ()):
            return
        if not self._at_questions or not self._takes(item):
            return
        self.settle()
        struck = value_of(self.sitting.strikes, item, response)
        if choice in value_of(self.sitting.responses, item, response):
            self.tell(mark("This one is chosen. Choose another, then it can be struck out"))
        elif intent.struck != (choice in struck):
            self.happen(Struck(self._now_ms, item, response, choice, intent.struck))

    def note(self, intent: views.Note) -> None:
        """Take the note to an item as it stands now."""
        if self._at_questions and self.remaining_ms and self._takes(intent.item):
            self._type((intent.item, None), (whole_text(intent.note)[:MAX_NOTE_LENGTH],))

    def scribble(self, intent: views.Scribble) -> None:
        """Take the scratch pad as it stands now, where the exam has one."""
        if self._running and self.remaining_ms and "scratch_pad" in self.tools:
            self._type(_SCRATCH, (whole_text(intent.scratch)[:MAX_SCRATCH_LENGTH],))

    def highlight(self, intent: views.Highlight) -> None:
        """Highlight passages of the text, or take that back; what is no text of the item is nothing."""
        item = self._item(intent.item)
        if not self._at_questions or item is None or not self._takes(item.id):
            return
        self.settle()
        kept, events = self.sitting.highlights.get(item.id, ()), []
        for passage in intent.passages:
            following = with_passage(kept, passage, intent.on)
            if words_of(item, passage) is not None and following != kept:
                kept = following
                events.append(Highlighted(self._now_ms, item.id, passage, intent.on))
        if len(kept) > MOST_PASSAGES:
            self.tell(mark("No more can be highlighted here. Take something back first"))
        elif events:
            self.happen(*events)

    def have_display(self, display: Display) -> None:
        """Keep how the candidate has the screen now, while it can be kept."""
        if not self.ending and self._frozen_ms is None and display != self.sitting.display:
            self.settle()
            self.happen(Displayed(self._now_ms, display))

    def go_to(self, number: int) -> None:
        """Show question `number`, counting from 1, or say why it cannot be shown."""
        if not self._at_questions or not 1 <= number <= len(self.items):
            return
        self.settle()
        if not self.sitting.may_move(number - 1):
            self._tell_why_not(number - 1)
            return
        self.reviewing = self.confirming = False
        if self.sitting.position != number - 1:
            self.happen(Moved(self._now_ms, number - 1))

    def _tell_why_not(self, position: int) -> None:
        paper, terms = self.sitting.paper, self.sitting.terms
        section = paper.section_at(position).id
        if self.sitting.in_open_part(section):
            if self.sitting.may_change(position):
                self.tell(mark("In this section the questions come one after the other"))
            else:
                self.tell(mark("In this section there is no way back to a question you left"))
        elif section in {one for part in terms.parts[: self.sitting.part] for one in part.sections}:
            self.tell(mark("This part is closed. Its answers are saved and count"))
        else:
            self.tell(mark("This part comes later, when the part you are in is closed"))

    def review(self, shown: bool) -> None:
        if self.sitting.waiting:
            return
        self.settle()
        self.reviewing = shown
        self.confirming = False

    def begin_part(self) -> None:
        """Leave the page before a part: its time runs."""
        if self._running and self.sitting.waiting:
            self.happen(PartBegun(self._now_ms))
            self._told = self._due(self._now_ms)

    def close_part(self, confirmed: bool) -> None:
        """Ask once more, or close a part that is not the last for good."""
        if not self._at_questions or self.sitting.in_last_part:
            return
        self.settle()
        if not confirmed:
            self.reviewing = self.confirming = True
        elif self.confirming:
            self._close_part("candidate")

    def _close_part(self, by: Literal["candidate", "time"]) -> None:
        self.happen(PartClosed(self._now_ms, by))
        self.reviewing = self.confirming = False

    def hand_in(self, confirmed: bool) -> None:
        """Ask once more, or end the sitting."""
        if not self._at_questions or not self.sitting.in_last_part:
            return
        self.settle()
        if not self.sitting.may_hand_in(self._now_ms):
            minutes = -(-self.sitting.terms.earliest_hand_in_ms // 60_000)
            self.tell(mark("You can hand in after the first {minutes} minutes"), minutes=minutes)
        elif not confirmed:
            self.reviewing = self.confirming = True
        elif self.confirming:
            self.happen(HandedIn(self._now_ms))

    # --- time ---------------------------------------------------------------------------------------

    def tick(self) -> bool:
        """Let time do its work; whether anything changed."""
        away = self.out and self._frozen_ms is None
        if away and not self.remaining_ms:
            if self.sitting.waiting:
                self.happen(PartBegun(self._now_ms))
            self._end_by_time()
            return True
        if not self._running or self.sitting.covered:
            return False  # an alarm ends no exam: the room's code may give the time back
        now = self._now_ms
        changed = False
        if any(typed.due(now) for typed in self._typed.values()):
            self.settle()
            changed = True
        late = not self.remaining_ms  # a late start may have cost a whole part
        if self.sitting.waiting and (late or not self.sitting.rest_left_ms(now)):
            self.begin_part()
            changed = True
        if not self.remaining_ms:
            self.settle()
            self._end_by_time()
            return True
        due = self._due(now)
        if due - self._told and not self.sitting.waiting:
            self._tell_time(min(due))
            changed = True
        self._told = due  # time that was given may run down to the same minute once more
        return changed

    def _end_by_time(self) -> None:
        if self.sitting.in_last_part:
            self.happen(Expired(self._now_ms))
            return
        self._close_part("time")
        self.tell(mark("The time of that part is over. Its answers are saved"))

    def _due(self, now_ms: int) -> set[int]:
        """The times to be said that have come."""
        warnings = _WARNINGS_MS if self.sitting.in_last_part else _PART_WARNINGS_MS
        return {at for at in warnings if at >= self.sitting.part_remaining_ms(now_ms)}

    def _tell_time(self, left_ms: int) -> None:
        tell = self.warn if left_ms <= views.LAST_MINUTES_MS else self.tell
        minutes = left_ms // 60_000
        match minutes, self.sitting.in_last_part:
            case 1, True:
                tell(mark("1 minute to the end"))
            case 1, False:
                tell(mark("1 minute to the end of this part"))
            case _, True:
                tell(mark("{minutes} minutes to the end"), minutes=minutes)
            case _:
                tell(mark("{minutes} minutes to the end of this part"), minutes=minutes)

    def settle(self) -> None:
        """Commit what is still being typed, as of the last key."""
        for place, typed in sorted(self._typed.items(), key=lambda held: held[1].last_ms):
            item, response = place
            at_ms = max(typed.last_ms, self.sitting.last_ms)
            if response is not None:
                self._answer((item, response), typed.value, at_ms)
            elif place == _SCRATCH:
                if typed.value[0] != self.sitting.scratch:
                    self.happen(Scribbled(at_ms, typed.value[0]))
            elif typed.value[0] != self.sitting.notes.get(item, ""):
                self.happen(Noted(at_ms, item, typed.value[0]))
        self._typed.clear()

    def freeze(self, since_ms: int | None = None) -> None:
        """The candidate cannot go on: the clock stops here, or stopped at `since_ms`."""
        if self._frozen_ms is None and not self.ending:
            now = self._time.now_ms() if since_ms is None else since_ms
            self._frozen_ms = max(now, self.sitting.last_ms)

    def wake(self, since_ms: int) -> None:
        """The machine slept since then, with what was typed until it did: no time was lost."""
        if self._running:
            self.settle()
            self.freeze(since_ms)
            self.thaw("asleep")

    def thaw(self, code: str | None = None) -> None:
        """The clock goes on where it stopped, and the journal says so.

        Args:
            code: the trouble, where the journal does not have it yet.
        """
        if self._frozen_ms is None:
            return
        frozen, self._frozen_ms = self._frozen_ms, None
        now = self._time.now_ms()
        incidents = (Incident(now, code),) if code else ()
        if self.sitting.state is State.RUNNING:
            resumed = Resumed(self._time.boot, now, frozen, now - frozen)
            self.happen(resumed, *incidents)
            self.tell_given_back(now - frozen)
        elif incidents:
            self.happen(*incidents)

    # --- events -------------------------------------------------------------------------------------

    def happen(self, *events: Event) -> None:
        """Let events happen, together.

        Raises:
            IllegalEvent: one of them cannot follow; then none did.
        """
        self.record(tuple(Happened(event) for event in events))

    def record(self, records: tuple[Record, ...], room: int | None = None) -> None:
        """Let records happen, together: as `happen`, with a proctor's command before its events.

        Args:
            room: the number of the room code that brought them.
        """
        following = self.sitting
        for record in records:
            if isinstance(record, Happened):
                following = following.apply(record.event)
        self.sitting = following
        self._pending += 1
        self._keep(records, self._kept, room)

    @property
    def all_kept(self) -> bool:
        """Whether everything that happened is on disk."""
        return not self._pending

    def _kept(self) -> None:
        self._pending -= 1
        self._kept_any = True

    def tell(self, sentence: str, **values: str | int) -> None:
        """Show a notice on the strip below the header."""
        self.notice = Notice(sentence, values, serial=self._serial())

    def warn(self, sentence: str, **values: str | int) -> None:
        """As `tell`, for what somebody should act on."""
        self.notice = Notice(sentence, values, "warn", self._serial())

    def tell_given_back(self, lost_ms: int) -> None:
        minutes, seconds = divmod(lost_ms // 1000, 60)
        self.tell(
            mark("Resumed. {minutes} min {seconds} s were given back"),
            minutes=minutes,
            seconds=seconds,
        )

    def tell_late(self, late_ms: int) -> None:
        """Say what a late start costs."""
        minutes = late_ms // 60_000
        sentence = mark("The exam began {minutes} minutes ago. You have that much less time")
        self.warn(sentence, minutes=minutes)

    def tell_alarm_over(self, minutes: int) -> None:
        """Say that the alarm is over, and what was given back."""
        if minutes:
            self.tell(mark("The alarm is over. {minutes} min were given back"), minutes=minutes)
        else:
            self.tell(mark("The alarm is over"))

    def tell_resumed(self, minutes: int) -> None:
        """Say that the clock runs again, and what a proctor gave back."""
        if minutes:
            self.tell_given_back(minutes * 60_000)
        else:
            self.tell(mark("Resumed. The clock runs again"))

    @property
    def saved(self) -> Saved:
        if self._pending or self._typed:
            return Saved.SAVING
        return Saved.SAVED if self._kept_any else Saved.NONE

    def shown_responses(self, item: str) -> dict[str, Response]:
        """The answers to show: committed, on their way, or still being typed."""
        typing = {
            response: typed.value
            for (of, response), typed in self._typed.items()
            if of == item and response is not None
        }
        return {**self.sitting.responses_to(item), **typing}

    def shown_note(self, item: str) -> str:
        """The note to show: committed, on its way, or still being typed."""
        typed = self._typed.get((item, None))
        return typed.value[0] if typed is not None else self.sitting.notes.get(item, "")

    @property
    def shown_scratch(self) -> str:
        """The scratch pad to show, as `shown_note`."""
        typed = self._typed.get(_SCRATCH)
        return typed.value[0] if typed is not None else self.sitting.scratch

    def answered(self, position: int) -> bool:
        """Whether the question at `position`, counting from 0, has its answer."""
        return self.answers[position]

    @property
    def answers(self) -> tuple[bool, ...]:
        """Whether each question has its answer."""
        now, (before, known) = self.sitting.responses, self._answered
        if now is not before or not known:
            # All of them are asked for at each change, and one alone was answered since.
            whole = tuple(
                known[at]
                if known and now.get(one.id) is before.get(one.id)
                else is_complete(one, now.get(one.id, {}))
                for at, one in enumerate(self.items)
            )
            self._answered = (now, whole)
        return self._answered[1]

    @property
    def wait_ms(self) -> int:
        """How long until handing in is allowed; 0 once it is."""
        earliest = self.sitting.terms.earliest_hand_in_ms
        return max(0, earliest - self.sitting.elapsed_ms(self._now_ms))

    # --- parts --------------------------------------------------------------------------------------

    def _takes(self, item: str) -> bool:
        """Whether the item is on the paper and can be changed now."""
        return any(
            placed.item == item and self.sitting.may_change_now(at)
            for at, placed in enumerate(self.sitting.paper.items)
        )

    def _item(self, identifier: str) -> Item | None:
        return next((item for item in self.items if item.id == identifier), None)

    def _answer(self, place: tuple[str, str], value: Response, at_ms: int) -> None:
        item, response = place
        if value_of(self.sitting.responses, item, response) != value:
            self.happen(Answered(at_ms, item, response, value))
