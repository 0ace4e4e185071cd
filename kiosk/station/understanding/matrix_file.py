"""A matrix of scores from a file: a header of item names, then a row a candidate.

A cell is 0, 1 or a part score, or empty (also NA): then the candidate has no score of that item. A
column `frequency` says how many candidates a row stands for, one named by the caller what group they
are of. Anything else refuses the file with its row: figures of half a file would be believed.
"""

from __future__ import annotations

import re

import numpy as np

from kiosk.errors import InputRefused
from kiosk.readers.tables import Cell, Fault, Row, read_table
from kiosk.station.understanding.answers import Scores
from kiosk.words import mark

FREQUENCY = frozenset({"frequency", "freq", "频数", "频次"})
_BLANK = frozenset({"", "na", "nan"})
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,12})?|\.[0-9]{1,12}")
_COUNT = re.compile(r"[0-9]{1,9}(?:\.0*)?")


def read_matrix(data: bytes, where: str, *, group: str = "") -> Scores:
    """The scores in the bytes of a CSV (or XLSX) file.

    Args:
        where: the file's name, for errors.
        group: the column that names each row's group; empty where there is none.

    Raises:
        InputRefused: no table, no item, no candidate, or a cell that is no score.
    """
    table = read_table(data, where)
    counting = [name for name in table.columns if name.casefold() in FREQUENCY]
    if len(counting) > 1:
        raise InputRefused(
            mark("two columns say how often a row occurs"),
            where=where,
            remedy=mark("Keep one of them"),
        )
    if group and group not in table.columns:
        raise InputRefused(
            mark("there is no column '{name}'"),
            where=where,
            remedy=mark("Name a column of the header"),
            name=group,
        )
    items = tuple(name for name in table.columns if name not in (*counting, group))
    if not items:
        raise InputRefused(
            mark("the header names no item"),
            where=where,
            remedy=mark("Begin with a row of item names, one a column"),
        )
    weights = np.array([_count(row, counting[0], where) if counting else 1.0 for row in table.rows])
    cells = [[_score(row, item, where) for item in items] for row in table.rows]
    values = np.array(cells, dtype=np.float64).reshape(len(cells), len(items))
    some = ~np.isnan(values).all(axis=1)
    kept = some & (weights > 0)
    if not kept.any():
        raise InputRefused(
            mark("the table has no candidate"),
            where=where,
            remedy=mark("Put a row of scores for each candidate below the header"),
        )
    scores = values[kept]
    nobody = np.isnan(scores).all(axis=0)
    if nobody.any():
        raise InputRefused(
            mark("item '{item}' has no score at all"),
            where=where,
            remedy=mark("Take its column out, or fill it in"),
            item=items[int(nobody.argmax())],
        )
    highest = np.nanmax(scores, axis=0)
    return Scores(
        items=items,
        values=scores,
        maxima=np.maximum(highest, 1.0),
        weights=weights[kept],
        groups=tuple(
            _text(row, group, where) for row, keep in zip(table.rows, kept, strict=True) if keep
        )
        if group
        else (),
        assumed_maxima=bool((highest > 1).any()),
        left_out=int(weights[~some].sum()),
    )


def _score(row: Row, item: str, where: str) -> float:
    text = _text(row, item, where)
    if text.casefold() in _BLANK:
        return np.nan
    if not _NUMBER.fullmatch(text):
        raise _refused(row, item, text, where)
    return float(text)


def _count(row: Row, column: str, where: str) -> float:
    text = _text(row, column, where)
    if not _COUNT.fullmatch(text):
        raise InputRefused(
            mark("'{text}' is not how often a row occurs"),
            where=f"{where}, row {row.number}, {column}",
            remedy=mark("Write a whole number from 0"),
            text=text[:40],
        )
    return float(text)


def _text(row: Row, column: str, where: str) -> str:
    cell: Cell = row.cells[column]
    if isinstance(cell, Fault):
        place = f"{where}, row {row.number}, {column[:80]}"
        raise InputRefused(cell.summary, where=place, remedy=cell.remedy)
    return cell


def _refused(row: Row, item: str, text: str, where: str) -> InputRefused:
    return InputRefused(
        mark("'{text}' is no score"),
        where=f"{where}, row {row.number}, {item[:80]}",
        remedy=mark(
            "Write 0, 1 or a part score such as 0.5; leave the cell empty where there is none"
        ),
        text=text[:40],
    )
