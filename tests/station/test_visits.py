"""Terminals and desks that visit the station: through bad days, wrong clocks, and a room between."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.artefacts.keys import PrivateKeys
from kiosk.errors import InputRefused, NotPermitted
from kiosk.proctor.desk import Desk
from kiosk.proctor.forwarding import forward
from kiosk.station import enrol
from kiosk.station.registry import log, packages
from kiosk.sync import sending
from kiosk.sync.client import LineDown, Unwelcome
from kiosk.sync.sending import keep_visiting
from kiosk.sync.station_line import StationLine
from kiosk.terminal.installing import install
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.program import outbox
from kiosk.terminal.station_visit import visit_station
from kiosk.trust.durable import write_secret
from kiosk.trust.key_file import key_file_bytes
from tests.station.builders import NOW, SESSION, Day, a_day
from tests.station.lines import line_to, serving
from tests.sync.rooms import Cutting

LATER = NOW.replace(year=2099)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    day = a_day(tmp_path_factory.mktemp("station"))
    publish(day)
    return day


@pytest.fixture(scope="module")
def port(day: Day) -> Iterator[int]:
    with serving(day) as port:
        yield port


def publish(day: Day) -> None:
    repository = day.station.repository()
    day.station.draft_trust_list(NOW)
    repository.publish(now=NOW, expires=LATER)
    repository.export(day.folder / "usb")


def terminal(day: Day, state: Path, name: str = "T-01") -> Outbox:
    write_secret(state / "keys" / "private.key", key_file_bytes(day.terminals[name]))
    install(day.folder / "usb", state)
    return outbox(state)


def sat(day: Day, box: Outbox, candidate: str, sitting: int, name: str = "T-01") -> bytes:
    def made(number: int) -> bytes:
        return day.sit(candidate, terminal=name, package_number=number)

    return box.keep(SESSION, sitting, made)[1]


def recorded(day: Day) -> int:
    with day.station.registry.reading() as connection:
        count = len(packages.of_session(connection, SESSION))
        assert len(log.every_leaf(connection)) == count
    return count


def test_a_visit_hands_in_takes_receipts_and_installs_what_was_published(
    day: Day, port: int, tmp_path: Path
) -> None:
    box = terminal(day, tmp_path)
    running = outbox(tmp_path)  # the exam program's, which has the same list open
    sat(day, box, "20260001", 1)
    sat(day, box, "20260002", 2)
    publish(day)
    told, not_installed = visit_station(line_to(port), tmp_path)
    assert (told.handed_in, told.receipts, told.waiting, told.refused) == (2, 2, (), ())
    assert not_installed is None
    assert outbox(tmp_path).waiting == ()
    # The exam program beside gives the next number, and undoes no receipt.
    line, _ = running.keep(SESSION, 3, lambda number: day.sit("20260003", package_number=number))
    assert line.number == 3
    assert [one.number for one in outbox(tmp_path).waiting] == [3]
    # Who carries may be another user, with the key in a folder of its own.
    (tmp_path / "keys").rename(tmp_path / "held")
    again, _ = visit_station(line_to(port), tmp_path, tmp_path / "held")
    assert (again.handed_in, again.receipts, again.left) == (1, 1, False)
    assert visit_station(line_to(port), tmp_path, tmp_path / "held")[0].handed_in == 0


def test_a_room_hands_on_what_it_collected_and_its_terminals_get_their_receipts(
    day: Day, port: int, tmp_path: Path
) -> None:
    before = recorded(day)
    boxes = {name: terminal(day, tmp_path / name, name) for name in ("T-04", "T-05")}
    room = tmp_path / "room"
    for at, (name, box) in enumerate(boxes.items(), start=4):
        data = sat(day, box, f"2026000{at}", 1, name)
        path = room / "collected" / SESSION / f"{name}.package"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (room / "collected" / "copy.package").write_bytes(data)
    (room / "collected" / "bad.package").write_bytes(b"not a package")
    stick = tmp_path / "stick"
    boxes["T-04"].export(stick, day.terminals["T-04"], 1)
    proctor: PrivateKeys = day.proctors["李监考"]
    desk = Desk(proctor, day.station.trust(), tmp_path / "acts", lambda: int(NOW.timestamp()))
    told = forward(line_to(port), desk, room, (stick,))
    assert (told.handed_in, told.waiting) == (3, ())
    ((name, reason),) = [(one.file, one.reason) for one in told.refused]
    assert name == "bad.package"
    assert reason
    assert recorded(day) == before + 2
    for box in boxes.values():
        kept = box.take_receipts(room / "receipts", day.station.trust().only("log"), 1)
        assert len(kept.taken) == 1
        assert kept.refused == ()
    again = forward(line_to(port), desk, room, (stick,))
    assert (again.handed_in, again.receipts) == (0, 0)


def test_a_terminal_that_was_revoked_is_told_so_and_keeps_its_packages(tmp_path: Path) -> None:
    day = a_day(tmp_path / "station")
    publish(day)
    box = terminal(day, tmp_path / "T-01")
    sat(day, box, "20260001", 1)
    enrol.revoke(day.station, "T-01", NOW)
    with serving(day) as port, pytest.raises(Unwelcome, match="was revoked"):
        visit_station(line_to(port), tmp_path / "T-01")
    assert len(outbox(tmp_path / "T-01").waiting) == 1
    assert recorded(day) == 0


def test_a_long_file_of_the_repository_goes_on_where_it_broke(
    day: Day, port: int, tmp_path: Path
) -> None:
    terminal(day, tmp_path)
    day.station.repository().put("programs/long.deb", bytes(range(256)) * 4000)
    publish(day)
    with closing(Cutting(port)) as proxy:
        proxy.cut_down = 300_000
        _, not_installed = visit_station(line_to(proxy.port), tmp_path)
    assert not_installed is None


# --- days offline -----------------------------------------------------------------------------------


def test_days_offline_are_waited_out_with_growing_jittered_pauses() -> None:
    tried, pauses = 0, []

    def go() -> bool:
        nonlocal tried
        tried += 1
        if tried < 400:
            raise LineDown("nobody")
        return True

    draws = iter(range(10**6))
    keep_visiting(
        go, lambda seconds: bool(pauses.append(seconds)), draw=lambda: next(draws) % 10 / 10
    )
    assert sum(pauses) > 2 * 86_400
    assert pauses[0] < 5
    assert max(pauses) <= sending.MOST_PAUSE_S
    assert len(set(pauses[-10:])) > 5


def test_pauses_do_not_grow_while_a_line_carries_something_between_its_drops() -> None:
    answered, pauses = 0, []

    def go() -> bool:
        nonlocal answered
        if len(pauses) < 50:
            answered += len(pauses) % 10 != 9  # once in a while it carries nothing
            raise LineDown("dropped")
        return True

    keep_visiting(go, lambda seconds: bool(pauses.append(seconds)), answered=lambda: answered)
    assert sum(pauses) < 50 * 2 * sending.FIRST_PAUSE_S


def test_after_a_visit_that_left_something_it_comes_back_and_ends_when_told() -> None:
    answers = iter([False, False, True])
    keep_visiting(lambda: next(answers), lambda seconds: False)
    assert next(answers, None) is None
    keep_visiting(lambda: False, lambda seconds: True)


# --- TLS --------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str, begins: int, ends: int) -> tuple[Path, Path]:
    """A certificate of its own issuer for 127.0.0.1, valid from one year to another, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(begins, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(ends, 1, 1, tzinfo=dt.UTC))
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.IPAddress(ipaddress.ip_address(name))
                    if name[0].isdigit()
                    else x509.DNSName(name)
                ]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


