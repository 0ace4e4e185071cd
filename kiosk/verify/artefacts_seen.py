"""One function a kind of artefact: who signed it, that it holds, and what it says in the open.

Each takes the bytes and who may sign, returns what it found, or raises the `KioskError` that says why
it does not hold. Nothing is decrypted: a verifier has the public root and no private key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from kiosk.artefacts import (
    answer_package,
    bank,
    bundle,
    certificate,
    checkpoint,
    enrolment,
    evidence,
    fingerprint,
    jws,
    proctor_log,
    receipt,
    release,
    score_sheet,
    scoring_file,
    session,
    slip,
    tokens,
    transfer,
)
from kiosk.artefacts.codec import decode
from kiosk.artefacts.cose import Frame
from kiosk.artefacts.keys import KeyRecord
from kiosk.artefacts.kinds import SIGNERS, Kind, Role
from kiosk.artefacts.merkle import leaf_hash
from kiosk.artefacts.qr import Prefix
from kiosk.artefacts.trust_list import Trust
from kiosk.assessment.sitting import Sitting
from kiosk.errors import InputRefused, KioskError, NotPermitted
from kiosk.scoring.amendments import Amended, is_amended
from kiosk.scoring.result import Result


class Seen(Struct, frozen=True):
    """What holds: by whom, a sentence, and facts."""

    signer: str
    reason: str
    facts: dict[str, Any] = {}


Check = Callable[[bytes, Trust], Seen]


def named(record: KeyRecord) -> str:
    return f"{record.role} {record.name}"


def _signer(frame: Frame, kind: Kind, trust: Trust) -> KeyRecord:
    return trust.signer(frame.kid, *sorted(SIGNERS[kind]))


def _holds(record: KeyRecord) -> str:
    return f"the signature of {named(record)} holds"


def bank_seen(data: bytes, trust: Trust) -> Seen:
    file = bank.read_bank(data)
    author = _signer(file.manifest, Kind.BANK, trust)
    manifest = bank.read_manifest(file.manifest, author)
    if hashlib.sha256(file.ciphertext).digest() != manifest.image_sha256:
        raise InputRefused(
            f"the sealed items are not the ones that {named(author)} signed for: damaged or changed"
        )
    return Seen(named(author), _holds(author), _manifest_facts(manifest))


def scoring_seen(data: bytes, trust: Trust) -> Seen:
    frame = scoring_file.read_scoring(data)
    author = _signer(frame, Kind.SCORING, trust)
    envelope, manifest = scoring_file.read_envelope(frame, author)
    facts = _manifest_facts(manifest)
    facts["scoring_version"] = envelope.scoring_version
    facts["rules"] = len(envelope.rules)
    return Seen(named(author), _holds(author), facts)


def _manifest_facts(manifest: bank.BankManifest) -> dict[str, Any]:
    return {
        "bank": manifest.bank,
        "version": manifest.version,
        "standard": manifest.standard,
        "items": manifest.items,
        "sealed_at": manifest.sealed_at,
    }


def session_seen(data: bytes, trust: Trust) -> Seen:
    frame = session.read_session(data)
    station = _signer(frame, Kind.SESSION, trust)
    plan = session.session_file(frame, station).plan
    facts = {
        "session": plan.id,
        "room": plan.room,
        "opens_at": plan.window.opens_at,
        "closes_at": plan.window.closes_at,
        "exams": [exam.id for exam in plan.exams],
        "terminals": len(plan.terminals),
        "proctors": [proctor.name for proctor in plan.proctors],
        "releasing_proctors": plan.policy.releasing_proctors,
    }
    return Seen(named(station), _holds(station), facts)


def release_seen(data: bytes, trust: Trust) -> Seen:
    frame = release.read_release(data)
    station = _signer(frame, Kind.RELEASE, trust)
    file = release.release_file(frame, station)
    facts = {"session": file.session, "proctors": [record.name for record in file.proctors]}
    return Seen(named(station), _holds(station), facts)


def package_seen(data: bytes, trust: Trust) -> Seen:
    frame = answer_package.read_package(data)
    terminal = _signer(frame, Kind.PACKAGE, trust)
    value = answer_package.package(frame, terminal)
    facts = {
        "session": value.session,
        "number": value.number,
        "entries": value.count,
        "head": value.head.hex(),
        "leaf": leaf_hash(data).hex(),
        "slip": slip.slip_for(data).digits,
    }
    return Seen(named(terminal), _holds(terminal), facts)


def bundle_seen(data: bytes, trust: Trust) -> Seen:
    read = bundle.read_bundle(data)
    terminal = _signer(read.index, Kind.BUNDLE, trust)
    index = bundle.bundle_index(read.index, terminal)
    enclosed = bundle.enclosed(read, index)
    for number, packed in enclosed.items():
        if packed is None:
            raise InputRefused(
                f"package {number} in it is not the one that {named(terminal)} listed: "
                "damaged or changed"
            )
        try:
            package_seen(packed, trust)
        except KioskError as fault:
            raise type(fault)(f"package {number} in it: {fault.summary}") from fault
    numbers = {line.number for line in index.lines}
    facts = {
        "packages": sorted(enclosed),
        "missing_numbers": sorted(set(range(1, max(numbers, default=0) + 1)) - numbers),
        "written_at": index.written_at,
    }
    return Seen(named(terminal), f"{_holds(terminal)}, and so do its {len(enclosed)}", facts)


def transfer_seen(data: bytes, trust: Trust) -> Seen:
    """The rows are sealed under the session key: that they are those its terminal signed for shows
    here, what they say at a terminal of the session."""
    read = transfer.read_transfer(data)
    terminal = _signer(read.frame, Kind.TRANSFER, trust)
    statement = transfer.statement_of(read, terminal)
    facts = {
        "session": statement.session,
        "entries": statement.count,
        "head": statement.head.hex(),
        "last_seen": statement.wall_s,
    }
    return Seen(named(terminal), _holds(terminal), facts)


def proctor_log_seen(data: bytes, trust: Trust) -> Seen:
    frame = proctor_log.read_log(data)
    proctor = _signer(frame, Kind.PROCTOR_LOG, trust)
    log = proctor_log.proctor_log(frame, proctor)
    facts = {
        "session": log.session,
        "acts": len(log.acts),
        "remarks": len(log.remarks),
        "written_at": log.written_at,
    }
    return Seen(named(proctor), _holds(proctor), facts)


def score_sheet_seen(data: bytes, trust: Trust) -> Seen:
    frame = score_sheet.read_score_sheet(data)
    assessor = _signer(frame, Kind.SCORE_SHEET, trust)
    sheet = score_sheet.score_sheet(frame, assessor)
    facts = {
        "file": sheet.name,
        "format": sheet.format,
        "sha256": hashlib.sha256(sheet.content).hexdigest(),
        "signed_at": sheet.signed_at,
        "leaf": leaf_hash(data).hex(),
    }
    return Seen(named(assessor), _holds(assessor), facts)


def receipt_seen(data: bytes, trust: Trust) -> Seen:
    log = trust.only(Role.LOG)
    value, head = receipt.read_receipt(data, log)
    facts = {
        "leaf": value.leaf.hex(),
        "index": value.index,
        "log": head.origin,
        "tree_size": head.size,
        "root": head.root.hex(),
        "slip": slip.HandInSlip(value.leaf).digits,
    }
    reason = (
        f"{_holds(log)}, and the package is number {value.index + 1} of the {head.size} in the log"
    )
    return Seen(named(log), reason, facts)


def evidence_seen(data: bytes, trust: Trust) -> Seen:
    """A candidate's result with all it rests on: the terminal's own package, replayed, and the acts by which
    it was scored again, each in the log. What the key made of an answer is the station's word."""
    log = trust.only(Role.LOG)
    frame = evidence.read_evidence(data)
    station = _signer(frame, Kind.EVIDENCE, trust)
    told = evidence.evidence(frame, station)
    sealed = answer_package.read_package(told.package.content)
    terminal = _signer(sealed, Kind.PACKAGE, trust)
    value = answer_package.package(sealed, terminal)
    sitting = answer_package.replay(answer_package.open_package(value, told.key))
    place = evidence.logged(told.package, log)
    acts = evidence.acts_of(told, log)
    result = decode(told.result, Result, "result")
    if [one.item for one in result.items] != [one.item for one in sitting.paper.items]:
        raise InputRefused("the result is of another paper than the one in the package")
    _require_decided(told, acts, result, sitting)
    facts = {
        "session": value.session,
        "exam": sitting.identity.exam,
        "candidate": sitting.identity.candidate,
        "leaf": leaf_hash(told.package.content).hex(),
        "bank": told.bank,
        "version": told.version,
        "scoring_version": told.scoring_version,
        "score": result.score,
        "max_score": result.max_score,
        "passed": result.passed,
        "issued_at": told.issued_at,
        "acts": [
            {"act": act.act, "by": act.by, "reason": act.reason, "at": act.at}
            | {key: act.details[key] for key in ("item", "how") if key in act.details}
            for act in acts
        ],
        "items": [
            {
                "position": one.position,
                "answer": sitting.responses.get(one.item, {}),
                "points": one.points,
                "max_points": one.max_points,
                "reason": one.reason.code,
            }
            for one in result.items
        ],
    }
    reason = (
        f"{_holds(station)}, and so does that of {named(terminal)} on the package in it, "
        f"number {place + 1} in the log; later acts on its scoring, each in the log: {len(acts)}"
    )
    return Seen(named(station), reason, facts)


