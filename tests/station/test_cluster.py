"""A cluster gives what one process gives, whoever of it dies; and nobody reads on the way."""

from __future__ import annotations

import pickle
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused, KioskError, NotPermitted, StorageFault
from kiosk.station import batches, cluster, teams
from kiosk.station.acts import Why
from kiosk.station.batches import Batch
from kiosk.station.engine import Team
from kiosk.station.home import Station
from kiosk.station.kits import Kits
from kiosk.station.receiving import Report, receive
from kiosk.station.registry import packages
from kiosk.station.rescoring import rescore
from kiosk.station.settings import FILE, Cluster, Settings, read_settings, write_database, written
from kiosk.station.stored import stored
from kiosk.station.understanding.session_answers import read_exam
from kiosk.trust.durable import write_durable
from kiosk.words import said
from tests.dask_cluster import DaskCluster, dask_cluster, make_certificates
from tests.station.builders import NOW, SESSION, Day, a_day, corrected
from tests.station.whole import whole

WHY = Why("test", "test")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """A day whose six candidates handed in on one stick."""
    made = a_day(tmp_path_factory.mktemp("day"))
    stick = made.folder / "stick"
    stick.mkdir()
    for n in range(1, 7):
        (stick / f"{n}.package").write_bytes(made.sit(f"2026000{n}", right=n))
    return made


@pytest.fixture(scope="module")
def dask(day: Day, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    folder = tmp_path_factory.mktemp("cluster")
    shutil.copytree(day.station.key_folder(Role.OPENING), folder / "opening")
    with dask_cluster(folder, folder / "opening") as running:
        yield running


@pytest.fixture(autouse=True)
def small_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 1)


def _a_station(day: Day, folder: Path, settings: Cluster | None = None) -> Station:
    shutil.copytree(day.station.folder, folder / "station")
    said_before = read_settings(folder / "station")
    write_durable(
        folder / "station/station.toml",
        written(replace(said_before, cluster=settings or Cluster())),
    )
    return Station.open(folder / "station")


def _imported(
    station: Station, day: Day, workers: teams.Workers, at: dict[int, Callable[[], None]]
) -> Report:
    def progress(done: int, total: int) -> None:
        at.pop(done, lambda: None)()

    return receive(station, [day.folder / "stick"], NOW, workers=workers, progress=progress)


def test_a_cluster_gives_what_one_process_gives(
    tmp_path: Path, day: Day, dask: DaskCluster
) -> None:
    plain, spread = _a_station(day, tmp_path / "1"), _a_station(day, tmp_path / "2", dask.settings)
    # The workers cannot have the station's key: theirs is a copy elsewhere.
    spread.keys(Role.OPENING)
    (spread.key_folder(Role.OPENING) / "private.key").chmod(0o644)

    faults = []
    scoring = corrected(day, lambda rules: rules)
    for station, workers in ((plain, 1), (spread, dask.address)):
        report = _imported(station, day, workers, {})
        assert (report.imported, report.exit_code) == (6, 0)
        answers = read_exam(station, SESSION, workers=workers)
        done = rescore(station, SESSION, scoring, NOW, WHY, workers=workers)
        faults += [report.cluster_fault, answers.cluster_fault, done.cluster_fault]

    assert faults == [""] * 6
    assert read_exam(plain, SESSION).takers == answers.takers
    first, second = whole(plain), whole(spread)
    different = [name for name in first if first[name] != second[name]]
    assert different == []
    assert len(first["results"]) == 12
    for station in (plain, spread):
        station.close()


