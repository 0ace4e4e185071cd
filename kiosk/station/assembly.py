"""Forms by a solver, the only way to make one: a bank's items chosen to measure the standard.

Must hold: each section's count, each work content within one item of its target, one item at most of
a group of enemies. Wished for, by falling weight: little overlap with earlier forms, contents on
target, the mean difficulty, many knowledge points. What is still equal the seed decides. A choice
that cannot be made is refused with the bound that stands in its way.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import highspy
from msgspec import Struct

from kiosk.artefacts.scoring_file import ScoringEntry
from kiosk.assessment.items import Kind
from kiosk.assessment.paper import Form, FormSection
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Blueprint, Section, content_targets
from kiosk.scoring.numbers import number
from kiosk.scoring.standard import Standard

# What a wish is worth, against a seed's noise of less than 1 an item.
OVERLAP = 1_000.0
OFF_TARGET = 100.0
REPEATED_POINT = 20.0
OFF_DIFFICULTY = 50.0

SHORT = 1_000_000.0
"""Cost of an item too few or too many, where bounds are loosened to find the one in the way."""


class Candidate(Struct, frozen=True):
    """An item as assembly sees it. `difficulty` is 0 (everyone right) to 1, or None.

    Items of one non-empty `group` are enemies (variants of a template, items that tell each other's
    answer).
    """

    id: str
    kind: Kind
    knowledge_point: str
    content: str
    levels: tuple[str, ...]
    difficulty: Fraction | None = None
    group: str = ""


def index_of(entries: Iterable[ScoringEntry], standard: Standard) -> tuple[Candidate, ...]:
    """The index of a bank from its scoring file.

    Raises:
        InputRefused: an item hangs on a knowledge point that the standard does not have.
    """
    return tuple(
        Candidate(
            id=entry.item,
            kind=Kind(entry.kind),
            knowledge_point=entry.knowledge_point,
            content=standard.content_of(entry.knowledge_point),
            levels=entry.levels,
            difficulty=None if entry.difficulty is None else Fraction(entry.difficulty, 1000),
            group=entry.group,
        )
        for entry in entries
    )


def assemble(
    blueprint: Blueprint,
    standard: Standard,
    items: Sequence[Candidate],
    *,
    seed: bytes,
    forms: int = 1,
    name: str = "form",
) -> tuple[Form, ...]:
    """Parallel forms of `items` by `blueprint`, called NAME-1, NAME-2, ...

    Each form avoids the items of those before it. The same arguments give the same forms (with the
    same version of the solver: forms are stored, never made again).

    Raises:
        InputRefused: the bank cannot meet the blueprint; the message names the bound.
    """
    targets = content_targets(blueprint, standard)
    usable = [
        item for item in items if blueprint.level in item.levels and targets.get(item.content)
    ]
    _require_enough(blueprint, targets, usable)
    used: Counter[str] = Counter()
    made = []
    for index in range(1, forms + 1):
        noise = {item.id: _noise(seed, index, item.id) for item in usable}
        problem = _Problem(blueprint, targets, usable, used, noise)
        chosen = problem.solve()
        if chosen is None:
            problem = _Problem(blueprint, targets, usable, used, noise, loose=True)
            raise _cannot(blueprint, problem.shortfalls())
        used.update(item.id for section in chosen for item in section)
        made.append(_form(f"{name}-{index}", blueprint, standard, chosen))
    return tuple(made)


def _require_enough(
    blueprint: Blueprint, targets: Mapping[str, int], usable: Sequence[Candidate]
) -> None:
    """Refuses what simple counting shows, in the words a bank's author thinks in."""
    for section in blueprint.sections:
        asked = sum(other.count for other in blueprint.sections if other.kind == section.kind)
        has = _independent(item for item in usable if item.kind == section.kind)
        if has < asked:
            raise InputRefused(
                f"section '{section.id}' needs {asked} items of kind {section.kind} "
                f"at level {blueprint.level}, the bank has {has}",
                where=blueprint.id,
                remedy="Add items to the bank, or ask for fewer in the blueprint",
            )
    kinds = {section.kind for section in blueprint.sections}
    for content, target in targets.items():
        has = _independent(
            item for item in usable if item.content == content and item.kind in kinds
        )
        if has < target - 1:
            raise InputRefused(
                f"work content {content} needs {target - 1} items or more "
                f"at level {blueprint.level}, the bank has {has}",
                where=blueprint.id,
                remedy="Add items on its knowledge points",
            )


def _independent(items: Iterable[Candidate]) -> int:
    """How many of `items` may stand together, groups of enemies counted once."""
    return len({("group", item.group) if item.group else ("item", item.id) for item in items})


def _cannot(blueprint: Blueprint, shortfalls: Sequence[str]) -> InputRefused:
    return InputRefused(
        "no form can have every section, work content and group as asked: " + "; ".join(shortfalls),
        where=blueprint.id,
        remedy="Add such items to the bank, or change the blueprint's counts",
    )


def _noise(seed: bytes, form: int, item: str) -> float:
    digest = hashlib.sha256(b"kiosk/assembly/1" + seed + form.to_bytes(4, "big") + item.encode())
    return int.from_bytes(digest.digest()[:4], "big") / 2**32


