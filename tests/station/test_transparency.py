"""The log only grows, and its receipts prove it to people outside."""

from __future__ import annotations

import errno
from itertools import pairwise
from pathlib import Path

import pytest

from kiosk.artefacts import merkle
from kiosk.artefacts.checkpoint import read_checkpoint
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.receipt import covers, read_receipt
from kiosk.errors import StorageFault
from kiosk.station.registry import log
from kiosk.station.transparency import LogTree, make_receipts
from tests.station.builders import NOW, a_day


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_the_kept_tree_is_the_tree_of_the_rfc(size: int) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    tree = LogTree(leaves)

    assert tree.root == merkle.root(leaves)
    assert [tree.inclusion_proof(n) for n in range(size)] == [
        merkle.inclusion_proof(leaves, n) for n in range(size)
    ]


@pytest.mark.usefixtures("both_databases")
def test_each_import_continues_the_log_of_the_one_before(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001"))
    day.import_(day.sit("20260002"), day.sit("20260003"))
    day.import_(day.sit("20260001", right=1), day.sit("20260004")[:-1])

    with day.station.registry.reading() as connection:
        leaves = log.every_leaf(connection)
        notes = [note for _, note in log.every_checkpoint(connection)]
    heads = [read_checkpoint(note, day.station.record(Role.LOG)) for note in notes]
    assert [head.size for head in heads] == [1, 3, 4]
    for old, new in pairwise(heads):
        proof = merkle.consistency_proof(leaves[: new.size], old.size)
        assert merkle.consistent(old.root, old.size, new.root, new.size, proof)


def test_conflicts_are_receipted_too_and_a_duplicate_gets_its_receipt_again(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    one, other = day.sit("20260001"), day.sit("20260001", right=1)
    day.import_(one, other)

    day.import_(one, receipts_to=tmp_path / "usb")

    (path,) = (tmp_path / "usb").iterdir()
    receipt, _ = read_receipt(path.read_bytes(), day.station.record(Role.LOG))
    assert covers(receipt, one)
    assert len(list((day.station.folder / "receipts").glob("*.receipt"))) == 2


def test_receipts_that_a_power_cut_prevented_are_made_at_the_next_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("kiosk.station.receiving.make_receipts", lambda station, now: 0)
        day.import_(day.sit("20260001"))
    assert not (day.station.folder / "receipts").exists()

    assert make_receipts(day.station, NOW) == 1
    assert make_receipts(day.station, NOW) == 0


def test_copies_whose_writing_was_cut_off_are_whole_after_the_next_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = a_day(tmp_path)
    written = Path.write_bytes

    def cut_off(path: Path, data: bytes) -> int:
        if path.suffix == ".receipt" and any(path.parent.glob("*.receipt")):
            written(path, b"")
            raise OSError(errno.EIO, "cut off")
        return written(path, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", cut_off)
        with pytest.raises(StorageFault):
            day.import_(*(day.sit(f"2026000{n}") for n in (1, 2, 3)))

    assert make_receipts(day.station, NOW) == 0

    copies = sorted((day.station.folder / "receipts").glob("*.receipt"))
    for copy in copies:
        read_receipt(copy.read_bytes(), day.station.record(Role.LOG))
    assert len(copies) == 3
    assert not (day.station.folder / "receipts" / "unfinished").exists()
