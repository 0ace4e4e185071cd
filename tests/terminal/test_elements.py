"""The elements: complete, each in its own place, with weights that the textbooks have."""

from itertools import pairwise

import pytest

from kiosk.terminal.elements import COLUMNS, ELEMENTS, ROWS

BY_SYMBOL = {element.symbol: element for element in ELEMENTS}


def test_every_element_is_there_once_and_has_its_own_place():
    assert [element.number for element in ELEMENTS] == list(range(1, 119))
    assert len(BY_SYMBOL) == len({element.names["zh-CN"] for element in ELEMENTS}) == 118
    places = {(element.row, element.column) for element in ELEMENTS}
    assert len(places) == 118
    assert all(0 <= row < ROWS and 0 <= column < COLUMNS for row, column in places)


@pytest.mark.parametrize(
    ("symbol", "period", "group", "chinese", "weight"),
    [
        ("H", 1, 1, "氢", "1.008"),
        ("He", 1, 18, "氦", "4.0026"),
        ("Al", 3, 13, "铝", "26.982"),
        ("Fe", 4, 8, "铁", "55.845"),
        ("Y", 5, 3, "钇", "88.906"),
        ("Hf", 6, 4, "铪", "178.49"),
        ("U", 9, 6, "铀", "238.03"),
        ("Nd", 8, 6, "钕", "144.24"),
        ("Og", 7, 18, "鿫", "[294]"),
    ],
)
def test_an_element_stands_where_a_textbook_has_it(symbol, period, group, chinese, weight):
    element = BY_SYMBOL[symbol]
    assert (element.row + 1, element.column + 1) == (period, group)
    assert (element.names["zh-CN"], element.weight) == (chinese, weight)


def test_weights_grow_but_where_nature_says_otherwise():
    known = [one for one in ELEMENTS if not one.weight.startswith("[")]
    falls = [
        one.symbol for one, other in pairwise(known) if float(one.weight) > float(other.weight)
    ]
    assert falls == ["Ar", "Co", "Te", "Th"]
