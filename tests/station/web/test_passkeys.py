"""Passkeys: added, named, used and removed in a real browser; what does not hold opens nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from kiosk.cli import run
from kiosk.station import passkeys, users
from kiosk.station.passkeys import Place
from kiosk.station.registry import passkeys as registered
from kiosk.station.registry.passkeys import PasskeyRow
from kiosk.station.web.passkeys import LASTS_S, Challenges
from tests.station.builders import NOW
from tests.station.web.console import Console, a_console
from tests.station.web.gallery import CHROMIUM, chromium, served, sign_in

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"), planned=False)
    yield made
    made.station.close()


def _device(page: Page) -> tuple[object, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, made["authenticatorId"]


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium here")
def test_a_passkey_is_added_signs_in_and_is_removed(
    console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(console.app) as address, chromium() as browser:
        context = browser.new_context(base_url=address, locale="en")
        page = context.new_page()
        page.set_default_timeout(40_000)
        device, authenticator = _device(page)
        page.goto("/")
        sign_in(page, "planner")
        page.get_by_role("link", name="planner", exact=True).click()
        page.get_by_label("What it is on").fill("office laptop")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.get_by_role("row").filter(has_text="office laptop")).to_be_visible()

        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("link", name="planner", exact=True)).to_be_visible()

        page.get_by_role("button", name="Sign out").click()
        device.send(  # type: ignore[attr-defined]
            "WebAuthn.setUserVerified",
            {"authenticatorId": authenticator, "isUserVerified": False},
        )
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("status")).to_contain_text("gave no passkey")
        device.send(  # type: ignore[attr-defined]
            "WebAuthn.setUserVerified",
            {"authenticatorId": authenticator, "isUserVerified": True},
        )
        folder = str(console.station.folder)
        assert run(["station", "user", "passkeys", "planner", "--station", folder, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)[0]["name"] == "office laptop"
        lost = ["station", "user", "passkeys", "planner", "--remove-all", "--station", folder]
        assert run(lost) == 0
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("opens nothing here")
        context.close()
    record = console.as_("auditor").get("/acts").text
    assert "passkey added" in record
    assert "passkey removed" in record


def test_an_answer_that_does_not_hold_opens_nothing_and_is_counted(console: Console) -> None:
    browser = console.browser()
    for answer in (
        "",
        "{}",
        "[]",
        '{"id": "AA", "rawId": "AA", "type": "public-key"}',
        "x" * 99_999,
    ):
        browser.post("/sign-in/passkey/ask")
        refused = browser.post("/sign-in/passkey", {"answer": answer})
        assert refused.status_code == 401
        assert "opens nothing here" in refused.text
    browser.post("/sign-in/passkey/ask")
    assert browser.post("/sign-in/passkey", {"answer": "{}"}).status_code == 429
    console.clock[0] += timedelta(hours=2)
    planner = console.as_("planner")
    assert planner.post("/account/passkeys", {"name": "x", "answer": "{}"}).status_code == 400
    planner.post("/account/passkeys/ask")
    assert planner.post("/account/passkeys", {"name": "x", "answer": "{}"}).status_code == 400
    assert console.browser().get("/account").url.path == "/sign-in"


def test_a_challenge_is_answered_once_and_in_time() -> None:
    asked = Challenges()
    asked.keep("a", b"1", 0.0)
    assert asked.take("b", 1.0) is None
    assert asked.take("a", 1.0) == b"1"
    assert asked.take("a", 1.0) is None
    asked.keep("a", b"2", 0.0)
    assert asked.take("a", float(LASTS_S)) is None


def test_who_is_shut_out_has_no_passkey_and_nobody_removes_anothers(console: Console) -> None:
    row = PasskeyRow(b"credential", "marker", "key", b"none", 0, 1)
    with console.station.registry.writing() as connection:
        registered.add(connection, row)
    planner = console.as_("planner")
    planner.post("/account/passkeys/remove", {"credential": row.credential.hex()})
    users.set_disabled(console.station, "marker", True, NOW, by="test")
    answer = json.dumps(
        {
            "id": "Y3JlZGVudGlhbA",
            "rawId": "Y3JlZGVudGlhbA",
            "type": "public-key",
            "response": {"clientDataJSON": "", "authenticatorData": "", "signature": ""},
        }
    )
    place = Place("localhost", "http://localhost")
    assert passkeys.authenticate(console.station, answer, b"", place, NOW) is None
    with console.station.registry.reading() as connection:
        assert registered.of_user(connection, "marker") == (row,)
