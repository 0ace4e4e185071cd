"""A package is worth what the plan, the paper and the rules say, and nothing a terminal claims."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from kiosk.artefacts.answer_package import PackageContent
from kiosk.artefacts.chain import Admitted, Happened, new_entry, read_entry
from kiosk.artefacts.kinds import Role
from kiosk.assessment.display import Display
from kiosk.assessment.highlights import Passage
from kiosk.assessment.sitting import (
    Answered,
    Displayed,
    Event,
    HandedIn,
    Highlighted,
    Noted,
    PartBegun,
    PartClosed,
    State,
    Struck,
)
from kiosk.station.batches import Batch, Carried
from kiosk.station.intake import Accepted, Held, Refused, examine
from kiosk.station.kits import Kits
from kiosk.station.results import explain, session_results
from tests.station.builders import SESSION, Day, a_day, expired, plan_toml


def _batch(day: Day, *packages: bytes) -> Batch:
    terminal = day.terminals["T-01"].record
    return Batch(
        str(day.station.key_folder(Role.OPENING)),
        tuple(Carried(terminal, data) for data in packages),
        Kits(day.station).of_terminal(terminal.kid),
    )


def test_a_batch_and_its_verdicts_travel_between_processes(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    batch = _batch(day, day.sit("20260001"), b"noise")

    verdicts = examine(pickle.loads(pickle.dumps(batch)))

    assert [type(verdict) for verdict in verdicts] == [Accepted, Refused]
    assert pickle.loads(pickle.dumps(verdicts)) == verdicts


@pytest.mark.usefixtures("both_databases")
def test_a_score_follows_the_sections_marks(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    answers = day.answers("20260001", 8)
    partly = {item: value[:1] if item[0] == "m" else value for item, value in answers.items()}
    some = {item: value for item, value in answers.items() if item[0] == "s"}

    day.import_(
        day.sit("20260001", answers=partly),  # 8 + 2 * 1 + 6 of 20
        day.sit("20260002", answers={}),
        day.sit("20260003", answers=some if "20260003" == "20260001" else {}),
    )

    rows = session_results(day.station, SESSION)
    assert [(row.score, row.passed) for row in rows[:3]] == [(80, True), (0, False), (0, False)]
    assert some


def test_a_sitting_that_ran_out_of_time_is_scored(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    report = day.import_(day.sit("20260001", end=expired(day, "20260001")))

    assert report.imported == 1


def _own_use(day: Day) -> tuple[Event, ...]:
    """What candidate 20260001 may do for their own use."""
    item, response, choice = _a_choice(day)
    return (
        Struck(20, item, response, choice, True),
        Struck(21, item, response, choice, False),
        Struck(22, item, response, choice, True),
        Noted(22, item, "see 4"),
        Highlighted(22, item, Passage("zh-CN", (0,), 0, 2), True),
        Displayed(23, Display("en", "sepia", 150)),
    )


def _a_choice(day: Day) -> tuple[str, str, str]:
    """An item of candidate 20260001, and a choice of it that is not right."""
    placed = next(one for one in day._paper("20260001")[2].items if one.orders)
    ((response, choices),) = placed.orders.items()
    right = day.answers("20260001", 8)[placed.item]
    return placed.item, response, next(one for one in choices if one not in right)


def test_what_a_candidate_does_for_their_own_use_is_replayed_and_changes_no_score(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)

    (plain,) = examine(_batch(day, day.sit("20260001")))
    (verdict,) = examine(_batch(day, day.sit("20260001", events=_own_use(day))))

    assert isinstance(plain, Accepted)
    assert isinstance(verdict, Accepted)
    assert verdict.result == plain.result


def test_a_choice_struck_out_that_the_paper_has_not_is_caught(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    item, response, _ = _a_choice(day)
    entry = new_entry(Happened(Struck(20, item, response, "nonsense", True)), 0)

    def edit(content: PackageContent) -> PackageContent:
        return replace(content, journal=(*content.journal[:-1], entry, content.journal[-1]))

    (verdict,) = examine(_batch(day, day.sit("20260001", edit=edit)))

    assert not isinstance(verdict, Accepted)


def _in_parts(day: Day) -> tuple[str, tuple[Event, ...]]:
    """An item of the first part, and a sitting of candidate 20260001 through both parts."""
    answers = day.answers("20260001", 8)
    first = next(item for item in answers if item[0] == "s")
    second = next(item for item in answers if item[0] == "m")
    events = (
        PartBegun(20),
        Answered(30, first, f"r{first}", answers[first]),
        PartClosed(40, "candidate"),
        PartBegun(50),
        Answered(60, second, f"r{second}", answers[second]),
    )
    return first, events


def test_a_forged_journal_that_answers_a_closed_part_is_refused(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    day.plan(plan_toml().replace("count = 4", "count = 4\nminutes = 20"))
    item, events = _in_parts(day)
    late = new_entry(Happened(Answered(70, item, f"r{item}", ())), 0)

    def edit(content: PackageContent) -> PackageContent:
        return replace(content, journal=(*content.journal[:-1], late, content.journal[-1]))

    def sat(**values: Any) -> bytes:
        return day.sit("20260001", answers={}, events=events, end=HandedIn(80), **values)

    (honest,) = examine(_batch(day, sat()))
    (forged,) = examine(_batch(day, sat(edit=edit)))

    assert isinstance(honest, Accepted)
    assert not isinstance(forged, Accepted)
    assert f"item {item} is closed" in forged.reason


def _with_admitted(content: PackageContent, **changes: object) -> PackageContent:
    """The content of a terminal that admitted its candidate on other conditions."""
    journal = []
    for entry in content.journal:
        record = read_entry(entry).record
        if isinstance(record, Admitted):
            record = replace(record, **changes)
        journal.append(new_entry(record, 0))
    return replace(content, journal=tuple(journal))


def test_a_terminal_that_gave_more_time_than_planned_is_caught(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    terms = replace(day.opened.secrets.candidates[0].terms, duration_ms=99_000_000)

    (verdict,) = examine(
        _batch(day, day.sit("20260001", edit=lambda c: _with_admitted(c, terms=terms)))
    )

    assert isinstance(verdict, Held)
    assert "other terms" in verdict.reason


def test_a_paper_that_is_not_the_stations_is_caught(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    paper = day._paper("20260003")[2]  # of the same form, from another seed

    def edit(content: PackageContent) -> PackageContent:
        return replace(_with_admitted(content, paper=paper), paper=paper)

    (verdict,) = examine(_batch(day, day.sit("20260001", answers={}, edit=edit)))

    assert isinstance(verdict, Held)
    assert "not the one the station made" in verdict.reason


def test_a_sitting_that_has_not_ended_is_caught(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    def edit(content: PackageContent) -> PackageContent:
        return replace(content, journal=content.journal[:-1], state=State.RUNNING)

    (verdict,) = examine(_batch(day, day.sit("20260001", edit=edit)))

    assert isinstance(verdict, Held)
    assert "has not ended" in verdict.reason


def test_an_answer_that_the_question_cannot_have_is_caught(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    item = next(name for name in day.answers("20260001", 8) if name[0] == "s")

    (verdict,) = examine(_batch(day, day.sit("20260001", answers={item: ("nonsense",)})))

    assert isinstance(verdict, Held)
    assert "unknown choice" in verdict.reason


@pytest.mark.usefixtures("both_databases")
def test_a_score_is_explained_in_the_authors_names_and_both_languages(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001", right=7))

    english = explain(day.station, SESSION, "20260001", "en")
    chinese = explain(day.station, SESSION, "20260001", "zh-CN")

    assert [item.number for item in english.items] == list(range(1, 9))
    assert english.items[0].item.startswith("author-")
    assert english.items[0].reasons[0] == "Right."
    assert english.items[7].reasons[0] == "Not answered: 0 points."
    assert chinese.items[0].reasons != english.items[0].reasons
