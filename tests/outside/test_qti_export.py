"""Others' items survive the way out and in again; another program reads what we write."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

import pytest

from kiosk.authoring.compiled import compile_bank
from kiosk.authoring.exporting import export_bank
from kiosk.authoring.importing import import_sources
from kiosk.authoring.source_bank import read_source_bank
from tests.authoring.test_exporting import BANKS, check_package, files_of

QTI = Path(os.environ["KIOSK_SHARED_DATA"]) / "qti"
FOLDERS = sorted(
    {path.parent for path in QTI.rglob("*.xml")}, key=lambda path: path.relative_to(QTI).as_posix()
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(QTI).as_posix())
def test_what_of_a_folder_imports_is_equal_after_the_way_out_and_in(
    folder: Path, tmp_path: Path
) -> None:
    first = import_sources([folder], tmp_path / "one", lang="en")
    if not first.imported:
        assert first.refused
        return
    made = export_bank(tmp_path / "one")
    check_package(made.data)
    (tmp_path / "p.zip").write_bytes(made.data)
    again = import_sources([tmp_path / "p.zip"], tmp_path / "two", lang="en")
    assert (again.imported, again.refused) == (first.imported, ())
    assert files_of(tmp_path / "two") == files_of(tmp_path / "one")


@pytest.mark.parametrize("bank", BANKS, ids=lambda path: path.name)
def test_another_programs_qti_2_of_our_package_scores_the_same(bank: Path, tmp_path: Path) -> None:
    """Where the converter `citolab-qti-convert` is installed; it shares no code with ours."""
    reader = pytest.importorskip("qti_convert.package")
    convert = importlib.import_module("qti_convert.cli").main
    assert reader is not None
    (tmp_path / "p.zip").write_bytes(export_bank(bank).data)
    assert not convert(["downgrade", str(tmp_path / "p.zip"), str(tmp_path / "old.zip")])
    found = import_sources([tmp_path / "old.zip"], tmp_path / "copy", lang="en")
    own, copy = (compile_bank(read_source_bank(path)) for path in (bank, tmp_path / "copy"))
    assert found.refused == ()
    theirs = {one.item.id: one for one in copy.items}
    for one in own.items:
        other = theirs[one.item.id]
        assert (other.rules, other.item.interactions) == (one.rules, one.item.interactions)
