"""The station's line: whatever the network does, one package and its receipt; what is wrong, in words."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.artefacts import exchange as wire
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.proctor_log import ProctorLog, write_log
from kiosk.artefacts.receipt import covers, read_receipt
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.station import enrol, quarantine
from kiosk.station.registry import log, packages
from kiosk.station.web import uploads as uploads_module
from kiosk.sync.client import LineDown
from kiosk.sync.sending import visit
from tests.station.builders import NOW, SESSION, Day, a_day
from tests.station.lines import Direct, asking, outgoing


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return a_day(tmp_path)


def counted(day: Day) -> tuple[int, int]:
    """Packages and log leaves."""
    with day.station.registry.reading() as connection:
        return len(packages.of_session(connection, SESSION)), len(log.every_leaf(connection))


def put(data: bytes, offset: int = 0, length: int | None = None, **changed: object) -> wire.Put:
    end = None if length is None else offset + length
    told = {"kind": "package", "sha256": hashlib.sha256(data).digest(), "size": len(data)}
    return wire.Put(**{**told, "offset": offset, "data": data[offset:end], **changed})  # type: ignore[arg-type]


def test_a_package_is_recorded_and_its_receipt_comes_with_the_answer(day: Day) -> None:
    package = day.sit("20260001")
    answer = asking(Direct(day), day).ask(put(package))
    assert isinstance(answer, wire.Held)
    assert answer.whole
    receipt, _ = read_receipt(answer.receipt, day.station.record(Role.LOG))
    assert covers(receipt, package)
    assert counted(day) == (1, 1)


def test_several_packages_go_in_one_request_and_each_has_its_answer(day: Day) -> None:
    good = [day.sit(f"2026000{n}", terminal="T-01") for n in (1, 2)]
    log_key, kept = day.station.record(Role.LOG), []
    told = visit(
        asking(Direct(day), day),
        outgoing(good[0], b"no package at all", good[1]),
        log_key,
        lambda receipt, data: kept.append(receipt.leaf),
    )
    assert kept == [leaf_hash(one) for one in good]
    assert (told.sent, told.receipts, told.owed) == (2, 2, [])
    assert [name for name, _ in told.refused] == ["1.package"]
    assert len(quarantine.kept(day.station.folder / "quarantine")) == 1


def test_what_is_sent_again_is_there_already_and_is_not_read_again(day: Day) -> None:
    package = day.sit("20260001")
    line = Direct(day)
    first = asking(line, day).put("package", package)
    line.restart()
    assert asking(line, day).put("package", package) == first
    assert asking(line, day).ask(put(package, 0, 0)) == first
    assert counted(day) == (1, 1)
    assert list(line.uploads.whole.iterdir()) == []


def test_a_receipt_that_was_not_ready_is_fetched_later(day: Day) -> None:
    package = day.sit("20260001")
    line = Direct(day)
    line.imports = False
    assert asking(line, day).put("package", package) == wire.Held(len(package), True)
    assert asking(line, day).put("package", package) == wire.Held(len(package), True)
    assert counted(day) == (0, 0)
    line.imports = True
    told = visit(
        asking(line, day), outgoing(package), day.station.record(Role.LOG), lambda *_: None
    )
    assert (told.receipts, told.owed) == (1, [])
    assert counted(day) == (1, 1)


def test_a_refused_package_is_kept_with_its_reason_and_told_again_the_same(day: Day) -> None:
    stranger = PrivateKeys.generate(Role.TERMINAL, "stranger")
    package = day.sit("20260001", signer=stranger)
    line = Direct(day)
    proctor = day.proctors["李监考"]
    answers = [asking(line, day, proctor).ask(put(package)) for _ in range(2)]
    assert answers[0] == answers[1]
    assert isinstance(answers[0], wire.Refused)
    assert "unknown signer" in answers[0].reason
    (kept,) = quarantine.kept(day.station.folder / "quarantine")
    assert kept.read_bytes() == package


def test_a_package_kept_for_a_person_has_its_receipt(day: Day) -> None:
    asking(Direct(day), day).put("package", day.sit("20260001", right=3))
    held = asking(Direct(day), day).put("package", day.sit("20260001", right=8))
    assert read_receipt(held.receipt, day.station.record(Role.LOG))
    assert counted(day) == (2, 2)


def test_a_desk_hands_on_bundles_and_logs_of_its_room(day: Day) -> None:
    line, proctor = Direct(day), day.proctors["李监考"]
    package = day.sit("20260001")
    bundle = day.bundle("T-01", {1: package})
    noted = write_log(
        ProctorLog(SESSION, proctor.record.kid, int(NOW.timestamp()), (), (), {}), proctor
    )
    held = asking(line, day, proctor).put("bundle", bundle)
    assert held.whole
    assert counted(day) == (1, 1)
    answer = asking(line, day, proctor).ask(wire.Ask((leaf_hash(package),)))
    assert isinstance(answer, wire.Receipts)
    assert len(answer.receipts) == 1
    asking(line, day, proctor).put("proctorlog", noted)
    with day.station.registry.reading() as connection:
        assert len(packages.logs(connection)) == 1
    # Again, after the files are gone: known, and not taken a second time.
    for kind, data in (("bundle", bundle), ("proctorlog", noted)):
        assert asking(line, day, proctor).ask(put(data, 0, 0, kind=kind)).whole
    with pytest.raises(InputRefused, match="no proctorlog from a terminal"):
        asking(line, day).put("proctorlog", noted)
    with pytest.raises(InputRefused, match="no mirror"):
        asking(line, day).put("mirror", package)


@pytest.mark.parametrize("size", [10 * 1024**3, 2**63, 0, -1])
def test_a_file_larger_than_its_kind_can_be_is_refused_before_a_byte_is_kept(
    day: Day, size: int
) -> None:
    line = Direct(day)
    answer = asking(line, day).ask(wire.Put("package", bytes(32), size, 0, b"x" * 100))
    assert answer == wire.Refused("larger than a file of this kind can be")
    assert list((day.station.folder / "incoming" / "parts").iterdir()) == []


@settings(
    max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_pieces_twice_cut_short_and_in_any_order_make_the_file_or_nothing(
    day: Day, data: st.DataObject
) -> None:
    package = bytes(data.draw(st.binary(min_size=4, max_size=40)))
    line = Direct(day)
    line.imports = False
    ask = asking(line, day)
    cuts = st.tuples(st.integers(0, len(package)), st.integers(0, len(package)))
    for offset, length in data.draw(st.lists(cuts, max_size=12)):
        ask.ask(put(package, offset, length))
    for path in line.uploads.whole.iterdir():
        assert path.read_bytes() == package
    held = ask.put("package", package)
    assert held.whole
    (path,) = line.uploads.whole.iterdir()
    assert path.read_bytes() == package
    path.unlink()


def test_a_file_whose_digest_is_wrong_begins_anew(day: Day) -> None:
    package = day.sit("20260001")
    line = Direct(day)
    wrong = put(package, sha256=hashlib.sha256(b"another").digest())
    assert asking(line, day).ask(wrong) == wire.Held(0, False)
    assert counted(day) == (0, 0)
    assert list(line.uploads.whole.iterdir()) == []


def test_who_is_revoked_or_unknown_is_not_heard_and_is_told_why(day: Day) -> None:
    line = Direct(day)
    ask = asking(line, day)
    ask.ask(wire.Ask(()))
    enrol.revoke(day.station, "T-01", NOW)
    with pytest.raises(LineDown) as caught:
        ask.ask(put(day.sit("20260002", terminal="T-02")))
    assert isinstance(caught.value.__cause__, NotPermitted)
    assert "the key of T-01 was revoked" in str(caught.value.__cause__)
    stranger = PrivateKeys.generate(Role.TERMINAL, "stranger")
    with pytest.raises(LineDown) as caught:
        asking(line, day, stranger).ask(wire.Ask(()))
    assert "nobody is enrolled" in str(caught.value.__cause__)
    assert counted(day) == (0, 0)


def test_no_other_key_speaks_for_a_terminal_and_no_proctor_for_the_station(day: Day) -> None:
    line = Direct(day)
    own = day.terminals["T-01"]
    false = PrivateKeys.generate(Role.TERMINAL, "T-01")
    forged = PrivateKeys(own.record, *own.private_bytes())
    forged.sign = false.sign  # type: ignore[method-assign]
    with pytest.raises(LineDown):
        asking(line, day, forged).ask(wire.Ask(()))
    keys = day.station.line_keys()
    line.service._listening._server = day.proctors["李监考"]
    with pytest.raises(LineDown, match="cannot be believed"):
        asking(line, day).ask(wire.Ask(()))
    line.service._listening._server = keys
    asking(line, day).ask(wire.Ask(()))


def test_a_request_heard_again_or_changed_does_nothing(day: Day) -> None:
    line = Direct(day)
    heard: list[bytes] = []
    line.change = lambda data, go: (heard.append(data), go(data))[1]  # type: ignore[func-returns-value]
    ask = asking(line, day)
    package = day.sit("20260001")
    ask.put("package", package)
    for data in heard:
        again = line.service.take(data)
        assert again.answer is None
    line.restart()  # the numbers are forgotten, and so is the epoch
    for data in heard:
        assert line.service.take(data).answer is None
    for at in range(0, len(heard[-1]), 97):
        with pytest.raises(KioskError):
            line.service.take(heard[-1][:at] + bytes([heard[-1][at] ^ 1]) + heard[-1][at + 1 :])
    assert counted(day) == (1, 1)


@settings(
    max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.sampled_from(["lose", "lose the reply", "twice", "old", "pass"]), max_size=10))
def test_whatever_the_line_does_a_package_is_there_once(day: Day, faults: list[str]) -> None:
    number = f"2026000{1 + counted(day)[0] % 6}"
    package = day.sit(number)
    line, old = Direct(day), []
    left = list(faults)

    def change(data: bytes, go):  # type: ignore[no-untyped-def]
        old.append(data)
        match left.pop() if left else "pass":
            case "lose":
                raise LineDown("lost")
            case "lose the reply":
                go(data)
                raise LineDown("lost")
            case "twice":
                go(data)
            case "old":
                go(old[0])
        return go(data)

    line.change = change
    before = counted(day)[0]
    ask = asking(line, day)
    for _ in range(len(faults) + 1):
        try:
            held = ask.put("package", package)
            break
        except LineDown:
            continue
    assert read_receipt(held.receipt, day.station.record(Role.LOG))
    assert counted(day)[0] == before + 1


def test_a_sender_cannot_fill_the_stations_disk(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Direct(day)
    ask = asking(line, day)
    for n in range(10):
        ask.ask(wire.Put("package", bytes([n]) * 32, 1000, 0, b"x" * 100))
    assert len(list((day.station.folder / "incoming" / "parts").iterdir())) == 4
    monkeypatch.setattr(uploads_module, "FREE_BYTES", 1 << 60)
    answer = ask.ask(put(day.sit("20260001")))
    assert isinstance(answer, wire.Refused)
    assert "nearly full" in answer.reason
    assert counted(day) == (0, 0)


def test_a_part_that_nobody_goes_on_with_is_dropped_after_two_weeks(day: Day) -> None:
    line = Direct(day)
    asking(line, day).ask(wire.Put("package", bytes(32), 1000, 0, b"x" * 100))
    parts = line.uploads._parts
    assert parts.tidy() == 0
    assert parts.tidy(now_s=2_000_000_000 + 10**9) == 1


def test_the_key_of_the_line_is_published_and_can_be_replaced(day: Day) -> None:
    keys = day.station.line_keys()
    assert day.station.trust().only(Role.LINE) == keys.record
    assert keys.record.role is Role.LINE
    shutil.rmtree(day.station.key_folder(Role.LINE))
    day.reopen()
    other = day.station.line_keys()
    assert other.record != keys.record
    assert day.station.trust().only(Role.LINE) == other.record
    with pytest.raises(NotPermitted):
        day.station.trust().signer(keys.record.kid, Role.LINE)
