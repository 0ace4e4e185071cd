"""Every screen of the desk as a PNG: `python -m tests.proctor.gallery FOLDER`.

The same stages are walked by the tests that look for clipped text and nameless controls.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from kiosk.artefacts.challenge import Phase
from kiosk.artefacts.exchange import SeatStatus, Stage
from kiosk.artefacts.slip import slip_for, slip_text
from kiosk.artefacts.tokens import Command, Reason
from kiosk.proctor import views
from kiosk.proctor.flow import Flow
from kiosk.proctor.live import LiveRoom
from kiosk.proctor.screens.window import DeskWindow
from kiosk.trust.keystore import card_text
from tests.proctor.devices import PIN, Devices
from tests.proctor.networks import Air
from tests.proctor.room import IN_THE_ROOM, SESSION, THIRTY

_TOLD: tuple[tuple[Stage, Phase, dict[str, str]], ...] = (
    ("exam", Phase.RUNNING, {}),
    ("paused", Phase.PAUSED, {}),
    ("exam", Phase.RUNNING, {}),
    ("stopped", Phase.RUNNING, {"trouble": "T-21"}),
    ("done", Phase.IDLE, {}),
    ("rules", Phase.IDLE, {}),
    ("exam", Phase.RUNNING, {}),
    ("locked", Phase.INTERRUPTED, {}),
    ("sign-in", Phase.IDLE, {}),
    ("done", Phase.IDLE, {}),
)
SIZES = {
    "800": (800, 1280, 100),
    "1280": (1280, 720, 100),
    "1366": (1366, 768, 100),
    "1920": (1920, 1080, 100),
    "200": (1366, 768, 200),
}


class Scene:
    """A window over a real flow, with clocks that pass when told. The window is never signed for:
    what it must see first is reported by `read`."""

    def __init__(self, devices: Devices, *, lang: str = "zh-CN", scale: int = 100) -> None:
        self.devices = devices
        self.now_s = 500.0
        self.folder: Path | None = None
        self.air = Air()
        self.percent: int | None = None
        flow = Flow(devices.device(), lambda: self.now_s, lang, battery=lambda: self.percent)
        self.window = DeskWindow(flow, scale=scale, ask=lambda _parent, _title: self.folder)

    @property
    def flow(self) -> Flow:
        return self.window.flow

    def send(self, *intents: views.Intent) -> None:
        for intent in intents:
            self.window.send(intent)

    def scan(self, **changes: object) -> None:
        self.send(views.Scanned(self.devices.room.scan(**changes)))

    def kid(self, terminal: int = 0) -> bytes:
        return self.devices.room.terminals[terminal].record.kid

    def unlock(self) -> None:
        self.send(views.Scanned(card_text(self.devices.cards[0])), views.EnterPin(PIN))

    def join(self) -> None:
        """The room has a network, and its seats tell of themselves."""
        self.flow._live = LiveRoom(self.air.serve)
        for at, keys in enumerate(self.devices.room.terminals):
            stage, phase, words = _TOLD[at % len(_TOLD)]
            minutes = 61 - at
            sat = stage not in ("locked", "sign-in", "rules")
            status = SeatStatus(
                stage=stage,
                phase=phase,
                count=at + 9,
                head=bytes([at]) * 16,
                remaining_s=60 * minutes if sat and stage != "done" else 0,
                candidate=f"{at + 1:04}" if stage not in ("locked", "sign-in") else "",
                challenge=self.devices.room.scan(terminal=at, phase=phase),
                mirror_s=1 if sat else None,
                battery=8 if at == 2 else None,
                packages=(1,) if stage == "done" else (),
                **words,
            )
            self.air.tell(keys.record.kid, status)
            if at % 10 == 9:
                self.air.collected[keys.record.kid] = (1,)

    def read(self) -> None:
        self.send(views.WasShown(self.flow.state.serial))

    def sign(self) -> None:
        self.read()
        self.send(views.Sign(self.flow.state.serial))


def _locked(scene: Scene) -> None:
    return


def _pin(scene: Scene) -> None:
    scene.send(views.Scanned(card_text(scene.devices.cards[0])))
    scene.window.locked.pin.setText(PIN)


def _wrong(scene: Scene) -> None:
    scene.send(views.Scanned(card_text(scene.devices.cards[0])), views.EnterPin("904837"))


def _waiting(scene: Scene) -> None:
    scene.send(views.Scanned(card_text(scene.devices.cards[0])))
    for _ in range(5):
        scene.send(views.EnterPin("904837"))


def _idle(scene: Scene) -> None:
    scene.unlock()


def _start(scene: Scene) -> None:
    scene.unlock()
    scene.scan()
    scene.read()


def _released(scene: Scene) -> None:
    _start(scene)
    scene.now_s += 14
    scene.sign()


def _running(scene: Scene) -> None:
    _released(scene)
    scene.scan(phase=Phase.RUNNING, remaining_s=3867, count=9)


def _extend(scene: Scene) -> None:
    _running(scene)
    scene.send(views.ChooseCommand(Command.EXTEND), views.ChooseMinutes(15))
    scene.send(views.ChooseReason(Reason.EQUIPMENT))
    scene.read()


def _extended(scene: Scene) -> None:
    _extend(scene)
    scene.sign()


def _beyond(scene: Scene) -> None:
    scene.unlock()
    scene.scan(phase=Phase.RUNNING, remaining_s=3867, count=9, granted_min=30)
    scene.send(views.ChooseCommand(Command.EXTEND))


def _end(scene: Scene) -> None:
    _running(scene)
    scene.send(views.ChooseCommand(Command.ABORT), views.ChooseReason(Reason.MISCONDUCT))
    scene.sign()


def _again(scene: Scene) -> None:
    _released(scene)
    scene.scan(phase=Phase.INTERRUPTED, remaining_s=2400, count=30)
    scene.send(views.ChooseMinutes(3))
    scene.read()


def _room(scene: Scene) -> None:
    scene.unlock()
    scene.send(views.ChooseRoom(SESSION, "resume"), views.ChooseMinutes(3))
    scene.read()


def _common_start(scene: Scene) -> None:
    scene.devices.room.start = b"s" * 32
    release = scene.devices.room.release()
    (scene.devices.releases / f"{SESSION}.release").write_bytes(release)
    scene.devices.install(0)
    scene.devices.room.start = b""
    scene.unlock()
    scene.send(views.ChooseRoom(SESSION, "common"))
    scene.sign()


def _break(scene: Scene) -> None:
    _running(scene)
    scene.send(views.ChooseCommand(Command.GO_OUT), views.Write("王珺"))
    scene.read()


def _room_code(scene: Scene) -> None:
    scene.unlock()
    scene.send(views.ChooseRoom(SESSION, "start"))
    scene.sign()


def _joined(scene: Scene) -> None:
    scene.devices.install(1)
    text = scene.devices.open(1).rooms.sign(SESSION, "start")
    scene.unlock()
    scene.send(views.Scanned(text))
    scene.sign()


def _refused(scene: Scene) -> None:
    scene.unlock()
    scene.send(views.Scanned(scene.devices.room.scan(session="R15-0302")))


def _notebook(scene: Scene) -> None:
    _released(scene)
    scene.send(views.OpenNotebook(), views.AddNote("absent", "0001", ""))
    scene.send(views.AddNote("incident", "", "10:20 火警演习，全场离开 6 分钟"))


def _seats(scene: Scene) -> None:
    _extended(scene)
    scene.scan(terminal=1, phase=Phase.IDLE, count=1)
    scene.send(views.OpenSeats(), views.ChooseSeat(scene.kid()))


def _slip(scene: Scene) -> None:
    _released(scene)
    scene.send(views.Clear(), views.Scanned(slip_text(slip_for(b"package"))))
    scene.send(views.ChooseSeat(scene.kid()))


def _handed_in(scene: Scene) -> None:
    _slip(scene)
    scene.send(views.NoteSeat("slip"))


def _live(scene: Scene) -> None:
    scene.join()
    scene.unlock()
    scene.send(views.OpenSeats(), views.ChooseSeat(scene.kid()))


def _silent(scene: Scene) -> None:
    _live(scene)
    scene.air.pull_the_cable(240)
    scene.scan(phase=Phase.PAUSED, remaining_s=2300, count=12)
    scene.send(views.OpenSeats())


def _carried(scene: Scene) -> None:
    _live(scene)
    scene.send(views.NoteSeat("sign"))
    if scene.flow.state.command is None:
        scene.send(views.ChooseCommand(Command.PAUSE))
    scene.sign()


def _practice(scene: Scene) -> None:
    scene.send(views.Practise(), views.ChooseRoom("PRACTICE", "start"))
    scene.sign()
    for _ in range(3):
        scene.now_s += 5
        scene.send(views.OpenSeats())
    scene.send(views.LetHappen("broken"))
    seats = scene.flow.view
    assert isinstance(seats, views.Seats)
    scene.send(views.ChooseSeat(seats.tiles[0].terminal))


def _practice_code(scene: Scene) -> None:
    _practice(scene)
    scene.send(views.NoteSeat("sign"), views.ChooseCommand(Command.TRANSFER))
    scene.send(views.ChooseReason(Reason.EQUIPMENT))
    scene.sign()


def _battery(scene: Scene) -> None:
    scene.percent = 14
    _released(scene)
    scene.now_s += 30
    scene.window._tick()


def _inspected(scene: Scene) -> None:
    _notebook(scene)
    scene.join()
    scene.flow._live.open(scene.flow.desk)  # type: ignore[arg-type]  # the desk is open
    scene.send(views.Inspect(), views.ChooseSeat(scene.kid()))


def _inspected_record(scene: Scene) -> None:
    _inspected(scene)
    scene.send(views.OpenNotebook())


STAGES: dict[str, Callable[[Scene], None]] = {
    "locked": _locked,
    "pin": _pin,
    "wrong": _wrong,
    "waiting": _waiting,
    "idle": _idle,
    "start": _start,
    "released": _released,
    "battery": _battery,
    "running": _running,
    "extend": _extend,
    "extended": _extended,
    "beyond": _beyond,
    "end": _end,
    "again": _again,
    "room": _room,
    "room_code": _room_code,
    "common_start": _common_start,
    "break": _break,
    "joined": _joined,
    "refused": _refused,
    "notebook": _notebook,
    "inspected": _inspected,
    "inspected_record": _inspected_record,
    "seats": _seats,
    "live": _live,
    "silent": _silent,
    "carried": _carried,
    "practice": _practice,
    "practice_code": _practice_code,
    "slip": _slip,
    "handed_in": _handed_in,
}


def show(scene: Scene, width: int, height: int) -> None:
    """The window at a size, laid out and painted."""
    scene.window.resize(width, height)
    scene.window.show()
    for _ in range(4):
        QApplication.processEvents()


def main(folder: Path, wanted: tuple[str, ...] = ()) -> None:
    """A room of thirty; `wanted` stages, or all."""
    _application = QApplication.instance() or QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        enrolled = Devices(Path(made) / "day", THIRTY, IN_THE_ROOM)
        enrolled.install()
        for stage, play in STAGES.items():
            if wanted and stage not in wanted:
                continue
            for lang in ("zh-CN", "en"):
                for name, (width, height, scale) in SIZES.items():
                    devices = enrolled.copy(Path(made) / f"{stage}-{lang}-{name}")
                    scene = Scene(devices, lang=lang, scale=scale)
                    play(scene)
                    show(scene, width, height)
                    scene.window.grab().save(str(folder / f"{stage}-{lang}-{name}.png"))
                    scene.window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]))
