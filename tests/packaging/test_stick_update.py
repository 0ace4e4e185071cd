"""A newer system into the slot that does not run: all of it, or nothing that starts."""

import contextlib
import hashlib
import importlib.machinery
import importlib.util
import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.terminal import update
from kiosk.terminal.updated import How, Upgrade, last
from kiosk.trust.listing import Listed
from kiosk.trust.programs import PREFIX, Kind
from kiosk.trust.publication import target_file
from tests.packaging.test_image import ROOT_HASH
from tests.trust.stations import NOW, AStation

pytestmark = pytest.mark.skipif(
    shutil.which("mformat") is None or shutil.which("sfdisk") is None,
    reason="needs mtools and fdisk",
)
NAME = "kiosk-terminal_1.2_amd64.img"
SYSTEM = random.Random(2).randbytes(3 << 20)


@pytest.fixture
def image(image_builder, boot, tools, tmp_path):
    """A newer image as it is built, of a system that is none."""
    for name in ("BOOTX64.EFI", "grubx64.efi", "vmlinuz", "initrd"):
        (boot / name).write_bytes(f"new {name}".encode() * 999)
    (tmp_path / "system").write_bytes(SYSTEM)
    system = image_builder.System(tmp_path / "system", 1 << 20, ROOT_HASH)
    made = tmp_path / NAME
    image_builder.disk(made, tmp_path, image_builder.esp(tmp_path, system), system)
    return made


@pytest.fixture
def slots(tmp_path):
    """A stick that runs from slot a and has an older system in b."""
    firmware = tmp_path / "firmware"
    for slot in "ab":
        for name in update.BOOT:
            path = firmware / "kiosk" / slot / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"old {name} of {slot}".encode())
    (firmware / "kiosk/env").write_bytes(b"#" * 1024)
    update.write_environment(firmware / "kiosk/env", {"good": "a"})
    other = tmp_path / "slot-b"
    other.write_bytes(b"old" * (2 << 20))
    return update.Slots("a", firmware, other)


def listed(image, **other):
    data = image.read_bytes()
    return Listed(
        **{"length": len(data), "sha256": hashlib.sha256(data).digest(), **other}, role="s"
    )


def of_slot(slots, slot):
    folder = slots.firmware / "kiosk" / slot
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def environment(slots):
    return update.environment_of(slots.firmware / "kiosk/env")


def test_a_new_system_is_written_whole_and_tried_once(image, slots, tmp_path):
    running = of_slot(slots, "a")
    update.install(image, listed(image), slots, tmp_path / "scratch")
    assert slots.other.read_bytes()[: len(SYSTEM)] == SYSTEM
    written = of_slot(slots, "b")
    assert written["vmlinuz"] == b"new vmlinuz" * 999
    assert ROOT_HASH.encode() in written["boot.cfg"]
    assert set(written) == set(update.BOOT)
    assert of_slot(slots, "a") == running
    assert environment(slots) == {"good": "a", "trying": "b"}
    assert (slots.firmware / "kiosk/env").stat().st_size == 1024
    assert not (tmp_path / "scratch").exists()


@pytest.mark.parametrize("at", [5, 700, 1 << 20, -(1 << 20), -1])
def test_one_flipped_byte_is_refused_and_nothing_is_tried(image, slots, tmp_path, at):
    told = listed(image)
    data = bytearray(image.read_bytes())
    data[at] ^= 1
    image.write_bytes(data)
    with pytest.raises(InputRefused):
        update.install(image, told, slots, tmp_path / "scratch")
    assert environment(slots) == {"good": "a"}
    assert of_slot(slots, "b")["vmlinuz"] == b"old vmlinuz of b"


@pytest.mark.parametrize("more", [-1, 1])
def test_a_file_of_another_length_is_refused(image, slots, tmp_path, more):
    told = listed(image, length=image.stat().st_size + more)
    with pytest.raises(InputRefused, match="not the one the station listed"):
        update.install(image, told, slots, tmp_path / "scratch")
    assert environment(slots) == {"good": "a"}


def test_what_is_no_image_is_refused(slots, tmp_path):
    other = tmp_path / "other"
    other.write_bytes(bytes(2 << 20))
    with pytest.raises(InputRefused, match="not the image of a stick"):
        update.install(other, listed(other), slots, tmp_path / "scratch")


def test_a_system_that_is_tried_itself_does_not_overwrite_the_good_one(image, slots, tmp_path):
    update.write_environment(slots.firmware / "kiosk/env", {"good": "b"})
    with pytest.raises(NotPermitted, match="not yet known to be good"):
        update.install(image, listed(image), slots, tmp_path / "scratch")
    assert of_slot(slots, "b")["vmlinuz"] == b"old vmlinuz of b"


