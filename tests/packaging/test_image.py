"""How the bootable stick is put together; tests/machine starts one on a whole computer."""

import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from kiosk.terminal import ground, update, updated

PROJECT = Path(__file__).parents[2]
IMAGE = PROJECT / "packaging/image"
ROOT = IMAGE / "root"
BOOT = ROOT / "usr/share/initramfs-tools/scripts/kiosk"
ROOT_HASH = "0123456789abcdef" * 4
SCRIPTS = [
    *(IMAGE / "finish", BOOT, ROOT / "usr/share/initramfs-tools/hooks/kiosk"),
    *(
        ROOT / "usr/lib/kiosk-image" / name
        for name in ("console", "disk", "page", "settle", "wanted")
    ),
]


def needs(program):
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return pytest.mark.skipif(found is None, reason=f"{program} is not installed here")


# --- the builder ----------------------------------------------------------------------------------------


def test_what_the_builders_machine_lacks_is_told_by_packages(image_builder, monkeypatch, tmp_path):
    monkeypatch.setattr(
        image_builder.shutil, "which", lambda tool: None if tool == "mformat" else tool
    )
    monkeypatch.setattr(image_builder, "KEYRING", tmp_path / "none")
    with pytest.raises(SystemExit, match="apt install mtools debian-archive-keyring"):
        image_builder.require_tools()


def test_without_a_package_make_deb_is_named(image_builder, tmp_path):
    with pytest.raises(SystemExit, match="make deb"):
        image_builder.newest_package(tmp_path)


def test_a_bios_finds_the_rest_of_grub(image_builder, boot):
    first, rest = image_builder.bios_boot(boot, 2048)
    assert len(first) == 440  # what follows is the disk's signature and partitions
    assert struct.unpack_from("<Q", first, 0x5C) == (2048,)
    assert struct.unpack_from("<QHH", rest, 500) == (2049, 2, 0x820)


def table(image):
    told = subprocess.run(["sfdisk", "--json", image], capture_output=True, text=True, check=True)
    return json.loads(told.stdout)["partitiontable"]["partitions"]


@pytest.fixture
def image(image_builder, boot, tools, tmp_path):
    """An image as it is built, of a system that is none."""
    for name in ("BOOTX64.EFI", "grubx64.efi", "vmlinuz", "initrd"):
        (boot / name).write_bytes(name.encode() * 999)
    data = tmp_path / "system"
    data.write_bytes(b"S" * (image_builder.MIB + 4096))
    system = image_builder.System(data, image_builder.MIB, ROOT_HASH)
    made = tmp_path / "made.img"
    image_builder.disk(made, tmp_path, image_builder.esp(tmp_path, system), system)
    return made


def of_esp(image, name):
    at = table(image)[1]["start"] * 512
    return subprocess.run(
        ["mtype", "-i", f"{image}@@{at}", f"::{name}"], capture_output=True, check=True
    ).stdout


@needs("sfdisk")
@needs("mformat")
def test_the_image_has_one_system_last_and_nothing_of_chance(image_builder, image, boot, tmp_path):
    parts = table(image)
    assert [one["name"] for one in parts] == ["bios", "esp", "kiosk-secret", "kiosk-a"]
    kinds = [image_builder.BIOS_BOOT, image_builder.ESP, image_builder.LINUX, image_builder.ROOT]
    assert [one["type"] for one in parts] == kinds
    with image.open("rb") as file:
        file.seek(parts[3]["start"] * image_builder.SECTOR)
        assert file.read(image_builder.MIB + 4096) == (tmp_path / "system").read_bytes()
    system = image_builder.System(tmp_path / "system", image_builder.MIB, ROOT_HASH)
    again = tmp_path / "again.img"
    image_builder.disk(again, tmp_path, tmp_path / "esp.fat", system)
    assert again.read_bytes() == image.read_bytes()


@needs("sfdisk")
@needs("mformat")
def test_a_stick_starts_from_slot_a_of_its_own(image):
    assert of_esp(image, "kiosk/env").decode() == "# GRUB Environment Block\ngood=a\n".ljust(
        1024, "#"
    )
    starts = of_esp(image, "EFI/debian/grub.cfg").decode()
    assert f"set medium={table(image)[3]['uuid'].lower()}\n" in starts
    assert f"roothash={ROOT_HASH} hashes=1048576" in of_esp(image, "kiosk/a/boot.cfg").decode()
    assert of_esp(image, "kiosk/a/vmlinuz").startswith(b"vmlinuz")


