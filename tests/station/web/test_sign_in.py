"""Who gets in, who does not, and what a form of another site can do: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import users
from kiosk.station.acts import MAY
from kiosk.station.registry import users as registered
from kiosk.station.users import RIGHTS, Right, UserRole
from kiosk.station.web import serving, visits
from kiosk.station.web.app import COUNT_THEMSELVES, ROUTERS
from tests.station.web.console import PASSWORD, Console, a_console

NOBODYS = frozenset(
    {"/", "/sign-in", "/sign-in/passkey", "/sign-in/passkey/ask", "/sign-out", "/language"}
)
"""What is there for whoever comes."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Console:
    return a_console(tmp_path_factory.mktemp("console"))


@pytest.fixture
def console(shared: Console) -> Iterator[Console]:
    shared.app.state.tries._failed.clear()
    at = shared.clock[0]
    yield shared
    shared.clock[0] = at


def test_a_page_leads_to_the_sign_in_and_back(console: Console) -> None:
    browser = console.browser()

    asked = browser.get("/sessions?state=open")

    assert asked.url.path == "/sign-in"
    assert asked.url.params["next"] == "/sessions?state=open"
    assert 'value="/sessions?state=open"' in asked.text
    signed_in = browser.sign_in("planner", next="/sessions?state=open")
    assert signed_in.url.raw_path == b"/sessions?state=open"
    assert "R15-0301" in signed_in.text


@pytest.mark.parametrize(
    "away",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil",
        "/a\n/b",
        "/\t/evil.example",
        "evil.example",
        "",
    ],
)
def test_no_form_leads_to_another_site(console: Console, away: str) -> None:
    browser = console.browser()
    for path, fields in (
        ("/language", {"lang": "en"}),
        ("/sign-in", {"name": "admin", "password": PASSWORD}),
    ):
        told = browser.post(path, {**fields, "next": away}, follow_redirects=False)
        assert (told.status_code, told.headers["location"]) == (303, "/"), path
    assert browser.get("/sign-in", params={"next": away}).url.host == "testserver"


def test_a_wrong_password_and_a_name_that_nobody_has_get_one_answer(console: Console) -> None:
    browser = console.browser()

    wrong = browser.sign_in("admin", "not the password at all")
    unknown = browser.sign_in("nobody", PASSWORD)

    assert wrong.status_code == unknown.status_code == 401
    assert "do not belong together" in wrong.text
    assert "do not belong together" in unknown.text


def test_tries_cost_longer_and_longer_waits_at_that_address_alone(console: Console) -> None:
    browser = console.browser()
    for _ in range(5):
        assert browser.sign_in("admin", "not the password at all").status_code == 401

    refused = browser.sign_in("admin")

    assert refused.status_code == 429
    assert "Wait 15 s" in refused.text
    assert console.browser(client=("192.0.2.7", 5)).sign_in("admin").status_code == 200
    console.clock[0] += timedelta(seconds=16)
    assert browser.sign_in("admin").status_code == 200


def test_signing_in_gives_a_token_that_was_not_known_before(console: Console) -> None:
    browser = console.browser()
    browser.get("/sign-in")
    before = browser.client.cookies["kiosk"]

    signed_in = browser.sign_in("admin")

    assert browser.client.cookies["kiosk"] != before
    cookie = signed_in.history[0].headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    secure = console.browser(base_url="https://testserver")
    cookie = secure.sign_in("admin").history[0].headers["set-cookie"]
    assert cookie.startswith("__Host-kiosk=")
    assert "Secure" in cookie


def test_the_registry_holds_no_token_and_no_password(console: Console) -> None:
    browser = console.as_("admin")
    content = (console.station.folder / "station.db").read_bytes()
    content += (console.station.folder / "station.db-wal").read_bytes()

    assert browser.client.cookies["kiosk"].encode() not in content
    assert PASSWORD.encode() not in content
    assert b"$argon2id$" in content


def test_signing_out_ends_the_visit_for_the_cookie_too(console: Console) -> None:
    browser = console.as_("admin")
    token = browser.client.cookies["kiosk"]

    browser.post("/sign-out")
    browser.client.cookies.set("kiosk", token)

    assert browser.get("/sessions").url.path == "/sign-in"


