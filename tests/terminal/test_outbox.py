"""A package waits until the station's receipt proves that it is there, and 30 days more."""

import hashlib
from stat import S_IMODE

import pytest

from kiosk.artefacts import bundle, checkpoint, merkle, receipt
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, StorageFault
from kiosk.terminal.outbox import KEEP_S, Outbox
from kiosk.terminal.storage import RecordDamaged

LOG = PrivateKeys.generate(Role.LOG, "log")
TERMINAL = PrivateKeys.generate(Role.TERMINAL, "T 01/甲")
FLOOR = 1_790_000_000


@pytest.fixture
def box(tmp_path):
    return reopened(tmp_path)


def reopened(tmp_path):
    return Outbox(tmp_path / "outbox", tmp_path / "receipts")


def keep(box, sitting, session="S"):
    return box.keep(session, sitting, lambda number: f"package {number} of {sitting}".encode())


def receipt_for(packages, index, log=LOG):
    leaves = [merkle.leaf_hash(package) for package in packages]
    head = checkpoint.Checkpoint("kiosk.example/log", len(leaves), merkle.root(leaves))
    proof = merkle.inclusion_proof(leaves, index)
    signed = checkpoint.sign_checkpoint(head, log)
    return receipt.write_receipt(receipt.Receipt(leaves[index], index, proof, signed))


@pytest.mark.parametrize(
    ("state", "folder", "file"), [(0o770, 0o770, 0o640), (0o755, 0o700, 0o600)]
)
def test_the_group_reads_an_outbox_only_where_it_may_write_the_state(state, folder, file, tmp_path):
    tmp_path.chmod(state)
    keep(reopened(tmp_path), 0)
    for name in ("outbox", "receipts"):
        assert S_IMODE((tmp_path / name).stat().st_mode) == folder
    assert {S_IMODE(one.stat().st_mode) for one in (tmp_path / "outbox").iterdir()} == {file}


def test_numbers_are_consecutive_over_sessions_and_restarts(box, tmp_path):
    assert keep(box, 0)[0].number == 1
    assert keep(box, 0, "another")[0].number == 2
    assert keep(reopened(tmp_path), 1)[0].number == 3


def test_a_sitting_has_one_package_however_often_it_is_asked_for(box):
    first = keep(box, 0)
    assert keep(box, 0) == first
    assert box.keep("S", 0, lambda number: b"another")[1] == first[1]


def test_a_package_changed_on_the_disk_is_found(box):
    line, _ = keep(box, 0)
    box.path(line.number).write_bytes(b"changed")
    with pytest.raises(RecordDamaged, match="answer package is damaged"):
        box.package(line)


def test_a_damaged_list_is_found(box, tmp_path):
    keep(box, 0)
    index = tmp_path / "outbox" / "index.cbor"
    data = bytearray(index.read_bytes())
    data[0] ^= 1
    index.write_bytes(data)
    with pytest.raises(StorageFault, match="list of answer packages is damaged"):
        reopened(tmp_path)


def test_a_bundle_holds_what_has_no_receipt_and_names_the_rest(box, tmp_path):
    packages = [keep(box, n)[1] for n in range(3)]
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / "a.receipt").write_bytes(receipt_for(packages, 1))
    box.take_receipts(tmp_path / "usb", LOG.record, FLOOR)
    path = box.export(tmp_path / "stick", TERMINAL, 5)
    assert path.suffix == ".bundle"
    read = bundle.read_bundle(path.read_bytes())
    index = bundle.bundle_index(read.index, TERMINAL.record)
    assert [(line.number, line.enclosed) for line in index.lines] == [
        (1, True),
        (2, False),
        (3, True),
    ]
    assert bundle.enclosed(read, index) == {1: packages[0], 3: packages[2]}


def test_packages_can_be_taken_along_one_by_one(box, tmp_path):
    packages = [keep(box, n)[1] for n in range(2)]
    paths = box.export_packages(tmp_path / "stick", TERMINAL.record)
    assert [path.read_bytes() for path in paths] == packages
    assert {path.parent for path in paths} == {tmp_path / "stick"}


def test_nothing_to_take_along_is_said(box, tmp_path):
    with pytest.raises(InputRefused, match="no answer package"):
        box.export(tmp_path, TERMINAL, 5)


def test_a_receipt_ends_the_waiting_and_the_package_stays_thirty_days(box, tmp_path):
    _, package = keep(box, 0)
    file = tmp_path / "r.receipt"
    file.write_bytes(receipt_for([b"other", package], 1))
    assert box.take_receipts(tmp_path, LOG.record, FLOOR).taken == (1,)
    assert box.waiting == ()
    assert box.tidy(FLOOR + KEEP_S - 1) == ()
    assert box.path(1).exists()
    assert box.tidy(FLOOR + KEEP_S) == (1,)
    assert not box.path(1).exists()
    assert [line.number for line in reopened(tmp_path).lines] == [1]


def test_without_a_receipt_nothing_is_ever_deleted(box):
    keep(box, 0)
    assert box.tidy(FLOOR + 100 * KEEP_S) == ()


def test_receipts_that_prove_nothing_are_refused_with_the_reason(box, tmp_path):
    _, package = keep(box, 0)
    other = PrivateKeys.generate(Role.LOG, "another log")
    usb = tmp_path / "usb"
    usb.mkdir()
    (usb / "forged.receipt").write_bytes(receipt_for([package], 0, other))
    spoilt = bytearray(receipt_for([package], 0))
    spoilt[20] ^= 1
    (usb / "spoilt.receipt").write_bytes(spoilt)
    told = box.take_receipts(usb, LOG.record, FLOOR)
    assert told.taken == ()
    assert len(told.refused) == 2
    assert len(box.waiting) == 1


def test_a_receipt_of_another_terminals_package_is_passed_over(box, tmp_path):
    keep(box, 0)
    (tmp_path / "r.receipt").write_bytes(receipt_for([b"another terminal's"], 0))
    told = box.take_receipts(tmp_path, LOG.record, FLOOR)
    assert (told.taken, told.refused) == ((), ())


def test_the_digest_in_the_list_is_of_the_bytes_on_disk(box):
    line, package = keep(box, 0)
    assert line.sha256 == hashlib.sha256(package).digest()
    assert box.path(1).read_bytes() == package
