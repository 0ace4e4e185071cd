"""`kiosk verify` says of any file what it is, who signed it, whether it holds, and why not."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.artefacts import answer_package, checkpoint, merkle, qr, slip, tokens
from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.verify import Verdict, verify_file
from tests.artefacts import samples
from tests.trust.stations import AStation

PACKAGE = samples.sample("answer package").data

FILES: dict[str, tuple[bytes, str]] = {
    "re-se.bank": (samples.sample("bank").data, "author 陈老师"),
    "re-se.scoring": (samples.sample("scoring").data, "author 陈老师"),
    "R15-0301.session": (samples.sample("session").data, "station Station"),
    "R15-0301.release": (samples.sample("release").data, "station Station"),
    "1.package": (PACKAGE, "terminal T-01"),
    "T-01.transfer": (samples.sample("transfer").data, "terminal T-01"),
    "T-01.bundle": (samples.sample("bundle").data, "terminal T-01"),
    "R15-0301.proctorlog": (samples.sample("proctor's log").data, "proctor 李芳"),
    "1.receipt": (samples.a_receipt(PACKAGE), "log Station, log"),
    "T-01.enrol": (samples.sample("enrolment").data, "terminal T-01"),
    "0001.evidence": (samples.sample("evidence").data, "station Station"),
    "unlock.txt": (tokens.answer_text(samples.an_answer()).encode(), "proctor 李芳"),
    "room.txt": (
        qr.to_text(qr.Prefix.ROOM, samples.a_room_token()).encode(),
        "proctor 李芳, proctor 王强",
    ),
    "checkpoint.txt": (
        checkpoint.sign_checkpoint(
            checkpoint.Checkpoint("station.example/log", 2, bytes(32)), samples.LOG
        ).encode(),
        "log Station, log",
    ),
    "slip.txt": (slip.slip_text(slip.slip_for(PACKAGE)).encode(), ""),
}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `usb/` and every artefact in `files/`."""
    folder = tmp_path_factory.mktemp("day")
    AStation(folder).publish()
    (folder / "files").mkdir()
    for name, (data, _) in FILES.items():
        (folder / "files" / name).write_bytes(data)
    return folder


def changed(day: Path, tmp_path: Path, name: str, data: bytes) -> Verdict:
    path = tmp_path / name
    path.write_bytes(data)
    return verify_file(path, day / "usb" / "root.json")


@pytest.mark.parametrize("name", FILES)
def test_an_artefact_holds_and_its_signer_is_named(day: Path, name: str) -> None:
    verdict = verify_file(day / "files" / name)
    assert verdict.valid, verdict.reason
    assert verdict.signer == FILES[name][1]
    assert verdict.kind != "unknown"
    assert "found beside the file" in verdict.facts["root"]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_one_does_not_hold_and_the_reason_is_told(
    day: Path, tmp_path: Path, name: str
) -> None:
    data = FILES[name][0]
    for at in random.Random(name).sample(range(len(data)), 40):
        flipped = data[:at] + bytes([data[at] ^ 0x01]) + data[at + 1 :]
        verdict = changed(day, tmp_path, name, flipped)
        if name == "slip.txt" and verdict.valid:
            assert verdict.facts["leaf"] != merkle.leaf_hash(PACKAGE).hex()  # another slip
            continue
        if name.endswith(".txt") and flipped.upper() == data:
            continue  # only the case: a caps lock is no forgery
        assert not verdict.valid, f"byte {at} of {name}"
        assert len(verdict.reason) > 10


@pytest.mark.parametrize("name", FILES)
def test_one_under_another_kinds_name_does_not_hold(day: Path, tmp_path: Path, name: str) -> None:
    for other in FILES:
        if not other.endswith(".txt") and other != name:
            verdict = changed(day, tmp_path, f"wrong{Path(other).suffix}", FILES[name][0])
            assert not verdict.valid


def test_the_reason_names_the_signer_whose_signature_does_not_hold(
    day: Path, tmp_path: Path
) -> None:
    verdict = changed(day, tmp_path, "x.package", PACKAGE[:-1] + bytes([PACKAGE[-1] ^ 1]))
    assert "signature of terminal T-01" in verdict.reason
    assert "does not hold" in verdict.reason


