"""Forms as a mixed-integer programme: what must hold of each is a row, what is wished for has a price.

`FormModel` builds one form beside those that are fixed already, or several at once; HiGHS solves it.
`loose` lets items that the bank does not have fill the gaps, as few as can be: they are what the bank
lacks.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

import highspy
from msgspec import Struct

from kiosk.assessment.items import Kind
from kiosk.errors import InputRefused
from kiosk.scoring.blueprint import Band, Blueprint, band_of
from kiosk.scoring.numbers import number
from kiosk.words import mark

# What a wish is worth, against a seed's noise of less than 1 an item.
OVERLAP = 200.0
"""For each earlier use of an item, in this exam's forms or in earlier sessions."""
OFF_TARGET = 100.0
"""For a function, content or band that is off its target by the points of the largest item."""
REPEATED_POINT = 20.0
OFF_DIFFICULTY = 2_000.0
"""For each hundredth that the mean or the spread is off, beyond what counts as equal."""

EQUAL = 0.5
"""Forms whose means and spreads differ by at most twice this many hundredths count as equal."""

LEAST_SPREAD = Fraction(1, 20)
"""Below it a hundredth of spread is next to no variance, and would be wished for too dearly."""

MOST_NODES = 200
"""After so many branches the best form found is taken: what a longer search found on a bank of 2,000
items was not worth a seventh of a wish."""

SOLVER_S = 120.0
"""After this long too; it is there for forms made together, whose branches take longer."""

Chosen = tuple[tuple[str, ...], ...]
"""A form's items by section."""

_NO_END = math.inf


class Candidate(Struct, frozen=True):
    """An item as assembly sees it. `difficulty` is 0 (everyone right) to 1, or None.

    Enemies never stand on one form: the items of one non-empty `group` (variants of a template, sets
    that tell each other's answer), and an item and those that `enemies` names. Nothing else keeps
    items apart.
    """

    id: str
    kind: Kind
    knowledge_point: str
    content: str
    levels: tuple[str, ...]
    difficulty: Fraction | None = None
    group: str = ""
    enemies: tuple[str, ...] = ()


class Demand(Struct, frozen=True):
    """What every form has to be: targets in points, difficulty as mean and variance of its points.

    `contents` holds those that count at this level, `functions` the contents of each function.
    """

    blueprint: Blueprint
    items: tuple[Candidate, ...]
    contents: dict[str, Fraction]
    functions: dict[str, tuple[str, ...]]
    bands: dict[Band, Fraction]
    mean: Fraction
    variance: Fraction


class Shortage(Struct, frozen=True, order=True):
    """Items the bank lacks, `band` empty where any difficulty will do."""

    section: str
    content: str
    band: str
    count: int


