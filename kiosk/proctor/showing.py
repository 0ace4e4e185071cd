"""From the flow's state to its views: every text of the desk's window that depends on what is true."""

from __future__ import annotations

from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.release import ReleaseFile
from kiosk.artefacts.token_words import REASON_WORDS
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import KioskError
from kiosk.proctor import seat_map, views
from kiosk.proctor.desk import Desk
from kiosk.proctor.live import Known
from kiosk.proctor.papers import PAPERS
from kiosk.proctor.proposals import (
    COMMANDS,
    NEEDS_REASON,
    NEEDS_WORDS,
    Proposal,
    Purpose,
    RoomProposal,
    Seat,
    most_minutes,
    most_room_minutes,
)
from kiosk.proctor.rows import KINDS, MOST, kept, last_acts, time_words
from kiosk.proctor.seats import SeatLine
from kiosk.proctor.state import RoomSubject, State
from kiosk.proctor.wording import (
    PHASE_WORDS,
    PURPOSE_WORDS,
    clock,
    command_words,
    effects,
    in_language,
    room_effects,
    room_title,
    seat_words,
    title,
)
from kiosk.words import explain, mark, ntext, text

USUAL_EXTENSION_MIN = 5
_QUICK = {Command.EXTEND: (5, 10, 20), Command.RELEASE: (0, 3, 5, 10)}
_GIVEN_BACK = _QUICK[Command.RELEASE]


def locked(state: State, name: str, ready: bool, card: bool, waiting: bool) -> views.Locked:
    message = _message(state)
    if not ready:
        message = text("No key was made on this device yet: kiosk proctor enrol", state.lang)
    return views.Locked(state.lang, name, ready, card, waiting, message)


def signing(
    state: State, desk: Desk, proposal: Proposal | RoomProposal | KioskError | None
) -> views.Signing:
    """The desk's page; `proposal` is what would be signed now, or why it may not be."""
    return views.Signing(
        lang=state.lang,
        header=header(state, desk),
        subject=_subject(state, desk),
        offer=_offer(state, proposal),
        code=_code(state),
        rows=last_acts(desk, state.lang),
        message=_message(state),
    )


def notebook(state: State, desk: Desk) -> views.Notebook:
    lang = state.lang
    people = (
        views.Person(name.number, _person(name.seat, name.name, name.number, lang))
        for name in desk.expected(state.session)
    )
    said = text(state.done, lang) if state.done else _message(state)
    return views.Notebook(
        lang=lang,
        header=header(state, desk),
        session=state.session,
        sessions=tuple((file.session, _session_words(file, lang)) for file in desk.sessions),
        people=(views.Person("", text("The whole room", lang)), *people),
        kinds=tuple((kind, text(words, lang)) for kind, words in KINDS.items()),
        rows=kept(desk, state.session, lang, None if state.shows else MOST),
        papers=tuple((kind, text(words, lang)) for kind, words in PAPERS.items()),
        message=said,
        good=bool(state.done),
    )


def seats(state: State, desk: Desk, known: Known) -> views.Seats:
    """The map of one session's seats."""
    lang = state.lang
    lines = known.lines
    chosen = next((line for line in lines if line.terminal == state.seat), None)
    hint = seat_map.hint(known, lang, scans=not state.shows)
    if state.slip is not None:
        hint = text("Slip {code}: choose the seat it is from", lang, code=state.slip.digits)
    return views.Seats(
        lang=lang,
        header=header(state, desk),
        session=state.session,
        sessions=tuple((file.session, _session_words(file, lang)) for file in desk.sessions),
        filters=seat_map.filters(lines, state.shown, lang),
        tiles=seat_map.tiles(lines, state.shown, state.seat, lang),
        details=None if chosen is None else _details(state, chosen),
        hint=hint,
        drills=_drills(state),
        message=text(state.done, lang) if state.done else _message(state),
        good=bool(state.done),
    )


def _details(state: State, chosen: SeatLine) -> views.SeatDetails:
    details = seat_map.details(chosen, state.slip, state.lang)
    return replace(details, actions=()) if state.shows else details


_DRILLS: dict[views.Drill, str] = {
    "power": mark("Power cut"),
    "alarm": mark("Fire alarm"),
    "broken": mark("A computer fails"),
    "hand-in": mark("All hand in"),
}


def _drills(state: State) -> tuple[tuple[views.Drill, str], ...]:
    if not state.practice:
        return ()
    return tuple((name, text(words, state.lang)) for name, words in _DRILLS.items())


