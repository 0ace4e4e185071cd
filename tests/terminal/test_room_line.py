"""A terminal on its room's network, over loopback; and that nothing of the exam waits for it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace as with_values
from functools import partial
from pathlib import Path

import pytest

from kiosk.artefacts import merkle
from kiosk.artefacts.challenge import read_challenge
from kiosk.artefacts.checkpoint import Checkpoint, sign_checkpoint
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import Receipt, write_receipt
from kiosk.artefacts.session import Policy
from kiosk.artefacts.tokens import Command
from kiosk.sync.answering import RoomService, Served
from kiosk.sync.client import Line
from kiosk.sync.room import RoomServer
from kiosk.sync.store import Store
from kiosk.terminal import views
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.room_line import RoomLine, RoomMedium, _now_ms
from tests.terminal.room import Room, begin, choose, make_ready

WAIT_S = 30.0


@pytest.fixture
def room() -> Room:
    return Room()


class Desk:
    """The desk of `room`: kill and restart it, look at its board."""

    def __init__(self, room: Room, folder: Path) -> None:
        self.room, self.folder = room, folder
        self.port = 0
        self.start()

    def start(self) -> None:
        served = Served(
            self.room.id, self.room.plan.terminals, tuple(k.record for k in self.room.terminals)
        )
        keys = self.room.proctors[0]
        self.service = RoomService(keys, [served], Store(self.folder), _now_ms)
        self.server = RoomServer(self.service, "127.0.0.1", self.port)
        self.port = self.server.port

    def stop(self) -> None:
        self.server.close()

    def seat(self, number: int = 0):
        return self.service.board(self.room.id).seats[number]


@contextmanager
def a_desk(room: Room, folder: Path) -> Iterator[Desk]:
    desk = Desk(room, folder)
    try:
        yield desk
    finally:
        desk.stop()


def on_network(
    room: Room, state: Path, port: int, number: int = 0, *, mirrored: bool = False
) -> HeadlessTerminal:
    """Terminal `number` with a line to the desk at `port`, which it asks often."""

    def ports_of(folder, clock, deliver, leave):
        ports = room.ports_of(room.terminals[number])(folder, clock, deliver, leave)
        line = RoomLine(
            f"127.0.0.1:{port}",
            ports.keys,
            ports.installed,
            ports.outbox,
            ports.floor,
            deliver,
            pause_ms=20,
        )
        return with_values(ports, room=line, mirror=RoomMedium(line) if mirrored else None)

    return HeadlessTerminal(state, room.time, ports_of)


def hand_in(terminal: HeadlessTerminal) -> views.View:
    terminal.do(views.OpenReview())
    terminal.do(views.HandIn(False))
    return terminal.do(views.HandIn(True))


def wait(terminal: HeadlessTerminal, until: Callable[[], object]) -> None:
    """Let the terminal tick until something is so."""
    deadline = time.monotonic() + WAIT_S
    while not until():
        assert time.monotonic() < deadline, "it did not come"
        terminal.time.pass_ms(50)
        terminal.tick()
        time.sleep(0.01)


def test_the_desk_sees_a_seat_through_its_day(room: Room, tmp_path: Path) -> None:
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:

        def at(stage: str) -> bool:
            status = desk.seat().status
            return status is not None and status.stage == stage

        wait(terminal, lambda: at("locked"))
        assert desk.seat().status.challenge == terminal.view.challenge
        room.release(terminal)
        wait(terminal, lambda: at("sign-in"))
        begin(terminal, room.candidates[0].number)
        choose(terminal)
        wait(terminal, lambda: at("exam"))
        seen = desk.seat().status
        assert (seen.candidate, seen.remaining_s > 0) == (room.candidates[0].number, True)
        room.command(terminal, Command.PAUSE)
        wait(terminal, lambda: at("paused"))
        room.command(terminal, Command.RESUME)
        hand_in(terminal)
        wait(terminal, lambda: at("done") and desk.seat().collected == (1,))
        board = desk.service.board(room.id)
        assert (board.collected, board.made) == (1, 1)
        (path,) = (desk.folder / "collected" / room.id).iterdir()
        assert path.read_bytes() == (tmp_path / "outbox" / "00001.package").read_bytes()
        assert terminal.ports.outbox.waiting, "the seat keeps its own until the station's receipt"


def test_codes_from_the_desk_go_through_the_door_of_a_scan(room: Room, tmp_path: Path) -> None:
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        wait(terminal, lambda: desk.seat().status)
        desk.service.offer_room(room.id, room.room_code(1, "start"))
        wait(terminal, lambda: isinstance(terminal.view, views.SignIn))
        begin(terminal, room.candidates[0].number)
        count = terminal.view  # a code for the room says nothing to a seat that sits
        desk.service.offer_room(room.id, room.room_code(2, "resume", 5))
        time.sleep(0.2)
        terminal.tick()
        assert terminal.view.notice == count.notice
        terminal.send(views.OpenProctorMenu())
        challenge = terminal.view.challenge
        wait(terminal, lambda: desk.seat().status.challenge == challenge)
        asked = read_challenge(challenge)
        code = room.code(terminal, Command.PAUSE)
        desk.service.offer_answer(room.id, asked.terminal, asked.nonce, code)
        wait(terminal, lambda: isinstance(terminal.view, views.Paused))


@pytest.mark.parametrize("wrong", ["another session", "stranger", "used"])
def test_a_code_that_a_scan_would_refuse_opens_nothing(
    room: Room, tmp_path: Path, wrong: str
) -> None:
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        wait(terminal, lambda: desk.seat().status)
        match wrong:
            case "another session":
                code = room.room_code(1, "start", session="R15-0999")
            case "stranger":
                room.proctors, kept = (room.stranger,), room.proctors
                room.shares[room.stranger.record.kid] = room.shares[kept[0].record.kid]
                code = room.room_code(1, "start")
            case _:
                code = room.room_code(0, "start")
        desk.service.offer_room(room.id, code)
        time.sleep(0.3)
        terminal.tick()
        assert isinstance(terminal.view, views.Unlock)
        assert terminal.view.mistake is None, "nobody scanned, so nobody is told"


def test_a_seat_that_was_released_takes_the_same_room_code_no_second_time(
    room: Room, tmp_path: Path
) -> None:
    with a_desk(room, tmp_path / "desk") as desk:
        code = room.room_code(1, "start")
        with on_network(room, tmp_path, desk.port) as terminal:
            desk.service.offer_room(room.id, code)
            wait(terminal, lambda: isinstance(terminal.view, views.SignIn))
        with on_network(room, tmp_path, desk.port) as terminal:
            time.sleep(0.3)
            terminal.tick()
            assert isinstance(terminal.view, views.Unlock)
            assert terminal.view.mistake is None
            desk.service.offer_room(room.id, room.room_code(2, "resume"))
            wait(terminal, lambda: isinstance(terminal.view, views.SignIn))


def test_a_seat_that_waits_begins_when_the_desk_gives_the_common_start(tmp_path: Path) -> None:
    room = Room(policy=Policy(start="common"))
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        room.release(terminal)
        make_ready(terminal, room.candidates[0].number)
        wait(terminal, lambda: desk.seat().status and desk.seat().status.stage == "waiting")
        desk.service.offer_room(room.id, room.start_code())
        wait(terminal, lambda: isinstance(terminal.view, views.Exam))


def test_a_receipt_comes_back_and_is_believed_only_if_the_station_signed_it(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.terminal.room_line.RECEIPTS_MS", 50)
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        room.release(terminal)
        begin(terminal, room.candidates[0].number)
        hand_in(terminal)
        (line,) = terminal.ports.outbox.waiting

        def receipt(signer) -> bytes:
            signed = sign_checkpoint(Checkpoint("station.example/log", 1, line.leaf), signer)
            return write_receipt(Receipt(line.leaf, 0, (), signed))

        path = desk.folder / "receipts" / "1.receipt"
        path.write_bytes(receipt(PrivateKeys.generate(Role.LOG, "false")))
        time.sleep(0.4)
        terminal.tick()
        assert terminal.ports.outbox.waiting
        path.with_name("2.receipt").write_bytes(receipt(room.log))
        wait(terminal, lambda: not terminal.ports.outbox.waiting)
        assert terminal.ports.outbox.package(line) is not None, "and thirty days more"
    assert merkle.leaf_hash(terminal.ports.outbox.package(line)) == line.leaf


def test_the_mirror_at_the_desk_follows_each_commit_and_is_late_while_it_cannot(
    room: Room, tmp_path: Path
) -> None:
    with (
        a_desk(room, tmp_path / "desk") as desk,
        on_network(room, tmp_path, desk.port, mirrored=True) as terminal,
    ):
        room.release(terminal)
        begin(terminal, room.candidates[0].number)
        folder = desk.folder / "mirrors"

        def in_step() -> bool:
            mirror = terminal._flow._mirror
            return bool(list(folder.iterdir())) and mirror._written == mirror._wanted

        wait(terminal, in_step)
        (path,) = folder.iterdir()
        before = path.read_bytes()
        desk.stop()
        choose(terminal, "b")
        for _ in range(20):
            terminal.time.pass_ms(500)
            terminal.tick()
            time.sleep(0.01)
        assert terminal._flow._mirror.lag_s >= 5
        assert path.read_bytes() == before
        desk.start()
        wait(terminal, lambda: in_step() and path.read_bytes() != before)
        wait(terminal, lambda: desk.seat().status and desk.seat().status.mirror_s == 0)


def test_a_desk_that_is_killed_and_comes_back_knows_the_room_again(
    room: Room, tmp_path: Path
) -> None:
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        room.release(terminal)
        begin(terminal, room.candidates[0].number)
        wait(terminal, lambda: desk.seat().status)
        desk.stop()
        view = hand_in(terminal)
        assert isinstance(view, views.Done), "with the cable pulled the exam ends as ever"
        desk.start()
        wait(terminal, lambda: desk.seat().collected == (1,))


def test_a_damaged_package_keeps_neither_receipts_nor_the_other_packages_back(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.terminal.room_line.RECEIPTS_MS", 50)
    with a_desk(room, tmp_path / "desk") as desk, on_network(room, tmp_path, desk.port) as terminal:
        desk.stop()
        room.release(terminal)
        begin(terminal, room.candidates[0].number)
        hand_in(terminal)
        (line,) = terminal.ports.outbox.waiting
        path = tmp_path / "outbox" / "00001.package"
        path.write_bytes(path.read_bytes()[:-1])
        signed = sign_checkpoint(Checkpoint("station.example/log", 1, line.leaf), room.log)
        receipt = write_receipt(Receipt(line.leaf, 0, (), signed))
        (desk.folder / "receipts" / "1.receipt").write_bytes(receipt)
        desk.start()
        wait(terminal, lambda: not terminal.ports.outbox.waiting)


def test_a_desk_that_hangs_costs_an_answer_nothing(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.terminal.room_line.Line", partial(Line, timeout_s=60))
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        began = time.monotonic()
        with on_network(room, tmp_path, deaf.getsockname()[1], mirrored=True) as terminal:
            room.release(terminal)
            begin(terminal, room.candidates[0].number)
            for n in range(20):
                choose(terminal, "ab"[n % 2])
                terminal.time.pass_ms(1_000)
                terminal.tick()
            deaf.settimeout(WAIT_S)
            asks, _ = deaf.accept()
        assert time.monotonic() - began < 50, "the line was waited for"
        asks.close()


def test_a_terminal_without_a_room_imports_nothing_of_its_network() -> None:
    code = (
        "import sys, kiosk.terminal.program, kiosk.terminal.flow\n"
        "found = [n for n in sys.modules if n.startswith('kiosk.sync')]\n"
        "sys.exit(', '.join(found) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
