"""A whole exam day by the documents: their own commands, in the order in which people run them.

A page that shows a command which does not work, or is not here in its place, fails.
"""

from __future__ import annotations

import io
import random
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.artefacts.enrolment import enrolment_code, read_enrolment
from kiosk.artefacts.fingerprint import record_words
from kiosk.cli import run
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.views import (
    Answer,
    ConfirmIdentity,
    Done,
    Exam,
    HandIn,
    OpenProctorMenu,
    OpenReview,
    Pledge,
    Practise,
    ProctorMenu,
    Scanned,
    SignInAs,
    Unlock,
)
from tests.cli.screen_text import scanner
from tests.docs.pages import DAY, ROOT, commands

BANK = "rare_earth_extraction"
WINDOWS = (
    "kiosk terminal run --state /var/lib/kiosk",
    "kiosk proctor run --state desk --serve",
    "kiosk proctor serve --state desk --card card.txt",
    "kiosk terminal sync --state /var/lib/kiosk --station-url https://station.example",
    "kiosk proctor forward --state desk --card card.txt --station-url https://station.example",
)
"""Commands that run until a person ends them, or for a line; their own tests and the demo run them."""

ELSEWHERE = ("kiosk station user add ", "kiosk station serve ", "kiosk station analyse ")
"""What wants a password, a browser or more candidates than this day has begins so; other tests run it."""


SECOND = {"李建国": "王珺", "desk": "desk2", "card.txt": "card2.txt", "li.enrol": "wang.enrol"}
"""The second proctor, by what the pages say of the first."""


TERMINALS = ("T-01", "T-02", "T-03", "T-99", "T-07")
"""Those of the example plan, and one that is lost."""


