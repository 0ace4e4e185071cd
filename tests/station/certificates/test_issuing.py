"""Certificates: issued once, numbered, proven by code and credential, revoked by a record."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from msgspec.structs import replace
from PIL import Image

from kiosk.artefacts.certificate import (
    CertificateClaim,
    certificate,
    certificate_text,
    read_certificate,
    sign_certificate,
    token_of,
)
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.station.acts import Why
from kiosk.station.certificates.credential import credential_jwt
from kiosk.station.certificates.issuing import (
    every_issued,
    issue,
    require_issued,
    revoke,
    session_cases,
)
from kiosk.station.certificates.papers import (
    CERTIFICATE,
    certificate_pdf,
    certificate_png,
    check_templates,
    transcript_pdf,
    write_templates,
)
from kiosk.station.publish import publish
from kiosk.station.receiving import receive
from kiosk.station.registry import certificates, log
from kiosk.station.standings import Kind, move
from kiosk.verify import verify_file
from tests.codes import qr_texts
from tests.station.builders import NOW, SESSION
from tests.station.certificates.conftest import LATER, WHY, Ended, an_ended_day
from tests.station.certificates.sheets import rows, signed

FIRST = "20264000001"


def _verdicts(ended: Ended) -> dict[str, str]:
    found = session_cases(ended.day.station, SESSION, ended.now)
    return {one.candidate: str(one.decision.verdict) for one in found}


def test_who_passed_and_was_admitted_gets_one_and_the_others_hear_why(ended: Ended) -> None:
    assert _verdicts(ended) == {
        "20260001": "granted", "20260002": "granted", "20260003": "not_yet",
        "20260004": "refused", "20260005": "refused", "20260006": "refused",
    }  # fmt: skip
    assert [one.number for one in ended.issued] == [FIRST, "20264000002"]
    one = ended.issued[0]
    assert (one.name, one.earned, one.issued) == ("考生1", "2026-03-02", "2026-03-09")
    assert [(part.part, part.marks) for part in one.parts] == [
        ("theory", "100"),
        ("practice", "90"),
    ]
    again = issue(
        ended.day.station, session_cases(ended.day.station, SESSION, ended.now), WHY, ended.now
    )
    assert again == ()
    with ended.day.station.registry.reading() as connection:
        assert every_issued(connection) == ended.issued
        acts = certificates.acts(connection, FIRST)
        leaves = log.every_leaf(connection)
    assert [(act.kind, act.made_by) for act in acts] == [("issue", "张三")]
    assert leaf_hash(acts[0].content) in leaves


def test_the_printed_code_is_read_by_a_real_decoder_and_holds(ended: Ended) -> None:
    one = ended.issued[0]
    picture = Image.open(io.BytesIO(certificate_png(ended.day.station, one, ppi=150)))
    (found,) = qr_texts(picture.convert("L"))
    assert found == certificate_text(one.token)

    station = ended.day.station.record(Role.STATION)
    read = certificate(read_certificate(token_of(found)), station)
    assert (read.claim.number, read.claim.name, read.claim.level) == (FIRST, "考生1", "L4")
    paper = certificate_pdf(ended.day.station, one)
    assert paper == certificate_pdf(ended.day.station, one)
    said = pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text().replace(" ", "")
    assert "职业技能等级证书" in said
    assert "考生1" in said
    assert FIRST in said


@pytest.fixture(scope="module")
def published(ended: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the station's root, its repository, and the files of a certificate."""
    folder = tmp_path_factory.mktemp("published")
    publish(ended.day.station, folder, None, ended.now)
    at = ["--station", str(ended.day.station.folder)]
    out = ["--to", str(folder / "paper")]
    assert run(["station", "certificate", "files", FIRST, *out, *at]) == 0
    return folder


def test_code_and_credential_are_verified_by_the_root_alone(published: Path) -> None:
    paper = published / "paper"
    for name in (f"{FIRST}.txt", f"{FIRST}.jwt"):
        verdict = verify_file(paper / name)
        assert verdict.valid, verdict
        assert "not revoked by the list of 2026-03-09" in verdict.reason
        assert (verdict.facts["number"], verdict.facts["name"]) == (FIRST, "考生1")
    code = (paper / f"{FIRST}.txt").read_text()
    other = paper / "other.txt"
    other.write_text(code[:60] + ("A" if code[60] != "A" else "B") + code[61:])
    assert not verify_file(other).valid
    token = (paper / f"{FIRST}.jwt").read_text()
    head, body, signature = token.split(".")
    forged = paper / "forged.jwt"
    forged.write_text(f"{head}.{body[:-4]}AAAA.{signature}")
    assert not verify_file(forged).valid


