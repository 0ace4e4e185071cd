"""The stages of a day at one terminal, and the view of each: values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import localtime

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.self_check import Finding
from kiosk.artefacts.session import Candidate, ExamPlan
from kiosk.assessment.accommodations import READ_ALOUD
from kiosk.assessment.content import Block
from kiosk.assessment.given import Given, value_of, with_strike, with_value, without_chosen
from kiosk.assessment.highlights import MOST_PASSAGES, Passages, with_passage
from kiosk.assessment.items import Item, sets
from kiosk.assessment.responses import whole_text
from kiosk.assessment.sitting import MAX_NOTE_LENGTH, MAX_SCRATCH_LENGTH
from kiosk.terminal import views
from kiosk.terminal.admitting import Admission
from kiosk.terminal.exam import Attempt, offered_tools
from kiosk.terminal.handin import Past
from kiosk.terminal.opened import OpenSession
from kiosk.terminal.plans import InstalledSession
from kiosk.terminal.practice import practice_items, rule_lines
from kiosk.terminal.trouble import ENDS_BY_ITSELF, TABLE
from kiosk.terminal.unlocking import Released, Unlocking
from kiosk.terminal.views import Header, Notice
from kiosk.words import LANGUAGES


@dataclass
class Stopped:
    """Nothing can go on until somebody did something."""

    code: str


@dataclass
class Locked:
    """Waiting for the release. `released` is set while its records go to the disk."""

    unlocking: Unlocking
    released: Released | None = None
    mistake: Notice | None = None


@dataclass
class SigningIn:
    typed: str = ""
    mistake: Notice | None = None


@dataclass
class Confirming:
    candidate: Candidate
    admission: Admission | None = None


@dataclass
class Reading:
    """The rules (`at` -1), then the practice questions. Nothing of it is kept."""

    candidate: Candidate
    practice: tuple[Item, ...]
    admission: Admission | None = None
    pledged: bool = False
    at: int = -1
    responses: Given = field(default_factory=dict)
    strikes: Given = field(default_factory=dict)
    highlights: dict[str, Passages] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()
    notes: dict[str, str] = field(default_factory=dict)
    scratch: str = ""
    tools: tuple[str, ...] = ()
    sheet: dict[str, tuple[Block, ...]] = field(default_factory=dict)


@dataclass
class Waiting:
    """Ready; the room begins together."""

    candidate: Candidate
    typed: str = ""
    mistake: Notice | None = None
    admission: Admission | None = None


@dataclass
class Sitting:
    attempt: Attempt


@dataclass
class Handing:
    """The sitting has ended; its package is being made. `attempt` is absent after a restart."""

    past: Past
    attempt: Attempt | None


@dataclass
class Ended:
    view: views.Done


@dataclass
class GivenAway:
    """The sitting goes on at another terminal; its file waits for a stick, or is on one. `again` after
    a restart: nobody knows whether it was written before."""

    past: Past
    name: str
    data: bytes
    again: bool
    codes: tuple[str, ...] = ()
    written: bool = False
    in_codes: bool = False
    mistake: Notice | None = None

    @property
    def may_leave(self) -> bool:
        return self.written or self.again or self.in_codes


Stage = (
    Stopped
    | Locked
    | SigningIn
    | Confirming
    | Reading
    | Waiting
    | Sitting
    | Handing
    | Ended
    | GivenAway
)


def session_header(installed: InstalledSession | None) -> Header:
    """The header before anybody has signed in."""
    if installed is None:
        return Header()
    plan = installed.plan
    begin, end = (localtime(at) for at in (plan.window.opens_at, plan.window.closes_at))
    day = f"{begin.tm_year}-{begin.tm_mon:02}-{begin.tm_mday:02}"
    hours = f"{begin.tm_hour:02}:{begin.tm_min:02}–{end.tm_hour:02}:{end.tm_min:02}"
    title = plan.exams[0].title if len(plan.exams) == 1 else {}
    return Header(room=plan.room, seat=installed.seat, title=title, window=f"{day} {hours}")


def session_choices(
    sessions: tuple[InstalledSession, ...], offered: InstalledSession
) -> tuple[views.SessionChoice, ...]:
    """The sessions of this terminal to choose from."""
    headers = ((one, session_header(one)) for one in sessions)
    return tuple(
        views.SessionChoice(one.plan.id, header.window, header.title, one is offered)
        for one, header in headers
    )


def candidate_header(installed: InstalledSession, candidate: Candidate, exam: ExamPlan) -> Header:
    """The header once somebody has signed in."""
    plain = session_header(installed)
    return Header(
        room=plain.room,
        seat=plain.seat or (candidate.seat or ""),
        candidate=candidate.name,
        title=exam.title,
        window=plain.window,
    )


def unlock_view(
    stage: Locked,
    header: Header,
    challenge: str,
    phase: Phase,
    needed: int,
    terminal: KeyRecord,
    found: tuple[Finding, ...],
) -> views.Unlock:
    return views.Unlock(
        header=header,
        challenge=challenge,
        phase=phase,
        given=stage.unlocking.given,
        needed=needed,
        checks=found,
        fingerprint={lang: record_words(terminal, lang) for lang in LANGUAGES},
        mistake=stage.mistake,
    )


def confirm_view(stage: Confirming, header: Header, exam: ExamPlan) -> views.Confirm:
    candidate = stage.candidate
    return views.Confirm(
        header=header,
        number=candidate.number,
        name=candidate.name,
        seat=header.seat,
        discipline=exam.discipline,
        level=exam.level,
        photo=candidate.photo,
        granted=candidate.accommodations,
    )


def rules_view(stage: Reading, header: Header, exam: ExamPlan) -> views.Rules:
    item = stage.practice[stage.at].id if stage.at >= 0 else ""
    return views.Rules(
        header=header,
        lines=rule_lines(exam, stage.candidate.terms),
        pledged=stage.pledged,
        practice=_practice_question(stage) if stage.at >= 0 else None,
        practice_number=stage.at + 1,
        practice_count=len(stage.practice),
        flagged=item in stage.flags,
        note=stage.notes.get(item, ""),
        tools=stage.tools,
        scratch=stage.scratch,
        sheet=stage.sheet,
        read_aloud=READ_ALOUD in stage.candidate.accommodations,
    )


def _practice_question(stage: Reading) -> views.Question:
    item = stage.practice[stage.at]
    return views.Question(
        item=item,
        orders={
            interaction.response: tuple(name for listed in sets(interaction) for name in listed)
            for interaction in item.interactions
            if sets(interaction)
        },
        responses=stage.responses.get(item.id, {}),
        number=stage.at + 1,
        count=len(stage.practice),
        section={},
        rule={},
        points="",
        struck=stage.strikes.get(item.id, {}),
        highlights=stage.highlights.get(item.id, ()),
    )


def given_view(stage: GivenAway, header: Header) -> views.GivenAway:
    sitting = stage.past.sitting
    return views.GivenAway(
        header=header,
        remaining_ms=sitting.remaining_ms(sitting.last_ms),
        written=stage.written,
        may_leave=stage.may_leave,
        codes=stage.codes if stage.in_codes else (),
        may_show_codes=bool(stage.codes),
        mistake=stage.mistake,
    )


def begin_reading(stage: Confirming, opened: OpenSession) -> Reading:
    """The rules of the candidate's exam; its practice has the tools of the exam.

    Raises:
        Halt: the bank does not hold its formula sheet whole.
    """
    candidate = stage.candidate
    sheet = opened.sheet(candidate.exam)
    return Reading(
        candidate,
        practice_items(opened.form(candidate)),
        stage.admission,
        tools=offered_tools(opened.plan.exam(candidate.exam).tools, sheet),
        sheet=sheet,
    )


def practise(stage: Reading, intent: views.Intent) -> None:
    """Do with a practice question what the exam would do with its own; nothing of it is kept."""
    match intent:
        case views.Answer():
            practise_answer(stage, intent)
        case views.Strike():
            practise_strike(stage, intent)
        case views.Highlight():
            practise_highlight(stage, intent)
        case views.Flag(item, flagged):
            stage.flags = stage.flags | {item} if flagged else stage.flags - {item}
        case views.Note(item, note):
            stage.notes[item] = whole_text(note)[:MAX_NOTE_LENGTH]
        case views.Scribble(scratch) if "scratch_pad" in stage.tools:
            stage.scratch = whole_text(scratch)[:MAX_SCRATCH_LENGTH]
        case _:
            pass


def practise_answer(stage: Reading, intent: views.Answer) -> None:
    """Keep an answer to a practice question while it is shown."""
    item, response, value = intent.item, intent.response, intent.value
    stage.responses = with_value(stage.responses, item, response, value)
    stage.strikes = without_chosen(stage.strikes, item, response, value)


def practise_strike(stage: Reading, intent: views.Strike) -> None:
    """Strike out a choice of a practice question, or take that back; never what is chosen."""
    item, response, choice = intent.item, intent.response, intent.choice
    if choice not in value_of(stage.responses, item, response):
        stage.strikes = with_strike(stage.strikes, item, response, choice, intent.struck)


def practise_highlight(stage: Reading, intent: views.Highlight) -> None:
    """Highlight in a practice question, or take that back."""
    for passage in intent.passages:
        kept = with_passage(stage.highlights.get(intent.item, ()), passage, intent.on)
        stage.highlights[intent.item] = kept[:MOST_PASSAGES]


def trouble_view(code: str, header: Header, clock: views.Clock | None) -> views.Trouble:
    line = TABLE[code]
    return views.Trouble(
        header=header,
        code=code,
        what=Notice(line.what, tone="warn"),
        safe=tuple(Notice(sentence) for sentence in line.safe),
        todo=Notice(line.todo),
        clock=clock,
        can_retry=code not in ENDS_BY_ITSELF,
    )
