"""A newer package on an installed terminal: who may bring it, what is kept, and wherever the power goes.

What dpkg, runuser and Python do in a Debian is in test_bare_update.py.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted, StorageFault
from kiosk.terminal import ground, update, updated, upgrade
from kiosk.terminal.updated import STEP, TOLD, How, Upgrade, last, notice
from kiosk.trust.listing import Listed
from tests.packaging.test_lockdown import DEB, HOME, UNITS, needs, script
from tests.trust.stations import NOW, AStation

OLD, NEWER = "1.1+20260101000000.aa", "1.2+20260201000000.bb"
EPOCH = 1_790_000_000

# --- the script that runs while the program is exchanged ----------------------------------------------------

FAKES = """
cut() {
    n=$((n + 1))
    echo $n >$HERE/count
    if [ $n = $CUT ]; then kill -9 $$; fi
}
read -r n <$HERE/count
sync() { cut; }
sleep() { :; }
for name in mv rm cp ln; do eval "$name() { cut; command $name \\"\\$@\\"; cut; }"; done
dpkg() {
    for last; do :; done
    [ -e $last ] || return 1
    read -r package <$last
    cut
    # Of files that are new with a package dpkg knows once all of them are there.
    read -r was <$HERE/installed
    rest=
    case $was in half-$package) ;; half-*) rest=-with-rests-of-another ;; esac
    echo half-$package >$HERE/installed
    cut
    if [ $package = $REFUSED ]; then echo unconfigured >$HERE/installed; return 1; fi
    echo $package$rest >$HERE/installed
    cut
}
systemctl() {
    case $* in
    reboot) echo >$HERE/restarts; cut ;;
    *kiosk-terminal*)
        read -r runs <$HERE/installed
        [ $runs != $BAD ] && [ $runs != unconfigured ]
        ;;
    *) false ;;
    esac
}
"""


class Computer:
    """One whose package is exchanged; `cut` is the number of the step at which its power goes, once."""

    def __init__(self, folder: Path, *, bad: str = "", refused: str = "", cut: int = 0) -> None:
        self.own, self.units = folder / "own", folder / "units"
        self.folder = folder
        (folder / "own").mkdir(parents=True)
        (folder / "installed").write_text(f"{OLD}\n")
        (folder / "count").write_text("0\n")
        (self.own / upgrade.BEFORE).write_text(f"{OLD}\n")
        (self.own / upgrade.NEW).write_text(f"{NEWER}\n")
        script = (HOME / "trial").read_text("utf-8")
        for real, here in {
            "/usr/lib/systemd/system": UNITS,
            "/var/lib/kiosk-update": self.own,
            "/etc/systemd/system": self.units,
            "exec sleep infinity": "exit",
            "seq 300": "seq 16",
        }.items():
            assert real in script
            script = script.replace(str(real), str(here))
        self.script = FAKES + script
        told = {"HERE": folder, "CUT": cut, "BAD": bad or "none", "REFUSED": refused or "none"}
        self.environment = {**os.environ, **{name: str(value) for name, value in told.items()}}

    def run(self, *words: str) -> int:
        command = ["sh", "-c", self.script, "trial", *words]
        return subprocess.run(command, env=self.environment, check=False).returncode

    @property
    def installed(self) -> str:
        return (self.folder / "installed").read_text().strip()

    @property
    def told(self) -> Upgrade | None:
        return last(self.own)

    @property
    def trial_is_on(self) -> bool:
        wanted = self.units / "multi-user.target.wants" / ground.TRIAL_UNIT
        return wanted.exists() and (self.own / STEP).exists()

    @property
    def restarts(self) -> bool:
        return (self.folder / "restarts").exists()

    def install(self) -> int:
        return self.run("install", NEWER, OLD)

    def start(self) -> str:
        """What there is when the window starts; then whatever comes of it. Restarts are followed."""
        for _ in range(9):
            if not self.trial_is_on:
                return self.installed
            (self.folder / "restarts").unlink(missing_ok=True)
            started = self.run("start")
            window = self.installed
            if started == 0 and not self.restarts:
                started = self.run("settle")
            if started >= 0 and not self.restarts:  # else the power went, or it restarts
                return window
        raise AssertionError("it restarts again and again")


def left(computer: Computer) -> set[str]:
    return {
        str(path.relative_to(folder))
        for folder in (computer.own, computer.units)
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def test_a_newer_one_that_comes_up_stays_and_the_one_before_is_kept(tmp_path):
    computer = Computer(tmp_path)
    assert computer.install() == 0
    assert computer.told == Upgrade(How.INSTALLED, NEWER, OLD)
    assert computer.start() == NEWER
    assert computer.told == Upgrade(How.CAME_UP, NEWER, OLD)
    assert left(computer) == {TOLD, upgrade.BEFORE}
    assert computer.start() == NEWER


def test_one_that_does_not_come_up_is_left_once_and_for_all(tmp_path):
    computer = Computer(tmp_path, bad=NEWER)
    assert computer.install() == 0
    assert computer.start() == OLD
    assert computer.told == Upgrade(How.FELL_BACK, NEWER, OLD)
    assert left(computer) == {TOLD}


def test_one_that_dpkg_refuses_is_undone_at_once(tmp_path):
    computer = Computer(tmp_path, refused=NEWER)
    assert computer.install() == 1
    assert computer.installed == OLD
    assert computer.told == Upgrade(How.NOT_INSTALLED, NEWER, OLD)
    assert left(computer) == {TOLD}


def test_one_that_hangs_and_is_switched_off_has_had_its_start(tmp_path):
    computer = Computer(tmp_path)
    computer.install()
    assert computer.run("start") == 0  # and no `settle`: the power goes
    assert computer.start() == OLD
    assert computer.told == Upgrade(How.FELL_BACK, NEWER, OLD)


def test_where_dpkg_takes_neither_each_start_tries_again_and_none_restarts(tmp_path):
    computer = Computer(tmp_path, refused=NEWER)
    (computer.own / upgrade.BEFORE).unlink()
    assert computer.install() == 2
    assert computer.start() == "unconfigured"
    assert computer.trial_is_on
    (computer.own / upgrade.BEFORE).write_text(f"{OLD}\n")
    assert computer.start() == OLD
    assert computer.told == Upgrade(How.NOT_INSTALLED, NEWER, OLD)


@pytest.mark.parametrize(
    "fault", [{}, {"bad": NEWER}, {"refused": NEWER}], ids=["good", "bad", "refused"]
)
def test_wherever_the_power_goes_a_whole_program_is_there_before_the_window(fault, tmp_path):
    """It goes once before and once after each write, in the update and in all starts that it takes."""
    whole = Computer(tmp_path / "whole", **fault)
    whole.install()
    whole.start()
    steps = int((whole.folder / "count").read_text())
    for cut in range(1, steps + 1):
        computer = Computer(tmp_path / str(cut), **fault, cut=cut)
        computer.install()
        window = computer.start()
        assert window in ((OLD, NEWER) if not fault else (OLD,)), cut
        assert computer.installed == window, cut
        assert not computer.trial_is_on, cut
        assert computer.start() == window, cut
        told = computer.told
        if told is not None:
            assert (told.how is How.CAME_UP) is (window == NEWER), cut
            assert told.how is not How.INSTALLED, cut
        if window == NEWER:
            assert (computer.own / upgrade.BEFORE).exists(), cut
    assert steps > 15


def test_what_was_installed_by_hand_has_no_trial(tmp_path):
    computer = Computer(tmp_path)
    computer.install()
    assert computer.run("forget") == 0
    assert left(computer) == set()
    by_hand = (DEB / "debian/postinst").read_text("utf-8")
    assert f'[ -n "${{KIOSK_TRIAL:-}}" ] || {ground.PROGRAM}/trial forget\n' in by_hand
    assert "KIOSK_TRIAL=yes DEBIAN_FRONTEND=noninteractive dpkg" in (HOME / "trial").read_text()


def test_both_kinds_of_terminal_judge_a_newer_one_alike():
    settle = (DEB.parent / "image/root/usr/lib/kiosk-image/settle").read_text("utf-8")
    assert f"\n. {ground.PROGRAM}/trial\n" in settle
    assert "\ncame_up && exec $update good\n" in settle


# --- units and scripts ----------------------------------------------------------------------------------------


@needs("systemd-analyze")
@pytest.mark.parametrize("unit", [ground.TRIAL_UNIT, ground.REMEMBER_UNIT])
def test_the_units_of_an_update_are_ones_that_systemd_takes(unit, tmp_path):
    source = (UNITS / unit).read_text("utf-8")
    source = source.replace(str(ground.PROGRAM), str(HOME)).replace("Before=kiosk-", "#")
    (tmp_path / unit).write_text(source)
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit], capture_output=True, text=True
    )
    assert not [line for line in told.stderr.splitlines() if unit in line], told.stderr


def test_the_trial_runs_before_the_window_from_roots_own_folder():
    unit = (UNITS / ground.TRIAL_UNIT).read_text("utf-8")
    assert f"\nConditionPathExists={ground.UPDATES / STEP}\n" in unit
    runs = re.findall(r"^ExecStart(?:Pre)?=(.+)$", unit, re.MULTILINE)
    trial = ground.UPDATES / upgrade.TRIAL
    assert runs == [f"/bin/sh {trial} start", f"/bin/sh {trial} settle"]
    # Who waits for the step before must not cut off dpkg.
    assert "\nTimeoutStartSec=15min\n" in unit


def ordered(unit, word):
    told = (UNITS / unit).read_text("utf-8")
    return {name for line in re.findall(rf"^{word}=(.+)$", told, re.M) for name in line.split()}


def test_a_start_is_counted_before_anything_of_the_program_runs():
    """So that a version whose first unit stops the computer is not started a second time."""
    before = ordered(ground.TRIAL_UNIT, "Before")
    assert ground.LOCK_UNIT in before
    generator = (DEB / "root/usr/lib/systemd/system-generators/kiosk-terminal").read_text("utf-8")
    started = set(re.findall(r"kiosk-\w+\.service", generator))
    assert {ground.TERMINAL_UNIT, ground.REMEMBER_UNIT} < started
    for unit in started - before:
        assert ordered(unit, "After") & before, unit
    # Early as the lock is: with what units have by default it would wait for much of the start.
    assert ordered(ground.TRIAL_UNIT, "DefaultDependencies") == {"no"}
    assert ordered(ground.TRIAL_UNIT, "After") == {"local-fs.target"}


def test_the_stations_root_is_remembered_before_anybody_sits_there():
    unit = (UNITS / ground.REMEMBER_UNIT).read_text("utf-8")
    assert f"\nBefore={ground.TERMINAL_UNIT}\n" in unit
    assert f"\nConditionPathExists=!{ground.UPDATES}/trust/root.json\n" in unit
    assert f"\nConditionPathExists=!{ground.OF_A_STICK}\n" in unit
    folder = (DEB / "root/usr/lib/tmpfiles.d/kiosk-terminal.conf").read_text("utf-8")
    assert f"\nd {ground.UPDATES} 0755 root root -\n" in folder


def test_the_root_is_kept_once_and_no_other_replaces_it(station, tmp_path, monkeypatch):
    remembers, state = script("update"), tmp_path / "state"
    for name, folder in (("STATE", state), ("UPDATES", tmp_path / "own")):
        monkeypatch.setattr(remembers, name, folder)
    (state / "trust").mkdir(parents=True)
    given, kept = state / "trust/root.json", tmp_path / "own/trust/root.json"
    for no_root in (b"of somebody", b""):
        given.write_bytes(no_root)
        remembers.remember()
        assert not kept.exists()
    root = station.repository.root_json()
    given.write_bytes(root)
    remembers.remember()
    given.write_bytes(AStation(tmp_path / "other").repository.root_json())
    remembers.remember()
    assert kept.read_bytes() == root


def test_who_is_asked_says_by_its_exit_code_whether_an_exam_is_held(monkeypatch):
    asked = script("update")

    def held(state, now_s):
        raise update.in_use()

    monkeypatch.setattr(update, "require_unused", lambda state, now_s: None)
    asked.unused()
    monkeypatch.setattr(update, "require_unused", held)
    with pytest.raises(SystemExit) as ends:
        asked.unused()
    assert "a session of this terminal is open now" in str(ends.value.code)


def test_removing_the_package_takes_all_of_an_update_away():
    removed = (DEB / "debian/postrm").read_text("utf-8")
    assert f"    rm -rf {ground.UPDATES}\n" in removed
    for place in ("", "multi-user.target.wants/"):
        assert f"/etc/systemd/system/{place}{ground.TRIAL_UNIT}" in removed


# --- what the station signs ----------------------------------------------------------------------------------


@pytest.fixture
def station(tmp_path):
    return AStation(tmp_path / "station")


def a_deb(folder, version, package=ground.PACKAGE, says=""):
    """A package of nothing."""
    tree = folder / "tree"
    (tree / "DEBIAN").mkdir(parents=True, exist_ok=True)
    fields = {
        "Package": package,
        "Version": says or version,
        "Architecture": "amd64",
        "Maintainer": "nobody <nobody@kiosk.invalid>",
        "Description": "nothing",
    }
    told = "".join(f"{name}: {value}\n" for name, value in fields.items())
    (tree / "DEBIAN/control").write_text(told)
    made = folder / f"{ground.PACKAGE}_{version}_amd64.deb"
    subprocess.run(["dpkg-deb", "--build", tree, made], check=True, capture_output=True)
    return made


@pytest.fixture
def brings(station, tmp_path, monkeypatch):
    """The version that is taken of a stick on which the station put these files."""
    own = tmp_path / "own"
    own.mkdir()

    def go(*files, running=OLD, between=bool, spoil=None, of=station, again=False):
        of.repository.put_programs(files)
        stick = of.publish()
        if spoil is not None:
            spoil(stick)
        root = tmp_path / "root.json"
        root.write_bytes(of.repository.root_json())
        trust = update.known(own / "trust", root)
        refresh = trust.refresh
        monkeypatch.setattr(trust, "refresh", lambda source: refresh(source, now=NOW))
        asked = f"{running} amd64"
        return upgrade.fetch(trust, stick, asked, between, own, again=again).version

    go.own = own
    return go


@needs("dpkg-deb")
def test_the_newest_package_of_the_station_is_copied_into_roots_own_folder(brings, tmp_path):
    asked = []
    older, newer = a_deb(tmp_path, "1.1.5"), a_deb(tmp_path, NEWER)
    assert brings(older, newer, between=lambda: asked.append(1)) == NEWER
    assert (brings.own / upgrade.NEW).read_bytes() == newer.read_bytes()
    assert asked
    with pytest.raises(NotPermitted, match="runs already"):
        brings(older, newer, running=NEWER)


@needs("dpkg-deb")
def test_what_did_not_come_up_here_is_taken_again_only_if_somebody_says_so(brings, tmp_path):
    (brings.own / TOLD).write_text(f"{How.FELL_BACK} {NEWER} {OLD}\n")
    package = a_deb(tmp_path, NEWER)
    with pytest.raises(NotPermitted, match=re.escape(f"is {NEWER}, which did not")) as refused:
        brings(package)
    assert "kiosk terminal update --again" in refused.value.remedy
    assert not (brings.own / upgrade.NEW).exists()
    assert brings(package, again=True) == NEWER
    assert brings(package, a_deb(tmp_path, "1.3")) == "1.3"


@needs("dpkg-deb")
@pytest.mark.parametrize("how", [How.CAME_UP, How.NOT_INSTALLED])
def test_what_ended_otherwise_is_taken_again(brings, tmp_path, how):
    (brings.own / TOLD).write_text(f"{how} {NEWER} {OLD}\n")
    assert brings(a_deb(tmp_path, NEWER)) == NEWER


@needs("dpkg-deb")
@pytest.mark.parametrize("flip", [0, -1])
def test_one_flipped_byte_leaves_nothing_to_install(brings, tmp_path, flip):
    def spoil(stick):
        (path,) = (stick / "targets/programs").iterdir()
        data = bytearray(path.read_bytes())
        data[flip] ^= 1
        path.write_bytes(data)

    with pytest.raises(InputRefused, match="not the one the station listed"):
        brings(a_deb(tmp_path, NEWER), spoil=spoil)
    assert {path.name for path in brings.own.iterdir()} == {"trust"}


def test_what_was_checked_is_what_is_used_though_the_stick_changes_its_mind(tmp_path):
    """The file is read once: what it says afterwards is nobody's concern."""
    path = tmp_path / "stick.deb"
    path.write_bytes(b"good" * (1 << 19))
    listed = Listed(path.stat().st_size, hashlib.sha256(path.read_bytes()).digest(), "s")
    read = []
    for piece in update.pieces(path, listed):
        read.append(piece)
        path.write_bytes(path.read_bytes()[: len(piece) * len(read)] + b"evil" * (1 << 18))
        break
    with pytest.raises(InputRefused):
        list(update.pieces(path, listed))


