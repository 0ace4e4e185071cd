"""One line of set-up for the station's tests, and for others who need a day's files.

    day = a_day(tmp_path)                       a station with bank, terminals, proctors, a session
    package = day.sit("20260001", right=10)     what that candidate's terminal would hand in
    report = day.import_(package)               recorded, scored, receipted

Everything goes through the station's own code and the artefacts; only the seat is played here, by
writing its journal. `a_template` makes the slow part (keys, repository) once for many tests.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from msgspec.structs import replace

from kiosk.artefacts.answer_package import PackageContent, seal_package
from kiosk.artefacts.bank import SCHEMA, BankManifest, seal_image, write_bank
from kiosk.artefacts.bundle import BundleLine, write_bundle
from kiosk.artefacts.chain import (
    Admitted,
    Checked,
    Commanded,
    Happened,
    Opened,
    Record,
    head_of,
    new_entry,
)
from kiosk.artefacts.challenge import HEAD_BYTES, Challenge, Phase, new_nonce
from kiosk.artefacts.codec import encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.enrolment import write_enrolment
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.scoring_file import (
    ScoringContent,
    ScoringEntry,
    read_envelope,
    read_scoring,
    seal_content,
    write_scoring,
)
from kiosk.artefacts.sealing import new_key
from kiosk.artefacts.tokens import Command, Reason, sign_answer
from kiosk.assessment.content import Paragraph, Place, Text
from kiosk.assessment.items import Choice, ExtendedText, Interaction, Item, ItemText, TextEntry
from kiosk.assessment.paper import build_paper
from kiosk.assessment.sitting import (
    Aborted,
    Answered,
    Event,
    Expired,
    Extended,
    HandedIn,
    Identity,
    Sitting,
    Started,
)
from kiosk.scoring.rubric import MarkingPoint, Rubric
from kiosk.scoring.rules import ItemRules, OutcomeDeclaration, ResponseDeclaration
from kiosk.station import enrol
from kiosk.station.banks import admitted_scoring, open_admitted
from kiosk.station.home import Station
from kiosk.station.keys import OpenedSession, open_session
from kiosk.station.planning import plan_session
from kiosk.station.receiving import Report, receive
from kiosk.station.registry import Registry, plans
from kiosk.station.registry.copying import copy_rows
from kiosk.station.settings import read_settings, write_database
from tests.postgres import Cluster

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SESSION = "R15-0301"
BANK = "solvent-extraction"

STANDARD: dict[str, Any] = {
    "standard": {
        "id": "std-1",
        "title": {"zh-CN": "萃取工", "en": "Extraction operator"},
        "edition": "2026",
    },
    "function": [
        {
            "id": "F1",
            "title": {"zh-CN": "操作", "en": "Operation"},
            "content": [
                {
                    "id": f"F1.{content}",
                    "title": {"zh-CN": f"内容{content}", "en": f"Content {content}"},
                    "knowledge_point": [
                        {
                            "id": f"K{content}{point}",
                            "title": {"zh-CN": "要点", "en": "Point"},
                            "levels": ["L4"],
                        }
                        for point in (1, 2)
                    ],
                }
                for content in (1, 2)
            ],
        }
    ],
    "weights": {"L4": {"F1.1": "50", "F1.2": "50"}},
}

ITEMS_A_KIND = 8
ESSAYS = 4
RUBRIC = Rubric(
    points=tuple(
        MarkingPoint({"zh-CN": f"要点{n}", "en": f"Point {n}"}, points)
        for n, points in enumerate(("3", "2", "1"), start=1)
    ),
    most="6",
)
SCORE = OutcomeDeclaration("SCORE", "single", "float", ("0",))


@dataclass(frozen=True)
class SealedBank:
    bank: bytes
    scoring: bytes


def _texts(interaction: Interaction, stem: str) -> dict[str, ItemText]:
    choices = (
        {interaction.response: {name: (Paragraph((Text(name),)),) for name in interaction.choices}}
        if isinstance(interaction, Choice)
        else {}
    )
    body = (Paragraph((Text(stem),)), Place(interaction.response))
    return {lang: ItemText(body, choices) for lang in ("zh-CN", "en")}


def _items() -> Iterable[tuple[Item, ItemRules, str, str]]:
    """Items with their rules, kind and knowledge point: single, multiple, typed numbers."""
    points = [f"K{content}{point}" for content in (1, 2) for point in (1, 2)]
    for index in range(ITEMS_A_KIND):
        point = points[index % len(points)]
        name = f"s{index:02}"
        choice = Choice(f"r{name}", (f"{name}a", f"{name}b", f"{name}c"), shuffle=True)
        yield _item(name, choice, (f"{name}b",), "single_choice", point)
        name = f"m{index:02}"
        many = Choice(f"r{name}", (f"{name}a", f"{name}b", f"{name}c"), max_choices=0, shuffle=True)
        yield _item(name, many, (f"{name}a", f"{name}c"), "multiple_choice", point)
        name = f"t{index:02}"
        yield _item(name, TextEntry(f"r{name}", "float"), ("2.5",), "text_entry", point)
        if index < ESSAYS:
            name = f"e{index:02}"
            asked = ExtendedText(f"r{name}", 4)
            rules = ItemRules(name, (ResponseDeclaration(asked.response, "single", "string"),))
            yield (
                Item(name, (asked,), _texts(asked, f"Question {name}")),
                rules,
                "extended_text",
                point,
            )


def _item(
    name: str, interaction: Interaction, correct: tuple[str, ...], kind: str, point: str
) -> tuple[Item, ItemRules, str, str]:
    declaration = ResponseDeclaration(
        id=interaction.response,
        cardinality="multiple" if kind == "multiple_choice" else "single",
        base_type="float" if kind == "text_entry" else "identifier",
        correct=correct,
    )
    item = Item(name, (interaction,), _texts(interaction, f"Question {name}"))
    return item, ItemRules(name, (declaration,), (SCORE,), template="match_correct"), kind, point


def seal_bank(
    author: PrivateKeys,
    recipients: tuple[KeyRecord, ...],
    *,
    version: str = "1",
    sealed_at: int = 1_770_000_000,
    scoring_version: int = 1,
    change: Callable[[ItemRules], ItemRules] = lambda rules: rules,
) -> SealedBank:
    """A small bank with its scoring file, as an author seals them."""
    made = list(_items())
    connection = sqlite3.connect(":memory:")
    for statement in SCHEMA:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO item VALUES (?, ?)", [(item.id, encode(item)) for item, *_ in made]
    )
    connection.commit()
    key, content_key = new_key(), new_key()
    image = seal_image(key, connection.serialize(), BANK, version)
    connection.close()
    content = ScoringContent(
        bank=BANK,
        version=version,
        scoring_version=scoring_version,
        bank_key=key,
        standard=STANDARD,
        entries=tuple(
            ScoringEntry(
                item=item.id,
                source=f"author-{item.id}",
                kind=kind,
                knowledge_point=point,
                levels=("L4",),
                names={},
                rules=change(rules),
                rubric=RUBRIC if kind == "extended_text" else Rubric(),
            )
            for item, rules, kind, point in made
        ),
    )
    box = seal_content(content, content_key)
    manifest = BankManifest(
        bank=BANK,
        version=version,
        discipline="solvent-extraction",
        title={"zh-CN": "稀土萃取工", "en": "Solvent-extraction operator"},
        standard="std-1",
        levels=("L4",),
        languages=("zh-CN", "en"),
        items={
            "single_choice": 8,
            "multiple_choice": 8,
            "text_entry": 8,
            "extended_text": ESSAYS,
        },
        image_sha256=hashlib.sha256(image).digest(),
        scoring_sha256=hashlib.sha256(box).digest(),
        sealed_at=sealed_at,
    )
    signed = sign(encode(manifest), Kind.BANK, author)
    scoring = write_scoring(signed, content, content_key, box, recipients, author)
    return SealedBank(write_bank(signed, image), scoring)


def corrected(
    day: Day, change: Callable[[ItemRules], ItemRules], scoring_version: int = 2
) -> bytes:
    """A later `.scoring` of the day's bank, with other rules."""
    envelope, _ = read_envelope(read_scoring(day.sealed.scoring), day.author.record)
    before = admitted_scoring(day.station, BANK, "1", 1)
    content = replace(
        before,
        scoring_version=scoring_version,
        entries=tuple(replace(one, rules=change(one.rules)) for one in before.entries),
    )
    key = new_key()
    recipients = (day.station.record(Role.OPENING), day.station.record(Role.RECOVERY))
    box = seal_content(content, key)
    return write_scoring(envelope.manifest, content, key, box, recipients, day.author)


