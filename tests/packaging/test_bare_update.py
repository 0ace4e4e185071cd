"""A newer package on a bare Debian 12 and 13: taken off the station's stick, tried, left, cut off, removed.

`make campaign ARGS="tests/packaging/test_bare_update.py"` as root; KIOSK_DEB and KIOSK_DEBIAN_ROOTS as in
test_bare_debian.py. systemd does not run in a root: its units are played by calling what they call.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.terminal import ground, updated, upgrade
from kiosk.terminal.updated import How, Upgrade
from kiosk.trust.programs import program_of
from tests.packaging.bare_root import BareRoot, can_be_made, changes
from tests.packaging.builders import newer_deb
from tests.trust.stations import AStation

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.timeout(7200),
    pytest.mark.skipif(not can_be_made(), reason="needs root and debootstrap"),
    pytest.mark.xdist_group("deb"),
]
CUTS = int(os.environ.get("KIOSK_POWER_CUTS", "12"))
STICK = Path("/mnt")
FAKES = Path("/tmp/fakes")
SETTINGS = "KIOSK_ROOM=192.168.1.10:8470\nKIOSK_STATION_URL=\n"
NEWER = "9.0+20300101000000.newer"


@pytest.fixture(scope="module")
def newer(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The package under a newer version's name."""

    def made(depends: str = "") -> Path:
        return newer_deb(deb, NEWER, tmp_path_factory.mktemp("newer"), depends=depends)

    return made


