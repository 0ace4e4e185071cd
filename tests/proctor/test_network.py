"""The desk on its room's network: what it offers to whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase, challenge_text
from kiosk.artefacts.common_start import StartCodes
from kiosk.artefacts.exchange import Orders, Report, SeatStatus
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import new_share
from kiosk.artefacts.tokens import (
    Command,
    RoomClaim,
    answer_text,
    read_code,
    room_text,
    sign_answer,
    sign_room,
)
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.proctor.network import RoomNetwork
from kiosk.sync.client import Exchange, Line, LineDown
from tests.proctor.room import OPENS, SESSION, Room

LOCKED = SeatStatus(stage="locked", phase=Phase.LOCKED, count=0, head=bytes(16))


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


def test_the_code_of_a_common_start_is_offered_beside_the_room_code(
    room: Room, network: RoomNetwork
) -> None:
    whole = room.desk(1).rooms.join(room.desk(0).rooms.sign(SESSION, "start"))
    codes = StartCodes(room.start, OPENS, OPENS + 7200)
    later, _ = codes.at(room.now + 300)
    network.offer(whole)
    for code in (room.desk(1).rooms.sign(SESSION, "common"), later):
        network.offer(code)
    assert exchange(room, network).ask(Report(LOCKED)) == Orders((whole, later))


def test_six_digits_that_start_no_session_cost_no_seat_a_try(
    room: Room, network: RoomNetwork
) -> None:
    codes = StartCodes(room.start, OPENS, OPENS + 7200)
    right, _ = codes.at(room.now)
    none = next(code for code in map("{:06}".format, range(200)) if codes.began(code) is None)
    for wrong in (none, right[:-1], right + "1", f"{SESSION} {right}", wide(right)):
        with pytest.raises(InputRefused):
            network.offer(wrong)
    assert exchange(room, network).ask(Report(LOCKED)) == Orders(())


def wide(digits: str) -> str:
    """The same digits as an input method may write them."""
    return "".join(chr(ord(digit) + 0xFEE0) for digit in digits)


def test_what_is_no_code_of_a_proctor_of_the_room_is_not_offered(
    room: Room, network: RoomNetwork
) -> None:
    whole = room.desk(1).rooms.join(room.desk(0).rooms.sign(SESSION, "start"))
    first, _ = read_code(whole)[1]
    for wrong in ("", "hello", room.scan(), whole[:-6], room_text(()), room_text((first, first))):
        with pytest.raises(KioskError):
            network.offer(wrong)
    room.revoked = (room.proctors[1].record.kid,)
    network._desk.trust = room.trust()
    with pytest.raises(NotPermitted):
        network.offer(whole)


def test_a_code_of_a_proctor_of_another_room_is_not_offered(
    room: Room, network: RoomNetwork
) -> None:
    stranger = PrivateKeys.generate(Role.PROCTOR, "stranger")
    room.proctors.append(stranger)
    network._desk.trust = room.trust()
    claim = RoomClaim(SESSION, 1, "start", 0, new_share())
    parts = [sign_room(claim, keys, issued_at=OPENS) for keys in (room.proctors[0], stranger)]
    answer = sign_answer(room.challenge(phase=Phase.PAUSED), Command.RESUME, stranger, issued_at=1)
    for wrong in (room_text(tuple(parts)), answer_text(answer)):
        with pytest.raises(NotPermitted):
            network.offer(wrong)


def test_a_terminal_that_was_revoked_is_shown_and_gets_no_code(room: Room, tmp_path: Path) -> None:
    room.revoked = (room.terminals[0].record.kid,)
    network = RoomNetwork(room.desk(), tmp_path / "room", host="127.0.0.1", port=0)
    with closing(network):
        with pytest.raises(LineDown):
            exchange(room, network).ask(Report(LOCKED))
        exchange(room, network, 1).ask(Report(LOCKED))
        assert [seat.silent for seat in network.board(SESSION).seats] == [True, False]


def test_addresses_are_as_they_are_typed(network: RoomNetwork) -> None:
    for address in network.addresses:
        host, port = address.split(":")
        assert (len(host.split(".")), int(port)) == (4, network.port)