@pytest.mark.parametrize(("begins", "ends"), [(2000, 2001), (2090, 2099)])
def test_a_clock_off_by_years_hinders_no_visit_and_is_told(
    day: Day, tmp_path: Path, begins: int, ends: int
) -> None:
    cert, key = certificate(tmp_path / "tls", "127.0.0.1", begins, ends)
    box = terminal(day, tmp_path / "T-06", "T-06")
    sat(day, box, "20260006", 1, "T-06")
    with serving(day, ssl_certfile=cert, ssl_keyfile=key) as port:
        line = line_to(port, ca=cert)
        told: list[object] = []
        faults: list[LineDown] = []

        def go() -> bool:
            with closing(line):
                told.append(visit_station(line, tmp_path / "T-06")[0])
            return True

        keep_visiting(go, lambda seconds: False, lambda fault, pause: faults.append(fault))
    (visited,) = told
    assert not visited.left  # type: ignore[attr-defined]
    assert visited.clock_doubted  # type: ignore[attr-defined]


def test_a_certificate_of_somebody_else_is_refused(day: Day, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path / "tls", "127.0.0.1", 2000, 2099)
    other, _ = certificate(tmp_path / "other", "127.0.0.1", 2000, 2099)
    named, named_key = certificate(tmp_path / "named", "other.example", 2000, 2099)
    terminal(day, tmp_path / "T-07", "T-07")
    with serving(day, ssl_certfile=cert, ssl_keyfile=key) as port:
        for ca in (other, None):
            line = StationLine(f"https://127.0.0.1:{port}", ca, 10)
            with pytest.raises(LineDown, match="certificate is not believed"):
                visit_station(line, tmp_path / "T-07")
    with (
        serving(day, ssl_certfile=named, ssl_keyfile=named_key) as port,
        pytest.raises(LineDown, match="certificate is not believed"),
    ):
        visit_station(line_to(port, ca=named), tmp_path / "T-07")


def test_an_address_is_https_or_this_machine() -> None:
    assert StationLine("https://station.example/exam/").path == "/exam/api/sync/1"
    assert StationLine("http://127.0.0.1:8000").path == "/api/sync/1"
    with pytest.raises(NotPermitted, match="this machine itself"):
        StationLine("http://station.example")
    for url in ("station.example", "ftp://station.example", "https://", "https://a b:x", ""):
        with pytest.raises(InputRefused, match="not the address"):
            StationLine(url)
    with pytest.raises(InputRefused, match="no certificates"):
        StationLine("https://station.example", Path("/nowhere"))
