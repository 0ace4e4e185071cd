"""What earlier sessions tell of a bank's items, and that a new plan heeds it."""

from fractions import Fraction
from pathlib import Path

import pytest

from kiosk.station import item_history
from kiosk.station.item_history import history_of

from .builders import BANK, SESSION, Day, a_day, plan_toml

LATER = {"2026-03-01T": "2026-03-02T"}


@pytest.fixture
def day(tmp_path: Path) -> Day:
    return a_day(tmp_path)


def used(day: Day, session: str) -> set[str]:
    return {item for form in day.session(session).secrets.forms for item in form.items}


def test_a_second_session_takes_the_items_that_the_first_left(day: Day) -> None:
    first = used(day, SESSION)
    planned = day.plan(plan_toml(session="R15-0302", **LATER), session="R15-0302")
    second = used(day, "R15-0302")
    # Of 8 items of a kind two forms use all single-choice ones and half of the others.
    assert {item[-3] for item in first & second} == {"s"}
    assert [one.used_before for one in planned.forms] == [4, 4]


def test_a_plan_that_is_corrected_does_not_count_its_own_items(day: Day) -> None:
    assert history_of(day.station, BANK, "L4", but_not="other").uses
    assert history_of(day.station, BANK, "L4", but_not=SESSION).uses == {}


def test_enough_answers_at_the_level_tell_how_hard_an_item_is(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(item_history, "LEAST_ANSWERS", 3)
    # The forms are dealt in turn: the candidates 1, 3 and 5 have the same one.
    packages = [
        day.sit(f"2026000{n}", right=right) for n, right in ((1, 8), (3, 8), (5, 0), (2, 8))
    ]
    day.import_(*packages)
    found = history_of(day.station, BANK, "L4", but_not="other").difficulties
    assert len(found) == 8
    assert set(found.values()) == {Fraction(1, 3)}
    assert history_of(day.station, BANK, "L5", but_not="other").difficulties == {}


@pytest.mark.parametrize(
    ("extra", "problem"),
    [
        ("overlap = -1", "overlap is below zero"),
        ('enemies = [["s00", "nobody"]]', "items that the bank does not have: nobody"),
        ("overlap = 0", "2 forms that share 0 items at most need more items"),
    ],
)
def test_what_a_plan_asks_of_its_forms_in_vain_is_told(day: Day, extra: str, problem: str) -> None:
    counts = {"count = 4": "count = 5"} if extra == "overlap = 0" else {}
    text = plan_toml(session="R15-0302", **LATER, **counts, **{"forms = 2": f"forms = 2\n{extra}"})
    with pytest.raises(Exception, match=problem):
        day.plan(text, session="R15-0302")


def test_enemies_of_a_plan_stand_on_no_form_together(day: Day) -> None:
    names = [f"s{n:02}" for n in range(5)]
    enemies = [[f"author-{names[0]}", f"author-{name}"] for name in names[1:]]
    text = plan_toml(
        session="R15-0302",
        **LATER,
        **{"forms = 2": f"forms = 2\nenemies = {enemies}".replace("'", '"')},
    )
    day.plan(text, session="R15-0302")
    for form in day.session("R15-0302").secrets.forms:
        together = {name for name in names if any(item.endswith(name) for item in form.items)}
        assert names[0] not in together or together == {names[0]}
