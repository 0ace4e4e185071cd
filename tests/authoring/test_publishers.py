"""Items in the manner of many publishers' tools come in and score; what cannot says why.

Each is written here, by what such a tool is known to write: its namespace, its wrappers, its way of
counting.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.reach import reach_of
from kiosk.authoring.source_bank import read_source_bank
from kiosk.scoring.outcomes import score_item
from tests.authoring.builders import a_png

V21 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1"'
V22 = 'xmlns="http://www.imsglobal.org/xsd/imsqti_v2p2"'
V30 = 'xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
XSI = (
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://example.org a.xsd"'
)


def _float(name: str, value: str = "0", **more: str) -> str:
    said = "".join(f' {key}="{text}"' for key, text in more.items())
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="float"{said}>'
        f"<defaultValue><value>{value}</value></defaultValue></outcomeDeclaration>"
    )


def _response(
    *values: str, name: str = "RESPONSE", kind: str = "single identifier", more: str = ""
):
    cardinality, base = kind.split()
    key = "".join(f"<value>{value}</value>" for value in values)
    correct = f"<correctResponse>{key}</correctResponse>" if values else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"{correct}{more}</responseDeclaration>"
    )


def _item(space: str, inside: str, processing: str = "", after: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE assessmentItem>\n<assessmentItem {space}'
        f' {XSI} identifier="X1" title="An item" label="An item" adaptive="false"'
        f' timeDependent="false" toolName="T" toolVersion="1">{inside}{processing}{after}'
        "</assessmentItem>"
    )


def _template(name: str, version: str = "2p1") -> str:
    address = f"http://www.imsglobal.org/question/qti_v{version}/rptemplates/{name}"
    return f'<responseProcessing template="{address}"/>'


def _if(test: str, then: str, otherwise: str = "") -> str:
    last = f"<responseElse>{otherwise}</responseElse>" if otherwise else ""
    return f"<responseCondition><responseIf>{test}{then}</responseIf>{last}</responseCondition>"


def _set(name: str, value: str) -> str:
    return f'<setOutcomeValue identifier="{name}">{value}</setOutcomeValue>'


def _base(value: str, kind: str = "float") -> str:
    return f'<baseValue baseType="{kind}">{value}</baseValue>'


def _right(name: str = "RESPONSE") -> str:
    return f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>'


def _choices(name: str = "RESPONSE", most: int = 1, prompt: str = "Which?", extra: str = "") -> str:
    said = "".join(
        f'<simpleChoice identifier="c_{n}" fixed="false"{extra}><p>word {n}</p></simpleChoice>'
        for n in range(1, 5)
    )
    return (
        f'<choiceInteraction responseIdentifier="{name}" shuffle="true" maxChoices="{most}">'
        f"<prompt>{prompt}</prompt>{said}</choiceInteraction>"
    )


def _pairs(rows: str, columns: str, most: int = 1) -> str:
    def chosen(names: str, limit: int) -> str:
        return "".join(
            f'<simpleAssociableChoice identifier="{n}" matchMax="{limit}">{n} word'
            "</simpleAssociableChoice>"
            for n in names
        )

    return (
        '<matchInteraction class="match_kprim" responseIdentifier="RESPONSE" shuffle="false"'
        f' maxAssociations="{len(rows)}"><simpleMatchSet>{chosen(rows, 1)}</simpleMatchSet>'
        f"<simpleMatchSet>{chosen(columns, most)}</simpleMatchSet></matchInteraction>"
    )


_MAPPED = '<mapping defaultValue="0">{}</mapping>'.format(
    "".join(f'<mapEntry mapKey="c_{n}" mappedValue="{v}"/>' for n, v in enumerate("1100", 1))
)
_CLAMPED = _if(
    '<gt><variable identifier="SCORE"/><variable identifier="MAXSCORE"/></gt>',
    _set("SCORE", '<variable identifier="MAXSCORE"/>'),
) + _if(
    '<lt><variable identifier="SCORE"/><variable identifier="MINSCORE"/></lt>',
    _set("SCORE", '<variable identifier="MINSCORE"/>'),
)
_ADD_MAPPED = _set(
    "SCORE", '<sum><variable identifier="SCORE"/><mapResponse identifier="RESPONSE"/></sum>'
)
_ANSWERED = '<not><isNull><variable identifier="RESPONSE"/></isNull></not>'

ITEMS: dict[str, str] = {
    "TAO": _item(
        f'{V22} xmlns:m="http://www.w3.org/1998/Math/MathML" xml:lang="en-US"',
        _response("<![CDATA[c_1]]>", "<![CDATA[c_2]]>", kind="multiple identifier", more=_MAPPED)
        + '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"'
        ' normalMaximum="2"/>'
        + _float("MAXSCORE", "2")
        + '<stylesheet href="style/custom/user.css" type="text/css" media="all" title=""/>'
        '<itemBody><div class="grid-row"><div class="col-12">'
        + _choices(most=0, extra=' showHide="show"')
        + "</div></div></itemBody>",
        _template("map_response.xml", "2p2"),
    ),
    "Moodle": _item(
        'xmlns="http://www.imsglobal.org/xsd/imsqti_item_v2p0"',
        _response("3.5", name="question12", kind="single float")
        + '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>'
        '<itemBody><p>How much?</p><div class="interactive.textEntry"><textEntryInteraction'
        ' responseIdentifier="question12" expectedLength="10"/></div></itemBody>',
        "<responseProcessing>"
        + _if(
            '<and><not><isNull><variable identifier="question12"/></isNull></not>'
            f'<gte><variable identifier="question12"/>{_base("3.4")}</gte>'
            f'<lte><variable identifier="question12"/>{_base("3.6")}</lte></and>',
            _set("SCORE", _base("1", "integer")),
            _set("SCORE", _base("0", "integer")),
        )
        + "</responseProcessing>",
    ),
    "ONYX": _item(
        V21,
        _response(
            "a l",
            "b k",
            kind="multiple directedPair",
            more='<mapping defaultValue="-1"><mapEntry mapKey="a l" mappedValue="1"/>'
            '<mapEntry mapKey="b k" mappedValue="1"/></mapping>',
        )
        + _float("SCORE")
        + _float("MAXSCORE", "2")
        + _float("MINSCORE", "0", view="testConstructor")
        + f"<itemBody><i>a table</i>{_pairs('ab', 'kl', 2)}</itemBody>",
        f"<responseProcessing>{_if(_ANSWERED, _ADD_MAPPED)}{_CLAMPED}</responseProcessing>",
    ),
    "OpenOLAT": _item(
        V21,
        _response("c_2")
        + _float("SCORE")
        + _float("MAXSCORE", "3", view="testConstructor")
        + '<outcomeDeclaration identifier="FEEDBACKBASIC" cardinality="single"'
        ' baseType="identifier" view="testConstructor"><defaultValue><value>none</value>'
        "</defaultValue></outcomeDeclaration>"
        f"<itemBody><p>Read.</p>{_choices(extra=' ')}</itemBody>",
        "<responseProcessing>"
        + _if(
            '<isNull><variable identifier="RESPONSE"/></isNull>',
            _set("FEEDBACKBASIC", _base("empty", "identifier")),
            _if(
                _right(),
                _set(
                    "SCORE",
                    '<sum><variable identifier="SCORE"/><variable identifier="MAXSCORE"/></sum>',
                )
                + _set("FEEDBACKBASIC", _base("correct", "identifier")),
            ),
        )
        + "</responseProcessing>",
        '<modalFeedback identifier="F1" outcomeIdentifier="FEEDBACKBASIC" showHide="show"'
        ' title="Right"><p>Well done</p></modalFeedback>',
    ),
    "two parts with a passage": _item(
        f'{V21} xmlns:m="http://www.w3.org/1998/Math/MathML"',
        _response("c_1", name="R1")
        + _response("c_2", "c_3", name="R2", kind="multiple identifier")
        + _float("S1")
        + _float("SCORE")
        + '<itemBody><rubricBlock use="context" view="candidate author proctor scorer tutor"><div>'
        '<object data="passages/one.html" type="text/html"/></div></rubricBlock>'
        + _choices("R1", prompt="<strong>Part A</strong><br/>What?")
        + _choices("R2", 2, prompt="<strong>Part B</strong><br/>Why?")
        + "</itemBody>",
        "<responseProcessing>"
        + _if(_right("R1"), _set("S1", _base("1")), _set("S1", _base("0")))
        + _if(
            f'<not><equal toleranceMode="exact"><variable identifier="S1"/>{_base("1")}</equal></not>',
            _set("SCORE", _base("0")),
            _set("SCORE", _base("1")) + _if(_right("R2"), _set("SCORE", _base("2"))),
        )
        + "</responseProcessing>",
    ),
    "Cito": _item(
        V22,
        _response("Café", kind="single string")
        + _float("SCORE")
        + '<itemBody class="defaultBody" xml:lang="nl-NL"><div class="content"><div class='
        '"cito_genclass_1"/><p/><div id="leftbody"><p><strong>Lees</strong></p></div><div><p>'
        '<textEntryInteraction responseIdentifier="RESPONSE" expectedLength="20"'
        ' patternMask="^.{0,20}$"/></p></div></div></itemBody>',
        "<responseProcessing>"
        + _if(
            '<stringMatch caseSensitive="false"><customOperator definition="depcp:Trim">'
            '<customOperator definition="depcp:ToAscii"><variable identifier="RESPONSE"/>'
            f"</customOperator></customOperator>{_base('cafe', 'string')}</stringMatch>",
            _set("SCORE", f'<sum>{_base("1")}<variable identifier="SCORE"/></sum>'),
        )
        + _if(
            f'<gte><variable identifier="SCORE"/>{_base("1")}</gte>',
            _set("SCORE", _base("1")),
            _set("SCORE", _base("0")),
        )
        + "</responseProcessing>",
    ),
    "Inspera": _item(
        f'{V21} xmlns:inspera="http://www.inspera.no/qti" inspera:supportedLanguages="en_us"',
        _response("c_3", name="RESPONSE-1", more=_MAPPED.replace("c_1", "c_3", 1))
        + _float("SCORE")
        + "<itemBody><div><p>A <em>question</em></p></div>"
        + _choices("RESPONSE-1").replace("<p>", '<p class="inspera-p">')
        + '<rubricBlock view="tutor"><p>For markers</p></rubricBlock></itemBody>',
        "<responseProcessing>"
        + _if(_right("RESPONSE-1"), _set("SCORE", _base("1.0")))
        + "</responseProcessing>",
    ),
    "APIP": _item(
        'xmlns="http://www.imsglobal.org/xsd/apip/apipv1p0/qtiitem/imsqti_v2p1"'
        ' xmlns:apip="http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0"',
        _response("c_2") + _float("SCORE") + f'<itemBody id="b1">{_choices()}</itemBody>',
        _template("match_correct"),
        "<apip:apipAccessibility><apip:accessibilityInfo/></apip:apipAccessibility>",
    ),
    "without a namespace": _item(
        "",
        _response("c_2") + _float("SCORE") + f"<itemBody>{_choices()}</itemBody>",
        _template("match_correct"),
    ),
    "formulae": _item(
        f'{V21} xmlns:m="http://www.w3.org/1998/Math/MathML"',
        _response(
            "0.5",
            kind="single float",
            more='<mapping defaultValue="0"><mapEntry mapKey="0.5" mappedValue="2"/></mapping>',
        )
        + _float("SCORE")
        + "<itemBody><p>Work out <m:math><m:mfrac><m:mn>1</m:mn><m:mn>2</m:mn></m:mfrac></m:math>:"
        ' <textEntryInteraction responseIdentifier="RESPONSE"/></p></itemBody>',
        _template("map_response"),
    ),
    "a drag and drop on a picture": _item(
        V21,
        _response(
            "G1 H1",
            "G2 H2",
            name="R9",
            kind="multiple directedPair",
            more='<mapping defaultValue="-1.00" lowerBound="0.00" upperBound="2.00">'
            '<mapEntry mapKey="G1 H1" mappedValue="1.00"/><mapEntry mapKey="G2 H2"'
            ' mappedValue="1.00"/></mapping>',
        )
        + _float("SCORE")
        + '<itemBody><graphicGapMatchInteraction responseIdentifier="R9"><prompt>Drag.<br/></prompt>'
        '<object data="images/a.png" height="90" type="image/png" width="120"/>'
        + "".join(
            f'<gapImg identifier="G{n}" matchMax="1"><object data="images/a.png" height="9"'
            ' type="image/png" width="12"/></gapImg>'
            for n in (1, 2, 3)
        )
        + '<associableHotspot coords="0,0,30,30" identifier="H1" matchMax="1" shape="rect"/>'
        '<associableHotspot coords="40,0,80,30" identifier="H2" matchMax="1" shape="rect"/>'
        "</graphicGapMatchInteraction></itemBody>",
        _template("map_response"),
    ),
    "Kennisnet": f"""<qti-assessment-item {V30} {XSI} title="t" time-dependent="false" identifier="X1">
