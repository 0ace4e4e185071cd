"""The table of troubles: what a page tells the staff is what the screens say."""

import pytest

from kiosk.terminal.trouble import TABLE, Halt, code_of
from kiosk.words import text


@pytest.mark.parametrize("code", TABLE)
def test_each_trouble_is_said_in_chinese_too(code):
    line = TABLE[code]
    for said in (line.what, *line.safe, line.todo):
        assert text(said, "zh-CN") != said


def test_a_fault_whose_code_is_known_keeps_it():
    assert code_of(Halt("T-12")) == "T-12"
