"""The desk in an inspector's hands: everything to see, nothing to sign, whatever is tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.artefacts.challenge import Phase, challenge_text
from kiosk.artefacts.slip import slip_for, slip_text
from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import KioskError, NotPermitted
from kiosk.proctor import views
from kiosk.proctor.inspecting import ShownDesk
from tests.proctor.devices import Devices
from tests.proctor.networks import Air
from tests.proctor.room import SESSION, Room
from tests.proctor.test_flow import Driven


@pytest.fixture
def desk(devices: Devices) -> Driven:
    desk = Driven(devices).unlock()
    desk.scan()
    desk.sign()
    desk.send(views.OpenNotebook(), views.AddNote("late", "0001", ""), views.Inspect())
    return desk


def test_an_inspector_sees_the_map_the_acts_and_the_record(desk: Driven) -> None:
    shown = desk.send(views.ChooseSeat(desk.devices.room.terminals[0].record.kid))
    assert isinstance(shown, views.Seats)
    assert shown.header.shows
    assert (shown.tiles[0].words, shown.details.actions) == ("Started", ())
    record = desk.send(views.OpenNotebook())
    assert [row.what for row in record.rows] == ["Came late", "Start"]


def test_nothing_an_inspector_can_send_signs_or_notes_anything(
    desk: Driven, tmp_path: Path
) -> None:
    room = desk.devices.room
    before = desk.flow.desk.acts(SESSION).records
    code = challenge_text(room.challenge(phase=Phase.RUNNING, remaining_s=60, count=3))
    serial = desk.flow.state.serial
    intents = (
        views.Scanned(code),
        views.ChooseRoom(SESSION, "resume"),
        views.ChooseCommand(Command.PAUSE),
        views.ChooseReason(Reason.HEALTH),
        views.WasShown(serial + 1),
        views.Sign(serial + 1),
        views.Confirm(serial + 1, True),
        views.CloseNotebook(),
        views.AddNote("incident", "", "x"),
        views.SaveLog(tmp_path / "log"),
        views.SavePaper("record", tmp_path / "log"),
        views.Scanned(slip_text(slip_for(b"package"))),
        views.ChooseSeat(room.terminals[0].record.kid),
        *(views.NoteSeat(note) for note in ("done", "present", "sign", "slip")),
        views.Collect(tmp_path),
        views.Practise(),
    )
    for intent in intents:
        assert isinstance(desk.send(intent), views.Seats), intent
    assert desk.flow.desk.acts(SESSION).records == before
    assert not (tmp_path / "log").exists()


def test_the_keys_are_not_there_to_sign_with(tmp_path: Path) -> None:
    room = Room(tmp_path)
    whole = room.desk()
    shown = ShownDesk(whole)
    seat = whole.read(room.scan(phase=Phase.RUNNING, remaining_s=60))
    proposal = whole.propose(seat, Command.PAUSE)
    record = whole.acts(SESSION).records
    for act in (
        lambda: shown.sign(proposal),
        lambda: shown.read(room.scan(phase=Phase.RUNNING)),
        lambda: shown.rooms.sign(SESSION, "start"),
        lambda: shown.rooms.sign(SESSION, "common"),
        lambda: shown.note(SESSION, "room", "x"),
        lambda: shown.write_log(SESSION),
    ):
        with pytest.raises(KioskError):
            act()
    assert shown.release(SESSION)[1].share == b""
    assert room.desk().acts(SESSION).records == record
    with pytest.raises(NotPermitted, match="only shows"):
        shown.keys.open(b"", b"")


def test_what_the_proctor_signs_elsewhere_is_shown(desk: Driven) -> None:
    other = desk.devices.open()
    other.note(SESSION, "incident", "meanwhile")
    record = desk.send(views.OpenNotebook())
    assert record.rows[0].what == "Incident: meanwhile"


def test_card_and_pin_bring_the_desk_back_unless_it_was_started_read_only(
    devices: Devices,
) -> None:
    desk = Driven(devices).unlock()
    desk.send(views.OpenNotebook(), views.Inspect(), views.Lock())
    desk.unlock()
    assert desk.scan().offer is not None
    only = Driven(devices, serve=Air().serve, shows=True).unlock()
    assert isinstance(only.flow.view, views.Seats)
    only.send(views.Lock())
    assert isinstance(only.unlock().flow.view, views.Seats)
    assert "only shows" in only.scan().message
