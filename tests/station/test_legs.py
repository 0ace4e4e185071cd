"""A sitting that changed terminals: the whole chain is checked, and what came twice is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.artefacts.answer_package import PackageContent, seal_package
from kiosk.artefacts.chain import Admitted, Happened, Record, TakenOver, head_of, new_entry
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.sittings import last_sitting
from kiosk.artefacts.tokens import Command
from kiosk.artefacts.transfer import read_transfer, write_transfer
from kiosk.assessment.sitting import (
    Answered,
    Extended,
    HandedIn,
    Identity,
    Resumed,
    Started,
    Transferred,
)
from kiosk.station.registry import packages
from kiosk.station.results import session_results
from tests.station.builders import NOW, SESSION, Day, a_day

AT = int(NOW.timestamp())
NUMBER = "20260001"


class Moving:
    """One candidate's sitting at T-01, and its continuations elsewhere."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.opened, self.candidate, self.paper = day._paper(NUMBER)
        self.identity = Identity(SESSION, self.candidate.exam, NUMBER)
        self.answers = list(day.answers(NUMBER, 8).items())
        self.old: list[Record] = [
            Admitted(1, self.identity, self.candidate.terms, self.paper, "01", True),
            Happened(Started("boot", 2)),
            *self._answered(self.answers[:5]),
        ]

    def _answered(self, answers: list[tuple[str, tuple[str, ...]]]) -> list[Record]:
        return [Happened(Answered(20, item, f"r{item}", value)) for item, value in answers]

    def gone(self, *, code: bool = True) -> list[Record]:
        """The old journal after the proctor's command."""
        command = [self.day.command(Command.TRANSFER)] if code else []
        return [*self.old, *command, Happened(Transferred(30, ("李监考",)))]

    def taken(
        self, records: list[Record], terminal: str = "T-01", signer: PrivateKeys | None = None
    ) -> TakenOver:
        keys = signer or self.day.terminals[terminal]
        entries = tuple(new_entry(record, AT) for record in records)
        head = head_of(SESSION, keys.record.kid, entries)
        data = write_transfer(
            entries, head, session=SESSION, boot="boot", at_ms=30, wall_s=AT, terminal=keys
        )
        return TakenOver(5, read_transfer(data).signed, entries)

    def continued(
        self, taken: TakenOver, terminal: str = "T-07", *, code: bool = True, mirror: bool = False
    ) -> list[Record]:
        command = [self.day.command(Command.TAKE_OVER, terminal=terminal)] if code else []
        seen = 30 if mirror else None
        return [*command, taken, Happened(Resumed(f"boot of {terminal}", 10, seen, by=("李监考",)))]

    def handed_in(self, records: list[Record], terminal: str = "T-07", answers: int = 8) -> bytes:
        """The package of the last sitting of a journal, with the rest of the answers given."""
        rest = self._answered(self.answers[5:answers])
        return self.sealed([*records, *rest, Happened(HandedIn(40))], terminal)

    def sealed(self, records: list[Record], terminal: str) -> bytes:
        """A package of the last sitting of a journal as it is."""
        keys = self.day.terminals[terminal]
        sitting = last_sitting(records)
        entries = tuple(new_entry(record, AT) for record in records)
        content = PackageContent(
            identity=sitting.identity,
            state=sitting.state,
            paper=sitting.paper,
            responses=sitting.responses,
            journal=entries,
            sitting=0,
            session_sha256=self.opened.sha256,
            bank_image_sha256=self.opened.plan.exam(self.candidate.exam).bank.image_sha256,
            version="1",
        )
        return seal_package(
            content,
            number=1,
            head=head_of(SESSION, keys.record.kid, entries),
            recipients=(self.opened.plan.opening, self.opened.plan.recovery),
            terminal=keys,
        )

    def reasons(self) -> set[str]:
        with self.day.station.registry.reading() as connection:
            return {row.reason for row in packages.of_session(connection, SESSION)}


@pytest.fixture
def moving(tmp_path: Path) -> Moving:
    return Moving(a_day(tmp_path))


def test_a_transferred_sitting_is_imported_as_one_with_all_its_answers(moving: Moving) -> None:
    package = moving.handed_in(moving.continued(moving.taken(moving.gone())))

    assert moving.day.import_(package).imported == 1
    line = session_results(moving.day.station, SESSION)[0]
    assert (line.state, line.score) == ("recorded", 100)
    assert line.note == "the sitting was transferred from T-01 to T-07"
    with moving.day.station.registry.reading() as connection:
        (leg,) = packages.legs(connection, [bytes.fromhex(line.package or "")])
    assert (leg.terminal, leg.how) == (moving.day.terminals["T-01"].record.kid, "transfer")