def test_a_program_holds_if_it_is_the_one_that_the_station_listed(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    program = tmp_path / "kiosk-terminal_1.2_amd64.img"
    program.write_bytes(b"an image")
    station.repository.put_programs([program])
    stick = station.publish()
    (file,) = (stick / "targets/programs").iterdir()
    verdict = verify_file(file)
    assert (verdict.kind, verdict.valid) == ("program", True)
    assert verdict.reason == f"the repository lists it as programs/{program.name}"
    file.write_bytes(b"another")
    assert not verify_file(file).valid


def test_a_bank_and_a_session_are_said_to_be_the_listed_ones_or_not(
    day: Path, tmp_path: Path
) -> None:
    assert verify_file(day / "files" / "re-se.bank").facts["listed_as"] == "banks/re-se.bank"
    other, _ = samples.a_bank()
    verdict = changed(day, tmp_path, "re-se.bank", other)
    assert verdict.valid
    assert "does not list it" in verdict.reason


def test_every_published_file_holds(day: Path) -> None:
    for path in sorted((day / "usb").rglob("*")):
        if path.is_file():
            verdict = verify_file(path)
            assert verdict.valid, f"{path.name}: {verdict.reason}"


def test_a_published_file_changed_at_any_place_is_noticed(day: Path, tmp_path: Path) -> None:
    """Either the file itself or, where all trust hangs on it, the whole repository is refused."""
    usb = tmp_path / "usb"
    shutil.copytree(day / "usb", usb)
    for path in sorted(usb.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        for at in random.Random(path.name).sample(range(len(data)), min(len(data), 25)):
            path.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
            try:
                verdict = verify_file(path)
            except KioskError:
                continue
            assert not verdict.valid, f"byte {at} of {path.name}"
        path.write_bytes(data)


def test_an_older_version_of_metadata_is_said_to_be_older(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    old = station.publish()
    before = next((old / "metadata").glob("*.snapshot.json")).read_bytes()
    station.publish("usb2")
    path = tmp_path / "usb2" / "metadata" / "1.snapshot.json"
    path.write_bytes(before)
    verdict = verify_file(path)
    assert not verdict.valid
    assert not verdict.permitted
    assert "version 1" in verdict.reason


def test_a_package_of_a_revoked_terminal_is_not_permitted(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    station.revoke(samples.TERMINAL.record.kid)
    root = station.publish() / "root.json"
    path = tmp_path / "1.package"
    path.write_bytes(PACKAGE)
    verdict = verify_file(path, root)
    assert (verdict.valid, verdict.permitted) == (False, False)
    assert "T-01 was revoked" in verdict.reason
    assert run(["verify", str(path), "--root", str(root)]) == 5


def test_a_key_of_another_role_or_none_we_know_is_not_permitted(day: Path, tmp_path: Path) -> None:
    from kiosk.artefacts.codec import decode_plain, encode
    from kiosk.artefacts.cose import sign
    from kiosk.artefacts.keys import KeyRecord, PrivateKeys
    from kiosk.artefacts.kinds import Kind

    stranger = samples.fixed_keys(Role.TERMINAL, "stranger")
    payload = answer_package.read_package(PACKAGE).payload
    verdict = changed(day, tmp_path, "a.package", sign(payload, Kind.PACKAGE, stranger))
    assert not verdict.permitted
    assert "unknown signer" in verdict.reason
    # A proctor's key that calls itself a terminal's: the list knows it as a proctor's.
    proctor = samples.PROCTOR
    record = KeyRecord(Role.TERMINAL, "T-01", proctor.record.sign, proctor.record.seal)
    disguised = PrivateKeys(record, *proctor.private_bytes())
    plain = decode_plain(payload, "package")
    forged = sign(encode({**plain, "terminal": record.kid}), Kind.PACKAGE, disguised)
    verdict = changed(day, tmp_path, "b.package", forged)
    assert not verdict.permitted
    assert "is a proctor, not a terminal" in verdict.reason


def test_a_bundle_names_the_package_in_it_that_was_changed(day: Path, tmp_path: Path) -> None:
    data = FILES["T-01.bundle"][0]
    verdict = changed(day, tmp_path, "T-01.bundle", data[:-1] + bytes([data[-1] ^ 1]))
    assert "package 1" in verdict.reason


def test_a_bundle_tells_which_numbers_are_missing(day: Path, tmp_path: Path) -> None:
    import hashlib

    from kiosk.artefacts import bundle

    packed = samples.a_package(number=3)
    lines = (bundle.BundleLine(3, samples.SESSION, hashlib.sha256(packed).digest(), True),)
    data = bundle.write_bundle(lines, {3: packed}, samples.AT, samples.TERMINAL)
    verdict = changed(day, tmp_path, "T-01.bundle", data)
    assert verdict.valid
    assert verdict.facts["missing_numbers"] == [1, 2]


def test_a_receipt_of_another_log_does_not_hold(day: Path, tmp_path: Path) -> None:
    from kiosk.artefacts import checkpoint, receipt

    leaf = merkle.leaf_hash(PACKAGE)
    other = samples.fixed_keys(Role.LOG, "another log")
    note = checkpoint.sign_checkpoint(checkpoint.Checkpoint("x", 1, leaf), other)
    data = receipt.write_receipt(receipt.Receipt(leaf, 0, (), note))
    verdict = changed(day, tmp_path, "1.receipt", data)
    assert "does not hold" in verdict.reason


def test_without_a_root_nothing_is_said(tmp_path: Path) -> None:
    path = tmp_path / "1.package"
    path.write_bytes(PACKAGE)
    with pytest.raises(InputRefused, match="no root"):
        verify_file(path)
    assert run(["verify", str(path)]) == 4


def test_another_stations_root_vouches_for_nothing(day: Path, tmp_path: Path) -> None:
    other = AStation(tmp_path / "other").publish()
    mixed = tmp_path / "mixed"
    shutil.copytree(day / "usb", mixed)
    shutil.copy(other / "root.json", mixed / "root.json")
    path = tmp_path / "1.package"
    path.write_bytes(PACKAGE)
    with pytest.raises(NotPermitted, match="not signed by the station"):
        verify_file(path, mixed / "root.json")


@pytest.mark.parametrize("name", ["notes.txt", "photo.jpg", "x.transfer", "empty", "x.json"])
def test_a_file_that_is_none_of_ours_is_said_to_be_none(
    day: Path, tmp_path: Path, name: str
) -> None:
    for data in (b"", b"hello", bytes(5000), b'{"signed": {"version": 1}}', b"[" * 9000):
        verdict = changed(day, tmp_path, name, data)
        assert not verdict.valid
        assert verdict.permitted


def test_exit_codes_and_json_are_those_of_the_contract(
    day: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = str(day / "files" / "1.package")
    bad = tmp_path / "2.package"
    bad.write_bytes(PACKAGE[:-1])
    root = ["--root", str(day / "usb" / "root.json")]
    assert run(["verify", good, "--json", *root]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {"kind", "signer", "valid", "reason"} <= set(shown)
    assert (shown["kind"], shown["signer"], shown["valid"]) == ("package", "terminal T-01", True)
    assert run(["verify", good, str(bad), "--json", *root]) == 4
    assert [one["valid"] for one in json.loads(capsys.readouterr().out)] == [True, False]
    assert run(["verify", good, *root]) == 0
    assert "the signature of terminal T-01 holds" in capsys.readouterr().out
    assert run(["verify"]) == 2


def test_the_verifier_loads_no_qt_no_database_and_no_station() -> None:
    code = (
        "import sys, kiosk.verify, kiosk.cli.verify\n"
        "bad = [m for m in sys.modules if m.startswith(('PySide6', 'sqlalchemy', 'kiosk.station',"
        " 'kiosk.terminal', 'kiosk.proctor', 'kiosk.ui'))]\n"
        "sys.exit(' '.join(bad) or 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=dict(os.environ))


def test_a_changed_copy_of_metadata_is_not_the_repositorys(day: Path, tmp_path: Path) -> None:
    for original in sorted((day / "usb" / "metadata").iterdir()):
        data = original.read_bytes()
        assert changed(day, tmp_path, original.name, data).valid
        verdict = changed(day, tmp_path, original.name, data.replace(b'"sig":"', b'"sig":"0'))
        assert not verdict.valid
        assert len(verdict.reason) > 10
