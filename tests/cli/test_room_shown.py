"""The room's network as a proctor sees it, and the codes typed at it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.console import Console

from kiosk.artefacts.exchange import Orders, Report
from kiosk.cli import room_shown
from kiosk.proctor.network import RoomNetwork
from kiosk.sync.board import RoomBoard, SeatSeen
from tests.proctor.room import SESSION, Room
from tests.proctor.test_network import LOCKED, exchange


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.start = b"s" * 32
    return room


@pytest.fixture
def network(room: Room, tmp_path: Path) -> Iterator[RoomNetwork]:
    network = RoomNetwork(room.desk(), tmp_path / "room", host="127.0.0.1", port=0)
    yield network
    network.close()


def code_with_a_space(room: Room) -> str:
    code = ""
    while " " not in code:
        code = room.desk(1).rooms.join(room.desk(0).rooms.sign(SESSION, "start"))
    return code


def test_each_line_typed_is_one_code_whatever_signs_it_holds(
    room: Room, network: RoomNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = code_with_a_space(room)
    digits = room.desk(0).rooms.sign(SESSION, "common")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\nno code\n{whole}\r\n{digits}\n"))
    room_shown._offer_lines(network)
    assert exchange(room, network).ask(Report(LOCKED)) == Orders((whole, digits))


def test_what_a_terminal_says_of_itself_cannot_write_elsewhere_on_the_screen() -> None:
    status = replace(LOCKED, candidate="[/bold][red]1\x1b[2J", trouble="[link=x]")
    board = RoomBoard("[/]S", (SeatSeen(b"k", "[/]T", None, status, 0),))
    console = Console(file=io.StringIO(), width=200, force_terminal=False)
    console.print(room_shown._table(board))
    shown = console.file.getvalue()
    for said in ("[/]S", "[/]T", "[/bold][red]1\ufffd[2J", "[link=x]"):
        assert said in shown


def test_a_line_of_json_is_written_for_a_change_and_no_other_time(
    room: Room, network: RoomNetwork, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    looks = iter((None, None, lambda: exchange(room, network).ask(Report(LOCKED)), None))

    def look(_seconds: float) -> None:
        try:
            act = next(looks)
        except StopIteration:
            raise KeyboardInterrupt from None
        if act:
            act()

    monkeypatch.setattr(room_shown.time, "sleep", look)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    room_shown.show_room(network, [SESSION], as_json=True)
    assert len(capsys.readouterr().out.splitlines()) == 3, "where it listens, empty, one seat"
