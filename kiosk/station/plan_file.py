"""PLAN.toml: one session as an admin writes it. docs/admin.md shows one, with every entry.

Here a file becomes values whose shape is right; whether the plan can be held is `planning`'s business.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct, field

from kiosk.errors import InputRefused
from kiosk.scoring.plain import convert
from kiosk.trust.durable import read_given
from kiosk.words import mark

MAX_PLAN_BYTES = 1024 * 1024
MINUTE_MS = 60_000


class PolicyPart(Struct, frozen=True, forbid_unknown_fields=True):
    """How the room is run; minutes count from `opens`. `late_loses`: who begins after a common start
    loses the minutes gone."""

    releasing_proctors: Literal[1, 2] = 2
    start: Literal["own", "common"] = "own"
    seats: Literal["fixed", "drawn", "free"] = "fixed"
    latest_start_minutes: int | None = None
    required_checks: tuple[str, ...] = ()
    late_loses: bool = True


class TerminalPart(Struct, frozen=True, forbid_unknown_fields=True):
    """A terminal by its name (or key id); one without a seat is a spare. `row` and `column` say where it
    stands, from 1, from the front and from the left."""

    name: str
    seat: str | None = None
    row: int | None = None
    column: int | None = None

    @property
    def place(self) -> tuple[int, int] | None:
        return None if self.row is None or self.column is None else (self.row, self.column)


class ExamPart(Struct, frozen=True, forbid_unknown_fields=True):
    """One exam. `blueprint` and `section` are read by `scoring.blueprint`; without `version` the
    newest admitted bank counts. `forms` is how many different papers' items there are, `overlap` the
    most items any two of them may share, `enemies` sets of items (by the author's names) that never
    stand on one form. `reserves` are numbers for people who are not on the roster (备用考号). The clock
    stands still in the first `free_breaks` breaks, and runs in others."""

    id: str
    bank: str
    level: str
    duration_minutes: int
    section: list[dict[str, Any]]
    blueprint: dict[str, Any] = {}
    version: str = ""
    forms: int = 1
    overlap: int | None = None
    enemies: tuple[tuple[str, ...], ...] = ()
    title: dict[str, str] = {}
    tools: tuple[str, ...] = ()
    earliest_hand_in_minutes: int = 0
    most_extension_minutes: int = 30
    most_given_back_minutes: int = 60
    most_pauses: int = 20
    most_breaks: int = 20
    free_breaks: int = 0
    reserves: int = 0


class PlanFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file. `opens` and `closes` have an offset, or are local times of `zone`; terminals
    older than `minimum_version`, such as "1.2", do not offer the session. The terminals stand here or in
    the table `layout` beside the plan (`room_layout`)."""

    session: str
    round: str
    room: str
    opens: datetime
    closes: datetime
    roster: str
    proctors: tuple[str, ...]
    exams: tuple[ExamPart, ...] = field(name="exam")
    terminals: tuple[TerminalPart, ...] = field(name="terminal", default=())
    layout: str = ""
    zone: str = ""
    minimum_version: str = ""
    policy: PolicyPart = PolicyPart()


def read_plan_file(path: Path) -> PlanFile:
    """The plan in a file.

    Raises:
        InputRefused: not TOML, or an entry is missing, unknown or of a wrong type; it says which.
        StorageFault: not there, or the disk refuses.
    """
    data = read_given(path, MAX_PLAN_BYTES)
    try:
        plain = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise InputRefused(
            mark("the plan is not UTF-8 text"),
            where=path.name,
            remedy=mark("Save it again as UTF-8"),
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        raise InputRefused(
            mark("the plan is not valid TOML: {fault}"),
            where=path.name,
            remedy=mark("Look at that line; docs/admin.md has an example"),
            fault=str(fault),
        ) from fault
    return convert(plain, PlanFile, path.name)


def utc_seconds(at: datetime, zone: str, where: str) -> int:
    """`at` as UTC epoch seconds.

    Args:
        zone: the IANA name of the place whose clocks `at` means, when it has no offset of its own.

    Raises:
        InputRefused: no zone, an unknown one, or a time that its clocks show never or twice.
    """
    if at.tzinfo is not None:
        return int(at.timestamp())
    if not zone:
        raise InputRefused(
            mark("a local time without a zone"),
            where=where,
            remedy=mark(
                'Add zone = "Asia/Shanghai", or write the time with its offset: '
                "2026-03-01T09:00:00+08:00"
            ),
        )
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as fault:
        raise InputRefused(
            mark("there is no time zone '{zone}'"),
            where=where,
            remedy=mark("Write it as Asia/Shanghai"),
            zone=zone,
        ) from fault
    first, second = (at.replace(tzinfo=place, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise InputRefused(
            mark("the clocks of {zone} show {at} twice or never, because they are changed then"),
            where=where,
            remedy=mark("Write the time with its offset: 2026-03-01T09:00:00+08:00"),
            zone=zone,
            at=str(at),
        )
    return int(first.astimezone(UTC).timestamp())