def plan_toml(*, session: str = SESSION, seats: int = 6, spares: int = 1, **replaced: str) -> str:
    """A plan for `a_template`'s parties; `replaced` are pieces of its text and what stands instead."""
    terminals = "".join(
        f'[[terminal]]\nname = "T-{n:02}"\n' + (f'seat = "{n:02}"\n' if n <= seats else "")
        for n in range(1, seats + spares + 1)
    )
    text = f"""
session = "{session}"
round = "R15"
room = "3 号机房"
zone = "Asia/Shanghai"
opens = 2026-03-01T09:00:00
closes = 2026-03-01T12:00:00
roster = "roster.csv"
proctors = ["李监考", "王监考"]

[policy]
releasing_proctors = 2
seats = "fixed"

{terminals}
[[exam]]
id = "E1"
bank = "{BANK}"
level = "L4"
duration_minutes = 60
forms = 2
blueprint = {{ pass = 60, converts_to = 100 }}
[[exam.section]]
kind = "single_choice"
count = 4
points = 2
[[exam.section]]
kind = "multiple_choice"
count = 2
points = 3
marking = {{ type = "per_right", each = 1 }}
[[exam.section]]
kind = "text_entry"
count = 2
points = 3
"""
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


LAYOUT = (
    "考试机,机位,行,列\n"
    + "".join(f"T-{n:02},{n:02},{(n - 1) // 3 + 1},{n % 3 + 1}\n" for n in range(1, 7))
    + "T-07,,3,1\n"
)
"""A table of the room with a seat for each of `roster_csv`, and a spare."""


