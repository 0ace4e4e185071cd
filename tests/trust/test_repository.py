"""The station's repository and what a device installs from it: newer and whole, or nothing."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.trust_list import Trust
from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.trust import durable, refresh, repository
from kiosk.trust.installed import Installed
from kiosk.trust.repository import Repository
from tests.artefacts import samples
from tests.trust.stations import EXPIRES, NOW, AStation

BANK = samples.sample("bank").data
NAMES = ("authority.cbor", "banks/re-se.bank", "sessions/R15-0301.session", "trust-list.cbor")
EXPECTED = Trust(samples.an_authority(), samples.a_trust_list())


@pytest.fixture
def station(tmp_path: Path) -> AStation:
    return AStation(tmp_path)


def a_device(station: AStation, name: str = "device") -> Installed:
    return Installed.bootstrap(station.folder / name, station.repository.root_json())


def everything(device: Installed) -> dict[str, bytes]:
    return {name: device.read(name) for name in device.targets()}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- what is published is installed ------------------------------------------------------------------


def test_a_device_installs_what_was_published(station: AStation) -> None:
    device = a_device(station)
    device.refresh(station.publish(), now=NOW)
    assert device.targets() == NAMES
    assert device.targets("banks/") == ("banks/re-se.bank",)
    assert device.read("banks/re-se.bank") == BANK == device.path("banks/re-se.bank").read_bytes()
    assert device.trust() == EXPECTED
    assert device.expires_at() == int(EXPIRES.timestamp())


def test_what_is_installed_needs_no_stick_and_no_clock(station: AStation) -> None:
    device = a_device(station)
    stick = station.publish()
    device.refresh(stick, now=NOW)
    shutil.rmtree(stick)
    again = Installed(station.folder / "device")
    assert again.trust() == EXPECTED
    assert again.read("banks/re-se.bank") == BANK
    with pytest.raises(InputRefused):
        again.refresh(stick, now=NOW + timedelta(days=400))
    assert again.trust() == EXPECTED


def test_a_newer_one_replaces_the_older_and_drops_what_is_gone(station: AStation) -> None:
    device = a_device(station)
    for number in range(4):
        station.repository.put(f"banks/b{number}.bank", b"%d" % number * 100)
        station.repository.remove(f"banks/b{number - 1}.bank")
        device.refresh(station.publish(), now=NOW)
        assert device.targets("banks/b") == (f"banks/b{number}.bank",)
        assert Installed(station.folder / "device").targets() == device.targets()
    files = {path.name for path in (station.folder / "device" / "targets").iterdir()}
    # What is installed, and what was before it, which another program may still be reading.
    assert len(files) == len(NAMES) + 2


def test_the_same_repository_again_changes_nothing(station: AStation) -> None:
    device = a_device(station)
    stick = station.publish()
    device.refresh(stick, now=NOW)
    before = everything(device)
    device.refresh(stick, now=NOW)
    assert everything(device) == before


def test_a_stick_holds_only_public_files(station: AStation) -> None:
    stick = station.publish()
    secret = [path.read_bytes() for path in station.folder.rglob("private.*")]
    assert len(secret) == 7
    for data in contents(stick).values():
        assert b"PRIVATE" not in data
        assert all(key not in data for key in secret)


# --- who signs ----------------------------------------------------------------------------------------


def test_the_root_needs_two_of_three_keys_and_publishing_needs_none_of_them(
    station: AStation,
) -> None:
    root = json.loads(station.repository.root_json())["signed"]["roles"]["root"]
    assert (root["threshold"], len(root["keyids"])) == (2, 3)
    shutil.rmtree(station.offline)
    away = Repository.open(station.folder / "repository", station.keys, offline=station.offline)
    away.publish(now=NOW, expires=EXPIRES)
    away.export(station.folder / "usb")
    device = a_device(station)
    device.refresh(station.folder / "usb", now=NOW)
    assert device.trust() == EXPECTED
    with pytest.raises(NotPermitted, match=r"targets key .* is not here"):
        away.set_authority(samples.an_authority())


def test_the_station_cannot_list_an_authority_of_its_own(station: AStation) -> None:
    for name in ("authority.cbor", "other.cbor", "banks/a/b.bank", "sessions/../authority.cbor"):
        with pytest.raises(InputRefused, match="not a name"):
            station.repository.put(name, b"x")


def test_a_delegated_target_outside_its_paths_is_not_believed(
    station: AStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A station whose online keys are stolen signs what it may not: clients do not look there."""
    monkeypatch.setattr(Repository, "_require_name", lambda self, name: None)
    station.repository.put("authority.cbor", b"forged")
    station.repository.put("programs-x/evil", b"forged")
    device = a_device(station)
    device.refresh(station.publish(), now=NOW)
    assert device.targets() == NAMES
    assert device.trust() == EXPECTED


