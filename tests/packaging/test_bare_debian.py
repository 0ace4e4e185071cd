"""The package on a bare Debian 12 and 13: install, check, sit an exam, remove, nothing left.

`make campaign ARGS="tests/packaging"` as root. KIOSK_DEBIAN_ROOTS names a folder whose roots `12` and `13`
are taken, or made there and kept, so that a second run is quick.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from kiosk.rehearsal.day import ExamDay
from kiosk.rehearsal.telling import Telling
from kiosk.rehearsal.xscreen import missing_tools
from kiosk.terminal import ground
from tests.packaging.bare_root import ENVIRONMENT, BareRoot, can_be_made, changes
from tests.packaging.builders import build_deb

MOST_BYTES = 60_000_000
SOCKETS = Path("/tmp/.X11-unix")
USB_OF_DEBIAN = ("usbguard.service", "usbguard-dbus.service")

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not can_be_made(), reason="needs root and debootstrap"),
    pytest.mark.xdist_group("deb"),
]


def test_two_builds_give_the_same_bytes_and_fit(deb: Path, tmp_path: Path) -> None:
    (tmp_path / "key").symlink_to(deb.parents[2] / "key")
    again = build_deb(tmp_path / "second")
    assert again.name == deb.name
    assert again.read_bytes() == deb.read_bytes()
    assert deb.stat().st_size < MOST_BYTES


def test_lintian_finds_nothing_that_is_not_excused(deb: Path) -> None:
    pytest.importorskip("shutil").which("lintian") or pytest.skip("lintian is not installed here")
    told = subprocess.run(
        ["lintian", "--fail-on=error,warning", "--allow-root", deb], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout


def test_a_bare_computer_installs_sits_and_forgets(
    bare_debian: BareRoot, deb: Path, tmp_path: Path
) -> None:
    before = bare_debian.snapshot()
    install(bare_debian, deb)
    checks(bare_debian)
    sit(bare_debian, tmp_path)
    remove(bare_debian)
    assert changes(before, bare_debian.snapshot()) == []


def install(root: BareRoot, deb: Path) -> None:
    inside = root.folder / "tmp" / deb.name
    inside.write_bytes(deb.read_bytes())
    root.run("dpkg", "--install", f"/tmp/{deb.name}")
    inside.unlink()
    state = root.folder / str(ground.STATE).lstrip("/")
    assert oct(state.stat().st_mode)[-4:] == "0770"
    for unit in USB_OF_DEBIAN:
        assert not may_start(root, unit), unit


def may_start(root: BareRoot, unit: str) -> bool:
    """Whether the unit's conditions hold, as systemd of this Debian reads and judges them."""
    told = root.run("systemd-analyze", "cat-config", f"systemd/system/{unit}")
    conditions = re.findall(r"^Condition\S+=.+$", told.stdout, re.MULTILINE)
    judged = root.run("systemd-analyze", "condition", *conditions, check=False)
    return not conditions or judged.returncode == 0


def checks(root: BareRoot) -> None:
    """What can be looked at without starting the computer."""
    told = root.run("kiosk", "verify", "--json", ground.MANIFEST, user=ground.USER)
    verdict = json.loads(told.stdout)
    assert verdict["valid"], verdict
    assert "all " in verdict["reason"]

    # Every library that any of ours wants is there.
    libraries = root.run(
        *("find", ground.PROGRAM, "-name", "*.so*", "-type", "f", "-exec", "ldd", "{}", "+")
    )
    assert "not found" not in libraries.stdout, re.findall(".*not found", libraries.stdout)

    units = [f"/usr/lib/systemd/system/{unit}" for unit in ground.UNITS]
    verified = root.run("systemd-analyze", "verify", "--man=no", *units, check=False)
    ours = [line for line in verified.stderr.splitlines() if "kiosk-" in line]
    assert not ours, ours
    root.run("usbguard-rule-parser", "-f", ground.PROGRAM / "usbguard/rules.conf")
    # It reads settings and rules, and then finds no devices: /sys is not shown to it here.
    root.run("install", "-D", "-t", ground.OWN, ground.PROGRAM / "usbguard/rules.conf")
    settings = ground.PROGRAM / "usbguard/usbguard-daemon.conf"
    daemon = root.run("usbguard-daemon", "-P", "-k", "-c", settings, check=False)
    faults = [line for line in daemon.stderr.splitlines() if "(E)" in line]
    assert [line for line in faults if "/sys/bus/usb/devices" not in line] == []
    assert faults, daemon
    root.run("nft", "-c", "-f", ground.PROGRAM / "nothing-but-the-station.nft")
    network(root)
    rules = "/usr/lib/udev/rules.d/71-kiosk-terminal.rules"
    udev = root.run("udevadm", "verify", rules, check=False)
    assert udev.returncode == 0 or "nknown command" in udev.stderr, udev.stderr

    session = root.run("sh", "-c", "command -v cage || command -v xinit")
    assert session.stdout.strip()


