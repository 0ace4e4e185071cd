"""The table of troubles: what a page tells the staff is what the screens say."""

import pytest

from kiosk.errors import InputRefused
from kiosk.terminal.checks import NAMES, SENTENCES, self_check, sentence
from kiosk.terminal.trouble import TABLE, Halt, code_of
from kiosk.terminal.views import Check
from kiosk.words import text
from tests.terminal.room import NOON, Room


@pytest.mark.parametrize("code", TABLE)
def test_each_trouble_is_said_in_chinese_too(code):
    line = TABLE[code]
    for said in (line.what, *line.safe, line.todo):
        assert text(said, "zh-CN") != said


def test_a_fault_whose_code_is_known_keeps_it():
    assert code_of(Halt("T-12")) == "T-12"


def checked(tmp_path, *, check_target=lambda target: None, floor_s=0, now_s=NOON, full=True):
    lines = self_check(
        Room().plan,
        state=tmp_path,
        check_target=check_target,
        floor_s=floor_s,
        now_s=now_s,
        full_screen=full,
    )
    # The mirror is a line of its own, where a terminal has one.
    assert tuple(line.name for line in lines) == NAMES[:-1]
    return {line.name: line.ok for line in lines}


def test_the_self_check_of_a_sound_terminal(tmp_path):
    told = checked(tmp_path)
    assert (told["bank"], told["clock"], told["screen"]) == (True, True, True)
    assert told["disk"] is not False
    assert list(tmp_path.iterdir()) == []


def test_the_self_check_says_what_is_not_right(tmp_path):
    def missing(target):
        raise InputRefused("not installed", where=target)

    told = checked(tmp_path, check_target=missing, floor_s=NOON + 1, full=False)
    assert (told["bank"], told["clock"], told["screen"]) == (False, False, None)
    assert checked(tmp_path, now_s=NOON + 10 * 3600)["clock"] is None


def test_each_line_of_the_self_check_has_its_sentences():
    assert set(SENTENCES) == set(NAMES)
    assert [sentence(Check("disk", ok)) for ok in (True, None, False)] == [
        "Disk fine",
        "Disk slow",
        "Disk cannot be written",
    ]
