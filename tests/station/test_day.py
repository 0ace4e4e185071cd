"""The station's part of an exam day, from its first key to results and receipts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from kiosk.artefacts.kinds import Role
from kiosk.artefacts.receipt import covers, read_receipt
from kiosk.station.publish import publish
from kiosk.station.results import session_results
from kiosk.trust.installed import Installed
from tests.station.builders import NOW, SESSION, a_day


def test_a_day_from_plan_to_results_and_receipts(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    usb, desk = tmp_path / "usb", tmp_path / "desk"

    published = publish(day.station, usb, desk, NOW)
    installed = Installed.bootstrap(tmp_path / "trust", (usb / "root.json").read_bytes())
    installed.refresh(usb, now=NOW + timedelta(hours=1))

    assert installed.targets("sessions/") == (f"sessions/{SESSION}.session",)
    assert published.releases == (f"{SESSION}.release",)
    assert not list(usb.rglob("*.release"))

    packages = [day.sit(f"2026{n:04}", right=8 if n < 5 else 3) for n in range(1, 6)]
    report = day.import_(*packages, receipts_to=usb / "receipts")

    assert (report.imported, report.refused, report.conflict) == (5, (), 0)
    assert [missing.candidate for missing in report.missing] == ["20260006"]
    rows = session_results(day.station, SESSION)
    assert [row.state for row in rows] == ["recorded"] * 5 + ["missing"]
    assert [row.score for row in rows[:4]] == [100] * 4
    assert [row.passed for row in rows] == [True] * 4 + [False, None]
    log = day.station.record(Role.LOG)
    receipts = [
        read_receipt(path.read_bytes(), log)[0] for path in (usb / "receipts").glob("*.receipt")
    ]
    assert all(any(covers(receipt, package) for receipt in receipts) for package in packages)
