"""The room's network as a table that stays up to date, or as a line of JSON for each change."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Group
from rich.live import Live
from rich.table import Table

from kiosk.cli.shown import lang, say, table_of
from kiosk.errors import KioskError
from kiosk.proctor.live import state_of
from kiosk.proctor.network import RoomNetwork
from kiosk.proctor.seat_map import STATE_WORDS, ago
from kiosk.sync.board import RoomBoard, SeatSeen
from kiosk.words import explain, text

AGAIN_S = 1.0


def show_room(network: RoomNetwork, sessions: Sequence[str], *, as_json: bool) -> None:
    """Show what the network tells until interrupted, and offer the codes that standard input has."""
    threading.Thread(target=_offer_lines, args=(network,), name="codes", daemon=True).start()
    try:
        if as_json:
            _show_lines(network, sessions)
        else:
            where = network.addresses or f":{network.port}"
            say(text("Terminals reach this desk at {address}", lang(), address=where))
            with Live(_tables(network, sessions), auto_refresh=False) as live:
                while True:
                    time.sleep(AGAIN_S)
                    network.keep_collected()
                    live.update(_tables(network, sessions), refresh=True)
    except KeyboardInterrupt:
        return


def _offer_lines(network: RoomNetwork) -> None:
    for line in sys.stdin:
        if line.strip():
            try:
                network.offer(line.strip())
            except KioskError as fault:
                say(explain(fault, lang()))


def _show_lines(network: RoomNetwork, sessions: Sequence[str]) -> None:
    sys.stdout.write(json.dumps({"port": network.port, "addresses": network.addresses}) + "\n")
    sys.stdout.flush()
    shown = None
    while True:
        network.keep_collected()
        now = [_told(network.board(session)) for session in sessions]
        if now != shown:
            sys.stdout.write(json.dumps({"sessions": now}, ensure_ascii=False) + "\n")
            sys.stdout.flush()
            shown = now
        time.sleep(AGAIN_S / 5)


def _told(board: RoomBoard) -> dict[str, Any]:
    return {
        "session": board.session,
        "collected": board.collected,
        "made": board.made,
        "seats": [
            {
                "terminal": seat.label,
                "seat": seat.seat,
                "silent": seat.silent,
                "stage": seat.status.stage if seat.status else None,
                "candidate": seat.status.candidate if seat.status else None,
                "remaining_s": seat.status.remaining_s if seat.status else None,
                "mirror_s": seat.status.mirror_s if seat.status else None,
                "challenge": seat.status.challenge if seat.status else None,
                "trouble": seat.status.trouble if seat.status else None,
                "collected": seat.collected,
                "waiting": seat.waiting,
            }
            for seat in board.seats
        ],
    }


def _tables(network: RoomNetwork, sessions: Sequence[str]) -> Group:
    return Group(*(_table(network.board(session)) for session in sessions))


def _table(board: RoomBoard) -> Table:
    title = text(
        "{session}: {heard} of {seats} computers heard, collected {collected}/{made}",
        lang(),
        session=board.session,
        heard=board.listening,
        seats=len(board.seats),
        collected=board.collected,
        made=board.made,
    )
    columns = (
        text("seat", lang()),
        text("state", lang()),
        text("candidate", lang()),
        text("time left", lang()),
        text("mirror", lang()),
        text("battery", lang()),
        text("incidents", lang()),
        text("collected", lang()),
    )
    styles = ["dim" if seat.silent else "" for seat in board.seats]
    return table_of(columns, [_row(seat) for seat in board.seats], title, styles)


def _row(seat: SeatSeen) -> tuple[str, ...]:
    name, status = seat.seat or seat.label, seat.status
    if status is None:
        return name, text("not heard of", lang())
    state = text(STATE_WORDS[state_of(status)], lang())
    if status.trouble:
        state = f"{state} {status.trouble}"
    if seat.silent and seat.age_ms is not None:
        state = f"{state}, {ago(seat.age_ms // 1000, lang())}"
    made = len(seat.collected) + len(seat.waiting)
    return (
        name,
        state,
        status.candidate,
        f"{status.remaining_s // 60}:{status.remaining_s % 60:02}",
        "" if status.mirror_s is None else f"{status.mirror_s} s",
        "" if status.battery is None else f"{status.battery} %",
        str(status.incidents or ""),
        f"{len(seat.collected)}/{made}" if made else "",
    )
