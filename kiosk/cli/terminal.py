"""`kiosk terminal`: enrol a machine, install the station's USB folder, run, report, export."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import kiosk
from kiosk.artefacts.enrolment import (
    NOT_SHOWN,
    OUTLASTED,
    RESTART,
    enrolment_code,
    write_enrolment,
)
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord, require_name
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.self_check import CHECKS, said
from kiosk.artefacts.terminal_status import facts_of
from kiosk.cli.code_shown import show_code
from kiosk.cli.shown import lang, say, show_json, show_table, shown_languages
from kiosk.errors import NotPermitted
from kiosk.terminal import updated
from kiosk.terminal.clock import SystemTime
from kiosk.terminal.ground import STATE, STICK, UPDATES
from kiosk.terminal.installing import install as install_from
from kiosk.terminal.program import installed, key_store, media_of, outbox, transfers
from kiosk.terminal.report import report, status_told
from kiosk.terminal.restart import begin, outlasted
from kiosk.terminal.updated import How, Upgrade
from kiosk.terminal.upgrade import said as said_of_update
from kiosk.trust.durable import PUBLIC_FILE, write_durable
from kiosk.words import LANGUAGES, explain, mark, text

if TYPE_CHECKING:
    from kiosk.cli.room_status import Standing

app = typer.Typer(help="The candidate's terminal.", no_args_is_help=True, rich_markup_mode=None)

State = Annotated[Path, typer.Option("--state", help="the terminal's state folder")]
Json = Annotated[bool, typer.Option("--json", help="print JSON for machines")]


@app.command()
def enrol(
    state: State,
    name: Annotated[str, typer.Option(help="what people call this terminal, such as T-01")],
    out: Annotated[Path | None, typer.Option(help="where to write the request")] = None,
    restart_test: Annotated[
        bool,
        typer.Option(
            "--restart-test",
            help="only once this computer has shown that it keeps what is written: the same command again "
            "after a restart",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Make this terminal's key and a request to be listed (.enrol), and show it as a code and in words.

    The station scans the code off this screen, or two people compare the words with those the station
    shows: what the stick brings proves nothing. The private key never leaves STATE.

    The request says whether this computer has shown that it keeps what is written over a restart, as one with
    a restore card does not; the station asks before it admits one that has not. With --restart-test neither key nor
    request is made before (exit code 3): restart the computer, then the same command again.

    \b
    Example:
      kiosk terminal enrol --state /var/lib/kiosk --name T-01 --out /media/usb/T-01.enrol
    """
    require_name(name)
    boot = SystemTime().boot
    begin(state, boot)
    kept = outlasted(state, boot)
    if restart_test and not kept:
        _ask_for_restart(name, json)
        raise typer.Exit(3)
    store = key_store(state)
    keys = store.load() if store.exists() else store.create(Role.TERMINAL, name)
    if keys.record.name != name:
        raise NotPermitted(
            mark("this terminal was enrolled as {name}"),
            where=str(state),
            remedy=mark("Use that name, or begin with an empty state folder"),
            name=keys.record.name,
        )
    facts = {"host": os.uname().nodename, "version": kiosk.__version__}
    facts[RESTART] = OUTLASTED if kept else NOT_SHOWN
    target = out or state / f"{name}.enrol"
    request = write_enrolment(keys, int(time.time()), facts)
    write_durable(target, request)
    code = enrolment_code(request)
    words = {lang: record_words(keys.record, lang) for lang in LANGUAGES}
    if json:
        show_json(
            {
                "name": name,
                "kid": keys.record.kid.hex(),
                "file": str(target),
                "words": words,
                "code": code,
                "restart": facts[RESTART],
            }
        )
        return
    language = lang()
    say(text("The request is written: {file}", language, file=str(target)))
    if show_code(code):
        say(text("Scan this code at the station, or compare these words:", language))
    else:
        say(text("Compare these words at the station. The code needs a larger window", language))
    for said_in in shown_languages():
        say("  ".join(words[said_in]))
    if not kept:
        say(
            text(
                "It says that no restart was shown yet; after one, the same command writes another.",
                language,
            )
        )


def _ask_for_restart(name: str, json: bool) -> None:
    if json:
        show_json({"name": name, "restart": NOT_SHOWN})
        return
    say(text("Restart this computer once, then the same again as {name}.", lang(), name=name))
    say(
        text(
            "Whoever reads this again after the restart has a computer that forgets what is written to it: "
            "a restore card (还原卡), or a system in memory. It cannot be a terminal as it is.",
            lang(),
        )
    )