def header(state: State, desk: Desk) -> views.Header:
    """Which session and until when, from the session now open or the next."""
    lang, now = state.lang, desk.now()
    ahead = [file for file in desk.sessions if file.closes_at >= now]
    file = next(iter(ahead or desk.sessions), None)
    if file is None:
        nothing = text("No session on this device yet", lang)
        return views.Header(desk.name, nothing, "")
    not_after = desk.keys.record.not_after
    if state.practice:
        never = text("Practice: no exam computer takes these codes", lang)
        return views.Header(desk.name, _session_words(file, lang), never, practice=True)
    if state.shows:
        only = text("Read only, for inspectors", lang)
        return views.Header(desk.name, _session_words(file, lang), only, shows=True)
    until = min(file.closes_at, not_after) if not_after is not None else file.closes_at
    may_start = file.opens_at <= now <= until
    validity = (
        text("Can start the exam until {time}", lang, time=time_words(until))
        if may_start
        else text("The window is closed", lang)
    )
    return views.Header(desk.name, _session_words(file, lang), validity, may_start)


def extension_left_min(seat: Seat) -> int:
    """Minutes that the session still allows to add."""
    return max(0, most_minutes(seat, Command.EXTEND) - seat.challenge.granted_min)


# --- the three steps ------------------------------------------------------------------------------


def _subject(state: State, desk: Desk) -> views.Subject:
    lang = state.lang
    match state.subject:
        case None:
            return views.Subject(rooms=_rooms(state, desk))
        case RoomSubject(proposal):
            heading = text("Room {room}", lang, room=proposal.file.room)
            return views.Subject(
                heading, (_session_words(proposal.file, lang),), rooms=_rooms(state, desk)
            )
        case seat:
            challenge = seat.challenge
            lines = [text(PHASE_WORDS[challenge.phase], lang)]
            if challenge.phase in (Phase.RUNNING, Phase.PAUSED, Phase.INTERRUPTED):
                left = clock(challenge.remaining_s)
                lines.append(text("Time left: {time}", lang, time=left))
            commands = tuple(
                views.Choice(
                    command,
                    command_words(command, challenge.phase, lang),
                    chosen=command is state.command,
                )
                for command in COMMANDS[challenge.phase]
            )
            shown = () if state.signed else commands
            return views.Subject(seat_words(seat, lang), (" · ".join(lines),), shown)


def _rooms(state: State, desk: Desk) -> tuple[views.RoomChoice, ...]:
    if state.signed is not None:
        return ()
    chosen = state.subject.proposal if isinstance(state.subject, RoomSubject) else None
    if chosen is not None and chosen.first:
        return ()
    now = desk.now()
    choices = []
    files = [file for file in desk.sessions if file.closes_at >= now] or list(desk.sessions)
    purposes: tuple[Purpose, ...]
    for file in files:
        together = bool(desk.release(file.session)[1].start)
        purposes = ("start", "common", "resume") if together else ("start", "resume")
        name = f" · {file.session}" if len(files) > 1 else ""
        for purpose in purposes:
            is_chosen = (
                chosen is not None
                and chosen.file.session == file.session
                and chosen.purpose == purpose
            )
            words = text(PURPOSE_WORDS[purpose], state.lang)
            choices.append(views.RoomChoice(file.session, purpose, words + name, is_chosen))
    return tuple(choices)


def _offer(
    state: State, proposal: Proposal | RoomProposal | KioskError | None
) -> views.Offer | None:
    lang = state.lang
    if state.signed is not None:
        heading, lines = _said(state.signed.proposal, lang)
        return views.Offer(state.serial, heading, lines, signed=True)
    if state.subject is None:
        return None
    if isinstance(state.subject, Seat) and state.command is None:
        return views.Offer(state.serial, "", (), missing=text("Choose what to sign", lang))
    drawn = _as_it_would_be(state)
    heading, lines = _said(drawn, lang)
    if state.network and (isinstance(drawn, Proposal) or drawn.complete):
        lines = (*lines, text("The room's network takes it to the seats at once", lang))
    missing = explain(proposal, lang) if isinstance(proposal, KioskError) else ""
    ending = isinstance(drawn, Proposal) and drawn.command is Command.ABORT
    return views.Offer(
        serial=state.serial,
        title=heading,
        lines=lines,
        reasons=_reasons(state),
        minutes=_minutes(state),
        words=state.words if state.command in NEEDS_WORDS else None,
        asks=_asks(state),
        missing=missing,
        signable=state.read and not missing,
        confirming=state.confirming,
        question=text("This cannot be undone. End the sitting?", lang) if ending else "",
    )


def _said(proposal: Proposal | RoomProposal, lang: str) -> tuple[str, tuple[str, ...]]:
    """What a signature does, in a few words and in lines."""
    if isinstance(proposal, RoomProposal):
        return room_title(proposal, lang), room_effects(proposal, lang)
    lines = effects(proposal, lang)
    if proposal.reason is not Reason.NONE:
        # Said with the rest, not only chosen: it goes into the log under the proctor's name.
        reason = text(REASON_WORDS[proposal.reason], lang)
        lines = (*lines, text("Reason: {reason}", lang, reason=reason))
    return title(proposal, lang), lines