def roster_csv(candidates: int = 6) -> str:
    lines = [f"2026{n:04},考生{n},{n:02}" for n in range(1, candidates + 1)]
    return "准考证号,姓名,机位\n" + "\n".join(lines) + "\n"


@dataclass
class Day:
    """A station and the people and machines around it."""

    folder: Path
    station: Station
    terminals: Mapping[str, PrivateKeys]
    proctors: Mapping[str, PrivateKeys]
    author: PrivateKeys
    sealed: SealedBank
    numbers: dict[str, int] = field(default_factory=dict)
    _files: int = 0

    @property
    def opened(self) -> OpenedSession:
        return self.session(SESSION)

    def session(self, session: str) -> OpenedSession:
        with self.station.registry.reading() as connection:
            row = plans.require_session(connection, session)
        return open_session(self.station, row)

    def plan(
        self,
        text: str = "",
        roster: str | bytes = "",
        *,
        session: str = SESSION,
        replace: bool = False,
    ) -> Any:
        """Plans a session from texts; without them the usual one."""
        path = self.folder / f"{session}.toml"
        path.write_text(text or plan_toml(session=session), encoding="utf-8")
        content = roster or roster_csv()
        (self.folder / "roster.csv").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
        return plan_session(self.station, path, NOW - timedelta(days=1), replace=replace)

    def file(self, name: str, data: bytes) -> Path:
        """A file as it comes back on a stick, in a folder of its own."""
        self._files += 1
        path = self.folder / "sticks" / str(self._files) / name
        path.parent.mkdir(parents=True)
        path.write_bytes(data)
        return path

    def import_(self, *files: bytes | Path, **options: Any) -> Report:
        """Imports packages (bytes) and paths."""
        paths = [item if isinstance(item, Path) else self.file("P.package", item) for item in files]
        return receive(self.station, paths, NOW, workers=1, **options)

    def reopen(self) -> None:
        self.station.close()
        self.station = Station.open(self.station.folder)

    def items(self) -> dict[str, Item]:
        bank = open_admitted(self.station, BANK, "1", 1)
        with bank.reader as reader:
            return {name: reader.item(name) for name in reader.item_ids()}

    def answers(self, number: str, right: int) -> dict[str, tuple[str, ...]]:
        """The right answers to the first items of a candidate's paper."""
        _, _, paper = self._paper(number)
        return {placed.item: correct(placed.item) for placed in paper.items[:right]}

    def sit(
        self,
        number: str,
        *,
        right: int = 8,
        answers: Mapping[str, tuple[str, ...]] | None = None,
        terminal: str = "",
        signer: PrivateKeys | None = None,
        package_number: int = 0,
        events: Sequence[Event | Record] = (),
        end: Event | None = None,
        warrant: Any = "",
        edit: Callable[[PackageContent], PackageContent] = lambda content: content,
    ) -> bytes:
        """The package of a candidate who answered `right` items rightly, or `answers`.

        Args:
            terminal: where; the candidate's own seat if empty.
            signer: the keys the package is made with, if not that terminal's.
            events: more of the journal, before the end.
            edit: changes what is sealed, as a dishonest terminal might.
        """
        opened, candidate, paper = self._paper(number)
        label = terminal or f"T-{candidate.seat}"
        keys = signer or self.terminals[label]
        identity = Identity(opened.plan.id, candidate.exam, number)
        given = self.answers(number, right) if answers is None else answers
        records: list[Record] = [
            Opened("boot", 0, "1", {}, ()),
            Admitted(1, identity, candidate.terms, paper, candidate.seat or "", True, warrant),
            Happened(Started("boot", 2)),
        ]
        for at, (item, value) in enumerate(given.items(), start=3):
            records.append(Happened(Answered(at, item, f"r{item}", value)))
        at = len(given) + 10
        for more in events:
            records.append(more if isinstance(more, Commanded | Checked) else Happened(more))  # type: ignore[arg-type]
        records.append(Happened(end or HandedIn(at + 100)))
        sitting = Sitting.admit(identity, candidate.terms, paper)
        for record in records:
            if isinstance(record, Happened):
                sitting = sitting.apply(record.event)
        entries = tuple(new_entry(record, int(NOW.timestamp())) for record in records)
        exam = opened.plan.exam(candidate.exam)
        content = PackageContent(
            identity=identity,
            state=sitting.state,
            paper=paper,
            responses=sitting.responses,
            journal=entries,
            sitting=0,
            session_sha256=opened.sha256,
            bank_image_sha256=exam.bank.image_sha256,
            version="1",
            seat=candidate.seat or "",
        )
        content = edit(content)
        self.numbers[label] = package_number or self.numbers.get(label, 0) + 1
        return seal_package(
            content,
            number=self.numbers[label],
            head=head_of(content.identity.session, keys.record.kid, content.journal),
            recipients=(opened.plan.opening, opened.plan.recovery),
            terminal=keys,
        )

    def command(
        self,
        command: Command,
        *,
        proctor: str = "李监考",
        terminal: str = "T-01",
        session: str = SESSION,
        minutes: int = 0,
        said_minutes: int | None = None,
        head: bytes | None = None,
        at_ms: int = 12,
        keys: PrivateKeys | None = None,
    ) -> Commanded:
        """A proctor's code as a terminal journals it; `said_minutes` is what the journal claims."""
        signer = keys or self.proctors[proctor]
        kid = self.terminals[terminal].record.kid
        known = head_of(session, kid, ()) if head is None else head
        challenge = Challenge(kid, session, new_nonce(), 0, known[:HEAD_BYTES], Phase.RUNNING)
        token = sign_answer(
            challenge, command, signer, issued_at=int(NOW.timestamp()), minutes=minutes
        )
        said = minutes if said_minutes is None else said_minutes
        return Commanded(at_ms, command, signer.record.kid, Reason.NONE, token, said)

    def bundle(self, terminal: str, packages: Mapping[int, bytes], last: int = 0) -> bytes:
        """A terminal's bundle; numbers up to `last` that are not enclosed are told only."""
        lines = tuple(
            BundleLine(
                number,
                SESSION,
                hashlib.sha256(packages.get(number, b"%d" % number)).digest(),
                number in packages,
            )
            for number in range(1, max([last, *packages]) + 1)
        )
        return write_bundle(lines, packages, int(NOW.timestamp()), self.terminals[terminal])

    def _paper(self, number: str) -> Any:
        opened = next(
            session
            for session in (self.session(row) for row in self._sessions())
            if any(one.number == number for one in session.secrets.candidates)
        )
        candidate = next(one for one in opened.secrets.candidates if one.number == number)
        items = {item.id: item for item, *_ in _items()}
        form = opened.secrets.form(candidate.form)
        return opened, candidate, build_paper(form, candidate.seed, items.__getitem__)

    def _sessions(self) -> tuple[str, ...]:
        with self.station.registry.reading() as connection:
            return tuple(row.id for row in plans.every_session(connection))


