"""A QTI test: its items come in, and its own rules give its outcomes, each with the reasons."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from kiosk.authoring.importing import import_sources
from kiosk.cli import run
from tests.authoring.builders import a_choice
from tests.authoring.test_importing import zipped

OLD = "http://www.imsglobal.org/xsd/imsqti_v2p2"
NEW = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
PARTS = """
<testPart identifier="P" navigationMode="nonlinear" submissionMode="simultaneous">
<assessmentSection identifier="ONE" title="One" visible="true">
<ordering shuffle="true"/><rubricBlock view="candidate"><p>Read.</p></rubricBlock>
<assessmentItemRef identifier="Q1" href="items/Q1.xml" category="easy fe">
<weight identifier="W" value="2.5"/></assessmentItemRef>
<assessmentSection identifier="INNER" title="Inner" visible="true">
<assessmentItemRef identifier="Q2" href="items/Q2.xml" category="hard">
<variableMapping sourceIdentifier="SCORE" targetIdentifier="POINTS"/></assessmentItemRef>
</assessmentSection></assessmentSection>
<assessmentSection identifier="TWO" title="Two" visible="true">{two}
<assessmentItemRef identifier="Q3" href="items/Q3.xml" category="hard"/>
<assessmentItemRef identifier="Q4" href="items/Q4.xml"/></assessmentSection></testPart>
"""
ITEMS = {f"items/Q{n}.xml": a_choice("A", identifier=f"Q{n}") for n in range(1, 5)}
RIGHT, WRONG = {"RESPONSE": ["A"]}, {"RESPONSE": ["B"]}


def a_test(rule: str, *, base: str = "float", two: str = "", namespace: str = OLD) -> bytes:
    """A test of four items whose outcome OUT is what `rule` gives."""
    return f"""<assessmentTest xmlns="{namespace}" identifier="T" title="A test">
<outcomeDeclaration identifier="OUT" cardinality="single" baseType="{base}"/>
{PARTS.format(two=two)}<outcomeProcessing><setOutcomeValue identifier="OUT">{rule}</setOutcomeValue>
</outcomeProcessing></assessmentTest>""".encode()


def in_qti_3(test: bytes) -> bytes:
    """The same test in the names of QTI 3."""
    text = test.decode().replace(OLD, NEW)

    def kebab(found: re.Match[str]) -> str:
        return found[1] + re.sub(r"([A-Z])", lambda hump: "-" + hump[1].lower(), found[2])

    text = re.sub(r"(</?)(?!p\b)([a-zA-Z]+)", lambda tag: f"{kebab(tag)}", text)
    text = re.sub(r"(</?)(?!p\b)([a-z-]+)", r"\1qti-\2", text)
    return re.sub(r"(\s)([a-zA-Z]+)(?==)", lambda name: kebab(name), text).encode()


def scored(
    tmp_path: Path,
    test: bytes,
    answers: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    *options: str,
) -> dict[str, Any]:
    for name, data in {**ITEMS, "test.xml": test}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    asked = tmp_path / "answers.jsonl"
    asked.write_text(json.dumps(answers) + "\n")
    code = run(["bank", "score", str(tmp_path / "test.xml"), "--responses", str(asked), *options])
    said = capsys.readouterr()
    assert code == 0, said.err
    found: dict[str, Any] = json.loads(said.out)
    return found


SAT = {"Q1": RIGHT, "Q2": WRONG, "Q3": RIGHT, "Q4": {"RESPONSE": []}}
SCORES = '<sum><testVariables variableIdentifier="SCORE"{}/></sum>'
ASKED: dict[str, tuple[str, Any]] = {
    "all points": (SCORES.format(""), 2.0),
    "weighted": (SCORES.format(' weightIdentifier="W"'), 3.5),
    "a section": (SCORES.format(' sectionIdentifier="ONE"'), 1.0),
    "the section within": (SCORES.format(' sectionIdentifier="INNER"'), 0.0),
    "the test part": (SCORES.format(' sectionIdentifier="P"'), 2.0),
    "a category": (SCORES.format(' includeCategory="hard"'), 1.0),
    "one of two categories": (SCORES.format(' includeCategory="hard fe"'), 2.0),
    "all but a category": (SCORES.format(' excludeCategory="easy"'), 1.0),
    "a category of no item": (SCORES.format(' includeCategory="none"'), None),
    "a name of the test's own": ('<sum><testVariables variableIdentifier="POINTS"/></sum>', 0.0),
    "one item": ('<variable identifier="Q1.SCORE"/>', 1.0),
    "one item, weighted": ('<variable identifier="Q1.SCORE" weightIdentifier="W"/>', 2.5),
    "right": ("<numberCorrect/>", 2),
    "wrong": ("<numberIncorrect/>", 2),
    "answered": ("<numberResponded/>", 3),
    "presented": ("<numberPresented/>", 4),
    "selected": ('<numberSelected sectionIdentifier="TWO"/>', 2),
    "per cent": (
        """<product><baseValue baseType="float">100</baseValue>
