"""A template item gives plain items: printed, shown and keyed by what its seed drew."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kiosk.assessment.content import Drawing, Formula, plain_text, spans_of
from kiosk.assessment.items import Choice
from kiosk.authoring.compiled import compile_bank, compile_item
from kiosk.authoring.importing import import_sources
from kiosk.authoring.instantiate import (
    TRIAL_SEED,
    TRIED,
    Variants,
    instantiate,
    plain_item,
    variant_name,
)
from kiosk.authoring.lint import check_bank
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_item
from kiosk.authoring.qti.dialect import name_of
from kiosk.authoring.source_bank import SourceBank, read_source_bank
from kiosk.authoring.try_item import outcomes_of, read_item_rules
from kiosk.readers.xml import parse_xml
from kiosk.scoring.outcomes import score_item
from tests.authoring.builders import QTI, a_bank, a_choice, said
from tests.authoring.template_items import (
    FIELD,
    a_sum,
    a_template,
    constant,
    declared,
    drawing,
    setting,
    variable,
)


def plain(data: bytes, variant: int = 1, seed: bytes = TRIAL_SEED):
    """The plain item's root."""
    problems = Problems("t.xml")
    made = instantiate(parse_xml(data, "t.xml"), seed, variant, problems)
    assert made is not None, said(problems)
    return made.plain


def refused(data: bytes) -> str:
    problems = Problems("t.xml")
    root = plain_item(parse_xml(data, "t.xml"), problems)
    if root is not None:
        read_item(root, problems)
    assert problems.refused
    return said(problems)


def compiled(data: bytes, variant: int = 1):
    """The item and its rules as they would be sealed."""
    problems = Problems("t.xml")
    source = read_item(plain(data, variant), problems)
    assert source is not None, said(problems)
    item = compile_item({source.lang: source}, None, problems)  # type: ignore[arg-type]
    assert item is not None, said(problems)
    return item, source.rules


def words_of(data: bytes, variant: int = 1, lang: str = "en") -> str:
    item, _ = compiled(data, variant)
    return plain_text(item.texts[lang].body)


GUIDE = Path(__file__).parents[2] / "docs" / "author.md"


# --- the same again -------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32), st.integers(1, 200))
@settings(max_examples=25)
def test_a_variant_is_made_again_from_its_seed_to_the_same_bytes(seed: bytes, n: int) -> None:
    one, again = (etree.tostring(plain(a_sum(), n, seed)) for _ in range(2))
    assert one == again


def test_the_template_stays_as_it_is() -> None:
    root = parse_xml(a_sum(), "t.xml")
    before = etree.tostring(root)
    instantiate(root, TRIAL_SEED, 1, Problems("t.xml"))
    assert etree.tostring(root) == before


def test_both_languages_draw_the_same_numbers() -> None:
    for n in range(1, 10):
        english = words_of(a_sum(), n)
        chinese = words_of(a_sum(lang="zh-CN", words="计算"), n, "zh-CN")
        assert english.replace("Add", "计算") == chinese


def test_variants_and_seeds_differ() -> None:
    said_by = {words_of(a_sum(), n) for n in range(1, 20)}
    assert len(said_by) == 19


def test_a_plain_item_has_nothing_of_the_template_left() -> None:
    root = plain(a_sum())
    assert root.get("identifier") == variant_name("T1", 1) == "T1.v1"
    names = {name_of(one) for one in root.iter("{*}*")}
    assert not {name for name in names if "template" in name or name == "printed-variable"}


def test_an_item_that_is_no_template_stays_itself() -> None:
    root = parse_xml(a_choice("A"), "i.xml")
    assert plain_item(root, Problems("i.xml")) is root


# --- keys and defaults ----------------------------------------------------------------------------


def test_the_key_is_what_was_computed_and_scores_full() -> None:
    for n in range(1, TRIED + 1):
        item, rules = compiled(a_sum(), n)
        first, _, second = plain_text(item.texts["en"].body).split("=")[0][4:].split()
        (key,) = rules.responses[0].correct or ()
        assert Fraction(key) == int(first) + int(second)
        assert score_item(rules, {"RESPONSE": (key,)}).score == 1
        assert score_item(rules, {"RESPONSE": (str(Fraction(key) + 1),)}).score == 0


def test_a_key_without_an_end_is_written_to_fifteen_figures() -> None:
    key = f"<qti-divide>{constant('integer', '2')}{constant('integer', '3')}</qti-divide>"
    _, rules = compiled(
        a_template(f"<p>2/3? {FIELD}</p>", setting("RESPONSE", key, "correct-response"))
    )
    assert rules.responses[0].correct == ("0.666666666666667",)


