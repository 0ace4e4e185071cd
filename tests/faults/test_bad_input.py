"""Bad input as a person meets it: the command, its exit code, what it says in both languages.

The parts test the same faults closer to where they are found; here the program is asked.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.terminal import views
from kiosk.terminal.program import key_store
from kiosk.trust.repository import Repository
from tests.station.builders import NOW, SESSION, a_day, enrol_file, plan_toml, roster_csv
from tests.terminal.room import Room
from tests.terminal.test_install import NOW as TODAY
from tests.terminal.test_install import Stick


class Program:
    """`kiosk ...` with what it said, line ends of a narrow screen taken out."""

    def __init__(self, capsys, monkeypatch):
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        monkeypatch.delenv("KIOSK_DEBUG", raising=False)
        # The day before the builders' session: it can be planned still.
        monkeypatch.setattr("kiosk.cli.station.utc_now", lambda: NOW - timedelta(days=1))
        self.out = self.said = ""

    def __call__(self, *words, lang="en"):
        self._monkeypatch.setenv("KIOSK_LANG", lang)
        self._capsys.readouterr()
        code = run([str(word) for word in words])
        self.out, said = self._capsys.readouterr()
        self.said = said.replace("\n", " ").replace("  ", " ")
        assert "Traceback" not in said
        return code

    def says(self, sentence):
        """Whether it said so, however the lines were broken."""
        return sentence.replace(" ", "") in self.said.replace(" ", "")


@pytest.fixture
def kiosk(capsys, monkeypatch):
    return Program(capsys, monkeypatch)


@pytest.fixture
def day(tmp_path):
    return a_day(tmp_path / "day")


@pytest.fixture
def state(tmp_path, kiosk):
    assert kiosk("terminal", "enrol", "--state", tmp_path / "state", "--name", "T-07") == 0
    return tmp_path / "state"


@pytest.fixture
def stick(state, tmp_path):
    others = tuple(PrivateKeys.generate(Role.TERMINAL, name) for name in ("T-08", "T-09"))
    return Stick(tmp_path / "station", Room(terminals=(key_store(state).load(), *others)))


def installed(kiosk, state):
    """What is installed after all, by the program's own account."""
    assert kiosk("terminal", "status", "--state", state, "--json") == 0
    told = json.loads(kiosk.out)
    return told["sessions"], told["troubles"]


# --- the stick ------------------------------------------------------------------------------------


def test_an_older_trust_repository_is_not_permitted_and_the_newer_stays(
    kiosk, stick, state, tmp_path
):
    shutil.copytree(stick.usb, tmp_path / "old")
    stick.publish()
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 0
    assert kiosk("terminal", "install", tmp_path / "old", "--state", state) == 5
    assert kiosk.says("this trust repository is older than the one already installed")
    assert kiosk.says("Use the stick with the newest files of the station")
    assert kiosk("terminal", "install", tmp_path / "old", "--state", state, lang="zh-CN") == 5
    assert kiosk.says("这个信任库比已安装的旧")
    sessions, troubles = installed(kiosk, state)
    assert sessions
    assert not troubles


def test_a_repository_that_expired_is_not_permitted_and_the_clock_is_named(
    kiosk, stick, state, tmp_path
):
    long_ago = TODAY - timedelta(days=60)
    old = Repository.create(tmp_path / "late", tmp_path / "keys", now=long_ago)
    trust = stick.room.trust()
    old.set_authority(trust.authority)
    for name in ("trust-list.cbor",):
        old.put(name, next((stick.usb / "targets").glob("*.trust-list.cbor")).read_bytes())
    old.publish(now=long_ago, expires=long_ago + timedelta(days=14))
    old.export(tmp_path / "usb-late")
    assert kiosk("terminal", "install", tmp_path / "usb-late", "--state", state) == 5
    assert kiosk.says("this trust repository has expired")
    assert kiosk.says("Check this device's clock")


def test_a_bank_cut_short_on_the_stick_is_refused_and_named(kiosk, stick, state):
    (bank,) = (stick.usb / "targets" / "banks").glob("*.bank")
    bank.write_bytes(bank.read_bytes()[:-7])
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 4
    assert kiosk.says("banks/B.bank: the file on the stick is not the one the station listed")
    assert kiosk.says("Copy the station's files onto the stick again")
    stick.repository.export(stick.usb)
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 0


