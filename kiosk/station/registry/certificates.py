"""Score sheets, evidence, certificates and revocations, each with its act or leaf. Rows are added, never
changed; a sheet that was withdrawn and a certificate that was revoked are told by the row that did it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import func, insert, select

from kiosk.station.registry import Connection, log
from kiosk.station.registry.tables import (
    certificate_acts,
    certificates,
    confirmations,
    evidence,
    part_marks,
    parties,
    revocations,
    roster,
    score_sheets,
    sheet_withdrawals,
)


class ActRow(Struct, frozen=True):
    """Who did what about certificates, when and why; `content` is the whole of it, CBOR, and `leaf` its
    hash in the log."""

    kind: str
    subject: str
    made_by: str
    reason: str
    content: bytes
    leaf: bytes
    made_at: int


class SheetRow(Struct, frozen=True):
    """A signed sheet as it came."""

    sha256: bytes
    signer: bytes
    name: str
    content: bytes
    leaf: bytes
    received_at: int


class SheetLine(Struct, frozen=True):
    """A sheet in a list; `withdrawn` is None, or the reason."""

    sha256: bytes
    name: str
    signer: str
    received_at: int
    marks: int
    withdrawn: str | None


class MarkRow(Struct, frozen=True):
    """The marks of one person in one part, of 100, exact text; `day` is an ISO date."""

    sheet: bytes
    row: int
    candidate: str
    name: str
    discipline: str
    level: str
    part: str
    marks: str
    day: str


class EvidenceRow(Struct, frozen=True):
    """What a person brought to be admitted; `discipline` is empty where it is for every trade."""

    candidate: str
    discipline: str
    kind: str
    level: str
    since: str


class CertificateRow(Struct, frozen=True):
    """A certificate; `content` is that of its act; `revoked` is None or the reason, and
    `revocation` then the content of that act."""

    number: str
    year: int
    serial: int
    candidate: str
    name: str
    discipline: str
    level: str
    issued_on: str
    content: bytes = b""
    revoked: str | None = None
    revocation: bytes | None = None


def add_act(connection: Connection, row: ActRow) -> int:
    """Writes an act with its leaf in the log; returns its number."""
    log.append(connection, row.leaf, None, row.made_at)
    made = connection.execute(insert(certificate_acts).values(asdict(row)))
    assert made.inserted_primary_key is not None
    number: int = made.inserted_primary_key[0]
    return number


def acts(connection: Connection, subject: str = "") -> tuple[ActRow, ...]:
    """Every act, oldest first; those done to one subject where it is named."""
    columns = [column for column in certificate_acts.c if column.name != "id"]
    query = select(*columns).order_by(certificate_acts.c.id)
    if subject:
        query = query.where(certificate_acts.c.subject == subject)
    return tuple(ActRow(**row._mapping) for row in connection.execute(query))


def add_sheet(connection: Connection, row: SheetRow, marks: Iterable[MarkRow]) -> None:
    """Writes a sheet with its leaf and its marks."""
    log.append(connection, row.leaf, None, row.received_at)
    connection.execute(insert(score_sheets), asdict(row))
    connection.execute(insert(part_marks), [asdict(one) for one in marks])


def has_sheet(connection: Connection, sha256: bytes) -> bool:
    query = select(score_sheets.c.sha256).where(score_sheets.c.sha256 == sha256)
    return connection.execute(query).first() is not None


def sheets(connection: Connection) -> tuple[SheetLine, ...]:
    """Every sheet, in the order they came."""
    counted = (
        select(part_marks.c.sheet, func.count().label("marks"))
        .group_by(part_marks.c.sheet)
        .subquery()
    )
    rows = connection.execute(
        select(
            score_sheets.c.sha256,
            score_sheets.c.name,
            parties.c.name.label("signer"),
            score_sheets.c.received_at,
            counted.c.marks,
            certificate_acts.c.reason.label("withdrawn"),
        )
        .join(parties, parties.c.kid == score_sheets.c.signer)
        .join(counted, counted.c.sheet == score_sheets.c.sha256)
        .outerjoin(sheet_withdrawals, sheet_withdrawals.c.sheet == score_sheets.c.sha256)
        .outerjoin(certificate_acts, certificate_acts.c.id == sheet_withdrawals.c.act)
        .order_by(score_sheets.c.received_at, score_sheets.c.sha256)
    )
    return tuple(SheetLine(**row._mapping) for row in rows)


def sheet_content(connection: Connection, sha256: bytes) -> bytes | None:
    """A sheet's artefact as it came."""
    query = select(score_sheets.c.content).where(score_sheets.c.sha256 == sha256)
    found: bytes | None = connection.execute(query).scalar_one_or_none()
    return found


