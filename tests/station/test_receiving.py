"""What comes back is recorded once or kept with its reason; no order and no interruption matters."""

from __future__ import annotations

import random
import shutil
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.artefacts.answer_package import PackageContent
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.proctor_log import HandIn, ProctorLog, write_log
from kiosk.artefacts.slip import slip_for
from kiosk.cli import run
from kiosk.errors import InputRefused
from kiosk.station import batches, engine, enrol, receiving
from kiosk.station.home import Station
from kiosk.station.reconcile import MissingHandIn, MissingPackage
from kiosk.station.registry import log, packages
from kiosk.station.results import session_results
from tests.faults.importing import beside
from tests.station.builders import NOW, SESSION, Day, a_day, enrol_file


def _states(day: Day) -> dict[str, str]:
    return {row.candidate[-1]: row.state for row in session_results(day.station, SESSION)}


def _rows(day: Day) -> int:
    with day.station.registry.reading() as connection:
        return len(packages.of_session(connection, SESSION))


def _leaves(day: Day) -> int:
    with day.station.registry.reading() as connection:
        return len(log.every_leaf(connection))


@pytest.mark.usefixtures("both_databases")
def test_the_same_package_twice_is_a_duplicate_and_changes_nothing(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")

    first, again = day.import_(package), day.import_(package, package)

    assert (first.imported, first.duplicate) == (1, 0)
    assert (again.imported, again.duplicate, again.exit_code) == (0, 2, 0)
    assert (_rows(day), _leaves(day)) == (1, 1)


def test_a_copy_within_one_import_is_a_duplicate(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")

    report = day.import_(package, package)

    assert (report.imported, report.duplicate) == (1, 1)


@pytest.mark.usefixtures("both_databases")
def test_the_same_sitting_with_other_answers_is_a_conflict_and_neither_counts(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit("20260001", right=3))

    report = day.import_(day.sit("20260001", right=8))

    assert (report.imported, report.conflict, report.exit_code) == (0, 1, 3)
    assert _states(day)["1"] == "conflict"
    row = session_results(day.station, SESSION)[0]
    assert (row.score, row.package) == (None, None)
    assert _leaves(day) == 2
    with day.station.registry.reading() as connection:
        states = [one.state for one in packages.of_session(connection, SESSION)]
    assert states == ["conflict", "conflict"]


def test_the_same_answers_from_another_terminal_are_a_conflict(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    report = day.import_(day.sit("20260001"), day.sit("20260001", terminal="T-07"))

    assert (report.imported, report.conflict) == (1, 1)
    assert _states(day)["1"] == "conflict"


def test_a_sitting_sealed_twice_by_its_terminal_counts_once(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    report = day.import_(day.sit("20260001", right=5), day.sit("20260001", right=5))

    assert (report.imported, report.conflict) == (2, 0)
    assert _states(day)["1"] == "recorded"


@pytest.mark.usefixtures("both_databases")
def test_a_package_of_an_unknown_terminal_waits_until_it_is_enrolled(tmp_path: Path) -> None:
    day = a_day(tmp_path, planned=False)
    stranger = PrivateKeys.generate(Role.TERMINAL, "T-99")
    day.plan()
    package = day.sit("20260001", signer=stranger)

    report = day.import_(package)

    (refused,) = report.refused
    assert report.exit_code == 4
    assert "unknown signer" in refused.reason
    assert Path(refused.kept).read_bytes() == package
    assert "unknown signer" in Path(refused.kept + ".reason.txt").read_text()
    assert (_rows(day), _leaves(day)) == (0, 0)

    # Enrolled now, but in no session: its signature holds, so it is logged and held.
    request = enrol.read_request(enrol_file(stranger), "test")
    enrol.enrol(day.station, request.record, NOW)
    report = day.import_(retry=True)

    assert "no session R15-0301 with terminal T-99" in report.refused[0].reason
    assert (_rows(day), _leaves(day)) == (1, 1)
    assert _states(day)["1"] == "missing"


def test_a_package_held_for_a_cause_that_is_mended_is_recorded_at_the_next_try(
    tmp_path: Path,
) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")
    opening = day.station.key_folder(Role.OPENING)
    (opening / "private.key").rename(tmp_path / "away")
    day.reopen()
    with pytest.raises(Exception, match="no such file"):
        day.import_(package)
    (tmp_path / "away").rename(opening / "private.key")

    assert day.import_(package).imported == 1


def test_retrying_takes_what_is_good_now_out_of_quarantine(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    spare = PrivateKeys.generate(Role.TERMINAL, "T-09")
    package = day.sit("20260001", signer=spare)
    assert day.import_(package).exit_code == 4
    enrol.enrol(day.station, spare.record, NOW)
    text = Path(tmp_path / f"{SESSION}.toml").read_text()
    day.plan(text.replace('name = "T-07"', 'name = "T-09"'), replace=True)
    # The corrected session has new seeds: the old paper is not its paper, and stays held.
    assert day.import_(retry=True).exit_code == 4

    again = day.sit("20260001", signer=spare)
    report = day.import_(again, retry=True)

    assert (report.imported, len(report.refused), report.exit_code) == (1, 1, 3)
    kept = [path.name for path in (day.station.folder / "quarantine").iterdir()]
    assert len(kept) == 2


def test_a_flipped_byte_anywhere_refuses_the_package_and_records_nothing(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")
    offsets = [*range(0, len(package), 97), *range(40), *range(len(package) - 70, len(package))]
    damaged = []
    for at in sorted(set(offsets)):
        data = bytearray(package)
        data[at] ^= 1 << (at % 8)
        damaged.append(bytes(data))

    report = day.import_(*damaged)

    assert report.exit_code == 4
    assert len(report.refused) == len(damaged)
    assert {Path(one.kept).read_bytes() for one in report.refused} == set(damaged)
    assert (_rows(day), _leaves(day), _states(day)["1"]) == (0, 0, "missing")


def test_a_flipped_byte_anywhere_in_a_bundle_costs_at_most_what_it_hit(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    enclosed = {1: day.sit("20260001"), 2: day.sit("20260002", terminal="T-01")}
    bundle = day.bundle("T-01", enclosed)

    for at in range(0, len(bundle), 211):
        data = bytearray(bundle)
        data[at] ^= 0x10
        with TemporaryDirectory() as folder:
            other = a_day(Path(folder) / "day", planned=False)
            other.station.close()
            report = day.import_(day.file("T-01.bundle", bytes(data)))
        assert report.exit_code in (3, 4)
        assert report.refused
        assert all(Path(one.kept).exists() for one in report.refused)
        assert all("T-01.bundle" in one.file for one in report.refused)
        assert _rows(day) <= 2

    assert day.import_(day.file("T-01.bundle", bundle)).exit_code == 0
    assert (_rows(day), _leaves(day)) == (2, 2)


def test_a_damaged_package_does_not_take_its_bundle_with_it(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    enclosed = {1: day.sit("20260001"), 2: day.sit("20260002", terminal="T-01")}
    bundle = day.bundle("T-01", enclosed)
    hurt = bytearray(bundle)
    hurt[bundle.index(enclosed[2]) + len(enclosed[2]) // 2] ^= 1

    report = day.import_(day.file("T-01.bundle", bytes(hurt)))

    assert (report.imported, len(report.refused), report.exit_code) == (1, 1, 3)
    assert report.refused[0].file.endswith("T-01.bundle#2.package")
    assert MissingPackage("T-01", 2, SESSION) in report.missing


def test_a_bundle_whose_index_does_not_hold_is_refused_whole(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    bundle = day.bundle("T-01", {1: day.sit("20260001")})
    hurt = bytearray(bundle)
    hurt[60] ^= 1

    report = day.import_(day.file("T-01.bundle", bytes(hurt)))

    assert (report.imported, report.exit_code, _rows(day)) == (0, 4, 0)


def test_a_number_that_did_not_come_is_missing(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    second = day.sit("20260002", terminal="T-01", package_number=2)

    report = day.import_(day.file("T-01.bundle", day.bundle("T-01", {2: second}, last=3)))

    assert [one for one in report.missing if isinstance(one, MissingPackage)] == [
        MissingPackage("T-01", 1, SESSION),
        MissingPackage("T-01", 3, SESSION),
    ]


def test_a_proctors_log_shows_the_last_package_that_vanished(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    proctor, terminal = day.proctors["李监考"], day.terminals["T-01"].record.kid
    noted = ProctorLog(SESSION, proctor.record.kid, 0, (), (), {terminal: 2})
    file = day.file("p.proctorlog", write_log(noted, proctor))

    report = day.import_(day.sit("20260001"), file)

    assert report.logs == (str(file),)
    assert MissingPackage("T-01", 2, "") in report.missing


def test_a_hand_in_that_a_proctor_saw_is_missing_until_its_very_package_came(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    day = a_day(tmp_path)
    lost, other = day.sit("20260001"), day.sit("20260001", right=3, terminal="T-01")
    slips = {"T-01": slip_for(lost).leaf, "T-02": b"", "T-03": b""}
    for proctor in ("李监考", "王监考"):
        keys = day.proctors[proctor]
        seen = tuple(
            HandIn(1, day.terminals[label].record.kid, "20260001" if leaf else "", leaf)
            for label, leaf in slips.items()
        )
        noted = ProctorLog(SESSION, keys.record.kid, 0, (), (), {}, seen)
        day.file(f"{proctor}.proctorlog", write_log(noted, keys))
    logs = sorted(tmp_path.rglob("*.proctorlog"))

    report = day.import_(other, day.sit("20260002"), *logs)

    by = sorted(("李监考", "王监考"))
    told = [one for one in report.missing if isinstance(one, MissingHandIn)]
    assert sorted((one.terminal, one.candidate, one.code, sorted(one.seen_by)) for one in told) == [
        ("T-01", "20260001", slip_for(lost).digits, by),
        ("T-03", "", "", by),
    ], "another package of that seat is not the one of the slip"
    station = ["--station", str(day.station.folder)]
    assert run(["station", "import", str(logs[0]), *station]) == 0
    assert slip_for(lost).digits in capsys.readouterr().err

    report = day.import_(lost)
    assert [one.terminal for one in report.missing if isinstance(one, MissingHandIn)] == ["T-03"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: replace(c, session_sha256=b"x" * 32), "another session file"),
        (lambda c: replace(c, bank_image_sha256=b"x" * 32), "another bank"),
        (lambda c: replace(c, identity=replace(c.identity, candidate="9")), "not on the roster"),
        (lambda c: replace(c, identity=replace(c.identity, attempt=2)), "attempt 2"),
        (lambda c: replace(c, responses={}), "something else than its own journal"),
    ],
)
def test_a_package_that_does_not_agree_with_the_plan_is_held_logged_and_receipted(
    tmp_path: Path, change: object, reason: str
) -> None:
    day = a_day(tmp_path)

    def edit(content: PackageContent) -> PackageContent:
        return change(content)  # type: ignore[operator,no-any-return]

    report = day.import_(day.sit("20260001", edit=edit))

    assert report.exit_code == 4
    assert reason in report.refused[0].reason
    assert (_leaves(day), report.receipts, _states(day)["1"]) == (1, 1, "missing")


@pytest.mark.usefixtures("both_databases")
def test_every_file_seen_is_accounted_for(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")
    day.import_(package, package[:-1])
    day.import_(package, day.sit("20260001", right=1))

    with day.station.registry.reading() as connection:
        seen = [file.verdict for file in packages.seen(connection)]
    assert sorted(seen) == ["conflict", "duplicate", "imported", "refused"]


def test_a_path_that_is_not_there_stops_the_import_before_it_begins(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    with pytest.raises(InputRefused, match="no such file"):
        day.import_(day.sit("20260001"), tmp_path / "nowhere.package")
    assert _rows(day) == 0


def test_a_pool_gives_the_same_results_as_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WORTH_A_POOL", 1)
    monkeypatch.setattr(batches, "BATCH", 1)
    day = a_day(tmp_path)
    files = [day.file("P.package", day.sit(f"2026000{n}", right=n)) for n in range(1, 6)]

    report = receiving.receive(day.station, files, NOW, workers=2)

    assert (report.imported, report.refused) == (5, ())
    assert [row.state for row in session_results(day.station, SESSION)][:5] == ["recorded"] * 5


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.data())
def test_any_order_and_any_duplication_gives_the_same_results(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, data: st.DataObject
) -> None:
    day, files, expected = _a_heap(tmp_path_factory)
    station = Station.open(day.station.folder)
    dealt = files + chance.choices(files, k=4)
    chance.shuffle(dealt)
    cuts = sorted(chance.sample(range(len(dealt)), k=data.draw(st.integers(0, 3))))
    with TemporaryDirectory() as folder:
        other = a_copy(day, Path(folder))
        for start, end in zip([0, *cuts], [*cuts, len(dealt)], strict=True):
            receiving.receive(other, dealt[start:end], NOW, workers=1)
        assert session_results(other, SESSION) == expected
        other.close()
    station.close()


_HEAP: list[tuple[Day, list[Path], object]] = []


def a_copy(day: Day, folder: Path) -> Station:
    shutil.copytree(day.station.folder, folder / "station")
    return Station.open(folder / "station")


def _a_heap(factory: pytest.TempPathFactory) -> tuple[Day, list[Path], object]:
    """A day's files: single packages, a bundle with one of them again, a conflict of three."""
    if not _HEAP:
        day = a_day(factory.mktemp("heap") / "day")
        first = day.sit("20260001", right=8)
        twice = [day.sit("20260002", right=4), day.sit("20260002", right=4)]
        fight = [day.sit("20260003", right=n) for n in (1, 1, 2)]
        files = [day.file("P.package", data) for data in (first, *twice, *fight)]
        files.append(day.file("B.bundle", day.bundle("T-01", {1: first})))
        files.append(day.file("bad.package", first[:-3]))
        with TemporaryDirectory() as folder:
            other = a_copy(day, Path(folder))
            receiving.receive(other, files, NOW, workers=1)
            expected = session_results(other, SESSION)
            other.close()
        assert [row.state for row in expected[:3]] == ["recorded", "recorded", "conflict"]
        day.station.close()
        _HEAP.append((day, files, expected))
    return _HEAP[0]


def _import_killed(folder: Path, stick: Path, times: int, chance: random.Random) -> int:
    """Begins the import of `stick` again and again and kills it: before its first package, after any of the
    six or while receipts are made, and then some milliseconds later. How often it was under way."""
    killed = 0
    for _ in range(times):
        child, told = beside(folder, stick)
        with suppress(EOFError):  # the rest was imported before: fewer to tell of
            for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 7))):
                told.recv()
        time.sleep(chance.random() * 0.02)
        killed += child.is_alive()
        child.kill()
        child.join()
        told.close()
    return killed


def _a_stick(day: Day) -> Path:
    stick = day.folder / "stick"
    stick.mkdir()
    for n in range(1, 7):
        (stick / f"{n}.package").write_bytes(day.sit(f"2026000{n}", right=n))
    return stick


def _require_whole(day: Day, stick: Path) -> None:
    """After one more import all of the stick is there, once."""
    day.station = Station.open(day.station.folder)
    report = day.import_(stick)
    assert report.imported + report.duplicate == 6
    assert list(_states(day).values()) == ["recorded"] * 6
    assert (_rows(day), _leaves(day)) == (6, 6)
    assert len(list((day.station.folder / "receipts").glob("*.receipt"))) == 6
    day.station.close()


@pytest.mark.usefixtures("both_databases")
def test_an_import_that_is_killed_loses_nothing_and_counts_nothing_twice(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    stick = _a_stick(day)
    day.station.close()

    assert _import_killed(day.station.folder, stick, 2, random.Random(1))

    _require_whole(day, stick)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("both_databases")
def test_an_import_killed_at_300_moments_is_whole_when_it_is_run_again(tmp_path: Path) -> None:
    chance = random.Random(2)
    killed = stations = 0
    while killed < 300:
        stations += 1
        day = a_day(tmp_path / str(stations))
        stick = _a_stick(day)
        day.station.close()
        killed += _import_killed(day.station.folder, stick, 5, chance)
        _require_whole(day, stick)
        shutil.rmtree(day.folder)
    print(f"killed {killed} times in the middle, at {stations} stations")
