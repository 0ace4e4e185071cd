"""What this device did, as lines to read: acts and remarks with time and place, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kiosk.artefacts.slip import HandInSlip
from kiosk.proctor.acts import ActRecord, HandedIn, Noted, SignedAnswer, SignedRoom
from kiosk.proctor.book import Book
from kiosk.proctor.rooms import STARTED
from kiosk.proctor.views import Row
from kiosk.proctor.wording import act_words, room_act_words
from kiosk.words import mark, text

MOST = 20
"""How many are listed."""

KINDS = {
    "present": mark("Present"),
    "absent": mark("Absent"),
    "late": mark("Came late"),
    "incident": mark("Incident"),
    "misconduct": mark("Misconduct"),
    "room": mark("Room record"),
}
"""Kinds of remarks, as the log names them."""
_BY_ITSELF = {STARTED: mark("Common start, code"), "break": mark("Went out, escorted by")}
"""Kinds that the desk notes by itself."""
SPEAKS_FOR_ITSELF = frozenset({"present", "absent", "late"})
"""Kinds that need no words."""


def last_acts(book: Book, lang: str) -> tuple[Row, ...]:
    """The last acts of this device, in whatever session: what it signed, and a common start."""
    records = (record for file in book.sessions for record in book.acts(file.session).records)
    return _newest(book, (one for one in records if _is_act(one)), lang)


def kept(book: Book, session: str, lang: str, most: int | None = MOST) -> tuple[Row, ...]:
    """The last `most` acts and remarks of one session, or all."""
    return _newest(book, book.acts(session).records, lang, most)


def _is_act(record: ActRecord) -> bool:
    return not isinstance(record, Noted) or record.remark.kind == STARTED


def kind_words(kind: str, lang: str) -> str:
    """A kind of remark in words; a newer program's as it is named."""
    named = KINDS | _BY_ITSELF
    return text(named[kind], lang) if kind in named else kind


def time_words(at: int) -> str:
    """Local time of the room, as people there say it."""
    return datetime.fromtimestamp(at).astimezone().strftime("%H:%M")


def _newest(
    book: Book, records: Iterable[ActRecord], lang: str, most: int | None = MOST
) -> tuple[Row, ...]:
    listed: list[tuple[int, Row]] = []
    names = {
        seat.number: seat.name for file in book.sessions for seat in book.expected(file.session)
    }
    for record in records:
        match record:
            case SignedAnswer(act):
                where = book.label(act.terminal) or act.seat or "-"
                listed.append(
                    (act.at, _row(act.at, where, act_words(act.command, act.minutes, lang)))
                )
            case SignedRoom(at, _, purpose, minutes):
                words = room_act_words(purpose, minutes, lang)
                listed.append((at, _row(at, text("Room", lang), words)))
            case Noted(remark):
                kind = kind_words(remark.kind, lang)
                where = names.get(remark.candidate, remark.candidate) or text("Room", lang)
                words = (
                    text("{what}: {said}", lang, what=kind, said=remark.words)
                    if remark.words
                    else kind
                )
                listed.append((remark.at, _row(remark.at, where, words)))
            case HandedIn(at, terminal, leaf):
                code = HandInSlip(leaf).digits if leaf else ""
                words = " ".join(filter(None, (text("Handed in", lang), code)))
                listed.append((at, _row(at, book.label(terminal) or "-", words)))
            case _:
                continue  # what was only seen goes onto the seat map, not before people
    listed.reverse()  # of two acts in one second the later stands first
    listed.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(row for _, row in listed[:most])


def _row(at: int, where: str, what: str) -> Row:
    return Row(time_words(at), where, what)
