"""QTI 2.0 to 3.0 as IMS wrote it: taken into a QTI 3 bank that reads the same, or refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.instantiate import TRIAL_SEED, Variants, plain_item
from kiosk.authoring.lint import check_bank
from kiosk.authoring.problems import Problems
from kiosk.authoring.qti import read_item
from kiosk.authoring.qti.dialect import version
from kiosk.authoring.reach import reach_of
from kiosk.authoring.source_bank import read_source_bank
from kiosk.readers.xml import parse_xml
from tests.docs.qti_page import bring_pictures

ITEMS = Path(os.environ["KIOSK_SHARED_DATA"]) / "qti" / "ims" / "items"
FILES = sorted(ITEMS.rglob("*.xml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ITEMS)))
def test_an_ims_item_reads_the_same_in_the_new_bank_or_is_refused_by_name(
    path: Path, tmp_path: Path
) -> None:
    root = parse_xml(path.read_bytes(), path.name)
    found = import_sources([path], tmp_path / "bank", lang="en")
    if found.refused:
        (refused,) = found.refused
        assert refused.item == root.get("identifier")
        assert len(refused.reason) > 10
        return
    bring_pictures(found, tmp_path / "bank")
    bank = compile_bank(read_source_bank(tmp_path / "bank"))
    assert bank.problems == () or not any(problem.refuses for problem in bank.problems)
    (item,) = bank.items
    plain = plain_item(root, Problems(path.name))
    source = None if plain is None else read_item(plain, Problems(path.name))
    assert source is not None
    assert (item.rules, item.item.interactions) == (source.rules, source.interactions)
    (kept,) = (tmp_path / "bank" / "items").iterdir()
    assert version(parse_xml(kept.read_bytes(), kept.name)) == "3.0"
    assert b"ns0:" not in kept.read_bytes()
    reach = reach_of(item.item, item.rules)
    if reach.key is not None and item.rules.outcome("SCORE0") is None:
        assert reach.key == reach.best > reach.silence


@pytest.mark.parametrize("name", ["inline_choice", "text_entry", "likert", "math"])
@pytest.mark.parametrize("folder", ["2_0", "2_1", "2_1_1", "2_2"])
def test_what_can_be_delivered_is_taken_in_every_version(
    folder: str, name: str, tmp_path: Path
) -> None:
    found = import_sources([ITEMS / folder / f"{name}.xml"], tmp_path / "bank", lang="en")
    assert (found.imported, found.refused) == (1, ())


TEMPLATES = [path for path in FILES if b"templateDeclaration" in path.read_bytes()]


def test_there_are_templates_among_them() -> None:
    assert len(TEMPLATES) == 24


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ITEMS)))
def test_a_template_gives_variants_that_score_by_their_keys_or_is_refused_for_something_else(
    path: Path, tmp_path: Path
) -> None:
    found = import_sources([path], tmp_path / "bank", lang="en")
    if found.refused:
        (refused,) = found.refused
        assert "adaptive items" in refused.reason
        return
    bring_pictures(found, tmp_path / "bank")
    bank = compile_bank(read_source_bank(tmp_path / "bank", variants=Variants(TRIAL_SEED, 20)))
    assert len(bank.items) >= 3
    for one in bank.items:
        reach = reach_of(one.item, one.rules)
        assert reach.key is not None
        assert reach.key == reach.best
        # One of them puts its points into SCORE0, and so earns nothing here: the check says so.
        if one.rules.outcome("SCORE0") is None:
            assert reach.key > reach.silence
        else:
            assert any("no response earns anything" in said.text for said in check_bank(bank))