def correct(item: str) -> tuple[str, ...]:
    """The right answer to one of our items."""
    return {
        "s": (f"{item}b",),
        "m": (f"{item}a", f"{item}c"),
        "t": ("2.5",),
        "e": ("Because it floats.",),
    }[item[0]]


def enrol_file(keys: PrivateKeys, **facts: str) -> bytes:
    return write_enrolment(keys, int(NOW.timestamp()), {"host": "test", **facts})


@cache
def a_template() -> tuple[
    Path, Mapping[str, PrivateKeys], Mapping[str, PrivateKeys], PrivateKeys, SealedBank
]:
    """A station with parties and a bank, made once; copies of its folder are independent stations."""
    folder = Path(mkdtemp(prefix="station-template-"))
    station = Station.create(folder / "station", "市鉴定站", now=NOW)
    terminals = {f"T-{n:02}": PrivateKeys.generate(Role.TERMINAL, f"T-{n:02}") for n in range(1, 9)}
    proctors = {name: PrivateKeys.generate(Role.PROCTOR, name) for name in ("李监考", "王监考")}
    author = PrivateKeys.generate(Role.AUTHOR, "专家")
    for keys in (*terminals.values(), *proctors.values(), author):
        request = enrol.read_request(enrol_file(keys), "test")
        enrol.enrol(station, request.record, NOW)
    recipients = (station.record(Role.OPENING), station.record(Role.RECOVERY))
    sealed = seal_bank(author, recipients)
    stick = folder / "bank"
    stick.mkdir()
    (stick / "b.bank").write_bytes(sealed.bank)
    (stick / "b.scoring").write_bytes(sealed.scoring)
    report = receive(station, [stick], NOW)
    assert not report.refused, report
    station.close()
    return folder / "station", terminals, proctors, author, sealed


