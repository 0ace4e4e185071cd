"""One artefact of each kind, of one small exam day, made with keys that are fixed.

`SAMPLES` has for each the bytes and a `read` that does all a receiver does with them: parse, verify,
open. Tests change the bytes and look at what `read` says; `vectors.py` prints them into the document.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.artefacts import (
    admission,
    answer_package,
    bank,
    bundle,
    certificate,
    chain,
    challenge,
    checkpoint,
    enrolment,
    evidence,
    exchange,
    manifest,
    merkle,
    proctor_log,
    receipt,
    release,
    score_sheet,
    scoring_file,
    session,
    slip,
    tokens,
    transfer,
    trust_list,
)
from kiosk.artefacts.codec import decode, encode
from kiosk.artefacts.cose import sign
from kiosk.artefacts.keys import KeyRecord, PrivateKeys
from kiosk.artefacts.kinds import Kind, Role
from kiosk.artefacts.sealing import wrap
from kiosk.assessment import content, items, paper, sitting
from kiosk.errors import InputRefused
from kiosk.scoring import rules
from kiosk.scoring.amendments import Amended, FullMarks
from kiosk.scoring.reasons import Reason
from kiosk.scoring.result import ItemResult, Result, SectionResult

AT = 1_790_000_000
"""2026-09-21 14:13:20 UTC: when everything here was signed."""


def secret(purpose: str, size: int = 32) -> bytes:
    """Bytes for a test, from their purpose alone."""
    return hashlib.sha256(f"kiosk vectors: {purpose}".encode()).digest()[:size]


def fixed_keys(role: Role, name: str) -> PrivateKeys:
    """Keys that are the same every time. For tests and vectors only."""
    sign, seal = secret(f"sign {role} {name}"), secret(f"seal {role} {name}")
    record = KeyRecord(
        role=role,
        name=name,
        sign=Ed25519PrivateKey.from_private_bytes(sign).public_key().public_bytes_raw(),
        seal=X25519PrivateKey.from_private_bytes(seal).public_key().public_bytes_raw(),
    )
    return PrivateKeys(record, sign, seal)


STATION = fixed_keys(Role.STATION, "Station")
OPENING = fixed_keys(Role.OPENING, "Station, opening")
LOG = fixed_keys(Role.LOG, "Station, log")
RECOVERY = fixed_keys(Role.RECOVERY, "Recovery")
AUTHOR = fixed_keys(Role.AUTHOR, "陈老师")
TERMINAL = fixed_keys(Role.TERMINAL, "T-01")
SPARE = fixed_keys(Role.TERMINAL, "T-02")
PROCTOR = fixed_keys(Role.PROCTOR, "李芳")
SECOND_PROCTOR = fixed_keys(Role.PROCTOR, "王强")
BUILDER = fixed_keys(Role.BUILDER, "Builder")
ASSESSOR = fixed_keys(Role.ASSESSOR, "赵考评")
PARTIES = (
    STATION, OPENING, LOG, RECOVERY, AUTHOR, TERMINAL, SPARE, PROCTOR, SECOND_PROCTOR, BUILDER,
    ASSESSOR,
)  # fmt: skip

SESSION = "R15-0301"
EXAM = "E1"
BANK_KEY = secret("bank key")
SESSION_KEY = secret("session key")
SCORING_KEY = secret("scoring key")
SHARES = {p.record.kid: secret(f"share {p.record.name}", 16) for p in (PROCTOR, SECOND_PROCTOR)}
TERMS = sitting.Terms(duration_ms=5_400_000, earliest_hand_in_ms=1_800_000)


def an_item(identifier: str = "i1") -> items.Item:
    """A single-choice item in one language."""
    words = {"a": "pH 1", "b": "pH 3", "c": "pH 7"}
    text = items.ItemText(
        body=(
            content.Paragraph((content.Text("Nd"), content.Text("3+", ("sup",)))),
            content.Place("r1"),
        ),
        choices={"r1": {key: (content.Paragraph((content.Text(w),)),) for key, w in words.items()}},
    )
    choice = items.Choice("r1", ("a", "b", "c"), shuffle=True)
    return items.Item(identifier, (choice,), {"en": text})


def an_image(*extra: str, body: bytes | None = None) -> bytes:
    """A bank's SQLite image with one item; `extra` is SQL run at the end, as a bad author would."""
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA page_size = 512")
    for statement in bank.SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO item VALUES ('i1', ?)", (body or encode(an_item()),))
    connection.execute("INSERT INTO media VALUES ('m1', ?)", (b"\x89PNG\r\n",))
    for statement in extra:
        connection.execute(statement)
    connection.commit()
    image = connection.serialize()
    connection.close()
    return image


