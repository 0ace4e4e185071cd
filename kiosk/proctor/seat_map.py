"""The page of the room's seats in words: a tile a terminal, figures that add up, one seat's details."""

from __future__ import annotations

from collections import Counter

from msgspec.structs import replace

from kiosk.artefacts.slip import HandInSlip
from kiosk.proctor import views
from kiosk.proctor.live import Known
from kiosk.proctor.rows import KINDS, time_words
from kiosk.proctor.seats import SeatLine, SeatState
from kiosk.proctor.wording import clock
from kiosk.words import explain, mark, ntext, text

STATE_WORDS: dict[SeatState, str] = {
    SeatState.UNSEEN: mark("Not scanned yet"),
    SeatState.LOCKED: mark("Waiting to be started"),
    SeatState.ROOM_CODE: mark("Room code signed"),
    SeatState.STARTED: mark("Started"),
    SeatState.SIGNED_IN: mark("Signed in"),
    SeatState.READY: mark("Waiting for the common start"),
    SeatState.RUNNING: mark("Exam running"),
    SeatState.PAUSED: mark("Paused"),
    SeatState.OUT: mark("Out for a break"),
    SeatState.INTERRUPTED: mark("Interrupted, waiting to go on"),
    SeatState.TROUBLE: mark("In trouble"),
    SeatState.HANDING_IN: mark("Handing in"),
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
    SeatState.SIGNED_IN: ("right", "text"),
    SeatState.READY: ("clock", "text"),
    SeatState.RUNNING: ("right", "accent"),
    SeatState.PAUSED: ("pause", "warn"),
    SeatState.OUT: ("pause", "warn"),
    SeatState.INTERRUPTED: ("warn", "bad"),
    SeatState.TROUBLE: ("warn", "bad"),
    SeatState.HANDING_IN: ("right", "accent"),
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
    SeatState.SIGNED_IN: "running",
    SeatState.READY: "running",
    SeatState.RUNNING: "running",
    SeatState.PAUSED: "stopped",
    SeatState.OUT: "stopped",
    SeatState.INTERRUPTED: "stopped",
    SeatState.TROUBLE: "stopped",
    SeatState.HANDING_IN: "running",
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
    """The seats of one group, each with sign and word; the whole room as it stands, where that is known."""
    placed = shown == "all" and all(line.place is not None for line in lines)
    made = tuple(
        _tile(line, line.terminal == chosen, lang)
        for line in lines
        if shown == "all"
        or (line.due if shown == "due" else _GROUPS[line.state] == shown)
        or line.terminal == chosen
    )
    if not placed:
        return made
    places = {line.terminal: line.place for line in lines}
    ordered = sorted(made, key=lambda tile: places[tile.terminal] or (0, 0))
    return tuple(replace(tile, place=places[tile.terminal]) for tile in ordered)


def details(line: SeatLine, slip: HandInSlip | None, lang: str) -> views.SeatDetails:
    """What is known of one seat, and what may be noted for it."""
    lines = [state_words(line, lang), *_network_words(line, lang)]
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
        if line.live is not None:
            lines.append(text("Time left: {time}", lang, time=time))
        else:
            lines.append(text("Time left when last known: {time}", lang, time=time))
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
    """State, and since when it is known where that is not now."""
    words = _state(line, lang)
    if not line.at or line.heard:
        return words
    return text("{state}, known since {time}", lang, state=words, time=time_words(line.at))


def hint(known: Known, lang: str, *, scans: bool = True) -> str:
    """Where the map comes from, and how far it can be trusted now."""
    fault = explain(known.fault, lang) if known.fault is not None else ""
    choose = text("Choose a seat, or scan a hand-in slip", lang) if scans else ""
    return "\n".join(filter(None, (fault, _source(known, lang), choose)))


def _source(known: Known, lang: str) -> str:
    board = known.board
    if board is None:
        return text("As far as the scans of this desk tell", lang)
    if board.listening:
        return text(
            "Room's network: {heard} of {seats} computers heard, {collected} of {made} packages collected",
            lang,
            heard=board.listening,
            seats=len(board.seats),
            collected=board.collected,
            made=board.made,
        )
    ages = [one.age_ms // 1000 for one in board.seats if one.age_ms is not None]
    if not ages:
        where = known.addresses or "-"
        return text(
            "No computer is heard yet; they reach this desk at {address}. The map tells of scans alone",
            lang,
            address=where,
        )
    return text(
        "The room's network is silent, last heard {age}: this is what was last heard or scanned",
        lang,
        age=ago(min(ages), lang),
    )


def ago(seconds: int, lang: str) -> str:
    """How long ago, as exactly as one needs it."""
    if seconds < 60:
        return text("{n} s ago", lang, n=seconds // 5 * 5)
    if seconds < 7200:
        return text("{n} min ago", lang, n=seconds // 60)
    return text("{n} h ago", lang, n=seconds // 3600)


def _network_words(line: SeatLine, lang: str) -> list[str]:
    """What only the network tells, where there is one."""
    seen = line.seen
    if seen is None:
        return []
    if seen.status is None or seen.age_ms is None:
        return [text("Not heard on the room's network", lang)]
    if seen.silent:
        age = ago(seen.age_ms // 1000, lang)
        return [text("Last heard on the room's network {age}", lang, age=age)]
    told = [text("Heard on the room's network now", lang)]
    if seen.status.mirror_s is not None:
        told.append(text("Mirror {n} s behind", lang, n=seen.status.mirror_s))
    if seen.status.battery is not None:
        told.append(text("On battery, {n} %", lang, n=seen.status.battery))
    if seen.status.incidents:
        told.append(ntext("{n} incident", "{n} incidents", seen.status.incidents, lang))
    return told


def _known_when(line: SeatLine, lang: str) -> list[str]:
    """On a tile: time left where it is live, else how old what it shows is."""
    if line.live is not None:
        if not (line.sat and line.remaining_s):
            return []
        return [text("{n} min left", lang, n=-(-line.remaining_s // 60))]
    if line.heard and line.seen is not None and line.seen.age_ms is not None:
        return [text("heard {age}", lang, age=ago(line.seen.age_ms // 1000, lang))]
    return [time_words(line.at)] if line.at else []


def _state(line: SeatLine, lang: str) -> str:
    words = text(STATE_WORDS[line.state], lang)
    status = line.seen.status if line.heard and line.seen is not None else None
    if status is not None and status.trouble:
        return f"{words} {status.trouble}"
    return words


def _actions(line: SeatLine, slip: HandInSlip | None, lang: str) -> tuple[views.SeatAction, ...]:
    if slip is not None:
        return (
            views.SeatAction("slip", text("The slip is from here", lang)),
            views.SeatAction("cancel", text("Not from here", lang)),
        )
    made = []
    if line.live is not None and line.live.challenge:
        made.append(views.SeatAction("sign", text("Sign for this seat", lang)))
    made.append(views.SeatAction("done", text("Handed in, without a slip", lang)))
    if line.candidate is not None:
        made += [
            views.SeatAction("present", text("Present", lang)),
            views.SeatAction("late", text("Came late", lang)),
            views.SeatAction("absent", text("Absent", lang)),
        ]
    return tuple(made)


def _tile(line: SeatLine, chosen: bool, lang: str) -> views.SeatTile:
    sign, tone = _LOOKS[line.state]
    words = _state(line, lang)
    if line.attendance == "absent" and not line.sat:
        sign, tone, words = "minus", "quiet", text(KINDS["absent"], lang)
    notes = _known_when(line, lang)
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
