"""A bank leaves as a QTI 3 package, and comes back from it as it was."""

from __future__ import annotations

import io
import json
import posixpath
import re
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.exporting import export_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.source_bank import read_source_bank
from kiosk.cli import run
from kiosk.errors import InputRefused
from tests.authoring.builders import a_bank, a_choice, a_png, a_true_false

BANKS = sorted(path.parent for path in Path(__file__).parents[2].glob("question_banks/*/bank.toml"))
WITH_PICTURE = a_choice("A", identifier="P", prompt='See <img src="../media/a b.png" alt="pump"/>')
SHEET = """<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" identifier="s"
 title="Sheet"><qti-stimulus-body>{}</qti-stimulus-body></qti-assessment-stimulus>"""
QTI_2 = b"""<assessmentItem xmlns="http://www.imsglobal.org/xsd/imsqti_v2p1" identifier="OLD"
 title="Old" adaptive="false" timeDependent="false"><responseDeclaration identifier="RESPONSE"
 cardinality="single" baseType="identifier"><correctResponse><value>B</value></correctResponse>
</responseDeclaration><itemBody><choiceInteraction responseIdentifier="RESPONSE" shuffle="false"
 maxChoices="1"><simpleChoice identifier="A">one</simpleChoice><simpleChoice identifier="B">two
</simpleChoice></choiceInteraction></itemBody></assessmentItem>"""


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def exported(folder: Path, to: Path) -> Path:
    to.write_bytes(export_bank(folder).data)
    return to


