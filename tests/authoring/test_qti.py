"""QTI items are read whole, or refused with every reason by element and line."""

from __future__ import annotations

import pytest

from kiosk.assessment.items import Choice, InlineChoice, Kind, TextEntry
from kiosk.scoring.outcomes import score_item
from kiosk.scoring.rules import Condition, SetOutcome
from tests.authoring.builders import (
    TEMPLATES,
    a_choice,
    a_mapping,
    a_response,
    a_text_entry,
    a_true_false,
    an_item,
    compiled,
    read,
    said,
    two_lists,
)


def test_a_single_choice_keeps_its_choices_in_order_and_its_key_apart() -> None:
    source, problems = read(a_choice("C", fixed="D"))
    assert source is not None
    assert problems.all == []
    assert source.interactions == (
        Choice("RESPONSE", ("A", "B", "C", "D"), shuffle=True, fixed=("D",)),
    )
    assert source.rules.responses[0].correct == ("C",)
    assert score_item(source.rules, {"RESPONSE": ("C",)}).score == 1


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (a_choice("A"), Kind.SINGLE_CHOICE),
        (a_choice("A", "B", most=0), Kind.MULTIPLE_CHOICE),
        (a_true_false(), Kind.TRUE_FALSE),
        (a_text_entry("4"), Kind.TEXT_ENTRY),
        (two_lists(), Kind.INLINE_CHOICE),
    ],
)
def test_every_kind_of_this_program_is_recognised(data: bytes, kind: Kind) -> None:
    item, problems = compiled(data)
    assert item is not None, said(problems)
    assert item.kind is kind


def test_true_and_false_keep_their_place_even_if_shuffling_is_asked() -> None:
    source, _ = read(a_true_false())
    assert source is not None
    choice = source.interactions[0]
    assert isinstance(choice, Choice)
    assert not choice.shuffle
    assert choice.fixed == ("true", "false")


@pytest.mark.parametrize("base_type", ["string", "integer", "float"])
def test_a_text_entry_takes_the_base_type_of_its_declaration(base_type: str) -> None:
    source, _ = read(a_text_entry("7", base_type=base_type))
    assert source is not None
    assert source.interactions == (TextEntry("RESPONSE", base_type, 7),)


def test_two_inline_choices_score_by_their_own_rules() -> None:
    source, problems = read(two_lists("B", "C"))
    assert source is not None, said(problems)
    assert all(isinstance(one, InlineChoice) for one in source.interactions)
    first, *conditions = source.rules.processing
    assert isinstance(first, SetOutcome)
    assert all(isinstance(rule, Condition) for rule in conditions)
    assert score_item(source.rules, {"R1": ("B",), "R2": ("A",)}).score == 1
    assert score_item(source.rules, {"R1": ("B",), "R2": ("C",)}).score == 2


@pytest.mark.parametrize(
    "address",
    [
        f"{TEMPLATES}/match_correct",
        f"{TEMPLATES}/match_correct.xml",
        "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct",
        "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct.xml",
    ],
)
def test_the_standard_templates_are_known_by_every_version_of_their_address(address: str) -> None:
    data = a_choice("A").replace(f"{TEMPLATES}/match_correct".encode(), address.encode())
    source, _ = read(data)
    assert source is not None
    assert source.rules.template == "match_correct"


def test_map_response_keeps_bounds_and_case() -> None:
    mapping = a_mapping(("Ce", "1"), ("cerium", "0.5"), default_value="-1", upper_bound="1")
    source, _ = read(a_text_entry("Ce", mapping=mapping, template="map_response"))
    assert source is not None
    found = source.rules.responses[0].mapping
    assert found is not None
    assert (found.default, found.upper, found.lower) == ("-1", "1", None)
    assert score_item(source.rules, {"RESPONSE": ("cerium",)}).score * 2 == 1


