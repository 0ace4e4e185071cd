"""A tab left for a night: what was typed is sent after signing in again, and by nobody else's will."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.station.results import session_results
from kiosk.station.web import unsent
from tests.station.builders import SESSION
from tests.station.web.console import PASSWORD, Browser, Console, a_console

NAME = f"/results/{SESSION}/candidates/20260001/name"
TYPED = {"name": "王喆", "reason": 'ID card "><script>x</script>\n& more'}


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"))
    yield made
    made.station.close()


def _name(console: Console) -> str:
    return session_results(console.station, SESSION)[0].name


def _hidden(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def _asleep(console: Console, browser: Browser, path: str, **sent: object) -> str:
    """The page that answers a form sent the morning after."""
    csrf = browser.csrf()
    console.clock[0] += timedelta(hours=13)
    answer = browser.client.post(path, **{"data": {"csrf": csrf, **TYPED}, **sent})
    assert (answer.status_code, "Your visit had ended" in answer.text) == (401, True)
    return answer.text


def _sign_in_again(browser: Browser, page: str, password: str = PASSWORD) -> str:
    fields = {**_hidden(page.split('action="/sign-in"')[1].split("</form>")[0]), "name": "admin"}
    return browser.client.post("/sign-in", data={**fields, "password": password}).text


def test_what_was_typed_outlasts_the_visit_and_a_wrong_password(console: Console) -> None:
    browser = console.as_("admin")
    page = _asleep(console, browser, NAME)
    assert "<script>x" not in page
    page = _sign_in_again(browser, page, "not the password")
    assert "do not belong together" in page
    page = _sign_in_again(browser, page)

    assert "Go on where you were" in page
    assert "<script>x" not in page
    assert _name(console) == "考生1", "nothing is sent without the person's press"
    form = page.split(f'action="{NAME}"')[1]
    done = browser.client.post(NAME, data=_hidden(form))

    assert done.status_code == 200
    assert _name(console) == "王喆"
    assert (
        "ID card &#34;&gt;&lt;script&gt;x&lt;/script&gt;" in console.as_("admin").get("/acts").text
    )


def test_what_was_typed_is_listed_as_its_form_calls_it(console: Console) -> None:
    browser = console.as_("admin")
    page = _sign_in_again(browser, _asleep(console, browser, NAME, data=TYPED | {"how": "full"}))
    listed = page.split("<dl>")[1].split("</dl>")[0]
    assert re.findall("<dt>(.*?)</dt>", listed) == ["Name", "Reason, for the record"]
    assert 'name="how" value="full"' in page


def test_whatever_a_form_lets_one_type_has_a_label_and_no_label_is_left_over() -> None:
    pages = Path(unsent.__file__).with_name("templates").glob("*.html")
    forms = "".join(page.read_text() for page in pages)
    inputs = re.findall(r"<(?:input|textarea|select)[^>]*>", forms)
    named = [(re.search(r'name="([a-z_]+-?)', one), one) for one in inputs]
    fields = {name[1] for name, _ in named if name} | set(re.findall(r'field\("(\w+)"', forms))
    unshown = r'<select|type="(?:hidden|checkbox|radio|file|password|search)"'
    typed = {name[1] for name, one in named if name and not re.search(unshown, one)}
    assert typed - {"seat-"} <= set(unsent.LABELS) <= fields


def test_a_password_is_typed_again_and_stands_in_no_page(console: Console) -> None:
    browser = console.as_("admin")
    secret = {"name": "li", "password": "a river under five bridges"}
    page = _asleep(console, browser, "/users", data=secret)
    assert "five bridges" not in page
    assert "five bridges" not in _sign_in_again(browser, page)


def test_a_file_is_chosen_again_and_the_rest_is_kept(console: Console) -> None:
    browser = console.as_("admin")
    page = _asleep(
        console, browser, f"/analysis/{SESSION}/groups", files={"table": ("g.csv", b"x")}
    )
    page = _sign_in_again(browser, page)
    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" name="table" required>' in page


@pytest.mark.parametrize(
    "kept", ["{", "[]", '{"to": 1}', '{"to":"//evil.example/x","fields":[],"files":[]}']
)
def test_what_was_tampered_with_leads_nowhere_else(console: Console, kept: str) -> None:
    page = console.browser().sign_in("admin", kept=kept).text
    assert "evil.example" not in page


def test_what_nobody_types_is_not_kept(console: Console) -> None:
    browser = console.as_("admin")
    csrf = browser.csrf()
    console.clock[0] += timedelta(hours=13)
    long = {"csrf": csrf, "name": "x" * unsent.MOST_BYTES}
    assert browser.client.post(NAME, data=long).url.path == "/sign-in"
    assert browser.client.post(NAME, json={"name": "x"}).url.path == "/sign-in"


@pytest.mark.parametrize("path", [NAME, "/imports", "/plans", "/sign-in"])
def test_ten_gigabytes_of_somebody_unknown_are_not_taken(console: Console, path: str) -> None:
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "content-length": str(10 * 1024**3),
    }
    answer = console.browser().client.post(
        path, content=b"x" * 65_536, headers=headers, follow_redirects=False
    )
    assert (answer.status_code, "kept" in answer.text) in ((303, False), (413, False))