def test_a_certificate_holds_to_the_end_of_its_last_day(ended: Ended, published: Path) -> None:
    one, keys = ended.issued[0], ended.day.station.keys(Role.STATION)
    code, credential = published / "old.txt", published / "old.jwt"
    today = datetime.now(UTC).date()
    for until, valid in ((today, True), (today - timedelta(days=1), False)):
        last = replace(one, until=until.isoformat())
        claim = CertificateClaim(one.number, one.name, one.title, one.level, one.issued, last.until)
        code.write_text(certificate_text(sign_certificate(claim, keys, issued_at=1)))
        credential.write_text(credential_jwt(last, keys))
        for path in (code, credential):
            verdict = verify_file(path)
            assert (verdict.valid, "ended" in verdict.reason) == (valid, not valid)


def test_the_credential_is_an_open_badge_that_another_library_verifies(
    ended: Ended, published: Path
) -> None:
    token = (published / "paper" / f"{FIRST}.jwt").read_bytes()
    station = ended.day.station.record(Role.STATION)
    header = jws.extract_compact(token).headers()
    assert (header["alg"], header["typ"]) == ("EdDSA", "JWT")
    key = OKPKey.import_key(header["jwk"])
    assert key.raw_value.public_bytes_raw() == station.sign
    claims: dict[str, Any] = json.loads(
        jws.deserialize_compact(token, key, algorithms=["EdDSA"]).payload
    )

    # Open Badges 3.0, AchievementCredential and what it holds: the fields that must be there.
    assert claims["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert claims["@context"][1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3")
    assert claims["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert claims["iss"] == claims["issuer"]["id"]
    assert claims["issuer"]["id"].startswith("did:key:z6Mk")
    assert claims["issuer"]["type"] == ["Profile"]
    assert claims["jti"] == claims["id"]
    assert claims["validFrom"] == "2026-03-09T00:00:00Z"
    assert claims["nbf"] == int(LATER.replace(hour=0).timestamp())
    subject = claims["credentialSubject"]
    assert subject["type"] == ["AchievementSubject"]
    assert claims["sub"] == subject["id"]
    achievement = subject["achievement"]
    assert set(achievement) >= {"id", "type", "name", "description", "criteria"}
    assert achievement["criteria"]["narrative"]
    described = {one["id"]: one for one in achievement["resultDescription"]}
    results = {
        described[one["resultDescription"]]["name"]: one["value"] for one in subject["result"]
    }
    assert results == {"理论知识": "100", "技能操作": "90"}


def test_a_revoked_certificate_fails_everywhere_and_may_be_followed_by_another(
    tmp_path: Path,
) -> None:
    _revoke_one(tmp_path)


@pytest.mark.campaign
@pytest.mark.usefixtures("both_databases")
def test_either_database_keeps_certificates_and_revocations(tmp_path: Path) -> None:
    _revoke_one(tmp_path)


def _revoke_one(tmp_path: Path) -> None:
    made = an_ended_day(tmp_path)
    station = made.day.station
    # Past midnight at the station, the day before in Greenwich.
    night = made.now.replace(hour=20)
    first, _ = issue(station, session_cases(station, SESSION, night), WHY, night)
    with pytest.raises(InputRefused, match="name and a reason"):
        revoke(station, first.number, Why("张三", " "), made.now)
    done = revoke(station, first.number, Why("张三", "misconduct"), night)
    assert (done.revoked, done.revoked_on, done.issued) == ("misconduct", *["2026-03-10"] * 2)
    with pytest.raises(InputRefused, match="revoked before"):
        revoke(station, first.number, Why("张三", "again"), made.now)
    with pytest.raises(InputRefused, match="no certificate"):
        revoke(station, "1", WHY, made.now)

    record = pypdf.PdfReader(io.BytesIO(transcript_pdf(station, first.candidate, "en", night)))
    assert "As of 2026-03-10" in record.pages[0].extract_text()

    publish(station, tmp_path / "usb", None, made.now)
    code = tmp_path / "usb" / "code.txt"
    code.write_text(certificate_text(first.token))
    verdict = verify_file(code)
    assert (verdict.valid, verdict.permitted) == (False, False)
    assert "revoked on 2026-03-10" in verdict.reason
    paper = pypdf.PdfReader(io.BytesIO(certificate_pdf(station, done)))
    assert "已撤销" in paper.pages[0].extract_text()
    # What was decided still holds, so a new one may be issued; voiding the result is another act.
    (second,) = issue(station, session_cases(station, SESSION, made.now), WHY, made.now)
    assert (second.number, second.candidate) == ("20264000003", first.candidate)
    move(station, Kind.VOID, SESSION, [first.candidate], WHY, made.now)
    (case, *_) = session_cases(station, SESSION, made.now)
    assert (case.certificate, case.unfounded) == (second.number, True)
    revoke(station, second.number, WHY, made.now)
    assert issue(station, session_cases(station, SESSION, made.now), WHY, made.now) == ()
    assert _verdicts(made)[first.candidate] == "not_yet"
    station.close()


def test_templates_that_an_admin_broke_are_refused_with_their_line_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = an_ended_day(tmp_path)
    station = made.day.station
    folder = station.folder / "certificates"
    assert len(write_templates(station)) == 4
    assert write_templates(station) == ()
    check_templates(station, made.now)

    template = folder / CERTIFICATE
    ours = template.read_text("utf-8")
    template.write_text(ours.replace("it.name)", "it.nome)"), "utf-8")
    line = ours[: ours.index("it.name)")].count("\n") + 1
    with pytest.raises(InputRefused) as refused:
        check_templates(station, made.now)
    assert refused.value.where.endswith(f"{CERTIFICATE}:{line}")
    made.issued = issue(station, session_cases(station, SESSION, made.now), WHY, made.now)
    at = ["--station", str(station.folder)]
    out = ["--to", str(tmp_path / "out")]
    assert run(["station", "certificate", "files", FIRST, *out, *at]) == 4
    assert f"{CERTIFICATE}:{line}" in capsys.readouterr().err
    assert not list(tmp_path.glob("out/*"))
    template.write_text(ours.replace("it.heading.zh", '"矿山"', 1), "utf-8")
    assert run(["station", "certificate", "files", FIRST, *out, *at]) == 0
    with station.registry.reading() as connection:
        assert require_issued(connection, FIRST) == made.issued[0]

    report = folder / "reporting.toml"
    report.write_text('words = "en"\n[[column]]\ncalled = "=no"\nholds = "level_name"\n', "utf-8")
    sheet = tmp_path / "r.csv"
    assert run(["station", "certificate", "report", "--out", str(sheet), *at]) == 0
    told = sheet.read_text("utf-8-sig").splitlines()
    assert told == ["'=no", "Intermediate worker (level 4)", "Intermediate worker (level 4)"]
    report.write_text('[[column]]\ncalled = "x"\nholds = "secrets"\n', "utf-8")
    assert run(["station", "certificate", "check", *at]) == 4
    assert "secrets" in capsys.readouterr().err
    station.close()


def test_what_the_commands_say(
    ended: Ended, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--station", str(ended.day.station.folder)]
    assert run(["station", "certify", SESSION, "--json", *at]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["decision"], one["certificate"]) for one in told[:4]] == [
        ("granted", FIRST), ("granted", "20264000002"), ("not_yet", None), ("refused", None),
    ]  # fmt: skip
    assert told[2]["reasons"][1]["zh-CN"].startswith("技能操作：2026-03-02 得 59 分")
    assert run(["station", "certify", "--candidate", "20260003", *at]) == 0
    assert run(["station", "certify", *at]) == 4
    assert run(["station", "certificate", "list", *at]) == 0
    paper, sheet = tmp_path / "t.pdf", tmp_path / "r.xlsx"
    assert run(["station", "certificate", "transcript", "20260003", "--out", str(paper), *at]) == 0
    assert "59" in pypdf.PdfReader(paper).pages[0].extract_text()
    assert run(["station", "certificate", "report", "--out", str(sheet), *at]) == 0
    book = openpyxl.load_workbook(sheet)
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0][:2] == ["证书编号", "姓名"]
    assert [row[0] for row in rows[1:]] == [FIRST, "20264000002"]
    assert rows[1][5:7] == ["100", "90"]


def test_a_part_that_failed_is_taken_again_alone(tmp_path: Path) -> None:
    made = an_ended_day(tmp_path)
    later = made.now + timedelta(days=100)
    again = made.day.file(
        "again.scoresheet", signed(rows(("20260003", "考生3", "技能操作", 60, "2026-06-01")))
    )
    assert not receive(made.day.station, [again], later, workers=1).refused
    decided = {one.candidate: one for one in session_cases(made.day.station, SESSION, later)}
    assert decided["20260003"].decision.verdict == "granted"
    assert str(decided["20260003"].decision.on) == "2026-06-01"
    assert later > NOW
    made.day.station.close()