def test_a_worker_of_another_version_is_not_used_and_its_version_is_told(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadPoolExecutor(1) as pool:
        team = Team(pool, there=partial(cluster._there, "9.9"))
        found = list(team.in_order(lambda batch: batch.opening_key, [Batch("here", ())] * 2))

    assert found == ["here"] * 2
    assert "9.9" in team.fault


def test_who_is_silent_is_not_waited_for_twice() -> None:
    gate = threading.Event()

    def at_work(function: object, batch: Batch) -> str:
        gate.wait()
        return "there"

    with ThreadPoolExecutor(1) as pool:
        team = Team(pool, size=2, there=at_work, patience_s=0.05)
        found = list(team.in_order(lambda batch: "here", [Batch("", ())] * 9))
        gate.set()

    assert (found, team.fault) == (["here"] * 9, "TimeoutError")


def test_who_is_gone_is_not_waited_for() -> None:
    gate = threading.Event()

    def at_work(function: object, batch: Batch) -> str:
        gate.wait()
        return "there"

    with ThreadPoolExecutor(1) as pool:
        team = Team(pool, there=at_work, patience_s=3600, alive=lambda: False)
        found = list(team.in_order(lambda batch: "here", [Batch("", ())] * 4))
        gate.set()

    assert (found, team.fault) == (["here"] * 4, "TimeoutError")


def test_what_travels_can_be_read_with_the_opening_key_alone(tmp_path: Path, day: Day) -> None:
    station = _a_station(day, tmp_path)
    _imported(station, day, 1, {})
    kit = Kits(station).of_session(SESSION)
    with station.registry.reading() as connection:
        rows = [(one.sha256, one.terminal) for one in packages.of_session(connection, SESSION)]
    travelling = b"".join(map(pickle.dumps, stored(station, rows, (kit,))))
    opened = day.opened

    assert len(travelling) > 10_000
    sign, seal = station.keys(Role.OPENING).private_bytes()
    secrets = [
        sign,
        seal,
        opened.start,
        "考生1".encode(),
        b"20260001",
        day.items().popitem()[0].encode(),
    ]
    assert [secret for secret in secrets if secret and secret in travelling] == []
    station.close()


@pytest.mark.parametrize(
    ("address", "kind", "words"),
    [
        ("tcp://10.0.0.5:8786", NotPermitted, "without TLS"),
        ("tcp://db.example:8786", NotPermitted, "without TLS"),
        ("10.0.0.5:8786", InputRefused, "not the address of a scheduler"),
        ("http://10.0.0.5:8786", InputRefused, "not the address of a scheduler"),
        ("tls://127.0.0.1:1", StorageFault, "does not answer"),
    ],
)
def test_a_cluster_that_cannot_be_had_is_said_in_both_languages_and_nothing_is_done(
    tmp_path: Path,
    day: Day,
    address: str,
    kind: type[KioskError],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 0.2)
    station = _a_station(day, tmp_path)

    with pytest.raises(kind, match=words) as caught:
        _imported(station, day, address, {})

    assert {*said(caught.value, "en")} & {*said(caught.value, "zh-CN")} == set()
    assert whole(station)["packages"] == []
    station.close()


def test_nobody_without_a_certificate_of_the_clusters_authority_is_let_in(
    tmp_path: Path, day: Day, dask: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "CONNECT_S", 1)
    make_certificates(tmp_path / "tls")
    foreign = (str(tmp_path / "tls" / name) for name in ("station.pem", "station.key"))
    authority = dask.settings.authority
    for settings in (Cluster("", authority), Cluster("", authority, *foreign)):
        station = _a_station(day, tmp_path / str(len(settings.key)), settings)
        with pytest.raises(StorageFault, match="does not answer"):
            _imported(station, day, dask.address, {})
        station.close()


def test_settings_of_a_cluster_are_kept_when_another_is_written(tmp_path: Path) -> None:
    cluster = Cluster("tls://10.0.0.5:8786", "tls/ca.pem", 'tls/"st".pem', "tls/station.key")
    write_durable(tmp_path / FILE, written(Settings(cluster=cluster)))
    write_database(tmp_path, "postgresql://kiosk@/x")

    assert read_settings(tmp_path) == Settings("postgresql://kiosk@/x", cluster=cluster)


def test_whoever_dies_in_the_middle_the_registry_is_the_same(
    tmp_path: Path, day: Day, dask: DaskCluster
) -> None:
    plain, spread = _a_station(day, tmp_path / "1"), _a_station(day, tmp_path / "2", dask.settings)
    _imported(plain, day, 1, {})

    report = _imported(spread, day, dask.address, {1: dask.kill_worker, 3: dask.kill_scheduler})

    assert (report.imported, report.exit_code) == (6, 0)
    assert whole(spread) == whole(plain)
    for station in (plain, spread):
        station.close()