def a_scoring_content(version: int = 1) -> scoring_file.ScoringContent:
    entry = scoring_file.ScoringEntry(
        item="i1",
        source="se-001",
        kind="single_choice",
        knowledge_point="A1",
        levels=("L3",),
        names={"r1": "RESPONSE", "a": "A", "b": "B", "c": "C"},
        rules=rules.ItemRules(
            item="i1",
            responses=(rules.ResponseDeclaration("r1", "single", "identifier", ("b",), None),),
            outcomes=(),
            processing=(),
            template="match_correct",
        ),
    )
    return scoring_file.ScoringContent("re-se", "1", version, BANK_KEY, {"id": "6-11-01"}, (entry,))


def a_bank() -> tuple[bytes, bytes]:
    """A `.bank` and its `.scoring`."""
    ciphertext = bank.seal_image(BANK_KEY, an_image(), "re-se", "1")
    scored = a_scoring_content()
    box = scoring_file.seal_content(scored, SCORING_KEY)
    manifest = bank.BankManifest(
        bank="re-se",
        version="1",
        discipline="re-se",
        title={"en": "Solvent extraction", "zh-CN": "稀土萃取工"},
        standard="6-11-01",
        levels=("L3",),
        languages=("en",),
        items={"single_choice": 1},
        image_sha256=hashlib.sha256(ciphertext).digest(),
        scoring_sha256=hashlib.sha256(box).digest(),
        sealed_at=AT,
    )
    signed = sign(encode(manifest), Kind.BANK, AUTHOR)
    recipients = (OPENING.record, RECOVERY.record)
    scoring = scoring_file.write_scoring(signed, scored, SCORING_KEY, box, recipients, AUTHOR)
    return bank.write_bank(signed, ciphertext), scoring


def a_form() -> paper.Form:
    section = paper.FormSection(
        id="s1",
        kind=items.Kind.SINGLE_CHOICE,
        title={"en": "Single choice"},
        rule={"en": "One is right"},
        points="100",
        items=("i1",),
    )
    return paper.Form("f1", (section,))


def a_candidate() -> session.Candidate:
    return session.Candidate("0001", "张伟", EXAM, "01", "f1", secret("paper seed"), TERMS)


def a_plan(releasing: int = 2, image_sha256: bytes = secret("image")) -> session.SessionPlan:
    reference = session.BankRef("re-se", "1", "banks/re-se.bank", image_sha256)
    return session.SessionPlan(
        id=SESSION,
        round="R15",
        room="Room 3",
        window=session.Window(AT, AT + 7_200),
        policy=session.Policy(releasing_proctors=releasing),
        exams=(
            session.ExamPlan(
                EXAM,
                {"en": "Theory"},
                {"zh-CN": "稀土萃取工"},
                {"en": "L3"},
                reference,
                TERMS,
            ),
        ),
        terminals=(
            session.SeatedTerminal(TERMINAL.record.kid, "T-01", "01"),
            session.SeatedTerminal(SPARE.record.kid, "T-02", None),
        ),
        proctors=tuple(
            session.NamedProctor(p.record.kid, p.record.name) for p in (PROCTOR, SECOND_PROCTOR)
        ),
        opening=OPENING.record,
        recovery=RECOVERY.record,
        issued_at=AT,
    )


def a_session(releasing: int = 2) -> bytes:
    secrets = session.SessionSecrets((a_candidate(),), (a_form(),), {EXAM: BANK_KEY})
    terminals = (TERMINAL.record, SPARE.record)
    return session.write_session(
        a_plan(releasing), secrets, SESSION_KEY, terminals, SHARES, STATION
    )