@pytest.mark.parametrize("away", [timedelta(hours=2), timedelta(hours=13)])
def test_a_tab_left_for_a_night_signs_in_again(console: Console, away: timedelta) -> None:
    browser = console.as_("admin")

    console.clock[0] += away

    assert browser.get("/sessions").url.path == "/sign-in"


def test_a_visit_ends_after_twelve_hours_however_busy(console: Console) -> None:
    browser = console.as_("admin")

    for _ in range(7):
        console.clock[0] += timedelta(hours=1, minutes=40)
        assert browser.get("/sessions").url.path == "/sessions"
    console.clock[0] += timedelta(minutes=30)

    assert browser.get("/sessions").url.path == "/sign-in"


def test_every_form_needs_the_token_of_its_visit(console: Console) -> None:
    browser = console.as_("admin")
    others = console.as_("admin").csrf()

    for path in _paths("POST"):
        for token in ("", others):
            answer = browser.client.post(
                path, data={"csrf": token, "lang": "en"}, files=_files(path)
            )
            assert answer.status_code == 403, path
            assert "Nothing was done" in answer.text


def test_every_page_and_form_asks_who_somebody_is_and_what_they_may(console: Console) -> None:
    nobody, auditor, nothing = console.browser(), console.as_("auditor"), console.as_("marker")
    for path in set(_paths("GET")) - NOBODYS:
        assert nobody.get(path).url.path == "/sign-in", path
        if not path.startswith(("/account", "/marking")):
            assert nothing.get(path).status_code == 403, path
    for path in set(_paths("POST")) - NOBODYS:
        fields = {"csrf": nobody.csrf(), "lang": "en"}
        asked = nobody.client.post(path, data=fields, files=_files(path))
        assert "Sign in" in asked.text, path
        if not path.startswith("/account"):
            told = auditor.post(path, files=_files(path))
            assert (told.status_code, "may do" in told.text) == (403, True), path


def test_who_may_do_some_act_is_let_through_to_acts_and_nobody_else() -> None:
    some = {role for roles in MAY.values() for role in roles}
    assert {role for role, rights in RIGHTS.items() if Right.ACT in rights} == some


def _paths(method: str) -> list[str]:
    """The paths that take `method` from browsers."""
    paths = [
        route.path.replace("{", "").replace("}", "")
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and method in (route.methods or ())
    ]
    assert len(paths) > 15
    return [path for path in paths if not path.startswith(("/api/", "/static/"))]


def _files(path: str) -> dict[str, tuple[str, bytes]] | None:
    return {"files": ("a.package", b"x")} if path in COUNT_THEMSELVES else None


