"""A round that was sat: a station with the sample bank, rooms of sixty, and an answer package a seat.

The seats are played by writing their journals: questions gone through in order, answered, now and then
changed or flagged. Everything else is the programs' own code.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.answer_package import PackageContent, seal_package
from kiosk.artefacts.chain import Admitted, Happened, Opened, Record, head_of, new_entry
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.session import Candidate
from kiosk.assessment.items import Item
from kiosk.assessment.paper import build_paper
from kiosk.assessment.responses import checked
from kiosk.assessment.sitting import (
    Answered,
    Event,
    Flagged,
    HandedIn,
    Identity,
    Moved,
    Sitting,
    Started,
)
from kiosk.rehearsal.folders import Folders
from kiosk.rehearsal.people import Knowledge, Person
from kiosk.rehearsal.preparation import Prepared
from kiosk.rehearsal.telling import Telling
from kiosk.station.banks import open_admitted
from kiosk.station.home import Station
from kiosk.station.keys import OpenedSession, open_session
from kiosk.station.planning import plan_session
from kiosk.station.registry import parties, plans

ROOM_SEATS = 60
PROCTORS = ("李建国", "王珺", "周珺", "刘堃")

BANK = "rare_earth_extraction"
_PLAN = """\
session = "{session}"
round = "R15"
room = "{session}"
opens = {opens}
closes = {closes}
roster = "{session}.csv"
proctors = ["{proctors}"]

[policy]
seats = "fixed"
{terminals}
[[exam]]
id = "E1"
bank = "{bank}"
level = "L4"
duration_minutes = 60
forms = 2

