"""The report of an analysis: every figure with what it says, as scripts and people read it.

A figure that cannot be had is None. The names of fields are the contract of `kiosk station analyse
--json`: p difficulty (share of the points), rit item-total and rir item-rest correlation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kiosk.station.analysis.classical import Array, Classical, classical, conditional_sem, omega
from kiosk.station.analysis.dif import LEAST_IN_GROUP, mantel_haenszel, strata_of
from kiosk.station.analysis.response_models import (
    LEAST_CANDIDATES,
    Estimates,
    conditional_rasch,
    marginal,
)
from kiosk.station.understanding import remarks
from kiosk.station.understanding.answers import Scores
from kiosk.station.understanding.remarks import Remark


class OptionLine(Struct, frozen=True):
    """An option of a choice: its share among all, and in the `low`, `middle` and `high` third; `r` is
    the correlation of choosing it with the score at the other items."""

    option: str
    key: bool
    n: int
    share: float
    low: float | None
    middle: float | None
    high: float | None
    r: float | None


class ItemLine(Struct, frozen=True):
    """An item. `n` candidates have a score of it; `blank` passed it over though they answered a later
    one, `not_reached` answered nothing from here to the end. Of a session also: the share of the
    candidates who had it (`exposure`), the median time on it, and its options."""

    item: str
    n: int
    max: float
    p: float | None
    sd: float | None
    rit: float | None
    rir: float | None
    alpha_without: float | None
    blank: int
    not_reached: int
    remarks: tuple[Remark, ...]
    rasch: Modelled | None = None
    kind: str = ""
    knowledge_point: str = ""
    exposure: float | None = None
    seconds: float | None = None
    options: tuple[OptionLine, ...] = ()


class Modelled(Struct, frozen=True):
    """An item in a model of ability: `difficulty` and `slope` with standard errors; `infit` and
    `outfit` are near 1 where the model holds. `difficulty_cml` is Rasch's by conditional likelihood,
    all of a test adding up to 0."""

    item: str
    difficulty: float | None
    difficulty_error: float | None
    slope: float | None
    slope_error: float | None
    infit: float | None
    outfit: float | None
    difficulty_cml: float | None = None


class Model(Struct, frozen=True):
    """A model of ability over the items that are right or wrong. Ability is standard normal, which
    is how `difficulties` are centred; `slope` is the common one of Rasch's model."""

    estimator: str
    slope: float | None
    slope_error: float | None
    log_likelihood: float
    difficulties: dict[str, float | None]
    items: tuple[Modelled, ...]


class GroupItem(Struct, frozen=True):
    """An item between a group and all others: ETS's delta (below 0: harder for the group) and class."""

    item: str
    delta: float | None
    error: float | None
    ets_class: str


class GroupLine(Struct, frozen=True):
    """A group against all others; without `items` where there are too few on either side, and without `passed`
    where nothing says who did."""

    group: str
    n: int
    mean: float
    items: tuple[GroupItem, ...]
    passed: int | None = None


class ScoreError(Struct, frozen=True):
    """The standard error of one raw score."""

    score: float
    sem: float


class Report(Struct, frozen=True):
    """A test and its items. `sd` goes with n - 1; `sem` and `conditional_sem` are in points."""

    n: int
    max: float
    mean: float
    sd: float | None
    alpha: float | None
    omega: float | None
    sem: float | None
    conditional_sem: tuple[ScoreError, ...]
    remarks: tuple[Remark, ...]
    items: tuple[ItemLine, ...]
    rasch: Model | None = None
    two_parameter: Model | None = None
    groups: tuple[GroupLine, ...] = ()


MOST_CML_ITEMS = 50
"""Conditional likelihood goes through the totals of every item's rest: 100 items take girth 5 s."""


def report_of(
    scores: Scores, lang: str, *, models: bool = True, two_parameters: bool = False
) -> Report:
    """The report of a table of scores, its remarks in the language `lang`.

    Args:
        models: with Rasch's model; classical figures alone take a hundredth of the time.
        two_parameters: with the two-parameter model too, which takes girth a minute for 100 items.
    """
    found = classical(scores.values, scores.maxima, scores.weights, scores.form_points)
    blank, not_reached = _gaps(scores)
    right = _right(scores)
    enough = found.n >= LEAST_CANDIDATES
    rasch = _rasch(right, scores) if models and enough else None
    groups = _groups(found, right, scores)
    by_item = {line.item: line for line in rasch.items} if rasch is not None else {}
    lines = tuple(
        _line(name, index, found, scores, (blank, not_reached), by_item.get(name), groups, lang)
        for index, name in enumerate(scores.items)
    )
    return Report(
        n=found.n,
        max=scores.form_points or float(scores.maxima.sum()),
        mean=found.mean,
        sd=known(found.test_sd),
        alpha=known(found.alpha),
        omega=known(omega(found.covariance)),
        sem=known(found.sem),
        conditional_sem=_conditional(found, scores),
        remarks=remarks.of_test(
            found.n,
            len(scores.items),
            known(found.alpha),
            known(found.test_sd),
            0 if scores.blank is not None else int(blank.sum()),
            0 if scores.unreached is not None else int(not_reached.sum()),
            scores.left_out,
            scores.assumed_maxima,
            lang,
        ),
        items=lines,
        rasch=rasch,
        two_parameter=_model(
            "mml",
            marginal(right, scores.weights, two_parameters=True),
            scores.items,
        )
        if two_parameters and enough
        else None,
        groups=groups,
    )