@needs("dpkg-deb")
@pytest.mark.parametrize("other", [{"package": "openssh-server"}, {"says": "1.0"}])
def test_a_package_that_is_another_than_its_name_says_is_refused(brings, tmp_path, other):
    with pytest.raises(InputRefused, match="not the version that its name says"):
        brings(a_deb(tmp_path, NEWER, **other))
    assert not (brings.own / upgrade.NEW).exists()


@needs("dpkg-deb")
def test_no_other_station_and_no_image_is_believed(brings, tmp_path):
    image = tmp_path / f"{ground.PACKAGE}_9_amd64.img"
    image.write_bytes(b"")
    with pytest.raises(NotPermitted, match="brings no program"):
        brings(image)
    with pytest.raises(NotPermitted, match="not signed by the station this device trusts"):
        brings(a_deb(tmp_path, NEWER), of=AStation(tmp_path / "other"))


# --- when ---------------------------------------------------------------------------------------------------


@pytest.fixture
def enrolled(tmp_path, monkeypatch):
    """A computer that may be updated, as far as this process can pretend."""
    (tmp_path / "own").mkdir()
    (tmp_path / "manifest").touch()
    for name, value in {
        "OF_A_STICK": tmp_path / "image",
        "MANIFEST": tmp_path / "manifest",
        "BOOTED": tmp_path / "booted",
        "key_store": lambda state: SimpleNamespace(exists=lambda: True),
    }.items():
        monkeypatch.setattr(upgrade, name, value)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    asked = []

    def run(command, **more):
        asked.append(command)
        return subprocess.CompletedProcess(command, run.codes.get(command[0], 0))

    run.codes, run.asked = {}, asked
    monkeypatch.setattr(update, "subprocess", SimpleNamespace(run=run))
    monkeypatch.setattr(upgrade, "subprocess", SimpleNamespace(run=run))
    return run


