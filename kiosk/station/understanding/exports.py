"""What leaves the station of an analysis: CSV, XLSX, QTI Results Reporting 3.0, xAPI, Parquet.

Texts that a spreadsheet would run as a formula are made text. Identifiers that XML cannot have as
names (a number at the start, a blank) get a letter before them and `_` in their place; the station's
own stand beside them as the report's titles. Answers are in the author's words for options.
"""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from kiosk.documents.cells import cell
from kiosk.scoring.difficulty import Difficulties, Proved, write_difficulties
from kiosk.station.understanding.report import Report
from kiosk.station.understanding.session_answers import ExamAnswers, Taker
from kiosk.station.understanding.session_report import SessionReport

Rows = Iterable[Sequence[object]]

QTI_NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_result_v3p0"
XAPI_VERBS = "http://adlnet.gov/expapi/verbs"
_HOME = "urn:kiosk:station"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, _HOME)


def every_export(answers: ExamAnswers, report: SessionReport) -> Iterator[tuple[str, bytes]]:
    """Each file of an export with its name, the same for the same answers."""
    for name, write in _files(answers, report).items():
        yield name, write()
    yield from _qti(answers)


def one_export(answers: ExamAnswers, report: SessionReport, name: str) -> bytes | None:
    """One file of an export, its QTI results all in `qti-results.zip`; None where there is no such."""
    if name == "qti-results.zip":
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for inside, data in _qti(answers):
                archive.writestr(zipfile.ZipInfo(inside), data)
        return held.getvalue()
    write = _files(answers, report).get(name)
    return None if write is None else write()


def _files(answers: ExamAnswers, report: SessionReport) -> dict[str, Callable[[], bytes]]:
    tables = _tables(report)
    return {
        **{f"{name}.csv": partial(csv_of, rows) for name, rows in tables.items()},
        "analysis.xlsx": partial(xlsx_of, tables),
        "answers.parquet": partial(parquet_of, answers),
        "statements.json": partial(xapi_of, answers),
        "difficulties.json": partial(difficulties_of, report),
    }


def _qti(answers: ExamAnswers) -> Iterator[tuple[str, bytes]]:
    for taker in answers.takers:
        yield f"qti/{_name(taker.session)}-{_name(taker.candidate)}.xml", qti_of(answers, taker)


def csv_of(rows: Rows) -> bytes:
    """A table as CSV, with a mark so that spreadsheets read its Chinese."""
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([cell(value) for value in row] for row in rows)
    return sheet.getvalue().encode("utf-8-sig")


def xlsx_of(tables: dict[str, list[Sequence[object]]]) -> bytes:
    """A workbook, a sheet a table."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        for row in rows:
            safe = (cell(value) for value in row)
            sheet.append([_legible(one) if isinstance(one, str) else one for one in safe])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def parquet_of(answers: ExamAnswers) -> bytes:
    """A row an answer: who, item, points of how many, what was chosen, seconds."""
    import pyarrow as pa
    from pyarrow import parquet

    rows = [
        {
            "session": taker.session,
            "candidate": taker.candidate,
            "form": taker.form,
            "position": position,
            "item": item,
            "points": taker.points.get(item),
            "max_points": answers.maxima[item],
            "answer": list(taker.chosen.get(item, ())),
            "seconds": taker.seconds.get(item),
        }
        for taker in answers.takers
        for position, item in enumerate(taker.paper, start=1)
    ]
    schema = pa.schema(
        [
            ("session", pa.string()),
            ("candidate", pa.string()),
            ("form", pa.string()),
            ("position", pa.int32()),
            ("item", pa.string()),
            ("points", pa.float64()),
            ("max_points", pa.float64()),
            ("answer", pa.list_(pa.string())),
            ("seconds", pa.float64()),
        ]
    )
    held = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows, schema=schema), held)
    return held.getvalue()


def xapi_of(answers: ExamAnswers) -> bytes:
    """xAPI 1.0.3 statements, a JSON list: `passed` or `failed` of the exam, `answered` of each item."""
    statements = []
    for taker in answers.takers:
        statements.append(
            _statement(
                answers,
                taker,
                "passed" if taker.passed else "failed",
                _activity(answers, ""),
                {
                    "success": taker.passed,
                    "completion": True,
                    "score": _score(taker.score, taker.max_score),
                },
            )
        )
        for item in taker.paper:
            points = taker.points.get(item)
            result: dict[str, object] = {"response": "[,]".join(taker.chosen.get(item, ()))}
            if points is not None:
                result["score"] = _score(points, answers.maxima[item])
                result["success"] = points >= answers.maxima[item]
            if item in taker.seconds:
                result["duration"] = f"PT{taker.seconds[item]:.2f}S"
            statements.append(
                _statement(answers, taker, "answered", _activity(answers, item), result)
            )
    return json.dumps(statements, ensure_ascii=False, indent=1).encode()


def difficulties_of(report: Report) -> bytes:
    """How hard each item proved, for the author's next sealing."""
    items = {
        line.item: Proved(
            difficulty=None if line.p is None else round(1 - line.p, 6),
            answers=line.n,
            discrimination=line.rir,
            rasch=None if line.rasch is None else line.rasch.difficulty,
        )
        for line in report.items
    }
    if not isinstance(report, SessionReport):
        return write_difficulties(Difficulties(items))
    return write_difficulties(Difficulties(items, report.bank, report.version, report.level))