@app.command()
def install(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="the station's USB folder")],
    state: State,
    root: Annotated[
        Path | None, typer.Option(help="root.json to begin with, got by another way")
    ] = None,
    json: Json = False,
) -> None:
    """Install sessions, banks and trust from a USB folder, and take the receipts found there.

    The first time the root of all trust is taken from FROM (or from --root): compare its words with
    those the station shows. What was installed before stays usable when anything is refused.

    \b
    Example:
      kiosk terminal install /media/usb --state /var/lib/kiosk
    """
    visit = install_from(source, state, root)
    if json:
        show_json(visit)
    else:
        if visit.root_words:
            say("This terminal now trusts the station with these words. Compare them:")
            rows = [(lang, "  ".join(said)) for lang, said in visit.root_words.items()]
            show_table(("language", "words"), rows)
        say(f"Sessions for this terminal: {', '.join(visit.sessions) or visit.not_for_us}")
        say(f"Receipts taken: {len(visit.receipts.taken)}")
        for file, reason in visit.receipts.refused:
            say(f"Not taken: {file}: {reason}")
    if visit.receipts.refused:
        raise typer.Exit(3)


@app.command()
def run(
    state: State,
    windowed: Annotated[bool, typer.Option(help="in a window instead of full screen")] = False,
    stick: Annotated[
        Path | None,
        typer.Option(
            help="the folder of a USB stick; without it whatever is mounted at /media/usb"
        ),
    ] = None,
    mirror: Annotated[
        Path | None,
        typer.Option(help="keep each journal here, too: a folder on another disk or computer"),
    ] = None,
    room: Annotated[
        str | None,
        typer.Option(
            envvar="KIOSK_ROOM",
            help="the desk that serves the room's network, such as 192.168.1.10:8470",
        ),
    ] = None,
) -> None:
    """Show the exam program. After a crash or power cut it comes back to the release screen.

    The stick carries an exam to another computer; the mirror lets one go on elsewhere when this
    computer's disk is dead. With --room the proctor's desk sees this seat, sends it codes and collects
    its packages; without it, or with the cable pulled, everything goes on. See the operator's handbook.

    \b
    Example:
      kiosk terminal run --state /var/lib/kiosk
    """
    from kiosk.terminal.screens.app import run_terminal

    media = media_of(state, stick, mirror, room)
    raise typer.Exit(run_terminal(state, windowed=windowed, media=media))


@app.command()
def status(
    state: State,
    to: Annotated[
        Path | None, typer.Option(help="write it, signed, to a folder (a USB stick), too")
    ] = None,
    room: Annotated[
        Path | None,
        typer.Option(help="show, of a folder, what each terminal of the room wrote there"),
    ] = None,
    json: Json = False,
) -> None:
    """Say which program runs, what is installed, which journals there are, which packages wait for a
    receipt, and how locked this computer is: what is weak and what could not be found out, with what to
    do about it.

    While the program runs, what only it can find out is as it found it last. See docs/self-check.md. With
    --to it goes into the terminal's request on a stick; --room shows the requests of a whole room, judged by
    whom this terminal trusts.

    \b
    Examples:
      kiosk terminal status --state /var/lib/kiosk --json
      kiosk terminal status --state /var/lib/kiosk --to /media/usb
      kiosk terminal status --state /var/lib/kiosk --room /media/usb
    """
    if room is not None:
        from kiosk.cli.room_status import show_room

        show_room(room, _standing_here(state), as_json=json)
        return
    told = report(state)
    if to is not None:
        facts = {"host": os.uname().nodename, **facts_of(status_told(told))}
        request = write_enrolment(key_store(state).load(), int(time.time()), facts)
        write_durable(to / f"{told.name}.enrol", request, PUBLIC_FILE)
    if json:
        show_json(told)
        return
    _show(told)


@app.command()
def update(
    source: Annotated[
        Path, typer.Argument(metavar="[FROM]", help="the station's USB folder")
    ] = STICK,
    back: Annotated[
        bool, typer.Option("--back", help="to the version before this one, which is kept")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="also the version that did not come up here last time")
    ] = False,
    json: Json = False,
) -> None:
    """Install the newer program that the station's stick brings; as root, where the program is a package.

    Only one that the station this terminal knows has signed, whole, and newer than what runs; not while a
    session of this terminal is open or a sitting on it has not ended. It starts when the computer does. If its
    window does not come up and stay for half a minute within ten minutes, or the computer is switched off
    before that, the version before comes back by itself, and `kiosk terminal status` says so. The version
    that did not come up is not taken a second time without --again. One that came up leaves the version before
    to go back to with --back. Exit code 4: dpkg refused it, and all is as before.

    \b
    Examples:
      kiosk terminal update
      kiosk terminal update --back
      kiosk terminal update --again
    """
    from kiosk.terminal import upgrade
    from kiosk.terminal.update import known

    ended = updated.last()
    if ended is not None and not json:
        say(said_of_update(ended, lang()))
    upgrade.require_possible()
    installed = upgrade.installed()
    before = installed.split()[0]
    if back:
        version = upgrade.turn_back(before)
    else:
        trust = known(UPDATES / "trust", STATE / "trust/root.json")
        stick = upgrade.stick_at(source)
        if not (json or stick.present):
            say(text("Put the station's stick in now.", lang()))
        upgrade.wait_for(stick)
        version = upgrade.fetch(
            trust, source, installed, lambda: stick.present, again=again
        ).version
        upgrade.pack(UPDATES / upgrade.BEFORE)
    # The program is exchanged below: what is said afterwards is read before.
    outcomes = {how: said_of_update(Upgrade(how, version, before), lang()) for how in How}
    told = upgrade.install(version, before)
    if json:
        show_json(told)
    else:
        say(outcomes[told.how])
    if told.how is not How.INSTALLED:
        raise typer.Exit(4)