def _form(
    identifier: str,
    blueprint: Blueprint,
    standard: Standard,
    chosen: Sequence[Sequence[Candidate]],
) -> Form:
    order = {content.id: place for place, content in enumerate(standard.contents())}
    return Form(
        id=identifier,
        sections=tuple(
            FormSection(
                id=section.id,
                kind=section.kind,
                title=section.title,
                rule=section.rule,
                points=section.points,
                items=tuple(
                    item.id
                    for item in sorted(
                        items, key=lambda item: (order[item.content], item.knowledge_point, item.id)
                    )
                ),
                shuffle=section.shuffle,
            )
            for section, items in zip(blueprint.sections, chosen, strict=True)
        ),
    )


class _Solver(highspy.Highs):
    """HiGHS prints a banner on standard output while it is made, where `--json` speaks: its output is
    turned off before that."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class _Problem:
    """One form as a mixed-integer programme: `take[section][item]` is 1 when the item stands there.

    `loose` lets every bound be missed at a price, so that the solver itself tells which one is in
    the way.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        targets: Mapping[str, int],
        items: Sequence[Candidate],
        used: Mapping[str, int],
        noise: Mapping[str, float],
        *,
        loose: bool = False,
    ) -> None:
        self.items = items
        self.loose = loose
        self.missed: list[tuple[str, highspy.highs.highs_var]] = []
        self.model = _Solver()  # type: ignore[no-untyped-call]
        self.model.setOptionValue("threads", 1)
        self.model.setOptionValue("random_seed", 1)
        self.model.setOptionValue("mip_rel_gap", 0.0)
        self.model.setOptionValue("mip_abs_gap", 0.5)
        self.take = [
            {
                item.id: self.model.addBinary(obj=noise[item.id] + OVERLAP * used.get(item.id, 0))
                for item in items
                if item.kind == section.kind
            }
            for section in blueprint.sections
        ]
        self._fill_sections(blueprint.sections)
        self._take_each_once()
        self._meet_targets(targets)
        self._keep_enemies_apart()
        self._spread_points()
        if blueprint.difficulty is not None:
            self._aim(number(blueprint.difficulty), blueprint.item_count)

    def solve(self) -> list[list[Candidate]] | None:
        """The items of each section, or None when there is no such form."""
        self.model.minimize()
        if self.model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return [
            [
                item
                for item in self.items
                if item.id in variables and self.model.val(variables[item.id]) > 0.5
            ]
            for variables in self.take
        ]

    def shortfalls(self) -> list[str]:
        """The bounds that the best loose form still misses."""
        self.model.minimize()
        return [
            sentence.format(n=round(self.model.val(variable)))
            for sentence, variable in self.missed
            if self.model.val(variable) > 0.5
        ]

    # --- bounds -----------------------------------------------------------------------------------

    def _fill_sections(self, sections: Sequence[Section]) -> None:
        for section, variables in zip(sections, self.take, strict=True):
            total = self.model.qsum(variables.values())
            total += self._slack(
                f"section '{section.id}' of {section.count} items lacks {{n}}", section.count
            )
            self.model.addConstr(total == section.count)

    def _take_each_once(self) -> None:
        for item in self.items:
            places = self._places([item])
            if len(places) > 1:
                self.model.addConstr(self.model.qsum(places) <= 1)

    def _meet_targets(self, targets: Mapping[str, int]) -> None:
        for content, target in targets.items():
            places = self._places([item for item in self.items if item.content == content])
            over = self.model.addVariable(lb=0, ub=1, obj=OFF_TARGET)
            under = self.model.addVariable(lb=0, ub=min(1, target), obj=OFF_TARGET)
            lacking = self._slack(f"work content {content} of {target} items lacks {{n}}", target)
            spare = self._slack(
                f"work content {content} of {target} items gets {{n}} too many", len(places)
            )
            total = self.model.qsum(places) + under + lacking - over - spare
            self.model.addConstr(total == target)

    def _keep_enemies_apart(self) -> None:
        for group in sorted({item.group for item in self.items} - {""}):
            places = self._places([item for item in self.items if item.group == group])
            if len(places) > 1:
                self.model.addConstr(self.model.qsum(places) <= 1)

    # --- wishes -----------------------------------------------------------------------------------

    def _spread_points(self) -> None:
        """The second item of a knowledge point costs once, the third twice, and so on."""
        for point in sorted({item.knowledge_point for item in self.items}):
            places = self._places([item for item in self.items if item.knowledge_point == point])
            for allowed in range(1, min(len(places), 4)):
                repeats = self.model.addVariable(lb=0, obj=REPEATED_POINT)
                self.model.addConstr(self.model.qsum(places) - repeats <= allowed)

    def _aim(self, mean: Fraction, count: int) -> None:
        """The sum of differences from the mean, over items whose difficulty is known."""
        differences = [
            variables[item.id] * float(item.difficulty - mean)
            for variables in self.take
            for item in self.items
            if item.id in variables and item.difficulty is not None
        ]
        if not differences:
            return
        off = self.model.addVariable(lb=0, ub=count, obj=OFF_DIFFICULTY)
        total = self.model.qsum(differences)
        self.model.addConstr(total - off <= 0)
        self.model.addConstr(total + off >= 0)

    def _places(self, items: Sequence[Candidate]) -> list[highspy.highs.highs_var]:
        return [
            variables[item.id] for variables in self.take for item in items if item.id in variables
        ]

    def _slack(self, sentence: str, most: int) -> highspy.highs.highs_linear_expression:
        if not self.loose:
            return self.model.expr(0)
        variable = self.model.addIntegral(lb=0, ub=most, obj=SHORT)
        self.missed.append((sentence, variable))
        return self.model.expr(variable)