def test_an_authority_that_lapses_before_the_session_is_signed_again_or_refused(
    station: AStation,
) -> None:
    later = NOW + timedelta(days=1090)
    station.repository.publish(now=later, expires=later + timedelta(days=14))
    station.repository.export(station.folder / "usb")
    device = a_device(station)
    device.refresh(station.folder / "usb", now=later + timedelta(days=13))
    shutil.rmtree(station.offline)
    much_later = later + timedelta(days=1090)
    with pytest.raises(NotPermitted, match="not here"):
        station.repository.publish(now=much_later, expires=much_later + timedelta(days=14))


def test_a_station_of_an_older_program_is_given_what_is_new_with_the_offline_key_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = "certificates/revoked.cbor"
    with monkeypatch.context() as older:
        older.setattr(repository, "STATION_PATHS", repository.STATION_PATHS[:-1])
        station = AStation(tmp_path)
    device = a_device(station)
    station.offline.rename(tmp_path / "safe")
    device.refresh(station.publish(), now=NOW)  # nothing of it yet: no key is asked for
    station.repository.put(new, b"list")
    with pytest.raises(
        NotPermitted, match="targets key of the trust repository is not here"
    ) as refused:
        station.publish()
    assert "Bring the folder" in refused.value.remedy

    (tmp_path / "safe").rename(station.offline)
    station.publish()
    station.offline.rename(tmp_path / "safe")
    device.refresh(station.publish(), now=NOW)
    assert device.read(new) == b"list"


def test_a_repository_is_not_made_over_another(station: AStation) -> None:
    with pytest.raises(NotPermitted, match="already"):
        Repository.create(station.folder / "repository", station.folder / "new", now=NOW)
    with pytest.raises(InputRefused, match="no trust repository"):
        Repository.open(station.folder / "nowhere", station.keys)


def test_nothing_is_published_before_the_lists_are_set_or_after_it_expired(tmp_path: Path) -> None:
    repository = Repository.create(tmp_path / "r", tmp_path / "k", now=NOW)
    with pytest.raises(InputRefused, match="nothing to publish"):
        repository.publish(now=NOW, expires=EXPIRES)
    station = AStation(tmp_path / "s")
    with pytest.raises(InputRefused, match="no use"):
        station.repository.publish(now=EXPIRES, expires=NOW)


def test_what_was_put_survives_a_restart_before_it_is_published(station: AStation) -> None:
    station.repository.put("banks/new.bank", b"new")
    again = Repository.open(station.folder / "repository", station.keys, offline=station.offline)
    again.publish(now=NOW, expires=EXPIRES)
    assert "banks/new.bank" in again.listing().targets


# --- what is refused leaves everything as it was ------------------------------------------------------


def test_an_older_repository_is_refused(station: AStation) -> None:
    device = a_device(station)
    old, new = station.publish("old"), station.publish("new")
    device.refresh(new, now=NOW)
    before = everything(device)
    with pytest.raises(NotPermitted, match="older than the one already installed"):
        device.refresh(old, now=NOW)
    assert everything(device) == before


def test_a_station_restored_from_a_backup_takes_no_revocation_back(station: AStation) -> None:
    station.publish()
    backup = station.folder / "backup"
    shutil.copytree(station.folder / "repository", backup)
    station.revoke(samples.PROCTOR.record.kid)
    station.publish()
    device = a_device(station)
    device.refresh(station.publish(), now=NOW)
    old = Repository.open(backup, station.keys, offline=station.offline)
    for refusal in ("older than the one", "number of the one installed and another content"):
        old.publish(now=NOW, expires=EXPIRES)
        old.export(station.folder / "restored")
        with pytest.raises(NotPermitted, match=refusal):
            device.refresh(station.folder / "restored", now=NOW)
        with pytest.raises(NotPermitted, match="revoked"):
            device.trust().signer(samples.PROCTOR.record.kid, Role.PROCTOR)


def test_an_expired_repository_is_refused_and_what_is_installed_stays_usable(
    station: AStation,
) -> None:
    device = a_device(station)
    stick = station.publish()
    device.refresh(stick, now=NOW)
    with pytest.raises(NotPermitted, match="expired"):
        device.refresh(stick, now=EXPIRES + timedelta(seconds=1))
    assert device.trust() == EXPECTED
    device.refresh(stick, now=EXPIRES - timedelta(seconds=1))


