"""`kiosk bank check` finds what an author would be sorry to seal, and is silent about a good bank."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

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
    a_response,
    a_text_entry,
    a_true_false,
    an_item,
    four_choices,
    two_lists,
)

BANKS = Path(__file__).parents[2] / "question_banks"
SAMPLES = sorted(path.parent.name for path in BANKS.glob("*/bank.toml"))


def findings(folder: Path) -> tuple[Finding, ...]:
    return check_bank(compile_bank(read_source_bank(folder)))


def found(tmp_path: Path, *items: bytes, **named: object) -> str:
    """Findings of a bank with `items` and enough others, as lines."""
    folder = a_bank(tmp_path / "bank", *items, *four_choices(), **named)
    return "\n".join(f"{one.severity} {one.item}: {one.text}" for one in findings(folder))


def test_a_good_bank_has_no_findings(tmp_path: Path) -> None:
    assert found(tmp_path) == ""


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_bank_has_no_errors(name: str) -> None:
    bad = [one for one in findings(BANKS / name) if one.severity == "error"]
    assert bad == []


def a_slider(key: str) -> bytes:
    return an_item(
        '<qti-slider-interaction response-identifier="RESPONSE" lower-bound="0" upper-bound="14"'
        ' step="0.5"/>',
        identifier="X",
        declarations=a_response(key, base_type="float"),
    )


def a_match(*key: str, mapping: str = "", limits: int = 0) -> bytes:
    """Rows A and B, columns G1 and G2."""
    rows, columns = (
        "".join(
            f'<qti-simple-associable-choice identifier="{name}" match-max="{most}">{name}'
            "</qti-simple-associable-choice>"
            for name in names
        )
        for names, most in ((("A", "B"), limits), (("G1", "G2"), 0))
    )
    return an_item(
        f'<qti-match-interaction response-identifier="RESPONSE" max-associations="0">'
        f"<qti-simple-match-set>{rows}</qti-simple-match-set>"
        f"<qti-simple-match-set>{columns}</qti-simple-match-set></qti-match-interaction>",
        identifier="X",
        declarations=a_response(
            *key, cardinality="multiple", base_type="directedPair", mapping=mapping
        ),
        processing='<qti-response-processing template="https://purl.imsglobal.org/spec/qti/v3p0/'
        f'rptemplates/{"map_response" if mapping else "match_correct"}"/>',
    )


def noise_png() -> bytes:
    file = io.BytesIO()
    chance = random.Random(4)
    Image.frombytes("RGB", (700, 700), chance.randbytes(3 * 700 * 700)).save(file, "PNG")
    return file.getvalue()


NOISE = noise_png()
"""A picture of more than 1 MiB, which no encoder makes smaller."""

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
    "a key that may not be given": (
        a_choice(*"ABC", identifier="X", most=2),
        "error X: nobody can give the right answer of 'RESPONSE': 3 choices given, at most 2 allowed",
    ),
    "a key beside the scale": (
        a_slider("7.3"),
        "error X: nobody can give the right answer of 'RESPONSE': '7.3' is not on the scale",
    ),
    "two right answers by rules of its own": (
        two_lists()
        .replace(b'identifier="I1"', b'identifier="X"')
        .replace(b"<qti-match>", b"<qti-or><qti-match>", 1)
        .replace(
            b"</qti-match>",
            b"</qti-match><qti-match><qti-variable identifier='R1'/><qti-base-value"
            b" base-type='identifier'>B</qti-base-value></qti-match></qti-or>",
            1,
        ),
        "warning X: two right answers where one may be chosen: by its rules B earns as much",
    ),
    "a pair no candidate can make": (
        a_match("A G1", "A G2", limits=1),
        "error X: nobody can give the right answer of 'RESPONSE': 'A' used 2 times, at most 1",
    ),
    "a full score no pairs can reach": (
        a_match("A G1", mapping=a_mapping(("A G1", "1"), ("A G2", "1")), limits=1).replace(
            b'identifier="SCORE" c', b'identifier="SCORE" normal-maximum="2" c'
        ),
        "error X: the full score 2 cannot be reached; the best found is 1",
    ),
    "a full score that takes more choices than may be made": (
        a_choice(
            "A",
            "B",
            identifier="X",
            most=2,
            mapping=a_mapping(("A", "1"), ("B", "1"), ("C", "1"), ("D", "-1")),
            template="map_response",
        ).replace(b'identifier="SCORE" c', b'identifier="SCORE" normal-maximum="3" c'),
        "error X: the full score 3 cannot be reached; the best found is 2",
    ),
    "a row without a right answer": (
        a_match("A G1"),
        "warning X: nothing is right at 'B'",
    ),
    "choices that differ in a full stop": (
        a_choice("A", identifier="X", options={**OPTIONS, "D": "Kerosene, oil."}),
        "warning X: the choices 'B' and 'D' say the same",
    ),
    "choices that differ in a letter": (
        a_choice(
            "A",
            identifier="X",
            options={
                "A": "unit I is counter-current and needs less solvent",
                "B": "unit II is counter-current and needs less solvent",
            },
        ),
        "note X: the choices 'A' and 'B' are 96 % alike (en)",
    ),
    "words that were not translated": (
        a_choice("A", identifier="X", options={**OPTIONS, "D": "草酸"}),
        "warning X: not translated into en: '草酸'",
    ),
    "a picture that is huge": (
        a_choice("A", identifier="X", prompt='<img src="../media/huge.png" alt="a pump"/>'),
        "warning X: its picture 'a pump' has 14",
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
    assert said in found(tmp_path, data, media={"media/p.png": a_png(), "media/huge.png": NOISE})


@pytest.mark.parametrize(
    "prompt",
    [
        "Which of these is <strong>not</strong> an acid?",
        "Which of these is NOT an acid?",
        "It does not rain. Which of these is an acid?",
        "Which knot is used?",
        "The voltage should not exceed:",
        "Choose at least two:",
        "检查结果有没有系统误差，最直接的做法是：",
    ],
)
def test_an_emphasised_or_harmless_negation_is_no_finding(tmp_path: Path, prompt: str) -> None:
    lang = "en" if prompt.isascii() else "zh-CN"
    item = a_choice("A", identifier="X", prompt=prompt, lang=lang)
    assert "turns on" not in found(tmp_path, item)


@pytest.mark.parametrize(
    "prompt",
    [
        "下列说法错误的是：",
        "下列不属于酸的是（ ）。",
        "除煤油外，应当",
        "下列哪一项不是酸？",
        "下列操作中不得进行的是",
        "与分配比无关的是（　　）",
    ],
)
def test_chinese_negation_wants_emphasis_too(tmp_path: Path, prompt: str) -> None:
    plain = a_choice("A", identifier="X", prompt=prompt, lang="zh-CN")
    strong = a_choice("A", identifier="Y", prompt=f"<strong>{prompt}</strong>", lang="zh-CN")
    text = found(tmp_path, plain, strong)
    assert "warning X: the question turns on" in text
    assert "warning Y: the question turns on" not in text


@pytest.mark.parametrize(
    "prompt",
    [
        "Which of these cannot be stripped? Choose one.",
        "It is an acid. Which one isn't strong?",
        "Hydrochloric acid is never ____ with bare hands.",
    ],
)
def test_a_negation_in_any_sentence_that_asks_wants_emphasis(tmp_path: Path, prompt: str) -> None:
    assert "warning X: the question turns on" in found(
        tmp_path, a_choice("A", identifier="X", prompt=prompt)
    )


@pytest.mark.parametrize(
    "words",
    [
        *(
            "All of the above",
            "none of these.",
            "Both A and C",
            "A, B and D",
            "None of the above is right",
        ),
        *(
            "以上都对",
            "以上皆非",
            "以上答案均不正确",
            "上述三项都是",
            "都正确",
            "A和B",
            "ABC都对",
            "无正确答案",
        ),
    ],
)
def test_a_choice_that_speaks_of_the_others_is_found(tmp_path: Path, words: str) -> None:
    shuffled = a_choice("A", identifier="X", options={**OPTIONS, "D": words})
    kept = a_choice("A", identifier="Y", options={**OPTIONS, "D": words}, fixed="D")
    text = found(tmp_path, shuffled, kept)
    assert (
        f"warning X: the choice 'D' speaks of the others, '{words.rstrip('.')}' (en), and" in text
    )
    assert (
        f"warning Y: the choice 'D' speaks of the others, '{words.rstrip('.')}' (en); write" in text
    )


@pytest.mark.parametrize(
    "words",
    ["Ce", "CO", "60 ℃以上", "both hands", "all valves above", "全部关闭", "AB型", "a or b"],
)
def test_a_choice_about_the_matter_is_no_finding(tmp_path: Path, words: str) -> None:
    text = found(tmp_path, a_choice("A", identifier="X", options={**OPTIONS, "D": words}))
    assert "speaks of the others" not in text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Co", "CO"),
        ("10<sup>2</sup>", "102"),
        ("3.5", "35"),
        ("√3", "3"),
        ("3~5", "35"),
        ("A → B", "A ← B"),
    ],
)
def test_choices_that_chemists_and_numbers_tell_apart_are_no_finding(
    tmp_path: Path, one: str, other: str
) -> None:
    options = {**OPTIONS, "C": one, "D": other}
    assert "say the same" not in found(tmp_path, a_choice("A", identifier="X", options=options))


def test_items_that_are_nearly_the_same_are_found_and_how_near(tmp_path: Path) -> None:
    prompt = "Which of these strips the loaded organic phase of the second cascade?"
    one = a_choice("A", identifier="X", prompt=prompt)
    other = a_choice("A", identifier="Y", prompt=prompt.replace("second", "third"))
    twice = a_choice("A", identifier="Z", prompt=prompt)
    text = found(tmp_path, one, other, twice)
    assert "warning Y: it is 94 % the same as 'X'; rewrite or remove one" in text
    assert "warning Z: it is 100 % the same as 'X'" in text


def test_the_same_question_with_two_keys_is_an_error(tmp_path: Path) -> None:
    text = found(tmp_path, a_choice("A", identifier="X"), a_choice("B", identifier="Y"))
    assert "error Y: it asks the same as 'X' but has another key" in text


def test_enemies_may_be_alike(tmp_path: Path) -> None:
    items = (a_choice("A", identifier="X"), a_choice("A", identifier="Y"))
    folder = a_bank(tmp_path / "bank", *items, *four_choices())
    manifest = folder / "imsmanifest.xml"
    assert any("the same as" in one.text for one in findings(folder))
    relation = (
        "<relation><kind><value>enemy</value></kind><resource><identifier><entry>Y</entry>"
        "</identifier></resource></relation>"
    )
    text = manifest.read_text()
    at = text.index("</lom>")
    manifest.write_text(text[:at] + relation + text[at:])
    assert not any("the same as" in one.text for one in findings(folder))


def test_questions_on_one_text_or_another_picture_are_not_alike(tmp_path: Path) -> None:
    story = "<p>" + "A cascade of twenty mixer-settlers runs at an aqueous flow of 3. " * 4 + "</p>"
    pictures = {f"media/{name}.png": a_png((at, 0, 0)) for at, name in enumerate("pq")}
    items = [
        a_choice(
            "A",
            identifier=name,
            prompt=f"Which way does {asked} go?",
            options=dict(zip("AB", ends, strict=True)),
        ).replace(b"<qti-item-body>", b"<qti-item-body>" + story.encode())
        for name, asked, ends in (
            ("X", "the water", ("up", "down")),
            ("Y", "the solvent", ("left", "right")),
        )
    ] + [
        a_choice("A", identifier=name, prompt=f'<img src="../media/{name}.png" alt="x"/>')
        for name in "pq"
    ]
    assert "the same as" not in found(tmp_path, *items, media=pictures)


def test_a_table_or_number_of_one_language_alone_is_found(tmp_path: Path) -> None:
    table = "<table><tr><td>25</td></tr></table>"
    items = [
        a_choice("A", identifier=name, lang=lang).replace(
            b"<qti-item-body>", b"<qti-item-body>" + more.encode()
        )
        for name, lang, more in (
            ("X", "en", table),
            ("X", "zh-CN", "<p>25</p>"),
            ("Y", "en", "<p>25</p>"),
            ("Y", "zh-CN", "<p>52</p>"),
        )
    ]
    text = found(tmp_path, *items)
    assert "warning X: en and zh-CN differ in their tables, lists, pictures or formulae" in text
    assert "note Y: en and zh-CN differ in the numbers 25, 52; compare them" in text


def with_safety(title: str) -> str:
    """A second work content of the standard, before its weights."""
    return f"""[[function.content]]
