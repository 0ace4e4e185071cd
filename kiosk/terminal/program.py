"""A terminal's state folder, and the ports the flow runs on.

STATE/keys/       the terminal's own key pair (0600)
STATE/trust/      what the station published, as installed
STATE/journals/   one journal a session, and its witness
STATE/transfers/  sittings given away to other terminals
STATE/outbox/     answer packages and their numbers
STATE/receipts/   the station's receipts
STATE/time-floor  the latest station-signed time seen
STATE/first-start the first start it was there in (`restart`)
STATE/self-check  what the program last found of this computer, for `kiosk terminal status`
STATE/devices     what came of its devices when they were tried last
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import kiosk
from kiosk.errors import StorageFault
from kiosk.terminal import updated
from kiosk.terminal.checks import SelfCheck
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.device_test import keep_tested
from kiosk.terminal.ground import STICK_WANTED
from kiosk.terminal.lockdown.facts import Screens
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.ports import Ports
from kiosk.terminal.restart import begin
from kiosk.terminal.stick import NO_STICK, FolderStick, Stick
from kiosk.terminal.writer import Deliver
from kiosk.trust.installed import Installed
from kiosk.trust.keystore import FileKeyStore
from kiosk.trust.time_floor import TimeFloor

PortsOf = Callable[[Path, TimeSource, Deliver, Callable[[], None]], Ports]


@dataclass(frozen=True)
class Media:
    """What a terminal has besides its disk."""

    stick: Stick = NO_STICK
    mirror: Stick | None = None
    room: str | None = None
    """Address of the desk that serves the room."""


NO_MEDIA = Media()


def media_of(
    state: Path,
    stick: Path | None = None,
    mirror: Path | None = None,
    room: str | None = None,
) -> Media:
    """What a terminal has besides the disk of `state`, by what its command named.

    An installed terminal's sticks are let in only while it asks for them (`ground`).
    """
    runtime = os.environ.get("RUNTIME_DIRECTORY")
    asks = Path(runtime) / STICK_WANTED if runtime else None
    return Media(
        FolderStick(apart_from=state, asks=asks) if stick is None else FolderStick(stick),
        None if mirror is None else FolderStick(mirror, apart_from=state),
        room or None,
    )


def key_store(state: Path) -> FileKeyStore:
    return FileKeyStore(state / "keys")


def installed(state: Path) -> Installed:
    return Installed(state / "trust")


def time_floor(state: Path) -> TimeFloor:
    return TimeFloor(state / "time-floor")


def transfers(state: Path) -> tuple[Path, ...]:
    """The files of the sittings given away at a terminal, oldest first."""
    return tuple(
        sorted((state / "transfers").glob("*.transfer"), key=lambda path: path.stat().st_mtime)
    )


def outbox(state: Path) -> Outbox:
    """The outbox of a state folder.

    Raises:
        StorageFault: the disk does not take it, or its list is damaged.
    """
    return Outbox(state / "outbox", state / "receipts")


def open_ports(
    state: Path,
    time: TimeSource,
    deliver: Deliver,
    leave_program: Callable[[], None],
    screens: Callable[[], Screens] = Screens,
    media: Media = NO_MEDIA,
) -> Ports:
    """The ports of the terminal that `state` is of.

    Args:
        deliver: brings calls to the flow's thread.
        leave_program: ends the program.
        screens: what is known of the screens; it is asked from any thread.
        media: what is plugged in.

    Raises:
        StorageFault, NotPermitted: no key here, or one that others can read.
    """
    files = installed(state)
    floor = time_floor(state)
    whole: set[str] = set()

    def check_once(target: str) -> None:
        if target not in whole:
            files.read(target)
            whole.add(target)

    with suppress(StorageFault):  # that the disk refuses is said by the self-check
        begin(state, time.boot)
    checks = SelfCheck(
        state, check_once, lambda: floor.value, time.wall_s, screens, boot=time.boot, keep=True
    )
    keys, box, line, mirror = key_store(state).load(), outbox(state), None, media.mirror
    if media.room is not None:
        # Here, so that a terminal without a room's network starts without it.
        from kiosk.terminal.room_line import RoomLine, RoomMedium

        line = RoomLine(media.room, keys, files, box, floor, deliver)
        mirror = mirror or RoomMedium(line)
    return Ports(
        time=time,
        keys=keys,
        installed=files,
        floor=floor,
        journals=state / "journals",
        transfers=state / "transfers",
        outbox=box,
        checks=checks.all,
        of_update=updated.notice,
        tested=partial(keep_tested, state),
        deliver=deliver,
        version=kiosk.__version__,
        leave_program=leave_program,
        stick=media.stick,
        mirror=mirror,
        room=line,
        checks_again=checks.again,
    )
