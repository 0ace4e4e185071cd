"""One exam day in memory, with the pure parts of the house; a fault is an edit of that day.

    day = ExamDay()
    day.candidate("0001").answers_all_right().hands_in_at(60)
    day.candidate("0003").answers_all_right().crashes_at(20, back_after=7).hands_in_at(70)
    outcomes = day.play()
    assert outcomes["0003"].result.score == "100"

Minutes are those of the room's clock since the common start. A seat has a journal (what survives a
crash), a clock of its own that starts again with each boot, and a sitting folded from the journal. The
station folds the journal it gets once more and scores that.

The seam: `carry` is all that lies between seat and station. Here it is one CBOR round trip; sealed
packages, bundles, a lost stick or a forger take its place: `ExamDay(carry=...)`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from fractions import Fraction

from attrs import Factory, define, field, frozen

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.content import Field, Paragraph, Place, Text
from kiosk.assessment.items import Choice, InlineChoice, Item, ItemText, Kind, TextEntry
from kiosk.assessment.paper import Form, build_paper
from kiosk.assessment.responses import Response, checked
from kiosk.assessment.sitting import (
    Answered,
    Event,
    Expired,
    Extended,
    HandedIn,
    Identity,
    IllegalEvent,
    Moved,
    Paused,
    Resumed,
    Sitting,
    Started,
    State,
    Terms,
)
from kiosk.scoring.blueprint import Blueprint, read_blueprint
from kiosk.scoring.checking import compile_rules
from kiosk.scoring.marking import check_marking
from kiosk.scoring.result import Result
from kiosk.scoring.rules import (
    Branch,
    Condition,
    Expression,
    ItemRules,
    OutcomeDeclaration,
    ResponseDeclaration,
    SetOutcome,
)
from kiosk.scoring.sitting_score import score_sitting
from kiosk.scoring.standard import Standard, read_standard
from kiosk.station.assembly import Candidate as IndexedItem
from kiosk.station.assembly import assemble

MINUTE_MS = 60_000
HEARTBEAT_MS = 5_000
BOOT_MS = 30_000
"""Where a terminal's clock stands when its program is back after a boot."""

Journal = tuple[Event, ...]
Carry = Callable[[str, Journal], Journal]
"""(candidate's number, journal of the seat) -> the journal as the station has it."""


def carried_by_hand(number: str, journal: Journal) -> Journal:
    """Nothing gets lost or changed: the day as it should be."""
    return decode(encode(journal), Journal, f"journal of {number}")


# --- what is asked --------------------------------------------------------------------------------


KINDS = (
    Kind.SINGLE_CHOICE,
    Kind.MULTIPLE_CHOICE,
    Kind.TRUE_FALSE,
    Kind.INLINE_CHOICE,
    Kind.TEXT_ENTRY,
    Kind.COMPOSITE,
)
"""What a usual theory paper is made of; the demo's day has the others."""


@frozen
class Question:
    """An item with its scoring side, an answer that is right and one that is wrong."""

    item: Item
    rules: ItemRules
    content: str
    right: dict[str, Response]
    wrong: dict[str, Response]


