"""A plan that cannot be held is refused with everything that is wrong; one that can is kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import encode
from kiosk.artefacts.id_number import id_digest
from kiosk.artefacts.kinds import Role
from kiosk.assessment.sitting import Part, Terms
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station import enrol
from kiosk.station.exam_parts import lasting
from kiosk.station.keys import open_session_key
from kiosk.station.plan_checks import PlanRefused
from kiosk.station.publish import publish
from kiosk.station.registry import plans
from tests.station.builders import LAYOUT, NOW, SESSION, Day, a_day, plan_toml, roster_csv


def _problems(day: Day, text: str = "", roster: str | bytes = "") -> list[str]:
    with pytest.raises(PlanRefused) as refusal:
        day.plan(text, roster)
    with day.station.registry.reading() as connection:
        assert plans.every_session(connection) == ()
    return [problem.summary for problem in refusal.value.problems]


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return a_day(tmp_path, planned=False)


def test_a_plan_becomes_a_session_with_forms_seeds_and_terms_of_its_own(day: Day) -> None:
    planned = day.plan(
        roster=roster_csv()
        .replace("考生1,01", "考生1,01,25,200,dark,2")
        .replace("机位", "机位,加时比例,字号,配色,单独休息")
    )

    secrets = day.opened.secrets
    assert (planned.candidates, planned.terminals, planned.spares) == (6, 7, 1)
    assert len({one.seed for one in secrets.candidates}) == 6
    assert {one.form for one in secrets.candidates} == {"E1-1", "E1-2"}
    assert [one.terms.duration_ms // 60_000 for one in secrets.candidates] == [75, *[60] * 5]
    granted = secrets.candidates[0]
    assert granted.accommodations == ("extra_time", "text_200", "colours_dark", "breaks_2")
    assert granted.terms.free_breaks == secrets.candidates[1].terms.free_breaks + 2
    assert secrets.candidates[1].accommodations == ()


def test_an_identity_number_goes_into_the_session_as_a_digest_alone(day: Day) -> None:
    number = "11010519491231002X"
    day.plan(
        roster=roster_csv()
        .replace("考生1,01", f"考生1,01,{number.lower()}")
        .replace("机位", "机位,身份证号")
    )

    opened = day.opened
    digests = [one.id_digest for one in opened.secrets.candidates]
    with day.station.registry.reading() as connection:
        sealed = plans.require_session(connection, SESSION).sealed_key
    key = open_session_key(sealed, SESSION, day.station.keys(Role.OPENING))
    assert digests == [id_digest(key, SESSION, number), *[None] * 5]
    kept = b"".join(path.read_bytes() for path in day.station.folder.rglob("*") if path.is_file())
    assert number.encode() not in encode(opened.secrets) + kept


def test_a_column_that_means_nothing_to_us_is_told(day: Day) -> None:
    planned = day.plan(roster="准考证号,姓名,机位,加时（分）\n1,A,01,30\n")

    assert planned.passed_over == ("加时（分）",)


def test_local_times_become_utc(day: Day) -> None:
    assert day.plan().opens_at == 1_772_326_800  # 2026-03-01T01:00:00Z


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('zone = "Asia/Shanghai"', "", "a local time without a zone"),
        ('zone = "Asia/Shanghai"', 'zone = "Mars/Olympus"', "no time zone"),
        ("2026-03-01T12:00:00", "2026-03-01T08:00:00", "closes before it opens"),
        ('"李监考", "王监考"', '"李监考"', "6 candidates need 2 proctors"),
        ('"李监考", "王监考"', '"李监考", "赵监考"', "nobody is enrolled as '赵监考'"),
        ('"李监考", "王监考"', '"李监考", "李监考"', "stands twice"),
        ('name = "T-02"', 'name = "T-77"', "nobody is enrolled as 'T-77'"),
        ('name = "T-02"', 'name = "T-01"', "the terminal T-01 stands twice"),
        ('seat = "02"', 'seat = "01"', "the seat 01 stands twice"),
        ('level = "L4"', 'level = "L3"', "no items for level L3"),
        ('level = "L4"', 'level = "L9"', "no level 'L9'"),
        ('level = "L4"', 'level = "L4"\nversion = "0"', "was not admitted"),
        ('level = "L4"', 'level = "L4"\ntools = ["abacus"]', "no tool 'abacus'"),
        ("count = 4", "count = 40", "needs 40 items"),
        ("count = 4", "count = 4\nminutes = 0", "minutes is no whole number above zero"),
        ("count = 4", 'count = 4\nminutes = "9"', "minutes is no whole number above zero"),
        ("count = 4", "count = 4\nminutes = 60", "minutes of the sections are 60, the exam has 60"),
        ("count = 4", "count = 4\nminutes = 61", "minutes of the sections are 61"),
        ("count = 4", 'count = 4\nnavigation = "random"', "no navigation 'random'"),
        ("points = 3\nmarking", "points = 3\nminutes = 9\nmarking", "stand apart from each other"),
        ("pass = 60", "pass = 600", "pass mark"),
        ('session = "R15-0301"', 'session = "../x"', "cannot name a session"),
    ],
)
def test_what_a_plan_asks_in_vain_is_told(day: Day, old: str, new: str, problem: str) -> None:
    text = plan_toml().replace(old, new)
    assert text != plan_toml()

    assert any(problem in found for found in _problems(day, text))


def test_faults_of_plan_and_roster_are_told_together(day: Day) -> None:
    text = plan_toml().replace('"李监考", "王监考"', '"李监考"')
    roster = roster_csv().replace("20260002", "20260001").replace("考生3", "")

    found = _problems(day, text, roster)

    assert found == [
        "the candidate number 20260001 stands in row 2 already",
        "the name is empty",
        "4 candidates need 2 proctors, the plan names 1",
    ]


def test_a_room_of_thirty_one_needs_three_proctors(day: Day) -> None:
    roster = "number,name\n" + "".join(f"{n},N{n}\n" for n in range(31))
    text = plan_toml().replace('seats = "fixed"', 'seats = "drawn"')

    assert _problems(day, text, roster) == [
        "31 candidates need 3 proctors, the plan names 2",
        "31 candidates, 7 terminals",
    ]


def test_a_roster_in_gb18030_is_read(day: Day) -> None:
    day.plan(roster=roster_csv().replace("考生1", "赟喆").encode("gb18030"))

    assert day.opened.secrets.candidates[0].name == "赟喆"


def test_a_terminal_is_in_one_room_at_a_time(day: Day) -> None:
    day.plan()

    with pytest.raises(PlanRefused, match="terminal T-01 is in session R15-0301"):
        day.plan(session="R15-0302")


def test_a_plan_can_be_corrected_until_it_is_published(day: Day, tmp_path: Path) -> None:
    day.plan()
    with pytest.raises(InputRefused, match="--replace"):
        day.plan()

    day.plan(roster=roster_csv(5), replace=True)
    assert len(day.opened.secrets.candidates) == 5

    publish(day.station, tmp_path / "usb", None, NOW)
    with pytest.raises(NotPermitted, match="published already"):
        day.plan(replace=True)


def test_a_session_whose_results_came_is_not_replaced(day: Day) -> None:
    day.plan()
    day.import_(day.sit("20260001"))

    with pytest.raises(NotPermitted, match="came back already"):
        day.plan(replace=True)
    assert day.opened.plan.id == SESSION


def test_a_window_that_is_over_cannot_be_planned(day: Day) -> None:
    over = plan_toml().replace("2026-03-01T", "2026-02-01T")

    assert "the window of the session is over already" in _problems(day, over)


def test_a_common_start_has_a_code_in_every_minute_of_its_window(day: Day) -> None:
    common = plan_toml().replace("[policy]", '[policy]\nstart = "common"')
    longer = common.replace("closes = 2026-03-01T12:00:00", "closes = 2026-03-01T21:00:00")

    assert "a common start needs a window shorter than 12 hours" in _problems(day, longer)
    day.plan(common.replace("closes = 2026-03-01T12:00:00", "closes = 2026-03-01T20:59:59"))


def test_a_revoked_terminal_cannot_be_planned(day: Day) -> None:
    enrol.revoke(day.station, "T-01", NOW)

    assert "nobody is enrolled as 'T-01'" in _problems(day)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("session = ", "not valid TOML"),
        ("session = 5", "Expected `?'?str"),
        (plan_toml() + "\nsurprise = 1\n", "surprise"),
        (plan_toml().replace('room = "3 号机房"', ""), "room"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_entry(day: Day, text: str, message: str) -> None:
    with pytest.raises(InputRefused, match=message):
        day.plan(text)


def test_no_copy_of_the_registry_opens_the_session(day: Day) -> None:
    day.plan()
    database = (day.station.folder / "station.db").read_bytes()
    log = day.station.folder / "station.db-wal"
    everything = database + (log.read_bytes() if log.exists() else b"")

    assert day.opened.secrets.bank_keys["E1"] not in everything
    assert all(one.seed not in everything for one in day.opened.secrets.candidates)


def test_a_plan_may_say_how_new_a_program_it_needs(day: Day) -> None:
    day.plan(f'minimum_version = "1.2"\n{plan_toml()}')

    assert day.opened.plan.minimum_version == "1.2"


def test_a_version_that_is_none_is_refused(day: Day) -> None:
    problems = _problems(day, f'minimum_version = "newest"\n{plan_toml()}')

    assert problems == ["minimum_version is 'newest'"]


def test_sections_with_minutes_are_parts_and_the_others_share_the_rest(day: Day) -> None:
    text = plan_toml().replace("count = 4", "count = 4\nminutes = 20\nnavigation = 'linear'")
    roster = roster_csv(3).replace("机位", "机位,延时百分比").replace("考生1,01", "考生1,01,25")

    day.plan(text, roster)

    plan, (extra, usual, _) = day.opened.plan, day.opened.secrets.candidates
    assert plan.exams[0].terms == usual.terms
    assert usual.terms.linear == ("S1",)
    parts = (Part(("S1",), 20 * 60_000), Part(("S2", "S3"), 40 * 60_000))
    assert usual.terms.parts == parts
    assert [part.duration_ms for part in extra.terms.parts] == [25 * 60_000, 50 * 60_000]
    assert extra.terms.duration_ms == 75 * 60_000


def test_without_minutes_an_exam_has_no_parts(day: Day) -> None:
    day.plan(plan_toml().replace("duration_minutes = 60", "duration_minutes = 60\ntools = []"))

    terms = day.opened.secrets.candidates[0].terms
    assert (terms.parts, terms.linear) == ((), ())


@given(
    st.lists(st.integers(1, 200), min_size=1, max_size=6),
    st.integers(0, 300),
    st.integers(0, 90 * 60_000),
)
def test_extra_time_lengthens_every_part_and_they_fill_the_exam(
    minutes: list[int], percent: int, extra_ms: int
) -> None:
    parts = tuple(Part((f"S{n}",), one * 60_000) for n, one in enumerate(minutes))
    whole = sum(minutes) * 60_000
    longer = whole * (100 + percent) // 100 + extra_ms

    terms = lasting(Terms(whole, parts=parts), longer)

    assert sum(part.duration_ms for part in terms.parts) == terms.duration_ms >= longer
    assert terms.duration_ms - longer <= 1_000 * len(parts)
    for before, after in zip(parts, terms.parts, strict=True):
        assert after.duration_ms >= before.duration_ms


def _laid_out(day: Day, table: str, text: str = "") -> str:
    """A plan that names the room's layout, which is `table`."""
    (day.folder / "room.csv").write_text(table, "utf-8")
    own = re.sub(r"\[\[terminal\]\]\n(\w+ = .*\n)+", "", text or plan_toml())
    return own.replace("roster =", 'layout = "room.csv"\nroster =')


