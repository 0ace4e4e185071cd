"""The desk's map of seats says what its scans tell, when, and nothing more."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QWidget

from kiosk.artefacts.bundle import BundleLine, write_bundle
from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.slip import slip_for
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import InputRefused
from kiosk.proctor import seat_map
from kiosk.proctor.acts import HandedIn, Seen, SignedRoom
from kiosk.proctor.desk import Desk
from kiosk.proctor.screens.seats import SeatTiles
from kiosk.proctor.seats import SeatLine, SeatState, room_seats
from kiosk.ui.theme import Look
from tests.proctor.room import IN_THE_ROOM, OPENS, SESSION, THIRTY, Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def seat(desk: Desk, at: int = 0) -> SeatLine:
    return desk.seats(SESSION)[at]


def sign(room: Room, desk: Desk, command: Command, *, minutes: int = 0, **changes: object) -> None:
    reason = Reason.EQUIPMENT if command in (Command.EXTEND, Command.TRANSFER) else Reason.NONE
    scanned = desk.read(room.scan(**changes))
    desk.sign(desk.propose(scanned, command, minutes=minutes, reason=reason))


def test_a_scan_alone_tells_state_time_left_and_record(room: Room) -> None:
    desk = room.desk()
    assert seat(desk).state is SeatState.UNSEEN
    desk.read(room.scan(phase=Phase.PAUSED, remaining_s=600, count=9, head=b"h" * 16))
    line = seat(desk)
    assert (line.state, line.remaining_s, line.count) == (SeatState.PAUSED, 600, 9)
    assert (line.at, line.head) == (room.now, b"h" * 16)
    assert seat(room.desk()) == line, "it is kept"


def test_what_was_signed_is_what_the_seat_is_next(room: Room) -> None:
    desk = room.desk()
    sign(room, desk, Command.RELEASE)
    assert seat(desk).state is SeatState.STARTED
    sign(room, desk, Command.EXTEND, minutes=5, phase=Phase.RUNNING, remaining_s=60, count=3)
    assert seat(desk).extended_min == 5
    assert seat(desk).remaining_s == 360
    sign(room, desk, Command.PAUSE, phase=Phase.RUNNING, remaining_s=60, count=4)
    assert seat(desk).state is SeatState.PAUSED


def test_a_transfer_names_both_seats_and_takes_the_candidate_along(room: Room) -> None:
    desk = room.desk()
    sign(room, desk, Command.TRANSFER, phase=Phase.RUNNING, remaining_s=60, count=4)
    sign(room, desk, Command.TAKE_OVER, terminal=1, phase=Phase.IDLE)
    old, new = desk.seats(SESSION)
    assert (old.state, old.moved, old.due) == (SeatState.MOVED, "T-31", False)
    assert (new.state, new.moved, new.due) == (SeatState.RUNNING, "08", True)
    assert new.candidate is not None
    assert new.candidate.name == "张海燕"


def test_a_slip_marks_its_seat_done_and_no_other_seat_takes_it(room: Room) -> None:
    desk = room.desk()
    slip = slip_for(b"package")
    kids = [keys.record.kid for keys in room.terminals]
    desk.hand_in(SESSION, kids[0], slip)
    desk.hand_in(SESSION, kids[0], slip)
    assert seat(desk).state is SeatState.DONE
    assert seat(desk).code == slip.digits
    with pytest.raises(InputRefused, match="seat 08"):
        desk.hand_in(SESSION, kids[1], slip)
    assert seat(desk).due


def test_the_collecting_stick_says_what_is_still_to_collect(room: Room, tmp_path: Path) -> None:
    desk = room.desk()
    for keys in room.terminals:
        desk.hand_in(SESSION, keys.record.kid, None)
    stick = tmp_path / "stick"
    stick.mkdir()
    with pytest.raises(InputRefused, match="no package"):
        desk.collect(SESSION, stick)
    package = b"sealed"
    line = BundleLine(3, SESSION, slip_sha256(package), True)
    good = write_bundle((line,), {3: package}, OPENS, room.terminals[0])
    (stick / "08.bundle").write_bytes(good)
    lost = BundleLine(1, SESSION, slip_sha256(b"another"), True)
    damaged = write_bundle((lost,), {1: package}, OPENS, room.terminals[1])
    (stick / "31.bundle").write_bytes(damaged)
    desk.collect(SESSION, stick)
    told = desk.collected(SESSION)
    assert (told.collected, told.waiting) == (("08",), ("T-31",))
    assert [line.due for line in desk.seats(SESSION)] == [False, True]
    assert seat(desk).package == 3


def slip_sha256(package: bytes) -> bytes:
    import hashlib

    return hashlib.sha256(package).digest()


def test_a_room_code_after_a_power_cut_does_not_say_that_a_seat_took_it(room: Room) -> None:
    desk = room.desk()
    desk.read(room.scan(phase=Phase.INTERRUPTED, remaining_s=600, count=9))
    desk.rooms.sign(SESSION, "resume", minutes=3)
    line, spare = desk.seats(SESSION)
    assert (line.state, line.sat, line.due) == (SeatState.ROOM_CODE, True, True)
    assert (line.given_back_min, spare.given_back_min) == (3, 0)


def test_who_is_absent_has_nothing_to_collect(room: Room) -> None:
    desk = room.desk()
    assert [line.due for line in desk.seats(SESSION)] == [True, False], "another desk starts seats"
    desk.rooms.sign(SESSION, "start")
    assert [line.state for line in desk.seats(SESSION)] == [SeatState.ROOM_CODE] * 2
    assert [line.due for line in desk.seats(SESSION)] == [True, False]
    desk.note(SESSION, "absent", "", candidate="0001")
    assert not seat(desk).due
    desk.note(SESSION, "present", "", candidate="0001")
    assert seat(desk).due


@given(st.data())
def test_the_groups_add_up_whatever_was_scanned(data: st.DataObject) -> None:
    room = _THE_ROOM
    file, secret = room.desk().release(SESSION)
    kids = st.sampled_from([keys.record.kid for keys in room.terminals])
    records = data.draw(
        st.lists(
            st.one_of(
                st.builds(Seen, st.just(1), kids, st.just(1), st.just(b""), st.sampled_from(Phase)),
                st.builds(HandedIn, st.just(1), kids),
                st.builds(
                    SignedRoom,
                    st.just(1),
                    st.just(1),
                    st.sampled_from(["start", "resume"]),
                    st.just(0),
                ),
            ),
            max_size=8,
        )
    )
    lines = room_seats(file, secret.seats, records)
    counts = [int(one.label.split()[-1]) for one in seat_map.filters(lines, "all", "en")]
    assert counts[0] == sum(counts[1:-1]) == 2


_THE_ROOM = Room(Path("/nonexistent"))


def test_the_map_stands_as_the_room_does_and_a_filter_is_a_list(tmp_path: Path) -> None:
    desk = Room(tmp_path, THIRTY, IN_THE_ROOM).desk()
    lines = desk.seats(SESSION)

    shown = seat_map.tiles(tuple(reversed(lines)), "all", b"", "en")
    assert [tile.seat for tile in shown] == [line.label for line in lines]
    assert [tile.place for tile in shown] == list(IN_THE_ROOM.values())
    assert all(tile.place is None for tile in seat_map.tiles(lines, "waiting", b"", "en"))
    unknown = (replace(lines[0], place=None), *lines[1:])
    assert all(tile.place is None for tile in seat_map.tiles(unknown, "all", b"", "en"))


@pytest.mark.parametrize(("width", "in_the_room"), [(900, True), (600, False)])
def test_tiles_stand_in_rows_with_an_aisle_where_there_is_room(
    qapp: QApplication, tmp_path: Path, width: int, in_the_room: bool
) -> None:
    lines = Room(tmp_path, THIRTY, IN_THE_ROOM).desk().seats(SESSION)
    window = QWidget()
    window.resize(width, 4000)
    tiles = SeatTiles(window)
    tiles.resize(width, 4000)
    tiles.show_tiles(seat_map.tiles(lines, "all", b"", "en"), Look())

    boxes = [tile.geometry() for tile in tiles.tiles]
    assert not any(a.intersects(b) for a, b in combinations(boxes, 2))
    assert max(box.right() for box in boxes) <= width
    if not in_the_room:
        assert boxes[0].left() == boxes[3].left()
        return
    assert {boxes[at].left() for at in (0, 6, 12, 18, 24, 30)} == {0}
    assert {boxes[at].top() for at in range(6)} == {0}
    gaps = [after.left() - box.right() for box, after in pairwise(boxes[:6])]
    assert gaps.index(max(gaps)) == 2, "the aisle is behind the third"
    window.deleteLater()