def a_release() -> bytes:
    return release.write_release(
        a_plan(),
        (TERMINAL.record, SPARE.record),
        (PROCTOR.record, SECOND_PROCTOR.record),
        SHARES,
        (release.SeatName("0001", "张伟", EXAM, "01"),),
        STATION,
    )


def a_challenge() -> challenge.Challenge:
    return challenge.Challenge(
        terminal=TERMINAL.record.kid,
        session=SESSION,
        nonce=secret("nonce", 12),
        count=0,
        head=chain.first_head(SESSION, TERMINAL.record.kid)[:16],
        phase=challenge.Phase.LOCKED,
    )


def an_answer(command: tokens.Command = tokens.Command.RELEASE, minutes: int = 0) -> bytes:
    """A proctor's answer to `a_challenge`."""
    releasing = command is tokens.Command.RELEASE
    return tokens.sign_answer(
        a_challenge(),
        command,
        PROCTOR,
        issued_at=AT,
        minutes=minutes,
        reason=tokens.Reason.NONE if releasing else tokens.Reason.EQUIPMENT,
        share=SHARES[PROCTOR.record.kid] if releasing else None,
        terminal=TERMINAL.record if releasing else None,
    )


def a_room_token() -> bytes:
    """Both proctors' parts, as they stand in one QR code."""
    return encode(
        tuple(
            tokens.sign_room(
                tokens.RoomClaim(SESSION, 1, "start", 0, SHARES[proctor.record.kid]),
                proctor,
                issued_at=AT,
            )
            for proctor in (PROCTOR, SECOND_PROCTOR)
        )
    )


def a_journal() -> tuple[bytes, ...]:
    """A sitting of one answer, from release to hand-in."""
    identity = sitting.Identity(SESSION, EXAM, "0001")
    sheet = paper.build_paper(a_form(), a_candidate().seed, an_item)
    records: tuple[chain.Record, ...] = (
        chain.Opened("boot-1", 1_000, "0.1.0", {"clock": "ok"}, (an_answer(),)),
        chain.Admitted(60_000, identity, TERMS, sheet, "01", True),
        chain.Happened(sitting.Started("boot-1", 61_000)),
        chain.Happened(sitting.Answered(90_000, "i1", "r1", ("b",))),
        chain.Happened(sitting.HandedIn(2_000_000)),
    )
    return tuple(chain.new_entry(record, AT + index) for index, record in enumerate(records))


def a_content() -> answer_package.PackageContent:
    journal = a_journal()
    _, admitted, *happened = (chain.read_entry(entry).record for entry in journal)
    told = sitting.Sitting.admit(admitted.identity, admitted.terms, admitted.paper)
    for record in happened:
        told = told.apply(record.event)
    return answer_package.PackageContent(
        identity=told.identity,
        state=told.state,
        paper=told.paper,
        responses=told.responses,
        journal=journal,
        sitting=0,
        session_sha256=secret("session file"),
        bank_image_sha256=secret("image"),
        version="0.1.0",
        seat="01",
    )


def a_package(packed: answer_package.PackageContent | None = None, number: int = 1) -> bytes:
    packed = packed or a_content()
    return answer_package.seal_package(
        packed,
        number=number,
        head=chain.head_of(SESSION, TERMINAL.record.kid, packed.journal),
        recipients=(OPENING.record, RECOVERY.record),
        terminal=TERMINAL,
    )


def a_moved_journal() -> tuple[bytes, ...]:
    """`a_journal`, whose sitting is transferred instead of handed in."""
    given = chain.Happened(sitting.Transferred(2_000_000, ("李芳",), "equipment"))
    return (*a_journal()[:-1], chain.new_entry(given, AT + 4))


def a_transfer() -> bytes:
    journal, kid = a_moved_journal(), TERMINAL.record.kid
    key = session.journal_key(SESSION_KEY, kid)
    rows = [
        wrap(key, entry, chain.row_context(SESSION, kid, seq))
        for seq, entry in enumerate(journal, start=1)
    ]
    return transfer.write_transfer(
        rows,
        chain.head_of(SESSION, kid, journal),
        session=SESSION,
        boot="boot-1",
        at_ms=2_000_000,
        wall_s=AT + 4,
        terminal=TERMINAL,
    )


