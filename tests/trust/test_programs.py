"""Newer programs in the trust repository: listed, signed, and never installed with the sessions."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import InputRefused
from kiosk.trust.installed import Installed, lists
from kiosk.trust.programs import Kind, Program, newest, order, program_of
from kiosk.trust.refresh import FolderFetcher
from tests.trust.stations import NOW, AStation

IMAGE = "kiosk-terminal_0.1.0~dev0+20261127212310.a2bf03a86548_amd64.img"


def test_the_name_of_a_program_says_what_it_is() -> None:
    program = Program("0.1.0~dev0+20261127212310.a2bf03a86548", "amd64", Kind.IMAGE)
    assert program_of(IMAGE) == program_of(f"programs/{IMAGE}") == program
    assert program.target == f"programs/{IMAGE}"


@pytest.mark.parametrize(
    "name",
    ["other_1.0_amd64.deb", "kiosk-terminal_1.0_amd64.iso", "kiosk-terminal_1:2_amd64.deb", "x/a"],
)
def test_another_name_is_refused(name: str) -> None:
    with pytest.raises(InputRefused, match="not the name of a terminal's program"):
        program_of(name)
    assert newest([f"programs/{name}"], Kind.PACKAGE, "amd64") is None


def test_the_newest_of_a_kind_is_chosen() -> None:
    names = [f"programs/kiosk-terminal_{one}" for one in ("1.9_amd64.img", "1.10_amd64.img")]
    names += [f"programs/kiosk-terminal_{one}" for one in ("2_arm64.img", "3_amd64.deb")]
    found = newest(["banks/a.bank", *names], Kind.IMAGE, "amd64")
    assert found == Program("1.10", "amd64", Kind.IMAGE)


@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not installed here")
@settings(max_examples=60, deadline=None)
@given(*[st.from_regex(r"[0-9][0-9aZ.+~]{0,6}", fullmatch=True)] * 2)
def test_versions_are_ordered_as_dpkg_orders_them(one: str, other: str) -> None:
    wanted = "lt" if order(one) < order(other) else "eq" if order(one) == order(other) else "gt"
    subprocess.run(["dpkg", "--compare-versions", one, wanted, other], check=True)


# --- from the station to a device ------------------------------------------------------------------------


def a_program(folder: Path, name: str = IMAGE, data: bytes = b"an image" * 99) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def published(station: AStation, *programs: Path) -> Path:
    station.repository.put_programs(programs)
    return station.publish()


def test_a_program_is_published_and_a_later_one_takes_its_place(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    stick = published(station, a_program(tmp_path))
    (file,) = (stick / "targets/programs").iterdir()
    assert file.name.endswith(f".{IMAGE}")
    newer = a_program(tmp_path, "kiosk-terminal_0.2_amd64.img", b"newer")
    stick = published(station, newer)
    (file,) = (stick / "targets/programs").iterdir()
    assert file.read_bytes() == b"newer"
    assert list(station.repository.programs()) == [f"programs/{newer.name}"]
    published(station)
    assert not list((stick / "targets/programs").iterdir())


def test_no_program_is_published_that_is_not_named_as_one(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    station.repository.put_programs([a_program(tmp_path)])
    with pytest.raises(InputRefused, match="not the name"):
        station.repository.put_programs([a_program(tmp_path, "setup.exe")])
    assert list(station.repository.programs()) == [f"programs/{IMAGE}"]


@pytest.mark.parametrize("there", [True, False])
def test_a_device_installs_its_sessions_and_leaves_programs_where_they_are(
    tmp_path: Path, there: bool
) -> None:
    station = AStation(tmp_path)
    stick = published(station, a_program(tmp_path))
    if not there:
        shutil.rmtree(stick / "targets/programs")
    device = Installed.bootstrap(tmp_path / "device", station.repository.root_json())
    device.refresh(stick, now=NOW)
    assert not device.targets("programs/")
    assert device.targets("banks/")
    assert not list((tmp_path / "device/targets").glob("*.img"))
    (name,) = device.programs()
    assert name == f"programs/{IMAGE}"


def test_over_a_line_no_program_is_asked_for(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    line = Asked(published(station, a_program(tmp_path)))
    device = Installed.bootstrap(tmp_path / "device", station.repository.root_json())
    device.refresh(line, now=NOW)
    assert [url for url in line.urls if "/banks/" in url]
    assert not [url for url in line.urls if "programs" in url]


class Asked(FolderFetcher):
    """A repository, and what was asked of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.urls: list[str] = []

    def _fetch(self, url: str) -> Iterator[bytes]:
        self.urls.append(url)
        return super()._fetch(url)


def test_who_exchanges_programs_needs_the_lists_alone(tmp_path: Path) -> None:
    station = AStation(tmp_path)
    stick = published(station, a_program(tmp_path))
    root = station.repository.root_json()
    updater = Installed.bootstrap(tmp_path / "updater", root, lists)
    updater.refresh(stick, now=NOW)
    assert updater.targets() == ("authority.cbor", "trust-list.cbor")
    assert list(updater.programs()) == [f"programs/{IMAGE}"]
