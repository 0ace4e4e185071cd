"""What markers look for goes to the station, and never to a seat."""

from __future__ import annotations

from pathlib import Path

from kiosk.artefacts.codec import encode
from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import SourceItem, read_item
from kiosk.authoring.rubrics import rubric_of
from kiosk.authoring.source_bank import read_source_bank
from kiosk.readers.xml import parse_xml

BANK = Path(__file__).resolve().parents[2] / "question_banks" / "electrical_maintenance"
ITEM = """<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="I" title="t"
 time-dependent="false" adaptive="false"><qti-response-declaration identifier="R" cardinality="single"
 base-type="string"/><qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"
 normal-maximum="{most}"/><qti-item-body><p>Why?</p><qti-rubric-block view="scorer">{rubric}
 </qti-rubric-block><qti-extended-text-interaction response-identifier="R"/></qti-item-body>
</qti-assessment-item>"""


def _source(rubric: str, most: str = "3") -> SourceItem:
    text = ITEM.format(rubric=rubric, most=most)
    source = read_item(parse_xml(text.encode(), "i.xml"), Problems("i.xml"))
    assert source is not None
    return source


def test_every_sample_essay_has_marking_points_that_sum_to_its_full_mark() -> None:
    compiled = compile_bank(read_source_bank(BANK))
    (essay,) = [one for one in compiled.items if one.item.id == "EM-0040"]

    assert [point.points for point in essay.rubric.points] == ["2", "1", "1", "2"]
    assert essay.rubric.most == "6"
    words = essay.rubric.points[0].words
    assert words["en"].startswith("P = I²R")
    assert set(words) == {"zh-CN", "en"}
    assert b"1000 W" not in encode(essay.item)


def test_lines_without_points_are_guidance() -> None:
    problems = Problems("i.xml")
    rubric = rubric_of(
        {"en": _source("<p>Be kind.</p><ol><li>It floats (3 points)</li></ol>")}, problems
    )

    assert [point.words for point in rubric.points] == [{"en": "It floats"}]
    assert rubric.guidance == {"en": "Be kind."}
    assert not problems.all


def test_languages_with_other_points_are_refused_and_points_out_of_reach_noted() -> None:
    problems = Problems("i.xml")
    sources = {"en": _source("<p>A (1 point)</p>"), "zh-CN": _source("<p>甲（2 分）</p>")}
    assert not rubric_of(sources, problems).points  # type: ignore[arg-type]
    assert problems.refused

    problems = Problems("i.xml")
    rubric_of({"en": _source("<p>A (1 point)</p>", most="6")}, problems)
    assert "nobody can reach it" in problems.all[0].say("en")
