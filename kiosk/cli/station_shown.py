"""How `kiosk station` tells people what it did: sentences and tables in their language."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from msgspec import Struct

from kiosk.artefacts.fingerprint import record_words
from kiosk.artefacts.keys import KeyRecord
from kiosk.cli.shown import lang, say, show_json, show_table
from kiosk.documents.cells import cell
from kiosk.station import standings
from kiosk.station.comparing import END_WORDS, PACKAGE_WORDS, Comparison
from kiosk.station.home import Station
from kiosk.station.missing_words import missing_said
from kiosk.station.receiving import Report
from kiosk.station.registry import plans
from kiosk.station.registry.decisions import DecisionRow
from kiosk.station.rescoring import Rescoring
from kiosk.station.result_tables import round_table, session_table
from kiosk.station.results import Explanation, ResultLine
from kiosk.station.round_report import RoundReport, report_table
from kiosk.trust.durable import SECRET_FILE, write_durable
from kiosk.words import LANGUAGES, ntext, text
from kiosk.words.again import again


def show_made(
    folder: Path, name: str, records: Sequence[KeyRecord], root: Mapping[str, str]
) -> None:
    """What was made, and what to take away where."""
    language = lang()
    say(text("The station {name} is made in {folder}", language, name=name, folder=folder))
    show_table(
        [text("Key", language), text("Key id", language), text("Fingerprint", language)],
        [
            (record.role, record.kid.hex(), " ".join(record_words(record, language)))
            for record in records
        ],
    )
    show_root(root)
    say(text("Now take the keys that daily work does not need to other places:", language))
    for number in (1, 2, 3):
        place = folder / "offline" / f"root-{number}"
        say(
            text(
                "  {place} to a person of its own (any two of the three change the root)",
                language,
                place=place,
            )
        )
    say(
        text(
            "  {place} to a safe, and bring it back to list an author",
            language,
            place=folder / "offline" / "targets",
        )
    )
    say(
        text(
            "  {place} to another safe: it opens packages if the station burns",
            language,
            place=folder / "offline" / "recovery",
        )
    )
    say(
        text(
            "Make a copy of {place} and keep it as secret as the station itself",
            language,
            place=folder / "keys",
        )
    )


def show_root(root: Mapping[str, str]) -> None:
    """The root's words, which a terminal shows at its first installation."""
    say(
        text("A terminal's first installation shows these words of the root; compare them:", lang())
    )
    for said in root.values():
        say(f"  {said}")


def show_fingerprint(record: KeyRecord) -> None:
    say(f"{record.role} {record.name} ({record.kid.hex()})")
    for language in LANGUAGES:
        say(f"  {' '.join(record_words(record, language))}")


def show_enrolled(role: str, name: str, *, new: bool) -> None:
    language = lang()
    if new:
        say(text("{role} {name} is enrolled", language, role=role, name=name))
    else:
        say(text("{role} {name} was enrolled before", language, role=role, name=name))


def party(record: KeyRecord, revoked_at: int | None) -> dict[str, object]:
    return {
        "role": str(record.role),
        "name": record.name,
        "kid": record.kid.hex(),
        "words": {language: " ".join(record_words(record, language)) for language in LANGUAGES},
        "revoked_at": revoked_at,
    }


def instant(at: int | None) -> str:
    if at is None:
        return ""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")


def show_report(report: Report) -> None:
    language = lang()
    for bank in report.banks:
        say(
            ntext(
                "Bank {bank} {version}, scoring {scoring}: {n} item",
                "Bank {bank} {version}, scoring {scoring}: {n} items",
                bank.items,
                language,
                bank=bank.bank,
                version=bank.version,
                scoring=bank.scoring_version,
            )
        )
    for name in report.logs:
        say(text("{file}: a proctor's log, recorded", language, file=name))
    for sheet in report.sheets:
        told = {"file": sheet.file, "assessor": sheet.assessor}
        say(
            text("{file}: known before, signed by {assessor}", language, **told)
            if sheet.known
            else ntext(
                "{file}: {n} mark, signed by {assessor}",
                "{file}: {n} marks, signed by {assessor}",
                sheet.marks,
                language,
                **told,
            )
        )
    say(
        text(
            "Packages: {imported} imported, {duplicate} known before, {conflict} in conflict, "
            "{refused} refused, {missing} missing",
            language,
            imported=report.imported,
            duplicate=report.duplicate,
            conflict=report.conflict,
            refused=len(report.refused),
            missing=len(report.missing),
        )
    )
    show_cluster_fault(report.cluster_fault)
    for name in report.conflicts:
        say(text("In conflict, a person must decide: {name}", language, name=name))
    for refused in report.refused:
        say(
            text(
                "Refused: {file}: {reason}",
                language,
                file=refused.file,
                reason=again(refused.reason, language),
            )
        )
        say(text("  kept as {kept}", language, kept=refused.kept))
    for missing in report.missing:
        say(missing_said(missing, language))


