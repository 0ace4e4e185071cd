"""The employers' page in a real browser, from a file and without a network: what it says of each code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Page

from kiosk.artefacts.certificate import (
    CertificateClaim,
    Revoked,
    certificate_text,
    sign_certificate,
)
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.kinds import Role
from kiosk.station.certificates.employers import employers_page, page_of
from kiosk.station.certificates.ladder import read_ladder
from tests.artefacts.samples import STATION as ANOTHER
from tests.station.certificates.conftest import Ended
from tests.station.web.gallery import chromium

CLAIM = CertificateClaim(
    "1", "欧阳喆堃", {"zh-CN": "萃取工", "en": "Operator"}, "L4", "2026-03-09", ""
)


@pytest.fixture(scope="module")
def page_file(ended: Ended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as it is once the second certificate was revoked."""
    station = ended.day.station
    assert b'"revoked": {}' in employers_page(station, ended.now)
    revoked = Revoked(0, {ended.issued[1].number: "2026-03-09"})
    path = tmp_path_factory.mktemp("page") / "verify.html"
    key = station.record(Role.STATION)
    path.write_bytes(page_of(read_ladder(station.folder), key, revoked, ended.now, "zh-CN"))
    return path


@pytest.fixture(scope="module")
def page(page_file: Path) -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context(offline=True, viewport={"width": 1366, "height": 768})
        opened = context.new_page()
        opened.goto(page_file.as_uri())
        yield opened


def _answer(page: Page, code: str) -> str:
    page.locator("#code").fill(code)
    page.locator("#check").click()
    page.locator("#answer:not(:empty)").wait_for()
    return page.locator("#answer").inner_text()


def test_what_the_page_says_of_each_code(ended: Ended, page: Page) -> None:
    station = ended.day.station
    keys = station.keys(Role.STATION)
    first, second = ended.issued
    code = certificate_text(first.token)
    over = CLAIM.__class__("2", "王喆", CLAIM.discipline, "L1", "2020-01-01", "2021-01-01")
    page.get_by_role("button", name="English").click()

    told = _answer(page, code)
    assert "The certificate is valid" in told
    for said in ("考生1", "Intermediate worker (level 4)", first.number, "2026-03-09"):
        assert said in told
    assert "valid" in _answer(page, f"{code.lower()}\r\n")
    revoked = _answer(page, certificate_text(second.token))
    assert "The certificate was revoked on 2026-03-09" in revoked
    assert "考生2" in revoked
    foreign = _answer(page, certificate_text(sign_certificate(CLAIM, ANOTHER, issued_at=1)))
    assert "Not signed by this station" in foreign
    assert "欧阳喆堃" not in foreign
    ended_on = _answer(page, certificate_text(sign_certificate(over, keys, issued_at=1)))
    assert "The certificate ended on 2021-01-01" in ended_on
    rare = _answer(page, certificate_text(sign_certificate(CLAIM, keys, issued_at=1)))
    assert "valid" in rare
    assert "欧阳喆堃" in rare
    for damaged in ("", "hello", "E1:", code[:-5], code + "A", "E1:" + "9" * 300):
        assert "not a certificate's code" in _answer(page, damaged)
    at = len(code) // 2  # within what is signed
    changed = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
    assert "valid" not in _answer(page, changed)

    page.get_by_role("button", name="中文").click()
    assert "证书有效" in _answer(page, code)
    assert "中级工" in page.locator("#answer").inner_text()
    fingerprint = " ".join(record_words(station.record(Role.STATION), "zh-CN"))
    assert fingerprint in page.locator("footer").inner_text()
    assert "截至 2026-03-09" in page.locator("footer").inner_text()


def test_the_page_is_usable_by_everybody_and_asks_nothing_of_a_network(
    ended: Ended, page: Page, page_file: Path
) -> None:
    _answer(page, certificate_text(ended.issued[0].token))
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["impact"]) for one in found] == []
    source = page_file.read_text("utf-8")
    assert "http://" not in source
    assert "https://" not in source
    assert "default-src 'none'" in source
    assert "考生" not in source  # nothing of a person is in it


def test_a_browser_that_cannot_check_says_so_and_vouches_for_nothing(
    ended: Ended, page_file: Path, page: Page
) -> None:
    other = page.context.new_page()
    other.add_init_script("SubtleCrypto.prototype.importKey = () => { throw new Error('none'); }")
    other.goto(page_file.as_uri())
    told = _answer(other, certificate_text(ended.issued[0].token))
    other.close()

    assert "此浏览器不能验证签名" in told
    assert "证书有效" not in told


def test_the_name_of_a_station_stays_in_its_place(ended: Ended) -> None:
    station = ended.day.station
    bad = "</script><script>alert(1)</script><!--@SCRIPT@"
    ladder = replace(read_ladder(station.folder), issuer={"zh-CN": bad, "en": bad})
    key, none = station.record(Role.STATION), Revoked(0, {})
    made = page_of(ladder, key, none, ended.now, "en").decode()
    assert (made.count("<script"), made.count("</script"), made.count("<!--")) == (2, 2, 0)
    (facts,) = re.findall(r'id="facts">(.*?)</script>', made, re.DOTALL)
    assert json.loads(facts)["stations"][0]["name"] == {"zh-CN": bad, "en": bad}


def test_names_that_would_be_markup_are_shown_as_text(ended: Ended, page: Page) -> None:
    bad = "<img src=x onerror=alert(1)>"
    claim = CertificateClaim(bad, bad, {"zh-CN": bad, "en": bad}, bad, bad, "")
    keys = ended.day.station.keys(Role.STATION)
    assert bad in _answer(page, certificate_text(sign_certificate(claim, keys, issued_at=1)))
    assert page.locator("#answer img").count() == 0
    facts = json.loads(page.locator("#facts").text_content() or "")
    assert set(facts["revoked"]) == {ended.issued[1].number}
