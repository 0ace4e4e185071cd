"""The vocational standard (职业技能标准) of a discipline: what an exam has to measure.

Functions hold work contents, these hold knowledge points, items hang on knowledge points. Each level
has a weight table over the work contents that sums to 100. Read from the plain values of a TOML file:

    [standard]   id, title{zh-CN, en}, edition
    [[function]]   id, title
    [[function.content]]   id, title, skills{zh-CN = [...], en = [...]}
    [[function.content.knowledge_point]]   id, title, levels = ["L5", "L4"]
    [weights.L4]   "F1.1" = 8
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Literal

from msgspec import Struct

from kiosk.assessment.items import Lang
from kiosk.errors import InputRefused
from kiosk.scoring.numbers import number, written
from kiosk.scoring.plain import convert, placed, plain_numbers

Level = Literal["apprentice", "L5", "L4", "L3", "L2", "L1", "special", "chief"]
"""The eight-level worker ladder, from 学徒工 to 首席技师."""

WHOLE = Fraction(100)


class KnowledgePoint(Struct, frozen=True, forbid_unknown_fields=True):
    """鉴定点; `levels` are those whose exams may ask it."""

    id: str
    title: dict[Lang, str]
    levels: tuple[Level, ...]


class Content(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """工作内容 with its skill requirements (技能要求) in words."""

    id: str
    title: dict[Lang, str]
    knowledge_points: tuple[KnowledgePoint, ...]
    skills: dict[Lang, tuple[str, ...]] = {}


class Function(Struct, frozen=True, forbid_unknown_fields=True):
    """职业功能."""

    id: str
    title: dict[Lang, str]
    contents: tuple[Content, ...]


class Standard(Struct, frozen=True, forbid_unknown_fields=True):
    """`weights` by level and work content are decimal text, 100 in all for a level."""

    id: str
    title: dict[Lang, str]
    edition: str
    functions: tuple[Function, ...]
    weights: dict[Level, dict[str, str]]

    def contents(self) -> Iterator[Content]:
        """Every work content, in the standard's order."""
        for function in self.functions:
            yield from function.contents

    def content_of(self, knowledge_point: str) -> str:
        """The work content a knowledge point belongs to.

        Raises:
            InputRefused: the standard has no such knowledge point.
        """
        for content in self.contents():
            if any(point.id == knowledge_point for point in content.knowledge_points):
                return content.id
        raise InputRefused(
            f"the standard has no knowledge point '{knowledge_point}'", where=self.id
        )

    def weights_of(self, level: str) -> dict[str, Fraction]:
        """The weight of each work content at `level`, in the standard's order, those of 0 left out.

        Raises:
            InputRefused: the standard has no weights for that level.
        """
        for known, table in self.weights.items():
            if known == level:
                order = {
                    content.id: number(table.get(content.id, "0")) for content in self.contents()
                }
                return {content: weight for content, weight in order.items() if weight}
        raise InputRefused(
            f"the standard has no weights for level {level}",
            where=self.id,
            remedy=f"Add a table [weights.{level}] that sums to 100",
        )


def read_standard(plain: Mapping[str, Any], where: str = "standard.toml") -> Standard:
    """The standard in a file's plain values.

    Args:
        plain: as `tomllib` gives it.
        where: the file's name, for errors.

    Raises:
        InputRefused: a missing, unknown or wrong entry, an identifier used twice, weights for what
            does not exist or that do not sum to 100; `where` names the place.
    """
    head = plain.get("standard", {})
    functions = [
        _renamed(function, "content", "contents") for function in plain.get("function", [])
    ]
    for function in functions:
        function["contents"] = [
            _renamed(content, "knowledge_point", "knowledge_points")
            for content in function["contents"]
        ]
    shape = {
        **(head if isinstance(head, Mapping) else {}),
        "functions": functions,
        "weights": plain_numbers(plain.get("weights", {})),
    }
    standard = convert(shape, Standard, where)
    _check_identifiers(standard, where)
    for level, table in standard.weights.items():
        here = f"{where}, [weights.{level}]"
        with placed(here):
            _check_weights(standard, table, here)
    return standard


def _renamed(entry: Any, one: str, many: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        return {many: []}
    return {many: [], **{many if name == one else name: value for name, value in entry.items()}}


def _check_identifiers(standard: Standard, where: str) -> None:
    seen: set[str] = set()
    for function in standard.functions:
        parts: tuple[Function | Content | KnowledgePoint, ...] = (
            function,
            *function.contents,
            *_points(function),
        )
        for part in parts:
            if part.id in seen:
                raise InputRefused(f"the identifier '{part.id}' is used twice", where=where)
            if not part.title:
                raise InputRefused(f"'{part.id}' has no title", where=where)
            seen.add(part.id)


def _points(function: Function) -> Iterator[KnowledgePoint]:
    for content in function.contents:
        yield from content.knowledge_points


def _check_weights(standard: Standard, table: Mapping[str, str], where: str) -> None:
    known = {content.id for content in standard.contents()}
    for content, text in table.items():
        if content not in known:
            raise InputRefused(f"there is no work content '{content}'", where=where)
        if number(text) < 0:
            raise InputRefused(f"the weight of '{content}' is below zero", where=where)
    total = sum((number(text) for text in table.values()), Fraction(0))
    if total != WHOLE:
        raise InputRefused(
            f"the weights sum to {written(total)}, not to 100",
            where=where,
            remedy="Correct the weights of this level",
        )
