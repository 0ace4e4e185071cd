"""Texts nearly the same are found among many, in bounded time."""

from __future__ import annotations

import random
import time
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.authoring.likeness import likeness, nearest, plain, shingles

TEXTS = st.lists(st.text("ab 稀土酸", min_size=0, max_size=14), max_size=12)


@given(TEXTS)
def test_none_that_are_alike_are_missed(written: list[str]) -> None:
    texts = {str(at): shingles(words) for at, words in enumerate(written)}
    found = {near.one for near in nearest(texts, 0.8)}
    alike = {
        str(two)
        for one, two in combinations(range(len(written)), 2)
        if likeness(texts[str(one)], texts[str(two)]) >= 0.8
    }
    assert found == alike


def test_a_text_is_read_without_what_nobody_reads() -> None:
    assert plain("  The Ａｃｉｄ, strong. ") == plain("the acid strong")
    assert plain("CO") != plain("Co")
    assert plain("3.5") != plain("35")
    assert plain("-5") != plain("5")


def test_a_bank_of_2000_items_takes_seconds_even_if_all_are_alike() -> None:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(1000)]
    different = {str(n): shingles(" ".join(chance.choices(words, k=30))) for n in range(1000)}
    family = {
        f"f{n}": shingles(f"A tank of {n} litres is filled at {n * 7} litres a minute; how long?")
        for n in range(1000)
    }
    began = time.process_time()
    found = list(nearest({**different, **family}, 0.8))
    assert time.process_time() - began < 10  # about 1 s on a quiet machine
    assert len(found) > 900
