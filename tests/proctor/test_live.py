"""The desk's map where the room has a network: what seats tell, its age, and the scans beneath it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from msgspec.structs import replace

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.exchange import Orders, Report, SeatStatus, Stage
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.slip import slip_for
from kiosk.artefacts.tokens import Command
from kiosk.errors import StorageFault
from kiosk.proctor import seat_map, views
from kiosk.proctor.desk import Desk
from kiosk.proctor.live import overlay, state_of
from kiosk.proctor.network import RoomNetwork
from kiosk.proctor.seats import SeatLine, SeatState
from kiosk.sync.board import SILENT_MS, RoomBoard, SeatSeen
from tests.proctor.devices import Devices
from tests.proctor.networks import Air
from tests.proctor.room import SESSION, Room
from tests.proctor.test_flow import Driven
from tests.proctor.test_network import exchange
from tests.sync.rooms import a_package

SITTING = SeatStatus(
    stage="exam",
    phase=Phase.RUNNING,
    count=7,
    head=b"h" * 16,
    remaining_s=2400,
    candidate="0001",
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def laid(
    room: Room, desk: Desk, status: SeatStatus | None, *, age_s: int = 0, **seen: object
) -> SeatLine:
    """Seat 08 once it told `status` so long ago."""
    kid = room.terminals[0].record.kid
    age_ms = None if status is None else 1000 * age_s
    told = SeatSeen(kid, "T-08", "08", status, age_ms, **seen)  # type: ignore[arg-type]
    people = {name.number: name for name in desk.expected(SESSION)}
    return overlay(desk.seats(SESSION), RoomBoard(SESSION, (told,)), people, room.now)[0]


def tile(line: SeatLine) -> views.SeatTile:
    return seat_map.tiles((line,), "all", b"", "en")[0]


def test_every_stage_of_a_terminal_is_a_state_with_a_name() -> None:
    for stage in get_args(Stage):
        state = state_of(replace(SITTING, stage=stage, phase=Phase.IDLE))
        assert state in seat_map.STATE_WORDS
    assert state_of(replace(SITTING, stage="locked", phase=Phase.INTERRUPTED)) is (
        SeatState.INTERRUPTED
    )


def test_a_seat_that_is_heard_shows_what_it_tells_and_no_scan(room: Room) -> None:
    desk = room.desk()
    desk.read(room.scan(phase=Phase.PAUSED, remaining_s=2500, count=5))
    line = laid(room, desk, SITTING)
    assert (line.state, line.remaining_s, line.count) == (SeatState.RUNNING, 2400, 7)
    assert (tile(line).words, tile(line).note) == ("Exam running", "40 min left")
    trouble = laid(room, desk, replace(SITTING, stage="stopped", trouble="T-21"))
    assert tile(trouble).words == "In trouble T-21"
    assert trouble.due


def test_a_seat_that_fell_silent_says_how_old_it_is_until_something_newer_was_scanned(
    room: Room,
) -> None:
    desk = room.desk()
    desk.read(room.scan(phase=Phase.RUNNING, remaining_s=2500, count=5))
    room.now += 300
    assert SILENT_MS <= 240_000
    line = laid(room, desk, SITTING, age_s=240)
    assert (line.state, line.live) == (SeatState.RUNNING, None)
    assert tile(line).note == "heard 4 min ago"
    desk.read(room.scan(phase=Phase.PAUSED, remaining_s=2300, count=8))
    line = laid(room, desk, SITTING, age_s=240)
    assert (line.state, line.heard) == (SeatState.PAUSED, False)
    assert "4 min ago" in "".join(seat_map.details(line, None, "en").lines)


def test_who_drew_the_seat_is_named_though_the_plan_does_not(room: Room) -> None:
    desk = room.desk()
    assert laid(room, desk, replace(SITTING, candidate="R01")).candidate.name == "R01"
    assert laid(room, desk, SITTING).candidate.name == "张海燕"


def test_what_only_the_proctor_knows_of_a_seat_stays(room: Room) -> None:
    desk = room.desk()
    scanned = desk.read(room.scan(phase=Phase.RUNNING, remaining_s=60, count=4))
    desk.sign(desk.propose(scanned, Command.GO_OUT, words="王珺"))
    paused = replace(SITTING, stage="paused", phase=Phase.PAUSED)
    assert laid(room, desk, paused).state is SeatState.OUT
    assert laid(room, desk, SITTING).state is SeatState.RUNNING
    desk.hand_in(SESSION, room.terminals[0].record.kid, slip_for(b"package"))
    done = replace(SITTING, stage="done", phase=Phase.IDLE, packages=(1,))
    for stage in ("done", "sign-in"):
        line = laid(room, desk, replace(done, stage=stage))
        assert (line.state, line.due) == (SeatState.DONE, True)
        assert line.code == slip_for(b"package").digits
    assert not laid(room, desk, done, collected=(1,)).due
    assert laid(room, desk, replace(done, packages=(1, 2)), collected=(2,)).due


# --- a whole desk -----------------------------------------------------------------------------------


@pytest.fixture
def air() -> Air:
    return Air()


@pytest.fixture
def driven(devices: Devices, air: Air) -> Iterator[Driven]:
    driven = Driven(devices, serve=air.serve)
    yield driven.unlock()
    driven.flow.close()


def seats(driven: Driven, *intents: views.Intent) -> views.Seats:
    view = driven.send(*intents) if intents else driven.flow.view
    assert isinstance(view, views.Seats)
    return view


def test_the_map_is_drawn_anew_when_a_seat_tells_something_and_no_other_time(
    driven: Driven, air: Air
) -> None:
    kid = driven.devices.room.terminals[0].record.kid
    shown = seats(driven, views.OpenSeats())
    assert "they reach this desk at 192.168.1.10:8470" in shown.hint
    assert not driven.pass_s(1)
    air.tell(kid, SITTING)
    assert driven.pass_s(1)
    shown = seats(driven)
    assert shown.tiles[0].words == "Exam running"
    assert "1 of 2 computers heard" in shown.hint
    assert not driven.pass_s(1)
    air.pull_the_cable()
    assert driven.pass_s(40)
    assert shown.tiles[0].words == "Exam running"
    assert seats(driven).tiles[0].note == "heard 40 s ago"
    assert "silent, last heard 40 s ago" in seats(driven).hint


def test_a_seat_of_the_network_is_signed_for_without_a_scanner(driven: Driven, air: Air) -> None:
    room = driven.devices.room
    kid = room.terminals[0].record.kid
    paused = replace(SITTING, stage="paused", phase=Phase.PAUSED)
    air.tell(kid, replace(paused, challenge=room.scan(phase=Phase.PAUSED, remaining_s=2400)))
    shown = seats(driven, views.OpenSeats(), views.ChooseSeat(kid))
    assert shown.details is not None
    assert "sign" in [one.note for one in shown.details.actions]
    signing = driven.send(views.NoteSeat("sign"))
    assert signing.subject.heading.startswith("Seat 08")
    assert signing.offer is not None
    assert "The room's network takes it to the seats at once" in signing.offer.lines
    assert air.offered == []
    shown_code = driven.sign().code
    assert shown_code is not None
    assert air.offered == [shown_code.text]
    assert "network have it" in shown_code.then


def test_half_a_room_code_is_not_offered(driven: Driven, air: Air) -> None:
    driven.send(views.ChooseRoom(SESSION, "start"))
    assert driven.sign().code is not None
    assert air.offered == []


def test_the_network_goes_on_while_the_desk_is_locked_and_ends_with_it(
    driven: Driven, air: Air
) -> None:
    driven.send(views.Lock())
    assert (air.opened, air.closed) == (1, 0)
    driven.unlock()
    assert (air.opened, air.closed) == (1, 0)
    driven.flow.close()
    assert (air.opened, air.closed) == (1, 1)


def test_a_desk_whose_network_cannot_be_served_works_without_and_says_so(
    devices: Devices, air: Air
) -> None:
    air.fault = StorageFault("the port is taken")
    desk = Driven(devices, serve=air.serve).unlock()
    assert desk.send(views.Clear()).subject.rooms
    assert "the port is taken" in seats(desk, views.OpenSeats()).hint
    air.fault = None
    desk.send(views.Lock())
    desk.unlock()
    air.fault = StorageFault("the disk is gone")
    shown = seats(desk, views.OpenSeats())
    assert "the disk is gone" in shown.hint
    assert len(shown.tiles) == 2
    assert not desk.pass_s(1)


def test_packages_that_came_in_stand_in_the_acts_once_and_in_the_log(
    room: Room, tmp_path: Path
) -> None:
    desk = room.desk()
    network = RoomNetwork(desk, tmp_path / "served", host="127.0.0.1", port=0)
    keys: PrivateKeys = room.terminals[0]
    try:
        asking = exchange(room, network)
        asking.put("package", a_package(2, keys, SESSION))
        assert asking.ask(Report(replace(SITTING, packages=(1, 2)))) == Orders(())
        network.keep_collected()
        assert desk.seats(SESSION)[0].package == 0, "the first is still missing"
        asking.put("package", a_package(1, keys, SESSION))
        network.keep_collected()
        before = desk.acts(SESSION).records
        network.keep_collected()
    finally:
        network.close()
    assert desk.acts(SESSION).records == before
    assert desk.seats(SESSION)[0].package == 2