def test_the_rooms_layout_names_the_terminals_and_where_they_stand(day: Day) -> None:
    planned = day.plan(_laid_out(day, LAYOUT))

    assert (planned.terminals, planned.spares) == (7, 1)
    seated = day.opened.plan.terminals
    assert [(one.label, one.seat, one.place) for one in seated[:2]] == [
        ("T-01", "01", (1, 2)),
        ("T-02", "02", (1, 3)),
    ]
    assert (seated[-1].seat, seated[-1].place) == (None, (3, 1))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("T-07,,3,1", "T-07,,2,2", "the place 2/2 stands twice"),
        ("T-07,,3,1", "T-07,,0,1", "needs a name, a row and a column"),
        ("T-07,,3,1", "T-07,,3,", "needs a name, a row and a column"),
        ("T-07,,3,1", "T-88,,3,1", "nobody is enrolled as 'T-88'"),
        ("T-07,,3,1", "T-07,=A1,3,1", "a formula stands here"),
        ("考试机", "电脑", "the room's layout has no column 考试机 (terminal)"),
    ],
)
def test_a_layout_that_cannot_be_is_refused_with_its_row(
    day: Day, old: str, new: str, told: str
) -> None:
    problems = _problems(day, _laid_out(day, LAYOUT.replace(old, new)))
    assert any(told in problem for problem in problems), problems


def test_a_plan_has_terminals_or_a_layout_and_never_both(day: Day) -> None:
    both = plan_toml().replace("roster =", 'layout = "room.csv"\nroster =')
    for text in (both, _laid_out(day, LAYOUT).replace('layout = "room.csv"\n', "")):
        assert any("either terminals or the layout" in one for one in _problems(day, text))