def test_it_is_asked_as_the_exam_programs_user_whether_an_exam_is_held(enrolled, tmp_path):
    upgrade.require_possible(tmp_path / "own")
    assert enrolled.asked == [
        ["/usr/sbin/runuser", "-u", ground.USER, "--", f"{ground.PROGRAM}/update", "unused"]
    ]
    enrolled.codes["/usr/sbin/runuser"] = 1
    with pytest.raises(NotPermitted, match="a session of this terminal is open now"):
        upgrade.require_possible(tmp_path / "own")


def test_not_while_the_window_is_there(enrolled, tmp_path):
    (tmp_path / "booted").mkdir()
    with pytest.raises(NotPermitted, match="the exam program runs"):
        upgrade.require_possible(tmp_path / "own")
    enrolled.codes["systemctl"] = 3
    upgrade.require_possible(tmp_path / "own")


def test_not_before_the_last_one_has_ended(enrolled, tmp_path):
    (tmp_path / "own" / STEP).write_text(f"try {NEWER} {OLD}\n")
    with pytest.raises(NotPermitted, match="not yet known whether it comes up"):
        upgrade.require_possible(tmp_path / "own")


def test_not_by_others_on_a_stick_without_a_package_or_a_key(enrolled, tmp_path, monkeypatch):
    own = tmp_path / "own"
    with monkeypatch.context() as patched:
        patched.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(NotPermitted, match="only root"):
            upgrade.require_possible(own)
    with monkeypatch.context() as patched:
        patched.setattr(upgrade, "key_store", lambda state: SimpleNamespace(exists=lambda: False))
        with pytest.raises(NotPermitted, match="no key yet"):
            upgrade.require_possible(own)
    (tmp_path / "image").mkdir()
    with pytest.raises(NotPermitted, match="this system is a stick's"):
        upgrade.require_possible(own)
    (tmp_path / "image").rmdir()
    (tmp_path / "manifest").unlink()
    with pytest.raises(NotPermitted, match="not installed as a package"):
        upgrade.require_possible(own)