def test_a_sitting_moved_twice_holds_every_journal(moving: Moving) -> None:
    second = moving.continued(moving.taken(moving.gone()))
    gone = [*second, moving.day.command(Command.TRANSFER, terminal="T-07")]
    gone.append(Happened(Transferred(30, ("李监考",))))
    third = moving.continued(moving.taken(gone, "T-07"), "T-06")
    assert moving.day.import_(moving.handed_in(third, "T-06")).imported == 1
    assert session_results(moving.day.station, SESSION)[0].note == (
        "the sitting was transferred from T-01 to T-07; the sitting was transferred from T-07 to T-06"
    )


def test_extra_time_granted_before_the_move_counts_after_it(moving: Moving) -> None:
    granted = Happened(Extended(12, 15 * 60_000, "granted", ("李监考",)))
    moving.old[2:2] = [moving.day.command(Command.EXTEND, minutes=15), granted]
    package = moving.handed_in(moving.continued(moving.taken(moving.gone())))
    assert moving.day.import_(package).imported == 1


def test_extra_time_without_a_code_before_the_move_is_held(moving: Moving) -> None:
    moving.old.insert(2, Happened(Extended(12, 15 * 60_000, "granted", ("李监考",))))
    report = moving.day.import_(moving.handed_in(moving.continued(moving.taken(moving.gone()))))
    assert "proctors' codes for 0" in report.refused[0].reason


def test_a_change_of_terminals_without_a_proctors_code_is_held(moving: Moving) -> None:
    taken = moving.taken(moving.gone(code=False))
    report = moving.day.import_(moving.handed_in(moving.continued(taken)))
    assert "transferred without" in report.refused[0].reason

    taken = moving.taken(moving.gone())
    report = moving.day.import_(moving.handed_in(moving.continued(taken, code=False)))
    assert "taken over without" in report.refused[0].reason


def test_a_journal_that_its_terminal_did_not_sign_is_held(moving: Moving) -> None:
    taken = moving.taken(moving.gone())
    forged = replace(taken, entries=(*taken.entries[:-3], *taken.entries[-2:]))  # an answer less
    report = moving.day.import_(moving.handed_in(moving.continued(forged)))
    assert "does not lead to its signed head" in report.refused[0].reason


def test_a_journal_of_a_strangers_terminal_is_held(moving: Moving) -> None:
    stranger = PrivateKeys.generate(Role.TERMINAL, "T-99")
    report = moving.day.import_(
        moving.handed_in(moving.continued(moving.taken(moving.gone(), signer=stranger)))
    )
    assert "no terminal of this session" in report.refused[0].reason


@pytest.mark.parametrize("first", ["here", "there"])
def test_a_transferred_sitting_that_its_old_terminal_hands_in_too_is_a_conflict_with_the_reason(
    moving: Moving, first: str
) -> None:
    there = moving.handed_in(moving.continued(moving.taken(moving.gone())))
    here = moving.handed_in(moving.old, "T-01")

    assert moving.day.import_(here if first == "here" else there).imported == 1
    assert moving.day.import_(there if first == "here" else here).conflict == 1
    assert moving.reasons() == {
        "the sitting was transferred from T-01 to T-07 and also handed in at T-01"
    }
    assert session_results(moving.day.station, SESSION)[0].state == "conflict"


def test_a_mirrored_sitting_whose_terminal_came_back_is_a_conflict_with_the_reason(
    moving: Moving,
) -> None:
    there = moving.handed_in(moving.continued(moving.taken(moving.old), mirror=True))
    moving.day.import_(there)
    line = session_results(moving.day.station, SESSION)[0]
    assert line.note == "the sitting was taken over at T-07 from the mirror of T-01"
    moving.day.import_(moving.handed_in(moving.old, "T-01", answers=7))
    assert "also handed in" in session_results(moving.day.station, SESSION)[0].note
    assert moving.reasons() == {
        "the sitting was taken over at T-07 from the mirror of T-01 and also handed in at T-01"
    }


def test_a_transfer_taken_at_two_terminals_is_a_conflict_that_names_both(moving: Moving) -> None:
    taken = moving.taken(moving.gone())
    moving.day.import_(
        moving.handed_in(moving.continued(taken)),
        moving.handed_in(moving.continued(taken, "T-06"), "T-06"),
    )
    assert moving.reasons() == {
        "the sitting was transferred from T-01 to T-06; the sitting was transferred from T-01 to T-07"
    }


def test_a_package_of_the_part_that_was_given_away_counts_for_nothing(moving: Moving) -> None:
    """The old terminal cannot hand in what it gave away, even if it tried."""
    package = moving.sealed(moving.gone(), "T-01")
    assert "has not ended" in moving.day.import_(package).refused[0].reason
