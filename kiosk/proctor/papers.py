"""The papers of a room, made from what this desk signed, scanned and noted: before, during and after.

What the desk does not know is left open for a pen: a box to tick, a line to sign. Nothing is guessed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import assert_never

from kiosk.artefacts.release import ReleaseFile, SeatName
from kiosk.artefacts.slip import HandInSlip
from kiosk.artefacts.token_words import REASON_WORDS
from kiosk.artefacts.tokens import Command, Reason
from kiosk.documents.content import (
    Block,
    Document,
    Facts,
    Grid,
    Heading,
    Lines,
    Signatures,
    Table,
    Text,
)
from kiosk.proctor.acts import HandedIn, Noted, SignedAnswer, SignedRoom
from kiosk.proctor.book import Book
from kiosk.proctor.rooms import STARTED
from kiosk.proctor.rows import KINDS, kind_words, time_words
from kiosk.proctor.seats import ATTENDANCE, SeatLine
from kiosk.proctor.views import Paper
from kiosk.proctor.wording import act_words, in_language, room_act_words
from kiosk.trust.durable import PUBLIC_FILE, write_durable
from kiosk.words import mark, text

PAPERS: dict[Paper, str] = {
    "door": mark("Door list"),
    "plan": mark("Seat plan"),
    "attendance": mark("Attendance sheet"),
    "record": mark("Room record"),
    "notice": mark("Misconduct notice"),
}

_PLAN_COLUMNS = 5
_MOST_PLAN_COLUMNS = 9
"""Where more stand side by side, the plan is a list in the order of the seats."""
_AISLE = ("", "", "")


def paper(
    book: Book, session: str, kind: Paper, lang: str, *, candidate: str = "", words: str = ""
) -> Document:
    """One paper of a session; `candidate` and `words` are for the notice.

    Raises:
        NotPermitted: an unknown session.
    """
    file, secret = book.release(session)
    people = sorted(secret.seats, key=lambda name: (name.seat or "", name.number))
    match kind:
        case "door":
            blocks = _door(file, people, lang)
        case "plan":
            blocks = _plan(book, file, lang)
        case "attendance":
            blocks = _attendance(file, people, lang)
        case "record":
            blocks = _record(book, file, people, lang)
        case "notice":
            blocks = _notice(file, people, candidate, words, lang)
        case _:
            assert_never(kind)
    made = text(
        "Made at the desk of {name}, {time}", lang, name=book.name, time=_date_time(book.now())
    )
    return Document(
        lang=lang,
        title=text(PAPERS[kind], lang),
        subtitle=_exams(file, lang),
        blocks=(Facts(_where(file, lang)), *blocks),
        footer=f"{file.session} · {made}",
        made_at=book.now(),
    )


def save_paper(
    document: Document, kind: Paper, session: str, candidate: str, folder: Path, templates: Path
) -> Path:
    """Writes the PDF into `folder` and returns its file.

    Raises:
        KioskError: no font for Chinese.
        InputRefused: the device's own template cannot be used.
        StorageFault: the folder does not take it.
    """
    from kiosk.documents.pdf import to_pdf  # here: a desk that prints nothing loads no typesetter

    whom = f"-{hashlib.sha256(candidate.encode()).hexdigest()[:8]}" if candidate else ""
    path = folder / f"{session}-{kind}{whom}.pdf"
    write_durable(path, to_pdf(document, templates), PUBLIC_FILE)
    return path


def _where(file: ReleaseFile, lang: str) -> tuple[tuple[str, str], ...]:
    day = datetime.fromtimestamp(file.opens_at).astimezone().strftime("%Y-%m-%d")
    hours = f"{time_words(file.opens_at)}–{time_words(file.closes_at)}"
    return (
        (text("Exam room", lang), file.room),
        (text("Session", lang), file.session),
        (text("Round", lang), file.round),
        (text("Time", lang), f"{day} {hours}"),
    )


def _door(file: ReleaseFile, people: list[SeatName], lang: str) -> tuple[Block, ...]:
    rows = tuple(
        (person.seat or "", person.number, person.name, _exam(file, person.exam, lang))
        for person in people
    )
    columns = _columns(lang, "Seat", "Number", "Name", "Exam")
    return (Table(columns, (1, 3, 2, 4), rows),)


def _plan(book: Book, file: ReleaseFile, lang: str) -> tuple[Block, ...]:
    lines = book.seats(file.session)
    places = [line.place for line in lines]
    known = [place for place in places if place is not None]
    rows, columns = (_with_aisles({place[axis] for place in known}) for axis in (0, 1))
    if not known or len(known) < len(lines) or len(columns) > _MOST_PLAN_COLUMNS:
        return (Grid(_PLAN_COLUMNS, tuple(_plan_cell(line, lang) for line in lines)),)
    stands = {line.place: _plan_cell(line, lang) for line in lines}
    cells = [stands.get((row, column), _AISLE) for row in rows for column in columns]
    front = Text(text("The front of the room is above", lang))
    return front, Grid(len(columns), tuple(cells))


def _with_aisles(numbers: set[int]) -> list[int]:
    """Rows or columns in order, and 0 where some are left out between two."""
    found: list[int] = []
    for number in sorted(numbers):
        found += [0, number] if found and number > found[-1] + 1 else [number]
    return found


def _plan_cell(line: SeatLine, lang: str) -> tuple[str, str, str]:
    name = line.candidate.name if line.candidate else text("Spare", lang) if line.spare else ""
    number = line.candidate.number if line.candidate else ""
    return line.label, name, " ".join(filter(None, (number, line.machine)))


def _attendance(file: ReleaseFile, people: list[SeatName], lang: str) -> tuple[Block, ...]:
    boxes = _boxes(lang)
    rows = tuple(
        (person.seat or "", person.number, person.name, boxes, "", "") for person in people
    )
    columns = _columns(
        lang, "Seat", "Number", "Name", "Attendance", "Signature, coming in", "Signature, leaving"
    )
    return (
        Table(columns, (2, 4, 3, 7, 5, 5), rows, row_pt=9),
        _signatures(file, lang),
    )


def _record(book: Book, file: ReleaseFile, people: list[SeatName], lang: str) -> tuple[Block, ...]:
    records = book.acts(file.session).records
    lines = {line.candidate.number: line for line in book.seats(file.session) if line.candidate}
    names = {person.number: person.name for person in people}
    noted = [record.remark for record in records if isinstance(record, Noted)]
    last = {one.candidate: one.kind for one in noted if one.kind in ATTENDANCE}
    came = {number for number, line in lines.items() if line.sat} - last.keys()
    counted = {kind: sum(one == kind for one in last.values()) for kind in ATTENDANCE}
    counted["present"] += len(came)
    open_ = len(people) - sum(counted.values())

    def presence(number: str) -> str:
        if number in last:
            return text(KINDS[last[number]], lang)
        return text("Present", lang) if number in came else _boxes(lang)

    facts = Facts(
        (
            (text("Expected", lang), str(len(people))),
            (text("Present", lang), str(counted["present"])),
            (text("Came late", lang), str(counted["late"])),
            (text("Absent", lang), str(counted["absent"])),
            (text("Not noted", lang), str(open_)),
            (text("Handed in, by slips", lang), str(_handed(book, file))),
        )
    )
    attendance = Table(
        _columns(lang, "Seat", "Number", "Name", "Attendance", "Proctor 1", "Proctor 2"),
        (2, 4, 3, 5, 3, 3),
        tuple(
            (person.seat or "", person.number, person.name, presence(person.number), "", "")
            for person in people
        ),
    )
    none = text("None", lang)
    incidents = Table(
        _columns(lang, "Time", "Kind", "Whom it is about", "In a few words"),
        (2, 3, 4, 9),
        tuple(
            (
                time_words(one.at),
                kind_words(one.kind, lang),
                names.get(one.candidate, one.candidate) or text("The whole room", lang),
                one.words,
            )
            for one in noted
            if one.kind != STARTED and (one.kind not in ATTENDANCE or one.words)
        ),
        none=none,
    )
    signed = Table(
        _columns(lang, "Time", "Seat", "Act", "Reason"),
        (2, 3, 6, 6),
        tuple(_signed(book, file, lang)),
        none=none,
    )
    return (
        facts,
        Heading(text("Attendance", lang)),
        attendance,
        Heading(text("Incidents", lang)),
        incidents,
        Heading(
            text("Signed at this desk: starts, extra time, time given back, changes of seat", lang)
        ),
        signed,
        Heading(text("Hand-in codes", lang)),
        Table(
            _columns(lang, "Time", "Seat", "Name", "Hand-in code", "Collected"),
            (2, 2, 4, 5, 3),
            tuple(_codes(book, file, lang)),
            none=none,
        ),
        Text(text("What the desk does not know, and remarks by hand:", lang)),
        Lines(2),
        _signatures(file, lang),
    )


def _signed(book: Book, file: ReleaseFile, lang: str) -> Iterator[tuple[str, ...]]:
    room = text("The whole room", lang)
    for record in book.acts(file.session).records:
        match record:
            case SignedAnswer(act):
                again = act.command is Command.RELEASE and act.count > 0 and act.minutes
                words = act_words(act.command, act.minutes, lang)
                if again:
                    words = text("Resumed, {n} minutes given back", lang, n=act.minutes)
                why = text(REASON_WORDS[act.reason], lang) if act.reason is not Reason.NONE else ""
                yield time_words(act.at), book.label(act.terminal), words, why
            case SignedRoom(at, _, purpose, minutes):
                yield time_words(at), room, room_act_words(purpose, minutes, lang), ""
            case Noted(remark) if remark.kind == STARTED:
                yield time_words(remark.at), room, kind_words(STARTED, lang), remark.words
            case _:
                continue


def _codes(book: Book, file: ReleaseFile, lang: str) -> Iterator[tuple[str, ...]]:
    lines = {line.terminal: line for line in book.seats(file.session)}
    for record in book.acts(file.session).records:
        if isinstance(record, HandedIn) and record.terminal in lines:
            line = lines[record.terminal]
            name = line.candidate.name if line.candidate else ""
            code = HandInSlip(record.leaf).digits if record.leaf else text("No slip", lang)
            yield (
                time_words(record.at),
                line.label,
                name,
                code,
                f"✓ {line.package}" if line.package else "☐",
            )


def _handed(book: Book, file: ReleaseFile) -> int:
    return sum(bool(line.code) for line in book.seats(file.session))


def _notice(
    file: ReleaseFile, people: list[SeatName], candidate: str, words: str, lang: str
) -> tuple[Block, ...]:
    person = next((one for one in people if one.number == candidate), None)
    about = (
        (text("Name", lang), person.name if person else ""),
        (text("Number", lang), candidate),
        (text("Seat", lang), (person.seat or "") if person else ""),
        (text("Exam", lang), _exam(file, person.exam, lang) if person else ""),
    )
    happened: tuple[Block, ...] = (Text(words),) if words else (Lines(3),)
    return (
        Facts(about),
        Heading(text("What was seen", lang)),
        *happened,
        Text(
            text(
                "The proctors recorded this. The room decides nothing about a result: the "
                "certification body does, and hears you before it does.",
                lang,
            )
        ),
        Heading(text("What the candidate says", lang)),
        Lines(4),
        Text(text("☐ The candidate does not want to sign", lang)),
        Signatures((text("Candidate", lang), *_proctors(file, lang)), text("Date, time", lang)),
    )


def _signatures(file: ReleaseFile, lang: str) -> Signatures:
    return Signatures(_proctors(file, lang), text("Date, time", lang))


def _proctors(file: ReleaseFile, lang: str) -> tuple[str, ...]:
    return tuple(text("Proctor {name}", lang, name=proctor.name) for proctor in file.proctors)


def _boxes(lang: str) -> str:
    return "  ".join(f"☐ {text(KINDS[kind], lang)}" for kind in ("present", "late", "absent"))


def _columns(lang: str, *names: str) -> tuple[str, ...]:
    return tuple(text(_COLUMNS[name], lang) for name in names)


def _exam(file: ReleaseFile, identifier: str, lang: str) -> str:
    exam = next((exam for exam in file.exams if exam.id == identifier), None)
    if exam is None:
        return ""
    return f"{in_language(exam.discipline, lang)} {in_language(exam.level, lang)}"


def _exams(file: ReleaseFile, lang: str) -> str:
    return " · ".join(dict.fromkeys(_exam(file, exam.id, lang) for exam in file.exams))


def _date_time(at: int) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M")


_COLUMNS = {
    "Seat": mark("Seat"),
    "Number": mark("Number"),
    "Name": mark("Name"),
    "Exam": mark("Exam"),
    "Attendance": mark("Attendance"),
    "Signature, coming in": mark("Signature, coming in"),
    "Signature, leaving": mark("Signature, leaving"),
    "Proctor 1": mark("Proctor 1"),
    "Proctor 2": mark("Proctor 2"),
    "Time": mark("Time"),
    "Kind": mark("Kind"),
    "Whom it is about": mark("Whom it is about"),
    "In a few words": mark("In a few words"),
    "Act": mark("Act"),
    "Reason": mark("Reason"),
    "Hand-in code": mark("Hand-in code"),
    "Collected": mark("Collected"),
}