def a_question(kind: Kind, content: str, number: int) -> Question:
    """The `number`th question of a kind on a work content."""
    name = f"{kind}-{content}-{number}"
    right: dict[str, Response]
    wrong: dict[str, Response]
    processing: tuple[Condition, ...] = ()
    match kind:
        case Kind.SINGLE_CHOICE:
            interactions = (Choice("RESPONSE", tuple("ABCD"), shuffle=True),)
            right, wrong = {"RESPONSE": ("B",)}, {"RESPONSE": ("A",)}
        case Kind.MULTIPLE_CHOICE:
            interactions = (Choice("RESPONSE", tuple("ABCD"), max_choices=0, shuffle=True),)
            right, wrong = {"RESPONSE": ("A", "C")}, {"RESPONSE": ("A", "B")}
        case Kind.TRUE_FALSE:
            interactions = (Choice("RESPONSE", ("T", "F"), true_false=True),)
            right, wrong = {"RESPONSE": ("T",)}, {"RESPONSE": ("F",)}
        case Kind.INLINE_CHOICE:
            interactions = (InlineChoice("RESPONSE", ("rises", "falls")),)
            right, wrong = {"RESPONSE": ("rises",)}, {"RESPONSE": ("falls",)}
        case Kind.TEXT_ENTRY:
            interactions = (TextEntry("RESPONSE", "float"),)
            right, wrong = {"RESPONSE": ("2．5",)}, {"RESPONSE": ("3",)}
            processing = (_within("2.5", "0.05"),)
        case _:
            interactions = (Choice("R1", tuple("ABC")), TextEntry("R2"))
            right, wrong = {"R1": ("C",), "R2": (" La",)}, {"R1": ("A",), "R2": ("Ce",)}
    fields = tuple(Field(one.response) for one in interactions if not isinstance(one, Choice))
    places = tuple(Place(one.response) for one in interactions if isinstance(one, Choice))
    body = (Paragraph((Text(f"Question {name}"), *fields)), *places)
    choices = {
        one.response: {choice: (Paragraph((Text(choice),)),) for choice in one.choices}
        for one in interactions
        if not isinstance(one, TextEntry)
    }
    return Question(
        Item(name, interactions, {"en": ItemText(body, choices)}),
        ItemRules(
            name,
            tuple(_declared(interaction, right) for interaction in interactions),
            (OutcomeDeclaration("SCORE", "single", "float"),),
            processing,
            None if processing else "match_correct",
        ),
        content,
        right,
        wrong,
    )


def _declared(
    interaction: Choice | InlineChoice | TextEntry, right: dict[str, Response]
) -> ResponseDeclaration:
    many = isinstance(interaction, Choice) and interaction.max_choices == 0
    typed = interaction.base_type if isinstance(interaction, TextEntry) else "identifier"
    correct = ("2.5",) if typed == "float" else right[interaction.response]
    cardinality = "multiple" if many else "single"
    return ResponseDeclaration(interaction.response, cardinality, typed, correct)


def _within(target: str, tolerance: str) -> Condition:
    """SCORE is 1 for a number near enough, by the item's own processing."""
    attributes = {"tolerance-mode": "absolute", "tolerance": tolerance}
    value = Expression("base-value", {"base-type": "float"}, (), (target,))
    typed = Expression("variable", {"identifier": "RESPONSE"})
    one = Expression("base-value", {"base-type": "float"}, (), ("1",))
    near = Expression("equal", attributes, (value, typed))
    return Condition((Branch(near, (SetOutcome("SCORE", one),)),))


def a_standard() -> Standard:
    """Two work contents, weighing 60 and 40."""
    contents = [
        {
            "id": content,
            "title": {"en": content},
            "knowledge_point": [{"id": f"K{content}", "title": {"en": "Point"}, "levels": ["L4"]}],
        }
        for content in ("C1", "C2")
    ]
    return read_standard(
        {
            "standard": {"id": "standard", "title": {"en": "A standard"}, "edition": "1"},
            "function": [{"id": "F", "title": {"en": "Function"}, "content": contents}],
            "weights": {"L4": {"C1": 60, "C2": 40}},
        }
    )


def a_blueprint() -> Blueprint:
    """Every kind, 50 points that convert to 100, pass at 60."""
    return read_blueprint(
        {
            "blueprint": {"id": "blueprint", "level": "L4", "pass": 60, "converts_to": 100},
            "section": [
                {"kind": "single_choice", "count": 10, "points": 2},
                {"kind": "multiple_choice", "count": 3, "points": 4,
                 "marking": {"type": "per_right", "each": 1}},
                {"kind": "true_false", "count": 4, "points": 1},
                {"kind": "inline_choice", "count": 2, "points": 1},
                {"kind": "text_entry", "count": 3, "points": 3},
                {"kind": "composite", "count": 1, "points": 3, "marking": {"type": "blanks"}},
            ],
        }
    )  # fmt: skip