def a_taking_over() -> chain.TakenOver:
    read = transfer.read_transfer(a_transfer())
    statement = transfer.statement_of(read, TERMINAL.record)
    key = session.journal_key(SESSION_KEY, statement.terminal)
    return chain.TakenOver(1_000, read.signed, transfer.open_rows(read, statement, key), "02")


def a_bundle() -> bytes:
    packed = a_package()
    digest = hashlib.sha256(packed).digest()
    return bundle.write_bundle(
        (
            bundle.BundleLine(1, SESSION, digest, True),
            bundle.BundleLine(2, SESSION, secret("package 2"), False),
        ),
        {1: packed},
        AT,
        TERMINAL,
    )


def a_manifest() -> bytes:
    digest = hashlib.sha256(b"a file").digest()
    files = (
        manifest.ProgramFile("usr/lib/kiosk-terminal/session", digest, 0o755),
        manifest.ProgramFile("usr/bin/kiosk", digest, 0o777, manifest.LINK),
        manifest.ProgramFile("etc/kiosk-terminal/terminal.conf", digest, 0o644, manifest.SETTINGS),
    )
    own = ("usr/lib/kiosk-terminal",)
    return manifest.write_manifest(BUILDER, "kiosk-terminal", "1.0.0", AT, own, files)


def a_log() -> bytes:
    act = proctor_log.Act(
        at=AT,
        terminal=TERMINAL.record.kid,
        seat="01",
        command=tokens.Command.RELEASE,
        minutes=0,
        reason=tokens.Reason.NONE,
        count=0,
        head=a_challenge().head,
        token_sha256=secret("token"),
    )
    return proctor_log.write_log(
        proctor_log.ProctorLog(
            session=SESSION,
            proctor=PROCTOR.record.kid,
            written_at=AT + 7_200,
            acts=(act,),
            remarks=(proctor_log.Remark(AT, "0001", "attendance", "到考"),),
            packages={TERMINAL.record.kid: 1},
        ),
        PROCTOR,
    )


def a_receipt(packed: bytes | None = None) -> bytes:
    leaves = [merkle.leaf_hash(b"another package"), merkle.leaf_hash(packed or secret("package"))]
    signed = checkpoint.sign_checkpoint(
        checkpoint.Checkpoint("station.example/log", 2, merkle.root(leaves)), LOG
    )
    return receipt.write_receipt(
        receipt.Receipt(leaves[1], 1, merkle.inclusion_proof(leaves, 1), signed)
    )


def an_authority(*revoked: bytes) -> trust_list.TrustList:
    records = tuple(keys.record for keys in (STATION, OPENING, LOG, RECOVERY, AUTHOR))
    return trust_list.TrustList("authority", AT, records, revoked)


def a_trust_list(*revoked: bytes) -> trust_list.TrustList:
    records = tuple(keys.record for keys in (TERMINAL, SPARE, PROCTOR, SECOND_PROCTOR))
    return trust_list.TrustList("delegated", AT, records, revoked)


# --- reading, as the receiver of each does ----------------------------------------------------------


def read_bank(data: bytes) -> object:
    file = bank.read_bank(data)
    manifest = bank.read_manifest(file.manifest, AUTHOR.record)
    with bank.open_bank(BANK_KEY, file.ciphertext, manifest.bank, manifest.version) as reader:
        return manifest, [reader.item(name) for name in reader.item_ids()], reader.media("m1")


def read_scoring(data: bytes) -> object:
    envelope, manifest = scoring_file.read_envelope(scoring_file.read_scoring(data), AUTHOR.record)
    return manifest, scoring_file.open_scoring(envelope, manifest, OPENING)


def read_session(data: bytes) -> object:
    file = session.session_file(session.read_session(data), STATION.record)
    opened = session.release_key(file, SHARES)
    if opened is None:
        raise AssertionError("all shares and still nothing")
    key = session.session_key(file, opened, TERMINAL)
    return file.plan, session.open_secrets(file, key)


def read_release(data: bytes) -> object:
    file = release.release_file(release.read_release(data), STATION.record)
    return file, release.open_release(file, PROCTOR)


def read_answer(data: bytes) -> object:
    answer = tokens.verified_answer(tokens.read_token(data), data, PROCTOR.record)
    if answer.claim.command is not tokens.Command.RELEASE:
        return answer
    return answer.claim, tokens.open_share(answer, TERMINAL)


