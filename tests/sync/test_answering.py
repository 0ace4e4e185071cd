"""The desk's side of the room's network, and the terminal's, without a network between them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.artefacts import exchange as wire
from kiosk.artefacts.challenge import Challenge, Phase, challenge_text
from kiosk.artefacts.codec import decode
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import Receipt
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.sync.answering import OFFER_MS, RoomService, Served
from kiosk.sync.client import LineDown
from kiosk.sync.store import Store
from tests.artefacts import samples
from tests.sync.rooms import (
    PROCTOR,
    SESSION,
    SPARE,
    STATUS,
    TERMINAL,
    Direct,
    Room,
    a_mirror,
    a_package,
    another,
    exchange,
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "desk")


def seat(room: Room, number: int = 0):
    return room.service.board(SESSION).seats[number]


def packages(room: Room) -> list[Path]:
    return sorted((room.folder / "collected" / SESSION).glob("*"))


# --- reports ----------------------------------------------------------------------------------------


def test_the_board_shows_what_a_seat_reported_and_how_long_ago(room: Room) -> None:
    exchange(Direct(room)).ask(wire.Report(replace(STATUS, packages=(1,), mirror_s=3)))
    room.now_ms += 4_000
    seen = seat(room)
    assert (seen.seat, seen.status.remaining_s, seen.status.mirror_s) == ("01", 3600, 3)
    assert (seen.age_ms, seen.silent, seen.waiting) == (4_000, False, (1,))
    room.now_ms += 20_000
    assert seat(room).silent
    assert seat(room).status is not None, "what it last said stays, with its age"
    assert seat(room, 1).silent
    assert seat(room, 1).status is None


def test_a_desk_that_was_restarted_is_greeted_anew(room: Room) -> None:
    asking = exchange(Direct(room))
    asking.ask(wire.Report(STATUS))
    room.restart()
    assert seat(room).status is None
    asking.ask(wire.Report(STATUS))
    assert seat(room).status == STATUS


def test_another_proctors_desk_may_take_over(room: Room) -> None:
    second = samples.SECOND_PROCTOR
    asking = exchange(Direct(room))
    asking._record_of = {one.record.kid: one.record for one in (PROCTOR, second)}.__getitem__
    asking.ask(wire.Report(STATUS))
    room.keys = second
    room.restart()
    with pytest.raises(LineDown):
        exchange(Direct(room)).ask(wire.Report(STATUS))
    asking.ask(wire.Report(STATUS))
    assert seat(room).status == STATUS


def test_nothing_of_a_request_but_who_sends_it_can_be_read_on_the_way(room: Room) -> None:
    line = Direct(room)
    replies: list[bytes] = []

    def listen(data, go):
        replies.append(go(data))
        return replies[-1]

    line.change = listen
    room.service.offer_room(SESSION, "R1:SECRET-CODE")
    told = replace(STATUS, candidate="20260001", challenge="C1:WORDS")
    assert exchange(line).ask(wire.Report(told)) == wire.Orders(("R1:SECRET-CODE",))
    for message in (*line.sent, *replies):
        assert b"20260001" not in message
        assert b"WORDS" not in message
        assert b"SECRET" not in message


@pytest.mark.parametrize("said", ["candidate", "challenge", "trouble", "version", "head"])
def test_no_text_of_a_report_is_longer_than_the_board_has_room_for(room: Room, said: str) -> None:
    most = {"challenge": 4 * wire.MOST_LETTERS, "head": 16}.get(said, wire.MOST_LETTERS)
    whole: str | bytes = b"h" * most if said == "head" else "考" * most
    asking = exchange(Direct(room))
    asking.ask(wire.Report(replace(STATUS, **{said: whole})))
    with pytest.raises(LineDown):
        asking.ask(wire.Report(replace(STATUS, **{said: whole + whole[:1]})))
    assert getattr(seat(room).status, said) == whole


# --- who is heard -----------------------------------------------------------------------------------


def test_a_key_that_is_no_terminal_of_the_session_is_refused(room: Room) -> None:
    for keys in (another(Role.TERMINAL), PROCTOR, another(Role.PROCTOR)):
        with pytest.raises(KioskError):
            exchange(Direct(room), keys).ask(wire.Report(STATUS))
    assert seat(room).status is None


def test_another_session_is_refused(room: Room) -> None:
    with pytest.raises(LineDown):
        exchange(Direct(room), session="R15-0999").ask(wire.Report(STATUS))


def test_a_request_with_any_byte_changed_does_nothing(room: Room) -> None:
    line = Direct(room)
    exchange(line).ask(wire.Report(STATUS))
    _, request = line.sent
    room.restart()
    epoch = room.service._listening._epoch
    fresh = wire.write_request(wire.Report(STATUS), SESSION, epoch, 1, TERMINAL, PROCTOR.record)
    assert len(fresh) == len(request)
    for at in range(0, len(fresh), 3):
        with pytest.raises(KioskError):
            room.service.answer(fresh[:at] + bytes([fresh[at] ^ 1]) + fresh[at + 1 :])
    assert seat(room).status is None
    room.service.answer(fresh)
    assert seat(room).status == STATUS


def test_a_request_heard_again_changes_nothing(room: Room) -> None:
    line = Direct(room)
    asking = exchange(line)
    asking.ask(wire.Report(replace(STATUS, remaining_s=100)))
    old = line.sent[-1]
    asking.ask(wire.Report(replace(STATUS, remaining_s=90)))
    room.service.answer(old)
    assert seat(room).status.remaining_s == 90
    room.restart()  # its memory of numbers is gone, and so is the epoch
    room.service.answer(old)
    assert seat(room).status is None


def test_an_answer_of_somebody_else_or_to_another_request_is_not_believed(room: Room) -> None:
    impostor = Room(room.folder, keys=another(Role.PROCTOR))
    with pytest.raises(LineDown):
        exchange(Direct(impostor)).ask(wire.Report(STATUS))
    line = Direct(room)
    asking = exchange(line)
    kept: list[bytes] = []

    def keep(data, go):
        kept.append(go(data))
        return kept[-1]

    line.change = keep
    asking.ask(wire.Report(STATUS))
    line.change = lambda data, go: kept[-1]
    with pytest.raises(LineDown):
        asking.ask(wire.Report(STATUS))
    line.change = lambda data, go: b"<html>log in to this network</html>"
    with pytest.raises(LineDown):
        asking.ask(wire.Report(STATUS))
    line.change = lambda data, go: go(data)
    asking.ask(wire.Report(STATUS))


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.sampled_from(["pass", "lost", "reply lost", "twice", "late"]), max_size=12))
def test_whatever_a_line_does_the_last_report_that_was_answered_stands(
    tmp_path: Path, fates: list[str]
) -> None:
    room = Room(tmp_path)
    line = Direct(room)
    asking = exchange(line)
    held: list[bytes] = []

    def through(fate: str):
        def change(data, go):
            if fate == "lost":
                raise LineDown("lost")
            if fate == "late":
                held.append(data)
                raise LineDown("late")
            reply = go(data)
            if fate == "reply lost":
                raise LineDown("reply lost")
            if fate == "twice":
                go(data)
            return reply

        return change

    for n, fate in enumerate((*fates, "pass")):
        line.change = through(fate)
        try:
            asking.ask(wire.Report(replace(STATUS, remaining_s=n)))
        except LineDown:
            continue
        for old in held:
            room.service.answer(old)
        assert seat(room).status.remaining_s == n


# --- codes ------------------------------------------------------------------------------------------


def test_a_room_code_is_offered_to_every_seat_for_a_while(room: Room) -> None:
    first, spare = exchange(Direct(room)), exchange(Direct(room), SPARE)
    assert first.ask(wire.Report(STATUS)) == wire.Orders(())
    room.service.offer_room(SESSION, "R1:A")
    room.service.offer_room(SESSION, "R1:B")
    for one in (first, spare):
        assert one.ask(wire.Report(STATUS)) == wire.Orders(("R1:B",))
    room.now_ms += OFFER_MS
    assert first.ask(wire.Report(STATUS)) == wire.Orders(())
    room.service.offer_room(SESSION, "R1:C")
    room.service.withdraw(SESSION)
    assert first.ask(wire.Report(STATUS)) == wire.Orders(())


def test_an_answer_goes_to_the_terminal_that_asked_while_it_asks(room: Room) -> None:
    asked = Challenge(TERMINAL.record.kid, SESSION, b"n" * 12, 3, b"h" * 16, Phase.PAUSED)
    text = challenge_text(asked)
    room.service.offer_answer(SESSION, asked.terminal, asked.nonce, "T1:GO")
    first, spare = exchange(Direct(room)), exchange(Direct(room), SPARE)
    assert first.ask(wire.Report(STATUS)) == wire.Orders(())
    asking = replace(STATUS, challenge=text)
    assert spare.ask(wire.Report(asking)) == wire.Orders(())
    assert first.ask(wire.Report(asking)) == wire.Orders(("T1:GO",))
    for challenge in ("C1:NONE", challenge_text(replace(asked, nonce=b"m" * 12))):
        assert first.ask(wire.Report(replace(STATUS, challenge=challenge))) == wire.Orders(())
    with pytest.raises(NotPermitted):
        room.service.offer_answer(SESSION, b"x" * 8, asked.nonce, "T1:GO")


# --- packages, mirrors, receipts --------------------------------------------------------------------


def test_a_package_is_collected_once_whole_and_as_it_was(room: Room) -> None:
    asking, package = exchange(Direct(room)), a_package(3)
    asking.ask(wire.Report(replace(STATUS, packages=(3,))))
    assert (room.service.board(SESSION).collected, room.service.board(SESSION).made) == (0, 1)
    for _ in range(2):
        asking.put("package", package)
    (path,) = packages(room)
    assert path.read_bytes() == package
    assert seat(room).collected == (3,)
    assert (room.service.board(SESSION).collected, room.service.board(SESSION).made) == (1, 1)


def test_two_packages_under_one_number_are_both_kept(room: Room) -> None:
    asking = exchange(Direct(room))
    asking.put("package", a_package(1))
    asking.put("package", a_package(1))
    assert len(packages(room)) == 2


def test_a_package_of_another_terminal_or_session_is_not_taken(room: Room) -> None:
    asking = exchange(Direct(room))
    for foreign in (
        a_package(1, SPARE),
        a_package(1, session="R15-0999"),
        b"no package",
        a_mirror(),
    ):
        with pytest.raises(InputRefused):
            asking.put("package", foreign)
    assert packages(room) == []
    assert list((room.folder / "incoming").iterdir()) == []


@pytest.mark.parametrize("size", [1, 300_000])
def test_pieces_twice_out_of_order_or_beyond_the_end_change_nothing(room: Room, size: int) -> None:
    asking, package = exchange(Direct(room)), a_package()
    digest = sha256(package).digest()

    def put(offset: int, data: bytes) -> wire.Answer:
        return asking.ask(wire.Put("package", digest, len(package), offset, data))

    assert put(0, package[:100]) == wire.Held(100, False)
    assert put(0, package[:100]) == wire.Held(100, False)
    assert put(500, package[500:600]) == wire.Held(100, False)
    assert put(100, package[100:] + b"more") == wire.Held(100, False)
    room.restart()
    assert put(0, b"") == wire.Held(100, False), "what came in is there after a restart"
    assert put(100, package[100:]) == wire.Held(len(package), True)
    assert packages(room)[0].read_bytes() == package


def test_a_file_that_came_in_wrong_begins_anew(room: Room) -> None:
    asking, package = exchange(Direct(room)), a_package()
    digest = sha256(package).digest()
    asking.ask(wire.Put("package", digest, len(package), 0, b"?" * 100))
    rest = wire.Put("package", digest, len(package), 100, package[100:])
    assert asking.ask(rest) == wire.Held(0, False)
    asking.put("package", package)
    assert packages(room)[0].read_bytes() == package


def test_a_terminal_cannot_fill_the_desks_disk(room: Room) -> None:
    asking = exchange(Direct(room))
    for n in range(9):
        asking.ask(wire.Put("package", bytes([n]) * 32, 5_000_000, 0, b"x" * 1000))
    assert len(list((room.folder / "incoming").iterdir())) == 4
    for size in (10_000_000_000, 0, -1):
        assert isinstance(asking.ask(wire.Put("package", b"d" * 32, size, 0, b"")), wire.Refused)


def test_a_terminal_cannot_fill_the_disk_with_packages_it_signs_itself(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.sync.store.MOST_PACKAGES", 2)
    asking, spare = exchange(Direct(room)), exchange(Direct(room), SPARE)
    kept = [a_package(1), a_package(2)]
    for package in (*kept, *kept):
        asking.put("package", package)
    with pytest.raises(InputRefused):
        asking.put("package", a_package(3))
    spare.put("package", a_package(1, SPARE))
    assert len(packages(room)) == 3
    assert list((room.folder / "incoming").iterdir()) == []


def test_a_mirror_takes_the_place_of_an_older_one_and_never_of_a_longer_one(room: Room) -> None:
    asking = exchange(Direct(room))
    asking.put("mirror", a_mirror(3))
    asking.put("mirror", a_mirror(5000))
    (path,) = (room.folder / "mirrors").iterdir()
    assert path.read_bytes() == a_mirror(5000)
    with pytest.raises(InputRefused):
        asking.put("mirror", a_mirror(4))
    with pytest.raises(InputRefused):
        asking.put("mirror", a_mirror(9000, SPARE))
    assert path.read_bytes() == a_mirror(5000)


def test_receipts_that_the_station_gave_back_go_to_the_terminal(room: Room) -> None:
    asking = exchange(Direct(room))
    leaf = decode(samples.sample("receipt").data, Receipt, "receipt").leaf
    assert asking.ask(wire.Ask((leaf,))) == wire.Receipts(())
    data = samples.sample("receipt").data
    (room.folder / "receipts" / "0.receipt").write_bytes(b"not one")
    (room.folder / "receipts" / "1.receipt").write_bytes(data)
    assert asking.ask(wire.Ask((leaf,))) == wire.Receipts((data,))
    assert asking.ask(wire.Ask((b"x" * 32,))) == wire.Receipts(())


def test_a_full_disk_at_the_desk_is_told_to_the_terminal_which_keeps_its_package(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr("kiosk.trust.durable.os.fsync", full)
    with pytest.raises(InputRefused):
        exchange(Direct(room)).put("package", a_package())
    monkeypatch.undo()
    assert packages(room) == []
    exchange(Direct(room)).put("package", a_package())
    assert len(packages(room)) == 1


def test_what_a_service_does_not_serve_it_does_not_show(tmp_path: Path) -> None:
    service = RoomService(PROCTOR, [Served("S", (), ())], Store(tmp_path), lambda: 0)
    with pytest.raises(NotPermitted):
        service.board(SESSION)
