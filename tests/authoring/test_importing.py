"""Others' items come in whole, or are listed with the reason; what comes in is a bank of ours."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.lint import check_bank
from kiosk.authoring.source_bank import read_source_bank
from kiosk.errors import InputRefused
from tests.authoring.builders import a_bank, a_choice, a_png, a_true_false, an_svg

REAL = Path(__file__).parents[2] / "question_banks" / "rare_earth_extraction"
WITH_PICTURE = a_choice("A", identifier="P", prompt='See <img src="img/a.png" alt="pump"/>')


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_an_item_a_folder_and_a_package_come_in_together(tmp_path: Path) -> None:
    single = tmp_path / "one.xml"
    single.write_bytes(a_choice("A", identifier="ONE"))
    folder = tmp_path / "folder"
    (folder / "img").mkdir(parents=True)
    (folder / "p.xml").write_bytes(WITH_PICTURE)
    (folder / "img" / "a.png").write_bytes(a_png())
    package = zipped(tmp_path / "pack.zip", {"top/t.xml": a_true_false(identifier="T")})
    out = tmp_path / "bank"
    found = import_sources([single, folder, package], out, lang="en")
    assert (found.imported, found.refused) == (3, ())
    compiled = compile_bank(read_source_bank(out))
    assert {one.item.id for one in compiled.items} == {"ONE", "P", "T"}
    assert len(compiled.media) == 1
    assert not [one for one in check_bank(compiled) if one.severity == "error"]


def test_the_other_files_of_a_folder_are_not_taken_with_a_single_item(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(a_choice("A", identifier="A"))
    (tmp_path / "b.xml").write_bytes(a_choice("A", identifier="B"))
    found = import_sources([tmp_path / "a.xml"], tmp_path / "bank", lang="en")
    assert found.imported == 1


def test_our_own_bank_survives_its_import_and_another(tmp_path: Path) -> None:
    first = import_sources([REAL], tmp_path / "one", lang="en")
    again = import_sources([tmp_path / "one"], tmp_path / "two", lang="en")
    assert (first.imported, first.refused, again.imported) == (300, (), 300)
    own, copy = (compile_bank(read_source_bank(path)) for path in (REAL, tmp_path / "two"))
    items = {one.item.id: one for one in copy.items}
    for one in own.items:
        other = items[one.item.id]
        assert (other.item, other.rules) == (one.item, one.rules)
        assert other.about.knowledge_point == one.about.knowledge_point
        assert other.about.levels == one.about.levels
        assert (other.about.difficulty, other.about.reason) == (
            one.about.difficulty,
            one.about.reason,
        )


def test_what_is_refused_is_listed_with_file_item_and_reason(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.xml").write_bytes(a_choice("A", identifier="GOOD"))
    (folder / "odd.xml").write_bytes(
        a_choice("A", identifier="ODD").replace(b"choice-interaction", b"order-interaction")
    )
    (folder / "broken.xml").write_bytes(b"<a><b></a>")
    (folder / "page.xml").write_bytes(b"<html/>")
    (folder / "old.xml").write_bytes(
        a_choice("A", identifier="OLD").replace(b"imsqtiasi_v3p0", b"ims_qtiasiv1p2")
    )
    found = import_sources([folder], tmp_path / "bank", lang="en")
    assert found.imported == 1
    reasons = {Path(one.file).name: (one.item, one.reason) for one in found.refused}
    assert set(reasons) == {"odd.xml", "broken.xml", "page.xml", "old.xml"}
    assert reasons["odd.xml"][0] == "ODD"
    assert "<qti-order-interaction>" in reasons["odd.xml"][1]
    assert "broken.xml:1" in reasons["broken.xml"][1]
    assert "<html>" in reasons["page.xml"][1]
    assert "ims_qtiasiv1p2" in reasons["old.xml"][1]


def test_an_item_without_its_picture_comes_in_and_is_not_sealed_before_the_picture_is_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "p.xml").write_bytes(WITH_PICTURE)
    bank = tmp_path / "bank"
    found = import_sources([tmp_path / "p.xml"], bank, lang="en")
    assert (found.imported, found.refused) == (1, ())
    (note,) = found.notes
    assert "img/a.png is missing" in note.text
    (fault,) = (one for one in check_bank(compile_bank(read_source_bank(bank))) if one.item == "P")
    assert (fault.severity, "media/img/a.png" in fault.text) == ("error", True)
    again = import_sources([bank], tmp_path / "again", lang="en")
    assert again.imported == 1
    assert (tmp_path / "again/items/P.en.xml").read_bytes() == (
        bank / "items/P.en.xml"
    ).read_bytes()
    (bank / "media" / "img").mkdir(parents=True)
    (bank / "media" / "img" / "a.png").write_bytes(a_png())
    compiled = compile_bank(read_source_bank(bank))
    assert (compiled.problems, len(compiled.items), len(compiled.media)) == ((), 1, 1)


def test_one_identifier_in_two_files_is_taken_once(tmp_path: Path) -> None:
    for name in ("a.xml", "b.xml"):
        (tmp_path / name).write_bytes(a_choice("A"))
    found = import_sources([tmp_path], tmp_path / "bank", lang="en")
    assert found.imported == 1
    assert "another item" in found.refused[0].reason


def test_an_item_refused_does_not_stand_in_the_way_of_its_namesake(tmp_path: Path) -> None:
    odd = a_choice("A", identifier="P").replace(b"choice-interaction", b"order-interaction")
    (tmp_path / "a.xml").write_bytes(odd)
    (tmp_path / "b.xml").write_bytes(a_choice("A", identifier="P"))
    found = import_sources([tmp_path], tmp_path / "bank", lang="en")
    assert found.imported == 1
    assert len(found.refused) == 1


@pytest.mark.parametrize("name", ["../evil.xml", "/evil.xml"])
def test_a_name_that_leads_out_of_a_package_is_refused_and_its_other_items_are_read(
    tmp_path: Path, name: str
) -> None:
    package = zipped(tmp_path / "p.zip", {name: a_choice("A"), "good.xml": a_choice("A")})
    found = import_sources([package], tmp_path / "bank", lang="en")
    assert found.imported == 1
    (refused,) = found.refused
    assert refused.file == f"p.zip/{name}"
    assert "leads out" in refused.reason


@pytest.mark.parametrize("href", ["../secret.xml", "/etc/passwd", "file:///etc/passwd"])
def test_a_manifest_cannot_point_outside_its_folder(tmp_path: Path, href: str) -> None:
    (tmp_path / "secret.xml").write_bytes(a_choice("A"))
    folder = a_bank(tmp_path / "pack", a_choice("A", identifier="X"))
    manifest = folder / "imsmanifest.xml"
    manifest.write_text(manifest.read_text().replace('href="items/X.en.xml"', f'href="{href}"'))
    found = import_sources([folder], tmp_path / "bank", lang="en")
    assert (found.imported, len(found.refused)) == (0, 1)


def test_hostile_pictures_refuse_their_item_alone(tmp_path: Path) -> None:
    svg = an_svg("<script>alert(1)</script>")
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a.svg").write_bytes(svg)
    (tmp_path / "p.xml").write_bytes(WITH_PICTURE.replace(b"a.png", b"a.svg"))
    (tmp_path / "q.xml").write_bytes(a_choice("A", identifier="Q"))
    found = import_sources([tmp_path], tmp_path / "bank", lang="en")
    assert found.imported == 1
    assert "<script>" in found.refused[0].reason


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(a_choice("A"))
    with pytest.raises(InputRefused, match="something already"):
        import_sources([tmp_path / "a.xml"], tmp_path, lang="en")


def test_feedback_left_out_is_noted(tmp_path: Path) -> None:
    data = a_choice("A").replace(
        b"</qti-assessment-item>", b'<qti-modal-feedback identifier="f"/></qti-assessment-item>'
    )
    (tmp_path / "a.xml").write_bytes(data)
    found = import_sources([tmp_path / "a.xml"], tmp_path / "bank", lang="en")
    assert "feedback" in found.notes[0].text


def test_odd_identifiers_get_file_names_of_their_own(tmp_path: Path) -> None:
    for n, name in enumerate(("a/b", "a?b", "A_B", "../../x")):
        (tmp_path / f"{n}.xml").write_bytes(a_choice("A", identifier=name))
    out = tmp_path / "bank"
    assert import_sources([tmp_path], out, lang="en").imported == 4
    assert len(list((out / "items").iterdir())) == 4
    assert {one.item.id for one in compile_bank(read_source_bank(out)).items} == {
        "a/b",
        "a?b",
        "A_B",
        "../../x",
    }


def test_a_folder_of_loose_items_is_looked_through_once_however_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "items"
    folder.mkdir()
    for n in range(20):
        (folder / f"I-{n}.xml").write_bytes(a_choice("A", identifier=f"I-{n}"))
    looked: list[Path] = []
    plain = Path.rglob

    def counted(path: Path, pattern: str) -> Iterator[Path]:
        looked.append(path)
        return plain(path, pattern)

    monkeypatch.setattr(Path, "rglob", counted)
    found = import_sources([folder], tmp_path / "bank", lang="en")
    assert found.imported == 20
    assert len(looked) <= 4  # for its description, for a manifest, for its items