def qti_of(answers: ExamAnswers, taker: Taker) -> bytes:
    """A candidate's `assessmentResult` by QTI Results Reporting 3.0 (1EdTech 2022)."""
    stamp = datetime.fromtimestamp(taker.received_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    items = "".join(
        _item_result(answers, taker, item, place, stamp)
        for place, item in enumerate(taker.paper, start=1)
    )
    outcomes = "".join(
        (
            _outcome("SCORE", taker.score, taker.max_score),
            _outcome("PASS_SCORE", taker.pass_score, taker.max_score),
            _variable("outcomeVariable", "PASSED", "boolean", [str(taker.passed).lower()]),
        )
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<assessmentResult xmlns="{QTI_NAMESPACE}">'
        f'<context sourcedId="{_name(taker.candidate)}">'
        f'<sessionIdentifier sourceID="{_HOME}:session" identifier="{_name(taker.session)}"/>'
        "</context>"
        f'<testResult identifier="{_name(answers.exam)}" datestamp="{stamp}">{outcomes}</testResult>'
        f"{items}</assessmentResult>\n"
    ).encode()


def _item_result(answers: ExamAnswers, taker: Taker, item: str, place: int, stamp: str) -> str:
    chosen = taker.chosen.get(item, ())
    points = taker.points.get(item)
    values = "".join(f"<value>{_text(value)}</value>" for value in chosen)
    cardinality = "single" if len(chosen) < 2 else "multiple"
    response = (
        f'<responseVariable identifier="RESPONSE" cardinality="{cardinality}" baseType="string" '
        f'scoreStatus="{"notscored" if points is None else "scored"}" '
        f'answeredStatus="{"answered" if chosen else "presented"}">'
        f"<candidateResponse>{values}</candidateResponse></responseVariable>"
    )
    spent = (
        _variable("responseVariable", "duration", "duration", [f"{taker.seconds[item]:.2f}"])
        if item in taker.seconds
        else ""
    )
    scored = "" if points is None else _outcome("SCORE", points, answers.maxima[item])
    status = "pendingExternalScoring" if points is None else "final"
    return (
        f'<itemResult identifier="{_name(item)}" sequenceIndex="{place}" datestamp="{stamp}" '
        f'sessionStatus="{status}">{response}{spent}{scored}</itemResult>'
    )


def _outcome(name: str, value: float, most: float) -> str:
    return _variable(
        "outcomeVariable", name, "float", [repr(value)], f" normalMaximum={quoteattr(repr(most))}"
    )


def _variable(kind: str, name: str, base: str, values: Sequence[str], more: str = "") -> str:
    held = "".join(f"<value>{_text(value)}</value>" for value in values)
    if kind == "responseVariable":
        held = f"<candidateResponse>{held}</candidateResponse>"
    return (
        f'<{kind} identifier="{name}" cardinality="single" baseType="{base}"{more}>{held}</{kind}>'
    )


def _text(value: str) -> str:
    return escape(_legible(value))


def _legible(value: str) -> str:
    """`value` without the controls and lone surrogates that neither XML nor a workbook can hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "\ufffd", value)


def _name(identifier: str) -> str:
    """An XML name (NCName) for an identifier: its letters and digits, and a letter to begin with."""
    kept = "".join(
        letter
        if letter.isascii() and (letter.isalnum() or letter in "-_.")
        else f"_{ord(letter):x}_"
        for letter in identifier
    )
    return kept if kept[:1].isalpha() or kept[:1] == "_" else f"n-{kept}"


def _statement(
    answers: ExamAnswers, taker: Taker, verb: str, thing: dict[str, object], result: object
) -> dict[str, object]:
    key = "\n".join(
        (*answers.sessions, str(answers.scoring_version), taker.session, taker.candidate, verb)
    )
    return {
        "id": str(uuid.uuid5(_NAMESPACE, f"{key}\n{thing['id']}")),
        "actor": {
            "objectType": "Agent",
            "account": {"homePage": _HOME, "name": taker.candidate},
        },
        "verb": {"id": f"{XAPI_VERBS}/{verb}", "display": {"en": verb}},
        "object": thing,
        "result": result,
        "timestamp": datetime.fromtimestamp(taker.received_at, UTC).isoformat(),
    }


def _activity(answers: ExamAnswers, item: str) -> dict[str, object]:
    place = ":".join(_name(part) for part in (answers.bank, answers.version, answers.exam))
    kind = "cmi.interaction" if item else "assessment"
    return {
        "objectType": "Activity",
        "id": f"{_HOME}:{place}:{_name(item)}" if item else f"{_HOME}:{place}",
        "definition": {
            "type": f"http://adlnet.gov/expapi/activities/{kind}",
            **({"interactionType": "other"} if item else {}),
            "name": {"und": item or answers.exam},
        },
    }


def _score(points: float, most: float) -> dict[str, float]:
    scaled = max(-1.0, min(1.0, points / most)) if most else 0.0
    return {"raw": points, "min": min(0.0, points), "max": most, "scaled": scaled}


def _tables(report: SessionReport) -> dict[str, list[Sequence[object]]]:
    """The tables of a workbook, by name."""
    points = [point.knowledge_point for point in report.knowledge_points]
    groups = sorted({group for point in report.knowledge_points for group in point.groups})
    figures = ("n", "max", "p", "sd", "rit", "rir", "alpha_without", "blank", "not_reached")
    return {
        "test": [
            ("figure", "value"),
            *(
                (name, getattr(report, name))
                for name in ("n", "absent", "passed", "max", "mean", "sd", "alpha", "omega", "sem")
            ),
            *(("remark", remark.text) for remark in report.remarks),
        ],
        "items": [
            ("item", "kind", "knowledge_point", *figures, "rasch", "seconds", "remarks"),
            *(
                (
                    line.item,
                    line.kind,
                    line.knowledge_point,
                    *(getattr(line, name) for name in figures),
                    None if line.rasch is None else line.rasch.difficulty,
                    line.seconds,
                    "; ".join(remark.text for remark in line.remarks),
                )
                for line in report.items
            ),
        ],
        "options": [
            ("item", "option", "key", "n", "share", "low", "middle", "high", "r"),
            *(
                (
                    line.item,
                    one.option,
                    int(one.key),
                    one.n,
                    one.share,
                    one.low,
                    one.middle,
                    one.high,
                    one.r,
                )
                for line in report.items
                for one in line.options
            ),
        ],
        "knowledge_points": [
            ("knowledge_point", "title", "items", "share", *groups),
            *(
                (
                    point.knowledge_point,
                    point.title,
                    point.items,
                    point.share,
                    *(point.groups.get(group) for group in groups),
                )
                for point in report.knowledge_points
            ),
        ],
        "groups": [
            ("group", "n", "passed", "mean"),
            *((line.group, line.n, line.passed, line.mean) for line in report.groups),
        ],
        "candidates": [
            (
                "candidate",
                "name",
                "session",
                "seat",
                "group",
                "form",
                "score",
                "of",
                "passed",
                *points,
            ),
            *(
                (
                    line.candidate,
                    line.name,
                    line.session,
                    line.seat,
                    line.group,
                    line.form,
                    line.score,
                    line.max_score,
                    int(line.passed),
                    *(line.mastery.get(point) for point in points),
                )
                for line in report.candidates
            ),
        ],
    }