def read_room(data: bytes) -> object:
    first, second = decode(data, tuple[bytes, bytes], "room code")
    return (
        tokens.verified_room(tokens.read_token(first), first, PROCTOR.record),
        tokens.verified_room(tokens.read_token(second), second, SECOND_PROCTOR.record),
    )


def read_package(data: bytes) -> object:
    value = answer_package.package(answer_package.read_package(data), TERMINAL.record)
    packed = answer_package.open_package(value, answer_package.content_key(value, OPENING))
    return packed, answer_package.replay(packed)


def read_bundle(data: bytes) -> object:
    """Every package must be the one listed; a station goes on with those that are."""
    read = bundle.read_bundle(data)
    index = bundle.bundle_index(read.index, TERMINAL.record)
    enclosed = bundle.enclosed(read, index)
    if None in enclosed.values():
        raise InputRefused("a package is not the one listed")
    return index, enclosed


def read_transfer(data: bytes) -> object:
    read = transfer.read_transfer(data)
    statement = transfer.statement_of(read, TERMINAL.record)
    key = session.journal_key(SESSION_KEY, statement.terminal)
    return statement, transfer.open_rows(read, statement, key)


def read_log(data: bytes) -> object:
    return proctor_log.proctor_log(proctor_log.read_log(data), PROCTOR.record)


def a_score_sheet() -> bytes:
    sheet = score_sheet.ScoreSheet("xlsx", "practice.xlsx", b"PK\x03\x04", AT)
    return score_sheet.write_score_sheet(sheet, ASSESSOR)


def read_score_sheet(data: bytes) -> object:
    return score_sheet.score_sheet(score_sheet.read_score_sheet(data), ASSESSOR.record)


def a_certificate() -> bytes:
    claim = certificate.CertificateClaim(
        "20264000001",
        "王喆",
        {"zh-CN": "萃取工", "en": "Extraction operator"},
        "L4",
        "2026-03-01",
        "",
    )
    return certificate.sign_certificate(claim, STATION, issued_at=AT)


def read_certificate(data: bytes) -> object:
    return certificate.certificate(certificate.read_certificate(data), STATION.record)


def a_result() -> Result:
    """Of `a_content`, whose one item was bad: all got its points."""
    item = ItemResult("i1", 0, "100", "100", Reason("full_marks"))
    section = SectionResult("s1", "100", "100", (item,))
    return Result("f1", EXAM, "100", "100", "100", "100", "60", True, (section,))


def an_evidence() -> bytes:
    packed = a_package()
    decided = Amended("kiosk/amendment/1", "re-se", "1", 1001, (FullMarks("i1"),))
    amendments = encode(decided)
    details = {
        "item": "se-001",
        "how": "full",
        "answer": [],
        "amendments": hashlib.sha256(amendments).digest(),
        "scoring_version": 1001,
        "exams": [EXAM],
    }
    act = evidence.Act(
        "kiosk/act/1", "void-item", SESSION, "张三", "two right answers", AT, details
    )
    contents = (packed, encode(act))
    leaves = [merkle.leaf_hash(content) for content in contents]
    head = checkpoint.sign_checkpoint(
        checkpoint.Checkpoint("station.example/log", 2, merkle.root(leaves)), LOG
    )
    package, logged = (
        evidence.Logged(
            content,
            receipt.write_receipt(
                receipt.Receipt(leaves[at], at, merkle.inclusion_proof(leaves, at), head)
            ),
        )
        for at, content in enumerate(contents)
    )
    value = answer_package.package(answer_package.read_package(packed), TERMINAL.record)
    told = evidence.Evidence(
        package=package,
        key=answer_package.content_key(value, OPENING),
        result=encode(a_result()),
        bank="re-se",
        version="1",
        scoring_version=1001,
        acts=(logged,),
        amendments=amendments,
        issued_at=AT,
    )
    return evidence.write_evidence(told, STATION)


def read_evidence(data: bytes) -> object:
    told = evidence.evidence(evidence.read_evidence(data), STATION.record)
    value = answer_package.package(
        answer_package.read_package(told.package.content), TERMINAL.record
    )
    place = evidence.logged(told.package, LOG.record)
    acts = evidence.acts_of(told, LOG.record)
    return told, acts, place, answer_package.replay(answer_package.open_package(value, told.key))