def test_defaults_of_outcomes_are_set_and_stand_before_the_key() -> None:
    rules = setting("SCORE", constant("float", "0.5"), "default-value") + setting(
        "RESPONSE", constant("float", "4"), "default-value"
    )
    root = plain(a_template(f"<p>{FIELD}</p>", rules))
    response = next(one for one in root if name_of(one) == "response-declaration")
    assert [name_of(one) for one in response] == ["default-value", "correct-response"]
    _, found = compiled(a_template(f"<p>{FIELD}</p>", rules))
    assert found.outcome("SCORE").default == ("0.5",)
    assert found.responses[0].default == ("4",)


def test_a_key_may_have_several_values() -> None:
    bag = f"<qti-multiple>{constant('identifier', 'C')}{constant('identifier', 'A')}</qti-multiple>"
    data = a_choice("B", most=0).decode()
    template = (
        f"{declared('A')}<qti-template-processing>{setting('RESPONSE', bag, 'correct-response')}"
        "</qti-template-processing>"
    )
    _, rules = compiled(data.replace("<qti-item-body>", template + "<qti-item-body>").encode())
    assert rules.responses[0].correct == ("A", "C")


# --- printing -------------------------------------------------------------------------------------


def printing(attributes: str, value: str, base: str = "float", cardinality: str = "single") -> str:
    body = f'<p>x<qti-printed-variable identifier="V" {attributes}/>y {FIELD}</p>'
    rules = setting("V", value)
    return words_of(a_template(body, rules, declared("V", base, cardinality))).split("y")[0][1:]


ROW = (
    "<qti-ordered>"
    + "".join(constant("float", text) for text in ("1", "2.5", "4"))
    + "</qti-ordered>"
)


@pytest.mark.parametrize(
    ("attributes", "value", "base", "cardinality", "text"),
    [
        ("", constant("float", "2.50"), "float", "single", "2.5"),
        ('format="%.2f"', constant("float", "2.5"), "float", "single", "2.50"),
        ('format="%04d"', constant("integer", "42"), "integer", "single", "0042"),
        ('base="10" power-index="false"', constant("integer", "42"), "integer", "single", "42"),
        ("", constant("string", "men"), "string", "single", "men"),
        ("", constant("string", ""), "string", "single", ""),
        ("", constant("boolean", "true"), "boolean", "single", "true"),
        ("", ROW, "float", "ordered", "1;2.5;4"),
        ('delimiter=", " format="%.1f"', ROW, "float", "ordered", "1.0, 2.5, 4.0"),
        ('index="2"', ROW, "float", "ordered", "2.5"),
    ],
)
def test_a_variable_is_printed_as_its_attributes_say(
    attributes: str, value: str, base: str, cardinality: str, text: str
) -> None:
    assert printing(attributes, value, base, cardinality) == text


