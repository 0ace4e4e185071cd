"""`kiosk proctor ...`: the desk, and the same without a screen."""

from __future__ import annotations

import platform
import sys
from enum import IntEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from kiosk import __version__
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.tokens import Command, Reason
from kiosk.cli.shown import lang, say, show_json
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.device import Device
from kiosk.proctor.wording import effects, seat_words, title
from kiosk.trust.keystore import card_text, new_card, read_card
from kiosk.words import mark, text

app = typer.Typer(
    no_args_is_help=True, help="The proctor's desk: what a proctor signs, and the key."
)

E = TypeVar("E", bound=IntEnum)

State = Annotated[Path, typer.Option(help="Folder of this proctor's device.")]
CardFile = Annotated[Path, typer.Option(help="File with the text of the proctor's card (K1:...).")]
PinFile = Annotated[
    Path | None, typer.Option(help="File with the PIN, for scripts. Asked for when not given.")
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

    Example: kiosk proctor enrol --name 李建国 --state desk --card card.txt --out li.enrol
    """
    pin = _pin(pin_file, confirm=True)
    secret = new_card()
    request = Device(state).enrol(
        name, pin, secret, {"host": platform.node(), "version": __version__}
    )
    _write_secret(card, card_text(secret) + "\n")
    out.write_bytes(request)
    record = Device(state).record()
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

    Example: kiosk proctor install /media/station --state desk
    """
    device = Device(state)
    sessions = [session for folder in source for session in device.install(folder)]
    if as_json:
        show_json({"sessions": sessions})
    else:
        say(
            text(
                "Sessions this device can release: {sessions}",
                lang(),
                sessions=", ".join(sessions) or "-",
            )
        )


@app.command()
def answer(
    challenge: Annotated[
        str,
        typer.Argument(help="The terminal's code (C1:...), or - to read it from standard input."),
    ],
    state: State,
    card: CardFile,
    command: Annotated[
        str, typer.Option(help="release, resume, extend, pause, abort or exit.")
    ] = "release",
    minutes: Annotated[
        int, typer.Option(help="For extend: minutes to add. For release: to give back.")
    ] = 0,
    reason: Annotated[
        str, typer.Option(help="equipment, power, health, alarm, misconduct, other.")
    ] = "none",
    pin_file: PinFile = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without asking once more.")] = False,
    as_json: Json = False,
) -> None:
    """Answer a terminal's challenge without a screen; prints the code to show or type there.

    Example: kiosk proctor answer C1:... --state desk --card card.txt --command extend --minutes 10 --reason power
    """
    scanned = sys.stdin.readline() if challenge == "-" else challenge
    chosen = _named(Command, command)
    why = _named(Reason, reason)
    desk = Device(state).open(_pin(pin_file), _card(card))
    proposal = desk.propose(desk.read(scanned), chosen, minutes=minutes, reason=why)
    say(f"{seat_words(proposal.seat, lang())}: {title(proposal, lang())}")
    for line in effects(proposal, lang()):
        say(f"  {line}")
    if not yes and not typer.confirm(text("Sign this?", lang()), err=True):
        raise NotPermitted(mark("not signed"))
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
    purpose: Annotated[str, typer.Option(help="start or resume.")] = "start",
    minutes: Annotated[int, typer.Option(help="Minutes to give back to each seat.")] = 0,
    join: Annotated[
        str, typer.Option(help="The first proctor's room code (R1:...), to add this one's part.")
    ] = "",
    pin_file: PinFile = None,
) -> None:
    """Sign a code that starts or resumes every seat of the room once.

    Example: kiosk proctor room R15-0301 --state desk --card card.txt --purpose start
    """
    desk = Device(state).open(_pin(pin_file), _card(card))
    if join:
        typer.echo(desk.join_room(join))
    elif purpose == "start" or purpose == "resume":
        typer.echo(desk.sign_room(session, purpose, minutes=minutes))
    else:
        raise typer.BadParameter("start or resume", param_hint="--purpose")


@app.command()
def log(
    session: Annotated[str, typer.Argument(help="The session's name.")],
    state: State,
    card: CardFile,
    to: Annotated[Path, typer.Option(help="Folder to write the .proctorlog to.")],
    pin_file: PinFile = None,
) -> None:
    """Write the signed log of what this device did in a session, for the station.

    Example: kiosk proctor log R15-0301 --state desk --card card.txt --to /media/stick
    """
    desk = Device(state).open(_pin(pin_file), _card(card))
    to.mkdir(parents=True, exist_ok=True)
    path = to / f"{session}-{Device(state).record().kid.hex()}.proctorlog"
    path.write_bytes(desk.write_log(session))
    say(text("Written: {file}", lang(), file=path.name))


@app.command()
def run(
    state: State,
    windowed: Annotated[
        bool, typer.Option("--windowed", help="In a window, not over the whole screen.")
    ] = False,
) -> None:
    """Open the desk's window.

    Example: kiosk proctor run --state desk
    """
    from kiosk.proctor.screens.app import run_desk

    raise typer.Exit(run_desk(state, windowed=windowed))


def _pin(file: Path | None, *, confirm: bool = False) -> str:
    if file is not None:
        return file.read_text("utf-8").strip()
    asked: str = typer.prompt("PIN", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked


def _card(file: Path) -> bytes:
    try:
        return read_card(file.read_text("utf-8").strip())
    except OSError as fault:
        raise InputRefused(mark("the card's file cannot be read"), where=file.name) from fault


def _write_secret(path: Path, content: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(content, "utf-8")


def _named(kind: type[E], name: str) -> E:
    try:
        return kind[name.upper()]
    except KeyError:
        names = ", ".join(member.name.lower() for member in kind)
        raise typer.BadParameter(f"one of {names}") from None
