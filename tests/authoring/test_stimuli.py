"""A text that several items share comes into each of them, from every version and place, or refuses
the items that name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.assessment.content import Figure, Paragraph, Text
from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.exporting import export_bank
from kiosk.authoring.importing import Imported, import_sources
from kiosk.authoring.source_bank import read_source_bank
from kiosk.cli import run
from tests.authoring.builders import a_bank, a_choice, a_png
from tests.authoring.test_exporting import files_of
from tests.authoring.test_importing import zipped

QTI_3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
QTI_22 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
REFERENCE = '<qti-assessment-stimulus-ref identifier="S" href="{href}"/><qti-item-body>'
TEXT = '<p>Solvent extraction separates neighbours.</p><img src="img/cell.png" alt="cell"/>'


def an_asking(identifier: str = "Q1", href: str = "../shared/text.xml") -> bytes:
    reference = REFERENCE.format(href=href).encode()
    return a_choice("A", identifier=identifier).replace(b"<qti-item-body>", reference)


def a_stimulus(content: str = TEXT, extra: str = "") -> bytes:
    return f"""<qti-assessment-stimulus xmlns="{QTI_3}" identifier="S" title="Extraction">
{extra}<qti-stimulus-body>{content}</qti-stimulus-body></qti-assessment-stimulus>""".encode()


OLD_STIMULUS = f"""<assessmentStimulus xmlns="{QTI_22}" identifier="S" title="Extraction">
<stylesheet href="a.css" type="text/css"/><stimulusBody>{TEXT}</stimulusBody>
</assessmentStimulus>""".encode()
OLD_ITEM = f"""<assessmentItem xmlns="{QTI_22}" identifier="Q1" title="t" adaptive="false"
 timeDependent="false"><responseDeclaration identifier="RESPONSE" cardinality="single"
 baseType="identifier"><correctResponse><value>A</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<assessmentStimulusRef identifier="S" href="../shared/text.xml"/>
<itemBody><choiceInteraction responseIdentifier="RESPONSE" maxChoices="1" shuffle="false">
<simpleChoice identifier="A">yes</simpleChoice><simpleChoice identifier="B">no</simpleChoice>
</choiceInteraction></itemBody>
<responseProcessing template="http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"/>
</assessmentItem>""".encode()


def imported(tmp_path: Path, files: dict[str, bytes]) -> Imported:
    """What of a package becomes a bank in `bank`."""
    package = zipped(tmp_path / "p.zip", {"shared/img/cell.png": a_png(), **files})
    return import_sources([package], tmp_path / "bank", lang="en")


def first_blocks(bank: Path) -> dict[str, tuple[object, ...]]:
    """Of each item the text before its interaction."""
    compiled = compile_bank(read_source_bank(bank))
    assert not any(problem.refuses for problem in compiled.problems)
    return {one.item.id: one.item.texts["en"].body for one in compiled.items}


@pytest.mark.parametrize(
    ("item", "stimulus"), [(an_asking(), a_stimulus()), (OLD_ITEM, OLD_STIMULUS)]
)
def test_a_shared_text_and_its_picture_come_into_the_item(
    item: bytes, stimulus: bytes, tmp_path: Path
) -> None:
    found = imported(tmp_path, {"items/q.xml": item, "shared/text.xml": stimulus})
    assert (found.imported, found.refused) == (1, ())
    (body,) = first_blocks(tmp_path / "bank").values()
    assert body[0] == Paragraph((Text("Solvent extraction separates neighbours."),))
    assert isinstance(body[1], Figure)
    assert all("style sheet" in note.text for note in found.notes)


def test_every_item_that_names_it_has_the_text_and_an_export_needs_no_other_file(
    tmp_path: Path,
) -> None:
    files = {f"items/{name}.xml": an_asking(name) for name in ("Q1", "Q2")}
    found = imported(tmp_path, {**files, "shared/text.xml": a_stimulus()})
    assert (found.imported, found.notes) == (2, ())
    one, other = first_blocks(tmp_path / "bank").values()
    assert one[:2] == other[:2]
    (tmp_path / "again.zip").write_bytes(export_bank(tmp_path / "bank").data)
    import_sources([tmp_path / "again.zip"], tmp_path / "copy", lang="en")
    assert files_of(tmp_path / "copy") == files_of(tmp_path / "bank")


def test_the_text_stands_where_the_item_says(tmp_path: Path) -> None:
    place = b'<qti-item-body><p>Read.</p><div data-stimulus-idref="S"></div>'
    item = an_asking().replace(b"<qti-item-body>", place)
    imported(tmp_path, {"items/q.xml": item, "shared/text.xml": a_stimulus("<p>Text.</p>")})
    (body,) = first_blocks(tmp_path / "bank").values()
    assert body[:2] == (Paragraph((Text("Read."),)), Paragraph((Text("Text."),)))


def test_several_texts_stand_in_the_order_of_their_names(tmp_path: Path) -> None:
    second = b'<qti-assessment-stimulus-ref identifier="T" href="two.xml"/><qti-item-body>'
    item = an_asking(href="one.xml").replace(b"<qti-item-body>", second)
    imported(
        tmp_path,
        {"q.xml": item, "one.xml": a_stimulus("<p>1</p>"), "two.xml": a_stimulus("<p>2</p>")},
    )
    (body,) = first_blocks(tmp_path / "bank").values()
    assert body[:2] == (Paragraph((Text("1"),)), Paragraph((Text("2"),)))


def test_a_rubric_in_it_is_shown_to_candidates_alone(tmp_path: Path) -> None:
    text = """<qti-rubric-block view="candidate"><p>For you.</p></qti-rubric-block>
