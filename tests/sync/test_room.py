"""The server and the client over loopback: lines that break, and clients that mean harm."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest

from kiosk.artefacts import exchange as wire
from kiosk.errors import InputRefused, KioskError, StorageFault
from kiosk.sync import room as server_module
from kiosk.sync.client import Line, LineDown, parse_address
from kiosk.sync.room import RoomServer
from tests.sync.rooms import SESSION, STATUS, Cutting, Room, a_mirror, a_package, exchange


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "desk")


def line_to(port: int, timeout_s: float = 30) -> Line:
    return Line("127.0.0.1", port, timeout_s)


def status_of(port: int, *lines: str, body: bytes = b"") -> int:
    """The HTTP status of a request written by hand; 0 where the server hangs up."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as connection:
        connection.sendall("\r\n".join((*lines, "", "")).encode() + body)
        answer = connection.recv(100)
        return int(answer.split()[1]) if answer else 0


def test_reports_and_packages_go_over_one_connection(room: Room) -> None:
    with room.serving() as server:
        line = line_to(server.port)
        asking = exchange(line)
        asking.ask(wire.Report(STATUS))
        connection = line._connection
        asking.put("package", a_package())
        asking.put("mirror", a_mirror(6000))
        assert line._connection is connection
    assert room.service.board(SESSION).seats[0].collected == (1,)
    assert room.service.board(SESSION).seats[0].status == STATUS


def test_a_line_cut_at_each_byte_of_an_upload_loses_nothing(room: Room) -> None:
    package = a_package()
    with room.serving() as server, closing(Cutting(server.port)) as proxy:
        for direction in ("cut_up", "cut_down"):
            most = 2 * len(package) + 1500 if direction == "cut_up" else 800
            for at in range(0, most, 41):
                setattr(proxy, direction, at)
                asking = exchange(line_to(proxy.port))
                with suppress(LineDown):
                    asking.put("package", package)
                for path in (room.folder / "collected" / SESSION).glob("*"):
                    assert path.read_bytes() == package
                    path.unlink()
                setattr(proxy, direction, None)
        exchange(line_to(proxy.port)).put("package", package)
    (path,) = (room.folder / "collected" / SESSION).iterdir()
    assert path.read_bytes() == package
    assert list((room.folder / "incoming").iterdir()) == []


@pytest.mark.campaign
def test_a_line_cut_at_every_byte_of_an_upload(room: Room) -> None:
    package = a_package()
    with room.serving() as server, closing(Cutting(server.port)) as proxy:
        for at in range(2 * len(package)):
            proxy.cut_up = at
            try:
                exchange(line_to(proxy.port)).put("package", package)
            except LineDown:
                proxy.cut_up = None
                exchange(line_to(proxy.port)).put("package", package)
            (path,) = (room.folder / "collected" / SESSION).iterdir()
            assert path.read_bytes() == package
            path.unlink()


def test_a_large_file_goes_on_where_the_line_broke(room: Room) -> None:
    mirror = a_mirror(20_000)
    assert len(mirror) > 2_000_000
    with room.serving() as server, closing(Cutting(server.port)) as proxy:
        proxy.cut_up = 700_000
        asking = exchange(line_to(proxy.port))
        cuts = 0
        while True:
            try:
                asking.put("mirror", mirror)
                break
            except LineDown:
                cuts += 1
                assert cuts < 10
        assert cuts >= 2
    (path,) = (room.folder / "mirrors").iterdir()
    assert path.read_bytes() == mirror


def test_a_desk_killed_in_the_middle_goes_on_after_its_restart(room: Room) -> None:
    mirror = a_mirror(20_000)
    with room.serving() as server, closing(Cutting(server.port)) as proxy:
        port = server.port
        proxy.cut_up = 700_000
        asking = exchange(line_to(proxy.port))
        with pytest.raises(LineDown):
            asking.put("mirror", mirror)
    (part,) = (room.folder / "incoming").iterdir()
    assert part.stat().st_size >= 256 * 1024
    with pytest.raises(LineDown):
        exchange(line_to(port)).ask(wire.Report(STATUS))
    room.restart()
    with room.serving(port):
        exchange(line_to(port)).put("mirror", mirror)
    (path,) = (room.folder / "mirrors").iterdir()
    assert path.read_bytes() == mirror