def test_a_locked_computer_lets_the_stick_in_while_it_is_asked_for(tmp_path, monkeypatch):
    for name in ("LOCKED", "RUNTIME", "STICK", "STATE"):
        monkeypatch.setattr(upgrade, name, tmp_path / name)
    (tmp_path / "STICK").mkdir()
    assert upgrade.stick_at(tmp_path / "STICK").present, "it is mounted by hand here"
    (tmp_path / "LOCKED").touch()
    (tmp_path / "STATE").mkdir()
    stick, waited = upgrade.stick_at(tmp_path / "STICK"), []
    with pytest.raises(InputRefused, match="no stick"):
        upgrade.wait_for(stick, waited.append)
    assert len(waited) == upgrade.STICK_WAIT_S
    assert (tmp_path / "RUNTIME" / ground.STICK_WANTED).exists()


# --- what is kept ---------------------------------------------------------------------------------------------


@pytest.fixture
def root(deb_builder, tmp_path):
    """A root in which dpkg has unpacked a package as it is built, without Python and Qt."""
    keys = PrivateKeys.generate(Role.BUILDER, "Builder")
    stage, root, deb = tmp_path / "stage", tmp_path / "root", tmp_path / "first.deb"
    deb_builder.files_beside(stage)
    deb_builder._settle(stage, EPOCH)
    deb_builder.manifest(stage, keys, OLD, EPOCH)
    deb_builder.control(stage, OLD, "amd64")
    deb_builder._settle(stage, EPOCH)
    pack = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", stage, deb]
    subprocess.run(pack, check=True, capture_output=True)
    for name in ("info", "updates", "parts", "triggers"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).touch()
    unpack = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--unpack", deb]
    done = subprocess.run(
        unpack,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
    )
    assert done.returncode == 0, done.stderr
    # As a technician leaves it.
    (root / str(ground.CONFIGURATION).lstrip("/")).write_text("KIOSK_ROOM=192.168.1.10:8470\n")
    return root


