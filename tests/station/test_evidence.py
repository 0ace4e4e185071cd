"""The evidence of an appeal: one file that anybody checks with the public root, however often it was scored
again."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.evidence import Evidence, Logged, evidence, read_evidence, write_evidence
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.scoring.amendments import Amended
from kiosk.scoring.result import Result
from kiosk.station import withheld
from kiosk.station.acts import Why
from kiosk.station.evidence import evidence_of
from kiosk.station.publish import publish
from kiosk.station.registry import packages, warrants
from kiosk.station.rescoring import rescore, void_item
from kiosk.verify import Verdict, verify_file
from tests.station.builders import NOW, SESSION, Day, a_day, corrected

WHO = "20260001"
WHY = Why("张三", "two right answers")


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    made = a_day(tmp_path / "day")
    made.import_(made.sit(WHO, right=5), made.sit("20260002", right=8))
    publish(made.station, tmp_path / "usb", None, NOW)
    yield made
    made.station.close()


def _seen(tmp_path: Path, data: bytes) -> Verdict:
    path = tmp_path / "one.evidence"
    path.write_bytes(data)
    return verify_file(path)


def _item(day: Day, position: int) -> str:
    return list(day.answers(WHO, 8))[position]


def _opened(day: Day, data: bytes) -> Evidence:
    return evidence(read_evidence(data), day.station.record(Role.STATION))


def test_the_evidence_of_a_first_result_holds(
    day: Day, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "one.evidence"
    at = ["--station", str(day.station.folder)]
    assert run(["station", "evidence", SESSION, WHO, "--out", str(out), *at]) == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    seen = verify_file(out)

    assert seen.valid, seen.reason
    assert seen.signer.startswith("station ")
    facts = seen.facts
    assert (facts["candidate"], facts["scoring_version"], facts["acts"]) == (WHO, 1, [])
    assert sum(one["reason"] == "right" for one in facts["items"]) == 5
    capsys.readouterr()
    assert run(["verify", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["candidate"] == WHO
    assert run(["verify", str(out)]) == 0
    shown = capsys.readouterr().out
    assert sum("points" in line for line in shown.splitlines()) == len(facts["items"])


def test_the_evidence_of_an_appeal_follows_a_bad_item_and_a_corrected_key(
    day: Day, tmp_path: Path
) -> None:
    bad, other = _item(day, 6), _item(day, 7)
    void_item(day.station, SESSION, f"author-{bad}", "full", NOW, WHY)
    void_item(day.station, SESSION, f"author-{other}", "leave-out", NOW, WHY)

    seen = _seen(tmp_path, evidence_of(day.station, SESSION, WHO, NOW))
    assert seen.valid, seen.reason
    assert [one["act"] for one in seen.facts["acts"]] == ["void-item", "void-item"]
    first = seen.facts["acts"][0]
    assert (first["reason"], first["item"], first["how"]) == (
        WHY.reason,
        f"author-{bad}",
        "full",
    )
    reasons = [one["reason"] for one in seen.facts["items"]]
    assert sorted({"full_marks", "left_out"} & set(reasons)) == ["full_marks", "left_out"]

    rescore(day.station, SESSION, corrected(day, lambda rules: rules, 2), NOW, WHY)
    seen = _seen(tmp_path, evidence_of(day.station, SESSION, WHO, NOW))
    assert seen.valid, seen.reason
    assert seen.facts["scoring_version"] == 2
    assert [one["act"] for one in seen.facts["acts"]] == ["void-item", "void-item", "rescore"]


def test_what_a_station_says_otherwise_than_the_log_does_not_hold(day: Day, tmp_path: Path) -> None:
    first = _opened(day, evidence_of(day.station, SESSION, WHO, NOW))
    for position, how in ((6, "full"), (7, "leave-out")):
        void_item(day.station, SESSION, f"author-{_item(day, position)}", how, NOW, WHY)  # type: ignore[arg-type]
    made = _opened(day, evidence_of(day.station, SESSION, WHO, NOW))
    others = _opened(day, evidence_of(day.station, SESSION, "20260002", NOW))
    amended = decode(made.amendments, Amended, "amendments")
    forged = replace(amended, items=amended.items[:1])
    plain = decode(first.result, Result, "result")
    assert plain != decode(made.result, Result, "result")
    one, two = made.acts

    for told, why in (
        (replace(made, result=first.result), "decided about a bad item"),
        (replace(made, acts=(one,)), "last act"),
        (replace(made, acts=()), "another scoring"),
        (replace(made, acts=(two, one)), "another order"),
        (replace(made, acts=(one, one, two)), "another order"),
        (replace(made, amendments=b""), "last act"),
        (replace(made, amendments=encode(forged)), "last act"),
        (replace(made, scoring_version=1), "last act"),
        (replace(made, version="9"), "another scoring"),
        (replace(made, result=others.result), "another paper"),
        (replace(made, acts=(one, Logged(two.content, one.receipt))), "something else"),
        (replace(made, package=Logged(made.package.content, one.receipt)), "something else"),
        (replace(made, package=others.package), ""),
        (replace(made, key=others.key), ""),
        (replace(first, acts=(), scoring_version=1, amendments=made.amendments), "another scoring"),
    ):
        seen = _seen(tmp_path, write_evidence(told, day.station.keys(Role.STATION)))
        assert not seen.valid, why
        assert why in seen.reason, seen.reason


def test_where_nothing_counts_there_is_no_evidence(day: Day) -> None:
    for nobody in ("20260003", "nobody", ""):
        with pytest.raises(InputRefused, match="counts"):
            evidence_of(day.station, SESSION, nobody, NOW)


def test_there_is_none_until_it_is_known_who_sat_there(day: Day) -> None:
    with day.station.registry.writing() as connection:
        (row,) = packages.of_session(connection, SESSION, WHO)
        warrants.add(connection, warrants.WarrantRow(row.sha256, "no_id", ""))
    with pytest.raises(InputRefused, match="counts"):
        evidence_of(day.station, SESSION, WHO, NOW)
    withheld.confirm(day.station, SESSION, WHO, NOW)
    assert evidence_of(day.station, SESSION, WHO, NOW)