UNREADABLE = {
    "an unknown interaction": (
        an_item(
            '<qti-dance-interaction response-identifier="RESPONSE"/>',
            declarations=a_response("1", base_type="integer"),
        ),
        "<qti-dance-interaction> is not supported",
    ),
    "an undeclared response": (
        a_choice("A").replace(b'r="RESPONSE" m', b'r="X" m'),
        "not declared",
    ),
    "an unknown template": (a_choice("A", template="map_by_mood"), "map_by_mood"),
    "a choice twice": (a_choice("A").replace(b'r="B"', b'r="A"'), "identifier of its own"),
    "one choice": (a_choice("A", options={"A": "all"}), "1 choices"),
    "an adaptive item": (a_choice("A").replace(b'ive="false"', b'ive="true"', 1), "adaptive"),
    "a template item": (
        an_item("<p/>", extra="<qti-template-declaration/>"),
        "<qti-template-declaration> is not supported",
    ),
    "a table that can never match": (
        a_choice("A").replace(
            b'base-type="float"/>',
            b'base-type="float"><qti-match-table><qti-match-table-entry source-value="1.5"'
            b' target-value="1"/></qti-match-table></qti-outcome-declaration>',
        ),
        "a match table is of whole numbers, not 1.5",
    ),
    "areas for what is no point": (
        an_item("<p/>", declarations=a_response(mapping="<qti-area-mapping/>")),
        "areas are for points, not single identifier",
    ),
    "nothing to answer": (an_item("<p>Read this.</p>"), "nothing to answer"),
    "an older version": (
        a_choice("A").replace(b"imsqtiasi_v3p0", b"ims_qtiasiv1p2"),
        "no version of QTI that is read (2.0 to 3.0): http://www.imsglobal.org/xsd/ims_qtiasiv1p2",
    ),
    "another document": (b"<html/>", "not an item but <html>"),
    "an unknown rule": (
        an_item(
            "<p/>",
            processing="<qti-response-processing><qti-set-response-value/>"
            "</qti-response-processing>",
        ),
        "the rule <qti-set-response-value> is not supported",
    ),
    "an unknown operator": (
        an_item(
            "<p/>",
            processing="<qti-response-processing><qti-set-outcome-value identifier='SCORE'>"
            "<qti-custom-operator/></qti-set-outcome-value></qti-response-processing>",
        ),
        "custom-operator",
    ),
    "two keys for one answer": (
        a_choice("A", "B").replace(b'"multiple"', b'"single"'),
        "cannot be",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_is_not_supported_is_refused_by_name(name: str) -> None:
    data, reason = UNREADABLE[name]
    source, problems = read(data)
    assert source is None
    assert reason in said(problems)


def test_a_problem_names_item_file_and_line() -> None:
    data = an_item('<p>a</p>\n\n<qti-order-interaction response-identifier="RESPONSE"/>')
    _, problems = read(data, "items/x.xml")
    problem = next(problem for problem in problems.all if "order" in str(problem.values))
    assert (problem.item, problem.file, problem.line) == ("I1", "items/x.xml", 8)
    assert problem.say("zh-CN").startswith("第 8 行")


def test_all_problems_of_an_item_are_named_at_once() -> None:
    data = an_item("<qti-media-interaction/><qti-order-interaction/>")
    _, problems = read(data)
    assert "<qti-media-interaction>" in said(problems)
    assert "<qti-order-interaction>" in said(problems)


def test_feedback_is_left_out_with_a_note() -> None:
    data = a_choice("A").replace(
        b"</qti-assessment-item>",
        b'<qti-modal-feedback identifier="f">The key is A</qti-modal-feedback></qti-assessment-item>',
    )
    source, problems = read(data)
    assert source is not None
    assert "feedback" in said(problems)


def test_an_item_with_a_key_but_no_processing_scores_by_its_key_and_says_so() -> None:
    data = a_choice("B").replace(
        f'<qti-response-processing template="{TEMPLATES}/match_correct"/>'.encode(), b""
    )
    source, problems = read(data)
    assert source is not None
    assert "no response processing" in said(problems)
    assert score_item(source.rules, {"RESPONSE": ("B",)}).score == 1