def test_wherever_the_power_goes_the_running_system_is_what_starts(
    image, slots, tmp_path, monkeypatch
):
    """Each write of the update fails once, as if it had been the last."""
    running, cuts = of_slot(slots, "a"), 0
    write, sync = update.write_durable, update.sync_file
    for cut in range(1, 9):
        done = iter(range(99))

        def goes(then, cut=cut, done=done):
            def step(*words):
                if next(done) == cut - 1:
                    raise StorageFault("cut")
                then(*words)

            return step

        monkeypatch.setattr(update, "write_durable", goes(write))
        monkeypatch.setattr(update, "sync_file", goes(sync))
        try:
            update.install(image, listed(image), slots, tmp_path / "scratch")
        except StorageFault:
            cuts += 1
            told = environment(slots)
            assert told["good"] == "a"
            assert of_slot(slots, "a") == running
            if "trying" in told:  # then all of it is there
                assert slots.other.read_bytes()[: len(SYSTEM)] == SYSTEM
                assert len(of_slot(slots, "b")) == len(update.BOOT)
            update.write_environment.__globals__["sync_file"] = sync
            update.write_environment(slots.firmware / "kiosk/env", {"good": "a"})
        else:
            break
    assert cuts == 5


# --- what the station signs -------------------------------------------------------------------------------


@pytest.fixture
def station(tmp_path):
    return AStation(tmp_path / "station")


def a_file(folder, name=NAME):
    path = folder / name
    path.write_bytes(name.encode())
    return path


def chosen(station, stick, tmp_path, running="1.1"):
    root = tmp_path / "root.json"
    root.write_bytes(station.repository.root_json())
    trust = update.known(tmp_path / "trust", root)
    trust.refresh(stick, now=NOW)
    return update.newer(trust, running, Kind.IMAGE)


def test_the_newest_image_of_the_station_is_chosen(station, tmp_path):
    station.repository.put_programs(
        [a_file(tmp_path), a_file(tmp_path, "kiosk-terminal_1.1_amd64.img")]
    )
    stick = station.publish()
    program, told = chosen(station, stick, tmp_path)
    assert program.target == PREFIX + NAME
    assert (stick / "targets" / target_file(program.target, told.sha256)).read_text() == NAME


@pytest.mark.parametrize("running", ["1.2", "1.10", "1.2+20261127"])
def test_a_program_that_is_not_newer_is_refused(station, tmp_path, running):
    station.repository.put_programs([a_file(tmp_path)])
    with pytest.raises(NotPermitted, match="runs already"):
        chosen(station, station.publish(), tmp_path, running)


def test_a_station_that_brings_none_is_told(station, tmp_path):
    station.repository.put_programs([a_file(tmp_path, "kiosk-terminal_9_amd64.deb")])
    with pytest.raises(NotPermitted, match="brings no program"):
        chosen(station, station.publish(), tmp_path)


def test_the_root_is_remembered_and_no_other_station_is_believed_afterwards(station, tmp_path):
    """The exam program's user can write the file it was taken from."""
    station.repository.put_programs([a_file(tmp_path)])
    chosen(station, station.publish(), tmp_path)
    other = AStation(tmp_path / "other")
    other.repository.put_programs([a_file(tmp_path, "kiosk-terminal_9_amd64.img")])
    with pytest.raises(NotPermitted, match="not signed by the station this device trusts"):
        chosen(other, other.publish(), tmp_path)


def test_a_stick_that_is_older_than_the_last_one_seen_is_refused(station, tmp_path):
    station.repository.put_programs([a_file(tmp_path)])
    shutil.copytree(station.publish(), tmp_path / "older")
    chosen(station, station.publish(), tmp_path)
    with pytest.raises(NotPermitted, match="older than the one already installed"):
        chosen(station, tmp_path / "older", tmp_path)


def test_what_is_not_listed_is_not_seen(station, tmp_path):
    stick = station.publish()
    folder = stick / "targets/programs"
    folder.mkdir()
    a_file(folder)
    with pytest.raises(NotPermitted, match="brings no program"):
        chosen(station, stick, tmp_path)


def test_without_a_root_nothing_is_believed(station, tmp_path):
    with pytest.raises(KioskError, match="not bound to a station"):
        update.known(tmp_path / "trust", tmp_path / "none").refresh(station.publish())