def test_a_form_that_another_site_sends_is_not_even_read(console: Console) -> None:
    browser = console.as_("admin")

    answer = browser.post("/sign-out", headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert browser.get("/sessions").url.path == "/sessions"


def test_pages_keep_browsers_to_our_own_scripts_and_styles(console: Console) -> None:
    page = console.as_("admin").get("/sessions")

    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-store"
    assert "style=" not in page.text
    assert "<script>" not in page.text


def test_a_form_of_a_megabyte_is_refused_while_it_comes(console: Console) -> None:
    browser = console.browser()

    def endless() -> Iterator[bytes]:
        yield b"name="
        for _ in range(64):
            yield b"x" * 65536

    form = {"content-type": "application/x-www-form-urlencoded"}
    for content in (b"x" * 1_100_000, endless()):
        assert browser.client.post("/sign-in", content=content, headers=form).status_code == 413


@pytest.mark.parametrize("role", list(UserRole))
def test_a_role_sees_what_it_may_and_no_more(console: Console, role: UserRole) -> None:
    browser = console.as_(role)

    assert (browser.get("/sessions").status_code == 200) == (Right.SEE in RIGHTS[role])


def test_an_auditor_may_do_nothing_at_all() -> None:
    changing = {Right.PLAN, Right.IMPORT, Right.DECIDE, Right.MARK, Right.ADMINISTER}

    assert not RIGHTS[UserRole.AUDITOR] & changing


def test_the_language_is_the_readers_and_can_be_changed(console: Console) -> None:
    browser = console.browser("zh-CN,zh;q=0.9")

    assert "<h1>登录</h1>" in browser.get("/sign-in").text
    browser.post("/language", {"lang": "en", "next": "/sign-in"})
    assert "<h1>Sign in</h1>" in browser.get("/sign-in").text


def test_what_somebody_calls_themselves_is_never_markup(console: Console) -> None:
    page = console.browser().sign_in("<b>x</b>", "not a password of theirs")

    assert "<b>x</b>" not in page.text
    assert "&lt;b&gt;x" in page.text


def test_the_record_says_roles_in_the_reader_s_words(console: Console) -> None:
    users.add_user(
        console.station,
        "two",
        "a long enough one",
        [UserRole.PLANNER, UserRole.MARKER],
        console.clock[0],
        by="test",
    )

    shown = console.as_("auditor", "zh-CN").get("/acts").text

    assert "<td>two</td><td>阅卷员、考务员</td>" in shown


def test_acts_are_noted_with_who_and_from_where(console: Console) -> None:
    console.browser().sign_in("admin", "wrong password it is")
    console.as_("analyst")

    with console.station.registry.reading() as connection:
        last, before = registered.noted(connection, 2)

    assert (last.who, last.act, last.origin) == ("analyst", "signed in", "testclient")
    assert (before.act, before.subject) == ("sign-in refused", "admin")


def test_a_new_password_ends_the_visits_of_the_old_one(console: Console) -> None:
    now = console.clock[0]
    users.add_user(console.station, "王敏", PASSWORD, [UserRole.ANALYST], now, by="test")
    browser = console.as_("王敏")

    users.set_password(console.station, "王敏", "another row of words", now, by="test")

    assert browser.get("/sessions").url.path == "/sign-in"
    assert browser.sign_in("王敏").status_code == 401
    assert browser.sign_in("王敏", "another row of words").status_code == 200
    users.set_disabled(console.station, "王敏", True, now, by="test")
    assert browser.get("/sessions").url.path == "/sign-in"
    assert browser.sign_in("王敏", "another row of words").status_code == 401


def test_somebody_is_always_left_to_administer(console: Console) -> None:
    now = console.clock[0]

    with pytest.raises(NotPermitted, match="nobody would be left"):
        users.set_disabled(console.station, "admin", True, now, by="test")
    with pytest.raises(NotPermitted, match="nobody would be left"):
        users.set_roles(console.station, "admin", [UserRole.MARKER], now, by="test")
    assert console.as_("admin").get("/sessions").status_code == 200


@pytest.mark.parametrize(
    "password", ["short", "aaaaaaaaaaaaaaaa", "陈明 and 陈明 again", "x" * 201]
)
def test_a_password_that_is_easily_guessed_is_refused(console: Console, password: str) -> None:
    with pytest.raises(InputRefused):
        users.add_user(
            console.station, "陈明", password, [UserRole.MARKER], console.clock[0], by="test"
        )


def test_users_are_added_at_the_command_line_with_the_password_from_a_pipe(
    console: Console, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Pipe:
        def isatty(self) -> bool:
            return False

        def readline(self) -> str:
            return "five words in a row\n"

    monkeypatch.setattr("sys.stdin", Pipe())
    at = ["--station", str(console.station.folder)]

    assert run(["station", "user", "add", "赵审", "--role", "auditor", *at]) == 0
    assert run(["station", "user", "add", "赵审", "--role", "auditor", *at]) == 4
    assert run(["station", "user", "add", "钱", "--role", "king", *at]) == 4
    assert run(["station", "user", "list", *at]) == 0
    assert "赵审" in capsys.readouterr().out
    assert console.browser().sign_in("赵审", "five words in a row").status_code == 200


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("10.0.0.4", False),
    ],
)
def test_nothing_is_served_in_the_clear_to_other_machines(host: str, loopback: bool) -> None:
    if loopback:
        serving.require_safe(host, None, None)
    else:
        with pytest.raises(NotPermitted, match="certificate"):
            serving.require_safe(host, None, None)


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.pem").touch()
    with pytest.raises(InputRefused, match="together"):
        serving.require_safe("0.0.0.0", tmp_path / "c.pem", None)
    with pytest.raises(InputRefused, match="no such file"):
        serving.require_safe("0.0.0.0", tmp_path / "c.pem", tmp_path / "k.pem")


def test_where_a_page_may_lead_is_inside() -> None:
    assert visits.inside("/sessions?a=b") == "/sessions?a=b"
    assert visits.inside("sessions") == "/"
