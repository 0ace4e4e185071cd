"""Issuing and revoking: what was decided becomes a numbered certificate, once, with all it rests on.

The act's content is the whole certificate, so that its paper, its code and its credential are made from it
again, years later, whatever the ladder says then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from msgspec import Struct, convert, to_builtins

from kiosk.artefacts.certificate import CertificateClaim, Revoked, sign_certificate
from kiosk.artefacts.codec import decode
from kiosk.artefacts.kinds import Role
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import written
from kiosk.scoring.standard import Level
from kiosk.station.acts import Why
from kiosk.station.banks import title_of
from kiosk.station.certificates.acts import Content, act
from kiosk.station.certificates.deciding import Verdict
from kiosk.station.certificates.evidence import Case, cases
from kiosk.station.certificates.ladder import Ladder, Part, read_ladder
from kiosk.station.certificates.numbering import certificate_number
from kiosk.station.certificates.people import examined_in
from kiosk.station.home import Station
from kiosk.station.registry import Connection, plans
from kiosk.station.registry import certificates as registered
from kiosk.words import mark

_NUMBER: Final = re.compile(r"[\w.()（）〔〕-]{1,60}")


class PartMark(Struct, frozen=True):
    """The marks that count in one part, exact text, and where they came from."""

    part: Part
    marks: str
    day: str
    source: str


class Issued(Struct, frozen=True):
    """A certificate as it was issued. Days are ISO dates, `until` empty where it never ends; `earned` is the
    day of the last part; `token` is what its QR code carries."""

    number: str
    candidate: str
    name: str
    discipline: str
    title: dict[str, str]
    level: Level
    earned: str
    issued: str
    until: str
    issuer: dict[str, str]
    parts: tuple[PartMark, ...]
    token: bytes
    at: int = 0
    revoked: str | None = None
    revoked_on: str = ""


def session_cases(station: Station, session: str, now: datetime) -> tuple[Case, ...]:
    """The cases of a session's people, for what they were examined in there.

    Raises:
        InputRefused: there is no such session, or the ladder cannot be used.
    """
    ladder = read_ladder(station.folder)
    with station.registry.reading() as connection:
        people = examined_in(connection, session)
        wanted = {(number, discipline, level) for number, _, discipline, level in people}
        found = cases(connection, ladder, [one[0] for one in people], now)
    return tuple(one for one in found if (one.candidate, one.discipline, one.level) in wanted)


def candidate_cases(station: Station, candidates: Sequence[str], now: datetime) -> tuple[Case, ...]:
    """Every case of some people.

    Raises:
        InputRefused: nothing is known of them, or the ladder cannot be used.
    """
    ladder = read_ladder(station.folder)
    with station.registry.reading() as connection:
        found = cases(connection, ladder, candidates, now)
    unknown = sorted(set(candidates) - {one.candidate for one in found})
    if unknown:
        raise InputRefused(
            mark("nothing is known of candidate {candidate}"),
            remedy=mark("Give the number as the roster or the score sheet has it"),
            candidate=unknown,
        )
    return found


def issue(station: Station, wanted: Iterable[Case], why: Why, now: datetime) -> tuple[Issued, ...]:
    """Issues what is granted and was not issued yet; each is decided again in the transaction that writes it.

    Raises:
        InputRefused: no name or reason, or the ladder's template gives a number that cannot be used.
    """
    ladder = read_ladder(station.folder)
    keys = {(one.candidate, one.discipline, one.level) for one in wanted}
    on = ladder.day(now)
    made = []
    titles: dict[str, dict[str, str]] = {}
    with station.registry.writing() as connection:
        for case in cases(connection, ladder, [key[0] for key in keys], now):
            key = (case.candidate, case.discipline, case.level)
            if key in keys and case.decision.verdict is Verdict.GRANTED and not case.certificate:
                if case.discipline not in titles:
                    titles[case.discipline] = titles_of(station, connection, case.discipline)
                title = titles[case.discipline]
                made.append(_issue(station, connection, ladder, case, title, why, now, on))
    return tuple(made)


def revoke(station: Station, number: str, why: Why, now: datetime) -> Issued:
    """Revokes a certificate: a record of its own, in the lists that are published from then on.

    Raises:
        InputRefused: no such certificate, revoked before, no name or reason, or a ladder (it says where
            the day begins) that cannot be used.
    """
    on = read_ladder(station.folder).day(now).isoformat()
    with station.registry.writing() as connection:
        found = require_issued(connection, number)
        if found.revoked is not None:
            raise InputRefused(
                mark("certificate {number} was revoked before: {reason}"),
                remedy=mark("Nothing more is needed"),
                number=number,
                reason=found.revoked,
            )
        done = act(connection, "revoke", number, why, now, {"number": number, "on": on})
        registered.revoke(connection, done, number)
        return require_issued(connection, number)


def note_evidence(station: Station, row: registered.EvidenceRow, why: Why, now: datetime) -> None:
    """Notes what a person brought to be admitted; the reason names the paper that was seen.

    Raises:
        InputRefused: no number, a day that has not come, or no name or reason.
    """
    ladder = read_ladder(station.folder)
    since = date.fromisoformat(row.since)
    if not row.candidate.strip() or since > ladder.day(now):
        raise InputRefused(
            mark("evidence is of somebody, and of a day until today"),
            remedy=mark("Give the candidate number and the day"),
        )
    with station.registry.writing() as connection:
        done = act(connection, "evidence", row.candidate, why, now, to_builtins(row))
        registered.add_evidence(connection, done, row)


def every_issued(connection: Connection) -> tuple[Issued, ...]:
    """Every certificate in the order of issue, revoked ones too."""
    return tuple(_opened(row) for row in registered.issued(connection))


def newest_issued(connection: Connection, sought: str, most: int) -> tuple[tuple[Issued, ...], int]:
    """The newest certificates with `sought` in their number or that or the name of whom they are for, and how
    many more there are."""
    words = sought.strip().casefold()
    rows = [
        row
        for row in reversed(registered.issued(connection))
        if any(words in said.casefold() for said in (row.number, row.candidate, row.name))
    ]
    return tuple(map(_opened, rows[:most])), max(0, len(rows) - most)


def issued_to(connection: Connection, candidate: str) -> tuple[Issued, ...]:
    """A person's certificates, revoked ones too."""
    return tuple(_opened(row) for row in registered.issued(connection, candidates=[candidate]))


