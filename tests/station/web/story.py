"""A round in the browser, from the plan to the last word: one story, played in either language.

    play(browser, address, console, lang="en", script=False)

Words are looked up by their English, so that the same steps find their way on Chinese pages.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

from playwright.sync_api import Browser, Page, expect

from kiosk.station import enrol
from kiosk.station.certificates.issuing import every_issued
from kiosk.station.registry import acts
from kiosk.station.results import session_results
from kiosk.words import ntext, text
from tests.station.builders import LAYOUT, NOW, SESSION, roster_csv
from tests.station.certificates.sheets import ASSESSOR, rows, signed
from tests.station.web.console import PASSWORD, Console

CAME = ("20260001", "20260002", "20260003")
Seen = Callable[[Page, str], None]


def play(
    browser: Browser,
    address: str,
    console: Console,
    *,
    lang: str,
    script: bool,
    seen: Seen = lambda page, name: None,
) -> None:
    """Plans, publishes, imports, marks, analyses, announces, answers a review, ends, and certifies.

    Args:
        console: its station has banks and people, and no session.
        seen: is shown every page on the way, with a name for it.
    """
    # The tests' executor works in this process: the libraries are read before a page waits for them.
    import_module("kiosk.station.understanding.plots")
    console.clock[0] = NOW - timedelta(days=1)
    story = _Story(browser, address, lang, script, seen)
    admin = story.signed_in("admin")
    story.plans(admin, console)
    story.publishes(admin)
    console.clock[0] = NOW
    admin = story.signed_in("admin", admin)
    story.imports(admin, console)
    story.opens_marking(admin)
    marker = story.signed_in("marker")
    story.marks(marker)
    marker.context.close()
    story.analyses(admin)
    story.announces(admin)
    story.reviews(admin)
    console.clock[0] = NOW + timedelta(days=8)
    admin = story.signed_in("admin", admin)
    story.ends(admin)
    story.certifies(admin, console)
    admin.context.close()

    lines = {line.candidate: line for line in session_results(console.station, SESSION)}
    assert {lines[one].standing for one in CAME} == {"final"}
    assert lines["20260001"].score == 100
    assert lines["20260006"].standing == ""
    with console.station.registry.reading() as connection:
        done = [row.kind for row in acts.of_session(connection, SESSION)]
        issued = [one.name for one in every_issued(connection)]
    assert done == ["publish", "review", "reply", "finalise"]
    assert issued == ["考生1", "考生2"]


class _Story:
    def __init__(self, browser: Browser, address: str, lang: str, script: bool, seen: Seen) -> None:
        self._browser, self._address = browser, address
        self._lang, self._script, self._seen = lang, script, seen

    def say(self, sentence: str, **values: object) -> str:
        return text(sentence, self._lang, **values)

    def signed_in(self, name: str, page: Page | None = None) -> Page:
        """A page at which somebody is signed in; a visit that ended is begun again."""
        if page is None:
            context = self._browser.new_context(
                base_url=self._address,
                locale=self._lang,
                java_script_enabled=self._script,
                bypass_csp=self._script,
                viewport={"width": 1366, "height": 768},
            )
            page = context.new_page()
            page.set_default_timeout(40_000)
        page.goto("/sign-in")
        page.get_by_label(self.say("Name"), exact=True).fill(name)
        page.get_by_label(self.say("Password")).fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name=self.say("Sign in"), exact=True).click()
        return page

    def part(self, page: Page, name: str) -> None:
        parts = page.get_by_role("navigation", name=self.say("Parts"))
        parts.get_by_role("link", name=self.say(name), exact=True).click()

    def press(self, page: Page, name: str, **values: object) -> None:
        page.get_by_role("main").get_by_role("button", name=self.say(name, **values)).first.click()

    def plans(self, page: Page, console: Console) -> None:
        self.part(page, "Plan")
        self._seen(page, "plan")

        def fill(label: str, value: str, **values: object) -> None:
            page.get_by_label(self.say(label, **values), exact=True).fill(value)

        for label, value in (
            ("Session", SESSION),
            ("Round", "R15"),
            ("Exam room", "3 号机房"),
            ("Opens", "2026-03-01T09:00"),
            ("Closes", "2026-03-01T12:00"),
            ("Minutes", "60"),
            ("Hand in after (minutes)", "0"),
        ):
            fill(label, value)
        for at, (count, points) in {1: (4, 2), 2: (2, 3), 4: (2, 3), 5: (2, 10)}.items():
            fill("Items of section {number}", str(count), number=at)
            fill("Points each in section {number}", str(points), number=at)
        for box in (
            page.get_by_role("group", name=self.say("Proctors")).get_by_role("checkbox").all()
        ):
            box.check()
        for name, table in (("layout", LAYOUT), ("roster", roster_csv())):
            file = console.day.file(f"{name}.csv", table.encode())
            page.locator(f"input[name={name}]").set_input_files([file])
        self.press(page, "Check this plan")
        can = self.say("Session {session} can be held", session=SESSION)
        expect(page.get_by_role("heading", name=can)).to_be_visible()
        self._seen(page, "plan-checked")
        self.press(page, "Plan it")
        expect(page.get_by_role("heading", name=SESSION)).to_be_visible()

    def publishes(self, page: Page) -> None:
        self.part(page, "Publish")
        self.press(page, "Publish")
        expect(page.get_by_role("status")).to_contain_text(SESSION)
        self._seen(page, "published")

    def imports(self, page: Page, console: Console) -> None:
        packages = [console.day.sit(number, right=10) for number in CAME]
        files = [
            console.day.file(f"{at}.package", package) for at, package in enumerate(packages, 1)
        ]
        self.part(page, "Import")
        page.get_by_label(self.say("Files from a collecting stick")).set_input_files(files)
        self.press(page, "Import these files")
        figure = page.get_by_role("listitem").filter(has_text=self.say("Imported")).first
        expect(figure).to_contain_text("3")
        self._seen(page, "imported")

    def opens_marking(self, page: Page) -> None:
        self.part(page, "Marking")
        page.get_by_role("link", name=self.say("Open a marking…")).click()
        self._seen(page, "marking-open")
        page.get_by_role("radio").check()
        who = page.get_by_role("group", name=self.say("Who marks"), exact=True)
        who.get_by_role("checkbox", name="marker", exact=True).check()
        page.get_by_label(self.say("Marked by two people")).select_option("none")
        self.press(page, "Open the marking")
        expect(page.get_by_role("heading", name=SESSION)).to_be_visible()
        self._seen(page, "marking")

    def marks(self, page: Page) -> None:
        self.part(page, "Marking")
        page.get_by_role("link", name=self.say("Mark"), exact=True).click()
        self._seen(page, "marking-script")
        for _ in range(2 * len(CAME)):
            table = page.get_by_role("main").get_by_role("table")
            for box, points in zip(table.get_by_role("textbox").all(), "321", strict=True):
                box.fill(points)
            self.press(page, "Give, next")
        done = self.say("All your answers are marked")
        expect(page.get_by_role("heading", name=done)).to_be_visible()
        self._seen(page, "marking-done")

    def analyses(self, page: Page) -> None:
        self.part(page, "Analysis")
        page.get_by_role("main").get_by_role("row").filter(has_text="R15").get_by_role(
            "link"
        ).first.click()
        heading = self.say("The test")
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        row = page.get_by_role("row").filter(has_text=self.say("Candidates"))
        expect(row.first).to_contain_text("3")
        self._seen(page, "analysis")
        items = page.get_by_role("region", name=self.say("Items"), exact=True)
        items.get_by_role("row").nth(1).get_by_role("link").click()
        history = page.get_by_role("region", name=self.say("Every exam it was in"))
        expect(history).to_contain_text(SESSION)
        self._seen(page, "analysis-item")

    def announces(self, page: Page) -> None:
        self.part(page, "Results")
        self._seen(page, "results")
        page.get_by_role("main").get_by_role("link", name=SESSION).click()
        page.locator("select[name=kind]").select_option("publish")
        page.get_by_label(self.say("Reason, for the record")).fill("第 15 批次")
        self.press(page, "Show what would happen")
        self._seen(page, "release-check")
        self.press(page, "Publish results")
        expect(page.get_by_role("status")).to_contain_text("3")
        self._seen(page, "release")

    def reviews(self, page: Page) -> None:
        page.get_by_role("link", name="考生2").click()
        asked = page.get_by_label(self.say("What the candidate asks, and why"))
        asked.fill("第 3 题我填了 2.5")
        self.press(page, "Begin the review")
        self._seen(page, "review")
        page.get_by_label(self.say("The reply, as the candidate will read it")).fill("已核对，无误")
        self.press(page, "Give this reply")
        review = page.get_by_role("region", name=self.say("Review of the score (成绩复核)"))
        expect(review).to_contain_text("已核对，无误")
        self._seen(page, "review-replied")

    def ends(self, page: Page) -> None:
        self.part(page, "Results")
        page.get_by_role("main").get_by_role("link", name=SESSION).click()
        page.locator("select[name=kind]").select_option("finalise")
        page.get_by_label(self.say("Reason, for the record")).fill("公示期满")
        self.press(page, "Show what would happen")
        self.press(page, "Make final")
        expect(page.get_by_role("status")).to_contain_text("3")
        self.part(page, "Record")
        expect(page.get_by_role("main")).to_contain_text("公示期满")
        self._seen(page, "record")

    def certifies(self, page: Page, console: Console) -> None:
        """Two passed in practice, the third did not; what admits them is brought as a table."""
        enrol.enrol(console.station, ASSESSOR.record, NOW)
        self.part(page, "Certificates")
        page.get_by_role("link", name=self.say("What people brought…")).click()
        self._seen(page, "evidence")
        held = "".join(f"{candidate},五级,2020-01-01\n" for candidate in CAME)
        papers = console.day.file("papers.csv", f"准考证号,持有等级,取得日期\n{held}".encode())
        page.locator("input[name=table]").set_input_files([papers])
        page.get_by_label(self.say("Who looked at the papers, for the record")).fill("窗口三")
        self.press(page, "Note all of it")
        noted = self.say("Noted {noted}, known before {known}", noted=len(CAME), known=0)
        expect(page.get_by_role("status")).to_contain_text(noted)
        marks = rows(
            *(
                (f"2026000{n}", f"考生{n}", "技能操作", 59 if n == 3 else 90, "2026-03-02")
                for n in (1, 2, 3)
            )
        )
        sheet = console.day.file("practice.scoresheet", signed(marks))
        self.part(page, "Import")
        page.get_by_label(self.say("Files from a collecting stick")).set_input_files([sheet])
        self.press(page, "Import these files")
        expect(page.get_by_role("main")).to_contain_text("赵考评")
        self.part(page, "Certificates")
        self._seen(page, "certificates")
        page.get_by_role("main").get_by_role("link", name=SESSION).first.click()
        self._seen(page, "certificates-session")
        page.get_by_label(self.say("Reason, for the record")).fill("第 15 批次")
        two = ntext("Issue {n} certificate", "Issue {n} certificates", 2, self._lang)
        page.get_by_role("main").get_by_role("button", name=two).click()
        page.get_by_role("main").get_by_role("link", name="2026400000").first.click()
        expect(page.get_by_role("main")).to_contain_text("E1:")
        self._seen(page, "certificate")
