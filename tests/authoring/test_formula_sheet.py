"""The formula sheet: from the source bank into the sealed one, and never as an item."""

from pathlib import Path

import pytest

from kiosk.artefacts.bank import SHEET, BankReader
from kiosk.artefacts.session import TOOLS
from kiosk.assessment.content import plain_text
from kiosk.authoring.bank_image import bank_image
from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.formula_sheet import compile_sheet
from kiosk.authoring.pictures import Pictures
from kiosk.authoring.source_bank import read_source_bank
from tests.authoring.builders import a_bank, a_choice

STIMULUS = """<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
  identifier="s" title="Sheet"><qti-stimulus-body>{body}</qti-stimulus-body>
</qti-assessment-stimulus>"""
BANKS = Path(__file__).parents[2] / "question_banks"


def with_sheet(folder, body):
    (folder / "formula_sheet.en.xml").write_text(STIMULUS.format(body=body), encoding="utf-8")
    return read_source_bank(folder)


def test_a_sheet_is_compiled_and_comes_out_of_the_image_beside_the_items(tmp_path):
    bank = compile_bank(with_sheet(a_bank(tmp_path, a_choice("C")), "<p>m = ρV</p>"))
    image = bank_image([*(one.item for one in bank.items), bank.sheet], bank.media)
    with BankReader(image) as reader:
        assert plain_text(reader.sheet().texts["en"].body) == "m = ρV"
        assert SHEET not in reader.item_ids()
        assert len(reader.item_ids()) == len(bank.items)


def test_a_bank_without_a_sheet_has_none(tmp_path):
    bank = compile_bank(read_source_bank(a_bank(tmp_path, a_choice("C"))))
    assert bank.sheet is None
    with BankReader(bank_image([one.item for one in bank.items], bank.media)) as reader:
        assert reader.sheet() is None


@pytest.mark.parametrize(
    "body",
    [
        "<p>Write <qti-text-entry-interaction response-identifier='R'/></p>",
        "<script>1</script>",
        "<p>",
    ],
)
def test_a_sheet_that_asks_or_is_no_content_is_refused_by_its_file(tmp_path, body):
    bank = compile_bank(with_sheet(a_bank(tmp_path, a_choice("C")), body))
    assert bank.sheet is None
    refused = [one for one in bank.problems if one.refuses]
    assert refused
    assert all(one.file == "formula_sheet.en.xml" for one in refused)


@pytest.mark.parametrize("name", ["rare_earth_extraction", "rare_earth_metallurgy"])
def test_sample_banks_have_one_in_both_languages_that_can_be_read_aloud(name):
    bank = read_source_bank(BANKS / name)
    sheet, problems = compile_sheet(bank, Pictures(bank.load))
    assert problems == ()
    assert set(sheet.texts) == {"zh-CN", "en"}
    assert "formula_sheet" in TOOLS
    assert all(len(plain_text(text.body)) > 100 for text in sheet.texts.values())