def show_cluster_fault(fault: str) -> None:
    """Says that a cluster did not do all that it was asked; nothing is lost by it but time."""
    if fault:
        say(
            text(
                "The cluster did not do all of it ({fault}); this machine did the rest",
                lang(),
                fault=fault,
            )
        )


def show_results(rows: tuple[ResultLine, ...]) -> None:
    language = lang()
    states = {
        "recorded": text("recorded", language),
        "missing": text("missing", language),
        "conflict": text("conflict", language),
        "overruled": text("counts for nothing", language),
        "withheld": text("withheld", language),
        "pending": text("marking", language),
    }
    verdicts = {True: text("passed", language), False: text("failed", language), None: ""}
    show_table(
        [
            text("Number", language),
            text("Name", language),
            text("Score", language),
            text("of", language),
            text("Result", language),
            text("State", language),
            text("Standing", language),
            text("Package", language),
        ],
        [
            (
                row.candidate,
                row.name,
                "" if row.score is None else f"{row.score:g}",
                "" if row.max_score is None else f"{row.max_score:g}",
                verdicts[row.passed],
                states[row.state],
                standing_shown(row.standing, row.until),
                (row.package or "")[:16],
            )
            for row in rows
        ],
    )
    for row in rows:
        if row.note:
            say(f"{row.candidate}: {again(row.note, language)}")


def standing_shown(standing: str, until: int | None = None) -> str:
    """The state of a result in words, with the day that it lasts to."""
    language = lang()
    said = text(standings.STANDING_WORDS[standing], language) if standing else ""
    if until is None or standing not in ("published", "under_review"):
        return said
    return text("{state} until {day}", language, state=said, day=instant(until)[:10])


def show_rescoring(done: Rescoring, *, dry_run: bool) -> None:
    """Who changes by a new scoring version."""
    language = lang()
    changed = [row for row in done.rows if row.changed]
    verdicts = {True: text("passed", language), False: text("failed", language), None: ""}
    show_table(
        [
            text("Session", language),
            text("Number", language),
            text("Name", language),
            text("Before", language),
            text("After", language),
            text("Result", language),
        ],
        [
            (
                row.session,
                row.candidate,
                row.name,
                "" if row.score_before is None else f"{row.score_before:g}",
                "" if row.score is None else f"{row.score:g}",
                verdicts[row.passed]
                if row.passed == row.passed_before
                else f"{verdicts[row.passed_before]} → {verdicts[row.passed]}",
            )
            for row in changed
        ],
    )
    flips = sum(row.passed != row.passed_before for row in changed)
    told = {
        "version": done.scoring_version,
        "changed": len(changed),
        "all": len(done.rows),
        "flips": flips,
    }
    if dry_run:
        say(
            text(
                "By scoring version {version} the score of {changed} of {all} candidates would "
                "change, and of {flips} whether they pass. Nothing was changed",
                language,
                **told,
            )
        )
    else:
        say(
            text(
                "Scored by version {version}: the score of {changed} of {all} candidates changed, "
                "and of {flips} whether they pass. Earlier results stay",
                language,
                **told,
            )
        )