def _as_it_would_be(state: State) -> Proposal | RoomProposal:
    """What the choices say, permitted or not: the reader sees why not beside it."""
    match state.subject:
        case RoomSubject(proposal, first):
            if first:
                return proposal
            return RoomProposal(proposal.file, proposal.purpose, state.minutes, proposal.number)
        case Seat() as seat if state.command is not None:
            return Proposal(seat, state.command, state.minutes, state.reason, state.words)
        case _:
            raise ValueError("nothing is chosen")


def _asks(state: State) -> str:
    if state.command is Command.GO_OUT:
        return text("Who goes along", state.lang)
    return text("What happened", state.lang) if state.command is Command.CAUTION else ""


def _reasons(state: State) -> tuple[views.ReasonChoice, ...]:
    if state.command not in NEEDS_REASON and state.command is not Command.PAUSE:
        return ()
    if _used_up(state):
        return ()
    return tuple(
        views.ReasonChoice(reason, text(words, state.lang), chosen=reason is state.reason)
        for reason, words in REASON_WORDS.items()
        if reason is not Reason.NONE
    )


def _used_up(state: State) -> bool:
    """Whether there is nothing left to choose: the session allows no more minutes."""
    return (
        isinstance(state.subject, Seat)
        and state.command is Command.EXTEND
        and extension_left_min(state.subject) == 0
    )


def _minutes(state: State) -> views.Minutes | None:
    if _used_up(state):
        return None
    match state.subject:
        case Seat() as seat if state.command is Command.EXTEND:
            most = extension_left_min(seat)
            quick = tuple(minutes for minutes in _QUICK[Command.EXTEND] if minutes <= most)
            return views.Minutes(state.minutes, min(1, most), most, quick)
        case Seat() as seat if (
            state.command is Command.RELEASE and seat.challenge.phase is Phase.INTERRUPTED
        ):
            most = most_minutes(seat, Command.RELEASE)
            return views.Minutes(state.minutes, 0, most, _GIVEN_BACK)
        case RoomSubject(proposal, "") if proposal.purpose == "resume":
            return views.Minutes(state.minutes, 0, most_room_minutes(proposal.file), _GIVEN_BACK)
        case _:
            return None


def _code(state: State) -> views.Code | None:
    signed, lang = state.signed, state.lang
    if signed is None:
        return None
    proposal = signed.proposal
    carried = ""
    if signed.offered:
        carried = text("Seats on the room's network have it; others scan it", lang)
    if isinstance(proposal, Proposal):
        label = proposal.seat.label
        return views.Code(
            text=signed.text,
            heading=text("Show this at seat {seat}", lang, seat=label),
            use=text("Practice code, for seat {seat} alone", lang, seat=label)
            if state.practice
            else text("Only for seat {seat}, once", lang, seat=label),
            then=" ".join(filter(None, (_then(proposal, lang), carried))),
            timed=True,
        )
    if proposal.purpose == "common":
        return views.Code(
            text=f"{signed.text[:3]} {signed.text[3:]}",
            heading=text("Say this to the room", lang),
            use=text("Each candidate types it, or you do", lang),
            then=" ".join(
                filter(None, (text("Who comes later takes the same code", lang), carried))
            ),
            timed=False,
            spoken=True,
        )
    if proposal.complete:
        return views.Code(
            text=signed.text,
            heading=text("Show this at every seat", lang),
            use=text("Practice code: no exam computer takes it", lang)
            if state.practice
            else text("Each seat takes it once", lang),
            then=carried
            or text("Carry it from seat to seat; a seat that went on takes no more of it", lang),
            timed=False,
        )
    return views.Code(
        text=signed.text,
        heading=text("Show this to the second proctor", lang),
        use=text("No seat takes it yet", lang),
        then=text("The second proctor's desk scans it and shows the code for the seats", lang),
        timed=False,
    )


def _then(proposal: Proposal, lang: str) -> str:
    if proposal.command is not Command.RELEASE or proposal.seat.proctors_needed == 1:
        return ""
    return text("Then the other proctor scans the same terminal", lang)


# --- small things -----------------------------------------------------------------------------


def _message(state: State) -> str:
    return explain(state.message, state.lang) if state.message is not None else ""


def _session_words(file: ReleaseFile, lang: str) -> str:
    exams = dict.fromkeys(
        f"{in_language(exam.discipline, lang)} {in_language(exam.level, lang)}"
        for exam in file.exams
    )
    seats = sum(terminal.seated.seat is not None for terminal in file.terminals)
    return " · ".join(
        (
            text("Room {room}", lang, room=file.room),
            *exams,
            f"{time_words(file.opens_at)}–{time_words(file.closes_at)}",
            ntext("{n} seat", "{n} seats", seats, lang),
        )
    )


def _person(seat: str | None, name: str, number: str, lang: str) -> str:
    where = text("Seat {seat}", lang, seat=seat) if seat else ""
    return " · ".join(filter(None, (where, name, number)))