class FormModel:
    """Forms to be chosen together, as many as there are `costs`."""

    def __init__(
        self,
        demand: Demand,
        costs: Sequence[Mapping[str, float]],
        *,
        earlier: Sequence[Collection[str]] = (),
        overlap: int | None = None,
        loose: bool = False,
    ) -> None:
        """
        Args:
            costs: what taking each item costs, a form.
            earlier: the items of forms that are fixed already.
            overlap: the most items that any two forms may share.
        """
        self._demand = demand
        self._loose = loose
        self._programme = _Programme()
        self._taken: list[list[dict[str, int]]] = []
        self._phantoms: list[tuple[int, Shortage]] = []
        for prices in costs:
            self._add_form(prices)
        everywhere = [self._columns(form) for form in range(len(costs))]
        if overlap is not None:
            for columns in everywhere:
                for fixed in earlier:
                    shared = [column for item in fixed for column in columns.get(item, [])]
                    self._programme.row(0, shared, overlap)
        if len(costs) > 1:
            self._share(everywhere, overlap)

    @property
    def size(self) -> int:
        """Columns: what the time to solve it grows with."""
        return len(self._programme.costs)

    def solve(self) -> list[Chosen] | None:
        """The items of each form by section, or None when there are no such forms."""
        values = self._programme.solve()
        if values is None:
            return None
        return [
            tuple(
                tuple(item for item, column in columns.items() if values[column] > 0.5)
                for columns in form
            )
            for form in self._taken
        ]

    def shortages(self) -> list[Shortage] | None:
        """The fewest items that would have to be added (`loose`); None where none would help."""
        values = self._programme.solve()
        if values is None:
            return None
        counts: dict[Shortage, int] = {}
        for column, kind in self._phantoms:
            counts[kind] = counts.get(kind, 0) + round(values[column])
        return sorted(
            Shortage(kind.section, kind.content, kind.band, count)
            for kind, count in counts.items()
            if count
        )

    # --- one form ---------------------------------------------------------------------------------

    def _add_form(self, prices: Mapping[str, float]) -> None:
        demand, add = self._demand, self._programme
        sections: list[dict[str, int]] = []
        parts = _Parts()
        for section in demand.blueprint.sections:
            points = float(number(section.points))
            columns = {
                item.id: add.column(0.0 if self._loose else prices[item.id], 1, whole=True)
                for item in demand.items
                if item.kind == section.kind
            }
            sections.append(columns)
            places = list(columns.values())
            for item in demand.items:
                if item.id in columns:
                    parts.put(columns[item.id], points, item)
            if self._loose:
                places += self._add_phantoms(section.id, section.count, points, parts)
            add.row(section.count, places, section.count)
        self._taken.append(sections)
        self._meet_targets(parts)
        self._keep_enemies_apart(self._columns(-1))
        if not self._loose:
            self._spread_points(parts)
            self._match_difficulty(parts)

    def _add_phantoms(self, section: str, count: int, points: float, parts: _Parts) -> list[int]:
        columns = []
        for content in self._demand.contents:
            for band in self._demand.bands or ("",):
                column = self._programme.column(1.0, count, whole=True)
                parts.contents.setdefault(content, []).append((column, points))
                if band:
                    parts.bands.setdefault(band, []).append((column, points))
                self._phantoms.append((column, Shortage(section, content, band, 0)))
                columns.append(column)
        return columns

    def _meet_targets(self, parts: _Parts) -> None:
        demand = self._demand
        for content, target in demand.contents.items():
            self._aim(parts.contents.get(content, []), target)
        for contents in demand.functions.values():
            terms = [term for content in contents for term in parts.contents.get(content, [])]
            target = sum((demand.contents[content] for content in contents), Fraction(0))
            if len(contents) > 1:
                self._aim(terms, target)
        for band, target in demand.bands.items():
            self._aim(parts.bands.get(band, []), target)

    def _aim(self, terms: list[tuple[int, float]], target: Fraction) -> None:
        """Within the points of the largest item, and on target where that can be."""
        largest = float(self._demand.blueprint.largest)
        price = 0.0 if self._loose else OFF_TARGET / largest
        over = self._programme.column(price, largest)
        under = self._programme.column(price, min(largest, float(target)))
        row = [*terms, (over, -1.0), (under, 1.0)]
        self._programme.row(float(target), row, float(target))

    def _keep_enemies_apart(self, columns: Mapping[str, list[int]]) -> None:
        groups: dict[str, list[int]] = {}
        pairs: set[tuple[str, ...]] = set()
        for item in self._demand.items:
            places = columns.get(item.id, [])
            if len(places) > 1:
                self._programme.row(0, places, 1)
            if item.group:
                groups.setdefault(item.group, []).extend(places)
            pairs.update(
                tuple(sorted((item.id, other)))
                for other in item.enemies
                if other in columns and other != item.id
            )
        for places in groups.values():
            if len(places) > 1:
                self._programme.row(0, places, 1)
        for one, other in sorted(pairs):
            self._programme.row(0, [*columns.get(one, []), *columns[other]], 1)

    # --- wishes -----------------------------------------------------------------------------------

    def _spread_points(self, parts: _Parts) -> None:
        """The second item of a knowledge point costs once, the third twice, others thrice."""
        for places in parts.knowledge_points.values():
            if len(places) > 1:
                repeats = [
                    self._programme.column(REPEATED_POINT * times, most)
                    for times, most in ((1, 1.0), (2, 1.0), (3, _NO_END))
                ]
                row = [*((column, 1.0) for column in places), *((one, -1.0) for one in repeats)]
                self._programme.row(-_NO_END, row, 1)

    def _match_difficulty(self, parts: _Parts) -> None:
        """Mean and spread of the points, of items whose difficulty is known, in hundredths."""
        demand = self._demand
        scale = 100 / demand.blueprint.total
        spread = max(LEAST_SPREAD, Fraction(math.sqrt(demand.variance)))
        mean, variance = [], []
        for column, points, difficulty in parts.difficulties:
            off = difficulty - demand.mean
            mean.append((column, points * float(off * scale)))
            variance.append(
                (column, points * float((off * off - demand.variance) * scale / (2 * spread)))
            )
        for terms in (mean, variance):
            if any(value for _, value in terms):
                over, under = (self._programme.column(OFF_DIFFICULTY) for _ in range(2))
                self._programme.row(-EQUAL, [*terms, (over, -1.0), (under, 1.0)], EQUAL)

    # --- several forms ----------------------------------------------------------------------------

    def _columns(self, form: int) -> dict[str, list[int]]:
        """Where each item of a form may be taken; more than one place where two sections are of its
        kind."""
        places: dict[str, list[int]] = {}
        for section in self._taken[form]:
            for item, column in section.items():
                places.setdefault(item, []).append(column)
        return places

    def _share(self, everywhere: Sequence[Mapping[str, list[int]]], overlap: int | None) -> None:
        """Forms made together share as little as can be, and each two of them `overlap` at most."""
        for item in self._demand.items:
            places = [column for columns in everywhere for column in columns.get(item.id, [])]
            again = self._programme.column(
                0.0 if self._loose else OVERLAP, 0.0 if overlap == 0 else _NO_END
            )
            row = [*((column, 1.0) for column in places), (again, -1.0)]
            self._programme.row(-_NO_END, row, 1)
        if not overlap:
            return
        for at, one in enumerate(everywhere):
            for other in everywhere[at + 1 :]:
                both = []
                for name, places in one.items():
                    shared = self._programme.column(0.0, 1)
                    both.append(shared)
                    row = [*((place, 1.0) for place in (*places, *other[name])), (shared, -1.0)]
                    self._programme.row(-_NO_END, row, 1)
                self._programme.row(0, both, overlap)


