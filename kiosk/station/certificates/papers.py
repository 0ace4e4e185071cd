"""The papers: a certificate with its code, a transcript; set from templates that an admin may change.

A station's own templates lie in `certificates/` of its folder: `certificate.typ`, `transcript.typ`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import msgspec

from kiosk.artefacts.certificate import certificate_text
from kiosk.artefacts.qr import QUIET_MODULES, matrix
from kiosk.documents.content import Block, Document, Heading, Signatures, Table, Text
from kiosk.documents.content import Facts as Pairs
from kiosk.documents.pdf import NAME as DOCUMENT
from kiosk.documents.pdf import TEMPLATES, to_pdf, typeset
from kiosk.scoring.numbers import shown, written
from kiosk.station.certificates.deciding import VERDICT_WORDS, Attempt, Facts, decide, said
from kiosk.station.certificates.evidence import Case
from kiosk.station.certificates.issuing import (
    Issued,
    PartMark,
    candidate_cases,
    issued_to,
    titles_of,
)
from kiosk.station.certificates.ladder import FILE, FOLDER, OURS, PART_WORDS, read_ladder
from kiosk.station.certificates.numbering import certificate_number
from kiosk.station.certificates.reporting import FILE as REPORT
from kiosk.station.certificates.reporting import OURS as OUR_REPORT
from kiosk.station.certificates.reporting import read_reporting
from kiosk.station.home import Station
from kiosk.station.roster import LEVEL_WORDS
from kiosk.trust.durable import storage, write_durable
from kiosk.words import LANGUAGES, mark, text

CERTIFICATE: Final = "certificate.typ"
TRANSCRIPT: Final = "transcript.typ"

_HEADING = mark("Certificate of vocational skill level")
_STATEMENT = mark("has passed the examination and meets the requirements of the level named below.")
_SCAN = mark("Scan to verify, without a network")


def certificate_pdf(station: Station, one: Issued) -> bytes:
    """The certificate; the same bytes for the same certificate and template.

    Raises:
        InputRefused: the station's own template cannot be used, with the line.
        KioskError: the font for Chinese is not installed.
    """
    (pdf,) = typeset(CERTIFICATE, certificate_values(one), station.folder / FOLDER, one.at)
    return pdf


def certificate_png(station: Station, one: Issued, *, ppi: int = 100) -> bytes:
    """A picture of it."""
    folder = station.folder / FOLDER
    return typeset(CERTIFICATE, certificate_values(one), folder, one.at, "png", ppi=ppi)[0]


def certificate_values(one: Issued) -> dict[str, Any]:
    """What a template gets: words in both languages."""
    level = {lang: text(LEVEL_WORDS[one.level], lang) for lang in LANGUAGES}
    until = {lang: one.until or text(mark("without end"), lang) for lang in LANGUAGES}
    same = {"zh-CN": one.number, "en": one.number}
    fields = (
        (mark("Certificate number"), same),
        (mark("Discipline"), one.title),
        (mark("Level"), level),
        (mark("Valid until"), until),
    )
    revoked = _pair(mark("revoked"))
    return {
        "heading": _pair(_HEADING),
        "statement": _pair(_STATEMENT),
        "scan": _pair(_SCAN),
        "number": one.number,
        "name": one.name,
        "title": _by_short(one.title),
        "level": _by_short(level),
        "issued": one.issued,
        "until": one.until,
        "issuer": _by_short({"zh-CN": "", "en": "", **one.issuer}),
        "fields": [{"label": _pair(label), "value": _by_short(value)} for label, value in fields],
        "parts": [
            {
                lang: f"{words} {shown(part.marks)}"
                for lang, words in _pair(PART_WORDS[part.part]).items()
            }
            for part in one.parts
        ],
        "qr": qr_svg(certificate_text(one.token)),
        "revoked": ""
        if one.revoked is None
        else f"{revoked['zh']} {one.revoked_on} {revoked['en']}",
    }


def transcript(
    cases: Sequence[Case],
    issued: Sequence[Issued],
    titles: Mapping[str, Mapping[str, str]],
    lang: str,
    now: datetime,
    today: date,
) -> Document:
    """One person's record: every attempt, what is decided, certificates; `titles` of the disciplines."""
    first = cases[0]
    blocks: list[Block] = [
        Pairs(
            (
                (text(mark("Name"), lang), first.name),
                (text(mark("Candidate number"), lang), first.candidate),
            )
        )
    ]
    for case in cases:
        level = text(LEVEL_WORDS[case.level], lang)
        blocks.append(Heading(f"{titles[case.discipline][lang]} · {level}"))
        blocks.append(
            Table(
                (
                    text(mark("Part"), lang),
                    text(mark("Marks (of 100)"), lang),
                    text(mark("Day"), lang),
                    text(mark("Source"), lang),
                    text(mark("State"), lang),
                ),
                (3, 2, 2, 4, 2),
                tuple(_attempt(one, lang) for one in case.facts.attempts),
            )
        )
        verdict = text(VERDICT_WORDS[case.decision.verdict], lang)
        blocks += [Text(f"{verdict}：" if lang == "zh-CN" else f"{verdict}:")]
        blocks += [Text(f"· {said(reason, lang)}") for reason in case.decision.reasons]
    if issued:
        blocks.append(Heading(text(mark("Certificates"), lang)))
        blocks.append(
            Table(
                (
                    text(mark("Certificate number"), lang),
                    text(mark("Level"), lang),
                    text(mark("Day"), lang),
                    text(mark("State"), lang),
                ),
                (4, 3, 2, 4),
                tuple(
                    (
                        one.number,
                        text(LEVEL_WORDS[one.level], lang),
                        one.issued,
                        text(mark("revoked"), lang) + f": {one.revoked}"
                        if one.revoked is not None
                        else text(mark("holds"), lang),
                    )
                    for one in issued
                ),
            )
        )
    blocks.append(Signatures((text(mark("For the station"), lang),), text(mark("Date"), lang)))
    return Document(
        lang,
        text(mark("Transcript of examinations"), lang),
        "",
        tuple(blocks),
        text(mark("As of {day}"), lang, day=today.isoformat()),
        int(now.timestamp()),
    )