def check_package(data: bytes) -> dict[str, str]:
    """Holds a package against what QTI 3's packaging asks for; the type of each resource by href."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(set(names)) == len(names)
        manifest = etree.fromstring(archive.read("imsmanifest.xml"))
        items = {name: archive.read(name) for name in names if name.startswith("items/")}
    space = {"cp": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"}
    assert manifest.tag == f"{{{space['cp']}}}manifest"
    assert [part.tag.rpartition("}")[2] for part in manifest] == [
        "metadata",
        "organizations",
        "resources",
    ]
    assert manifest.findtext("cp:metadata/cp:schema", None, space) == "QTI Package"
    assert manifest.findtext("cp:metadata/cp:schemaversion", None, space) == "3.0.0"
    resources = manifest.findall("cp:resources/cp:resource", space)
    identifiers = [one.get("identifier") for one in resources]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[A-Za-z_][\w.-]*", one) for one in identifiers)
    by_identifier = dict(zip(identifiers, resources, strict=True))
    declared = []
    for one in resources:
        files = [file.get("href") for file in one.findall("cp:file", space)]
        assert one.get("href") in files
        declared += [unquote(href) for href in files]
        order = [part.tag.rpartition("}")[2] for part in one]
        assert order == sorted(order, key=["metadata", "file", "dependency"].index)
    assert sorted([*declared, "imsmanifest.xml"]) == sorted(names)
    for one in resources:
        needed = {
            unquote(by_identifier[part.get("identifierref")].get("href"))
            for part in one.findall("cp:dependency", space)
        }
        if one.get("type") != "imsqti_item_xmlv3p0":
            assert (one.get("type"), needed) == ("webcontent", set())
            continue
        href = unquote(one.get("href"))
        root = etree.fromstring(items[href])
        assert root.tag == "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}qti-assessment-item"
        shown = {
            posixpath.normpath(posixpath.join(posixpath.dirname(href), unquote(name)))
            for picture in root.iter("{*}img", "{*}object")
            for name in (picture.get("src"), picture.get("data"))
            if name
        }
        assert needed == shown & set(names)
    return {unquote(one.get("href")): one.get("type") for one in resources}


@pytest.mark.parametrize("bank", BANKS, ids=lambda path: path.name)
def test_a_sample_bank_imported_exported_and_imported_again_is_equal(
    bank: Path, tmp_path: Path
) -> None:
    first = import_sources([bank], tmp_path / "one", lang="en")
    package = exported(tmp_path / "one", tmp_path / "p.zip")
    again = import_sources([package], tmp_path / "two", lang="en")
    assert (again.refused, again.imported) == ((), first.imported)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")
    check_package(package.read_bytes())


@pytest.mark.parametrize("bank", BANKS, ids=lambda path: path.name)
def test_a_sample_banks_package_gives_the_bank_it_was_made_from(bank: Path, tmp_path: Path) -> None:
    import_sources([exported(bank, tmp_path / "p.zip")], tmp_path / "copy", lang="en")
    own, copy = (compile_bank(read_source_bank(path)) for path in (bank, tmp_path / "copy"))
    assert (own.source.head, own.source.standard) == (copy.source.head, copy.source.standard)
    assert [(one.item, one.rules) for one in own.items] == [
        (one.item, one.rules) for one in copy.items
    ]
    assert own.media == copy.media
    assert own.sheet == copy.sheet


def test_a_formula_sheet_leaves_and_comes_back_with_its_picture(tmp_path: Path) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"), media={"media/a b.png": a_png()})
    (bank / "formula_sheet.en.xml").write_text(
        SHEET.format('<p>m = ρV <img src="media/a b.png" alt="balance"/></p>'), encoding="utf-8"
    )
    package = exported(bank, tmp_path / "p.zip")
    check_package(package.read_bytes())
    for source in (package, bank):
        copy = tmp_path / f"of-{source.name}"
        found = import_sources([source], copy, lang="en")
        assert (found.refused, found.notes) == ((), ())
        own, again = (compile_bank(read_source_bank(path)) for path in (bank, copy))
        assert own.sheet is not None
        assert (own.sheet, own.media) == (again.sheet, again.media)


def test_a_formula_sheet_that_cannot_be_used_is_refused_and_the_items_are_taken(
    tmp_path: Path,
) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"))
    (bank / "formula_sheet.en.xml").write_text(SHEET.format("<script>1</script>"))
    found = import_sources([bank], tmp_path / "copy", lang="en")
    assert found.imported == 1
    assert [Path(one.file).name for one in found.refused] == ["formula_sheet.en.xml"]
    assert not (tmp_path / "copy" / "formula_sheet.en.xml").exists()


def test_a_package_declares_what_it_holds_and_items_name_what_they_use(tmp_path: Path) -> None:
    bank = a_bank(
        tmp_path / "b", WITH_PICTURE, a_true_false(identifier="T"), media={"media/a b.png": a_png()}
    )
    (bank / "media" / "unused.png").write_bytes(a_png((1, 2, 3)))
    made = export_bank(bank)
    assert check_package(made.data) == {
        "items/P.en.xml": "imsqti_item_xmlv3p0",
        "items/T.en.xml": "imsqti_item_xmlv3p0",
        "media/a b.png": "webcontent",
        "bank.toml": "webcontent",
        "standard.toml": "webcontent",
    }
    assert (made.items, made.files, made.notes) == (2, 6, ())
    assert export_bank(bank).data == made.data


def test_items_of_qti_2_leave_as_qti_3(tmp_path: Path) -> None:
    bank = a_bank(tmp_path / "b", QTI_2)
    check_package(export_bank(bank).data)
    found = import_sources([exported(bank, tmp_path / "p.zip")], tmp_path / "copy", lang="en")
    assert found.imported == 1


def test_a_file_that_an_item_names_and_the_bank_lacks_is_told(tmp_path: Path) -> None:
    made = export_bank(a_bank(tmp_path / "b", WITH_PICTURE))
    assert [(note.file, note.item, note.values["name"]) for note in made.notes] == [
        ("items/P.en.xml", "P", "../media/a b.png")
    ]
    check_package(made.data)


@pytest.mark.parametrize(
    "name", ["http://a/b.png", "../../outside.png", "/etc/passwd", "data:image/png;base64,AA", "#x"]
)
def test_nothing_outside_the_bank_gets_into_a_package(name: str, tmp_path: Path) -> None:
    (tmp_path / "outside.png").write_bytes(a_png())
    item = a_choice("A", prompt=f'See <img src="{name}" alt="pump"/>')
    assert set(check_package(export_bank(a_bank(tmp_path / "b", item)).data)) == {
        "items/I1.en.xml",
        "bank.toml",
        "standard.toml",
    }


def test_a_bank_with_a_broken_item_file_is_not_exported(tmp_path: Path) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"))
    (bank / "items" / "I1.en.xml").write_bytes(b"<broken")
    with pytest.raises(InputRefused):
        export_bank(bank)


@pytest.mark.parametrize(
    ("bank_toml", "said"),
    [
        (b"nonsense", "not TOML"),
        (b"x = " + b"[" * 100_000, "not TOML"),
        (b"[bank]\nid = 'a'", "not a bank's description"),
    ],
)
def test_a_description_that_does_not_read_is_told_and_one_is_made(
    bank_toml: bytes, said: str, tmp_path: Path
) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"))
    (bank / "bank.toml").write_bytes(bank_toml)
    found = import_sources([bank], tmp_path / "copy", lang="en")
    assert found.imported == 1
    assert said in found.notes[0].text
    assert read_source_bank(tmp_path / "copy").head.id == "copy"


@pytest.mark.parametrize("name", ["imsmanifest.xml", "../b/standard.toml", "items/I1.en.xml"])
def test_a_standard_is_kept_under_a_plain_name_only(name: str, tmp_path: Path) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"))
    head = (bank / "bank.toml").read_text()
    (bank / "bank.toml").write_text(head.replace('"standard.toml"', f'"{name}"'))
    found = import_sources([bank], tmp_path / "copy", lang="en")
    assert found.imported == 1
    assert "the bank's own description is not used" in found.notes[0].text
    assert read_source_bank(tmp_path / "copy").head.standard == "standard.toml"


def test_two_banks_imported_together_get_a_new_description(tmp_path: Path) -> None:
    banks = [a_bank(tmp_path / name, a_choice("A", identifier=name)) for name in ("x", "y")]
    assert import_sources(banks, tmp_path / "both", lang="en").imported == 2
    assert read_source_bank(tmp_path / "both").head.id == "both"


@settings(max_examples=20)
@given(name=st.text("aZ é中'&#%+", min_size=1, max_size=12).map(str.strip).filter(bool))
def test_a_picture_of_any_name_comes_back(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("named")
    address = "".join(f"%{byte:02X}" for byte in f"{name}.png".encode())
    item = a_choice("A", prompt=f'See <img src="../media/{address}" alt="pump"/>')
    bank = a_bank(folder / "b", item, media={f"media/{name}.png": a_png()})
    made = export_bank(bank)
    assert f"media/{name}.png" in check_package(made.data)
    (folder / "p.zip").write_bytes(made.data)
    assert import_sources([folder / "p.zip"], folder / "copy", lang="en").notes == ()
    assert len(compile_bank(read_source_bank(folder / "copy")).media) == 1


def test_the_command_writes_the_package_and_says_what_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = a_bank(tmp_path / "b", a_choice("A"))
    out = tmp_path / "b.zip"
    assert run(["bank", "export", str(bank), "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "package": str(out),
        "items": 1,
        "files": 4,
        "notes": [],
    }
    assert out.read_bytes() == export_bank(bank).data