<divide><numberCorrect/><numberSelected/></divide></product>""",
        50.0,
    ),
    "the least there is": ('<sum><outcomeMinimum outcomeIdentifier="SCORE"/></sum>', 0.0),
    "the most, where items do not say": (
        '<sum><outcomeMaximum outcomeIdentifier="SCORE"/></sum>',
        None,
    ),
    "by a condition": ('<baseValue baseType="float">1</baseValue>', 1.0),
}


@pytest.mark.parametrize("case", ASKED)
@pytest.mark.parametrize("version", ["2.2", "3.0"])
def test_the_rules_of_a_test_give_what_qti_says(
    case: str, version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule, expected = ASKED[case]
    test = a_test(rule, base="integer" if rule.startswith("<number") else "float")
    test = test if version == "2.2" else in_qti_3(test)
    assert scored(tmp_path, test, SAT, capsys)["OUT"] == expected


def test_conditions_tables_and_an_exit_act_as_in_an_item(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = a_test("<numberCorrect/>", base="integer").replace(
        b"</outcomeProcessing>",
        b"""<outcomeCondition><outcomeIf><gte><variable identifier="OUT"/>
<baseValue baseType="integer">2</baseValue></gte><setOutcomeValue identifier="OUT">
<baseValue baseType="integer">9</baseValue></setOutcomeValue><exitTest/></outcomeIf>
<outcomeElse><exitTest/></outcomeElse></outcomeCondition><setOutcomeValue identifier="OUT">
<baseValue baseType="integer">0</baseValue></setOutcomeValue></outcomeProcessing>""",
    )
    assert scored(tmp_path, test, SAT, capsys)["OUT"] == 9
    assert scored(tmp_path, test, {"Q1": RIGHT}, capsys)["OUT"] == 1


def test_items_that_were_not_selected_do_not_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    test = a_test("<numberSelected/>", base="integer", two='<selection select="1"/>')
    assert scored(tmp_path, test, {"Q1": RIGHT, "Q3": RIGHT}, capsys)["OUT"] == 3


def test_the_reasons_say_what_was_asked_of_the_items(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = scored(tmp_path, a_test(SCORES.format("")), SAT, capsys, "--explain")
    assert found["explanation"] == ["test-variables gives 1, 0, 1, 0.", "OUT becomes 2."]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ('<variable identifier="Q9.SCORE"/>', "there is no item 'Q9'"),
        ('<variable identifier="Q1.SCORES"/>', "no variable 'SCORES'"),
        ("<sum><and/></sum>", "cannot have 0 operands"),
        ('<random><testVariables variableIdentifier="SCORE"/></random>', "chance"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_before_anybody_is_scored(
    rule: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, data in {**ITEMS, "test.xml": a_test(rule)}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "r.jsonl").write_text("")
    code = run(
        ["bank", "score", str(tmp_path / "test.xml"), "--responses", str(tmp_path / "r.jsonl")]
    )
    assert code == 4
    assert said in capsys.readouterr().err


def test_a_package_with_a_test_brings_its_items_and_says_what_became_of_the_test(
    tmp_path: Path,
) -> None:
    package = zipped(tmp_path / "p.zip", {**ITEMS, "test.xml": a_test("<numberCorrect/>")})
    found = import_sources([package], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (4, ())
    said = {note.text.partition(": ")[2] or note.text for note in found.notes}
    assert any("a test of 4 items in 3 sections" in one for one in said)
    assert any(one.startswith("<ordering> is not used") for one in said)


def test_a_test_given_alone_brings_the_items_it_names(tmp_path: Path) -> None:
    for name, data in {**ITEMS, "test.xml": a_test("<numberCorrect/>")}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "items" / "Q5.xml").write_bytes(a_choice("A", identifier="Q5"))
    found = import_sources([tmp_path / "test.xml"], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (4, ())


def test_a_section_of_its_own_file_is_read_and_one_that_names_itself_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = '<assessmentSectionRef identifier="S" href="more/s.xml"/>'
    section = f"""<assessmentSection xmlns="{OLD}" identifier="S" title="S" visible="true">
<assessmentItemRef identifier="Q5" href="../items/Q1.xml"/>%s</assessmentSection>"""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "s.xml").write_text(section % "")
    test = a_test(SCORES.format(' sectionIdentifier="S"'), two=reference)
    assert scored(tmp_path, test, {"Q5": RIGHT}, capsys)["OUT"] == 1.0
    itself = '<assessmentSectionRef identifier="S" href="s.xml"/>'
    (tmp_path / "more" / "s.xml").write_text(section % itself)
    found = import_sources([tmp_path / "test.xml"], tmp_path / "bank", lang="en")
    assert "it names itself" in found.refused[0].reason
