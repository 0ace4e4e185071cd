"""A manifest held against a disk: whatever was done to an installed file shows, and by name."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.artefacts import manifest
from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.kinds import Kind
from kiosk.errors import InputRefused, NotPermitted
from kiosk.trust.program_files import Deviations, deviations
from kiosk.verify import verify_file
from tests.artefacts import samples

OWN = "usr/lib/program"
MANIFEST = f"{OWN}/program.manifest"
FILES = {f"{OWN}/start": 0o755, f"{OWN}/sub/module": 0o644, "etc/program.conf": 0o644}


def installed(root: Path) -> manifest.Manifest:
    """A small program below `root`, with its manifest beside it."""
    listed = []
    for path, mode in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"this is {path}")
        (root / path).chmod(mode)
        digest = hashlib.sha256((root / path).read_bytes()).digest()
        kind = manifest.SETTINGS if path.startswith("etc") else ""
        listed.append(manifest.ProgramFile(path, digest, mode, kind))
    (root / "usr/bin").mkdir()
    (root / "usr/bin/program").symlink_to("../lib/program/start")
    digest = hashlib.sha256(b"../lib/program/start").digest()
    listed.append(manifest.ProgramFile("usr/bin/program", digest, 0o777, manifest.LINK))
    data = manifest.write_manifest(samples.BUILDER, "program", "1", samples.AT, [OWN], listed)
    (root / MANIFEST).write_bytes(data)
    return manifest.read_manifest(data)


def write(path: str) -> Callable[[Path], object]:
    return lambda root: (root / path).write_text("another")


def in_place_of(path: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
    def change(root: Path) -> None:
        (root / path).unlink()
        make(root / path)

    return change


def beside(path: Path) -> None:
    other = path.with_name("moved")
    path.rename(other)
    path.symlink_to(other)


START, MODULE, LINK = f"{OWN}/start", f"{OWN}/sub/module", "usr/bin/program"
CHANGES: dict[str, tuple[Callable[[Path], object], Deviations]] = {
    "nothing": (lambda _root: None, Deviations((), (), (), ())),
    "content": (write(START), Deviations((START,), (), (), ())),
    "permissions": (lambda root: (root / START).chmod(0o4755), Deviations((START,), (), (), ())),
    "gone": (lambda root: (root / MODULE).unlink(), Deviations((), (MODULE,), (), ())),
    "a link in its place": (
        lambda root: beside(root / START),
        Deviations((), (START,), (f"{OWN}/moved",), ()),
    ),
    "a pipe in its place": (in_place_of(START, os.mkfifo), Deviations((START,), (), (), ())),
    "a folder in its place": (in_place_of(START, os.mkdir), Deviations((), (START,), (), ())),
    "a link elsewhere": (
        in_place_of(LINK, lambda path: path.symlink_to("/bin/sh")),
        Deviations((LINK,), (), (), ()),
    ),
    "a file in place of a link": (
        in_place_of(LINK, lambda path: path.touch()),
        Deviations((LINK,), (), (), ()),
    ),
    "one more": (
        write(f"{OWN}/sub/sitecustomize.py"),
        Deviations((), (), (f"{OWN}/sub/sitecustomize.py",), ()),
    ),
    "a folder's link": (
        lambda root: (root / OWN / "more").symlink_to("/tmp"),
        Deviations((), (), (f"{OWN}/more",), ()),
    ),
    "one more elsewhere": (write("usr/bin/other"), Deviations((), (), (), ())),
    "settings": (write("etc/program.conf"), Deviations((), (), (), ("etc/program.conf",))),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_became_of_a_file_shows(name: str, tmp_path: Path) -> None:
    listed = installed(tmp_path)
    change, expected = CHANGES[name]
    change(tmp_path)
    assert deviations(listed, tmp_path, frozenset({MANIFEST})) == expected
    verdict = verify_file(tmp_path / MANIFEST)
    assert verdict.valid is expected.none
    assert verdict.signer == "builder Builder"
    assert verdict.facts["root"] == str(tmp_path)
    for kind in ("changed", "missing", "added", "settings"):
        assert verdict.facts.get(kind, []) == list(getattr(expected, kind))


def test_a_manifest_from_elsewhere_is_checked_without_files(tmp_path: Path) -> None:
    installed(tmp_path / "root")
    copy = tmp_path / "a.manifest"
    copy.write_bytes((tmp_path / "root" / MANIFEST).read_bytes())
    verdict = verify_file(copy)
    assert verdict.valid
    assert "no files were looked at" in verdict.reason
    copy.write_bytes(copy.read_bytes()[:-1] + b"\0")
    assert "does not hold" in verify_file(copy).reason


def test_nobody_but_a_builder_signs_a_manifest(tmp_path: Path) -> None:
    with pytest.raises(NotPermitted, match="may not sign"):
        manifest.write_manifest(samples.TERMINAL, "p", "1", 0, [], [])
    listed = manifest.Manifest(samples.TERMINAL.record, "p", "1", 0, (), ())
    data = sign(encode(listed), Kind.MANIFEST, samples.BUILDER)
    with pytest.raises(NotPermitted, match="may not sign"):
        manifest.read_manifest(data)
    (tmp_path / "a.manifest").write_bytes(data)
    assert not verify_file(tmp_path / "a.manifest").permitted


@pytest.mark.parametrize("path", ["../etc/shadow", "/etc/shadow", "a//b", "a/./b", "a\0b", ""])
def test_a_path_that_leaves_the_root_is_refused(path: str) -> None:
    one = manifest.ProgramFile(path, bytes(32), 0o644)
    data = manifest.write_manifest(samples.BUILDER, "p", "1", 0, [], [one])
    with pytest.raises(InputRefused, match="not in order"):
        manifest.read_manifest(data)
    with pytest.raises(InputRefused, match="not in order"):
        manifest.read_manifest(manifest.write_manifest(samples.BUILDER, "p", "1", 0, [path], []))