def read_receipt(data: bytes) -> object:
    return receipt.read_receipt(data, LOG.record)


@dataclass(frozen=True)
class Sample:
    """An artefact: its name in the document, its bytes, how it is read.

    `authentic` is False for what proves nothing by itself (a challenge, a slip, a trust list before
    TUF has vouched for it): a change there may read as another value, never as this one.
    """

    name: str
    data: bytes
    read: Callable[[bytes], object]
    authentic: bool = True


A_STATUS = exchange.SeatStatus(
    stage="exam",
    phase=challenge.Phase.RUNNING,
    count=12,
    head=secret("head", 16),
    remaining_s=3600,
    candidate="0001",
    mirror_s=0,
    packages=(1,),
    version="0.1.0",
)


def a_request(request: exchange.Request | None = None) -> bytes:
    return exchange.write_request(
        request or exchange.Report(A_STATUS),
        SESSION,
        secret("epoch", exchange.EPOCH_BYTES),
        7,
        TERMINAL,
        PROCTOR.record,
    )


def read_request(data: bytes) -> exchange.Request:
    message = exchange.sent(exchange.read_request(data), TERMINAL.record)
    return exchange.open_request(message, TERMINAL.record, PROCTOR)


def a_reply(answer: exchange.Answer | None = None) -> bytes:
    answer = answer or exchange.Orders((tokens.answer_text(an_answer()),))
    epoch = secret("epoch", exchange.EPOCH_BYTES)
    return exchange.write_reply(b"a request", answer, SESSION, epoch, 7, PROCTOR, TERMINAL.record)


def read_reply(data: bytes) -> exchange.Answer:
    reply = exchange.returned(exchange.read_reply(data), b"a request", PROCTOR.record)
    return exchange.open_answer(reply, SESSION, TERMINAL, PROCTOR.record)


BANK, SCORING = a_bank()

SAMPLES = (
    Sample("key record", encode(TERMINAL.record), lambda d: decode(d, KeyRecord, "r"), False),
    Sample(
        "authority list",
        trust_list.write_trust_list(an_authority()),
        lambda data: trust_list.read_trust_list(data, "authority"),
        False,
    ),
    Sample(
        "trust list",
        trust_list.write_trust_list(a_trust_list()),
        lambda data: trust_list.read_trust_list(data, "delegated"),
        False,
    ),
    Sample(
        "enrolment",
        enrolment.write_enrolment(TERMINAL, AT, {"host": "pc-01"}),
        enrolment.read_enrolment,
    ),
    Sample("manifest", a_manifest(), manifest.read_manifest),
    Sample("bank", BANK, read_bank),
    Sample("scoring", SCORING, read_scoring),
    Sample("session", a_session(), read_session),
    Sample("release", a_release(), read_release),
    Sample(
        "challenge",
        encode(a_challenge()),
        lambda data: decode(data, challenge.Challenge, "challenge"),
        False,
    ),
    Sample("unlock token", an_answer(), read_answer),
    Sample("command token", an_answer(tokens.Command.EXTEND, 10), read_answer),
    Sample("room token", a_room_token(), read_room),
    Sample("journal entry", a_journal()[3], chain.read_entry, False),
    Sample("answer package", a_package(), read_package),
    Sample("bundle", a_bundle(), read_bundle),
    Sample("transfer", a_transfer(), read_transfer),
    Sample("proctor's log", a_log(), read_log),
    Sample("hand-in slip", slip.slip_for(b"a package").leaf, lambda leaf: leaf, False),
    Sample(
        "admission slip",
        encode(admission.Admission(SESSION, "0001")),
        lambda data: decode(data, admission.Admission, "admission"),
        False,
    ),
    Sample("receipt", a_receipt(), read_receipt),
    Sample("request", a_request(), read_request),
    Sample("reply", a_reply(), read_reply),
    Sample("score sheet", a_score_sheet(), read_score_sheet),
    Sample("certificate", a_certificate(), read_certificate),
    Sample("evidence", an_evidence(), read_evidence),
)


def sample(name: str) -> Sample:
    return next(one for one in SAMPLES if one.name == name)
