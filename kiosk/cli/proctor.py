"""`kiosk proctor ...`: the desk, and the same without a screen."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable
from enum import IntEnum
from pathlib import Path
from typing import Annotated, TypeVar, cast, get_args

import typer

from kiosk import __version__
from kiosk.artefacts.exchange import PORT
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.tokens import Command, Reason
from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.desk import Desk
from kiosk.proctor.device import Device
from kiosk.proctor.live import Network
from kiosk.proctor.proposals import NEEDS_REASON, NEEDS_WORDS, Purpose
from kiosk.proctor.wording import effects, room_effects, room_title, seat_words, title
from kiosk.trust.durable import storage, write_durable
from kiosk.trust.keystore import card_text, new_card, read_card
from kiosk.words import explain, mark, text

app = typer.Typer(
    no_args_is_help=True, help="The proctor's desk: what a proctor signs, and the key."
)

E = TypeVar("E", bound=IntEnum)

State = Annotated[Path, typer.Option(help="Folder of this proctor's device.")]
CardFile = Annotated[Path, typer.Option(help="File with the text of the proctor's card (K1:...).")]
PinFile = Annotated[
    Path | None, typer.Option(help="File with the PIN, for scripts. Asked for when not given.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Sign without asking once more.")]
Port = Annotated[
    int, typer.Option(min=0, max=65535, help="The port terminals ask at; 0 for any that is free.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON value, for machines.")]


@app.command()
def enrol(
    name: Annotated[str, typer.Option(help="The proctor's name.")],
    state: State,
    card: Annotated[
        Path, typer.Option(help="Where to write the new card's text. Print it, then delete it.")
    ],
    out: Annotated[Path, typer.Option(help="Where to write the request for the station.")],
    pin_file: PinFile = None,
    as_json: Json = False,
) -> None:
    """Make this proctor's key, card and enrolment request.

    The key opens with device, card and PIN together. Compare the words shown here with those the
    station shows before it lists the proctor.

    \b
    Example:
      kiosk proctor enrol --name 李建国 --state desk --card card.txt --out li.enrol
    """
    pin = _pin(pin_file, confirm=True)
    device, secret = Device(state), new_card()
    # The card first: a key whose card could not be written would be lost for ever.
    _write_card(card, card_text(secret))
    try:
        request = device.enrol(name, pin, secret, {"host": platform.node(), "version": __version__})
    except BaseException:
        card.unlink()
        raise
    write_durable(out, request)
    record = device.record()
    words = {tag: list(record_words(record, tag)) for tag in ("zh-CN", "en")}
    if as_json:
        show_json({"kid": record.kid.hex(), "fingerprint": words, "request": str(out)})
        return
    for spoken in words.values():
        say(" ".join(spoken))


@app.command()
def install(
    source: Annotated[
        list[Path], typer.Argument(help="Folders with the trust repository or releases.")
    ],
    state: State,
    as_json: Json = False,
) -> None:
    """Take in the trust repository and the releases of sessions.

    \b
    Example:
      kiosk proctor install /media/station --state desk
    """
    device = Device(state)
    first = not device.knows_station
    taken = [device.install(folder) for folder in source]
    sessions = [session for part in taken for session in part.sessions]
    refused = [refusal for part in taken for refusal in part.refused]
    if as_json:
        kept_out = [{"file": name, "reason": explain(fault, lang())} for name, fault in refused]
        show_json({"sessions": sessions, "refused": kept_out, "root": device.root_words()})
    else:
        if first:
            say(text("This device now trusts the station with these words. Compare them:", lang()))
            for spoken in device.root_words().values():
                say(f"  {' '.join(spoken)}")
        named = sessions or "-"
        say(text("Sessions this device can release: {sessions}", lang(), sessions=named))
        for name, fault in refused:
            say(f"{name}: {explain(fault, lang())}")
    if refused:
        raise typer.Exit(3)


@app.command()
def answer(
    challenge: Annotated[
        str,
        typer.Argument(help="The terminal's code (C1:...), or - to read it from standard input."),
    ],
    state: State,
    card: CardFile,
    command: Annotated[
        str,
        typer.Option(help=", ".join(command.name.lower() for command in Command) + "."),
    ] = "release",
    minutes: Annotated[
        int, typer.Option(help="For extend: minutes to add. For release: to give back.")
    ] = 0,
    reason: Annotated[
        str, typer.Option(help="equipment, power, health, alarm, misconduct, other.")
    ] = "none",
    words: Annotated[
        str, typer.Option(help="For caution: what happened. For go_out: who goes along.")
    ] = "",
    pin_file: PinFile = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Answer a terminal's challenge without a screen; prints the code to show or type there.

    What the signature will do is said on standard error and asked once more, unless --yes.

    \b
    Examples:
      kiosk proctor answer C1:... --state desk --card card.txt
      kiosk proctor answer C1:... --state desk --card card.txt --command extend --minutes 10 \\
        --reason power
      scan | kiosk proctor answer - --state desk --card card.txt --pin-file pin --yes > token
    """
    scanned = sys.stdin.readline() if challenge == "-" else challenge
    chosen = _named(Command, command, "--command")
    why = _named(Reason, reason, "--reason")
    if words and chosen not in NEEDS_WORDS:
        raise typer.BadParameter(text("this command takes no words", lang()), param_hint="--words")
    desk = _open(state, card, pin_file)
    if chosen in NEEDS_REASON and why is Reason.NONE:
        raise NotPermitted(
            mark("say the reason"),
            remedy=mark("Add --reason: {reasons}"),
            reasons="equipment, power, health, alarm, misconduct, other",
        )
    seat = desk.read(scanned)
    proposal = desk.propose(seat, chosen, minutes=minutes, reason=why, words=words)
    lines = effects(proposal, lang())
    _agree((f"{seat_words(proposal.seat, lang())}: {title(proposal, lang())}", *lines), yes=yes)
    token = desk.sign(proposal)
    if as_json:
        show_json({"token": token, "seat": proposal.seat.label, "command": command})
    else:
        typer.echo(token)


