"""Forms by a solver, the only way to make one: a bank's items chosen to measure the standard.

Must hold, counted in points: each section whole; each function, work content and band of difficulty
within one item of its target; enemies apart; no two forms sharing more than was allowed. Wished for,
by falling weight: items not used before, mean and spread of difficulty as asked, targets met, many
knowledge points. What is still equal the seed decides. A choice that cannot be made is refused with
the bound that stands in its way and the items that would meet it.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.assessment.items import Kind
from kiosk.assessment.paper import Form, FormSection
from kiosk.scoring.blueprint import Blueprint, band_of, band_targets, content_targets
from kiosk.scoring.numbers import number
from kiosk.scoring.standard import Standard
from kiosk.station.form_model import OVERLAP, Candidate, Chosen, Demand, FormModel
from kiosk.station.form_shortages import cannot

MOST_TOGETHER = 20_000
"""Columns of a programme of all forms together that is solved in seconds (a minute at worst)."""


class FormFigures(Struct, frozen=True):
    """What makes forms parallel. `difficulty` and `spread` (standard deviation) are of the points of
    items whose difficulty is known, None where none is; `shared` is the most items that the form has
    in common with another, `used_before` how many of its items earlier sessions had."""

    form: str
    points: float
    difficulty: float | None
    spread: float | None
    shared: int
    used_before: int


def index_of(
    entries: Iterable[ScoringEntry],
    standard: Standard,
    observed: Mapping[str, Fraction] | None = None,
    enemies: Iterable[Collection[str]] = (),
) -> tuple[Candidate, ...]:
    """The index of a bank from its scoring file.

    Args:
        observed: difficulties from results, by the author's name of an item; they count before the
            author's own estimate.
        enemies: sets of items by the author's names, besides those that author and bank name; the
            name of a template is that of all its variants.

    Raises:
        InputRefused: an item hangs on a knowledge point that the standard does not have.
    """
    known = tuple(entries)
    apart: dict[str, set[str]] = {}
    for together in enemies:
        meant = [one for one in known if one.source in together or one.group in together]
        for entry in meant:
            # Variants of one template are apart by their group.
            apart.setdefault(entry.item, set()).update(
                one.item
                for one in meant
                if one is not entry and (not one.group or one.group != entry.group)
            )
    return tuple(
        Candidate(
            id=entry.item,
            kind=Kind(entry.kind),
            knowledge_point=entry.knowledge_point,
            content=standard.content_of(entry.knowledge_point),
            levels=entry.levels,
            difficulty=(observed or {}).get(entry.source, _estimate(entry)),
            group=entry.group,
            enemies=(*entry.enemies, *sorted(apart.get(entry.item, ()))),
        )
        for entry in known
    )


def assemble(
    blueprint: Blueprint,
    standard: Standard,
    items: Sequence[Candidate],
    *,
    seed: bytes,
    forms: int = 1,
    name: str = "form",
    overlap: int | None = None,
    uses: Mapping[str, int] | None = None,
) -> tuple[Form, ...]:
    """Parallel forms of `items` by `blueprint`, called NAME-1, NAME-2, ...

    Each form avoids the items of those before it. The same arguments give the same forms (with the
    same version of the solver: forms are stored, never made again).

    Args:
        overlap: the most items that two of the forms may share; as few as can be without it.
        uses: how often each item stood on forms of earlier sessions.

    Raises:
        InputRefused: the bank cannot meet the blueprint; the message names the bound and what would
            meet it.
    """
    demand = _demand(blueprint, standard, items)
    before = Counter(uses or {})
    chosen = _in_turn(demand, seed, forms, overlap, before)
    if len(chosen) < forms:
        chosen = _together(demand, standard, seed, forms, overlap, before, chosen)
    return tuple(
        _form(f"{name}-{index}", demand, standard, one) for index, one in enumerate(chosen, start=1)
    )


def figures(
    forms: Sequence[Form], items: Iterable[Candidate], uses: Mapping[str, int] | None = None
) -> tuple[FormFigures, ...]:
    """What an admin sees of parallel forms."""
    difficulties = {item.id: item.difficulty for item in items}
    found = []
    for form in forms:
        parts = [
            (number(section.points), item) for section in form.sections for item in section.items
        ]
        known = [
            (points, difficulty)
            for points, item in parts
            if (difficulty := difficulties[item]) is not None
        ]
        mean, variance = _moments(known)
        own = set(form.items)
        found.append(
            FormFigures(
                form=form.id,
                points=float(sum(points for points, _ in parts)),
                difficulty=round(float(mean), 3) if known else None,
                spread=round(math.sqrt(variance), 3) if known else None,
                shared=max(
                    (len(own & set(one.items)) for one in forms if one is not form), default=0
                ),
                used_before=sum(1 for item in own if (uses or {}).get(item, 0)),
            )
        )
    return tuple(found)


# --- from a blueprint to a demand -----------------------------------------------------------------


def _demand(blueprint: Blueprint, standard: Standard, items: Sequence[Candidate]) -> Demand:
    contents = {
        content: target
        for content, target in content_targets(blueprint, standard).items()
        if target
    }
    usable = tuple(
        item for item in items if blueprint.level in item.levels and item.content in contents
    )
    mean, variance = _bank_moments(blueprint, usable)
    return Demand(
        blueprint=blueprint,
        items=usable,
        contents=contents,
        functions={
            function.id: held
            for function in standard.functions
            if (held := tuple(one.id for one in function.contents if one.id in contents))
        },
        bands=band_targets(blueprint),
        mean=mean if blueprint.difficulty is None else number(blueprint.difficulty),
        variance=variance if blueprint.spread is None else number(blueprint.spread) ** 2,
    )


def _bank_moments(blueprint: Blueprint, usable: Sequence[Candidate]) -> tuple[Fraction, Fraction]:
    """Mean and variance of the points of a form that is as the bank is (within each band, where there
    are any): what forms, also those of other sessions, have in common where the blueprint asks for
    nothing."""
    bands = band_targets(blueprint)
    parts: list[tuple[str, Fraction]] = [(band, target) for band, target in bands.items()] or [
        (section.kind, number(section.points) * section.count) for section in blueprint.sections
    ]
    weighted = []
    for part, points in parts:
        known = [
            item.difficulty
            for item in usable
            if item.difficulty is not None
            and part == (band_of(item.difficulty) if bands else item.kind)
        ]
        weighted += [(points / len(known), one) for one in known]
    return _moments(weighted)


def _moments(weighted: Sequence[tuple[Fraction, Fraction]]) -> tuple[Fraction, Fraction]:
    whole = sum((weight for weight, _ in weighted), Fraction(0))
    if not whole:
        return Fraction(0), Fraction(0)
    mean = sum((weight * value for weight, value in weighted), Fraction(0)) / whole
    squares = sum((weight * (value - mean) ** 2 for weight, value in weighted), Fraction(0))
    return mean, squares / whole


def _estimate(entry: ScoringEntry) -> Fraction | None:
    return None if entry.difficulty is None else Fraction(entry.difficulty, 1000)


# --- choosing -------------------------------------------------------------------------------------


def _in_turn(
    demand: Demand, seed: bytes, forms: int, overlap: int | None, before: Counter[str]
) -> list[Chosen]:
    """Forms one after the other, until one cannot be made beside those before it."""
    used = before.copy()
    chosen: list[Chosen] = []
    taken: list[set[str]] = []
    for index in range(1, forms + 1):
        costs = _costs(demand, seed, index, used)
        made = FormModel(demand, [costs], earlier=taken, overlap=overlap).solve()
        if made is None:
            break
        chosen += made
        taken.append({item for section in made[0] for item in section})
        used.update(taken[-1])
    return chosen


def _together(
    demand: Demand,
    standard: Standard,
    seed: bytes,
    forms: int,
    overlap: int | None,
    before: Counter[str],
    chosen: Sequence[Chosen],
) -> list[Chosen]:
    """All forms in one programme, where those made in turn left too little for a later one.

    Raises:
        InputRefused: there are no such forms, and what the bank lacks.
    """
    costs = [_costs(demand, seed, index, before) for index in range(1, forms + 1)]
    alone = not chosen
    earlier: list[set[str]] = []
    if alone:
        costs = costs[:1]
    elif _size(demand, forms, overlap) <= MOST_TOGETHER:
        made = FormModel(demand, costs, overlap=overlap).solve()
        if made is not None:
            return made
    else:
        costs = costs[:1]
        earlier = [{item for section in form for item in section} for form in chosen]
    lacking = FormModel(demand, costs, earlier=earlier, overlap=overlap, loose=True).shortages()
    enough = None
    if not alone:
        free = _in_turn(demand, seed, forms, None, before)
        sets = [{item for section in form for item in section} for form in free]
        enough = max(len(one & two) for at, one in enumerate(sets) for two in sets[at + 1 :])
    raise cannot(demand, standard, lacking or (), 1 if alone else forms, overlap, enough)


def _size(demand: Demand, forms: int, overlap: int | None) -> int:
    pairs = forms * (forms - 1) // 2 if overlap else 0
    return len(demand.items) * (forms + pairs)


def _costs(demand: Demand, seed: bytes, form: int, used: Mapping[str, int]) -> dict[str, float]:
    """Noise by the seed, and a price for each use above the least used item's."""
    least = min((used.get(item.id, 0) for item in demand.items), default=0)
    return {
        item.id: _noise(seed, form, item.id) + OVERLAP * (used.get(item.id, 0) - least)
        for item in demand.items
    }


def _noise(seed: bytes, form: int, item: str) -> float:
    digest = hashlib.sha256(b"kiosk/assembly/1" + seed + form.to_bytes(4, "big") + item.encode())
    return int.from_bytes(digest.digest()[:4], "big") / 2**32


def _form(identifier: str, demand: Demand, standard: Standard, chosen: Chosen) -> Form:
    order = {content.id: place for place, content in enumerate(standard.contents())}
    items = {item.id: item for item in demand.items}

    def place(item: str) -> tuple[int, str, str]:
        return order[items[item].content], items[item].knowledge_point, item

    return Form(
        id=identifier,
        sections=tuple(
            FormSection(
                id=section.id,
                kind=section.kind,
                title=section.title,
                rule=section.rule,
                points=section.points,
                items=tuple(sorted(names, key=place)),
                shuffle=section.shuffle,
            )
            for section, names in zip(demand.blueprint.sections, chosen, strict=True)
        ),
    )