def require_issued(connection: Connection, number: str) -> Issued:
    """One certificate.

    Raises:
        InputRefused: there is none of that number.
    """
    found = registered.issued(connection, number=number)
    if not found:
        raise InputRefused(
            mark("there is no certificate {number}"),
            remedy=mark("List them: kiosk station certificate list"),
            number=number,
        )
    return _opened(found[0])


def revoked_list(connection: Connection, now: datetime) -> Revoked:
    """The numbers revoked until now, as they are published."""
    undone = (row for row in registered.issued(connection) if row.revoked is not None)
    numbers = {row.number: _opened(row).revoked_on for row in undone}
    return Revoked(int(now.timestamp()), numbers)


def titles_of(station: Station, connection: Connection, discipline: str) -> dict[str, str]:
    """What a discipline is called, by its newest bank; its id where the station has none."""
    banks = [one for one in plans.every_bank(connection) if one.discipline == discipline]
    if not banks:
        return {"zh-CN": discipline, "en": discipline}
    title = title_of(station, connection, max(banks, key=lambda one: one.sealed_at))
    return {lang: title.get(lang, discipline) for lang in ("zh-CN", "en")}


def _issue(
    station: Station,
    connection: Connection,
    ladder: Ladder,
    case: Case,
    title: dict[str, str],
    why: Why,
    now: datetime,
    on: date,
) -> Issued:
    serial = registered.next_serial(connection, on.year)
    number = certificate_number(ladder.number, on, case.level, case.discipline, serial)
    if not _NUMBER.fullmatch(number) or registered.issued(connection, number=number):
        raise InputRefused(
            mark("the template gives {number}, which cannot be a new certificate's number"),
            remedy=mark("Correct `number` in the ladder"),
            number=number,
        )
    assert case.decision.on is not None
    until = "" if case.decision.until is None else case.decision.until.isoformat()
    claim = CertificateClaim(number, case.name, title, case.level, on.isoformat(), until)
    at = int(now.timestamp())
    made = Issued(
        number,
        case.candidate,
        case.name,
        case.discipline,
        title,
        case.level,
        case.decision.on.isoformat(),
        on.isoformat(),
        until,
        dict(ladder.issuer),
        tuple(
            PartMark(one.part, written(one.marks), one.on.isoformat(), one.source)
            for one in case.decision.counted
        ),
        sign_certificate(claim, station.keys(Role.STATION), issued_at=at),
        at,
    )
    details = to_builtins(made, builtin_types=(bytes,))
    done = act(connection, "issue", number, why, now, details)
    registered.add_certificate(
        connection,
        done,
        registered.CertificateRow(
            number,
            on.year,
            serial,
            case.candidate,
            case.name,
            case.discipline,
            case.level,
            on.isoformat(),
        ),
    )
    return made


def _opened(row: registered.CertificateRow) -> Issued:
    content = decode(row.content, Content, "certificate")
    details = dict(content.details)
    if row.revocation is not None:
        undone = decode(row.revocation, Content, "certificate")
        details |= {"revoked": undone.reason, "revoked_on": undone.details["on"]}
    return convert(details, Issued, builtin_types=(bytes,))
