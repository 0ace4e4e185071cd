"""What counts for a sitting is what was found while it lasted, at whichever terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.artefacts.chain import Admitted, Checked, Opened, new_entry
from kiosk.artefacts.self_check import Finding
from kiosk.artefacts.session import Policy
from kiosk.assessment.paper import Paper
from kiosk.assessment.sitting import Identity, Terms
from kiosk.station.legs import Leg
from kiosk.station.seat_checks import Seen, seen_of

WEAK = Finding("swap", "weak", "/dev/sda5")
ADMITTED = Admitted(1, Identity("S", "E", "1"), Terms(1), Paper("f", ()))


@dataclass
class Plan:
    policy: Policy


def opened(**checks: str) -> Opened:
    return Opened("b", 0, "1", checks, ())


def checked(**checks: str) -> Checked:
    return Checked(0, checks)


def seen(*records: Any, sitting: int = 0, required: tuple[str, ...] = ()) -> list[Seen]:
    journal = tuple(new_entry(record, 100 + at) for at, record in enumerate(records))
    plan: Any = Plan(Policy(required_checks=required))
    return list(seen_of((Leg(b"T", journal, records, sitting),), plan))


def test_what_was_so_before_the_candidate_came_is_told_from_the_start():
    assert seen(opened(swap="weak: /dev/sda5"), ADMITTED) == [Seen(b"T", WEAK, False)]
    assert seen(opened(swap="ok"), checked(swap="weak: /dev/sda5"), ADMITTED) == [
        Seen(b"T", WEAK, False)
    ]


def test_what_was_mended_before_the_candidate_came_is_not_told():
    assert seen(opened(swap="weak: /dev/sda5"), checked(swap="ok"), ADMITTED) == []


def test_a_change_has_its_times():
    told = seen(opened(swap="ok"), ADMITTED, checked(swap="weak: /dev/sda5"), checked(swap="ok"))
    assert told == [Seen(b"T", WEAK, False, 102, 103)]


def test_a_restart_that_finds_the_same_is_no_change():
    assert seen(opened(swap="weak: /dev/sda5"), ADMITTED, opened(swap="weak: /dev/sda5")) == [
        Seen(b"T", WEAK, False)
    ]


def test_another_sittings_findings_are_not_this_ones():
    journal = (
        opened(swap="ok"),
        ADMITTED,
        checked(swap="weak: /dev/sda5"),
        checked(swap="ok"),
        ADMITTED,
        checked(usb="unknown"),
    )
    assert seen(*journal) == [Seen(b"T", WEAK, False, 102, 103)]
    assert seen(*journal, sitting=1) == [Seen(b"T", Finding("usb", "unknown"), False, 105)]


def test_what_was_required_comes_first():
    told = seen(opened(disk="weak", swap="weak: /dev/sda5"), ADMITTED, required=("swap",))
    assert [(one.finding.check, one.required) for one in told] == [("swap", True), ("disk", False)]


def test_journals_of_before_are_understood():
    (one,) = seen(opened(disk="wrong: the disk is full", clock="fine"), ADMITTED)
    assert one.finding == Finding("disk", "weak", "the disk is full")