@app.command()
def export(
    state: State,
    to: Annotated[Path, typer.Option(help="the folder (a USB stick) to write to")],
    packages: Annotated[
        bool, typer.Option("--packages", help="single .package files instead of one bundle")
    ] = False,
    given_away: Annotated[
        bool,
        typer.Option("--transfers", help="the exams that go on at another computer, not packages"),
    ] = False,
    json: Json = False,
) -> None:
    """Write every answer package without a receipt to a folder, for the station.

    \b
    Example:
      kiosk terminal export --state /var/lib/kiosk --to /media/usb
    """
    if given_away:
        copies = tuple(to / path.name for path in transfers(state))
        for path, copy in zip(transfers(state), copies, strict=True):
            write_durable(copy, path.read_bytes())
        if json:
            show_json({"files": [str(copy) for copy in copies]})
        else:
            say(f"Wrote {len(copies)} transfers: {', '.join(map(str, copies))}")
        return
    box = outbox(state)
    keys = key_store(state).load()
    if packages:
        files = box.export_packages(to, keys.record)
    else:
        files = (box.export(to, keys, int(time.time())),)
    enclosed = len(box.waiting)
    if json:
        show_json({"files": [str(file) for file in files], "packages": enclosed})
    else:
        say(f"Wrote {enclosed} packages: {', '.join(str(file) for file in files)}")


@app.command()
def sync(
    state: State,
    station_url: Annotated[
        str,
        typer.Option(
            "--station-url",
            envvar="KIOSK_STATION_URL",
            help="the station's address, such as https://station.example",
        ),
    ],
    ca: Annotated[
        Path | None, typer.Option(help="certificates to believe (PEM), not the system's")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(
            help="the folder of the terminal's key, where this user may not read STATE/keys"
        ),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="one visit, not again and again")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="go on, for what comes later")] = False,
    json: Json = False,
) -> None:
    """Hand packages in to the station over HTTPS, take receipts, and install what it published.

    Beside the exam, in a program of its own; it may run while somebody sits. Without a line it waits,
    for days if need be, and goes on where it broke off. Nothing is given up: a package stays here until
    the station's receipt, and 30 days more. This terminal must know its station already: install from
    the station's stick once. Exit code 3: something is left or was refused.

    \b
    Examples:
      kiosk terminal sync --state /var/lib/kiosk --station-url https://station.example
      kiosk terminal sync --state /var/lib/kiosk --station-url https://station.example --once
    """
    # Here, so that no other command needs the network.
    from kiosk.cli.station_visits import Told, show_visit, visits
    from kiosk.sync.station_line import StationLine
    from kiosk.terminal.station_visit import visit_station

    line = StationLine(station_url, ca)

    def go() -> Told:
        visited, not_installed = visit_station(line, state, keys)
        if not_installed is not None:
            say(explain(not_installed, lang()))
        return visited

    visits(line, go, show_json if json else show_visit, once=once, stay=stay)


def _standing_here(state: Path) -> Callable[[KeyRecord], Standing]:
    """What this terminal's installed lists say of another terminal's key; nothing where it has none yet."""
    from kiosk.cli.room_status import standing_of

    files = installed(state)
    try:
        trust = files.trust()
    except NotPermitted:
        return partial(standing_of, (), ())
    return partial(standing_of, trust.records(Role.TERMINAL), trust.delegated.revoked)


def _clock(instant: str) -> str:
    """An instant of the report on the clock of the room."""
    return datetime.fromisoformat(instant).astimezone().strftime("%m-%d %H:%M")


def _show(told: Any) -> None:
    say(f"Terminal {told.name} ({told.kid}), program {told.version}")
    show_table(
        ("session", "room", "seat", "opens", "closes", "journal"),
        [
            (one.id, one.room, one.seat, _clock(one.opens_at), _clock(one.closes_at), one.journal)
            for one in told.sessions
        ],
        "Sessions",
    )
    show_table(
        ("number", "session", "state"),
        [(one.number, one.session, one.state) for one in told.packages],
        "Answer packages",
    )
    for trouble in told.troubles:
        say(trouble)
    if told.update is not None:
        say(said_of_update(told.update, lang()))
    fine = sum(one.ok for one in told.checks)
    say(f"Self-check: {fine} of {len(told.checks)} fine")
    show_table(
        ("check", "state", "what was found", "what to do"),
        [
            (one.check, one.state, said(one, lang()), text(CHECKS[one.check].todo, lang()))
            for one in told.checks
            if not one.ok
        ],
    )
