"""Whatever people do, whenever the power goes: no saved answer is lost, no interruption costs time."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from kiosk.artefacts import answer_package
from kiosk.artefacts.tokens import Command
from kiosk.assessment.display import TEXT_SIZES, THEMES, Display
from kiosk.assessment.highlights import Passage
from kiosk.terminal import views
from kiosk.terminal.views import Answer, Saved
from tests.terminal.room import TERMS, Room, crash

HEARTBEAT_MS = 5_000
NUMBERS = st.integers(1, 6)


class AnExam(RuleBasedStateMachine):
    """One sitting, from its start to its package, with crashes anywhere."""

    @initialize()
    def sit_down(self):
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-any-order-"))
        self.room = Room(terms=replace(TERMS, duration_ms=5 * 60_000))
        self.terminal = self.room.seated(self.folder)
        self.may_be = {}  # by item: the answer last shown as saved, and what was typed since
        self.minutes_given = 0

    @property
    def sitting(self):
        return isinstance(self.terminal.view, views.Exam | views.Review)

    @rule(number=NUMBERS, value=st.sampled_from("abcd"))
    def answer(self, number, value):
        if not self.sitting:
            return
        item = self.show(number)
        if item is None:
            return
        view = self.terminal.do(Answer(item, "RESPONSE", (value,)))
        if isinstance(view, views.Exam):
            assert view.saved is Saved.SAVED
            assert view.question.responses == {"RESPONSE": (value,)}
            self.may_be[item] = [value]

    @rule(
        number=NUMBERS, text=st.text("abc 1.", min_size=1, max_size=5), wait_ms=st.integers(0, 900)
    )
    def type_text(self, number, text, wait_ms):
        if not self.sitting or not text.strip():
            return
        item = self.show(number)
        if item is None or not item.startswith("t"):
            return
        self.may_be.setdefault(item, [None]).append(text)
        self.terminal.send(Answer(item, "RESPONSE", (text,), settled=False))
        self.room.time.pass_ms(wait_ms)
        self.terminal.tick()
        view = self.terminal.wait_saved()
        if isinstance(view, views.Exam) and view.saved is Saved.SAVED:
            self.may_be[item] = [text]

    @rule(number=NUMBERS, choice=st.sampled_from("abcd"), struck=st.booleans())
    def strike(self, number, choice, struck):
        item = self.show(number) if self.sitting else None
        if item is not None:
            self.terminal.do(views.Strike(item, "RESPONSE", choice, struck))

    @rule(number=NUMBERS, note=st.text("abc", max_size=5))
    def note(self, number, note):
        item = self.show(number) if self.sitting else None
        if item is not None:
            self.terminal.do(views.Note(item, note))
            self.show(number % 6 + 1)  # every move commits what is typed

    @rule(number=NUMBERS, start=st.integers(0, 2), on=st.booleans())
    def highlight(self, number, start, on):
        item = self.show(number) if self.sitting else None
        if item is not None:
            passage = Passage("en", (0,), start, start + 1)
            self.terminal.do(views.Highlight(item, (passage,), on))

    @rule(theme=st.sampled_from(THEMES), scale=st.sampled_from(TEXT_SIZES))
    def display(self, theme, scale):
        self.terminal.do(views.HaveDisplay(Display(theme=theme, scale=scale)))

    def own_use(self):
        """What is kept for the candidate's own use, while somebody sits here."""
        attempt = self.terminal._flow._attempt
        if attempt is None:
            return None
        sitting = attempt.sitting
        own = sitting.strikes, sitting.notes, sitting.highlights
        return *own, sitting.display, sitting.flags

    def show(self, number):
        view = self.terminal.do(views.GoTo(number))
        return view.question.item.id if isinstance(view, views.Exam) else None

    @rule(seconds=st.integers(1, 60))
    def time_passes(self, seconds):
        self.terminal.pass_ms(seconds * 1_000)
        self.terminal.wait_saved()

    @rule(minutes=st.integers(1, 9))
    def more_time(self, minutes):
        if self.sitting and self.minutes_given + minutes <= 20:
            before = self.terminal.clock.remaining_ms
            self.room.command(self.terminal, Command.EXTEND, minutes=minutes)
            assert self.terminal.clock.remaining_ms == before + minutes * 60_000
            self.minutes_given += minutes

    @rule()
    def pause_or_resume(self):
        if self.sitting:
            self.room.command(self.terminal, Command.PAUSE)
        elif isinstance(self.terminal.view, views.Paused):
            left = self.terminal.clock.remaining_ms
            self.room.command(self.terminal, Command.RESUME)
            assert self.terminal.clock.remaining_ms == left

    @rule()
    def scan_nonsense(self):
        self.terminal.do(views.Scanned("nonsense"))

    @rule(reboot=st.booleans(), away_ms=st.integers(0, 7_200_000))
    def crash(self, reboot, away_ms):
        clock = self.terminal.clock
        self.terminal.wait_saved()
        own_use = self.own_use()
        crash(self.terminal)
        if reboot:
            self.room.time.reboot(off_ms=away_ms)
        else:
            self.room.time.pass_ms(away_ms)
        self.terminal = self.room.terminal(self.folder)
        self.room.release(self.terminal)
        if clock is not None:
            left = self.terminal.clock.remaining_ms
            assert clock.remaining_ms <= left <= clock.remaining_ms + HEARTBEAT_MS
            assert self.own_use() == own_use
        # What was typed and not yet saved is gone; what was saved is compared below.

    @rule()
    def hand_in(self):
        if self.sitting:
            self.terminal.do(views.OpenReview())
            self.terminal.do(views.HandIn(False))
            assert isinstance(self.terminal.do(views.HandIn(True)), views.Done)

    @invariant()
    def every_saved_answer_is_there(self):
        attempt = self.terminal._flow._attempt
        if attempt is not None:
            self.compare(attempt.sitting.responses)
            for item, struck in attempt.sitting.strikes.items():
                answered = attempt.sitting.responses_to(item).get("RESPONSE", ())
                assert not set(struck["RESPONSE"]) & set(answered)
            return
        (line,) = self.terminal.ports.outbox.lines
        package = self.terminal.ports.outbox.package(line)
        value = answer_package.package(
            answer_package.read_package(package), self.room.terminals[0].record
        )
        key = answer_package.content_key(value, self.room.opening)
        content = answer_package.open_package(value, key)
        self.compare(content.responses)
        assert answer_package.replay(content).state.ended

    def compare(self, kept):
        for item, may_be in self.may_be.items():
            assert kept.get(item, {}).get("RESPONSE", (None,))[0] in may_be

    def teardown(self):
        self.terminal.close()
        shutil.rmtree(self.folder)


TestAnExam = AnExam.TestCase
TestAnExam.settings = settings(
    max_examples=20,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow],
)