def test_another_stations_repository_is_refused(station: AStation, tmp_path: Path) -> None:
    other = AStation(tmp_path / "other")
    with pytest.raises(NotPermitted, match="not signed by the station"):
        a_device(station).refresh(other.publish(), now=NOW)


def test_a_device_is_bound_to_its_root_once(station: AStation, tmp_path: Path) -> None:
    a_device(station)
    a_device(station)
    other = AStation(tmp_path / "other").repository.root_json()
    with pytest.raises(NotPermitted, match="another station"):
        Installed.bootstrap(station.folder / "device", other)
    for wrong in (b"", b"{}", b"[" * 100_000, other[:-1], other.replace(b"2", b"3")):
        with pytest.raises(KioskError):
            Installed.bootstrap(station.folder / "fresh", wrong)
    assert not (station.folder / "fresh").exists()


def test_a_file_changed_at_any_place_is_refused_or_is_none_that_is_read(station: AStation) -> None:
    device = a_device(station)
    device.refresh(station.publish("first"), now=NOW)
    before = everything(device)
    stick = station.publish("second")
    own = ("root.json", "1.root.json", "2.targets.json")
    for path in sorted(stick.rglob("*")):
        if not path.is_file() or path.name in own:
            continue  # the device has these already and does not read them
        data = path.read_bytes()
        unchanged_target = data in before.values()
        for at in random.Random(path.name).sample(range(len(data)), 12):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
            if unchanged_target:
                device.refresh(stick, now=NOW)  # taken from what is installed already
            else:
                with pytest.raises((InputRefused, NotPermitted)):
                    device.refresh(stick, now=NOW)
            assert everything(device) == before
        path.write_bytes(data)
        if unchanged_target:
            device = a_device(station, f"device-{path.name}")
            device.refresh(station.folder / "first", now=NOW)


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_truncated_or_missing_target_is_named_and_nothing_is_installed(
    station: AStation, length: int
) -> None:
    stick = station.publish()
    path = next((stick / "targets" / "banks").iterdir())
    path.write_bytes(path.read_bytes()[:length])
    device = a_device(station)
    with pytest.raises(InputRefused, match=r"banks/re-se\.bank.*not the one the station listed"):
        device.refresh(stick, now=NOW)
    path.unlink()
    with pytest.raises(InputRefused, match="missing"):
        device.refresh(stick, now=NOW)
    with pytest.raises(NotPermitted, match="nothing of the station is installed"):
        device.trust()


def test_a_target_that_grew_is_not_read_to_its_end(station: AStation) -> None:
    stick = station.publish()
    path = next((stick / "targets" / "banks").iterdir())
    with path.open("r+b") as file:
        file.truncate(1 << 40)
    with pytest.raises(InputRefused):
        a_device(station).refresh(stick, now=NOW)


@pytest.mark.parametrize("name", ["timestamp", "snapshot", "targets", "station"])
def test_missing_metadata_is_refused(station: AStation, name: str) -> None:
    stick = station.publish()
    for path in (stick / "metadata").glob(f"*{name}.json"):
        path.unlink()
    with pytest.raises(InputRefused, match="missing"):
        a_device(station).refresh(stick, now=NOW)