NETWORK = """
import importlib.machinery, subprocess
lock = importlib.machinery.SourceFileLoader("lock", "/usr/lib/kiosk-terminal/lock").load_module()
lock.network()
lock.station()
lock.station()
subprocess.run(["nft", "list", "table", "inet", "kiosk_terminal"], check=True)
lock.open_network()
print("left:", subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout)
"""


def network(root: BareRoot) -> None:
    """The rules in a kernel, in a network of their own: the desk, the station, and given back."""
    told = subprocess.run(
        [
            "unshare",
            "--net",
            *root.command(ground.PROGRAM / "bin/python3.11", "-ISB", "-c", NETWORK),
        ],
        env={
            **ENVIRONMENT,
            "KIOSK_ROOM": "192.168.1.10:8470",
            "KIOSK_STATION_URL": "https://10.0.0.5",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
    rules = " ".join(told.stdout.split())
    assert "elements = { 192.168.1.10 . 8470 }" in rules
    assert "elements = { 10.0.0.5 . 443 }" in rules
    assert re.search(r"skuid \S+ ip daddr \. tcp dport @station accept", rules)
    assert rules.count("policy drop") == 3
    assert rules.endswith("left:")


def sit(root: BareRoot, folder: Path) -> None:
    """A whole exam at the packaged program: real keys and clicks, killed once, scored by the station."""
    if missing_tools():
        pytest.skip("needs Xvfb and xdotool")
    day = ExamDay(folder / "day", 1, Telling())
    day.prepare()
    root.mount(folder, folder)
    root.mount(SOCKETS, SOCKETS)
    user = root.run("id", "-u", ground.USER).stdout.strip()
    state = day.state_of(day.people[0])
    subprocess.run(["chown", "-R", f"{user}:{user}", state], check=True)
    for above in (state, *state.parents):
        if above.is_relative_to(folder):
            above.chmod(0o755)
    day.program = tuple(root.command("/usr/bin/kiosk", user=ground.USER))
    summary = day.headless(1)
    assert (summary.imported, summary.refused) == (1, 0)
    assert summary.results[0].score is not None
    status = root.run("kiosk", "terminal", "status", "--state", state, "--json")
    assert [one["state"] for one in json.loads(status.stdout)["packages"]] == ["receipted"]


def remove(root: BareRoot) -> None:
    state = root.folder / str(ground.STATE).lstrip("/")
    (state / "outbox").mkdir()
    root.run("dpkg", "--remove", ground.PACKAGE)
    assert (state / "outbox").is_dir()
    assert not (root.folder / str(ground.PROGRAM).lstrip("/")).exists()
    assert all(may_start(root, unit) for unit in USB_OF_DEBIAN)
    root.run("dpkg", "--purge", ground.PACKAGE)
    assert (state / "outbox").is_dir(), "exams were deleted without anybody having said so"
    root.run("rm", "-r", ground.STATE)
    for user in (ground.SYNC_USER, ground.USER):
        root.run("userdel", user)