def transcript_pdf(station: Station, candidate: str, lang: str, now: datetime) -> bytes:
    """A person's transcript, by the station's `transcript.typ` or our template of documents.

    Raises:
        InputRefused: nothing is known of the person, or the ladder or the station's own template cannot be
            used, with the line.
    """
    found = candidate_cases(station, [candidate], now)
    with station.registry.reading() as connection:
        issued = issued_to(connection, candidate)
        trades = {one.discipline for one in found}
        titles = {trade: titles_of(station, connection, trade) for trade in trades}
    today = read_ladder(station.folder).day(now)
    return _transcript_pdf(station, transcript(found, issued, titles, lang, now, today))


def _transcript_pdf(station: Station, document: Document) -> bytes:
    folder = station.folder / FOLDER
    own = folder / TRANSCRIPT
    with storage(own):
        there = own.is_file()
    if not there:
        return to_pdf(document)
    return typeset(TRANSCRIPT, msgspec.to_builtins(document), folder, document.made_at)[0]


def check_templates(station: Station, now: datetime) -> None:
    """Makes each paper of a made-up person, so that what cannot be used is found before a day that needs it.

    Raises:
        InputRefused: the ladder, a template or the report's columns cannot be used, with the line.
    """
    ladder, _ = read_ladder(station.folder), read_reporting(station.folder)
    day = f"{now:%Y-%m-%d}"
    nobody = Issued(
        certificate_number(ladder.number, now.date(), "L4", "x", 1),
        "20260001",
        "欧阳喆堃",
        "x",
        {"zh-CN": "职业", "en": "Discipline"},
        "L4",
        day,
        day,
        "",
        dict(ladder.issuer),
        (PartMark("theory", "86.5", day, "x"), PartMark("practice", "60", day, "x")),
        bytes(range(200)),
        int(now.timestamp()),
    )
    certificate_pdf(station, nobody)
    facts = Facts((Attempt("theory", Fraction(60), now.date(), "x"),))
    case = Case(
        "20260001", "欧阳喆堃", "x", "L4", facts, decide(ladder.rule("L4", "x"), facts, now.date())
    )
    made = transcript([case], [nobody], {"x": nobody.title}, "zh-CN", now, now.date())
    _transcript_pdf(station, made)


def write_templates(station: Station) -> tuple[Path, ...]:
    """Copies what an admin may change into the station's folder, where it is not there yet."""
    sources = {
        FILE: OURS,
        REPORT: OUR_REPORT,
        CERTIFICATE: TEMPLATES / CERTIFICATE,
        TRANSCRIPT: TEMPLATES / DOCUMENT,
    }
    made = []
    for name, source in sources.items():
        path = station.folder / FOLDER / name
        with storage(path):
            if path.exists():
                continue
            content = source.read_bytes()
        write_durable(path, content)
        made.append(path)
    return tuple(made)


def qr_svg(content: str) -> str:
    """A code as a drawing, with its quiet zone; one path, so that it prints sharp at any size."""
    modules = matrix(content, "Q")
    size = len(modules) + 2 * QUIET_MODULES
    path = "".join(
        f"M{x + QUIET_MODULES} {y + QUIET_MODULES}h1v1h-1z"
        for y, row in enumerate(modules)
        for x, dark in enumerate(row)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="{path}"/></svg>'
    )


def _attempt(one: Attempt, lang: str) -> tuple[str, ...]:
    state = {
        "counts": mark("counts"),
        "waits": mark("not final"),
        "void": mark("void"),
    }[one.state]
    marks = shown(written(one.marks)) if one.state == "counts" else ""
    return (
        text(PART_WORDS[one.part], lang),
        marks,
        one.on.isoformat(),
        one.source,
        text(state, lang),
    )


def _pair(sentence: str) -> dict[str, str]:
    return {"zh": text(sentence, "zh-CN"), "en": text(sentence, "en")}


def _by_short(words: Mapping[str, str]) -> dict[str, str]:
    return {"zh": words["zh-CN"], "en": words["en"]}