# --- what root runs -----------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path, monkeypatch, slots, station):
    """The program that exchanges systems, on a computer whose parts are in `tmp_path`."""
    path = Path(__file__).parents[2] / "packaging/image/root/usr/lib/kiosk-image/update"
    loader = importlib.machinery.SourceFileLoader("packaged_update", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    state, told = tmp_path / "state", tmp_path / "told"
    (state / "trust").mkdir(parents=True)
    (state / "trust/root.json").write_bytes(station.repository.root_json())
    told.mkdir()
    own = tmp_path / "own"
    for name, value in {
        "OWN": own,
        "TRIED": own / "tried",
        "ENDED": own / "told",
        "AGAIN": tmp_path / "update-again",
        "TOLD": told,
        "STATE": state,
        "STICK": tmp_path / "station/usb",
        "FIRMWARE": slots.firmware,
        "slots": lambda: contextlib.nullcontext(slots),
        "command_line": lambda: ["boot=kiosk", "slot=a"],
    }.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(update, "require_nobody_sits", lambda: None)
    monkeypatch.setattr(update, "running_version", lambda: "1.1")
    return module


def publishes(station, image):
    station.repository.put_programs([image])
    now = datetime.now(UTC)
    station.publish(now=now, expires=now + timedelta(days=1))


def said(tmp_path):
    return {path.name: path.read_text("utf-8") for path in (tmp_path / "told").iterdir()}


def test_the_technician_is_told_what_came_of_it_in_both_languages(
    program, image, slots, station, tmp_path
):
    publishes(station, image)
    program.install()
    assert environment(slots) == {"good": "a", "trying": "b"}
    told = said(tmp_path)
    assert told["en"].startswith("Version 1.2 is on the stick and starts next.")
    assert told["zh-CN"].startswith("版本 1.2 已写入U盘")
    # It did not come up: the one before runs, and not as a trial.
    program.remember()
    assert said(tmp_path)["en"] == "Version 1.2 did not come up. Version 1.1 runs again.\n"
    # That is told once.
    (tmp_path / "told/en").unlink()
    program.remember()
    assert "en" not in said(tmp_path)


def test_a_system_that_came_up_is_the_good_one_and_nothing_is_told(
    program, image, slots, station, tmp_path
):
    publishes(station, image)
    program.install()
    program.good()
    assert environment(slots) == {"good": "a"}
    (tmp_path / "told/en").unlink()
    program.remember()
    assert "en" not in said(tmp_path)


def test_what_did_not_come_up_here_is_taken_again_only_if_the_page_asks_for_it(
    program, image, slots, station, tmp_path
):
    publishes(station, image)
    program.install()
    update.write_environment(slots.firmware / "kiosk/env", {"good": "a"})  # as its start leaves it
    program.remember()
    ended = Upgrade(How.FELL_BACK, "1.2", "1.1")
    assert last(tmp_path / "own") == ended
    program.install()
    assert (
        "the program on the station's stick is 1.2, which did not come up here"
        in said(tmp_path)["en"]
    )
    assert "write AGAIN" in said(tmp_path)["en"]
    assert environment(slots) == {"good": "a"}
    (tmp_path / "update-again").touch()
    program.install()
    assert environment(slots) == {"good": "a", "trying": "b"}
    assert last(tmp_path / "own") == ended
    program.good()
    assert last(tmp_path / "own") is None


def test_of_a_system_that_was_refused_nobody_says_that_it_did_not_come_up(
    program, image, station, tmp_path
):
    publishes(station, image)
    (listed,) = (tmp_path / "station/usb/targets/programs").iterdir()
    listed.write_bytes(listed.read_bytes()[:-1])
    program.install()
    assert "not the one the station listed" in said(tmp_path)["en"]
    (tmp_path / "told/en").unlink()
    program.remember()
    assert "en" not in said(tmp_path)


def test_while_an_exam_is_held_nothing_is_written(
    program, image, slots, station, tmp_path, monkeypatch
):
    publishes(station, image)

    def held():
        raise update.in_use()

    monkeypatch.setattr(update, "require_nobody_sits", held)
    program.install()
    assert "a session of this terminal is open now" in said(tmp_path)["en"]
    assert environment(slots) == {"good": "a"}
    assert of_slot(slots, "b")["vmlinuz"] == b"old vmlinuz of b"


def test_a_stick_whose_kernel_comes_over_the_network_is_not_updated(
    program, image, slots, station, tmp_path, monkeypatch
):
    told = (Path(__file__).parents[2] / "packaging/image/netboot.cfg").read_text("utf-8")
    assert "set trial=network\n" in told
    publishes(station, image)
    monkeypatch.setattr(program, "command_line", lambda: ["boot=kiosk", "slot=a", "network"])
    program.install()
    assert "starts over the network" in said(tmp_path)["en"]
    assert environment(slots) == {"good": "a"}


def test_the_root_is_remembered_at_the_start_before_anybody_sits_there(program, tmp_path):
    program.remember()
    remembered = (tmp_path / "own/trust/root.json").read_bytes()
    assert remembered == (tmp_path / "state/trust/root.json").read_bytes()
    assert (tmp_path / "own").stat().st_mode & 0o777 == 0o700
    (tmp_path / "state/trust/root.json").write_bytes(b"of somebody else")
    program.remember()
    assert (tmp_path / "own/trust/root.json").read_bytes() == remembered
