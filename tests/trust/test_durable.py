"""Files that are there after a power cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.errors import StorageFault
from kiosk.trust.durable import write_folder

FILES = {**{f"items/{n}.xml": b"item %d" % n for n in range(40)}, "media/a.png": b"a", "list": b"l"}


def test_a_folder_is_written_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "bank", FILES)
    found = {
        path.relative_to(tmp_path / "bank").as_posix(): path.read_bytes()
        for path in (tmp_path / "bank").rglob("*")
        if path.is_file()
    }
    assert found == FILES


def test_the_last_file_of_a_folder_is_written_when_the_others_are_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    plain = os.fsync

    def watched(descriptor: int) -> None:
        plain(descriptor)
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))

    monkeypatch.setattr(os, "fsync", watched)
    write_folder(tmp_path, FILES)
    *others, _last = FILES
    at = next(n for n, path in enumerate(flushed) if path.startswith(f"{tmp_path}/.list"))
    assert {str(tmp_path / name) for name in (*others, "items", "media")} == set(flushed[:at])


def test_a_disk_that_refuses_one_file_leaves_a_folder_without_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = os.fsync

    def full(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}").endswith("/7.xml"):
            raise OSError(28, "No space left on device")
        plain(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFault, match="full"):
        write_folder(tmp_path, FILES)
    assert not (tmp_path / "list").exists()
