"""A ZIP gives plain files by plain names, or nothing."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from kiosk.errors import InputRefused
from kiosk.readers.archive import Archive


def packed(path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def test_members_are_read_by_name(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("items/a.xml", b"<a/>"), ("b.txt", b"b"))
    with Archive(path) as archive:
        assert archive.names == ("b.txt", "items/a.xml")
        assert archive.read("items/a.xml") == b"<a/>"
        with pytest.raises(InputRefused, match="does not hold"):
            archive.read("c.txt")


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "C:/evil", "a\\..\\evil"]
)
def test_a_name_that_leads_out_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", (name, b"x"))
    with pytest.raises(InputRefused, match="leads out"):
        Archive(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(InputRefused, match="link"):
        Archive(packed(tmp_path / "a.zip", (link, b"/etc/passwd")))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="more than is allowed"):
        Archive(packed(tmp_path / "a.zip", ("bomb", b"\0" * (40 * 1024 * 1024))))


def test_a_member_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"0123456789" * 10))
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (50).to_bytes(4, "little")
    path.write_bytes(data)
    with Archive(path) as archive, pytest.raises(InputRefused):
        archive.read("a.txt")


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = packed(tmp_path / "a.zip", ("a", b"1"), ("a", b"2"))
    with pytest.raises(InputRefused, match="twice"):
        Archive(path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(InputRefused, match="ZIP"):
        Archive(path)