class Installed:
    """A terminal that is installed in a root, has a key and knows a station."""

    def __init__(self, root: BareRoot, deb: Path, folder: Path) -> None:
        self.root = root
        self.station = AStation(folder / "station")
        self.before = program_of(deb.name).version
        self.own = self.inside(ground.UPDATES)
        put(root, deb)
        self.inside(ground.CONFIGURATION).write_text(SETTINGS)
        enrol = ("kiosk", "terminal", "enrol", "--state", ground.STATE, "--name", "T-01")
        root.run(*enrol, user=f"{ground.USER}:{ground.USER}")
        self.publish()
        install = ("kiosk", "terminal", "install", STICK, "--state", ground.STATE)
        root.run(*install, user=f"{ground.USER}:{ground.USER}")
        self.fakes = self.inside(FAKES)
        self.fakes.mkdir(exist_ok=True)
        self.window_comes(True)
        fake(self.fakes / "sleep", ":")

    def inside(self, path: Path) -> Path:
        return self.root.folder / str(path).lstrip("/")

    def publish(self, *packages: Path) -> None:
        """The station's stick, plugged in."""
        self.station.repository.put_programs(packages)
        now = datetime.now(UTC)
        stick = self.station.publish(now=now, expires=now + timedelta(days=1))
        if not (self.inside(STICK) / "root.json").exists():
            self.root.mount(stick, STICK)

    def window_comes(self, comes: bool) -> None:
        kept = f"echo $* >>{FAKES}/calls; case $* in reboot) ;; *) exit {int(not comes)} ;; esac"
        fake(self.fakes / "systemctl", kept)

    def update(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = ("kiosk", "terminal", "update", STICK, "--json", *words)
        return self.root.run(*command, check=False, KIOSK_LANG="en")

    def start(self) -> None:
        """What systemd runs at the next start, if the trial is on."""
        wanted = Path("/etc/systemd/system/multi-user.target.wants", ground.TRIAL_UNIT)
        if self.root.run("test", "-e", wanted, check=False).returncode:
            return
        calls = self.fakes / "calls"
        calls.unlink(missing_ok=True)
        for word in ("start", "settle"):
            if (self.own / updated.STEP).exists() and not (
                calls.exists() and "reboot" in calls.read_text().split()
            ):
                trial = ground.UPDATES / upgrade.TRIAL
                self.root.run("/bin/sh", trial, word, PATH=f"{FAKES}:/usr/sbin:/usr/bin:/sbin:/bin")

    @property
    def version(self) -> str:
        """Of what is installed, and every file of it holds."""
        show = ["dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Version}"]
        state, version = self.root.run(*show, ground.PACKAGE).stdout.split()
        assert state == "ii"
        self.root.run("apt-get", "check")
        told = self.root.run("kiosk", "verify", "--json", ground.MANIFEST)
        verdict = json.loads(told.stdout)
        assert verdict["valid"], verdict
        assert verdict["facts"]["version"] == version
        assert self.inside(ground.CONFIGURATION).read_text() == SETTINGS
        assert not list(self.inside(ground.CONFIGURATION).parent.glob("*.dpkg-*"))
        return version

    @property
    def told(self) -> Upgrade | None:
        return updated.last(self.own)


def fake(path: Path, does: str) -> None:
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def put(root: BareRoot, package: Path) -> None:
    shutil.copy(package, root.folder / "tmp/package.deb")
    root.run("dpkg", "--install", "/tmp/package.deb")
    (root.folder / "tmp/package.deb").unlink()


def test_a_newer_package_is_tried_left_cut_off_gone_back_from_and_removed(
    bare_debian: BareRoot, deb: Path, newer: Callable[..., Path], tmp_path: Path
) -> None:
    before = bare_debian.snapshot()
    here = Installed(bare_debian, deb, tmp_path)
    package = newer()
    comes_up_and_is_left_again(here, package)
    does_not_come_up(here)
    cut_off(here)
    is_not_taken(here, newer("nothing-that-there-is, "))
    here.publish(package)
    removed_on_its_trial(here)
    bare_debian.unmount(STICK)
    assert changes(before, bare_debian.snapshot()) == []


def comes_up_and_is_left_again(here: Installed, package: Path) -> None:
    told = here.update()
    assert told.returncode == 5, told.stderr
    assert "brings no program" in told.stderr
    here.publish(package)
    began = time.monotonic()
    told = here.update()
    assert told.returncode == 0, told.stderr
    print(f"{time.monotonic() - began:.0f} s for the update")
    outcome = {"how": "installed", "version": NEWER, "before": here.before}
    assert json.loads(told.stdout) == outcome
    assert here.version == NEWER
    assert "not yet known" in here.update().stderr
    here.start()
    assert here.told == Upgrade(How.CAME_UP, NEWER, here.before)
    assert here.version == NEWER
    status = here.root.run("kiosk", "terminal", "status", "--state", ground.STATE, KIOSK_LANG="en")
    told_there = " ".join(status.stderr.split())
    assert f"Version {NEWER} came up. Version {here.before} is kept" in told_there
    assert "runs already" in here.update().stderr

    assert here.update("--back").returncode == 0
    here.start()
    assert here.told == Upgrade(How.CAME_UP, here.before, NEWER)
    assert here.version == here.before


def does_not_come_up(here: Installed) -> None:
    here.window_comes(False)
    assert here.update().returncode == 0
    here.start()
    assert here.told == Upgrade(How.FELL_BACK, NEWER, here.before)
    assert here.version == here.before
    assert (here.fakes / "calls").read_text().split()[-1] == "reboot"
    asked = "from kiosk.terminal.updated import notice; print(notice().values['running'])"
    assert of_program(here, asked, user=ground.USER).strip() == here.before  # as the window
    here.window_comes(True)
    here.start()
    assert {path.name for path in here.own.iterdir()} == {"trust", upgrade.TRIAL, updated.TOLD}
    told = here.update()
    assert told.returncode == 5, told.stderr
    assert f"is {NEWER}, which did not come up here" in " ".join(told.stderr.split())
    assert here.version == here.before


def cut_off(here: Installed) -> None:
    """dpkg is killed wherever it is, as by a power cut but that nothing is lost that was written."""
    random_ = random.Random(36)
    assert here.update("--again").returncode == 0
    shutil.copy(here.own / upgrade.NEW, here.own / "new")
    here.start()
    assert here.update("--back").returncode == 0
    here.start()
    shutil.copy(here.own / "new", here.own / upgrade.NEW)
    began = time.monotonic()
    take_s = began
    for cut in range(CUTS + 1):
        # The one that runs is packed each time as the update does it; here once is enough.
        shutil.copy(kept(here), here.own / upgrade.BEFORE)
        shutil.copy(here.own / "new", here.own / upgrade.NEW)
        trial = ("/bin/sh", str(ground.UPDATES / upgrade.TRIAL), "install", NEWER, here.before)
        with subprocess.Popen(
            here.root.command(*trial),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            start_new_session=True,
        ) as installs:
            if not cut:
                assert installs.wait() == 0
                take_s = time.monotonic() - began
            else:
                time.sleep(random_.random() * take_s)
                os.killpg(installs.pid, signal.SIGKILL)
        began_to = cut and (here.own / updated.STEP).exists()
        here.start()
        here.start()  # what was cut off is brought to an end, then it restarts
        assert here.version == (NEWER if began_to or not cut else here.before)
        print(f"cut {cut}: {here.told}")
        if here.version == NEWER:
            assert here.update("--back").returncode == 0
            here.start()
        assert here.version == here.before
    print(f"an uncut one took {take_s:.1f} s")


def kept(here: Installed) -> Path:
    """The package of what runs, packed once."""
    made = here.own / "runs"
    if not made.exists():
        asked = "from pathlib import Path; from kiosk.terminal.upgrade import pack\n"
        of_program(here, f"{asked}pack(Path('{ground.UPDATES}/runs'))")
    return made


def of_program(here: Installed, asked: str, user: str = "") -> str:
    """What Python with the installed program says to something."""
    program = f"import sys; sys.path.append('{ground.PROGRAM}/packages')\n{asked}"
    return here.root.run(ground.PROGRAM / "bin/python3.11", "-ISBc", program, user=user).stdout


def is_not_taken(here: Installed, package: Path) -> None:
    """What it depends on is not there."""
    here.publish(package)
    told = here.update()
    assert told.returncode == 4, told.stderr
    assert json.loads(told.stdout)["how"] == How.NOT_INSTALLED
    assert "nothing-that-there-is" in told.stderr
    assert here.version == here.before


def removed_on_its_trial(here: Installed) -> None:
    assert here.update().returncode == 0
    here.root.run("dpkg", "--purge", ground.PACKAGE, KIOSK_FORGET_EXAMS="yes")
    shutil.rmtree(here.fakes)
    here.root.run("rm", "-rf", ground.STATE)
