"""A report in sentences: its figures with what each says, as the command line and a page both tell them."""

from __future__ import annotations

import math
from collections import Counter

from kiosk.station.understanding.report import Report
from kiosk.station.understanding.session_report import SessionReport
from kiosk.words import listed, ntext, text

Row = tuple[str, object, str]
_PARTS = 20


def figures(report: Report, lang: str) -> list[Row]:
    """The test's figures: what it is, its value, what it says."""
    said = {remark.code: remark.text for remark in report.remarks}
    rows: list[Row] = [
        (text("Candidates", lang), report.n, said.get("few") or said.get("rough") or ""),
        (
            text("Mean score", lang),
            f"{report.mean:.2f}",
            text("of {max} points", lang, max=f"{report.max:g}"),
        ),
        (text("Spread (sd)", lang), shown(report.sd, 2), said.get("no_spread", "")),
        (
            text("Reliability (alpha)", lang),
            shown(report.alpha, 3),
            said.get("reliability") or said.get("one_item") or "",
        ),
        (text("Reliability (omega)", lang), shown(report.omega, 3), ""),
        (
            text("Error of a score (SEM)", lang),
            shown(report.sem, 2),
            ""
            if report.sem is None
            else text(
                "two of three scores are within {sem} points of the true one",
                lang,
                sem=f"{report.sem:.2f}",
            ),
        ),
    ]
    return rows + (_of_session(report, lang) if isinstance(report, SessionReport) else [])


def neighbours(report: SessionReport, lang: str) -> list[str]:
    """Each pair whose answers are more alike than chance explains; or that there is none."""
    told = [
        text(
            "{one} and {other} (seats {seats}) gave the same answer to {same} of {items} items; of "
            "two who work alone {expected} would be usual (p = {p}). That proves nothing: look at "
            "the room's record and at who sat where before anybody is asked",
            lang,
            one=pair.one,
            other=pair.other,
            seats=pair.seats,
            same=pair.same,
            items=pair.items,
            expected=f"{pair.expected:.0f}",
            p=f"{pair.p:.1g}",
        )
        for pair in report.pairs
    ]
    if report.pairs_compared and not told:
        told.append(
            ntext(
                "{n} pair of neighbours compared: no answers more alike than chance explains",
                "{n} pairs of neighbours compared: no answers more alike than chance explains",
                report.pairs_compared,
                lang,
            )
        )
    return told


def groups(report: Report, lang: str) -> list[tuple[str, int, str, str, str, str]]:
    """Each group: its name, how many, how many of them passed and which share that is (empty where nothing
    says so), their mean, and which items differ for it."""
    too_few = text("too few to compare items", lang)
    nothing = text("no item much harder or easier for equally able candidates", lang)
    return [
        (
            group.group,
            group.n,
            "" if group.passed is None else f"{group.passed}",
            "" if group.passed is None else f"{group.passed / group.n:.0%}",
            f"{group.mean:.2f}",
            listed(
                (
                    f"{line.item} ({line.delta:+.1f})"
                    for line in group.items
                    if line.ets_class == "C" and line.delta is not None
                ),
                lang,
            )
            or (nothing if group.items else too_few),
        )
        for group in report.groups
    ]


def exactness(report: SessionReport, lang: str) -> list[str]:
    """For whom each form is most exact, and whether that is where it decides."""
    told = []
    for line in report.exactness:
        if line.at_pass is None:
            sentence = text(
                "{form}: tells most about candidates of ability {peak}",
                lang,
                **_at(line.form, line.peak),
            )
        elif line.at_pass > line.peak + 0.5:
            sentence = text(
                "{form}: tells most about weaker candidates (ability {peak}) than those at the pass mark "
                "({mark}): harder items would decide more surely",
                lang,
                **_at(line.form, line.peak),
                mark=f"{line.at_pass:+.1f}",
            )
        elif line.at_pass < line.peak - 0.5:
            sentence = text(
                "{form}: tells most about stronger candidates (ability {peak}) than those at the pass mark "
                "({mark}): easier items would decide more surely",
                lang,
                **_at(line.form, line.peak),
                mark=f"{line.at_pass:+.1f}",
            )
        else:
            sentence = text(
                "{form}: most exact where it decides, at the pass mark (ability {mark})",
                lang,
                form=line.form,
                mark=f"{line.at_pass:+.1f}",
            )
        told.append(sentence)
    return told


def score_counts(report: SessionReport) -> list[tuple[float, float, int]]:
    """How many candidates have a score from, and below, which: in twenty parts of the scale."""
    step = report.max_score / _PARTS
    counts = Counter(
        min(_PARTS - 1, max(0, math.floor(line.score / step))) for line in report.candidates
    )
    return [(at * step, (at + 1) * step, counts[at]) for at in range(_PARTS)]


def shown(value: float | None, places: int) -> str:
    """A figure with so many decimals; a dash where there is none."""
    return "–" if value is None else f"{value:.{places}f}"


def _at(form: str, peak: float) -> dict[str, str]:
    return {"form": form, "peak": f"{peak:+.1f}"}


def _of_session(report: SessionReport, lang: str) -> list[Row]:
    near = (
        ""
        if report.near_pass is None
        else text(
            "{n} scores are so near the pass mark that chance could have decided",
            lang,
            n=report.near_pass,
        )
    )
    return [
        (text("Passed", lang), f"{report.passed} ({report.passed / report.n:.0%})", near),
        (text("Nothing counts of", lang), report.absent, ""),
    ]
