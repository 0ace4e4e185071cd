"""Marks come in by sheets that an assessor signed: whole, once, and from nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.station import enrol
from kiosk.station.acts import Why
from kiosk.station.certificates import ladder as ladders
from kiosk.station.certificates.signed_sheets import withdraw
from kiosk.station.registry import certificates, log
from tests.station.builders import NOW, SESSION, Day, a_day
from tests.station.certificates.sheets import ASSESSOR, TRADE, rows, signed

WHY = Why("张三", "wrong column")


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    made = a_day(tmp_path)
    enrol.enrol(made.station, ASSESSOR.record, NOW)
    yield made
    made.station.close()


def _import(day: Day, data: bytes):  # type: ignore[no-untyped-def]
    return day.import_(day.file("practice.scoresheet", data))


def _marks(day: Day) -> list[tuple[str, str, str]]:
    with day.station.registry.reading() as connection:
        return [(one.candidate, one.part, one.marks) for one in certificates.marks_of(connection)]


def test_the_blank_sheet_filled_and_signed_on_the_command_line_is_imported_once(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, sheet, key = ["--station", str(day.station.folder)], tmp_path / "p.xlsx", tmp_path / "key"
    assert run(["station", "score-sheet", SESSION, "--out", str(sheet), *at]) == 0
    book = openpyxl.load_workbook(sheet)
    filled = book.active
    assert filled is not None
    assert filled["A2"].value == "20260001"
    assert filled["D2"].value.startswith(("Intermediate", "中级工"))
    filled["F2"], filled["G2"] = 71.5, "2026-02-20"
    filled["F3"], filled["G3"] = "88", "2026/2/20"
    book.save(sheet)
    assert run(["assessor", "keygen", "--name", "钱考评", "--out", str(key)]) == 0
    assert run(["station", "enrol", str(key / "assessor.enrol"), "--yes", *at]) == 0
    assert run(["assessor", "sign", str(sheet), "--key", str(key)]) == 0
    day.reopen()
    for known in (False, True):
        report = day.import_(tmp_path / "p.scoresheet")
        assert (report.exit_code, [one.known for one in report.sheets]) == (0, [known])
    assert _marks(day) == [("20260001", "practice", "71.5"), ("20260002", "practice", "88")]
    capsys.readouterr()

    assert run(["station", "score-sheets", "--json", *at]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["assessor"], one["marks"], one["withdrawn"]) for one in told] == [
        ("钱考评", 2, None)
    ]
    content = (tmp_path / "p.scoresheet").read_bytes()
    with day.station.registry.reading() as connection:
        assert leaf_hash(content) in log.every_leaf(connection)


GOOD = ("20260002", "考生2", "技能操作", 70, "2026-02-20")
WRONG: tuple[tuple[list[tuple[object, ...]], str], ...] = (
    ([("20260001", "考生1", "技能操作", "=60+1", "2026-02-20"), GOOD], "F2"),
    ([("20260001", "考生1", "技能操作", 101, "2026-02-20"), GOOD], "F2"),
    ([("20260001", "考生1", "技能操作", "NaN", "2026-02-20"), GOOD], "F2"),
    ([("20260001", "考生1", "技能操作", 60.005, "2026-02-20"), GOOD], "F2"),
    ([("20260001", "考生1", "技能操作", 70, "2026-02-30"), GOOD], "G2"),
    ([("20260001", "考生1", "技能操作", 70, "2126-02-20"), GOOD], "G2"),
    ([("20260001", "考生1", "理论知识", 70, "2026-02-20"), GOOD], "E2"),
    ([("20260001", "考生1", "跳高", 70, "2026-02-20"), GOOD], "E2"),
    ([("20260001", "", "技能操作", 70, "2026-02-20"), GOOD], "B2"),
    ([("20260001", "考生2", "技能操作", 70, "2026-02-20"), GOOD], "考生1"),
    ([GOOD, GOOD], "row 2"),
    ([("20260001", "考生1", "技能操作", None, None)], "no marks"),
)


def test_one_wrong_cell_is_named_and_nothing_of_the_sheet_counts(day: Day) -> None:
    for entries, told in WRONG:
        report = _import(day, signed(rows(*entries)))
        assert (report.exit_code, report.sheets) == (4, ())
        assert told in report.refused[0].reason
        assert Path(report.refused[0].kept).is_file()
    assert _marks(day) == []


def test_a_sheet_nobody_vouches_for_is_refused(day: Day) -> None:
    content = rows(("20260001", "考生1", "技能操作", 70, "2026-02-20"))
    data = signed(content)
    stranger = PrivateKeys.generate(Role.ASSESSOR, "陌生人")
    other = "unknown signer"
    assert other in _import(day, signed(content, signer=stranger)).refused[0].reason
    flipped = data.replace(b"practice.xlsx", b"practice.xlsy")
    assert "does not hold" in _import(day, flipped).refused[0].reason
    bomb = _import(day, signed(b"PK\x03\x04 no archive")).refused[0].reason
    assert "not a usable XLSX" in bomb
    enrol.revoke(day.station, "赵考评", NOW)
    assert "was revoked" in _import(day, data).refused[0].reason
    assert _marks(day) == []


def test_a_hostile_workbook_is_refused_and_a_formula_is_no_mark(day: Day) -> None:
    held = io.BytesIO(rows(("20260001", "考生1", "技能操作", 70, "2026-02-20")))
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/x.bin", b"\0" * 50_000_000)
    assert "unpacks to more" in _import(day, signed(held.getvalue())).refused[0].reason
    formula = rows(("20260001", "考生1", "技能操作", "=60+10", "2026-02-20"))
    assert "F2: a formula" in _import(day, signed(formula)).refused[0].reason
    assert _marks(day) == []


def test_a_contradicting_sheet_waits_until_the_wrong_one_is_withdrawn(day: Day) -> None:
    first = signed(rows(("20260001", "考生1", "技能操作", 59, "2026-02-20")))
    second = signed(rows(("20260001", "考生1", "技能操作", 95, "2026-02-20")))
    digest = _import(day, first).sheets[0].sha256
    assert "another sheet gives 20260001 59" in _import(day, second).refused[0].reason

    with pytest.raises(InputRefused, match="name and a reason"):
        withdraw(day.station, digest, Why("张三", ""), NOW)
    withdraw(day.station, digest[:8], WHY, NOW)
    assert _marks(day) == []
    with pytest.raises(InputRefused, match="no one score sheet"):
        withdraw(day.station, digest[:8], WHY, NOW)
    assert day.import_(retry=True).sheets[0].marks == 1
    assert _import(day, first).sheets[0].known  # and stays out of account
    assert _marks(day) == [("20260001", "practice", "95")]
    with day.station.registry.reading() as connection:
        done = certificates.acts(connection)
    assert [(one.kind, one.subject) for one in done] == [("withdraw-sheet", digest)]


ACTIVITY = "https://simulator.example/exercises/4"


def _statement(number: str, verb: str = "passed", **replaced: object) -> dict[str, object]:
    return {
        "id": "5a4b1f0e-0000-4000-8000-000000000000",
        "actor": {
            "account": {"homePage": "https://simulator.example", "name": number},
            "name": "考生1",
        },
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": ACTIVITY, "objectType": "Activity"},
        "result": {"score": {"scaled": 0.715}, "success": True},
        "timestamp": "2026-02-20T01:30:00.000Z",
    } | replaced


def _lines(*statements: object) -> bytes:
    return "\n".join(json.dumps(one) for one in statements).encode()


@pytest.fixture
def simulated(day: Day) -> Callable[..., object]:
    folder = day.station.folder / ladders.FOLDER
    folder.mkdir()
    more = f'\n[[activity]]\nid = "{ACTIVITY}"\ndiscipline = "{TRADE}"\nlevel = "L4"\n'
    (folder / ladders.FILE).write_text(ladders.OURS.read_text("utf-8") + more, "utf-8")
    return lambda *statements: _import(day, signed(_lines(*statements), "xapi"))


def test_simulators_statements_are_marks_by_the_newest_score_of_a_day(
    day: Day, simulated: Callable[..., object]
) -> None:
    raw = {"score": {"raw": 17, "min": 0, "max": 23}}
    report = simulated(
        _statement("20260001", "initialized", result=None),
        _statement("20260001", timestamp="2026-02-20T09:00:00+08:00", result=raw),
        _statement("20260001", "scored"),
        _statement("20260002", result=raw, actor={"account": {"name": "20260002"}}),
        _statement("20260003", object={"id": "https://simulator.example/tutorial"}),
    )
    assert report.exit_code == 0  # type: ignore[attr-defined]
    assert _marks(day) == [("20260001", "simulator", "71.5"), ("20260002", "simulator", "73.91")]


def test_a_statement_that_tells_no_mark_is_named_by_line(
    day: Day, simulated: Callable[..., object]
) -> None:
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"actor": {"mbox": "mailto:a@example.org"}}, "account name"),
        ({"timestamp": "2026-02-20"}, "timestamp"),
        ({"timestamp": "2126-02-20T01:00:00Z"}, "timestamp"),
        ({"result": {"score": {"scaled": 1.5}}}, "none of 100"),
        ({"result": {"score": {"scaled": float("nan")}}}, "none of 100"),
        ({"result": {"score": {"raw": 5, "max": 0}}}, "none of 100"),
        ({"actor": "20260001"}, "not an xAPI statement"),
        ({"object": {"id": "https://elsewhere.example"}}, "that the ladder knows"),
    )
    for replaced, told in wrong:
        report = simulated(_statement("20260001", **replaced))
        assert told in report.refused[0].reason  # type: ignore[attr-defined]
    assert _marks(day) == []