def _right(scores: Scores) -> Array:
    """1 and 0 of the items that are right or wrong; the columns of others are NaN throughout."""
    share = scores.values / scores.maxima
    sure = (np.isnan(share) | np.isin(share, (0.0, 1.0))).all(axis=0)
    return np.where(sure, share, np.nan)


def _rasch(right: Array, scores: Scores) -> Model | None:
    model = _model("mml", marginal(right, scores.weights), scores.items)
    if model is None or len(scores.items) > MOST_CML_ITEMS:
        return model
    conditional = conditional_rasch(right, scores.weights)
    if conditional is None:
        return model
    items = tuple(
        replace(line, difficulty_cml=known(conditional[scores.items.index(line.item)]))
        for line in model.items
    )
    return replace(model, items=items)


def _model(estimator: str, found: Estimates | None, items: tuple[str, ...]) -> Model | None:
    if found is None:
        return None
    slope_errors = found.slope_errors[~np.isnan(found.slope_errors)]
    common = len(set(found.slopes[~np.isnan(found.slopes)].tolist())) == 1
    lines = tuple(
        Modelled(
            item=item,
            difficulty=known(found.difficulties[index]),
            difficulty_error=known(found.difficulty_errors[index]),
            slope=known(found.slopes[index]),
            slope_error=None if common else known(found.slope_errors[index]),
            infit=known(found.infit[index]),
            outfit=known(found.outfit[index]),
        )
        for index, item in enumerate(items)
    )
    return Model(
        estimator=estimator,
        slope=known(np.nanmax(found.slopes)) if common else None,
        slope_error=known(slope_errors[0]) if common and len(slope_errors) else None,
        log_likelihood=found.log_likelihood,
        difficulties={line.item: line.difficulty for line in lines},
        items=lines,
    )


def _groups(found: Classical, right: Array, scores: Scores) -> tuple[GroupLine, ...]:
    names = np.array(scores.groups, dtype=object)
    strata = strata_of(found.totals)
    lines = []
    for name in sorted(set(scores.groups) - {""}):
        inside = names == name
        n = int(scores.weights[inside].sum())
        items: tuple[GroupItem, ...] = ()
        if min(n, found.n - n) >= LEAST_IN_GROUP:
            dif = mantel_haenszel(right, inside, strata, scores.weights)
            items = tuple(
                GroupItem(item, known(dif.delta[at]), known(dif.error[at]), dif.classes[at])
                for at, item in enumerate(scores.items)
            )
        mean = float(scores.weights[inside] @ found.totals[inside] / n)
        lines.append(GroupLine(name, n, mean, items))
    return tuple(lines)


def known(value: float) -> float | None:
    """`value`, or None where it could not be had."""
    return float(value) if math.isfinite(value) else None


def _line(
    name: str,
    index: int,
    found: Classical,
    scores: Scores,
    gaps: Sequence[Array],
    modelled: Modelled | None,
    groups: tuple[GroupLine, ...],
    lang: str,
) -> ItemLine:
    p, rir = known(found.p[index]), known(found.rir[index])
    n = int(found.item_n[index])
    blank, not_reached = (int(one[index]) for one in gaps)
    return ItemLine(
        item=name,
        n=n,
        max=float(scores.maxima[index]),
        p=p,
        sd=known(found.sd[index]),
        rit=known(found.rit[index]),
        rir=rir,
        alpha_without=known(found.alpha_without[index]),
        blank=blank,
        not_reached=not_reached,
        remarks=(
            *remarks.of_item(n, p, rir, _share(not_reached, n, scores), lang),
            *remarks.of_fit(None if modelled is None else modelled.infit, lang),
            *(
                remark
                for group in groups
                for line in group.items[index : index + 1]
                for remark in remarks.of_group(group.group, line.delta, line.ets_class, lang)
            ),
        ),
        rasch=modelled,
    )


def _share(not_reached: int, n: int, scores: Scores) -> float:
    """Of those who had the item; in an exam they have a score of it all the same."""
    return not_reached / (n if scores.unreached is not None else n + not_reached)


def _gaps(scores: Scores) -> tuple[Array, Array]:
    """How many candidates left each item blank, and how many did not reach it."""
    if scores.blank is not None and scores.unreached is not None:
        return scores.weights @ scores.blank, scores.weights @ scores.unreached
    lacking = np.isnan(scores.values)
    reached = np.logical_or.accumulate(~lacking[:, ::-1], axis=1)[:, ::-1]
    return scores.weights @ (lacking & reached), scores.weights @ ~reached


def _conditional(found: Classical, scores: Scores) -> tuple[ScoreError, ...]:
    right_or_wrong = np.isin(scores.values, (0.0, 1.0)).all() and (scores.maxima == 1.0).all()
    if not right_or_wrong or len(scores.items) < 2:
        return ()
    errors = conditional_sem(len(scores.items), found.alpha, found.mean, found.test_sd)
    return tuple(
        ScoreError(float(score), float(sem))
        for score, sem in enumerate(errors)
        if math.isfinite(sem)
    )
