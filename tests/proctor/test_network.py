"""The desk on its room's network: what it offers to whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase, challenge_text
from kiosk.artefacts.exchange import Orders, Report, SeatStatus
from kiosk.artefacts.tokens import Command
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.proctor.network import RoomNetwork
from kiosk.sync.client import Exchange, Line
from tests.proctor.room import SESSION, Room

LOCKED = SeatStatus(stage="locked", phase=Phase.LOCKED, count=0, head=bytes(16))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def network(room: Room, tmp_path: Path) -> Iterator[RoomNetwork]:
    network = RoomNetwork(room.desk(), tmp_path / "room", host="127.0.0.1", port=0)
    yield network
    network.close()


def exchange(room: Room, network: RoomNetwork, terminal: int = 0) -> Exchange:
    proctor = room.proctors[0].record
    line = Line("127.0.0.1", network.port)
    return Exchange(line, SESSION, room.terminals[terminal], {proctor.kid: proctor}.__getitem__)


def test_the_board_has_every_terminal_of_the_session(room: Room, network: RoomNetwork) -> None:
    assert [seat.label for seat in network.board(SESSION).seats] == ["T-08", "T-31"]
    exchange(room, network).ask(Report(LOCKED))
    board = network.board(SESSION)
    assert (board.listening, board.seats[0].status) == (1, LOCKED)


def test_a_room_code_is_offered_once_both_proctors_signed_it(
    room: Room, network: RoomNetwork
) -> None:
    first = room.desk(0).rooms.sign(SESSION, "start")
    with pytest.raises(InputRefused):
        network.offer(first)
    whole = room.desk(1).rooms.join(first)
    network.offer(whole)
    for terminal in (0, 1):
        assert exchange(room, network, terminal).ask(Report(LOCKED)) == Orders((whole,))
    network.withdraw(SESSION)
    assert exchange(room, network).ask(Report(LOCKED)) == Orders(())


def test_an_answer_is_offered_to_the_terminal_it_is_for(room: Room, network: RoomNetwork) -> None:
    desk = room.desk()
    challenge = room.challenge(phase=Phase.PAUSED)
    seat = desk.read(challenge_text(challenge))
    code = desk.sign(desk.propose(seat, Command.RESUME))
    network.offer(code)
    waiting = replace(LOCKED, challenge=challenge_text(challenge))
    assert exchange(room, network, 1).ask(Report(waiting)) == Orders(())
    assert exchange(room, network).ask(Report(LOCKED)) == Orders(())
    assert exchange(room, network).ask(Report(waiting)) == Orders((code,))


def test_what_is_no_code_of_a_proctor_of_the_room_is_not_offered(
    room: Room, network: RoomNetwork
) -> None:
    whole = room.desk(1).rooms.join(room.desk(0).rooms.sign(SESSION, "start"))
    for wrong in ("", "hello", room.scan(), whole[:-6]):
        with pytest.raises(KioskError):
            network.offer(wrong)
    room.revoked = (room.proctors[1].record.kid,)
    network._desk.trust = room.trust()
    with pytest.raises(NotPermitted):
        network.offer(whole)


def test_addresses_are_as_they_are_typed(network: RoomNetwork) -> None:
    for address in network.addresses:
        host, port = address.split(":")
        assert (len(host.split(".")), int(port)) == (4, network.port)
