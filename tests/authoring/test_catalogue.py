"""The catalogue of disciplines names what there is, and says openly what is only an illustration."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from kiosk.assessment.items import Lang
from kiosk.authoring.source_bank import read_source_bank
from kiosk.scoring.standard import Level

BANKS = Path(__file__).parents[2] / "question_banks"
CATALOGUE: dict[str, Any] = tomllib.loads((BANKS / "catalogue.toml").read_text("utf-8"))
LEVELS: list[dict[str, Any]] = CATALOGUE["level"]
RULES: list[dict[str, Any]] = CATALOGUE["pass_rule"]
DISCIPLINES: list[dict[str, Any]] = CATALOGUE["discipline"]
SAMPLES = [one for one in DISCIPLINES if one["status"] == "sample"]
LANGUAGES = {"zh-CN", "en"}


def ids(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]


def test_there_are_42_disciplines_of_one_name_each() -> None:
    assert len(DISCIPLINES) == 42
    for names in (
        ids(DISCIPLINES),
        *([one["title"][lang] for one in DISCIPLINES] for lang in sorted(LANGUAGES)),
    ):
        assert [name for name, n in Counter(names).items() if n > 1] == []


def test_the_levels_are_the_ladder_from_bottom_to_top() -> None:
    assert tuple(ids(LEVELS)) == get_args(Level)


def test_everything_is_named_in_both_languages() -> None:
    titles = [
        entry[kind]
        for entry in (*LEVELS, *RULES, *DISCIPLINES)
        for kind in ("title", "family")
        if kind in entry
    ]
    assert all(set(one) == LANGUAGES and all(one.values()) for one in titles)


def test_a_family_has_one_name_in_each_language() -> None:
    families = {tuple(sorted(one["family"].items())) for one in DISCIPLINES}
    assert len({dict(one)["en"] for one in families}) == len(families)
    assert len({dict(one)["zh-CN"] for one in families}) == len(families)


@pytest.mark.parametrize("discipline", DISCIPLINES, ids=ids(DISCIPLINES))
def test_a_discipline_offers_known_levels_that_its_pass_rule_covers(
    discipline: dict[str, Any],
) -> None:
    (rule,) = [one for one in RULES if one["id"] == discipline["pass_rule"]]
    offered = discipline["levels"]
    assert offered
    assert len(set(offered)) == len(offered)
    assert set(offered) <= set(ids(LEVELS)) & rule["least"].keys()


def test_a_pass_rule_asks_for_marks_that_can_be_had() -> None:
    for rule in RULES:
        for parts in rule["least"].values():
            assert "theory" in parts
            assert all(0 < marks <= rule["full_marks"] for marks in parts.values())


def test_only_what_exists_is_named_and_the_rest_is_called_illustrative() -> None:
    for one in DISCIPLINES:
        named = {"bank", "standard"} & one.keys()
        assert one["status"] in ("sample", "illustrative")
        assert named == ({"bank", "standard"} if one["status"] == "sample" else set())


@pytest.mark.parametrize("discipline", SAMPLES, ids=ids(SAMPLES))
def test_a_named_bank_exists_and_is_of_that_discipline(discipline: dict[str, Any]) -> None:
    head = read_source_bank(BANKS / discipline["bank"]).head
    assert head.id == discipline["bank"]
    assert head.discipline == discipline["id"]
    assert f"{discipline['bank']}/{head.standard}" == discipline["standard"]
    assert set(head.levels) <= set(discipline["levels"])
    languages: set[Lang] = set(head.languages)
    assert languages == LANGUAGES


def test_every_bank_is_named_by_a_discipline() -> None:
    folders = {path.parent.name for path in BANKS.glob("*/bank.toml")}
    assert {one["bank"] for one in SAMPLES} == folders