def test_a_stick_without_a_repository_is_said_to_be_one(station: AStation, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (empty, tmp_path / "nowhere"):
        with pytest.raises(InputRefused, match="no whole trust repository"):
            a_device(station).refresh(folder, now=NOW)


def test_a_device_that_is_not_enrolled_says_so(tmp_path: Path) -> None:
    for act in (Installed(tmp_path).trust, lambda: Installed(tmp_path).refresh(tmp_path)):
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize("url", ["../secret", "metadata/../../secret", "/etc/passwd", "link"])
def test_the_fetcher_reads_nothing_outside_the_repository(tmp_path: Path, url: str) -> None:
    (tmp_path / "secret").write_text("x")
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(refresh.exceptions.DownloadError):
        refresh.FolderFetcher(folder).download_bytes(url, 100)


def test_an_installed_file_that_was_changed_is_noticed(station: AStation) -> None:
    device = a_device(station)
    device.refresh(station.publish(), now=NOW)
    for name in NAMES:
        path = device.path(name)
        data = path.read_bytes()
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        with pytest.raises(InputRefused, match="damaged or changed"):
            device.read(name)
        path.write_bytes(data)
    listing = next((station.folder / "device" / "states").glob("*/listing.cbor"))
    listing.write_bytes(listing.read_bytes()[:-1])
    with pytest.raises(InputRefused, match="damaged"):
        Installed(station.folder / "device").trust()


def test_what_was_damaged_is_installed_again_from_the_stick(station: AStation) -> None:
    device = a_device(station)
    stick = station.publish()
    device.refresh(stick, now=NOW)
    device.path("banks/re-se.bank").write_bytes(b"x")
    device.refresh(stick, now=NOW)
    assert device.read("banks/re-se.bank") == BANK


# --- power cuts and full disks ------------------------------------------------------------------------


class PowerCut(BaseException):
    """Not an Exception: nothing may handle it."""


def interrupt_after(monkeypatch: pytest.MonkeyPatch, calls: int, fault: BaseException) -> None:
    """Lets `calls` renames and flushes pass, then raises `fault` at each."""
    left = [calls]

    def guarded(real: object) -> object:
        def act(*arguments: object, **keywords: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise fault
            return real(*arguments, **keywords)  # type: ignore[operator]

        return act

    monkeypatch.setattr(durable.os, "fsync", guarded(os.fsync))
    monkeypatch.setattr(durable.os, "replace", guarded(os.replace))


@pytest.mark.parametrize("fault", [PowerCut(), OSError(errno.ENOSPC, "No space left on device")])
def test_an_installation_cut_off_at_any_step_leaves_the_old_or_the_new(
    station: AStation, fault: BaseException
) -> None:
    device = a_device(station)
    device.refresh(station.publish("first"), now=NOW)
    old = everything(device)
    station.repository.put("banks/new.bank", b"new" * 1000)
    station.repository.put("banks/re-se.bank", b"changed")
    stick = station.publish("second")
    outcomes = set()
    for calls in range(60):
        with pytest.MonkeyPatch.context() as patch:
            interrupt_after(patch, calls, fault)
            with suppress(PowerCut, StorageFault):
                device.refresh(stick, now=NOW)
        now = everything(Installed(station.folder / "device"))
        outcomes.add(now == old)
        if now != old:
            assert now["banks/re-se.bank"] == b"changed"
            break
    assert outcomes == {True, False}
    device.refresh(stick, now=NOW)
    assert device.read("banks/new.bank") == b"new" * 1000


def test_a_stick_pulled_at_any_step_of_an_export_holds_the_old_or_the_new(
    station: AStation,
) -> None:
    stick = station.publish()
    station.repository.put("banks/re-se.bank", b"changed")
    station.repository.publish(now=NOW, expires=EXPIRES)
    seen = set()
    for calls in range(60):
        half = station.folder / f"half-{calls}"
        shutil.copytree(stick, half)
        with pytest.MonkeyPatch.context() as patch:
            interrupt_after(patch, calls, PowerCut())
            try:
                station.repository.export(half)
            except PowerCut:
                done = False
            else:
                done = True
        device = a_device(station, f"device-{calls}")
        device.refresh(half, now=NOW)
        seen.add(device.read("banks/re-se.bank"))
        shutil.rmtree(half)
        if done:
            break
    assert seen == {BANK, b"changed"}


def test_a_full_stick_is_said_to_be_full(
    station: AStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.repository.publish(now=NOW, expires=EXPIRES)
    interrupt_after(monkeypatch, 3, OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(StorageFault, match="full"):
        station.repository.export(station.folder / "usb")


def test_a_root_signed_by_the_roots_before_it_is_followed(station: AStation) -> None:
    """Rotation by any TUF tool with the PEM keys: the device still starts from its first root."""
    from tuf.api.metadata import Metadata, Root

    from kiosk.trust.tuf_keys import create_key, load_key

    device = a_device(station)
    device.refresh(station.publish("first"), now=NOW)
    root: Metadata[Root] = Metadata.from_bytes(station.repository.root_json())
    root.signed.version = 2
    fresh = create_key(station.folder / "fresh", "timestamp")
    root.signed.revoke_key(root.signed.roles["timestamp"].keyids[0], "timestamp")
    root.signed.add_key(fresh.public_key, "timestamp")
    root.signatures.clear()
    for name in ("root-1", "root-3"):
        root.sign(load_key(station.offline, name), append=True)
    (station.folder / "repository" / "metadata" / "2.root.json").write_bytes(root.to_bytes())
    old = station.keys / "timestamp" / "private.pem"
    old.write_bytes((station.folder / "fresh" / "timestamp" / "private.pem").read_bytes())
    device.refresh(station.publish("second"), now=NOW)
    assert device.trust() == EXPECTED
