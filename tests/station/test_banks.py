"""A bank is admitted whole and genuine, or kept out with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.scoring.rules import ItemRules
from kiosk.station import enrol
from kiosk.station.receiving import Report
from tests.station.builders import BANK, NOW, Day, SealedBank, a_day, seal_bank


def _recipients(day: Day) -> tuple[KeyRecord, KeyRecord]:
    return day.station.record(Role.OPENING), day.station.record(Role.RECOVERY)


def _import(day: Day, sealed: SealedBank) -> Report:
    return day.import_(day.file("b.bank", sealed.bank), day.file("b.scoring", sealed.scoring))


def test_the_same_bank_again_is_known(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)

    report = _import(day, day.sealed)

    assert [(one.bank, one.new) for one in report.banks] == [(BANK, False)]
    assert (report.refused, report.exit_code) == ((), 0)


def test_a_newer_bank_is_admitted_and_an_older_one_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    newer = seal_bank(day.author, _recipients(day), version="3", sealed_at=1_780_000_000)
    older = seal_bank(day.author, _recipients(day), version="2", sealed_at=1_775_000_000)

    assert _import(day, newer).banks[0].new
    report = _import(day, older)

    assert report.exit_code == 4
    assert "older than version 3" in report.refused[0].reason


def test_other_content_under_an_admitted_version_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)

    report = _import(day, seal_bank(day.author, _recipients(day)))

    assert "admitted with other content" in report.refused[0].reason


def test_a_scoring_file_for_another_station_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    other = PrivateKeys.generate(Role.OPENING, "elsewhere").record

    report = _import(day, seal_bank(day.author, (other,), version="2"))

    assert "sealed for another station" in report.refused[0].reason


def test_a_bank_by_somebody_who_is_no_listed_author_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    stranger = PrivateKeys.generate(Role.AUTHOR, "外人")

    assert _import(day, seal_bank(stranger, _recipients(day), version="2")).exit_code == 4


def test_a_bank_by_a_revoked_author_is_refused_but_his_old_one_still_serves(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    enrol.revoke(day.station, "专家", NOW)

    report = _import(day, seal_bank(day.author, _recipients(day), version="2"))

    assert "was revoked" in report.refused[0].reason
    day.plan()
    assert day.import_(day.sit("20260001")).imported == 1


def test_a_bank_without_its_scoring_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    sealed = seal_bank(day.author, _recipients(day), version="2")

    report = day.import_(day.file("b.bank", sealed.bank))

    assert "together with its scoring" in report.refused[0].reason


@pytest.mark.parametrize("part", ["bank", "scoring"])
def test_a_flipped_byte_in_either_file_keeps_the_bank_out(tmp_path: Path, part: str) -> None:
    day = a_day(tmp_path, planned=False)
    sealed = seal_bank(day.author, _recipients(day), version="2")
    whole = sealed.bank if part == "bank" else sealed.scoring

    for at in range(0, len(whole), len(whole) // 25):
        hurt = bytearray(whole)
        hurt[at] ^= 0x20
        files = (
            SealedBank(bytes(hurt), sealed.scoring)
            if part == "bank"
            else SealedBank(sealed.bank, bytes(hurt))
        )
        report = _import(day, files)
        assert report.exit_code == 4
        assert report.banks == ()


def test_rules_that_cannot_be_computed_keep_the_bank_out(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)

    def break_one(rules: ItemRules) -> ItemRules:
        return replace(rules, responses=()) if rules.item == "s03" else rules

    report = _import(day, seal_bank(day.author, _recipients(day), version="2", change=break_one))

    assert report.exit_code == 4
    assert "s03" in report.refused[0].reason
