"""Terminals and proctors are let in at the console once somebody has compared the words, and not before."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from kiosk.artefacts.enrolment import OUTLASTED, RESTART, enrolment_code
from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.station.registry import parties
from tests.station.builders import enrol_file
from tests.station.web.console import Browser, Console, a_console


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"), planned=False)
    yield made
    made.day.station.close()


def _bring(browser: Browser, *requests: tuple[str, bytes]) -> httpx.Response:
    return browser.post("/devices", files=[("files", request) for request in requests])


def _enrolled(console: Console, name: str) -> list[bool]:
    with console.station.registry.reading() as connection:
        every = parties.every(connection)
    return [one.revoked_at is None for one in every if one.record.name == name]


def test_a_device_is_let_in_when_its_words_were_compared_and_then_revoked(
    console: Console,
) -> None:
    keys = PrivateKeys.generate(Role.TERMINAL, "T-90")
    admin = console.as_("admin")

    shown = _bring(admin, ("T-90.enrol", enrol_file(keys)))
    for lang in ("zh-CN", "en"):
        assert " ".join(record_words(keys.record, lang)) in shown.text
    path, kid = shown.url.path, keys.record.kid.hex()
    assert admin.post(path).status_code == 403
    assert admin.post(path, {"same": "ab" * 32}).status_code == 403
    assert _enrolled(console, "T-90") == []
    assert console.as_("planner").post(path, {"same": kid}).status_code == 403

    done = admin.post(path, {"same": kid})
    assert "Let in: 1" in done.text
    assert _enrolled(console, "T-90") == [True]
    assert admin.get(path).status_code == 400
    again = _bring(admin, ("T-90.enrol", enrol_file(keys)))
    assert "listed already" in again.text

    admin.post(f"/devices/{kid}/revoke")
    assert _enrolled(console, "T-90") == [False]
    record = console.as_("auditor").get("/acts").text
    assert "enrolled" in record
    assert "key revoked" in record


def test_a_computer_that_has_not_shown_a_restart_is_let_in_knowingly_alone(
    console: Console,
) -> None:
    admin = console.as_("admin")
    terminal, proctor = (
        PrivateKeys.generate(role, "T-91") for role in (Role.TERMINAL, Role.PROCTOR)
    )
    without = "is let in without that"
    assert without in _bring(admin, ("a.enrol", enrol_file(terminal))).text
    assert without in _bring(admin, ("a.enrol", enrol_file(terminal, restart="not shown"))).text
    shown = _bring(admin, ("a.enrol", enrol_file(terminal, restart="outlasted")))
    assert without not in shown.text
    assert "T-91 shows the same words" in shown.text
    assert without not in _bring(admin, ("b.enrol", enrol_file(proctor))).text


def test_what_is_no_request_of_a_device_is_told_and_lets_nobody_in(console: Console) -> None:
    author = PrivateKeys.generate(Role.AUTHOR, "生人")
    good = PrivateKeys.generate(Role.PROCTOR, "赵监考")
    admin = console.as_("admin", "zh-CN")

    shown = _bring(
        admin,
        ("a.enrol", enrol_file(author)),
        ("b.enrol", b"nonsense"),
        ("c.enrol", enrol_file(good)),
    )
    assert len(re.findall('name="same"', shown.text)) == 1
    assert "命题人须用离线密钥" in shown.text
    admin.post(shown.url.path, {"same": [author.record.kid.hex(), good.record.kid.hex()]})
    assert (_enrolled(console, "生人"), _enrolled(console, "赵监考")) == ([], [True])
    assert _bring(admin, ("x.jpg", b"x")).status_code == 400
    with console.station.registry.reading() as connection:
        own = parties.every(connection, Role.LOG)[0].record.kid.hex()
    assert admin.post(f"/devices/{own}/revoke").status_code == 400
    draft = shown.url.path.rpartition("/")[2]
    assert not (console.station.folder / "enrolling" / draft).exists()


def test_a_draft_is_named_by_nothing_but_its_token(console: Console) -> None:
    admin = console.as_("admin")
    (console.station.folder / "enrolling").mkdir(exist_ok=True)
    for draft in ("..%2fkeys", "keys", "........", "a" * 30):
        assert admin.get(f"/devices/{draft}").status_code in (400, 404), draft


def test_who_may_not_administer_sees_no_devices(console: Console) -> None:
    for role in ("planner", "marker", "analyst", "auditor"):
        assert console.as_(role).get("/devices").status_code == 403


def test_scanned_codes_tick_what_the_screens_show_and_nothing_else(console: Console) -> None:
    good, silent, false, true = (
        PrivateKeys.generate(Role.TERMINAL, name) for name in ("T-70", "T-71", "T-72", "T-72")
    )
    stray = PrivateKeys.generate(Role.TERMINAL, "T-73")
    admin = console.as_("admin")
    path = _bring(
        admin, *((f"{n}.enrol", _kept(one)) for n, one in enumerate((good, silent, false)))
    ).url.path

    codes = "\r\n".join(enrolment_code(_kept(one)) for one in (good, true, stray))
    shown = admin.post(f"{path}/codes", {"codes": codes + "\r\n"})

    assert re.findall(r'value="([0-9a-f]{16})" checked', shown.text) == [good.record.kid.hex()]
    assert re.findall(r'value="([0-9a-f]{16})">', shown.text) == [silent.record.kid.hex()]
    assert "The screen of T-72 shows another key" in shown.text
    assert "no request is here: T-72, T-73" in shown.text
    admin.post(path, {"same": [one.record.kid.hex() for one in (good, false, true)]})
    assert [_enrolled(console, name) for name in ("T-70", "T-71", "T-72", "T-73")] == [
        *([True], [], [], [])
    ]


def _kept(keys: PrivateKeys) -> bytes:
    """The request of a computer that was restarted."""
    return enrol_file(keys, **{RESTART: OUTLASTED})


def test_codes_alone_are_requests_that_still_wait_for_somebody(console: Console) -> None:
    keys = PrivateKeys.generate(Role.TERMINAL, "T-80")
    admin = console.as_("admin")
    code = enrolment_code(_kept(keys))

    for none in ("", "C1:00", code[:-4], keys.record.kid.hex(), "\n".join([code] * 2 + ["x"])):
        assert admin.post("/devices/codes", {"codes": none}).status_code == 400
    assert console.as_("planner").post("/devices/codes", {"codes": code}).status_code == 403
    shown = admin.post("/devices/codes", {"codes": f"{code}\n{code}\n"})
    assert _enrolled(console, "T-80") == []
    admin.post(shown.url.path, {"same": re.findall('value="(.{16})" checked', shown.text)})
    assert _enrolled(console, "T-80") == [True]


def test_codes_among_the_files_are_no_comparison(console: Console) -> None:
    keys = PrivateKeys.generate(Role.TERMINAL, "T-81")
    code = enrolment_code(enrol_file(keys)).encode()
    shown = _bring(
        console.as_("admin"), ("T-81.enrol", enrol_file(keys)), ("codes", code), ("codes.txt", code)
    )
    assert "T-81 shows the same words" in shown.text
    assert "checked" not in shown.text
