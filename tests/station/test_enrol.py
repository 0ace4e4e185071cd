"""Parties are listed once people have compared words, and revoked for good."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.enrolment import Enrolment, enrolment_code
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Kind, Role
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import enrol
from kiosk.station.home import Station
from tests.station.builders import NOW, Day, a_day, enrol_file


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return a_day(tmp_path, planned=False)


def test_a_station_is_made_once(day: Day) -> None:
    with pytest.raises(NotPermitted, match="already a station"):
        Station.create(day.station.folder, "again", now=NOW)


def test_only_the_owner_can_read_a_stations_keys(day: Day) -> None:
    private = list(day.station.folder.rglob("private.*"))

    assert len(private) >= 10
    assert all(path.stat().st_mode & 0o077 == 0 for path in private)


def test_the_station_works_while_the_offline_keys_are_away(day: Day, tmp_path: Path) -> None:
    shutil.move(day.station.offline, tmp_path / "safe")

    day.plan()
    assert day.import_(day.sit("20260001")).imported == 1
    with pytest.raises(NotPermitted, match="offline keys"):
        enrol.enrol(day.station, PrivateKeys.generate(Role.AUTHOR, "新专家").record, NOW)
    with pytest.raises(NotPermitted, match="offline keys"):
        enrol.revoke(day.station, "专家", NOW)


def test_the_words_are_taken_in_either_language_and_nothing_else(day: Day) -> None:
    record = day.terminals["T-01"].record

    assert enrol.words_agree(record, " ".join(record_words(record, "en")).upper())
    assert enrol.words_agree(record, "".join(record_words(record, "zh-CN")))
    assert not enrol.words_agree(record, " ".join(record_words(record, "en")[:5]))
    assert not enrol.words_agree(day.terminals["T-02"].record, " ".join(record_words(record, "en")))


def test_a_changed_request_is_refused(day: Day) -> None:
    data = bytearray(enrol_file(PrivateKeys.generate(Role.TERMINAL, "T-50")))
    for at in range(0, len(data), 7):
        hurt = bytearray(data)
        hurt[at] ^= 4
        with pytest.raises((InputRefused, NotPermitted)):
            enrol.read_request(bytes(hurt), "T-50.enrol")


def test_enrolling_twice_changes_nothing(day: Day) -> None:
    assert enrol.enrol(day.station, day.terminals["T-01"].record, NOW) is False


def test_two_terminals_of_one_name_are_refused_two_proctors_are_not(day: Day) -> None:
    with pytest.raises(InputRefused, match="another terminal is called T-01"):
        enrol.enrol(day.station, PrivateKeys.generate(Role.TERMINAL, "T-01").record, NOW)

    second = PrivateKeys.generate(Role.PROCTOR, "李监考").record
    assert enrol.enrol(day.station, second, NOW)
    with pytest.raises(InputRefused, match=second.kid.hex()):
        enrol.find_party(day.station, "李监考")
    assert enrol.find_party(day.station, second.kid.hex()[:8]) == second


def test_a_revoked_key_stays_revoked_and_frees_its_name(day: Day) -> None:
    old = day.terminals["T-01"].record
    enrol.revoke(day.station, old.kid.hex(), NOW)

    with pytest.raises(NotPermitted, match="stays so"):
        enrol.enrol(day.station, old, NOW)
    assert enrol.enrol(day.station, PrivateKeys.generate(Role.TERMINAL, "T-01").record, NOW)


@pytest.mark.parametrize("role", [Role.STATION, Role.OPENING, Role.LOG, Role.RECOVERY])
def test_the_stations_own_keys_are_not_revoked_by_the_way(day: Day, role: Role) -> None:
    with pytest.raises(NotPermitted, match="own keys"):
        enrol.revoke(day.station, day.station.record(role).kid.hex(), NOW)


def test_a_code_off_the_screen_says_which_requests_are_whose() -> None:
    a, b, c, stranger, changed = (
        PrivateKeys.generate(Role.TERMINAL, name).record
        for name in ("T-01", "T-02", "T-03", "T-04", "T-02")
    )
    found = enrol.compare([a, changed, c], [a, b, stranger, a])

    assert (found.same, found.no_code) == ((a,), (c,))
    assert (found.otherwise, found.no_request) == ((changed,), (b, stranger))
    assert enrol.compare([a], [replace(a, seal=b.seal)]).otherwise == (a,)


def test_a_code_is_of_a_request_that_holds_its_key() -> None:
    keys = PrivateKeys.generate(Role.TERMINAL, "T-01")
    other = PrivateKeys.generate(Role.TERMINAL, "T-01")
    asked = encode(Enrolment(other.record, 0, {}))

    assert enrol.read_code(enrolment_code(enrol_file(keys))).record == keys.record
    with pytest.raises(InputRefused):
        enrol.read_code(enrolment_code(sign(asked, Kind.ENROLMENT, keys)))
