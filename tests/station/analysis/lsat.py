"""LSAT section 6 (Bock and Lieberman 1970): 1,000 candidates, 5 items, as response patterns.

Figures published with it are those of R's `ltm` 1.2 (`descript(LSAT)`, `rasch(LSAT)`, `ltm(LSAT ~ z1)`).
"""

from __future__ import annotations

import itertools

import numpy as np

COUNTS = (
    3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15,
    10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298,
)  # fmt: skip
PATTERNS = np.array(list(itertools.product((0.0, 1.0), repeat=5)))
WEIGHTS = np.array(COUNTS, dtype=np.float64)
SAT = WEIGHTS > 0


def everyone() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """A row a candidate."""
    return np.repeat(PATTERNS, COUNTS, axis=0)


def as_csv() -> str:
    rows = [
        ",".join(f"{score:g}" for score in pattern) + f",{count}"
        for pattern, count in zip(PATTERNS, COUNTS, strict=True)
    ]
    return "\n".join(["item1,item2,item3,item4,item5,frequency", *rows]) + "\n"