# --- who sits -------------------------------------------------------------------------------------


@define
class Seat:
    """A terminal with one candidate's sitting on it. `journal` is all that survives a crash."""

    admitted: Sitting
    journal: list[Event] = field(factory=list)
    refusals: list[str] = field(factory=list)
    boots: int = 1
    booted_at_ms: int = 0
    room_ms: int = 0
    sitting: Sitting = Factory(lambda self: self.admitted, takes_self=True)

    @property
    def now_ms(self) -> int:
        """CLOCK_BOOTTIME of the present boot."""
        return self.room_ms - self.booted_at_ms + BOOT_MS

    @property
    def boot(self) -> str:
        return f"boot-{self.boots}"

    def commit(self, event: Event) -> None:
        """What the flow does: only what the sitting takes is written, the rest is told."""
        try:
            self.sitting = self.sitting.apply(event)
        except IllegalEvent as fault:
            self.refusals.append(fault.summary)
        else:
            self.journal.append(event)

    def wait_until(self, room_ms: int) -> None:
        """Time passes; a clock that reaches zero meanwhile ends the sitting at that moment."""
        left = self.sitting.remaining_ms(self.now_ms)
        if self.sitting.state is State.RUNNING and self.room_ms + left <= room_ms:
            self.room_ms += left
            self.commit(Expired(self.now_ms))
        self.room_ms = max(self.room_ms, room_ms)

    def crash(self, back_after_ms: int) -> None:
        """Power goes and comes back: the journal is replayed, the last heartbeat is charged."""
        if self.sitting.state.ended:
            return
        seen = max(self.sitting.last_ms, self.now_ms // HEARTBEAT_MS * HEARTBEAT_MS)
        paused = self.sitting.state is State.PAUSED
        self.boots += 1
        self.room_ms += back_after_ms
        self.booted_at_ms = self.room_ms
        self.sitting = fold(self.admitted, tuple(self.journal))
        self.commit(Resumed(self.boot, self.now_ms, None if paused else seen, back_after_ms))


@define
class Script:
    """What a candidate does and what happens to the seat, minute by minute; each call adds to it."""

    day: ExamDay
    number: str
    steps: list[tuple[Fraction, int, Callable[[Seat], None]]] = field(factory=list)

    def answers(self, item: str, values: dict[str, Response], at: float) -> Script:
        def act(seat: Seat) -> None:
            places = [placed.item for placed in seat.admitted.paper.items]
            seat.commit(Moved(seat.now_ms, places.index(item)))
            for response, value in values.items():
                canonical = checked(self.day.questions[item].item, response, value)
                seat.commit(Answered(seat.now_ms, item, response, canonical))

        return self._at(at, act)

    def answers_right(self, *items: str, at: float = 1) -> Script:
        for item in items:
            self.answers(item, self.day.questions[item].right, at)
        return self

    def answers_wrong(self, *items: str, at: float = 1) -> Script:
        for item in items:
            self.answers(item, self.day.questions[item].wrong, at)
        return self

    def answers_all_right(self, at: float = 1, every: float = 1) -> Script:
        """The form's items one after the other, one in `every` minutes from `at`."""
        for place, item in enumerate(self.day.form.items):
            self.answers_right(item, at=at + place * every)
        return self

    def pauses(self, at: float, minutes: float) -> Script:
        self._at(at, lambda seat: seat.commit(Paused(seat.now_ms, ("proctor",), "fire alarm")))
        return self._at(
            at + minutes, lambda seat: seat.commit(Resumed(seat.boot, seat.now_ms, by=("proctor",)))
        )

    def crashes_at(self, at: float, back_after: float = 5) -> Script:
        return self._at(at, lambda seat: seat.crash(int(back_after * MINUTE_MS)))

    def gets_extra_time(self, minutes: int, at: float) -> Script:
        extra = minutes * MINUTE_MS
        return self._at(at, lambda seat: seat.commit(Extended(seat.now_ms, extra, by=("proctor",))))

    def hands_in_at(self, at: float) -> Script:
        return self._at(at, lambda seat: seat.commit(HandedIn(seat.now_ms)))

    def _at(self, minute: float, act: Callable[[Seat], None]) -> Script:
        self.steps.append((Fraction(minute), len(self.steps), act))
        return self

    def play(self, seat: Seat) -> None:
        seat.commit(Started(seat.boot, seat.now_ms))
        for minute, _, act in sorted(self.steps, key=lambda step: step[:2]):
            seat.wait_until(int(minute * MINUTE_MS))
            act(seat)
        seat.wait_until(24 * 60 * MINUTE_MS)


# --- the day --------------------------------------------------------------------------------------


@frozen
class Outcome:
    """What became of a candidate: the seat as it was left, and what the station made of it."""

    seat: Seat
    sitting: Sitting
    result: Result


class ExamDay:
    """The bank, the plan, the candidates' scripts, and the play of them.

    Args:
        carry: what lies between seat and station.
        terms: bounds of the sittings; 90 minutes and hand-in from minute 30 unless told otherwise.
    """

    def __init__(self, carry: Carry = carried_by_hand, **terms: int) -> None:
        self.carry = carry
        self.terms = Terms(
            **{
                "duration_ms": 90 * MINUTE_MS,
                "earliest_hand_in_ms": 30 * MINUTE_MS,
                **terms,
            }
        )
        self.standard = a_standard()
        self.blueprint = a_blueprint()
        self.questions = {
            question.item.id: question
            for kind in KINDS
            for content in ("C1", "C2")
            for number in range(8)
            for question in [a_question(kind, content, number)]
        }
        self.rules = {name: question.rules for name, question in self.questions.items()}
        for section in self.blueprint.sections:
            for question in self.questions.values():
                compile_rules(question.rules)
                if question.item.kind is section.kind:
                    check_marking(section.marking, question.rules)
        self.form = self._assembled()
        self.scripts: dict[str, Script] = {}

    def candidate(self, number: str) -> Script:
        """The script of a candidate, empty at first."""
        return self.scripts.setdefault(number, Script(self, number))

    def play(self) -> dict[str, Outcome]:
        """Everybody sits; every journal is carried to the station and scored there."""
        outcomes = {}
        for number, script in self.scripts.items():
            seat = Seat(self.admitted(number))
            script.play(seat)
            sitting = self.received(number, self.carry(number, tuple(seat.journal)))
            outcomes[number] = Outcome(seat, sitting, self.score(sitting))
        return outcomes

    def admitted(self, number: str) -> Sitting:
        """The sitting before it begins; seat and station each make it from the seed."""
        seed = hashlib.sha256(f"seed of {number}".encode()).digest()
        paper = build_paper(self.form, seed, lambda item: self.questions[item].item)
        return Sitting.admit(Identity("session", "exam", number), self.terms, paper)

    def received(self, number: str, journal: Journal) -> Sitting:
        """The station's own fold of what it was brought.

        Raises:
            IllegalEvent: the journal is not what a terminal could have written.
        """
        return fold(self.admitted(number), journal)

    def score(self, sitting: Sitting, rules: dict[str, ItemRules] | None = None) -> Result:
        """The result by the rules of the day, or by a later version of them."""
        return score_sitting(
            sitting.paper, self.form, self.blueprint, rules or self.rules, sitting.responses
        )

    def _assembled(self) -> Form:
        index = [
            IndexedItem(name, one.item.kind, f"K{one.content}", one.content, ("L4",))
            for name, one in self.questions.items()
        ]
        (form,) = assemble(self.blueprint, self.standard, index, seed=bytes(32))
        return form


def fold(sitting: Sitting, journal: Journal) -> Sitting:
    """`sitting` after all of `journal`."""
    for event in journal:
        sitting = sitting.apply(event)
    return sitting
