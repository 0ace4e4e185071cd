"""What a signature will do, in words: the same for the window and the command line."""

from __future__ import annotations

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.token_words import COMMAND_WORDS
from kiosk.artefacts.tokens import Command
from kiosk.proctor.proposals import Proposal, Purpose, RoomProposal, Seat
from kiosk.words import mark, text

PURPOSE_WORDS: dict[Purpose, str] = {
    "start": mark("Start the whole room"),
    "common": mark("Common start"),
    "resume": mark("Resume the whole room"),
}

PHASE_WORDS: dict[Phase, str] = {
    Phase.LOCKED: mark("Waiting to be started"),
    Phase.INTERRUPTED: mark("Interrupted, waiting to go on"),
    Phase.RUNNING: mark("Exam running"),
    Phase.PAUSED: mark("Paused"),
    Phase.IDLE: mark("Started, nobody is sitting"),
}


def command_words(command: Command, phase: Phase, lang: str) -> str:
    """The name of a command's button; after an interruption a release is a resumption."""
    if command is Command.RELEASE and phase is Phase.INTERRUPTED:
        return text(COMMAND_WORDS[Command.RESUME], lang)
    return text(COMMAND_WORDS[command], lang)


def seat_words(seat: Seat, lang: str) -> str:
    """Seat and candidate, as the desk heads them."""
    where = text("Seat {seat}", lang, seat=seat.label)
    return f"{where} · {seat.candidate.name}" if seat.candidate else where


def effects(proposal: Proposal, lang: str) -> tuple[str, ...]:
    """The lines that say what signing will do, what is left and what it is for."""
    seat, command = proposal.seat, proposal.command
    phase = seat.challenge.phase
    lines: list[str] = []
    match command:
        case Command.RELEASE if phase is Phase.INTERRUPTED:
            lines.append(text("The exam goes on at the same question, no answer is lost", lang))
            lines.append(text("The time of the interruption is not charged", lang))
        case Command.RELEASE:
            lines.append(text("Opens the papers of this session on this terminal", lang))
            if seat.exam is not None:
                exam = seat.exam
                minutes = exam.terms.duration_ms // 60_000
                lines.append(
                    text(
                        "{title}, {minutes} minutes",
                        lang,
                        title=" · ".join(
                            (in_language(exam.discipline, lang), in_language(exam.level, lang))
                        ),
                        minutes=minutes,
                    )
                )
        case Command.RESUME:
            lines.append(text("The clock runs again from where it stopped", lang))
        case Command.EXTEND:
            lines.append(
                text("New time left: {time}", lang, time=clock(proposal.remaining_after_s))
            )
            lines.append(
                text(
                    "The session allows {most} minutes, {used} used so far",
                    lang,
                    most=proposal.most_min,
                    used=seat.challenge.granted_min,
                )
            )
        case Command.PAUSE:
            lines.append(text("The clock stops and the paper is hidden", lang))
        case Command.ABORT:
            lines.append(text("Ends this sitting for good; the answers so far are kept", lang))
        case Command.TRANSFER:
            lines.append(
                text("Ends the exam at this seat; it can no longer be handed in here", lang)
            )
            lines.append(text("It goes on at another computer, with answers and time left", lang))
        case Command.TAKE_OVER:
            lines.append(
                text("The exam on the stick goes on at this computer, and nowhere else", lang)
            )
            lines.append(text("The way here is not charged", lang))
        case Command.ADMIT:
            lines.append(text("The next to sign in may sit here, whosever seat it is", lang))
        case Command.CAUTION:
            lines.append(text("Goes into the record; the exam goes on, the clock runs", lang))
        case Command.GO_OUT:
            lines.append(
                text("Hides the paper until you sign Resume when the candidate is back", lang)
            )
            lines.append(text(_break_clock(seat), lang))
        case Command.ADMIT_WITHOUT_ID:
            lines.append(
                text("Admits the candidate named on the seat's screen without an ID", lang)
            )
            lines.append(text("Two proctors sign it; the station withholds the result", lang))
        case Command.ADMIT_RESERVE:
            lines.append(
                text("Admits the person named on the seat's screen, not on the list", lang)
            )
            lines.append(text("The station withholds the result until it knows who it is", lang))
        case Command.EXIT:
            lines.append(
                text("Leaves the exam program; answers and packages stay on the disk", lang)
            )
    if proposal.words:
        lines.append(text("In your words: {words}", lang, words=proposal.words))
    if command is Command.RELEASE and proposal.minutes:
        lines.append(text("Gives back {minutes} minutes", lang, minutes=proposal.minutes))
    if phase in (Phase.RUNNING, Phase.PAUSED) and command is not Command.EXTEND:
        lines.append(text("Time left: {time}", lang, time=clock(seat.challenge.remaining_s)))
    return tuple(lines)


def _break_clock(seat: Seat) -> str:
    if seat.exam is not None and seat.exam.terms.free_breaks:
        return mark("The clock stands still in the breaks that were granted, then it runs on")
    return mark("The clock runs on unless breaks were granted")


def room_title(proposal: RoomProposal, lang: str) -> str:
    """The act of a room code in a few words."""
    return text(PURPOSE_WORDS[proposal.purpose], lang)


def room_effects(proposal: RoomProposal, lang: str) -> tuple[str, ...]:
    """The lines that say what a room code will do, where, and what is still needed."""
    file = proposal.file
    seats = sum(terminal.seated.seat is not None for terminal in file.terminals)
    if proposal.purpose == "common":
        return (
            text("Room {room}, session {session}", lang, room=file.room, session=file.session),
            text("The exam begins now: who begins later has less time, if so planned", lang),
            text("The code opens nothing; it starts seats where somebody signed in", lang),
        )
    lines = [
        text("Room {room}, session {session}", lang, room=file.room, session=file.session),
        text("Each of {seats} seats and every spare takes it once", lang, seats=seats),
    ]
    if proposal.purpose == "start":
        lines.append(text("Opens the papers of this session", lang))
    else:
        lines.append(text("The exam goes on at the same question, no answer is lost", lang))
    if proposal.minutes:
        lines.append(text("Gives back {minutes} minutes", lang, minutes=proposal.minutes))
    if proposal.first:
        lines.append(text("{name} has signed the first part", lang, name=proposal.first))
    elif not proposal.complete:
        lines.append(text("A second proctor must add a part before a seat takes it", lang))
    return tuple(lines)


def title(proposal: Proposal, lang: str) -> str:
    """The act in a few words: `Extend 15 minutes`."""
    name = command_words(proposal.command, proposal.seat.challenge.phase, lang)
    if proposal.command is Command.EXTEND:
        return text("{act} by {minutes} minutes", lang, act=name, minutes=proposal.minutes)
    return name


def act_words(command: Command, minutes: int, lang: str) -> str:
    """A signed act in a list: `Extend +15`."""
    return _with_minutes(text(COMMAND_WORDS[command], lang), minutes)


def room_act_words(purpose: Purpose, minutes: int, lang: str) -> str:
    """A signed room code in a list."""
    return _with_minutes(text(PURPOSE_WORDS[purpose], lang), minutes)


def _with_minutes(name: str, minutes: int) -> str:
    return f"{name} +{minutes}" if minutes else name


def in_language(words: dict[str, str], lang: str) -> str:
    """A text that came with the exam; in any language when ours is missing."""
    return words.get(lang) or next(iter(words.values()), "")


def clock(seconds: int) -> str:
    """`h:mm:ss`."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
