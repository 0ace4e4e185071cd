"""What is analysed: one table of scores, wherever it came from."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kiosk.station.analysis.classical import Array


class Scores(Struct, frozen=True):
    """Scores of candidates (rows) at items (columns), NaN where a candidate has none.

    `weights` says how many candidates a row stands for; `groups` names each row's group, or is
    empty. `maxima` are the most points of each item; `assumed_maxima` says that nobody told them and
    the highest score seen stands in.
    """

    items: tuple[str, ...]
    values: Array
    maxima: Array
    weights: Array
    groups: tuple[str, ...] = ()
    assumed_maxima: bool = False
    left_out: int = 0
    """Candidates without a score of any item."""

    def blanks_as_wrong(self) -> Scores:
        """The same where no score counts as 0, as an exam counts no answer."""
        return replace(self, values=np.nan_to_num(self.values, nan=0.0))