def _require_decided(
    told: evidence.Evidence, acts: tuple[evidence.Act, ...], result: Result, sitting: Sitting
) -> None:
    """Raises InputRefused where the result is not by what the last of the acts decided."""
    last = acts[-1].details if acts else {}
    sha256 = hashlib.sha256(told.amendments).digest() if told.amendments else None
    if any(act.session != sitting.identity.session for act in acts) or (
        acts
        and (last.get("scoring_version"), last.get("amendments")) != (told.scoring_version, sha256)
    ):
        raise InputRefused("the result is not by the scoring that the last act in the log names")
    if not told.amendments:
        return
    decided = decode(told.amendments, Amended, "amendments")
    version = (decided.bank, decided.version, decided.scoring_version)
    if not acts or version != (told.bank, told.version, told.scoring_version):
        raise InputRefused("the amendments in the evidence are of another scoring")
    if not is_amended(result, decided.items, sitting.responses):
        raise InputRefused("the result is not what was decided about a bad item")


def enrolment_seen(data: bytes, trust: Trust) -> Seen:
    """Signed by the key it asks for; whether that key is listed is told, and is no fault."""
    request = enrolment.read_enrolment(data)
    record = request.record
    try:
        trust.signer(record.kid, record.role)
        listed = "it is listed by the station"
    except NotPermitted as fault:
        listed = f"the station has not listed it ({fault.summary})"
    facts = {
        "fingerprint": " ".join(fingerprint.record_words(record, "en")),
        "fingerprint_zh": " ".join(fingerprint.record_words(record, "zh-CN")),
        "made_at": request.made_at,
    }
    if record.role is Role.TERMINAL:
        facts["restart"] = enrolment.NOT_SHOWN if request.restart_missing else enrolment.OUTLASTED
    return Seen(named(record), f"signed with the key it asks for; {listed}", facts)