class _Parts:
    """The columns of one form by what counts them: with the points each is worth."""

    def __init__(self) -> None:
        self.contents: dict[str, list[tuple[int, float]]] = {}
        self.bands: dict[str, list[tuple[int, float]]] = {}
        self.knowledge_points: dict[str, list[int]] = {}
        self.difficulties: list[tuple[int, float, Fraction]] = []

    def put(self, column: int, points: float, item: Candidate) -> None:
        self.contents.setdefault(item.content, []).append((column, points))
        self.bands.setdefault(band_of(item.difficulty), []).append((column, points))
        self.knowledge_points.setdefault(item.knowledge_point, []).append(column)
        if item.difficulty is not None:
            self.difficulties.append((column, points, item.difficulty))


class _Solver(highspy.Highs):
    """HiGHS prints a banner on standard output while it is made, where `--json` speaks: its output is
    turned off before that."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


_Terms = Iterable[int] | Iterable[tuple[int, float]]


class _Programme:
    """Columns and rows, gathered as plain lists and given to the solver in one go: built through the
    solver's own expressions a form of a bank of 2,000 items took longer than its solution."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self._most: list[float] = []
        self._whole: list[bool] = []
        self._least_of: list[float] = []
        self._most_of: list[float] = []
        self._starts: list[int] = [0]
        self._index: list[int] = []
        self._value: list[float] = []

    def column(self, cost: float, most: float = _NO_END, *, whole: bool = False) -> int:
        """A value from 0 to `most`."""
        self.costs.append(cost)
        self._most.append(most)
        self._whole.append(whole)
        return len(self.costs) - 1

    def row(self, least: float, terms: _Terms, most: float) -> None:
        """Bounds for the sum of the columns in `terms`, each once or times its number."""
        for term in terms:
            column, value = (term, 1.0) if isinstance(term, int) else term
            self._index.append(column)
            self._value.append(value)
        self._starts.append(len(self._index))
        self._least_of.append(least)
        self._most_of.append(most)

    def solve(self) -> Sequence[float] | None:
        """The values of the cheapest solution, or None when there is none.

        Raises:
            InputRefused: none was found in the time there is.
        """
        solver = _Solver()  # type: ignore[no-untyped-call]
        # The gap is less than the least wish: what lies within it is the seed's business.
        for option, value in (
            ("threads", 1),
            ("random_seed", 1),
            ("mip_rel_gap", 0.005),
            ("mip_abs_gap", 10.0),
            ("mip_max_nodes", MOST_NODES),
            ("time_limit", SOLVER_S),
        ):
            solver.setOptionValue(option, value)
        solver.passModel(self._model())
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return list(solver.getSolution().col_value)
        if status in (highspy.HighsModelStatus.kTimeLimit, highspy.HighsModelStatus.kSolutionLimit):
            if math.isfinite(solver.getInfo().mip_gap):
                return list(solver.getSolution().col_value)
            raise InputRefused(
                mark("the solver found no form in {seconds} s"),
                remedy=mark("Allow more shared items, or ask for fewer forms"),
                seconds=f"{SOLVER_S:g}",
            )
        return None

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.costs), len(self._least_of)
        model.col_cost_ = self.costs
        model.col_lower_ = [0.0] * len(self.costs)
        model.col_upper_ = self._most
        model.row_lower_ = self._least_of
        model.row_upper_ = self._most_of
        model.integrality_ = [
            highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
            for whole in self._whole
        ]
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.num_col_, matrix.num_row_ = model.num_col_, model.num_row_
        matrix.start_ = self._starts
        matrix.index_ = self._index
        matrix.value_ = self._value
        return model
