"""Every privilege in a journal rests on a proctor's genuine code, or the package is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.tokens import Command
from kiosk.assessment.sitting import Aborted, Extended
from kiosk.station import enrol
from kiosk.station.results import session_results
from tests.station.builders import NOW, SESSION, a_day

FIFTEEN = Extended(12, 15 * 60_000, "granted", ("李监考",))


def test_extra_time_with_a_proctors_code_is_accepted(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    code = day.command(Command.EXTEND, minutes=15)

    assert day.import_(day.sit("20260001", events=[code, FIFTEEN])).imported == 1


def test_extra_time_without_a_code_is_held(tmp_path: Path) -> None:
    day = a_day(tmp_path)

    report = day.import_(day.sit("20260001", events=[FIFTEEN]))

    assert "15 minutes of extra time, but proctors' codes for 0" in report.refused[0].reason


def test_an_abort_without_a_code_is_held_and_with_one_it_counts(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    end = Aborted(200, ("李监考",), "misconduct")

    held = day.import_(day.sit("20260001", end=end))
    done = day.import_(
        day.sit("20260002", end=end, events=[day.command(Command.ABORT, terminal="T-02")])
    )

    assert "aborted without" in held.refused[0].reason
    assert (done.imported, session_results(day.station, SESSION)[1].state) == (1, "recorded")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"terminal": "T-02"}, "for another terminal"),
        ({"session": "R15-0302"}, "for another session"),
        ({"head": b"x" * 32}, "for another journal"),
        ({"minutes": 5, "said_minutes": 15}, "says something else"),
        ({"keys": PrivateKeys.generate(Role.PROCTOR, "外人")}, "no proctor of this session"),
    ],
)
def test_a_code_that_was_not_given_to_this_seat_is_held(
    tmp_path: Path, options: dict[str, object], reason: str
) -> None:
    day = a_day(tmp_path)
    head = {"head": day_head(day)} if options.keys() & {"terminal", "session"} else {}
    code = day.command(Command.EXTEND, **({"minutes": 15} | head | options))  # type: ignore[arg-type]

    report = day.import_(day.sit("20260001", events=[code, FIFTEEN]))

    assert reason in report.refused[0].reason


def day_head(day: object) -> bytes:
    """The head of the empty journal of T-01, so that only what is tested differs."""
    from kiosk.artefacts.chain import first_head

    return first_head(SESSION, day.terminals["T-01"].record.kid)  # type: ignore[attr-defined]


def test_a_code_issued_after_its_proctor_was_revoked_is_held(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    code = day.command(Command.EXTEND, minutes=15)
    enrol.revoke(day.station, "李监考", NOW)

    report = day.import_(day.sit("20260001", events=[code, FIFTEEN]))

    assert "after the key was revoked" in report.refused[0].reason


def test_a_code_issued_before_its_proctor_was_revoked_still_counts(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    code = day.command(Command.EXTEND, minutes=15)
    enrol.revoke(day.station, "李监考", NOW.replace(hour=13))

    assert day.import_(day.sit("20260001", events=[code, FIFTEEN])).imported == 1


def test_a_revoked_terminals_packages_wait_for_a_person(tmp_path: Path) -> None:
    day = a_day(tmp_path)
    package = day.sit("20260001")
    enrol.revoke(day.station, "T-01", NOW)

    report = day.import_(package)

    assert "was revoked" in report.refused[0].reason