id = "F1.2"
title = {{ {title} }}

[[function.content.knowledge_point]]
id = "KP-02"
title = {{ "en" = "Fire" }}
levels = ["L5"]

[weights.L5]"""


def test_items_without_a_weight_and_titles_without_a_language_are_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four_choices())
    standard = folder / "standard.toml"
    text = standard.read_text().replace('"F1.1" = 100', '"F1.2" = 100')
    standard.write_text(text.replace("[weights.L5]", with_safety('"zh-CN" = "安全"')))
    texts = {one.text for one in findings(folder)}
    assert "'F1.2' of the standard has no title in en; add it" in texts
    assert any(
        said.startswith("level L5: 'F1.1' has 4 items but no weight, so that no form takes them")
        for said in texts
    )


def test_a_knowledge_point_with_too_few_items_is_found(tmp_path: Path) -> None:
    lines = findings(a_bank(tmp_path / "bank", *four_choices()[:3]))
    assert [(one.severity, one.text) for one in lines] == [
        ("warning", "knowledge point 'KP-01' has 3 items; it needs 4: write more")
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
    folder = a_bank(tmp_path / "bank", *four_choices(), reason="")
    manifest = folder / "imsmanifest.xml"
    manifest.write_text(
        manifest.read_text()
        .replace("<id>KP-01</id>", "<id>KP-99</id>", 1)
        .replace("<id>L5</id>", "<id>L1</id>", 1)
        .replace("<value>easy</value>", "<value>so-so</value>", 1)
    )
    texts = {(one.severity, one.item, one.text) for one in findings(folder)}
    assert any(
        text.startswith("its knowledge point 'KP-99' is not in the standard") for *_, text in texts
    )
    assert (
        "error",
        "I0",
        "the bank does not have its level L1; correct the item or bank.toml",
    ) in texts
    assert (
        "note",
        "I0",
        "its metadata names no difficulty; say how hard it is, so that forms come out equal",
    ) in texts
    assert (
        "warning",
        "I1",
        "its metadata does not say why the key is right; an appeal will ask",
    ) in texts


def test_dead_files_are_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four_choices(), media={"media/dead.png": a_png()})
    (folder / "items" / "LOOSE.en.xml").write_bytes(a_choice("A", identifier="LOOSE"))
    texts = {one.text for one in findings(folder)}
    assert "no item shows the picture media/dead.png; remove it" in texts
    assert any(
        said.startswith("the manifest does not list the item file items/LOOSE.en.xml")
        for said in texts
    )


def test_a_habit_of_the_longest_key_is_found(tmp_path: Path) -> None:
    options = {"A": "ash", "B": "the one long and careful answer", "C": "bog", "D": "cat"}
    items = [a_choice("B", identifier=f"L{n}", options=options) for n in range(24)]
    assert "in 27 of 27 single choices the key is the longest option" in found(tmp_path, *items)


def test_a_habit_of_place_is_found_where_the_order_is_kept(tmp_path: Path) -> None:
    fixed = [a_choice("C", identifier=f"F{n}", shuffle=False) for n in range(24)]
    assert "in 24 of 24 single choices with a fixed order the key is option 3" in found(
        tmp_path, *fixed
    )


def test_a_habit_of_place_is_for_information_where_sealing_shuffles(tmp_path: Path) -> None:
    shuffled = [a_choice("C", identifier=f"S{n}") for n in range(24)]
    said = found(tmp_path, *shuffled)
    assert "with a fixed order" not in said
    assert (
        "note : in 25 of 28 single choices the key is written as option 3; sealing shuffles" in said
    )


def test_mostly_true_statements_are_found(tmp_path: Path) -> None:
    items = [a_true_false("true", identifier=f"T{n}") for n in range(20)]
    assert "20 of 20 true/false items are true" in found(tmp_path, *items)


def test_a_level_without_items_for_a_weight_is_found(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four_choices())
    standard = folder / "standard.toml"
    text = standard.read_text().replace('"F1.1" = 100', '"F1.1" = 60\n"F1.2" = 40')
    standard.write_text(text.replace("[weights.L5]", with_safety('"en" = "Safety"')))
    texts = {one.text for one in findings(folder)}
    assert "level L5: 'F1.2' weighs 40 % but has no item; write some" in texts


def test_errors_come_first_and_keep_a_bank_from_being_sealed(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four_choices(), a_choice("E", identifier="X"))
    lines = findings(folder)
    assert lines[0].severity == "error"
    with pytest.raises(InputRefused, match=r"1 errors.*X: the key 'E'"):
        require_no_errors(compile_bank(read_source_bank(folder)))


def test_findings_are_said_in_chinese_too(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", *four_choices()[:1])
    (one,) = check_bank(compile_bank(read_source_bank(folder)), "zh-CN")
    assert one.text == "鉴定点“KP-01”有 1 道题，至少要有 4 道，请补写"


def test_a_text_entry_whose_key_its_own_rule_refuses_is_found(tmp_path: Path) -> None:
    data = a_text_entry("Ce", mapping=a_mapping(("cerium", "1")), template="map_response")
    text = found(tmp_path, data.replace(b'"I1"', b'"X"'))
    assert "error X: the declared right answer earns 0, another earns 1" in text