<qti-response-declaration identifier="RESPONSE" base-type="directedPair" cardinality="multiple">
<qti-correct-response><qti-value>A1 B1</qti-value><qti-value>A2 B2</qti-value></qti-correct-response>
</qti-response-declaration><qti-outcome-declaration identifier="SCORE" base-type="float"
 cardinality="single" normal-minimum="0" normal-maximum="1.0" external-scored="externalMachine"/>
<qti-item-body><div><p><strong>x</strong><br/><br/>y&#160;z</p></div><div class="qti-layout-row">
<div class="qti-layout-col6"><qti-match-interaction response-identifier="RESPONSE" shuffle="true"
 class="qti-match-tabular" max-associations="2" data-first-column-header="">
<qti-simple-match-set>
<qti-simple-associable-choice identifier="A1" match-max="1" match-min="0">a</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="A2" match-max="1" match-min="0">b</qti-simple-associable-choice>
</qti-simple-match-set><qti-simple-match-set>
<qti-simple-associable-choice identifier="B1" match-max="1">c</qti-simple-associable-choice>
<qti-simple-associable-choice identifier="B2" match-max="1">d</qti-simple-associable-choice>
</qti-simple-match-set></qti-match-interaction></div></div>
<qti-rubric-block use="scoring" view="scorer" class="qti-rubric-discretionary-placement">
<qti-content-body><p>x</p></qti-content-body></qti-rubric-block></qti-item-body>
<qti-response-processing/></qti-assessment-item>""",
}
REFUSED: dict[str, tuple[str, str]] = {
    "an operator of ONYX": (
        _item(
            V21,
            _response("more", kind="single string")
            + _float("SCORE")
            + '<itemBody><p><textEntryInteraction responseIdentifier="RESPONSE"/></p></itemBody>',
            "<responseProcessing>"
            + _set(
                "SCORE",
                '<mapTolResponse xmlns="http://example.org/ext" identifier="RESPONSE"'
                ' tolerance="2"/>',
            )
            + "</responseProcessing>",
        ),
        "maptolresponse",
    ),
    "a film of the network": (
        _item(
            V22,
            _response("c_1")
            + _float("SCORE")
            + '<itemBody><p><object data="https://example.org/v" type="text/html"/></p>'
            + _choices()
            + "</itemBody>",
            _template("match_correct"),
        ),
        "<object>",
    ),
}


def _folder(tmp_path: Path, item: str) -> Path:
    folder = tmp_path / "in"
    (folder / "images").mkdir(parents=True)
    (folder / "passages").mkdir()
    (folder / "x.xml").write_text(item, "utf-8")
    (folder / "images" / "a.png").write_bytes(a_png())
    (folder / "passages" / "one.html").write_text(
        "<html><head><title>t</title></head><body><p>A passage.</p></body></html>", "utf-8"
    )
    return folder / "x.xml"


@pytest.mark.parametrize("publisher", ITEMS)
def test_an_item_in_the_manner_of_a_publisher_comes_in_and_scores_by_its_key(
    publisher: str, tmp_path: Path
) -> None:
    found = import_sources([_folder(tmp_path, ITEMS[publisher])], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (1, ())
    bank = compile_bank(read_source_bank(tmp_path / "bank"))
    assert not any(problem.refuses for problem in bank.problems), bank.problems
    (one,) = bank.items
    reach = reach_of(one.item, one.rules)
    assert reach.key is not None
    assert reach.key == reach.best > 0
    assert score_item(one.rules, {}).score < reach.key


@pytest.mark.parametrize("case", REFUSED)
def test_what_only_its_maker_can_deliver_is_refused_by_name(case: str, tmp_path: Path) -> None:
    item, said = REFUSED[case]
    found = import_sources([_folder(tmp_path, item)], tmp_path / "bank", lang="en")
    assert said in found.refused[0].reason


def test_a_passage_in_a_page_of_its_own_comes_into_the_item(tmp_path: Path) -> None:
    path = _folder(tmp_path, ITEMS["two parts with a passage"])
    import_sources([path], tmp_path / "bank", lang="en")
    bank = compile_bank(read_source_bank(tmp_path / "bank"))
    assert "A passage." in repr(bank.items[0].item.texts["en"].body[0])


def test_an_item_without_its_passage_waits_for_it(tmp_path: Path) -> None:
    path = _folder(tmp_path, ITEMS["two parts with a passage"])
    (tmp_path / "in" / "passages" / "one.html").unlink()
    found = import_sources([path], tmp_path / "bank", lang="en")
    assert found.imported == 1
    assert any("passages/one.html is missing" in note.text for note in found.notes)
    assert compile_bank(read_source_bank(tmp_path / "bank")).items == ()