def token_seen(text: str, trust: Trust) -> Seen:
    """A proctor's code as text: an answer to a challenge, or a room token with its parts."""
    prefix, parts = tokens.read_code(text)
    if prefix is Prefix.ROOM:
        return _room_seen(parts, trust)
    frame = tokens.read_token(parts[0])
    proctor = _signer(frame, Kind.COMMAND, trust)
    answer = tokens.verified_answer(frame, parts[0], proctor)
    facts = {
        "command": answer.claim.command.name.lower(),
        "session": answer.claim.session,
        "minutes": answer.claim.minutes,
        "terminal": _terminal(answer.claim.terminal, trust),
        "issued_at": answer.issued_at,
    }
    return Seen(named(proctor), _holds(proctor), facts)


def _room_seen(parts: tuple[bytes, ...], trust: Trust) -> Seen:
    rooms = []
    for part in parts:
        frame = tokens.read_token(part)
        rooms.append(tokens.verified_room(frame, part, _signer(frame, Kind.ROOM, trust)))
    claims = {(room.claim.session, room.claim.number, room.claim.purpose) for room in rooms}
    if len(claims) != 1 or len({room.proctor.kid for room in rooms}) != len(rooms):
        raise InputRefused("the parts of the room code are not of one token by different proctors")
    claim = rooms[0].claim
    signer = ", ".join(named(room.proctor) for room in rooms)
    facts = {"session": claim.session, "number": claim.number, "purpose": claim.purpose}
    return Seen(signer, "; ".join(_holds(room.proctor) for room in rooms), facts)