def withdraw_sheet(connection: Connection, act: int, sha256: bytes) -> None:
    connection.execute(insert(sheet_withdrawals).values(act=act, sheet=sha256))


def marks_of(connection: Connection, candidates: Iterable[str] = ()) -> tuple[MarkRow, ...]:
    """The marks on sheets that count, of these people or of everybody."""
    query = (
        select(part_marks)
        .outerjoin(sheet_withdrawals, sheet_withdrawals.c.sheet == part_marks.c.sheet)
        .where(sheet_withdrawals.c.sheet.is_(None))
        .order_by(part_marks.c.candidate, part_marks.c.day, part_marks.c.sheet, part_marks.c.row)
    )
    if wanted := list(candidates):
        query = query.where(part_marks.c.candidate.in_(wanted))
    return tuple(MarkRow(**row._mapping) for row in connection.execute(query))


def add_evidence(connection: Connection, act: int, row: EvidenceRow) -> None:
    connection.execute(insert(evidence).values(act=act, **asdict(row)))


def evidence_of(connection: Connection, candidates: Iterable[str] = ()) -> tuple[EvidenceRow, ...]:
    """What these people brought, or everybody, in the order it was noted."""
    columns = [column for column in evidence.c if column.name != "act"]
    query = select(*columns).order_by(evidence.c.act)
    if wanted := list(candidates):
        query = query.where(evidence.c.candidate.in_(wanted))
    return tuple(EvidenceRow(**row._mapping) for row in connection.execute(query))


def sessions_of(connection: Connection, candidates: Iterable[str]) -> tuple[str, ...]:
    """The sessions whose roster has one of these people, or where somebody was found to be one of them."""
    wanted = list(candidates)
    listed = select(roster.c.session).where(roster.c.candidate.in_(wanted))
    found = select(confirmations.c.session).where(confirmations.c.belongs_to.in_(wanted))
    return tuple(sorted(set(connection.execute(listed.union(found)).scalars())))


def next_serial(connection: Connection, year: int) -> int:
    query = select(func.coalesce(func.max(certificates.c.serial), 0) + 1)
    serial: int = connection.execute(query.where(certificates.c.year == year)).scalar_one()
    return serial


def add_certificate(connection: Connection, act: int, row: CertificateRow) -> None:
    told = {name: value for name, value in asdict(row).items() if name in certificates.c}
    connection.execute(insert(certificates).values(act=act, **told))


def revoke(connection: Connection, act: int, number: str) -> None:
    connection.execute(insert(revocations).values(act=act, number=number))


def issued(
    connection: Connection, *, number: str = "", candidates: Iterable[str] = ()
) -> tuple[CertificateRow, ...]:
    """Certificates by number: all, one, or those of some people; revoked ones too."""
    made, undone = certificate_acts.alias("made"), certificate_acts.alias("undone")
    columns = [column for column in certificates.c if column.name != "act"]
    query = (
        select(
            *columns,
            made.c.content,
            undone.c.reason.label("revoked"),
            undone.c.content.label("revocation"),
        )
        .join(made, made.c.id == certificates.c.act)
        .outerjoin(revocations, revocations.c.number == certificates.c.number)
        .outerjoin(undone, undone.c.id == revocations.c.act)
        .order_by(certificates.c.year, certificates.c.serial)
    )
    if number:
        query = query.where(certificates.c.number == number)
    if wanted := list(candidates):
        query = query.where(certificates.c.candidate.in_(wanted))
    return tuple(CertificateRow(**row._mapping) for row in connection.execute(query))