def test_a_variable_may_say_which_member_is_printed() -> None:
    body = f'<p><qti-printed-variable identifier="V" index="N"/> {FIELD}</p>'
    rules = setting("V", ROW) + setting("N", constant("integer", "3"))
    variables = declared("V", "float", "ordered") + declared("N")
    assert words_of(a_template(body, rules, variables)).startswith("4")


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ('format="%y"', "the format '%y' is not printed"),
        ('format="%d"', "is for whole numbers"),
        ('power-index="true"', 'power-index="true" is not supported'),
        ('base="16"', 'base="16" is not supported'),
        ('index="2"', "'V' has no value where it is printed"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_line(attributes: str, reason: str) -> None:
    body = f'<p><qti-printed-variable identifier="V" {attributes}/> {FIELD}</p>'
    found = refused(
        a_template(body, setting("V", constant("float", "0.5")), declared("V", "float"))
    )
    assert reason in found
    assert found.startswith("line ")


def test_a_number_that_was_never_set_is_not_printed_as_nothing() -> None:
    body = f'<p><qti-printed-variable identifier="V"/> {FIELD}</p>'
    assert "has no value where it is printed" in refused(a_template(body, "", declared("V")))


def test_an_unknown_variable_is_refused_but_not_in_feedback() -> None:
    body = f'<p><qti-printed-variable identifier="W"/> {FIELD}</p>'
    assert "names 'W', which is no template variable" in refused(a_template(body))
    extra = (
        '<qti-modal-feedback identifier="F" outcome-identifier="SCORE" show-hide="show">'
        '<qti-printed-variable identifier="SCORE"/></qti-modal-feedback>'
    )
    assert plain(a_template(f"<p>{FIELD}</p>", extra=extra)) is not None


# --- what is shown --------------------------------------------------------------------------------

WHO = setting(
    "WHO",
    "<qti-random><qti-multiple>"
    + constant("identifier", "men")
    + constant("identifier", "women")
    + "</qti-multiple></qti-random>",
)


def test_blocks_and_lines_are_shown_for_the_values_they_are_for() -> None:
    body = (
        '<qti-template-block template-identifier="WHO" identifier="men" show-hide="show">'
        "<qti-content-body><p>Men dig.</p></qti-content-body></qti-template-block>"
        '<qti-template-block template-identifier="WHO" identifier="men" show-hide="hide">'
        "<p>Others dig.</p></qti-template-block>"
        '<p>Ask <qti-template-inline template-identifier="WHO" identifier="men" show-hide="show">him'
        '</qti-template-inline><qti-template-inline template-identifier="WHO" identifier="women"'
        f' show-hide="show">her</qti-template-inline>, please. {FIELD}</p>'
    )
    texts = {
        words_of(a_template(body, WHO, declared("WHO", "identifier")), n).replace("\n", " ")
        for n in range(1, 20)
    }
    assert {text.split("please")[0].strip() for text in texts} == {
        "Men dig. Ask him,",
        "Others dig. Ask her,",
    }


def a_choice_by_template() -> bytes:
    """A is there only when drawn, C only when not."""
    data = a_choice("D").decode()
    for name, how in (("A", "show"), ("C", "hide")):
        data = data.replace(
            f'<qti-simple-choice identifier="{name}"',
            f'<qti-simple-choice identifier="{name}" template-identifier="WHO" show-hide="{how}"',
        )
    rules = setting(
        "WHO",
        "<qti-random><qti-multiple>"
        + constant("identifier", "A")
        + constant("identifier", "C")
        + "</qti-multiple></qti-random>",
    )
    template = (
        f"{declared('WHO', 'identifier')}<qti-template-processing>{rules}</qti-template-processing>"
    )
    return data.replace("<qti-item-body>", template + "<qti-item-body>").encode()


def test_choices_are_shown_for_the_values_they_are_for() -> None:
    found = set()
    for n in range(1, 12):
        item, _ = compiled(a_choice_by_template(), n)
        (choice,) = item.interactions
        assert isinstance(choice, Choice)
        found.add(choice.choices)
    assert found == {("A", "B", "C", "D"), ("B", "D")}


def test_what_a_hidden_choice_earned_goes_with_it() -> None:
    mapping = (
        '<qti-mapping><qti-map-entry map-key="A" mapped-value="1"/>'
        '<qti-map-entry map-key="B" mapped-value="0.5"/></qti-mapping>'
    )
    data = a_choice("B", mapping=mapping, template="map_response").decode()
    data = data.replace(
        '<qti-simple-choice identifier="A"',
        '<qti-simple-choice identifier="A" template-identifier="WHO" show-hide="show"',
    )
    template = f"{declared('WHO', 'identifier', value='none')}<qti-template-processing/>"
    data = data.replace("<qti-item-body>", template + "<qti-item-body>")
    _, rules = compiled(data.encode())
    assert [entry.key for entry in rules.responses[0].mapping.entries] == ["B"]


def test_a_block_for_an_unknown_variable_is_refused() -> None:
    body = (
        '<qti-template-block template-identifier="WHO" identifier="men" show-hide="show"><p>x</p>'
        f"</qti-template-block><p>{FIELD}</p>"
    )
    assert "names 'WHO', which is no template variable" in refused(a_template(body))


# --- formulae -------------------------------------------------------------------------------------

MATH = 'xmlns="http://www.w3.org/1998/Math/MathML"'


def a_formula(inside: str, value: str, alttext: str = "") -> bytes:
    words = f' alttext="{alttext}"' if alttext else ""
    return a_template(
        f"<p><math {MATH}{words}>{inside}</math> {FIELD}</p>",
        setting("A", constant("integer", value)),
        declared("A", more='math-variable="true"') + declared("B", value="7"),
    )


def math_of(data: bytes) -> str:
    (formula,) = plain(data).iter("{http://www.w3.org/1998/Math/MathML}math")
    return "".join(str(text) for text in formula.itertext())


@pytest.mark.parametrize(
    ("inside", "value", "text"),
    [
        ("<mi>A</mi><mo>+</mo><mi>x</mi>", "5", "5+x"),
        ("<mi> A </mi>", "-5", "−5"),
        ("<msup><mi>A</mi><mn>2</mn></msup>", "-5", "(−5)2"),
        ("<msup><mi>x</mi><mi>A</mi></msup>", "-5", "x−5"),
        ("<mi>B</mi>", "5", "B"),
    ],
)
def test_a_formula_has_the_numbers_of_variables_that_are_for_formulae(
    inside: str, value: str, text: str
) -> None:
    assert math_of(a_formula(inside, value)) == text
    (formula,) = plain(a_formula(inside, value)).iter("{http://www.w3.org/1998/Math/MathML}math")
    if value in text:
        assert len(list(formula.iter("{http://www.w3.org/1998/Math/MathML}mn"))) == 1


@pytest.mark.parametrize(
    ("alttext", "words"), [("{A} apples of {B}", "5 apples of {B}"), ("A apples", "5")]
)
def test_the_words_of_a_formula_never_speak_of_a_variable(alttext: str, words: str) -> None:
    item, _ = compiled(a_formula("<mi>A</mi>", "5", alttext))
    (found,) = [one for one in spans_of(item.texts["en"].body) if isinstance(one, Formula)]
    assert isinstance(found.drawing, Drawing)
    assert found.drawing.words == words


# --- rules that speak of the template's variables -------------------------------------------------


def test_rules_get_the_values_as_constants() -> None:
    processing = f"""<qti-response-processing><qti-response-condition><qti-response-if>
      <qti-equal tolerance-mode="absolute" tolerance="TOL {{TOL}}">{variable("RESPONSE")}
      {variable("A")}</qti-equal>{setting("SCORE", constant("float", "1"), "outcome-value")}
      </qti-response-if><qti-response-else-if><qti-and><qti-member>{variable("RESPONSE")}
      {variable("MANY")}</qti-member><qti-is-null>{variable("NONE")}</qti-is-null></qti-and>
      {setting("SCORE", constant("float", "0.5"), "outcome-value")}</qti-response-else-if>
      </qti-response-condition></qti-response-processing>"""
    data = a_template(
        f"<p>{FIELD}</p>",
        setting("A", constant("float", "12")) + setting("TOL", constant("float", "0.25"))
        + setting("MANY", ROW),
        declared("A", "float") + declared("TOL", "float") + declared("NONE")
        + declared("MANY", "float", "ordered"),
        processing=processing,
    )  # fmt: skip
    for body in (data, _as_qti_2(data)):
        _, rules = compiled(body)
        scores = {
            given: score_item(rules, {"RESPONSE": (given,)}).score
            for given in ("12.25", "12.26", "2.5")
        }
        assert scores == {"12.25": 1, "12.26": 0, "2.5": Fraction(1, 2)}


def _as_qti_2(data: bytes) -> bytes:
    text = data.decode().replace("imsqtiasi_v3p0", "imsqti_v2p1").replace("qti-", "")
    for name in (
        "assessment-item", "response-declaration", "correct-response", "outcome-declaration",
        "template-declaration", "template-processing", "set-template-value", "default-value",
        "item-body", "text-entry-interaction", "response-processing", "response-condition",
        "response-if", "response-else-if", "set-outcome-value", "base-value", "base-type",
        "tolerance-mode", "response-identifier", "is-null",
    ):  # fmt: skip
        head, *rest = name.split("-")
        text = text.replace(name, head + "".join(part.capitalize() for part in rest))
    return text.replace("responseElse-if", "responseElseIf").encode()


def test_a_rule_that_needs_a_number_that_was_never_set_is_refused() -> None:
    processing = f"""<qti-response-processing><qti-response-condition><qti-response-if>
      <qti-equal tolerance-mode="absolute" tolerance="A">{variable("RESPONSE")}
      {constant("float", "1")}</qti-equal></qti-response-if></qti-response-condition>
      </qti-response-processing>"""
    found = refused(a_template(f"<p>{FIELD}</p>", "", declared("A"), processing=processing))
    assert "'A' has no value where a rule needs one" in found


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("<qti-print/>", "the rule <qti-print> is not supported"),
        ('<qti-set-template-value identifier="A"/>', "must hold exactly one expression"),
        (
            "<qti-template-condition><qti-template-if/></qti-template-condition>",
            "the rule <qti-template-if> is not supported",
        ),
        (setting("Z", constant("integer", "1")), "no template variable 'Z'"),
        (
            "<qti-template-constraint>"
            + constant("boolean", "false")
            + "</qti-template-constraint>",
            "none meets the constraints",
        ),
        (
            setting("RESPONSE", "<qti-custom-operator/>", "correct-response"),
            "'custom-operator' is not supported",
        ),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_by_line(rules: str, reason: str) -> None:
    found = refused(a_template(f"<p>{FIELD}</p>", rules, declared("A")))
    assert reason in found
    assert found.startswith("line ")


def test_a_template_variable_without_a_type_is_refused() -> None:
    variables = '<qti-template-declaration identifier="A" cardinality="single"/>'
    assert "lacks a known identifier" in refused(a_template(f"<p>{FIELD}</p>", "", variables))


def test_a_template_that_was_not_made_plain_is_no_item() -> None:
    problems = Problems("t.xml")
    assert read_item(parse_xml(a_sum(), "t.xml"), problems) is None


def test_conditions_and_exits_are_read() -> None:
    rules = (
        "<qti-template-condition><qti-template-if>"
        f"<qti-match>{variable('A')}{constant('integer', '1')}</qti-match>"
        f"{setting('RESPONSE', constant('float', '10'), 'correct-response')}</qti-template-if>"
        f"<qti-template-else-if><qti-gt>{variable('A')}{constant('integer', '3')}</qti-gt>"
        "<qti-exit-template/></qti-template-else-if>"
        f"<qti-template-else>{setting('RESPONSE', constant('float', '20'), 'correct-response')}"
        "</qti-template-else></qti-template-condition>"
        f"{setting('SCORE', constant('float', '0.5'), 'default-value')}"
    )
    found = set()
    for n in range(1, 30):
        _, read = compiled(
            a_template(f"<p>{FIELD}</p>", drawing("A", 1, 4) + rules, declared("A")), n
        )
        found.add((read.responses[0].correct, read.outcome("SCORE").default))
    assert found == {(("10",), ("0.5",)), (("20",), ("0.5",)), (("1",), None)}


# --- in a bank ------------------------------------------------------------------------------------


def a_source(folder: Path, *items: bytes, count: int = 1, seed: bytes = TRIAL_SEED) -> SourceBank:
    return read_source_bank(a_bank(folder, *items), variants=Variants(seed, count))


def test_a_template_stands_in_a_bank_for_its_variants(tmp_path: Path) -> None:
    source = a_source(tmp_path / "bank", a_sum(), a_choice("A"), count=4)
    entries = [(entry.id, entry.template, entry.variant) for entry in source.entries]
    assert entries == [*((f"T1.v{n}", "T1", n) for n in (1, 2, 3, 4)), ("I1", "", 0)]
    assert source.written == 2
    bank = compile_bank(source)
    assert [(one.template, one.variant) for one in bank.items] == [
        *(("T1", n) for n in (1, 2, 3, 4)),
        ("", 0),
    ]


def test_a_variant_like_an_earlier_one_is_left_out(tmp_path: Path) -> None:
    rules = drawing("A", 1, 3) + setting("RESPONSE", variable("A"), "correct-response")
    body = f'<p><qti-printed-variable identifier="A"/>? {FIELD}</p>'
    few = a_template(body, rules, declared("A"))
    source = a_source(tmp_path / "bank", few, count=50)
    assert len(source.entries) == 3
    assert len({entry.sources["en"].rules.responses[0].correct for entry in source.entries}) == 3


def test_two_languages_of_a_template_are_one_item_in_every_variant(tmp_path: Path) -> None:
    source = a_source(tmp_path / "bank", a_sum(), a_sum(lang="zh-CN", words="计算"), count=3)
    bank = compile_bank(source)
    assert not any(problem.refuses for problem in bank.problems)
    assert [set(one.item.texts) for one in bank.items] == [{"en", "zh-CN"}] * 3


def test_languages_that_draw_differently_are_refused(tmp_path: Path) -> None:
    other = a_sum(lang="zh-CN").replace(b'max="1000"', b'max="999"')
    findings = check_bank(compile_bank(a_source(tmp_path / "bank", a_sum(), other)))
    assert any("the languages differ in their template" in one.text for one in findings)


def test_a_finding_is_said_once_of_all_variants(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", a_sum(), reason="")
    bank = compile_bank(read_source_bank(folder, variants=Variants(TRIAL_SEED, TRIED)))
    findings = [one for one in check_bank(bank) if "does not say why" in one.text]
    assert [one.item for one in findings] == ["T1.v1"]


def test_variants_count_as_one_item_of_their_knowledge_point(tmp_path: Path) -> None:
    bank = compile_bank(a_source(tmp_path / "bank", a_sum(), count=TRIED))
    assert any("has 1 item; it needs 4" in one.text for one in check_bank(bank))


def test_a_key_that_fails_in_one_variant_is_found(tmp_path: Path) -> None:
    """The key of odd draws is none of the choices."""
    data = a_choice("A").decode()
    rules = (
        drawing("N", 1, 2)
        + "<qti-template-condition><qti-template-if>"
        + f"<qti-match>{variable('N')}{constant('integer', '1')}</qti-match>"
        + setting("RESPONSE", constant("identifier", "Z"), "correct-response")
        + "</qti-template-if></qti-template-condition>"
    )
    template = f"{declared('N')}<qti-template-processing>{rules}</qti-template-processing>"
    data = data.replace("<qti-item-body>", template + "<qti-item-body>")
    bank = compile_bank(a_source(tmp_path / "bank", data.encode(), count=TRIED))
    assert any(one.severity == "error" and one.item.startswith("I1.v") for one in check_bank(bank))


def test_the_example_in_the_guide_is_a_template() -> None:
    examples = re.findall(r"```xml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    (example,) = [found for found in examples if "template" in found]
    template, body = example.replace("...", FIELD).split("<qti-item-body>")
    data = a_template("", "").decode()
    data = re.sub(r"<qti-template-processing>.*</qti-item-body>", "EXAMPLE", data, flags=re.DOTALL)
    data = data.replace("EXAMPLE", f"{template}<qti-item-body>{body}")
    for n in range(1, 10):
        item, rules = compiled(data.encode(), n)
        factor = re.fullmatch(r"3 × (\d) = .*", plain_text(item.texts["en"].body).strip())
        assert factor is not None
        assert rules.responses[0].correct == (str(3 * int(factor[1])),)


# --- import, try ----------------------------------------------------------------------------------


def test_an_import_keeps_the_template(tmp_path: Path) -> None:
    file = tmp_path / "t.xml"
    file.write_bytes(_as_qti_2(a_template(f"<p>{FIELD}</p>", "", declared("A"))))
    found = import_sources([file], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (1, ())
    source = read_source_bank(tmp_path / "bank", variants=Variants(TRIAL_SEED, 1))
    assert [entry.template for entry in source.entries] == ["T1"]
    (kept,) = (tmp_path / "bank" / "items").iterdir()
    assert b"<qti-template-declaration" in kept.read_bytes()
    assert QTI.encode() in kept.read_bytes()


def test_an_imported_template_draws_as_the_one_it_came_from(tmp_path: Path) -> None:
    root = parse_xml(a_sum(), "t.xml")
    file = tmp_path / "t.xml"
    file.write_bytes(a_sum())
    import_sources([file], tmp_path / "bank", lang="en")
    (kept,) = (tmp_path / "bank" / "items").iterdir()
    again = parse_xml(kept.read_bytes(), "kept.xml")
    for n in (1, 2, 3):
        one, other = (instantiate(item, TRIAL_SEED, n, Problems("x")) for item in (root, again))
        assert one is not None
        assert other is not None
        assert one.drawn == other.drawn


def test_an_import_refuses_a_template_whose_later_variants_fail(tmp_path: Path) -> None:
    """A division by a number that is 0 in about half of the draws."""
    key = f"<qti-divide>{constant('integer', '1')}{variable('A')}</qti-divide>"
    rules = drawing("A", 0, 1) + setting("RESPONSE", key, "correct-response")
    file = tmp_path / "t.xml"
    file.write_bytes(a_template(f"<p>{FIELD}</p>", rules, declared("A")))
    found = import_sources([file], tmp_path / "bank", lang="en")
    (refusal,) = found.refused
    assert refusal.item == "T1"
    assert "comes to no value" in refusal.reason


def test_a_template_is_tried_with_the_variant_asked_for() -> None:
    for n in (1, 2):
        rules = read_item_rules(a_sum(), "t.xml", variant=n)
        (key,) = rules.responses[0].correct or ()
        assert outcomes_of(rules, {"RESPONSE": (key,)})["SCORE"] == 1
    one, other = (
        read_item_rules(a_sum(), "t.xml", seed=bytes([n] * 32)).responses[0].correct for n in (1, 2)
    )
    assert one != other
