"""The station's commands: exit codes and JSON shapes that scripts rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.station.home import Station
from tests.station.builders import NOW, SESSION, Day, a_day, enrol_file, plan_toml, roster_csv


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return a_day(tmp_path)


def _run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, Any]:
    code = run(["station", *map(str, words), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else None


def test_init_makes_a_station_and_says_what_to_take_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "station"

    assert run(["station", "init", "--station", str(folder), "--name", "一号站"]) == 0
    said = capsys.readouterr().err.replace("\n", "")
    for part in ("root-1", "root-2", "root-3", "targets", "recovery"):
        assert str(folder / "offline" / part) in said
        assert (folder / "offline" / part).is_dir()
    assert (folder / "public" / "opening.pub").exists()
    assert (folder / "public" / "root.json").read_bytes() == Station.open(
        folder
    ).repository().root_json()
    assert run(["station", "init", "--station", str(folder)]) == 5


def test_enrol_takes_the_words_and_refuses_others(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = PrivateKeys.generate(Role.TERMINAL, "T-60")
    file, at = day.file("T-60.enrol", enrol_file(keys)), day.station.folder
    words = " ".join(record_words(keys.record, "zh-CN"))

    assert _run(capsys, "enrol", file, "--station", at, "--words", "not these words")[0] == 5
    code, shown = _run(capsys, "enrol", file, "--station", at, "--words", words)
    assert (code, shown["enrolled"][0]["name"], shown["enrolled"][0]["new"]) == (0, "T-60", True)
    assert _run(capsys, "enrol", file, "--station", at, "--yes")[1]["enrolled"][0]["new"] is False
    assert _run(capsys, "revoke", "T-60", "--station", at)[0] == 0
    code, listed = _run(capsys, "parties", "--station", at)
    assert [one["revoked_at"] is not None for one in listed if one["name"] == "T-60"] == [True]


def test_programs_are_published_with_the_sessions_until_somebody_takes_them_out(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    file, at = day.file("kiosk-terminal_1.2_amd64.img", b"an image"), day.station.folder
    told = [{"version": "1.2", "architecture": "amd64", "kind": "img"}]
    assert _run(capsys, "programs", file, "--station", at) == (0, told)
    assert _run(capsys, "programs", "--station", at) == (0, told)
    stick = day.station.folder.parent / "usb"
    assert _run(capsys, "publish", "--to", stick, "--station", at)[0] == 0
    assert [path.read_bytes() for path in (stick / "targets/programs").iterdir()] == [b"an image"]
    assert _run(capsys, "programs", day.file("setup.exe", b"x"), "--station", at)[0] == 4
    assert _run(capsys, "programs", "--none", "--station", at) == (0, [])


def test_enrol_asks_and_no_is_no(
    day: Day, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    file = day.file("T.enrol", enrol_file(PrivateKeys.generate(Role.TERMINAL, "T-61")))

    assert run(["station", "enrol", str(file), "--station", str(day.station.folder)]) == 5
    assert "T-61" in capsys.readouterr().err


@pytest.mark.parametrize("restart", ["outlasted", "not shown", ""])
def test_enrol_says_when_a_computer_has_not_shown_a_restart(
    restart: str, day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    file = day.file(
        "T.enrol", enrol_file(PrivateKeys.generate(Role.TERMINAL, "T-62"), restart=restart)
    )
    assert run(["station", "enrol", str(file), "--station", str(day.station.folder), "--yes"]) == 0
    assert ("over a restart" in capsys.readouterr().err) is (restart != "outlasted")


def test_a_plan_with_faults_exits_4_and_lists_them_in_the_readers_language(
    day: Day,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan = tmp_path / "bad.toml"
    plan.write_text(plan_toml(session="R15-0399").replace("pass = 60", "pass = 600"))
    (tmp_path / "roster.csv").write_text(roster_csv().replace("20260002", "20260001"))

    assert run(["station", "plan", str(plan), "--station", str(day.station.folder)]) == 4
    said = capsys.readouterr().err
    assert "row 3" in said.replace("\n", " ")
    assert "pass mark" in said.replace("\n", " ")
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")
    assert run(["station", "plan", str(plan), "--station", str(day.station.folder)]) == 4
    said = capsys.readouterr().err.replace("\n", "")
    assert "roster.csv，第 3 行：准考证号 20260001 在第 2 行已出现。请改正其中一处" in said


@pytest.mark.usefixtures("both_databases")
def test_publish_import_and_results_speak_json(
    day: Day,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kiosk.cli.station.utc_now", lambda: NOW)
    at, usb = day.station.folder, tmp_path / "usb"
    code, published = _run(
        capsys, "publish", "--to", usb, "--releases", tmp_path / "desk", "--station", at
    )
    assert (code, published["sessions"]) == (0, [SESSION])

    good, bad = day.file("a.package", day.sit("20260001")), day.file("b.package", b"noise")
    code, report = _run(
        capsys, "import", good, bad, "--station", at, "--receipts-to", usb / "receipts"
    )
    assert code == 3
    assert {"imported", "duplicate", "conflict", "refused", "missing"} <= report.keys()
    assert (report["imported"], report["refused"][0]["file"]) == (1, str(bad))
    assert {"file", "reason"} <= report["refused"][0].keys()
    assert report["missing"][0]["kind"] == "sitting"
    assert list((usb / "receipts").glob("*.receipt"))
    assert _run(capsys, "import", good, "--station", at)[0] == 0
    assert _run(capsys, "import", bad, "--station", at)[0] == 4

    code, rows = _run(capsys, "results", SESSION, "--station", at)
    assert code == 0
    assert {"candidate", "score", "max_score", "passed", "package", "state"} <= rows[0].keys()
    assert (rows[0]["score"], rows[0]["passed"], rows[1]["state"]) == (100, True, "missing")
    code, why = _run(
        capsys, "results", SESSION, "--candidate", "20260001", "--explain", "--station", at
    )
    assert (code, len(why["items"])) == (0, 8)


def test_results_as_csv_have_a_header_and_a_row_each(
    day: Day, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["station", "results", SESSION, "--csv", "--station", str(day.station.folder)]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("candidate,name,exam,seat,score,max_score,passed,package,state")
    assert len(lines) == 7


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_people_get_tables_in_their_language(
    day: Day,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lang: str,
) -> None:
    monkeypatch.setenv("KIOSK_LANG", lang)
    package = day.file("a.package", day.sit("20260001"))
    at = str(day.station.folder)

    assert run(["station", "import", str(package), "--station", at]) == 0
    assert run(["station", "results", SESSION, "--station", at]) == 0
    assert (
        run(
            ["station", "results", SESSION, "--candidate", "20260001", "--explain", "--station", at]
        )
        == 0
    )

    said = "".join(capsys.readouterr())
    assert ("passed" in said, "合格" in said) == ((True, False) if lang == "en" else (False, True))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["results", "R99", "--station", "{at}"], 4),
        (["results", SESSION, "--explain", "--station", "{at}"], 4),
        (["import", "--station", "{at}"], 4),
        (["import", "nowhere.package", "--station", "{at}"], 4),
        (["results", SESSION, "--station", "nowhere"], 4),
        (["results"], 2),
        (["nonsense"], 2),
    ],
)
def test_wrong_use_has_its_own_exit_codes(
    day: Day, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    assert run(["station", *(word.format(at=day.station.folder) for word in words)]) == code
    assert "Traceback" not in capsys.readouterr().err