class Day:
    """A scratch folder in which the pages' commands are run, and which of them were."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.shown = [line for page in DAY for line in commands(ROOT / "docs" / page)]
        self.done: set[str] = set(WINDOWS)

    def do(self, start: str, *more: str, expect: int = 0, **places: str) -> str:
        """Runs the one shown command that is `start` or begins with it, with words replaced.

        Args:
            more: words added to it, such as what a person would type.
            places: what stands here for what the page shows.
        """
        lines = [line for line in self.shown if line.startswith(start)]
        (line,) = [start] if start in lines else lines
        self.done.add(line)
        words = [one for word in shlex.split(line) for one in self._words(word, places)]
        if words[0] == "cp":
            shutil.copytree(words[-2], words[-1])
            return ""
        self.capsys.readouterr()
        code = run([*words[1:], *more])
        out, err = self.capsys.readouterr()
        assert code == expect, f"{line}: {code}\n{out}{err}"
        return out

    def _words(self, shown: str, places: dict[str, str]) -> list[str]:
        word = shown
        known = {
            "/media/usb": "usb",
            "/media/proctors": "proctors",
            "/var/lib/kiosk": "T-01",
            "NAME": BANK,
            **places,
        }
        for placeholder, real in known.items():
            word = word.replace(placeholder, real)
        return sorted(map(str, Path().glob(word))) if "*" in shown else [word]


@pytest.fixture
def day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Day]:
    for shared in ("question_banks", "packaging"):
        (tmp_path / shared).symlink_to(ROOT / shared)
    (tmp_path / "pin").write_text("246810\n")
    with chdir(tmp_path):
        yield Day(tmp_path, capsys)


def test_a_day_by_the_documents(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    _bank(day)
    _room(day, monkeypatch)
    _plan(day)
    _sit(day)
    _back(day)

    # The author's page is walked whole by the authors' own test.
    author = commands(ROOT / "docs" / "author.md")
    left = [line for line in day.shown if line not in day.done and line not in author]
    assert [line for line in left if not line.startswith(ELSEWHERE)] == []


def _bank(day: Day) -> None:
    day.do("kiosk station init")
    day.do("kiosk bank keygen")
    day.do("kiosk bank import question_banks")
    # "Replace it, and set the title and licence": with what the sample bank has.
    for name in ("standard.toml", "bank.toml"):
        shutil.copy(Path("question_banks") / BANK / name, Path("my_bank") / name)
    day.do("kiosk bank preview")
    Path("responses.jsonl").write_text('{"RESPONSE": ["C"]}\n{"RESPONSE": []}\n')
    assert '"SCORE": 1.0' in day.do("kiosk bank score")
    day.do("kiosk bank check")
    Path("records").mkdir()
    for name in ("opening.pub", "recovery.pub"):
        shutil.copy(Path("DIR/public") / name, "records")
    day.do("kiosk bank seal my_bank --author author-key --station records --out sealed")


def _room(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TERMINALS:
        day.do("kiosk terminal enrol", **{"T-01": name})
    pin = ("--pin-file", "pin")
    day.do("kiosk proctor enrol", *pin)
    day.do("kiosk proctor enrol", *pin, **SECOND)
    devices = [f"usb/{name}.enrol" for name in TERMINALS]
    for file in (*devices, "author-key/author.enrol", "wang.enrol"):
        monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
        day.do("kiosk station enrol /media/usb/T-01.enrol", **{"usb/T-01.enrol": file})
    words = " ".join(record_words(read_enrolment(Path("li.enrol").read_bytes()).record, "zh-CN"))
    day.do("kiosk station enrol li.enrol", **{"扇 遭 用 竹 为 齐": words})
    codes = [enrolment_code(Path(file).read_bytes()) for file in devices]
    for command in ("kiosk station enrol /media/usb/*.enrol", "kiosk station enrol --scan"):
        with scanner(monkeypatch, codes):
            # They were not restarted between their name and this.
            day.do(command, "--yes")
    day.do("kiosk station room-status")
    assert "T-99" in day.do("kiosk station parties")
    # Its author is listed now.
    day.do("kiosk station import sealed/NAME.bank")


def _plan(day: Day) -> None:
    day.do("cp -r packaging/examples plan")
    path = Path("plan/plan.toml")
    now = datetime.now(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None, microsecond=0)
    text = path.read_text("utf-8")
    text = text.replace("opens = 2026-03-01T09:00:00", f"opens = {now.isoformat()}")
    closes = (now + timedelta(hours=2)).isoformat()
    text = text.replace("closes = 2026-03-01T11:30:00", f"closes = {closes}")
    text = text.replace("earliest_hand_in_minutes = 30", "earliest_hand_in_minutes = 0")
    path.write_text(text, "utf-8")
    plan = "kiosk station plan plan/plan.toml --station DIR"
    day.do(plan)
    day.do(plan + " --replace")
    day.do("kiosk station programs")
    day.do("kiosk station publish")
    for name in ("T-01", "T-02"):
        day.do("kiosk terminal install", **{"/var/lib/kiosk": name})
    assert "R15-0301" in day.do("kiosk terminal status")
    for desk in ("desk", "desk2"):
        day.do("kiosk proctor install", desk=desk)


def _sit(day: Day) -> None:
    answer = 'kiosk proctor answer "C1:..." --state desk --card card.txt'
    sign = ("--pin-file", "pin", "--yes")
    with HeadlessTerminal(Path("T-01")) as terminal:
        for who in ({}, SECOND):
            assert isinstance(terminal.view, Unlock)
            code = terminal.view.challenge
            token = day.do(answer, *sign, **{**who, "C1:...": code})
            terminal.do(Scanned(token.rstrip("\n")))
        terminal.do(SignInAs("20260001"))
        terminal.do(ConfirmIdentity(mine=True))
        terminal.do(Pledge())
        view = terminal.do(Practise(skip=True))
        assert isinstance(view, Exam)
        item = view.question.item
        choice = random.Random(1).choice(item.interactions[0].choices)
        terminal.do(Answer(item.id, item.interactions[0].response, (choice,)))
        menu = terminal.do(OpenProctorMenu())
        assert isinstance(menu, ProctorMenu)
        token = day.do(f"{answer} --command extend", *sign, **{"C1:...": menu.challenge})
        terminal.do(Scanned(token.rstrip("\n")))
        terminal.do(OpenReview())
        terminal.do(HandIn(confirmed=False))
        assert isinstance(terminal.do(HandIn(confirmed=True)), Done)
    day.do("kiosk proctor room", *sign)


def _back(day: Day) -> None:
    day.do("kiosk terminal export")
    day.do("kiosk proctor log", "--pin-file", "pin")
    assert "01" in day.do("kiosk proctor collected", "--pin-file", "pin")
    day.do("kiosk station import /media/usb")
    day.do("kiosk station import --retry")
    results = "kiosk station results R15-0301 --station DIR"
    assert "recorded" in day.do(results)
    assert "missing" in day.do("kiosk station results R15-0301 --csv")
    day.do("kiosk station results R15-0301 --candidate 20260001 --explain")
    day.do("kiosk station report R15")
    # Nobody was admitted on a proctor's word: there is nothing to confirm.
    confirm = "kiosk station confirm R15-0301"
    day.do(f"{confirm} 20260001 --station DIR", expect=4)
    day.do(f"{confirm} R01", expect=4)
    day.do("kiosk verify /media/usb/*.bundle")
    day.do("kiosk verify DIR/receipts/*.receipt")
    day.do("kiosk terminal install")
    assert "receipted" in day.do("kiosk terminal status")
    seal = "kiosk bank seal my_bank --author author-key --station records --out sealed"
    day.do(seal + " --scoring-for")
    day.do("kiosk station revoke")