def test_what_is_too_large_or_no_request_of_a_room_is_refused_unread(room: Room) -> None:
    post = "POST /sync/1 HTTP/1.1"
    with room.serving() as server:
        port = server.port
        assert status_of(port, post, "Content-Length: 10000000000") == 413
        assert status_of(port, post, f"Content-Length: {'9' * 300}") == 413
        assert status_of(port, post, "Content-Length: -1") == 411
        assert status_of(port, post, "Content-Length: \u0663".encode().decode("latin-1")) == 411
        assert status_of(port, post) == 411
        assert status_of(port, post, "Content-Length: 3", "Transfer-Encoding: chunked") == 411
        assert status_of(port, "POST /else HTTP/1.1", "Content-Length: 0") == 404
        assert status_of(port, "GET /sync/1 HTTP/1.1") == 501
        assert status_of(port, post, "Content-Length: 3", body=b"abc") == 403
        assert status_of(port, "x" * 70_000) in (0, 414)
        exchange(line_to(port)).ask(wire.Report(STATUS))


def test_who_sends_slowly_or_holds_many_connections_keeps_nobody_else_out(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "REQUEST_S", 0.6)
    with room.serving() as server:
        address = ("127.0.0.1", server.port)
        slow = [
            socket.create_connection(address, source_address=("127.0.0.2", 0)) for _ in range(20)
        ]
        for one in slow:
            try:
                one.sendall(b"POST /sync/1 HTTP/1.1\r\nContent-Le")
            except OSError:
                continue
        exchange(line_to(server.port)).ask(wire.Report(STATUS))
        deadline = time.monotonic() + 30
        trickled = slow[0]
        trickled.settimeout(0.1)
        while time.monotonic() < deadline:
            try:
                trickled.sendall(b"n")
                if not trickled.recv(100):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        assert time.monotonic() < deadline, "it is hung up on though it keeps sending"
        for one in slow:
            one.close()


def test_two_servers_cannot_have_one_port(room: Room) -> None:
    with room.serving() as server, pytest.raises(StorageFault):
        RoomServer(room.service, "127.0.0.1", server.port)


def test_a_desk_that_takes_the_connection_and_says_nothing_is_given_up(room: Room) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf, pytest.raises(LineDown):
        exchange(line_to(deaf.getsockname()[1], 0.2)).ask(wire.Report(STATUS))


def test_another_service_at_the_address_is_no_desk(room: Room) -> None:
    def html(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n" + b"x" * 700_000)
        connection.close()

    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        threading.Thread(target=html, args=(other,), daemon=True).start()
        with pytest.raises(LineDown):
            exchange(line_to(other.getsockname()[1])).ask(wire.Report(STATUS))


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.1.10", ("192.168.1.10", 8470)),
        (" desk.local:80 ", ("desk.local", 80)),
    ],
)
def test_an_address_is_read_as_people_write_it(typed: str, address: tuple[str, int]) -> None:
    assert parse_address(typed) == address


@pytest.mark.parametrize("typed", ["", ":80", "a b", "host:", "host:0", "host:70000", "h/x", "h:٣"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InputRefused):
        parse_address(typed)


def test_a_connection_is_made_anew_after_the_server_hung_up(room: Room) -> None:
    with room.serving() as server:
        line = line_to(server.port)
        asking = exchange(line)
        asking.ask(wire.Report(STATUS))
        line._connection.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(KioskError):
            asking.ask(wire.Report(STATUS))
        asking.ask(wire.Report(STATUS))