def test_a_flipped_byte_in_any_published_file_is_refused(kiosk, stick, state, tmp_path):
    source = random.Random(1)
    # A device begins with root.json; its copy is only followed from an older root.
    unread = stick.usb / "metadata" / "1.root.json"
    files = sorted(path for path in stick.usb.rglob("*") if path.is_file() and path != unread)
    assert len(files) > 6
    for file in files:
        whole = file.read_bytes()
        changed = bytearray(whole)
        changed[source.randrange(len(changed))] ^= 1 << source.randrange(8)
        file.write_bytes(changed)
        copy = tmp_path / f"copy-{file.name}"
        shutil.copytree(state, copy, symlinks=True)
        assert kiosk("terminal", "install", stick.usb, "--state", copy) in (4, 5), file
        assert kiosk.said.strip()
        file.write_bytes(whole)
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 0


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", ["receipts/1.receipt", "root.json", "metadata/timestamp.json"])
def test_a_pipe_or_a_device_on_a_terminals_stick_holds_nothing_up(kiosk, stick, state, name):
    file = stick.usb / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    os.mkfifo(file)
    assert kiosk("terminal", "install", stick.usb, "--state", state) in (3, 4)
    file.unlink()
    file.symlink_to("/dev/zero")
    assert kiosk("terminal", "install", stick.usb, "--state", state) in (3, 4)


def test_a_link_on_the_stick_that_leads_out_of_it_is_refused(kiosk, stick, state, tmp_path):
    (bank,) = (stick.usb / "targets" / "banks").glob("*.bank")
    outside = tmp_path / "outside"
    bank.rename(outside)
    bank.symlink_to(outside)
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 4


def test_an_export_says_that_the_stick_refuses_and_not_the_terminal(kiosk, state, tmp_path):
    box = state / "outbox"
    box.mkdir(mode=0o700)
    room = Room()
    with room.seated(tmp_path / "seat") as terminal:
        terminal.do(views.OpenReview())
        terminal.do(views.HandIn(False))
        terminal.do(views.HandIn(True))
    shutil.copytree(tmp_path / "seat" / "outbox", box, dirs_exist_ok=True)
    (tmp_path / "stick").write_bytes(b"a file where the stick should be")
    assert kiosk("terminal", "export", "--state", state, "--to", tmp_path / "stick") == 1
    assert not kiosk.says("spare terminal")
    assert kiosk.says("Check the path")


def test_a_state_folder_copied_without_its_link_says_what_to_do(kiosk, stick, state, tmp_path):
    assert kiosk("terminal", "install", stick.usb, "--state", state) == 0
    shutil.copytree(state, tmp_path / "copied")  # as onto a stick and back: links become folders
    assert kiosk("terminal", "install", stick.usb, "--state", tmp_path / "copied") == 1
    assert kiosk.says("what is installed was damaged")
    assert kiosk.says("Empty the trust folder but for root.json")


# --- enrolment ------------------------------------------------------------------------------------

ODD_NAMES = ["", "  ", "T\n01", "\x1b[2JT-01", "../../T-01", "T\u202e10-T", "T" * 65]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_misleads_is_no_terminals_name(kiosk, tmp_path, name):
    state = tmp_path / "a" / "b" / "state"
    assert kiosk("terminal", "enrol", "--state", state, "--name", name) == 4
    assert kiosk.says("a name has 1 to 64 characters")
    assert not state.exists()


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_request_under_a_misleading_name_is_refused_at_the_station(kiosk, day, name):
    forged = day.file("T.enrol", enrol_file(PrivateKeys.generate(Role.TERMINAL, name)))
    assert kiosk("station", "enrol", forged, "--station", day.station.folder, "--yes") == 4
    assert kiosk.says("a name has 1 to 64 characters")
    assert "\x1b" not in kiosk.said


# --- the roster -----------------------------------------------------------------------------------


def planned(kiosk, folder, station, roster, lang="en"):
    folder.mkdir(exist_ok=True)
    (folder / "plan.toml").write_text(plan_toml(session="R15-0399"), "utf-8")
    (folder / "roster.csv").write_bytes(roster)
    return kiosk("station", "plan", folder / "plan.toml", "--station", station, lang=lang)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (("20260002", "20260001"), "row 3", "20260001"),
        (("考生2", ""), "row 3", "name"),
        (("考生2", "=A1&B1"), "row 3", "formula"),
    ],
)
def test_a_fault_of_the_roster_is_named_by_row_and_nothing_is_planned(
    kiosk, day, tmp_path, change, where, what
):
    # On a session of its own, so that the usual one does not hold the terminals.
    roster = roster_csv().replace(*change).encode()
    assert planned(kiosk, tmp_path / "plan", day.station.folder, roster) == 4
    assert kiosk.says(where)
    assert kiosk.says(what)
    assert kiosk("station", "results", "R15-0399", "--station", day.station.folder) == 4


def test_a_roster_in_gb18030_is_read_by_the_program(kiosk, tmp_path):
    day = a_day(tmp_path / "free", planned=False)
    roster = roster_csv().replace("考生2", "王喆珺").encode("gb18030")
    assert planned(kiosk, tmp_path / "plan", day.station.folder, roster) == 0
    assert "王喆珺" in {one.name for one in day.session("R15-0399").secrets.candidates}


