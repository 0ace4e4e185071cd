"""A terminal's state folder, and the ports the flow runs on.

STATE/keys/       the terminal's own key pair (0600)
STATE/trust/      what the station published, as installed
STATE/journals/   one journal a session, and its witness
STATE/transfers/  sittings given away to other terminals
STATE/outbox/     answer packages and their numbers
STATE/receipts/   the station's receipts
STATE/time-floor  the latest station-signed time seen
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import kiosk
from kiosk.artefacts.session import SessionPlan
from kiosk.terminal.checks import self_check
from kiosk.terminal.clock import TimeSource
from kiosk.terminal.ground import STICK_WANTED
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.ports import Ports
from kiosk.terminal.stick import NO_STICK, FolderStick, Stick
from kiosk.terminal.views import Check
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
    full_screen: Callable[[], bool | None] = lambda: None,
    media: Media = NO_MEDIA,
) -> Ports:
    """The ports of the terminal that `state` is of.

    Args:
        deliver: brings calls to the flow's thread.
        leave_program: ends the program.
        full_screen: how the window stands; None where there is none.
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

    def checks(plan: SessionPlan | None) -> tuple[Check, ...]:
        return self_check(
            plan,
            state=state,
            check_target=check_once,
            floor_s=floor.value,
            now_s=time.wall_s(),
            full_screen=full_screen(),
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
        checks=checks,
        deliver=deliver,
        version=kiosk.__version__,
        leave_program=leave_program,
        stick=media.stick,
        mirror=mirror,
        room=line,
    )
