"""A room in a day: keys, a bank, a session, proctors, and terminals on a temporary disk.

Everything is real but two things: what a terminal installed is a dictionary, and time is simulated.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp

from msgspec.structs import replace

from kiosk.artefacts import admission, bank, cose, session, tokens
from kiosk.artefacts.challenge import read_challenge
from kiosk.artefacts.codec import encode
from kiosk.artefacts.common_start import StartCodes, start_key
from kiosk.artefacts.id_number import id_digest
from kiosk.artefacts.keys import PrivateKeys
from kiosk.artefacts.kinds import Kind as ArtefactKind
from kiosk.artefacts.kinds import Role
from kiosk.artefacts.self_check import Finding
from kiosk.artefacts.trust_list import Trust, TrustList
from kiosk.assessment.content import Field, Paragraph, Place, Text
from kiosk.assessment.items import Choice, Item, ItemText, Kind, TextEntry
from kiosk.assessment.paper import Form, FormSection
from kiosk.assessment.sitting import Terms
from kiosk.errors import InputRefused
from kiosk.terminal import views
from kiosk.terminal.clock import SimulatedTime, TimeSource
from kiosk.terminal.device_test import keep_tested
from kiosk.terminal.headless import HeadlessTerminal
from kiosk.terminal.outbox import Outbox
from kiosk.terminal.ports import Ports
from kiosk.terminal.stick import FolderStick, Stick
from kiosk.terminal.views import Scanned
from kiosk.terminal.writer import Deliver

NOON = 1_790_000_000
SESSION = "R15-0301"
TERMS = Terms(60 * 60_000, most_extension_ms=20 * 60_000, most_given_back_ms=15 * 60_000)
POLICY = session.Policy()
WINDOW = session.Window(NOON - 600, NOON + 3 * 3600)
SESSION_KEY = b"k" * 32
ID_NUMBERS = ("11010519491231002X", "440524188001010014", None)
"""Of the candidates, in order."""
CHOICES = ("a", "b", "c", "d")


def choice_item(identifier: str) -> Item:
    body = (Paragraph((Text(f"Question {identifier}"),)), Place("RESPONSE"))
    named = {"RESPONSE": {one: (Paragraph((Text(one),)),) for one in CHOICES}}
    return Item(
        identifier,
        (Choice("RESPONSE", CHOICES, shuffle=True),),
        {"en": ItemText(body, named), "zh-CN": ItemText(body, named)},
    )


def text_item(identifier: str) -> Item:
    body = (Paragraph((Text(f"Question {identifier}: "), Field("RESPONSE"))),)
    text = ItemText(body, {})
    return Item(identifier, (TextEntry("RESPONSE"),), {"en": text, "zh-CN": text})


ITEMS = (*(choice_item(f"i{n}") for n in range(1, 5)), text_item("t1"), text_item("t2"))
FORM = Form(
    "f",
    (
        FormSection(
            "s1",
            Kind.SINGLE_CHOICE,
            {"en": "Single"},
            {"en": "One is right"},
            "1",
            ("i1", "i2", "i3", "i4"),
        ),
        FormSection("s2", Kind.TEXT_ENTRY, {"en": "Text"}, {"en": "Write"}, "2", ("t1", "t2")),
    ),
)


def a_bank(author: PrivateKeys, key: bytes) -> tuple[bytes, bytes]:
    """A `.bank` of ITEMS and the digest of its sealed image."""
    connection = sqlite3.connect(":memory:")
    for statement in bank.SCHEMA:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO item VALUES (?, ?)", [(item.id, encode(item)) for item in ITEMS]
    )
    connection.commit()
    sealed = bank.seal_image(key, connection.serialize(), "B", "1")
    manifest = bank.BankManifest(
        bank="B",
        version="1",
        discipline="d",
        title={"en": "Bank"},
        standard="s",
        levels=("4",),
        languages=("en", "zh-CN"),
        items={"single_choice": 4, "text_entry": 2},
        image_sha256=sha256(sealed).digest(),
        scoring_sha256=bytes(32),
        sealed_at=NOON,
    )
    return (
        bank.write_bank(cose.sign(encode(manifest), ArtefactKind.BANK, author), sealed),
        manifest.image_sha256,
    )


@dataclass
class Files:
    """What a terminal installed, as a dictionary."""

    trust_now: Trust
    held: dict[str, bytes]
    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="kiosk-room-")))

    def trust(self) -> Trust:
        return self.trust_now

    def targets(self, prefix: str = "") -> tuple[str, ...]:
        return tuple(sorted(name for name in self.held if name.startswith(prefix)))

    def read(self, name: str) -> bytes:
        if name not in self.held:
            raise InputRefused("not installed", where=name)
        return self.held[name]

    def path(self, name: str) -> Path:
        file = self.folder / name.replace("/", "-")
        file.write_bytes(self.read(name))
        return file


@dataclass
class Floor:
    value: int = NOON - 3600


@dataclass
class Room:
    """One session on its day. Change `policy`, `window`, `terms`, `tools` before the first terminal;
    `granted` is the first candidate's."""

    policy: session.Policy = POLICY
    window: session.Window = WINDOW
    terms: Terms = TERMS
    granted: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    spare_proctor: bool = False
    bank: str = "banks/B.bank"
    id: str = SESSION
    station: PrivateKeys = field(default_factory=lambda: PrivateKeys.generate(Role.STATION, "S"))
    opening: PrivateKeys = field(default_factory=lambda: PrivateKeys.generate(Role.OPENING, "O"))
    recovery: PrivateKeys = field(default_factory=lambda: PrivateKeys.generate(Role.RECOVERY, "R"))
    log: PrivateKeys = field(default_factory=lambda: PrivateKeys.generate(Role.LOG, "L"))
    author: PrivateKeys = field(default_factory=lambda: PrivateKeys.generate(Role.AUTHOR, "A"))
    proctors: tuple[PrivateKeys, ...] = field(
        default_factory=lambda: tuple(
            PrivateKeys.generate(Role.PROCTOR, name) for name in ("Li Min", "Wang Fang")
        )
    )
    stranger: PrivateKeys = field(
        default_factory=lambda: PrivateKeys.generate(Role.PROCTOR, "Zhao Lei")
    )
    terminals: tuple[PrivateKeys, ...] = field(
        default_factory=lambda: tuple(
            PrivateKeys.generate(Role.TERMINAL, name) for name in ("T-07", "T-08", "T-09")
        )
    )
    time: SimulatedTime = field(default_factory=lambda: SimulatedTime(NOON))
    floor: Floor = field(default_factory=Floor)
    checks: tuple[Finding, ...] = (Finding("disk", "ok"),)
    stick: Path = field(default_factory=lambda: Path(mkdtemp(prefix="kiosk-stick-")) / "stick")
    mirror: Stick | None = None
    version: str = "test"
    minimum_version: str = ""

    def __post_init__(self) -> None:
        if self.spare_proctor:
            self.proctors = (*self.proctors, PrivateKeys.generate(Role.PROCTOR, "Sun Hao"))
        bank_key = b"b" * 32
        bank_file, digest = a_bank(self.author, bank_key)
        self.shares = {one.record.kid: session.new_share() for one in self.proctors}
        seats = ("07", "08", None)
        self.plan = session.SessionPlan(
            id=self.id,
            round="R15",
            room="Room 301",
            window=self.window,
            policy=self.policy,
            exams=(
                session.ExamPlan(
                    id="E1",
                    title={"en": "Extraction, L4", "zh-CN": "萃取 四级"},
                    discipline={"en": "Extraction"},
                    level={"en": "L4"},
                    bank=session.BankRef("B", "1", self.bank, digest),
                    terms=self.terms,
                    tools=self.tools,
                ),
            ),
            terminals=tuple(
                session.SeatedTerminal(keys.record.kid, keys.record.name, seat)
                for keys, seat in zip(self.terminals, seats, strict=True)
            ),
            proctors=tuple(
                session.NamedProctor(one.record.kid, one.record.name) for one in self.proctors
            ),
            opening=self.opening.record,
            recovery=self.recovery.record,
            issued_at=NOON - 86_400,
            minimum_version=self.minimum_version,
        )
        self.candidates = tuple(
            session.Candidate(
                number=number,
                name=name,
                exam="E1",
                seat=seat,
                form="f",
                seed=bytes([n]) * 32,
                terms=self.terms,
                accommodations=self.granted if n == 0 else (),
                id_digest=known and id_digest(SESSION_KEY, self.id, known),
            )
            for n, (number, name, seat, known) in enumerate(
                [
                    ("20260001", "Zhang San", "07", ID_NUMBERS[0]),
                    ("20260002", "Li Si", "08", ID_NUMBERS[1]),
                    ("20260003", "Wu", None, ID_NUMBERS[2]),
                ]
            )
        )
        secrets = session.SessionSecrets(self.candidates, (FORM,), {"E1": bank_key})
        session_bytes = session.write_session(
            self.plan,
            secrets,
            SESSION_KEY,
            [keys.record for keys in self.terminals],
            self.shares,
            self.station,
        )
        self.files = Files(
            self.trust(),
            {f"sessions/{self.id}.session": session_bytes, self.bank: bank_file},
        )

    def trust(self, revoked: tuple[bytes, ...] = ()) -> Trust:
        keys = (self.station, self.opening, self.recovery, self.log, self.author)
        people = (*self.proctors, self.stranger, *self.terminals)
        return Trust(
            TrustList("authority", NOON, tuple(one.record for one in keys)),
            TrustList("delegated", NOON, tuple(one.record for one in people), revoked),
        )

    # --- terminals ----------------------------------------------------------------------------------

    def ports_of(self, keys: PrivateKeys):
        def ports(state: Path, time: TimeSource, deliver: Deliver, leave) -> Ports:
            return Ports(
                time=time,
                keys=keys,
                installed=self.files,
                floor=self.floor,
                journals=state / "journals",
                transfers=state / "transfers",
                outbox=Outbox(state / "outbox", state / "receipts"),
                checks=lambda plan: self.checks,
                deliver=deliver,
                version=self.version,
                leave_program=leave,
                stick=FolderStick(self.stick),
                mirror=self.mirror,
                tested=partial(keep_tested, state),
            )

        return ports

    def terminal(self, state: Path, number: int = 0) -> HeadlessTerminal:
        """Terminal `number` of the room (T-07 at seat 07, T-08 at seat 08, spare T-09)."""
        return HeadlessTerminal(state, self.time, self.ports_of(self.terminals[number]))

    # --- proctors -----------------------------------------------------------------------------------

    def code(
        self,
        terminal: HeadlessTerminal,
        command: tokens.Command,
        proctor: int | PrivateKeys = 0,
        *,
        minutes: int = 0,
        share: bytes | None = None,
        reason: tokens.Reason = tokens.Reason.NONE,
        words: str = "",
        **changed,
    ) -> str:
        """The text of a proctor's answer to the challenge on a terminal; `changed` edits it."""
        signer = self.proctors[proctor] if isinstance(proctor, int) else proctor
        challenge = read_challenge(terminal.view.challenge)
        for name, value in changed.items():
            challenge = replace(challenge, **{name: value})
        releases = command is tokens.Command.RELEASE
        if releases and share is None:
            share = self.shares.get(signer.record.kid, bytes(16))
        token = tokens.sign_answer(
            challenge,
            command,
            signer,
            issued_at=self.time.wall_s(),
            minutes=minutes,
            reason=reason,
            words=words,
            share=share if releases else None,
            terminal=terminal.ports.keys.record if releases else None,
        )
        return tokens.answer_text(token)

    def room_code(
        self,
        number: int,
        purpose: str,
        minutes: int = 0,
        signers: tuple[int, ...] = (0,),
        **changed,
    ) -> str:
        parts = []
        for one in signers:
            signer = self.proctors[one]
            claim = tokens.RoomClaim(
                self.id, number, purpose, minutes, self.shares[signer.record.kid]
            )
            for name, value in changed.items():
                claim = replace(claim, **{name: value})
            parts.append(tokens.sign_room(claim, signer, issued_at=self.time.wall_s()))
        return tokens.room_text(tuple(parts))

    def release(self, terminal: HeadlessTerminal, minutes: int = 0):
        """Release a terminal with as many proctors as the policy says."""
        for n in range(self.policy.releasing_proctors):
            terminal.do(Scanned(self.code(terminal, tokens.Command.RELEASE, n, minutes=minutes)))
        return terminal.view

    def command(self, terminal: HeadlessTerminal, command: tokens.Command, **values):
        """A command through the proctor's menu, or on the paused screen."""
        if not isinstance(terminal.view, views.Paused):
            terminal.send(views.OpenProctorMenu())
        return terminal.do(Scanned(self.code(terminal, command, **values)))

    def start_code(self, given_s: int | None = None) -> str:
        """The code of a common start, as the desk says it at a time, now unless given."""
        window = self.plan.window
        codes = StartCodes(start_key(SESSION_KEY, self.id), window.opens_at, window.closes_at)
        return codes.at(self.time.wall_s() if given_s is None else given_s)[0]

    # --- candidates ---------------------------------------------------------------------------------

    def slip(self, number: str, session_id: str | None = None) -> str:
        return admission.admission_text(admission.Admission(session_id or self.id, number))

    def seated(self, state: Path, number: int = 0) -> HeadlessTerminal:
        """A terminal whose candidate sits in the exam."""
        terminal = self.terminal(state, number)
        self.release(terminal)
        begin(terminal, self.candidates[number].number)
        return terminal


def begin(terminal: HeadlessTerminal, number: str) -> None:
    """Sign in and start the exam without practice."""
    view = make_ready(terminal, number)
    assert isinstance(view, views.Exam), view


def make_ready(terminal: HeadlessTerminal, number: str):
    """Sign in, and through the rules without practice."""
    terminal.do(views.SignInAs(number))
    terminal.do(views.ConfirmIdentity(True))
    terminal.do(views.Pledge())
    return terminal.do(views.Practise(skip=True))


def choose(terminal: HeadlessTerminal, value: str = "a"):
    """Answer the choice question shown."""
    item = terminal.view.question.item
    return terminal.do(views.Answer(item.id, "RESPONSE", (value,)))


def crash(terminal: HeadlessTerminal) -> None:
    """End a terminal as a power cut does: nothing more is written, only the file locks go."""
    flow = terminal._flow
    flow._pen.wait(5)
    flow._pen.close()
    flow._seat.close()