@needs("sfdisk")
@needs("mformat")
def test_firmware_that_asks_the_network_gets_what_the_stick_has(
    image_builder, image, boot, tmp_path, monkeypatch
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    (boot / "grubnetx64.efi").write_bytes(b"net")
    (boot / "kiosk.pxe").write_bytes(b"pxe")
    made, again = tmp_path / "made.tar", tmp_path / "again.tar"
    image_builder.netboot(made, tmp_path)
    (boot / "vmlinuz").touch()
    image_builder.netboot(again, tmp_path)
    assert made.read_bytes() == again.read_bytes()
    with tarfile.open(made) as tar:
        held = {entry.name: tar.extractfile(entry).read() for entry in tar}
        assert {entry.mode for entry in tar} == {0o644}
    for name in ("vmlinuz", "initrd", "boot.cfg"):
        assert held[f"kiosk/a/{name}"] == of_esp(image, f"kiosk/a/{name}")
    assert held["shimx64.efi"] == of_esp(image, "EFI/BOOT/BOOTX64.EFI")
    # Which file shim asks for by its own name, and GRUB below /grub.
    assert held["grubx64.efi"] == b"net"
    starts = held["grub/grub.cfg"].decode()
    assert f"set medium={table(image)[3]['uuid'].lower()}\n" in starts
    assert 'set superusers=""\nexport superusers\nset timeout=0\n' in starts


@needs("grub-script-check")
@pytest.mark.parametrize("name", ["grub.cfg", "netboot.cfg", "boot.cfg"])
def test_what_grub_is_told_it_can_read(name):
    subprocess.run(["grub-script-check", IMAGE / name], check=True)


def test_nobody_changes_at_the_keyboard_what_the_kernel_is_told():
    settings = (IMAGE / "grub.cfg").read_text("utf-8")
    assert 'set superusers=""\nexport superusers\nset timeout=0\n' in settings
    assert settings.count("menuentry") == settings.count("--unrestricted") == 2
    kernel = (IMAGE / "boot.cfg").read_text("utf-8").split()
    assert {"roothash=@roothash", "boot=kiosk", "systemd.gpt_auto=0"} <= set(kernel)
    assert any(word.startswith("panic=") for word in kernel), "a failing start would give a shell"
    assert "systemd.crash_action=reboot" in kernel, "a new system that froze would not be left"


# --- what is on the stick ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_script_can_be_read_and_run(path):
    subprocess.run(["sh", "-n", path], check=True)
    assert path == BOOT or path.stat().st_mode & 0o111


def shell(tmp_path, script, *fakes, **answers):
    """What the boot script's functions do; `fakes` tell what they were called with."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in (*fakes, *answers):
        program = programs / name
        program.write_text(
            f'#!/bin/sh\necho {name} "$@" >>{tmp_path}/calls\n{answers.get(name, "")}\n'
        )
        program.chmod(0o755)
    told = subprocess.run(
        ["sh", "-euc", f'panic() {{ echo "$*"; exit 9; }}\n. {BOOT}\n{script}'],
        env={"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    calls = tmp_path / "calls"
    return told, calls.read_text().splitlines() if calls.exists() else []


def test_the_key_is_of_the_secret_and_of_the_serial_number(tmp_path):
    secret = bytes(range(32))
    (tmp_path / "secret").write_bytes(secret + b"of the rest nothing")
    told, _ = shell(tmp_path, f"secret={tmp_path}/secret serial=SanDisk_4C53; key")
    assert told.stdout == hashlib.sha256(secret + b"SanDisk_4C53").hexdigest()


@needs("sfdisk")
@needs("mformat")
def test_the_first_start_gives_a_stick_two_slots_and_the_rest_to_its_state(
    image_builder, image, tmp_path
):
    """Also where the power went in between; what is in the slot stays."""
    before = table(image)
    os.truncate(image, 3 << 30)
    sfdisk = shutil.which("sfdisk")
    script = f"""medium={image}
        udevadm() {{ :; }}
        numbered() {{ {sfdisk} --dump $medium | grep "^$medium$1 " || :; }}
        make_partitions"""
    for steps in (1, 1, 3, 3):
        folder = tmp_path / f"start-{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        goes = f'[ $(wc -l <{folder}/calls) -le {steps} ] || exit 1; exec {sfdisk} "$@"'
        told, _ = shell(folder, script, sfdisk=goes)
        assert told.returncode == (9 if steps == 1 else 0), told.stderr
    parts = table(image)
    assert [one["name"] for one in parts[3:]] == ["kiosk-a", "kiosk-b", "kiosk-state-new"]
    assert [one["size"] * 512 for one in parts[3:5]] == [image_builder.SLOT] * 2
    assert (parts[3]["start"], parts[3]["uuid"]) == (before[3]["start"], before[3]["uuid"])
    assert parts[5]["size"] * 512 > 1 << 30


STATE_OF = "medium=/dev/sdx secret={0}/secret serial=S; numbered() {{ echo sdx6; }}; make_state"
FORMATS = ("cryptsetup", "mkfs.ext4", "sfdisk", "udevadm", "sync")


def test_a_state_that_is_ready_is_never_made_anew(tmp_path):
    told, calls = shell(tmp_path, STATE_OF.format(tmp_path), *FORMATS, blkid="echo kiosk-state")
    assert told.returncode == 0, told.stderr
    assert [call.split()[0] for call in calls] == ["blkid"]


def test_a_state_that_a_power_cut_left_half_made_is_begun_again(tmp_path):
    script = STATE_OF.format(tmp_path)
    told, calls = shell(tmp_path, script, *FORMATS, blkid="echo kiosk-state-new")
    assert told.returncode == 0, told.stderr
    steps = [" ".join(call.split()[:2]) for call in calls]
    assert steps[1:4] == ["cryptsetup luksFormat", "cryptsetup open", "mkfs.ext4 -q"]
    # Ready it is called at the very end.
    assert calls[-1].startswith("sfdisk ")
    assert calls[-1].endswith("--part-label /dev/sdx 6 kiosk-state")
    assert (tmp_path / "secret").stat().st_size == 32


def test_a_stick_without_a_serial_number_is_refused(tmp_path):
    script = "medium=/dev/sdx; numbered() { echo sdx5; }; open_state"
    told, calls = shell(tmp_path, script, *FORMATS[:3], udevadm="", blkid="")
    assert told.returncode == 9
    assert "no serial number" in told.stdout
    assert not [call for call in calls if call.split()[0] in FORMATS[:3]]


def test_a_system_that_is_tried_has_had_its_start_where_grub_could_not_write_that(tmp_path):
    environment = tmp_path / "kiosk/env"
    environment.parent.mkdir()
    write = update.write_environment
    environment.write_bytes(b"#" * 1024)
    write(environment, {"good": "a", "trying": "b"})
    script = f"FIRMWARE={tmp_path}; numbered() {{ echo sdx$1; }}; forget_trial a"
    told, calls = shell(tmp_path, script, "mount", "umount")
    assert told.returncode == 0, told.stderr
    assert calls[0] == f"mount -t vfat /dev/sdx2 {tmp_path}"
    forgotten = environment.read_bytes()
    write(environment, {"good": "a"})
    assert forgotten == environment.read_bytes()


@pytest.mark.parametrize(
    ("trial", "active", "ends"),
    [
        ("trial", "true", "good"),
        ("trial", "false", "systemctl reboot"),
        ("trial", "[ $(($(wc -l <{calls}) % 20)) -gt 9 ]", "systemctl reboot"),
        ("", "false", "remember"),
    ],
)
def test_a_system_that_is_tried_is_good_once_its_page_stays(tmp_path, trial, active, ends):
    calls, told = tmp_path / "calls", tmp_path / "cmdline"
    told.write_text(f"boot=kiosk slot=b {trial} roothash=00\n")
    calls.touch()
    updates = tmp_path / "update"
    updates.write_text(f'#!/bin/sh\necho "$@" >>{calls}\n')
    updates.chmod(0o755)
    script = (ROOT / "usr/lib/kiosk-image/settle").read_text("utf-8")
    script = script.replace("/usr/lib/kiosk-image/update", str(updates))
    judges = ROOT.parents[1] / "deb/root/usr/lib/kiosk-terminal/trial"
    script = script.replace("/usr/lib/kiosk-terminal/trial", str(judges))
    script = script.replace("/proc/cmdline", str(told))
    # Of one that did not come up all may read, but while another is tried.
    own, everyones = tmp_path / "own", tmp_path / "everyones"
    for folder in (own, everyones):
        folder.mkdir()
    (own / updated.TOLD).write_text("fell-back 1.2 1.1\n")
    script = script.replace("/run/kiosk-state/update", str(own))
    script = script.replace(f"{ground.UPDATES}/", f"{everyones}/")
    asked = active.format(calls=calls)
    fakes = f"""sleep() {{ :; }}
        systemctl() {{ echo "systemctl $*" >>{calls}; [ "$1" = reboot ] || {asked}; }}"""
    subprocess.run(["sh", "-c", f"{fakes}\n{script}"], check=True)
    lines = calls.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("remember", ends)
    assert (everyones / updated.TOLD).exists() is not bool(trial)


def test_whoever_exchanges_systems_knows_the_partitions_by_their_numbers():
    starts = BOOT.read_text("utf-8")
    exchanges = (ROOT / "usr/lib/kiosk-image/update").read_text("utf-8")
    assert "\nESP=2 SECRET=3 A=4 B=5 STATE=6\nSLOT=512MiB\n" in starts
    assert 'ESP, SLOTS = 2, {"a": 4, "b": 5}' in exchanges


def test_no_disk_of_the_computer_is_writable():
    rules = (ROOT / "usr/lib/udev/rules.d/72-kiosk-image.rules").read_text("utf-8")
    (rule,) = (line for line in rules.splitlines() if not line.startswith("#"))
    assert "blockdev --setro" in rule
    assert "/run/kiosk-medium" in rule
    assert "/run/kiosk-medium" in BOOT.read_text("utf-8")


@pytest.mark.parametrize(
    ("there", "disks", "trial", "page"),
    [
        ([], "sda usb", "", True),
        (["keys/private.key"], "sda usb", "trial", True),
        (["keys/private.key", "trust/current"], "sda usb\nsdb sata", "", False),
        (["keys/private.key", "trust/current"], "sda usb\nsdb usb", "", True),
        (["keys/private.key", "trust/current"], "sda usb\nsdb usb", "trial", False),
    ],
)
def test_the_technicians_page_comes_when_there_is_something_for_it(
    there, disks, trial, page, tmp_path
):
    state, medium = tmp_path / "state", tmp_path / "medium"
    (tmp_path / "cmdline").write_text(f"boot=kiosk {trial} quiet\n")
    for name in there:
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).touch()
    medium.write_text("sda\n")
    script = (ROOT / "usr/lib/kiosk-image/wanted").read_text("utf-8")
    script = script.replace("/var/lib/kiosk-terminal", str(state))
    script = script.replace("/run/kiosk-medium", str(medium))
    script = script.replace("/proc/cmdline", str(tmp_path / "cmdline"))
    script = f"lsblk() {{ echo '{disks}'; }}\n{script}"
    assert (subprocess.run(["sh", "-c", script], check=False).returncode == 0) is page


def page(tmp_path, typed, code):
    """What the technician's page calls and says when this is typed and `kiosk` ends with `code`."""
    state, calls = tmp_path / "state", tmp_path / "calls"
    state.mkdir(exist_ok=True)
    script = (ROOT / "usr/lib/kiosk-image/page").read_text("utf-8")
    script = script.replace("/var/lib/kiosk-terminal", str(state))
    # Shells know a function by this name, and not by a path that it has.
    fakes = f'kiosk() {{ echo "$@" >>{calls}; return {code}; }}\nwith_stick() {{ echo "$@" >>{calls}; [ "$1" != and_says ] || "$@"; }}\n'
    script = script.replace(
        "\nwhile :; do\n    printf '\\033", f"\n{fakes}while :; do\n    printf '\\033"
    )
    ran = subprocess.run(["sh", "-c", script], input=typed, capture_output=True, text=True)
    told = calls.read_text().splitlines() if calls.exists() else []
    calls.unlink(missing_ok=True)
    return ran, told


def test_a_terminal_is_named_restarted_and_its_request_written(tmp_path):
    # Enter after the name ends the page, which restarts the computer.
    ran, told = page(tmp_path, "2\n1\nT-01\n\nnot read", 3)
    assert ran.returncode == 0
    assert "Enter restarts the computer" in ran.stdout
    name = f"terminal enrol --restart-test --state {tmp_path}/state --name T-01"
    assert told == [name]
    # The language alone, and the code is there; the request goes to the stick where that is asked for.
    _, told = page(tmp_path, "1\n\n\n", 0)
    assert told == [name]
    _, told = page(tmp_path, "1\ns\n\n", 0)
    assert told == [name, f"cp {tmp_path}/state/T-01.enrol /media/usb/"]
    (tmp_path / "state/keys").mkdir()
    (tmp_path / "state/keys/private.key").touch()
    assert page(tmp_path, "1\n", 0)[1] == []


def test_what_is_taken_in_or_written_out_goes_with_how_the_terminal_stands(tmp_path):
    (tmp_path / "state/keys").mkdir(parents=True)
    (tmp_path / "state/keys/private.key").touch()
    for number, does in (("2", "install /media/usb --state"), ("3", "export --state")):
        _, told = page(tmp_path, f"1\n{number}\n\n", 0)
        assert told[1].startswith(f"terminal {does} {tmp_path}/state")
        assert told[2] == f"terminal status --state {tmp_path}/state --to /media/usb"


def test_a_name_that_is_refused_is_asked_for_again(tmp_path):
    ran, _ = page(tmp_path, "2\n1\n/\n\n", 4)
    assert ran.stdout.count("What is this terminal called") == 1
    assert not (tmp_path / "state/name").exists()


@pytest.fixture
def disks(tmp_path):
    """`disk` as a script to run on a computer with these disks; the stick it started from is sdb."""
    serials = {
        "sda": "S123",
        "sdb": "KIOSK",
        "sdc": "T9",
        "sdd": "",
        "nvme0n1": "N7",
        "sde": "old",
        "sdf": "4K",
        "mmcblk0": "M1",
    }
    sizes = {
        "sda": 500,
        "sdb": 32,
        "sdc": 64,
        "sdd": 500,
        "nvme0n1": 1000,
        "sde": 1,
        "sdf": 500,
        "mmcblk0": 64,
    }
    for name in serials:
        folder = tmp_path / "block" / name
        (folder / "queue").mkdir(parents=True)
        (folder / "size").write_text(f"{sizes[name] * 1953125}\n")
        (folder / "queue/logical_block_size").write_text("4096\n" if name == "sdf" else "512\n")
        for number in range(1, 6):
            part = folder / f"{name}-{number}"
            part.mkdir()
            (part / "partition").write_text(f"{number}\n")
    (tmp_path / "medium").write_text("sdb\n")
    (tmp_path / "told").mkdir()
    (tmp_path / "esp/EFI/debian").mkdir(parents=True)
    for slot in "ab":
        (tmp_path / "esp/kiosk" / slot).mkdir(parents=True)
        (tmp_path / "esp/kiosk" / slot / "vmlinuz").write_text(slot)
    (tmp_path / "esp/EFI/debian/grub.cfg").write_text("set timeout=0\nset medium=of-the-stick\n")
    (tmp_path / "cmdline").write_text("quiet slot=b roothash=abc hashes=4096\n")
    script = tmp_path / "disk"
    text = (ROOT / "usr/lib/kiosk-image/disk").read_text("utf-8")
    for real, here in {
        "/run/kiosk-terminal/disk-wanted": "asked",
        "/run/kiosk-update": "told",
        "/run/kiosk-esp": "esp",
        "/run/kiosk-medium": "medium",
        "/run/kiosk-disk.cfg": "new.cfg",
        "/sys/block": "block",
        "/proc/cmdline": "cmdline",
    }.items():
        text = text.replace(real, str(tmp_path / here))
    script.write_text(text)
    script.chmod(0o755)
    programs = tmp_path / "bin"
    programs.mkdir()
    serial = " ".join(f"*ID_SERIAL_SHORT*/{name}) echo {one} ;;" for name, one in serials.items())
    answers = {
        "udevadm": f'case "$*" in *ID_BUS*/sd[bc]) echo usb ;; *ID_MODEL*) echo Disk ;; {serial} esac',
        "sfdisk": 'case $1 in --dump) echo "/dev/x1 : start=2048, size=9, uuid=AA, name=bios" ;; *) cat ;; esac',
        "blkid": "echo new-uuid",
    }
    names = ("blockdev", "veritysetup", "dd", "mount", "umount", "systemctl", *answers)
    for name in names:
        program = programs / name
        told = "" if name == "udevadm" else f'echo {name} "$@" >>{tmp_path}/calls\n'
        program.write_text(f"#!/bin/sh\n{told}{answers.get(name, '')}\n")
        program.chmod(0o755)

    def go(word, **more):
        path = f"{programs}:{os.environ['PATH']}"
        ran = subprocess.run([script, word], env={"PATH": path}, capture_output=True, text=True)
        calls = tmp_path / "calls"
        return ran, calls.read_text().splitlines() if calls.exists() else []

    return go


def test_only_a_disk_of_the_computer_that_can_take_it_is_offered(disks, tmp_path):
    """Not the stick, not another one, none without a serial number, none that is too small or has large sectors,
    and no eMMC."""
    ran, calls = disks("list")
    assert ran.stdout.splitlines() == ["sda  500 GB  Disk  S123", "nvme0n1  1000 GB  Disk  N7"]
    assert calls == []
    # Where this system itself runs from a disk, none is.
    (tmp_path / "medium").write_text("sda\n")
    assert disks("list")[0].stdout == ""


def test_a_disk_that_was_not_offered_stays_as_it_is(disks, tmp_path):
    for line in ("sdc  64 GB  Disk  T9", "sda  500 GB  Disk  S124", "sda", ""):
        (tmp_path / "asked").write_text(f"{line}\n")
        ran, calls = disks("write")
        assert ran.returncode == 0, ran.stderr
        assert {call.split()[0] for call in calls} == {"systemctl"}
        assert "Nothing was changed" in (tmp_path / "told/en").read_text()


def test_without_the_technicians_page_no_disk_is_written(disks, tmp_path):
    (tmp_path / "asked").write_text("sda  500 GB  Disk  S123\n")
    (tmp_path / "bin/systemctl").write_text("#!/bin/sh\nexit 3\n")
    ran, calls = disks("write")
    assert (ran.returncode, calls) == (3, [])


def test_what_the_technicians_page_may_ask_for_ends_with_it():
    units = ROOT / "etc/systemd/system"
    asked = [
        unit.name
        for unit in sorted(units.glob("*.path"))
        if "=/run/kiosk-terminal/" in unit.read_text("utf-8")
    ]
    assert asked == ["kiosk-disk.path", "kiosk-update.path"]
    wants = (units / "kiosk-login.service").read_text("utf-8")
    for name in asked:
        assert "\nPartOf=kiosk-login.service\n" in (units / name).read_text("utf-8")
        assert name in wants


def test_a_disk_gets_the_system_that_runs_and_what_starts_it_last(disks, tmp_path):
    (tmp_path / "asked").write_text("sda  500 GB  Disk  S123\n")
    ran, calls = disks("write")
    assert "The disk has the system" in (tmp_path / "told/en").read_text(), ran.stderr
    assert all("of=/dev/sda" in call for call in calls if call.startswith("dd "))
    steps = [call for call in calls if call.startswith(("dd ", "veritysetup"))]
    assert [step.split()[1:3] for step in steps] == [
        ["if=/dev/sdb-5", "of=/dev/sda-4"],  # slot b runs
        ["verify", "/dev/sda-4"],
        ["if=/dev/zero", "of=/dev/sda-3"],
        ["if=/dev/sdb-2", "of=/dev/sda-2"],
        ["if=/dev/sdb-1", "of=/dev/sda-1"],
        ["if=/dev/sdb", "of=/dev/sda"],
    ]
    esp = tmp_path / "esp"
    assert (esp / "EFI/debian/grub.cfg").read_text() == "set timeout=0\nset medium=new-uuid\n"
    assert (esp / "kiosk/a/vmlinuz").read_text() == "b"
    assert (esp / "kiosk/env").read_text() == "# GRUB Environment Block\ngood=a\n".ljust(1024, "#")


def test_a_disk_that_does_not_take_it_is_told_and_starts_nothing(disks, tmp_path):
    (tmp_path / "asked").write_text("sda  500 GB  Disk  S123\n")
    (tmp_path / "bin/veritysetup").write_text("#!/bin/sh\nexit 1\n")
    _, calls = disks("write")
    assert "what was on it is lost" in (tmp_path / "told/en").read_text()
    assert [call.split()[2] for call in calls if call.startswith("dd ")] == ["of=/dev/sda-4"]


@pytest.mark.parametrize(
    ("fell_back", "typed", "again"),
    [(False, "", False), (True, "\n", False), (True, "again\n", False), (True, "AGAIN\n", True)],
)
def test_the_page_asks_for_a_version_that_did_not_come_up_only_at_the_word(
    tmp_path, fell_back, typed, again
):
    wanted, asked = tmp_path / "update-wanted", tmp_path / "update-again"
    if fell_back:
        (tmp_path / "fell-back").touch()
    script = (ROOT / "usr/lib/kiosk-image/page").read_text("utf-8")
    for real, here in {
        "/run/kiosk-terminal/update-wanted": wanted,
        "/run/kiosk-terminal/update-again": asked,
        f"{ground.UPDATES}/told": tmp_path / "fell-back",
        # What root's unit does: it takes the request away.
        'while [ -e "$update" ]': f'[ ! -e {asked} ] || touch {tmp_path}/seen; rm "$update"; while [ -e "$update" ]',
        "\nwhile :; do\n    printf '\\033": '\nwith_stick() { "$@"; }\nchosen=2\nwhile :; do\n    printf \'\\033',
    }.items():
        assert real in script
        script = script.replace(real, str(here))
    typed = f"6\n{typed}\n"
    ran = subprocess.run(["sh", "-c", script], input=typed, capture_output=True, text=True)
    assert ("write AGAIN" in ran.stdout) is fell_back
    assert (tmp_path / "seen").exists() is again
    assert not asked.exists()
    assert "This takes some minutes" in ran.stdout


def test_a_disk_is_erased_only_by_its_number_and_the_word(tmp_path):
    wanted = tmp_path / "disk-wanted"
    script = (ROOT / "usr/lib/kiosk-image/page").read_text("utf-8")
    script = script.replace("/run/kiosk-terminal/disk-wanted", str(wanted))
    script = script.replace("/usr/lib/kiosk-image/disk", "disk").replace(
        "\nwhile :; do\n    printf '\\033",
        "\ndisk() { echo 'sda  500 GB'; echo 'nvme0n1  1000 GB'; }\nchosen=2\nwhile :; do\n    printf '\\033",
    )
    # What root's unit does: it takes the request away.
    script = script.replace(
        'while [ -e "$disk" ]', f'cat "$disk" >>{tmp_path}/asked; rm "$disk"; while [ -e "$disk" ]'
    )
    for typed in ("7\n\n", "7\n3\n", "7\n2\n\n", "7\n2\nerase\n", "7\n9p;s/x//w f\nERASE\n"):
        subprocess.run(["sh", "-c", script], input=typed, capture_output=True, text=True)
        assert not (tmp_path / "asked").exists()
    ran = subprocess.run(
        ["sh", "-c", script], input="7\n2\nERASE\n", capture_output=True, text=True
    )
    assert (tmp_path / "asked").read_text() == "nvme0n1  1000 GB\n"
    assert "Everything on this disk will be lost" in ran.stdout or "全部内容" in ran.stdout


# --- a whole image, twice ---------------------------------------------------------------------------------

PACKAGES = sorted(
    (PROJECT / "build/deb").glob("*_amd64.deb"), key=lambda path: path.stat().st_mtime
)


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@pytest.mark.skipif(os.geteuid() != 0, reason="Debian's packages are unpacked as root")
@pytest.mark.skipif(not PACKAGES, reason="needs a package: make deb")
def test_two_builds_are_equal(image_builder, tools, tmp_path):
    """From two clones in other folders, with another umask and in another time zone, while Debian's mirror stays."""
    image_builder.require_tools()
    digests = []
    for name, umask, zone in (("one", 0o022, "UTC"), ("another/place", 0o077, "America/New_York")):
        clone = tmp_path / name
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        command = [sys.executable, clone / "packaging/image/build.py", "--deb", PACKAGES[-1]]
        subprocess.run(command, check=True, umask=umask, env=os.environ | {"TZ": zone})
        (made,) = (clone / "build/image").glob("*.img")
        with made.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
        made.unlink()
    assert len(set(digests)) == 1