# --- what comes back ------------------------------------------------------------------------------


def imported(kiosk, day, *files):
    code = kiosk("station", "import", *files, "--station", day.station.folder, "--json")
    return code, json.loads(kiosk.out)


def test_a_package_of_an_unknown_terminal_is_refused_kept_and_explained(kiosk, day):
    stranger = PrivateKeys.generate(Role.TERMINAL, "T-01")
    file = day.file("x.package", day.sit("20260001", signer=stranger))
    code, told = imported(kiosk, day, file)
    assert (code, told["imported"]) == (4, 0)
    (refused,) = told["refused"]
    assert refused["file"] == str(file)
    assert refused["reason"]
    assert Path(refused["kept"]).read_bytes() == file.read_bytes()


def test_the_same_package_twice_counts_once(kiosk, day):
    package = day.sit("20260001")
    assert imported(kiosk, day, day.file("a.package", package))[0] == 0
    code, told = imported(kiosk, day, day.file("b.package", package))
    assert (code, told["imported"], told["duplicate"]) == (0, 0, 1)


def test_the_same_sitting_with_other_answers_waits_for_a_person(kiosk, day):
    one, other = day.sit("20260001", right=8), day.sit("20260001", right=2)
    assert imported(kiosk, day, day.file("a.package", one))[0] == 0
    code, told = imported(kiosk, day, day.file("b.package", other))
    assert (code, told["conflict"], told["imported"]) == (3, 1, 0)
    at = day.station.folder
    assert kiosk("station", "results", SESSION, "--station", at, "--json") == 0
    (row,) = (row for row in json.loads(kiosk.out) if row["candidate"] == "20260001")
    assert row["score"] is None
    assert row["state"] == "conflict"


def test_names_on_a_stick_that_are_no_names_are_told_and_the_rest_is_taken(kiosk, day, tmp_path):
    stick = tmp_path / "odd"
    stick.mkdir()
    (stick / "good.package").write_bytes(day.sit("20260001"))
    (stick / "\x1b[2J\n王😀.package").write_bytes(b"noise")
    (stick / ("x" * 240 + ".package")).write_bytes(b"more noise")
    os.mkfifo(stick / "pipe.package")
    (stick / "zero.package").symlink_to("/dev/zero")
    code, told = imported(kiosk, day, stick)
    assert (code, told["imported"], len(told["refused"])) == (3, 1, 2)
    assert kiosk("station", "import", stick, "--station", day.station.folder) == 3
    assert "\x1b" not in kiosk.out + kiosk.said


def test_a_name_in_brackets_is_a_name_and_no_markup(kiosk, tmp_path):
    day = a_day(tmp_path / "free", planned=False)
    roster = roster_csv().replace("考生2", "[/bold]王[red]").encode()
    assert planned(kiosk, tmp_path / "plan", day.station.folder, roster) == 0
    assert kiosk("station", "results", "R15-0399", "--station", day.station.folder) == 0
    assert "[/bold]" in kiosk.out.replace("\n", "")


@pytest.mark.parametrize("name", ["张\u202e三", "张\u200b三"])
def test_a_name_that_commands_the_screen_is_no_candidates_name(kiosk, tmp_path, name):
    day = a_day(tmp_path / "free", planned=False)
    roster = roster_csv().replace("考生2", name).encode()
    assert planned(kiosk, tmp_path / "plan", day.station.folder, roster) == 4
    assert kiosk.says("row 3")


@pytest.mark.parametrize("left", [["keys"], ["keys", "offline", "station.db"]])
def test_a_station_cut_off_while_it_was_made_is_told_from_a_whole_one(kiosk, day, tmp_path, left):
    half = tmp_path / "half"
    half.mkdir()
    for name in left:
        source = day.station.folder / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, half / name)
    for command in (("init",), ("publish", "--to", tmp_path / "usb")):
        assert kiosk("station", *command, "--station", half) == 4
        assert kiosk.says("the making of this station was cut off before its end")
        assert kiosk.says("remove the folder and make the station again")


# --- what must not be left behind -----------------------------------------------------------------


def test_a_program_that_is_shot_leaves_no_copy_of_its_memory(tmp_path):
    told = subprocess.run(
        [sys.executable, "-c", _LIMITS],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stdout
    assert told.splitlines()[-1] == "(0, 0)"


_LIMITS = """
import resource, sys
from kiosk.cli import main
sys.argv = ["kiosk", "--help"]
try:
    main()
finally:
    print(resource.getrlimit(resource.RLIMIT_CORE))
"""