@dataclass(frozen=True)
class Servers:
    """A PostgreSQL cluster, and the database in it that an empty registry is copied from."""

    cluster: Cluster
    empty: str

    def move(self, folder: Path, like: str = "") -> None:
        """Gives the station in `folder` a database of its own: with the rows of its file, or a copy of
        `like`."""
        address = self.cluster.new(like=like or self.empty)
        if not like:
            old, new = Registry(f"sqlite:///{folder / 'station.db'}"), Registry(address)
            with old.reading() as source, new.writing() as target:
                copy_rows(source, target)
            old.close()
            new.close()
        for path in folder.glob("station.db*"):
            path.unlink()
        write_database(folder, address)


SERVERS: Servers | None = None
"""Where days are held on PostgreSQL: the fixture `both_databases` sets it."""


@cache
def _kept_template(servers: Servers, planned: bool) -> str:
    """The database of a template, in a cluster, to be copied."""
    folder = Path(mkdtemp(prefix="station-template-")) / "station"
    shutil.copytree(_template_folder(planned), folder)
    servers.move(folder)
    name = "station_planned" if planned else "station_unplanned"
    servers.cluster.keep(read_settings(folder).database, name)
    return name


@cache
def _template_folder(planned: bool) -> Path:
    """`a_template`'s station, with the usual session planned or without."""
    template, terminals, proctors, author, sealed = a_template()
    if not planned:
        return template
    folder = Path(mkdtemp(prefix="station-template-"))
    shutil.copytree(template, folder / "station")
    day = Day(folder, Station.open(folder / "station"), terminals, proctors, author, sealed)
    day.plan()
    day.station.close()
    return folder / "station"


_PLAN_FILES = (f"{SESSION}.toml", "roster.csv")


def a_day(folder: Path, *, planned: bool = True) -> Day:
    """A station of one's own in `folder`, with the usual session planned."""
    _, terminals, proctors, author, sealed = a_template()
    shutil.copytree(_template_folder(planned), folder / "station")
    if SERVERS is not None:
        SERVERS.move(folder / "station", _kept_template(SERVERS, planned))
    if planned:
        for name in _PLAN_FILES:
            shutil.copy(_template_folder(True).parent / name, folder)
    station = Station.open(folder / "station")
    return Day(folder, station, terminals, proctors, author, sealed)


def expired(day: Day, number: str) -> Expired:
    """The end of time, as a terminal journals it."""
    _, candidate, _ = day._paper(number)
    return Expired(candidate.terms.duration_ms + 10_000)


__all__ = [
    "NOW",
    "SESSION",
    "Aborted",
    "Day",
    "Extended",
    "Servers",
    "a_day",
    "correct",
    "corrected",
    "enrol_file",
    "expired",
    "plan_toml",
    "roster_csv",
    "seal_bank",
]
