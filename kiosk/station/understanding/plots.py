"""The plots of a report, as SVG, made on the server: no browser, no script, no network.

`altair` says what is drawn, `vl-convert` draws it. Nothing is told by colour alone: what stands out
has another shape or a wider line, and each plot says in its title what to look for.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import altair as alt
import numpy as np
import vl_convert

from kiosk.station.roster import LEVEL_WORDS
from kiosk.station.understanding.remarks import TOO_EASY, TOO_HARD, WEAK
from kiosk.station.understanding.report import ItemLine, Model, Report
from kiosk.station.understanding.session_report import SessionReport
from kiosk.station.understanding.told import score_counts
from kiosk.words import text

FAMILY: Final = "Noto Sans CJK SC"
WIDTH, HEIGHT = 560, 360
_INK, _CALM, _ALERT, _FAINT = "#1f2933", "#2f6f9f", "#b3261e", "#9aa5b1"


def plots_of(report: Report, lang: str) -> dict[str, str]:
    """Every plot that the report's figures allow, of items those worth a look: SVG by name (a name is
    good for a file)."""
    told = {f"options-{place:03}" for place, line in enumerate(report.items, 1) if line.remarks}
    return {
        name: draw()
        for name, draw in drawings(report, lang).items()
        if name in told or not name.startswith("options-")
    }


def drawings(report: Report, lang: str) -> dict[str, Callable[[], str]]:
    """What draws each plot that the report's figures allow, by the plot's name."""
    found: dict[str, Callable[[], str]] = {"items": partial(item_map, report, lang)}
    model = report.two_parameter or report.rasch
    if model is not None:
        found["curves"] = partial(curves, model, lang)
    if isinstance(report, SessionReport):
        found["scores"] = partial(score_distribution, report, lang)
        if report.exactness:
            found["exactness"] = partial(exactness, report, lang)
        if report.pyramid:
            found["levels"] = partial(pyramid, report, lang)
        for place, line in enumerate(report.items, start=1):
            if line.options:
                found[f"options-{place:03}"] = partial(option_plot, line, lang)
    return found


def item_map(report: Report, lang: str) -> str:
    """Each item by how hard it is and how well it tells strong from weak."""
    told = {
        True: text("worth a look", lang),
        False: text("nothing to remark", lang),
    }
    rows = [
        {"item": line.item, "p": line.p, "rir": line.rir, "remark": told[bool(line.remarks)]}
        for line in report.items
        if line.p is not None and line.rir is not None
    ]
    place = {
        "x": alt.X(
            "p:Q",
            title=text("Share of the points earned (hard on the left, easy on the right)", lang),
            scale=alt.Scale(domain=[0, 1]),
        ),
        "y": alt.Y("rir:Q", title=text("Correlation with the rest of the test", lang)),
    }
    points = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_point(filled=True, size=70, opacity=0.85)
        .encode(
            **place,
            shape=alt.Shape(
                "remark:N",
                title=None,
                scale=alt.Scale(domain=[told[True], told[False]], range=["triangle-up", "circle"]),
            ),
            color=alt.Color(
                "remark:N",
                title=None,
                scale=alt.Scale(domain=[told[True], told[False]], range=[_ALERT, _CALM]),
            ),
        )
    )
    names = (
        alt.Chart(alt.InlineData(values=[row for row in rows if row["remark"] == told[True]]))
        .mark_text(dy=-10, fontSize=10, color=_INK, limit=120)
        .encode(**place, text="item:N")
    )
    bounds = alt.layer(
        alt.Chart(alt.InlineData(values=[{"at": WEAK}]))
        .mark_rule(strokeDash=[4, 4], color=_FAINT)
        .encode(y="at:Q"),
        alt.Chart(alt.InlineData(values=[{"at": TOO_HARD}, {"at": TOO_EASY}]))
        .mark_rule(strokeDash=[4, 4], color=_FAINT)
        .encode(x="at:Q"),
    )
    return _svg(
        alt.layer(bounds, points, names),
        text("Items: how hard, and how well they tell strong from weak", lang),
        text("Good items lie above the dashed line and between the upright ones", lang),
    )


def score_distribution(report: SessionReport, lang: str) -> str:
    """How many candidates reached which score, with the pass mark and the SEM around it."""
    rows = [{"from": low, "to": high, "n": n} for low, high, n in score_counts(report)]
    layers: list[Any] = []
    if report.sem is not None:
        near = report.sem * report.max_score / report.max
        band = [
            {
                "from": max(0.0, report.pass_score - near),
                "to": min(report.max_score, report.pass_score + near),
            }
        ]
        layers.append(
            alt.Chart(alt.InlineData(values=band))
            .mark_rect(color=_FAINT, opacity=0.3)
            .encode(x="from:Q", x2="to:Q")
        )
    layers.append(
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(color=_CALM)
        .encode(
            x=alt.X(
                "from:Q", title=text("Score", lang), scale=alt.Scale(domain=[0, report.max_score])
            ),
            x2="to:Q",
            y=alt.Y("n:Q", title=text("Candidates", lang), axis=alt.Axis(tickMinStep=1)),
            y2=alt.datum(0),
        )
    )
    layers.append(
        alt.Chart(alt.InlineData(values=[{"at": report.pass_score}]))
        .mark_rule(color=_ALERT, size=2)
        .encode(x="at:Q")
    )
    return _svg(
        alt.layer(*layers),
        text(
            "Scores of {n} candidates, pass mark {mark}",
            lang,
            n=report.n,
            mark=f"{report.pass_score:g}",
        ),
        text("In the grey band around the pass mark chance could have decided", lang),
    )


def option_plot(line: ItemLine, lang: str) -> str:
    """Which third of the candidates chose which option of an item."""
    thirds = [text("low third", lang), text("middle third", lang), text("high third", lang)]
    rows = [
        {
            "third": thirds[at],
            "option": f"{one.option} ✓" if one.key else one.option,
            "share": share,
            "key": one.key,
        }
        for one in line.options
        for at, share in enumerate((one.low, one.middle, one.high))
        if share is not None
    ]
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("third:N", sort=thirds, title=None, axis=alt.Axis(labelAngle=0)),
        y=alt.Y(
            "share:Q",
            title=text("Share who chose it", lang),
            scale=alt.Scale(domain=[0, 1]),
            axis=alt.Axis(format="%"),
        ),
        color=alt.Color("option:N", title=text("Option", lang)),
        strokeDash=alt.StrokeDash("option:N", title=text("Option", lang)),
    )
    # A remark on the options is what this plot shows; it is the last of an item's.
    finding = line.remarks[-1].text if line.remarks else ""
    lines = alt.layer(
        base.transform_filter("datum.key").mark_line(size=4, point=True),
        base.transform_filter("!datum.key").mark_line(size=2, point=True),
    )
    return _svg(
        lines,
        text("Item {item}: {finding}", lang, item=line.item, finding=finding)
        if finding
        else text("Item {item}: who chose what", lang, item=line.item),
        text("The right answer (✓) should rise to the right, the others fall", lang),
    )


def curves(model: Model, lang: str) -> str:
    """The chance of a right answer by ability, an S for each item."""
    abilities = np.linspace(-4, 4, 81)
    rows = [
        {
            "item": line.item,
            "ability": round(float(ability), 2),
            "chance": 1 / (1 + math.exp(-line.slope * (ability - line.difficulty))),
        }
        for line in model.items
        if line.slope is not None and line.difficulty is not None
        for ability in abilities
    ]
    many = len(model.items) > 12
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(opacity=0.45 if many else 0.9)
        .encode(
            x=alt.X("ability:Q", title=text("Ability (0 is the mean of all)", lang)),
            y=alt.Y(
                "chance:Q",
                title=text("Chance of a right answer", lang),
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%"),
            ),
            detail="item:N",
            **(
                {"color": alt.value(_CALM)}
                if many
                else {
                    "color": alt.Color("item:N", title=text("Item", lang)),
                    "strokeDash": alt.StrokeDash("item:N", title=text("Item", lang)),
                }
            ),
        )
    )
    return _svg(
        chart,
        text("Items by ability", lang),
        text("A curve further right is a harder item, a steeper one tells more", lang),
    )


def exactness(report: SessionReport, lang: str) -> str:
    """The standard error of an ability along the scale, a curve for each form, and the pass mark."""
    many = len(report.exactness) > 6
    rows = [
        {"form": line.form, "ability": ability, "error": error}
        for line in report.exactness
        for ability, error in zip(line.abilities, line.errors, strict=True)
    ]
    encoded: dict[str, Any] = {
        "x": alt.X("ability:Q", title=text("Ability (0 is the mean of all)", lang)),
        "y": alt.Y("error:Q", title=text("Standard error of an ability", lang)),
        "detail": "form:N",
    }
    if many:
        encoded["color"] = alt.value(_CALM)
    else:
        encoded["color"] = alt.Color("form:N", title=text("Form", lang))
        encoded["strokeDash"] = alt.StrokeDash("form:N", title=text("Form", lang))
    layers: list[Any] = [
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(opacity=0.45 if many else 0.9)
        .encode(**encoded)
    ]
    passes = [{"at": line.at_pass} for line in report.exactness if line.at_pass is not None]
    if passes:
        layers.append(
            alt.Chart(alt.InlineData(values=passes))
            .mark_rule(color=_ALERT, size=2)
            .encode(x="at:Q")
        )
    return _svg(
        alt.layer(*layers),
        text("How exact the test is for whom", lang),
        text("Low is exact; it should be lowest at the pass mark (the upright line)", lang),
    )


def pyramid(report: SessionReport, lang: str) -> str:
    """The levels of the round, the highest on top: how many sat, how many passed."""
    titles = {str(level): text(title, lang) for level, title in LEVEL_WORDS.items()}
    order = [titles[line.level] for line in report.pyramid]
    came = [text("passed", lang), text("failed", lang)]
    rows = [
        {
            "level": titles[line.level],
            "n": n,
            "from": start,
            "to": start + n,
            "result": result,
        }
        for line in report.pyramid
        for result, n, start in (
            (came[0], line.passed, -line.sat / 2),
            (came[1], line.sat - line.passed, line.passed - line.sat / 2),
        )
    ]
    shares = [
        {
            "level": titles[line.level],
            "at": line.sat / 2,
            "told": f"{line.passed} / {line.sat}  ({line.passed / line.sat:.0%})",
        }
        for line in report.pyramid
    ]
    level = alt.Y("level:N", sort=order, title=None, axis=alt.Axis(labelLimit=280))
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(stroke="white")
        .encode(
            y=level,
            x=alt.X("from:Q", axis=None, title=None),
            x2="to:Q",
            color=alt.Color(
                "result:N",
                title=None,
                sort=came,
                scale=alt.Scale(domain=came, range=[_CALM, _FAINT]),
            ),
        )
    )
    words = (
        alt.Chart(alt.InlineData(values=shares))
        .mark_text(align="left", dx=6, color=_INK)
        .encode(y=level, x="at:Q", text="told:N")
    )
    return _svg(
        alt.layer(bars, words),
        text("The round by levels", lang),
        text("Candidates of each level; passed / sat", lang),
        height=70 + 40 * len(order),
    )


def _svg(chart: Any, title: str, subtitle: str, *, height: int = HEIGHT) -> str:
    spec = (
        chart.properties(
            width=WIDTH,
            height=height,
            title=alt.TitleParams(text=title, subtitle=subtitle, anchor="start", offset=14),
        )
        .configure(font=FAMILY, background="white", padding=16)
        .configure_title(fontSize=16, subtitleFontSize=12, subtitleColor="#52606d", color=_INK)
        .configure_axis(labelFontSize=11, titleFontSize=12, gridOpacity=0.4, labelColor=_INK)
        .configure_view(stroke=None)
        .to_dict()
    )
    # An empty list of addresses: a specification can fetch nothing.
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