[exam.blueprint]
pass = 60
{sections}"""
_SECTIONS = {
    "single_choice": (20, 1.5),
    "multiple_choice": (8, 3),
    "true_false": (10, 1),
    "inline_choice": (4, 3),
    "text_entry": (8, 3),
}


class Round(Struct, frozen=True):
    """`station` is the folder of a closed station that has imported nothing yet; `packages` are what
    came back, a file a seat."""

    station: Path
    packages: tuple[Path, ...]


def a_round(folder: Path, count: int, telling: Telling) -> Round:
    """Plans and plays a round of `count` candidates in `folder`."""
    folders = Folders(folder)
    folders.make()
    prepared = Prepared(folders, datetime.now(UTC))
    prepared.bank(telling, BANK)
    station = prepared.station
    terminals = {
        f"T-{n:04}": PrivateKeys.generate(Role.TERMINAL, f"T-{n:04}") for n in range(1, count + 1)
    }
    proctors = [PrivateKeys.generate(Role.PROCTOR, name) for name in PROCTORS]
    _list(prepared, proctors)
    opened = open_admitted(station, BANK, "1.0.0", 1)
    with opened.reader as reader:
        items = {name: reader.item(name) for name in reader.item_ids()}
    seats = _Seats(items, Knowledge(opened.scoring), terminals, prepared.now)
    files: list[Path] = []
    with telling.progress(f"A round of {count} packages") as progress:
        names = list(terminals)
        for start in range(0, count, ROOM_SEATS):
            room = names[start : start + ROOM_SEATS]
            _list(prepared, [terminals[name] for name in room])
            session = _plan(station, folders.plan, f"R15-{start // ROOM_SEATS:02}", room, prepared)
            for name, data in seats.packages(session):
                files.append(folders.bundles / f"{name}-00001.package")
                files[-1].write_bytes(data)
                progress(len(files), count)
    prepared.close()
    return Round(folders.station, tuple(files))


def _list(prepared: Prepared, keys: Sequence[PrivateKeys]) -> None:
    """Lists parties without the ceremony that is not measured here."""
    with prepared.station.registry.writing() as connection:
        for one in keys:
            parties.add(connection, one.record, int(prepared.now.timestamp()))


def _plan(
    station: Station, folder: Path, session: str, terminals: Sequence[str], prepared: Prepared
) -> OpenedSession:
    lines = ["准考证号,姓名,机位"]
    lines += [f"26{name[2:]},考生{name[2:]},{name[2:]}" for name in terminals]
    (folder / f"{session}.csv").write_text("\n".join(lines), "utf-8")
    path = folder / f"{session}.toml"
    path.write_text(
        _PLAN.format(
            session=session,
            opens=(prepared.now - timedelta(minutes=5)).isoformat(timespec="seconds"),
            closes=(prepared.now + timedelta(hours=3)).isoformat(timespec="seconds"),
            proctors='", "'.join(PROCTORS),
            bank=BANK,
            terminals="".join(
                f'[[terminal]]\nname = "{name}"\nseat = "{name[2:]}"\n' for name in terminals
            ),
            sections="".join(
                f'[[exam.section]]\nkind = "{kind}"\ncount = {count}\npoints = {points}\n'
                for kind, (count, points) in _SECTIONS.items()
            ),
        ),
        "utf-8",
    )
    plan_session(station, path, prepared.now)
    with station.registry.reading() as connection:
        row = plans.require_session(connection, session)
    return open_session(station, row)


class _Seats:
    """Plays candidates; the same people every time, with keys and papers of this round."""

    def __init__(
        self,
        items: dict[str, Item],
        knowledge: Knowledge,
        terminals: dict[str, PrivateKeys],
        now: datetime,
    ) -> None:
        self._items = items
        self._knowledge = knowledge
        self._terminals = terminals
        self._wall_s = int(now.timestamp())
        self._source = random.Random(15)

    def packages(self, session: OpenedSession) -> Iterator[tuple[str, bytes]]:
        """The package of each candidate of a session, with the terminal's name."""
        for candidate in session.secrets.candidates:
            keys = self._terminals[f"T-{candidate.seat}"]
            yield keys.record.name, self._package(session, candidate, keys)

    def _package(self, opened: OpenedSession, candidate: Candidate, keys: PrivateKeys) -> bytes:
        plan = opened.plan
        form = opened.secrets.form(candidate.form)
        paper = build_paper(form, candidate.seed, self._items.__getitem__)
        identity = Identity(plan.id, candidate.exam, candidate.number)
        sitting = Sitting.admit(identity, candidate.terms, paper)
        records: list[Record] = [
            Opened("boot", 0, "1", {}, ()),
            Admitted(1, identity, candidate.terms, paper, candidate.seat or "", True),
        ]
        for event in self._events([placed.item for placed in paper.items], candidate):
            records.append(Happened(event))
            sitting = sitting.apply(event)
        journal = tuple(new_entry(record, self._wall_s) for record in records)
        content = PackageContent(
            identity=identity,
            state=sitting.state,
            paper=paper,
            responses=sitting.responses,
            journal=journal,
            sitting=0,
            session_sha256=opened.sha256,
            bank_image_sha256=plan.exam(candidate.exam).bank.image_sha256,
            version="1",
            seat=candidate.seat or "",
        )
        return seal_package(
            content,
            number=1,
            head=head_of(plan.id, keys.record.kid, journal),
            recipients=(plan.opening, plan.recovery),
            terminal=keys,
        )

    def _events(self, paper: Sequence[str], candidate: Candidate) -> Iterator[Event]:
        source = self._source
        person = Person(candidate.number, candidate.name, "", source.uniform(0.4, 0.95))
        at_ms = 2
        yield Started("boot", at_ms)
        for position, name in enumerate(paper):
            if position:
                yield Moved(at_ms, position)
            item = self._items[name]
            for _ in range(2 if source.random() < 0.1 else 1):
                at_ms += source.randint(15_000, 45_000)
                responses = self._knowledge.respond(item, person, source)
                for response, value in responses.items():
                    yield Answered(at_ms, name, response, checked(item, response, value))
            if source.random() < 0.1:
                yield Flagged(at_ms, name, True)
        yield HandedIn(at_ms + 1_000)
