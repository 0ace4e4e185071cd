"""A terminal's visit to the station over a line, beside the exam and in a program of its own.

New trust and sessions first, for they hold the key that the station's line is known by; then packages
out and receipts in. It gives nothing up: a package stays until its receipt, and 30 days more.
"""

from __future__ import annotations

from pathlib import Path

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import Receipt
from kiosk.errors import KioskError
from kiosk.sync.repository_line import LineFetcher
from kiosk.sync.sending import Outgoing, RefusedFile, Told, to_station, visit
from kiosk.sync.station_line import StationLine
from kiosk.terminal.installing import install_over
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.program import installed, key_store, outbox, time_floor
from kiosk.trust.keystore import FileKeyStore


def visit_station(
    line: StationLine, state: Path, key_folder: Path | None = None
) -> tuple[Told, KioskError | None]:
    """One visit: what it did, and why the station's files were not installed, if they were not.

    Args:
        key_folder: where the terminal's key is, if not in `state`.

    Raises:
        LineDown: the station does not answer, or the line broke; what was done is done.
        NotPermitted: this terminal was never bound to a station.
        StorageFault: a disk refuses.
    """
    not_installed: KioskError | None = None
    keys = (key_store(state) if key_folder is None else FileKeyStore(key_folder)).load()
    try:
        install_over(LineFetcher(line), state, keys.record)
    except KioskError as fault:
        not_installed = fault
    trust, box, floor = installed(state).trust(), outbox(state), time_floor(state).value
    log = trust.only(Role.LOG)
    files, damaged = _outgoing(box)

    def keep(_receipt: Receipt, data: bytes) -> None:
        box.take_receipt(data, log, floor)

    exchange = to_station(line, keys, lambda: trust)
    done = visit(exchange, files, log, keep)
    waiting = [box.path(one.number).name for one in box.waiting]
    return done.told(waiting, damaged, clock_doubted=line.clock_doubted), not_installed


def _outgoing(box: Outbox) -> tuple[list[Outgoing], list[RefusedFile]]:
    files, damaged = [], []
    for line in box.waiting:
        path = box.path(line.number)
        try:
            data = box.package(line)
        except KioskError as fault:
            damaged.append(RefusedFile(path.name, str(fault)))
            continue
        if data is not None and line.leaf is not None:
            out = Outgoing("package", path.name, len(data), path.read_bytes, (line.leaf,))
            files.append(out)
    return files, damaged
