"""`kiosk bank check` finds what an author would be sorry to seal, and is silent about a good bank."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.findings import Finding
from kiosk.authoring.lint import check_bank, require_no_errors
from kiosk.authoring.source_bank import read_source_bank
from kiosk.errors import InputRefused
from tests.authoring.builders import (
    OPTIONS,
    a_bank,
    a_choice,
    a_mapping,
    a_png,
    a_text_entry,
    a_true_false,
    an_item,
)

BANKS = Path(__file__).parents[2] / "question_banks"
SAMPLES = sorted(path.parent.name for path in BANKS.glob("*/bank.toml"))


def four(*, key: str = "A", **named: object) -> list[bytes]:
    return [a_choice(key, identifier=f"I{n}", **named) for n in range(4)]


def findings(folder: Path) -> tuple[Finding, ...]:
    return check_bank(compile_bank(read_source_bank(folder)))


def found(tmp_path: Path, *items: bytes, **named: object) -> str:
    """Findings of a bank with `items` and enough others, as lines."""
    folder = a_bank(tmp_path / "bank", *items, *four(), **named)
    return "\n".join(f"{one.severity} {one.item}: {one.text}" for one in findings(folder))


def test_a_good_bank_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_bank_has_no_errors(name: str) -> None:
    bad = [one for one in findings(BANKS / name) if one.severity == "error"]
    assert bad == []


ITEMS = {
    "two right answers": (
        a_choice(
            "A",
            identifier="X",
            mapping=a_mapping(("A", "1"), ("B", "1")),
            template="map_response",
        ),
        "error X: two right answers where one may be chosen: A, B",
    ),
    "no right answer": (a_choice(identifier="X", most=0), "error X: "),
    "a key that is no choice": (a_choice("E", identifier="X"), "error X: the key 'E' is none"),
    "another choice earns more": (
        a_choice(
            "A",
            identifier="X",
            mapping=a_mapping(("A", "0.5"), ("B", "1")),
            template="map_response",
        ),
        "error X: the key is 'A', but 'B' earns more",
    ),
    "one key of several choices": (
        a_choice("A", identifier="X", most=0),
        "warning X: only one of several choices",
    ),
    "every choice right": (
        a_choice(*"ABCD", identifier="X", most=0),
        "warning X: every choice is right",
    ),
    "choosing all pays": (
        a_choice(
            "A",
            "B",
            identifier="X",
            most=0,
            mapping=a_mapping(("A", "1"), ("B", "1")),
            template="map_response",
        ),
        "warning X: choosing every option earns the full score",
    ),
    "a choice without effect": (
        a_choice(
            "A",
            "B",
            identifier="X",
            most=0,
            mapping=a_mapping(("A", "1"), ("B", "1"), ("C", "-1")),
            template="map_response",
        ),
        "warning X: choosing 'D' neither earns nor costs",
    ),
    "a full score out of reach": (
        a_choice(
            "A", identifier="X", mapping=a_mapping(("A", "1")), template="map_response"
        ).replace(b'identifier="SCORE" c', b'identifier="SCORE" normal-maximum="2" c'),
        "error X: the full score 2 cannot be reached; the best found is 1",
    ),
    "silence that pays": (
        an_item(
            '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>',
            identifier="X",
            declarations='<qti-response-declaration identifier="RESPONSE" cardinality="single"'
            ' base-type="string"><qti-correct-response><qti-value>4</qti-value>'
            "</qti-correct-response></qti-response-declaration>",
            processing="<qti-response-processing><qti-set-outcome-value identifier='SCORE'>"
            "<qti-base-value base-type='float'>1</qti-base-value></qti-set-outcome-value>"
            "</qti-response-processing>",
        ),
        "error X: no answer at all earns points",
    ),
    "two choices that say the same": (
        a_choice("A", identifier="X", options={**OPTIONS, "D": "Kerosene  oil"}),
        "warning X: the choices 'B' and 'D' say the same",
    ),
    "a choice that says what the key says": (
        a_choice("B", identifier="X", options={**OPTIONS, "D": "kerosene oil"}),
        "error X: the choices 'B' and 'D' say the same",
    ),
    "a quiet negation": (
        a_choice("A", identifier="X", prompt="Which of these is not an acid?"),
        "warning X: the question turns on 'not'",
    ),
    "a missing picture": (
        a_choice("A", identifier="X", prompt='<img src="../media/gone.svg" alt="x"/>'),
        "error X: line ",
    ),
    "a picture without words": (
        a_choice("A", identifier="X", prompt='See <img src="../media/p.png"/>'),
        "note X: line ",
    ),
    "an unsupported interaction": (
        a_choice("A", identifier="X").replace(b"choice-interaction", b"order-interaction"),
        "error X: line ",
    ),
}


@pytest.mark.parametrize("name", ITEMS)
def test_an_items_fault_is_found(tmp_path: Path, name: str) -> None:
    data, said = ITEMS[name]
    assert said in found(tmp_path, data, media={"media/p.png": a_png()})


@pytest.mark.parametrize(
    "prompt",
    [
        "Which of these is <strong>not</strong> an acid?",
        "Which of these is NOT an acid?",
        "It does not rain. Which of these is an acid?",
        "Which knot is used?",
        "The voltage should not exceed:",
    ],
)
def test_an_emphasised_or_harmless_negation_is_no_finding(tmp_path: Path, prompt: str) -> None:
    assert found(tmp_path, a_choice("A", identifier="X", prompt=prompt)) == ""


@pytest.mark.parametrize(
    "prompt", ["下列说法错误的是：", "下列不属于酸的是（ ）。", "除煤油外，应当"]
)
def test_chinese_negation_wants_emphasis_too(tmp_path: Path, prompt: str) -> None:
    plain = a_choice("A", identifier="X", prompt=prompt, lang="zh-CN")
    strong = a_choice("A", identifier="Y", prompt=f"<strong>{prompt}</strong>", lang="zh-CN")
    text = found(tmp_path, plain, strong)
    assert "warning X: the question turns on" in text
    assert "warning Y: the question turns on" not in text


def test_a_knowledge_point_with_too_few_items_is_found(tmp_path: Path) -> None:
    lines = findings(a_bank(tmp_path / "bank", *four()[:3]))
    assert [(one.severity, one.text) for one in lines] == [
        ("warning", "knowledge point 'KP-01' has 3 items; it needs 4")
    ]


def test_a_missing_translation_is_found(tmp_path: Path) -> None:
    text = found(tmp_path, a_choice("A", identifier="X", lang="zh-CN"))
    assert "error X: there is no text in en" in text
    assert "error I0: there is no text in zh-CN" in text


def test_languages_of_different_structure_are_found(tmp_path: Path) -> None:
    both = (a_choice("A", identifier="X"), a_choice("B", identifier="X", lang="zh-CN"))
    text = found(tmp_path, *both)
    assert "differs from items/X.en.xml in its interactions, keys or rules" in text


def test_metadata_that_is_missing_or_unknown_is_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four(), reason="")
    manifest = folder / "imsmanifest.xml"
    manifest.write_text(
        manifest.read_text()
        .replace("<id>KP-01</id>", "<id>KP-99</id>", 1)
        .replace("<id>L5</id>", "<id>L1</id>", 1)
        .replace("<value>easy</value>", "<value>so-so</value>", 1)
    )
    texts = {(one.severity, one.item, one.text) for one in findings(folder)}
    assert ("error", "I0", "its knowledge point 'KP-99' is not in the standard") in texts
    assert ("error", "I0", "the bank does not have its level L1") in texts
    assert ("note", "I0", "its metadata names no difficulty") in texts
    assert ("warning", "I1", "its metadata does not say why the key is right") in texts


def test_dead_files_are_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four(), media={"media/dead.png": a_png()})
    (folder / "items" / "LOOSE.en.xml").write_bytes(a_choice("A", identifier="LOOSE"))
    texts = {one.text for one in findings(folder)}
    assert "no item shows the picture media/dead.png" in texts
    assert "the manifest does not list the item file items/LOOSE.en.xml" in texts


def test_a_habit_of_the_longest_key_is_found(tmp_path: Path) -> None:
    options = {"A": "ash", "B": "the one long and careful answer", "C": "bog", "D": "cat"}
    items = [a_choice("B", identifier=f"L{n}", options=options) for n in range(24)]
    assert "in 28 of 28 single choices the key is the longest option" in found(tmp_path, *items)


def test_a_habit_of_place_is_found_where_the_order_is_kept(tmp_path: Path) -> None:
    fixed = [a_choice("C", identifier=f"F{n}", shuffle=False) for n in range(24)]
    assert "in 24 of 24 single choices with a fixed order the key is option 3" in found(
        tmp_path, *fixed
    )


def test_a_habit_of_place_does_not_matter_where_sealing_shuffles(tmp_path: Path) -> None:
    shuffled = [a_choice("C", identifier=f"S{n}") for n in range(24)]
    assert "option 3" not in found(tmp_path, *shuffled)


def test_mostly_true_statements_are_found(tmp_path: Path) -> None:
    items = [a_true_false("true", identifier=f"T{n}") for n in range(20)]
    assert "20 of 20 true/false items are true" in found(tmp_path, *items)


def test_a_level_without_items_for_a_weight_is_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four())
    standard = folder / "standard.toml"
    text = standard.read_text().replace('"F1.1" = 100', '"F1.1" = 60\n"F1.2" = 40')
    content = """[[function.content]]
