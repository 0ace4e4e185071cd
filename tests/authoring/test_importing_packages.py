"""Packages as other programs write them, QTI 2 in them: nothing is lost without a word."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.importing import bank_language, import_sources
from kiosk.authoring.source_bank import read_source_bank
from tests.authoring.builders import a_png

ITEM = """<?xml version="1.0" encoding="UTF-8"?>
<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="{name}" title="Pumps"
  adaptive="false" timeDependent="false" xml:lang="en-GB">
<responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
  <correctResponse><value>B</value></correctResponse></responseDeclaration>
<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
<itemBody><rubricBlock view="candidate"><p>Read with care.</p></rubricBlock>
  <p>See <img src="img/a%20b.png" alt="a pump"/> and
  <math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x"><mi>x</mi></math>.</p>
  <choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1">
  <simpleChoice identifier="A" fixed="true">one</simpleChoice>
  <simpleChoice identifier="B">two</simpleChoice></choiceInteraction></itemBody>
<responseProcessing
  template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
<modalFeedback outcomeIdentifier="F" identifier="B" showHide="show">Well
  <img src="img/gone.png" alt="done"/></modalFeedback>
</assessmentItem>"""

MANIFEST = """<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
 xmlns:imsmd="http://www.imsglobal.org/xsd/imsmd_v1p2"><resources xml:base="content/">
<resource identifier="R1" type="imsqti_item_xmlv2p1" href="i1.xml"><metadata><imsmd:lom>
 <imsmd:general><imsmd:title><imsmd:langstring>Of pumps</imsmd:langstring></imsmd:title>
 </imsmd:general></imsmd:lom></metadata><file href="i1.xml"/></resource>
<resource identifier="T" type="imsqti_test_xmlv2p1" href="test.xml"/>
</resources></manifest>"""


def a_package(path: Path, **more: bytes) -> Path:
    files = {
        "imsmanifest.xml": MANIFEST.encode(),
        "content/i1.xml": ITEM.format(name="I1").encode(),
        "content/img/a b.png": a_png(),
        "content/test.xml": b"<assessmentTest/>",
        **more,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_qti_2_package_becomes_qti_3_and_says_what_it_left(tmp_path: Path) -> None:
    package = a_package(
        tmp_path / "p.zip",
        **{"__MACOSX/._x": b"", "content/stray.xml": ITEM.format(name="STRAY").encode()},
    )
    found = import_sources([package], tmp_path / "bank", lang="zh-CN")
    assert (found.imported, found.refused) == (1, ())
    notes = "\n".join(f"{note.file} {note.text}" for note in found.notes)
    assert "test.xml" in notes
    assert "stray.xml the manifest does not list it" in notes
    assert "feedback is not shown" in notes
    assert "there is no file 'img/gone.png'" in notes
    (kept,) = (tmp_path / "bank" / "items").iterdir()
    said = kept.read_text("utf-8")
    assert "<qti-modal-feedback" in said
    assert "<qti-rubric-block" in said
    assert "v3p0/rptemplates/match_correct" in said
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML"' in said
    bank = compile_bank(read_source_bank(tmp_path / "bank"))
    (item,) = bank.items
    assert set(item.item.texts) == {"en"}
    assert item.item.interactions[0].fixed == ("A",)
    assert item.about.title == "Of pumps"
    assert len(bank.media) == 1


def test_a_manifest_that_lists_no_item_does_not_hide_them(tmp_path: Path) -> None:
    package = a_package(
        tmp_path / "p.zip",
        **{"imsmanifest.xml": MANIFEST.replace("imsqti_item_xmlv2p1", "webcontent").encode()},
    )
    found = import_sources([package], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (1, ())
    said = [note.text for note in found.notes if note.file.endswith("test.xml")]
    assert said == ["line 1: the test names no item"]


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("zh_Hans", "zh-CN"), ("zh", "zh-CN"), ("de-AT", "de-AT")],
)
def test_the_tags_of_others_find_the_banks_language(tag: str, language: str) -> None:
    assert bank_language(tag) == language
