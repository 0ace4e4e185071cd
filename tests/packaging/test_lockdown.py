"""What the Debian package puts beside the program: units, the generator, the lock, sticks, rules."""

import importlib.machinery
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.terminal import ground

DEB = Path(__file__).parents[2] / "packaging" / "deb"
ROOT = DEB / "root"
LIB = ROOT / "usr/lib"
UNITS = LIB / "systemd/system"
HOME = LIB / "kiosk-terminal"


def needs(program):
    found = shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return pytest.mark.skipif(found is None, reason=f"{program} is not installed here")


def script(name):
    """A script of the package as a module."""
    loader = importlib.machinery.SourceFileLoader(f"packaged_{name}", str(HOME / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


# --- units ------------------------------------------------------------------------------------------


def test_the_units_are_those_the_program_knows_by_name():
    assert {path.name for path in UNITS.iterdir() if path.is_file()} == set(ground.UNITS)


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", [ground.TERMINAL_UNIT, ground.SYNC_UNIT])
@pytest.mark.parametrize("room", ["", "192.168.1.10:8470"])
def test_a_unit_that_touches_an_exam_is_exposed_at_most_by_two_of_ten(unit, room, tmp_path):
    shutil.copy(UNITS / unit, tmp_path)
    made = generated(tmp_path / "boot", room=room)
    more = made / "normal" / f"{unit}.d" / "room.conf"
    text = (tmp_path / unit).read_text("utf-8")
    if more.exists():
        text += more.read_text("utf-8")
    (tmp_path / unit).write_text(text, "utf-8")
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", tmp_path / unit],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout[-400:] + told.stderr


def test_the_window_runs_as_a_user_of_its_own_and_syncing_as_another():
    users = (LIB / "sysusers.d/kiosk-terminal.conf").read_text("utf-8")
    for unit, user in ((ground.TERMINAL_UNIT, ground.USER), (ground.SYNC_UNIT, ground.SYNC_USER)):
        text = (UNITS / unit).read_text("utf-8")
        assert f"\nUser={user}\n" in text
        assert f"\nGroup={ground.USER}\n" in text
        assert re.search(rf"^u {user} ", users, re.MULTILINE)


def test_the_watchdog_waits_for_several_pings_of_the_window():
    from kiosk.terminal.screens.app import WATCHDOG_MS

    text = (UNITS / ground.TERMINAL_UNIT).read_text("utf-8")
    waits_s = int(re.search(r"^WatchdogSec=(\d+)$", text, re.MULTILINE)[1])
    assert waits_s * 1000 >= 5 * WATCHDOG_MS
    # Whoever is started in a session of logind is in its scope: systemd hears the main process alone.
    assert "\nPAMName=login\n" in text
    assert "\nType=notify\n" in text
    assert "\nNotifyAccess=main\nExecStart=/usr/lib/kiosk-terminal/relay " in text


@pytest.fixture
def systemd(tmp_path):
    """Where systemd would listen, and what starts the relay with a command."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "systemd"))
        listening.settimeout(20)

        def relay(*command):
            return subprocess.Popen(
                [sys.executable, HOME / "relay", sys.executable, *command],
                env={
                    **os.environ,
                    "NOTIFY_SOCKET": str(tmp_path / "systemd"),
                    "RUNTIME_DIRECTORY": str(tmp_path),
                    "PYTHONPATH": str(DEB.parents[1]),
                },
            )

        yield listening, relay


SAYS = "from kiosk.terminal.watchdog import notify; import sys, time; "


def test_what_the_window_says_comes_from_the_main_process(systemd):
    listening, relay = systemd
    said = "notify('READY=1'); notify('MAINPID=1'); notify('WATCHDOG=1'); sys.exit(7)"
    main = relay("-c", f"{SAYS}{said}")
    assert [listening.recv(64), listening.recv(64)] == [b"READY=1", b"WATCHDOG=1"]
    assert main.wait(20) == 7
    listening.settimeout(0.2)
    with pytest.raises(TimeoutError):
        listening.recv(64)


def test_who_ends_the_main_process_ends_the_session(systemd):
    listening, relay = systemd
    main = relay("-c", f"{SAYS}notify('READY=1'); time.sleep(60)")
    assert listening.recv(64) == b"READY=1"
    main.terminate()
    assert main.wait(20) == 128 + signal.SIGTERM


# --- Debian's own usbguard --------------------------------------------------------------------------


@pytest.mark.parametrize("unit", ["usbguard.service", "usbguard-dbus.service"])
def test_debians_usbguard_does_not_start_while_the_package_is_there(unit):
    added = (UNITS / f"{unit}.d/kiosk-terminal.conf").read_text("utf-8")
    (absent,) = re.findall(r"^ConditionPathExists=!(/.+)$", added, re.MULTILINE)
    assert (ROOT / absent.lstrip("/")).is_file(), "a file that goes with the package"


@pytest.mark.parametrize("running", [True, False])
def test_a_usbguard_that_ran_before_is_stopped_and_its_ports_are_opened(running, tmp_path):
    usb, tools, calls = tmp_path / "usb", tmp_path / "bin", tmp_path / "calls"
    states = {"usb1/authorized_default": "0", "1-2/authorized": "0", "1-3/authorized": "1"}
    for name, value in states.items():
        (usb / name).parent.mkdir(parents=True, exist_ok=True)
        (usb / name).write_text(f"{value}\n")
    tools.mkdir()
    for tool in ("systemctl", "udevadm", "systemd-sysusers", "systemd-tmpfiles", "chmod"):
        active = f'case "$*" in *is-active*) exit {int(not running)} ;; esac\n'
        (tools / tool).write_text(f'#!/bin/sh\necho {tool} "$@" >>{calls}\n{active}')
        (tools / tool).chmod(0o755)
    source = (DEB / "debian/postinst").read_text("utf-8")
    source = source.replace("/sys/bus/usb/devices", str(usb)).replace("/run/systemd/system", "/")
    source = source.replace("/usr/lib/kiosk-terminal/trial", "true")
    path = f"{tools}:{os.environ['PATH']}"
    subprocess.run(["sh", "-c", source, "postinst", "configure"], check=True, env={"PATH": path})

    now = {name: (usb / name).read_text().strip() for name in states}
    assert now == (dict.fromkeys(states, "1") if running else states)
    stop = "systemctl stop usbguard-dbus.service usbguard.service"
    assert (stop in calls.read_text().splitlines()) is running


# --- the generator ----------------------------------------------------------------------------------


def generated(folder, *, enrolled=True, station="", room=""):
    """The folders that the generator fills at boot."""
    state, etc = folder / "state", folder / "etc"
    (state / "keys").mkdir(parents=True)
    etc.mkdir()
    if enrolled:
        (state / "keys/private.key").write_bytes(b"")
    (etc / "terminal.conf").write_text(f"KIOSK_ROOM={room}\nKIOSK_STATION_URL={station}\n")
    source = (LIB / "systemd/system-generators/kiosk-terminal").read_text("utf-8")
    source = source.replace("/var/lib/kiosk-terminal", str(state))
    source = source.replace("id -u kiosk-terminal", "echo 990")
    source = source.replace("/etc/kiosk-terminal", str(etc)).replace("/dev/kmsg", "/dev/stderr")
    (folder / "generator").write_text(source)
    places = [folder / name for name in ("normal", "early", "late")]
    for place in places:
        place.mkdir()
    subprocess.run(["sh", folder / "generator", *places], check=True)
    return folder


def test_a_computer_that_is_not_enrolled_starts_as_it_did(tmp_path):
    made = generated(tmp_path, enrolled=False, station="https://station.example")
    assert not any((made / "normal").iterdir())
    assert not any((made / "early").iterdir())


def test_an_enrolled_computer_starts_the_terminal_and_no_login(tmp_path):
    made = generated(tmp_path)
    wanted = {path.name for path in (made / "normal/multi-user.target.wants").iterdir()}
    units = {ground.TERMINAL_UNIT, ground.USB_UNIT, ground.STICK_UNITS[0], ground.REMEMBER_UNIT}
    assert wanted == units
    for unit in ("getty@tty1.service", "display-manager.service", "ctrl-alt-del.target"):
        assert os.readlink(made / "early" / unit) == "/dev/null"
    assert not (made / "normal/kiosk-terminal.service.d").exists()
    slice_ = (made / "normal/user-990.slice.d/kiosk.conf").read_text()
    assert slice_ == "[Slice]\nIPAddressDeny=any\nMemorySwapMax=0\n"


def test_the_window_reaches_the_desk_of_its_room_and_no_other_address(tmp_path):
    made = generated(tmp_path, room="192.168.1.10:8470", station="https://station.example")
    opened = (made / "normal/kiosk-terminal.service.d/room.conf").read_text()
    assert opened.splitlines()[1:] == [
        "RestrictAddressFamilies=AF_INET",
        "IPAddressAllow=192.168.1.10",
    ]
    assert (made / "normal/user-990.slice.d/room.conf").read_text() == (
        "[Slice]\nIPAddressAllow=192.168.1.10\n"
    )
    assert (made / f"normal/multi-user.target.wants/{ground.SYNC_UNIT}").is_symlink()


@pytest.mark.parametrize("room", ["desk.example:8470", "'1.2.3.4 5.6.7.8:1'", "any:1", "::1"])
def test_a_room_that_is_no_address_opens_nothing(room, tmp_path):
    made = generated(tmp_path, room=room)
    assert not (made / "normal/kiosk-terminal.service.d").exists()
    assert not (made / "normal/user-990.slice.d/room.conf").exists()


# --- the lock ---------------------------------------------------------------------------------------


@pytest.fixture
def lock(tmp_path, monkeypatch):
    module = script("lock")
    proc = tmp_path / "proc"
    for name in module.SYSCTL:
        (proc / name).parent.mkdir(parents=True, exist_ok=True)
        (proc / name).write_text("7\n")
    monkeypatch.setattr(module, "KERNEL", proc)
    monkeypatch.setattr(module, "LOCKED", tmp_path / "locked")
    module.proc = proc
    return module


def test_what_was_locked_is_given_back_as_it_was(lock):
    lock.kernel()
    assert (lock.proc / "kernel/sysrq").read_text() == "0"
    lock.kernel()  # a restart of the unit must not take the locked values for what was before
    assert set(json.loads(lock.LOCKED.read_text()).values()) == {"7"}
    lock.unlock()
    assert (lock.proc / "kernel/sysrq").read_text() == "7"
    assert not lock.LOCKED.exists()


def test_a_step_that_fails_keeps_no_other_from_being_done(lock, capsys):
    def broken():
        raise OSError("no such thing")

    assert lock.main((broken, lock.kernel)) == 1
    assert (lock.proc / "kernel/sysrq").read_text() == "0"
    assert "broken: no such thing" in capsys.readouterr().err


def test_the_stations_name_is_asked_for_only_where_it_has_one(lock):
    told = "search room\nnameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver\nnameserver x"
    assert lock.resolvers("https://station.example", told) == [("192.168.1.1", 53)]
    assert lock.resolvers("https://10.0.0.5:8443", told) == []
    assert lock.resolvers("", told) == []
    assert lock.addresses("https://127.0.0.1:8443/x") == [("127.0.0.1", 8443)]
    assert lock.addresses("http://[::1]") == [("::1", 80)]
    assert lock.addresses("") == []


@needs("nft")
@pytest.mark.skipif(os.geteuid() != 0, reason="nft reads the kernel's tables as root alone")
def test_the_rules_of_the_network_are_ones_that_nft_takes(lock):
    rules = (HOME / "nothing-but-the-station.nft").read_text("utf-8")
    for user in (ground.USER, ground.SYNC_USER):
        assert f'skuid "{user}"' in rules
        rules = rules.replace(f'"{user}"', "0")
    assert f"table inet {ground.NFT_TABLE} {{" in rules
    rules += lock.fill("station", [("10.0.0.5", 443), ("2001:db8::5", 443)])
    rules += lock.fill("room", [("192.168.1.10", 8470)]) + lock.fill("resolver", [])
    told = subprocess.run(
        ["/usr/sbin/nft", "-c", "-f", "-"], input=rules, text=True, capture_output=True
    )
    assert told.returncode == 0, told.stderr


# --- sticks and other devices -------------------------------------------------------------------------

LISTED = """\
4: allow id 1d6b:0002 serial "0000:00:1d.0" name "EHCI" hash "x=" parent-hash "y=" via-port "usb1" with-interface 09:00:00 with-connect-type ""
9: block id 0781:5567 serial "20" name "Blade 08:06:50" hash "x=" parent-hash "y=" via-port "1-1" with-interface 08:06:50 with-connect-type "hotplug"
10: block id 0781:5581 serial "21" name "UAS" hash "x=" parent-hash "y=" via-port "1-2" with-interface { 08:06:50 08:06:62 } with-connect-type "hotplug"
11: block id 16d0:0753 serial "" name "BadUSB" hash "x=" parent-hash "y=" via-port "1-3" with-interface { 03:01:01 08:06:50 } with-connect-type "hotplug"
12: block id 0bda:8153 serial "" name "card 08:06:50 " hash "x=" parent-hash "y=" via-port "1-4" with-interface { 02:06:00 0a:00:00 } with-connect-type "hotplug"
13: allow id 0781:5567 serial "22" name "Blade" hash "x=" parent-hash "y=" via-port "1-5" with-interface 08:06:50 with-connect-type "hotplug"
"""


def test_only_what_is_storage_and_nothing_else_is_let_in():
    stick = script("stick")
    assert stick.storage(LISTED, "block") == ["9", "10"]
    assert stick.storage(LISTED, "allow") == ["13"]


def block(name, fstype=None, *children, tran=None, at=(None,), number="8:0"):
    """A device as lsblk tells it."""
    told = {"name": name, "tran": tran, "fstype": fstype, "mountpoints": list(at)}
    told["maj:min"] = number
    return told | ({"children": list(children)} if children else {})


def test_a_stick_is_mounted_and_no_disk_of_the_computer():
    inside = block("/dev/sda", None, block("/dev/sda1", "vfat"), tran="sata")
    two = [block("/dev/sdb1", "exfat"), block("/dev/sdb2", "ext4")]
    sticks = [
        block("/dev/sdb", None, *two, tran="usb"),
        block("/dev/sdc", "vfat", tran="usb", at=[str(ground.STICK)]),
    ]
    listed = json.dumps({"blockdevices": [inside, *sticks]})
    stick = script("stick")
    assert stick.usable(listed) == ["/dev/sdb1", "/dev/sdc"]
    assert stick.own(listed) == []


@pytest.mark.parametrize("at", ["/", "/boot/efi", "[SWAP]"])
def test_a_usb_disk_that_the_computer_runs_from_is_no_stick(at):
    unlocked = block("/dev/mapper/system", "ext4", at=[at, str(ground.STICK)])
    own = [block("/dev/sda1", "vfat"), block("/dev/sda2", "crypto_LUKS", unlocked)]
    disks = [
        block("/dev/sda", None, *own, tran="usb"),
        block("/dev/sdb", None, block("/dev/sdb1", "vfat"), tran="usb"),
    ]
    listed = json.dumps({"blockdevices": disks})
    stick = script("stick")
    assert stick.usable(listed) == ["/dev/sdb1"]
    assert stick.own(listed) == ["/dev/sda"]


def test_a_system_on_a_stick_keeps_its_own_medium(tmp_path, monkeypatch):
    """Read-only and checked by dm-verity, its state encrypted; a second stick and a disk lie beside it."""
    stick = script("stick")
    system = block("/dev/mapper/kiosk-system", "squashfs", at=["/"], number="254:0")
    state = block("/dev/mapper/kiosk-state", "ext4", at=["/run/kiosk-state"], number="254:1")
    own = [
        block("/dev/sda3", None, system, number="8:3"),
        block("/dev/sda4", "crypto_LUKS", state, number="8:4"),
    ]
    disks = [
        block("/dev/sda", None, *own, tran="usb"),
        block("/dev/sdb", None, block("/dev/sdb1", "vfat", number="8:17"), tran="usb"),
        block("/dev/nvme0n1", None, block("/dev/nvme0n1p1", "ntfs"), tran="nvme"),
    ]
    device = tmp_path / "usb/1-4"
    device.mkdir(parents=True)
    for name, value in (("idVendor", "0781"), ("idProduct", "5567"), ("serial", 'A"1')):
        (device / name).write_text(f"{value}\n")
    monkeypatch.setattr(stick, "USB_DEVICES", tmp_path / "usb")
    assert stick.own_rule("1-4") == 'allow id 0781:5567 via-port "1-4"\n'
    (device / "serial").write_text("20\n")
    rule = 'allow id 0781:5567 serial "20" via-port "1-4"\n'
    assert stick.own_rule("1-4") == rule

    monkeypatch.setattr(stick, "OWN", tmp_path / "own")
    stick.OWN.mkdir()
    monkeypatch.setattr(stick, "RULES", HOME / "usbguard/rules.conf")
    monkeypatch.setattr(stick, "disks", lambda: json.dumps({"blockdevices": disks}))
    monkeypatch.setattr(stick, "own_ports", lambda listed: {"1-4"} if "/dev/sda" in listed else ())
    stick.keep_own()
    told = {path.name for path in stick.OWN.iterdir()}
    assert told == {"8:0", "8:3", "254:0", "8:4", "254:1", "rules.conf"}
    rules = (stick.OWN / "rules.conf").read_text("utf-8")
    assert rules == stick.RULES.read_text("utf-8") + rule
    settings = (HOME / "usbguard/usbguard-daemon.conf").read_text("utf-8")
    assert f"\nRuleFile={ground.OWN}/rules.conf\n" in f"\n{settings}"


def test_what_is_the_computers_own_is_known_before_anything_is_locked():
    lock = (UNITS / ground.LOCK_UNIT).read_text("utf-8")
    assert lock.index("ExecStartPre=/usr/lib/kiosk-terminal/stick own") < lock.index("lock on")
    assert f"\nRuntimeDirectory={ground.OWN.name}\n" in lock
    usb = (UNITS / ground.USB_UNIT).read_text("utf-8")
    assert re.search(rf"^After=.*{ground.LOCK_UNIT}$", usb, re.MULTILINE)
    rules = (LIB / "udev/rules.d/71-kiosk-terminal.rules").read_text("utf-8")
    (hiding,) = (rule for rule in rules.splitlines() if "SYSTEMD_READY" in rule)
    assert f'TEST!="{ground.OWN}/$major:$minor"' in hiding


def test_a_usb_disk_that_the_computer_runs_from_is_not_taken_away():
    stick = script("stick")
    place = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4.2/1-4.2:1.0/host2/block/sda"
    assert stick.port(place) == "1-4.2"
    assert stick.port("/sys/devices/pci0000:00/0000:00:17.0/ata1/host0/block/sdb") == ""
    assert stick.storage(LISTED, "allow", {"1-4.2"}) == ["13"]
    assert stick.storage(LISTED, "allow", {"1-5"}) == []


def test_a_stick_runs_nothing_and_is_asked_for_anew(tmp_path, monkeypatch):
    stick = script("stick")
    for option in ("nosuid", "nodev", "noexec"):
        assert option in stick.OPTIONS.split(",")
    monkeypatch.setattr(stick, "WANTED", tmp_path / "wanted")
    assert not stick.asked(1000)
    (tmp_path / "wanted").touch()
    os.utime(tmp_path / "wanted", (1000, 1000))
    assert stick.asked(1000 + ground.STICK_WANTED_S - 1)
    assert not stick.asked(1000 + ground.STICK_WANTED_S)


@needs("usbguard-rule-parser")
def test_the_rules_of_usb_are_ones_that_usbguard_takes():
    told = subprocess.run(
        ["usbguard-rule-parser", "-f", HOME / "usbguard/rules.conf"], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_rules_of_devices_hold_only_while_this_is_a_terminal():
    told = (LIB / "udev/rules.d/71-kiosk-terminal.rules").read_text("utf-8")
    rules = [line for line in told.splitlines() if not line.startswith("#")]
    assert rules
    assert all(f'TEST=="{ground.LOCKED}"' in rule for rule in rules)


@needs("udevadm")
def test_the_rules_of_devices_are_ones_that_udev_takes():
    told = subprocess.run(
        ["udevadm", "verify", LIB / "udev/rules.d/71-kiosk-terminal.rules"],
        capture_output=True,
        text=True,
    )
    if "nknown command" in told.stderr:
        pytest.skip("this udevadm has no `verify`")
    assert told.returncode == 0, told.stdout + told.stderr


# --- the session --------------------------------------------------------------------------------------


def session(tmp_path, cage, display=""):
    """What the session's start would run, with the cage that says `cage` of itself (None: without)."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("cage", "xinit", "xauth", "mcookie"):
        fake = programs / name
        says = f'[ "$*" != -v ] || {{ {cage}; exit; }}'
        fake.write_text(f'#!/bin/sh\n{says}\necho {name} "$@"\n')
        fake.chmod(0o755)
    if cage is None:
        (programs / "cage").unlink()
    told = subprocess.run(
        ["sh", HOME / "session"],
        env={
            "PATH": f"{programs}:/bin",
            "RUNTIME_DIRECTORY": str(tmp_path),
            "KIOSK_DISPLAY": display,
        },
        capture_output=True,
        text=True,
    )
    return told.stdout.splitlines()[-1] if told.returncode == 0 else told.stderr


@pytest.mark.parametrize(
    ("cage", "display", "starts"),
    [
        ("echo Cage version 0.2.0", "", "cage -d -- /usr/bin/kiosk terminal run --state"),
        ("echo Cage version 1.0", "", "cage -d -- /usr/bin/kiosk"),
        ("echo Cage version 0.1.5", "", "xinit /usr/lib/kiosk-terminal/x11/client /usr/bin/kiosk"),
        ("echo 'invalid option' >&2", "", "xinit /usr/lib"),
        (None, "", "xinit /usr/lib"),
        ("echo Cage version 0.2.0", "xorg", "xinit /usr/lib"),
        (None, "mirror", "KIOSK_DISPLAY is"),
    ],
)
def test_the_session_takes_what_this_computer_has(cage, display, starts, tmp_path):
    assert session(tmp_path, cage, display).startswith(starts)


def test_the_display_server_does_not_say_for_the_window_that_it_is_ready(tmp_path):
    fake = tmp_path / "Xorg"
    fake.write_text('#!/bin/sh\necho "$1, ${NOTIFY_SOCKET-unset}"\n')
    fake.chmod(0o755)
    told = subprocess.run(
        [HOME / "x11/server", ":0"],
        env={"PATH": f"{tmp_path}:/bin", "NOTIFY_SOCKET": "/run/kiosk-terminal/notify"},
        capture_output=True,
        text=True,
    )
    assert told.stdout == ":0, unset\n"
    assert f" -- {ground.PROGRAM}/x11/server :0 vt1 " in session(tmp_path, None)


def test_the_display_server_may_start_the_compiler_of_its_keyboard():
    """It calls setuid(2) and setgid(2) with its own ids before, and ends where they are refused."""
    unit = (UNITS / "kiosk-terminal.service").read_text("utf-8")
    *_, refused, keyboard, _ = re.findall(r"^SystemCallFilter=(.*)$", unit, re.MULTILINE)
    assert refused.startswith("~@privileged")
    assert keyboard == "setuid setgid"


def test_neither_display_lets_a_key_switch_to_a_virtual_terminal(tmp_path):
    (tmp_path / "x").mkdir()
    assert " -novtswitch " in session(tmp_path / "x", None)
    assert "DontVTSwitch" in (HOME / "x11/xorg.conf").read_text("utf-8")
    assert " -s" not in session(tmp_path, "echo Cage version 0.2.0")  # cage's leave to switch


def test_the_window_manager_binds_neither_key_nor_button():
    from xml.etree import ElementTree as ET

    tree = ET.parse(HOME / "x11/openbox.xml")
    names = [element.tag.rpartition("}")[2] for element in tree.iter()]
    assert not {"keybind", "mousebind", "action"} & set(names)
