"""The page of the room's seats in words: a tile a terminal, figures that add up, one seat's details."""

from __future__ import annotations

from collections import Counter

from kiosk.artefacts.slip import HandInSlip
from kiosk.proctor import views
from kiosk.proctor.rows import KINDS, time_words
from kiosk.proctor.seats import SeatLine, SeatState
from kiosk.proctor.wording import clock
from kiosk.words import mark, ntext, text

STATE_WORDS: dict[SeatState, str] = {
    SeatState.UNSEEN: mark("Not scanned yet"),
    SeatState.LOCKED: mark("Waiting to be started"),
    SeatState.ROOM_CODE: mark("Room code signed"),
    SeatState.STARTED: mark("Started"),
    SeatState.RUNNING: mark("Exam running"),
    SeatState.PAUSED: mark("Paused"),
    SeatState.OUT: mark("Out for a break"),
    SeatState.INTERRUPTED: mark("Interrupted, waiting to go on"),
    SeatState.MOVED: mark("Exam moved away"),
    SeatState.DONE: mark("Handed in"),
    SeatState.ENDED: mark("Ended"),
    SeatState.LEFT: mark("Program left"),
}

_LOOKS: dict[SeatState, tuple[views.Emblem, views.Tone]] = {
    SeatState.UNSEEN: ("none", "quiet"),
    SeatState.LOCKED: ("clock", "quiet"),
    SeatState.ROOM_CODE: ("right", "text"),
    SeatState.STARTED: ("right", "text"),
    SeatState.RUNNING: ("right", "accent"),
    SeatState.PAUSED: ("pause", "warn"),
    SeatState.OUT: ("pause", "warn"),
    SeatState.INTERRUPTED: ("warn", "bad"),
    SeatState.MOVED: ("up", "quiet"),
    SeatState.DONE: ("tick", "ok"),
    SeatState.ENDED: ("cross", "text"),
    SeatState.LEFT: ("minus", "quiet"),
}

_GROUPS: dict[SeatState, views.SeatFilter] = {
    SeatState.UNSEEN: "waiting",
    SeatState.LOCKED: "waiting",
    SeatState.ROOM_CODE: "running",
    SeatState.STARTED: "running",
    SeatState.RUNNING: "running",
    SeatState.PAUSED: "stopped",
    SeatState.OUT: "stopped",
    SeatState.INTERRUPTED: "stopped",
    SeatState.MOVED: "over",
    SeatState.DONE: "over",
    SeatState.ENDED: "over",
    SeatState.LEFT: "over",
}

_FILTERS: dict[views.SeatFilter, str] = {
    "all": mark("All {n}"),
    "waiting": mark("Not started {n}"),
    "running": mark("Started {n}"),
    "stopped": mark("Stopped {n}"),
    "over": mark("Over {n}"),
    "due": mark("To collect {n}"),
}


def filters(
    lines: tuple[SeatLine, ...], chosen: views.SeatFilter, lang: str
) -> tuple[views.FilterChoice, ...]:
    """How many seats are in each group; all but the last add up to the first."""
    counted = Counter(_GROUPS[line.state] for line in lines)
    counted["all"] = len(lines)
    counted["due"] = sum(line.due for line in lines)
    return tuple(
        views.FilterChoice(name, text(words, lang, n=counted[name]), name == chosen)
        for name, words in _FILTERS.items()
    )


def tiles(
    lines: tuple[SeatLine, ...], shown: views.SeatFilter, chosen: bytes, lang: str
) -> tuple[views.SeatTile, ...]:
    """The seats of one group, each with sign and word."""
    return tuple(
        _tile(line, line.terminal == chosen, lang)
        for line in lines
        if shown == "all"
        or (line.due if shown == "due" else _GROUPS[line.state] == shown)
        or line.terminal == chosen
    )


def details(line: SeatLine, slip: HandInSlip | None, lang: str) -> views.SeatDetails:
    """What is known of one seat, and what may be noted for it."""
    lines = [state_words(line, lang)]
    person = line.candidate
    if person is not None:
        lines.append(text("Candidate number {number}", lang, number=person.number))
    if line.attendance:
        lines.append(text(KINDS[line.attendance], lang))
    if line.moved and line.state is SeatState.MOVED:
        lines.append(text("Went on at seat {seat}", lang, seat=line.moved))
    elif line.moved:
        lines.append(text("Came from seat {seat}", lang, seat=line.moved))
    if line.remaining_s and line.sat:
        time = clock(line.remaining_s)
        lines.append(text("Time left when last scanned: {time}", lang, time=time))
    if line.extended_min:
        lines.append(ntext("{n} minute added", "{n} minutes added", line.extended_min, lang))
    if line.given_back_min:
        lines.append(
            ntext("{n} minute given back", "{n} minutes given back", line.given_back_min, lang)
        )
    if line.head:
        lines.append(
            text(
                "Record: {n} entries, {head}", lang, n=line.count, head=line.head[:4].hex().upper()
            )
        )
    if line.code:
        lines.append(text("Hand-in code {code}", lang, code=line.code))
    if line.package:
        lines.append(text("Collected: package {n}", lang, n=line.package))
    elif line.due:
        lines.append(text("Still to collect", lang))
    heading = text("Seat {seat}", lang, seat=line.label)
    if line.spare:
        heading = text("Spare {seat}", lang, seat=line.label)
    if person is not None:
        heading = f"{heading} · {person.name}"
    return views.SeatDetails(heading, tuple(lines), _actions(line, slip, lang))


def state_words(line: SeatLine, lang: str) -> str:
    """State and since when it is known."""
    words = text(STATE_WORDS[line.state], lang)
    if not line.at:
        return words
    return text("{state}, known since {time}", lang, state=words, time=time_words(line.at))


def _actions(line: SeatLine, slip: HandInSlip | None, lang: str) -> tuple[views.SeatAction, ...]:
    if slip is not None:
        return (
            views.SeatAction("slip", text("The slip is from here", lang)),
            views.SeatAction("cancel", text("Not from here", lang)),
        )
    made = [views.SeatAction("done", text("Handed in, without a slip", lang))]
    if line.candidate is not None:
        made += [
            views.SeatAction("present", text("Present", lang)),
            views.SeatAction("late", text("Came late", lang)),
            views.SeatAction("absent", text("Absent", lang)),
        ]
    return tuple(made)


def _tile(line: SeatLine, chosen: bool, lang: str) -> views.SeatTile:
    sign, tone = _LOOKS[line.state]
    words = text(STATE_WORDS[line.state], lang)
    if line.attendance == "absent" and not line.sat:
        sign, tone, words = "minus", "quiet", text(KINDS["absent"], lang)
    notes = [time_words(line.at)] if line.at else []
    if line.package:
        notes.append(text("collected", lang))
    elif line.due and line.state in (SeatState.DONE, SeatState.ENDED):
        notes.append(text("to collect", lang))
    name = line.candidate.name if line.candidate is not None else ""
    if line.spare and not name:
        name = text("Spare", lang)
    return views.SeatTile(
        line.terminal, line.label, name, words, " · ".join(notes), sign, tone, chosen
    )
