"""What the report of an exam says of options, forms, neighbours, groups and knowledge points."""

from __future__ import annotations

import json

import numpy as np
import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from kiosk.errors import InputRefused
from kiosk.station.understanding.session_answers import Standing
from kiosk.station.understanding.session_report import read_groups, session_report
from tests.station.understanding.takers import a_taker, an_exam


def _codes(remarks: object) -> list[str]:
    return [one.code for one in remarks]  # type: ignore[attr-defined]


def test_options_go_by_thirds_and_the_key_by_the_strong() -> None:
    report = session_report(an_exam(150), "en")
    line = report.items[9]

    shares = {one.option: one for one in line.options}
    key, wrong = shares["A"], shares["B"]
    assert (key.key, wrong.key) == (True, False)
    assert key.share == line.p
    assert sum(one.n for one in line.options) == line.n == 150
    assert key.low is not None
    assert key.high is not None
    assert key.low < key.high
    assert (key.r or 0) > 0 > (wrong.r or 0)
    assert key.r == pytest.approx(line.rir)
    assert (line.exposure, line.seconds, line.knowledge_point) == (1.0, 31.0, "K1")


def test_a_wrong_key_shows_as_an_option_that_attracts_the_strong() -> None:
    exam = an_exam(150)
    items = tuple(replace(item, key=("B",)) if item.item == "q09" else item for item in exam.items)
    takers = tuple(
        replace(
            taker,
            points={**taker.points, "q09": 2.0 if taker.chosen["q09"] == ("B",) else 0.0},
        )
        for taker in exam.takers
    )
    report = session_report(replace(exam, items=items, takers=takers), "en")
    told = {one.code: one.text for one in report.items[9].remarks}
    assert "option A attracted strong candidates: check the key" in told["strong_chose_wrong"]
    assert "negative" in told
    assert not any("strong_chose_wrong" in _codes(line.remarks) for line in report.items[:9])


def test_an_option_nobody_chose_is_named() -> None:
    exam = an_exam(60)
    takers = tuple(
        replace(
            taker,
            chosen={**taker.chosen, "q03": ("B",) if taker.chosen["q03"] != ("A",) else ("A",)},
        )
        for taker in exam.takers
    )
    told = {
        one.code: one.text
        for one in session_report(replace(exam, takers=takers), "zh-CN").items[3].remarks
    }
    assert "C、D" in told["unused_option"]


def test_several_forms_are_said_and_have_figures_of_their_own() -> None:
    report = session_report(an_exam(240, forms=2), "en")

    assert "several_forms" in _codes(report.remarks)
    assert [form.n for form in report.forms] == [120, 120]
    assert report.max == report.forms[0].max == 30
    alphas = [form.alpha or 0 for form in report.forms]
    assert report.alpha == pytest.approx(sum(alphas) / 2)
    assert report.omega is None
    assert [line.n for line in report.items] == [120] * 5 + [240] * 10 + [120] * 5
    assert report.items[0].exposure == 0.5
    # An item that stood on one form alone is as hard as the model made it, by Rasch's model.
    assert report.rasch is not None
    difficulties = list(report.rasch.difficulties.values())
    assert np.corrcoef(difficulties, np.linspace(-1.5, 1.5, 20))[0, 1] > 0.95


def test_neighbours_with_the_same_mistakes_are_named_and_others_are_not() -> None:
    exam = an_exam(80)
    assert session_report(exam, "en").pairs == ()

    weak = min(exam.takers[:40], key=lambda taker: taker.score)
    place = exam.takers.index(weak)
    takers = (
        *exam.takers[: place + 1],
        a_taker(place + 1, dict(weak.chosen)),
        *exam.takers[place + 2 :],
    )
    report = session_report(replace(exam, takers=takers), "en")
    assert [(pair.one, pair.other) for pair in report.pairs] == [
        (weak.candidate, takers[place + 1].candidate)
    ]
    assert report.pairs[0].same == 20 > report.pairs[0].expected
    assert report.pairs_compared == 79


def test_groups_and_knowledge_points_are_shares_of_points() -> None:
    exam = an_exam(120)
    groups = {taker.candidate: "甲" if taker.score > 50 else "乙" for taker in exam.takers}
    report = session_report(exam, "zh-CN", groups=groups, standings=[Standing("L4", 120, 70)])

    point = report.knowledge_points[0]
    assert (point.title, point.items) == ("鉴定点0", 5)
    earned = [taker.points[f"q{n:02}"] or 0 for taker in exam.takers for n in (0, 4, 8, 12, 16)]
    assert point.share == pytest.approx(sum(earned) / (120 * 5 * 2))
    assert point.groups["甲"] > point.groups["乙"]
    first = report.candidates[0]
    assert first.mastery["K0"] == pytest.approx(
        sum(exam.takers[0].points[f"q{n:02}"] or 0 for n in (0, 4, 8, 12, 16)) / 10
    )
    assert report.passed == sum(taker.passed for taker in exam.takers)
    assert report.near_pass is not None
    json.dumps(to_builtins(report), allow_nan=False)


def test_unanswered_is_nought_and_told_apart_from_not_reached() -> None:
    exam = an_exam(40)
    taker = exam.takers[0]
    chosen = {item: () if item in ("q03", "q18", "q19") else ("A",) for item in taker.paper}
    takers = (a_taker(0, chosen), *exam.takers[1:])
    report = session_report(replace(exam, takers=takers), "en")
    assert [
        (line.blank, line.not_reached) for line in report.items if line.item in ("q03", "q18")
    ] == [
        (1, 0),
        (0, 1),
    ]
    assert report.items[18].n == 40


def test_a_table_of_groups_is_read_by_its_column_of_numbers() -> None:
    assert read_groups("单位,准考证号\n一厂,001\n,002\n".encode(), "g") == {
        "001": "一厂",
        "002": "",
    }
    with pytest.raises(InputRefused):
        read_groups(b"a,b\n1,2\n", "g")