def show_comparison(compared: Comparison) -> None:
    """Packages of one sitting side by side."""
    language = lang()
    sides = compared.sides
    rows: list[tuple[str, list[str]]] = [
        (text("Digest", language), [one.sha256[:16] for one in sides]),
        (text("State", language), [text(PACKAGE_WORDS[one.state], language) for one in sides]),
        (text("Seat", language), [one.seat for one in sides]),
        (text("Received", language), [instant(one.received_at) for one in sides]),
        (text("Begun", language), [instant(one.began_s) for one in sides]),
        (text("Ended", language), [instant(one.ended_s) for one in sides]),
        (text("How it ended", language), [text(END_WORDS[one.end], language) for one in sides]),
        (text("Time used", language), [minutes_shown(one.ran_ms) for one in sides]),
        (text("Answered", language), [str(one.answered) for one in sides]),
        (
            text("Score", language),
            ["–" if one.score is None else f"{one.score:g} / {one.max_score:g}" for one in sides],
        ),
        (text("Journal", language), [f"{one.entries} · {one.head[:16]}" for one in sides]),
        (text("Way", language), ["\n".join(one.moves) for one in sides]),
        (
            text("Proctors", language),
            [
                "\n".join(
                    f"{instant(told.at_s)} {told.proctor}: {told.what} {told.why}".rstrip()
                    for told in one.commands
                )
                for one in sides
            ],
        ),
    ]
    rows += [
        (
            text("Question {number}", language, number=answer.number),
            [value or "–" for value in answer.values],
        )
        for answer in compared.differing
    ]
    show_table(
        [
            "",
            *(
                text(
                    "Package {number} of {terminal}",
                    language,
                    number=one.number,
                    terminal=one.terminal,
                )
                for one in sides
            ),
        ],
        [(said, *values) for said, values in rows],
        title=f"{compared.candidate} {compared.name}",
    )
    say(
        ntext(
            "{n} question is answered alike",
            "{n} questions are answered alike",
            compared.alike,
            language,
        )
    )
    for one in compared.decided:
        say(decision_shown(one, language))
    if compared.open:
        say(text("Nobody has decided about these yet; none of them counts", language))


def decision_shown(row: DecisionRow, language: str) -> str:
    """Who decided what and why."""
    told = {"name": row.made_by, "at": instant(row.made_at), "reason": row.reason}
    if row.package is None:
        return text("{at} {name}: neither counts. {reason}", language, **told)
    digest = row.package.hex()[:16]
    return text("{at} {name}: package {digest} counts. {reason}", language, **told, digest=digest)


def minutes_shown(ran_ms: int) -> str:
    return f"{ran_ms // 60_000}:{ran_ms // 1000 % 60:02}"


def write_csv(rows: Sequence[Struct]) -> None:
    """Rows as CSV on stdout; what people wrote never becomes a formula."""
    writer = csv.writer(sys.stdout)
    for position, row in enumerate(rows):
        if not position:
            writer.writerow(row.__struct_fields__)
        writer.writerow([cell(getattr(row, name)) for name in row.__struct_fields__])


def write_results(station: Station, session: str, path: Path, *, whole_round: bool) -> None:
    """Writes a session's results, or its round's, as XLSX."""
    language = lang()
    with station.registry.reading() as connection:
        of = plans.require_session(connection, session).round
    rows = (
        round_table(station, of, language)
        if whole_round
        else session_table(station, session, language)
    )
    write_table(path, rows, of if whole_round else session)


def write_table(path: Path, rows: Iterable[Sequence[object]], title: str) -> None:
    """Writes an XLSX whose first row is the header."""
    from kiosk.documents.sheets import write_xlsx

    made = io.BytesIO()
    write_xlsx(made, rows, title)
    write_durable(path, made.getvalue(), SECRET_FILE)
    say(text("Written to {path}", lang(), path=path))


def show_figures(report: RoundReport, titles: Mapping[str, Mapping[str, str]]) -> None:
    header, *rows = report_table(report, titles, lang())
    for by, of in groupby(rows, key=lambda row: str(row[0])):
        show_table(
            [by, *map(str, header[2:])],
            [["" if one is None else str(one) for one in row[1:]] for row in of],
        )


def show_explanation(explanation: Explanation, as_json: bool) -> None:
    if as_json:
        show_json(explanation)
        return
    line = explanation.line
    show_table(
        [
            text("Question", lang()),
            text("Item", lang()),
            text("Points", lang()),
            text("Why", lang()),
        ],
        [
            (item.number, item.item, f"{item.points} / {item.max_points}", "\n".join(item.reasons))
            for item in explanation.items
        ],
        title=f"{line.candidate} {line.name}: {line.score} / {line.max_score}",
    )