@app.command()
def room(
    session: Annotated[str, typer.Argument(help="The session's name.")],
    state: State,
    card: CardFile,
    purpose: Annotated[str, typer.Option(help="start, resume or common.")] = "start",
    minutes: Annotated[int, typer.Option(help="Minutes to give back to each seat.")] = 0,
    join: Annotated[
        str,
        typer.Option(help="The first proctor's room code (R1:...), to add this proctor's part."),
    ] = "",
    pin_file: PinFile = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Sign a code that starts or resumes every seat of the room once.

    With `common` it prints the six digits that the proctor says for a common start.
    Where two proctors release, the second adds a part with --join; purpose and minutes are then the
    first's.

    \b
    Examples:
      kiosk proctor room R15-0301 --state desk --card card.txt --purpose start
      kiosk proctor room R15-0301 --state desk2 --card card2.txt --join R1:...
    """
    desk = _open(state, card, pin_file)
    wanted = _purpose(purpose)
    proposal = (
        desk.rooms.read(join) if join else desk.rooms.propose(session, wanted, minutes=minutes)
    )
    if proposal.file.session != session:
        raise InputRefused(
            mark("this room code is for session {session}"), session=proposal.file.session
        )
    _agree((room_title(proposal, lang()), *room_effects(proposal, lang())), yes=yes)
    token = desk.rooms.join(join) if join else desk.rooms.sign(session, wanted, minutes=minutes)
    if as_json:
        show_json({"token": token, "session": session, "complete": proposal.complete})
    else:
        typer.echo(token)


@app.command()
def serve(
    state: State,
    card: CardFile,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where packages and mirrors are kept; without it STATE/room."),
    ] = None,
    port: Port = PORT,
    pin_file: PinFile = None,
    as_json: Json = False,
) -> None:
    """Serve the room's own network, and show its seats, until interrupted.

    Terminals that were started with --room report here, get codes from here and send their packages
    and mirrors. Each line of standard input is a code to offer, as the other commands print it: a room
    code for every locked seat, the answer to one terminal's challenge, or the six digits of a common
    start for every seat that waits for it. Receipts that are put into the folder `receipts` go back to
    the terminals. Nothing depends on this: end it at any moment.

    \b
    Examples:
      kiosk proctor serve --state desk --card card.txt
      kiosk proctor room R15-0301 --state desk --card card.txt --yes | kiosk proctor serve \\
        --state desk --card card.txt --pin-file pin
    """
    # Here, so that no other command needs the network.
    from kiosk.cli.room_shown import show_room
    from kiosk.proctor.network import RoomNetwork

    desk = _open(state, card, pin_file)
    desk.first_session()
    network = RoomNetwork(desk, folder or state / "room", port=port)
    try:
        show_room(network, [file.session for file in desk.sessions], as_json=as_json)
    finally:
        network.close()


@app.command()
def forward(
    state: State,
    card: CardFile,
    station_url: Annotated[
        str,
        typer.Option(
            "--station-url",
            envvar="KIOSK_STATION_URL",
            help="The station's address, such as https://station.example",
        ),
    ],
    paths: Annotated[
        list[Path] | None, typer.Argument(help="More files or folders: a stick that went round.")
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where `serve` keeps what it collected; without it STATE/room."),
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(help="Certificates to believe (PEM), not the system's.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="One visit, not again and again.")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="Go on, for what comes later.")] = False,
    pin_file: PinFile = None,
    as_json: Json = False,
) -> None:
    """Hand on to the station what this room collected, over HTTPS, and bring the receipts back.

    Packages, bundles and proctors' logs go as they are; this proctor's key only says who hands them in.
    Receipts come into the folder `receipts`, from where `serve` gives them to the terminals. Run it
    beside `serve`. Without a line it waits, for days if need be. Exit code 3: something is left.

    \b
    Examples:
      kiosk proctor forward --state desk --card card.txt --station-url https://station.example
      kiosk proctor forward /media/usb --state desk --card card.txt --once \\
        --station-url https://station.example
    """
    # Here, so that no other command needs the network.
    from kiosk.cli.station_visits import show_visit, visits
    from kiosk.proctor.forwarding import forward as forward_once
    from kiosk.sync.station_line import StationLine

    desk = _open(state, card, pin_file)
    line = StationLine(station_url, ca)
    room = folder or state / "room"
    visits(
        line,
        lambda: forward_once(line, desk, room, paths or ()),
        show_json if as_json else show_visit,
        once=once,
        stay=stay,
    )


@app.command()
def log(
    session: Annotated[str, typer.Argument(help="The session's name.")],
    state: State,
    card: CardFile,
    to: Annotated[Path, typer.Option(help="Folder to write the .proctorlog to.")],
    pin_file: PinFile = None,
    as_json: Json = False,
) -> None:
    """Write the signed log of what this device did in a session, for the station.

    \b
    Example:
      kiosk proctor log R15-0301 --state desk --card card.txt --to /media/stick
    """
    path = _open(state, card, pin_file).save_log(session, to)
    if as_json:
        show_json({"file": str(path)})
    else:
        say(text("Written: {file}", lang(), file=path.name))


@app.command()
def collected(
    session: Annotated[str, typer.Argument(help="The session's name.")],
    folder: Annotated[Path, typer.Argument(help="The stick that went round.")],
    state: State,
    card: CardFile,
    pin_file: PinFile = None,
    as_json: Json = False,
) -> None:
    """Read a collecting stick, and name the seats of a session that are still to collect.

    The desk keeps what was on it, as its page of seats does.

    \b
    Example:
      kiosk proctor collected R15-0301 /media/usb --state desk --card card.txt
    """
    desk = _open(state, card, pin_file)
    desk.collect(session, folder)
    told = desk.collected(session)
    if as_json:
        show_json(told)
        return
    language = lang()
    say(
        text(
            "Collected from {count} of {of} seats",
            language,
            count=len(told.collected),
            of=len(told.collected) + len(told.waiting),
        )
    )
    rows = [(seat, text("collected", language)) for seat in told.collected]
    rows += [(seat, text("not yet", language)) for seat in told.waiting]
    show_table((text("Seat", language), text("Answer package", language)), rows)


@app.command()
def run(
    state: State,
    windowed: Annotated[
        bool, typer.Option("--windowed", help="In a window, not over the whole screen.")
    ] = False,
    network: Annotated[
        bool, typer.Option("--serve", help="Serve the room's network too, as `serve` does.")
    ] = False,
    port: Port = PORT,
    practice: Annotated[
        bool,
        typer.Option("--practice", help="Begin in a made-up room; needs no card and no session."),
    ] = False,
    read_only: Annotated[
        bool,
        typer.Option(
            "--read-only", help="For an inspector: map and record, and nothing is signed."
        ),
    ] = False,
) -> None:
    """Open the desk's window.

    With --serve the seats of the room's network show how they stand on the desk's map, and take its
    codes without a scanner. Nothing depends on the network: pull the cable at any moment.
    With --practice, or the button on the locked desk, you rehearse with made-up seats: no exam computer
    takes those codes, and nothing goes into the log of a session.
    With --read-only a proctor unlocks it for an inspector, who sees the map and the record.

    \b
    Examples:
      kiosk proctor run --state desk
      kiosk proctor run --state desk --serve
      kiosk proctor run --state desk --practice
    """
    # Here, so that the commands without a screen need no Qt.
    from kiosk.proctor.screens.app import run_desk

    served = _served(state, port) if network else None
    raise typer.Exit(
        run_desk(
            state, windowed=windowed, lang=lang(), serve=served, practice=practice, shows=read_only
        )
    )


def _served(state: Path, port: int) -> Callable[[Desk], Network]:
    from kiosk.proctor.network import RoomNetwork

    return lambda desk: RoomNetwork(desk, state / "room", port=port)


def _open(state: Path, card: Path, pin_file: Path | None) -> Desk:
    device = Device(state)
    desk = device.open(_pin(pin_file), _card(card))
    for name, fault in device.left_out:
        say(f"{name}: {explain(fault, lang())}")
    return desk


def _agree(lines: tuple[str, ...], *, yes: bool) -> None:
    """Says what a signature will do; asks, unless told not to."""
    heading, *rest = lines
    say(heading)
    for line in rest:
        say(f"  {line}")
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter(text("nobody can be asked here", lang()), param_hint="--yes")
    if not typer.confirm(text("Sign this?", lang()), err=True):
        raise NotPermitted(mark("not signed"))


def _pin(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        try:
            return file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise InputRefused(mark("the PIN's file cannot be read"), where=file.name) from fault
    asked: str = typer.prompt("PIN", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


def _card(file: Path) -> bytes:
    try:
        return read_card(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise InputRefused(mark("the card's file cannot be read"), where=file.name) from fault


def _write_card(path: Path, content: str) -> None:
    """For its owner alone from the first byte on, and never over another card."""
    with storage(path):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as fault:
            raise NotPermitted(
                mark("there is already a file where the card belongs"),
                where=str(path),
                remedy=mark("Name another file"),
            ) from fault
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content + "\n")


def _purpose(name: str) -> Purpose:
    for purpose in get_args(Purpose):
        if name == purpose:
            return cast(Purpose, purpose)
    raise _none_of(get_args(Purpose), "--purpose")


def _none_of(names: Iterable[str], option: str) -> typer.BadParameter:
    told = text("one of {names}", lang(), names=list(names))
    return typer.BadParameter(told, param_hint=option)


def _named(kind: type[E], name: str, option: str) -> E:
    try:
        return kind[name.upper()]
    except KeyError:
        raise _none_of((member.name.lower() for member in kind), option) from None