<qti-rubric-block view="scorer"><p>For markers.</p></qti-rubric-block>"""
    found = imported(tmp_path, {"items/q.xml": an_asking(), "shared/text.xml": a_stimulus(text)})
    (body,) = first_blocks(tmp_path / "bank").values()
    assert body[0] == Paragraph((Text("For you."),))
    assert "markers" not in repr(body)
    assert any("rubric" in note.text for note in found.notes)


@pytest.mark.parametrize(
    ("href", "stimulus", "said"),
    [
        ("../shared/none.xml", a_stimulus(), "the archive does not hold this file"),
        ("../../shared/text.xml", a_stimulus(), "not a file of the package"),
        ("/etc/passwd", a_stimulus(), "not a file of the package"),
        ("http://example.org/text.xml", a_stimulus(), "not a file of the package"),
        ("q.xml", a_stimulus(), "not a shared text but <qti-assessment-item>"),
        (
            "../shared/text.xml",
            a_stimulus(extra='<qti-assessment-stimulus-ref identifier="S" href="text.xml"/>'),
            "a shared text cannot name another",
        ),
        ("../shared/text.xml", b"<a>", "not well-formed"),
        (
            "../shared/text.xml",
            a_stimulus('<qti-text-entry-interaction response-identifier="R"/>'),
            "nothing can be answered",
        ),
        ("../shared/text.xml", a_stimulus("<div>" * 58 + "</div>" * 58), "nested deeper"),
        ("../shared/text.xml", a_stimulus("<p><blink>x</blink></p>"), "<blink> is not supported"),
    ],
)
def test_a_text_that_cannot_be_taken_refuses_the_item_by_name_and_line(
    href: str, stimulus: bytes, said: str, tmp_path: Path
) -> None:
    good = a_choice("A", identifier="GOOD")
    files = {"items/q.xml": an_asking(href=href), "items/g.xml": good, "shared/text.xml": stimulus}
    found = imported(tmp_path, files)
    (refused,) = (one for one in found.refused if one.item)
    assert (found.imported, refused.item) == (1, "Q1")
    assert said in refused.reason
    assert "line " in refused.reason


def test_no_item_names_more_texts_than_a_few(tmp_path: Path) -> None:
    many = REFERENCE.format(href="../shared/text.xml").replace("<qti-item-body>", "") * 9
    item = an_asking().replace(b"<qti-item-body>", many.encode() + b"<qti-item-body>")
    found = imported(tmp_path, {"items/q.xml": item, "shared/text.xml": a_stimulus()})
    assert "more than 8 shared texts" in found.refused[0].reason


def test_a_text_that_no_item_asks_about_is_named(tmp_path: Path) -> None:
    files = {"items/q.xml": a_choice("A"), "shared/text.xml": a_stimulus()}
    found = imported(tmp_path, files)
    (note,) = found.notes
    assert note.file.endswith("shared/text.xml")
    assert "no item asks" in note.text


def test_an_authors_own_bank_may_name_a_shared_text(tmp_path: Path) -> None:
    folder = a_bank(tmp_path / "bank", an_asking(href="../stimuli/s.xml"))
    (folder / "stimuli" / "img").mkdir(parents=True)
    (folder / "stimuli" / "s.xml").write_bytes(a_stimulus())
    (folder / "stimuli" / "img" / "cell.png").write_bytes(a_png())
    (body,) = first_blocks(folder).values()
    assert isinstance(body[1], Figure)
    made = export_bank(folder)
    assert made.notes == ()
    (tmp_path / "p.zip").write_bytes(made.data)
    found = import_sources([tmp_path / "p.zip"], tmp_path / "copy", lang="en")
    assert (found.refused, first_blocks(tmp_path / "copy")) == ((), first_blocks(folder))


def test_an_item_with_a_shared_text_is_tried_and_previewed(tmp_path: Path) -> None:
    (tmp_path / "q.xml").write_bytes(an_asking(href="s.xml"))
    (tmp_path / "s.xml").write_bytes(a_stimulus("<p>Text.</p>"))
    (tmp_path / "r.jsonl").write_text('{"RESPONSE": ["A"]}\n')
    item, picture = str(tmp_path / "q.xml"), tmp_path / "q.png"
    assert run(["bank", "score", item, "--responses", str(tmp_path / "r.jsonl")]) == 0
    assert run(["bank", "preview", item, "--png", str(picture)]) == 0
    assert picture.stat().st_size > 1000
