"""The station's line over a real server on loopback: lines that break, and clients that mean harm."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from kiosk.artefacts import exchange as wire
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import covers, read_receipt
from kiosk.station.registry import log, packages
from kiosk.station.web import import_process, timed
from kiosk.station.web.processes import one_process
from kiosk.sync.client import LineDown, Unwelcome
from kiosk.sync.sending import visit
from tests.station.builders import NOW, SESSION, Day, a_day
from tests.station.lines import asking, line_to, one_thread, outgoing, serving
from tests.sync.rooms import Cutting

SYNC = "/api/sync/1"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt is waited for: on a busy machine a process takes longer to start than a terminal waits."""
    monkeypatch.setattr("kiosk.station.web.sync_api.RECEIPT_S", 50)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return a_day(tmp_path_factory.mktemp("station"))


@pytest.fixture(scope="module")
def port(day: Day) -> Iterator[int]:
    with serving(day) as port:
        yield port


def recorded(day: Day) -> int:
    with day.station.registry.reading() as connection:
        count = len(packages.of_session(connection, SESSION))
        assert len(log.every_leaf(connection)) == count
        assert not log.unreceipted(connection)
    return count


def asked(
    port: int, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_line_that_drops_at_any_byte_ends_with_one_package_and_its_receipt(
    day: Day, port: int
) -> None:
    _drop_at(day, port, step=487)


@pytest.mark.campaign
def test_a_line_that_drops_at_every_byte_ends_with_one_package_and_its_receipt(
    day: Day, port: int
) -> None:
    _drop_at(day, port, step=1)


def _drop_at(day: Day, port: int, step: int) -> None:
    """A package is handed in over a line that drops after so many bytes up, or down, for every so many
    there are; each time with a client that knows nothing of the time before."""
    log_key = day.station.record(Role.LOG)
    before = recorded(day)
    package = day.sit("20260001", right=before % 8)
    with closing(Cutting(port)) as proxy:
        for direction, most in (("cut_up", len(package) + 2600), ("cut_down", 4000)):
            for at in range(0, most, step):
                setattr(proxy, direction, at)
                with suppress(LineDown):
                    asking(line_to(proxy.port), day).put("package", package)
                setattr(proxy, direction, None)
                kept: list[bytes] = []
                told = visit(
                    asking(line_to(proxy.port), day),
                    outgoing(package),
                    log_key,
                    lambda _receipt, data, kept=kept: kept.append(data),
                )
                assert told.done
                assert covers(read_receipt(kept[-1], log_key)[0], package)
                assert recorded(day) == before + 1


def test_what_was_killed_before_the_import_is_imported_at_the_next_start(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")

    def killed() -> None:
        raise OSError("killed")

    with serving(day, executor=killed) as port:
        line = line_to(port)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("kiosk.station.web.sync_api.RECEIPT_S", 0.1)
            held = asking(line, day).put("package", package)
        assert (held.whole, held.receipt) == (True, b"")
    assert recorded(day) == 0
    with serving(day) as port:
        held = asking(line_to(port), day).put("package", package)
    assert held.receipt
    assert recorded(day) == 1


def test_the_import_is_a_process_of_its_own_and_comes_back_when_it_is_killed(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    first, second = day.sit("20260001"), day.sit("20260002", terminal="T-01")
    day.reopen()  # what follows needs no key but that of the line
    made = []

    def process():  # type: ignore[no-untyped-def]
        made.append(one_process())
        return made[-1]

    with serving(day, executor=process) as port:
        ask = asking(line_to(port, 60), day)
        assert ask.put("package", first).receipt
        assert not day.station._keys.keys() - {Role.LINE}
        for worker in made[0]._processes.values():
            worker.kill()
        assert ask.put("package", second).receipt
    assert len(made) == 2
    assert recorded(day) == 2


def test_a_file_that_brings_the_import_down_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    bad, good = day.sit("20260001"), day.sit("20260002", terminal="T-01")
    receive = import_process.receive

    def receive_or_fall(station, files, now, **options):  # type: ignore[no-untyped-def]
        if any(path.read_bytes() == bad for path in files):
            raise ZeroDivisionError
        return receive(station, files, now, **options)

    monkeypatch.setattr(import_process, "receive", receive_or_fall)
    with serving(day) as port:
        told = visit(
            asking(line_to(port), day),
            outgoing(bad, good),
            day.station.record(Role.LOG),
            lambda *_: None,
        )
    assert told.receipts == 1
    ((name, reason),) = told.refused
    assert name == "0.package"
    assert "a fault of its own" in reason


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (415, {"Content_Type": "application/json"}, b"{}"),
        (413, {"Content_Length": str(10 * 1024**3)}, b""),
        (403, {}, b""),
        (403, {}, b"\x00" * 1000),
        (413, {"Content_Length": str(wire.MOST_MESSAGE_BYTES + 1)}, b""),
    ],
)
def test_what_is_no_request_is_refused_in_words(
    port: int, status: int, headers: dict[str, str], body: bytes
) -> None:
    headers = {"Content_Type": "application/cose", **headers}
    found, told = asked(port, "POST", SYNC, body, **headers)
    assert found == status
    assert set(json.loads(told)) == {"summary", "remedy"}


def test_ten_gigabytes_in_chunks_are_cut_off_at_the_most_there_can_be(port: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        connection.sendall(
            f"POST {SYNC} HTTP/1.1\r\nHost: x\r\nContent-Type: application/cose\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        piece = b"10000\r\n" + bytes(65536) + b"\r\n"
        sent = 0
        with suppress(OSError):
            while sent < 10 * 1024**3:
                connection.sendall(piece)
                sent += 65536
        assert sent < 64 * 1024**2


def test_who_sends_slowly_holds_nothing(
    day: Day, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timed, "HEAD_S", 0.3)
    monkeypatch.setattr(timed, "BODY_S", 0.3)
    beginnings = [
        b"",
        b"POST /api/sync/1 HT",
        b"POST /api/sync/1 HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"POST /api/sync/1 HTTP/1.1\r\nHost: x\r\nContent-Type: application/cose\r\n%s"
        % b"Content-Length: 1000\r\n\r\nabc",
    ]
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(40)]
    for at, one in enumerate(slow):
        one.sendall(beginnings[at % 4])
    assert asking(line_to(port), day).ask(wire.Ask(())) == wire.Receipts(())
    ends = time.monotonic() + 30
    for one in slow:
        one.settimeout(max(0.1, ends - time.monotonic()))
        with suppress(ConnectionResetError):
            while one.recv(4096):
                pass
        one.close()
    assert time.monotonic() < ends


def test_who_is_not_enrolled_is_told_so_over_the_line(day: Day, port: int) -> None:
    from kiosk.artefacts.keys import PrivateKeys

    stranger = PrivateKeys.generate(Role.TERMINAL, "stranger")
    with pytest.raises(Unwelcome, match="nobody is enrolled with this key"):
        asking(line_to(port), day, stranger).ask(wire.Ask(()))


def test_many_terminals_at_once_each_get_their_receipt(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    work = {f"T-{n:02}": day.sit(f"2026000{n}") for n in range(1, 7)}
    got: dict[str, bytes] = {}
    with serving(day, executor=one_thread) as port:

        def hand_in(name: str) -> None:
            exchange = asking(line_to(port, 30), day, day.terminals[name])
            got[name] = exchange.put("package", work[name]).receipt

        threads = [threading.Thread(target=hand_in, args=(name,)) for name in work]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    log_key = day.station.record(Role.LOG)
    for name, package in work.items():
        assert covers(read_receipt(got[name], log_key)[0], package)
    assert recorded(day) == 6


def test_the_trust_repository_is_served_and_nothing_beside_it(day: Day, port: int) -> None:
    day.station.repository().publish(now=NOW, expires=NOW.replace(year=2099))
    root = "/api/repository/"
    status, told = asked(port, "GET", root + "metadata/timestamp.json")
    assert (status, json.loads(told)["signed"]["_type"]) == (200, "timestamp")
    target = next((day.station.folder / "repository" / "targets").glob("*.cbor"))
    status, data = asked(port, "GET", f"{root}targets/{target.name}", Range="bytes=10-")
    assert (status, data) == (206, target.read_bytes()[10:])
    for path in (
        "draft.cbor",
        "metadata/",
        "metadata/../draft.cbor",
        "targets/../../station.db",
        "targets/%2e%2e/%2e%2e/keys/line/private.key",
        "targets/../../keys/line/private.key",
        f"targets/{'0' * 64}.x",
    ):
        assert asked(port, "GET", root + path)[0] == 404, path
