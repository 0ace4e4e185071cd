"""The desk's practice: the real desk over a made-up room, and nothing of it reaches an exam."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.artefacts.tokens import Command, Reason
from kiosk.errors import KioskError
from kiosk.proctor import views
from kiosk.proctor.practice import SESSION
from kiosk.terminal.views import Scanned
from tests.proctor.devices import Devices
from tests.proctor.test_flow import Driven
from tests.terminal.room import Room as RealRoom


class Rehearsal(Driven):
    def map(self) -> views.Seats:
        view = self.send(views.OpenSeats())
        assert isinstance(view, views.Seats)
        return view

    def states(self) -> list[str]:
        return [tile.words for tile in self.map().tiles]

    def room_code(self, purpose: str, minutes: int = 0) -> str:
        self.send(views.ChooseRoom(SESSION, purpose), views.ChooseMinutes(minutes))  # type: ignore[arg-type]
        return self._signed()

    def answer(self, seat: int, command: Command, *choices: views.Intent) -> str:
        tile = self.map().tiles[seat]
        self.send(views.ChooseSeat(tile.terminal), views.NoteSeat("sign"))
        self.send(views.ChooseCommand(command), *choices)
        return self._signed()

    def _signed(self) -> str:
        code = self.sign().code
        assert code is not None
        return code.text


@pytest.fixture
def desk(devices: Devices) -> Iterator[Rehearsal]:
    desk = Rehearsal(devices)
    desk.send(views.Practise())
    yield desk
    desk.flow.close()


def begin(desk: Rehearsal) -> None:
    desk.room_code("start")
    for _ in range(3):
        desk.pass_s(5)
        desk.map()


def test_a_whole_day_is_rehearsed_at_the_desk_alone(desk: Rehearsal) -> None:
    assert desk.states() == ["Waiting to be started"] * 9
    code = desk.answer(0, Command.RELEASE)
    assert desk.flow._practice is not None
    with pytest.raises(KioskError, match="used before"):
        desk.flow._practice.offer(code)
    assert desk.states()[:2] == ["Started", "Waiting to be started"]
    begin(desk)
    assert desk.states() == ["Exam running"] * 8 + ["Started"]
    desk.send(views.ChooseSeat(desk.map().tiles[2].terminal))
    desk.answer(2, Command.EXTEND, views.ChooseMinutes(10), views.ChooseReason(Reason.POWER))
    assert [tile.note for tile in desk.map().tiles][1:3] == ["90 min left", "100 min left"]
    desk.send(views.LetHappen("broken"))
    assert desk.states()[0] == "In trouble T-22"
    desk.answer(0, Command.TRANSFER, views.ChooseReason(Reason.EQUIPMENT))
    desk.answer(8, Command.TAKE_OVER)
    assert desk.states()[0] == "Exam moved away"
    assert desk.states()[8] == "Exam running"
    desk.send(views.LetHappen("alarm"))
    assert desk.states()[1:] == ["Paused"] * 8
    desk.room_code("resume", 5)
    assert desk.map().tiles[1].note == "95 min left"
    desk.send(views.LetHappen("power"))
    assert desk.states()[1:] == ["Interrupted, waiting to go on"] * 8
    desk.room_code("resume")
    desk.send(views.LetHappen("hand-in"))
    desk.map()
    assert desk.states()[1:] == ["Handed in"] * 8
    desk.send(views.Collect(Path()))
    assert desk.map().filters[-1].label == "To collect 0"


def test_every_command_is_obeyed_or_refused_in_words(desk: Rehearsal) -> None:
    begin(desk)
    said = (views.Write("王珺"), views.ChooseReason(Reason.HEALTH))
    for seat, command, after in (
        (0, Command.CAUTION, "Exam running"),
        (0, Command.PAUSE, "Paused"),
        (0, Command.RESUME, "Exam running"),
        (1, Command.GO_OUT, "Out for a break"),
        (2, Command.ABORT, "Ended"),
        (3, Command.EXIT, "Waiting to be started"),
        (8, Command.ADMIT, "Signed in"),
    ):
        if command is Command.ABORT:
            desk.send(views.ChooseSeat(desk.map().tiles[seat].terminal), views.NoteSeat("sign"))
            desk.send(views.ChooseCommand(command), *said)
            serial = desk.read()
            desk.send(views.Sign(serial), views.Confirm(serial, True))
        else:
            desk.answer(seat, command, *said)
        assert desk.states()[seat] == after, command
    desk.answer(8, Command.TAKE_OVER)
    assert "no exam is on its way" in str(desk.flow.state.message)


def test_nothing_of_it_stays_and_nothing_of_the_desk_is_touched(
    devices: Devices, desk: Rehearsal
) -> None:
    before = sorted(path.name for path in devices.state().rglob("*"))
    practice = desk.flow._practice
    assert practice is not None
    begin(desk)
    desk.send(views.LetHappen("hand-in"), views.OpenNotebook(), views.AddNote("room", "", "x"))
    folder = practice.stick.parent
    assert list(folder.rglob("*.acts"))
    desk.send(views.Lock())
    assert not folder.exists()
    assert sorted(path.name for path in devices.state().rglob("*")) == before
    desk.unlock()
    assert desk.flow.desk is not None
    assert [file.session for file in desk.flow.desk.sessions] == ["R15-0301"]
    assert desk.flow.desk.acts("R15-0301").records == ()


def test_the_practice_is_said_on_every_page_and_on_every_code(desk: Rehearsal) -> None:
    for intent in (views.OpenSeats(), views.OpenNotebook(), views.CloseNotebook()):
        assert desk.send(intent).header.practice
        assert "no exam computer" in desk.flow.view.header.validity
    desk.room_code("start")
    assert desk.flow.view.code.use == "Practice code: no exam computer takes it"
    desk.answer(0, Command.ADMIT)
    assert desk.flow.view.code.use == "Practice code, for seat 01 alone"


def test_no_terminal_and_no_desk_of_an_exam_takes_a_practice_code(
    desk: Rehearsal, devices: Devices, tmp_path: Path
) -> None:
    codes = [desk.answer(0, Command.RELEASE), desk.room_code("start")]
    other = devices.open()
    with RealRoom().terminal(tmp_path / "real") as terminal:
        locked = terminal.view
        for code in codes:
            view = terminal.do(Scanned(code))
            assert type(view) is type(locked)
            assert view.mistake is not None
    with pytest.raises(KioskError):
        other.rooms.join(codes[1])


def test_a_terminal_of_an_exam_cannot_be_signed_for_while_practising(desk: Rehearsal) -> None:
    view = desk.scan()
    assert "no release for session R15-0301" in view.message
    assert view.offer is None