def contents(deb, to):
    subprocess.run(["dpkg-deb", "--raw-extract", deb, to], check=True)
    return {
        str(path.relative_to(to)): (
            oct(path.lstat().st_mode),
            path.readlink() if path.is_symlink() else path.is_file() and path.read_bytes(),
        )
        for path in to.rglob("*")
    }


def fields(told):
    return dict(re.findall(r"^(\S+): (.*(?:\n .*)*)$", told.decode(), re.MULTILINE))


@needs("dpkg-deb")
def test_what_runs_is_packed_as_it_was_installed_with_the_settings_it_came_with(root, tmp_path):
    (root / str(ground.PROGRAM).lstrip("/") / "left.pyc").touch()  # by a program run as root
    upgrade.pack(tmp_path / "before.deb", root)
    first = contents(tmp_path / "first.deb", tmp_path / "a")
    again = contents(tmp_path / "before.deb", tmp_path / "b")
    (mode, control), (_, control_again) = first.pop("DEBIAN/control"), again.pop("DEBIAN/control")
    assert fields(control_again) == fields(control)
    assert again == first
    assert again["DEBIAN/postinst"][0] == mode.replace("644", "755")
    assert {path.name for path in tmp_path.iterdir()} >= {"before.deb"}
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("before.deb.")]


