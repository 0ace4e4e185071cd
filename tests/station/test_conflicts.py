"""Of two packages of one sitting a person decides which counts: a record with a leaf, which nothing undoes
but another decision."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Extended
from kiosk.cli import run
from kiosk.errors import InputRefused, NotPermitted
from kiosk.station.acts import Why
from kiosk.station.comparing import compare
from kiosk.station.conflicts import Question, decide, question
from kiosk.station.home import Station
from kiosk.station.registry import acts, log, overview, packages
from kiosk.station.results import ResultLine, session_results
from kiosk.station.standings import Kind, move
from tests.station.builders import NOW, SESSION, Day, a_day

NUMBER = "20260003"
WHY = Why("张三", "room record of 1 March")


def _contradicting(folder: Path) -> Day:
    day = a_day(folder)
    day.import_(day.sit(NUMBER, right=8), day.sit(NUMBER, right=1, terminal="T-07"))
    return day


def _line(day: Day) -> ResultLine:
    return next(row for row in session_results(day.station, SESSION) if row.candidate == NUMBER)


def _asked(day: Day) -> Question:
    with day.station.registry.reading() as connection:
        return question(connection, SESSION, NUMBER)


def _decide(day: Day, counts: bytes | None, why: Why = WHY, sight: str = "") -> Question:
    sight = sight or _asked(day).sight
    return decide(day.station, SESSION, NUMBER, counts, why, NOW, sight=sight)


@pytest.mark.usefixtures("both_databases")
def test_a_decision_counts_until_another_takes_its_place_and_deletes_nothing(
    tmp_path: Path,
) -> None:
    day = _contradicting(tmp_path)
    first, second = (one.sha256 for one in _asked(day).packages)
    assert (_line(day).state, _line(day).score) == ("conflict", None)

    _decide(day, second)
    assert (_line(day).state, _line(day).package) == ("recorded", second.hex())
    assert "room record" in _line(day).note
    _decide(day, None, Why("李四", "neither was in the room"))
    assert (_line(day).state, _line(day).score) == ("overruled", None)
    _decide(day, first)
    assert (_line(day).state, _line(day).package) == ("recorded", first.hex())

    with day.station.registry.reading() as connection:
        done = acts.of_session(connection, SESSION)
        leaves = log.every_leaf(connection)
        came = packages.of_session(connection, SESSION, NUMBER)
        figures = overview.session_figures(connection)[0]
    assert [one.kind for one in done] == ["decide"] * 3
    assert all(leaf_hash(one.content) == one.leaf and one.leaf in leaves for one in done)
    assert sorted(one.state for one in came) == ["overruled", "recorded"]
    assert (figures.came, figures.conflict) == (1, 0)
    assert [one.package for one in _asked(day).decided] == [second, None, first]
    day.station.close()


@pytest.mark.usefixtures("both_databases")
def test_of_two_who_decide_at_once_the_second_is_told(tmp_path: Path) -> None:
    day = _contradicting(tmp_path)
    asked = _asked(day)
    together = threading.Barrier(2)
    ended: list[Question | NotPermitted] = []

    def admin(name: str, counts: bytes) -> None:
        station = Station.open(day.station.folder)
        together.wait()
        try:
            why = Why(name, f"{name} looked")
            ended.append(decide(station, SESSION, NUMBER, counts, why, NOW, sight=asked.sight))
        except NotPermitted as fault:
            ended.append(fault)
        station.close()

    admins = [
        threading.Thread(target=admin, args=(name, one.sha256))
        for name, one in zip(("张三", "李四"), asked.packages, strict=True)
    ]
    for one in admins:
        one.start()
    for one in admins:
        one.join()

    (won,) = [one for one in ended if isinstance(one, Question)]
    (told,) = [one for one in ended if isinstance(one, NotPermitted)]
    assert f"{won.decided[0].made_by} looked" in told.summary
    assert _line(day).package == (won.decided[0].package or b"").hex()
    assert len(_asked(day).decided) == 1
    day.station.close()


def test_a_package_that_says_something_new_opens_the_question_again(tmp_path: Path) -> None:
    day = _contradicting(tmp_path)
    asked = _asked(day)
    counts = asked.packages[0].sha256
    _decide(day, counts)

    day.import_(day.sit(NUMBER, right=1, terminal="T-07"))  # what was overruled, sealed twice
    assert _line(day).package == counts.hex()
    day.import_(day.sit(NUMBER, right=5, terminal="T-06"))
    assert (_line(day).state, _asked(day).open) == ("conflict", True)
    with pytest.raises(NotPermitted, match="another package"):
        _decide(day, counts, sight=f"{_asked(day).decided[-1].act}-{len(asked.packages)}")


def test_a_result_that_was_announced_is_provisional_again(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    day.import_(day.sit(NUMBER, right=8))
    move(day.station, Kind.PUBLISH, SESSION, (), WHY, NOW)
    day.import_(day.sit(NUMBER, right=1, terminal="T-07"))
    assert _line(day).score is None

    _decide(day, _asked(day).packages[-1].sha256)
    assert _line(day).standing == "provisional"
    _decide(day, None)
    move(day.station, Kind.DEFER, SESSION, [NUMBER], WHY, NOW + timedelta(days=1))
    assert _line(day).standing == "deferred"


def test_nothing_is_decided_without_a_reason_a_package_or_a_contradiction(tmp_path: Path) -> None:
    day = _contradicting(tmp_path)
    day.import_(day.sit("20260001"))

    with pytest.raises(InputRefused, match="name and a reason"):
        _decide(day, None, Why("张三", " "))
    with pytest.raises(InputRefused, match="no such package"):
        _decide(day, bytes(32))
    with pytest.raises(InputRefused, match="contradict"):
        decide(day.station, SESSION, "20260001", None, WHY, NOW, sight="0-1")
    assert (_asked(day).decided, _line(day).state) == ((), "conflict")


def test_the_packages_are_compared_by_answers_times_and_proctors(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    more = [
        day.command(Command.EXTEND, terminal="T-03", minutes=5),
        Extended(13, 5 * 60_000, by=("李监考",)),
    ]
    day.import_(day.sit(NUMBER, right=8, events=more), day.sit(NUMBER, right=3, terminal="T-07"))

    told = compare(day.station, SESSION, NUMBER, "zh-CN")
    sides = {one.terminal: one for one in told.sides}
    assert (sides["T-03"].answered, sides["T-07"].answered) == (8, 3)
    assert [one.proctor for one in sides["T-03"].commands] == ["李监考"]
    assert sides["T-03"].commands[0].what == "延时 +5"
    assert (told.alike, len(told.differing)) == (3, 5)
    at = [one.terminal for one in told.sides].index("T-07")
    assert {answer.values[at] for answer in told.differing} == {""}
    assert all(answer.values[1 - at] for answer in told.differing)
    assert {answer.changed_s[at] for answer in told.differing} == {None}


def test_the_command_shows_then_decides_and_tells_who_did(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = _contradicting(tmp_path)
    digest = _asked(day).packages[0].sha256.hex()
    decided = ["station", "decide", SESSION, NUMBER, "--station", str(day.station.folder)]
    monkeypatch.setenv("KIOSK_LANG", "zh-CN")

    assert run(decided) == 0
    assert digest[:16] in capsys.readouterr().out
    because = ["--by", "张三", "--reason", "考场记录"]
    assert run([*decided, "--package", digest[:8], "--json", *because]) == 0
    assert json.loads(capsys.readouterr().out)["decision"]["made_by"] == "张三"
    assert run([*decided, "--neither", *because]) == 5
    assert "张三" in capsys.readouterr().err
    assert run([*decided, "--neither", "--again", *because]) == 0
    assert "都不计" in capsys.readouterr().err


def test_the_logs_head_is_signed_with_the_act(tmp_path: Path) -> None:
    day = _contradicting(tmp_path)
    at = ["--reason", "x", "--station", str(day.station.folder)]

    for act in (
        ["decide", SESSION, NUMBER, "--neither"],
        ["result", "absent", SESSION, "20260001"],
    ):
        assert run(["station", *act, *at]) == 0
        with day.station.registry.reading() as connection:
            assert not log.grown_since_checkpoint(connection)