def slip_seen(text: str, trust: Trust) -> Seen:
    """A hand-in slip proves something only beside a package or a receipt of the same leaf."""
    read = slip.read_slip(text)
    facts = {"leaf": read.leaf.hex(), "digits": read.digits, "words": " ".join(read.words("en"))}
    return Seen("", "a hand-in slip is whole; compare its leaf with a receipt's", facts)


def checkpoint_seen(data: bytes, trust: Trust) -> Seen:
    log = trust.only(Role.LOG)
    try:
        note = data.decode()
    except UnicodeDecodeError as fault:
        raise InputRefused("not a log checkpoint") from fault
    head = checkpoint.read_checkpoint(note, log)
    facts = {"log": head.origin, "tree_size": head.size, "root": head.root.hex()}
    return Seen(named(log), _holds(log), facts)


def certificate_seen(text: str, trust: Trust) -> Seen:
    """A certificate's code as text."""
    frame = certificate.read_certificate(certificate.token_of(text))
    station = _signer(frame, Kind.CERTIFICATE, trust)
    claim = certificate.certificate(frame, station).claim
    if claim.until and claim.until < f"{datetime.now(UTC):%Y-%m-%d}":
        raise InputRefused(f"certificate {claim.number} ended on {claim.until}")
    facts = {
        "number": claim.number,
        "name": claim.name,
        "discipline": claim.discipline,
        "level": claim.level,
        "issued": claim.issued,
        "until": claim.until,
    }
    return Seen(named(station), _holds(station), facts)


def credential_seen(data: bytes, trust: Trust) -> Seen:
    """An Open Badges 3.0 credential as a JWT; the issuer must be the key that signed it."""
    station = trust.only(Role.STATION)
    said = jws.read_jws(data, station)
    subject, issuer = said.get("credentialSubject"), said.get("issuer")
    if (
        not isinstance(subject, dict)
        or not isinstance(issuer, dict)
        or {said.get("iss"), issuer.get("id")} != {jws.did_key(station)}
    ):
        raise InputRefused("the credential names another issuer than the key that signed it")
    until = str(said.get("validUntil", ""))
    if until and until <= f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}":
        raise InputRefused(f"the credential ended at {until}")
    found = subject.get("identifier")
    told = {
        one.get("identityType"): one.get("identityHash")
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict)
    }
    facts = {
        "number": told.get("identifier", ""),
        "name": told.get("name", ""),
        "achievement": said.get("name", ""),
        "valid_from": said.get("validFrom", ""),
        "valid_until": until,
    }
    return Seen(named(station), _holds(station), facts)


def _terminal(kid: bytes, trust: Trust) -> str:
    return next((record.name for record in trust.records(Role.TERMINAL) if record.kid == kid), "")


CHECKS: dict[str, Check] = {
    ".bank": bank_seen,
    ".scoring": scoring_seen,
    ".session": session_seen,
    ".release": release_seen,
    ".package": package_seen,
    ".bundle": bundle_seen,
    ".transfer": transfer_seen,
    ".proctorlog": proctor_log_seen,
    ".receipt": receipt_seen,
    ".scoresheet": score_sheet_seen,
    ".evidence": evidence_seen,
    ".jwt": credential_seen,
    ".enrol": enrolment_seen,
    ".checkpoint": checkpoint_seen,
}
"""By suffix."""
