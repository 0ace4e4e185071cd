"""Markup becomes safe content: nothing is lost in silence, nothing foreign gets through."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.artefacts.codec import decode, encode
from kiosk.assessment.content import (
    Drawing,
    Field,
    Figure,
    Formula,
    ItemList,
    LineBreak,
    Paragraph,
    Place,
    Preformatted,
    Raster,
    Table,
    Text,
    plain_text,
)
from kiosk.assessment.items import Item
from kiosk.authoring.compiled import compile_item
from kiosk.authoring.flow import tidy_spans
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.problems import Problems
from tests.authoring.builders import (
    a_choice,
    a_png,
    a_response,
    an_item,
    an_svg,
    compiled,
    read,
    said,
)

MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x over 2">{}</math>'
ENTRY = '<p><qti-text-entry-interaction response-identifier="RESPONSE"/></p>'


def body(markup: str, files: dict[str, bytes] | None = None) -> tuple:
    item, problems = compiled(
        an_item(markup + ENTRY, declarations=a_response("1", base_type="string")), files
    )
    assert item is not None, said(problems)
    return item.texts["en"].body[:-1]


def refusal(markup: str, files: dict[str, bytes] | None = None) -> str:
    item, problems = compiled(
        an_item(markup + ENTRY, declarations=a_response("1", base_type="string")), files
    )
    assert item is None
    return said(problems)


def test_styles_nest_and_white_space_collapses() -> None:
    assert body(
        "<p> H<sub>2</sub>SO<sub>4</sub>\n  is <strong>not <em>here</em></strong> </p>"
    ) == (
        Paragraph(
            (
                Text("H"),
                Text("2", ("sub",)),
                Text("SO"),
                Text("4", ("sub",)),
                Text(" is "),
                Text("not ", ("strong",)),
                Text("here", ("strong", "emphasis")),
            )
        ),
    )


def test_a_line_break_of_the_source_between_chinese_letters_is_no_blank() -> None:
    assert plain_text(body("<p>稀土\n   萃取 and\n washing</p>")) == "稀土萃取 and washing"


def test_a_break_is_kept_inside_a_paragraph_and_dropped_at_its_ends() -> None:
    assert body("<p><br/>a <br/> b<br/></p>") == (Paragraph((Text("a"), LineBreak(), Text("b"))),)


def test_lists_tables_and_preformatted_text_keep_their_shape() -> None:
    found = body(
        "<ol><li>one</li><li><p>two</p><ul><li>deep</li></ul></li></ol>"
        "<table><caption>Acids</caption><thead><tr><th colspan='2'>c</th></tr></thead>"
        "<tbody><tr><td>1</td><td><p>a</p><p>b</p></td></tr></tbody></table><pre>a\n  b</pre>"
    )
    first, table, pre = found
    assert isinstance(first, ItemList)
    assert first.ordered
    assert isinstance(first.entries[1][1], ItemList)
    assert isinstance(table, Table)
    assert table.caption == (Text("Acids"),)
    assert (table.rows[0][0].header, table.rows[0][0].columns) == (True, 2)
    assert table.rows[1][1].spans == (Text("a"), LineBreak(), Text("b"))
    assert pre == Preformatted("a\n  b")


def test_a_prompt_stands_before_its_choices() -> None:
    item, _ = compiled(a_choice("A", prompt="Which <strong>one</strong>?"))
    assert item is not None
    assert item.texts["en"].body == (
        Paragraph((Text("Which "), Text("one", ("strong",)), Text("?"))),
        Place("RESPONSE"),
    )
    assert item.texts["en"].choices["RESPONSE"]["B"] == (Paragraph((Text("kerosene oil"),)),)


def test_a_field_stands_in_its_line() -> None:
    item, _ = compiled(
        an_item(
            "<p>It is <qti-text-entry-interaction response-identifier='RESPONSE'/> %.</p>",
            declarations=a_response("1", base_type="float"),
        )
    )
    assert item is not None
    assert item.texts["en"].body == (Paragraph((Text("It is "), Field("RESPONSE"), Text(" %."))),)


def test_a_formula_stands_on_the_line_and_says_its_words() -> None:
    (paragraph,) = body(f"<p>so {MATH.format('<mfrac><mi>x</mi><mn>2</mn></mfrac>')}</p>")
    formula = paragraph.spans[1]
    assert isinstance(formula, Formula)
    drawing = formula.drawing
    assert drawing.words == "x over 2"
    assert drawing.baseline is not None
    assert 0 < drawing.baseline < drawing.height
    assert all(path.fill == "ink" for path in drawing.paths)
    assert all(isinstance(number, int) for path in drawing.paths for number in path.points)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<maction><mi>x</mi></maction>", "<maction>"),
        ("<mtext>中文</mtext>", "中"),
        ("<mfrac><mi>x</mi></mfrac>", "cannot be drawn"),
        ("<mspace width='1e9em'/>", "no length"),
        ("<annotation-xml><b>x</b></annotation-xml>", "<annotation-xml>"),
        ("<mn>" + "1" * 30_000 + "</mn>", "too long"),
    ],
)
def test_a_formula_that_cannot_be_drawn_faithfully_is_refused(inside: str, reason: str) -> None:
    assert reason in refusal(f"<p>{MATH.format(inside)}</p>")


def test_a_raster_is_encoded_again_and_named_by_its_content() -> None:
    (figure,) = body('<p><img src="../media/a.png" alt="a pump"/></p>', {"media/a.png": a_png()})
    assert isinstance(figure, Figure)
    assert isinstance(figure.picture, Raster)
    assert re.fullmatch("[0-9a-f]{64}", figure.picture.media)
    assert (figure.picture.width_px, figure.picture.height_px) == (12, 9)
    assert figure.picture.words == "a pump"


def test_a_picture_within_text_parts_the_paragraph_and_loses_no_word() -> None:
    found = body('<p>before <img src="a.svg" alt="x"/> after</p>', {"items/a.svg": an_svg("")})
    assert [type(block) for block in found] == [Paragraph, Figure, Paragraph]
    assert isinstance(found[1].picture, Drawing)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../secret.png", "http://x/a.png", "file:///etc/passwd", ""]
)
def test_a_picture_outside_the_bank_is_refused(name: str) -> None:
    assert "not a file of the bank" in refusal(f'<p><img src="{name}" alt="x"/></p>')


def test_a_missing_picture_is_refused_with_its_name() -> None:
    assert "media/gone.png" in refusal('<p><img src="../media/gone.png" alt="x"/></p>')


UNSUPPORTED = {
    "<script>alert(1)</script>": "<script>",
    "<iframe src='x'/>": "<iframe>",
    "<video><source src='x'/></video>": "<video>",
    "<p><qti-printed-variable identifier='X'/></p>": "<qti-printed-variable>",
    "<object data='x.swf' type='application/x-shockwave-flash'/>": "<object>",
    "<ul>loose text<li>a</li></ul>": "holds text",
    "<table><tr>loose<td>a</td></tr></table>": "holds text",
    "<ol start='d'><li>a</li></ol>": "is not a whole number",
    "<table><tr><td><table><tr><td>a</td></tr></table></td></tr></table>": "<td> may hold text",
    "<p><img src='data:text/plain;base64,YQ==' alt='a'/></p>": "no picture in base64",
    "<p><img src='data:image/png;base64,!' alt='a'/></p>": "no picture in base64",
    "<p><qti-feedback-inline show-hide='hide'>x</qti-feedback-inline></p>": "hidden by a rule",
    "<x:y xmlns:x='urn:x'>text</x:y>": "<y>",
}


@pytest.mark.parametrize("markup", UNSUPPORTED)
def test_markup_without_a_place_is_refused_by_name(markup: str) -> None:
    assert UNSUPPORTED[markup] in refusal(markup)


def test_feedback_in_the_text_never_gets_into_the_content() -> None:
    data = a_choice("A").replace(
        b"hydrochloric acid",
        b"hydrochloric acid<qti-feedback-inline outcome-identifier='F' identifier='A'>"
        b"That is right</qti-feedback-inline>",
    )
    item, problems = compiled(data)
    assert item is not None
    assert b"That is right" not in encode(item)
    assert "feedback" in said(problems)


def test_two_languages_of_different_structure_are_no_item() -> None:
    english, _ = read(a_choice("A"))
    chinese, _ = read(a_choice("B", lang="zh-CN"))
    assert english is not None
    assert chinese is not None
    problems = Problems("")
    pictures = Pictures(lambda _: b"")
    assert compile_item({"en": english, "zh-CN": chinese}, pictures, problems) is None
    assert "differs" in said(problems)


TEXTS = st.text(st.sampled_from("a b\n水文\t。X"), max_size=12)


@given(st.lists(st.tuples(TEXTS, st.sampled_from([(), ("strong",)])), max_size=6))
def test_tidying_text_changes_white_space_alone(parts: list) -> None:
    spans = [
        Text(re.sub(r"[ \t\n]+", lambda m: "\n" if "\n" in m[0] else " ", t), s) for t, s in parts
    ]
    tidy = tidy_spans(spans)
    joined = "".join(span.text for span in tidy)
    assert re.sub(r"\s", "", joined) == re.sub(r"\s", "", "".join(text for text, _ in parts))
    assert joined == joined.strip()
    assert not re.search(r"\s\s|[\n\t]", joined)
    assert tidy_spans(list(tidy)) == tidy


def test_content_of_a_whole_item_can_be_kept_and_read() -> None:
    item, _ = compiled(a_choice("A", "B", most=0))
    assert item is not None
    assert decode(encode(item), Item, "item") == item


@pytest.mark.parametrize(
    ("markup", "style"),
    [
        ('<p><span class="qti-underline">x</span></p>', "emphasis"),
        ('<p class="qti-align-center qti-italic">x</p>', "emphasis"),
        ('<p><span class="qti-keyword-emphasis">x</span></p>', "strong"),
        ("<p><ins>x</ins></p>", "emphasis"),
        ('<p class="qti-align-center">x</p>', None),
    ],
)
def test_classes_of_qti_that_speak_of_text_are_kept(markup: str, style: str | None) -> None:
    assert body(markup) == (Paragraph((Text("x", (style,) if style else ()),)),)


@pytest.mark.parametrize("name", ["qti-hidden", "qti-visually-hidden"])
def test_what_a_class_hides_is_left_out_with_a_note(name: str) -> None:
    markup = f'<p>a<span class="{name}">secret</span>b</p>'
    item, problems = compiled(
        an_item(markup + ENTRY, declarations=a_response("1", base_type="string"))
    )
    assert item is not None
    assert plain_text(item.texts["en"].body[:1]) == "ab"
    assert "left out" in said(problems)


@pytest.mark.parametrize(
    "ruby",
    ["<ruby>铈<rt>shi</rt></ruby>", "<ruby><rb>铈</rb><rp>(</rp><rt>shi</rt><rp>)</rp></ruby>"],
)
def test_a_reading_stands_in_brackets_after_its_character(ruby: str) -> None:
    assert plain_text(body(f"<p>{ruby}</p>")) == "铈(shi)"


def test_a_field_is_as_wide_as_its_class_says() -> None:
    data = an_item(
        '<p><qti-text-entry-interaction response-identifier="RESPONSE" class="qti-input-width-6"'
        ' expected-length="99"/></p>',
        declarations=a_response("1", base_type="string"),
    )
    item, _ = compiled(data)
    assert item is not None
    assert item.interactions[0].expected_length == 6


@pytest.mark.parametrize("name", ["audio", "video"])
def test_sound_and_film_are_refused_with_the_reason(name: str) -> None:
    assert "a seat plays no sound" in refusal(f'<{name} src="a.ogg"/>')


def test_a_list_begins_at_its_number_and_stands_in_a_cell_line_by_line() -> None:
    (listed,) = body("<ol start='3'><li>a</li><li>b</li></ol>")
    assert isinstance(listed, ItemList)
    assert listed.start == 3
    (table,) = body("<table><tr><td><ol start='3'><li>a</li><li>b</li></ol></td></tr></table>")
    assert plain_text((table,)) == "3. a\n4. b"


def test_a_picture_within_an_address_or_a_cell_is_taken() -> None:
    address = "data:image/png;base64," + base64.b64encode(a_png()).decode()
    (figure,) = body(f'<p><img src="{address}" alt="a plate"/></p>')
    assert isinstance(figure, Figure)
    assert isinstance(figure.picture, Raster)
    cell = f'<table><tr><td>see <img src="{address}" alt="a plate"/></td></tr></table>'
    assert plain_text(body(cell)) == "see\na plate"


def test_a_drawing_within_the_text_says_its_title() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>a tank</title>'
        '<rect width="5" height="5"/></svg>'
    )
    (figure,) = body(svg)
    assert isinstance(figure, Figure)
    assert isinstance(figure.picture, Drawing)
    assert figure.picture.words == "a tank"


def test_operators_without_a_sign_do_not_keep_a_formula_from_being_drawn() -> None:
    (paragraph,) = body("<p>" + MATH.format("<mi>f</mi><mo>\u2061</mo><mi>x</mi>") + "</p>")
    assert isinstance(paragraph, Paragraph)
    assert isinstance(paragraph.spans[0], Formula)


def test_a_hint_that_can_be_asked_for_is_left_out_with_a_note() -> None:
    markup = "<qti-info-control title='Hint'>secret</qti-info-control>"
    item, problems = compiled(
        an_item(markup + ENTRY, declarations=a_response("1", base_type="string"))
    )
    assert item is not None
    assert "secret" not in repr(item)
    assert "hint" in said(problems)
