"""Items that were written in a word processor come in with their words and without its layout."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.assessment.content import plain_text
from tests.authoring.builders import a_choice
from tests.authoring.foreign import Taken

BODY = """<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->
<style><!-- p.MsoNormal {mso-style-parent:""; margin:0cm;} --></style>
<p class="MsoNormal" style="margin-bottom:0cm"><b style="mso-bidi-font-weight:normal"><span lang="EN-US"
style="font-family:&quot;Times New Roman&quot;,serif;mso-fareast-font-family:宋体">P507</span></b><span
style="font-family:宋体">属于“酸性”萃取剂，<u>错误</u>的是（<span lang=EN-US>&nbsp;</span>）。</span><o:p></o:p></p>
<p class=MsoListParagraph><![if !supportLists]><span style='mso-list:Ignore'>1.</span><![endif]><font
face="宋体" size="3" color="red">RE<sup>3+</sup></font><br clear="all"></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<table class=MsoTableGrid border=1><tr style='mso-yfti-irow:0'><td><p class=MsoNormal>甲<o:p></o:p></p></td></tr></table>"""
CHOICES = (
    "<p class='MsoNormal'>It’s an acid<o:p></o:p></p>",
    "<p>from <st1:place>China</st1:place></p>",
)


def moodle(body: str) -> bytes:
    answers = "".join(
        f'<answer fraction="{share}" format="html"><text><![CDATA[{text}]]></text></answer>'
        for share, text in zip((100, 0), CHOICES, strict=True)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><quiz><question type="multichoice"><name><text>w'
        f'</text></name><questiontext format="html"><text><![CDATA[{body}]]></text></questiontext>'
        f"{answers}<single>true</single></question></quiz>"
    ).encode()


def test_html_of_a_word_processor_keeps_its_words_and_says_what_is_left_out(tmp_path: Path) -> None:
    found = Taken(tmp_path, "word.xml", moodle(BODY), "zh-CN")
    assert found.refused == {}
    assert "layout that a word processor left behind is left out" in found.notes
    (one,) = found.items.values()
    words = one.item.texts["zh-CN"]
    assert plain_text(words.body).split("\n") == [
        "P507属于“酸性”萃取剂，错误的是（\xa0）。",
        "1.RE3+",
        "\xa0",  # an empty paragraph is a space between two
        "甲",
    ]
    offered = [plain_text(content) for content in words.choices["RESPONSE"].values()]
    assert offered == ["It’s an acid", "from China"]


@pytest.mark.parametrize(
    "island", ["<m:oMath>x</m:oMath>", "<v:shape>x</v:shape>", "<script>x</script>"]
)
def test_what_it_cannot_carry_refuses_the_question(tmp_path: Path, island: str) -> None:
    found = Taken(tmp_path, "word.xml", moodle(f"<p>A{island}</p>"))
    assert "is not supported" in found.refused["w"]


@pytest.mark.parametrize("version", ["3.0", "2.1"])
def test_qti_with_elements_of_a_word_processor_is_read(tmp_path: Path, version: str) -> None:
    office = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
    smart = 'xmlns:s="urn:schemas-microsoft-com:office:smarttags"'
    prompt = f"Where is <s:place {smart} s:on='1'>Baotou</s:place>?<o:p {office}></o:p>"
    data = a_choice("A", prompt=prompt)
    if version == "2.1":
        data = (
            f'<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="I1" title="t"'
            ' adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE"'
            ' cardinality="single" baseType="identifier"><correctResponse><value>A</value>'
            '</correctResponse></responseDeclaration><outcomeDeclaration identifier="SCORE"'
            f' cardinality="single" baseType="float"/><itemBody><p class="MsoNormal">{prompt}</p>'
            '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">'
            '<simpleChoice identifier="A">x</simpleChoice><simpleChoice identifier="B">y'
            "</simpleChoice></choiceInteraction></itemBody><responseProcessing template="
            '"http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/></assessmentItem>'
        ).encode()
    found = Taken(tmp_path, "item.xml", data)
    assert found.refused == {}
    (one,) = found.items.values()
    assert plain_text(one.item.texts["en"].body).startswith("Where is Baotou?")
    if version == "2.1":
        (written,) = (found.bank / "items").iterdir()
        assert b"microsoft" not in written.read_bytes()
