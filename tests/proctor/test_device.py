"""A proctor's device: enrolled by file, bound to a station, opened by card and PIN."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.artefacts.enrolment import read_enrolment
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.tokens import Command, open_share, read_code, read_token, verified_answer
from kiosk.errors import InputRefused, NotPermitted
from kiosk.trust.keystore import new_card
from tests.proctor.devices import PIN, Devices
from tests.proctor.room import OPENS, SESSION, Room


def test_an_enrolment_asks_for_the_key_of_this_device_and_proves_it(devices: Devices) -> None:
    request = read_enrolment(devices.requests[0])
    assert request.record == devices.device().record()
    assert (request.record.role, request.record.name) == (Role.PROCTOR, "李建国")


@pytest.mark.parametrize("pin", ["12345", "abcdef", "", "12 456"])
def test_a_pin_that_is_not_six_digits_makes_no_key(
    devices: Devices, tmp_path: Path, pin: str
) -> None:
    device = devices.device(7)
    with pytest.raises(InputRefused, match="6 digits"):
        device.enrol("赟", pin, new_card(), {})
    assert not device.keys.exists()


def test_a_second_enrolment_leaves_the_first_key(devices: Devices) -> None:
    before = devices.device().record()
    with pytest.raises(NotPermitted):
        devices.device().enrol("陈", PIN, new_card(), {})
    assert devices.device().record() == before


def test_an_installed_device_releases_a_terminal(devices: Devices) -> None:
    devices.install()
    desk = devices.open()
    text = desk.sign(desk.propose(desk.read(devices.room.scan()), Command.RELEASE))
    _, (token,) = read_code(text)
    answer = verified_answer(read_token(token), token, devices.device().record())
    share = devices.room.shares[devices.device().record().kid]
    assert open_share(answer, devices.room.terminals[0]) == share


def test_one_stick_with_everything_is_taken_in_at_once(devices: Devices) -> None:
    (devices.stick / "proctors").mkdir()
    (devices.stick / "proctors" / "a.release").write_bytes(devices.room.release())
    assert devices.device().install(devices.stick).sessions == (SESSION,)
    assert [file.session for file in devices.open().sessions] == [SESSION]


def test_a_device_without_the_stations_files_says_what_to_install(devices: Devices) -> None:
    with pytest.raises(NotPermitted, match="installed") as refused:
        devices.open()
    assert refused.value.remedy


def test_a_folder_with_nothing_for_a_proctor_is_refused(devices: Devices, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefused, match="nothing to install"):
        devices.device().install(tmp_path / "empty")


@pytest.mark.parametrize("wrong", ["pin", "card"])
def test_wrong_tries_must_wait_and_the_right_one_then_opens(devices: Devices, wrong: str) -> None:
    devices.install()
    device = devices.device()
    pin = "999999" if wrong == "pin" else PIN
    card = new_card() if wrong == "card" else devices.cards[0]
    for _ in range(5):
        with pytest.raises(NotPermitted, match="wrong"):
            device.open(pin, card)
    with pytest.raises(NotPermitted, match="15 s"):
        device.open(PIN, devices.cards[0])
    assert device.keys.wait_s() == 15
    devices.boot_s += 16
    assert device.keys.wait_s() == 0
    device.open(PIN, devices.cards[0])


def test_a_revoked_proctor_cannot_open_the_desk_once_the_list_is_installed(
    devices: Devices,
) -> None:
    devices.install()
    devices.open()
    devices.room.revoked = (devices.device().record().kid,)
    devices.publish()
    devices.device().install(devices.stick)
    with pytest.raises(NotPermitted, match="revoked"):
        devices.open()


def test_a_damaged_release_is_kept_out_and_named_and_the_whole_one_taken(
    devices: Devices,
) -> None:
    devices.device().install(devices.stick)
    data = bytearray(devices.room.release())
    data[len(data) // 2] ^= 1
    (devices.releases / "damaged.release").write_bytes(bytes(data))
    taken = devices.device().install(devices.releases)
    assert taken.sessions == (SESSION,)
    assert [name for name, _ in taken.refused] == ["damaged.release"]
    assert [file.session for file in devices.open().sessions] == [SESSION]


def test_a_release_by_another_station_is_kept_out(devices: Devices, tmp_path: Path) -> None:
    devices.device().install(devices.stick)
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / "x.release").write_bytes(Room(tmp_path / "elsewhere").release())
    with pytest.raises(NotPermitted, match="unknown signer"):
        devices.device().install(folder)
    assert devices.open().sessions == ()


def test_a_release_that_went_bad_on_the_disk_does_not_take_the_desk_away(
    devices: Devices,
) -> None:
    devices.install()
    (path,) = (devices.state() / "releases").glob("*.release")
    path.write_bytes(path.read_bytes()[:-1])
    device = devices.device()
    assert device.open(PIN, devices.cards[0]).sessions == ()
    assert [name for name, _ in device.left_out] == [path.name]


def test_a_repository_of_another_station_does_not_replace_the_installed_one(
    devices: Devices, tmp_path: Path
) -> None:
    devices.install()
    other = Devices(tmp_path / "other")
    with pytest.raises(NotPermitted):
        devices.device().install(other.stick)
    assert [file.session for file in devices.open().sessions] == [SESSION]


def test_nothing_on_the_device_is_readable_by_others(devices: Devices) -> None:
    devices.install()
    desk = devices.open()
    desk.sign(desk.propose(desk.read(devices.room.scan()), Command.RELEASE))
    state = devices.state()
    assert state.stat().st_mode & 0o077 == 0
    for part in ("key", "releases", "acts"):
        for path in (state / part, *(state / part).rglob("*")):
            assert path.stat().st_mode & 0o077 == 0, path


def test_two_programs_on_one_device_keep_each_others_acts(devices: Devices) -> None:
    devices.install()
    window, line = devices.open(), devices.open()
    for desk in (window, line, window):
        desk.sign(desk.propose(desk.read(devices.room.scan()), Command.RELEASE))
    assert len(window.acts(SESSION).answers) == 3
    assert len(devices.open().acts(SESSION).answers) == 3


def test_the_clock_of_the_device_decides_the_window(devices: Devices) -> None:
    devices.install()
    devices.room.now = OPENS - 60
    desk = devices.open()
    with pytest.raises(NotPermitted, match="window"):
        desk.propose(desk.read(devices.room.scan()), Command.RELEASE)
