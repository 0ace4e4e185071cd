"""What many people brought comes from one table: all of it or nothing, and once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli import run
from kiosk.station.registry import certificates
from tests.station.builders import Day, a_day

HEADER = "准考证号,职业,持有等级,取得日期,学徒期满日期,从业起始日期,所见材料"


def _brought(day: Day) -> list[tuple[str, str, str, str]]:
    with day.station.registry.reading() as connection:
        rows = certificates.evidence_of(connection)
    return [(one.candidate, one.kind, one.level, one.since) for one in rows]


def test_a_table_is_noted_once_and_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = a_day(tmp_path, planned=False)
    sheet, at = tmp_path / "p.csv", ["--reason", "admissions", "--station", str(day.station.folder)]
    good = "20260001,,初级工,2020-07-01,,,证书 5-123\n20260002,x,,,2024/6/30,2015年3月1日,合同\n"
    for wrong, told in (
        ("20260003,,九级,2020-07-01,,,", "C4"),
        ("20260003,,L5,,,,", "D4"),
        ("20260003,,,,2126-01-01,,", "E4"),
        (",,L5,2020-07-01,,,", "A4"),
    ):
        sheet.write_text(f"{HEADER}\n{good}{wrong}\n", "utf-8")
        assert run(["station", "certificate", "evidence-sheet", str(sheet), *at]) == 4
        assert told in capsys.readouterr().err
        assert _brought(day) == []

    sheet.write_text(f"{HEADER}\n{good}", "utf-8")
    for _ in range(2):
        assert run(["station", "certificate", "evidence-sheet", str(sheet), *at]) == 0
    assert _brought(day) == [
        ("20260001", "holds", "L5", "2020-07-01"),
        ("20260002", "apprenticeship", "", "2024-06-30"),
        ("20260002", "work", "", "2015-03-01"),
    ]
    with day.station.registry.reading() as connection:
        done = certificates.acts(connection)
    assert [one.reason for one in done][:2] == ["admissions: 证书 5-123", "admissions: 合同"]
    sheet.write_text("姓名\n考生1\n", "utf-8")
    assert run(["station", "certificate", "evidence-sheet", str(sheet), *at]) == 4
    day.station.close()
