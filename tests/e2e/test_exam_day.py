"""The promises of a whole exam day, checked on what `kiosk demo` left behind."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from kiosk.artefacts.kinds import Role
from kiosk.cli import run
from kiosk.rehearsal.preparation import BANK, PROGRAM_BANKS, SESSION
from kiosk.station.banks import open_admitted
from kiosk.station.home import Station
from kiosk.trust.keystore import FileKeyStore
from tests.e2e.leaks import Needles, leaks

QTI = "{http://www.imsglobal.org/xsd/imsqtiasi_v3p0}"


@pytest.fixture
def summary(demo: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((demo / "summary.json").read_text("utf-8"))
    return loaded


@pytest.fixture
def station(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo's station, to import into."""
    shutil.copytree(demo / "station", tmp_path / "station")
    return tmp_path / "station"


def test_every_candidate_came_back_and_has_a_result(summary: dict[str, Any]) -> None:
    assert summary["candidates"] >= 8
    assert summary["imported"] == summary["candidates"] == len(summary["results"])
    assert summary["refused"] == 0
    for line in summary["results"]:
        assert 0 <= line["score"] <= line["max_score"] == 100
        assert line["passed"] is (line["score"] >= 60)


def test_the_screens_of_the_day_were_photographed(demo: Path, summary: dict[str, Any]) -> None:
    pictures = {(demo / name).read_bytes() for name in summary["screens"]}
    assert len(pictures) >= 10


def test_no_sentence_and_no_key_is_on_the_stick_or_a_terminal(demo: Path) -> None:
    needles = Needles(sentences(), sealed_names(demo))
    assert len(needles) > 600
    for folder in ("usb", "terminals"):
        assert leaks(demo / folder, needles) == []


def sentences() -> set[str]:
    """Every piece of text of the bank's sources that is long enough to be no accident."""
    found = set()
    for path in (PROGRAM_BANKS / BANK / "items").glob("*.xml"):
        body = etree.parse(path).getroot().find(f"{QTI}qti-item-body")
        assert body is not None
        texts = (" ".join(text.split()) for text in body.itertext())
        found |= {text for text in texts if len(text.encode()) >= 18}
    return found


def sealed_names(demo: Path) -> set[bytes]:
    """The key of the bank, and each right answer under the names it has in the sealed bank."""
    station = Station.open(demo / "station")
    try:
        opened = open_admitted(station, BANK, "1.0.0", 1)
        opened.reader.close()
    finally:
        station.close()
    keys = {
        choice.encode()
        for entry in opened.scoring.entries
        for declared in entry.rules.responses
        for choice in declared.correct or ()
        if len(choice) >= 8
    }
    assert len(keys) > 50
    return {opened.scoring.bank_key, *keys}


def test_every_artefact_of_the_day_verifies(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suffixes = (".bank", ".scoring", ".session", ".release", ".package", ".bundle", ".proctorlog")
    files = [
        path
        for folder in ("usb", "releases", "bundles", "author")
        for path in sorted((demo / folder).rglob("*"))
        if path.suffix in (*suffixes, ".receipt")
    ]
    assert {path.suffix for path in files} >= {*suffixes, ".receipt"}
    root = str(demo / "usb" / "root.json")
    for path in files:
        assert run(["verify", str(path), "--root", root, "--json"]) == 0, path
        verdict = json.loads(capsys.readouterr().out)
        assert verdict["valid"], (path, verdict)
        assert verdict["signer"], path


def packages(demo: Path) -> list[Path]:
    return sorted(
        path for path in (demo / "bundles").iterdir() if path.suffix in (".package", ".bundle")
    )


def test_packages_come_back_both_loose_and_in_bundles(demo: Path) -> None:
    assert {path.suffix for path in packages(demo)} == {".package", ".bundle"}


@pytest.mark.parametrize("kind", [".package", ".bundle"])
@pytest.mark.parametrize(
    "attempt", [*range(3), *(pytest.param(n, marks=pytest.mark.campaign) for n in range(3, 50))]
)
def test_a_flipped_byte_anywhere_is_refused_kept_and_not_recorded(
    demo: Path,
    station: Path,
    tmp_path: Path,
    kind: str,
    attempt: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = random.Random(f"{kind}{attempt}")
    original = source.choice([path for path in packages(demo) if path.suffix == kind])
    data = bytearray(original.read_bytes())
    data[source.randrange(len(data))] ^= 1 << source.randrange(8)
    changed = tmp_path / original.name
    changed.write_bytes(data)
    before = results(station, capsys)
    code = run(["station", "import", str(changed), "--station", str(station), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code in (3, 4)
    assert told["imported"] == 0
    assert changed.name in json.dumps(told["refused"])
    assert changed.exists()
    # Of a bundle whose index holds, the damaged package is kept; else the file as it came.
    kept = [path.read_bytes() for path in (station / "quarantine").iterdir()]
    assert any(len(part) > 500 and part in bytes(data) for part in kept)
    assert results(station, capsys) == before
    assert run(["verify", str(changed), "--root", str(demo / "usb" / "root.json")]) in (4, 5)


def results(station: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["station", "results", SESSION, "--station", str(station), "--json"]) == 0
    return capsys.readouterr().out


def test_importing_the_same_stick_again_adds_nothing(
    demo: Path, station: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = results(station, capsys)
    assert (
        run(["station", "import", str(demo / "bundles"), "--station", str(station), "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (told["imported"], told["conflict"]) == (0, 0)
    assert told["duplicate"] >= 8
    assert results(station, capsys) == before


def test_terminals_keep_their_packages_after_the_receipt(demo: Path) -> None:
    for state in (demo / "terminals").iterdir():
        if state.name != "T-99":
            assert list((state / "outbox").glob("*.package")), state.name
            assert list((state / "receipts").glob("*.receipt")), state.name


def test_private_keys_are_readable_by_their_owner_alone(demo: Path) -> None:
    stores = [state / "keys" for state in (demo / "terminals").iterdir()]
    stores += [demo / "station" / "keys" / role for role in (Role.STATION, Role.OPENING, Role.LOG)]
    for folder in stores:
        FileKeyStore(folder).load()
        for path in folder.rglob("*"):
            assert path.stat().st_mode & 0o077 == 0, path


def test_the_registry_is_readable_by_its_owner_alone(demo: Path) -> None:
    for path in (demo / "station").glob("station.db*"):
        assert path.stat().st_mode & 0o077 == 0, path