@needs("dpkg-deb")
@pytest.mark.parametrize("how", ["changed", "missing"])
def test_what_its_builder_did_not_sign_is_nothing_to_go_back_to(root, tmp_path, how):
    tool = root / str(ground.PROGRAM).lstrip("/") / "lock"
    tool.unlink() if how == "missing" else tool.write_bytes(tool.read_bytes() + b"\n")
    with pytest.raises(NotPermitted, match="not what its builder signed"):
        upgrade.pack(tmp_path / "before.deb", root)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("before.deb")]


@needs("dpkg-deb")
def test_going_back_keeps_what_runs_to_go_forward_again(root, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    with pytest.raises(NotPermitted, match="no version before this one is kept"):
        upgrade.turn_back(OLD, own, root)
    shutil.copy(a_deb(tmp_path, "1.0"), own / upgrade.BEFORE)
    with pytest.raises(NotPermitted, match="no version before this one is kept"):
        upgrade.turn_back("1.0", own, root)
    assert upgrade.turn_back(OLD, own, root) == "1.0"
    for name, version in ((upgrade.NEW, "1.0"), (upgrade.BEFORE, OLD)):
        told = ["dpkg-deb", "--field", own / name, "Version"]
        assert subprocess.check_output(told, text=True).strip() == version


# --- the command ------------------------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`kiosk terminal update` on a computer where each step is noted, and dpkg comes to `command.how`."""
    steps = []

    def step(name, gives):
        return lambda *words, **more: (steps.append(name), gives)[1]

    program = SimpleNamespace(version=NEWER)
    monkeypatch.setattr(updated, "last", lambda: None)
    for name, gives in {
        "require_possible": None,
        "installed": f"{OLD} amd64",
        "wait_for": None,
        "pack": None,
        "turn_back": "1.0",
    }.items():
        monkeypatch.setattr(upgrade, name, step(name, gives))
    monkeypatch.setattr(update, "known", step("known", None))
    monkeypatch.setattr(
        upgrade, "fetch", lambda *words, again: (steps.append(f"fetch {again}"), program)[1]
    )
    monkeypatch.setattr(
        upgrade,
        "install",
        lambda version, before: (steps.append("install"), Upgrade(go.how, version, before))[1],
    )

    def go(*words):
        steps.clear()
        code = run(["terminal", "update", str(tmp_path), "--json", *words])
        assert steps[:2] == ["require_possible", "installed"]
        return code, steps[2:]

    go.how = How.INSTALLED
    return go


def test_what_runs_is_kept_before_anything_is_installed(command, capsys):
    code, steps = command()
    assert (code, steps) == (0, ["known", "wait_for", "fetch False", "pack", "install"])
    told = json.loads(capsys.readouterr().out)
    assert told == {"how": "installed", "version": NEWER, "before": OLD}
    assert "fetch True" in command("--again")[1]
    capsys.readouterr()
    code, steps = command("--back")
    assert (code, steps) == (0, ["turn_back", "install"])
    assert json.loads(capsys.readouterr().out)["version"] == "1.0"


def test_a_package_that_dpkg_refused_is_input_refused(command):
    command.how = How.NOT_INSTALLED
    assert command()[0] == 4


# --- what the technician is told -----------------------------------------------------------------------------


@pytest.mark.parametrize("how", How)
def test_each_outcome_is_told_with_both_versions_in_both_languages(how):
    for lang in ("en", "zh-CN"):
        told = upgrade.said(Upgrade(how, "2.0", "1.0"), lang)
        assert "2.0" in told
        assert "1.0" in told


@pytest.mark.parametrize("how", How)
def test_the_window_is_told_of_a_version_that_did_not_come_up_and_of_nothing_else(how, tmp_path):
    told = tmp_path / (STEP if how is How.INSTALLED else TOLD)
    told.write_text(f"{how} {NEWER} {OLD}\n")
    shown = notice(tmp_path)
    if how is not How.FELL_BACK:
        assert shown is None
    else:
        said = upgrade.said(Upgrade(how, NEWER, OLD), "en")
        assert shown.text.format(**shown.values) == said


def test_what_another_version_tells_of_its_update_is_passed_over(tmp_path):
    for told in ("half-installed 2.0 1.0\n", "fell-back 2.0\n", ""):
        (tmp_path / TOLD).write_text(told)
        assert last(tmp_path) is None


@pytest.mark.parametrize(("code", "how"), [(0, How.INSTALLED), (1, How.NOT_INSTALLED), (2, None)])
def test_what_dpkg_came_to_is_told(code, how, tmp_path, monkeypatch):
    monkeypatch.setattr(upgrade, "PROGRAM", tmp_path)
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / upgrade.TRIAL).write_text(f"exit {code}\n")
    if how is None:
        with pytest.raises(StorageFault, match="neither"):
            upgrade.install(NEWER, OLD, own)
    else:
        assert upgrade.install(NEWER, OLD, own) == Upgrade(how, NEWER, OLD)