id = "F1.2"
title = { "en" = "Safety" }

[[function.content.knowledge_point]]
id = "KP-02"
title = { "en" = "Fire" }
levels = ["L5"]

[weights.L5]"""
    standard.write_text(text.replace("[weights.L5]", content))
    texts = {one.text for one in findings(folder)}
    assert "level L5: 'F1.2' weighs 40 % but has no item" in texts


def test_errors_come_first_and_keep_a_bank_from_being_sealed(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four(), a_choice("E", identifier="X"))
    lines = findings(folder)
    assert lines[0].severity == "error"
    with pytest.raises(InputRefused, match=r"1 errors.*X: the key 'E'"):
        require_no_errors(compile_bank(read_source_bank(folder)))


def test_findings_are_said_in_chinese_too(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four()[:1])
    (one,) = check_bank(compile_bank(read_source_bank(folder)), "zh-CN")
    assert one.text == "鉴定点“KP-01”有 1 道题，至少要有 4 道"


def test_a_text_entry_whose_key_its_own_rule_refuses_is_found(tmp_path: Path) -> None:
    data = a_text_entry("Ce", mapping=a_mapping(("cerium", "1")), template="map_response")
    text = found(tmp_path, data.replace(b'"I1"', b'"X"'))
    assert "error X: the declared right answer earns 0, another earns 1" in text
