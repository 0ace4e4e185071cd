"""Tables, areas and rules are read alike from QTI 3 and QTI 2."""

from __future__ import annotations

import pytest

from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_rules
from kiosk.readers.xml import parse_xml
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import (
    AreaEntry,
    AreaMapping,
    ExitResponse,
    Expression,
    ItemRules,
    LookupOutcome,
    LookupRow,
    LookupTable,
)
from tests.authoring.builders import TEMPLATES, a_choice, a_mapping, read, said

QTI_3 = b"""<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="I">
<qti-response-declaration identifier="SPOT" cardinality="single" base-type="point">
  <qti-default-value><qti-value>1 2</qti-value></qti-default-value>
  <qti-area-mapping default-value="-1" lower-bound="-2" upper-bound="2">
    <qti-area-map-entry shape="circle" coords="10,10,5" mapped-value="2"/>
    <qti-area-map-entry shape="default" coords="" mapped-value="0.5"/>
  </qti-area-mapping>
</qti-response-declaration>
<qti-response-declaration identifier="TYPED" cardinality="record"/>
<qti-response-declaration identifier="TIME" cardinality="single" base-type="duration"/>
<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>
<qti-outcome-declaration identifier="GRADE" cardinality="single" base-type="string">
  <qti-interpolation-table default-value="none">
    <qti-interpolation-table-entry source-value="2" target-value="good"/>
    <qti-interpolation-table-entry source-value="0" target-value="fair" include-boundary="false"/>
  </qti-interpolation-table>
</qti-outcome-declaration>
<qti-item-body/>
<qti-response-processing>
  <qti-set-outcome-value identifier="SCORE"><qti-map-response-point identifier="SPOT"/>
  </qti-set-outcome-value>
  <qti-lookup-outcome-value identifier="GRADE"><qti-variable identifier="SCORE"/>
  </qti-lookup-outcome-value>
  <qti-response-condition>
    <qti-response-if>
      <qti-any-n min="1" max="2">
        <qti-duration-lt><qti-variable identifier="TIME"/>
          <qti-base-value base-type="duration">60</qti-base-value></qti-duration-lt>
        <qti-duration-gte><qti-variable identifier="TIME"/>
          <qti-base-value base-type="duration">3600.5</qti-base-value></qti-duration-gte>
      </qti-any-n>
      <qti-exit-response/>
    </qti-response-if>
  </qti-response-condition>
  <qti-set-outcome-value identifier="SCORE">
    <qti-stats-operator name="popSD"><qti-multiple>
      <qti-map-response-point identifier="SPOT"/><qti-field-value field-identifier="floatValue">
        <qti-variable identifier="TYPED"/></qti-field-value>
    </qti-multiple></qti-stats-operator>
  </qti-set-outcome-value>
</qti-response-processing>
</qti-assessment-item>"""


def as_qti_2(data: bytes) -> bytes:
    """The same item with QTI 2's names."""
    text = data.decode().replace("imsqtiasi_v3p0", "imsqti_v2p1").replace("qti-", "")
    text = text.replace("duration-lt", "durationLT").replace("duration-gte", "durationGTE")
    head, *parts = text.split("-")
    # Hyphens stand between two letters in names and before digits in numbers.
    for part in parts:
        head += part[:1].upper() + part[1:] if part[:1].islower() else "-" + part
    return head.encode()


def rules_of(data: bytes) -> ItemRules:
    problems = Problems("x.xml")
    rules = read_rules(parse_xml(data, "x.xml"), problems)
    assert rules is not None, [problem.say("en") for problem in problems.all]
    return rules


@pytest.fixture(params=["3.0", "2.1"])
def rules(request: pytest.FixtureRequest) -> ItemRules:
    return rules_of(QTI_3 if request.param == "3.0" else as_qti_2(QTI_3))


def test_declarations_keep_areas_tables_and_defaults(rules: ItemRules) -> None:
    spot, typed, _ = rules.responses
    assert spot.default == ("1 2",)
    assert spot.areas == AreaMapping(
        (AreaEntry("circle", "10,10,5", "2"), AreaEntry("default", "", "0.5")), "-1", "-2", "2"
    )
    assert (typed.cardinality, typed.base_type) == ("record", "string")
    assert rules.outcomes[1].lookup == LookupTable(
        "interpolation",
        (LookupRow("2", "good"), LookupRow("0", "fair", include=False)),
        default="none",
    )


def test_rules_keep_look_ups_and_exits(rules: ItemRules) -> None:
    _, looked, condition, _ = rules.processing
    assert looked == LookupOutcome("GRADE", Expression("variable", {"identifier": "SCORE"}))
    (branch,) = condition.branches  # type: ignore[union-attr]
    assert branch.rules == (ExitResponse(),)


@pytest.mark.parametrize(
    ("spot", "time", "score", "grade"),
    [("12 12", "59", 2, "good"), ("99 99", "59", 0.5, "fair"), ("12 12", "60", 1, "good")],
)
def test_both_score_alike(rules: ItemRules, spot: str, time: str, score: float, grade: str) -> None:
    found = score_item(rules, {"SPOT": (spot,), "TYPED": ("4",), "TIME": (time,)}).values
    assert found == {"SCORE": score, "GRADE": grade}


MAXSCORE = (
    '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float">'
    "<qti-default-value><qti-value>100</qti-value></qti-default-value></qti-outcome-declaration>"
)


@pytest.mark.parametrize("name", ["CC2_match", "CC2_match_basic", "CC2_map_response"])
def test_the_templates_of_common_cartridge_score(name: str) -> None:
    mapping = a_mapping(("B", "100"))
    data = a_choice("B", mapping=mapping, template=name)
    source, problems = read(
        data.replace(b"<qti-item-body>", MAXSCORE.encode() + b"<qti-item-body>")
    )
    assert source is not None, said(problems)
    assert score_item(source.rules, {"RESPONSE": ("B",)}).score == 100
    assert score_item(source.rules, {"RESPONSE": ("A",)}).score == 0


def test_rules_may_set_and_read_what_every_item_has() -> None:
    processing = """<qti-response-processing>
      <qti-set-outcome-value identifier="completionStatus">
        <qti-base-value base-type="identifier">completed</qti-base-value>
      </qti-set-outcome-value>
      <qti-set-outcome-value identifier="SCORE"><qti-variable identifier="numAttempts"/>
      </qti-set-outcome-value></qti-response-processing>"""
    old = f'<qti-response-processing template="{TEMPLATES}/match_correct"/>'
    source, problems = read(a_choice("A").replace(old.encode(), processing.encode()))
    assert source is not None, said(problems)
    found = score_item(source.rules, {})
    assert (found.score, found.values["completionStatus"]) == (1, "completed")
