"""The installed program against its manifest: whole, changed, not looked at, not installed."""

from __future__ import annotations

import hashlib

import pytest

from kiosk.artefacts.manifest import ProgramFile, write_manifest
from kiosk.artefacts.self_check import Finding
from kiosk.terminal.checks import SelfCheck
from kiosk.terminal.ground import MANIFEST, PROGRAM
from kiosk.terminal.lockdown.installed import read_program
from tests.artefacts import samples
from tests.terminal.lockdown.computer import SEAT, build
from tests.terminal.room import NOON

OWN = str(PROGRAM.relative_to("/"))
START = f"{OWN}/start"


@pytest.fixture
def root(tmp_path):
    root = build(tmp_path / "root", {**SEAT, START: "the program"})
    (root / START).chmod(0o755)
    listed = [ProgramFile(START, hashlib.sha256(b"the program").digest(), 0o755)]
    data = write_manifest(samples.BUILDER, "kiosk-terminal", "1.2", samples.AT, [OWN], listed)
    (root / MANIFEST.relative_to("/")).write_bytes(data)
    return root


def found(check):
    return next(one for one in check if one.check == "manifest")


def checked(root, tmp_path):
    return SelfCheck(tmp_path, print, lambda: 0, lambda: NOON, root=root)


def test_it_is_looked_at_once_and_beside_what_somebody_waits_for(root, tmp_path):
    check = checked(root, tmp_path)
    assert found(check.all(None)) == Finding("manifest", "unknown", "not looked at yet")
    whole = found(check.again())
    assert whole.ok
    assert whole.detail == f"1.2 · {samples.BUILDER.record.name} {samples.BUILDER.record.kid.hex()}"
    assert found(check.all(None)) == whole


@pytest.mark.parametrize(
    ("files", "wrong"),
    [
        ({START: "another program"}, START),
        ({START: None}, START),
        ({f"{OWN}/{n}": "x" for n in "abcde"}, f"{OWN}/a, {OWN}/b, {OWN}/c +2"),
        ({f"{OWN}/\x1b[2J": "x"}, f"{OWN}/ [2J"),
    ],
)
def test_what_is_not_as_it_was_built_is_weak_by_its_name(root, tmp_path, files, wrong):
    build(root, files)
    assert found(checked(root, tmp_path).again()) == Finding("manifest", "weak", wrong)


@pytest.mark.parametrize("content", [b"", b"\x00" * 99, b"\xd2" * 9999])
def test_a_manifest_that_does_not_hold_is_weak(root, tmp_path, content):
    (root / MANIFEST.relative_to("/")).write_bytes(content)
    assert found(checked(root, tmp_path).again()).state == "weak"


def test_where_there_is_no_package_it_is_unknown(tmp_path):
    assert read_program(tmp_path) is None
    root = build(tmp_path / "root", SEAT)
    assert found(checked(root, tmp_path).again()) == Finding(
        "manifest", "unknown", "not installed from a package"
    )
