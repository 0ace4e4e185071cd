"""A ZIP gives plain files by plain names, or nothing."""

from __future__ import annotations

import contextlib
import stat
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.readers import archive as archive_module
from kiosk.readers.archive import Archive
from tests.authoring.bombs import a_zip, ten_gigabytes, with_directory
from tests.authoring.mutations import mutated


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


def refused(path: Path) -> dict[str, str]:
    """Why each other member is not read; `good` is."""
    with Archive(path) as archive:
        assert archive.names == ("good.txt",)
        assert archive.read("good.txt") == b"good"
        for fault in archive.refused:
            with pytest.raises(InputRefused):
                archive.read(fault.where.removeprefix(f"{path.name}/"))
        return {fault.where: fault.summary for fault in archive.refused}


GOOD = ("good.txt", b"good")


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:/evil", "a\\..\\evil", "\\evil", "a\nb", "a/.."],
)
def test_a_name_that_leads_out_is_refused_and_the_others_are_read(
    tmp_path: Path, name: str
) -> None:
    found = refused(packed(tmp_path / "a.zip", GOOD, (name, b"x")))
    assert found == {f"a.zip/{name}": "a name that leads out of the archive"}


def test_a_name_with_a_zero_character_is_not_the_name_before_it(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", GOOD, ("evil.xml#.png", b"x"))
    path.write_bytes(path.read_bytes().replace(b"evil.xml#.png", b"evil.xml\0.png"))
    assert list(refused(path).values()) == ["a name that leads out of the archive"]


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_a_device_is_refused(tmp_path: Path, kind: int) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = (kind | 0o777) << 16
    found = refused(packed(tmp_path / "a.zip", GOOD, (link, b"/etc/passwd")))
    assert list(found.values()) == ["a link in the archive"]


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    found = refused(packed(tmp_path / "a.zip", GOOD, ("bomb", b"\0" * (40 * 1024 * 1024))))
    assert found == {"a.zip/bomb": "unpacks to more than is allowed"}


def test_members_that_are_too_much_together_are_refused_from_there_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_module, "MAX_TOTAL_BYTES", 10)
    found = refused(packed(tmp_path / "a.zip", GOOD, ("more", b"1234567"), ("last", b"")))
    assert set(found) == {"a.zip/more", "a.zip/last"}


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", GOOD, ("secret", b"x"))
    data = bytearray(path.read_bytes())
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert refused(path) == {"a.zip/secret": "encrypted in the archive"}


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_a_method_that_takes_memory_at_will_is_refused(tmp_path: Path, method: int) -> None:
    other = zipfile.ZipInfo("other")
    other.compress_type = method
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(*GOOD)
        archive.writestr(other, b"x", compress_type=method)
    assert refused(path) == {"a.zip/other": "packed in a way that is not read"}


@pytest.mark.parametrize(
    "names",
    [
        ("Item.xml", "item.XML"),
        ("caf\u00e9.xml", "cafe\u0301.xml"),
        ("STRASSE", "stra\u00dfe"),
        ("A/x", "a/x"),
    ],
)
def test_names_that_are_one_name_to_some_disks_are_all_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    found = refused(packed(tmp_path / "a.zip", GOOD, *((name, b"x") for name in names)))
    assert set(found) == {f"a.zip/{name}" for name in names}
    assert all("capitals or accents" in reason for reason in found.values())


def test_members_that_share_their_bytes_are_refused_with_the_whole_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(ten_gigabytes())
    assert path.stat().st_size < 80_000
    with pytest.raises(InputRefused, match="lie over each other"):
        Archive(path)


def test_a_directory_without_end_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(with_directory(200_000))
    tracemalloc.start()
    try:
        with pytest.raises(InputRefused, match="more than 20000 files"):
            Archive(path)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_member_longer_than_it_says_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a.txt", b"0123456789" * 10))
    data = bytearray(path.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (50).to_bytes(4, "little")
    path.write_bytes(data)
    with Archive(path) as archive, pytest.raises(InputRefused):
        archive.read("a.txt")


def test_a_name_given_twice_is_neither_of_the_two(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = packed(tmp_path / "a.zip", GOOD, ("a", b"1"), ("a", b"2"))
    assert refused(path) == {"a.zip/a": "twice in the archive"}


def test_an_archive_may_be_empty(tmp_path: Path) -> None:
    with Archive(packed(tmp_path / "a.zip")) as archive:
        assert archive.names == ()


@given(st.data())
def test_a_damaged_archive_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    whole = a_zip(GOOD, ("items/a.xml", b"<a/>" * 50))
    changed = mutated(data, whole)
    try:
        with Archive(changed, "a.zip") as archive:
            for name in archive.names:
                with contextlib.suppress(InputRefused):
                    archive.read(name)
    except InputRefused as fault:
        assert fault.where.startswith("a.zip")  # noqa: PT017 - either outcome is right


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(InputRefused, match="ZIP"):
        Archive(path)
