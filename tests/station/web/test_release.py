"""Results on their way through the console: what would happen is shown, and exactly that is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from kiosk.scoring.rules import ItemRules
from kiosk.station.registry import acts
from kiosk.station.results import session_results
from tests.station.builders import SESSION, corrected
from tests.station.web.console import Browser, Console, a_console

HERE = f"/results/{SESSION}"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    made = a_console(tmp_path_factory.mktemp("console"))
    day = made.day
    day.import_(*(day.sit(f"2026000{n}", right=right) for n, right in ((1, 8), (2, 5), (3, 2))))
    yield made
    day.station.close()


def _standings(console: Console) -> dict[str, str]:
    return {line.candidate: line.standing for line in session_results(console.station, SESSION)}


def _done(browser: Browser, kind: str, *candidates: str, **fields: str) -> str:
    """Asks, and confirms what was shown."""
    asked = {"kind": kind, "candidate": list(candidates), "reason": "round 15", **fields}
    shown = browser.post(f"{HERE}/check", asked).text
    hidden = dict(re.findall(r'name="(kind|days|reason|candidates)" value="([^"]*)"', shown))
    return browser.post(HERE, hidden).text


def test_a_round_is_published_reviewed_answered_and_final(shared: Console) -> None:
    admin = shared.as_("admin")

    shown = admin.post(f"{HERE}/check", {"kind": "publish", "reason": "round 15", "days": "7"}).text
    assert "3 results would change" in shown
    assert set(_standings(shared).values()) == {"provisional", ""}
    assert "Done, with a leaf in the log: 3 results" in _done(admin, "publish", days="7")
    assert _standings(shared)["20260001"] == "published"

    planner = shared.as_("planner")
    page = planner.get(f"{HERE}/candidates/20260002").text
    assert "Begin a review" in page
    page = planner.post(
        HERE,
        {
            "kind": "review",
            "candidates": "20260002",
            "reason": "Q3: <b>2.5</b> typed",
            "days": "10",
            "back": "candidate",
        },
    ).text
    assert "Q3: &lt;b&gt;2.5&lt;/b&gt; typed" in page
    assert "Give this reply" not in page
    assert "reply by" in planner.get("/results").text
    refused = planner.post(HERE, {"kind": "reply", "candidates": "20260002", "reason": "no"})
    assert refused.status_code == 403
    early = admin.post(f"{HERE}/check", {"kind": "finalise", "reason": "over"}).text
    assert "nobody of whom this is possible" in early

    page = admin.post(
        HERE,
        {"kind": "reply", "candidates": "20260002", "reason": "It said 2,6", "back": "candidate"},
    ).text
    assert "<dd>It said 2,6</dd>" in page
    shared.clock[0] += timedelta(days=8)
    admin = shared.as_("admin")
    _done(admin, "finalise")
    assert _standings(shared)["20260002"] == "final"
    with shared.station.registry.reading() as connection:
        done = [(row.kind, row.made_by) for row in acts.of_session(connection, SESSION)]
    assert done == [
        ("publish", "admin"),
        ("review", "planner"),
        ("reply", "admin"),
        ("finalise", "admin"),
    ]
    assert "It said 2,6" in shared.as_("auditor").get("/acts").text


def test_what_was_shown_is_done_and_nothing_else(shared: Console) -> None:
    admin = shared.as_("admin")
    before = _standings(shared)

    asked = {"kind": "void", "candidate": ["20260001", "20260004"], "reason": "notice 12"}
    shown = admin.post(f"{HERE}/check", asked).text

    assert "1 result would change" in shown
    assert "1 result stays as it is" in shown
    assert 'name="candidates" value="20260001"' in shown
    assert _standings(shared) == before
    none = admin.post(f"{HERE}/check", {"kind": "void", "reason": "notice 12"})
    assert none.status_code == 400
    assert admin.post(f"{HERE}/check", {**asked, "reason": " "}).status_code == 400
    assert admin.post(f"{HERE}/check", {**asked, "days": "9999"}).status_code == 400
    assert admin.post(f"{HERE}/check", {**asked, "kind": "burn"}).status_code == 400
    assert admin.post(HERE, {**asked, "candidates": ""}).status_code == 400
    assert _standings(shared) == before


@pytest.mark.parametrize("role", ["planner", "analyst", "auditor", "marker"])
def test_only_an_administrator_publishes_voids_and_scores_again(shared: Console, role: str) -> None:
    browser = shared.as_(role)
    before = _standings(shared)

    for kind in ("publish", "void", "finalise"):
        fields = {"kind": kind, "candidates": "20260003", "reason": "x"}
        assert browser.post(HERE, fields).status_code == 403
        assert browser.post(f"{HERE}/check", fields).status_code == 403
    item = {"what": "item", "item": "author-s00", "how": "full", "reason": "x"}
    assert browser.post(f"{HERE}/scoring", item).status_code == 403
    named = {"name": "x", "reason": "x"}
    assert browser.post(f"{HERE}/candidates/20260003/name", named).status_code == 403
    assert "Show what would happen" not in browser.get(HERE).text or role == "planner"
    assert browser.get(HERE).status_code == (403 if role == "marker" else 200)
    assert _standings(shared) == before


def test_a_name_is_corrected_and_the_roster_stays(shared: Console) -> None:
    admin = shared.as_("admin")

    page = admin.post(
        f"{HERE}/candidates/20260003/name", {"name": "王<i>喆", "reason": "ID card"}
    ).text

    assert "王&lt;i&gt;喆 · 20260003" in page
    assert "On the roster: 考生3" in page


def test_a_bad_item_shows_who_would_change_before_anybody_does(shared: Console) -> None:
    admin = shared.as_("admin")
    page = admin.get(f"{HERE}/scoring?item=author-s00").text
    assert 'value="author-s00"' in page
    before = {line.candidate: line.score for line in session_results(shared.station, SESSION)}
    _, _, paper = shared.day._paper("20260003")
    wrong = f"author-{paper.items[-1].item}"
    assert f'<option value="{wrong}">' in page

    asked = {"what": "item", "item": wrong, "how": "full", "reason": "two right answers"}
    shown = admin.post(f"{HERE}/scoring/check", asked).text

    assert '<th scope="row">王&lt;i&gt;喆</th>' in shown
    assert before == {
        line.candidate: line.score for line in session_results(shared.station, SESSION)
    }
    told = admin.post(f"{HERE}/scoring", asked).text
    assert "Scored again by version 1001" in told
    after = {line.candidate: line.score for line in session_results(shared.station, SESSION)}
    assert (after["20260003"] or 0) > (before["20260003"] or 0)
    refused = admin.post(f"{HERE}/scoring/check", {**asked, "item": "none"})
    assert (refused.status_code, "no exam of" in refused.text) == (400, True)


def test_a_later_scoring_file_is_chosen_once_it_was_imported(shared: Console) -> None:
    admin = shared.as_("admin")
    assert "<option>2</option>" not in admin.get(f"{HERE}/scoring").text

    def change(rules: ItemRules) -> ItemRules:
        return rules

    shared.day.import_(shared.day.file("later.scoring", corrected(shared.day, change)))

    assert "<option>2</option>" in admin.get(f"{HERE}/scoring").text
    asked = {"what": "version", "exam": "E1", "version": "2", "reason": "corrected"}
    assert "Score again" in admin.post(f"{HERE}/scoring/check", asked).text
    assert "Scored again by version 2" in admin.post(f"{HERE}/scoring", asked).text
    assert admin.post(f"{HERE}/scoring", {**asked, "version": "9"}).status_code == 400
    assert admin.post(f"{HERE}/scoring", {**asked, "version": "x"}).status_code == 400


def test_every_page_is_in_both_languages(shared: Console) -> None:
    chinese, english = shared.as_("admin", "zh-CN"), shared.as_("admin", "en")
    heading = re.compile(r"<(?:title|h1|h2|dt|caption)[^>]*>(.*?)</")
    for path in ("/results", HERE, f"{HERE}/candidates/20260002", f"{HERE}/scoring"):
        one, other = chinese.get(path), english.get(path)
        assert one.status_code == other.status_code == 200, path
        assert not set(heading.findall(one.text)) & set(heading.findall(other.text)) - {
            "考生2 · 20260002"
        }, path
